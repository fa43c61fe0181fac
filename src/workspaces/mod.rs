//! Workspaces: one firm's data, the tenant. Only the operator's command line makes them; nothing is ever visible
//! across them, so everything else in the database names one.

mod store;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::clock::iso;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Actor, Event};
use crate::ids;

/// The workspace that is meant when none is named; made on first use.
pub const DEFAULT_NAME: &str = "default";
/// Characters of a name.
pub const NAME_MAX: usize = 200;

/// A workspace as it is shown.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: Uuid,
    /// Its name, unique without regard to case.
    pub name: String,
    /// When it was made, ISO 8601.
    pub created_at: String,
}

/// Makes a workspace; a name that is taken, in whatever case, is refused.
pub fn create(tx: &mut Tx, name: &str, now_ms: i64) -> Result<Workspace> {
    let name = checked(name)?;
    let workspace = Workspace { id: ids::new(now_ms), name: name.to_owned(), created_at: iso(now_ms) };
    if !store::insert(tx, &workspace, &name_key(name), now_ms)? {
        return Err(Error::validation("name", format!("There is a workspace named \"{name}\" already.")));
    }
    let event = Event::of(workspace.id, Actor::System, "workspace.created", workspace.id, now_ms);
    events::record(tx, event.with(json!({ "fields": ["name"] })));
    Ok(workspace)
}

/// All workspaces, by age.
pub fn list(tx: &mut Tx) -> Result<Vec<Workspace>> {
    store::all(tx)
}

/// The workspace of a name, in whatever case; nothing when there is none.
pub fn find(tx: &mut Tx, name: &str) -> Result<Option<Workspace>> {
    store::by_name_key(tx, &name_key(name.trim()))
}

/// The workspace an operator's command means: the one named, which must exist; without a name, the default one.
pub fn chosen(tx: &mut Tx, name: Option<&str>, now_ms: i64) -> Result<Workspace> {
    let Some(name) = name.filter(|name| name_key(name.trim()) != DEFAULT_NAME) else {
        return ensure_default(tx, now_ms);
    };
    find(tx, name)?.ok_or_else(|| {
        let name: String = name.chars().take(NAME_MAX).collect();
        Error::not_found(format!(
            "There is no workspace \"{name}\". Make it with: lexi workspaces create \"{name}\". To see all: lexi workspaces list."
        ))
    })
}

/// The default workspace, made when it is not there yet.
pub fn ensure_default(tx: &mut Tx, now_ms: i64) -> Result<Workspace> {
    match find(tx, DEFAULT_NAME)? {
        Some(workspace) => Ok(workspace),
        None => create(tx, DEFAULT_NAME, now_ms),
    }
}

/// How many freezes are in force in a workspace. Nobody changes that before this transaction has ended: work that saw
/// none is done before one begins.
pub fn freezes(tx: &mut Tx, workspace_id: Uuid) -> Result<u64> {
    store::freezes(tx, workspace_id)
}

/// Says that a freeze began or, with `-1`, ended. Waits for work that saw the number before.
pub fn count_freezes(tx: &mut Tx, workspace_id: Uuid, by: i64) -> Result<()> {
    store::count_freezes(tx, workspace_id, by)
}

fn checked(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Error::validation("name", format!("A workspace's name has 1 to {NAME_MAX} characters.")));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::validation("name", "A workspace's name must not hold control characters."));
    }
    Ok(name)
}

/// What makes two names the same.
fn name_key(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing;

    const NOW: i64 = 1_764_000_000_000;

    #[tokio::test]
    async fn a_name_is_taken_in_whatever_case_it_is_written() {
        for scratch in testing::databases().await {
            let db = scratch.db();
            let made = db.write(|tx| create(tx, "  Müller & Söhne ", NOW)).await.unwrap();
            assert_eq!(made.name, "Müller & Söhne");
            let refused = db.write(|tx| create(tx, "MÜLLER & SÖHNE", NOW)).await.unwrap_err();
            assert!(refused.to_string().contains("already"), "{refused}");
            assert_eq!(db.read(|tx| find(tx, "müller & söhne")).await.unwrap(), Some(made.clone()));
            assert_eq!(db.read(list).await.unwrap(), [made]);
        }
    }

    #[tokio::test]
    async fn the_default_workspace_is_made_once_and_others_must_exist() {
        for scratch in testing::databases().await {
            let db = scratch.db();
            let first = db.write(|tx| chosen(tx, None, NOW)).await.unwrap();
            let again = db.write(|tx| chosen(tx, Some("Default"), NOW + 1)).await.unwrap();
            assert_eq!(first, again);
            let refused = db.write(|tx| chosen(tx, Some("Acme"), NOW)).await.unwrap_err();
            assert!(refused.to_string().contains("lexi workspaces create"), "{refused}");
        }
    }

    #[test]
    fn names_are_held_to_their_limits_from_both_sides() {
        assert!(checked(&"x".repeat(200)).is_ok());
        assert!(checked(&"x".repeat(201)).is_err());
        assert!(checked(" \t ").is_err());
        assert!(checked("a\nb").is_err());
    }
}

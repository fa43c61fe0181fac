//! A freeze: nothing of a type, or of the whole workspace, begins or goes on until it is lifted.
//!
//! Protects "after a freeze was acknowledged nothing more happens": work reads the number of freezes together with its
//! own transaction and keeps it as it is until its commit; a freeze changes the number and so waits for that work.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::clock::iso;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{self, Event};
use crate::ids;
use crate::jobs;
use crate::keys::Caller;
use crate::keys::permissions::Permission;
use crate::paging::Paging;
use crate::tasks::Kind;
use crate::workspaces;

/// Freezes in force at once in one workspace.
const FREEZES_MAX: u64 = 100;

/// A freeze that is wanted.
#[derive(Debug, Clone)]
pub struct NewFreeze {
    /// Of which type; none: of the whole workspace.
    pub kind: Option<Kind>,
    /// Why.
    pub reason: String,
}

/// A freeze as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Freeze {
    /// UUID.
    pub id: Uuid,
    /// The type of task that must not begin or go on; null: none of the workspace.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Why.
    pub reason: String,
    /// Who froze.
    pub frozen_by: Who,
    /// When.
    pub frozen_at: String,
    /// Who lifted it; null while it is in force.
    pub lifted_by: Option<Who>,
    /// When it was lifted; null while it is in force.
    pub lifted_at: Option<String>,
}

/// Who did something, as the key says it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Who {
    /// `human` or `service`.
    pub kind: String,
    /// The key.
    pub key_id: Uuid,
    /// Who answers for that key.
    pub owner: Option<String>,
}

/// Freezes a type or the whole workspace.
pub fn freeze(tx: &mut Tx, caller: &Caller, new: &NewFreeze, now_ms: i64) -> Result<Freeze> {
    if workspaces::freezes(tx, caller.workspace_id)? >= FREEZES_MAX {
        let message = format!("{FREEZES_MAX} freezes are in force already. Lift one first.");
        return Err(Error::validation("type", message));
    }
    let freeze = Freeze {
        id: ids::new(now_ms),
        kind: new.kind.map(|kind| kind.as_str().to_owned()),
        reason: new.reason.clone(),
        frozen_by: Who::of(caller),
        frozen_at: iso(now_ms),
        lifted_by: None,
        lifted_at: None,
    };
    workspaces::count_freezes(tx, caller.workspace_id, 1)?;
    store::insert_freeze(tx, caller, &freeze, now_ms)?;
    let event = Event::by(caller, "freeze.created", freeze.id, now_ms);
    events::record(tx, event.with(json!({ "type": freeze.kind })));
    Ok(freeze)
}

/// Lifts a freeze: what waited goes on where it left off. Whoever froze may, and whoever writes the rules.
///
/// # Errors
/// `not_found` when there is none in force; `insufficient_permissions`.
pub fn lift(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<()> {
    let frozen_by = store::frozen_by(tx, caller.workspace_id, id)?.ok_or_else(not_found)?;
    if frozen_by != caller.key_id && !caller.permissions.allows(Permission::PoliciesAdmin) {
        let message = "This key did not freeze and lacks the permission policies:admin, so it can't lift the freeze.";
        return Err(Error::with_code(Code::InsufficientPermissions, message));
    }
    if !store::lift(tx, caller, id, now_ms)? {
        return Err(not_found());
    }
    workspaces::count_freezes(tx, caller.workspace_id, -1)?;
    jobs::wake(tx, caller.workspace_id)?;
    events::record(tx, Event::by(caller, "freeze.lifted", id, now_ms));
    Ok(())
}

/// A page of freezes, newest first, and how many there are on all pages; of those in force, or of all.
pub fn freezes(tx: &mut Tx, caller: &Caller, all: bool, paging: Paging) -> Result<(Vec<Freeze>, u64)> {
    let total = store::count_freezes(tx, caller.workspace_id, all)?;
    Ok((store::freezes(tx, caller.workspace_id, all, paging)?, total))
}

/// Whether tasks of a type must not begin or go on. For work, in its own transaction and before anything it does: until
/// that has ended, no freeze begins.
pub fn frozen(tx: &mut Tx, workspace_id: Uuid, kind: Kind) -> Result<bool> {
    Ok(workspaces::freezes(tx, workspace_id)? > 0 && store::is_frozen(tx, workspace_id, kind)?)
}

impl Who {
    fn of(caller: &Caller) -> Who {
        Who {
            kind: caller.kind.as_str().to_owned(),
            key_id: caller.key_id,
            owner: caller.owner.as_deref().map(str::to_owned),
        }
    }
}

/// "Freeze not found": none in force, or another workspace's.
pub(super) fn not_found() -> Error {
    Error::not_found("Freeze not found")
}

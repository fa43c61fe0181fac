//! API keys: who is asking, what they may do, and how often. Made, listed and revoked here; looked up in `cache`,
//! counted in `limits`.
//!
//! A key grants at most what its maker holds: permissions, tier and expiry. Only a secret's hash is kept, and a change
//! is effective in every process within a second.

mod cache;
pub mod hourly;
pub mod http;
pub mod limits;
pub mod permissions;
pub mod roles;
mod secret;
mod store;
mod strangers;
mod tier;
mod usage;

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

pub use cache::{Keys, KnownKey, finish, watch};
pub use limits::{Allowance, Limits, Verdict};
pub use secret::Secret;
pub use strangers::{Strangers, TooMany};
pub use tier::{Rates, Tier};

use crate::clock::iso;
use crate::db::{Signal, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{self, Actor, Event};
use crate::ids;
use crate::paging::Paging;
use permissions::{Permission, Permissions};
use roles::Roles;

/// Characters of a key's name.
pub const NAME_MAX: usize = 120;
/// Characters of the name of who answers for a key.
pub const OWNER_MAX: usize = 200;
/// Characters of a description.
pub const DESCRIPTION_MAX: usize = 2_000;
/// Characters of a search text.
pub const SEARCH_MAX: usize = 200;
/// Permissions in one request; there are fewer than this.
const PERMISSIONS_MAX: usize = 100;

/// What kind of caller holds a key; each decision says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Human,
    /// A program.
    Service,
}

impl Kind {
    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Human => "human",
            Kind::Service => "service",
        }
    }

    /// Reads what a request or the command line says.
    pub fn parse(text: &str) -> Result<Kind> {
        match text {
            "human" => Ok(Kind::Human),
            "service" => Ok(Kind::Service),
            _ => Err(Error::validation("kind", "kind must be human or service.")),
        }
    }
}

/// Who is asking. Made from a key alone, never from anything else in a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant; every statement names it.
    pub workspace_id: Uuid,
    /// The key.
    pub key_id: Uuid,
    /// Person or program.
    pub kind: Kind,
    /// The name of who answers for the key.
    pub owner: Option<Arc<str>>,
    /// What the key may do.
    pub permissions: Permissions,
    /// By which words rules know it.
    pub roles: Roles,
    /// The request this caller makes, for the trace of events; none for the command line.
    pub request_id: Option<Uuid>,
}

/// On whose authority keys are changed.
#[derive(Debug, Clone)]
pub enum By {
    /// A caller, who grants at most what his own key holds.
    Caller(Caller),
    /// The operator at the command line of the machine, who may grant everything in this workspace.
    Operator(Uuid),
}

impl By {
    fn workspace_id(&self) -> Uuid {
        match self {
            By::Caller(caller) => caller.workspace_id,
            By::Operator(workspace_id) => *workspace_id,
        }
    }

    fn key_id(&self) -> Option<Uuid> {
        match self {
            By::Caller(caller) => Some(caller.key_id),
            By::Operator(_) => None,
        }
    }

    fn event(&self, kind: &'static str, key_id: Uuid, now_ms: i64) -> Event {
        match self {
            By::Caller(caller) => Event::by(caller, kind, key_id, now_ms),
            By::Operator(workspace_id) => Event::of(*workspace_id, Actor::System, kind, key_id, now_ms),
        }
    }
}

/// A key that is wanted. [`create`] checks it.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// 1 to 120 characters.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Permissions and bundles, as given.
    pub permissions: Vec<String>,
    /// By which words rules know it, as given.
    pub roles: Vec<String>,
    /// How often it may ask. Left out: `pro`, or the caller's own tier if that is less; `org` from the operator.
    pub tier: Option<Tier>,
    /// Person or program.
    pub kind: Kind,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When it stops being valid. Left out: never, or when the caller's own key does.
    pub expires_at_ms: Option<i64>,
}

/// A key as it is shown. The secret is not part of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The beginning of the secret, to tell keys apart.
    #[schema(example = "wbk_a1b2")]
    pub prefix: String,
    /// Permissions and bundles, as they were given.
    #[schema(example = json!(["read", "lexi"]))]
    pub permissions: Vec<String>,
    /// The fine permissions these come to.
    pub effective_permissions: Vec<String>,
    /// The words by which rules know it.
    #[schema(example = json!(["partner"]))]
    pub roles: Vec<String>,
    /// `starter`, `pro`, `org` or `unmetered`.
    #[schema(example = "pro")]
    pub rate_limit_tier: &'static str,
    /// `human` or `service`.
    #[schema(example = "service")]
    pub kind: &'static str,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The key that made it; null when the operator did.
    pub created_by: Option<Uuid>,
    /// ISO 8601.
    pub created_at: String,
    /// When it stops being valid; null for never.
    pub expires_at: Option<String>,
    /// To the minute, written once a minute; null before the first use.
    pub last_used_at: Option<String>,
    /// When it was revoked; null while it is not.
    pub revoked_at: Option<String>,
}

/// A key that was just made, with its secret: the only time it is shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CreatedKey {
    /// The secret. Null when a repeated request with the same `Idempotency-Key` is answered again.
    pub key: Option<String>,
    /// The key.
    #[serde(flatten)]
    pub api_key: ApiKey,
}

/// Which keys are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Revoked ones too.
    pub include_revoked: bool,
    /// A part of the name or description, in whatever case.
    pub search: Option<String>,
}

/// Makes a key. Fails with 400 when a field is wrong, with 403 when it would hold more than its maker.
pub fn create(tx: &mut Tx, by: &By, new: &NewKey, secret: &Secret, now_ms: i64) -> Result<CreatedKey> {
    let wanted = check(new, now_ms)?;
    let grant = match by {
        By::Operator(_) => Grant { tier: new.tier.unwrap_or(Tier::Org), expires_at_ms: new.expires_at_ms },
        By::Caller(caller) => granted(tx, caller, new, &wanted, now_ms)?,
    };
    let row = store::NewRow {
        id: ids::new(now_ms),
        workspace_id: by.workspace_id(),
        hash: secret.hash(),
        prefix: secret.prefix(),
        name: wanted.name,
        description: wanted.description,
        search_text: search_text(&format!("{}\n{}", wanted.name, wanted.description.unwrap_or_default())),
        permissions: &new.permissions,
        effective: wanted.effective,
        roles: &wanted.roles,
        tier: grant.tier,
        kind: new.kind,
        owner: wanted.owner,
        created_by: by.key_id(),
        created_at_ms: now_ms,
        expires_at_ms: grant.expires_at_ms,
    };
    store::insert(tx, &row)?;
    changed(tx)?;
    let event = by.event("api_key.created", row.id, now_ms);
    events::record(
        tx,
        event.with(json!({
            "permissions": wanted.effective.names(),
            "roles": wanted.roles.names(),
            "rate_limit_tier": grant.tier.as_str(),
            "kind": new.kind.as_str(),
            "expires_at": grant.expires_at_ms.map(iso),
        })),
    );
    Ok(CreatedKey { key: Some(secret.reveal().to_owned()), api_key: row.shown() })
}

/// A page of the workspace's keys, newest first, and how many there are on all pages.
pub fn list(tx: &mut Tx, workspace_id: Uuid, filter: &Filter, paging: Paging) -> Result<(Vec<ApiKey>, u64)> {
    let search = match filter.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => Some(search_text(limited("search", text, 1, SEARCH_MAX)?)),
        None => None,
    };
    store::page(tx, workspace_id, filter.include_revoked, search.as_deref(), paging)
}

/// Revokes a key for ever. 404 when there is none that is valid; 403 when the calling key would lock the workspace out.
pub fn revoke(tx: &mut Tx, by: &By, key_id: Uuid, now_ms: i64) -> Result<()> {
    let workspace_id = by.workspace_id();
    if let By::Caller(caller) = by {
        // Two admin keys that revoke each other at the same time: the one that comes second is no key any more.
        own_key(tx, caller, now_ms)?;
    }
    if by.key_id() == Some(key_id) && !store::another_admin_is_active(tx, workspace_id, key_id, now_ms)? {
        return Err(Error::with_code(
            Code::InsufficientPermissions,
            "This is the last active admin key. Create another key with keys:admin before you revoke it.",
        ));
    }
    if !store::revoke(tx, workspace_id, key_id, now_ms)? {
        return Err(Error::not_found("API key not found"));
    }
    changed(tx)?;
    events::record(tx, by.event("api_key.revoked", key_id, now_ms));
    Ok(())
}

/// Those of these keys that are revoked or unknown. At most as many as one statement takes.
pub fn revoked_among(tx: &mut Tx, workspace_id: Uuid, key_ids: &[Uuid]) -> Result<Vec<Uuid>> {
    if key_ids.is_empty() {
        return Ok(Vec::new());
    }
    let valid = store::not_revoked(tx, workspace_id, key_ids)?;
    Ok(key_ids.iter().copied().filter(|id| !valid.contains(id)).collect())
}

/// What these keys of a workspace are, revoked or not: kind and roles. At most as many as one statement takes.
pub fn roles_of(tx: &mut Tx, workspace_id: Uuid, key_ids: &[Uuid]) -> Result<Vec<(Uuid, Kind, Roles)>> {
    if key_ids.is_empty() { Ok(Vec::new()) } else { store::roles_of(tx, workspace_id, key_ids) }
}

/// Who a key of this workspace is at this moment, for what is done in its name; nothing when it is revoked, expired or
/// unknown.
pub fn holder(
    tx: &mut Tx,
    workspace_id: Uuid,
    (key_id, request_id): (Uuid, Option<Uuid>),
    now_ms: i64,
) -> Result<Option<Caller>> {
    Ok(store::active(tx, workspace_id, key_id, now_ms)?.map(|key| key.caller(request_id)))
}

/// Tells every process that keys have changed: this one after the commit, others when they look at the version.
fn changed(tx: &mut Tx) -> Result<()> {
    let version = store::raise_version(tx)?;
    tx.after_commit(Signal::KeysChanged(version));
    Ok(())
}

/// What a key gets that its maker may have left open.
struct Grant {
    tier: Tier,
    expires_at_ms: Option<i64>,
}

/// Holds a new key to what the caller's own key holds, as the database has it now.
fn granted(tx: &mut Tx, caller: &Caller, new: &NewKey, wanted: &Wanted<'_>, now_ms: i64) -> Result<Grant> {
    let own = own_key(tx, caller, now_ms)?;
    if !own.permissions.covers(wanted.effective) {
        let lacking = wanted.effective.without(own.permissions).names();
        return Err(beyond("permissions", format!("This key lacks {}, so it can't grant that.", lacking.join(", "))));
    }
    let lacking = own.roles.lacking(&wanted.roles).join(", ");
    if !lacking.is_empty() && !own.permissions.allows(Permission::PoliciesAdmin) {
        let message =
            format!("This key does not carry the role {lacking} and lacks policies:admin, so it can't grant that.");
        return Err(beyond("roles", message));
    }
    if new.kind == Kind::Human && own.kind != Kind::Human {
        let message = "A key of a program can't make a key of a person: whoever approves as a person gets the key from a \
                       person, or from the operator's command line.";
        return Err(beyond("kind", message.to_owned()));
    }
    let tier = new.tier.unwrap_or(Tier::Pro.min(own.tier));
    if tier > own.tier {
        let (wanted, held) = (tier.as_str(), own.tier.as_str());
        return Err(beyond("rate_limit_tier", format!("This key's tier is {held}, so it can't grant {wanted}.")));
    }
    match (new.expires_at_ms, own.expires_at_ms) {
        (Some(wanted), Some(own)) if wanted > own => {
            let own = iso(own);
            Err(beyond("expires_at", format!("This key expires at {own}, so it can't grant a later expiry.")))
        }
        (wanted, own) => Ok(Grant { tier, expires_at_ms: wanted.or(own) }),
    }
}

/// The caller's own key; 401 when it has been revoked or has expired since the request came in.
fn own_key(tx: &mut Tx, caller: &Caller, now_ms: i64) -> Result<KnownKey> {
    store::active(tx, caller.workspace_id, caller.key_id, now_ms)?
        .ok_or_else(|| Error::with_code(Code::InvalidKey, "Invalid API key"))
}

fn beyond(field: &str, message: String) -> Error {
    let details = json!({ "fields": { field: message } });
    Error::with_details(Code::InsufficientPermissions, message, details)
}

/// A new key's fields within their limits.
struct Wanted<'n> {
    name: &'n str,
    description: Option<&'n str>,
    owner: Option<&'n str>,
    effective: Permissions,
    roles: Roles,
}

fn check(new: &NewKey, now_ms: i64) -> Result<Wanted<'_>> {
    if new.permissions.len() > PERMISSIONS_MAX {
        return Err(Error::validation("permissions", format!("Give at most {PERMISSIONS_MAX} permissions.")));
    }
    if new.expires_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        return Err(Error::validation("expires_at", "expires_at must be in the future."));
    }
    limited("description", new.description.as_deref().unwrap_or_default(), 0, DESCRIPTION_MAX)?;
    limited("owner", new.owner.as_deref().unwrap_or_default(), 0, OWNER_MAX)?;
    on_one_line("name", new.name.trim())?;
    on_one_line("owner", new.owner.as_deref().unwrap_or_default().trim())?;
    Ok(Wanted {
        name: limited("name", new.name.trim(), 1, NAME_MAX)?,
        description: trimmed(new.description.as_deref()),
        owner: trimmed(new.owner.as_deref()),
        effective: Permissions::parse(&new.permissions)?,
        roles: Roles::parse(&new.roles)?,
    })
}

fn limited<'t>(field: &str, text: &'t str, min: usize, max: usize) -> Result<&'t str> {
    let length = text.chars().count();
    if length > max {
        return Err(Error::validation(field, format!("{field} has at most {max} characters, got {length}.")));
    }
    if length < min {
        return Err(Error::validation(field, format!("{field} must have {min} to {max} characters.")));
    }
    Ok(text)
}

/// Names stand in tables on terminals: a line break or an escape sequence in one could show what is not there.
fn on_one_line(field: &str, text: &str) -> Result<()> {
    match text.contains(char::is_control) {
        true => {
            Err(Error::validation(field, format!("{field} must not hold line breaks or other control characters.")))
        }
        false => Ok(()),
    }
}

/// Text of blanks only is none.
fn trimmed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// What a search compares: case does not matter.
fn search_text(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests;

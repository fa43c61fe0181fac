//! SQL on the keys, their version and what they have taken of their windows.

use std::sync::Arc;

use uuid::Uuid;

use super::limits::{Block, Span};
use super::permissions::{Permission, Permissions};
use super::roles::Roles;
use super::secret::{Hash, hex};
use super::{ApiKey, Kind, KnownKey, Tier};
use crate::clock::iso;
use crate::db::{Row, Tx, query};
use crate::error::{Error, Result};
use crate::paging::Paging;

/// A key on its way into the database.
pub(super) struct NewRow<'n> {
    pub(super) id: Uuid,
    pub(super) workspace_id: Uuid,
    pub(super) hash: Hash,
    pub(super) prefix: &'n str,
    pub(super) name: &'n str,
    pub(super) description: Option<&'n str>,
    pub(super) search_text: String,
    pub(super) permissions: &'n [String],
    pub(super) effective: Permissions,
    pub(super) roles: &'n Roles,
    pub(super) tier: Tier,
    pub(super) kind: Kind,
    pub(super) owner: Option<&'n str>,
    pub(super) created_by: Option<Uuid>,
    pub(super) created_at_ms: i64,
    pub(super) expires_at_ms: Option<i64>,
}

impl NewRow<'_> {
    /// The key as it is shown.
    pub(super) fn shown(&self) -> ApiKey {
        ApiKey {
            id: self.id,
            name: self.name.to_owned(),
            description: self.description.map(str::to_owned),
            prefix: self.prefix.to_owned(),
            permissions: self.permissions.to_vec(),
            effective_permissions: self.effective.names().into_iter().map(str::to_owned).collect(),
            roles: self.roles.names().to_vec(),
            rate_limit_tier: self.tier.as_str(),
            kind: self.kind.as_str(),
            owner: self.owner.map(str::to_owned),
            created_by: self.created_by,
            created_at: iso(self.created_at_ms),
            expires_at: self.expires_at_ms.map(iso),
            last_used_at: None,
            revoked_at: None,
        }
    }
}

/// Writes a key.
pub(super) fn insert(tx: &mut Tx, new: &NewRow) -> Result<()> {
    query(
        "insert into api_keys (id, workspace_id, hash, prefix, name, description, search_text, permissions, effective,
             is_admin, tier, kind, owner, created_by, created_at_ms, expires_at_ms, roles)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(new.id)
    .bind(new.workspace_id)
    .bind(hex(&new.hash))
    .bind(new.prefix)
    .bind(new.name)
    .bind(new.description)
    .bind(&new.search_text)
    .bind(serde_json::to_string(new.permissions)?)
    .bind(serde_json::to_string(&new.effective.names())?)
    .bind(new.effective.allows(Permission::KeysAdmin))
    .bind(new.tier.as_str())
    .bind(new.kind.as_str())
    .bind(new.owner)
    .bind(new.created_by)
    .bind(new.created_at_ms)
    .bind(new.expires_at_ms)
    .bind(new.roles.json()?)
    .execute(tx)?;
    Ok(())
}

/// The key with this hash and the version of all keys at that moment; no key when it is unknown or revoked.
pub(super) fn by_hash(tx: &mut Tx, hash: &Hash) -> Result<Option<KnownKey>> {
    let version = version(tx)?;
    let found = query(
        "select id, workspace_id, kind, owner, effective, tier, expires_at_ms, roles from api_keys
         where hash = $1 and revoked_at_ms is null",
    )
    .bind(hex(hash))
    .first(tx, |row| known(row, version))?;
    Ok(found)
}

/// A caller's own key; nothing when it is no longer valid.
pub(super) fn active(tx: &mut Tx, workspace_id: Uuid, key_id: Uuid, now_ms: i64) -> Result<Option<KnownKey>> {
    query(
        "select id, workspace_id, kind, owner, effective, tier, expires_at_ms, roles from api_keys
         where id = $1 and workspace_id = $2 and revoked_at_ms is null
             and (expires_at_ms is null or expires_at_ms > $3)",
    )
    .bind(key_id)
    .bind(workspace_id)
    .bind(now_ms)
    .first(tx, |row| known(row, 0))
}

/// Those of these keys that are not revoked.
pub(super) fn not_revoked(tx: &mut Tx, workspace_id: Uuid, key_ids: &[Uuid]) -> Result<Vec<Uuid>> {
    query("select id from api_keys where workspace_id = $1 and revoked_at_ms is null and id in ({list})")
        .bind(workspace_id)
        .bind_list(key_ids)
        .all(tx, |row| row.get(0))
}

pub(super) fn roles_of(tx: &mut Tx, workspace_id: Uuid, key_ids: &[Uuid]) -> Result<Vec<(Uuid, Kind, Roles)>> {
    query("select id, kind, roles from api_keys where workspace_id = $1 and id in ({list})")
        .bind(workspace_id)
        .bind_list(key_ids)
        .all(tx, |row| {
            let kind = stored(Kind::parse(&row.get::<String>(1)?))?;
            Ok((row.get(0)?, kind, Roles::stored(&row.get::<String>(2)?)?))
        })
}

fn known(row: &Row, version: i64) -> Result<KnownKey> {
    let effective: Vec<String> = serde_json::from_str(&row.get::<String>(4)?)?;
    Ok(KnownKey {
        id: row.get(0)?,
        workspace_id: row.get(1)?,
        kind: stored(Kind::parse(&row.get::<String>(2)?))?,
        owner: row.get::<Option<String>>(3)?.map(Arc::from),
        permissions: Permissions::stored(&effective),
        tier: stored(Tier::parse(&row.get::<String>(5)?))?,
        expires_at_ms: row.get(6)?,
        roles: Roles::stored(&row.get::<String>(7)?)?,
        version,
    })
}

/// What stands in the database is ours: a value that can't be read is no fault of the caller.
fn stored<T>(value: Result<T>) -> Result<T> {
    value.map_err(|error| Error::internal(format_args!("a stored key can't be read: {error}")))
}

/// A page of a workspace's keys, newest first, and how many there are on all pages.
pub(super) fn page(
    tx: &mut Tx,
    workspace_id: Uuid,
    include_revoked: bool,
    search: Option<&str>,
    paging: Paging,
) -> Result<(Vec<ApiKey>, u64)> {
    let pattern = search.map(pattern);
    let total = query(
        "select count(*) from api_keys
         where workspace_id = $1
             and ($2 = 1 or revoked_at_ms is null)
             and (cast($3 as text) is null or search_text like $3 escape '\\')",
    )
    .bind(workspace_id)
    .bind(i64::from(include_revoked))
    .bind(pattern.as_deref())
    .one(tx, |row| row.get(0))?;
    let keys = query(
        "select id, name, description, prefix, permissions, effective, tier, kind, owner, created_by, created_at_ms,
             expires_at_ms, last_used_at_ms, revoked_at_ms, roles
         from api_keys
         where workspace_id = $1
             and ($2 = 1 or revoked_at_ms is null)
             and (cast($3 as text) is null or search_text like $3 escape '\\')
         order by created_at_ms desc, id desc
         limit $4 offset $5",
    )
    .bind(workspace_id)
    .bind(i64::from(include_revoked))
    .bind(pattern.as_deref())
    .bind(paging.limit())
    .bind(paging.offset())
    .all(tx, shown)?;
    Ok((keys, total))
}

fn shown(row: &Row) -> Result<ApiKey> {
    let time = |index| -> Result<Option<String>> { Ok(row.get::<Option<i64>>(index)?.map(iso)) };
    Ok(ApiKey {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        prefix: row.get(3)?,
        permissions: serde_json::from_str(&row.get::<String>(4)?)?,
        effective_permissions: serde_json::from_str(&row.get::<String>(5)?)?,
        roles: serde_json::from_str(&row.get::<String>(14)?)?,
        rate_limit_tier: stored(Tier::parse(&row.get::<String>(6)?))?.as_str(),
        kind: stored(Kind::parse(&row.get::<String>(7)?))?.as_str(),
        owner: row.get(8)?,
        created_by: row.get(9)?,
        created_at: iso(row.get(10)?),
        expires_at: time(11)?,
        last_used_at: time(12)?,
        revoked_at: time(13)?,
    })
}

/// A part of a text as `like` takes it: its own signs mean themselves.
fn pattern(part: &str) -> String {
    let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// Whether the workspace has an active admin key beside this one.
pub(super) fn another_admin_is_active(tx: &mut Tx, workspace_id: Uuid, key_id: Uuid, now_ms: i64) -> Result<bool> {
    let found = query(
        "select id from api_keys
         where workspace_id = $1 and id <> $2 and is_admin = 1 and revoked_at_ms is null
             and (expires_at_ms is null or expires_at_ms > $3)
         limit 1",
    )
    .bind(workspace_id)
    .bind(key_id)
    .bind(now_ms)
    .first(tx, |_| Ok(()))?;
    Ok(found.is_some())
}

/// Whether there was a key to revoke; false when it is unknown or was revoked before.
pub(super) fn revoke(tx: &mut Tx, workspace_id: Uuid, key_id: Uuid, now_ms: i64) -> Result<bool> {
    let revoked = query(
        "update api_keys set revoked_at_ms = $3
         where id = $1 and workspace_id = $2 and revoked_at_ms is null",
    )
    .bind(key_id)
    .bind(workspace_id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(revoked == 1)
}

/// The version of the keys: raised by every change of any key.
pub(super) fn version(tx: &mut Tx) -> Result<i64> {
    query("select value from counters where name = 'keys'").one(tx, |row| row.get(0))
}

/// Raises the version and answers it.
pub(super) fn raise_version(tx: &mut Tx) -> Result<i64> {
    query("update counters set value = value + 1 where name = 'keys' returning value").one(tx, |row| row.get(0))
}

/// Notes when a key was last used; an earlier time never replaces a later one.
pub(super) fn set_last_used(tx: &mut Tx, key_id: Uuid, at_ms: i64) -> Result<()> {
    query(
        "update api_keys set last_used_at_ms = $2
         where id = $1 and (last_used_at_ms is null or last_used_at_ms < $2)",
    )
    .bind(key_id)
    .bind(at_ms)
    .execute(tx)?;
    Ok(())
}

/// Takes `block.size` of a window's allowance, if that much is left of `limit`; answers what all nodes have taken
/// then. Nothing when less is left, or when a later window has begun. An earlier window gives way.
pub(super) fn take(tx: &mut Tx, key_id: Uuid, span: Span, block: Block, limit: u32) -> Result<Option<u32>> {
    query(
        "insert into rate_windows (key_id, span, starts_at_ms, taken)
         values ($1, $2, $3, $4)
         on conflict (key_id, span) do update set
             starts_at_ms = excluded.starts_at_ms,
             taken = case when rate_windows.starts_at_ms = excluded.starts_at_ms
                 then rate_windows.taken + excluded.taken else excluded.taken end
         where rate_windows.starts_at_ms < excluded.starts_at_ms
             or (rate_windows.starts_at_ms = excluded.starts_at_ms and rate_windows.taken + excluded.taken <= $5)
         returning taken",
    )
    .bind(key_id)
    .bind(span.as_str())
    .bind(block.starts_at_ms)
    .bind(block.size)
    .bind(i64::from(limit))
    .first(tx, |row| row.get(0))
}

/// Counts what was taken already while nothing could be saved, over the limit too; nothing happens when another window
/// has begun.
pub(super) fn book(tx: &mut Tx, key_id: Uuid, span: Span, block: Block) -> Result<()> {
    query(
        "insert into rate_windows (key_id, span, starts_at_ms, taken)
         values ($1, $2, $3, $4)
         on conflict (key_id, span) do update set
             starts_at_ms = excluded.starts_at_ms,
             taken = case when rate_windows.starts_at_ms = excluded.starts_at_ms
                 then rate_windows.taken + excluded.taken else excluded.taken end
         where rate_windows.starts_at_ms <= excluded.starts_at_ms",
    )
    .bind(key_id)
    .bind(span.as_str())
    .bind(block.starts_at_ms)
    .bind(block.size)
    .execute(tx)?;
    Ok(())
}

/// The window that is being counted and what all nodes have taken of it; nothing before the first.
pub(super) fn window(tx: &mut Tx, key_id: Uuid, span: Span) -> Result<Option<(i64, u32)>> {
    query("select starts_at_ms, taken from rate_windows where key_id = $1 and span = $2")
        .bind(key_id)
        .bind(span.as_str())
        .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Gives back what was taken of a window and not used; nothing happens when another window has begun.
pub(super) fn give_back(tx: &mut Tx, key_id: Uuid, span: Span, block: Block) -> Result<()> {
    query(
        "update rate_windows set taken = taken - $4
         where key_id = $1 and span = $2 and starts_at_ms = $3 and taken >= $4",
    )
    .bind(key_id)
    .bind(span.as_str())
    .bind(block.starts_at_ms)
    .bind(block.size)
    .execute(tx)?;
    Ok(())
}

/// Takes one of a workspace's calls of the hour that begins at `starts_at_ms`, if fewer than `limit` are taken; false
/// when none is left, or when a later hour has begun. An earlier hour gives way.
pub(super) fn take_of_hour(tx: &mut Tx, workspace_id: Uuid, what: &str, starts_at_ms: i64, limit: u32) -> Result<bool> {
    let taken = query(
        "insert into hourly_windows (workspace_id, what, starts_at_ms, taken)
         values ($1, $2, $3, 1)
         on conflict (workspace_id, what) do update set
             starts_at_ms = excluded.starts_at_ms,
             taken = case when hourly_windows.starts_at_ms = excluded.starts_at_ms
                 then hourly_windows.taken + 1 else 1 end
         where hourly_windows.starts_at_ms < excluded.starts_at_ms
             or (hourly_windows.starts_at_ms = excluded.starts_at_ms and hourly_windows.taken < $4)",
    )
    .bind(workspace_id)
    .bind(what)
    .bind(starts_at_ms)
    .bind(i64::from(limit))
    .execute(tx)?;
    Ok(taken == 1)
}

/// The hour that is being counted and what is taken of it; nothing before the first call.
pub(super) fn hour(tx: &mut Tx, workspace_id: Uuid, what: &str) -> Result<Option<(i64, u32)>> {
    query("select starts_at_ms, taken from hourly_windows where workspace_id = $1 and what = $2")
        .bind(workspace_id)
        .bind(what)
        .first(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

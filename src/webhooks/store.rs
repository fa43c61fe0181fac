//! SQL on the webhooks themselves. What was sent to them is in `deliveries/store.rs`.

use uuid::Uuid;

use super::Webhook;
use crate::clock::iso;
use crate::db::{Row, Tx, dialect, query};
use crate::error::Result;

/// A webhook to be written.
pub(super) struct New<'n> {
    pub(super) id: Uuid,
    pub(super) url: &'n str,
    pub(super) events: &'n [&'static str],
    pub(super) description: Option<&'n str>,
    pub(super) active: bool,
    pub(super) sealed: &'n str,
    pub(super) last_number: i64,
}

/// What stands beside what is shown.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) webhook: Webhook,
    pub(super) workspace_id: Uuid,
    pub(super) sealed: String,
    pub(super) old_sealed: Option<String>,
    pub(super) old_until_ms: Option<i64>,
    pub(super) last_number: i64,
    pub(super) due_at_ms: Option<i64>,
    pub(super) failures: u32,
    pub(super) failing_since_ms: Option<i64>,
    pub(super) is_deleted: bool,
}

pub(super) fn insert(tx: &mut Tx, workspace_id: Uuid, new: &New, now_ms: i64) -> Result<()> {
    query(
        "insert into webhooks (id, workspace_id, url, events, description, active, secret, last_number, failures,
             created_at_ms, updated_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9)",
    )
    .bind(new.id)
    .bind(workspace_id)
    .bind(new.url)
    .bind(serde_json::to_string(new.events)?)
    .bind(new.description)
    .bind(new.active)
    .bind(new.sealed)
    .bind(new.last_number)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// How many a workspace has.
pub(super) fn count(tx: &mut Tx, workspace_id: Uuid) -> Result<u64> {
    query("select count(*) from webhooks where workspace_id = $1 and deleted_at_ms is null")
        .bind(workspace_id)
        .one(tx, |row| row.get(0))
}

const COLUMNS: &str = "id, url, events, description, active, last_status, last_at_ms, disabled_at_ms, disabled_reason,
     created_at_ms, updated_at_ms, workspace_id, secret, old_secret, old_secret_until_ms, last_number, due_at_ms, failures,
     failing_since_ms, deleted_at_ms";

/// A page of them, oldest first.
pub(super) fn page(tx: &mut Tx, workspace_id: Uuid, limit: i64, offset: i64) -> Result<Vec<Stored>> {
    query(format!(
        "select {COLUMNS} from webhooks where workspace_id = $1 and deleted_at_ms is null
         order by created_at_ms, id limit $2 offset $3"
    ))
    .bind(workspace_id)
    .bind(limit)
    .bind(offset)
    .all(tx, stored)
}

/// Nothing when there is none in the workspace. One that was deleted is found too.
pub(super) fn get(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Stored>> {
    query(format!("select {COLUMNS} from webhooks where workspace_id = $1 and id = $2"))
        .bind(workspace_id)
        .bind(id)
        .first(tx, stored)
}

/// As [`get`], and nobody else changes it until the end of the transaction.
pub(super) fn lock(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Stored>> {
    let lock = dialect::lock_row(tx);
    query(format!("select {COLUMNS} from webhooks where workspace_id = $1 and id = $2{lock}"))
        .bind(workspace_id)
        .bind(id)
        .first(tx, stored)
}

/// Writes what a caller may change. One that becomes active goes on from `last_number`, with a clean slate.
pub(super) fn update(
    tx: &mut Tx,
    workspace_id: Uuid,
    webhook: &Webhook,
    begins: Option<i64>,
    now_ms: i64,
) -> Result<()> {
    query(
        "update webhooks set url = $3, events = $4, description = $5, active = $6, updated_at_ms = $7,
             last_number = case when cast($8 as bigint) is null then last_number else $8 end,
             failures = case when cast($8 as bigint) is null then failures else 0 end,
             failing_since_ms = case when cast($8 as bigint) is null then failing_since_ms else null end,
             disabled_at_ms = case when cast($8 as bigint) is null then disabled_at_ms else null end,
             disabled_reason = case when cast($8 as bigint) is null then disabled_reason else null end
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(webhook.id)
    .bind(&webhook.url)
    .bind(serde_json::to_string(&webhook.events)?)
    .bind(webhook.description.as_deref())
    .bind(webhook.active)
    .bind(now_ms)
    .bind(begins)
    .execute(tx)?;
    Ok(())
}

/// Puts another secret in place; the one before counts until `old_until_ms`, or no more.
pub(super) fn set_secret(
    tx: &mut Tx,
    workspace_id: Uuid,
    id: Uuid,
    sealed: &str,
    old_until_ms: Option<i64>,
    now_ms: i64,
) -> Result<()> {
    query(
        "update webhooks set old_secret = case when cast($4 as bigint) is null then null else secret end,
             old_secret_until_ms = $4, secret = $3, updated_at_ms = $5
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(sealed)
    .bind(old_until_ms)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Deletes a webhook: its secrets are gone at once, what was sent stays readable for a while.
pub(super) fn delete(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    let deleted = query(
        "update webhooks set deleted_at_ms = $3, active = 0, secret = '', old_secret = null, old_secret_until_ms = null,
             due_at_ms = null
         where workspace_id = $1 and id = $2 and deleted_at_ms is null",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(deleted == 1)
}

/// Active webhooks whose workspace has events they have not come to, longest behind first: workspace and id.
pub(super) fn behind(tx: &mut Tx, most: u32) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select workspace_id, id from webhooks
         where active = 1 and deleted_at_ms is null and last_number < coalesce(
             (select max(number) from events where events.workspace_id = webhooks.workspace_id), 0)
         order by last_number, id limit $1",
    )
    .bind(most)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Notes up to which event a webhook has come.
pub(super) fn come_to(tx: &mut Tx, workspace_id: Uuid, id: Uuid, number: i64) -> Result<()> {
    query("update webhooks set last_number = $3 where workspace_id = $1 and id = $2")
        .bind(workspace_id)
        .bind(id)
        .bind(number)
        .execute(tx)?;
    Ok(())
}

/// Active webhooks for which something is due: workspace and id.
pub(super) fn due(tx: &mut Tx, most: u32, now_ms: i64) -> Result<Vec<(Uuid, Uuid)>> {
    query(
        "select workspace_id, id from webhooks
         where due_at_ms is not null and due_at_ms <= $1 and active = 1 order by due_at_ms limit $2",
    )
    .bind(now_ms)
    .bind(most)
    .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Takes what [`due`] told of: true for one of all who try.
pub(super) fn take_due(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<bool> {
    let taken = query(
        "update webhooks set due_at_ms = null
         where workspace_id = $1 and id = $2 and active = 1 and due_at_ms is not null and due_at_ms <= $3",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(taken == 1)
}

/// When something can be sent next.
pub(super) fn set_due(tx: &mut Tx, workspace_id: Uuid, id: Uuid, due_at_ms: Option<i64>) -> Result<()> {
    query("update webhooks set due_at_ms = $3 where workspace_id = $1 and id = $2")
        .bind(workspace_id)
        .bind(id)
        .bind(due_at_ms)
        .execute(tx)?;
    Ok(())
}

/// Notes an attempt that went well.
pub(super) fn succeeded(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    query(
        "update webhooks set last_status = 'success', last_at_ms = $3, failures = 0, failing_since_ms = null
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Notes an attempt that failed.
pub(super) fn failed(tx: &mut Tx, workspace_id: Uuid, id: Uuid, now_ms: i64) -> Result<()> {
    query(
        "update webhooks set last_status = 'failed', last_at_ms = $3, failures = failures + 1,
             failing_since_ms = case when failing_since_ms is null then $3 else failing_since_ms end
         where workspace_id = $1 and id = $2",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .execute(tx)?;
    Ok(())
}

/// Gives an endpoint up.
pub(super) fn disable(tx: &mut Tx, workspace_id: Uuid, id: Uuid, reason: &str, now_ms: i64) -> Result<()> {
    query(
        "update webhooks set active = 0, disabled_at_ms = $3, disabled_reason = $4, updated_at_ms = $3
         where workspace_id = $1 and id = $2 and active = 1",
    )
    .bind(workspace_id)
    .bind(id)
    .bind(now_ms)
    .bind(reason)
    .execute(tx)?;
    Ok(())
}

/// All sealed secrets there are.
pub(super) fn all_sealed(tx: &mut Tx) -> Result<Vec<String>> {
    query("select secret from webhooks where deleted_at_ms is null").all(tx, |row| row.get(0))
}

/// Forgets webhooks that were deleted before that time and have no deliveries left.
pub(super) fn forget_deleted(tx: &mut Tx, before_ms: i64) -> Result<()> {
    query(
        "delete from webhooks where deleted_at_ms is not null and deleted_at_ms < $1
           and not exists (select 1 from webhook_deliveries where webhook_deliveries.webhook_id = webhooks.id)",
    )
    .bind(before_ms)
    .execute(tx)?;
    Ok(())
}

fn stored(row: &Row) -> Result<Stored> {
    let time = |index: usize| -> Result<Option<String>> { Ok(row.get::<Option<i64>>(index)?.map(iso)) };
    Ok(Stored {
        webhook: Webhook {
            id: row.get(0)?,
            url: row.get(1)?,
            events: serde_json::from_str(&row.get::<String>(2)?)?,
            description: row.get(3)?,
            active: row.get(4)?,
            last_delivery_status: row.get(5)?,
            last_delivery_at: time(6)?,
            disabled_at: time(7)?,
            disabled_reason: row.get(8)?,
            old_secret_expires_at: time(14)?,
            created_at: iso(row.get(9)?),
            updated_at: iso(row.get(10)?),
            secret: None,
        },
        workspace_id: row.get(11)?,
        sealed: row.get(12)?,
        old_sealed: row.get(13)?,
        old_until_ms: row.get(14)?,
        last_number: row.get(15)?,
        due_at_ms: row.get(16)?,
        failures: row.get(17)?,
        failing_since_ms: row.get(18)?,
        is_deleted: row.get::<Option<i64>>(19)?.is_some(),
    })
}

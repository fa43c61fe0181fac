//! SQL that looks back at decided tasks. The workspace is in every `where`.

use uuid::Uuid;

use super::Past;
use crate::db::{Tx, query};
use crate::error::{Error, Result};
use crate::tasks::{Kind, Status};

/// Decided since then, the newest first. Each state is read in the order of its index: no task entered its state before
/// it was decided.
pub(super) fn decided_since(tx: &mut Tx, workspace_id: Uuid, from_ms: i64, most: usize) -> Result<Vec<Past>> {
    let mut found = Vec::new();
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Pending) {
        found.extend(
            query(
                "select t.id, t.type, r.plan, length(r.selection), d.outcome,
                     case when d.reason is null then 0 else 1 end, r.created_at_ms, d.decided_at_ms, t.created_by,
                     r.created_by, d.revision, d.kind, d.key_id
                 from tasks t
                 join decisions d on d.task_id = t.id
                 join task_revisions r on r.task_id = t.id and r.revision = d.revision
                 where t.workspace_id = $1 and t.status = $2 and t.status_at_ms >= $3 and d.decided_at_ms >= $3
                 order by t.status_at_ms desc, t.id desc limit $4",
            )
            .bind(workspace_id)
            .bind(status.as_str())
            .bind(from_ms)
            .bind(i64::try_from(most).map_err(Error::internal)?)
            .all(tx, |row| {
                let kind = row.get::<String>(1)?;
                Ok(Past {
                    task_id: row.get(0)?,
                    kind: Kind::named(&kind)
                        .ok_or_else(|| Error::internal(format_args!("there is no kind of task {kind}")))?,
                    parameters: row.get(2)?,
                    size: row.get::<u64>(3)? / 16,
                    was_approved: row.get::<String>(4)? == "approved",
                    has_reason: row.get::<i64>(5)? == 1,
                    proposed_at_ms: row.get(6)?,
                    decided_at_ms: row.get(7)?,
                    requesters: [row.get(8)?, row.get(9)?],
                    voters: Vec::new(),
                    revision: row.get(10)?,
                    decided_by: row.get::<Option<String>>(11)?.zip(row.get(12)?),
                })
            })?,
        );
    }
    found.sort_by_key(|task| std::cmp::Reverse((task.decided_at_ms, task.task_id)));
    found.truncate(most);
    Ok(found)
}

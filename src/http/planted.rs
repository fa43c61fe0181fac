//! Faults of requests, for proving the checkers of the tests: see `planted_faults.rs`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::answer::{Data, json_bytes};
use super::caller::{Asked, Can};
use crate::app::App;
use crate::db::{Isolation, Tx};
use crate::error::{Error, Result};
use crate::execution::{self, Mode};
use crate::planted_faults::Fault;
use crate::tasks::Approval;

/// How long a commit comes after the answer.
const COMMITS_AFTER: Duration = Duration::from_millis(500);
/// What stands in the answers that come too early.
const EARLY: &[u8] = b"\"execution_started\":true";

/// Answers an approval from inside its transaction, which is committed a while later; everything else after the commit.
pub(super) async fn answer_before_commit<T, F>(
    app: &App,
    asked: Asked,
    status: StatusCode,
    operation: F,
) -> Result<Response>
where
    T: Serialize + 'static,
    F: Fn(&mut Tx, &Asked, i64) -> Result<T> + Send + 'static,
{
    let (early, answered) = oneshot::channel::<Vec<u8>>();
    let early = Mutex::new(Some(early));
    let (db, now_ms) = (app.db.clone(), app.clock.now_ms());
    let writing = tokio::spawn(async move {
        let write = move |tx: &mut Tx| {
            let body = serde_json::to_vec(&Data { data: operation(tx, &asked, now_ms)? })?;
            let is_early = body.windows(EARLY.len()).any(|part| part == EARLY);
            if is_early && let Some(early) = early.lock().unwrap_or_else(PoisonError::into_inner).take() {
                let _ = early.send(body.clone());
                std::thread::sleep(COMMITS_AFTER);
            }
            Ok(body)
        };
        db.write_with(Isolation::ReadCommitted, write).await
    });
    tokio::select! {
        Ok(body) = answered => Ok(json_bytes(status, body)),
        ended = writing => Ok(json_bytes(status, ended.map_err(Error::internal)??)),
    }
}

/// Approves whatever somebody looks at.
pub(crate) async fn approve_by_looking(app: &App, asked: &Asked, task_id: Uuid) {
    if !Fault::GetDecides.is_planted() {
        return;
    }
    let (caller, now_ms, mode) = (asked.caller.clone(), app.clock.now_ms(), Mode::Here(app.config.inline_people_max));
    let approve = move |tx: &mut Tx| execution::approve(tx, &caller, task_id, &Approval::default(), mode, now_ms);
    let _ = app.db.write_with(Isolation::ReadCommitted, approve).await;
}

/// The caller, under the name that stands in the body.
pub(crate) fn named<P>(mut can: Can<P>, name: Option<&str>) -> Can<P> {
    if Fault::BodyNamesTheApprover.is_planted() && name.is_some() {
        can.asked.caller.owner = name.map(Arc::from);
    }
    can
}

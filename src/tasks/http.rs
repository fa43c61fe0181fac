//! Routes of Lexi's tasks.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::dismissal::{self, Counts, DAYS_MAX, Why};
use super::{Detail, Kind, Status, Task, Wanted, given_reason, not_found};
use crate::app::App;
use crate::error::{Error, Result, quoted};
use crate::execution::part::{Choice, Exclude};
use crate::execution::{self, Given, Mode};
use crate::http::answer::Problem;
use crate::http::paging::{PER_PAGE, number};
use crate::http::{
    Answer, Can, Data, Id, Json, JsonBody, Meta, Page, PageParams, Query, data, read, write, write_by_condition,
};
use crate::keys::permissions::need;
use crate::mcp::AGENT_HEADER;
use crate::tasks;

/// Days that dismissals are counted over when nothing is said.
const DAYS_COUNTED: u32 = 30;
/// Longest `?wait=`.
const WAIT_MAX_S: u64 = 60;
/// A waiter looks again after this time, whatever woke it: on PostgreSQL another node may have changed the task.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(approve))
        .routes(routes!(dismiss))
        .routes(routes!(dismissals))
}

/// Which tasks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `pending` (default), `approved`, `dismissed`, `completed`, `failed` or `all`.
    status: Option<String>,
    /// `prospect_search`, `campaign_start`, `contact_update`, `list_operation` or `undo`; all when left out.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Tasks on a page: 50, at most 100.
    per_page: Option<String>,
}

/// A page of tasks.
#[derive(Debug, Serialize, ToSchema)]
struct Tasks {
    /// Those that entered their present state last come first.
    tasks: Vec<Task>,
}

/// List Lexi's tasks: what she proposes and what became of it.
#[utoipa::path(get, path = "/v1/lexi/tasks", tag = "lexi", params(ListParams), responses(
    (status = 200, description = "A page of tasks.", body = Page<Tasks>),
    (status = 400, description = "`validation_error`: an unknown status or type, or a page out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn list(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<Tasks>>> {
    let wanted = params.check()?;
    let caller = can.asked.caller;
    let (tasks, total) = read(&app, move |tx| super::list(tx, &caller, &wanted)).await?;
    Ok(Json(Page { data: Tasks { tasks }, meta: Meta::of(wanted.paging, total) }))
}

impl ListParams {
    fn check(&self) -> Result<Wanted> {
        let status = match self.status.as_deref() {
            None | Some("") => Some(Status::Pending),
            Some("all") => None,
            Some(name) => Some(Status::named(name).ok_or_else(|| {
                let known = Status::ALL.map(Status::as_str).join(", ");
                Error::validation("status", format!("status must be one of {known} or all, got \"{}\".", quoted(name)))
            })?),
        };
        let kind = match self.kind.as_deref() {
            None | Some("") => None,
            Some(name) => Some(Kind::named(name).ok_or_else(|| {
                let known = Kind::ALL.map(Kind::as_str).join(", ");
                Error::validation("type", format!("type must be one of {known}, got \"{}\".", quoted(name)))
            })?),
        };
        let paging = PageParams { page: self.page.clone(), per_page: self.per_page.clone() }.check(PER_PAGE)?;
        Ok(Wanted { status, kind, paging })
    }
}

/// Whether to wait for a change, and which revision to show.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GetParams {
    /// Seconds, at most 60: answers when the task leaves its state, at the latest after this time.
    wait: Option<String>,
    /// Plan, preview and words as they were at this revision; the present one when left out.
    revision: Option<String>,
}

/// One task with its plan, revisions, preview, decision, progress, result and error.
#[utoipa::path(get, path = "/v1/lexi/tasks/{id}", tag = "lexi", params(("id" = String, Path, description = "Task UUID"), GetParams),
    responses(
    (status = 200, description = "The task.", body = Data<Detail>),
    (status = 400, description = "`validation_error`: wait or revision is out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn get(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Path(id): Path<Id>,
    Query(params): Query<GetParams>,
) -> Answer<Detail> {
    let task_id = id.or(not_found)?;
    let (wait, revision) = (params.wait_s()?, params.revision()?);
    if wait > Duration::ZERO {
        wait_for_change(&app, &can, task_id, wait).await?;
    }
    #[cfg(feature = "planted-faults")]
    crate::http::planted::approve_by_looking(&app, &can.asked, task_id).await;
    let caller = can.asked.caller;
    Ok(data(read(&app, move |tx| super::get(tx, &caller, task_id, revision)).await?))
}

impl GetParams {
    fn revision(&self) -> Result<Option<u32>> {
        let text = self.revision.as_deref().filter(|text| !text.is_empty());
        text.map(|text| {
            text.parse().map_err(|_| {
                let message = format!("revision must be a whole number, got \"{}\".", quoted(text));
                Error::validation("revision", message)
            })
        })
        .transpose()
    }

    fn wait_s(&self) -> Result<Duration> {
        match self.wait.as_deref() {
            None | Some("") => Ok(Duration::ZERO),
            Some(text) => match text.parse::<u64>() {
                Ok(seconds) if seconds <= WAIT_MAX_S => Ok(Duration::from_secs(seconds)),
                _ => Err(Error::validation(
                    "wait",
                    format!("wait must be whole seconds from 0 to {WAIT_MAX_S}, got \"{}\".", quoted(text)),
                )),
            },
        }
    }
}

/// Returns when the task is in another state than at the call or has ended, or the time is over, or the server stops.
async fn wait_for_change(app: &App, can: &Can<need::LexiRead>, task_id: Uuid, wait: Duration) -> Result<()> {
    let deadline = Instant::now() + wait;
    let change = app.waiters.tasks.wait_for(task_id);
    let mut stopping = app.waiters.stopping.subscribe();
    let caller = can.asked.caller.clone();
    let mut first = None;
    loop {
        // Registered before the look, so that a change between the two is not missed.
        let changed = change.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let status = look(app, &caller, task_id).await?;
        let has_ended = matches!(status, Status::Dismissed | Status::Completed | Status::Failed);
        if has_ended || *first.get_or_insert(status) != status || Instant::now() >= deadline {
            return Ok(());
        }
        tokio::select! {
            () = &mut changed => {}
            () = tokio::time::sleep_until(deadline.min(Instant::now() + LOOK_AGAIN)) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
        }
    }
}

async fn look(app: &App, caller: &crate::keys::Caller, task_id: Uuid) -> Result<Status> {
    let caller = caller.clone();
    read(app, move |tx| super::status(tx, &caller, task_id)).await
}

/// Which plan is approved.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct Approval {
    /// The plan the caller has seen. Optional while the task has one revision; `If-Match` says the same.
    plan_hash: Option<String>,
    /// Why, at most 2,000 characters; needed where a rule says so.
    reason: Option<String>,
    /// The part of the selection that is approved, by ids; the rest is declined. Not together with `exclude`.
    only: Option<Vec<Uuid>>,
    /// Who of the selection is left out: by `ids`, or by a `filter` of words.
    exclude: Option<Exclude>,
    #[cfg(feature = "planted-faults")]
    decided_by: Option<String>,
}

/// Approve a pending task, or a part of it: it is executed, exactly once and to the end. Where rules want more approvals,
/// this one is a vote, and the last of them decides.
#[utoipa::path(post, path = "/v1/lexi/tasks/{id}/approve", tag = "lexi", params(("id" = String, Path, description = "Task UUID")),
    request_body(content = Option<Approval>, description = "May be empty."), responses(
    (status = 200, description = "Approved, and the execution has begun; or, with status `pending`, a vote.", body = Data<Given>),
    (status = 400, description = "`validation_error`: the task is not pending (`details.decision` says who decided when); the key has approved it already; a reason is missing; it is outside the hours of a rule; ids that are not in the selection.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`, or a rule does not count its approval.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 409, description = "`plan_changed`: the task's plan is not the one named.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn approve(
    State(app): State<App>,
    can: Can<need::LexiApprove>,
    Path(id): Path<Id>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Approval>,
) -> Result<Response> {
    #[cfg(feature = "planted-faults")]
    let can = crate::http::planted::named(can, body.decided_by.as_deref());
    let task_id = id.or(not_found)?;
    let choice = Choice::of(body.only, body.exclude)?;
    let plan_hash = named_plan(body.plan_hash, &headers)?;
    may_decide(&app, &can, task_id, plan_hash.as_deref(), &headers).await?;
    let approval = tasks::Approval { plan_hash, reason: given_reason(body.reason)?, part: None };
    let here = Mode::Here(app.config.inline_people_max);
    let attempt = async |mode: Mode| {
        let (approval, choice) = (approval.clone(), choice.clone());
        write_by_condition(&app, can.asked.clone(), StatusCode::OK, move |tx, asked, now_ms| match &choice {
            None => execution::approve(tx, &asked.caller, task_id, &approval, mode, now_ms),
            Some(choice) => execution::approve_part(tx, &asked.caller, (task_id, choice), &approval, mode, now_ms),
        })
        .await
    };
    match attempt(here).await {
        Err(Error::Internal(cause)) => {
            // Nothing has happened and nothing was answered: approve once more, with the execution as a job.
            tracing::error!(cause, %task_id, "a task could not be executed while it was approved");
            attempt(Mode::AsJob).await
        }
        answer => answer,
    }
}

/// Agents say that they are ones, and may decide less. What it depends on never changes, but for the plan's hash, which
/// the decision itself checks again.
async fn may_decide(
    app: &App,
    can: &Can<need::LexiApprove>,
    task_id: Uuid,
    plan_hash: Option<&str>,
    headers: &HeaderMap,
) -> Result<()> {
    if !headers.contains_key(AGENT_HEADER) {
        return Ok(());
    }
    let (caller, plan_hash) = (can.asked.caller.clone(), plan_hash.map(str::to_owned));
    read(app, move |tx| super::agent::may_decide(tx, &caller, task_id, plan_hash.as_deref())).await
}

/// The plan a caller has seen, as the body or `If-Match` says it.
pub(crate) fn named_plan(in_body: Option<String>, headers: &HeaderMap) -> Result<Option<String>> {
    let in_header = match headers.get(header::IF_MATCH) {
        None => None,
        Some(value) => {
            Some(value.to_str().map_err(|_| Error::validation("If-Match", "If-Match must be a plan_hash."))?)
        }
    };
    let in_header = in_header.map(|value| value.trim().trim_matches('"').to_owned()).filter(|value| value != "*");
    match (in_body.filter(|hash| !hash.is_empty()), in_header) {
        (Some(body), Some(header)) if body != header => {
            Err(Error::validation("plan_hash", "plan_hash and If-Match name different plans. Send one of them."))
        }
        (Some(hash), _) | (None, Some(hash)) => Ok(Some(hash)),
        (None, None) => Ok(None),
    }
}

/// Why a task is dismissed.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct Dismissal {
    /// The plan the caller has seen; an agent names it.
    plan_hash: Option<String>,
    /// At most 2,000 characters. One of the published words counts as `reason_code`, too.
    reason: Option<String>,
    /// `not_relevant`, `manual_execution`, `incorrect_params`, `duplicate` or `testing`.
    reason_code: Option<String>,
}

/// The answer to a dismissal.
#[derive(Debug, Serialize, ToSchema)]
struct Dismissed {
    /// The task.
    task_id: Uuid,
    /// `dismissed`.
    status: &'static str,
}

/// Dismiss a pending task for good.
#[utoipa::path(post, path = "/v1/lexi/tasks/{id}/dismiss", tag = "lexi", params(("id" = String, Path, description = "Task UUID")),
    request_body(content = Option<Dismissal>, description = "May be empty."), responses(
    (status = 200, description = "Dismissed; it will never be executed.", body = Data<Dismissed>),
    (status = 400, description = "`validation_error`: the task is not pending; `details.decision` says who decided when.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:approve`.", body = Problem),
    (status = 404, description = "`not_found`: Task not found", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn dismiss(
    State(app): State<App>,
    can: Can<need::LexiApprove>,
    Path(id): Path<Id>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Dismissal>,
) -> Result<Response> {
    let task_id = id.or(not_found)?;
    may_decide(&app, &can, task_id, body.plan_hash.as_deref(), &headers).await?;
    let why = Why::of(body.reason, body.reason_code.as_deref())?;
    write(&app, can.asked, StatusCode::OK, move |tx, asked, now_ms| {
        super::dismiss_because(tx, &asked.caller, task_id, &why, now_ms)?;
        Ok(Dismissed { task_id, status: Status::Dismissed.as_str() })
    })
    .await
}

/// Over how many days dismissals are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountParams {
    /// 30 when left out, at most 366.
    days: Option<String>,
}

/// How many tasks were dismissed, by reason.
#[utoipa::path(get, path = "/v1/lexi/tasks/dismissals", tag = "lexi", params(CountParams), responses(
    (status = 200, description = "The counts.", body = Data<Counts>),
    (status = 400, description = "`validation_error`: days is out of range.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `lexi:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem)))]
async fn dismissals(
    State(app): State<App>,
    can: Can<need::LexiRead>,
    Query(params): Query<CountParams>,
) -> Answer<Counts> {
    let days = number("days", params.days.as_deref(), DAYS_COUNTED, DAYS_MAX)?;
    let (workspace_id, now_ms) = (can.workspace_id, app.clock.now_ms());
    Ok(data(read(&app, move |tx| dismissal::counts(tx, workspace_id, days, now_ms)).await?))
}

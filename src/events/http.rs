//! The feed: what happened in the workspace, as pages, as a wait for the next event, and as a stream.
//!
//! Protects "no gap and nothing twice": a reader goes on behind the number it saw last, and numbers have no gaps, whichever
//! node answers and however often the line breaks.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Shown;
use crate::app::App;
use crate::error::{Error, Result, quoted};
use crate::http::answer::Problem;
use crate::http::stream::{self, Portion};
use crate::http::{Can, Data, Query, data, paging, rate_limited, read};
use crate::keys::permissions::{Permission, need};
use crate::keys::{self, Caller};

/// Events of an answer when nothing is said, and at most.
const LIMIT: u32 = 100;
const LIMIT_MAX: u32 = 500;
/// The longest wait for an event.
const WAIT_MAX_S: u64 = 60;
/// Characters of a type's beginning.
const TYPE_MAX: usize = 60;
/// Events looked through at once, and for one answer, when only some types are wanted.
const SCANNED: u32 = 500;
const SCANS_MAX: usize = 20;
/// Events in one portion of a stream.
const PORTION: u32 = 100;
/// What another process made is seen after this time at the latest.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A stream without events says so often that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Streams one key may have open, and all keys together.
const STREAMS_OF_KEY: usize = 8;
const STREAMS: usize = 256;
/// When a stream that found no place may try again.
const PLACE_AFTER_S: u32 = 30;

/// The route.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// Where to go on, and for how long to wait.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Params {
    /// Only events behind this number. Left out: from the first one; a stream then begins with what happens from now on.
    after: Option<String>,
    /// At most so many events, 1 to 500; 100 when left out.
    limit: Option<String>,
    /// Seconds, at most 60: when there is no event yet, answer as soon as there is one, at the latest after this time.
    wait: Option<String>,
    /// Only types that begin so, for example `task.` or `contact.created`.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<String>,
}

/// Events in their order.
#[derive(Debug, Serialize, ToSchema)]
struct Events {
    /// Oldest first.
    events: Vec<Shown>,
    /// What to send as `after` next; what was passed over for its type is behind it.
    next_after: i64,
    /// The newest number of the workspace.
    last_number: i64,
}

/// Follow what happens in the workspace.
///
/// As JSON: the events behind `after`, oldest first; with `wait` the answer comes as soon as there is one. With
/// `Accept: text/event-stream`: a stream that goes on, each event with its number as `id:`, its type as `event:` and itself
/// as `data:`; `Last-Event-ID` says where to go on after the line broke. Numbers have no gaps and no event comes twice,
/// over restarts and whichever node answers. A stream ends when the server stops or the key no longer holds
/// `events:read`; a key may have 8 streams open.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(Params,
    ("Last-Event-ID" = Option<i64>, Header, description = "The number of the last event that was seen; `after` says the same.")),
    responses(
    (status = 200, description = "Events.", content((Data<Events> = "application/json"), (String = "text/event-stream"))),
    (status = 400, description = "`validation_error`: a number is out of range, or `after` is behind the newest event.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `events:read`.", body = Problem),
    (status = 429, description = "`rate_limited`: too often, or too many streams.", body = Problem)))]
async fn follow(
    State(app): State<App>,
    version: Version,
    headers: HeaderMap,
    can: Can<need::EventsRead>,
    Query(params): Query<Params>,
) -> Result<Response> {
    let streams = headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|accepts| accepts.to_ascii_lowercase().contains("text/event-stream")));
    let after = params.after(&headers)?;
    let limit = paging::number("limit", params.limit.as_deref(), LIMIT, LIMIT_MAX)?;
    let kind = params.kind()?;
    let wait = params.wait()?;
    let workspace_id = can.workspace_id;
    let last = read(&app, move |tx| super::last_number(tx, workspace_id)).await?;
    let after = after.unwrap_or(if streams { last } else { 0 });
    if after > last {
        let message = format!("after is {after}, and the newest event is {last}. Begin anew, or with after={last}.");
        return Err(Error::validation("after", message));
    }
    let caller = can.asked.caller;
    let wanted = Wanted { caller, kind, after: AtomicI64::new(after) };
    if !streams {
        let events = wanted.page(&app, limit, wait).await?;
        return Ok(data(events).into_response());
    }
    let Some(seat) = Seat::take(&app, wanted.caller.key_id) else {
        let message = format!(
            "Too many streams are open: a key may have {STREAMS_OF_KEY}, all keys together {STREAMS}. Close one."
        );
        return Ok(rate_limited(message, PLACE_AFTER_S));
    };
    Ok(streamed(app, wanted, seat, version < Version::HTTP_11))
}

impl Params {
    fn after(&self, headers: &HeaderMap) -> Result<Option<i64>> {
        let said = match headers.get("last-event-id") {
            None => None,
            Some(value) => Some(value.to_str().map_err(|_| not_a_number("Last-Event-ID", "?"))?),
        };
        let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        // A browser that comes back sends the address it began with: what it has seen since counts more.
        let (name, text) = match (given(said), given(self.after.as_deref())) {
            (Some(text), _) => ("Last-Event-ID", text),
            (None, Some(text)) => ("after", text),
            (None, None) => return Ok(None),
        };
        match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => Err(not_a_number(name, &text)),
        }
    }

    fn wait(&self) -> Result<Duration> {
        match self.wait.as_deref().filter(|text| !text.is_empty()).map(|text| (text, text.parse::<u64>())) {
            None => Ok(Duration::ZERO),
            Some((_, Ok(seconds))) if seconds <= WAIT_MAX_S => Ok(Duration::from_secs(seconds)),
            Some((text, _)) => {
                let message = format!("wait must be whole seconds from 0 to {WAIT_MAX_S}, got \"{}\".", quoted(text));
                Err(Error::validation("wait", message))
            }
        }
    }

    fn kind(&self) -> Result<Option<String>> {
        let Some(kind) = self.kind.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
        if kind.len() > TYPE_MAX || !kind.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte)) {
            let message = format!("type must be the beginning of a type such as task., got \"{}\".", quoted(kind));
            return Err(Error::validation("type", message));
        }
        Ok(Some(kind.to_owned()))
    }
}

fn not_a_number(field: &str, text: &str) -> Error {
    Error::validation(field, format!("{field} must be the number of an event, 0 or more, got \"{}\".", quoted(text)))
}

/// What a reader wants, and how far it has come.
struct Wanted {
    caller: Caller,
    kind: Option<String>,
    after: AtomicI64,
}

/// What a look found.
struct Found {
    events: Vec<Shown>,
    last_number: i64,
    /// Whether there is more behind what was looked through.
    more: bool,
    /// Whether the key still may see it.
    allowed: bool,
}

impl Wanted {
    /// Looks once, from where the reader is, and moves it on behind what was found.
    async fn look(&self, app: &App, limit: u32) -> Result<Found> {
        let (caller, kind, after) = (self.caller.clone(), self.kind.clone(), self.after.load(Ordering::Relaxed));
        let now_ms = app.clock.now_ms();
        let scanned = if kind.is_some() { SCANNED } else { limit };
        let (found, next) = read(app, move |tx| {
            let allowed = keys::still_holds(tx, &caller, Permission::EventsRead, now_ms)?;
            let mut events = super::after(tx, caller.workspace_id, after, if allowed { scanned } else { 0 })?;
            let mut more = events.len() == scanned as usize;
            let mut next = events.last().map_or(after, |event| event.number);
            if let Some(kind) = &kind {
                events.retain(|event| event.kind.starts_with(kind.as_str()));
            }
            if events.len() > limit as usize {
                events.truncate(limit as usize);
                (next, more) = (events.last().map_or(after, |event| event.number), true);
            }
            let last_number = super::last_number(tx, caller.workspace_id)?;
            let events = super::shown(tx, caller.workspace_id, events)?;
            Ok((Found { events, last_number, more, allowed }, next))
        })
        .await?;
        self.after.store(next, Ordering::Relaxed);
        Ok(found)
    }

    /// Looks until something was found, `until` is over, or the server stops; at most so far ahead that an answer stays
    /// quick where nothing fits. True beside it: the server stops.
    async fn wait(&self, app: &App, limit: u32, until: Instant) -> Result<(Found, bool)> {
        let news = app.waiters.events_of.wait_for(self.caller.workspace_id);
        let mut stopping = app.waiters.stopping.subscribe();
        let mut scans = 0;
        loop {
            // Registered before the look, so that an event between the two is not missed.
            let told = news.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            let found = self.look(app, limit).await?;
            scans += 1;
            if !found.events.is_empty() || !found.allowed || *stopping.borrow() {
                let stops = *stopping.borrow();
                return Ok((found, stops));
            }
            if found.more && scans < SCANS_MAX {
                continue;
            }
            if found.more || Instant::now() >= until {
                return Ok((found, false));
            }
            tokio::select! {
                () = &mut told => {}
                () = tokio::time::sleep_until(until.min(Instant::now() + LOOK_AGAIN)) => {}
                _ = stopping.wait_for(|stopping| *stopping) => {}
            }
        }
    }

    async fn page(&self, app: &App, limit: u32, wait: Duration) -> Result<Events> {
        let (found, _) = self.wait(app, limit, Instant::now() + wait).await?;
        let next_after = self.after.load(Ordering::Relaxed);
        Ok(Events { events: found.events, next_after, last_number: found.last_number })
    }
}

/// The stream of what a reader wants. Each portion is made when the connection has taken the one before.
fn streamed(app: App, wanted: Wanted, seat: Seat, says_so: bool) -> Response {
    let first = Bytes::from(format!("retry: 1000\n: after {}\n\n", wanted.after.load(Ordering::Relaxed)));
    let request_id = wanted.caller.request_id;
    let following = Arc::new((app, wanted, seat));
    let next = move || -> Portion {
        let following = Arc::clone(&following);
        Box::pin(async move {
            let (app, wanted, _) = &*following;
            let (found, stops) = wanted.wait(app, PORTION, Instant::now() + HEARTBEAT).await?;
            if !found.events.is_empty() {
                return Ok(Some(rendered(&found.events)?));
            }
            Ok((found.allowed && !stops).then(|| Bytes::from_static(b": still here\n\n")))
        })
    };
    let mut response = Response::new(stream::body(first, next, request_id, says_so));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // A proxy that gathers answers would hold the events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn rendered(events: &[Shown]) -> Result<Bytes> {
    let mut text = String::new();
    for event in events {
        // JSON holds no line end, so one `data` line is enough.
        let json = serde_json::to_string(event)?;
        let _ = write!(text, "id: {}\nevent: {}\ndata: {json}\n\n", event.number, event.kind);
    }
    Ok(Bytes::from(text))
}

/// The place of one open stream, given back when it ends.
struct Seat {
    app: App,
    key_id: Uuid,
}

impl Seat {
    fn take(app: &App, key_id: Uuid) -> Option<Seat> {
        app.streams.open(key_id, STREAMS_OF_KEY, STREAMS).then(|| Seat { app: app.clone(), key_id })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.app.streams.close(self.key_id);
    }
}

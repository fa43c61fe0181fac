//! Approving a task and watching it to its end, for `chat`, `tasks` and `demo`. What is approved is the plan that was
//! shown: its hash goes with the approval.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

use super::answers::{Approved, Contacts, Task, data};
use super::client::Client;
use super::events;
use super::proposal;
use super::screen::{Screen, number};

/// How long one `GET …?wait=` may hang at the server, which answers at once when the task leaves its state.
const WAIT_S: u64 = 20;
/// The same while it is executed, so that progress is seen.
const WAIT_EXECUTING_S: u64 = 1;
/// Between two questions when the server answered at once though nothing has ended.
const PAUSE: Duration = Duration::from_millis(100);
/// Events looked at together.
const NEWS_AT_ONCE: u32 = 100;
/// Without a terminal, how often progress is written.
const LINE_EVERY: Duration = Duration::from_secs(2);
/// The look of every progress bar.
pub(super) const BAR: &str = "━━ ";
/// Its width in columns.
pub(super) const BAR_WIDTH: usize = 28;

/// What an approval says.
#[derive(Debug, Clone, Default)]
pub(super) struct Consent {
    /// The plan that was seen; needed when the task was changed since it was proposed.
    pub(super) plan_hash: Option<String>,
    /// What is said beside it: a reason, or which part is approved.
    pub(super) more: Map<String, Value>,
}

impl Consent {
    /// To the plan that was shown.
    pub(super) fn to(plan_hash: Option<&str>) -> Consent {
        Consent { plan_hash: plan_hash.map(str::to_owned), more: Map::new() }
    }

    fn body(&self) -> Option<Value> {
        let mut body = self.more.clone();
        body.extend(self.plan_hash.as_ref().map(|hash| ("plan_hash".to_owned(), json!(hash))));
        (!body.is_empty()).then_some(Value::Object(body))
    }
}

/// What became of an approval.
pub(super) enum Approval {
    /// The task has ended.
    Ended(Box<Task>),
    /// More votes are needed.
    Voted,
    /// It was approved and begins later.
    Held,
    /// The time to watch was over.
    Open,
}

/// Approves (exactly the plan that was shown, when its hash is given), watches the execution, says how it ended.
pub(super) async fn approve(
    client: &Client,
    id: &str,
    consent: &Consent,
    timeout: Option<Duration>,
    screen: &mut Screen,
) -> anyhow::Result<Approval> {
    let begun = Instant::now();
    let approved = send_approval(client, id, consent).await?;
    if approved.status == "pending" {
        let votes = approved.votes.unwrap_or_default();
        screen.print(&format!("       Your vote counts: {} of {} given.", votes.have, votes.need))?;
        return Ok(Approval::Voted);
    }
    if !approved.execution_started {
        screen.print("       Approved; it begins later, and can be taken back until then.")?;
        return Ok(Approval::Held);
    }
    let task = follow(client, id, timeout, screen).await?;
    show_end(client, &task, Some(begun.elapsed()), screen).await?;
    Ok(if task.has_ended() { Approval::Ended(Box::new(task)) } else { Approval::Open })
}

/// Sends an approval.
pub(super) async fn send_approval(client: &Client, id: &str, consent: &Consent) -> anyhow::Result<Approved> {
    let answer = client.post(&format!("/v1/lexi/tasks/{id}/approve"), consent.body().as_ref()).await?;
    data(&answer)
}

/// The answer for one task as it is now.
pub(super) async fn answer(client: &Client, id: &str) -> anyhow::Result<Value> {
    Ok(client.get(&format!("/v1/lexi/tasks/{id}"), &[]).await?)
}

/// One task as it is now.
pub(super) async fn fetch(client: &Client, id: &str) -> anyhow::Result<Task> {
    data(&answer(client, id).await?)
}

/// Watches a task until it has ended or the time is over; shows progress as it comes.
pub(super) async fn follow(
    client: &Client,
    id: &str,
    timeout: Option<Duration>,
    screen: &mut Screen,
) -> anyhow::Result<Task> {
    let mut shown = Progressing::new(screen);
    let last = until_ended(client, id, timeout, |task| shown.show(task, screen)).await;
    shown.finish();
    data(&last?)
}

/// Asks for a task until it has ended or the time is over; the last answer.
pub(super) async fn until_ended(
    client: &Client,
    id: &str,
    timeout: Option<Duration>,
    mut each: impl FnMut(&Task) -> anyhow::Result<()>,
) -> anyhow::Result<Value> {
    let begun = Instant::now();
    let mut wait_most_s = 0;
    let mut news = News::of(client, id).await;
    loop {
        let left = timeout.map(|timeout| timeout.saturating_sub(begun.elapsed()));
        let wait_s = left.map_or(wait_most_s, |left| left.as_secs().min(wait_most_s));
        let asked = Instant::now();
        let answer = client.get(&format!("/v1/lexi/tasks/{id}"), &[("wait", wait_s.to_string())]).await?;
        let task: Task = data(&answer)?;
        if task.has_ended() || left.is_some_and(|left| left.is_zero()) {
            return Ok(answer);
        }
        each(&task)?;
        if task.status == "pending" && news.wait(left).await? {
            wait_most_s = 0;
            continue;
        }
        wait_most_s = if task.status == "approved" { WAIT_EXECUTING_S } else { WAIT_S };
        if asked.elapsed() < PAUSE {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The feed of events, as far as it is about one task. A key that may not follow it watches the task alone.
struct News<'c> {
    client: &'c Client,
    id: &'c str,
    after: Option<i64>,
}

impl<'c> News<'c> {
    /// Begins with what happens from now on.
    async fn of(client: &'c Client, id: &'c str) -> News<'c> {
        let after = events::portion(client, 0, (None, 1), 0).await.ok().map(|portion| portion.last_number);
        News { client, id, after }
    }

    /// Returns when something happened to the task, after a while at the latest; false when the feed can't be followed.
    async fn wait(&mut self, left: Option<Duration>) -> anyhow::Result<bool> {
        let begun = Instant::now();
        let most = left.unwrap_or(Duration::MAX).min(Duration::from_secs(WAIT_S));
        while let Some(after) = self.after {
            let wait_s = most.saturating_sub(begun.elapsed()).as_secs();
            let Ok(portion) = events::portion(self.client, after, (Some("task."), NEWS_AT_ONCE), wait_s).await else {
                self.after = None;
                break;
            };
            self.after = Some(portion.next_after);
            let is_it = |event: &Value| event["task_id"].as_str() == Some(self.id);
            if portion.events.iter().any(is_it) || wait_s == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How the task ended, and who is on the list now. `took` is how long the caller saw it take.
pub(super) async fn show_end(
    client: &Client,
    task: &Task,
    took: Option<Duration>,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let layout = screen.layout;
    if task.status == "completed" {
        let progress = task.progress.unwrap_or_default();
        let bar = layout.width.map(|_| format!(" {}", "━".repeat(BAR_WIDTH))).unwrap_or_default();
        let took = took.or_else(|| proposal::took(task));
        let took = took.map(|took| format!(" in {:.2} s", took.as_secs_f64())).unwrap_or_default();
        let (done, total) = (number(progress.done), number(progress.total));
        screen.print(&format!("       {} · {done} of {total}{bar} done{took}", layout.strong("Approved")))?;
    }
    screen.print(&proposal::outcome(task, layout))?;
    let Some(result) = task.result.as_ref().filter(|_| task.status == "completed") else { return Ok(()) };
    let on_list = result.added.unwrap_or(0) + result.already_contacts.unwrap_or(0);
    if let Some(list_id) = result.list_id.as_ref().filter(|_| on_list > 0) {
        let query = [("list_id", list_id.clone()), ("per_page", "10".into())];
        // A key that may approve need not be allowed to read contacts; the figures stand above already.
        if let Ok(answer) = client.get("/v1/contacts", &query).await {
            let contacts: Contacts = data(&answer)?;
            screen.print(&proposal::people(&contacts.contacts, on_list, layout))?;
        }
    }
    Ok(())
}

/// Progress of an execution: a bar on a terminal, a line now and then elsewhere.
struct Progressing {
    bar: Option<ProgressBar>,
    on_terminal: bool,
    last_line: Option<(Instant, String)>,
}

impl Progressing {
    fn new(screen: &Screen) -> Progressing {
        Progressing { bar: None, on_terminal: screen.layout.width.is_some(), last_line: None }
    }

    fn show(&mut self, task: &Task, screen: &mut Screen) -> anyhow::Result<()> {
        let progress = task.progress.filter(|progress| progress.total > 0);
        if self.on_terminal {
            let Some(progress) = progress else { return Ok(()) };
            let template = "       Approved · {human_pos} of {human_len} {bar:28}";
            let bar = self.bar.get_or_insert_with(|| bar(template, progress.total, "", ProgressDrawTarget::stdout()));
            bar.set_position(progress.done);
            return Ok(());
        }
        let line = match progress {
            Some(progress) => format!("{}: {} of {}", task.status, number(progress.done), number(progress.total)),
            None => task.status.clone(),
        };
        let due = match &self.last_line {
            Some((when, last)) => *last != line && when.elapsed() >= LINE_EVERY,
            None => true,
        };
        if due {
            screen.print(&format!("       {line}"))?;
            self.last_line = Some((Instant::now(), line));
        }
        Ok(())
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// A bar with the one look that all have.
pub(super) fn bar(template: &str, total: u64, message: &str, target: ProgressDrawTarget) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total.max(1)), ProgressDrawTarget::hidden());
    bar.set_message(message.to_owned());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars(BAR));
    }
    // Last, so that it is never seen half made.
    bar.set_draw_target(target);
    bar
}

//! What an event costs: the approving transaction as it is and with more events, in turn, without HTTP.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Result;
use lexi::app::App;
use lexi::clock::{Clock as _, SystemClock};
use lexi::db::Isolation;
use lexi::events::{self, Event};
use lexi::execution::{self, Mode};
use lexi::ids;
use lexi::keys::Caller;
use lexi::tasks::Approval;
use uuid::Uuid;

use super::{Run, Way, median, open, prepare_by};

#[derive(clap::Args)]
pub(crate) struct Events {
    /// Approvals under way at once.
    #[arg(long, default_value_t = 128)]
    at_once: usize,
    /// Rounds of each kind; medians are what to quote.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Tasks approved in a round.
    #[arg(long, default_value_t = 20_000)]
    tasks: usize,
    /// Events that are recorded beside those of the approval.
    #[arg(long, default_value_t = 8)]
    more: usize,
    /// A PostgreSQL database; without it a SQLite file in a temporary folder.
    #[arg(long)]
    database_url: Option<String>,
    /// Where the temporary folder is made.
    #[arg(long, default_value = "target")]
    folder: PathBuf,
}

pub(crate) async fn measure(events: &Events) -> Result<()> {
    let (mut plain, mut with_more) = (Vec::new(), Vec::new());
    println!("events beside   approvals/s");
    for _ in 0..events.rounds {
        for (more, times_us) in [(0, &mut plain), (events.more, &mut with_more)] {
            let per_second = round(events, more).await?;
            println!("{more:>13} {per_second:>13.0}");
            times_us.push(1_000_000.0 / per_second);
        }
    }
    let (plain, with_more) = (median(plain), median(with_more));
    let one = (with_more - plain) / events.more as f64;
    println!("an approval {plain:.1} µs, one event more {one:.1} µs: {:.3} of an approval", one / plain);
    Ok(())
}

/// Approvals a second, each with so many events more.
async fn round(events: &Events, more: usize) -> Result<f64> {
    let run = Run::of_tasks(events.tasks, events.database_url.clone());
    let data = events.folder.join(format!("bench-{}", ids::new(SystemClock.now_ms())));
    let (caller, _, task_ids) = prepare_by(&run, Way::Unsealed, &data, events.tasks).await?;
    let app = open(&data, events.database_url.as_deref(), false).await?;
    let (tasks, next) = (Arc::new(task_ids), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let approvers: Vec<_> = (0..events.at_once)
        .map(|_| tokio::spawn(approve_all(app.clone(), caller.clone(), Arc::clone(&tasks), Arc::clone(&next), more)))
        .collect();
    for approver in approvers {
        approver.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    app.close().await;
    std::fs::remove_dir_all(&data)?;
    Ok(events.tasks as f64 / seconds)
}

/// Approves tasks, one after the other, until there is none left.
async fn approve_all(
    app: App,
    caller: Caller,
    tasks: Arc<Vec<Uuid>>,
    next: Arc<AtomicUsize>,
    more: usize,
) -> Result<()> {
    while let Some(task_id) = tasks.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
        let (caller, now_ms) = (caller.clone(), app.clock.now_ms());
        app.db
            .write_with(Isolation::ReadCommitted, move |tx| {
                let mode = Mode::Here(execution::STEP_PEOPLE);
                execution::approve(tx, &caller, task_id, &Approval::default(), mode, now_ms)?;
                for _ in 0..more {
                    events::record(tx, Event::by(&caller, "bench.recorded", task_id, now_ms));
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

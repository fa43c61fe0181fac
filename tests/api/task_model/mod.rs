//! A model of the task as a property test: random sequences of calls from several callers at once, on real servers, and a
//! judge who holds every answer and the store to a model without HTTP, database and threads.
//!
//! A step is one to four calls at once. They are explained when the model, fed with the calls in some order, answers each
//! as it was answered and ends with the tasks as they are shown. The clock stands during a step, and work happens when the
//! sequence says so, so that nothing but the order of the calls is left to chance.
//!
//! `LEXI_MODEL_SEQUENCES` says how many sequences are run, `LEXI_MODEL_SEED` with which seed the first begins. A sequence
//! that is not explained is made smaller, and told call by call.

mod calls;
mod judge;
mod model;
mod moves;
mod proof;
mod run;
mod sequence;
mod stored;
mod work;

use std::time::{Duration, Instant};

use rand::RngExt as _;

use self::run::{Counts, Servers};
use self::sequence::{Sequence, of_seed, with_less};
use crate::support::database::setting;

/// Sequences unless `LEXI_MODEL_SEQUENCES` says otherwise.
const SEQUENCES: u64 = 100;
/// How often a smaller sequence is tried before it counts as explained: what happened may have been chance.
const TRIES: u32 = 3;
/// How long smaller sequences are tried.
const SMALLER_FOR: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_callers_do_at_once_is_answered_and_stored_as_the_model_of_the_task_says() {
    let number = |name: &str| setting(name).map(|text| text.parse::<u64>().expect("a number"));
    let sequences = number("LEXI_MODEL_SEQUENCES").unwrap_or(SEQUENCES);
    let first = number("LEXI_MODEL_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000_000));
    let mut servers = Servers::start().await;
    let (begun, mut all) = (Instant::now(), Counts::default());
    for seed in first..first + sequences {
        let sequence = of_seed(seed);
        match servers.run(&sequence).await {
            Ok(counts) => {
                all.calls += counts.calls;
                all.tasks += counts.tasks;
                all.busy += counts.busy;
                all.widest = all.widest.max(counts.widest);
            }
            Err(complaint) => {
                eprintln!("LEXI_MODEL_SEED={seed} is not explained; it is made smaller:\n{complaint}\n");
                let smaller = smaller(sequence, complaint).await;
                panic!("LEXI_MODEL_SEED={seed} LEXI_MODEL_SEQUENCES=1 is not explained by the model:\n{smaller}");
            }
        }
    }
    eprintln!("{sequences} sequences from seed {first}: {all:?} in {:?}", begun.elapsed());
    assert_eq!(all.busy, 0, "callers were sent away");
}

/// Leaves out what is not needed for a complaint; gives the complaint about what is left.
async fn smaller(mut sequence: Sequence, mut complaint: String) -> String {
    let begun = Instant::now();
    'again: loop {
        for less in with_less(&sequence) {
            if begun.elapsed() > SMALLER_FOR {
                return complaint;
            }
            for _ in 0..TRIES {
                if let Err(still) = Servers::start().await.run(&less).await {
                    (sequence, complaint) = (less, still);
                    continue 'again;
                }
            }
        }
        return complaint;
    }
}

//! The program with a fault planted in it (see the feature `planted-faults`): what the checkers of the tests must find.
//! `LEXI_PLANTED_FAULT=unsynced-commits` plants commits that are not forced to the disk; otherwise it is jobs that are
//! completed apart from their effects.
//!
//! With `LEXI_FAIL_AT` nothing is wrong with the program: it fails or dies at chosen steps, which must change nothing; but
//! `LEXI_PLANTED_FAULT` is heeded when it is said, and `unfenced-jobs` lets workers that lost their lease go on.
//! `LEXI_STEP_PEOPLE` and `LEXI_INLINE_PEOPLE` make steps small and small tasks jobs.

use std::process::ExitCode;

use lexi::failure_points::{self, Plan};
use lexi::planted_faults::{Fault, plant};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(fail_at) = setting("LEXI_FAIL_AT") {
        let number = |name| setting(name).map(|text| text.parse().expect("a number"));
        let plan =
            Plan { fail_at, step_people: number("LEXI_STEP_PEOPLE"), inline_people_max: number("LEXI_INLINE_PEOPLE") };
        failure_points::arm(&plan);
        match setting("LEXI_PLANTED_FAULT").as_deref() {
            Some("unfenced-jobs") => plant(Fault::UnfencedJobs),
            Some("jobs-apart") => plant(Fault::JobApartFromEffect),
            _ => {}
        }
        return lexi::cli::run();
    }
    plant(match setting("LEXI_PLANTED_FAULT").as_deref() {
        Some("unsynced-commits") => Fault::UnsyncedCommits,
        _ => Fault::JobApartFromEffect,
    });
    lexi::cli::run()
}

/// A variable of the environment, empty or not.
#[expect(clippy::disallowed_methods, reason = "tests tell this program alone what to do")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

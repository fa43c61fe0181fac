//! The program with a fault planted in it (see the feature `planted-faults`): what the checkers of the tests must find.
//! `LEXI_PLANTED_FAULT` names the fault, as `src/planted_faults.rs` knows it; without it the program does what it should.
//!
//! With `LEXI_FAIL_AT` it fails or dies at chosen steps, which must change nothing. `LEXI_STEP_PEOPLE` and
//! `LEXI_INLINE_PEOPLE` make steps small and small tasks jobs.

use std::process::ExitCode;

use lexi::failure_points::{self, Plan};
use lexi::planted_faults::{Fault, plant};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(name) = setting("LEXI_PLANTED_FAULT") {
        let Some(fault) = Fault::named(&name) else {
            eprintln!("There is no fault {name} to plant; see src/planted_faults.rs.");
            return ExitCode::from(2);
        };
        plant(fault);
    }
    if let Some(fail_at) = setting("LEXI_FAIL_AT") {
        let number = |name| setting(name).map(|text| text.parse().expect("a number"));
        let plan =
            Plan { fail_at, step_people: number("LEXI_STEP_PEOPLE"), inline_people_max: number("LEXI_INLINE_PEOPLE") };
        failure_points::arm(&plan);
    }
    lexi::cli::run()
}

/// A variable of the environment, empty or not.
#[expect(clippy::disallowed_methods, reason = "tests tell this program alone what to do")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

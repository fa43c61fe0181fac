//! The program with a fault planted in it (see the feature `planted-faults`): what the checkers of the tests must find.
//! `LEXI_PLANTED_FAULT` names the fault, as `src/planted_faults.rs` knows it; without it the program does what it should.

use std::process::ExitCode;

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
    lexi::cli::run()
}

/// A variable of the environment, empty or not.
#[expect(clippy::disallowed_methods, reason = "tests tell this program alone what to do")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

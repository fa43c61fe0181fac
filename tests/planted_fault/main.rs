//! The program with a fault planted in it (see the feature `planted-faults`): what the checkers of the tests must find.
//! `LEXI_PLANTED_FAULT` names the fault, as `src/planted_faults.rs` knows it; without it the program does what it should.

use std::process::ExitCode;

use lexi::planted_faults::{Fault, plant};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(name) = std::env::var_os("LEXI_PLANTED_FAULT") {
        let Some(fault) = Fault::named(&name.to_string_lossy()) else {
            eprintln!("There is no fault {} to plant; see src/planted_faults.rs.", name.display());
            return ExitCode::from(2);
        };
        plant(fault);
    }
    lexi::cli::run()
}

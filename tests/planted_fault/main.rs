//! The program with a fault planted in it (see the feature `planted-faults`): what the checkers of the tests must find.

use std::process::ExitCode;

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    lexi::cli::run()
}

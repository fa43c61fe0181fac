//! The program with a fault planted in it (see the feature `planted-faults`): what the checkers of the tests must find.
//! `LEXI_PLANTED_FAULT=unsynced-commits` plants commits that are not forced to the disk; otherwise it is jobs that are
//! completed apart from their effects.

use std::process::ExitCode;

use lexi::planted_faults::{Fault, plant};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    plant(match std::env::var_os("LEXI_PLANTED_FAULT") {
        Some(name) if name == "unsynced-commits" => Fault::UnsyncedCommits,
        _ => Fault::JobApartFromEffect,
    });
    lexi::cli::run()
}

//! Faults for proving the checkers of the tests: a build with the feature `planted-faults` breaks one promise on
//! purpose. No other build has this module.

use std::sync::OnceLock;

/// Which promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A job is completed in another transaction than its effect.
    JobApartFromEffect,
    /// A worker that lost its lease does its step all the same.
    UnfencedJobs,
    /// SQLite acknowledges commits that were not forced to the disk.
    UnsyncedCommits,
}

static PLANTED: OnceLock<Fault> = OnceLock::new();

/// Chooses the fault of this process. Once; a second call changes nothing.
pub fn plant(fault: Fault) {
    let _ = PLANTED.set(fault);
}

/// Whether this process has this fault.
pub fn has(fault: Fault) -> bool {
    PLANTED.get() == Some(&fault)
}

//! What PostgreSQL and its driver report, as one of our errors, and what it means for the connection it came on.

use std::io;

use tokio_postgres::error::{Severity, SqlState};

use crate::error::{Error, Trouble};

/// What is said to a caller whose commit was not confirmed. It may have happened, so nothing repeats it by itself.
pub(super) const UNCONFIRMED: &str =
    "The database did not confirm this; it may have been done. Look before you ask again.";

/// The error of a statement, named with its text.
pub(super) fn in_statement(error: &tokio_postgres::Error, sql: &str) -> Error {
    match of(error) {
        Error::Internal(cause) => Error::internal(format_args!("{cause} in: {sql}")),
        error => error,
    }
}

/// What PostgreSQL reported, as one of our errors.
pub(super) fn of(error: &tokio_postgres::Error) -> Error {
    if ends_the_connection(error) {
        tracing::debug!(cause = with_cause(error), "a connection to PostgreSQL was lost");
        return Error::unavailable("The connection to the database was lost; try again in a moment.");
    }
    let cause = with_cause(error);
    let Some(state) = error.code() else { return Error::internal(format_args!("PostgreSQL: {cause}")) };
    match *state {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Error::Serialization(cause),
        SqlState::DISK_FULL => Error::Trouble(Trouble::Full),
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED | SqlState::OUT_OF_MEMORY => {
            tracing::warn!(cause, "PostgreSQL can't serve this now");
            Error::unavailable("The database can't serve this right now; try again in a moment.")
        }
        _ => Error::internal(format_args!("PostgreSQL: {cause}")),
    }
}

/// Whether the connection is of no use after this: it is broken, its server is going down, or its server has turned
/// read-only, as a demoted primary does.
pub(super) fn ends_the_connection(error: &tokio_postgres::Error) -> bool {
    if let Some(reported) = error.as_db_error() {
        let state = reported.code();
        return matches!(reported.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
            || *state == SqlState::READ_ONLY_SQL_TRANSACTION
            || *state == SqlState::TOO_MANY_CONNECTIONS
            || goes_down(state)
            || state.code().starts_with("08");
    }
    // What the driver itself found wrong with a value or a row has no such source.
    error.is_closed() || io_cause(error).is_some()
}

/// Whether a failed commit is known to have changed nothing. Everything that ends the connection leaves it open.
pub(super) fn is_surely_not_committed(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|reported| {
        reported.parsed_severity() == Some(Severity::Error)
            && *reported.code() != SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
    }) && !ends_the_connection(error)
}

/// Whether a failure to connect may pass without anybody changing a setting: nothing listens yet, the server starts,
/// stops or only reads, all its places are taken. A wrong password or a missing database does not.
pub(super) fn may_pass(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(state) => goes_down(state) || *state == SqlState::TOO_MANY_CONNECTIONS || state.code().starts_with("08"),
        // A certificate that is refused comes as an error of input and output too.
        None => error.is_closed() || io_cause(error).is_some_and(|cause| cause.kind() != io::ErrorKind::InvalidData),
    }
}

fn goes_down(state: &SqlState) -> bool {
    [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW].contains(state)
}

fn io_cause(error: &tokio_postgres::Error) -> Option<&io::Error> {
    std::error::Error::source(error).and_then(|cause| cause.downcast_ref())
}

/// The message with what lies behind it. Never holds a password.
pub(super) fn with_cause(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(cause) => format!("{} ({})", cause.message(), cause.code().code()),
        None => std::error::Error::source(error).map_or_else(|| error.to_string(), |s| format!("{error}: {s}")),
    }
}

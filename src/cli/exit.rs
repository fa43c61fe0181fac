//! Exit codes: the one table of how a command can end, for scripts. It is shown by `lexi --help` and in `docs/cli.md`.

use std::fmt;
use std::io;
use std::process::ExitCode;

use super::client;
use crate::error::{Code, Error};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// It did what was asked.
    Done = 0,
    /// It tried and something broke; the reason stands on standard error.
    Failed = 1,
    /// The command line or the configuration file was wrong: an unknown option, a missing key, a value that is not allowed.
    Usage = 2,
    /// The server refused the request, or there is no such task, key or workspace.
    Refused = 3,
    /// The server can't be reached, or what answers is not Lexi.
    Unreachable = 4,
    /// The task did not complete: dismissed, failed, or still under way when the time was over.
    Incomplete = 5,
    /// Stopped by Ctrl-C before the work was done.
    Interrupted = 130,
}

/// The table as `--help` shows it.
pub(super) const TABLE: &str = "\
Exit codes:
    0  done
    1  something broke; standard error says what
    2  the command line or the configuration file was wrong
    3  refused by the server, or not found
    4  the server can't be reached
    5  the task did not complete (dismissed, failed, or still under way at --timeout)
  130  stopped by Ctrl-C before the work was done";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// The command line or the configuration file was wrong in a way that only the command itself can tell.
#[derive(Debug)]
pub(super) struct Usage(pub(super) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Says on standard error what went wrong and picks the code for it.
pub(super) fn report(failure: &anyhow::Error) -> Exit {
    let exit = code_of(failure);
    if exit != Exit::Done {
        eprintln!("lexi: {}", sentence(failure));
    }
    exit
}

fn code_of(failure: &anyhow::Error) -> Exit {
    for cause in failure.chain() {
        if let Some(refused) = cause.downcast_ref::<client::Failure>() {
            return match refused {
                client::Failure::Unreachable { .. } | client::Failure::NotLexi { .. } => Exit::Unreachable,
                client::Failure::Refused(refusal) if refusal.status >= 500 => Exit::Failed,
                client::Failure::Refused(_) => Exit::Refused,
            };
        }
        if cause.downcast_ref::<Usage>().is_some() {
            return Exit::Usage;
        }
        if let Some(error) = cause.downcast_ref::<Error>() {
            return match error.code() {
                Code::InternalError | Code::Unavailable => Exit::Failed,
                Code::ValidationError => Exit::Usage,
                _ => Exit::Refused,
            };
        }
        if let Some(error) = cause.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            // Whoever read our output (`| head`) has seen enough.
            return Exit::Done;
        }
    }
    Exit::Failed
}

/// What was tried and why it failed, in one line.
fn sentence(failure: &anyhow::Error) -> String {
    let parts: Vec<String> = failure.chain().map(ToString::to_string).collect();
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_cause_decides_the_code_however_deep_it_lies() {
        let refused: Result<(), Error> = Err(Error::not_found("There is no key of that name."));
        let failure = refused.context("The key was not revoked").unwrap_err();
        assert_eq!(code_of(&failure), Exit::Refused);
        assert_eq!(sentence(&failure), "The key was not revoked: There is no key of that name.");
        assert_eq!(code_of(&Error::validation("tier", "No such tier.").into()), Exit::Usage);
        assert_eq!(code_of(&Error::internal("disk full").into()), Exit::Failed);
        assert_eq!(code_of(&Usage("No key.".into()).into()), Exit::Usage);
        assert_eq!(code_of(&io::Error::from(io::ErrorKind::BrokenPipe).into()), Exit::Done);
        assert_eq!(code_of(&io::Error::from(io::ErrorKind::NotFound).into()), Exit::Failed);
    }
}

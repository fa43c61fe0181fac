//! Logs: on standard error, as text at a terminal and as JSON elsewhere, written by a thread of their own so that a slow
//! terminal slows no request. Keys, message texts and personal values are never logged.

use std::io::IsTerminal as _;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use super::exit::Usage;

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Starts logging. What is left is written when the guard is dropped.
///
/// # Errors
/// `filter` can't be read.
pub(super) fn start(filter: &str, format: Option<Format>) -> anyhow::Result<WorkerGuard> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Usage(format!("The log filter \"{filter}\" can't be read: {error} (--log, LEXI_LOG).")))?;
    let on_terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if on_terminal { Format::Text } else { Format::Json });
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // A second logger in one process (tests) is not worth a failure.
    let _ = match format {
        Format::Text => lines.with_ansi(false).with_target(false).try_init(),
        Format::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
    };
    Ok(guard)
}

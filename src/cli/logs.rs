//! Logs: on standard error, as text at a terminal and as JSON elsewhere, written by a thread of their own so that a slow
//! terminal slows no request. Keys, message texts and personal values are never logged.

use std::io::IsTerminal as _;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use super::exit::Usage;
use crate::config::LogFormat;

/// Starts logging. What is left is written when the guard is dropped.
///
/// # Errors
/// `filter` can't be read.
pub(super) fn start(filter: &str, format: LogFormat) -> anyhow::Result<WorkerGuard> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Usage(format!("The log filter \"{filter}\" can't be read: {error} (--log, LEXI_LOG).")))?;
    let on_terminal = std::io::stderr().is_terminal();
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // A second logger in one process (tests) is not worth a failure.
    let _ = match format {
        LogFormat::Auto if on_terminal => lines.with_ansi(false).with_target(false).try_init(),
        LogFormat::Text => lines.with_ansi(false).with_target(false).try_init(),
        LogFormat::Auto | LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
    };
    Ok(guard)
}

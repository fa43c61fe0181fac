//! The command line: a file per group of commands. Commands of the operator (`serve`, `demo`, `keys`, `workspaces`,
//! `prospects`, `suppressions`, `backup`, `restore`, `copy`, `audit`, `doctor`) work on the data itself, also while a server runs
//! on it; commands of users (`chat`, `tasks`, `contacts`, `rules`, `policies`, `webhooks`, `events`) speak HTTP.
//!
//! What was asked for goes to standard output, everything else to standard error, and the exit code says how it ended.

mod answers;
mod audit;
mod backup;
mod chat;
mod client;
mod contacts;
mod config;
mod copy;
mod demo;
mod doctor;
mod events;
mod exit;
mod given;
mod intervene;
mod keys;
mod logs;
mod mcp;
mod out;
mod proposal;
mod policies;
mod prospects;
mod records;
mod restore;
mod rules;
mod screen;
mod serve;
mod shell;
mod storage;
mod suppressions;
mod tasks;
mod understand;
mod watch;
mod webhooks;
mod workspaces;

use std::process::ExitCode;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, Parser as _};

use exit::Exit;

/// What is left running (a thread that waits for a line of input) may not hold up the end of the process longer.
const LEFTOVERS_TIMEOUT: Duration = Duration::from_secs(1);

/// Lexi: a business-development assistant for law firms.
///
/// You ask in plain words; Lexi proposes a task; nothing happens until a person approves it.
/// Begin with `lexi demo`.
#[derive(Debug, clap::Parser)]
#[command(
    name = "lexi",
    version,
    after_help = "`lexi demo` shows all of it in a minute. `lexi COMMAND --help` teaches each command.",
    after_long_help = exit::TABLE,
    max_term_width = 110
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// See Lexi at work on synthetic people, then go on serving.
    Demo(demo::Args),
    /// Run the server.
    Serve(Box<serve::Args>),
    /// Ask Lexi something; approve what she proposes.
    Chat(chat::Args),
    /// See, approve, dismiss and watch tasks.
    #[command(subcommand)]
    Tasks(tasks::Command),
    /// Take contacts out: as CSV, or as JSON.
    #[command(subcommand)]
    Contacts(contacts::Command),
    /// Who may approve what.
    #[command(subcommand)]
    Rules(Box<rules::Command>),
    /// What is approved in a person's place.
    #[command(subcommand)]
    Policies(Box<policies::Command>),
    /// Addresses that are told of what happens.
    #[command(subcommand)]
    Webhooks(webhooks::Command),
    /// See what happened in the workspace, and follow what happens.
    Events(events::Args),
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Make and list workspaces: one firm's data each.
    #[command(subcommand)]
    Workspaces(workspaces::Command),
    /// Load and search the prospect database.
    #[command(subcommand)]
    Prospects(prospects::Command),
    /// Load and take out who must never be contacted.
    #[command(subcommand)]
    Suppressions(suppressions::Command),
    /// Show the settings that hold, check a configuration file, or print one with every setting explained.
    Config(Box<config::Args>),
    /// Write all of the data into one file, while servers go on.
    Backup(backup::Args),
    /// Put a backup into the database.
    Restore(restore::Args),
    /// Copy everything into another database: from SQLite to PostgreSQL or back.
    Copy(copy::Args),
    /// Check the log of events against its seals, take it out, show the key that signs it.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look for what is wrong with this installation; changes nothing.
    Doctor(Box<doctor::Args>),
    /// Give an agent Lexi's tools, by the Model Context Protocol on standard input and output.
    Mcp(mcp::Args),
    /// Show what Lexi reads in a request, as JSON; needs no server and no data.
    Understand(understand::Args),
    /// Print a completion script for a shell.
    Completions(shell::Completions),
    /// Print the manual page, or write those of all commands into a folder.
    Man(shell::Man),
    /// Print the OpenAPI document of the HTTP API.
    #[command(hide = true)]
    Openapi,
}

/// Reads the command line and does what it says. Wrong usage is explained on standard error and ends with 2.
pub fn run() -> ExitCode {
    let command = CommandLine::try_parse().unwrap_or_else(|error| without_secrets(error).exit()).command;
    install_tls();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("lexi: The process can't start its threads: {error}.");
            return Exit::Failed.into();
        }
    };
    let ended = runtime.block_on(Box::pin(dispatch(command)));
    runtime.shutdown_timeout(LEFTOVERS_TIMEOUT);
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => exit::report(&failure).into(),
    }
}

/// A complaint about a database address without the address: a password may stand in it.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let is_address = |value: &ContextValue| value.to_string().starts_with("postgres");
    if error.get(ContextKind::InvalidValue).is_some_and(is_address) {
        error.insert(ContextKind::InvalidValue, ContextValue::String("…".into()));
    }
    error
}

async fn dispatch(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Demo(args) => Box::pin(demo::run(args)).await,
        Command::Serve(args) => Box::pin(serve::run(*args)).await,
        Command::Chat(args) => Box::pin(chat::run(args)).await,
        Command::Tasks(command) => Box::pin(tasks::run(command)).await,
        Command::Contacts(command) => Box::pin(contacts::run(command)).await,
        Command::Rules(command) => Box::pin(rules::run(*command)).await,
        Command::Policies(command) => Box::pin(policies::run(*command)).await,
        Command::Webhooks(command) => Box::pin(webhooks::run(command)).await,
        Command::Events(args) => Box::pin(events::run(args)).await,
        Command::Audit(command) => Box::pin(audit::run(command)).await,
        Command::Keys(command) => Box::pin(keys::run(command)).await,
        Command::Workspaces(command) => Box::pin(workspaces::run(command)).await,
        Command::Prospects(command) => Box::pin(prospects::run(command)).await,
        Command::Suppressions(command) => Box::pin(suppressions::run(command)).await,
        Command::Config(args) => config::run(*args),
        Command::Backup(args) => Box::pin(backup::run(args)).await,
        Command::Restore(args) => Box::pin(restore::run(args)).await,
        Command::Copy(args) => Box::pin(copy::run(args)).await,
        Command::Doctor(args) => Box::pin(doctor::run(*args)).await,
        Command::Mcp(args) => Box::pin(mcp::run(&args)).await,
        Command::Understand(args) => understand::run(&args).await,
        Command::Completions(args) => shell::completions(&args, command_line()),
        Command::Man(args) => shell::man(&args, command_line()),
        Command::Openapi => {
            screen::Screen::stdout().print(&crate::http::openapi::text())?;
            Ok(Exit::Done)
        }
    }
}

/// The whole command line, for what describes it.
fn command_line() -> clap::Command {
    CommandLine::command()
}

/// There is one TLS provider in the program; whoever speaks TLS takes it from here.
fn install_tls() {
    // A second call finds it there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_command_explains_itself() {
        let mut all = CommandLine::command();
        all.build();
        all.clone().debug_assert();
        let mut open = vec![all];
        while let Some(command) = open.pop() {
            assert!(command.get_about().is_some(), "{} explains nothing", command.get_name());
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            open.extend(command.get_subcommands().filter(|sub| sub.get_name() != "help").cloned());
        }
    }

    #[test]
    fn a_database_address_that_is_wrong_is_not_repeated_with_its_password() {
        let wrong = ["lexi", "serve", "--database-url", "postgres://lexi:geheim@db/lexi?sslmode=always"];
        let said = without_secrets(CommandLine::try_parse_from(wrong).unwrap_err()).to_string();
        assert!(said.contains("sslmode=always") && said.contains("--database-url"), "{said}");
        assert!(!said.contains("geheim"), "{said}");
    }

    #[test]
    fn secrets_given_by_the_environment_are_never_shown() {
        let mut open = vec![CommandLine::command()];
        while let Some(command) = open.pop() {
            for argument in command.get_arguments() {
                let secret = matches!(
                    argument.get_env().and_then(|name| name.to_str()),
                    Some("LEXI_KEY" | "LEXI_DATABASE_URL" | "LEXI_COPY_TO")
                );
                assert!(!secret || argument.is_hide_env_values_set(), "{}", command.get_name());
            }
            open.extend(command.get_subcommands().cloned());
        }
    }
}

//! `lexi config`: the settings that hold and where each comes from, a configuration file with every setting explained,
//! and a check of one before a server is started with it. A database's password is never shown.

use std::path::PathBuf;

use super::exit::Exit;
use super::given::{Effective, Given, OfServer, Source};
use super::screen::Screen;
use super::serve;
use crate::config::{self, SETTINGS};

/// `lexi config`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_long_help = "\
The command line beats the environment, which beats the file, which beats the defaults.
The file is the one that --config or LEXI_CONFIG names; else lexi.toml in the data folder, if it is there; else, unless
--data or LEXI_DATA names a folder, /etc/lexi/lexi.toml.

Examples:
  lexi config                                 what `lexi serve` would run with, here and now
  lexi config --example > /etc/lexi/lexi.toml
  lexi config check /etc/lexi/lexi.toml"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print a configuration file with every setting, its default, unit and range.
    #[arg(long)]
    example: bool,
    #[command(flatten)]
    settings: Given<OfServer>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the settings that hold, and where each comes from.
    Show(Box<Show>),
    /// Read a configuration file, and the certificate it names, and say what is wrong. Nothing is taken from elsewhere.
    Check {
        /// The file.
        #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    settings: Given<OfServer>,
}

/// Runs `lexi config`.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match args.command {
        Some(Command::Check { file }) => {
            let effective = Given::<OfServer>::of_file(&file).effective()?;
            serve::certificate(&effective.config)?;
            let count = effective.values.len();
            let settings = if count == 1 { "setting" } else { "settings" };
            screen.print(&format!("{} is good: {count} {settings}, all others at their defaults.", file.display()))?;
        }
        None if args.example => screen.print(config::example().trim_end())?,
        Some(Command::Show(show)) => screen.print(&shown(&show.settings.effective()?))?,
        None => screen.print(&shown(&args.settings.effective()?))?,
    }
    Ok(Exit::Done)
}

/// Every setting as a line of TOML with its origin behind it.
fn shown(effective: &Effective) -> String {
    let file = effective.file.as_ref().map(|file| file.display().to_string());
    let mut lines = vec![format!("# Configuration file: {}", file.as_deref().unwrap_or("none"))];
    let mut rows = Vec::new();
    for setting in SETTINGS {
        let given = effective.values.iter().find(|value| value.setting.key == setting.key);
        let text = match given {
            Some(value) if setting.is_secret() => Some(config::hidden(&value.text)),
            Some(value) => Some(value.text.clone()),
            None => setting.held(&effective.config),
        };
        let from = match given.map(|value| value.source) {
            Some(Source::CommandLine) => format!("--{}", setting.flag),
            Some(Source::Environment) => setting.env.to_owned(),
            Some(Source::File(line)) => format!("file, line {line}"),
            None if text.is_some() => "default".to_owned(),
            None => "not set".to_owned(),
        };
        let line = match text {
            Some(text) => config::toml_line(setting, &text),
            None => format!("#{}", setting.key),
        };
        rows.push((line, from));
    }
    let width = rows.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
    lines.extend(rows.into_iter().map(|(line, from)| format!("{line:width$}  # {from}")));
    lines.join("\n")
}

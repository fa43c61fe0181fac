//! Settings as they were given: on the command line, by the environment, in a configuration file. The options of a
//! command come from the table in [`crate::config`]; so do their help, their check and what an empty one means.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};

use super::exit::Usage;
use crate::config::{self, Config, Kind, Part, SETTINGS, Setting};

/// The configuration file's name in a data folder.
const FILE_NAME: &str = "lexi.toml";
/// The configuration file of the machine.
const MACHINE_FILE: &str = "/etc/lexi/lexi.toml";

/// Which settings a command takes.
pub(super) trait Taken: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// Whether it takes this part of them.
    fn takes(part: Part) -> bool;
    /// Whether it reads a configuration file.
    const READS_FILE: bool = true;
}

/// Those that say where the data is, for the operator's commands.
#[derive(Debug, Clone)]
pub(super) struct OfStorage;
/// Those, and where the key files are.
#[derive(Debug, Clone)]
pub(super) struct OfAudit;
/// All of them.
#[derive(Debug, Clone)]
pub(super) struct OfServer;
/// Where the data is, and no file: whoever tries Lexi out never means the data of the machine's own server.
#[derive(Debug, Clone)]
pub(super) struct OfDemo;

impl Taken for OfStorage {
    fn takes(part: Part) -> bool {
        part == Part::Storage
    }
}

impl Taken for OfAudit {
    fn takes(part: Part) -> bool {
        matches!(part, Part::Storage | Part::Keys)
    }
}

impl Taken for OfServer {
    fn takes(_: Part) -> bool {
        true
    }
}

impl Taken for OfDemo {
    fn takes(part: Part) -> bool {
        part == Part::Storage
    }

    const READS_FILE: bool = false;
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The configuration file, and the line in it.
    File(usize),
    /// The setting's environment variable.
    Environment,
    /// The setting's option.
    CommandLine,
}

impl Source {
    /// The stronger of two holds.
    fn strength(self) -> u8 {
        match self {
            Source::File(_) => 0,
            Source::Environment => 1,
            Source::CommandLine => 2,
        }
    }
}

/// A value that was given.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) setting: &'static Setting,
    pub(super) text: String,
    pub(super) source: Source,
}

/// What the command line and the environment gave.
#[derive(Debug, Clone)]
pub(super) struct Given<T> {
    values: Vec<Value>,
    file: FileWanted,
    taken: PhantomData<T>,
}

/// Which configuration file is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FileWanted {
    /// Whichever there is.
    Usual,
    /// None, whatever there is.
    None,
    /// This one.
    Named(PathBuf),
}

/// The settings that hold, and where each comes from.
#[derive(Debug)]
pub(super) struct Effective {
    /// The settings.
    pub(super) config: Config,
    /// The configuration file that was read.
    pub(super) file: Option<PathBuf>,
    /// What was given and holds; all others are defaults.
    pub(super) values: Vec<Value>,
}

impl<T: Taken> Given<T> {
    /// A file and nothing else.
    pub(super) fn of_file(file: &Path) -> Given<T> {
        Given { values: Vec::new(), file: FileWanted::Named(file.to_owned()), taken: PhantomData }
    }

    /// The settings that hold: command line before environment before file before default.
    ///
    /// # Errors
    /// A value or a file that will not do, as [`Usage`].
    pub(super) fn effective(&self) -> anyhow::Result<Effective> {
        let file = self.file();
        let mut values = self.values.clone();
        if let Some(file) = &file {
            for value in config::read(file).map_err(Usage)? {
                if value.setting.key == "data" && self.is_of_data_folder(file) {
                    let line = value.line;
                    let shown = file.display();
                    let why = "this file was found in the data folder, so it can't name another; leave data out";
                    return Err(Usage(format!("{shown}, line {line}: {why}.")).into());
                }
                values.push(Value { setting: value.setting, text: value.text, source: Source::File(value.line) });
            }
        }
        let values = strongest(values);
        one_database(&values)?;
        let mut config = Config::default();
        for value in &values {
            let told = |why| Usage(format!("{}: {why}.", name(value, file.as_deref())));
            value.setting.apply(&mut config, &value.text).map_err(told)?;
        }
        config.check().map_err(Usage)?;
        Ok(Effective { config, file, values })
    }

    /// The configuration file to read, if there is one.
    fn file(&self) -> Option<PathBuf> {
        match &self.file {
            FileWanted::None => None,
            FileWanted::Named(file) => Some(file.clone()),
            FileWanted::Usual => {
                let own = self.data_folder().join(FILE_NAME);
                if own.exists() {
                    return Some(own);
                }
                // Who names a data folder gets the settings of that folder and of no other. A file of the machine that
                // this user may not see is there: working without it would be working on other data.
                let machine = PathBuf::from(MACHINE_FILE);
                (!self.names_data() && machine.try_exists().unwrap_or(true)).then_some(machine)
            }
        }
    }

    fn names_data(&self) -> bool {
        self.values.iter().any(|value| value.setting.key == "data")
    }

    fn data_folder(&self) -> PathBuf {
        let named = self.values.iter().find(|value| value.setting.key == "data");
        named.map_or_else(|| Config::default().data, |value| PathBuf::from(&value.text))
    }

    fn is_of_data_folder(&self, file: &Path) -> bool {
        self.file == FileWanted::Usual && file == self.data_folder().join(FILE_NAME)
    }
}

/// Each setting once, in the order of the table. The two that name the database count as one.
fn strongest(mut values: Vec<Value>) -> Vec<Value> {
    let database = |value: &Value| value.setting.key.starts_with("database_url");
    let best = values.iter().filter(|value| database(value)).map(|value| value.source.strength()).max();
    values.retain(|value| !database(value) || Some(value.source.strength()) == best);
    let place = |value: &Value| SETTINGS.iter().position(|setting| setting.key == value.setting.key);
    values.sort_by_key(|value| (place(value), std::cmp::Reverse(value.source.strength())));
    values.dedup_by_key(|value| value.setting.key);
    values
}

fn one_database(values: &[Value]) -> Result<(), Usage> {
    let named: Vec<&str> =
        values.iter().map(|value| value.setting.key).filter(|key| key.starts_with("database_")).collect();
    match named.len() {
        0 | 1 => Ok(()),
        _ => Err(Usage("database_url and database_url_file are both set; leave one of them out.".into())),
    }
}

/// A value's name as whoever gave it wrote it.
fn name(value: &Value, file: Option<&Path>) -> String {
    match value.source {
        Source::CommandLine => format!("--{}", value.setting.flag),
        Source::Environment => value.setting.env.to_owned(),
        Source::File(line) => {
            format!("{}, line {line}: {}", file.unwrap_or(Path::new("")).display(), value.setting.key)
        }
    }
}

impl<T: Taken> clap::Args for Given<T> {
    fn augment_args(command: clap::Command) -> clap::Command {
        let command = if T::READS_FILE { command.arg(file_option()) } else { command };
        let taken = SETTINGS.iter().filter(|setting| T::takes(setting.part));
        command.args(taken.map(option))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl<T: Taken> clap::FromArgMatches for Given<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Given<T>, clap::Error> {
        let mut values = Vec::new();
        for setting in SETTINGS.iter().filter(|setting| T::takes(setting.part)) {
            let source = match matches.value_source(setting.key) {
                Some(ValueSource::CommandLine) => Source::CommandLine,
                Some(ValueSource::EnvVariable) => Source::Environment,
                _ => continue,
            };
            let texts: Vec<&str> =
                matches.get_many::<String>(setting.key).into_iter().flatten().map(String::as_str).collect();
            let text = texts.join(",");
            // `VARIABLE=` in a unit or a compose file means: not set.
            if source == Source::Environment && text.trim().is_empty() {
                continue;
            }
            values.push(Value { setting, text, source });
        }
        let file = match T::READS_FILE.then(|| matches.get_one::<String>("config")).flatten() {
            _ if !T::READS_FILE => FileWanted::None,
            None => FileWanted::Usual,
            Some(none) if none.is_empty() => FileWanted::None,
            Some(file) => FileWanted::Named(PathBuf::from(file)),
        };
        Ok(Given { values, file, taken: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn file_option() -> Arg {
    Arg::new("config")
        .long("config")
        .env("LEXI_CONFIG")
        .value_name("FILE")
        .value_hint(clap::ValueHint::FilePath)
        .help("Read settings from this file; empty: from none [default: lexi.toml in the data folder, else /etc/lexi/lexi.toml]")
}

fn option(setting: &'static Setting) -> Arg {
    let check = move |text: &str| -> Result<String, String> {
        if !text.is_empty() {
            setting.accepts(text)?;
        }
        Ok(text.to_owned())
    };
    let default = match setting.kind {
        Kind::YesNo { .. } => None,
        _ => setting.default_text(),
    };
    let default = default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
    let commas = if matches!(setting.kind, Kind::List { .. }) { ", with commas between" } else { "" };
    let arg = Arg::new(setting.key)
        .long(setting.flag)
        .env(setting.env)
        .value_name(setting.placeholder)
        .hide_env_values(setting.is_secret())
        .value_parser(ValueParser::new(check))
        .help(format!("{}{commas}{default}", setting.about.trim_end_matches('.')));
    match setting.kind {
        Kind::List { .. } => arg.action(ArgAction::Append),
        Kind::YesNo { .. } => arg.num_args(0..=1).require_equals(true).default_missing_value("true"),
        Kind::Path { .. } => arg.value_hint(clap::ValueHint::AnyPath),
        _ => arg,
    }
}

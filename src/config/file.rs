//! The configuration file: TOML with the keys of [`SETTINGS`], and the commented example that `lexi config --example`
//! prints. Refusals name file, line, key and what to write, and never show a value that may hold a password.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::SETTINGS;
use super::values::{Kind, Part, Setting};

/// Largest configuration file.
const FILE_MAX: u64 = 1 << 20;
/// A key that differs from a known one in no more letters is taken for a slip.
const SLIP_MAX: usize = 2;
/// Width of the example's comments.
const WIDTH: usize = 100;

/// A setting as a file gives it.
#[derive(Debug, Clone)]
pub struct FileValue {
    /// Which setting.
    pub setting: &'static Setting,
    /// Its value, as it would be written on a command line.
    pub text: String,
    /// The line its key stands on, from 1.
    pub line: usize,
}

/// Reads a configuration file and checks each value.
///
/// # Errors
/// One sentence that names file, line, key and what to write.
pub fn read(path: &Path) -> Result<Vec<FileValue>, String> {
    let shown = path.display();
    let unread = |why: &dyn std::fmt::Display| format!("The configuration file {shown} can't be read: {why}.");
    let about = std::fs::metadata(path).map_err(|error| unread(&error))?;
    if about.is_dir() {
        return Err(unread(&"it is a folder"));
    }
    if about.len() > FILE_MAX {
        return Err(unread(&"it is too large"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unread(&error))?;
    parse(&text, path).map_err(|(line, why)| format!("{shown}, line {line}: {why}."))
}

/// The settings of a file's text; paths become relative to the folder of `path`.
fn parse(text: &str, path: &Path) -> Result<Vec<FileValue>, (usize, String)> {
    let at = |span: Range<usize>| text[..span.start.min(text.len())].matches('\n').count() + 1;
    let table = DeTable::parse(text).map_err(|error| {
        let line = at(error.span().unwrap_or(0..0));
        (line, format!("this is no TOML ({})", error.message().trim_end_matches('.')))
    })?;
    let mut values = Vec::new();
    for (key, value) in table.get_ref() {
        let line = at(key.span());
        let name: &str = key.get_ref();
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == name) else {
            return Err((line, unknown(name, value.get_ref())));
        };
        let text = plain(setting, value.get_ref()).map_err(|why| (line, format!("{name} {why}")))?;
        let text = match setting.kind {
            Kind::Path { .. } => below_folder_of(path, &text),
            _ => text,
        };
        setting.accepts(&text).map_err(|why| (line, format!("{name}: {why}")))?;
        values.push(FileValue { setting, text, line });
    }
    values.sort_by_key(|value| value.line);
    Ok(values)
}

/// A TOML value as it would be written on a command line.
fn plain(setting: &Setting, value: &DeValue<'_>) -> Result<String, String> {
    match (&setting.kind, value) {
        (Kind::Text { .. } | Kind::Path { .. } | Kind::Time { .. }, DeValue::String(text)) => Ok(text.to_string()),
        (Kind::YesNo { .. }, DeValue::Boolean(yes)) => Ok(yes.to_string()),
        (Kind::Number { .. }, DeValue::Integer(number)) if number.radix() == 10 => Ok(number.to_string()),
        (Kind::List { .. }, DeValue::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            let texts =
                texts.ok_or_else(|| format!("holds something that is no text; write {}", setting.kind.allowed()))?;
            match texts.iter().find(|text| text.contains(',')) {
                Some(text) => Err(format!("holds \"{text}\"; write each as a text of its own")),
                None => Ok(texts.join(",")),
            }
        }
        _ => Err(format!("is a TOML {}; write {}", value.type_str(), setting.kind.allowed())),
    }
}

fn unknown(name: &str, value: &DeValue<'_>) -> String {
    if value.is_table() {
        return format!("there is no section or setting {name:?}; the file has no sections, only lines KEY = VALUE");
    }
    let dashed = name.replace('-', "_");
    let near = SETTINGS.iter().map(|setting| (distance(&dashed, setting.key), setting.key)).min();
    match near {
        Some((away, key)) if away <= SLIP_MAX => format!("there is no setting {name:?}; write {key} if that is meant"),
        _ => format!("there is no setting {name:?}; lexi config --example shows all there are"),
    }
}

/// How many letters must be added, left out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(before + 1);
        }
    }
    row[other.len()]
}

fn below_folder_of(file: &Path, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    file.parent().unwrap_or(Path::new("")).join(text).display().to_string()
}

/// A commented file with every setting, its default, unit and range. What begins with `#key` is a default.
pub fn example() -> String {
    let mut text = String::from(
        "# Lexi's settings. A line that begins with # and a key, no blank between, is a default: take the #\n\
         # away to change it. An option on the command line beats the environment, which beats this file.\n\
         # Paths are relative to the folder of this file. `lexi config check FILE` says what is wrong with\n\
         # it, `lexi config` shows what holds and where it comes from.\n",
    );
    let mut part = None;
    for setting in SETTINGS {
        if part != Some(setting.part) {
            part = Some(setting.part);
            let _ = write!(text, "\n# --- {} ---\n", heading(setting.part));
        }
        text.push('\n');
        for line in setting.about.lines().chain(setting.notes.lines()) {
            comment(&mut text, line);
        }
        shown_value(&mut text, setting);
    }
    let _ = writeln!(text, "\n# Environment: {}.", environment());
    text
}

/// What may be written, and the default; a value to copy where there is no default.
fn shown_value(text: &mut String, setting: &Setting) {
    let allowed = setting.kind.allowed();
    match (&setting.kind, setting.default_text()) {
        (Kind::Number { .. } | Kind::Time { .. }, _) => comment(text, &format!("Write {allowed}.")),
        (Kind::List { .. }, _) => comment(text, &format!("Write {allowed}. None by default.")),
        (_, None) => comment(text, "Not set by default."),
        _ => {}
    }
    match (&setting.kind, setting.default_text()) {
        (Kind::Path { .. }, _) | (Kind::Text { .. }, None) => {
            let sample = toml_line(setting, setting.kind.sample().unwrap_or_default());
            let _ = writeln!(text, "# {sample}");
        }
        (_, default) => {
            let _ = writeln!(text, "#{}", toml_line(setting, &default.unwrap_or_default()));
        }
    }
}

fn environment() -> String {
    format!("LEXI_ and the key in capitals, as in {}; lists with commas between", SETTINGS[0].env)
}

fn heading(part: Part) -> &'static str {
    match part {
        Part::Storage => "Where the data is: also for lexi keys, prospects, backup and the like",
        Part::Listening => "Where and to whom the server listens",
        Part::Limits => "How much it takes on, and how long it waits",
        Part::Work => "Tasks and the jobs that carry them out",
        Part::Keys => "Key files of this installation: also for lexi audit",
        Part::Model => "A language model, if you want one: Lexi works without",
        Part::Webhooks => "Webhooks, and the key their secrets are kept under",
        Part::Logs => "Logs, on standard error",
    }
}

/// A comment, broken between words where it grows too long.
fn comment(text: &mut String, line: &str) {
    let mut length = 1;
    text.push('#');
    for word in line.split(' ') {
        if length + 1 + word.chars().count() > WIDTH {
            text.push_str("\n#");
            length = 1;
        }
        text.push(' ');
        text.push_str(word);
        length += 1 + word.chars().count();
    }
    text.push('\n');
}

/// `key = value` as TOML, for a value as a command line has it.
pub fn toml_line(setting: &Setting, text: &str) -> String {
    let value = match setting.kind {
        Kind::Number { .. } | Kind::YesNo { .. } => text.to_owned(),
        Kind::List { .. } => {
            let items: Vec<String> = text.split(',').filter(|item| !item.is_empty()).map(in_quotes).collect();
            format!("[{}]", items.join(", "))
        }
        _ => in_quotes(text),
    };
    format!("{} = {value}", setting.key)
}

/// A TOML basic string. JSON's escapes are TOML's too.
fn in_quotes(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

//! Style as a test: the rules of ARCHITECTURE.md that a compiler does not know. A complaint names file, line and rule.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Lines of a Rust file; more is no longer one room.
const LINES_MAX: usize = 700;

/// Which modules may name which: only those of their own level and of levels below it.
///
/// `main → cli → http (every http.rs), worker → chat → execution → domains → events, jobs, keys → db`. `app` holds what
/// a process works with; it stands below those that await, and above all that runs inside a transaction.
const LEVELS: &[&[&str]] = &[
    &["clock", "error", "formula", "ids", "paging", "planted_faults", "understand"],
    &["db", "evaluation", "failure_points"],
    &["config"],
    &["effects", "events", "jobs", "keys"],
    &[
        "activities",
        "audit",
        "campaigns",
        "companies",
        "contacts",
        "deals",
        "lists",
        "notes",
        "policies",
        "prospects",
        "rules",
    ],
    &["suppressions", "tasks", "todos", "webhooks", "workspaces"],
    &["execution", "model"],
    &["app"],
    &["chat", "external_actions", "mcp"],
    &["http", "worker"],
    &["cli"],
    &["main"],
];

/// Files that hold the loops of their domain and therefore see the process they run in.
const SEE_THE_APP: &[&str] = &["src/keys/cache.rs", "src/keys/limits.rs", "src/keys/usage.rs", "src/prospects/search/"];

/// Where the clock and the environment are read.
const READ_THE_WORLD: &[&str] = &["src/clock.rs", "src/config/", "src/cli/", "src/main.rs"];

/// Where files, sockets and processes are touched. Domains never do: their closures run inside transactions.
const TOUCH_THE_WORLD: &[&str] = &[
    "src/app.rs",
    "src/audit/key.rs",
    "src/cli/",
    "src/config/",
    "src/db/",
    "src/failure_points.rs",
    "src/http/",
    "src/model/client.rs",
    "src/webhooks/address.rs",
    "src/webhooks/client.rs",
    "src/webhooks/deliveries/sending.rs",
    "src/webhooks/secret.rs",
    "src/webhooks/signature.rs",
    "src/prospects/import.rs",
    "src/prospects/search/",
    "src/main.rs",
];

/// What one of the two databases does not understand, or understands otherwise.
const NOT_PORTABLE: &[&str] = &[
    "now()",
    "current_timestamp",
    "::text",
    "::bigint",
    "::integer",
    "::jsonb",
    " ilike ",
    "returning *",
    "json_",
    "->>",
    "datetime(",
    "strftime(",
    "autoincrement",
    " serial ",
    " serial,",
    "bigserial",
    "pg_",
    "pragma ",
    "sqlite_",
    " rowid",
    "greatest(",
    "least(",
    "create trigger",
    "insert or ",
    "for update",
    "jsonb",
    "any($",
    "unnest(",
    " glob ",
    "group_concat",
    "string_agg",
];

/// A file of the repository.
struct File {
    path: String,
    text: String,
    /// The number of lines before its unit tests.
    code_lines: usize,
}

impl File {
    /// Lines of code with their numbers: no comments, no unit tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().take(self.code_lines);
        lines.map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Every file below `folder` whose name ends with one of `endings`.
fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = match std::fs::read_dir(&folder) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => continue,
        };
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                let is_test = path.starts_with("tests/")
                    || path.contains("/tests/")
                    || path.ends_with("tests.rs")
                    || path.ends_with("testing.rs");
                let code_lines = match text.lines().position(|line| line.trim() == "#[cfg(test)]") {
                    _ if is_test => 0,
                    Some(at) => at,
                    None => text.lines().count(),
                };
                found.push(File { path, text, code_lines });
            }
        }
    }
    found
}

fn sources() -> Vec<File> {
    files("src", &[".rs"])
}

/// Fails with all complaints at once.
#[track_caller]
fn no_complaints(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Complains about every line of code that holds one of `words`, except in `allowed` places.
fn nowhere_but(allowed: &[&str], words: &[&str], why: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in sources().iter().filter(|file| !file.is_in(allowed)) {
        for (number, line) in file.code() {
            if let Some(word) = words.iter().find(|word| line.contains(*word)) {
                complaints.push(format!("{}:{number}: {word}: {why}", file.path));
            }
        }
    }
    complaints
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let all = sources().into_iter().chain(files("tests", &[".rs"]));
    let silent = all.filter(|file| !file.text.starts_with("//! "));
    no_complaints(&silent.map(|file| format!("{}: begins without //!", file.path)).collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long_and_none_is_a_drawer_for_odds_and_ends() {
    let mut complaints = Vec::new();
    for file in sources().into_iter().chain(files("tests", &[".rs"])) {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            complaints.push(format!("{}: {lines} lines; {LINES_MAX} is the limit", file.path));
        }
        let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if ["utils", "util", "helpers", "common", "types", "models"]
            .iter()
            .any(|drawer| stem.ends_with(&format!("/{drawer}")))
        {
            complaints.push(format!("{}: name the file for what it does", file.path));
        }
    }
    no_complaints(&complaints);
}

#[test]
fn every_file_belongs_to_the_program() {
    let sources = sources();
    let all: Vec<File> = sources.into_iter().chain(files("tests/api", &[".rs"])).collect();
    let mut complaints = Vec::new();
    for file in &all {
        if ["src/lib.rs", "src/main.rs", "tests/api/main.rs"].contains(&file.path.as_str()) {
            continue;
        }
        let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let (folder, module) = stem.rsplit_once('/').unwrap();
        let parents = [
            format!("{folder}.rs"),
            format!("{folder}/mod.rs"),
            format!("{folder}/lib.rs"),
            format!("{folder}/main.rs"),
        ];
        let declared = all.iter().filter(|parent| parents.contains(&parent.path)).any(|parent| {
            parent
                .text
                .lines()
                .any(|line| line.trim_start().split("//").next().unwrap().contains(&format!("mod {module};")))
        });
        if !declared {
            complaints.push(format!("{}: no file declares it, so it is never compiled", file.path));
        }
    }
    no_complaints(&complaints);
}

#[test]
fn sql_stands_in_stores_only() {
    let beginnings = ["\"select ", "\"insert into ", "\"update ", "\"delete from ", "\"with ", "\"create table "];
    let mut complaints = Vec::new();
    // The tables of words of `understand` begin like SQL, and that module knows no database.
    for file in sources().iter().filter(|file| !file.is_in(&["src/db/", "src/understand/"])) {
        if file.name() == "store.rs" {
            continue;
        }
        for (number, line) in file.code() {
            // "with the tag" is a sentence, "with members as (" is a statement.
            let says = |sql: &&&str| **sql != "\"with " || line.contains(" as (");
            let writes = beginnings.iter().filter(says).any(|sql| line.contains(sql)) && !line.contains("panic!");
            let imports = line.contains("db::") && ["query", "insert_rows"].iter().any(|name| has_word(line, name));
            if writes || imports {
                complaints.push(format!("{}:{number}: SQL belongs into the domain's store.rs", file.path));
            }
            if line.contains("pub mod store;") {
                complaints.push(format!("{}:{number}: a store is private to its domain", file.path));
            }
        }
    }
    no_complaints(&complaints);
}

#[test]
fn sql_keeps_to_what_both_databases_understand() {
    let stores = sources().into_iter().filter(|file| file.name() == "store.rs");
    let mut complaints = Vec::new();
    for file in stores.chain(files("migrations", &[".sql"])) {
        let comment = if file.path.ends_with(".sql") { "--" } else { "//" };
        for (at, line) in file.text.lines().enumerate().take(file.code_lines) {
            let Some(word) = NOT_PORTABLE.iter().find(|word| line.contains(*word)) else { continue };
            if !line.trim_start().starts_with(comment) {
                complaints.push(format!("{}:{}: {word} means one database only", file.path, at + 1));
            }
        }
    }
    no_complaints(&complaints);
}

#[test]
fn nothing_lower_names_anything_higher() {
    let mut complaints = Vec::new();
    for file in &sources() {
        let own = own_level(&file.path);
        for (number, module) in named_modules(file) {
            let allowed = match file.path.as_str() {
                path if path.starts_with("src/understand/") => module == "understand",
                _ if module == "app" && file.is_in(SEE_THE_APP) => true,
                _ => level(&module).is_some_and(|level| level <= own),
            };
            if !allowed {
                complaints.push(format!("{}:{number}: names crate::{module}, which stands above it", file.path));
            }
        }
    }
    no_complaints(&complaints);
}

/// The level of a module of the crate; the two lines of domains count as one.
fn level(module: &str) -> Option<usize> {
    let level = LEVELS.iter().position(|level| level.contains(&module))?;
    Some(if level == 5 { 4 } else { level })
}

/// Every `http.rs` belongs to the server, wherever it stands.
fn own_level(path: &str) -> usize {
    if path == "src/lib.rs" || path == "src/main.rs" {
        return LEVELS.len();
    }
    if path.ends_with("/http.rs") {
        return level("http").unwrap();
    }
    let module = path.trim_start_matches("src/").split('/').next().unwrap().trim_end_matches(".rs");
    level(module).unwrap_or_else(|| panic!("{path}: which level is {module}? Say it in tests/api/tidy.rs"))
}

/// The modules a file names by `crate::…`, groups in braces included.
fn named_modules(file: &File) -> Vec<(usize, String)> {
    let mut code = String::new();
    for (number, line) in file.code() {
        let _ = writeln!(code, "{line}\u{1}{number}");
    }
    let mut named = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let number = rest.split_once('\u{1}').and_then(|(_, rest)| rest.lines().next()?.parse().ok()).unwrap_or(0);
        let modules = if rest.starts_with('{') { top_names(rest) } else { vec![first_name(rest)] };
        // A capital begins an item re-exported at the top, of which there is none; a small letter begins a module.
        named.extend(modules.into_iter().filter(|name| !name.is_empty()).map(|name| (number, name)));
    }
    named
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// `a` and `c` of `{a::b, c::{d, e}}`.
fn top_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && (c == '{' || c == ',') {
            let rest =
                group[at + 1..].trim_start_matches(|c: char| c.is_whitespace() || c == '\u{1}' || c.is_numeric());
            names.push(first_name(rest));
        }
    }
    names
}

#[test]
fn the_clock_and_the_environment_are_read_in_their_places_only() {
    let words = ["std::env", "env::var", "SystemTime", "Timestamp::now", "Zoned::now", "Utc::now", "now_v7"];
    no_complaints(&nowhere_but(READ_THE_WORLD, &words, "take it from App"));
}

#[test]
fn domains_touch_no_file_and_no_network() {
    let words = [
        "std::fs",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "std::process",
        "tokio::fs",
        "tokio::net",
        "reqwest",
        "thread::sleep",
        "block_on(",
    ];
    no_complaints(&nowhere_but(TOUCH_THE_WORLD, &words, "nothing blocks inside a transaction"));
}

#[test]
fn nothing_is_left_unfinished_and_nothing_panics_by_habit() {
    let words = [".unwrap()", "todo!(", "unimplemented!(", "dbg!(", ".expect(\"\")"];
    no_complaints(&nowhere_but(&[], &words, "finish it, or say why it cannot fail"));
}

#[test]
fn no_test_is_switched_off() {
    let mut complaints = Vec::new();
    for file in sources().into_iter().chain(files("tests", &[".rs"])) {
        for (at, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("#[ignore") {
                complaints.push(format!("{}:{}: a test that is not run proves nothing", file.path, at + 1));
            }
        }
    }
    no_complaints(&complaints);
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let folders: Vec<String> = ["home", "root", "Users", "work"].iter().map(|name| format!("/{name}/")).collect();
    let marks: Vec<String> =
        ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]).map(|(a, b)| format!("{a}{b}")).collect();
    let endings = [".rs", ".md", ".sql", ".toml", ".yml", ".sh", ".py", ".js", "/test", "/run"];
    let mut complaints = Vec::new();
    for folder in ["src", "tests", "docs", "bench", "migrations", "scripts", ".ci", ".github"] {
        for file in files(folder, &endings) {
            complaints.extend(told_too_much(&file, &folders, &marks));
        }
    }
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "Cargo.toml"] {
        if let Ok(text) = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)) {
            complaints.extend(told_too_much(&File { path: name.into(), text, code_lines: 0 }, &folders, &marks));
        }
    }
    no_complaints(&complaints);
}

fn told_too_much(file: &File, folders: &[String], marks: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if let Some(folder) = folders.iter().find(|folder| line.contains(*folder)) {
            complaints.push(format!("{}:{}: a path below {folder} is there on one machine only", file.path, at + 1));
        }
        if let Some(mark) = marks.iter().find(|mark| has_word(line, mark)) {
            complaints.push(format!("{}:{}: {mark}: do it now or leave it", file.path, at + 1));
        }
    }
    complaints
}

/// Whether `word` stands in `line` by itself.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        !line[..at].chars().next_back().is_some_and(is_part)
            && !line[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

//! The table of settings, the file and its example.

use std::path::Path;

use super::values::{time, time_text};
use super::*;

const FILE: &str = "settings/lexi.toml";

/// The configuration that a file with this text gives, or the refusal.
fn given(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lexi.toml");
    std::fs::write(&file, text).unwrap();
    let mut config = Config::default();
    let values = read(&file).map_err(|refused| refused.replace(&file.display().to_string(), FILE))?;
    for setting in SETTINGS {
        if let Some(value) = values.iter().find(|value| value.setting.key == setting.key) {
            setting.apply(&mut config, &value.text)?;
        }
    }
    Ok(config)
}

fn refused(text: &str) -> String {
    given(text).err().unwrap_or_else(|| panic!("taken: {text}"))
}

/// The example with every line uncommented that begins with `mark` and a key.
fn uncommented(mark: &str) -> String {
    let key = |line: &str| SETTINGS.iter().any(|setting| line.starts_with(&format!("{} = ", setting.key)));
    let text = example();
    let lines = text.lines().filter_map(|line| line.strip_prefix(mark)).filter(|line| key(line));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_example_with_everything_uncommented_is_the_defaults() {
    let config = given(&uncommented("#")).unwrap();
    for setting in SETTINGS {
        assert_eq!(setting.held(&config), setting.held(&Config::default()), "{}", setting.key);
    }
    assert!(given(&example()).is_ok(), "as it stands it changes nothing");
}

#[test]
fn the_example_shows_every_setting_once_and_its_samples_are_good() {
    let (defaults, samples) = (uncommented("#"), uncommented("# "));
    for setting in SETTINGS {
        let begins = format!("{} = ", setting.key);
        let count = |text: &str| text.lines().filter(|line| line.starts_with(&begins)).count();
        assert_eq!(count(&defaults) + count(&samples), 1, "{}", setting.key);
        assert!(setting.about.ends_with('.'), "{}", setting.key);
    }
    // Files that are not on this machine.
    let on_disk = |line: &&str| line.starts_with("database_url_file") || line.starts_with("model_key_file");
    let without_file = samples.lines().filter(|line| !on_disk(line));
    assert!(given(&without_file.map(|line| format!("{line}\n")).collect::<String>()).is_ok(), "{samples}");
    assert!(example().lines().all(|line| line.chars().count() <= 100 && line.trim_end() == line));
}

#[test]
fn the_page_of_the_command_line_has_every_setting_with_its_default() {
    let page = include_str!("../../docs/cli.md");
    for setting in SETTINGS {
        let (flag, env) = (format!("| `--{}", setting.flag), format!("| `{}` |", setting.env));
        let row = page.lines().find(|line| line.starts_with(&flag) && line.contains(&env));
        let row = row.unwrap_or_else(|| panic!("docs/cli.md has no row for {} and {}", setting.flag, setting.env));
        match setting.default_text() {
            Some(default) if default != "false" => assert!(row.contains(&default), "{row}: {default}"),
            _ => {}
        }
    }
}

#[test]
fn the_names_of_a_setting_are_one_name() {
    for setting in SETTINGS {
        assert_eq!(setting.flag, setting.key.replace('_', "-"));
        assert_eq!(setting.env, format!("LEXI_{}", setting.key.to_uppercase()));
        if let Some(default) = setting.default_text() {
            assert_eq!(setting.accepts(&default), Ok(()), "{}", setting.key);
        }
    }
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_line_key_and_what_to_write() {
    for (text, expected) in [
        ("\nlisen = \"127.0.0.1:1\"", "line 2: there is no setting \"lisen\"; write listen if that is meant."),
        ("colour = 1", "line 1: there is no setting \"colour\"; lexi config --example shows all there are."),
        ("[server]\nlisten = \"[::]:1\"", "the file has no sections, only lines KEY = VALUE."),
        ("connections = \"9\"", "line 1: connections is a TOML string; write a whole number from 1 to 100000."),
        ("connections = 0", "line 1: connections: \"0\" won't do; write a whole number from 1 to 100000."),
        ("connections = 1.5", "line 1: connections is a TOML float; write a whole number from 1 to 100000."),
        ("# first\nlease = 30", "line 2: lease is a TOML integer; write a time from 1s to 1h, as in"),
        ("lease = \"30\"", "line 1: lease: \"30\" won't do; write a time from 1s to 1h, as in"),
        ("task_expiry = \"1000d\"", "write a time from 1m to 366d, as in"),
        ("behind_tls = 1", "line 1: behind_tls is a TOML integer; write true or false."),
        ("listen = \"here\"", "line 1: listen: \"here\" is no address and port; write it as in 127.0.0.1:8787"),
        ("cors_origins = \"*\"", "line 1: cors_origins is a TOML string; write texts in brackets, as in"),
        ("cors_origins = [\"*\"]", "line 1: cors_origins: \"*\" is no origin; write it as in https://app.example.com"),
        ("trusted_proxies = [\"10.0.0.0/33\"]", "\"10.0.0.0/33\" is neither an address nor a network"),
        ("trusted_proxies = [\"0.0.0.0/0\"]", "trusts everybody"),
        ("log = \"lexi=loud\"", "line 1: log: \"lexi=loud\" can't be read"),
        ("log_format = \"xml\"", "write auto, text or json."),
        ("data = \"\"", "line 1: data: the name of the file or folder is empty."),
        ("listen = 127.0.0.1:1", "line 1: this is no TOML"),
        ("data = \"a\"\ndata = \"b\"", "line 2: this is no TOML"),
    ] {
        let refused = refused(text);
        assert!(refused.contains(expected), "{text}\n{refused}\n{expected}");
        assert!(refused.contains(FILE) && refused.ends_with('.'), "{refused}");
    }
}

#[test]
fn no_refusal_shows_a_database_address() {
    for text in ["database_url = \"mysql://u:geheim@h/d\"", "database_url = [\"postgres://u:geheim@h/d\"]"] {
        assert!(!refused(text).contains("geheim"), "{}", refused(text));
    }
    for (url, shown) in [
        ("postgres://lexi:geheim@db/lexi", "postgres://lexi:***@db/lexi"),
        (
            "postgres://lexi:ge@he/i?m@db,db2:1/lexi?sslmode=require",
            "postgres://lexi:***@db,db2:1/lexi?sslmode=require",
        ),
        ("postgres://db/lexi?user=a&password=geheim", "postgres://db/lexi?user=a&password=***"),
        ("postgres://lexi@db/lexi", "postgres://lexi@db/lexi"),
        ("sqlite:lexi.db", "sqlite:lexi.db"),
    ] {
        assert_eq!(hidden(url), shown);
    }
}

#[test]
fn paths_in_a_file_are_relative_to_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("url"), "sqlite:/elsewhere/x.db\n").unwrap();
    let file = folder.path().join("lexi.toml");
    std::fs::write(&file, "data = \"d\"\ntls_cert = \"/c.pem\"\ndatabase_url_file = \"url\"\n").unwrap();
    let mut config = Config::default();
    for value in read(&file).unwrap() {
        value.setting.apply(&mut config, &value.text).unwrap();
    }
    assert_eq!(config.data, folder.path().join("d"));
    assert_eq!(config.tls_cert.as_deref(), Some(Path::new("/c.pem")));
    assert!(matches!(&config.database_url, DatabaseUrl::Sqlite(path) if path == Path::new("/elsewhere/x.db")));
    assert!(config.check().unwrap_err().contains("tls_key"));
}

#[test]
fn times_are_written_with_their_unit() {
    for (text, ms) in [("20s", 20_000), ("90m", 5_400_000), ("7d", 7 * DAY_MS)] {
        assert_eq!((time(text), time_text(ms).as_str()), (Some(ms), text));
    }
    for wrong in ["", "7", "d", "0s", "-1d", "1.5h", "9223372036854775807d", "7é"] {
        assert_eq!(time(wrong), None, "{wrong}");
    }
}

//! Settings as whoever runs the program meets them: a file, the environment and options; which of them holds; and what
//! is said of one that will not do.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::support::process::Said;
use crate::support::{Client, Installation};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the program with nothing in its environment but what `change` puts there.
fn bare(home: &Installation, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Said {
    let mut command = home.command();
    command.env_clear().env("LEXI_CONFIG", "").args(arguments);
    change(&mut command);
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

fn write(home: &Installation, name: &str, text: &str) -> PathBuf {
    let path = home.folder().join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    std::fs::write(&path, text).expect("a file can be written");
    path
}

/// The line of `lexi config` for a setting: its value and where it comes from.
fn shown<'o>(out: &'o str, key: &str) -> (&'o str, &'o str) {
    let line =
        out.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap_or_else(|| panic!("{key}: {out}"));
    let (value, from) = line.split_once("  # ").expect("an origin");
    (value.split_once(" = ").expect("a value").1.trim(), from)
}

#[tokio::test]
async fn the_command_line_beats_the_environment_which_beats_the_file() {
    let home = Installation::new().await;
    let text = "lease = \"40s\"\nconnections = 7\nstrangers_per_minute = 5\ntrusted_proxies = [\"10.0.0.7\", \"10.1.0.0/16\"]\n\
                behind_tls = true\n";
    let file = write(&home, "settings.toml", text);
    let file = file.to_string_lossy();
    let arguments = ["config", "--config", &file, "--connections", "9", "--behind-tls=false"];
    let said = bare(&home, &arguments, |command| {
        command.env("LEXI_CONNECTIONS", "8").env("LEXI_STRANGERS_PER_MINUTE", "6").env("LEXI_LISTEN", "");
    });
    assert_eq!(said.code, 0, "{}", said.err);
    for (key, value, from) in [
        ("connections", "9", "--connections"),
        ("behind_tls", "false", "--behind-tls"),
        ("strangers_per_minute", "6", "LEXI_STRANGERS_PER_MINUTE"),
        ("lease", "\"40s\"", "file, line 1"),
        ("trusted_proxies", "[\"10.0.0.7\", \"10.1.0.0/16\"]", "file, line 4"),
        ("listen", "\"127.0.0.1:8787\"", "default"),
    ] {
        assert_eq!(shown(&said.out, key), (value, from), "{key}");
    }
    assert!(said.out.contains(&*file), "{}", said.out);
    let named = bare(&home, &["config", "show"], |command| {
        command.env("LEXI_CONFIG", &*file);
    });
    assert_eq!(shown(&named.out, "connections"), ("7", "file, line 2"));
}

#[tokio::test]
async fn the_file_in_the_data_folder_is_read_without_being_named() {
    let home = Installation::new().await;
    let key = home.key("read");
    write(&home, "lexi.toml", "strangers_per_minute = 1\n");
    let server = home.serve(&[]).await;
    let nobody = Client::new(&server.url, None);
    assert_eq!(nobody.get("/v1/lists").await.status, 401);
    assert_eq!(nobody.get("/v1/lists").await.status, 429, "as the file says");
    assert_eq!(server.client(&key).get("/v1/lists").await.status, 200);
    assert_eq!(server.terminate(), 0);

    write(&home, "lexi.toml", "strangers = 1\n");
    let refused = home.run(&["keys", "list"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("lexi.toml, line 1: there is no setting \"strangers\""), "{}", refused.err);
    assert_eq!(home.run(&["keys", "list", "--config", ""]).code, 0, "an empty name reads none");
    write(&home, "lexi.toml", "data = \"elsewhere\"\n");
    let refused = home.run(&["keys", "list"]);
    assert!(refused.err.contains("can't name another"), "{}", refused.err);
}

#[tokio::test]
async fn operators_commands_find_the_data_that_a_file_names() {
    let home = Installation::new().await;
    let file = write(&home, "etc/lexi.toml", "data = \"../elsewhere\"\n");
    let file = file.to_string_lossy();
    let made = bare(&home, &["keys", "create", "--name", "k", "--config", &file], |_| {});
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(home.folder().join("elsewhere/lexi.db").exists());
    let listed = bare(&home, &["keys", "list", "--json", "--config", &file], |_| {});
    assert!(listed.out.contains("\"name\""), "{}", listed.out);
    let other = bare(&home, &["keys", "list", "--config", &file, "--data", "third"], |_| {});
    assert_eq!(other.code, 0, "{}", other.err);
    assert!(home.folder().join("third/lexi.db").exists(), "the option beats the file");
}

#[tokio::test]
async fn a_database_address_is_kept_in_a_file_of_its_own_and_never_shown() {
    let home = Installation::new().await;
    let url = format!("sqlite:{}", home.folder().join("own.db").display());
    write(&home, "url", &format!("{url}\n"));
    let made = bare(&home, &["keys", "create", "--name", "k", "--database-url-file", "url"], |_| {});
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(home.folder().join("own.db").exists());

    let secret = "postgres://lexi:geheim@db.example/lexi";
    let shown = bare(&home, &["config"], |command| {
        command.env("LEXI_DATABASE_URL", secret);
    });
    assert!(shown.out.contains("postgres://lexi:***@db.example/lexi"), "{}", shown.out);
    write(&home, "url", "mysql://lexi:geheim@db.example/lexi");
    let refused = bare(&home, &["config", "--database-url-file", "url"], |_| {});
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--database-url-file: in url: A database address begins with"), "{}", refused.err);
    let missing = bare(&home, &["config", "--database-url-file", "nowhere"], |_| {});
    assert!(missing.err.contains("nowhere can't be read"), "{}", missing.err);
    let both = bare(&home, &["config", "--database-url-file", "url", "--database-url", secret], |_| {});
    assert_eq!(both.code, 2);
    assert!(both.err.contains("leave one of them out"), "{}", both.err);
    let stronger = bare(&home, &["config", "--database-url", secret], |command| {
        command.env("LEXI_DATABASE_URL_FILE", "url");
    });
    assert_eq!(stronger.code, 0, "the option beats the environment: {}", stronger.err);
    for said in [shown, refused, missing, both, stronger] {
        assert!(!said.out.contains("geheim") && !said.err.contains("geheim"), "{}{}", said.out, said.err);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_before_a_server_starts() {
    let home = Installation::new().await;
    let example = bare(&home, &["config", "--example"], |_| {}).out;
    let file = write(&home, "lexi.conf", &example);
    let checked = bare(&home, &["config", "check", &file.to_string_lossy()], |_| {});
    assert_eq!(checked.code, 0, "{}", checked.err);
    for (text, expected) in [
        ("\nlisten = 8787\n", "lexi.conf, line 2: listen is a TOML integer; write a text in quotes"),
        ("connections = 200000\n", "line 1: connections: \"200000\" won't do; write a whole number from 1 to 100000."),
        ("tls_cert = \"c.pem\"\n", "tls_cert is set and tls_key is not"),
        ("tls_cert = \"c.pem\"\ntls_key = \"k.pem\"\n", "c.pem (tls_cert) can't be read"),
    ] {
        let file = write(&home, "lexi.conf", text);
        for arguments in [&["config", "check"][..], &["serve", "--listen", "127.0.0.1:0", "--config"]] {
            let said = bare(&home, &[arguments, &[&*file.to_string_lossy()]].concat(), |_| {});
            assert!([1, 2].contains(&said.code), "{text}");
            assert!(said.err.contains(expected), "{text}: {}", said.err);
        }
    }
    let missing = bare(&home, &["serve", "--config", "nowhere.toml"], |_| {});
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("nowhere.toml can't be read"), "{}", missing.err);
    let option = bare(&home, &["serve", "--lease", "5"], |_| {});
    assert_eq!(option.code, 2);
    assert!(option.err.contains("--lease") && option.err.contains("a time from 1s to 1h"), "{}", option.err);
}

#[tokio::test]
async fn the_supervisor_is_told_when_the_server_serves_and_when_it_stops() {
    let home = Installation::new().await;
    // A short path: the address of a socket has about a hundred bytes.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let told = move || {
        let mut bytes = [0; 64];
        let count = socket.recv(&mut bytes).expect("it is told");
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    };
    let server = home
        .begin(&[], |command| {
            command.env("NOTIFY_SOCKET", &path);
        })
        .await;
    assert_eq!(told(), "READY=1");
    server.signal("-HUP");
    assert_eq!(Client::new(&server.url, None).get("/healthz").await.status, 200, "a hangup ends nothing");
    server.ask_to_stop();
    assert_eq!(told(), "STOPPING=1");
    assert_eq!(server.ended(), 0);
}

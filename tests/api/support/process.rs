//! The built program as processes of their own: operator's commands, and `lexi serve` that can be killed and started
//! again on the same data.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use lexi::prospects::Row;

use super::client::Client;
use super::database::TestDatabase;

/// How long a process may take until it serves or has ended.
const PATIENCE: Duration = Duration::from_secs(60);

/// Data of one installation, on the database of the suite.
pub struct Installation {
    database: TestDatabase,
    program: PathBuf,
    serving: Vec<(OsString, OsString)>,
}

/// What a command said, when it ended well.
pub struct Said {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// The exit code.
    pub code: i32,
}

/// A running `lexi serve`. Killed when it is dropped.
pub struct Process {
    child: Child,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    log: PathBuf,
}

impl Installation {
    /// An empty installation for the program that is being tested.
    pub async fn new() -> Installation {
        Installation::of(Path::new(env!("CARGO_BIN_EXE_lexi"))).await
    }

    /// An empty installation for another build of the program.
    pub async fn of(program: &Path) -> Installation {
        Installation::with(TestDatabase::empty().await, program)
    }

    /// An empty installation on SQLite, whichever database the suite runs on: for what concerns files.
    pub fn on_sqlite(program: &Path) -> Installation {
        Installation::with(TestDatabase::sqlite(), program)
    }

    fn with(database: TestDatabase, program: &Path) -> Installation {
        Installation { database, program: program.to_owned(), serving: Vec::new() }
    }

    /// Sets a variable for `serve`; other commands don't get it.
    pub fn serve_with(&mut self, variable: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        self.serving.push((variable.as_ref().to_owned(), value.as_ref().to_owned()));
    }

    /// An installation on a database that is there already, or that the test chose.
    pub fn on(database: TestDatabase) -> Installation {
        Installation::with(database, Path::new(env!("CARGO_BIN_EXE_lexi")))
    }

    /// The address of its database, as `--database-url` takes it.
    pub fn url(&self) -> &str {
        &self.database.url
    }

    /// The folder of its data; temporary files of a test may stand there too.
    pub fn folder(&self) -> &Path {
        self.database.folder.path()
    }

    /// Where its data is.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// The database itself, for a test that checks what is stored.
    pub async fn db(&self) -> lexi::db::Db {
        self.database.open().await
    }

    /// The program with its data, ready for arguments. Settings of whoever runs the tests do not reach it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().stdin(Stdio::null()).current_dir(self.folder());
        command.env("LEXI_DATA", self.folder()).env("LEXI_DATABASE_URL", &self.database.url);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        said(self.command().args(arguments))
    }

    /// Runs a command that must end well; answers its standard output.
    pub fn lexi(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "lexi {}: {}{}", arguments.join(" "), said.out, said.err);
        said.out
    }

    /// Makes a key without a limit by the command line.
    pub fn key(&self, permissions: &str) -> String {
        let arguments = ["keys", "create", "--name", "test", "--tier", "unmetered", "--permissions", permissions];
        self.lexi(&arguments).trim().to_owned()
    }

    /// Imports people by the command line.
    pub fn people(&self, rows: &[Row]) {
        let path = self.folder().join("people.csv");
        let mut file = csv::Writer::from_path(&path).expect("a file can be made");
        let columns = [
            "external_id",
            "full_name",
            "title",
            "email",
            "city",
            "state",
            "country",
            "company",
            "company_domain",
            "industry",
            "company_type",
            "headcount",
        ];
        file.write_record(columns).expect("a header");
        for row in rows {
            let headcount = row.headcount.map(|count| count.to_string());
            let fields = [
                &row.external_id,
                &row.full_name,
                &row.title,
                &row.email,
                &row.city,
                &row.state,
                &row.country,
                &row.company,
                &row.company_domain,
                &row.industry,
                &row.company_type,
                &headcount,
            ];
            file.write_record(fields.map(|field| field.as_deref().unwrap_or_default())).expect("a row");
        }
        file.flush().expect("the file is written");
        let path = path.to_string_lossy();
        self.lexi(&["prospects", "import", &path, "--source", "test"]);
    }

    /// Runs a `lexi serve` that can't start, to its end.
    pub fn serve_that_ends(&self) -> Said {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).envs(self.serving.iter().map(|(name, value)| (name, value)));
        said(&mut command)
    }

    /// Starts `lexi serve` with further arguments and waits until it answers.
    pub async fn serve(&self, arguments: &[&str]) -> Process {
        let process = self.begin(arguments, |_| {}).await;
        process.until_ready().await;
        process
    }

    /// Starts `lexi serve` in a changed environment and waits until it has told where it listens.
    pub async fn begin(&self, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Process {
        let mut process = self.spawn(arguments, change);
        process.until_it_listens().await;
        process
    }

    /// Starts `lexi serve` in a changed environment and waits for nothing: it may end before it listens.
    pub fn spawn(&self, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Process {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let log = self.folder().join(format!("serve.{}.log", STARTED.fetch_add(1, Ordering::Relaxed)));
        let file = File::create(&log).expect("a log can be made");
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--log", "info"]).args(arguments);
        command.envs(self.serving.iter().map(|(variable, value)| (variable, value)));
        change(&mut command);
        let child = command.stdout(Stdio::null()).stderr(file).spawn().expect("the program runs");
        Process { child, url: String::new(), log }
    }
}

/// Runs a user's command against a server.
pub fn ask(home: &Installation, server: &Process, key: &str, arguments: &[&str]) -> Said {
    said(home.command().env("LEXI_URL", &server.url).env("LEXI_KEY", key).args(arguments))
}

fn said(command: &mut Command) -> Said {
    let output = command.output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

impl Process {
    async fn until_it_listens(&mut self) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(ended) = self.child.try_wait().expect("the process can be looked at") {
                panic!("lexi serve ended with {ended}: {}", self.log());
            }
            if let Some(url) = self.announced() {
                self.url = url;
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("lexi serve does not listen: {}", self.log());
    }

    /// Waits until it answers.
    pub async fn until_ready(&self) {
        let client = Client::new(&self.url, None);
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let asked = client.try_send(client.request(reqwest::Method::GET, "/readyz")).await;
            if asked.is_some_and(|answer| answer.status == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("lexi serve is not ready: {}", self.log());
    }

    /// The address the log tells.
    fn announced(&self) -> Option<String> {
        let log = self.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        lines.filter_map(|line| line["url"].as_str().map(str::to_owned)).next()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// A caller with `key`.
    pub fn client(&self, key: &str) -> Client {
        Client::new(&self.url, Some(key.to_owned()))
    }

    /// `kill -9`: no handler runs, nothing is flushed.
    pub fn kill9(mut self) {
        self.child.kill().expect("the process is killed");
        self.child.wait().expect("the process has ended");
    }

    /// SIGTERM, and waits for the end; answers the exit code.
    pub fn terminate(self) -> i32 {
        self.ask_to_stop();
        self.ended()
    }

    /// SIGTERM, without waiting.
    pub fn ask_to_stop(&self) {
        self.signal("-TERM");
    }

    /// Sends a signal, as `kill` names it.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for the end; answers the exit code.
    pub fn ended(mut self) -> i32 {
        self.child.wait().expect("the process has ended").code().unwrap_or(-1)
    }

    /// Waits until it has ended by itself; gives what ended it, and what it logged.
    pub async fn until_ended(mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(ended) = self.child.try_wait().expect("the process can be looked at") {
                return (ended, self.log());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("lexi serve did not end: {}", self.log());
    }

    /// Waits until it has logged `text`.
    pub async fn until_logged(&self, text: &str) {
        let begun = Instant::now();
        while !self.log().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "never logged {text}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

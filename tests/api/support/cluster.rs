//! A PostgreSQL of a test's own, for what can't be done to the one that other tests use at the same time: an immediate
//! restart, as after a power cut. It is made from the programs on this machine, listens on a socket in its own folder, and is
//! removed at the end.

use std::fs::File;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::NoTls;

use super::database::setting;

/// How long it may take to be made, to start and to recover.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server. Stopped and removed when it is dropped.
pub struct Cluster {
    programs: PathBuf,
    /// Who owns it when the tests run as root: PostgreSQL refuses to be root's.
    owner: Option<(u32, u32)>,
    server: Option<Child>,
    folder: TempDir,
}

impl Cluster {
    /// A new, empty one.
    pub async fn start() -> Cluster {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let owner = (id(&["-u"]) == Some(0)).then(|| {
            let of = |user: &str| Some((id(&["-u", user])?, id(&["-g", user])?));
            of("postgres").or_else(|| of("nobody")).expect("a user who may own a PostgreSQL")
        });
        if let Some((user, group)) = owner {
            std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("others may enter");
            chown(folder.path(), Some(user), Some(group)).expect("root gives a folder away");
        }
        let mut cluster = Cluster { programs: programs(), owner, server: None, folder };
        let (data, log) = (cluster.data(), cluster.folder.path().join("initdb.log"));
        let mut initdb = cluster.command("initdb", &log);
        initdb.arg("-D").arg(data).args(["-N", "-U", "lexi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        let made = initdb.status().expect("initdb runs");
        assert!(made.success(), "{}", std::fs::read_to_string(log).unwrap_or_default());
        cluster.begin().await;
        cluster
    }

    /// Its address, with the database `postgres`.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://lexi@{}/{database}", self.folder.path().to_string_lossy().replace('/', "%2F"))
    }

    /// Runs SQL as its administrator.
    pub async fn run(&self, sql: &str) {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.expect("it can be reached");
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        drop(client);
        let _ = connection.await;
    }

    /// Stops it without any farewell and starts it again: it recovers from its log, as after a power cut.
    pub async fn restart_at_once(&mut self) {
        self.quit();
        self.begin().await;
    }

    async fn begin(&mut self) {
        let (data, log) = (self.data(), self.folder.path().join("server.log"));
        let mut server = self.command("postgres", &log);
        server.arg("-D").arg(data).args(["-c", "listen_addresses=", "-c", "max_connections=100", "-c"]);
        server.arg(format!("unix_socket_directories={}", self.folder.path().display()));
        let mut server = server.spawn().expect("postgres runs");
        let begun = Instant::now();
        while tokio_postgres::connect(&self.url(), NoTls).await.is_err() {
            let ended = server.try_wait().expect("it can be looked at");
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "PostgreSQL does not start: {}", said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.server = Some(server);
    }

    /// An immediate shutdown, to its end.
    fn quit(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        let _ = Command::new("kill").args(["-QUIT", &server.id().to_string()]).status();
        let _ = server.wait();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str, log: &Path) -> Command {
        let log = File::options().create(true).append(true).open(log).expect("a log can be made");
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stderr(log.try_clone().expect("a second handle"));
        command.stdout(log);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.quit();
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let told = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(told.stdout).ok()?.trim().parse().ok()
}

/// The folder with PostgreSQL's programs: on `PATH`, where `pg_config` says, or the newest of the usual places.
fn programs() -> PathBuf {
    let path = setting("PATH").unwrap_or_default();
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|told| String::from_utf8(told.stdout).ok()).unwrap_or_default();
    let mut debians: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debians.sort();
    let mut folders: Vec<PathBuf> = path.split(':').map(PathBuf::from).collect();
    folders.push(PathBuf::from(told.trim()));
    folders.extend(debians.into_iter().rev());
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    let is_whole = |folder: &PathBuf| ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file());
    folders.into_iter().find(is_whole).expect("initdb and postgres on PATH: install PostgreSQL to run this test")
}

//! An import that is killed at random points and simply run again ends as if it had never been killed: the tables are
//! the same, and so is the rejects file. `LEXI_CRASH_ROUNDS` says how often.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use lexi::db::Db;
use lexi::prospects;
use rand::RngExt as _;

use crate::support::Installation;
use crate::support::database::setting;
use crate::support::table::table;

/// Rounds unless `LEXI_CRASH_ROUNDS` says otherwise.
const ROUNDS: u32 = 2;
/// Kills in each round.
const KILLS: u32 = 3;
const ROWS: u64 = 4_000;
/// How often the database is looked at until it holds as many people as wanted.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// People who stand in the file again and again, with contradictions; companies that grow; rows that are refused.
fn file() -> Vec<u8> {
    let mut text = String::from("id,name,title,seniority,email,city,state,company,domain,employees\n");
    for n in 0..ROWS {
        let (who, firm) = (n * 7 % 3_100, n % 160);
        let title = ["CEO", "", "Managing Partner", "General Counsel"][(n % 4) as usize];
        let level = ["", "vp", "", "", "manager"][(n % 5) as usize];
        let place = ["Boston,MA", "Austin,", ",TX", ","][(n / 3 % 4) as usize];
        let email = if n % 13 == 5 { "nobody at all".to_owned() } else { format!("p{who}@firm{firm}.example") };
        let domain = if n % 3 == 0 { format!("firm{firm}.example") } else { String::new() };
        let size = ["", "120", "51-200", "300"][(n / 160 % 4) as usize];
        let _ = writeln!(text, "{who},Person {who},{title},{level},{email},{place},Firm {firm} LLP,{domain},{size}");
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

const IMPORT: [&str; 7] = ["prospects", "import", "people", "--source", "crm", "--rejects", "rejects.csv"];

fn start(home: &Installation) -> Child {
    home.command().args(IMPORT).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs")
}

fn rejects(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("rejects.csv")).expect("a rejects file")
}

async fn people(db: &Db) -> u64 {
    db.read(prospects::stats).await.unwrap().people
}

/// Kills the import when as many people are stored as `at`, or lets it end before.
async fn kill_at(home: &Installation, db: &Db, at: u64) -> bool {
    let mut import = start(home);
    while people(db).await < at {
        if import.try_wait().unwrap().is_some() {
            return false;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let ran = import.try_wait().unwrap().is_none();
    import.kill().unwrap();
    import.wait().unwrap();
    ran
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_and_run_again_ends_as_one_that_was_not() {
    let rounds =
        setting("LEXI_CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("LEXI_CRASH_ROUNDS is a number"));
    let file = file();
    let never_killed = Installation::new().await;
    std::fs::write(never_killed.folder().join("people"), &file).unwrap();
    never_killed.lexi(&IMPORT);
    let expected = table(&never_killed.db().await).await;
    let mut killed = 0;
    for round in 0..rounds {
        let home = Installation::new().await;
        std::fs::write(home.folder().join("people"), &file).unwrap();
        let db = home.db().await;
        for _ in 0..KILLS {
            // The import of a known person changes no count: only the first kills see it grow.
            let at = rand::rng().random_range(0..ROWS * 3 / 5);
            killed += u32::from(kill_at(&home, &db, at).await);
        }
        home.lexi(&IMPORT);
        let now = table(&db).await;
        let differences: Vec<_> = now.iter().zip(&expected).filter(|(now, then)| now != then).take(3).collect();
        assert!(now == expected, "round {round}: {} and {} lines, {differences:?}", now.len(), expected.len());
        assert_eq!(rejects(home.folder()), rejects(never_killed.folder()), "round {round}");
    }
    eprintln!("{rounds} rounds, {killed} imports killed");
    assert!(killed > 0, "no import was ever under way when it was to be killed");
}

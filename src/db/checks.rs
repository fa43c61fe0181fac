//! What `lexi doctor` finds out about a database. Every question only reads, and each answers by itself: one that fails
//! is a finding and keeps no other from being asked.

use serde::Serialize;

use super::look;
use super::migrate::{self, Standing};
use super::{Dialect, Look, Tx, dialect, postgres, query};
use crate::clock::{DAY_MS, MINUTE_MS, iso};
use crate::error::Result;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works; somebody should look at it.
    Warn,
    /// Something does not work, or data is in danger.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at, in a word or two.
    pub about: &'static str,
    /// What was found.
    pub message: String,
    /// What to do; nothing when all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(about: &'static str, message: impl Into<String>) -> Finding {
        Finding { level: Level::Ok, about, message: message.into(), advice: None }
    }

    /// Somebody should look at it.
    pub fn warn(about: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { level: Level::Warn, about, message: message.into(), advice: Some(advice.into()) }
    }

    /// Something does not work.
    pub fn fail(about: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { level: Level::Fail, about, message: message.into(), advice: Some(advice.into()) }
    }
}

/// What to ask, and by which clock.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Read every page and every index instead of the quick look.
    pub deep: bool,
    /// The time by this machine's clock.
    pub now_ms: i64,
    /// A clock further from the database's than this is off.
    pub clock_off_max_ms: i64,
}

/// Work that has been due for longer than this is not being done.
const OVERDUE_MS: i64 = 10 * MINUTE_MS;
/// Failures older than this are history.
const RECENT_MS: i64 = 7 * DAY_MS;
/// Faults of a file that are told; the first says enough.
const FAULTS: i64 = 3;

type Question = fn(&mut Tx, Asked) -> Result<Finding>;

/// Asks everything there is to ask of this database.
pub async fn findings(look: &Look, asked: Asked) -> Vec<Finding> {
    let both: [(&'static str, Question); 5] = [
        ("database", version),
        ("schema", schema),
        ("integrity", integrity),
        ("foreign keys", foreign_keys),
        ("durability", durability),
    ];
    let known: [(&'static str, Question); 2] = [("clock", clock), ("jobs", jobs)];
    let server: [(&'static str, Question); 1] = [("connections", connections)];
    let mut found = ask(look, asked, &both).await;
    let is_known = found.iter().all(|finding| finding.about != "schema" || finding.level != Level::Fail);
    if is_known {
        found.extend(ask(look, asked, &known).await);
    }
    if look.dialect() == Dialect::Postgres {
        found.extend(ask(look, asked, &server).await);
    }
    found
}

async fn ask(look: &Look, asked: Asked, questions: &[(&'static str, Question)]) -> Vec<Finding> {
    let mut found = Vec::with_capacity(questions.len());
    for (about, question) in questions.iter().copied() {
        let answer = look.read(move |tx| question(tx, asked)).await;
        found.push(answer.unwrap_or_else(|error| {
            Finding::fail(about, error.to_string(), "The database can't answer this; look at its log, and at its disk.")
        }));
    }
    found
}

fn version(tx: &mut Tx, _: Asked) -> Result<Finding> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "select sqlite_version()",
        Dialect::Postgres => "select current_setting('server_version')",
    };
    let version: String = query(sql).one(tx, |row| row.get(0))?;
    let size = match tx.dialect() {
        Dialect::Sqlite => "select page_count * page_size from pragma_page_count, pragma_page_size",
        Dialect::Postgres => "select pg_database_size(current_database())",
    };
    let size: i64 = query(size).one(tx, |row| row.get(0))?;
    Ok(Finding::ok("database", format!("{} {version}, {} MiB", tx.dialect().name(), size >> 20)))
}

fn schema(tx: &mut Tx, _: Asked) -> Result<Finding> {
    let done = look::schema(tx)?;
    let newest = done.last().map_or("none", |newest| &newest.name);
    Ok(match migrate::check(&done, "The database") {
        Ok(Standing::Equal) => Finding::ok("schema", format!("{newest}, as this program has it")),
        Ok(Standing::Older(_)) if done.is_empty() => Finding::fail(
            "schema",
            "the database is empty: Lexi never worked with it",
            "Look at --data and --database-url; a new installation gets its schema at the first `lexi serve`.",
        ),
        Ok(Standing::Older(behind)) => Finding::warn(
            "schema",
            format!("{newest}, {behind} older than this program's"),
            "The next start brings it up to date. Back up before: lexi backup.",
        ),
        Err(error) => Finding::fail("schema", error.to_string(), "No other version of Lexi can use this database."),
    })
}

/// On SQLite the pages of the file (and with `deep` every index against its table); on PostgreSQL its page checksums.
fn integrity(tx: &mut Tx, asked: Asked) -> Result<Finding> {
    let broken = "Stop the server, keep the data as it is, and restore the last backup: lexi restore.";
    match tx.dialect() {
        Dialect::Sqlite => {
            let check = if asked.deep { "integrity_check" } else { "quick_check" };
            let found = query(format!("pragma {check}({FAULTS})")).all(tx, |row| row.get::<String>(0))?;
            if found == ["ok"] {
                return Ok(Finding::ok("integrity", format!("the file passes {check}")));
            }
            Ok(Finding::fail("integrity", format!("the file is damaged: {}", found.join("; ")), broken))
        }
        Dialect::Postgres => {
            let (enabled, failures) = query(
                "select current_setting('data_checksums'), coalesce(checksum_failures, 0) from pg_stat_database
                 where datname = current_database()",
            )
            .one(tx, |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?;
            if failures > 0 {
                let found = format!("PostgreSQL found {failures} pages with a wrong checksum");
                return Ok(Finding::fail("integrity", found, broken));
            }
            if enabled != "on" {
                return Ok(Finding::warn(
                    "integrity",
                    "PostgreSQL keeps no checksums of its pages, so damage of a disk can go unnoticed",
                    "Stop PostgreSQL and run pg_checksums --enable.",
                ));
            }
            Ok(Finding::ok("integrity", "PostgreSQL keeps checksums of its pages, and none was wrong"))
        }
    }
}

fn foreign_keys(tx: &mut Tx, _: Asked) -> Result<Finding> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "select \"table\" from pragma_foreign_key_check limit 1",
        Dialect::Postgres => {
            "select cast(t.relname as text) from pg_constraint as k join pg_class as t on t.oid = k.conrelid
             where k.contype = 'f' and not k.convalidated limit 1"
        }
    };
    Ok(match query(sql).first(tx, |row| row.get::<String>(0))? {
        None => Finding::ok("foreign keys", "every row has what it refers to"),
        Some(table) => Finding::fail(
            "foreign keys",
            format!("rows of the table {table} refer to rows that are not there"),
            "Something else than Lexi changed this database. Restore the last backup: lexi restore.",
        ),
    })
}

/// What "acknowledged is durable" rests on. A PostgreSQL that would lose commits is refused before it comes here.
fn durability(tx: &mut Tx, _: Asked) -> Result<Finding> {
    match tx.dialect() {
        Dialect::Sqlite => {
            let mode: String = query("select journal_mode from pragma_journal_mode").one(tx, |row| row.get(0))?;
            if mode == "wal" {
                return Ok(Finding::ok("durability", "journal_mode = wal; Lexi writes with synchronous = full"));
            }
            Ok(Finding::warn(
                "durability",
                format!("journal_mode = {mode}: another program changed it"),
                "The next start of Lexi sets it to wal again. Let no other program write to this file.",
            ))
        }
        Dialect::Postgres => {
            let sql = "select current_setting('synchronous_standby_names')";
            let standbys: String = query(sql).one(tx, |row| row.get(0))?;
            let waits =
                if standbys.is_empty() { "no synchronous standby".into() } else { format!("waits for {standbys}") };
            Ok(Finding::ok("durability", format!("fsync, full_page_writes and synchronous_commit are on; {waits}")))
        }
    }
}

/// This machine's clock against the database's, and against the last event: time never runs backwards in the log.
fn clock(tx: &mut Tx, asked: Asked) -> Result<Finding> {
    let advice = "Set the clock and keep it by NTP (timedatectl set-ntp true). Leases, expiry and limits rest on it.";
    let off_ms = (dialect::lease_now_ms(tx, asked.now_ms)? - asked.now_ms).abs();
    if off_ms > asked.clock_off_max_ms {
        let found = format!("this machine's clock and the database's are {off_ms} ms apart");
        return Ok(Finding::fail("clock", found, advice));
    }
    let last = query("select at_ms from events order by id desc limit 1").first(tx, |row| row.get::<i64>(0))?;
    if let Some(last_ms) = last.filter(|last_ms| *last_ms > asked.now_ms + asked.clock_off_max_ms) {
        let found = format!("it is {} here, before the last event ({})", iso(asked.now_ms), iso(last_ms));
        return Ok(Finding::fail("clock", found, advice));
    }
    Ok(Finding::ok("clock", iso(asked.now_ms)))
}

fn jobs(tx: &mut Tx, asked: Asked) -> Result<Finding> {
    let mut count = |sql: &'static str, ms: i64| query(sql).bind(ms).one(tx, |row| row.get::<i64>(0));
    let open =
        count("select count(*) from jobs where state in ('waiting', 'leased') and created_at_ms < $1", i64::MAX)?;
    let overdue = count(
        "select count(*) from jobs where (state = 'waiting' and run_at_ms < $1 and created_at_ms < $1)
             or (state = 'leased' and lease_until_ms < $1)",
        asked.now_ms - OVERDUE_MS,
    )?;
    let failed =
        count("select count(*) from jobs where state = 'failed' and finished_at_ms > $1", asked.now_ms - RECENT_MS)?;
    let unnumbered =
        count("select count(*) from events where number is null and at_ms < $1", asked.now_ms - OVERDUE_MS)?;
    if overdue > 0 || unnumbered > 0 {
        let found =
            format!("{overdue} jobs have been due for more than ten minutes, {unnumbered} events have no number");
        return Ok(Finding::warn(
            "jobs",
            found,
            "Is a server running? If it is, its log says why it takes no jobs (a clock that is off, a job that fails).",
        ));
    }
    if failed > 0 {
        return Ok(Finding::warn(
            "jobs",
            format!("{failed} jobs failed for good within the last seven days"),
            "Their tasks say why: lexi tasks list --status failed.",
        ));
    }
    Ok(Finding::ok("jobs", format!("{open} open, none overdue")))
}

/// Whether one more server gets its connections.
fn connections(tx: &mut Tx, _: Asked) -> Result<Finding> {
    let (most, used) = query(
        "select cast(current_setting('max_connections') as bigint)
             - cast(current_setting('superuser_reserved_connections') as bigint),
             (select count(*) from pg_stat_activity where backend_type = 'client backend')",
    )
    .one(tx, |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    let wanted = postgres::CONNECTIONS_MAX;
    let found = format!("{used} of {most} connections are in use; a server takes up to {wanted}");
    let need = i64::try_from(wanted).unwrap_or(i64::MAX);
    Ok(match most - used {
        free if most < need || free <= 0 => Finding::fail("connections", found, RAISE),
        free if free < need => Finding::warn("connections", found, RAISE),
        _ => Finding::ok("connections", found),
    })
}

const RAISE: &str = "Raise max_connections of PostgreSQL, or run fewer servers on it.";

//! What "acknowledged is durable" rests on: settings that can't be turned off, several handles on one database, a disk
//! that is full, and readers that never make a writer wait.

use std::time::Duration;

use lexi::db::{Db, Dialect, Tx, query};
use lexi::error::{Code, Result};

use crate::support::database::{TestDatabase, dialect, fresh};
use crate::support::gate::Gate;

async fn rows() -> (TestDatabase, Db) {
    let (database, db) = fresh().await;
    db.write(|tx| query("create table rows_kept (n bigint primary key, text text)").execute(tx)).await.unwrap();
    (database, db)
}

fn add(tx: &mut Tx, n: i64) -> Result<()> {
    query("insert into rows_kept (n) values ($1)").bind(n).execute(tx).map(|_| ())
}

async fn kept(db: &Db) -> Vec<i64> {
    db.read(|tx| query("select n from rows_kept order by n").all(tx, |row| row.get(0))).await.unwrap()
}

/// A setting as a transaction sees it.
async fn setting(db: &Db, sql: &'static str) -> String {
    db.write(move |tx| query(sql).one(tx, |row| row.get::<String>(0))).await.unwrap()
}

#[tokio::test]
async fn every_commit_is_forced_to_disk_whatever_the_database_was_told_before() {
    let database = TestDatabase::migrated().await;
    let db = database.open().await;
    match db.dialect() {
        Dialect::Sqlite => {
            let synchronous: i64 = db
                .write(|tx| query("select synchronous from pragma_synchronous").one(tx, |row| row.get(0)))
                .await
                .unwrap();
            assert_eq!(synchronous, 2, "2 is full");
            assert_eq!(setting(&db, "select journal_mode from pragma_journal_mode").await, "wal");
        }
        Dialect::Postgres => {
            let off = format!("alter database {} set synchronous_commit = off", database.name());
            db.write(move |tx| query(off.clone()).execute(tx)).await.unwrap();
            let again = database.open().await;
            assert_eq!(setting(&again, "select current_setting('synchronous_commit')").await, "on");
            assert_eq!(setting(&again, "select current_setting('fsync')").await, "on");
        }
    }
}

#[tokio::test]
async fn two_handles_on_one_database_write_in_turn_and_see_each_other() {
    let (database, one) = rows().await;
    let two = database.open().await;
    let mut writing = Vec::new();
    for (db, from) in [(&one, 0), (&two, 100)] {
        for n in from..from + 25 {
            let db = db.clone();
            writing.push(tokio::spawn(async move { db.write(move |tx| add(tx, n)).await }));
        }
    }
    for written in writing {
        written.await.unwrap().unwrap();
    }
    let expected: Vec<i64> = (0..25).chain(100..125).collect();
    assert_eq!(kept(&one).await, expected);
    assert_eq!(kept(&two).await, expected);
}

#[tokio::test]
async fn a_write_waits_while_another_process_holds_the_database() {
    let (database, one) = rows().await;
    let two = database.open().await;
    let gate = Gate::shut();
    let held = gate.clone();
    let holder = one.clone();
    let holding = tokio::spawn(async move {
        holder
            .write(move |tx| {
                add(tx, 1)?;
                held.pass();
                Ok(())
            })
            .await
    });
    gate.reached_by(1).await;
    let waiting = tokio::spawn(async move { two.write(|tx| add(tx, 2)).await });
    tokio::task::yield_now().await;
    gate.open();
    holding.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(kept(&one).await, [1, 2]);
}

#[tokio::test]
async fn a_long_read_does_not_make_a_writer_wait() {
    let (_database, db) = rows().await;
    db.write(|tx| add(tx, 1)).await.unwrap();
    let gate = Gate::shut();
    let (held, reader) = (gate.clone(), db.clone());
    let reading = tokio::spawn(async move {
        reader
            .read(move |tx| {
                let count = query("select count(*) from rows_kept").one(tx, |row| row.get::<i64>(0))?;
                held.pass();
                Ok(count)
            })
            .await
    });
    gate.reached_by(1).await;
    for n in 2..5 {
        // The writer empties its log when it has been idle for half a second; the reader stands in its way.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let written = tokio::time::timeout(Duration::from_secs(3), db.write(move |tx| add(tx, n))).await;
        written.expect("the writer does not wait for the reader").unwrap();
    }
    gate.open();
    assert_eq!(reading.await.unwrap().unwrap(), 1);
}

/// The queue of the one writer, which only SQLite has.
#[tokio::test]
async fn writes_that_wait_are_bounded_and_one_too_many_is_refused_at_once() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    db.write(|tx| query("create table rows_kept (n bigint primary key, text text)").execute(tx)).await.unwrap();
    let gate = Gate::shut();
    let (held, holder) = (gate.clone(), db.clone());
    let holding = tokio::spawn(async move {
        let hold = move |_: &mut Tx| {
            held.pass();
            Ok(())
        };
        holder.write(hold).await
    });
    gate.reached_by(1).await;
    let writing: Vec<_> = (0..2_100_i64)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move { (n, db.write(move |tx| add(tx, n)).await) })
        })
        .collect();
    while !writing.iter().any(tokio::task::JoinHandle::is_finished) {
        tokio::task::yield_now().await;
    }
    gate.open();
    holding.await.unwrap().unwrap();
    let (mut answered, mut refused) = (Vec::new(), 0);
    for written in writing {
        match written.await.unwrap() {
            (n, Ok(())) => answered.push(n),
            (_, Err(error)) => {
                assert_eq!(error.to_string(), "Too many writes are waiting; try again in a moment.");
                refused += 1;
            }
        }
    }
    assert!(refused > 0 && answered.len() >= 2_048, "{refused} refused, {} answered", answered.len());
    assert_eq!(kept(&db).await, answered);
}

/// A full disk is played by a limit on the file's size, which only SQLite has.
#[tokio::test]
async fn when_the_disk_is_full_what_was_answered_is_kept_and_nothing_else() {
    if dialect() == Dialect::Postgres {
        return;
    }
    let (_database, db) = rows().await;
    db.write(|tx| {
        query("pragma max_page_count").all(tx, |_| Ok(()))?;
        query("pragma max_page_count = 140").all(tx, |_| Ok(())).map(|_| ())
    })
    .await
    .unwrap();
    let mut answered = Vec::new();
    let mut refused = 0;
    let writing: Vec<_> = (0..40_i64)
        .map(|n| {
            let db = db.clone();
            let text = "x".repeat(if n % 4 == 3 { 200_000 } else { 10 });
            tokio::spawn(async move {
                let insert = move |tx: &mut Tx| {
                    query("insert into rows_kept (n, text) values ($1, $2)").bind(n).bind(&text).execute(tx)
                };
                (n, db.write(insert).await)
            })
        })
        .collect();
    for written in writing {
        match written.await.unwrap() {
            (n, Ok(_)) => answered.push(n),
            (_, Err(error)) => {
                assert_eq!(error.code(), Code::Unavailable, "{error}");
                refused += 1;
            }
        }
    }
    answered.sort_unstable();
    assert!(refused > 0, "the disk was meant to be full");
    assert_eq!(kept(&db).await, answered);
}

#[tokio::test]
async fn the_log_is_folded_into_the_file_when_nobody_writes_and_when_it_closes() {
    if dialect() == Dialect::Postgres {
        return;
    }
    let (database, db) = rows().await;
    let log = database.folder.path().join("lexi.db-wal");
    let size = || std::fs::metadata(&log).map_or(0, |file| file.len());
    db.write(|tx| add(tx, 1)).await.unwrap();
    assert!(size() > 0);
    for _ in 0..100 {
        if size() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(size(), 0);
    db.write(|tx| add(tx, 2)).await.unwrap();
    db.close().await;
    assert_eq!(size(), 0);
}

//! The rules of `src/db`: what is acknowledged is committed, a failure takes back its own writes and no others, and
//! concurrent writers end as if they had come one after the other.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lexi::db::{Db, Dialect, Isolation, Signal, Tx, Value, insert_rows, query};
use lexi::error::{Code, Error, Result};
use lexi::ids;
use tokio::task::JoinHandle;

use crate::support::database::{TestDatabase, fresh};
use crate::support::gate::Gate;

/// A fresh database with a table `things (name, n)`.
async fn things() -> (TestDatabase, Db) {
    let (database, db) = fresh().await;
    db.write(|tx| query("create table things (name text primary key, n bigint not null)").execute(tx)).await.unwrap();
    (database, db)
}

fn add(tx: &mut Tx, name: &str) -> Result<()> {
    query("insert into things (name, n) values ($1, 0)").bind(name).execute(tx).map(|_| ())
}

fn set(tx: &mut Tx, name: &str, n: i64) -> Result<()> {
    query("update things set n = $2 where name = $1").bind(name).bind(n).execute(tx).map(|_| ())
}

fn n_of(tx: &mut Tx, name: &str) -> Result<i64> {
    query("select n from things where name = $1").bind(name).one(tx, |row| row.get(0))
}

/// The names that are committed, in order.
async fn names(db: &Db) -> Vec<String> {
    db.read(|tx| query("select name from things order by name").all(tx, |row| row.get(0))).await.unwrap()
}

/// A write on its way, begun before this returns.
async fn begin<T: Send + 'static>(
    db: &Db,
    f: impl Fn(&mut Tx) -> Result<T> + Send + Sync + 'static,
) -> JoinHandle<Result<T>> {
    let db = db.clone();
    let begun = tokio::spawn(async move { db.write(f).await });
    tokio::task::yield_now().await;
    begun
}

/// Keeps the writer busy until the gate opens, so that what is begun meanwhile waits together.
async fn keep_busy(db: &Db) -> (Gate, JoinHandle<Result<()>>) {
    let gate = Gate::shut();
    let held = gate.clone();
    let busy = begin(db, move |_| {
        held.pass();
        Ok(())
    })
    .await;
    gate.reached_by(1).await;
    (gate, busy)
}

fn refusal() -> Error {
    Error::validation("name", "Not this one.")
}

#[tokio::test]
async fn what_was_answered_is_seen_by_every_other_handle() {
    let (database, db) = things().await;
    let other = database.open().await;
    for n in 0..20 {
        let name = format!("thing {n:02}");
        db.write(move |tx| add(tx, &name)).await.unwrap();
        assert_eq!(names(&other).await.len(), n + 1);
    }
}

#[tokio::test]
async fn an_answer_and_its_signals_leave_only_after_the_commit() {
    let (_database, db) = things().await;
    let sent = signals_of(&db);
    let mut shared_a_commit = false;
    for attempt in 1..=20 {
        let (gate, busy) = keep_busy(&db).await;
        let first = begin(&db, move |tx| {
            tx.after_commit(Signal::JobEnqueued);
            add(tx, &format!("first {attempt}"))
        })
        .await;
        let last_gate = Gate::shut();
        let held = last_gate.clone();
        let last = begin(&db, move |_| {
            held.pass();
            Ok(())
        })
        .await;
        gate.open();
        last_gate.reached_by(1).await;
        if db.dialect() == Dialect::Sqlite && names(&db).await.len() < attempt {
            // The first one has run, for the writer has come to the last one; they wait for one commit.
            assert!(!first.is_finished());
            assert_eq!(sent.lock().unwrap().len(), attempt - 1);
            shared_a_commit = true;
        }
        last_gate.open();
        for begun in [busy, first, last] {
            begun.await.unwrap().unwrap();
        }
        assert_eq!(sent.lock().unwrap().len(), attempt);
        assert_eq!(names(&db).await.len(), attempt);
        if shared_a_commit || db.dialect() == Dialect::Postgres {
            return;
        }
    }
    panic!("the writer never took two closures into one commit");
}

fn signals_of(db: &Db) -> Arc<Mutex<Vec<Signal>>> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&sent);
    db.on_commit(move |signal| kept.lock().unwrap().push(signal.clone()));
    sent
}

#[tokio::test]
async fn a_closure_that_fails_or_panics_after_it_wrote_takes_back_its_own_writes_only() {
    let (_database, db) = things().await;
    let (gate, busy) = keep_busy(&db).await;
    let before = begin(&db, |tx| add(tx, "before")).await;
    let failed = begin(&db, |tx| {
        add(tx, "failed")?;
        Err::<(), _>(refusal())
    })
    .await;
    let between = begin(&db, |tx| add(tx, "between")).await;
    let panicked = begin(&db, |tx| -> Result<()> {
        add(tx, "panicked")?;
        panic!("a panic on purpose");
    })
    .await;
    let broken = begin(&db, |tx| {
        add(tx, "broken")?;
        add(tx, "broken")
    })
    .await;
    let after = begin(&db, |tx| add(tx, "after")).await;
    gate.open();
    for fine in [busy, before, between, after] {
        fine.await.unwrap().unwrap();
    }
    assert_eq!(failed.await.unwrap().unwrap_err().code(), Code::ValidationError);
    assert_eq!(panicked.await.unwrap().unwrap_err().code(), Code::InternalError);
    assert_eq!(broken.await.unwrap().unwrap_err().code(), Code::InternalError);
    assert_eq!(names(&db).await, ["after", "before", "between"]);
    db.write(|tx| add(tx, "later")).await.unwrap();
}

#[tokio::test]
async fn a_change_of_the_schema_that_fails_half_way_leaves_no_trace() {
    let (_database, db) = things().await;
    let failed = db
        .write(|tx| {
            query("create table half (id text primary key)").execute(tx)?;
            query("create table half (id text primary key)").execute(tx)
        })
        .await;
    assert_eq!(failed.unwrap_err().code(), Code::InternalError);
    let there = db.read(|tx| query("select count(*) from half").one(tx, |row| row.get::<i64>(0))).await;
    assert_eq!(there.unwrap_err().code(), Code::InternalError);
}

#[tokio::test]
async fn a_refusal_that_changed_nothing_is_answered_and_its_neighbours_run_once() {
    let (_database, db) = things().await;
    let runs = Arc::new(AtomicU32::new(0));
    let (gate, busy) = keep_busy(&db).await;
    let mut fine = Vec::new();
    let mut refused = Vec::new();
    for n in 0..5 {
        let counted = Arc::clone(&runs);
        fine.push(
            begin(&db, move |tx| {
                counted.fetch_add(1, Ordering::SeqCst);
                add(tx, &format!("thing {n}"))
            })
            .await,
        );
        refused.push(begin(&db, |_| Err::<(), _>(refusal())).await);
    }
    gate.open();
    busy.await.unwrap().unwrap();
    for refused in refused {
        assert_eq!(refused.await.unwrap().unwrap_err().code(), Code::ValidationError);
    }
    for fine in fine {
        fine.await.unwrap().unwrap();
    }
    assert_eq!(names(&db).await.len(), 5);
    if db.dialect() == Dialect::Sqlite {
        assert_eq!(runs.load(Ordering::SeqCst), 5);
    }
}

#[tokio::test]
async fn signals_follow_a_commit_once_each_and_never_a_failure() {
    let (_database, db) = things().await;
    let sent = signals_of(&db);
    let task = ids::new(1);
    db.write(move |tx| {
        tx.after_commit(Signal::TaskChanged(task));
        tx.after_commit(Signal::KeysChanged(7));
        tx.after_commit(Signal::TaskChanged(task));
        add(tx, "a")
    })
    .await
    .unwrap();
    assert_eq!(*sent.lock().unwrap(), [Signal::TaskChanged(task), Signal::KeysChanged(7)]);
    let failed = db
        .write(|tx| {
            tx.after_commit(Signal::ProspectsChanged);
            add(tx, "b")?;
            add(tx, "a")
        })
        .await;
    assert!(failed.is_err());
    let refused = db
        .write(|tx| {
            tx.after_commit(Signal::ProspectsChanged);
            Err::<(), _>(refusal())
        })
        .await;
    assert!(refused.is_err());
    assert_eq!(sent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_waits_for_the_end_is_written_together_inside_the_transaction() {
    fn flush(tx: &mut Tx, names: Vec<String>) -> Result<()> {
        set(tx, "flushes", names.len().try_into().unwrap())?;
        let values = names.into_iter().flat_map(|name| [Value::from(name), Value::from(1_i64)]).collect();
        insert_rows(tx, "insert into things (name, n) values {rows}", 2, values, |_| Ok(())).map(|_| ())
    }
    let (_database, db) = things().await;
    db.write(|tx| add(tx, "flushes")).await.unwrap();
    db.write(|tx| {
        tx.at_end("x".to_owned(), flush);
        tx.at_end("y".to_owned(), flush);
        add(tx, "now")
    })
    .await
    .unwrap();
    assert_eq!(names(&db).await, ["flushes", "now", "x", "y"]);
    assert_eq!(db.read(|tx| n_of(tx, "flushes")).await.unwrap(), 2);

    // A failure of the closure writes nothing of it; a failure at the end takes back the closure's own writes.
    let refused = db
        .write(|tx| {
            tx.at_end("z".to_owned(), flush);
            Err::<(), _>(refusal())
        })
        .await;
    assert!(refused.is_err());
    let failed = db
        .write(|tx| {
            tx.at_end("x".to_owned(), flush);
            add(tx, "never")
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(names(&db).await, ["flushes", "now", "x", "y"]);
}

/// So many callers change one record at once.
async fn increments(db: &Db, callers: usize) {
    let writers: Vec<_> = (0..callers)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(
                async move { db.write(|tx| n_of(tx, "counter").and_then(|n| set(tx, "counter", n + 1))).await },
            )
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn concurrent_increments_are_all_counted_and_nobody_is_sent_away() {
    let (_database, db) = things().await;
    db.write(|tx| add(tx, "counter")).await.unwrap();
    increments(&db, 16).await;
    assert_eq!(db.read(|tx| n_of(tx, "counter")).await.unwrap(), 16);
    increments(&db, 100).await;
    assert_eq!(db.read(|tx| n_of(tx, "counter")).await.unwrap(), 116);
}

#[tokio::test]
async fn counters_by_their_own_condition_need_no_second_try() {
    let (_database, db) = things().await;
    db.write(|tx| add(tx, "counter")).await.unwrap();
    let writers: Vec<_> = (0..16)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write_with(Isolation::ReadCommitted, |tx| {
                    query("update things set n = n + 1 where name = 'counter' returning n").one(tx, |row| row.get(0))
                })
                .await
            })
        })
        .collect();
    let mut counted: Vec<i64> = Vec::new();
    for writer in writers {
        counted.push(writer.await.unwrap().unwrap());
    }
    counted.sort_unstable();
    assert_eq!(counted, (1..=16).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_closure_that_read_what_another_changed_meanwhile_is_run_again() {
    let (_database, db) = things().await;
    db.write(|tx| add(tx, "counter")).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let gate = Gate::shut();
    let held = gate.clone();
    let concurrent = db.dialect() == Dialect::Postgres;
    let slow = begin(&db, move |tx| {
        counted.fetch_add(1, Ordering::SeqCst);
        let n = n_of(tx, "counter")?;
        if concurrent {
            held.pass();
        }
        set(tx, "counter", n + 1)
    })
    .await;
    if concurrent {
        gate.reached_by(1).await;
    }
    db.write(|tx| n_of(tx, "counter").and_then(|n| set(tx, "counter", n + 10))).await.unwrap();
    gate.open();
    slow.await.unwrap().unwrap();
    assert_eq!(db.read(|tx| n_of(tx, "counter")).await.unwrap(), 11);
    assert_eq!(runs.load(Ordering::SeqCst), if concurrent { 2 } else { 1 });
}

#[tokio::test]
async fn two_writers_that_rest_on_what_the_other_changes_do_not_both_succeed() {
    let (_database, db) = things().await;
    db.write(|tx| add(tx, "ann").and_then(|()| add(tx, "bob"))).await.unwrap();
    let gate = Gate::shut();
    let concurrent = db.dialect() == Dialect::Postgres;
    let mut leaving = Vec::new();
    for name in ["ann", "bob"] {
        let held = gate.clone();
        leaving.push(
            begin(&db, move |tx| {
                let away: i64 = query("select cast(sum(n) as bigint) from things").one(tx, |row| row.get(0))?;
                if concurrent {
                    held.pass();
                }
                if away > 0 { Err(refusal()) } else { set(tx, name, 1) }
            })
            .await,
        );
    }
    if concurrent {
        gate.reached_by(2).await;
    }
    gate.open();
    let mut left = 0;
    for leaves in leaving {
        left += u32::from(leaves.await.unwrap().is_ok());
    }
    assert_eq!(left, 1);
}

#[tokio::test]
async fn a_read_sees_one_moment() {
    let (_database, db) = things().await;
    db.write(|tx| add(tx, "counter")).await.unwrap();
    let gate = Gate::shut();
    let held = gate.clone();
    let reader = db.clone();
    let reading = tokio::spawn(async move {
        reader
            .read(move |tx| {
                let before = n_of(tx, "counter")?;
                held.pass();
                Ok((before, n_of(tx, "counter")?))
            })
            .await
    });
    gate.reached_by(1).await;
    db.write(|tx| set(tx, "counter", 5)).await.unwrap();
    gate.open();
    assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
    assert_eq!(db.read(|tx| n_of(tx, "counter")).await.unwrap(), 5);
}

#[tokio::test]
async fn a_read_can_not_write() {
    let (_database, db) = things().await;
    assert!(db.read(|tx| add(tx, "sneaked in")).await.is_err());
    assert!(names(&db).await.is_empty());
}

#[tokio::test]
async fn readers_whose_callers_went_away_come_back() {
    let (_database, db) = things().await;
    let gate = Gate::shut();
    let mut gone = Vec::new();
    for _ in 0..24 {
        let (held, reader) = (gate.clone(), db.clone());
        gone.push(tokio::spawn(async move {
            reader
                .read(move |_| {
                    held.pass();
                    Ok(())
                })
                .await
        }));
    }
    gate.reached_by(4).await;
    for reading in &gone {
        reading.abort();
    }
    for reading in gone {
        assert!(reading.await.is_err());
    }
    let reader = db.clone();
    let next = tokio::spawn(async move { reader.read(add_up).await });
    tokio::task::yield_now().await;
    gate.open();
    assert_eq!(next.await.unwrap().unwrap(), None);
}

fn add_up(tx: &mut Tx) -> Result<Option<i64>> {
    query("select cast(sum(n) as bigint) from things").one(tx, |row| row.get(0))
}

#[tokio::test]
async fn a_write_whose_caller_went_away_is_still_whole() {
    let (_database, db) = things().await;
    let gate = Gate::shut();
    let held = gate.clone();
    let gone = begin(&db, move |tx| {
        add(tx, "one")?;
        held.pass();
        add(tx, "two")
    })
    .await;
    gate.reached_by(1).await;
    gone.abort();
    assert!(gone.await.is_err());
    gate.open();
    db.write(|tx| add(tx, "zzz")).await.unwrap();
    let found = patiently(&db, 3).await;
    assert_eq!(found, ["one", "two", "zzz"]);
}

/// Looks until `count` names are there; on PostgreSQL nobody can wait for a transaction whose caller went away.
async fn patiently(db: &Db, count: usize) -> Vec<String> {
    for _ in 0..500 {
        if names(db).await.len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    names(db).await
}

#[tokio::test]
async fn when_too_many_wait_the_next_one_is_told_to_come_back() {
    let (_database, db) = things().await;
    // SQLite: one closure runs and 2,048 wait. PostgreSQL: 24 run, the next one waits five seconds for a connection.
    let (running, waiting) = if db.dialect() == Dialect::Sqlite { (1, 2_048) } else { (24, 0) };
    let gate = Gate::shut();
    let mut begun = Vec::new();
    for _ in 0..running {
        let held = gate.clone();
        begun.push(
            begin(&db, move |_| {
                held.pass();
                Ok(())
            })
            .await,
        );
    }
    gate.reached_by(running).await;
    for _ in 0..waiting {
        begun.push(begin(&db, |_| Ok(())).await);
    }
    let refused = db.write(|tx| add(tx, "too late")).await;
    assert!(matches!(refused, Err(Error::Unavailable { retry_after_s: 1, .. })), "{refused:?}");
    gate.open();
    for begun in begun {
        begun.await.unwrap().unwrap();
    }
    db.write(|tx| add(tx, "in time")).await.unwrap();
    assert_eq!(names(&db).await, ["in time"]);
}

#[tokio::test]
async fn what_is_queued_when_the_database_closes_is_done_and_nothing_after() {
    let (database, db) = things().await;
    let (gate, busy) = keep_busy(&db).await;
    let queued = begin(&db, |tx| add(tx, "queued")).await;
    let closing = db.clone();
    let closed = tokio::spawn(async move { closing.close().await });
    tokio::task::yield_now().await;
    gate.open();
    busy.await.unwrap().unwrap();
    queued.await.unwrap().unwrap();
    closed.await.unwrap();
    assert_eq!(db.write(|tx| add(tx, "late")).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(db.read(|tx| n_of(tx, "queued")).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(names(&database.open().await).await, ["queued"]);
}

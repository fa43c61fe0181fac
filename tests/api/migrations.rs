//! The schema of a database: made once, however many begin at the same time, and refused when it is not the one this
//! program knows.

use lexi::db::{Db, query};
use lexi::error::Result;

use crate::support::database::{TestDatabase, fresh};

/// The migrations a database remembers.
async fn done(db: &Db) -> Vec<(i64, String)> {
    db.read(|tx| {
        query("select number, name from schema_migrations order by number")
            .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
    })
    .await
    .unwrap()
}

/// Changes a migrated database as another version of the program would have, and opens it again.
async fn reopened_after(change: &'static str) -> Result<Db> {
    let (database, db) = fresh().await;
    db.write(move |tx| query(change).execute(tx)).await.unwrap();
    db.close().await;
    Db::open(&database.address()).await
}

/// What the operator is told.
fn told(refused: Result<Db>) -> String {
    refused.err().expect("it is refused").to_string()
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let (database, db) = fresh().await;
    let before = done(&db).await;
    assert!(!before.is_empty());
    db.close().await;
    assert_eq!(done(&database.open().await).await, before);
}

#[tokio::test]
async fn many_that_open_an_empty_database_at_once_make_its_schema_once() {
    let database = TestDatabase::empty().await;
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let address = database.address();
            tokio::spawn(async move { Db::open(&address).await })
        })
        .collect();
    let mut opened = Vec::new();
    for opening in opening {
        opened.push(opening.await.unwrap().unwrap());
    }
    let first = done(&opened[0]).await;
    for db in &opened {
        assert_eq!(done(db).await, first);
    }
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused() {
    let told = told(
        reopened_after("insert into schema_migrations (number, name, checksum) values (9000, '9000_later', '')").await,
    );
    assert!(told.contains("newer") && told.contains("9000_later"), "{told}");
}

#[tokio::test]
async fn a_migration_with_another_text_than_ours_is_refused() {
    let told = told(reopened_after("update schema_migrations set checksum = 'another' where number = 1").await);
    assert!(told.contains("another version"), "{told}");
}

#[tokio::test]
async fn a_refused_database_is_left_as_it_was() {
    let (database, db) = fresh().await;
    db.write(|tx| query("update schema_migrations set name = 'other' where number = 1").execute(tx)).await.unwrap();
    let before = done(&db).await;
    assert!(Db::open(&database.address()).await.is_err());
    assert_eq!(done(&db).await, before);
}

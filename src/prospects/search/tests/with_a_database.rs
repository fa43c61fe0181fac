//! The index beside a real SQLite database: following, lagging, selecting, another database.

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::db::{DatabaseUrl, Db};
use crate::error::{Code, Result};
use crate::prospects::filter::{Filter, Slots};
use crate::prospects::search::{self, Index, Step};
use crate::prospects::{self, Entry, Row};

struct World {
    db: Db,
    index: Arc<Index>,
    folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("lexi.db"))).await.expect("a database");
    let index = Arc::new(Index::open(&folder.path().join("index"), 0).expect("an index"));
    World { db, index, folder }
}

/// Saves people with these external ids and titles, in one transaction.
async fn save(db: &Db, people: &[(&str, &str)]) {
    let rows = people.iter().map(|(id, title)| Row {
        external_id: Some((*id).to_owned()),
        full_name: Some(format!("Person {id}")),
        title: Some((*title).to_owned()),
        email: Some(format!("{id}@mail.acme.example")),
        ..Row::default()
    });
    let entries: Vec<Entry> = rows.map(|row| Entry::new("test", row, 0).expect("an entry")).collect();
    db.write(move |tx| prospects::save(tx, "test", &entries, 0)).await.expect("saved");
}

fn wanted(title: &str) -> Filter {
    Filter { include: Slots { titles: vec![title.to_owned()], ..Slots::default() }, ..Filter::default() }
}

/// Count, and the external ids of the first `limit` who are not left out.
async fn search(world: &World, title: &str, left_out: &[u32], limit: usize) -> Result<(u64, Vec<String>)> {
    let snapshot = world.index.snapshot();
    let (filter, left_out) = (wanted(title), left_out.iter().copied().collect::<RoaringBitmap>());
    world
        .db
        .read(move |tx| {
            let found = search::view(tx, &snapshot)?.find(&filter);
            let people = found.take(tx, &left_out, limit)?;
            Ok((found.count(), people.into_iter().filter_map(|person| person.external_id).collect()))
        })
        .await
}

#[tokio::test]
async fn an_index_that_lags_changes_no_number() {
    let world = world().await;
    save(&world.db, &[("a", "CEO"), ("b", "CFO"), ("c", "CEO")]).await;
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), (2, vec!["a".into(), "c".into()]));
    let step = search::step(&world.db, &world.index).await.expect("followed");
    assert_eq!(step, Step { people: 3, version: 1, behind: false });
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), (2, vec!["a".into(), "c".into()]));
    save(&world.db, &[("a", "CFO"), ("b", "CEO"), ("d", "CEO")]).await;
    let found = (3, vec!["b".to_owned(), "c".to_owned(), "d".to_owned()]);
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), found);
    assert_eq!(search::step(&world.db, &world.index).await.expect("followed").people, 3);
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), found);
    assert_eq!(search(&world, "CEO", &[2], 1).await.expect("found"), (3, vec!["c".to_owned()]));
    assert_eq!(search::step(&world.db, &world.index).await.expect("followed").people, 0);
}

/// Removes everybody of the source "test".
async fn remove_all(db: &Db) {
    let mut after = 0;
    while let Some(step) = db.write(move |tx| prospects::remove_some(tx, "test", after)).await.expect("removed") {
        after = step.last_number;
    }
}

#[tokio::test]
async fn whoever_was_removed_is_found_no_more_before_and_after_the_index_follows() {
    let world = world().await;
    save(&world.db, &[("a", "CEO"), ("b", "CFO"), ("c", "CEO")]).await;
    search::step(&world.db, &world.index).await.expect("followed");
    remove_all(&world.db).await;
    save(&world.db, &[("c", "CEO"), ("d", "CEO")]).await;
    let found = (2, vec!["c".to_owned(), "d".to_owned()]);
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), found);
    let snapshot = world.index.snapshot();
    let seen = world.db.read(move |tx| {
        let view = search::view(tx, &snapshot)?;
        Ok((view.people(), view.suppressed(&["acme.example".into()]).iter().collect::<Vec<u32>>()))
    });
    assert_eq!(seen.await.expect("read"), (2, vec![4, 5]), "a number is never given twice");
    search::step(&world.db, &world.index).await.expect("followed");
    assert_eq!(world.index.snapshot().people(), 2);
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), found);
    assert_eq!(search::rebuild(&world.db, &world.index, |_| {}).await.expect("built"), 2);
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found"), found);
}

#[tokio::test]
async fn suppressed_domains_are_found_among_those_that_changed_too() {
    let world = world().await;
    save(&world.db, &[("a", "CEO")]).await;
    search::step(&world.db, &world.index).await.expect("followed");
    save(&world.db, &[("b", "CEO")]).await;
    let snapshot = world.index.snapshot();
    let suppressed = world.db.read(move |tx| {
        let view = search::view(tx, &snapshot)?;
        Ok((view.people(), view.suppressed(&["ACME.example".into()]), view.suppressed(&["me.example".into()])))
    });
    let (people, inside, outside) = suppressed.await.expect("read");
    assert_eq!((people, inside.len(), outside.len()), (2, 2, 0));
}

#[tokio::test]
async fn a_saved_index_is_opened_and_followed_from_where_it_was() {
    let world = world().await;
    save(&world.db, &[("a", "CEO"), ("b", "CFO")]).await;
    search::step(&world.db, &world.index).await.expect("followed");
    assert!(world.index.save(1).expect("saved"));
    save(&world.db, &[("c", "CEO")]).await;
    let again = Arc::new(Index::open(&world.folder.path().join("index"), 0).expect("opened"));
    assert_eq!(again.snapshot().people(), 2);
    assert_eq!(search::step(&world.db, &again).await.expect("followed").people, 1);
    assert_eq!(again.snapshot().people(), 3);
}

#[tokio::test]
async fn the_index_of_another_database_is_built_anew() {
    let (world, other) = (world().await, world().await);
    save(&world.db, &[("a", "CEO"), ("b", "CFO")]).await;
    save(&other.db, &[("x", "CFO"), ("y", "CFO")]).await;
    search::step(&world.db, &world.index).await.expect("followed");
    assert!(world.index.save(1).expect("saved"));
    let stolen = Arc::new(Index::open(&world.folder.path().join("index"), 0).expect("opened"));
    assert_eq!(search::catch_up(&other.db, &stolen, |_| {}).await.expect("followed"), 2);
    let world = World { index: stolen, ..other };
    assert_eq!(search(&world, "CEO", &[], 10).await.expect("found").0, 0);
    assert_eq!(search(&world, "CFO", &[], 10).await.expect("found").0, 2);
}

#[tokio::test]
async fn a_search_is_refused_while_the_index_is_ahead_of_the_database() {
    let (world, other) = (world().await, world().await);
    save(&world.db, &[("a", "CEO")]).await;
    search::step(&world.db, &world.index).await.expect("followed");
    let world = World { index: world.index, ..other };
    let refused = search(&world, "CEO", &[], 1).await.expect_err("the database holds nothing");
    assert_eq!(refused.code(), Code::Unavailable);
    // The database was put back: the index starts again.
    search::step(&world.db, &world.index).await.expect("followed");
    assert_eq!(search(&world, "CEO", &[], 1).await.expect("found").0, 0);
}

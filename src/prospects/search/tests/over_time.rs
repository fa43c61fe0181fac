//! The index beside a real SQLite database, through whatever happens to both: imports, removals, following, saving, ends
//! without a save, folders put back to an earlier state, rebuilds. Searches give what the judge of single records says of
//! the rows in the database, or are refused; never anything else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::db::{DatabaseUrl, Db};
use crate::error::Code;
use crate::prospects::{self, Entry};

/// People that may exist.
const PEOPLE: u32 = 80;
/// What happens in one run, and how many runs there are.
const STEPS: usize = 24;
const RUNS: u8 = 6;

struct World {
    db: Db,
    index: Arc<Index>,
    folder: tempfile::TempDir,
    runner: TestRunner,
}

impl World {
    async fn new(seed: u8) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("lexi.db"))).await.expect("a database");
        let index = Arc::new(Index::open(&folder.path().join("index"), 0).expect("an index"));
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        World { db, index, folder, runner: TestRunner::new_with_rng(Config::default(), rng) }
    }

    fn drawn<T>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.runner).expect("nothing is refused").current()
    }

    fn index_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("index")
    }

    /// The process ends, saved or not, and another one opens the folder.
    fn restart(&mut self) {
        self.index = Arc::new(Index::in_memory());
        self.index = Arc::new(Index::open(&self.index_folder(), 0).expect("an index"));
    }

    /// Imports some people under a source.
    async fn import(&mut self, source: &'static str) {
        let numbers: Vec<u32> = self.drawn(&proptest::collection::vec(0..PEOPLE, 1..25));
        let mut entries = Vec::new();
        for number in numbers {
            let row = Row { external_id: Some(format!("{number}")), ..self.drawn(&person(number)).to_row() };
            entries.extend(Entry::new(source, row, i64::from(number)).ok());
        }
        let now_ms = self.drawn(&(0..1_000_000_i64));
        self.db.write(move |tx| prospects::save(tx, source, &entries, now_ms)).await.expect("saved");
    }

    async fn remove(&self, source: &'static str) {
        let mut after = 0;
        let step = move |after| move |tx: &mut crate::db::Tx| prospects::remove_some(tx, source, after);
        while let Some(step) = self.db.write(step(after)).await.expect("removed") {
            after = step.last_number;
        }
    }

    /// Searches and compares with everybody in the database; tells whether it was answered.
    async fn agrees(&mut self) -> bool {
        let (snapshot, filter) = (self.index.snapshot(), self.drawn(&filter()));
        let wanted = filter.clone();
        let answer = self
            .db
            .read(move |tx| {
                let found = search::view(tx, &snapshot)?.find(&wanted);
                let taken: Vec<u32> = found.take(tx, &RoaringBitmap::new(), 500)?.iter().map(|p| p.number).collect();
                Ok((found, taken, prospects::people_after(tx, 0, 10_000)?))
            })
            .await;
        let (found, mut taken, people) = match answer {
            Ok(answer) => answer,
            Err(error) => {
                assert_eq!(error.code(), Code::Unavailable, "{error}");
                return false;
            }
        };
        taken.sort_unstable();
        let expected = expected(&people, &filter);
        assert_eq!(taken, expected.bitmap.iter().collect::<Vec<_>>());
        assert_eq!(found.matching, expected);
        true
    }
}

use crate::prospects::{Row, search};

/// The files of the index.
fn files(folder: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_part = |path: &std::path::PathBuf| path.file_name().is_some_and(|name| name != "lock");
    entries.filter(is_part).map(|path| (path.clone(), fs::read(&path).expect("a file"))).collect()
}

#[tokio::test]
async fn whatever_happens_a_search_tells_what_the_rows_tell_or_is_refused() {
    for seed in 0..RUNS {
        let mut world = World::new(seed).await;
        let mut earlier = files(&world.index_folder());
        for _ in 0..STEPS {
            match world.drawn(&(0..12_u8)) {
                0..4 => world.import("one").await,
                4 => world.import("two").await,
                5 => world.remove("two").await,
                6 | 7 => {
                    world.index.save(1).expect("saved");
                }
                8 => world.restart(),
                9 => {
                    // A folder of an earlier day, as a careless copy leaves it.
                    let now = files(&world.index_folder());
                    now.keys().for_each(|path| fs::remove_file(path).expect("removed"));
                    earlier.iter().for_each(|(path, bytes)| fs::write(path, bytes).expect("written"));
                    earlier = now;
                    world.restart();
                }
                10 => {
                    search::rebuild(&world.db, &world.index, |_| {}).await.expect("built");
                }
                _ => {
                    // A part of a file is lost.
                    if let Some((path, bytes)) = files(&world.index_folder()).into_iter().next() {
                        fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
                    }
                    world.restart();
                }
            }
            world.agrees().await;
            while search::step(&world.db, &world.index).await.expect("followed").behind {}
            assert!(world.agrees().await, "an index that has caught up answers");
        }
    }
}

#[tokio::test]
async fn an_index_from_before_the_database_was_put_back_is_found_even_when_the_versions_went_on() {
    let mut world = World::new(1).await;
    let person = |id: &str, title: &str, now_ms| {
        let row = Row { external_id: Some(id.into()), full_name: Some(format!("P {id}")), ..Row::default() };
        Entry::new("test", Row { title: Some(title.into()), ..row }, now_ms).expect("an entry")
    };
    let save = async |db: &Db, entry: Entry, now_ms: i64| {
        db.write(move |tx| prospects::save(tx, "test", std::slice::from_ref(&entry), now_ms)).await.expect("saved");
    };
    // Many people, so that comparing some of them would most likely not show it.
    let many: Vec<Entry> = (0..400).map(|n| person(&n.to_string(), "CFO", 1)).collect();
    world.db.write(move |tx| prospects::save(tx, "test", &many, 1)).await.expect("saved");
    world.db.close().await;
    let database = world.folder.path().join("lexi.db");
    let backup = fs::read(&database).expect("the database");
    let open = async || Db::open(&DatabaseUrl::Sqlite(database.clone())).await.expect("a database");
    world.db = open().await;
    save(&world.db, person("7", "CEO", 2), 2).await;
    search::step(&world.db, &world.index).await.expect("followed");
    world.index.save(1).expect("saved");
    world.db.close().await;
    // The backup comes back, and other things are imported before anybody looks at the index.
    fs::write(&database, backup).expect("put back");
    world.db = open().await;
    for (id, now_ms) in [("8", 3), ("9", 4)] {
        save(&world.db, person(id, "CEO", now_ms), now_ms).await;
    }
    world.restart();
    let filter = Filter { include: Slots { titles: vec!["CEO".into()], ..Slots::default() }, ..Filter::default() };
    let count = async |world: &World| {
        let (snapshot, filter) = (world.index.snapshot(), filter.clone());
        world.db.read(move |tx| Ok(search::view(tx, &snapshot)?.find(&filter).count())).await
    };
    assert_eq!(count(&world).await.expect_err("not compared yet").code(), Code::Unavailable);
    while search::step(&world.db, &world.index).await.expect("followed").behind {}
    assert_eq!(count(&world).await.expect("answered"), 2, "8 and 9; 7 is a CFO again");
}

#[tokio::test]
async fn the_index_in_use_answers_while_another_is_built_and_what_changes_meanwhile_is_in_it() {
    let mut world = World::new(2).await;
    for _ in 0..4 {
        world.import("one").await;
    }
    while search::step(&world.db, &world.index).await.expect("followed").behind {}
    let before = world.index.snapshot();
    let (db, index) = (world.db.clone(), Arc::clone(&world.index));
    let rebuilt = tokio::spawn(async move { search::rebuild(&db, &index, |_| {}).await });
    let mut rounds = 0;
    while !rebuilt.is_finished() || rounds < 3 {
        world.import("two").await;
        assert!(world.agrees().await, "it answers all the time");
        rounds += 1;
    }
    rebuilt.await.expect("not interrupted").expect("built");
    while search::step(&world.db, &world.index).await.expect("followed").behind {}
    assert!(world.agrees().await);
    assert!(!Arc::ptr_eq(&before.origin, &world.index.snapshot().origin), "it is another one");
    assert!(world.index.save(1).expect("saved"), "a rebuilt index is written whole");
}

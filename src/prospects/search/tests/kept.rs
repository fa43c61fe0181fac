//! What stands in the folder: written, added to, folded, cut short, damaged, shared. Whatever happened to it, what is
//! opened says what the judge of single records says of the people that were saved, or is empty.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::*;

/// People at a version.
type People = BTreeMap<u32, Person>;

/// Something drawn from `strategy`, the same in every run.
fn drawn<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("nothing is refused").current()
}

/// The files of a folder, without the lock.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .filter(|path| path.file_name().is_some_and(|name| name != "lock"))
        .map(|path| (path.clone(), fs::read(path).expect("a file")))
        .collect()
}

/// Makes the folder hold these files and nothing else.
fn put_back(folder: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>) {
    files(folder).keys().for_each(|path| fs::remove_file(path).expect("removed"));
    wanted.iter().for_each(|(path, bytes)| fs::write(path, bytes).expect("written"));
}

fn open(folder: &Path) -> Index {
    Index::open(folder, 0).expect("a folder that can be opened")
}

/// Changes the snapshot of `index` and what is expected of it.
fn change(index: &Index, changes: &[Change], people: &mut People) {
    let mut snapshot = Snapshot::clone(&index.snapshot());
    apply(changes, &mut snapshot, people);
    snapshot.version += 1;
    index.publish(snapshot);
}

fn agree(snapshot: &Snapshot, people: &People, filters: &[Filter]) {
    assert_eq!(snapshot.people.iter().collect::<Vec<_>>(), people.keys().copied().collect::<Vec<_>>());
    for filter in filters {
        assert_eq!(snapshot.matching(filter), expected(people.values(), filter), "{filter:?}");
    }
}

/// What is done to an index and its folder.
#[derive(Debug, Clone)]
enum Step {
    Change(Vec<Change>),
    Save,
    /// The process ends and another one opens the folder.
    Restart,
    /// The same people in an index that was built anew.
    Rebuild,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => changes(30).prop_map(Step::Change),
        6 => Just(Step::Save),
        2 => Just(Step::Restart),
        1 => Just(Step::Rebuild),
    ];
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn changed_saved_folded_and_opened_again_it_counts_what_the_judge_counts(
        steps in steps(),
        filters in proptest::collection::vec(filter(), 1..4),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut index = open(folder.path());
        let (mut people, mut saved) = (People::new(), People::new());
        for step in steps {
            match step {
                Step::Change(changes) => change(&index, &changes, &mut people),
                Step::Save => {
                    index.save(1).expect("saved");
                    saved.clone_from(&people);
                }
                Step::Restart => {
                    drop(index);
                    index = open(folder.path());
                    people.clone_from(&saved);
                }
                Step::Rebuild => {
                    let version = index.snapshot().version();
                    index.publish(Snapshot::holding(people.values().cloned(), version));
                }
            }
            prop_assert!(files(folder.path()).len() <= 1 + 8, "a manifest and at most eight segments");
            agree(&index.snapshot(), &people, &filters);
        }
    }
}

#[test]
fn a_save_writes_what_changed_and_deltas_are_folded_before_they_become_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut runner = TestRunner::deterministic();
    let index = open(folder.path());
    let first: Vec<Person> = (0..3_000).map(|number| drawn(&mut runner, &person(number))).collect();
    let mut people: People = first.iter().map(|person| (person.number, person.clone())).collect();
    index.publish(Snapshot::holding(first, 1));
    index.save(1).expect("saved");
    let size = |folder: &Path| files(folder).values().map(Vec::len).sum::<usize>();
    let base = size(folder.path());
    for round in 0..20 {
        let number = drawn(&mut runner, &(0..4_000_u32));
        let put = Change::Put(Box::new(drawn(&mut runner, &person(number))));
        change(&index, &[put, Change::Remove(round)], &mut people);
        assert!(index.save(1).expect("saved"));
        assert!(files(folder.path()).len() <= 1 + 8, "round {round}");
        assert!(size(folder.path()) < base + base / 2, "what did not change was written again in round {round}");
        agree(&open(folder.path()).snapshot(), &people, &[drawn(&mut runner, &filter())]);
    }
}

/// A folder with a base and two deltas; who was in it after each save.
fn a_folder(folder: &Path, runner: &mut TestRunner) -> (Vec<BTreeMap<PathBuf, Vec<u8>>>, Vec<People>) {
    let index = open(folder);
    let mut people = People::new();
    let (mut kept, mut states) = (Vec::new(), Vec::new());
    for count in [60, 20, 20] {
        change(&index, &drawn(runner, &changes(count)), &mut people);
        index.save(1).expect("saved");
        kept.push(files(folder));
        states.push(people.clone());
    }
    (kept, states)
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (kept, states) = a_folder(folder.path(), &mut TestRunner::deterministic());
    let whole = kept.last().expect("three states");
    assert_eq!(open(folder.path()).snapshot().people(), states[2].len() as u64);
    for (path, bytes) in whole {
        // Every byte of the beginning and of short files, some of the rest.
        for at in (0..bytes.len()).filter(|at| *at < 96 || at % 211 == 0 || *at + 1 == bytes.len()) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(path, &damaged).expect("written");
            let snapshot = open(folder.path()).snapshot();
            assert_eq!((snapshot.version(), snapshot.people()), (0, 0), "{} byte {at}", path.display());
        }
        fs::write(path, bytes).expect("written");
    }
}

#[test]
fn a_file_that_is_cut_missing_empty_longer_or_another_one_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut runner = TestRunner::deterministic();
    let (kept, _) = a_folder(folder.path(), &mut runner);
    let whole = kept.last().expect("three states");
    // The segments of another index have the same names.
    let (others, _) = a_folder(elsewhere.path(), &mut runner);
    let others: HashMap<_, _> =
        others.last().expect("three states").iter().map(|(path, bytes)| (path.file_name(), bytes.clone())).collect();
    let is_refused = |what: &str, path: &Path| {
        let snapshot = open(folder.path()).snapshot();
        assert_eq!((snapshot.version(), snapshot.people()), (0, 0), "{} {what}", path.display());
    };
    for (path, bytes) in whole {
        for len in (0..bytes.len()).filter(|len| *len < 50 || len % 301 == 0 || *len + 1 == bytes.len()) {
            fs::write(path, &bytes[..len]).expect("written");
            is_refused("cut", path);
        }
        fs::write(path, [bytes.as_slice(), b"\0"].concat()).expect("written");
        is_refused("longer", path);
        fs::remove_file(path).expect("removed");
        is_refused("missing", path);
        fs::write(path, &others[&path.file_name()]).expect("written");
        is_refused("of another index", path);
        for other in whole.values().filter(|other| *other != bytes) {
            fs::write(path, other).expect("written");
            is_refused("in place of another", path);
        }
        put_back(folder.path(), whole);
    }
    assert!(open(folder.path()).snapshot().version() > 0, "whole again");
}

#[test]
fn a_writer_that_was_stopped_anywhere_leaves_the_old_index_or_the_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut runner = TestRunner::deterministic();
    let (kept, states) = a_folder(folder.path(), &mut runner);
    let (before, after) = (&kept[1], &kept[2]);
    let manifest = folder.path().join("manifest");
    let (segment, written) = after.iter().find(|(path, _)| !before.contains_key(*path)).expect("a new segment");
    let beside = |path: &Path| path.with_extension("new");
    let mut stages: Vec<(String, BTreeMap<PathBuf, Vec<u8>>, usize)> = Vec::new();
    let mut stage = |name: &str, on: &BTreeMap<PathBuf, Vec<u8>>, more: &[(PathBuf, &[u8])], state: usize| {
        let mut files = on.clone();
        files.extend(more.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec())));
        stages.push((name.to_owned(), files, state));
    };
    for len in (0..=written.len()).step_by(written.len() / 4) {
        stage("a part of the segment", before, &[(beside(segment), &written[..len])], 1);
    }
    stage("the segment", before, &[(segment.clone(), written)], 1);
    for len in (0..=after[&manifest].len()).step_by(11) {
        let files = [(segment.clone(), written.as_slice()), (beside(&manifest), &after[&manifest][..len])];
        stage("a part of the manifest", before, &files, 1);
    }
    stage("the manifest", before, &[(segment.clone(), written), (manifest.clone(), &after[&manifest])], 2);
    for (name, files_there, state) in stages {
        put_back(folder.path(), &files_there);
        let index = open(folder.path());
        let mut people = states[state].clone();
        agree(&index.snapshot(), &people, &[drawn(&mut runner, &filter())]);
        let left = files(folder.path());
        assert!(left.keys().all(|path| path.extension().is_none_or(|ending| ending != "new")), "{name}: {left:?}");
        // It goes on from there.
        change(&index, &drawn(&mut runner, &changes(10)), &mut people);
        index.save(1).expect("saved");
        drop(index);
        agree(&open(folder.path()).snapshot(), &people, &[drawn(&mut runner, &filter())]);
    }
}

#[test]
fn a_manifest_whose_segment_never_reached_the_disk_is_no_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let (kept, _) = a_folder(folder.path(), &mut TestRunner::deterministic());
    let mut lost = kept[1].clone();
    let manifest = folder.path().join("manifest");
    lost.insert(manifest.clone(), kept[2][&manifest].clone());
    put_back(folder.path(), &lost);
    assert_eq!(open(folder.path()).snapshot().version(), 0);
}

#[test]
fn a_file_of_the_first_format_is_not_read_and_goes_with_the_first_save() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = folder.path().join("people.idx");
    fs::write(&old, b"LEXI-IDX\x01\0\0\0 and so on").expect("written");
    let index = open(folder.path());
    assert_eq!(index.snapshot().version(), 0);
    assert!(!index.save(1).expect("nothing to save yet") && old.exists());
    change(&index, &[Change::Put(Box::new(blank(7)))], &mut People::new());
    assert!(index.save(1).expect("saved") && !old.exists());
}

#[test]
fn an_index_that_other_tables_made_is_made_anew_of_what_was_given() {
    let mut runner = TestRunner::deterministic();
    let folder = tempfile::tempdir().expect("a folder");
    let (mut snapshot, mut people) = (Snapshot::default(), People::new());
    apply(&drawn(&mut runner, &changes(60)), &mut snapshot, &mut people);
    snapshot.version = 9;
    // Whoever wrote it meant something else by every word.
    let people_of_nothing = snapshot.bitmaps.values_mut();
    people_of_nothing.for_each(|bitmap| *bitmap = std::sync::Arc::default());
    let path = folder.path().join("a.segment");
    file::write(&path, |out| segment::write_base(&snapshot, &[7; 32], out)).expect("written");
    let mut read = Snapshot::default();
    segment::read(&mut file::read(&path).and_then(file::Whole::body).expect("whole"), &mut read).expect("a base");
    agree(&read, &people, &[drawn(&mut runner, &filter()), drawn(&mut runner, &filter())]);
    file::write(&path, |out| segment::write_base(&snapshot, &segment::fingerprint(), out)).expect("written");
    let mut read = Snapshot::default();
    segment::read(&mut file::read(&path).and_then(file::Whole::body).expect("whole"), &mut read).expect("a base");
    assert!(read.bitmaps.values().all(|bitmap| bitmap.is_empty()), "the same tables: taken as it is");
}

#[test]
fn whoever_reads_while_another_writes_sees_one_state_or_another_and_never_a_mixture() {
    let folder = tempfile::tempdir().expect("a folder");
    let writer = open(folder.path());
    // Everybody of a version has the same title, so that a mixture would show.
    let put = |version: i64| -> Vec<Change> {
        let title = ["CEO", "Managing Partner", "Vice President"][version as usize % 3];
        let person = |number| Person { title: Some(title.into()), ..blank(number) };
        (0..50).map(|number| Change::Put(Box::new(person(number * 3_000)))).collect()
    };
    let mut people = People::new();
    change(&writer, &put(0), &mut people);
    writer.save(1).expect("saved");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in 1..60 {
                change(&writer, &put(version), &mut People::new());
                if version % 20 == 0 {
                    // As if it had been built anew: a new base.
                    let now = writer.snapshot();
                    writer.publish(Snapshot::holding(now.people.iter().map(blank), now.version()));
                }
                writer.save(1).expect("saved");
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut last = 0;
        while !done.load(Ordering::SeqCst) {
            let reader = open(folder.path());
            assert!(!reader.holds_lock() && !reader.save(1).expect("it may not"));
            let snapshot = reader.snapshot();
            assert!(snapshot.version() >= last, "{} came after {last}", snapshot.version());
            last = snapshot.version();
            let one = snapshot.rows.get(0);
            assert_eq!(snapshot.people(), 50);
            assert!(snapshot.people.iter().all(|person| snapshot.rows.get(person) == one));
        }
    });
}

#[test]
fn who_takes_the_lock_over_adds_nothing_to_what_another_wrote_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut runner = TestRunner::deterministic();
    let first = open(folder.path());
    let mut people = People::new();
    change(&first, &drawn(&mut runner, &changes(30)), &mut people);
    first.save(1).expect("saved");
    let second = open(folder.path());
    let mut own = people.clone();
    change(&first, &drawn(&mut runner, &changes(30)), &mut people);
    first.save(1).expect("saved");
    drop(first);
    for _ in 0..3 {
        change(&second, &drawn(&mut runner, &changes(30)), &mut own);
        assert!(second.save(1).expect("the lock is free"));
        agree(&open(folder.path()).snapshot(), &own, &[drawn(&mut runner, &filter())]);
    }
}

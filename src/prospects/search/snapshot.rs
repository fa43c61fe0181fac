//! One state of the index: rows, dictionaries and a bitmap of people for each value that filters ask for.
//!
//! A snapshot never changes once it is shared. The next one is a copy that shares all memory with it except what a
//! change touches, so that readers never wait and never see half a change.

use std::collections::HashMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::bands;
use super::dictionary::Dictionary;
use super::rows::{COLUMNS, Column, Row, Rows};
use crate::prospects::Person;

/// All people as the index knows them at one version of the prospects.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The last change of the prospects that is in it.
    pub(super) version: i64,
    pub(super) people: Arc<RoaringBitmap>,
    pub(super) rows: Rows,
    pub(super) dictionary: Dictionary,
    pub(super) bitmaps: HashMap<Key, Arc<RoaringBitmap>>,
    /// How many people were put in since everything was last made small.
    pub(super) loose: u64,
    /// The same piece of memory in all snapshots that grew from one beginning: their dictionaries give the same numbers.
    pub(super) origin: Arc<()>,
    pub(super) stamp: Arc<Stamp>,
    /// It came from a folder and was not yet compared with the database: nobody may be answered from it.
    pub(super) unchecked: bool,
}

/// What the newest change that is in a snapshot wrote: who finds other things at that version looks at another history,
/// such as that of a database which was put back and changed anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) version: i64,
    /// A mark for each person that the change wrote.
    pub(super) marks: Vec<i64>,
}

/// What a bitmap is for: a kind of value, and the value's number (0: the people of whom it is not known).
pub(super) type Key = (Kind, u32);

/// The kinds of values that have bitmaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Kind {
    /// A title of the table that the filed title holds; the number is the table's.
    Title,
    /// Only number 0: no title is known.
    NoTitle,
    Seniority,
    Department,
    Practice,
    /// Only number 0: no practice area is known.
    NoPractice,
    Industry,
    CompanyType,
    /// The band that the headcount of the company lies in.
    Headcount,
    Country,
    State,
    Place,
    /// The same of the headquarters, for people whose own place is not wholly known.
    OfficeCountry,
    OfficeState,
    OfficePlace,
}

impl Kind {
    const ALL: [Kind; 15] = [
        Kind::Title,
        Kind::NoTitle,
        Kind::Seniority,
        Kind::Department,
        Kind::Practice,
        Kind::NoPractice,
        Kind::Industry,
        Kind::CompanyType,
        Kind::Headcount,
        Kind::Country,
        Kind::State,
        Kind::Place,
        Kind::OfficeCountry,
        Kind::OfficeState,
        Kind::OfficePlace,
    ];

    /// The kind that `number` was made of (`kind as u8`).
    pub(super) fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.get(usize::from(number)).copied()
    }
}

impl Snapshot {
    /// A snapshot of these people at this version of the prospects.
    pub fn holding(people: impl IntoIterator<Item = Person>, version: i64) -> Snapshot {
        let mut snapshot = Snapshot { version, ..Snapshot::default() };
        people.into_iter().for_each(|person| snapshot.put(&person));
        snapshot.compact();
        snapshot
    }

    /// The last change of the prospects that is in it; 0 when there is none.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Whether searches may be answered from it: it was made from this database, or compared with it.
    pub fn is_checked(&self) -> bool {
        !self.unchecked
    }

    /// How many people it holds.
    pub fn people(&self) -> u64 {
        self.people.len()
    }

    /// The largest number of a person in it.
    pub fn last_number(&self) -> Option<u32> {
        self.people.max()
    }

    /// Puts a person in, or in place of what was known of the same number.
    pub(super) fn put(&mut self, person: &Person) {
        let row = self.dictionary.row(person);
        self.put_row(person.number, row);
    }

    /// Takes a person out.
    pub(super) fn remove(&mut self, number: u32) {
        if !self.people.contains(number) {
            return;
        }
        for key in self.keys(self.rows.get(number)) {
            if let Some(bitmap) = self.bitmaps.get_mut(&key) {
                Arc::make_mut(bitmap).remove(number);
                if bitmap.is_empty() {
                    self.bitmaps.remove(&key);
                }
            }
        }
        self.rows.set(number, [0; COLUMNS]);
        Arc::make_mut(&mut self.people).remove(number);
    }

    /// As [`Snapshot::put`], for a row of this snapshot's dictionary.
    pub(super) fn put_row(&mut self, number: u32, row: Row) {
        if self.people.contains(number) {
            if self.rows.get(number) == row {
                return;
            }
            self.remove(number);
        }
        for key in self.keys(row) {
            Arc::make_mut(self.bitmaps.entry(key).or_default()).insert(number);
        }
        self.rows.set(number, row);
        Arc::make_mut(&mut self.people).insert(number);
        self.loose += 1;
    }

    /// The bitmaps that a person with this row is in.
    fn keys(&self, row: Row) -> Vec<Key> {
        let known = &self.dictionary;
        let value = |column: Column| row[column as usize];
        let mut keys = Vec::with_capacity(16);
        let title = value(Column::Title);
        if title == 0 {
            keys.push((Kind::NoTitle, 0));
        }
        keys.extend(known.titles.held(title).iter().map(|id| (Kind::Title, u32::from(*id))));
        keys.push((Kind::Seniority, known.seniorities.key_of(value(Column::Seniority))));
        keys.push((Kind::Department, known.departments.key_of(value(Column::Department))));
        let practices = known.practice_sets.get(value(Column::Practices));
        let before = keys.len();
        keys.extend(
            practices
                .iter()
                .map(|id| known.practices.key_of(*id))
                .filter(|key| *key != 0)
                .map(|key| (Kind::Practice, key)),
        );
        if keys.len() == before {
            keys.push((Kind::NoPractice, 0));
        }
        let company = known.companies.get(value(Column::Company));
        keys.push((Kind::Industry, known.industries.key_of(company.industry)));
        keys.push((Kind::CompanyType, known.company_types.key_of(company.company_type)));
        keys.push((Kind::Headcount, bands::of(company.headcount.get())));
        let place = value(Column::Place);
        keys.push((Kind::Country, known.places.country(place)));
        keys.push((Kind::State, known.places.state(place)));
        keys.push((Kind::Place, place));
        if !known.places.is_whole(place) {
            keys.push((Kind::OfficeCountry, known.places.country(company.place)));
            keys.push((Kind::OfficeState, known.places.state(company.place)));
            keys.push((Kind::OfficePlace, company.place));
        }
        keys
    }

    /// Makes everything small when many people were put in since that was last done.
    pub(super) fn compact_if_loose(&mut self) {
        if self.loose > self.people.len() / 8 {
            self.compact();
        }
        self.dictionary.index_words();
    }

    /// Gives back what growing bitmaps, rows and dictionaries hold in reserve.
    pub(super) fn compact(&mut self) {
        for bitmap in self.bitmaps.values_mut() {
            *bitmap = Arc::new(small(bitmap));
        }
        self.people = Arc::new(small(&self.people));
        self.bitmaps.shrink_to_fit();
        self.rows.shrink();
        self.dictionary.shrink();
        self.dictionary.index_words();
        self.loose = 0;
    }

    /// About how many bytes of memory each part holds.
    pub fn sizes(&self) -> Vec<(&'static str, usize)> {
        let mut sizes = vec![("rows", self.rows.size_bytes())];
        sizes.extend(self.dictionary.sizes());
        for (name, kinds) in [
            ("bitmaps of titles", &[Kind::Title, Kind::NoTitle][..]),
            ("bitmaps of levels", &[Kind::Seniority, Kind::Department]),
            (
                "bitmaps of markets",
                &[Kind::Practice, Kind::NoPractice, Kind::Industry, Kind::CompanyType, Kind::Headcount],
            ),
            ("bitmaps of states", &[Kind::Country, Kind::State, Kind::OfficeCountry, Kind::OfficeState]),
            ("bitmaps of cities", &[Kind::Place, Kind::OfficePlace]),
        ] {
            let of_kind = self.bitmaps.iter().filter(|((kind, _), _)| kinds.contains(kind));
            sizes.push((name, of_kind.map(|(_, bitmap)| size_bytes(bitmap)).sum()));
        }
        sizes
    }
}

/// Runs of numbers are kept as runs only where that takes so many times less room. People of one company follow each
/// other, so that most bitmaps could be short runs; but joining those with others inserts them one by one, which made
/// searches with several alternatives many times slower.
const RUNS_WORTH: usize = 8;

/// A copy without anything in reserve.
fn small(bitmap: &RoaringBitmap) -> RoaringBitmap {
    let mut plain = RoaringBitmap::clone(bitmap);
    plain.remove_run_compression();
    let mut runs = plain.clone();
    runs.optimize();
    if runs.serialized_size() * RUNS_WORTH <= plain.serialized_size() { runs } else { plain }
}

fn size_bytes(bitmap: &RoaringBitmap) -> usize {
    /// What a container costs besides what is in it.
    const CONTAINER: usize = 40;
    let containers = bitmap.statistics().n_containers as usize;
    bitmap.serialized_size() + containers * CONTAINER + size_of::<RoaringBitmap>()
}

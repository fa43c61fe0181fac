//! One segment of the index as a file: who changed since the segments before it, and the words that this needs.
//!
//! The **base** holds everybody. What was given (spellings, and rows of their numbers) stands apart from what tables and
//! rules make of it (words, the titles held, bitmaps): a program whose tables differ, as [`fingerprint`] tells, makes that
//! anew of what was given. A **delta** holds new and changed rows, and the numbers of people who were removed; what it
//! means is worked out when it is read.

use std::io::{self, Write as _};
use std::sync::{Arc, OnceLock};

use roaring::RoaringBitmap;
use sha2::{Digest, Sha256};

use super::bands::BANDS;
use super::dictionary::{Amount, Company, Dictionary, Lens, NAMED};
use super::file::{Hashed, Reader, Sum};
use super::intern::{Strings, number};
use super::rows::{COLUMNS, Packed, Row, Rows};
use super::snapshot::{Kind, Snapshot};
use crate::prospects::conditions::{Title, company_type_key, folded_name, industry_key, level_key, practice_key};
use crate::understand::{markets, titles};

/// What follows the numbers of the versions.
const BASE: u8 = 0;
const DELTA: u8 = 1;

/// The state that a delta builds on.
#[derive(Debug, Clone)]
pub(super) struct Before {
    pub(super) version: i64,
    pub(super) lens: Lens,
}

/// Who differs between two states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// New, or with another row.
    pub(super) put: RoaringBitmap,
    /// No longer there.
    pub(super) removed: RoaringBitmap,
}

/// Writes everybody, and what the tables `made_by` make of it.
pub(super) fn write_base(snapshot: &Snapshot, made_by: &Sum, out: &mut Hashed) -> io::Result<()> {
    out.long(0)?;
    out.long(snapshot.version)?;
    out.write_all(&[BASE])?;
    write_words(&snapshot.dictionary, &Dictionary::default().lens(), out)?;
    write_bitmap(&snapshot.people, out)?;
    for column in 0..COLUMNS {
        let blocks = snapshot.rows.blocks(column);
        out.int(number(blocks.len()))?;
        blocks.iter().try_for_each(|block| write_packed(block, out))?;
    }
    out.write_all(made_by)?;
    let known = &snapshot.dictionary;
    write_strings(known.titles.lines().strings(), 0, out)?;
    let (held, sets) = known.titles.sets();
    out.ints(held.iter().copied())?;
    out.int(number(sets.len() - 1))?;
    sets[1..].iter().try_for_each(|set| out.ints(set.iter().map(|id| u32::from(*id))))?;
    write_strings(known.names.lines().strings(), 0, out)?;
    out.int(number(snapshot.bitmaps.len()))?;
    for ((kind, id), people) in &snapshot.bitmaps {
        out.write_all(&[*kind as u8])?;
        out.int(*id)?;
        write_bitmap(people, out)?;
    }
    Ok(())
}

/// Writes who differs from the state `before`.
pub(super) fn write_delta(
    snapshot: &Snapshot,
    before: &Before,
    difference: &Difference,
    out: &mut Hashed,
) -> io::Result<()> {
    out.long(before.version)?;
    out.long(snapshot.version)?;
    out.write_all(&[DELTA])?;
    write_words(&snapshot.dictionary, &before.lens, out)?;
    write_bitmap(&difference.removed, out)?;
    write_bitmap(&difference.put, out)?;
    let rows: Vec<Row> = difference.put.iter().map(|person| snapshot.rows.get(person)).collect();
    for column in 0..COLUMNS {
        let values: Vec<u32> = rows.iter().map(|row| row[column]).collect();
        write_packed(&Packed::of(&values), out)?;
    }
    Ok(())
}

/// Adds what a segment says to `snapshot`; nothing when it doesn't follow on it or its parts don't fit together. Tells
/// whom it touched, unless it is the base.
pub(super) fn read(input: &mut Reader, snapshot: &mut Snapshot) -> Option<RoaringBitmap> {
    let from = input.long()?;
    let version = input.long()?;
    (from == snapshot.version && version >= from).then_some(())?;
    let touched = match input.byte()? {
        BASE if from == 0 && snapshot.people.is_empty() => read_base(input, snapshot).map(|()| RoaringBitmap::new()),
        DELTA => read_delta(input, snapshot),
        _ => None,
    }?;
    snapshot.version = version;
    input.is_at_end().then_some(touched)
}

fn read_base(input: &mut Reader, snapshot: &mut Snapshot) -> Option<()> {
    let mut known = Dictionary::default();
    let (filed, given) = (read_strings(input)?, read_strings(input)?);
    read_other_words(input, &mut known, given.ends.len() + 1)?;
    let people = read_bitmap(input)?;
    let mut columns: [Vec<Arc<Packed>>; COLUMNS] = Default::default();
    for blocks in &mut columns {
        for _ in 0..input.int()? {
            blocks.push(Arc::new(read_packed(input)?));
        }
    }
    let as_made = input.sum()? == fingerprint();
    let title_lines = read_strings(input)?;
    let held = input.ints()?;
    let mut sets = Vec::new();
    for _ in 0..input.int()? {
        let set = input.ints()?;
        sets.push(set.into_iter().map(|id| u16::try_from(id).ok()).collect::<Option<Vec<u16>>>()?);
    }
    let name_lines = read_strings(input)?;
    if as_made {
        let titles = Arc::make_mut(&mut known.titles);
        titles.extend(filed.borrowed(), title_lines.borrowed(), &held, sets)?;
        Arc::make_mut(&mut known.names).extend(given.borrowed(), name_lines.borrowed())?;
    } else {
        tracing::info!("the tables of words changed since the search index was written: its bitmaps are made anew");
        add_titles(&filed, &mut known)?;
        add_names(&given, &mut known)?;
    }
    snapshot.dictionary = known;
    let rows = Rows::from_blocks(columns)?;
    let limits = snapshot.dictionary.limits();
    for (column, limit) in limits.into_iter().enumerate() {
        rows.blocks(column).iter().all(|block| block.max() < limit).then_some(())?;
    }
    for _ in 0..input.int()? {
        let kind = Kind::from_number(input.byte()?)?;
        let id = input.int()?;
        let bitmap = read_bitmap(input)?;
        if as_made {
            snapshot.bitmaps.insert((kind, id), Arc::new(bitmap));
        }
    }
    if as_made {
        snapshot.people = Arc::new(people);
        snapshot.rows = rows;
    } else {
        people.iter().for_each(|person| snapshot.put_row(person, rows.get(person)));
        snapshot.compact();
    }
    snapshot.loose = 0;
    Some(())
}

fn read_delta(input: &mut Reader, snapshot: &mut Snapshot) -> Option<RoaringBitmap> {
    let (filed, given) = (read_strings(input)?, read_strings(input)?);
    add_titles(&filed, &mut snapshot.dictionary)?;
    add_names(&given, &mut snapshot.dictionary)?;
    let names = snapshot.dictionary.names.given().len();
    read_other_words(input, &mut snapshot.dictionary, names)?;
    let removed = read_bitmap(input)?;
    let put = read_bitmap(input)?;
    let limits = snapshot.dictionary.limits();
    let mut columns = Vec::with_capacity(COLUMNS);
    for limit in limits {
        let column = read_packed(input)?;
        (u64::from(column.parts().1) == put.len() && (put.is_empty() || column.max() < limit)).then_some(())?;
        columns.push(column);
    }
    removed.iter().for_each(|person| snapshot.remove(person));
    for (at, person) in put.iter().enumerate() {
        let mut row = Row::default();
        for (value, column) in row.iter_mut().zip(&columns) {
            *value = column.get(at);
        }
        snapshot.put_row(person, row);
    }
    Some(removed | put)
}

/// What each dictionary has given since `before`, in the order of [`Dictionary::lens`].
fn write_words(known: &Dictionary, before: &Lens, out: &mut Hashed) -> io::Result<()> {
    let texts = [
        known.titles.filed(),
        known.names.given(),
        known.seniorities.given(),
        known.departments.given(),
        known.industries.given(),
        known.company_types.given(),
        known.practices.given(),
    ];
    for (texts, from) in texts.into_iter().zip(before) {
        write_strings(texts.strings(), *from, out)?;
    }
    let [.., sets, place_texts, places, domains, companies] = *before;
    let new = &known.practice_sets.all()[sets as usize..];
    out.int(number(new.len()))?;
    new.iter().try_for_each(|set| out.ints(set.iter().copied()))?;
    write_strings(known.places.texts().strings(), place_texts, out)?;
    let new = &known.places.places()[places as usize..];
    out.int(number(new.len()))?;
    new.iter().flatten().try_for_each(|id| out.int(*id))?;
    write_strings(known.domains.texts().strings(), domains, out)?;
    let new = &known.companies.all()[companies as usize..];
    out.int(number(new.len()))?;
    for company in new {
        let Company { name, domain, industry, company_type, place, headcount, revenue } = *company;
        [name, domain, industry, company_type, place].into_iter().try_for_each(|id| out.int(id))?;
        for amount in [headcount, revenue] {
            out.long(amount.get().unwrap_or(Amount::UNKNOWN))?;
        }
    }
    Ok(())
}

/// Everything that [`write_words`] wrote behind titles and names, of which there are `names` (they may be added later).
/// Nothing when a number is not given.
fn read_other_words(input: &mut Reader, known: &mut Dictionary, names: usize) -> Option<()> {
    for (keys, spell) in known.spelled() {
        let keys = Arc::make_mut(keys);
        read_strings(input)?.each(|text| keys.add_new(text, spell))?;
    }
    let below = |id: &u32, len: usize| (*id as usize) < len;
    let (practices, sets) = (known.practices.given().len(), Arc::make_mut(&mut known.practice_sets));
    for _ in 0..input.int()? {
        let set = input.ints()?;
        let is_new = sets.find(&set).is_none() && set.iter().all(|id| below(id, practices));
        is_new.then(|| sets.add(set))?;
    }
    let places = Arc::make_mut(&mut known.places);
    let texts = read_strings(input)?;
    places.extend_texts(texts.borrowed())?;
    for _ in 0..input.int()? {
        let place = [input.int()?, input.int()?, input.int()?];
        place.iter().all(|id| below(id, places.texts().len())).then_some(())?;
        places.add_numbers(place)?;
    }
    let domains = read_strings(input)?;
    Arc::make_mut(&mut known.domains).extend(&domains.bytes, &domains.ends)?;
    let count = input.int()? as usize;
    let companies = Arc::make_mut(&mut known.companies);
    // A hostile count is found when the bytes run out.
    companies.reserve(count.min(1 << 24));
    for _ in 0..count {
        let mut id = |len: usize| input.int().filter(|id| below(id, len));
        let company = Company {
            name: id(names)?,
            domain: id(known.domains.texts().len())?,
            industry: id(known.industries.given().len())?,
            company_type: id(known.company_types.given().len())?,
            place: id(known.places.len())?,
            headcount: Amount::of(Some(input.long()?)),
            revenue: Amount::of(Some(input.long()?)),
        };
        companies.find(&company).is_none().then(|| companies.add(company))?;
    }
    Some(())
}

fn add_titles(filed: &Stored, known: &mut Dictionary) -> Option<()> {
    filed.each(|text| {
        let expected = number(known.titles.filed().len());
        (!text.is_empty() && known.title(text) == expected).then_some(())
    })
}

fn add_names(given: &Stored, known: &mut Dictionary) -> Option<()> {
    given.each(|text| {
        let expected = number(known.names.given().len());
        (known.name(text.strip_prefix(NAMED)?) == expected).then_some(())
    })
}

/// Texts as they stand in a file.
struct Stored {
    bytes: String,
    ends: Vec<u32>,
}

impl Stored {
    fn borrowed(&self) -> (&str, &[u32]) {
        (&self.bytes, &self.ends)
    }

    /// Gives each text to `add`, as long as it takes them.
    fn each(&self, mut add: impl FnMut(&str) -> Option<()>) -> Option<()> {
        let mut start = 0;
        for end in &self.ends {
            add(self.bytes.get(start..*end as usize)?)?;
            start = *end as usize;
        }
        (start == self.bytes.len()).then_some(())
    }
}

fn write_strings(strings: &Strings, from: u32, out: &mut Hashed) -> io::Result<()> {
    let (bytes, ends) = strings.tail(from as usize);
    out.part(bytes.as_bytes())?;
    out.ints(ends)
}

fn read_strings(input: &mut Reader) -> Option<Stored> {
    Some(Stored { bytes: input.text()?, ends: input.ints()? })
}

fn write_bitmap(bitmap: &RoaringBitmap, out: &mut Hashed) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    bitmap.serialize_into(&mut bytes)?;
    out.part(&bytes)
}

fn read_bitmap(input: &mut Reader) -> Option<RoaringBitmap> {
    RoaringBitmap::deserialize_from(&input.part()?[..]).ok()
}

fn write_packed(packed: &Packed, out: &mut Hashed) -> io::Result<()> {
    let (width, len, bytes) = packed.parts();
    out.write_all(&[width])?;
    out.int(len)?;
    out.part(bytes)
}

fn read_packed(input: &mut Reader) -> Option<Packed> {
    let (width, len) = (input.byte()?, input.int()?);
    Packed::from_parts(width, len, input.part()?)
}

/// What the tables and rules of this program make of words, as one checksum: the tables, the bands of headcounts, and the
/// titles with some odd spellings read the way the index reads them. Where it differs, what was made by another program is
/// not used.
pub(super) fn fingerprint() -> Sum {
    static FINGERPRINT: OnceLock<Sum> = OnceLock::new();
    *FINGERPRINT.get_or_init(|| {
        let mut hash = Sha256::new();
        let mut add = |text: &str| hash.update([text.as_bytes(), b"\n"].concat());
        [titles::SOURCES, markets::SOURCES].concat().into_iter().for_each(&mut add);
        add(&format!("{BANDS:?}"));
        let odd =
            ["The Tax & Sons LLP", "EVP, General Counsel & Secretary", "Deputy CFOs", "l'Étude", "Ass. Müller-Prof"];
        for text in titles::all().iter().map(|title| title.name).chain(odd) {
            let title = Title::of(text);
            add(&format!("{:?} {} {}", title.held, title.words, folded_name(text)));
            add(&[level_key(text), industry_key(text), company_type_key(text), practice_key(text)].join("|"));
        }
        hash.finalize().into()
    })
}

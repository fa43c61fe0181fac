//! The index as a file, so that a start does not read the whole database.
//!
//! The file holds what was given (spellings and rows of their numbers) and nothing that tables or rules make of it: a
//! program that reads titles better makes better bitmaps of the same file. A file that is damaged, cut off or of
//! another format is not opened, and the index is built anew.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use roaring::RoaringBitmap;
use sha2::{Digest, Sha256};

use super::dictionary::{Amount, Company, Dictionary};
use super::intern::{Texts, number};
use super::rows::COLUMNS;
use super::snapshot::Snapshot;

/// The first bytes of the file.
const MAGIC: &[u8; 8] = b"LEXI-IDX";
/// Raised whenever the layout, or the meaning of what is stored, changes.
const FORMAT: u32 = 1;
/// Magic, format and checksum.
const HEADER: usize = 8 + 4 + 32;

/// Writes `snapshot` beside `path` and puts it in place in one step: a reader sees the old file or the new one.
pub(super) fn save(snapshot: &Snapshot, path: &Path) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut body = Hashed { out: BufWriter::new(File::create(&beside)?), hash: Sha256::new() };
    body.out.write_all(&[0; HEADER])?;
    write_body(snapshot, &mut body)?;
    let Hashed { out, hash } = body;
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    io::Seek::rewind(&mut file)?;
    file.write_all(MAGIC)?;
    file.write_all(&FORMAT.to_le_bytes())?;
    file.write_all(&hash.finalize())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Reads a file that [`save`] wrote.
///
/// # Errors
/// Whatever is wrong with it; the caller builds the index anew.
pub(super) fn load(path: &Path) -> io::Result<Snapshot> {
    let bytes = fs::read(path)?;
    let body = bytes.get(HEADER..).ok_or_else(|| damaged("it is cut off"))?;
    if &bytes[..8] != MAGIC || bytes[8..12] != FORMAT.to_le_bytes() {
        return Err(damaged("it has another format"));
    }
    if bytes[12..HEADER] != Sha256::digest(body)[..] {
        return Err(damaged("its checksum is wrong"));
    }
    read_body(&mut Reader(body)).ok_or_else(|| damaged("its parts don't fit together"))
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn write_body(snapshot: &Snapshot, out: &mut impl Write) -> io::Result<()> {
    let known = &snapshot.dictionary;
    out.write_all(&snapshot.version.to_le_bytes())?;
    write_texts(out, known.titles.filed())?;
    write_texts(out, known.names.given())?;
    for keys in [&known.seniorities, &known.departments, &known.industries, &known.company_types, &known.practices] {
        write_texts(out, keys.given())?;
    }
    write_count(out, known.practice_sets.all().len())?;
    for set in &known.practice_sets.all()[1..] {
        write_count(out, set.len())?;
        set.iter().try_for_each(|id| out.write_all(&id.to_le_bytes()))?;
    }
    write_texts(out, known.places.texts())?;
    write_count(out, known.places.len())?;
    for place in &known.places.places()[1..] {
        place.iter().try_for_each(|id| out.write_all(&id.to_le_bytes()))?;
    }
    write_texts(out, known.domains.texts())?;
    write_count(out, known.companies.all().len())?;
    for company in &known.companies.all()[1..] {
        let Company { name, domain, industry, company_type, place, headcount, revenue } = *company;
        for id in [name, domain, industry, company_type, place] {
            out.write_all(&id.to_le_bytes())?;
        }
        for amount in [headcount, revenue] {
            out.write_all(&amount.get().unwrap_or(Amount::UNKNOWN).to_le_bytes())?;
        }
    }
    snapshot.people.serialize_into(&mut *out)?;
    for person in snapshot.people.iter() {
        snapshot.rows.get(person).iter().try_for_each(|id| out.write_all(&id.to_le_bytes()))?;
    }
    Ok(())
}

/// The snapshot, or nothing when a part is missing or names a number that is not given.
fn read_body(input: &mut Reader) -> Option<Snapshot> {
    let version = input.long()?;
    let mut known = Dictionary::default();
    input.texts(|text| known.title(text))?;
    input.texts(|text| known.name(text.strip_prefix(super::dictionary::NAMED).unwrap_or(text)))?;
    input.texts(|text| known.seniority(Some(text)))?;
    input.texts(|text| known.department(Some(text)))?;
    input.texts(|text| known.industry(Some(text)))?;
    input.texts(|text| known.company_type(Some(text)))?;
    input.texts(|text| known.practice(text))?;
    let sets = Arc::make_mut(&mut known.practice_sets);
    for expected in 1..input.int()? {
        let count = input.int()?;
        let set: Vec<u32> = (0..count).map(|_| input.below(known.practices.given().len())).collect::<Option<_>>()?;
        (sets.intern(set) == expected).then_some(())?;
    }
    let mut places = Texts::default();
    input.texts(|text| places.intern(text))?;
    let texts = places.len();
    let gazetteer = Arc::make_mut(&mut known.places);
    gazetteer.start(places);
    for expected in 1..input.int()? {
        let place = [input.below(texts)?, input.below(texts)?, input.below(texts)?];
        (gazetteer.add_numbers(place) == expected).then_some(())?;
    }
    let domains = Arc::make_mut(&mut known.domains);
    input.texts(|text| domains.intern(text))?;
    let companies = Arc::make_mut(&mut known.companies);
    for expected in 1..input.int()? {
        let company = Company {
            name: input.below(known.names.given().len())?,
            domain: input.below(known.domains.texts().len())?,
            industry: input.below(known.industries.given().len())?,
            company_type: input.below(known.company_types.given().len())?,
            place: input.below(known.places.len())?,
            headcount: Amount::of(Some(input.long()?)),
            revenue: Amount::of(Some(input.long()?)),
        };
        (companies.intern(company) == expected).then_some(())?;
    }
    let people = RoaringBitmap::deserialize_from(&mut input.0).ok()?;
    let limits: [usize; COLUMNS] = [
        known.titles.filed().len(),
        known.seniorities.given().len(),
        known.departments.given().len(),
        known.places.len(),
        known.companies.all().len(),
        known.practice_sets.all().len(),
        known.domains.texts().len(),
    ];
    let mut snapshot = Snapshot { version, dictionary: known, ..Snapshot::default() };
    for person in people {
        let mut row = [0; COLUMNS];
        for (value, limit) in row.iter_mut().zip(limits) {
            *value = input.below(limit)?;
        }
        snapshot.put_row(person, row);
    }
    snapshot.compact();
    input.0.is_empty().then_some(snapshot)
}

fn write_texts(out: &mut impl Write, texts: &Texts) -> io::Result<()> {
    write_count(out, texts.len())?;
    for (_, text) in texts.iter() {
        write_count(out, text.len())?;
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

fn write_count(out: &mut impl Write, count: usize) -> io::Result<()> {
    out.write_all(&number(count).to_le_bytes())
}

/// The rest of the file.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn int(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<i64> {
        Some(i64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    /// A number of a dictionary with `len` entries.
    fn below(&mut self, len: usize) -> Option<u32> {
        self.int().filter(|id| (*id as usize) < len)
    }

    /// Gives each text to `add`, which must number them 1, 2, 3 …
    fn texts(&mut self, mut add: impl FnMut(&str) -> u32) -> Option<()> {
        for expected in 1..self.int()? {
            let count = self.int()? as usize;
            let text = std::str::from_utf8(self.bytes(count)?).ok()?;
            (add(text) == expected).then_some(())?;
        }
        Some(())
    }
}

/// Writes and hashes what it writes.
struct Hashed<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

//! Every SQL statement on people and companies of the prospect database.
//!
//! A batch is read, merged in memory and written with one statement for companies and one for people, so that a repeated
//! import reads and writes nothing. Whatever is written carries the version of its transaction: the search index follows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use serde::Serialize;
use uuid::Uuid;

use super::{CompanyFields, Entry, PEOPLE_PER_REMOVAL, Person, ROWS_PER_TRANSACTION, derived, identity};
use crate::db::{LIST_MAX, Row, Signal, Tx, Value, count_inserted, insert_new, insert_rows, query};
use crate::error::{Error, Result};

/// What became of the entries of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// New people, and new companies of rows without a person.
    pub added: u64,
    /// Known, and something changed.
    pub updated: u64,
    /// Known, and nothing changed; nothing was written for them.
    pub unchanged: u64,
}

/// Who changed and who went, and up to which version.
#[derive(Debug, Clone)]
pub struct Changes {
    /// Those that were added or changed, as they are now.
    pub people: Vec<Person>,
    /// The numbers of those that were removed; none of them is among `people`, and no number comes back.
    pub removed: Vec<u32>,
    /// All changes and removals up to this version are in.
    pub version: i64,
}

/// What one step of a removal took out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemovedStep {
    /// People.
    pub people: u64,
    /// Companies that were left without people.
    pub companies: u64,
    /// The largest number among the people: the next step begins behind it.
    pub last_number: u32,
}

/// What the prospect database holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// People.
    pub people: u64,
    /// Companies, those without people too.
    pub companies: u64,
    /// People with an e-mail address.
    pub with_email: u64,
    /// People with a title.
    pub with_title: u64,
    /// People by the source they were first loaded from.
    pub sources: BTreeMap<String, u64>,
}

/// The columns of a person that a file can say; those of one group belong together.
const PERSON: &str = "full_name, first_name, last_name, title, seniority, department, email, email_norm, email_domain, \
                      city, state, country, phone, linkedin_url, practice_areas, external_id, company_id";
const PERSON_COLUMNS: usize = 17;
const PERSON_GROUPS: &[Range<usize>] = &[0..3, 3..6, 6..9, 9..12, 12..13, 13..14, 14..15, 15..16, 16..17];
const TITLE: usize = 3;
const SENIORITY: usize = 4;
const DEPARTMENT: usize = 5;
const COMPANY_ID: usize = 16;

/// The columns of a company that a file can say.
const COMPANY: &str = "name, name_norm, city, state, country, domain, industry, company_type, headcount, revenue_usd, \
                       founded";
const COMPANY_COLUMNS: usize = 11;
const COMPANY_GROUPS: &[Range<usize>] = &[0..2, 2..5, 5..6, 6..7, 7..8, 8..9, 9..10, 10..11];
const NAME: usize = 0;
const NAME_NORM: usize = 1;
const DOMAIN: usize = 5;

/// A person or company of the batch: as stored, and as it will be.
#[derive(Clone)]
struct Draft {
    id: Uuid,
    /// A person's number; 0 while new, and for companies.
    number: u32,
    before: Option<Vec<Value>>,
    now: Vec<Value>,
}

pub(super) fn save(tx: &mut Tx, source: &str, entries: &[Entry], now_ms: i64) -> Result<Saved> {
    let mut companies = known_companies(tx, entries.iter().filter_map(|entry| entry.company.as_ref()))?;
    let mut people = known_people(tx, entries.iter().filter_map(|entry| entry.person.as_ref()))?;
    let is_new = |identity: &&str| !people.contains_key(*identity);
    let identities = entries.iter().filter_map(|entry| entry.person.as_ref()).map(|(identity, _)| identity.as_str());
    let kept = kept_ids(tx, &identities.filter(is_new).collect::<Vec<_>>())?;
    let mut outcomes = Vec::with_capacity(entries.len());
    for entry in entries {
        let (mut new, mut changed) = (false, false);
        let mut company_id = Value::Null;
        if let Some((identity, id)) = &entry.company {
            let contradiction = if entry.company_is_settled { Contradiction::Ignored } else { Contradiction::Wins };
            let company = merge(&mut companies, identity, *id, &company_values(entry), COMPANY_GROUPS, contradiction);
            complete_company(&mut company.draft.now);
            company_id = Value::from(company.draft.id);
            changed |= company.changed();
            new = company.new && entry.person.is_none();
        }
        if let Some((identity, id)) = &entry.person {
            let values = person_values(entry, company_id);
            let id = kept.get(identity).copied().unwrap_or(*id);
            if let Some(draft) = people.get_mut(identity) {
                forget_derived(&mut draft.now, &values);
            }
            let person = merge(&mut people, identity, id, &values, PERSON_GROUPS, Contradiction::Wins);
            complete_person(&mut person.draft.now);
            changed |= person.changed();
            new = person.new;
        }
        outcomes.push((new, changed));
    }
    // Rows of one file that contradict each other may end where they began: then nothing changed after all.
    let same = |drafts: &HashMap<String, Draft>, who: &Option<(String, Uuid)>| {
        who.as_ref().and_then(|(identity, _)| drafts.get(identity)).is_none_or(|draft| !draft.differs())
    };
    let mut saved = Saved::default();
    for (entry, (new, changed)) in entries.iter().zip(outcomes) {
        if new {
            saved.added += 1;
        } else if changed && !(same(&people, &entry.person) && same(&companies, &entry.company)) {
            saved.updated += 1;
        } else {
            saved.unchanged += 1;
        }
    }
    let companies = to_write(companies);
    let people = to_write(people);
    if companies.is_empty() && people.is_empty() {
        return Ok(saved);
    }
    let version = next(tx, "prospect_version", 1)?;
    write_companies(tx, companies, version, now_ms)?;
    write_people(tx, people, source, version, now_ms)?;
    tx.after_commit(Signal::ProspectsChanged);
    Ok(saved)
}

impl Draft {
    fn differs(&self) -> bool {
        self.before.as_ref() != Some(&self.now)
    }
}

/// What one entry did to its draft.
struct Merged<'d> {
    draft: &'d mut Draft,
    /// As it was before this entry; nothing when this entry made it.
    earlier: Vec<Value>,
    new: bool,
}

impl Merged<'_> {
    fn changed(&self) -> bool {
        !self.new && self.draft.now != self.earlier
    }
}

/// What becomes of a value that contradicts what is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contradiction {
    /// It replaces the whole group it stands in.
    Wins,
    /// Its whole group is passed over.
    Ignored,
}

/// Lays `values` over what is known of `identity`, group by group; gaps of a group are filled when nothing contradicts.
fn merge<'d>(
    drafts: &'d mut HashMap<String, Draft>,
    identity: &str,
    id: Uuid,
    values: &[Value],
    groups: &[Range<usize>],
    contradiction: Contradiction,
) -> Merged<'d> {
    let mut new = false;
    if !drafts.contains_key(identity) {
        new = true;
        drafts.insert(identity.to_owned(), Draft { id, number: 0, before: None, now: vec![Value::Null; values.len()] });
    }
    let draft = drafts.get_mut(identity).expect("it was put there just now if it was missing");
    let earlier = if new { Vec::new() } else { draft.now.clone() };
    for group in groups {
        let contradicts = group
            .clone()
            .any(|at| values[at] != Value::Null && draft.now[at] != Value::Null && values[at] != draft.now[at]);
        if contradicts && contradiction == Contradiction::Ignored {
            continue;
        }
        for at in group.clone() {
            if contradicts || draft.now[at] == Value::Null {
                draft.now[at] = values[at].clone();
            }
        }
    }
    Merged { draft, earlier, new }
}

/// Level and department follow from the title where nobody said them.
fn complete_person(now: &mut [Value]) {
    if now[SENIORITY] != Value::Null && now[DEPARTMENT] != Value::Null {
        return;
    }
    let Value::Text(title) = &now[TITLE] else { return };
    let (seniority, department) = derived(title);
    for (at, value) in [(SENIORITY, seniority), (DEPARTMENT, department)] {
        if now[at] == Value::Null {
            now[at] = value.into();
        }
    }
}

/// The company a person is stored with.
fn company_id(now: &[Value]) -> Option<&str> {
    match &now[COMPANY_ID] {
        Value::Text(id) => Some(id),
        _ => None,
    }
}

/// A level or department that only follows from the title gives way to one that is said, and contradicts nothing: the
/// title stays. So rows that each know a part come to the same end however often they are loaded.
fn forget_derived(now: &mut [Value], said: &[Value]) {
    let Value::Text(title) = &now[TITLE] else { return };
    if said[TITLE] != Value::Null {
        return;
    }
    let (seniority, department) = derived(title);
    for (at, value) in [(SENIORITY, seniority), (DEPARTMENT, department)] {
        if said[at] != Value::Null && said[at] != now[at] && now[at] == Value::from(value) {
            now[at] = Value::Null;
        }
    }
}

/// A company that nobody named is called by its domain.
fn complete_company(now: &mut [Value]) {
    if now[NAME] == Value::Null {
        now[NAME] = now[DOMAIN].clone();
        now[NAME_NORM] = now[DOMAIN].clone();
    }
}

fn person_values(entry: &Entry, company_id: Value) -> Vec<Value> {
    let row = &entry.row;
    let areas = if row.practice_areas.is_empty() {
        Value::Null
    } else {
        Value::Text(serde_json::Value::from(row.practice_areas.as_slice()).to_string())
    };
    vec![
        row.full_name.as_deref().into(),
        row.first_name.as_deref().into(),
        row.last_name.as_deref().into(),
        row.title.as_deref().into(),
        row.seniority.as_deref().into(),
        row.department.as_deref().into(),
        row.email.as_deref().into(),
        row.email.as_deref().map(identity::normal_email).into(),
        row.email.as_deref().and_then(identity::email_domain).into(),
        row.city.as_deref().into(),
        row.state.as_deref().into(),
        row.country.as_deref().into(),
        row.phone.as_deref().into(),
        row.linkedin_url.as_deref().into(),
        areas,
        row.external_id.as_deref().into(),
        company_id,
    ]
}

fn company_values(entry: &Entry) -> Vec<Value> {
    let row = &entry.row;
    vec![
        row.company.as_deref().into(),
        row.company.as_deref().map(identity::normal_name).into(),
        row.company_city.as_deref().into(),
        row.company_state.as_deref().into(),
        row.company_country.as_deref().into(),
        row.company_domain.as_deref().into(),
        row.industry.as_deref().into(),
        row.company_type.as_deref().into(),
        row.headcount.into(),
        row.revenue_usd.into(),
        row.founded.into(),
    ]
}

/// Those of the batch that are stored, by identity.
fn known_people<'e>(tx: &mut Tx, wanted: impl Iterator<Item = &'e (String, Uuid)>) -> Result<HashMap<String, Draft>> {
    let sql = format!("select identity, id, number, {PERSON} from prospects where identity in ({{list}})");
    known(tx, &sql, wanted, |row| {
        let before = texts(row, 3, PERSON_COLUMNS)?;
        let draft = Draft { id: row.get(1)?, number: row.get(2)?, now: before.clone(), before: Some(before) };
        Ok((row.get(0)?, draft))
    })
}

fn known_companies<'e>(
    tx: &mut Tx,
    wanted: impl Iterator<Item = &'e (String, Uuid)>,
) -> Result<HashMap<String, Draft>> {
    let sql = format!("select identity, id, {COMPANY} from prospect_companies where identity in ({{list}})");
    known(tx, &sql, wanted, company)
}

/// A company by its identity, as stored.
fn company(row: &Row) -> Result<(String, Draft)> {
    let mut before = texts(row, 2, COMPANY_COLUMNS - 3)?;
    for at in COMPANY_COLUMNS - 3..COMPANY_COLUMNS {
        before.push(row.get::<Option<i64>>(2 + at)?.into());
    }
    Ok((row.get(0)?, Draft { id: row.get(1)?, number: 0, now: before.clone(), before: Some(before) }))
}

fn known<'e>(
    tx: &mut Tx,
    sql: &str,
    wanted: impl Iterator<Item = &'e (String, Uuid)>,
    draft: impl Fn(&Row) -> Result<(String, Draft)>,
) -> Result<HashMap<String, Draft>> {
    let mut identities: Vec<&str> = wanted.map(|(identity, _)| identity.as_str()).collect();
    identities.sort_unstable();
    identities.dedup();
    let mut found = HashMap::with_capacity(identities.len());
    for some in identities.chunks(LIST_MAX) {
        found.extend(query(sql.to_owned()).bind_list(some.iter().copied()).all(tx, &draft)?);
    }
    Ok(found)
}

fn texts(row: &Row, from: usize, count: usize) -> Result<Vec<Value>> {
    (from..from + count).map(|at| Ok(row.get::<Option<String>>(at)?.into())).collect()
}

/// Those that differ from what is stored, by id: that is in the order of the file for those that are new.
fn to_write(drafts: HashMap<String, Draft>) -> Vec<(String, Draft)> {
    let mut drafts: Vec<(String, Draft)> = drafts.into_iter().filter(|(_, draft)| draft.differs()).collect();
    drafts.sort_unstable_by_key(|(_, draft)| draft.id);
    drafts
}

/// What a batch finds in the database.
pub(super) struct Stored {
    companies: Vec<(String, Draft)>,
    people: Vec<(String, Draft)>,
}

/// The people and companies that `entries` name, and the companies of those people.
pub(super) fn stored(tx: &mut Tx, entries: &[Entry]) -> Result<Stored> {
    let mut companies = known_companies(tx, entries.iter().filter_map(|entry| entry.company.as_ref()))?;
    let people = known_people(tx, entries.iter().filter_map(|entry| entry.person.as_ref()))?;
    let there: HashSet<String> = companies.values().map(|draft| draft.id.to_string()).collect();
    let others: BTreeSet<&str> = people.values().filter_map(|draft| company_id(&draft.now)).collect();
    let others: Vec<&str> = others.into_iter().filter(|id| !there.contains(*id)).collect();
    let sql = format!("select identity, id, {COMPANY} from prospect_companies where id in ({{list}})");
    for some in others.chunks(LIST_MAX) {
        companies.extend(query(sql.clone()).bind_list(some.iter().copied()).all(tx, company)?);
    }
    Ok(Stored { companies: companies.into_iter().collect(), people: people.into_iter().collect() })
}

/// Numbers of the people that a rehearsal adds: beyond all that are stored.
const REHEARSAL_NUMBERS_FROM: i64 = 1_000_000_000;

/// Makes an empty database ready to stand for another one.
pub(super) fn begin_rehearsal(tx: &mut Tx) -> Result<()> {
    query("update counters set value = $1 where name = 'prospect_number'").bind(REHEARSAL_NUMBERS_FROM).execute(tx)?;
    Ok(())
}

/// Puts what another database holds into this one, where it is not there yet.
pub(super) fn adopt(tx: &mut Tx, stored: &Stored) -> Result<()> {
    let keys = |drafts: &[(String, Draft)]| -> Vec<(String, Uuid)> {
        drafts.iter().map(|(identity, draft)| (identity.clone(), draft.id)).collect()
    };
    let there = known_companies(tx, keys(&stored.companies).iter())?;
    let new = stored.companies.iter().filter(|(identity, _)| !there.contains_key(identity)).cloned().collect();
    write_companies(tx, new, 0, 0)?;
    // A company may have come into both databases by itself, and has two ids then.
    let ids: HashMap<String, Uuid> = stored
        .companies
        .iter()
        .filter_map(|(identity, draft)| Some((draft.id.to_string(), there.get(identity)?.id)))
        .collect();
    let there = known_people(tx, keys(&stored.people).iter())?;
    let mut new: Vec<(String, Draft)> =
        stored.people.iter().filter(|(identity, _)| !there.contains_key(identity)).cloned().collect();
    for (_, draft) in &mut new {
        if let Some(id) = company_id(&draft.now).and_then(|id| ids.get(id)) {
            draft.now[COMPANY_ID] = id.into();
        }
    }
    write_people(tx, new, "", 0, 0)
}

/// Takes `count` more from a counter; answers the last one taken.
fn next(tx: &mut Tx, counter: &str, count: usize) -> Result<i64> {
    let count = i64::try_from(count).map_err(Error::internal)?;
    query("update counters set value = value + $1 where name = $2 returning value")
        .bind(count)
        .bind(counter)
        .one(tx, |row| row.get(0))
}

fn write_companies(tx: &mut Tx, companies: Vec<(String, Draft)>, version: i64, now_ms: i64) -> Result<()> {
    let mut values = Vec::with_capacity(companies.len() * (COMPANY_COLUMNS + 5));
    for (identity, draft) in companies {
        values.extend([Value::from(draft.id), identity.into(), version.into(), now_ms.into(), now_ms.into()]);
        values.extend(draft.now);
    }
    insert_rows(
        tx,
        "insert into prospect_companies (id, identity, version, created_at_ms, updated_at_ms,
            name, name_norm, city, state, country, domain, industry, company_type, headcount, revenue_usd, founded)
        values {rows}
        on conflict (identity) do update set
            version = excluded.version, updated_at_ms = excluded.updated_at_ms,
            name = excluded.name, name_norm = excluded.name_norm,
            city = excluded.city, state = excluded.state, country = excluded.country,
            domain = excluded.domain, industry = excluded.industry, company_type = excluded.company_type,
            headcount = excluded.headcount, revenue_usd = excluded.revenue_usd, founded = excluded.founded",
        COMPANY_COLUMNS + 5,
        values,
        |_| Ok(()),
    )?;
    Ok(())
}

fn write_people(tx: &mut Tx, people: Vec<(String, Draft)>, source: &str, version: i64, now_ms: i64) -> Result<()> {
    let wanted = people.iter().filter(|(_, draft)| draft.before.is_none()).count();
    let mut number = 0;
    if wanted > 0 {
        let last = next(tx, "prospect_number", wanted)?;
        number = u32::try_from(last).map_err(Error::internal)? - u32::try_from(wanted).map_err(Error::internal)? + 1;
    }
    let (mut new, mut changed) = (Vec::with_capacity(wanted * (PERSON_COLUMNS + 7)), vec![]);
    for (identity, draft) in people {
        let is_new = draft.before.is_none();
        let values = if is_new { &mut new } else { &mut changed };
        values.push(Value::from(if is_new { number } else { draft.number }));
        number += u32::from(is_new);
        values.extend([draft.id.into(), identity.into(), version.into(), source.into()]);
        values.extend([Value::from(now_ms), now_ms.into()]);
        values.extend(draft.now);
    }
    let sql = "insert into prospects (number, id, identity, version, source, created_at_ms, updated_at_ms,
            full_name, first_name, last_name, title, seniority, department, email, email_norm, email_domain,
            city, state, country, phone, linkedin_url, practice_areas, external_id, company_id)
        values {rows}
        on conflict (identity) do nothing";
    all_new(wanted as u64, insert_new(tx, sql, PERSON_COLUMNS + 7, new)?)?;
    insert_rows(
        tx,
        "insert into prospects (number, id, identity, version, source, created_at_ms, updated_at_ms,
            full_name, first_name, last_name, title, seniority, department, email, email_norm, email_domain,
            city, state, country, phone, linkedin_url, practice_areas, external_id, company_id)
        values {rows}
        on conflict (identity) do update set
            version = excluded.version, updated_at_ms = excluded.updated_at_ms,
            full_name = excluded.full_name, first_name = excluded.first_name, last_name = excluded.last_name,
            title = excluded.title, seniority = excluded.seniority, department = excluded.department,
            email = excluded.email, email_norm = excluded.email_norm, email_domain = excluded.email_domain,
            city = excluded.city, state = excluded.state, country = excluded.country,
            phone = excluded.phone, linkedin_url = excluded.linkedin_url,
            practice_areas = excluded.practice_areas, external_id = excluded.external_id,
            company_id = excluded.company_id",
        PERSON_COLUMNS + 7,
        changed,
        |_| Ok(()),
    )?;
    Ok(())
}

/// Somebody else may have saved the same since it was looked for, where writers are not serial: then all of it is done
/// again, with what is known by then.
fn all_new(wanted: u64, written: u64) -> Result<()> {
    if wanted == written {
        Ok(())
    } else {
        Err(Error::Serialization("another process saved the same prospects".into()))
    }
}

/// A person with the company, as [`person`] reads it; a `where` follows.
const SELECT: &str = "
    select p.id, p.number, p.source, p.external_id, p.full_name, p.first_name, p.last_name, p.title, p.seniority,
        p.department, p.email, p.phone, p.linkedin_url, p.practice_areas, p.city, p.state, p.country,
        c.id, c.name, c.domain, c.industry, c.company_type, c.headcount, c.revenue_usd, c.founded,
        c.city, c.state, c.country
    from prospects p
    left join prospect_companies c on c.id = p.company_id";

fn person(row: &Row) -> Result<Person> {
    let company = match row.get::<Option<Uuid>>(17)? {
        None => None,
        Some(id) => Some(CompanyFields {
            id,
            name: row.get(18)?,
            domain: row.get(19)?,
            industry: row.get(20)?,
            company_type: row.get(21)?,
            headcount: row.get(22)?,
            revenue_usd: row.get(23)?,
            founded: row.get(24)?,
            city: row.get(25)?,
            state: row.get(26)?,
            country: row.get(27)?,
        }),
    };
    let practice_areas = match row.get::<Option<String>>(13)? {
        None => Vec::new(),
        Some(areas) => serde_json::from_str(&areas)?,
    };
    Ok(Person {
        id: row.get(0)?,
        number: row.get(1)?,
        source: row.get(2)?,
        external_id: row.get(3)?,
        full_name: row.get(4)?,
        first_name: row.get(5)?,
        last_name: row.get(6)?,
        title: row.get(7)?,
        seniority: row.get(8)?,
        department: row.get(9)?,
        email: row.get(10)?,
        phone: row.get(11)?,
        linkedin_url: row.get(12)?,
        practice_areas,
        city: row.get(14)?,
        state: row.get(15)?,
        country: row.get(16)?,
        company,
    })
}

pub(super) fn people_by_numbers(tx: &mut Tx, numbers: &[u32]) -> Result<Vec<Person>> {
    let mut people = HashMap::with_capacity(numbers.len());
    for some in numbers.chunks(LIST_MAX) {
        let found = query(format!("{SELECT} where p.number in ({{list}})")).bind_list(some.iter().copied());
        people.extend(found.all(tx, person)?.into_iter().map(|person| (person.number, person)));
    }
    Ok(numbers.iter().filter_map(|number| people.remove(number)).collect())
}

pub(super) fn people_by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Person>> {
    let mut people = HashMap::with_capacity(ids.len());
    for some in ids.chunks(LIST_MAX) {
        let found = query(format!("{SELECT} where p.id in ({{list}})")).bind_list(some.iter());
        people.extend(found.all(tx, person)?.into_iter().map(|person| (person.id, person)));
    }
    Ok(ids.iter().filter_map(|id| people.remove(id)).collect())
}

pub(super) fn people_after(tx: &mut Tx, number: u32, limit: u32) -> Result<Vec<Person>> {
    query(format!("{SELECT} where p.number > $1 order by p.number limit $2")).bind(number).bind(limit).all(tx, person)
}

pub(super) fn changed_since(tx: &mut Tx, version: i64, limit: u32) -> Result<Changes> {
    let newest = current_version(tx)?;
    let transactions = (i64::from(limit) / ROWS_PER_TRANSACTION as i64).max(1);
    let until = newest.min(version.saturating_add(transactions));
    let numbers: Vec<u32> = query(
        "select number from prospects where version > $1 and version <= $2
        union
        select p.number from prospect_companies c
        join prospects p on p.company_id = c.id
        where c.version > $1 and c.version <= $2
        order by 1",
    )
    .bind(version)
    .bind(until)
    .all(tx, |row| row.get(0))?;
    let removed = query("select number from prospect_removals where version > $1 and version <= $2 order by number")
        .bind(version)
        .bind(until)
        .all(tx, |row| row.get(0))?;
    Ok(Changes { people: people_by_numbers(tx, &numbers)?, removed, version: until })
}

/// The next people of `source` behind `after`, by number, are taken out; nothing when there are none.
pub(super) fn remove(tx: &mut Tx, source: &str, after: u32) -> Result<Option<RemovedStep>> {
    let going =
        query("select number, company_id from prospects where source = $1 and number > $2 order by number limit $3")
            .bind(source)
            .bind(after)
            .bind(i64::try_from(PEOPLE_PER_REMOVAL).map_err(Error::internal)?)
            .all(tx, |row| Ok((row.get::<u32>(0)?, row.get::<Option<Uuid>>(1)?)))?;
    let Some((last_number, _)) = going.last().copied() else { return Ok(None) };
    let numbers = || going.iter().map(|(number, _)| *number);
    keep_ids(tx, numbers())?;
    query("delete from prospects where number in ({list})").bind_list(numbers()).execute(tx)?;
    let version = next(tx, "prospect_version", 1)?;
    let removals = numbers().flat_map(|number| [Value::from(number), version.into()]).collect();
    count_inserted(tx, "insert into prospect_removals (number, version) values {rows}", 2, removals)?;
    let companies: BTreeSet<Uuid> = going.iter().filter_map(|(_, company_id)| *company_id).collect();
    let companies = query(
        "delete from prospect_companies
        where id in ({list}) and not exists (select 1 from prospects p where p.company_id = prospect_companies.id)",
    )
    .bind_list(companies)
    .execute(tx)?;
    tx.after_commit(Signal::ProspectsChanged);
    Ok(Some(RemovedStep { people: going.len() as u64, companies, last_number }))
}

/// Notes the ids of those that contacts or suppressions of any workspace name.
fn keep_ids(tx: &mut Tx, numbers: impl Iterator<Item = u32>) -> Result<()> {
    query(
        "insert into prospect_ids_kept (identity, id)
        select p.identity, p.id from prospects p
        where p.number in ({list}) and (
            exists (select 1 from workspaces w
                join contacts c on c.workspace_id = w.id
                where c.prospect_id = p.id)
            or exists (select 1 from workspaces w
                join suppressions s on s.workspace_id = w.id
                where s.kind = 'prospect' and s.value = p.id))
        on conflict (identity) do nothing",
    )
    .bind_list(numbers)
    .execute(tx)?;
    Ok(())
}

/// The ids that removed people had, of those of `identities` that contacts or suppressions name.
fn kept_ids(tx: &mut Tx, identities: &[&str]) -> Result<HashMap<String, Uuid>> {
    let mut kept = HashMap::new();
    if query("select 1 from prospect_ids_kept limit 1").first(tx, |_| Ok(()))?.is_none() {
        return Ok(kept);
    }
    for some in identities.chunks(LIST_MAX) {
        let found = query("select identity, id from prospect_ids_kept where identity in ({list})")
            .bind_list(some.iter().copied());
        kept.extend(found.all(tx, |row| Ok((row.get::<String>(0)?, row.get::<Uuid>(1)?)))?);
    }
    Ok(kept)
}

pub(super) fn written_by(tx: &mut Tx, version: i64) -> Result<Vec<(u32, Uuid, i64)>> {
    query("select number, id, updated_at_ms from prospects where version = $1 order by number")
        .bind(version)
        .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

pub(super) fn changed_more_than(tx: &mut Tx, version: i64, count: usize) -> Result<bool> {
    let changed: u64 = query(
        "select count(*) from (
            select 1 as changed from prospects where version > $1
            limit $2) as changes",
    )
    .bind(version)
    .bind(i64::try_from(count + 1).map_err(Error::internal)?)
    .one(tx, |row| row.get(0))?;
    Ok(changed > count as u64)
}

pub(super) fn current_version(tx: &mut Tx) -> Result<i64> {
    query("select value from counters where name = 'prospect_version'").one(tx, |row| row.get(0))
}

pub(super) fn ask_for_rebuild(tx: &mut Tx) -> Result<()> {
    query("update counters set value = value + 1 where name = 'index_rebuilds'").execute(tx)?;
    Ok(())
}

pub(super) fn rebuilds_asked(tx: &mut Tx) -> Result<i64> {
    query("select value from counters where name = 'index_rebuilds'").one(tx, |row| row.get(0))
}

pub(super) fn stats(tx: &mut Tx) -> Result<Stats> {
    let companies = query("select count(*) from prospect_companies").one(tx, |row| row.get(0))?;
    let sources = query(
        "select source, count(*), count(email), count(title) from prospects
        group by source",
    )
    .all(tx, |row| Ok((row.get::<String>(0)?, row.get::<u64>(1)?, row.get::<u64>(2)?, row.get::<u64>(3)?)))?;
    Ok(Stats {
        people: sources.iter().map(|(_, people, ..)| people).sum(),
        companies,
        with_email: sources.iter().map(|(_, _, email, _)| email).sum(),
        with_title: sources.iter().map(|(.., title)| title).sum(),
        sources: sources.into_iter().map(|(source, people, ..)| (source, people)).collect(),
    })
}

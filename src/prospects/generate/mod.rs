//! Makes synthetic people at synthetic firms, for the demo, tests and benchmarks: the same seed gives the same people on
//! every machine, and more people of a seed begin with the fewer.
//!
//! Nobody real is meant: names are drawn by how frequent they are, firms are invented, addresses end in `.example`
//! (RFC 2606) and telephone numbers are of the block kept for fiction (555-01xx).

mod chance;
mod firms;
mod names;
mod roles;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::sync::mpsc;

use self::chance::Chance;
use self::firms::{Firm, Firms, Seat};
use self::names::{Names, plain};
use self::roles::Roles;
use super::load::{Loader, Portion, gathered};
use super::{Entry, Row, Saved, Target, derived};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::understand::places;

/// The source of all synthetic people.
pub const SOURCE: &str = "synthetic";
/// Most people that are made at once: numbers of prospects must stay small enough for the index.
pub const PEOPLE_MAX: u32 = 20_000_000;
/// Largest weight of a state.
pub const WEIGHT_MAX: f64 = 1_000.0;
/// Share of law firms among the firms, unless it is given.
pub const LAW_SHARE: f64 = 0.7;
/// Weights of states, unless they are given.
pub const US_STATES: &[(&str, f64)] = &[("CA", 5.0), ("NY", 1.5), ("TX", 3.2), ("DC", 4.0), ("IL", 1.3)];
/// People made before they are handed to the database, and how many such portions may wait.
const PORTION: usize = 500;
const PORTIONS_AHEAD: usize = 12;

/// What people to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// How many.
    pub people: u32,
    /// The same seed (and mix), the same people.
    pub seed: u64,
    /// Share of law firms among the firms, from 0 to 1; none means [`LAW_SHARE`].
    pub law: Option<f64>,
    /// States of the United States by postal code, and how many times more frequent they are than by population; none
    /// at all means [`US_STATES`].
    pub us_states: Vec<(String, f64)>,
}

/// What the demo makes: its first question has an answer worth showing.
pub const DEMO: Options = Options { people: 100_000, seed: 1, law: None, us_states: Vec::new() };

impl Default for Options {
    fn default() -> Options {
        DEMO
    }
}

impl Options {
    fn check(&self) -> Result<()> {
        if !(1..=PEOPLE_MAX).contains(&self.people) {
            return Err(Error::validation("people", format!("The number of people is from 1 to {PEOPLE_MAX}.")));
        }
        if self.law.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Error::validation("law", "The share of law firms is from 0 to 1."));
        }
        for (code, weight) in &self.us_states {
            if places::state("US", code).is_none_or(|state| state.code != code) {
                return Err(Error::validation("us_state", format!("\"{code}\" is no state. Write its code, like CA.")));
            }
            if !(0.0..=WEIGHT_MAX).contains(weight) {
                return Err(Error::validation("us_state", format!("A weight of a state is from 0 to {WEIGHT_MAX}.")));
            }
        }
        Ok(())
    }

    /// Law firms in a million firms, and the weights of states in thousandths: whole numbers, the same everywhere.
    fn mix(&self) -> (u64, Vec<(String, u64)>) {
        let law = parts(self.law.unwrap_or(LAW_SHARE), 1e6);
        if self.us_states.is_empty() {
            return (law, US_STATES.iter().map(|(code, weight)| ((*code).to_owned(), parts(*weight, 1e3))).collect());
        }
        (law, self.us_states.iter().map(|(code, weight)| (code.clone(), parts(*weight, 1e3))).collect())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: not negative, at most a million")]
fn parts(share: f64, of: f64) -> u64 {
    (share * of).round() as u64
}

/// Makes people and saves them; `progress` is told how many are saved. What is there of the same seed is left as it is,
/// so that an interrupted run goes on.
pub async fn run(
    target: &Target,
    clock: Arc<dyn Clock>,
    options: Options,
    mut progress: impl FnMut(u64),
) -> Result<Saved> {
    options.check()?;
    let mut loader = Loader::new(target, Arc::clone(&clock), SOURCE).await?;
    let (portions, mut waiting) = mpsc::channel(PORTIONS_AHEAD);
    let maker = tokio::task::spawn_blocking(move || make(&options, clock.as_ref(), &portions));
    while let Some(portion) = gathered(&mut waiting).await {
        loader.save(portion.entries).await?;
        progress(portion.progress);
    }
    maker.await.map_err(Error::internal)??;
    Ok(loader.saved)
}

/// Makes people ahead of the database, in portions; stops early when nobody takes them any more.
fn make(options: &Options, clock: &dyn Clock, portions: &mpsc::Sender<Portion<u64>>) -> Result<()> {
    let mut people = People::new(options);
    let mut made = 0;
    loop {
        let now_ms = clock.now_ms();
        let entries = people.by_ref().take(PORTION).map(|row| Entry::new(SOURCE, row, now_ms));
        let entries: Vec<Entry> = entries.collect::<std::result::Result<_, String>>().map_err(Error::internal)?;
        if entries.is_empty() {
            return Ok(());
        }
        made += entries.len() as u64;
        if portions.blocking_send(Portion { entries, progress: made }).is_err() {
            return Ok(());
        }
    }
}

/// The people that [`Options`] describe, firm by firm.
pub struct People {
    seed: u64,
    left: u32,
    firm: u64,
    waiting: VecDeque<Row>,
    names: Names,
    firms: Firms,
    roles: Roles,
    /// Level and department of each title, derived once.
    levels: HashMap<&'static str, (Option<&'static str>, Option<&'static str>)>,
}

impl People {
    /// Nothing is made before it is asked for.
    pub fn new(options: &Options) -> People {
        let (law_per_million, us_states) = options.mix();
        People {
            seed: options.seed,
            left: options.people,
            firm: 0,
            waiting: VecDeque::new(),
            names: Names::new(),
            firms: Firms::new(law_per_million, &us_states),
            roles: Roles::new(),
            levels: HashMap::new(),
        }
    }

    /// The people on record of the next firm.
    fn next_firm(&mut self) {
        self.firm += 1;
        let mut chance = Chance::of(self.seed, self.firm);
        let firm = self.firms.draw(&mut chance, &self.names, self.firm);
        let titles = self.roles.of_firm(&mut chance, firm.law, firm.headcount, on_record(firm.headcount));
        let company = company(&firm);
        let mut addresses = HashSet::new();
        for (place, title) in titles.into_iter().enumerate() {
            let (first, last) = if place == 0 { firm.head } else { self.names.person(&mut chance) };
            let (seniority, department) = *self.levels.entry(title).or_insert_with(|| derived(title));
            let at = office(&mut chance, &firm, place);
            let mut row = company.clone();
            row.external_id = Some(format!("{}-{:07}-{place:03}", self.seed, self.firm));
            row.full_name = Some(format!("{first} {last}"));
            row.first_name = Some(first.to_owned());
            row.last_name = Some(last.to_owned());
            row.title = Some(title.to_owned());
            row.seniority = seniority.map(str::to_owned);
            row.department = department.map(str::to_owned);
            row.email = address(&mut chance, &mut addresses, first, last, &firm.domain);
            row.phone = telephone(&mut chance, at);
            (row.city, row.state, row.country) = place_names(at);
            if firm.law && roles::is_lawyer(title) {
                let practices = (0..chance.between(1, 2)).map(|_| *chance.one_of(&firm.practices)).collect::<Vec<_>>();
                row.practice_areas = practices.into_iter().map(str::to_owned).collect();
                row.practice_areas.dedup();
            }
            self.waiting.push_back(row);
        }
    }
}

impl Iterator for People {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        self.left = self.left.checked_sub(1)?;
        while self.waiting.is_empty() {
            self.next_firm();
        }
        self.waiting.pop_front()
    }
}

/// How many people of a firm are on record: all of a small one, few of a large one.
fn on_record(headcount: u64) -> usize {
    let people = if headcount <= 8 { headcount } else { 4 + headcount.isqrt() };
    usize::try_from(people).unwrap_or(usize::MAX)
}

/// The fields of the company, the same for all its people.
fn company(firm: &Firm) -> Row {
    let whole = |figure: u64| i64::try_from(figure).ok();
    let (company_city, company_state, company_country) = place_names(firm.offices[0]);
    Row {
        company: Some(firm.name.clone()),
        company_domain: Some(firm.domain.clone()),
        industry: Some(firm.industry.to_owned()),
        company_type: Some(firm.company_type.to_owned()),
        headcount: whole(firm.headcount),
        revenue_usd: whole(firm.revenue_usd),
        founded: whole(firm.founded),
        company_city,
        company_state,
        company_country,
        ..Row::default()
    }
}

/// Where a person works: the first ten at the headquarters, of the others two in three.
fn office(chance: &mut Chance, firm: &Firm, place: usize) -> Seat {
    match firm.offices.split_first() {
        Some((_, others)) if place >= 10 && !others.is_empty() && chance.per_mille(333) => *chance.one_of(others),
        _ => firm.offices[0],
    }
}

type PlaceNames = (Option<String>, Option<String>, Option<String>);

fn place_names(seat: Seat) -> PlaceNames {
    (Some(seat.city.name.to_owned()), seat.state.map(str::to_owned), seat.country.map(str::to_owned))
}

/// `first.last@firm.example`; the second of that name has a number; some have none on record.
fn address(chance: &mut Chance, taken: &mut HashSet<String>, first: &str, last: &str, domain: &str) -> Option<String> {
    let mut local = format!("{}.{}", plain(first), plain(last));
    if taken.contains(&local) {
        local = format!("{local}{}", taken.len());
    }
    taken.insert(local.clone());
    chance.per_mille(930).then(|| format!("{local}@{domain}"))
}

/// A number of the block that is kept for fiction, in North America; elsewhere none.
fn telephone(chance: &mut Chance, seat: Seat) -> Option<String> {
    let (area, line) = (chance.between(2, 9) * 100 + chance.below(89), chance.below(100));
    let known = chance.per_mille(600);
    (known && matches!(seat.city.country, "US" | "CA")).then(|| format!("+1 {area} 555 01{line:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::titles;

    fn some(people: u32) -> Vec<Row> {
        People::new(&Options { people, ..DEMO }).collect()
    }

    fn holds(row: &Row, name: &str) -> bool {
        titles::held(row.title.as_deref().unwrap_or_default()).iter().any(|title| title.name == name)
    }

    fn lawyers_in_california(rows: &[Row], title: &str) -> usize {
        let there =
            |row: &&Row| row.industry.as_deref() == Some("law practice") && row.state.as_deref() == Some("California");
        rows.iter().filter(there).filter(|row| holds(row, title)).count()
    }

    #[test]
    fn the_demo_has_the_people_its_question_asks_for() {
        let rows = some(DEMO.people);
        assert_eq!(rows.len(), 100_000);
        let ceos = lawyers_in_california(&rows, "Chief Executive Officer");
        assert!((60..=95).contains(&ceos), "{ceos} CEOs at law firms in California");
        let managing = lawyers_in_california(&rows, "Managing Partner");
        assert!(managing >= 1_500, "{managing} managing partners at law firms in California");
        let counsels = rows.iter().filter(|row| {
            row.industry.as_deref() == Some("banking")
                && row.state.as_deref() == Some("Texas")
                && holds(row, "General Counsel")
        });
        assert!(counsels.count() >= 10, "general counsels at banks in Texas");
    }

    #[test]
    fn the_same_seed_makes_the_same_people_and_more_begin_with_the_fewer() {
        let few = some(2_000);
        assert_eq!(few, some(2_000));
        assert_eq!(few, some(3_000)[..2_000]);
        let other: Vec<Row> = People::new(&Options { people: 2_000, seed: 2, ..DEMO }).collect();
        assert_ne!(few, other);
    }

    #[test]
    fn nobody_is_real_and_nobody_is_there_twice() {
        let rows = some(20_000);
        let mut seen = HashSet::new();
        for row in &rows {
            assert!(row.company_domain.as_deref().is_some_and(|domain| domain.ends_with(".example")));
            assert!(row.email.as_deref().is_none_or(|email| email.is_ascii() && email.ends_with(".example")));
            assert!(row.phone.as_deref().is_none_or(|phone| phone.contains(" 555 01")));
            assert!(seen.insert(row.external_id.clone()));
            assert!(row.email.is_none() || seen.insert(row.email.clone()), "{row:?}");
        }
        let known = |field: fn(&Row) -> bool| rows.iter().filter(|row| field(row)).count();
        assert!(known(|row| row.seniority.is_some()) > 19_000, "{}", known(|row| row.seniority.is_some()));
        assert!(known(|row| row.department.is_some()) > 18_000, "{}", known(|row| row.department.is_some()));
        assert!(known(|row| row.country.as_deref() == Some("United States")) > 14_000);
    }

    #[test]
    fn the_mix_can_be_asked_for() {
        let options = Options { people: 2_000, law: Some(1.0), us_states: vec![("CA".into(), 1_000.0)], ..DEMO };
        let rows: Vec<Row> = People::new(&options).collect();
        assert!(rows.iter().all(|row| row.industry.as_deref() == Some("law practice")));
        let there = rows.iter().filter(|row| row.company_state.as_deref() == Some("California")).count();
        assert!(there > 1_900, "{there}");
        let none: Vec<Row> = People::new(&Options { people: 1_000, law: Some(0.0), ..DEMO }).collect();
        assert!(none.iter().all(|row| row.industry.as_deref() != Some("law practice")));
        assert!(Options { us_states: vec![("XX".into(), 1.0)], ..DEMO }.check().is_err());
        assert!(Options { law: Some(1.5), ..DEMO }.check().is_err());
    }
}

//! Counts of the people who fit, by state, industry, size and so on: what there is to narrow a search by.
//!
//! Protects "counts are exact": each person counts once in each facet, under one value or as unknown, so that the numbers
//! add up to all who fit. Many people are counted by what their bitmaps have in common, few by their rows, and those
//! changed since the snapshot from the database; all three give the same values.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use roaring::RoaringBitmap;
use serde::Serialize;
use utoipa::ToSchema;

use super::bands::{self, BANDS};
use super::dictionary::Keys;
use super::find::{Found, View};
use super::intern::{Marks, number};
use super::rows::Column;
use super::snapshot::{Kind, Snapshot};
use crate::error::{Error, Result, quoted};
use crate::prospects::conditions::{company_type_key, industry_key, key, known, level_key, place_of};
use crate::prospects::{CompanyFields, Person};
use crate::understand::places::Canonical;
use crate::understand::{levels, markets};

/// Values of a facet that are shown when nothing is said.
pub const LIMIT: u32 = 50;
/// Most values of a facet that are shown: more than there are states or industries in use.
pub const LIMIT_MAX: u32 = 200;
/// Fewer than one person in so many is counted by rows instead of bitmaps: a bitmap of some people has to be compared with
/// that of each state and each industry. By bitmaps, four facets of 1,000,000 people took 2 ms for all, 3 ms for a quarter,
/// 5 ms for a tenth and 18 ms for a fortieth of them, where rows cost as many steps as there are people.
const FEW: u64 = 10;

/// What people are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// The state of the person, else of the company's headquarters.
    State,
    /// The country of the person, else of the headquarters.
    Country,
    /// The industry of the company.
    Industry,
    /// The kind of company.
    CompanyType,
    /// The band of the company's headcount.
    Headcount,
    /// The level.
    Seniority,
    /// The function.
    Department,
    /// The title as filed.
    Title,
}

impl Facet {
    /// All of them.
    pub const ALL: [Facet; 8] = [
        Facet::State,
        Facet::Country,
        Facet::Industry,
        Facet::CompanyType,
        Facet::Headcount,
        Facet::Seniority,
        Facet::Department,
        Facet::Title,
    ];

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Facet::State => "state",
            Facet::Country => "country",
            Facet::Industry => "industry",
            Facet::CompanyType => "company_type",
            Facet::Headcount => "headcount",
            Facet::Seniority => "seniority",
            Facet::Department => "department",
            Facet::Title => "title",
        }
    }

    /// The facets of these names, each once, in their order.
    ///
    /// # Errors
    /// `validation_error` that names a name that is none.
    pub fn named(names: &[String]) -> Result<Vec<Facet>> {
        let mut facets = Vec::new();
        for name in names {
            let Some(facet) = Facet::ALL.into_iter().find(|facet| facet.as_str() == name) else {
                let known = Facet::ALL.map(Facet::as_str).join(", ");
                let message = format!("\"{}\" is not a facet. The facets are {known}.", quoted(name));
                return Err(Error::validation("facets", message));
            };
            if !facets.contains(&facet) {
                facets.push(facet);
            }
        }
        Ok(facets)
    }

    /// The value that a person counts under.
    pub(super) fn value_of(self, person: &Person) -> Option<Value<'_>> {
        let company = person.company.as_ref();
        let spelled = |text: Option<&String>, spell: fn(&str) -> String| {
            let key = key(text.map(String::as_str), spell)?;
            Some(Value::plain(self.shown(key.into())))
        };
        match self {
            Facet::State | Facet::Country => {
                let own = place_of(person.city.as_ref(), person.state.as_ref(), person.country.as_ref());
                self.place_value(&own, &company.map(headquarters).unwrap_or_default())
            }
            Facet::Industry => spelled(company?.industry.as_ref(), industry_key),
            Facet::CompanyType => spelled(company?.company_type.as_ref(), company_type_key),
            Facet::Headcount => bands::name(bands::of(company?.headcount)).map(Value::plain),
            Facet::Seniority => spelled(person.seniority.as_ref(), level_key),
            Facet::Department => spelled(person.department.as_ref(), level_key),
            Facet::Title => known(person.title.as_deref()).map(Value::plain),
        }
    }

    /// The state or country of a person's place; where it is not known, that of the headquarters, unless the person is
    /// known to be in another country.
    fn place_value<'v>(self, own: &Canonical, office: &Canonical) -> Option<Value<'v>> {
        let value = |place: &Canonical| match self {
            Facet::State => {
                let text = place.state.clone()?.into();
                Some(Value { text, country: place.country.clone().map(Cow::from) })
            }
            _ => place.country.clone().map(Value::plain),
        };
        let elsewhere = own.country.is_some() && office.country.is_some() && own.country != office.country;
        value(own).or_else(|| value(office).filter(|_| !elsewhere))
    }

    /// A key as people and filters spell it: `c_suite`, "law practice"; as it is when no table knows it.
    fn shown(self, key: Cow<'_, str>) -> Cow<'_, str> {
        match SHOWN.get(&self).and_then(|names| names.get(&*key)) {
            Some(name) => Cow::Borrowed(name),
            None => key,
        }
    }
}

/// Of each facet with a table, the names of the table by their keys.
static SHOWN: LazyLock<HashMap<Facet, HashMap<String, &'static str>>> = LazyLock::new(|| {
    let industries = markets::industries().iter().map(|found| (industry_key(found.slug), found.slug));
    let types = markets::company_types().iter().map(|found| (company_type_key(found.name), found.name));
    let seniorities = levels::all().iter().map(|level| (level_key(level.name), level.name));
    let departments = levels::departments().iter().map(|department| (level_key(department.name), department.name));
    HashMap::from([
        (Facet::Industry, industries.collect()),
        (Facet::CompanyType, types.collect()),
        (Facet::Seniority, seniorities.collect()),
        (Facet::Department, departments.collect()),
    ])
});

fn headquarters(company: &CompanyFields) -> Canonical {
    place_of(company.city.as_ref(), company.state.as_ref(), company.country.as_ref())
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Value<'v> {
    text: Cow<'v, str>,
    /// Of a state, its country.
    country: Option<Cow<'v, str>>,
}

impl<'v> Value<'v> {
    fn plain(text: impl Into<Cow<'v, str>>) -> Value<'v> {
        Value { text: text.into(), country: None }
    }
}

/// How many people have each value.
pub(super) type Tally<'v> = HashMap<Value<'v>, u64>;

/// How many of the people who fit have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// As the people's own fields have it; a band of headcounts by its name.
    pub value: String,
    /// Of a state, its country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// People.
    pub count: u64,
}

/// All who fit, by one facet. The counts, `other` and `unknown` add up to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// The values that most people have, most first, then by the value.
    pub values: Vec<Counted>,
    /// People with values that are not shown.
    pub other: u64,
    /// People of whom it is not known.
    pub unknown: u64,
}

impl Counts {
    pub(super) fn of(tally: Tally<'_>, people: u64, limit: usize) -> Counts {
        let known: u64 = tally.values().sum();
        let mut values: Vec<(Value<'_>, u64)> = tally.into_iter().filter(|(_, count)| *count > 0).collect();
        let order = |a: &(Value<'_>, u64), b: &(Value<'_>, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
        if values.len() > limit {
            values.select_nth_unstable_by(limit, order);
            values.truncate(limit);
        }
        values.sort_unstable_by(order);
        let values: Vec<Counted> = values
            .into_iter()
            .map(|(value, count)| Counted {
                value: value.text.into_owned(),
                country: value.country.map(Cow::into_owned),
                count,
            })
            .collect();
        let shown: u64 = values.iter().map(|value| value.count).sum();
        Counts { values, other: known - shown, unknown: people - known }
    }
}

impl View<'_> {
    /// Counts the people `found` by each of the facets: at most `limit` values of each, the rest together.
    pub fn facets(&self, found: &Found, facets: &[Facet], limit: u32) -> BTreeMap<Facet, Counts> {
        let people = &found.matching.bitmap;
        let indexed = people - self.changed_numbers();
        let changed: Vec<&Person> = self.changed.iter().filter(|person| people.contains(person.number)).collect();
        let way = if indexed.len() * FEW < self.snapshot.people() { Way::Rows } else { Way::Bitmaps };
        let count = |facet: Facet| {
            let mut tally = self.snapshot.tally(facet, &indexed, way);
            for value in changed.iter().filter_map(|person| facet.value_of(person)) {
                *tally.entry(value).or_default() += 1;
            }
            Counts::of(tally, people.len(), limit as usize)
        };
        facets.iter().map(|facet| (*facet, count(*facet))).collect()
    }
}

/// How people are counted; the counts are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By how many people each value's bitmap has in common with them.
    Bitmaps,
    /// One after the other.
    Rows,
}

impl Snapshot {
    /// Counts people of this snapshot by one facet.
    pub(super) fn tally(&self, facet: Facet, people: &RoaringBitmap, way: Way) -> Tally<'_> {
        let known = &self.dictionary;
        let company = |id: u32| known.companies.get(id);
        let companies = (Column::Company, known.companies.all().len());
        let by_key = |kind, keys: &'_ Arc<Keys>, column, value_of: &dyn Fn(u32) -> u32| {
            self.counted((kind, keys.keys().len()), column, (people, way), value_of)
        };
        match facet {
            Facet::State | Facet::Country => self.places(facet, people, way),
            Facet::Industry => {
                let keys = &known.industries;
                let key_of = |id: u32| keys.key_of(company(id).industry);
                named(facet, keys, by_key(Kind::Industry, keys, companies, &key_of))
            }
            Facet::CompanyType => {
                let keys = &known.company_types;
                let key_of = |id: u32| keys.key_of(company(id).company_type);
                named(facet, keys, by_key(Kind::CompanyType, keys, companies, &key_of))
            }
            Facet::Seniority => {
                let keys = &known.seniorities;
                let column = (Column::Seniority, keys.given().len());
                named(facet, keys, by_key(Kind::Seniority, keys, column, &|id| keys.key_of(id)))
            }
            Facet::Department => {
                let keys = &known.departments;
                let column = (Column::Department, keys.given().len());
                named(facet, keys, by_key(Kind::Department, keys, column, &|id| keys.key_of(id)))
            }
            Facet::Headcount => {
                let band_of = |id: u32| bands::of(company(id).headcount.get());
                let counts = self.counted((Kind::Headcount, BANDS.len() + 1), companies, (people, way), &band_of);
                let bands = (0..).zip(counts).filter_map(|(band, count)| Some((bands::name(band)?, count)));
                bands.map(|(band, count)| (Value::plain(band), count)).collect()
            }
            Facet::Title => {
                let filed = known.titles.filed();
                let counts = (0..).zip(self.histogram(Column::Title, filed.len(), people));
                let held = counts.filter(|(id, count)| *id != 0 && *count > 0);
                held.map(|(id, count)| (Value::plain(filed.get(id)), u64::from(count))).collect()
            }
        }
    }

    /// How many of `people` have each of the values 0 to `values` of a kind with bitmaps; nothing is said of value 0.
    /// `value_of` gives the value of a number of the column, of which there are so many.
    fn counted(
        &self,
        (kind, values): (Kind, usize),
        (column, numbers): (Column, usize),
        (people, way): (&RoaringBitmap, Way),
        value_of: &dyn Fn(u32) -> u32,
    ) -> Vec<u64> {
        if way == Way::Bitmaps {
            let count = |value: u32| self.bitmaps.get(&(kind, value)).map_or(0, |held| held.intersection_len(people));
            return (0..number(values)).map(|value| if value == 0 { 0 } else { count(value) }).collect();
        }
        let mut counts = vec![0; values];
        for (id, count) in (0..).zip(self.histogram(column, numbers, people)).filter(|(_, count)| *count > 0) {
            counts[value_of(id) as usize] += u64::from(count);
        }
        counts
    }

    /// How many of `people` have each number in a column.
    fn histogram(&self, column: Column, numbers: usize, people: &RoaringBitmap) -> Vec<u32> {
        let mut counts = vec![0; numbers];
        people.iter().for_each(|person| counts[self.rows.value(column, person) as usize] += 1);
        counts
    }

    /// Counts by state or country. Most people have a place that says it; the others are looked at with their company.
    fn places(&self, facet: Facet, people: &RoaringBitmap, way: Way) -> Tally<'_> {
        let places = &self.dictionary.places;
        let mut tally = Tally::new();
        let placeless = match way {
            Way::Bitmaps => {
                let mut placeless = RoaringBitmap::new();
                for (kind, id, place) in places.groups(facet == Facet::State) {
                    let Some(held) = self.bitmaps.get(&(kind, id)) else { continue };
                    match facet.place_value(&place, &Canonical::default()) {
                        Some(value) => *tally.entry(value).or_default() += held.intersection_len(people),
                        None => placeless |= people & &**held,
                    }
                }
                placeless
            }
            Way::Rows => {
                let mut silent = Marks::new(places.len());
                let counts = (0..).zip(self.histogram(Column::Place, places.len(), people));
                for (id, count) in counts.filter(|(_, count)| *count > 0) {
                    match facet.place_value(&places.get(id), &Canonical::default()) {
                        Some(value) => *tally.entry(value).or_default() += u64::from(count),
                        None => silent.set(id),
                    }
                }
                self.rows.those(Column::Place, people, |id| silent.has(id))
            }
        };
        let mut pairs: HashMap<(u32, u32), u64> = HashMap::new();
        for person in &placeless {
            let company = self.dictionary.companies.get(self.rows.value(Column::Company, person));
            *pairs.entry((self.rows.value(Column::Place, person), company.place)).or_default() += 1;
        }
        for ((own, office), count) in pairs {
            if let Some(value) = facet.place_value(&places.get(own), &places.get(office)) {
                *tally.entry(value).or_default() += count;
            }
        }
        tally
    }
}

/// Counts by key number as counts by what is shown.
fn named<'k>(facet: Facet, keys: &'k Keys, counts: Vec<u64>) -> Tally<'k> {
    let mut tally = Tally::new();
    for ((_, key), count) in keys.keys().iter().zip(counts.into_iter().skip(1)).filter(|(_, count)| *count > 0) {
        *tally.entry(Value::plain(facet.shown(key.into()))).or_default() += count;
    }
    tally
}

//! What the small numbers of a row stand for: titles, companies, practice areas, domains and so on.
//!
//! A title or name is read (words cut, table titles found) once for each distinct spelling and not once for each
//! person, which is what makes a rebuild fast.

use std::sync::Arc;

use super::gazetteer::Gazetteer;
use super::intern::{Lines, Marks, Texts, Values};
use super::rows::Row;
use super::words::Words;
use crate::prospects::conditions::{
    self, Title, company_type_key, domain_key, email_domain, folded_name, industry_key, level_key, place_of,
    practice_key,
};
use crate::prospects::{CompanyFields, Person};
use crate::understand::places::Canonical;

/// All dictionaries. Each is shared between snapshots until one of them must grow.
#[derive(Debug, Clone, Default)]
pub(super) struct Dictionary {
    pub(super) titles: Arc<Titles>,
    pub(super) names: Arc<Names>,
    pub(super) seniorities: Arc<Keys>,
    pub(super) departments: Arc<Keys>,
    pub(super) industries: Arc<Keys>,
    pub(super) company_types: Arc<Keys>,
    pub(super) practices: Arc<Keys>,
    /// Sets of practice areas: ascending numbers of spellings in `practices`.
    pub(super) practice_sets: Arc<Values<Vec<u32>>>,
    pub(super) places: Arc<Gazetteer>,
    pub(super) companies: Arc<Values<Company>>,
    pub(super) domains: Arc<Domains>,
    /// Which titles hold a word.
    pub(super) title_words: Arc<Words>,
    /// Which companies have a word in their name.
    pub(super) company_words: Arc<Words>,
}

/// A company as far as filters ask; two companies that are equal in all of it are one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Company {
    /// Number in `names`; no company has none, so that the default stands for "no company".
    pub(super) name: u32,
    pub(super) domain: u32,
    pub(super) industry: u32,
    pub(super) company_type: u32,
    /// Headquarters.
    pub(super) place: u32,
    pub(super) headcount: Amount,
    pub(super) revenue: Amount,
}

/// A number of people or dollars, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Amount(i64);

impl Amount {
    pub(super) const UNKNOWN: i64 = i64::MIN;

    pub(super) fn of(value: Option<i64>) -> Amount {
        Amount(value.unwrap_or(Amount::UNKNOWN))
    }

    pub(super) fn get(self) -> Option<i64> {
        Some(self.0).filter(|value| *value != Amount::UNKNOWN)
    }
}

impl Default for Amount {
    fn default() -> Amount {
        Amount::of(None)
    }
}

/// Titles as filed, with what they hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Titles {
    filed: Texts,
    /// The words of each title but the empty one: line `n` is title `n + 1`.
    lines: Lines,
    /// For each title but the empty one, the set of table titles it holds.
    held: Vec<u32>,
    sets: Values<Vec<u16>>,
}

impl Titles {
    fn add(&mut self, filed: &str) -> u32 {
        let title = Title::of(filed);
        self.lines.push(&title.words);
        let set = self.sets.intern(title.held);
        self.held.push(set);
        self.filed.add(filed)
    }

    /// The table titles that title `id` holds.
    pub(super) fn held(&self, id: u32) -> &[u16] {
        match id.checked_sub(1) {
            Some(at) => self.sets.get(self.held[at as usize]),
            None => &[],
        }
    }

    /// The lines to search for words; line `n` is title `n + 1`.
    pub(super) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The titles as filed.
    pub(super) fn filed(&self) -> &Texts {
        &self.filed
    }
}

/// Names of companies with their words. The unnamed company has a number too, so that 0 is no company.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    given: Texts,
    lines: Lines,
}

/// Stands before each name in [`Names`], so that an empty name is still a name.
pub(super) const NAMED: char = '=';

impl Names {
    fn find(&self, name: &str) -> Option<u32> {
        self.given.find(&format!("{NAMED}{name}"))
    }

    fn add(&mut self, name: &str) -> u32 {
        self.lines.push(&folded_name(name));
        self.given.add(&format!("{NAMED}{name}"))
    }

    /// The names as given, each behind [`NAMED`].
    pub(super) fn given(&self) -> &Texts {
        &self.given
    }

    /// The lines to search for words; line `n` is name `n + 1`.
    pub(super) fn lines(&self) -> &Lines {
        &self.lines
    }
}

/// Spellings and the keys they are compared by. Rows hold numbers of spellings, so that they stay right when a table
/// learns a new synonym; filters ask for keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    given: Texts,
    /// For each spelling but the empty one, its key.
    key_of: Vec<u32>,
    keys: Texts,
}

impl Keys {
    fn add(&mut self, given: &str, key: &str) -> u32 {
        let key = self.keys.intern(key);
        self.key_of.push(key);
        self.given.add(given)
    }

    /// The key of a spelling; 0 when it says nothing.
    pub(super) fn key_of(&self, spelling: u32) -> u32 {
        spelling.checked_sub(1).map_or(0, |at| self.key_of[at as usize])
    }

    /// The number of a key, if anybody has it.
    pub(super) fn key(&self, key: &str) -> Option<u32> {
        self.keys.find(key).filter(|id| *id != 0)
    }

    /// The keys; 0 is the empty one.
    pub(super) fn keys(&self) -> &Texts {
        &self.keys
    }

    /// The spellings.
    pub(super) fn given(&self) -> &Texts {
        &self.given
    }
}

/// Domains, each with the domain above it, which always has a smaller number.
#[derive(Debug, Clone)]
pub(super) struct Domains {
    texts: Texts,
    parents: Vec<u32>,
}

impl Default for Domains {
    fn default() -> Domains {
        Domains { texts: Texts::default(), parents: vec![0] }
    }
}

impl Domains {
    /// The number of a domain, if it or one below it is known.
    pub(super) fn find(&self, domain: &str) -> Option<u32> {
        self.texts.find(domain)
    }

    /// The number of a domain; it and those above it are added when they are new.
    pub(super) fn intern(&mut self, domain: &str) -> u32 {
        if let Some(id) = self.texts.find(domain) {
            return id;
        }
        let parent = domain.split_once('.').map_or(0, |(_, parent)| self.intern(parent));
        let id = self.texts.add(domain);
        self.parents.push(parent);
        id
    }

    /// The given domains and all below them.
    pub(super) fn below(&self, domains: &[u32]) -> Marks {
        let mut marks = Marks::new(self.parents.len());
        domains.iter().for_each(|domain| marks.set(*domain));
        for (id, parent) in (0..).zip(&self.parents) {
            if *parent != 0 && marks.has(*parent) {
                marks.set(id);
            }
        }
        marks
    }

    /// The domains.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }
}

impl Dictionary {
    /// The row of a person; what is new is added.
    pub(super) fn row(&mut self, person: &Person) -> Row {
        [
            conditions::known(person.title.as_deref()).map_or(0, |title| self.title(title)),
            self.seniority(person.seniority.as_deref()),
            self.department(person.department.as_deref()),
            self.place(&place_of(person.city.as_ref(), person.state.as_ref(), person.country.as_ref())),
            person.company.as_ref().map_or(0, |company| self.company(company)),
            self.practice_set(&person.practice_areas),
            person.email.as_deref().and_then(email_domain).map_or(0, |domain| self.domain(&domain)),
        ]
    }

    pub(super) fn title(&mut self, filed: &str) -> u32 {
        self.titles.filed.find(filed).unwrap_or_else(|| Arc::make_mut(&mut self.titles).add(filed))
    }

    pub(super) fn seniority(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.seniorities, given, level_key)
    }

    pub(super) fn department(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.departments, given, level_key)
    }

    pub(super) fn industry(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.industries, given, industry_key)
    }

    pub(super) fn company_type(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.company_types, given, company_type_key)
    }

    pub(super) fn practice(&mut self, given: &str) -> u32 {
        spelling(&mut self.practices, Some(given), practice_key)
    }

    pub(super) fn name(&mut self, name: &str) -> u32 {
        self.names.find(name).unwrap_or_else(|| Arc::make_mut(&mut self.names).add(name))
    }

    fn place(&mut self, place: &Canonical) -> u32 {
        self.places.find(place).unwrap_or_else(|| Arc::make_mut(&mut self.places).add(place))
    }

    fn domain(&mut self, domain: &str) -> u32 {
        self.domains.find(domain).unwrap_or_else(|| Arc::make_mut(&mut self.domains).intern(domain))
    }

    fn practice_set(&mut self, areas: &[String]) -> u32 {
        let mut set: Vec<u32> = areas.iter().map(|area| self.practice(area)).filter(|id| *id != 0).collect();
        set.sort_unstable();
        set.dedup();
        self.practice_sets.find(&set).unwrap_or_else(|| Arc::make_mut(&mut self.practice_sets).add(set))
    }

    fn company(&mut self, company: &CompanyFields) -> u32 {
        let domain = conditions::known(company.domain.as_deref()).map(domain_key);
        let company = Company {
            name: self.name(company.name.trim()),
            domain: domain.map_or(0, |domain| self.domain(&domain)),
            industry: self.industry(company.industry.as_deref()),
            company_type: self.company_type(company.company_type.as_deref()),
            place: self.place(&place_of(company.city.as_ref(), company.state.as_ref(), company.country.as_ref())),
            headcount: Amount::of(company.headcount),
            revenue: Amount::of(company.revenue_usd),
        };
        self.companies.find(&company).unwrap_or_else(|| Arc::make_mut(&mut self.companies).add(company))
    }
}

/// The number of a spelling; 0 when nothing is given.
fn spelling(keys: &mut Arc<Keys>, given: Option<&str>, spell: impl Fn(&str) -> String) -> u32 {
    let Some(given) = conditions::known(given) else { return 0 };
    keys.given.find(given).unwrap_or_else(|| {
        let spelled = spell(given);
        Arc::make_mut(keys).add(given, &spelled)
    })
}

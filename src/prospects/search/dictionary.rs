//! What the small numbers of a row stand for: titles, companies, practice areas, domains and so on.
//!
//! A title or name is read (words cut, table titles found) once for each distinct spelling and not once for each
//! person, which is what makes a rebuild fast.

use std::sync::Arc;

use super::gazetteer::Gazetteer;
use super::intern::{Lines, Marks, Texts, Values, number};
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

    /// Adds stored titles with what they hold; nothing when the parts don't fit together.
    pub(super) fn extend(
        &mut self,
        filed: (&str, &[u32]),
        lines: (&str, &[u32]),
        held: &[u32],
        sets: Vec<Vec<u16>>,
    ) -> Option<()> {
        self.filed.extend(filed.0, filed.1)?;
        self.lines.extend(lines.0, lines.1)?;
        sets.into_iter().for_each(|set| {
            self.sets.intern(set);
        });
        self.held.extend_from_slice(held);
        let known = self.sets.all().len();
        let fits = self.lines.len() + 1 == self.filed.len()
            && self.held.len() == self.lines.len()
            && held.iter().all(|set| (*set as usize) < known);
        fits.then_some(())
    }

    /// For each title but the empty one the number of the set of table titles it holds, and the sets.
    pub(super) fn sets(&self) -> (&[u32], &[Vec<u16>]) {
        (&self.held, self.sets.all())
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

    /// Adds stored names with their words; nothing when the parts don't fit together.
    pub(super) fn extend(&mut self, given: (&str, &[u32]), lines: (&str, &[u32])) -> Option<()> {
        self.given.extend(given.0, given.1)?;
        self.lines.extend(lines.0, lines.1)?;
        (self.lines.len() + 1 == self.given.len()).then_some(())
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

    /// Adds a spelling that must be new; nothing when it is not.
    pub(super) fn add_new(&mut self, given: &str, spell: fn(&str) -> String) -> Option<()> {
        let is_new = self.given.find(given).is_none();
        is_new.then(|| self.add(given, &spell(given))).map(|_| ())
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

    /// Adds stored domains; nothing when they don't fit together.
    pub(super) fn extend(&mut self, bytes: &str, ends: &[u32]) -> Option<()> {
        let from = number(self.texts.len());
        self.texts.extend(bytes, ends)?;
        for id in from..number(self.texts.len()) {
            let above = self.texts.get(id).split_once('.');
            let parent = above.map_or(Some(0), |(_, parent)| self.texts.find(parent))?;
            (parent < id).then_some(())?;
            self.parents.push(parent);
        }
        Some(())
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
        let company = person.company.as_ref().map_or(0, |company| self.company(company));
        let domain = person.email.as_deref().and_then(email_domain).map_or(0, |domain| self.domain(&domain));
        let own_domain = if domain == self.companies.get(company).domain { 0 } else { domain };
        [
            conditions::known(person.title.as_deref()).map_or(0, |title| self.title(title)),
            self.seniority(person.seniority.as_deref()),
            self.department(person.department.as_deref()),
            self.place(&place_of(person.city.as_ref(), person.state.as_ref(), person.country.as_ref())),
            company,
            self.practice_set(&person.practice_areas),
            own_domain,
        ]
    }

    pub(super) fn title(&mut self, filed: &str) -> u32 {
        self.titles.filed.find(filed).unwrap_or_else(|| Arc::make_mut(&mut self.titles).add(filed))
    }

    fn seniority(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.seniorities, given, level_key)
    }

    fn department(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.departments, given, level_key)
    }

    fn industry(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.industries, given, industry_key)
    }

    fn company_type(&mut self, given: Option<&str>) -> u32 {
        spelling(&mut self.company_types, given, company_type_key)
    }

    fn practice(&mut self, given: &str) -> u32 {
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

/// The rule that makes the key of a spelling.
type KeyOf = fn(&str) -> String;

impl Dictionary {
    /// The dictionaries of spellings, each with the rule that makes its keys, in the order they are stored in.
    pub(super) fn spelled(&mut self) -> [(&mut Arc<Keys>, KeyOf); 5] {
        [
            (&mut self.seniorities, level_key),
            (&mut self.departments, level_key),
            (&mut self.industries, industry_key),
            (&mut self.company_types, company_type_key),
            (&mut self.practices, practice_key),
        ]
    }

    /// How many numbers each dictionary has given, in the order they are stored in.
    pub(super) fn lens(&self) -> Lens {
        [
            self.titles.filed.len(),
            self.names.given.len(),
            self.seniorities.given.len(),
            self.departments.given.len(),
            self.industries.given.len(),
            self.company_types.given.len(),
            self.practices.given.len(),
            self.practice_sets.all().len(),
            self.places.texts().len(),
            self.places.len(),
            self.domains.texts.len(),
            self.companies.all().len(),
        ]
        .map(number)
    }

    /// The largest numbers and one that the columns of a row may hold.
    pub(super) fn limits(&self) -> Row {
        [
            self.titles.filed.len(),
            self.seniorities.given.len(),
            self.departments.given.len(),
            self.places.len(),
            self.companies.all().len(),
            self.practice_sets.all().len(),
            self.domains.texts.len(),
        ]
        .map(number)
    }

    /// Gives back what growing dictionaries hold in reserve.
    pub(super) fn shrink(&mut self) {
        let titles = Arc::make_mut(&mut self.titles);
        titles.filed.shrink();
        titles.lines.shrink();
        titles.held.shrink_to_fit();
        let names = Arc::make_mut(&mut self.names);
        names.given.shrink();
        names.lines.shrink();
        let domains = Arc::make_mut(&mut self.domains);
        domains.texts.shrink();
        domains.parents.shrink_to_fit();
        Arc::make_mut(&mut self.companies).shrink();
    }

    /// What the large dictionaries hold of memory, by name.
    pub(super) fn sizes(&self) -> [(&'static str, usize); 5] {
        [
            ("titles", self.titles.filed.size_bytes() + self.titles.lines.size_bytes() + self.titles.held.len() * 4),
            ("names", self.names.given.size_bytes() + self.names.lines.size_bytes()),
            ("domains", self.domains.texts.size_bytes() + self.domains.parents.capacity() * 4),
            ("companies", self.companies.size_bytes()),
            ("words", self.title_words.size_bytes() + self.company_words.size_bytes()),
        ]
    }
}

/// How many numbers each dictionary has given; see [`Dictionary::lens`].
pub(super) type Lens = [u32; 12];

/// The number of a spelling; 0 when nothing is given.
fn spelling(keys: &mut Arc<Keys>, given: Option<&str>, spell: impl Fn(&str) -> String) -> u32 {
    let Some(given) = conditions::known(given) else { return 0 };
    keys.given.find(given).unwrap_or_else(|| {
        let spelled = spell(given);
        Arc::make_mut(keys).add(given, &spelled)
    })
}

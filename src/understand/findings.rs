//! Collects the values of a search together with the words that gave them.
//!
//! Protects the rule that a value without provenance is a defect: the only way into a slot is a
//! function of this file, and each writes both.

use serde_json::Value;

use super::languages;
use super::markets::{self, CompanyType, Industry, Market};
use super::places::Location;
use super::request::{Origin, Provenance, Range, Search, Target};
use super::sentence::Sentence;
use super::singulars::in_singular;
use super::vocabulary::{COMPANIES, FIELDS};
use super::words::{Break, Word, singular, words};

/// What a walk over a search has found.
pub(super) struct Findings<'s> {
    sentence: &'s Sentence<'s>,
    pub(super) search: Search,
    pub(super) provenance: Vec<Provenance>,
    pub(super) assumptions: Vec<String>,
    /// Whether some words say that people or companies are looked for, or who they are.
    pub(super) says_whom: bool,
    unread: Vec<usize>,
}

/// One provenance entry for bytes of the request.
pub(super) fn evidence(sentence: &Sentence<'_>, slot: &str, value: Value, (start, end): (usize, usize)) -> Provenance {
    Provenance {
        slot: slot.to_owned(),
        value,
        from: Origin::Request,
        start: Some(start),
        end: Some(end),
        text: Some(sentence.text[start..end].to_owned()),
    }
}

impl<'s> Findings<'s> {
    pub(super) fn new(sentence: &'s Sentence<'s>) -> Findings<'s> {
        Findings {
            sentence,
            search: Search::default(),
            provenance: Vec::new(),
            assumptions: Vec::new(),
            says_whom: false,
            unread: Vec::new(),
        }
    }

    /// Writes down where a value comes from; the same value from the same words once.
    fn note(&mut self, slot: &str, value: Value, span: (usize, usize)) {
        let entry = evidence(self.sentence, slot, value, span);
        // The same words are read one soon after the other; a long text is not searched for each value.
        const NEAR: usize = 64;
        if !self.provenance.iter().rev().take(NEAR).any(|known| *known == entry) {
            self.provenance.push(entry);
        }
    }

    fn text(&mut self, slot: Slot, value: &str, first: usize, last: usize, excluded: bool) {
        let name = slot.name();
        let values = slot.values(&mut self.search, excluded);
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
        let slot = if excluded { format!("exclude.{name}") } else { name.to_owned() };
        let span = self.sentence.span(first, last);
        self.note(&slot, value.into(), span);
    }

    pub(super) fn title(&mut self, value: &str, first: usize, last: usize, excluded: bool) {
        self.text(Slot::Titles, value, first, last, excluded);
    }

    pub(super) fn seniority(&mut self, value: &str, first: usize, last: usize, excluded: bool) {
        self.text(Slot::Seniority, value, first, last, excluded);
    }

    pub(super) fn department(&mut self, value: &str, first: usize, last: usize, excluded: bool) {
        self.text(Slot::Departments, value, first, last, excluded);
    }

    /// "credit unions, not banks": a sector that is wanted too is not left out as a whole; the kind is.
    pub(super) fn keep_what_is_wanted(&mut self) {
        let wanted = &self.search.industries;
        let excluded = &mut self.search.exclude.industries;
        let twice: Vec<String> = excluded.iter().filter(|sector| wanted.contains(sector)).cloned().collect();
        let kinds = !self.search.exclude.company_types.is_empty();
        if kinds && !twice.is_empty() {
            excluded.retain(|sector| !twice.contains(sector));
            self.provenance.retain(|entry| {
                entry.slot != "exclude.industries"
                    || !entry.value.as_str().is_some_and(|value| twice.iter().any(|sector| sector == value))
            });
        }
    }

    /// "VPs at hedge funds": ranks said by themselves are levels. Beside a full title they stay titles, because slots
    /// narrow each other.
    pub(super) fn ranks_are_levels(&mut self) {
        fn level(title: &str) -> Option<&'static str> {
            match title.to_lowercase().as_str() {
                "vp" | "vice president" => Some("vp"),
                "director" => Some("director"),
                "manager" => Some("manager"),
                "head" | "department head" => Some("head"),
                _ => None,
            }
        }
        if !self.search.titles.iter().all(|title| level(title).is_some()) {
            return;
        }
        for title in std::mem::take(&mut self.search.titles) {
            let Some(level) = level(&title) else { continue };
            for entry in self.provenance.iter_mut().filter(|entry| entry.slot == "titles" && entry.value == title) {
                entry.slot = "seniority".to_owned();
                entry.value = level.into();
            }
            if !self.search.seniority.iter().any(|known| known == level) {
                self.search.seniority.push(level.to_owned());
            }
        }
    }

    /// Whether a kind of company or a sector has been said.
    pub(super) fn says_companies(&self) -> bool {
        !(self.search.company_types.is_empty() && self.search.industries.is_empty())
    }

    /// A reading of the market words `first..last`; with what they close they reach to `said`.
    pub(super) fn market(&mut self, market: Market, (first, last): (usize, usize), said: usize, excluded: bool) {
        match market {
            Market::Industry(industry) => {
                let value = self.name_of_industry(industry, first, last);
                self.text(Slot::Industries, &value, first, said, excluded);
            }
            Market::CompanyType(kind) => {
                let value = self.kind_of_company(kind, first, last);
                self.text(Slot::CompanyTypes, &value, first, last, excluded);
            }
            Market::Practice(_) | Market::Topic(_) => {
                let value = self.sentence.slice(first, last).to_owned();
                self.text(Slot::Keywords, &value, first, said, excluded);
            }
        }
    }

    /// An industry by its name in the table; where that joins several words as a file does ("airlines/aviation",
    /// "hospital & health care"), and for the newer parts of a sector, in the words of the request.
    fn name_of_industry(&self, industry: &Industry, first: usize, last: usize) -> String {
        let joined = industry.slug.contains(['&', '/', ',']) || industry.slug.contains(" and ");
        let newer = !markets::spoken_words(industry).is_empty();
        let norms = |words: &[Word]| words.iter().map(|word| word.norm.clone()).collect::<Vec<_>>();
        let mut last = last;
        // "digital health companies" is digital health.
        while last - first > 1
            && (COMPANIES.contains(self.sentence.norm(last - 1)) || FIELDS.contains(self.sentence.norm(last - 1)))
            && markets::industry(&in_singular(self.sentence, first, last - 1)) == Some(industry)
        {
            last -= 1;
        }
        let whole = self.sentence.words.get(first..last).unwrap_or(&[]);
        if !(joined || newer) || norms(whole) == norms(&words(industry.slug)) {
            return industry.slug.to_owned();
        }
        let said = in_singular(self.sentence, first, last);
        match markets::industry(&said) {
            // Words that name a kind of company stand in the slot of kinds.
            Some(found) if found == industry && markets::company_type(&said).is_none() => said,
            None if joined => industry.also.to_owned(),
            _ => industry.slug.to_owned(),
        }
    }

    /// A kind of company by its name in the table, or in the words of the request where the name says
    /// something else ("mid-size law firm" is looked up as a regional one); that is said then.
    fn kind_of_company(&mut self, kind: &CompanyType, first: usize, last: usize) -> String {
        const GENERAL: [&str; 6] = ["company", "firm", "business", "organization", "practice", "office"];
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let phrase = self
            .sentence
            .words
            .get(first..last)
            .unwrap_or(&[])
            .iter()
            .map(|word| singular(&word.norm))
            .collect::<String>();
        let named = words(kind.name)
            .iter()
            .map(|word| singular(&word.norm))
            .all(|word| GENERAL.contains(&word.as_str()) || phrase.contains(&plain(&word)));
        if named {
            return kind.name.to_owned();
        }
        if let Some(english) = languages::english_market(self.sentence.slice(first, last)) {
            return english.to_owned();
        }
        let value = in_singular(self.sentence, first, last);
        if kind.kind == "law" && kind.name != "law firm" {
            self.assume(format!("“{}” is read as the kind “{}”.", self.sentence.slice(first, last), kind.name));
        }
        value
    }

    /// A topic, in the words of the request.
    pub(super) fn keyword(&mut self, first: usize, last: usize, excluded: bool) {
        // "secteur pharma": the word for a sector says nothing of it.
        let field = last - first > 1 && FIELDS.contains(self.sentence.norm(first));
        let first = first + usize::from(field);
        let value = self.sentence.slice(first, last).to_owned();
        self.text(Slot::Keywords, &value, first, last, excluded);
    }

    pub(super) fn company(&mut self, value: &str, first: usize, last: usize, excluded: bool) {
        if excluded {
            self.text(Slot::Companies, value, first, last, true);
        } else {
            self.other(&format!("company:{value}"), first, last);
        }
    }

    pub(super) fn excluded_list(&mut self, value: &str, first: usize, last: usize) {
        self.text(Slot::Lists, value, first, last, true);
    }

    pub(super) fn excluded_other(&mut self, entry: &str, first: usize, last: usize) {
        self.text(Slot::Other, entry, first, last, true);
    }

    pub(super) fn other(&mut self, entry: &str, first: usize, last: usize) {
        self.text(Slot::Other, entry, first, last, false);
    }

    pub(super) fn location(&mut self, location: &Location, first: usize, last: usize, excluded: bool) {
        let values = if excluded { &mut self.search.exclude.locations } else { &mut self.search.locations };
        if !values.contains(location) {
            values.push(location.clone());
        }
        let slot = if excluded { "exclude.locations" } else { "locations" };
        let value = serde_json::to_value(location).unwrap_or(Value::Null);
        let span = self.sentence.span(first, last);
        self.note(slot, value, span);
    }

    /// Puts another place where `known` stands, on the same words; none takes it away.
    pub(super) fn replace_location(&mut self, known: &Location, other: Option<&Location>) {
        let locations = &mut self.search.locations;
        let Some(at) = locations.iter().position(|place| place == known) else { return };
        locations.remove(at);
        if let Some(other) = other.filter(|other| !locations.contains(other)) {
            locations.insert(at, other.clone());
        }
        let value = serde_json::to_value(known).unwrap_or(Value::Null);
        let meant = |entry: &Provenance| entry.slot == "locations" && entry.value == value;
        match other {
            Some(other) => {
                let other = serde_json::to_value(other).unwrap_or(Value::Null);
                self.provenance.iter_mut().filter(|entry| meant(entry)).for_each(|entry| entry.value = other.clone());
            }
            None => self.provenance.retain(|entry| !meant(entry)),
        }
    }

    /// A number of results; the first one stated counts, a later one is unread.
    pub(super) fn count(&mut self, count: u32, span: (usize, usize)) -> bool {
        if self.search.count.is_some() {
            return false;
        }
        self.search.count = Some(count);
        self.note("count", count.into(), span);
        true
    }

    pub(super) fn headcount(&mut self, range: Range, span: (usize, usize)) {
        let value = serde_json::to_value(&range).unwrap_or(Value::Null);
        self.search.headcount = Some(range);
        self.provenance.retain(|entry| entry.slot != "headcount");
        self.note("headcount", value, span);
    }

    pub(super) fn revenue(&mut self, range: Range, span: (usize, usize)) {
        let value = serde_json::to_value(&range).unwrap_or(Value::Null);
        self.search.revenue = Some(range);
        self.provenance.retain(|entry| entry.slot != "revenue");
        self.note("revenue", value, span);
    }

    pub(super) fn target(&mut self, target: Target, words: Option<(usize, usize)>) {
        self.search.target = target;
        let value = serde_json::to_value(target).unwrap_or(Value::Null);
        let span = words.map_or((0, self.sentence.text.len()), |(first, last)| self.sentence.span(first, last));
        self.note("target", value, span);
    }

    pub(super) fn assume(&mut self, sentence: String) {
        if !self.assumptions.contains(&sentence) {
            self.assumptions.push(sentence);
        }
    }

    pub(super) fn unread(&mut self, first: usize, last: usize) {
        self.unread.extend(first..last);
    }

    /// Words that were given up on and have been read after all.
    pub(super) fn read(&mut self, first: usize, last: usize) {
        self.unread.retain(|at| *at < first || last <= *at);
    }

    /// Drops what a more exact entry of `other` says as well: who raised a Series A has raised money.
    pub(super) fn drop_vaguer(&mut self) {
        const PAIRS: [(&str, &[&str]); 4] = [
            ("signal:raised_funding", &["funding_stage:", "funded_within_days:", "funded:", "funding:", "investor:"]),
            ("signal:new_in_role", &["role_started_within_days:", "role_started:"]),
            ("signal:layoffs", &["laid_off_within_days:"]),
            ("signal:ipo", &["ipo_within_days:", "ipo:"]),
        ];
        for (vague, exact) in PAIRS {
            let said = self.search.other.iter().any(|entry| exact.iter().any(|name| entry.starts_with(name)));
            if said {
                self.search.other.retain(|entry| entry != vague);
                self.provenance.retain(|entry| entry.slot != "other" || entry.value != vague);
            }
        }
    }

    /// The unread words as written, neighbours together, in order.
    pub(super) fn unread_words(&self) -> Vec<String> {
        let mut at = self.unread.clone();
        at.sort_unstable();
        at.dedup();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for word in at {
            match runs.last_mut() {
                Some(run) if run.1 == word && self.sentence.before(word) < Break::Comma => run.1 = word + 1,
                _ => runs.push((word, word + 1)),
            }
        }
        runs.into_iter().map(|(first, last)| self.sentence.slice(first, last).to_owned()).collect()
    }
}

/// The slots that hold texts.
#[derive(Clone, Copy)]
enum Slot {
    Titles,
    Seniority,
    Departments,
    Industries,
    CompanyTypes,
    Keywords,
    Companies,
    Lists,
    Other,
}

impl Slot {
    fn name(self) -> &'static str {
        match self {
            Slot::Titles => "titles",
            Slot::Seniority => "seniority",
            Slot::Departments => "departments",
            Slot::Industries => "industries",
            Slot::CompanyTypes => "company_types",
            Slot::Keywords => "keywords",
            Slot::Companies => "companies",
            Slot::Lists => "lists",
            Slot::Other => "other",
        }
    }

    /// Companies and lists exist among the exclusions alone.
    fn values(self, search: &mut Search, excluded: bool) -> &mut Vec<String> {
        let out = &mut search.exclude;
        match self {
            Slot::Companies => &mut out.companies,
            Slot::Lists => &mut out.lists,
            Slot::Titles if excluded => &mut out.titles,
            Slot::Seniority if excluded => &mut out.seniority,
            Slot::Departments if excluded => &mut out.departments,
            Slot::Industries if excluded => &mut out.industries,
            Slot::CompanyTypes if excluded => &mut out.company_types,
            Slot::Keywords if excluded => &mut out.keywords,
            Slot::Other if excluded => &mut out.other,
            Slot::Titles => &mut search.titles,
            Slot::Seniority => &mut search.seniority,
            Slot::Departments => &mut search.departments,
            Slot::Industries => &mut search.industries,
            Slot::CompanyTypes => &mut search.company_types,
            Slot::Keywords => &mut search.keywords,
            Slot::Other => &mut search.other,
        }
    }
}

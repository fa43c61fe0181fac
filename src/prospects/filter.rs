//! What a search of prospects asks for: the readable form that is shown, stored and frozen in a plan.
//!
//! It protects "no invented constraint": a filter is made from a request's slots and nothing else, what can't be
//! applied is listed, and the wider titles of law firms are an offer that is off until someone takes it.
//! What a filter means is in [`super::conditions`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Person;
use super::conditions::{Conditions, Verdict, is_law_firm};
use crate::error::{Error, Result};
use crate::understand::markets;
use crate::understand::places::Location;
use crate::understand::titles;
use crate::understand::{Origin, Range, Request, Search, Target};

/// Most values in one slot: more than a person would list, few enough that a search stays one pass.
pub const VALUES_MAX: usize = 100;
/// Longest value, in characters: the limit of names everywhere.
pub const VALUE_CHARS_MAX: usize = 200;

/// Whom to find. Values in a slot are alternatives, slots narrow each other, unknown never satisfies.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// People, companies or both.
    pub target: Target,
    /// What must be true.
    #[serde(flatten)]
    pub include: Slots,
    /// What must not be true; removes only where it is known.
    #[serde(skip_serializing_if = "Slots::is_empty")]
    pub exclude: Slots,
    /// Values that came from the same words and are therefore alternatives across their slots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_words: Vec<SameWords>,
    /// What law firms call the same office; offered and counted, applied only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_expansion: Option<TitleExpansion>,
    /// What the request said and no filter can judge, as `name:value`; shown, never dropped silently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_applied: Vec<String>,
}

/// The slots of a filter, wanted or excluded. An empty slot asks nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Slots {
    /// Titles as a person says them; a title that no table knows is a run of words inside the filed title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<String>,
    /// Levels: `c_suite`, `vp` …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seniority: Vec<String>,
    /// Functions: `marketing` …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
    /// Sectors of the company.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub industries: Vec<String>,
    /// Kinds of company.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub company_types: Vec<String>,
    /// Topics: a practice area, or words in the title, company name, industry or practice areas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Companies, by the first words of their name or by domain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<String>,
    /// Places of the person, else of the company's headquarters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Employees of the company, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headcount: Option<Range>,
    /// Yearly revenue of the company in US dollars, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Range>,
    /// Lists of the workspace, only in `exclude`. Prospects know no workspace: whoever proposes the task turns
    /// the members into excluded numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<String>,
}

/// Values of several slots that came from the same words: "law firms" is an industry or a kind of company.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SameWords {
    /// The words.
    pub words: String,
    /// The values they gave.
    #[serde(flatten)]
    pub values: Slots,
}

/// Titles that mean the same office in a law firm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TitleExpansion {
    /// The titles, as a person says them.
    pub titles: Vec<String>,
    /// Whether they count as wanted titles. Off by default.
    pub applied: bool,
}

impl Filter {
    /// The filter of a request that searches; `None` when it does not search.
    pub fn from_request(request: &Request) -> Option<Filter> {
        let search = request.search()?;
        let mut filter = Filter { target: search.target, ..Filter::default() };
        let not_applied = &mut filter.not_applied;
        filter.include = wanted(search, not_applied);
        settle_qualities(request, &mut filter.include, not_applied);
        filter.exclude = unwanted(search, not_applied);
        filter.same_words = same_words(request, &filter.include);
        filter.offer_titles();
        Some(filter)
    }

    /// Sets [`Filter::title_expansion`] to the law-firm equivalents of the wanted titles, not applied; to nothing
    /// when no law firm is wanted or there are none.
    pub fn offer_titles(&mut self) {
        let law_firms = self.include.company_types.iter().chain(&self.include.industries).any(|name| is_law_firm(name));
        let wanted: Vec<_> = self.include.titles.iter().filter_map(|title| titles::named(title)).collect();
        let mut more: Vec<String> = Vec::new();
        for title in &wanted {
            for equal in titles::law_firm_equivalents(title) {
                let known =
                    wanted.iter().any(|title| title.id == equal.id) || more.iter().any(|name| name == equal.short);
                if law_firms && !known {
                    more.push(equal.short.to_owned());
                }
            }
        }
        self.title_expansion = (!more.is_empty()).then_some(TitleExpansion { titles: more, applied: false });
    }

    /// The same filter with the law-firm titles applied; `None` when there are none, or they are applied already.
    pub fn expanded(&self) -> Option<Filter> {
        let offered = self.title_expansion.as_ref().filter(|offered| !offered.applied)?;
        let applied = TitleExpansion { titles: offered.titles.clone(), applied: true };
        Some(Filter { title_expansion: Some(applied), ..self.clone() })
    }

    /// The titles that count: those wanted, and those of an applied expansion.
    pub fn titles(&self) -> impl Iterator<Item = &String> {
        let more = self.title_expansion.iter().filter(|offered| offered.applied).flat_map(|offered| &offered.titles);
        self.include.titles.iter().chain(more)
    }

    /// Whether `person` fits, what was unknown and whether the headquarters decided. For many people take
    /// [`Filter::conditions`] once.
    pub fn matches(&self, person: &Person) -> Verdict {
        self.conditions().judge(person)
    }

    /// The filter's meaning, ready to judge many records.
    pub fn conditions(&self) -> Conditions {
        Conditions::of(self)
    }

    /// Refuses what is over a limit or can't be meant; names the field.
    ///
    /// # Errors
    /// `validation_error` with the field as it stands in the JSON.
    pub fn check(&self) -> Result<()> {
        self.include.check("")?;
        self.exclude.check("exclude.")?;
        for group in &self.same_words {
            group.values.check("same_words.")?;
        }
        if let Some(offered) = &self.title_expansion {
            check_values("title_expansion.titles", offered.titles.iter().map(String::as_str), offered.titles.len())?;
        }
        if self.same_words.len() > VALUES_MAX || self.not_applied.len() > VALUES_MAX {
            return Err(Error::validation("same_words", format!("At most {VALUES_MAX} entries are taken.")));
        }
        Ok(())
    }
}

impl Slots {
    /// Whether no slot asks anything.
    pub fn is_empty(&self) -> bool {
        *self == Slots::default()
    }

    /// The slots of plain words, by name.
    pub fn texts(&self) -> [(&'static str, &Vec<String>); 8] {
        [
            ("titles", &self.titles),
            ("seniority", &self.seniority),
            ("departments", &self.departments),
            ("industries", &self.industries),
            ("company_types", &self.company_types),
            ("keywords", &self.keywords),
            ("companies", &self.companies),
            ("lists", &self.lists),
        ]
    }

    fn text_slot(&mut self, name: &str) -> Option<&mut Vec<String>> {
        Some(match name {
            "titles" => &mut self.titles,
            "seniority" => &mut self.seniority,
            "departments" => &mut self.departments,
            "industries" => &mut self.industries,
            "company_types" => &mut self.company_types,
            "keywords" => &mut self.keywords,
            "companies" => &mut self.companies,
            _ => return None,
        })
    }

    fn check(&self, prefix: &str) -> Result<()> {
        for (name, values) in self.texts() {
            check_values(&format!("{prefix}{name}"), values.iter().map(String::as_str), values.len())?;
        }
        let places = self.locations.iter().flat_map(|place| {
            [&place.city, &place.state, &place.county, &place.region, &place.country, &place.city_or_state]
                .into_iter()
                .flatten()
        });
        check_values(&format!("{prefix}locations"), places.map(String::as_str), self.locations.len())?;
        check_range(&format!("{prefix}headcount"), self.headcount.as_ref())?;
        check_range(&format!("{prefix}revenue"), self.revenue.as_ref())
    }
}

fn check_values<'v>(field: &str, values: impl Iterator<Item = &'v str>, count: usize) -> Result<()> {
    if count > VALUES_MAX {
        return Err(Error::validation(field, format!("{count} values are too many; at most {VALUES_MAX} are taken.")));
    }
    for value in values {
        if value.trim().is_empty() {
            return Err(Error::validation(field, "A value is empty; leave it out."));
        }
        if value.chars().count() > VALUE_CHARS_MAX {
            let message = format!("A value is longer than {VALUE_CHARS_MAX} characters.");
            return Err(Error::validation(field, message));
        }
    }
    Ok(())
}

fn check_range(field: &str, range: Option<&Range>) -> Result<()> {
    let Some(Range { min, max, .. }) = range else { return Ok(()) };
    match (min, max) {
        (None, None) => Err(Error::validation(field, "Give min, max or both.")),
        (Some(min), Some(max)) if min > max => {
            Err(Error::validation(field, format!("min ({min}) is larger than max ({max}).")))
        }
        _ => Ok(()),
    }
}

/// The wanted slots. A named company is a slot of its own; the rest of `other` is noted as not applied.
fn wanted(search: &Search, not_applied: &mut Vec<String>) -> Slots {
    /// Entries of `other` that say what to do with the people, not whom to find.
    const NOT_FILTERS: [&str; 4] = ["count", "save_as", "append_to", "then"];
    let mut companies = Vec::new();
    for entry in &search.other {
        match entry.split_once(':') {
            Some(("company", name)) => companies.push(name.to_owned()),
            Some((name, _)) if NOT_FILTERS.contains(&name) => {}
            _ => not_applied.push(entry.clone()),
        }
    }
    let revenue = search.revenue.clone().filter(|range| match range.currency.as_deref() {
        None | Some("USD") => true,
        Some(currency) => {
            not_applied.push(format!("revenue:{currency}"));
            false
        }
    });
    Slots {
        titles: search.titles.clone(),
        seniority: search.seniority.clone(),
        departments: search.departments.clone(),
        industries: search.industries.clone(),
        company_types: search.company_types.clone(),
        keywords: search.keywords.clone(),
        companies,
        locations: search.locations.clone(),
        headcount: search.headcount.clone(),
        revenue,
        lists: Vec::new(),
    }
}

/// A size, model or class directly before a kind of company describes it: "boutique law firms" are the
/// kind of that name. Records hold one kind; a quality that makes no kind with it is noted as not
/// applied, else "mid-size" would be an alternative to the kind.
fn settle_qualities(request: &Request, include: &mut Slots, not_applied: &mut Vec<String>) {
    /// Words that say a kind by themselves, though the table files them with the qualities.
    const NOUNS: [&str; 4] = ["startup", "scale-up", "unicorn", "marketplace"];
    let source = |slot: &'static str| {
        request.provenance.iter().filter(move |source| source.slot == slot).filter_map(|source| {
            let (start, end) = (source.start?, source.end?);
            Some((source.value.as_str()?, source.text.as_deref()?, start, end))
        })
    };
    let kinds: Vec<_> = source("company_types").collect();
    let quality = |text: &str| {
        markets::company_type(text)
            .is_some_and(|kind| !matches!(kind.kind, "kind" | "law") && !NOUNS.contains(&kind.name))
    };
    for (value, text, _, end) in kinds.iter().filter(|(value, text, ..)| quality(text) || quality(value)) {
        let mut behind = *end;
        while let Some(next) = kinds.iter().find(|next| next.2 == behind + 1 && quality(next.1)) {
            behind = next.3;
        }
        let Some((kind, noun, from, to)) = kinds.iter().find(|next| next.2 == behind + 1 && !quality(next.1)) else {
            continue;
        };
        include.company_types.retain(|known| known != value);
        match markets::company_type(&format!("{text} {noun}")).filter(|found| matches!(found.kind, "kind" | "law")) {
            Some(_) if behind == *end => {
                let whole = format!("{value} {kind}");
                include.company_types.retain(|known| known != kind && *known != whole);
                include.company_types.push(whole);
                // The sector that the kind's own words name is that of every such company.
                for (sector, ..) in source("industries").filter(|(.., start, end)| (start, end) == (from, to)) {
                    include.industries.retain(|known| known != sector);
                }
            }
            _ => not_applied.push(format!("company_types:{value}")),
        }
    }
}

fn unwanted(search: &Search, not_applied: &mut Vec<String>) -> Slots {
    let exclude = &search.exclude;
    not_applied.extend(exclude.other.iter().map(|entry| format!("exclude.{entry}")));
    Slots {
        titles: exclude.titles.clone(),
        seniority: exclude.seniority.clone(),
        departments: exclude.departments.clone(),
        industries: exclude.industries.clone(),
        company_types: exclude.company_types.clone(),
        keywords: exclude.keywords.clone(),
        companies: exclude.companies.clone(),
        locations: exclude.locations.clone(),
        headcount: None,
        revenue: None,
        lists: exclude.lists.clone(),
    }
}

/// Groups the values of different slots that point at exactly the same words.
fn same_words(request: &Request, include: &Slots) -> Vec<SameWords> {
    let mut groups: Vec<(&Origin, usize, usize, SameWords)> = Vec::new();
    for source in &request.provenance {
        let (Some(start), Some(end)) = (source.start, source.end) else { continue };
        let at = groups.iter().position(|(from, s, e, _)| **from == source.from && (*s, *e) == (start, end));
        let at = at.unwrap_or_else(|| {
            let words = source.text.clone().unwrap_or_default();
            groups.push((&source.from, start, end, SameWords { words, values: Slots::default() }));
            groups.len() - 1
        });
        groups[at].3.values.note(&source.slot, &source.value, include);
    }
    let across_slots = |group: &SameWords| {
        let filled = group.values.texts().iter().filter(|(_, values)| !values.is_empty()).count();
        filled + usize::from(!group.values.locations.is_empty()) > 1
    };
    groups.into_iter().map(|(_, _, _, group)| group).filter(across_slots).collect()
}

impl Slots {
    /// Notes a value of a slot that `include` holds too.
    fn note(&mut self, slot: &str, value: &Value, include: &Slots) {
        if slot == "locations" {
            let place = serde_json::from_value::<Location>(value.clone()).ok();
            if let Some(place) =
                place.filter(|place| include.locations.contains(place) && !self.locations.contains(place))
            {
                self.locations.push(place);
            }
            return;
        }
        let Some(value) = value.as_str() else { return };
        let (slot, value) = match value.strip_prefix("company:").filter(|_| slot == "other") {
            Some(name) => ("companies", name),
            None => (slot, value),
        };
        let included = include.texts().iter().any(|(name, values)| *name == slot && values.iter().any(|v| v == value));
        if let Some(values) = self.text_slot(slot).filter(|values| included && !values.iter().any(|v| v == value)) {
            values.push(value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(slots: &Value, provenance: &Value) -> Request {
        serde_json::from_value(json!({"intent": "prospect_search", "slots": slots, "provenance": provenance}))
            .expect("a request")
    }

    fn ceos_at_law_firms() -> Request {
        request(
            &json!({
                "target": "people", "count": 50, "titles": ["CEO"], "industries": ["law practice"],
                "company_types": ["law firm"], "locations": [{"state": "California", "country": "United States"}],
                "other": ["save_as:West", "company:Acme", "technology:Salesforce"],
                "exclude": {"company_types": ["agency"], "lists": ["Old"], "other": ["funding_stage:seed"]}
            }),
            &json!([
                {"slot": "titles", "value": "CEO", "start": 8, "end": 12, "text": "CEOs"},
                {"slot": "industries", "value": "law practice", "start": 16, "end": 25, "text": "law firms"},
                {"slot": "company_types", "value": "law firm", "start": 16, "end": 25, "text": "law firms"},
                {"slot": "locations", "value": {"state": "California", "country": "United States"},
                 "start": 29, "end": 39, "text": "California"}
            ]),
        )
    }

    #[test]
    fn a_filter_holds_what_the_request_says_and_nothing_else() {
        let filter = Filter::from_request(&ceos_at_law_firms()).expect("a search");
        let mut shown = serde_json::to_value(&filter).expect("JSON");
        let offered = shown["title_expansion"].take();
        assert_eq!(
            shown,
            json!({
                "target": "people", "titles": ["CEO"], "industries": ["law practice"],
                "company_types": ["law firm"], "companies": ["Acme"],
                "locations": [{"state": "California", "country": "United States"}],
                "exclude": {"company_types": ["agency"], "lists": ["Old"]},
                "same_words": [{"words": "law firms", "industries": ["law practice"], "company_types": ["law firm"]}],
                "title_expansion": null,
                "not_applied": ["technology:Salesforce", "exclude.funding_stage:seed"]
            })
        );
        assert_eq!(offered["applied"], json!(false));
        assert_eq!(offered["titles"][0], json!("Managing Partner"));
        let again: Filter = serde_json::from_value(serde_json::to_value(&filter).expect("JSON")).expect("a filter");
        assert_eq!(again, filter);
    }

    #[test]
    fn wider_titles_are_offered_at_law_firms_only_and_once() {
        let mut filter = Filter::from_request(&ceos_at_law_firms()).expect("a search");
        assert_eq!(filter.titles().count(), 1);
        let wider = filter.expanded().expect("an offer");
        assert!(wider.titles().any(|title| title == "Managing Partner"));
        assert_eq!(wider.expanded(), None);
        filter.include.titles.push("Managing Partners".into());
        filter.offer_titles();
        let offered = filter.title_expansion.clone().expect("an offer").titles;
        assert!(!offered.iter().any(|title| title == "Managing Partner"), "{offered:?}");
        filter.include.company_types.clear();
        filter.include.industries.clear();
        filter.offer_titles();
        assert_eq!(filter.title_expansion, None);
    }

    #[test]
    fn a_quality_describes_the_kind_behind_it_and_is_no_alternative_to_it() {
        let kinds = |text: &str| {
            let filter = Filter::from_request(&crate::understand::read(text)).expect("a search");
            (filter.include.company_types, filter.not_applied)
        };
        let read = |kinds: &[&str], left: &[&str]| {
            let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
            (owned(kinds), owned(left))
        };
        assert_eq!(kinds("partners at boutique law firms"), read(&["boutique law firm"], &[]));
        assert_eq!(
            kinds("CFOs at family-owned distributors"),
            read(&["distributor"], &["company_types:family-owned business"])
        );
        assert_eq!(kinds("CEOs at mid-market logistics firms"), read(&["mid-market"], &[]));
        assert_eq!(kinds("CEOs at B2B startups or law firms"), read(&["startup", "law firm"], &["company_types:B2B"]));
        assert_eq!(kinds("CEOs at startups and law firms"), read(&["startup", "law firm"], &[]));
    }

    #[test]
    fn revenue_in_another_currency_is_not_applied_and_said() {
        let slots = json!({"revenue": {"min": 5, "currency": "EUR"}});
        let filter = Filter::from_request(&request(&slots, &json!([]))).expect("a search");
        assert_eq!((filter.include.revenue, filter.not_applied), (None, vec!["revenue:EUR".to_owned()]));
    }

    #[test]
    fn a_size_before_a_kind_narrows_it_or_is_said_not_to_be_applied() {
        let read = |text: &str| Filter::from_request(&crate::understand::read(text)).expect("a search");
        let known = read("Find CEOs at mid-size law firms in Texas");
        assert_eq!(known.include.company_types, ["mid-size law firm"]);
        assert_eq!((known.include.industries, known.not_applied), (Vec::<String>::new(), Vec::<String>::new()));
        let unknown = read("Find CEOs at mid-size banks in Texas");
        assert_eq!(unknown.include.company_types, ["bank"]);
        assert_eq!(unknown.not_applied, ["company_types:mid-size"]);
        let either = read("Find CEOs at startups or law firms");
        assert_eq!(either.include.company_types, ["startup", "law firm"]);
    }

    #[test]
    fn a_request_that_does_not_search_has_no_filter() {
        let question = json!({"intent": "question", "slots": {"topic": "opens"}});
        assert_eq!(Filter::from_request(&serde_json::from_value(question).expect("a request")), None);
    }

    #[test]
    fn limits_are_checked_and_the_field_named() {
        let named = |filter: &Filter| match filter.check() {
            Err(Error::Refused(refusal)) => {
                refusal.details["fields"].as_object().and_then(|f| f.keys().next().cloned())
            }
            _ => None,
        };
        let mut filter = Filter::from_request(&ceos_at_law_firms()).expect("a search");
        assert!(filter.check().is_ok());
        filter.include.titles = vec!["x".into(); VALUES_MAX];
        assert!(filter.check().is_ok());
        filter.include.titles.push("x".into());
        assert_eq!(named(&filter).as_deref(), Some("titles"));
        filter.include.titles = vec!["é".repeat(VALUE_CHARS_MAX)];
        assert!(filter.check().is_ok());
        filter.include.titles[0].push('x');
        assert_eq!(named(&filter).as_deref(), Some("titles"));
        filter.include.titles.clear();
        filter.exclude.industries = vec![" ".into()];
        assert_eq!(named(&filter).as_deref(), Some("exclude.industries"));
        filter.exclude.industries.clear();
        filter.include.headcount = Some(Range { min: Some(5), max: Some(4), currency: None });
        assert_eq!(named(&filter).as_deref(), Some("headcount"));
    }
}

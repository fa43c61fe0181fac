//! What a company does and is: industries, company types, topics and, for law firms, practice areas.
//!
//! It protects the rule that the same words in two slots are alternatives: "law firm" is the
//! industry law practice and the company type law firm, and the table gives both.

use std::sync::LazyLock;

use super::packed::Packed;
use super::phrases::Phrases;

/// The tables as they are kept, for whoever must notice that they changed.
pub const SOURCES: &[&str] = &[
    include_str!("../../data/industries.csv"),
    include_str!("../../data/company_types.csv"),
    include_str!("../../data/practice_areas.csv"),
    include_str!("../../data/topics.csv"),
];

/// An industry: one of the 147 classic names that records are mostly filed under, or a part or group of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Industry {
    /// Lower-case name that identifies it: "law practice".
    pub slug: &'static str,
    /// As shown: "Law Practice".
    pub name: &'static str,
    /// One of 16 sectors: "Legal", "Technology".
    pub sector: &'static str,
    /// Slug of the industry it is a part of; empty at the top.
    pub parent: &'static str,
    /// Slug under which records from before its time are filed (software for SaaS); mostly empty.
    pub filed_as: &'static str,
    /// Prefixes of NAICS 2022 codes, separated by spaces.
    pub naics_prefixes: &'static str,
    /// Its most usual other word; may be empty.
    pub also: &'static str,
}

/// A kind of company: what it is, how large, who owns it, whom it sells to.
#[derive(Debug, PartialEq, Eq)]
pub struct CompanyType {
    /// "law firm", "startup", "Fortune 500".
    pub name: &'static str,
    /// `law` (kinds of law firm), `kind`, `size`, `stage`, `ownership`, `model` or `class`.
    pub kind: &'static str,
    /// The type it is a special case of ("law firm" for "boutique law firm"); empty at the top.
    pub parent: &'static str,
    /// Slug of the industry the words name too; empty when none.
    pub industry: &'static str,
    /// Name of the practice area the words name too; empty when none.
    pub practice: &'static str,
}

/// A practice area of law.
#[derive(Debug, PartialEq, Eq)]
pub struct Practice {
    /// "Mergers and Acquisitions".
    pub name: &'static str,
    /// The wider area; empty at the top.
    pub parent: &'static str,
}

/// A speciality that is no sector: "GDPR compliance", "demand planning".
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// As it is usually written.
    pub name: &'static str,
    /// What it is about: "supply chain".
    pub theme: &'static str,
}

/// One reading of a phrase about companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Market {
    /// Its industry.
    Industry(&'static Industry),
    /// Its type.
    CompanyType(&'static CompanyType),
    /// A practice area of law.
    Practice(&'static Practice),
    /// A speciality.
    Topic(&'static Topic),
}

impl Market {
    /// Whether it says what is worked on, and nothing about the kind of company.
    pub fn is_speciality(self) -> bool {
        matches!(self, Market::Practice(_) | Market::Topic(_))
    }
}

struct Tables {
    asked: Phrases<Market>,
    /// Words too general in a request that name an industry in a record's field ("Legal").
    filed: Phrases<Market>,
}

// `build.rs` makes these of the tables above: their rows, and every spelling with what it means.
include!(concat!(env!("OUT_DIR"), "/markets.rs"));
const ASKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/markets_asked.bin"));
const FILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/markets_filed.bin"));

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    asked: Phrases::of_packed(Packed::of(ASKED), market),
    filed: Phrases::of_packed(Packed::of(FILED), market),
});

/// What a number of the packed tables names.
fn market(number: u32) -> Market {
    const ROW: u32 = (1 << 28) - 1;
    let row = usize::try_from(number & ROW).unwrap_or(usize::MAX);
    let found = match number >> 28 {
        0 => INDUSTRIES.get(row).map(Market::Industry),
        1 => COMPANY_TYPES.get(row).map(Market::CompanyType),
        2 => PRACTICES.get(row).map(Market::Practice),
        _ => TOPICS.get(row).map(Market::Topic),
    };
    // Every number was made of a row.
    found.unwrap_or(Market::Topic(&TOPICS[0]))
}

/// Every phrase with its readings: industries first, then company types, then practice areas.
pub fn table() -> &'static Phrases<Market> {
    &TABLES.asked
}

/// The industry a field or search parameter names, by slug, name, another word, or NAICS code.
pub fn industry(text: &str) -> Option<&'static Industry> {
    let code = text.trim();
    if code.len() >= 2 && code.bytes().all(|b| b.is_ascii_digit()) {
        return of_naics(code);
    }
    let readings = TABLES.asked.exact(text).iter().chain(TABLES.filed.exact(text));
    readings.copied().find_map(|market| if let Market::Industry(industry) = market { Some(industry) } else { None })
}

/// The company type a field or search parameter names.
pub fn company_type(text: &str) -> Option<&'static CompanyType> {
    let readings = TABLES.asked.exact(text).iter().copied();
    readings.into_iter().find_map(|market| if let Market::CompanyType(kind) = market { Some(kind) } else { None })
}

/// The practice area a field names.
pub fn practice(text: &str) -> Option<&'static Practice> {
    let readings = TABLES.asked.exact(text).iter().copied();
    readings.into_iter().find_map(|market| if let Market::Practice(practice) = market { Some(practice) } else { None })
}

/// Every industry.
pub fn industries() -> &'static [Industry] {
    &INDUSTRIES
}

/// Every company type.
pub fn company_types() -> &'static [CompanyType] {
    &COMPANY_TYPES
}

/// Every practice area.
pub fn practices() -> &'static [Practice] {
    &PRACTICES
}

/// The words by which a part of a sector is found in the names and titles of records, which mostly are
/// filed under the whole sector: those of digital health, not those of banking. Empty for the others.
pub fn spoken_words(industry: &Industry) -> Vec<&'static str> {
    let newer = !industry.parent.is_empty() && industry.filed_as.is_empty() && industry.naics_prefixes.is_empty();
    if !newer {
        return Vec::new();
    }
    [industry.slug, industry.also].into_iter().filter(|word| !word.is_empty()).collect()
}

/// Whether a record of industry `held` satisfies the `wanted` one: the same, a part of it, or what
/// it is filed under ("computer software" for SaaS, as records say no more).
pub fn industry_covers(wanted: &Industry, held: &Industry) -> bool {
    wanted.filed_as == held.slug || lies_in(held.slug, wanted.slug, parent_of_industry)
}

/// Whether a record of type `held` satisfies the `wanted` one: the same or a special case of it.
pub fn type_covers(wanted: &CompanyType, held: &CompanyType) -> bool {
    lies_in(held.name, wanted.name, |name| COMPANY_TYPES.iter().find(|kind| kind.name == name).map(|kind| kind.parent))
}

/// Whether a practice area `held` satisfies the `wanted` one: the same or a part of it.
pub fn practice_covers(wanted: &Practice, held: &Practice) -> bool {
    lies_in(held.name, wanted.name, |name| {
        PRACTICES.iter().find(|practice| practice.name == name).map(|practice| practice.parent)
    })
}

fn parent_of_industry(slug: &str) -> Option<&'static str> {
    INDUSTRIES.iter().find(|industry| industry.slug == slug).map(|industry| industry.parent)
}

/// Walks from `inner` up to `outer`; no chain of the tables is longer than a few steps.
fn lies_in(inner: &str, outer: &str, parent: impl Fn(&str) -> Option<&'static str>) -> bool {
    const MOST_STEPS: usize = 8;
    let mut at = inner;
    for _ in 0..MOST_STEPS {
        if at == outer {
            return true;
        }
        match parent(at) {
            Some(up) if !up.is_empty() => at = up,
            _ => return false,
        }
    }
    false
}

fn of_naics(code: &str) -> Option<&'static Industry> {
    let longest = |industry: &&'static Industry| {
        let prefixes = industry.naics_prefixes.split_ascii_whitespace();
        prefixes.filter(|prefix| code.starts_with(prefix)).map(str::len).max().unwrap_or(0)
    };
    // Of industries that share a code the first of the table is meant.
    INDUSTRIES.iter().rev().max_by_key(longest).filter(|industry| longest(industry) > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(phrase: &str) -> Vec<&'static str> {
        let name = |market: &Market| match market {
            Market::Industry(industry) => industry.slug,
            Market::CompanyType(kind) => kind.name,
            Market::Practice(practice) => practice.name,
            Market::Topic(topic) => topic.name,
        };
        table().exact(phrase).iter().map(name).collect()
    }

    #[test]
    fn a_law_firm_is_an_industry_and_a_company_type() {
        for phrase in ["law firm", "law firms", "Law-Firms", "lawfirm", "law offices", "legal practice"] {
            assert_eq!(readings(phrase), ["law practice", "law firm"], "{phrase}");
        }
        assert_eq!(readings("boutique law firms"), ["law practice", "boutique law firm"]);
        assert_eq!(readings("immigration law firms"), ["law practice", "immigration law firm", "Immigration"]);
        assert_eq!(readings("Am Law 200"), ["law practice", "Am Law 200"]);
    }

    #[test]
    fn usual_words_for_companies_are_known() {
        for (phrase, first) in [
            ("fintech startups", None),
            ("fintech", Some("fintech")),
            ("SaaS companies", Some("saas")),
            ("biotechs", Some("biotechnology")),
            ("medtech", Some("medical devices")),
            ("insurtech", Some("insurtech")),
            ("legal tech", Some("legal tech")),
            ("tech companies", Some("technology")),
            ("private equity firms", Some("venture capital & private equity")),
            ("startups", Some("startup")),
            ("start-ups", Some("startup")),
            ("nonprofits", Some("non-profit organization management")),
            ("non-profit", Some("non-profit organization management")),
            ("agencies", Some("agency")),
            ("publicly traded companies", Some("public company")),
            ("Fortune 500 companies", Some("Fortune 500")),
            ("B2B", Some("B2B")),
            ("mid-market", Some("mid-market")),
            ("hospitals", Some("hospital & health care")),
            ("banks", Some("banking")),
            ("manufacturers", Some("manufacturing")),
            ("family offices", Some("investment management")),
            ("e-commerce", Some("e-commerce")),
            ("ecommerce", Some("e-commerce")),
            ("M&A", Some("Mergers and Acquisitions")),
            ("IP", Some("Intellectual Property")),
        ] {
            assert_eq!(readings(phrase).first().copied(), first, "{phrase}");
        }
    }

    #[test]
    fn fields_of_records_are_recognised() {
        assert_eq!(industry("Legal").map(|found| found.slug), Some("law practice"));
        assert_eq!(industry("hospital & health care").map(|found| found.slug), Some("hospital & health care"));
        assert_eq!(industry("541110").map(|found| found.slug), Some("law practice"));
        assert_eq!(industry("9").map(|found| found.slug), None);
        assert_eq!(company_type("Law Firm").map(|found| found.name), Some("law firm"));
        assert_eq!(practice("Labour & Employment").map(|found| found.name), Some("Labor and Employment"));
        assert_eq!(practice("labor & employment").map(|found| found.name), Some("Labor and Employment"));
        assert_eq!(industry(""), None);
    }

    #[test]
    fn a_wider_word_covers_its_parts_and_not_the_other_way_round() {
        let covers = |wanted: &str, held: &str| {
            industry_covers(industry(wanted).expect("a known industry"), industry(held).expect("a known industry"))
        };
        assert!(
            covers("technology", "computer software")
                && covers("technology", "saas")
                && covers("saas", "computer software")
        );
        assert!(
            !covers("computer software", "technology")
                && !covers("saas", "banking")
                && covers("law practice", "law practice")
        );
        let kind = |name| company_type(name).expect("a known type");
        assert!(
            type_covers(kind("law firm"), kind("boutique law firm"))
                && type_covers(kind("law firm"), kind("Am Law 100"))
        );
        assert!(
            !type_covers(kind("boutique law firm"), kind("law firm")) && !type_covers(kind("law firm"), kind("bank"))
        );
        let area = |name| practice(name).expect("a known area");
        assert!(
            practice_covers(area("Intellectual Property"), area("Patents"))
                && !practice_covers(area("Patents"), area("IP"))
        );
    }

    #[test]
    fn no_phrase_has_two_meanings() {
        let mut wrong = Vec::new();
        for (phrase, found) in table().iter() {
            let industries = found.iter().filter(|market| matches!(market, Market::Industry(_))).count();
            let types = found.iter().filter(|market| matches!(market, Market::CompanyType(_))).count();
            let practices = found.iter().filter(|market| matches!(market, Market::Practice(_))).count();
            let topics = found.iter().filter(|market| matches!(market, Market::Topic(_))).count();
            if industries > 1 || types > 1 || practices > 1 || (topics > 0 && found.len() > 1) {
                wrong.push(format!("{phrase}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn newer_parts_of_a_sector_are_found_by_their_words() {
        let words = |name: &str| spoken_words(industry(name).expect("a known industry"));
        assert_eq!(words("telehealth"), ["telehealth", "telemedicine"]);
        assert_eq!(words("banking"), [""; 0]);
        assert_eq!(words("saas"), [""; 0]);
    }

    #[test]
    fn british_spellings_are_known() {
        for phrase in [
            "defence contractors",
            "fulfilment centres",
            "jewellery",
            "paediatric practices",
            "data centres",
            "aluminium",
            "labour unions",
            "theatres",
            "tyre shops",
            "behavioural health",
        ] {
            assert!(!table().exact(phrase).is_empty(), "{phrase}");
        }
        assert_eq!(readings("clinical laboratories"), readings("clinical laboratory"));
    }

    #[test]
    fn every_reference_between_the_tables_holds() {
        let slug = |wanted: &str| wanted.is_empty() || industries().iter().any(|industry| industry.slug == wanted);
        for found in industries() {
            assert!(slug(found.parent) && slug(found.filed_as), "{}", found.slug);
            assert_eq!(industry(found.slug), Some(found));
            assert_eq!(industry(found.name), Some(found));
        }
        for found in company_types() {
            let parent = found.parent.is_empty() || company_types().iter().any(|kind| kind.name == found.parent);
            let practice = found.practice.is_empty() || practices().iter().any(|area| area.name == found.practice);
            assert!(slug(found.industry) && parent && practice, "{}", found.name);
            assert_eq!(company_type(found.name), Some(found));
        }
        for found in practices() {
            assert_eq!(practice(found.name), Some(found));
        }
        for table in SOURCES {
            assert!(!table.contains("\"\"") && !table.contains('\r'));
        }
    }
}

//! The table of markets, put together from `data/industries.csv`, `data/company_types.csv`, `data/practice_areas.csv`,
//! `data/topics.csv` and the markets of other languages: every spelling with all that it can mean.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::languages;
use crate::phrases::Phrases;
use crate::rows;

/// What a number names, as its high bits; the low ones are the row.
const INDUSTRY: u32 = 0;
const COMPANY_TYPE: u32 = 1 << 28;
const PRACTICE: u32 = 2 << 28;
const TOPIC: u32 = 3 << 28;

/// The files of the tables.
pub(crate) struct Files {
    pub(crate) industries: &'static str,
    pub(crate) company_types: &'static str,
    pub(crate) practices: &'static str,
    pub(crate) topics: &'static str,
    pub(crate) languages: &'static str,
}

pub(crate) struct Markets {
    /// Every phrase with its readings: industries first, then company types, practice areas and topics.
    pub(crate) asked: Phrases<u32>,
    /// Words too general in a request that name an industry in a record's field ("Legal").
    pub(crate) filed: Phrases<u32>,
    /// The rows as Rust: `INDUSTRIES`, `COMPANY_TYPES`, `PRACTICES` and `TOPICS`.
    pub(crate) source: String,
}

/// Reads the tables in their order, on which the order of a phrase's readings rests.
pub(crate) fn of(files: &Files) -> Markets {
    let mut made = Markets { asked: Phrases::new(), filed: Phrases::new(), source: String::new() };
    let industries = made.industries(files.industries);
    let practices = rows::of(files.practices);
    let practice_of: HashMap<&str, u32> = practices.iter().map(|row| row[0]).zip(PRACTICE..).collect();
    made.company_types(files.company_types, &industries, &practice_of);
    made.practices(&practices);
    made.topics(files.topics);
    for (name, phrase) in languages::names(files.languages, "market") {
        let meant = made.asked.exact(name).to_vec();
        if made.asked.exact(phrase).is_empty() {
            meant.into_iter().for_each(|market| made.asked.add(phrase, market));
        }
    }
    made
}

impl Markets {
    /// Gives the number of each industry by its slug.
    fn industries(&mut self, table: &'static str) -> HashMap<&'static str, u32> {
        let mut numbers = HashMap::new();
        let rows = rows::of(table);
        let _ = writeln!(self.source, "static INDUSTRIES: [Industry; {}] = [", rows.len());
        for (row, id) in rows.iter().zip(INDUSTRY..) {
            let [slug, name, sector, parent, filed_as, naics_prefixes, _sic, synonyms] = row.as_slice() else {
                panic!("data/industries.csv: {row:?} has not 8 cells")
            };
            let also = synonyms.split('|').find(|word| !word.starts_with('~')).unwrap_or_default();
            let _ = writeln!(
                self.source,
                "Industry {{ slug: {slug:?}, name: {name:?}, sector: {sector:?}, parent: {parent:?}, \
                 filed_as: {filed_as:?}, naics_prefixes: {naics_prefixes:?}, also: {also:?} }},"
            );
            numbers.insert(*slug, id);
            for word in [*slug, *name].into_iter().chain(synonyms.split('|')) {
                match word.strip_prefix('~') {
                    Some(word) => self.filed.add(word, id),
                    None => add(&mut self.asked, word, id),
                }
            }
        }
        self.source.push_str("];\n");
        numbers
    }

    fn company_types(&mut self, table: &'static str, industries: &HashMap<&str, u32>, practices: &HashMap<&str, u32>) {
        let rows = rows::of(table);
        let _ = writeln!(self.source, "static COMPANY_TYPES: [CompanyType; {}] = [", rows.len());
        for (row, id) in rows.iter().zip(COMPANY_TYPE..) {
            let [name, kind, parent, industry, practice, synonyms] = row.as_slice() else {
                panic!("data/company_types.csv: {row:?} has not 6 cells")
            };
            let _ = writeln!(
                self.source,
                "CompanyType {{ name: {name:?}, kind: {kind:?}, parent: {parent:?}, industry: {industry:?}, \
                 practice: {practice:?} }},"
            );
            // The industry that a type implies stands before it, as in the whole table.
            let meant = [industries.get(industry).copied(), Some(id), practices.get(practice).copied()];
            for word in std::iter::once(*name).chain(synonyms.split('|')) {
                meant.into_iter().flatten().for_each(|market| add(&mut self.asked, word, market));
            }
        }
        self.source.push_str("];\n");
    }

    fn practices(&mut self, rows: &[Vec<&'static str>]) {
        let _ = writeln!(self.source, "static PRACTICES: [Practice; {}] = [", rows.len());
        for (row, id) in rows.iter().zip(PRACTICE..) {
            let [name, parent, synonyms] = row.as_slice() else {
                panic!("data/practice_areas.csv: {row:?} has not 3 cells")
            };
            let _ = writeln!(self.source, "Practice {{ name: {name:?}, parent: {parent:?} }},");
            for word in std::iter::once(*name).chain(synonyms.split('|')) {
                add(&mut self.asked, word, id);
            }
        }
        self.source.push_str("];\n");
    }

    fn topics(&mut self, table: &'static str) {
        let rows = rows::of(table);
        let _ = writeln!(self.source, "static TOPICS: [Topic; {}] = [", rows.len());
        for (row, id) in rows.iter().zip(TOPIC..) {
            let [name, theme] = row.as_slice() else { panic!("data/topics.csv: {row:?} has not 2 cells") };
            let _ = writeln!(self.source, "Topic {{ name: {name:?}, theme: {theme:?} }},");
            add(&mut self.asked, name, id);
        }
        self.source.push_str("];\n");
    }
}

/// Adds a phrase as it is written in the table and, where it differs, as it is written in Britain.
fn add(table: &mut Phrases<u32>, phrase: &str, market: u32) {
    table.add(phrase, market);
    if let Some(british) = british(phrase) {
        table.add(&british, market);
    }
}

/// American beginnings of words and their British spellings. A beginning of two letters or more that
/// stands in many words (`organiz`) covers them all.
const BRITISH: [(&str, &str); 33] = [
    ("aluminum", "aluminium"),
    ("analyz", "analys"),
    ("anesthe", "anaesthe"),
    ("behavior", "behaviour"),
    ("center", "centre"),
    ("color", "colour"),
    ("counseling", "counselling"),
    ("decarboniz", "decarbonis"),
    ("defense", "defence"),
    ("digitiz", "digitis"),
    ("favor", "favour"),
    ("fertilizer", "fertiliser"),
    ("fiber", "fibre"),
    ("fulfillment", "fulfilment"),
    ("gynec", "gynaec"),
    ("hematolog", "haematolog"),
    ("jewelry", "jewellery"),
    ("labor", "labour"),
    ("localiz", "localis"),
    ("moderniz", "modernis"),
    ("mold", "mould"),
    ("optimiz", "optimis"),
    ("organiz", "organis"),
    ("orthoped", "orthopaed"),
    ("pediatric", "paediatric"),
    ("personaliz", "personalis"),
    ("program", "programme"),
    ("specialty", "speciality"),
    ("theater", "theatre"),
    ("tire", "tyre"),
    ("tokeniz", "tokenis"),
    ("utiliz", "utilis"),
    ("visualiz", "visualis"),
];

/// The phrase in British spelling, when that is another one.
fn british(phrase: &str) -> Option<String> {
    /// Words that only begin like one of the list.
    const OTHERS: [&str; 4] = ["laboratory", "laboratories", "programmatic", "programming"];
    let spell = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let found = BRITISH.iter().find(|(american, _)| lower.starts_with(american))?;
        (!OTHERS.contains(&lower.as_str())).then(|| format!("{}{}", found.1, &lower[found.0.len()..]))
    };
    let words: Vec<Option<String>> = phrase.split(' ').map(spell).collect();
    words.iter().any(Option::is_some).then(|| {
        let spelled = phrase.split(' ').zip(words).map(|(word, british)| british.unwrap_or_else(|| word.to_owned()));
        spelled.collect::<Vec<_>>().join(" ")
    })
}

//! The table of titles, put together from `data/titles.csv`, `data/functions.csv`, `data/occupations.csv` and the titles of
//! other languages: every title once, every spelling of it, and what its holder holds with it.

use std::fmt::Write as _;

use crate::languages;
use crate::phrases::Phrases;
use crate::rows;

struct Title {
    name: &'static str,
    short: &'static str,
    seniority: &'static str,
    department: &'static str,
    context: &'static str,
}

/// A rank that combines with every function into a title of its own.
struct Rank {
    /// The rank without a function; empty when that is no title.
    alone: &'static str,
    /// Before the function: "Vice President of".
    of: &'static str,
    short: &'static str,
    seniority: &'static str,
    /// The spellings before a function, and after it.
    before: &'static [&'static str],
    after: &'static [&'static str],
}

const RANKS: [Rank; 3] = [
    Rank {
        alone: "Vice President",
        of: "Vice President of",
        short: "VP of",
        seniority: "vp",
        before: &["vice president of", "vice president", "vice president for", "VP of", "VP", "VP for", "VPs of"],
        after: &["vice president", "VP"],
    },
    Rank {
        alone: "Director",
        of: "Director of",
        short: "Director of",
        seniority: "director",
        before: &["director of", "director", "directors of"],
        after: &["director"],
    },
    Rank {
        alone: "",
        of: "Head of",
        short: "Head of",
        seniority: "head",
        before: &["head of", "heads of", "global head of"],
        after: &["head"],
    },
];

/// The tables; their numbers are places among the titles and the functions.
pub(crate) struct Titles {
    all: Vec<Title>,
    functions_of: Vec<(&'static str, &'static str)>,
    /// Titles that the holder of a title holds with it.
    included: Vec<(u32, Vec<u32>)>,
    /// What a request may say.
    pub(crate) asked: Phrases<u32>,
    /// Abbreviations that may be filed, too ambiguous in a request.
    pub(crate) filed: Phrases<u32>,
    /// The business functions by every name they have.
    pub(crate) functions: Phrases<u32>,
}

impl Titles {
    /// Reads the four tables.
    pub(crate) fn of(
        titles: &'static str,
        functions: &'static str,
        occupations: &'static str,
        languages: &'static str,
    ) -> Titles {
        let mut made = Titles {
            all: Vec::new(),
            functions_of: Vec::new(),
            included: Vec::new(),
            asked: Phrases::new(),
            filed: Phrases::new(),
            functions: Phrases::new(),
        };
        let mut wider = made.offices(titles);
        made.ranks(functions, &mut wider);
        made.occupations(occupations);
        for (name, phrase) in languages::names(languages, "title") {
            if let Some(id) = made.asked.exact(name).first().copied() {
                made.asked.add_if_free(phrase, id);
            }
        }
        for (id, other) in wider {
            let Some(other) = made.asked.exact(other).first().copied() else { continue };
            match made.included.iter_mut().find(|(known, _)| *known == id) {
                Some((_, others)) => others.push(other),
                None => made.included.push((id, vec![other])),
            }
        }
        made
    }

    /// The rows as Rust: `ALL`, `FUNCTIONS` and `INCLUDED`.
    pub(crate) fn source(&self) -> String {
        let mut text = format!("static ALL: [Title; {}] = [\n", self.all.len());
        for (id, Title { name, short, seniority, department, context }) in self.all.iter().enumerate() {
            let _ = writeln!(
                text,
                "Title {{ id: {id}, name: {name:?}, short: {short:?}, seniority: {seniority:?}, department: {department:?}, \
                 context: {context:?} }},"
            );
        }
        let _ = writeln!(text, "];\nstatic FUNCTIONS: [Function; {}] = [", self.functions_of.len());
        for (name, department) in &self.functions_of {
            let _ = writeln!(text, "Function {{ name: {name:?}, department: {department:?} }},");
        }
        let _ = writeln!(text, "];\nstatic INCLUDED: [(u16, &[u16]); {}] = [", self.included.len());
        for (id, others) in &self.included {
            let _ = writeln!(text, "({id}, &{others:?}),");
        }
        text + "];\n"
    }

    /// Reads the titles of offices; gives the titles that each holds beside its own.
    fn offices(&mut self, table: &'static str) -> Vec<(u32, &'static str)> {
        let mut wider = Vec::new();
        for row in rows::of(table) {
            let [name, short, seniority, department, context, includes, synonyms] = row.as_slice() else { continue };
            let short = if short.is_empty() { name } else { short };
            let id = self.title(Title { name, short, seniority, department, context });
            includes.split('|').filter(|other| !other.is_empty()).for_each(|other| wider.push((id, other)));
            for spelling in [*name, *short].into_iter().chain(synonyms.split('|')) {
                match spelling.strip_prefix('~') {
                    Some(abbreviation) => self.filed.add(abbreviation, id),
                    None => self.asked.add(spelling, id),
                }
                if let Some(plural) = short_plural(spelling) {
                    self.asked.add(&plural, id);
                }
            }
        }
        wider
    }

    /// What people do for a living, beside the titles of offices. A spelling that the table of titles has stays there.
    fn occupations(&mut self, table: &'static str) {
        for row in rows::of(table) {
            let [name, department, seniority, synonyms] = row.as_slice() else { continue };
            let known = self.asked.exact(name).first().copied();
            let id =
                known.unwrap_or_else(|| self.title(Title { name, short: name, seniority, department, context: "any" }));
            for spelling in std::iter::once(*name).chain(synonyms.split('|').filter(|spelling| !spelling.is_empty())) {
                self.asked.add_if_free(spelling, id);
            }
        }
    }

    /// Makes a title of every rank with every function, unless the table has it under another name;
    /// then its spellings are added to that one.
    fn ranks(&mut self, table: &'static str, wider: &mut Vec<(u32, &'static str)>) {
        for row in rows::of(table) {
            let [name, department, synonyms] = row.as_slice() else { continue };
            let names: Vec<&str> =
                std::iter::once(*name).chain(synonyms.split('|').filter(|s| !s.is_empty())).collect();
            let function = number(self.functions_of.len());
            self.functions_of.push((name, department));
            names.iter().for_each(|spelled| self.functions.add(spelled, function));
            for rank in &RANKS {
                let full: &'static str = format!("{} {name}", rank.of).leak();
                let short: &'static str = format!("{} {name}", rank.short).leak();
                let id = self.asked.exact(full).first().copied().unwrap_or_else(|| {
                    let title = Title { name: full, short, seniority: rank.seniority, department, context: "any" };
                    let id = self.title(title);
                    wider.extend(Some((id, rank.alone)).filter(|_| !rank.alone.is_empty()));
                    id
                });
                for spelled in &names {
                    rank.before.iter().for_each(|words| self.asked.add_if_free(&format!("{words} {spelled}"), id));
                    rank.after.iter().for_each(|words| self.asked.add_if_free(&format!("{spelled} {words}"), id));
                }
            }
        }
    }

    fn title(&mut self, title: Title) -> u32 {
        self.all.push(title);
        number(self.all.len() - 1)
    }
}

/// The plural of an acronym of two letters, which the general rule leaves alone ("VPs").
fn short_plural(spelling: &str) -> Option<String> {
    let acronym = spelling.len() == 2 && spelling.bytes().all(|b| b.is_ascii_uppercase());
    acronym.then(|| format!("{spelling}s"))
}

fn number(at: usize) -> u32 {
    u32::try_from(at).expect("the tables have far fewer rows")
}

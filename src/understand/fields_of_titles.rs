//! A market before a rank that belongs to the title, because behind it stands where the people work:
//! "food directors at supermarkets", "technology transfer officers, universities".
//!
//! Protects against a filter nobody asked for: the sector of a title is not the sector of the employer.

use super::gazetteer::{self, Phrase};
use super::grammar::Walk;
use super::markets::Market;
use super::roles;
use super::vocabulary::{COMPANIES, FILLERS, PEOPLE, Zone};
use super::words::{Break, singular};

/// Ranks that are nothing without a field.
const HEADS: [&str; 12] = [
    "director",
    "manager",
    "officer",
    "supervisor",
    "coordinator",
    "intern",
    "specialist",
    "superintendent",
    "head",
    "lead",
    "vp",
    "executive",
];

/// How many unknown words may stand between the field and the rank.
const BETWEEN: usize = 2;

impl Walk<'_> {
    /// "food directors at supermarkets": takes the field with the rank as one title.
    pub(super) fn field_of_title(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        let field = !phrase.markets().is_empty() || phrase.department().is_some();
        let open = self.zone == Zone::Head && !self.excluding && self.companies.is_none();
        // "corporate giving managers" give for their company; no kind of company is meant.
        let corporate = phrase.count == 1 && self.sentence.norm(at) == "corporate";
        let model = is_model(phrase) && !corporate;
        if !field || !open || phrase.title().is_some() || phrase.levels().is_some() || model {
            return None;
        }
        let rank = self.rank_behind(at + phrase.count)?;
        // "bank officers", "food technologists": nobody is called so without the field.
        let word = self.sentence.norm(rank);
        let bound = rank == at + phrase.count
            && (word == "officers" || self.is_unknown_profession(rank))
            && self.sentence.before(rank) == Break::Space;
        if !corporate && !bound && !self.employer_behind(rank + 1) {
            return None;
        }
        self.flush();
        roles::one_title(self, at, rank + 1);
        Some(rank + 1)
    }

    /// Where the rank stands, behind at most two words that say nothing else.
    fn rank_behind(&self, from: usize) -> Option<usize> {
        let last = self.end.min(from + BETWEEN + 1);
        for at in from..last {
            let word = self.sentence.norm(at);
            if self.sentence.before(at) >= Break::Comma || self.sentence.before(at) == Break::Slash {
                return None;
            }
            if HEADS.contains(&singular(word).as_str()) || self.is_unknown_profession(at) {
                return Some(at);
            }
            let small = FILLERS.contains(word)
                || COMPANIES.contains(word)
                || PEOPLE.contains(word)
                || self.zone_at(at).is_some()
                || self.sentence.quote_of(at).is_some()
                || word.starts_with(|c: char| c.is_ascii_digit());
            if small {
                return None;
            }
        }
        None
    }

    /// "technologists", "statisticians": no table knows them, and their ending says that they are people.
    fn is_unknown_profession(&self, at: usize) -> bool {
        let word = self.sentence.norm(at);
        word.len() > 6
            && (word.ends_with("ists") || word.ends_with("ians"))
            && !word.ends_with("lists")
            && gazetteer::phrase(self.sentence, at, self.end).is_none()
    }

    /// "… at supermarkets", "…, ski resorts": a sector or kind of company stands directly behind.
    fn employer_behind(&self, end: usize) -> bool {
        const REACH: usize = 3;
        let sentence = self.sentence;
        let joined = ["at", "for", "from", "of", "within"].contains(&sentence.norm(end));
        let listed = sentence.before(end) == Break::Comma;
        if end >= self.end || !(joined || listed) {
            return false;
        }
        let first = end + usize::from(joined);
        let reach = if joined { REACH } else { 1 };
        (first..self.end.min(first + reach)).take_while(|at| *at == first || sentence.before(*at) < Break::Comma).any(
            |at| {
                gazetteer::phrase(sentence, at, self.end)
                    .is_some_and(|phrase| phrase.title().is_none() && phrase.markets().iter().any(is_kind))
            },
        )
    }
}

/// Whether the words are of a sector that companies of any kind may be in: "SaaS directors" work there.
fn is_model(phrase: &Phrase) -> bool {
    phrase.markets().iter().any(|market| matches!(market, Market::CompanyType(kind) if kind.kind != "kind"))
}

fn is_kind(market: &Market) -> bool {
    match market {
        Market::Industry(_) => true,
        Market::CompanyType(kind) => ["kind", "law"].contains(&kind.kind),
        _ => false,
    }
}

//! Contacts and companies as a sentence mentions them: by name, e-mail address, description or
//! pointer, with what stands beside the name ("Jane Doe, GC at Acme, jane@acme.com").
//!
//! Protects the rule that a name is taken as written, and that words that are no name stay out.

use super::beside::several;
pub(super) use super::beside::{phone, possessive, title_run};
use super::changes::FIELDS;
use super::gazetteer;
pub(super) use super::given_names::ADDRESSES;
use super::given_names::{is_first_name, is_surname, may_be_first_name};
use super::moods::QUESTIONS;
use super::name_words::{
    COMPANY_ENDINGS, COMPANY_NOUNS, DESCRIBED, DESCRIBES, ENDS, NO_NAMES, PARTICLES, POINTERS, STATES,
};
use super::record_ids::{self, told_once};
use super::request::Mention;
use super::sentence::Sentence;
use super::verbs::{OBJECTS, VERBS};
use super::vocabulary::FILLERS;
use super::words::Break;

/// One mention of a contact, a company or several of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) mention: Mention,
    /// First word.
    pub(super) first: usize,
    /// One past the last word, of what stands beside the name included.
    pub(super) last: usize,
    /// Words of a title beside the name.
    pub(super) title: Option<(usize, usize)>,
    /// Bytes of a telephone number beside the name.
    pub(super) phone: Option<(usize, usize)>,
}

/// What is to happen to those described; it describes nobody.
const MUST: [&str; 9] =
    ["should be", "should go", "should all", "should join", "must be", "must go", "need to", "needs to", "has to be"];

/// Words before a description of records.
const QUANTIFIERS: [&str; 12] =
    ["all of the", "all of my", "all my", "all our", "all the", "all", "every", "the", "my", "our", "any", "both"];

/// Every mention in the words `from..end`, outside `taken`.
pub(super) fn mentions(sentence: &Sentence<'_>, from: usize, end: usize, taken: &[(usize, usize)]) -> Vec<Person> {
    let reader = Reader { sentence, end, taken };
    let mut found: Vec<Person> = Vec::new();
    let mut at = from;
    while at < end {
        if reader.is_taken(at) || sentence.quote_of(at).is_some() {
            at += 1;
            continue;
        }
        let next = reader
            .address(at)
            .or_else(|| record_ids::record(sentence, at, end, found.last()))
            .or_else(|| reader.described(at))
            .or_else(|| reader.company(at))
            .or_else(|| reader.person(at))
            .or_else(|| reader.pointer(at));
        match next {
            Some(person) => {
                at = person.last.max(at + 1);
                found.push(person);
            }
            None => {
                let place = super::places::table().longest(&sentence.words[at..end]).map_or(1, |(count, _)| count);
                let phrase = gazetteer::phrase(sentence, at, end).map_or(1, |phrase| phrase.count);
                at += if sentence.is_capitalised(at) { place.max(phrase) } else { phrase };
            }
        }
    }
    name_the_addresses(&reader, from, &mut found);
    whole_small_names(&reader, from, &mut found);
    told_once(&mut found);
    super::whose_firm::settle(sentence, &mut found);
    found
}

/// "xu wei (xu@wei.example)": strange words before an address are its owner's name.
fn name_the_addresses(reader: &Reader<'_, '_>, from: usize, found: &mut [Person]) {
    const LONGEST: usize = 3;
    for at in 0..found.len() {
        let (first, before) = (found[at].first, at.checked_sub(1).map_or(from, |before| found[before].last));
        let bare = found[at].mention.email.is_some() && found[at].mention.name.is_none();
        let mut begin = first;
        while begin > before.max(first.saturating_sub(LONGEST))
            && reader.free(begin - 1)
            && (begin == first || !reader.sentence.is_apart(begin))
            && !reader.is_plain(begin - 1)
            && gazetteer::phrase(reader.sentence, begin - 1, reader.end).is_none()
        {
            begin -= 1;
        }
        let beside =
            matches!(reader.sentence.before(first), Break::Bracket | Break::Comma | Break::Space | Break::Other);
        if bare && beside && begin < first {
            found[at].mention.name = Some(reader.sentence.slice(begin, first).to_owned());
            found[at].first = begin;
        }
    }
}

/// "xu wei" in small letters, of which the tables know the second word alone.
fn whole_small_names(reader: &Reader<'_, '_>, from: usize, found: &mut [Person]) {
    let mut before = from;
    for person in found.iter_mut() {
        let first = person.first;
        let small = !reader.sentence.is_capitalised(first)
            && person.mention.name.as_deref().is_some_and(|name| !name.contains(' '));
        if small
            && first > before
            && is_unknown(reader.sentence, first - 1, reader.end)
            && reader.joined(first)
            && reader.free(first - 1)
        {
            person.first = first - 1;
            person.mention.name = Some(reader.sentence.slice(first - 1, first + 1).to_owned());
        }
        before = person.last;
    }
}

fn person_of(mention: Mention, first: usize, last: usize) -> Person {
    Person { mention, first, last, title: None, phone: None }
}

struct Reader<'s, 't> {
    sentence: &'s Sentence<'s>,
    end: usize,
    taken: &'t [(usize, usize)],
}

impl Reader<'_, '_> {
    fn is_taken(&self, at: usize) -> bool {
        self.taken.iter().any(|run| run.0 <= at && at < run.1)
    }

    fn free(&self, at: usize) -> bool {
        at < self.end && !self.is_taken(at) && self.sentence.quote_of(at).is_none()
    }

    fn address(&self, at: usize) -> Option<Person> {
        let word = self.sentence.raw(at);
        word.contains('@')
            .then(|| person_of(Mention { email: Some(word.to_owned()), ..Mention::default() }, at, at + 1))
    }

    /// "all contacts in Texas", "everyone at Acme", "Jane's accounts".
    fn described(&self, at: usize) -> Option<Person> {
        let sentence = self.sentence;
        let owner = self.name_run(at).filter(|last| {
            self.possessive(*last)
                && ["accounts", "contacts", "leads", "clients", "customers"].contains(&sentence.norm(*last))
        });
        if let Some(noun) = owner {
            let filter = Some(sentence.slice(at, noun + 1).to_owned());
            return Some(person_of(Mention { filter, ..Mention::default() }, at, noun + 1));
        }
        let all = sentence.longest_of(at, &QUANTIFIERS).unwrap_or(0);
        let kind = gazetteer::phrase(sentence, at + all, self.end).map_or(0, |phrase| phrase.count);
        // "all CFOs at Acme", "all VIP contacts", "all contacts at Acme".
        let noun = (at + all..(at + all + 3).min(self.end)).find(|word| DESCRIBED.contains(&sentence.norm(*word)));
        let quantified = all > 0 && ["all", "every", "any"].contains(&sentence.norm(at));
        let stated = STATES.contains(sentence.norm(at + all)) && noun == Some(at + all + 1);
        // "old leads list" is a list.
        if noun.is_some_and(|noun| ["list", "lists"].contains(&sentence.norm(noun + 1))) {
            return None;
        }
        let behind = match noun {
            Some(noun)
                if stated || noun == at + all || (quantified && (at + all..noun).all(|word| self.free(word))) =>
            {
                noun + 1
            }
            None if quantified && kind > 0 => at + all + kind,
            _ => return None,
        };
        let described = DESCRIBES.contains(&sentence.norm(behind))
            && !self.is_taken(behind)
            && behind < self.end
            && sentence.before(behind) < Break::Comma;
        let narrowed = stated || behind > at + all + 1 || (noun.is_none() && kind > 0);
        if !described && !narrowed {
            return None;
        }
        let stops = ["as", "to", "into", "onto", "instead", "out", "off"];
        let last = (behind..self.end)
            .find(|next| {
                // "All contacts in Ohio should be moved": what is to happen to them describes nobody.
                let over = sentence.is_apart(*next) || sentence.longest_of(*next, &MUST).is_some();
                over || self.is_taken(*next) || stops.contains(&sentence.norm(*next))
            })
            .unwrap_or(self.end);
        let filter = Some(sentence.slice(at, last).to_owned());
        Some(person_of(Mention { filter, ..Mention::default() }, at, last))
    }

    /// "the company Acme", "Acme Corp", "the Acme account".
    fn company(&self, at: usize) -> Option<Person> {
        let sentence = self.sentence;
        const BETWEEN: [&str; 9] = [
            "record for",
            "record",
            "profile for",
            "profile",
            "called",
            "named",
            "for",
            "record called",
            "record named",
        ];
        let value = sentence.gap(at + 1).contains(['>', '→', '=']);
        let named = COMPANY_NOUNS.contains(&sentence.norm(at)) && self.free(at + 1) && !value;
        let between = sentence.longest_of(at + 1, &BETWEEN).filter(|_| named).unwrap_or(0);
        let from = at + usize::from(named) + between;
        let last = self.company_run(from)?;
        let ending = COMPANY_ENDINGS.contains(sentence.norm(last - 1)) && last > from + 1;
        let behind =
            COMPANY_NOUNS.contains(&sentence.norm(last)) && !is_first_name(sentence.norm(from)) && last == from + 1;
        // "the Acme guy", "the Birch Legal woman": somebody of whom only the firm is known.
        const SOMEBODY: [&str; 8] = ["guy", "woman", "lady", "gal", "girl", "man", "chap", "rep"];
        let the = at > 0 && sentence.norm(at - 1) == "the" && sentence.has_case() && sentence.is_capitalised(at);
        if the && !named && SOMEBODY.contains(&sentence.norm(last)) && sentence.before(last) == Break::Space {
            let company = Some(sentence.slice(at, last).to_owned());
            return Some(person_of(Mention { company, ..Mention::default() }, at - 1, last + 1));
        }
        let company = ["company", "firm"].contains(&sentence.norm(at));
        if named && !company && is_first_name(sentence.norm(from)) && last > from + 1 && !ending {
            return None;
        }
        if !(named || ending || behind)
            || (named && sentence.before(from) >= Break::Comma && !sentence.gap(from).contains(':'))
        {
            return None;
        }
        let company = Some(sentence.slice(from, last).to_owned());
        Some(person_of(Mention { company, ..Mention::default() }, from, last + usize::from(behind)))
    }

    /// A name, and what stands beside it.
    fn person(&self, at: usize) -> Option<Person> {
        let sentence = self.sentence;
        // "delete Spring and Summer": seasons alone are nobody.
        if super::records::is_season(sentence, at) && !sentence.is_capitalised(at + 1) && !self.possessive(at + 1) {
            return None;
        }
        // "she speaks Norwegian"
        if at > 0 && ["speaks", "speak", "speaking", "fluent"].contains(&sentence.norm(at - 1)) {
            return None;
        }
        let mut last = self.name_run(at)?;
        // "Doe, Jane".
        if last == at + 1
            && sentence.before(last) == Break::Comma
            && self.free(last)
            && !is_first_name(sentence.norm(at))
            && may_be_first_name(sentence.norm(last))
            && sentence.is_capitalised(last) == sentence.is_capitalised(at)
            && (last + 1 >= self.end
                || sentence.before(last + 1) >= Break::Comma
                || ENDS.contains(sentence.norm(last + 1)))
        {
            last += 1;
        }
        let name = sentence.slice(at, last).to_owned();
        let placed = at > 0 && ["in", "near"].contains(&sentence.norm(at - 1))
            || super::places::table().longest(&sentence.words[at..last]).is_some_and(|(count, _)| count == last - at);
        // "Winback DACH" is no person: nobody is called after a market.
        const MARKETS: [&str; 10] = ["dach", "emea", "apac", "latam", "uk", "us", "usa", "eu", "anz", "mena"];
        let market = last > at + 1
            && MARKETS.contains(&sentence.norm(last - 1))
            && sentence.has_case()
            && sentence.raw(last - 1).chars().all(char::is_uppercase);
        if (placed || market) && !is_first_name(sentence.norm(at)) && !possessive(sentence, last) {
            return None;
        }
        if last == at + 1 && sentence.norm(last).starts_with(|c: char| c.is_ascii_digit()) && self.free(last) {
            return None;
        }
        let employer = at > 0 && sentence.norm(at - 1) == "at" && !may_be_first_name(sentence.norm(at));
        let firm = employer || last == at + 1 && self.is_firm(at, last);
        let mention = if firm {
            Mention { company: Some(name), ..Mention::default() }
        } else {
            Mention { name: Some(name), ..Mention::default() }
        };
        let mut person = person_of(mention, at, last);
        while self.attribute(&mut person) {}
        Some(person)
    }

    /// A single capitalised word that no table knows as a name is more likely a firm's.
    fn is_firm(&self, at: usize, last: usize) -> bool {
        let word = self.sentence.norm(at);
        let field = last + usize::from(["new", "current", "old", "correct"].contains(&self.sentence.norm(last)));
        let owns = self.possessive(last)
            && ["website", "domain", "industry", "headcount"].contains(&self.sentence.norm(field));
        let of = at > 0
            && ["of", "for"].contains(&self.sentence.norm(at - 1))
            && at > 1
            && ["website", "domain", "industry", "headcount"].contains(&self.sentence.norm(at - 2));
        let place = super::places::table().longest(&self.sentence.words[at..last]).is_some();
        if at > 0 && self.sentence.norm(at - 1) == "at" {
            return !may_be_first_name(word);
        }
        let field = |at: usize| (at.saturating_sub(3)..at).any(|word| FIELDS.longest(self.sentence, word).is_some());
        let personal =
            self.possessive(last) || at > 0 && ["of", "for"].contains(&self.sentence.norm(at - 1)) && field(at - 1);
        if personal && !(owns || of) {
            return false;
        }
        owns || of || !(may_be_first_name(word) || is_surname(word) || place)
    }

    /// Takes one more thing beside the name: "at Acme", ", GC", "(jane@acme.com)".
    fn attribute(&self, person: &mut Person) -> bool {
        let sentence = self.sentence;
        let at = person.last;
        if !self.free(at) || (self.possessive(at)) {
            return false;
        }
        let apart = sentence.before(at) >= Break::Slash;
        let bracket = sentence.before(at) == Break::Bracket;
        if sentence.raw(at).contains('@') && person.mention.email.is_none() {
            person.mention.email = Some(sentence.raw(at).to_owned());
            person.last = at + 1;
            return true;
        }
        if sentence.before(at) >= Break::Dash && !bracket && sentence.before(at) != Break::Dash {
            return false;
        }
        if let Some((span, last)) = phone(sentence, at, self.end).filter(|_| person.phone.is_none()) {
            person.phone = Some(span);
            person.last = last;
            return true;
        }
        let inside = sentence.norm(at) == "in"
            && person.title.is_some()
            && super::places::table().longest(&sentence.words[at + 1..self.end]).is_none();
        let by = inside || ["at", "from", "of", "@"].contains(&sentence.norm(at)) || sentence.gap(at).contains(" @ ");
        if by && person.mention.company.is_none() {
            let from = at + usize::from(["at", "from", "of", "in"].contains(&sentence.norm(at)));
            let from = from + usize::from(sentence.norm(from) == "the" && sentence.is_capitalised(from + 1));
            let somebody = is_first_name(sentence.norm(from)) && self.is_capital(from + 1);
            if let Some(last) =
                self.company_run(from).filter(|last| !somebody || COMPANY_ENDINGS.contains(sentence.norm(last - 1)))
            {
                person.mention.company = Some(sentence.slice(from, last).to_owned());
                person.last = last;
                return true;
            }
            return false;
        }
        if apart && person.title.is_none() {
            let from = at + usize::from(["the", "our", "their"].contains(&sentence.norm(at)));
            if let Some(last) = self.title_run(from) {
                let last = self.before_the_firm(from, last);
                person.title = Some((from, last));
                person.last = last;
                return true;
            }
        }
        let listed = person.title.is_some() || bracket || person.mention.email.is_some();
        if apart && listed && person.mention.company.is_none() {
            let firm = |last: usize| {
                !is_first_name(sentence.norm(at))
                    || COMPANY_ENDINGS.contains(sentence.norm(last - 1))
                    || sentence.slice(at, last).contains('&')
            };
            if let Some(last) = self.company_run(at).filter(|last| firm(*last)) {
                person.mention.company = Some(sentence.slice(at, last).to_owned());
                person.last = last;
                return true;
            }
        }
        false
    }

    /// The words of a title that begins at `at`: up to a comma, "at" or an address, with a title of the tables inside.
    fn title_run(&self, at: usize) -> Option<usize> {
        title_run(self.sentence, at, self.end).filter(|last| (at..*last).all(|word| self.free(word)))
    }

    /// "CEO of Apple": the title without the company behind it.
    fn before_the_firm(&self, from: usize, last: usize) -> usize {
        let of = (from + 1..last).find(|at| {
            self.sentence.norm(*at) == "of"
                && self.company_run(at + 1).is_some_and(|end| end >= last)
                && gazetteer::phrase(self.sentence, at + 1, self.end).is_none()
        });
        of.unwrap_or(last)
    }

    /// The words of a company that begins at `at`.
    fn company_run(&self, at: usize) -> Option<usize> {
        let sentence = self.sentence;
        if !self.free(at)
            || FIELDS.longest(sentence, at).is_some_and(|(_, count)| count > 1)
            || sentence.is_translated(at)
        {
            return None;
        }
        if sentence.has_case() {
            let season = super::records::is_season(sentence, at) && !sentence.is_capitalised(at + 1);
            if season || is_hour(sentence.norm(at)) {
                return None;
            }
            if !(sentence.is_capitalised(at) || sentence.raw(at).contains('.')) || NO_NAMES.contains(sentence.norm(at))
            {
                return None;
            }
            // No company's name has more words; bounds the work on a long text in capitals.
            const MOST_WORDS: usize = 16;
            let mut last = at + 1;
            // "St. Luke's Hospital" goes on behind the possessive.
            let ends = |at: usize| {
                self.possessive(at) && !(sentence.is_capitalised(at) && FIELDS.longest(sentence, at).is_none())
            };
            while last < at + MOST_WORDS && self.free(last) && !ends(last) && sentence.before(last) < Break::Slash {
                let joins = ["and", "of", "the", "for"].contains(&sentence.norm(last))
                    && self.free(last + 1)
                    && sentence.is_capitalised(last + 1)
                    && sentence.before(last + 1) < Break::Comma
                    && (sentence.raw(last) == "&" || sentence.norm(last) == "of")
                    && !is_first_name(sentence.norm(last + 1));
                if !joins && (!sentence.is_capitalised(last) || NO_NAMES.contains(sentence.norm(last))) {
                    break;
                }
                last += 1;
            }
            return Some(last);
        }
        const LONGEST: usize = 3;
        let mut last = at;
        while self.free(last)
            && last < at + LONGEST
            && (last == at || sentence.before(last) < Break::Comma && !self.possessive(last))
            && !self.is_plain(last)
        {
            last += 1;
        }
        (last > at).then_some(last)
    }

    /// One past the last word of the name that begins at `at`.
    fn name_run(&self, at: usize) -> Option<usize> {
        let sentence = self.sentence;
        let title = usize::from(ADDRESSES.contains(&sentence.norm(at)));
        let from = at + title;
        if !self.free(at) || !self.free(from) || (at > 0 && ["near", "across"].contains(&sentence.norm(at - 1))) {
            return None;
        }
        let capital = sentence.has_case() && self.is_capital(from);
        if capital && self.names_a_field(from) {
            return None;
        }
        if !capital {
            return self.small_name(from, title > 0);
        }
        let certain = title > 0 || is_first_name(sentence.norm(from));
        let pair = may_be_first_name(sentence.norm(from)) && self.is_capital(from + 1) && self.joined(from + 1);
        if !certain
            && !pair
            && gazetteer::phrase(sentence, from, self.end).is_some_and(|phrase| self.covers(from, &phrase))
        {
            return None;
        }
        // Nobody's name is longer, whatever is written with capitals.
        const LONGEST: usize = 24;
        let mut last = from + 1;
        while last < from + LONGEST {
            let mut next = last;
            // "Sun-hee Park".
            if self.free(next) && sentence.before(next) == Break::Hyphen {
                last = next + 1;
                continue;
            }
            while next < last + LONGEST && self.is_particle(next) && self.joined(next) {
                next += 1;
            }
            if !(self.joined(next) && self.is_capital(next)) || FIELDS.longest(sentence, next).is_some() {
                break;
            }
            last = next + 1;
        }
        Some(last)
    }

    /// A phrase of the tables is no name, unless it is a single word that names people too.
    fn covers(&self, at: usize, phrase: &gazetteer::Phrase) -> bool {
        phrase.title().is_some()
            || phrase.levels().is_some()
            || !(may_be_first_name(self.sentence.norm(at))
                || is_surname(self.sentence.norm(at))
                || self.is_capital(at + phrase.count))
    }

    /// "jane doe" in small letters: a known first name and a word that nothing else knows.
    fn small_name(&self, at: usize, addressed: bool) -> Option<usize> {
        let sentence = self.sentence;
        let word = sentence.norm(at);
        if !word.chars().next().is_some_and(char::is_alphabetic) {
            return None;
        }
        let follows = |next: usize| self.joined(next) && !self.is_plain(next) && !sentence.raw(next).contains('@');
        let known =
            |next: usize| self.joined(next) && is_surname(sentence.norm(next)) && !ENDS.contains(sentence.norm(next));
        let mut last = at + 1;
        if addressed && !ENDS.contains(word) || is_first_name(word) {
            while last < at + 3 {
                let particle = PARTICLES.contains(&sentence.norm(last)) && follows(last + 1) && self.joined(last);
                let initial = sentence.norm(last).len() == 1
                    && sentence.norm(last) != "a"
                    && follows(last + 1)
                    && self.joined(last);
                if particle || initial {
                    last += 2;
                } else if follows(last) || known(last) && sentence.has_case() == sentence.is_capitalised(last) {
                    last += 1;
                } else {
                    break;
                }
            }
            return Some(last);
        }
        // "jodie parrish's phone": two words that nothing else knows, and something that is theirs.
        let strange =
            |at: usize| self.free(at) && !self.is_plain(at) && gazetteer::phrase(sentence, at, self.end).is_none();
        if !sentence.has_case()
            && at + 2 < self.end
            && self.possessive(at + 2)
            && self.joined(at + 1)
            && strange(at)
            && strange(at + 1)
        {
            return Some(at + 2);
        }
        (may_be_first_name(word) && !FILLERS.contains(word) && known(last)).then_some(last + 1)
    }

    /// "Phone Number" in capitals, or a noun of another language, is nobody's name; "City Bank" is one.
    fn names_a_field(&self, at: usize) -> bool {
        let sentence = self.sentence;
        if sentence.is_translated(at) && !is_first_name(&super::words::normal(sentence.raw(at))) {
            return true;
        }
        FIELDS.longest(sentence, at).is_some_and(|(_, count)| {
            let next = at + count;
            !(self.joined(next) && self.is_capital(next) && FIELDS.longest(sentence, next).is_none())
        })
    }

    fn is_capital(&self, at: usize) -> bool {
        let sentence = self.sentence;
        self.free(at)
            && sentence.is_capitalised(at)
            && sentence.raw(at).starts_with(char::is_alphabetic)
            && !sentence.raw(at).contains('@')
            && (!NO_NAMES.contains(sentence.norm(at)) || self.named_like_a_month(at))
            && !["his", "her", "their", "him", "them", "she", "they"].contains(&sentence.norm(at))
            && !(at == 0 && VERBS.of_word(sentence.norm(at)).is_some())
            && !(self.opens_a_sentence(at) && ENDS.contains(sentence.norm(at)) && !may_be_first_name(sentence.norm(at)))
    }

    /// "Jan de Vries", "April Jones": a first name before another word of a name, and no month.
    fn named_like_a_month(&self, at: usize) -> bool {
        const NAMES: [&str; 5] = ["jan", "april", "may", "june", "august"];
        const BEFORE: [&str; 12] =
            ["in", "by", "until", "till", "since", "from", "next", "last", "this", "of", "early", "late"];
        let sentence = self.sentence;
        let next = at + 1 + usize::from(self.is_particle(at + 1));
        let surname = sentence.is_capitalised(next)
            && sentence.raw(next).starts_with(char::is_alphabetic)
            && sentence.before(next) == Break::Space
            && !NO_NAMES.contains(sentence.norm(next))
            && VERBS.of_word(sentence.norm(next)).is_none();
        NAMES.contains(&sentence.norm(at))
            && sentence.has_case()
            && surname
            && !(at > 0
                && (BEFORE.contains(&sentence.norm(at - 1))
                    || sentence.raw(at - 1).starts_with(|c: char| c.is_ascii_digit())))
    }

    /// "de" stays a part of a name where it is an article of its language.
    fn is_particle(&self, at: usize) -> bool {
        let written = self.sentence.raw(at).to_lowercase();
        PARTICLES.contains(&self.sentence.norm(at)) || PARTICLES.contains(&written.as_str())
    }

    /// "For Jane Roe": a capital that only begins the sentence.
    fn opens_a_sentence(&self, at: usize) -> bool {
        self.sentence.clauses.iter().any(|clause| clause.0 == at)
    }

    /// The word belongs to the phrase of the word before it.
    fn joined(&self, at: usize) -> bool {
        self.free(at) && self.sentence.before(at) < Break::Slash && !self.possessive(at)
    }

    /// Whether the word before `at` ends in 's.
    fn possessive(&self, at: usize) -> bool {
        possessive(self.sentence, at)
    }

    /// A word of everyday language or of the tables.
    fn is_plain(&self, at: usize) -> bool {
        let (sentence, word) = (self.sentence, self.sentence.norm(at));
        ENDS.contains(word)
            || FILLERS.contains(word)
            || NO_NAMES.contains(word)
            || OBJECTS.of_word(word).is_some()
            || FIELDS.longest(sentence, at).is_some()
            || QUESTIONS.contains(word)
            || (VERBS.of_word(word).is_some() && !is_surname(word))
            || word.starts_with(|c: char| c.is_ascii_digit())
            || COMPANY_NOUNS.contains(&word)
            || DESCRIBED.contains(&word)
            || (gazetteer::phrase(sentence, at, self.end).is_some_and(|phrase| phrase.title().is_some()))
    }

    /// "her", "this contact".
    fn pointer(&self, at: usize) -> Option<Person> {
        let count = several(self.sentence, at, self.end).or_else(|| self.sentence.longest_of(at, &POINTERS))?;
        if self.sentence.quote_of(at + count).is_some() && self.sentence.norm(at) == "the" {
            return None;
        }
        // "add Jane to my contacts" says where she goes.
        let place = at > 0 && ["to", "into", "in", "from"].contains(&self.sentence.norm(at - 1));
        if place && self.sentence.norm(at + count - 1) == "contacts" && self.sentence.norm(at) == "my" {
            return None;
        }
        let words = Some(self.sentence.slice(at, at + count).to_owned());
        let mention =
            if self.sentence.norm(at + count - 1) == "contacts" && ["all", "my"].contains(&self.sentence.norm(at)) {
                Mention { filter: words, ..Mention::default() }
            } else {
                Mention { reference: words, ..Mention::default() }
            };
        Some(person_of(mention, at, at + count))
    }
}

/// One past the last word of the company that begins at `at`.
pub(super) fn company_at(sentence: &Sentence<'_>, at: usize, end: usize) -> Option<usize> {
    Reader { sentence, end, taken: &[] }.company_run(at)
}

/// Whether no table of everyday language or of the trade knows the word.
pub(super) fn is_unknown(sentence: &Sentence<'_>, at: usize, end: usize) -> bool {
    let reader = Reader { sentence, end, taken: &[] };
    let word = sentence.norm(at);
    !reader.is_plain(at) && !POINTERS.contains(word) && gazetteer::phrase(sentence, at, end).is_none()
}

/// "5pm", "17h": a time, and nobody's firm.
fn is_hour(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) && ["am", "pm", "h", "uhr"].contains(&&word[digits..])
}

//! Reads the words of a search from left to right and gives each phrase its role by what stands
//! before it: whom to find, where they work, where they live, what is left out, where results go.
//!
//! Protects "no invented constraint": each word is taken by exactly one step; what no step takes
//! is kept as unread.

use super::amounts;
use super::demonyms;
use super::destinations;
use super::fields::{self, Field};
use super::findings::Findings;
use super::firms;
use super::gazetteer;
use super::geography;
use super::hiring;
use super::place_lists;
use super::request::Target;
use super::roles;
use super::schools;
use super::sentence::Sentence;
use super::signals;
use super::vocabulary::{
    ALL, COMPANIES, EVERYWHERE, EXCLUSIONS, FIELDS, FILLERS, PEOPLE, PROTECTED, TOPIC_VERBS, ZONES, Zone,
};
use super::words::Break;

/// Where the walk stands, and what it has found.
pub(super) struct Walk<'s> {
    pub(super) sentence: &'s Sentence<'s>,
    /// The first word of the clause in hand.
    pub(super) begin: usize,
    /// One past the last word of the clause in hand.
    pub(super) end: usize,
    pub(super) found: Findings<'s>,
    pub(super) zone: Zone,
    /// The label that what is read stands under ("Title: …").
    pub(super) field: Option<Field>,
    /// Whether a bracket holds the values of that label: "title:(CFO OR Controller)".
    pub(super) bracketed: bool,
    /// Adjectives of countries, until it is known whether another place was stated.
    pub(super) demonyms: Vec<demonyms::Waiting>,
    /// Whether places say where further offices are.
    pub(super) offices: bool,
    /// Whether what is read is left out.
    pub(super) excluding: bool,
    /// Whether the exclusion is a "non-" that belongs to the next word alone.
    pub(super) excludes_word: bool,
    /// How much had been left out when the exclusion began.
    pub(super) excluded_before: usize,
    /// Runs of words that nothing has taken yet; they may still become part of a title or a topic.
    pub(super) pending: Vec<(usize, usize)>,
    /// Words that say people, or companies, are looked for.
    pub(super) people: Option<(usize, usize)>,
    pub(super) companies: Option<(usize, usize)>,
    /// Set when "and their …" follows companies.
    both: bool,
    /// The functions in "marketing, legal and sales directors" that share the rank of the next title.
    pub(super) shared_functions: Vec<(usize, usize)>,
    /// The word after the last company that was named.
    pub(super) last_company: Option<usize>,
    /// The word after the last place.
    pub(super) last_place: Option<usize>,
    /// Whether the next value replaces the last of its kind.
    pub(super) corrects: bool,
    /// Whether small letters are usual, so that capitals mark names.
    names_shown: bool,
}

/// Reads the words `from..to` of each run as one search.
pub(super) fn search<'s>(sentence: &'s Sentence<'s>, runs: &[(usize, usize)]) -> Findings<'s> {
    let mut walk = Walk {
        sentence,
        begin: 0,
        end: 0,
        field: None,
        bracketed: false,
        demonyms: Vec::new(),
        offices: false,
        found: Findings::new(sentence),
        zone: Zone::Head,
        excluding: false,
        excludes_word: false,
        excluded_before: 0,
        pending: Vec::new(),
        people: None,
        companies: None,
        both: false,
        shared_functions: Vec::new(),
        last_company: None,
        last_place: None,
        corrects: false,
        names_shown: names_shown(sentence),
    };
    for &(from, to) in runs {
        walk.start(from, to);
        let mut at = from;
        while at < to {
            // Each step takes at least one word, so the walk ends.
            let (titles, locations) = (walk.found.search.titles.len(), walk.found.search.locations.len());
            at = walk.step(at).max(at + 1);
            walk.replace_corrected(titles, locations);
        }
        walk.flush();
        walk.zone = Zone::With;
    }
    demonyms::settle(&mut walk);
    place_lists::settle(&mut walk);
    walk.found.drop_vaguer();
    walk.found.keep_what_is_wanted();
    walk.set_target(runs);
    walk.found.ranks_are_levels();
    walk.found
}

impl Walk<'_> {
    /// Begins the clause `from..to`. A label at the end of the clause before goes on ("Titles:" and a list below).
    fn start(&mut self, from: usize, to: usize) {
        let labelled = self.field.is_some()
            && from == self.end
            && from > 0
            && (self.begin..from).any(|at| fields::label_at(self, at).is_some_and(|(_, count)| at + count == from));
        let excludes = self.excluding && from == self.end && self.begins_exclusion();
        if !labelled {
            self.field = None;
        }
        self.excluding = excludes;
        self.offices = false;
        (self.begin, self.end) = (from, to);
    }

    /// Whether an adjective of a country waits that describes companies.
    pub(super) fn has_demonym(&self) -> bool {
        !self.demonyms.is_empty()
    }

    /// Takes the phrase at `at`; gives the word after it.
    fn step(&mut self, at: usize) -> usize {
        if at > 0 && self.sentence.before(at) >= Break::Comma && !self.pending_may_list(at) {
            self.flush();
        }
        if at > self.begin && self.sentence.before(at) == Break::Stop && self.excluding && !self.begins_exclusion() {
            // "no students: product managers in Dublin"
            self.excluding = false;
            self.zone = Zone::Head;
        }
        if at > self.begin && self.excluding && self.sentence.gap(at).contains(')') && !self.begins_exclusion() {
            // "SaaS (not fintech) founders"
            self.excluding = false;
        }
        if self.bracketed
            && at > self.begin
            && self.sentence.gap(at).contains(')')
            && !self.sentence.gap(at).contains('(')
            || self.bracketed && self.sentence.gap(at).contains(')') && fields::label_at(self, at).is_none()
        {
            // "title:(CFO OR Controller) AND (trucking OR haulage)"
            self.flush();
            self.bracketed = false;
            self.field = None;
            self.zone = Zone::At;
        }
        if self.excluding && self.excludes_word && !self.begins_exclusion() {
            // "non-US software companies": the companies are wanted.
            self.excluding = false;
        }
        if at > self.begin && self.sentence.gap(at).starts_with(' ') && self.sentence.gap(at).ends_with(" -") {
            // "retail -agency", as search engines have it.
            self.flush();
            self.field = None;
            self.excluding = true;
            self.excludes_word = true;
            self.excluded_before = self.excluded();
            // "CFO -interim -fractional": a word that makes another title of any title.
            if roles::is_title_prefix(self.sentence.norm(at)) {
                self.found.keyword(at, at + 1, true);
                self.excluding = false;
                return at + 1;
            }
        }
        self.left_out_behind(at)
            .or_else(|| self.correction(at))
            .or_else(|| self.destination(at))
            .or_else(|| self.of_ours(at))
            .or_else(|| fields::label(self, at))
            .or_else(|| fields::value(self, at))
            .or_else(|| fields::in_title(self, at))
            .or_else(|| amounts::take(self, at))
            .or_else(|| hiring::new_holder(self, at))
            .or_else(|| signals::take(self, at))
            .or_else(|| self.operating_room(at))
            .or_else(|| self.own_phrase(at))
            .or_else(|| self.exclusion(at))
            .or_else(|| self.for_each(at))
            .or_else(|| self.everywhere(at))
            .or_else(|| self.preposition(at))
            .or_else(|| demonyms::take(self, at))
            .or_else(|| self.protected(at))
            .or_else(|| schools::take(self, at))
            .or_else(|| self.partners_of_technology(at))
            .or_else(|| self.technology_of_companies(at))
            .or_else(|| self.public(at))
            .or_else(|| firms::company(self, at))
            .or_else(|| self.known_phrase(at))
            .or_else(|| self.noun(at))
            .or_else(|| self.filler(at))
            .unwrap_or_else(|| self.keep(at))
    }

    /// A comma may separate topics that a noun behind them will explain ("AI, robotics companies").
    fn pending_may_list(&self, at: usize) -> bool {
        self.sentence.before(at) == Break::Comma && self.zone == Zone::Topic
    }

    /// "save as X", "to my 'Q1 Leads' list", "… and start a campaign".
    fn destination(&mut self, at: usize) -> Option<usize> {
        let next = destinations::take(self.sentence, at, self.end, self.excluding, &mut self.found)?;
        self.flush();
        self.excluding = false;
        Some(next)
    }

    /// "OR managers", "12 OR directors": in capitals and with nothing before it to choose from, no "or".
    fn operating_room(&mut self, at: usize) -> Option<usize> {
        let sentence = self.sentence;
        let capitals = sentence.raw(at) == "OR" && self.names_shown && sentence.before(at + 1) == Break::Space;
        let first = at == self.begin || self.found.search.titles.is_empty() && self.pending.is_empty();
        let chosen = at > self.begin && !sentence.norm(at - 1).starts_with(|c: char| c.is_ascii_digit());
        let worker = || gazetteer::title(sentence, at + 1, self.end).is_some();
        (capitals && first && !chosen && at + 1 < self.end && worker()).then_some(())?;
        self.pending.push((at, at + 1));
        Some(at + 1)
    }

    /// A phrase of several words, or one that begins with a small word, goes before the small words.
    fn own_phrase(&mut self, at: usize) -> Option<usize> {
        let phrase = gazetteer::phrase(self.sentence, at, self.end)?;
        if let Some(next) = self.place_before_kind(at, &phrase) {
            return Some(next);
        }
        (phrase.count > 1 && self.small_word(at, phrase.count)).then_some(())?;
        self.take_phrase(at, &phrase)
    }

    /// "UK law firms": a place and a kind, though the table has a kind by the whole.
    fn place_before_kind(&mut self, at: usize, phrase: &gazetteer::Phrase) -> Option<usize> {
        let place = geography::hit(self, at).filter(|place| place.count < phrase.count && !place.weak)?;
        let rest = at + place.count;
        let (count, _) = gazetteer::market(self.sentence, rest, at + phrase.count)?;
        (rest + count == at + phrase.count).then(|| geography::take(self, at, place))
    }

    /// Whether a small word begins at `at` that is shorter than `count`.
    fn small_word(&self, at: usize, count: usize) -> bool {
        let tables = [&EXCLUSIONS, &FILLERS, &PEOPLE, &COMPANIES];
        let small = tables.iter().filter_map(|table| self.sentence.longest_of(at, *table)).max();
        small.is_some_and(|length| length < count)
    }

    /// "nationwide", "anywhere in the world": said, and no filter.
    fn everywhere(&mut self, at: usize) -> Option<usize> {
        let count = self.sentence.longest_of(at, &EVERYWHERE).filter(|_| self.sentence.quote_of(at).is_none())?;
        if self.zone_at(at).is_some_and(|(_, longer)| longer > count) {
            return None;
        }
        self.flush();
        let words = self.sentence.slice(at, at + count);
        self.found.assume(format!("“{words}” sets no limit to the place."));
        Some(at + count)
    }

    fn preposition(&mut self, at: usize) -> Option<usize> {
        if self.sentence.quote_of(at).is_some() {
            return None;
        }
        let (zone, count) = self.zone_at(at)?;
        if self.sentence.says(at, "in house") || self.is_code_of_state(at) {
            return None;
        }
        // "building societies" build nothing.
        let longer = || gazetteer::phrase(self.sentence, at, self.end).is_some_and(|phrase| phrase.count > count);
        if zone == Zone::Topic && count == 1 && longer() {
            return None;
        }
        if zone == Zone::Topic
            && count == 1
            && self.zone == Zone::Head
            && self.people.is_none()
            && self.companies.is_none()
        {
            return None;
        }
        // "law firm in X": a preposition ends the noun phrase, and an exclusion that took something.
        self.flush();
        // "consultancies and anything in Vienna"
        let whoever = at > 1 && ["anything", "anyone", "anybody", "those"].contains(&self.sentence.norm(at - 1));
        let joint = at.saturating_sub(1 + usize::from(whoever));
        let continues = at > 0 && ["and", "or", "nor"].contains(&self.sentence.norm(joint));
        if self.excluding && self.excluded() > self.excluded_before && !continues {
            self.excluding = false;
        }
        let opens = ["of", "with", "for"].contains(&self.sentence.norm(at))
            && self.people.is_none()
            && self.companies.is_none();
        if !opens {
            self.zone = zone;
        }
        self.field = None;
        const OFFICES: [&str; 4] = ["offices", "office", "locations", "presence"];
        let placed = !self.found.search.locations.is_empty() || self.has_demonym();
        self.offices = placed && (at..at + count).any(|word| OFFICES.contains(&self.sentence.norm(word)));
        Some(at + count)
    }

    /// "lawyers in IN": the second is Indiana.
    fn is_code_of_state(&self, at: usize) -> bool {
        let capitals = ["IN", "OR", "ME"].contains(&self.sentence.raw(at)) && self.sentence.has_case();
        let ends = at + 1 >= self.end || self.sentence.before(at + 1) >= Break::Comma;
        let listed = self.last_place.is_some_and(|end| roles::next_of_list(self, end) == Some(at));
        capitals && ends && listed
            || capitals
                && ends
                && at > self.begin
                && ["in", "from", "near", "across", "outside"].contains(&self.sentence.norm(at - 1))
    }

    pub(super) fn zone_at(&self, at: usize) -> Option<(Zone, usize)> {
        let topic = || {
            let count = self.sentence.longest_of(at, &TOPIC_VERBS)?;
            signals::behind_relative(self, at).then_some((Zone::Topic, count))
        };
        ZONES.longest(self.sentence, at).or_else(topic)
    }

    fn protected(&mut self, at: usize) -> Option<usize> {
        let (name, count) = PROTECTED.longest(self.sentence, at)?;
        // "sales guys" work in sales; "guys only" are men.
        let colloquial = self.sentence.norm(at) == "guys"
            && at > self.begin
            && self.sentence.before(at) < Break::Comma
            && !["only", "just", "no", "the"].contains(&self.sentence.norm(at - 1));
        if colloquial {
            return None;
        }
        // "men's clothing" and longer known phrases ("Old Street", "Black Diamond") are not meant.
        let count = if name == "age" { count + self.age_behind(at + count) } else { count };
        let possessive = self.sentence.gap(at + count).starts_with(['\'', '’']);
        let longer = gazetteer::phrase(self.sentence, at, self.end).is_some_and(|phrase| phrase.count > count)
            || geography::hit(self, at).is_some_and(|place| place.count > count);
        // "female-founded startups" are led by women; "Christian schools" and "gay bars" are kinds of company.
        const LED: [&str; 5] = ["founded", "led", "owned", "run", "managed"];
        let after = at + count;
        let led = self.sentence.before(after) == Break::Hyphen && LED.contains(&self.sentence.norm(after));
        let count = count + usize::from(led);
        if possessive || longer || !led && self.kind_of_company_at(after) {
            return None;
        }
        roles::protect(self, name, at, at + count);
        Some(at + count)
    }

    /// Whether a kind of company, not a title, stands at `at`.
    fn kind_of_company_at(&self, at: usize) -> bool {
        at < self.end
            && self.sentence.before(at) < Break::Comma
            && gazetteer::title(self.sentence, at, self.end).is_none()
            && (self.sentence.longest_of(at, &COMPANIES).is_some()
                || gazetteer::phrase(self.sentence, at, self.end)
                    .is_some_and(|phrase| phrase.title().is_none() && !phrase.markets().is_empty()))
    }

    /// "older *than 60*", "aged *30-40*": how many words go on about the age.
    fn age_behind(&self, at: usize) -> usize {
        let than = usize::from(
            ["than", "between", "over", "under"].contains(&self.sentence.norm(at)) && self.sentence.norm(at) == "than",
        );
        let quantity = super::numbers::quantity(self.sentence, at + than).filter(|quantity| quantity.last <= self.end);
        quantity.map_or(0, |quantity| quantity.last - at)
    }

    fn known_phrase(&mut self, at: usize) -> Option<usize> {
        let phrase = gazetteer::phrase(self.sentence, at, self.end);
        let place = geography::hit(self, at);
        if let Some(place) = place {
            let longer = phrase.as_ref().is_none_or(|phrase| place.count > phrase.count);
            let equal = phrase.as_ref().is_some_and(|phrase| place.count == phrase.count);
            // "TX, OK, AR"
            let listed = self.last_place.is_some_and(|end| roles::next_of_list(self, end) == Some(at))
                && self.sentence.raw(at).len() == 2
                && self.sentence.raw(at).chars().all(char::is_uppercase);
            let from = self.zone == Zone::At
                && at > 0
                && self.sentence.norm(at - 1) == "from"
                && self.names_shown
                && self.sentence.is_capitalised(at);
            // "Manchester or Leeds": a city written like one, though a topic is called so too.
            let beside = self.names_shown
                && self.sentence.is_capitalised(at)
                && !place.weak
                && self.last_place.is_some_and(|end| roles::next_of_list(self, end) == Some(at))
                && phrase.as_ref().is_some_and(|phrase| phrase.title().is_none());
            if longer
                || (equal
                    && (beside || from || self.zone == Zone::In && !place.weak || listed && self.sentence.has_case()))
            {
                return Some(geography::take(self, at, place));
            }
        }
        self.take_phrase(at, &phrase?)
    }

    /// Whether capitals mark names here: not in a text all in capitals, or With Every Word Capitalised.
    pub(super) fn shows_names(&self) -> bool {
        self.names_shown
    }

    fn noun(&mut self, at: usize) -> Option<usize> {
        if self.sentence.quote_of(at).is_some() {
            return None;
        }
        if let Some(count) = self.sentence.longest_of(at, &COMPANIES) {
            self.topics(at);
            self.flush();
            if self.zone == Zone::Head && !self.excluding {
                self.companies.get_or_insert((at, at + count));
            }
            return Some(at + count);
        }
        if FIELDS.contains(self.sentence.norm(at)) && self.sentence.is_translated(at) && self.pending.is_empty() {
            // "secteur pharma"
            return Some(at + 1);
        }
        if let Some(next) = self.named_department(at) {
            return Some(next);
        }
        if FIELDS.contains(self.sentence.norm(at)) && !self.pending.is_empty() {
            self.topics(at);
            return Some(at + 1);
        }
        let count = self.sentence.longest_of(at, &PEOPLE)?;
        // "blockchain experts" have a topic, "nice people" have none.
        let skilled = ["experts", "specialists", "practitioners", "professionals"].contains(&self.sentence.norm(at));
        if skilled {
            self.topics(at);
        }
        self.flush();
        // "agritech companies in Brazil. Only those with …"
        let goes_on = self.sentence.norm(at) == "those" && self.companies.is_some();
        if !self.excluding && !goes_on {
            self.note_people(at, at + count);
        }
        Some(at + count)
    }

    fn filler(&mut self, at: usize) -> Option<usize> {
        if self.sentence.quote_of(at).is_some() {
            return None;
        }
        if self.zone == Zone::Head
            && self.people.is_none()
            && self.companies.is_none()
            && let Some(count) = self.sentence.longest_of(at, &ALL)
        {
            self.found.other("count:all", at, at + count);
            if self.sentence.norm(at).starts_with("every") && self.sentence.norm(at).len() > 5 {
                self.note_people(at, at + count);
            }
            return Some(at + count);
        }
        let count = self.sentence.longest_of(at, &FILLERS).filter(|_| !self.sentence.says(at, "in house"))?;
        if ["and", "or"].contains(&self.sentence.norm(at)) {
            self.both |= self.sentence.says(at, "and their") && self.companies.is_some();
            return Some(at + 1);
        }
        if ["but", "only"].contains(&self.sentence.norm(at)) && !self.begins_exclusion() {
            self.excluding = false;
        }
        self.flush();
        Some(at + count)
    }

    /// Keeps a word that nothing has taken.
    fn keep(&mut self, at: usize) -> usize {
        if self.sentence.norm(at).bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            // A number that counts nothing known is no topic.
            self.flush();
            self.found.unread(at, at + 1);
            return at + 1;
        }
        match self.pending.last_mut() {
            Some(last) if last.1 == at && self.sentence.before(at) < Break::Comma => last.1 = at + 1,
            _ => self.pending.push((at, at + 1)),
        }
        if self.zone == Zone::Topic && self.topic_ends(at + 1) {
            self.topics(at + 1);
        }
        at + 1
    }

    /// Whether a run of topic words is over before `at`.
    pub(super) fn topic_ends(&self, at: usize) -> bool {
        at >= self.end
            || self.sentence.before(at) >= Break::Comma
            || ["and", "or"].contains(&self.sentence.norm(at))
            || self.zone_at(at).is_some()
            || self.sentence.longest_of(at, &EXCLUSIONS).is_some()
    }

    /// Words that wait directly before `at` (or in a list with it) become topics.
    pub(super) fn topics(&mut self, at: usize) {
        let adjacent = self.pending.last().is_some_and(|run| run.1 == at);
        if !adjacent {
            return;
        }
        for (first, last) in std::mem::take(&mut self.pending) {
            self.found.keyword(first, last, self.excluding);
        }
    }

    pub(super) fn flush_unless_listed(&mut self, at: usize) {
        if at == 0 || !["and", "or"].contains(&self.sentence.norm(at - 1)) {
            self.flush();
        }
    }

    pub(super) fn note_people(&mut self, first: usize, last: usize) {
        if self.people.is_none() {
            self.people = Some((first, last));
        }
    }

    pub(super) fn other(&mut self, entry: &str, first: usize, last: usize) {
        if self.excluding {
            self.found.excluded_other(entry, first, last);
        } else {
            self.found.other(entry, first, last);
        }
    }

    /// The end of a name that begins at `at`: capitalised words where case says something.
    pub(super) fn name_end(&self, at: usize) -> usize {
        if let Some(quote) = self.sentence.quote_of(at).filter(|quote| quote.first == at) {
            return quote.last.min(self.end);
        }
        const LONGEST: usize = 6;
        let case = self.sentence.has_case();
        let mut last = at;
        while last < self.end && last - at < LONGEST {
            let cut = last > at
                && (self.sentence.before(last) >= Break::Comma
                    || self.sentence.quote_of(last).is_some()
                    || self.sentence.gap(last).contains('|')
                    || self.sentence.gap(last) == " / ");
            // "Calder Supply": written like the rest of the name.
            let inside = last > at && case && self.names_shown && self.sentence.is_capitalised(last);
            let small = self.zone_at(last).is_some() && !inside
                || ["and", "or", "who", "that", "but", "with"].contains(&self.sentence.norm(last))
                || (last > at && !self.sentence.is_capitalised(last) && PEOPLE.contains(self.sentence.norm(last)))
                || self.sentence.longest_of(last, &EXCLUSIONS).is_some();
            // "Kirkland & Ellis", "Bank of America"
            let inner = self.sentence.raw(last) == "&"
                || (self.sentence.norm(last) == "of"
                    && case
                    && last + 1 < self.end
                    && self.sentence.is_capitalised(last + 1));
            let ampersand = inner && last > at;
            if cut || (small && !ampersand) || (case && !self.sentence.is_capitalised(last) && !ampersand && last > at)
            {
                break;
            }
            last += 1;
        }
        last
    }

    pub(super) fn rest_end(&self, at: usize) -> usize {
        let mut last = at;
        while last < self.end
            && (last == at || self.sentence.before(last) < Break::Comma)
            && self.sentence.longest_of(last, &EXCLUSIONS).is_none()
            && self.zone_at(last).is_none_or(|(zone, _)| zone == Zone::With || last == at)
        {
            last += 1;
        }
        last
    }

    /// "clothing stores": a topic in the plural that nobody's title or employer goes with.
    fn kind_by_topic(&self) -> Option<(usize, usize)> {
        let found = &self.found.search;
        let whom = found.titles.is_empty()
            && found.seniority.is_empty()
            && found.departments.is_empty()
            && found.other.is_empty();
        let entry = self.found.provenance.iter().find(|entry| entry.slot == "keywords").filter(|_| whom)?;
        let first = self.sentence.words.iter().position(|word| Some(word.start) == entry.start)?;
        let last = self.sentence.words.iter().position(|word| Some(word.end) == entry.end)? + 1;
        let noun = self.sentence.norm(last - 1);
        (last > first && super::words::singular(noun) != noun && noun.len() > 3).then_some((first, last))
    }

    /// People, companies or both, and the words that say so.
    fn set_target(&mut self, runs: &[(usize, usize)]) {
        let (target, span) = match (self.people, self.companies) {
            (Some(span), Some(_)) if self.both => (Target::Mixed, Some(span)),
            (Some(span), _) => (Target::People, Some(span)),
            (None, Some(span)) => (Target::Companies, Some(span)),
            (None, None) if let Some(span) = self.kind_by_topic() => (Target::Companies, Some(span)),
            (None, None) => (Target::People, runs.first().copied().filter(|run| run.0 < run.1)),
        };
        let named =
            self.found.search.other.iter().any(|entry| entry.starts_with("name:") || entry.starts_with("company:"));
        self.found.says_whom = self.people.is_some() || self.companies.is_some() || named;
        self.found.target(target, span);
    }
}

/// Whether capitals say something: some words are in small letters and some are not.
fn names_shown(sentence: &Sentence<'_>) -> bool {
    sentence.has_case() && (0..sentence.words.len()).any(|at| !sentence.is_capitalised(at))
}

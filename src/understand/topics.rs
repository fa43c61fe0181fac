//! Market words that no table holds as a whole: "oat milk brands", "pet cremation services", "AI transcription startups".
//!
//! It protects the rule that a speciality is taken as one phrase in the words of the request: a known
//! word inside it neither widens it ("apple orchards" are not all orchards) nor loses its neighbours.

use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::markets::{self, CompanyType, Market};
use super::technologies;
use super::vocabulary::{COMPANIES, EXCLUSIONS, FIELDS, FILLERS, PEOPLE, PROTECTED, TEAMS, Zone};
use super::words::{Break, singular};

/// Kinds that say nothing more behind a sector: "cosmetics manufacturers" are the cosmetics sector.
const GENERAL_KINDS: [&str; 7] =
    ["manufacturer", "distributor", "distribution company", "importer", "exporter", "contractor", "tier 1 supplier"];

/// Kinds that stand beside a speciality and are no part of it: "surf law firms" are law firms.
const KINDS_APART: [&str; 10] = [
    "agency",
    "marketing agency",
    "consultancy",
    "software company",
    "technology company",
    "nonprofit",
    "investment firm",
    "venture capital firm",
    "private equity firm",
    "government agency",
];

/// Adjectives that describe a company and are no part of what it does.
const LOOSE: [&str; 44] = [
    "profitable",
    "innovative",
    "established",
    "mature",
    "premium",
    "affordable",
    "modern",
    "traditional",
    "reputable",
    "successful",
    "niche",
    "specialist",
    "specialized",
    "specialised",
    "several",
    "major",
    "main",
    "key",
    "prominent",
    "trusted",
    "respected",
    "upscale",
    "local",
    "regional",
    "national",
    "international",
    "global",
    "domestic",
    "foreign",
    "overseas",
    "offshore",
    "growing",
    "newer",
    "older",
    "largest",
    "biggest",
    "smallest",
    "smaller",
    "larger",
    "bigger",
    "profitably",
    "interesting",
    "promising",
    "exciting",
];

/// Verbs that open a request and are no part of what follows.
const OPENING: [&str; 14] = [
    "pull", "grab", "source", "fetch", "surface", "target", "identify", "scout", "dig", "spot", "collect", "gather",
    "compile", "buy",
];

/// Words that a speciality may have behind its first known phrase.
const LONGEST: usize = 8;

/// Words without a meaning in the tables that may stand inside one speciality.
const MOST_WORDS: usize = 3;

impl Walk<'_> {
    /// Takes a known sector or kind together with the unknown words around it as one topic. Gives the
    /// word after it; `None` when the phrase stands by itself.
    pub(super) fn compound(&mut self, at: usize, after: usize, markets: &[Market]) -> Option<usize> {
        let kind = kind_of(markets);
        if kind.is_some_and(|kind| kind.kind != "kind" || KINDS_APART.contains(&kind.name) || is_fund(markets)) {
            return None;
        }
        if kind.is_some() {
            self.technology_before(at);
        }
        let first = self.modifiers(at).unwrap_or(at);
        if let Some(last) = self.goods(first, after, kind) {
            return Some(last);
        }
        if let Some(last) = self.industrial(at, after) {
            return Some(last);
        }
        let whole = if kind.is_none() { self.sector_and_kind(after, markets) } else { None };
        let last = match whole {
            Some(last) => last,
            None if kind.is_none() => self.tail(after, markets),
            None => after,
        };
        if first == at && last == after {
            return None;
        }
        if first < at {
            self.pending.pop();
        }
        self.flush_unless_listed(first);
        self.found.keyword(first, last, self.excluding);
        let nouned = COMPANIES.contains(self.sentence.norm(last - 1));
        if self.zone == Zone::Head && !self.excluding && (kind.is_some() || nouned || self.names_companies(last)) {
            self.companies.get_or_insert((first, last));
        }
        let noun = (self.sentence.longest_of(last, &COMPANIES).or_else(|| self.sentence.longest_of(last, &FIELDS)))
            .filter(|_| last < self.end && self.sentence.before(last) < Break::Comma);
        Some(last + noun.unwrap_or(0))
    }

    /// "suppliers of veterinary equipment", "makers of oil and gas instruments": what is made for a sector is no sector.
    fn goods(&mut self, first: usize, after: usize, kind: Option<&CompanyType>) -> Option<usize> {
        const GOODS: [&str; 12] = [
            "equipment",
            "supplies",
            "parts",
            "components",
            "machinery",
            "machines",
            "materials",
            "instruments",
            "devices",
            "tools",
            "units",
            "accessories",
        ];
        let last = after + 1;
        let made = GOODS.contains(&self.sentence.norm(after)) && after < self.end;
        let apart = last >= self.end || self.sentence.before(last) >= Break::Comma || self.zone_at(last).is_some();
        let adjacent = self.sentence.before(after) < Break::Comma;
        (made && apart && adjacent && kind.is_none() && self.zone != Zone::Head).then_some(())?;
        if self.pending.last().is_some_and(|run| run.0 == first) {
            self.pending.pop();
        }
        self.flush_unless_listed(first);
        self.found.keyword(first, last, self.excluding);
        Some(last)
    }

    /// "industrial valves": the word for a sector says of what kind the next one is.
    fn industrial(&mut self, at: usize, after: usize) -> Option<usize> {
        let alone =
            after == at + 1 && self.sentence.norm(at) == "industrial" && self.sentence.before(after) < Break::Comma;
        let (count, found) = gazetteer::market(self.sentence, after, self.end).filter(|_| alone)?;
        let last = after + count;
        (kind_of(&found).is_none() && !self.found.search.is_open()).then_some(())?;
        self.flush_unless_listed(at);
        self.found.keyword(at, last, self.excluding);
        Some(last)
    }

    /// "cold storage warehouses": a sector directly before a kind that stands for a sector too is one speciality;
    /// as two they would be alternatives. Gives the end of the kind.
    fn sector_and_kind(&self, after: usize, markets: &[Market]) -> Option<usize> {
        let sector =
            markets.iter().any(|market| matches!(market, Market::Industry(_))) && !markets.iter().any(is_broad);
        (sector && !is_fund(markets) && after < self.end && self.sentence.before(after) < Break::Comma).then_some(())?;
        let (count, found) = gazetteer::market(self.sentence, after, self.end)?;
        let kind = kind_of(&found)?;
        let apart = kind.kind != "kind" || KINDS_APART.contains(&kind.name) || GENERAL_KINDS.contains(&kind.name);
        let both = found.iter().any(|market| matches!(market, Market::Industry(_)));
        (!apart && both && !is_fund(&found)).then_some(after + count)
    }

    /// Where the words begin that wait directly before `at` and describe it; "profitable" and the like stay apart.
    fn modifiers(&self, at: usize) -> Option<usize> {
        let &(first, last) = self.pending.last()?;
        let joined = last == at && self.sentence.before(at) < Break::Comma && at - first <= MOST_WORDS;
        let apart = |word: usize| {
            let norm = self.sentence.norm(word);
            LOOSE.contains(&norm) || OPENING.contains(&norm)
        };
        (joined && !(first..last).any(apart)).then_some(first)
    }

    /// The end of a speciality whose first words end at `after`: words behind it that the tables know as
    /// sectors or topics ("drone batteries"), or do not know ("AI notetakers") and a noun for companies
    /// or the end of the topic closes.
    fn tail(&self, after: usize, markets: &[Market]) -> usize {
        let (mut last, mut known, mut strange) = (after, after, 0);
        while last < self.end && last - after < LONGEST && self.sentence.before(last) < Break::Comma {
            if let Some(count) = self.part(last).filter(|_| self.zone == Zone::Topic || !markets.iter().any(is_broad)) {
                last += count;
                known = last;
            } else if strange < MOST_WORDS && self.is_unknown(last) {
                last += 1;
                strange += 1;
            } else {
                break;
            }
        }
        let adjacent = last < self.end && self.sentence.before(last) < Break::Comma;
        let closed = adjacent && (self.names_companies(last) || FIELDS.contains(self.sentence.norm(last)));
        // "buyers of organic cotton in India"
        let small = last > known && strange == 1 && (known..last).all(|at| !self.sentence.is_capitalised(at));
        let bought = self.zone == Zone::At && small && markets.iter().all(|market| market.is_speciality());
        let spoken = strange > 0 && self.ends_spoken(last);
        if closed || spoken || ((self.zone == Zone::Topic || bought) && self.topic_ends(last)) {
            last
        } else if matches!(self.zone, Zone::At | Zone::Topic) && !(adjacent && self.zone == Zone::Head) {
            known
        } else {
            after
        }
    }

    /// "copper mines", "sleep apnea devices": behind "at", a plural in small letters closes a speciality where the place,
    /// the next thought or the end of the words follows.
    fn ends_spoken(&self, last: usize) -> bool {
        let noun = self.sentence.norm(last - 1);
        let plural = noun.len() > 4 && noun.is_ascii() && singular(noun) != noun;
        let over = last >= self.end || self.sentence.before(last) >= Break::Comma || self.zone_at(last).is_some();
        self.zone == Zone::At && over && plural && !self.sentence.is_capitalised(last - 1)
    }

    /// "Shopify stores", "HubSpot agencies": a technology before a kind of company is what they work with.
    fn technology_before(&mut self, at: usize) {
        let Some(&(first, last)) = self.pending.last() else { return };
        let words = self.sentence.words.get(first..last).unwrap_or(&[]);
        let found = technologies::longest(words, false).filter(|(count, _)| *count == words.len());
        if let Some((_, technology)) = found.filter(|_| last == at && self.sentence.before(at) < Break::Comma) {
            self.pending.pop();
            self.other(&format!("technology:{}", technology.name), first, last);
        }
    }

    /// "public biotechs", "publicly listed SaaS companies": who owns a company stands apart from what it does.
    pub(super) fn public(&mut self, at: usize) -> Option<usize> {
        let listed = ["public", "listed", "private"].contains(&self.sentence.norm(at));
        let next = at + 1;
        (listed && next < self.end && self.sentence.before(next) < Break::Comma).then_some(())?;
        if gazetteer::phrase(self.sentence, at, self.end).is_some_and(|phrase| phrase.count > 1) {
            return None;
        }
        let sector = gazetteer::phrase(self.sentence, next, self.end)
            .is_some_and(|phrase| phrase.title().is_none() && !phrase.markets().is_empty())
            || self.sentence.longest_of(next, &COMPANIES).is_some();
        let kind = markets::company_type(if self.sentence.norm(at) == "private" {
            "private company"
        } else {
            "public company"
        });
        let kind = kind.filter(|_| sector)?;
        self.flush();
        self.found.market(Market::CompanyType(kind), (at, next), next, self.excluding);
        Some(next)
    }

    /// A technology before a noun for companies or a kind of them, where a name of a company could stand.
    pub(super) fn technology_of_companies(&mut self, at: usize) -> Option<usize> {
        let words = self.sentence.words.get(at..self.end)?;
        let (count, technology) = technologies::longest(words, false)?;
        let next = at + count;
        let users = ["users", "customers", "shops"].contains(&self.sentence.norm(next));
        if next >= self.end || self.sentence.before(next) >= Break::Comma || !(users || self.names_companies(next)) {
            return None;
        }
        self.flush();
        self.other(&format!("technology:{}", technology.name), at, next);
        Some(next)
    }

    /// "working for SAP partners": companies that sell or build with a technology, not people.
    pub(super) fn partners_of_technology(&mut self, at: usize) -> Option<usize> {
        let words = self.sentence.words.get(at..self.end)?;
        let (count, _) = technologies::longest(words, false)?;
        let next = at + count;
        let partners = ["partners", "resellers", "integrators"].contains(&self.sentence.norm(next));
        let behind = at > self.begin && ["at", "for", "of", "from"].contains(&self.sentence.norm(at - 1));
        let open = self.zone == Zone::At && self.people.is_some() && next < self.end;
        (partners && behind && open && self.sentence.before(next) < Break::Comma).then_some(())?;
        self.flush();
        self.found.keyword(at, next + 1, self.excluding);
        Some(next + 1)
    }

    /// What companies of a sector sell ("payroll services", "point-of-sale systems") says no more than
    /// the sector: the word after it and after the noun for companies.
    pub(super) fn wares(&self, after: usize, markets: &[Market]) -> Option<usize> {
        const WARES: [&str; 11] = [
            "services",
            "service",
            "solutions",
            "products",
            "product",
            "systems",
            "goods",
            "technologies",
            "apps",
            "tools",
            "software",
        ];
        let adjacent = |at: usize| at < self.end && self.sentence.before(at) < Break::Comma;
        if kind_of(markets).is_some() || !adjacent(after) || !WARES.contains(&self.sentence.norm(after)) {
            return None;
        }
        let next = after + 1;
        let noun = self.sentence.longest_of(next, &COMPANIES).or_else(|| self.sentence.longest_of(next, &FIELDS));
        match noun.filter(|_| adjacent(next)) {
            Some(count) => Some(next + count),
            None => (self.zone != Zone::Head).then_some(next),
        }
    }

    /// A sector or topic at `at` that may be a part of a longer speciality, and nothing else: its words.
    fn part(&self, at: usize) -> Option<usize> {
        let phrase = gazetteer::phrase(self.sentence, at, self.end)?;
        let markets = phrase.markets();
        // "healthcare marketing" is a topic of agencies, though marketing is a department elsewhere.
        let only = (markets.len() == phrase.senses.len() && kind_of(&markets).is_none())
            || (self.zone == Zone::Topic && phrase.title().is_none() && phrase.levels().is_none());
        (only && kind_of(&markets).is_none() && !markets.iter().any(is_broad)).then_some(phrase.count)
    }

    /// Whether a noun or kind of company begins at `at`.
    fn names_companies(&self, at: usize) -> bool {
        at < self.end
            && (self.sentence.longest_of(at, &COMPANIES).is_some()
                || gazetteer::market(self.sentence, at, self.end).is_some_and(|(_, found)| kind_of(&found).is_some()))
    }

    /// Whether no table and no small word begins at `at`.
    fn is_unknown(&self, at: usize) -> bool {
        let sentence = self.sentence;
        let small = [&EXCLUSIONS, &FILLERS, &PEOPLE, &COMPANIES, &FIELDS, &TEAMS];
        sentence.before(at) < Break::Comma
            && sentence.quote_of(at).is_none()
            && !sentence.norm(at).starts_with(|c: char| c.is_ascii_digit())
            && small.iter().all(|table| sentence.longest_of(at, *table).is_none())
            && PROTECTED.longest(sentence, at).is_none()
            && self.zone_at(at).is_none()
            && gazetteer::phrase(sentence, at, self.end).is_none()
            && geography::hit(self, at).is_none()
    }

    /// A kind behind a sector that says nothing more: the word after it.
    pub(super) fn general_kind(&self, after: usize, markets: &[Market]) -> Option<usize> {
        if kind_of(markets).is_some() || after >= self.end || self.sentence.before(after) >= Break::Comma {
            return None;
        }
        let (count, found) = gazetteer::market(self.sentence, after, self.end)?;
        kind_of(&found).filter(|kind| GENERAL_KINDS.contains(&kind.name)).map(|_| after + count)
    }

    /// "large" and "small" are sizes of companies only before what names companies ("a small favour").
    pub(super) fn is_idle_size(&self, at: usize, after: usize, markets: &[Market]) -> bool {
        let bare = after == at + 1 && ["large", "small", "medium", "independent"].contains(&self.sentence.norm(at));
        let joins = ["to", "and", "or"].contains(&self.sentence.norm(after));
        bare && kind_of(markets).is_some_and(|kind| matches!(kind.kind, "size" | "ownership"))
            && !joins
            && !(self.names_companies(after) || gazetteer::market(self.sentence, after, self.end).is_some())
    }

    /// Whether words that nothing took name what companies make or do: behind "at" and "of", in small
    /// letters, a noun in the plural ("founders of escape rooms").
    pub(super) fn is_spoken_topic(&self, first: usize, last: usize) -> bool {
        let sentence = self.sentence;
        let small = (first..last).all(|at| !sentence.is_capitalised(at) && sentence.quote_of(at).is_none());
        let end = sentence.norm(last - 1);
        let plural = singular(end) != end && end.is_ascii() && end.len() > 4;
        let whole =
            first > 0 && (self.zone_at(first - 1).is_some() || ["and", "or"].contains(&sentence.norm(first - 1)));
        matches!(self.zone, Zone::At | Zone::In)
            && (self.people.is_some() || self.companies.is_some())
            && small
            && whole
            && plural
            && last - first <= MOST_WORDS
            && !(first..last).any(|at| OPENING.contains(&sentence.norm(at)))
    }
}

/// Sectors that stand beside another one: "healthcare SaaS" is healthcare and SaaS.
fn is_broad(market: &Market) -> bool {
    const BROAD: [&str; 14] = [
        "saas",
        "computer software",
        "technology",
        "artificial intelligence",
        "machine learning",
        "fintech",
        "e-commerce",
        "internet",
        "information technology and services",
        "manufacturing",
        "professional services",
        "cryptocurrency",
        "hospital & health care",
        "biotechnology",
    ];
    matches!(market, Market::Industry(industry) if BROAD.contains(&industry.slug))
}

/// Funds and banks stand beside the sector they serve: "biotech hedge funds".
fn is_fund(markets: &[Market]) -> bool {
    const SECTORS: [&str; 5] = [
        "investment management",
        "venture capital & private equity",
        "banking",
        "investment banking",
        "capital markets",
    ];
    markets.iter().any(|market| matches!(market, Market::Industry(industry) if SECTORS.contains(&industry.slug) || SECTORS.contains(&industry.parent)))
}

/// The kind of company among the readings.
fn kind_of(markets: &[Market]) -> Option<&'static CompanyType> {
    markets.iter().find_map(|market| if let Market::CompanyType(kind) = market { Some(*kind) } else { None })
}

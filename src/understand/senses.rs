//! What a phrase of the tables means where it stands: title, level, department or kind of company.
//!
//! Protects the rule that a phrase gets one role by its neighbours: "marketing leaders" is a
//! department, "marketing agencies" a kind of company, "marketing director" a title.

use super::fields;
use super::gazetteer::{self, Phrase};
use super::grammar::Walk;
use super::levels;
use super::markets::Market;
use super::roles;
use super::technologies;
use super::titles::Title;
use super::vocabulary::{COMPANIES, FIELDS, PEOPLE, TEAMS, TOPIC_VERBS, Zone};
use super::words::{Break, singular};

impl Walk<'_> {
    /// Gives a phrase of the tables its role.
    pub(super) fn take_phrase(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        let after = at + phrase.count;
        const LED: [&str; 5] = ["led", "owned", "run", "operated", "managed"];
        if phrase.title().is_some()
            && self.sentence.before(after) == Break::Hyphen
            && LED.contains(&self.sentence.norm(after))
        {
            // "founder-led companies" look for no founder.
            self.flush();
            self.found.keyword(at, after + 1, self.excluding);
            return Some(after + 1);
        }
        // "interim CFOs" hold an interim title.
        if phrase.count == 1
            && roles::is_title_prefix(self.sentence.norm(at))
            && phrase.title().is_none()
            && phrase.levels().is_none()
            && self.sentence.before(after) < Break::Comma
            && gazetteer::title(self.sentence, after, self.end).is_some()
        {
            return None;
        }
        if let Some(next) = self
            .makes_companies(at, phrase)
            .or_else(|| self.makers(at, phrase))
            .or_else(|| self.runs_an_office(at, phrase))
            .or_else(|| self.field_of_title(at, phrase))
        {
            return Some(next);
        }
        if let Some(next) = fields::rank_and_above(self, at, after) {
            return Some(next);
        }
        if let Some(next) = self.is_worked_with(at, phrase) {
            return Some(next);
        }
        if let Some(next) = self.works_for_others(at, phrase) {
            return Some(next);
        }
        self.opens_behind_place(at, phrase);
        let markets = phrase.markets();
        let at_companies =
            matches!(self.zone, Zone::At | Zone::Topic) || (self.zone == Zone::In && !self.team_follows(after));
        if let Some(next) = self.function_lead(at, phrase) {
            return Some(next);
        }
        if let Some(department) = self.department_role(at, phrase) {
            self.department(department, at, after);
            // "data science teams"
            return Some(after + usize::from(self.team_follows(after)));
        }
        if phrase.department().is_some() && self.shares_a_rank(after) {
            self.flush();
            self.shared_functions.push((at, after));
            return Some(after);
        }
        if self.is_idle_size(at, after, &markets) {
            return None;
        }
        if !markets.is_empty() && (at_companies || (phrase.title().is_none() && phrase.levels().is_none())) {
            // "marketing operations specialists": a function that is a sector too.
            let function = phrase.department().and_then(|_| roles::practice_in_title(self, at, after, &[]));
            if let Some(next) = function {
                return Some(next);
            }
            if let Some(next) = roles::practice_in_title(self, at, after, &markets) {
                return Some(next);
            }
            return Some(self.take_markets(at, after, &markets));
        }
        if let Some(next) = self.kind_before_title(at, after) {
            return Some(next);
        }
        if let Some(title) = phrase.title() {
            return Some(self.take_title(at, after, title));
        }
        if self.ranks_a_title(at, after) {
            self.flush();
            self.pending.push((at, after));
            return Some(after);
        }
        if let Some(levels) = phrase.levels() {
            if self.zone == Zone::Topic {
                // "books about leadership"
                self.found.keyword(at, after, self.excluding);
                return Some(after);
            }
            if let Some(next) = roles::rank_of_list(self, at, after) {
                return Some(next);
            }
            return self.take_levels(at, after, levels);
        }
        if phrase.department().is_some() && self.joins_a_title(after) {
            return roles::practice_in_title(self, at, after, &[]);
        }
        None
    }

    /// Takes a title, or the shorter one that stands before a kind of company.
    fn take_title(&mut self, at: usize, after: usize, title: &Title) -> usize {
        // "superintendents of schools" is a title; "superintendents of school districts" says where.
        let kind_behind = after > at + 2
            && self.sentence.norm(after - 2) == "of"
            && gazetteer::market(self.sentence, after - 1, self.end).is_some_and(|(count, _)| count > 1);
        // "attorneys at law firms" are attorneys.
        let at_firms = after > at + 2
            && self.sentence.says(after - 2, "at law")
            && ["firm", "firms", "office", "offices"].contains(&self.sentence.norm(after));
        let cut = kind_behind || at_firms;
        let shorter = gazetteer::title(self.sentence, at, after - 2 * usize::from(cut));
        match shorter.filter(|_| cut) {
            Some((count, title)) => roles::title(self, at, at + count, title),
            None => roles::title(self, at, after, title),
        }
    }

    /// "compliance leads at banks", "a data lead": who leads a function holds a title; sales leads are prospects.
    fn function_lead(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        let name = phrase.department().filter(|_| self.zone == Zone::Head)?;
        let lead = at + phrase.count;
        let next = lead + 1;
        let word = self.sentence.norm(lead);
        let adjacent = self.sentence.before(lead) < Break::Comma && lead < self.end;
        let placed = ["at", "in", "from", "for", "of", "with", "who"].contains(&self.sentence.norm(next));
        let ends = next >= self.end || self.sentence.before(next) >= Break::Comma;
        let prospects = ["sales", "marketing", "business_development"].contains(&name) || name == "other";
        let certain = word == "lead" || word == "leads" && !prospects && (placed || ends);
        let sector =
            phrase.markets().iter().any(|market| matches!(market, Market::CompanyType(_) | Market::Industry(_)))
                && levels::department(self.sentence.slice(at, lead)).is_none();
        (adjacent && certain && !sector && phrase.title().is_none()).then_some(())?;
        self.flush();
        roles::one_title(self, at, next);
        Some(next)
    }

    /// "CFOs at charter operators", "at chip designers": behind "at" a trade in the plural names companies; the words
    /// before it say which.
    fn makes_companies(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        const TRADES: [&str; 14] = [
            "designer",
            "operator",
            "maker",
            "installer",
            "developer",
            "broker",
            "builder",
            "producer",
            "supplier",
            "dealer",
            "trader",
            "lender",
            "contractor",
            "planner",
        ];
        let is_trade = |word: usize| {
            let noun = self.sentence.norm(word);
            singular(noun) != noun && TRADES.contains(&singular(noun).as_str())
        };
        let end = at + phrase.count;
        // "at coach operators": behind another noun that is a title too.
        let behind_noun = end < self.end && self.sentence.before(end) < Break::Comma && is_trade(end);
        let last = end + usize::from(behind_noun && !is_trade(end - 1));
        let trade = is_trade(last - 1);
        if self.zone != Zone::At
            || self.people.is_none()
            || phrase.title().is_none()
            || !phrase.markets().is_empty()
            || !trade
        {
            return None;
        }
        let waits = self.pending.last().filter(|run| run.1 == at && self.sentence.before(at) < Break::Comma).copied();
        let first = waits.map_or(at, |run| run.0);
        let behind = first > self.begin && ["at", "of", "for", "from"].contains(&self.sentence.norm(first - 1));
        if !behind || first == at && last == at + 1 {
            return None;
        }
        if waits.is_some() {
            self.pending.pop();
        }
        self.flush();
        self.found.keyword(first, last, self.excluding);
        Some(last)
    }

    /// "bridge builders in Pennsylvania", "produce packers": who makes things in the plural is a kind of company.
    fn makers(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        const MAKERS: [&str; 8] =
            ["builder", "grower", "packer", "fabricator", "maker", "processor", "supplier", "installer"];
        let last = at + phrase.count;
        let noun = self.sentence.norm(last - 1);
        let many = singular(noun) != noun && MAKERS.contains(&singular(noun).as_str());
        let open = self.zone == Zone::Head && self.people.is_none() && !self.excluding && phrase.title().is_some();
        let waits = self.pending.last().filter(|run| run.1 == at && self.sentence.before(at) < Break::Comma).copied();
        let works_there = ["at", "who"].contains(&self.sentence.norm(last));
        if !many || !open || works_there || waits.is_none() && phrase.count == 1 {
            return None;
        }
        let markets = phrase.markets();
        if waits.is_none() && !markets.is_empty() {
            return Some(self.take_markets(at, last, &markets));
        }
        if waits.is_some() {
            self.pending.pop();
        }
        self.flush();
        let first = waits.map_or(at, |run| run.0);
        self.found.keyword(first, last, false);
        self.companies.get_or_insert((first, last));
        Some(last)
    }

    /// "dental office managers", "bank branch managers": the title begins with the last word of the place it runs.
    fn runs_an_office(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        let inner = (at + phrase.count).checked_sub(1).filter(|inner| *inner > at)?;
        let offices = ["office", "branch", "store", "plant", "site", "clinic", "restaurant", "warehouse"];
        let open =
            self.zone == Zone::Head && !phrase.markets().is_empty() && offices.contains(&self.sentence.norm(inner));
        let (count, _) = gazetteer::title(self.sentence, inner, self.end).filter(|(count, _)| open && *count > 1)?;
        self.flush();
        let last = inner + count;
        roles::one_title(self, at, last);
        Some(last)
    }

    /// "lawyers who represent landlords", "who work with founders": whom people work with is nobody to be found.
    fn is_worked_with(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        let after = at + phrase.count;
        let before = |back: usize| if at >= self.begin + back { self.sentence.norm(at - back) } else { "" };
        let topic = self.zone == Zone::Topic && TOPIC_VERBS.contains(before(1));
        // "people who manage engineers", "lawyers who work with founders"
        let together = before(1) == "with" && ["work", "works", "working"].contains(&before(2))
            || before(2) == "who" && ["manage", "manages", "lead", "leads"].contains(&before(1));
        let objects = (topic || together && self.zone == Zone::At)
            && self.people.is_some()
            && phrase.title().is_some()
            && !self.excluding;
        if objects {
            self.flush();
            self.found.keyword(at, after, false);
            return Some(after);
        }
        None
    }

    /// "commercial real estate brokers in Charlotte who handle leases": "who" says that a trade means people.
    fn works_for_others(&mut self, at: usize, phrase: &Phrase) -> Option<usize> {
        const REACH: usize = 6;
        let last = at + phrase.count;
        let open = self.zone == Zone::Head && self.people.is_none() && self.companies.is_none() && !self.excluding;
        let trade = phrase.title().is_none() && phrase.count > 1 && !phrase.markets().is_empty();
        let title = gazetteer::title(self.sentence, last - 1, last).is_some();
        let who = (last..self.end.min(last + REACH)).any(|word| self.sentence.norm(word) == "who");
        (open && trade && title && who).then_some(())?;
        self.flush();
        roles::one_title(self, at, last);
        Some(last)
    }

    /// "in Sacramento, orthodontists": behind the place that came first stands who is wanted.
    fn opens_behind_place(&mut self, at: usize, phrase: &Phrase) {
        let opens = matches!(self.zone, Zone::In | Zone::At)
            && self.people.is_none()
            && self.companies.is_none()
            && self.last_place == Some(at)
            && self.sentence.before(at) == Break::Comma;
        if opens && phrase.title().is_some() && !self.excluding {
            self.zone = Zone::Head;
        }
    }

    /// "senior backend engineers": a level directly before what people do is part of their title.
    fn ranks_a_title(&self, at: usize, after: usize) -> bool {
        const RANKS: [&str; 9] = ["senior", "sr", "junior", "jr", "lead", "principal", "staff", "entry level", "head"];
        after - at == 1
            && RANKS.contains(&self.sentence.norm(at))
            // One skill may stand between: "senior React engineer".
            && (after..after + 2).take_while(|next| self.sentence.before(*next) < Break::Comma).any(|next| {
                gazetteer::title(self.sentence, next, self.end).is_some_and(|(_, title)| title.seniority != "c_suite")
            })
    }

    /// "startup founders", "law firm partners": the kind of company is a filter, not part of the title.
    fn kind_before_title(&mut self, at: usize, after: usize) -> Option<usize> {
        let (count, markets) = gazetteer::market(self.sentence, at, after)?;
        let kind = markets.iter().any(|market| matches!(market, Market::CompanyType(_)));
        let (_, whole) = gazetteer::title(self.sentence, at, after)?;
        // A law firm administrator is more than an administrator at a law firm.
        let rest = gazetteer::title(self.sentence, at + count, after)
            .is_some_and(|(n, title)| at + count + n == after && title.id == whole.id);
        (kind && rest && at + count < after).then(|| self.take_markets(at, at + count, &markets))
    }

    /// A department is meant before "leaders", "team", "people", or after "in" behind people.
    fn department_role(&self, at: usize, phrase: &Phrase) -> Option<&'static str> {
        let name = phrase.department().or_else(|| {
            gazetteer::department(self.sentence, at, self.end).filter(|d| d.0 == phrase.count).map(|d| d.1)
        })?;
        if name == "other" || PEOPLE.contains(self.sentence.norm(at)) || phrase.title().is_some() {
            return None;
        }
        let after = at + phrase.count;
        let levels = gazetteer::phrase(self.sentence, after, self.end)
            .is_some_and(|next| next.levels().is_some() && next.title().is_none());
        let company_follows = self.sentence.longest_of(after, &COMPANIES).is_some() || self.company_follows(after);
        let spells_team = phrase.count > 1 && TEAMS.contains(self.sentence.norm(after - 1));
        let before_people = self.zone == Zone::Head
            && (levels || self.sentence.longest_of(after, &PEOPLE).is_some() || self.listed_before_people(after));
        let ranks_only = self.found.search.titles.iter().all(|title| roles::is_rank(title));
        // "leads in real estate" work in a sector, "people in legal" in a department.
        let tech = ["tech", "technology"].contains(&self.sentence.norm(at));
        let sector = phrase.markets().iter().any(|market| matches!(market, Market::Industry(_)))
            && (tech || levels::department(self.sentence.slice(at, after)).is_none());
        let in_department = self.zone == Zone::In
            && self.people.is_some()
            && ranks_only
            && !sector
            && self.found.search.departments.is_empty();
        let field = self.sentence.longest_of(after, &FIELDS).is_some();
        // "people in charge of sustainability", "whoever handles procurement"
        const CHARGE: [&str; 14] = [
            "charge of",
            "responsible for",
            "handles",
            "handle",
            "runs",
            "run",
            "oversees",
            "oversee",
            "leads",
            "lead",
            "heads",
            "head",
            "manage",
            "manages",
        ];
        let charged = matches!(self.zone, Zone::Topic | Zone::At)
            && self.people.is_some()
            && self.found.search.titles.is_empty()
            && (1..=2)
                .any(|back| at >= self.begin + back && self.sentence.longest_of(at - back, &CHARGE) == Some(back));
        // "decision-makers for purchasing in the chemical industry"
        let answers = self.zone == Zone::At
            && at > self.begin
            && self.sentence.norm(at - 1) == "for"
            && self.found.search.titles.is_empty()
            && !self.found.search.seniority.is_empty()
            && !sector;
        // "marketing at Nike"; "director and above, marketing, CPG"
        let opening = phrase.levels().is_none()
            && self.zone == Zone::Head
            && self.people.is_none()
            && at == self.begin
            && self.sentence.norm(after) == "at";
        let apart = self.zone == Zone::Head
            && !self.found.search.seniority.is_empty()
            && self.found.search.titles.is_empty()
            && self.sentence.before(at) >= Break::Comma
            && (after >= self.end || self.sentence.before(after) >= Break::Comma);
        ((before_people
            || charged
            || answers
            || opening
            || apart
            || self.team_follows(after)
            || spells_team
            || (in_department && !field))
            && !company_follows)
            .then_some(name)
    }

    /// "marketing and sales leaders": the next words join another department that stands before people.
    fn listed_before_people(&self, after: usize) -> bool {
        if !["and", "or"].contains(&self.sentence.norm(after)) && self.sentence.before(after) != Break::Comma {
            return false;
        }
        let next = after + usize::from(["and", "or"].contains(&self.sentence.norm(after)));
        let Some((count, _)) = gazetteer::department(self.sentence, next, self.end) else { return false };
        let last = next + count;
        self.sentence.longest_of(last, &PEOPLE).is_some()
            || gazetteer::phrase(self.sentence, last, self.end)
                .is_some_and(|next| next.levels().is_some() && next.title().is_none())
    }

    /// "people from the logistic department": a word that no table knows says which.
    pub(super) fn named_department(&mut self, at: usize) -> Option<usize> {
        let said = ["department", "dept", "departments"].contains(&self.sentence.norm(at));
        let (first, last) = *self.pending.last().filter(|run| said && run.1 == at && run.1 - run.0 <= 2)?;
        let plain = (first..last).all(|word| !self.sentence.is_capitalised(word) || !self.sentence.has_case());
        plain.then_some(())?;
        self.pending.pop();
        let name = self.sentence.slice(first, last).to_lowercase();
        self.department(&name, first, last);
        Some(at + 1)
    }

    fn team_follows(&self, at: usize) -> bool {
        TEAMS.contains(self.sentence.norm(at)) && self.sentence.before(at) < Break::Comma
    }

    fn company_follows(&self, at: usize) -> bool {
        self.sentence.before(at) < Break::Comma
            && gazetteer::market(self.sentence, at, self.end)
                .is_some_and(|(_, markets)| markets.iter().any(|market| matches!(market, Market::CompanyType(_))))
    }

    fn joins_a_title(&self, at: usize) -> bool {
        self.zone == Zone::Head
            && self.sentence.before(at) < Break::Comma
            && gazetteer::title(self.sentence, at, self.end).is_some()
    }

    /// "senior *React engineers*": a speciality and a title.
    fn topic_joins_a_title(&self, at: usize) -> bool {
        let words = self.sentence.words.get(at..self.end).unwrap_or(&[]);
        let technology = technologies::longest(words, self.sentence.is_capitalised(at)).map(|(count, _)| count);
        let topic = || {
            gazetteer::market(self.sentence, at, self.end)
                .filter(|(_, markets)| markets.iter().all(|market| matches!(market, Market::Topic(_))))
                .map(|(count, _)| count)
        };
        technology.or_else(topic).is_some_and(|count| self.joins_a_title(at + count))
    }

    /// "marketing*, legal and sales directors*": a title that begins with a function closes the list.
    fn shares_a_rank(&self, after: usize) -> bool {
        const MOST: usize = 8;
        if self.zone != Zone::Head {
            return false;
        }
        let mut end = after;
        for _ in 0..MOST {
            let Some(next) = roles::next_of_list(self, end) else { return false };
            let Some((short, _)) = gazetteer::department(self.sentence, next, self.end) else { return false };
            if gazetteer::title(self.sentence, next, self.end).is_some_and(|(long, _)| long > short) {
                return true;
            }
            end = next + short;
        }
        false
    }

    fn department(&mut self, name: &str, at: usize, after: usize) {
        self.flush();
        self.found.department(name, at, after, self.excluding);
        if self.zone == Zone::Head && !self.excluding {
            self.people.get_or_insert((at, after));
        }
    }

    fn take_levels(&mut self, at: usize, after: usize, levels: &[&'static str]) -> Option<usize> {
        if levels.len() == 1 && after == at + 1 && (self.joins_a_title(after) || self.topic_joins_a_title(after)) {
            return None;
        }
        let function = roles::with_function(self, at, after);
        if function > after {
            // "heads of payments": a level with a function is a title.
            self.flush();
            roles::one_title(self, at, function);
            return Some(function);
        }
        self.topics(at);
        self.flush();
        let above = ["and above", "or above", "and up", "or higher", "and higher", "plus", "or up", "or more senior"];
        let more = self.sentence.longest_of(after, &above).filter(|_| levels.len() == 1);
        let after = after + more.unwrap_or(0);
        for level in levels {
            let lowest = levels::rank(level);
            let higher = levels::all().iter().filter(|known| more.is_some() && known.rank > lowest);
            for known in higher {
                self.found.seniority(known.name, at, after, self.excluding);
            }
            self.found.seniority(level, at, after, self.excluding);
        }
        if !self.excluding {
            self.note_people(at, after);
        }
        Some(after)
    }

    /// "B2B SaaS startups", "mid-size law firms": two phrases of the table, though it has a kind by the
    /// whole: a model or size stands alone, and so does a startup. Gives the word between them.
    fn two_kinds(&self, at: usize, after: usize, markets: &[Market]) -> Option<usize> {
        let of_kind = |markets: &[Market], kinds: &[&str]| {
            markets.iter().any(|market| matches!(market, Market::CompanyType(kind) if kinds.contains(&kind.kind)))
        };
        if !markets.iter().any(|market| matches!(market, Market::CompanyType(kind) if kind.kind != "size")) {
            return None;
        }
        let exactly = |from: usize, to: usize| {
            gazetteer::market(self.sentence, from, to)
                .filter(|(count, _)| from + count == to)
                .map(|(_, markets)| markets)
        };
        // A boutique law firm is a small one; a boutique hotel is a kind of its own.
        if self.sentence.norm(at) == "boutique"
            && markets.iter().any(|market| matches!(market, Market::Industry(found) if found.slug == "hotels"))
        {
            return None;
        }
        (at + 1..after).find(|split| match (exactly(at, *split), exactly(*split, after)) {
            (Some(left), Some(right)) => of_kind(&left, &["model", "size"]) || of_kind(&right, &["stage"]),
            _ => false,
        })
    }

    fn take_markets(&mut self, at: usize, after: usize, markets: &[Market]) -> usize {
        if let Some(split) = self.two_kinds(at, after, markets)
            && let Some((_, first)) = gazetteer::market(self.sentence, at, split)
            && let Some((_, second)) = gazetteer::market(self.sentence, split, after)
        {
            self.take_markets(at, split, &first);
            return self.take_markets(split, after, &second);
        }
        if let Some(last) = self.compound(at, after, markets) {
            return last;
        }
        self.topics(at);
        self.flush_unless_listed(at);
        let mut last = after;
        // "insurance companies": the noun belongs to the words that are shown.
        // "insurance co hartford ct"
        let short = self.sentence.raw(after) == "co" && !self.sentence.has_case() && after < self.end;
        let noun = self
            .sentence
            .longest_of(after, &COMPANIES)
            .or(short.then_some(1))
            // "biotech business development directors"
            .filter(|count| {
                gazetteer::title(self.sentence, after, self.end).is_none_or(|(longer, _)| longer <= *count)
                    && gazetteer::department(self.sentence, after, self.end).is_none_or(|(longer, _)| longer <= *count)
            })
            .or_else(|| self.sentence.longest_of(after, &FIELDS))
            .filter(|_| self.sentence.before(after) < Break::Comma);
        if let Some(count) = noun {
            last = after + count;
        } else if let Some(end) = self.wares(after, markets) {
            last = end;
        } else if let Some(end) = self.general_kind(after, markets) {
            last = end;
        }
        let firm = self.sentence.longest_of(after, &COMPANIES).is_some() && noun.is_some();
        if self.excludes_persons(at, after) && noun.is_none() {
            return after;
        }
        let company = firm || markets.iter().any(|market| !market.is_speciality());
        let narrow = markets.iter().any(is_narrow);
        for market in roles::market_senses(self, markets, company) {
            // "boutique law firms": the sector stands in "law firms" alone, else it would widen the kind.
            let from = match market {
                Market::Industry(_) if narrow => self.tail_naming(market, at, after),
                _ => Some(at),
            };
            if let Some(from) = from {
                self.found.market(market, (from, after), last, self.excluding);
            }
        }
        self.law_firms_of(after);
        if PERSONS.contains(&singular(self.sentence.norm(after - 1)).as_str()) && !self.excluding && noun.is_none() {
            self.note_people(at, after);
        } else if self.zone == Zone::Head
            && !self.excluding
            && (company || COMPANIES.contains(self.sentence.norm(after - 1)))
        {
            self.companies.get_or_insert((at, last));
        }
        last
    }

    /// "dentists, not orthodontists": beside a title in the search they are people.
    fn excludes_persons(&mut self, at: usize, after: usize) -> bool {
        let titled = !self.found.search.titles.is_empty();
        let persons = PERSONS.contains(&singular(self.sentence.norm(after - 1)).as_str());
        let left_out = self.excluding && titled && persons;
        if left_out {
            roles::one_title(self, at, after);
        }
        left_out
    }

    /// "real estate law firms": the area is a topic, the firms are law firms.
    fn law_firms_of(&mut self, after: usize) {
        if after == 0 || self.sentence.norm(after - 1) != "law" || !self.sentence.norm(after).starts_with("firm") {
            return;
        }
        let found = gazetteer::market(self.sentence, after - 1, after + 1).filter(|(count, _)| *count == 2);
        for market in found.into_iter().flat_map(|(_, found)| found) {
            self.found.market(market, (after - 1, after + 1), after + 1, self.excluding);
        }
    }

    /// Where in `at..after` the words begin that alone name this sector.
    fn tail_naming(&self, sector: Market, at: usize, after: usize) -> Option<usize> {
        (at + 1..after).find(|from| {
            gazetteer::market(self.sentence, *from, after)
                .is_some_and(|(count, markets)| from + count == after && markets.contains(&sector))
        })
    }
}

/// Practices that are called by those who run them.
const PERSONS: [&str; 17] = [
    "practitioner",
    "attorney",
    "lawyer",
    "dentist",
    "orthodontist",
    "physician",
    "doctor",
    "accountant",
    "architect",
    "realtor",
    "therapist",
    "photographer",
    "mediator",
    "arbitrator",
    "lobbyist",
    "freelancer",
    "solicitor",
];

/// A kind of company that is only a part of the sector its words name too.
fn is_narrow(market: &Market) -> bool {
    matches!(market, Market::CompanyType(kind) if (kind.kind == "law" && kind.name != "law firm") || kind.kind == "class")
}

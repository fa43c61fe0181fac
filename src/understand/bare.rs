//! Clauses without a verb: a noun phrase that describes people is a search, one that names a record
//! or figure a question, a title on its way a change, and the rest a statement.
//!
//! Protects against searching for what was only mentioned.

use super::changes::FIELDS;
use super::evidence::{means_own_records, objects};
use super::gazetteer;
use super::given_names::may_be_first_name;
use super::inflection::Form;
use super::intent::{Reader, Verdict, shortened, spans};
use super::names::{Pointer, references};
use super::people::{mentions, possessive};
use super::request::Intent;
use super::verbs::{FINITE, OBJECTS, Object, Verb};
use super::words::Break;

/// Fields of a filter that no contact has.
const FORM: [&str; 6] = ["location", "person location", "company location", "seniority", "function", "keywords"];

impl Reader<'_, '_> {
    /// A clause without a verb: a noun phrase that describes people or companies is a search.
    pub(super) fn bare(&self, start: usize) -> Verdict {
        let (sentence, (_, end)) = (self.sentence, self.clause);
        if self.fills_a_form(start) {
            return self.over(Intent::ProspectSearch, "search", (start, start), (start, end));
        }
        let statement = self.states(start, end) || self.tells_of_somebody(start);
        // "IT directors" are people, "it works" is a statement.
        let pronouns = ["i", "we", "im", "ive", "he", "she", "they", "it", "you"];
        let pronoun =
            (pronouns.contains(&sentence.norm(start)) || shortened(sentence, start)) && !(self.opens_search)(start);
        if let Some(verdict) = self.would_do(start) {
            return verdict;
        }
        if statement || pronoun {
            if let Some(verdict) = self.wished(start).or_else(|| self.announced(start)) {
                return verdict;
            }
            return self.over(Intent::Other, "unknown", (start, end), (start, end));
        }
        if let Some(verdict) = self.nominal(start) {
            return verdict;
        }
        // "One of our partners speaks at a breakfast" tells of somebody known.
        let own = start + usize::from(sentence.norm(start + 1) == "of") * 2;
        let possessive = ["my", "our"].contains(&sentence.norm(own));
        // "“Head of Procurement” Germany automotive"
        let quoted = sentence.quote_of(start).is_some_and(|quote| {
            quote.first == start
                && gazetteer::title(sentence, start, quote.last).is_some_and(|(count, _)| start + count == quote.last)
        });
        if possessive || !quoted && !self.search_follows(start, end, &[]) {
            if let Some(verdict) = self.announced(start) {
                return verdict;
            }
            return self.over(Intent::Other, "unknown", (start, end), (start, end));
        }
        self.over(Intent::ProspectSearch, "search", (start, start), (start, end))
    }

    /// "Tina Cole replaced Mark Weller as GC at Acme": a name, and what became of him.
    fn tells_of_somebody(&self, start: usize) -> bool {
        const SUBJECT: usize = 5;
        let (sentence, end) = (self.sentence, self.clause.1);
        let named =
            may_be_first_name(sentence.norm(start)) && sentence.has_case() && sentence.is_capitalised(start + 1);
        named
            && mentions(sentence, start, end.min(start + SUBJECT), &[]).first().is_some_and(|person| {
                let verb = sentence.norm(person.last);
                person.first == start
                    && person.mention.name.is_some()
                    && sentence.before(person.last) < Break::Comma
                    && (verb.len() > 4 && verb.ends_with("ed") && !verb.ends_with("eed"))
            })
    }

    /// "Job title contains 'CFO' AND country is any of …": a filter with verbs between its fields and values.
    fn fills_a_form(&self, start: usize) -> bool {
        const VERBS: [&str; 8] =
            ["contains", "contain", "equals", "includes", "is any of", "is one of", "is greater than", "starts with"];
        let (sentence, end) = (self.sentence, self.clause.1);
        let labelled = FIELDS.longest(sentence, start).or_else(|| Some(("", sentence.longest_of(start, &FORM)?)));
        let verb = labelled.is_some_and(|(_, count)| {
            let at = start + count;
            let joined = (at..end)
                .any(|at| ["and", "or"].contains(&sentence.norm(at)) && FIELDS.longest(sentence, at + 1).is_some());
            sentence.longest_of(at, &VERBS).is_some() || sentence.norm(at) == "is" && joined
        });
        let whom = (start + 1..end).any(|at| gazetteer::title(sentence, at, end).is_some() || (self.opens_search)(at));
        verb && whom && mentions(sentence, start, end, &[]).iter().all(|person| person.mention.email.is_none())
    }

    /// Whether a verb in the words `from..to` makes them a statement.
    pub(super) fn states(&self, from: usize, to: usize) -> bool {
        const HABIT: [&str; 10] =
            ["never", "always", "often", "usually", "rarely", "hardly", "seldom", "keeps", "ignore", "sometimes"];
        const ADVERBS: [&str; 9] = ["just", "recently", "have", "has", "also", "already", "ever", "once", "newly"];
        let sentence = self.sentence;
        (from..to).any(|at| {
            // "companies that just raised a round"
            let adverb = at > from + 1 && ADVERBS.contains(&sentence.norm(at - 1));
            let before = at.saturating_sub(1 + usize::from(adverb));
            // "directors whose company is listed on Nasdaq"
            let whose = (2..=3).any(|back| at >= from + back && sentence.norm(at - back) == "whose");
            let relative =
                whose || at > from && ["who", "that", "which", "whose", "and"].contains(&sentence.norm(before));
            let past = at > from
                && [
                    "the", "a", "an", "my", "our", "his", "her", "their", "it", "them", "all", "two", "three", "some",
                    "several", "this", "that",
                ]
                .contains(&sentence.norm(at + 1))
                && self.verb_at(at, Form::Participle).is_some()
                && sentence.norm(at).ends_with("ed");
            let habit = sentence.says(at, "used to")
                && at > from
                && ["we", "i", "they", "you"].contains(&sentence.norm(at - 1));
            // "charter schools opened after 2015"
            let dated = at > from
                && ["after", "since", "in", "before", "between"].contains(&sentence.norm(at + 1))
                && super::numbers::quantity(sentence, at + 2).is_some();
            let verb = !dated
                && (habit
                    || FINITE.contains(sentence.norm(at))
                    || past
                    || HABIT.contains(&sentence.norm(at)) && at > from);
            verb && !relative && sentence.quote_of(at).is_none()
        })
    }

    /// "new contact Jane Doe, GC at Acme", "another list: Gala".
    pub(super) fn newly(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let fresh = ["new", "another", "fresh"].contains(&sentence.norm(start));
        let object = OBJECTS.longest(sentence, start + 1).is_some();
        let record = ["lead", "client", "customer", "person", "company", "prospect", "account"]
            .contains(&sentence.norm(start + 1))
            && (sentence.gap(start + 2).contains(':') || sentence.is_capitalised(start + 2) && sentence.has_case());
        // "list called Berlin Fair".
        const CALLED: [&str; 3] = ["called", "named", "titled"];
        if start == self.clause.0 && sentence.norm(start) == "list" && CALLED.contains(&sentence.norm(start + 1)) {
            return Some(self.command(Verb::Build, (start, start), (start, end)));
        }
        (fresh && (object || record)).then(|| self.command(Verb::Build, (start, start + 1), (start + 1, end)))
    }

    /// "An investor asked us to map the market: all CTOs at fintechs in Leeds": what a statement announces.
    fn announced(&self, start: usize) -> Option<Verdict> {
        const REACH: usize = 3;
        let (sentence, end) = (self.sentence, self.clause.1);
        let at = (start + 2..end).find(|at| {
            sentence.gap(*at).contains(':')
                && sentence.quote_of(*at).is_none()
                && sentence.norm(*at).bytes().any(|byte| byte.is_ascii_alphabetic())
        })?;
        let whom =
            (at..end.min(at + REACH)).any(|at| (self.opens_search)(at)) && self.verb_at(at, Form::Base).is_none();
        let said = super::moods::reports(sentence, start, at) || super::moods::doubts(sentence, start, at);
        let told =
            (start..at).any(|at| sentence.longest_of(at, &["asked us", "asked me", "asked for", "asks for"]).is_some());
        let own = means_own_records(sentence, at, end, &[]);
        (whom && (!said || told) && !own).then(|| self.over(Intent::ProspectSearch, "search", (at, at), (at, end)))
    }

    /// "Everyone off the VIP list, please": the list is to be emptied.
    pub(super) fn emptied(&self, start: usize) -> Option<Verdict> {
        const EVERY: [&str; 6] = ["everyone", "everybody", "all people", "all contacts", "all members", "all peoples"];
        const OUT: [&str; 5] = ["off", "out of", "out from", "from", "off of"];
        let (sentence, (from, end)) = (self.sentence, self.clause);
        // "Everyone, …" may also address somebody.
        let start = if sentence.longest_of(start, &EVERY).is_some() { start } else { start.max(from + 1) - 1 };
        let count = sentence.longest_of(start, &EVERY)?;
        sentence.longest_of(start + count, &OUT)?;
        let list = references(sentence, start, end).into_iter().next()?;
        let near = list.kind == super::names::Kind::List && list.first <= start + count + 1;
        let fresh = start == from || sentence.norm(start - 1) == "please";
        (near && fresh && !sentence.gap(end).contains('?'))
            .then(|| self.command(Verb::Remove, (start, start), (start, end)))
    }

    /// "Bob's history", "everything on Bob Reyes", "Spring stats", "contacts without phone": what the workspace knows.
    fn looks_up(&self, start: usize) -> bool {
        const KNOWN_OF: [&str; 10] = [
            "history",
            "activity",
            "activities",
            "profile",
            "record",
            "emails",
            "campaigns",
            "deals",
            "lists",
            "replies",
        ];
        const FIGURES: [&str; 6] = ["stats", "statistics", "figures", "results", "numbers", "kpis"];
        let (sentence, end) = (self.sentence, self.clause.1);
        let last = sentence.norm(end - 1);
        let people = mentions(sentence, start, end, &[]);
        let named = |at: usize| people.iter().find(|person| person.first == at && person.mention.filter.is_none());
        let his = named(start).is_some_and(|person| possessive(sentence, person.last) && person.last + 1 == end);
        let all = sentence.longest_of(
            start,
            &["everything on", "everything about", "all about", "everything we have on", "all notes on"],
        );
        let about = all.and_then(|count| named(start + count)).is_some_and(|person| person.last == end);
        let lacking = ["contacts", "customers", "clients"].contains(&sentence.norm(start))
            && sentence
                .longest_of(start + 1, &["without", "with no", "missing", "lacking", "who have no", "that have no"])
                .is_some();
        let short = end > start + 1 && end <= start + 4 && sentence.has_case() && sentence.is_capitalised(start);
        his && KNOWN_OF.contains(&last)
            || about
            || lacking
            || short && FIGURES.contains(&last) && !(self.opens_search)(start)
    }

    /// Noun phrases that are requests: "5 touch cadence for founders", "status of the Spring campaign", "my contacts in Texas",
    /// "in Texas only", "5 touch cadence for founders", "email for Otto -> otto@brandt.legal".
    pub(super) fn nominal(&self, start: usize) -> Option<Verdict> {
        let (sentence, (_, end)) = (self.sentence, self.clause);
        let references = references(sentence, start, end);
        let people = mentions(sentence, start, end, &spans(&references));
        let objects = objects(sentence, start, end, &people, &references);
        let search = self.search_follows(start, end, &references);
        let object = OBJECTS.longest(sentence, start).map(|(object, _)| object);
        let question = |at: usize| Some(self.over(Intent::Question, "lookup", (at, at), (start, end)));
        let figure = |at: usize| OBJECTS.longest(sentence, at).is_some_and(|(object, _)| object == Object::Figure);
        if figure(start) {
            return question(start);
        }
        if self.looks_up(start) {
            return question(start);
        }
        // "The Gala list. Bin it.": only what is talked about.
        let behind = sentence.clauses.last().is_some_and(|last| last.0 >= end);
        let record =
            references.first().filter(|found| found.first <= start + 1 && found.last >= end && found.name.is_some());
        if record.is_some_and(|found| found.pointer == Pointer::Known) && behind {
            return Some(self.over(Intent::Other, "unknown", (start, end), (start, end)));
        }
        let lead = start
            + usize::from(
                ["the", "my", "our", "total", "current", "latest", "all", "open", "pending"]
                    .contains(&sentence.norm(start)),
            );
        if OBJECTS.longest(sentence, lead).is_some_and(|(object, _)| object == Object::Figure) {
            return question(start);
        }
        if means_own_records(sentence, start, end, &references) {
            return question(start);
        }
        let file = (start..end).any(|at| ["csv", "excel", "xlsx", "spreadsheet"].contains(&sentence.norm(at)));
        if file && references.first().is_some_and(|found| found.first == start && found.name.is_some()) {
            return Some(self.command(Verb::Export, (start, start), (start, end)));
        }
        // "Jane Doe to the VIP list please".
        let sent = references.iter().any(|found| {
            found.kind == super::names::Kind::List
                && found.name.is_some()
                && ["to", "into", "onto"].contains(&found.preposition)
                && people.first().is_some_and(|person| person.first == start)
                && people.last().is_some_and(|person| person.last == found.first)
        });
        // "Ana Silva (ana@silva.example) into Lisbon Leads".
        let thrown = people.first().is_some_and(|person| {
            let certain = person.mention.email.is_some() || super::given_names::is_first_name(sentence.norm(start));
            let listed = sentence.has_case() && sentence.is_capitalised(person.last + 1);
            person.first == start && certain && (["into", "onto"].contains(&sentence.norm(person.last)) && listed)
        });
        if sent || thrown {
            return Some(self.command(Verb::Add, (start, start), (start, end)));
        }
        let values = super::changes::updates(sentence, start, end, &people);
        let field = objects.iter().any(|object| matches!(object, Object::Field | Object::Copy));
        let named = people.iter().any(|person| person.mention.name.is_some() || person.mention.email.is_some());
        if field && named && !values.is_empty() && !search {
            return Some(self.command(Verb::Update, (start, start), (start, end)));
        }
        if matches!(objects.first(), Some(Object::Field)) && named && !search {
            return question(start);
        }
        let open =
            ["open", "pending", "overdue", "running", "active", "upcoming", "recent"].contains(&sentence.norm(start));
        if open && object.is_none() && OBJECTS.longest(sentence, start + 1).is_some() {
            return question(start);
        }
        let counted = super::numbers::quantity(sentence, start).is_some();
        let told = ["the", "this", "that", "my", "our"].contains(&sentence.norm(start))
            || (start..end)
                .any(|at| ["not", "starts", "ends", "stops", "runs", "works", "failed"].contains(&sentence.norm(at)));
        let leading = self.leading_object(start, end);
        if (leading == Some(Object::Campaign) || leading == Some(Object::Step) && counted)
            && !told
            && references.iter().all(|found| found.pointer == Pointer::New || found.name.is_none())
        {
            return Some(self.command(Verb::Build, (start, start), (start, end)));
        }
        let noted =
            objects.first() == Some(&Object::Note) && named && (start..end).any(|at| sentence.gap(at).contains(':'));
        if noted {
            return Some(self.command(Verb::Note, (start, start), (start, end)));
        }
        self.revises(start)
    }

    /// A number, a place or "instead" alone changes the search that is open.
    fn revises(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        const PLACE: [&str; 9] = ["in", "at", "with", "from", "near", "within", "under", "over", "above"];
        let number = super::numbers::quantity(sentence, start).is_some_and(|quantity| {
            const REST: [&str; 10] =
                ["please", "instead", "max", "maximum", "only", "people", "results", "total", "enough", "pls"];
            (quantity.last..end).all(|at| REST.contains(&sentence.norm(at)))
        });
        let instead = (start..end).any(|at| ["instead"].contains(&sentence.norm(at)));
        // "in-house counsel", "at least 30 lawyers" say whom to find.
        let whom =
            sentence.longest_of(start, &["in house", "at least", "at most"]).is_some() || self.titled_behind(start);
        if number || instead || (PLACE.contains(&sentence.norm(start)) && !whom && end - start <= 8) {
            return Some(self.over(Intent::Other, "revise_search", (start, start), (start, end)));
        }
        None
    }
}

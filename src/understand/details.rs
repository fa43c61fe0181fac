//! The slots of every intent but `prospect_search`: which list, campaign, contact, field and value.
//!
//! Protects "inventing a value is an error": only what stands in the sentence is taken, and a record
//! that is pointed at without a name makes Lexi ask.

use super::changes::Change;
use super::findings::evidence;
use super::given_names::{is_first_name, may_be_first_name};
use super::intent::Verdict;
use super::moods::QUESTIONS;
use super::names::{Kind, Pointer, Reference};
use super::people::{Person, possessive};
use super::records;
use super::request::{Details, Intent, Mention, Provenance};
use super::sentence::Sentence;
use super::verbs::Verb;
use super::words::Break;

/// The slots of a request that is no search, and where each stands.
pub(super) struct Reading<'s> {
    pub(super) sentence: &'s Sentence<'s>,
    pub(super) details: Details,
    pub(super) provenance: Vec<Provenance>,
    /// Words that stand in a slot.
    pub(super) taken: Vec<(usize, usize)>,
}

/// Every list at once.
const EVERY_LIST: [&str; 10] = [
    "all lists",
    "all my lists",
    "all our lists",
    "all the lists",
    "all of the lists",
    "all of my lists",
    "every list",
    "every single list",
    "each list",
    "any list",
];

/// Reads the details of `verdict`.
pub(super) fn read<'s>(sentence: &'s Sentence<'s>, verdict: &Verdict) -> Reading<'s> {
    let mut reading = Reading { sentence, details: Details::default(), provenance: Vec::new(), taken: Vec::new() };
    reading.what(verdict);
    reading.records(verdict);
    match verdict.intent {
        Intent::Question => reading.asked_about(verdict),
        Intent::ContactUpdate => reading.contact_update(verdict),
        Intent::ListOperation => reading.list_operation(verdict),
        Intent::CampaignStart => {
            let whole = ["start", "pause", "resume", "stop", "schedule", "test"].contains(&verdict.operation);
            let all = reading.details.list_name.is_some() || whole && reading.details.campaign_name.is_some();
            let everyone = |person: &&Person| {
                person.mention.reference.as_ref().is_some_and(|words| words.to_lowercase().starts_with("every"))
            };
            let people: Vec<Person> =
                verdict.people.iter().filter(|person| !(all && everyone(person))).cloned().collect();
            if verdict.operation != "update" {
                reading.contacts(&people);
            }
            reading.one_person_only(verdict);
            if verdict.operation == "update" {
                reading.new_name(verdict);
            }
            reading.schedule(verdict);
        }
        Intent::CampaignCreate => reading.campaign(verdict),
        Intent::Other => {
            const PERSONAL: [&str; 9] =
                ["enrich", "send", "todo", "meeting", "reply", "log_activity", "deal", "suppress", "settings"];
            if PERSONAL.contains(&verdict.operation) && (verdict.verb.0 < verdict.verb.1 || verdict.operation == "todo")
            {
                let mut people = named_only(&verdict.people);
                if verdict.operation == "deal" {
                    people.iter_mut().for_each(|person| as_a_firm(sentence, person));
                }
                reading.contacts(&people);
                if !["reply", "deal", "enrich"].contains(&verdict.operation) {
                    reading.schedule(verdict);
                }
            }
        }
        Intent::ProspectSearch => {}
    }
    reading
}

/// Where the topic of a question begins: behind "show me", at "who" and "how".
fn topic_from(sentence: &Sentence<'_>, verdict: &Verdict) -> usize {
    let (first, last) = verdict.verb;
    if last > first && QUESTIONS.contains(sentence.norm(last - 1)) {
        return last - 1;
    }
    let shows = ["show", "list", "tell", "give", "get", "find", "display", "view", "see", "check"]
        .contains(&sentence.norm(first));
    if shows && last > first { last } else { verdict.clause.0 }
}

/// "The Blue Anchor deal", "the website of Larkspur Dental": what nobody is called is a firm.
pub(super) fn as_a_firm(sentence: &Sentence<'_>, person: &mut Person) {
    let mention = &mut person.mention;
    let somebody = may_be_first_name(sentence.norm(person.first))
        || super::people::ADDRESSES.contains(&sentence.norm(person.first))
        || mention.email.is_some();
    if !somebody && mention.company.is_none() {
        mention.company = mention.name.take();
    }
}

/// "Remove Omari from the list": firms stand on no list.
fn as_somebody(person: &mut Person) {
    let mention = &mut person.mention;
    let single = mention.company.as_ref().is_some_and(|name| !name.contains([' ', '.']));
    if single && mention.name.is_none() && mention.email.is_none() {
        mention.name = mention.company.take();
    }
}

/// People who are named or described, without pointers.
fn named_only(people: &[Person]) -> Vec<Person> {
    people.iter().filter(|person| person.mention.reference.is_none()).cloned().collect()
}

impl Reading<'_> {
    pub(super) fn note(&mut self, slot: &str, value: serde_json::Value, span: (usize, usize)) {
        self.provenance.push(evidence(self.sentence, slot, value, span));
    }

    /// Operation or action.
    fn what(&mut self, verdict: &Verdict) {
        let verb = if verdict.verb.0 < verdict.verb.1 { verdict.verb } else { verdict.clause };
        let span = self.sentence.span(verb.0, verb.1);
        let value = verdict.operation.to_owned();
        match verdict.intent {
            Intent::Question => return,
            Intent::Other => {
                self.note("action", value.clone().into(), span);
                self.details.action = Some(value);
            }
            _ => {
                self.note("operation", value.clone().into(), span);
                self.details.operation = Some(value);
            }
        }
        if verdict.operation != "unknown" && verdict.verb.0 < verdict.verb.1 {
            self.taken.push(verb);
        }
    }

    pub(super) fn topic(&mut self, from: usize, to: usize) {
        if from >= to {
            return;
        }
        let topic = self.sentence.slice(from, to).to_owned();
        self.note("topic", topic.clone().into(), self.sentence.span(from, to));
        self.details.topic = Some(topic);
        self.taken.push((from, to));
    }

    /// A question's topic, and the records it is about.
    fn asked_about(&mut self, verdict: &Verdict) {
        let sentence = self.sentence;
        let to = verdict.clause.1;
        let from = if verdict.verb.1 < to { topic_from(sentence, verdict) } else { verdict.clause.0 };
        self.topic(from, to);
        let campaign = self.details.campaign_name.clone();
        let certain: Vec<Person> = verdict
            .people
            .iter()
            .filter(|person| {
                let mention = &person.mention;
                if campaign.is_some() && mention.name == campaign {
                    return false;
                }
                let first = sentence.norm(person.first);
                let several = sentence.is_capitalised(person.first + 1) && person.last > person.first + 1;
                let name =
                    mention.name.as_ref().is_some_and(|_| is_first_name(first) || several && may_be_first_name(first));
                // "Has Silvio Conti been paused", "to Dame Felicity Marsh".
                const BEFORE: [&str; 14] = [
                    "has", "did", "is", "was", "does", "to", "with", "about", "from", "whether", "had", "will", "by",
                    "are",
                ];
                let asked = person.first > 0
                    && mention.name.is_some()
                    && several
                    && BEFORE.contains(&sentence.norm(person.first - 1))
                    && super::gazetteer::phrase(sentence, person.first, person.last).is_none();
                let firm = mention.company.is_some()
                    && (possessive(sentence, person.last)
                        || person.first > 0 && ["company", "about"].contains(&sentence.norm(person.first - 1)));
                name || asked || mention.email.is_some() || firm
            })
            .cloned()
            .collect();
        self.contacts(&certain);
    }

    /// Lists and campaigns by name or pointer.
    fn records(&mut self, verdict: &Verdict) {
        // What a note says names no record that is changed.
        if verdict.operation == "add_note" {
            return;
        }
        let mut found = verdict.references.clone();
        let questions = matches!(verdict.intent, Intent::Question | Intent::Other);
        if questions {
            records::complete(self.sentence, Verb::Tell, verdict.body.0, verdict.body.1, &mut found);
        }
        if verdict.intent == Intent::Other
            && ["none", "unknown", "small_talk", "follow_up"].contains(&verdict.operation)
        {
            return;
        }
        if verdict.operation == "create" && found.iter().all(|place| place.name.is_none()) {
            self.called_later(verdict);
        }
        if questions && found.iter().all(|place| place.name.is_none()) {
            found.extend(super::names::references(self.sentence, 0, verdict.clause.0).into_iter().filter(|place| {
                place.name.is_some() && (verdict.clause.0..verdict.clause.1).any(|at| self.sentence.norm(at) == "it")
            }));
        }
        self.lists(verdict, &found);
        for place in found.iter().filter(|place| place.kind == Kind::Campaign) {
            match place.name {
                Some(span) if self.details.campaign_name.is_none() => {
                    let name = self.sentence.text[span.0..span.1].to_owned();
                    self.note("campaign_name", name.clone().into(), span);
                    self.details.campaign_name = Some(name);
                }
                None if place.pointer != Pointer::New
                    && verdict.intent == Intent::CampaignStart
                    && found.iter().all(|other| other.kind != Kind::Campaign || other.name.is_none()) =>
                {
                    let first = place.first + usize::from(!place.preposition.is_empty());
                    self.campaign_ref(first, place.last);
                }
                _ => {}
            }
        }
        // A second record that no slot holds stays in what was not read.
        let shown = |place: &&Reference| {
            let name = place.name.map(|span| &self.sentence.text[span.0..span.1]);
            let slots =
                [&self.details.list_name, &self.details.second_list, &self.details.campaign_name, &self.details.filter];
            name.is_none_or(|name| slots.into_iter().any(|slot| slot.as_deref() == Some(name)))
        };
        let shown: Vec<_> = found.iter().filter(shown).map(|place| (place.first, place.last)).collect();
        self.taken.extend(shown);
        // "The text in campaign Gala Week is too long, please make it shorter".
        if verdict.operation == "revise_copy" && self.details.campaign_name.is_none() {
            self.text_before(verdict);
        }
        if verdict.intent == Intent::CampaignStart
            && self.details.campaign_name.is_none()
            && self.details.campaign_ref.is_none()
        {
            self.campaign_before(verdict);
        }
        if verdict.intent == Intent::CampaignStart
            && self.details.campaign_name.is_none()
            && self.details.campaign_ref.is_none()
        {
            self.campaign_pointer(verdict);
        }
    }

    /// "Don't launch IP News yet, just send me a test": the campaign that the words before it name.
    fn campaign_before(&mut self, verdict: &Verdict) {
        let (sentence, end) = (self.sentence, verdict.clause.0);
        let runs = |verb: Verb| {
            matches!(
                verb,
                Verb::Start | Verb::Pause | Verb::Resume | Verb::Stop | Verb::Schedule | Verb::Test | Verb::Send
            )
        };
        let body = (0..end).find_map(|at| {
            let (verb, count) = super::verbs::VERBS.longest(sentence, at).filter(|(verb, _)| runs(*verb))?;
            Some((verb, at + count))
        });
        let Some((verb, from)) = body else { return };
        let mut found = super::names::references(sentence, from, end);
        records::complete(sentence, verb, from, end, &mut found);
        if let Some(span) = found.iter().filter(|place| place.kind == Kind::Campaign).find_map(|place| place.name) {
            let name = sentence.text[span.0..span.1].to_owned();
            self.note("campaign_name", name.clone().into(), span);
            self.details.campaign_name = Some(name);
        }
    }

    /// The campaign whose text the words before a command name, where the command says "it".
    fn text_before(&mut self, verdict: &Verdict) {
        let (sentence, end) = (self.sentence, verdict.verb.0);
        let it = (end..verdict.clause.1).any(|at| ["it", "that", "this"].contains(&sentence.norm(at)));
        let mut found = super::names::references(sentence, 0, end);
        records::complete(sentence, Verb::Rework, 0, end, &mut found);
        let campaign = found.iter().filter(|place| place.kind == Kind::Campaign).find_map(|place| place.name);
        if let Some(span) = campaign.filter(|_| it) {
            let name = sentence.text[span.0..span.1].to_owned();
            self.note("campaign_name", name.clone().into(), span);
            self.details.campaign_name = Some(name);
        }
    }

    /// "Set up a list. Call it Alumni 2019."
    fn called_later(&mut self, verdict: &Verdict) {
        const CALLS: [&str; 12] = [
            "call it",
            "name it",
            "call the list",
            "name the list",
            "call the campaign",
            "name the campaign",
            "title it",
            "call this",
            "name should be",
            "the name is",
            "its name is",
            "called",
        ];
        let found = (verdict.body.0..self.sentence.words.len())
            .filter(|at| self.sentence.quote_of(*at).is_none())
            .find_map(|at| Some(at + self.sentence.longest_of(at, &CALLS)?));
        let Some((span, last)) = found.and_then(|at| super::names::name(self.sentence, at)) else { return };
        let name = self.sentence.text[span.0..span.1].to_owned();
        match verdict.intent {
            Intent::ListOperation => {
                self.note("list_name", name.clone().into(), span);
                self.details.list_name = Some(name);
            }
            Intent::CampaignCreate => {
                self.note("campaign_name", name.clone().into(), span);
                self.details.campaign_name = Some(name);
            }
            _ => return,
        }
        let first = self.sentence.words.partition_point(|word| word.start < span.0);
        self.taken.push((first.min(last.saturating_sub(1)), last));
    }

    /// "it", "all campaigns", "everything".
    fn campaign_pointer(&mut self, verdict: &Verdict) {
        const POINTERS: [&str; 14] = [
            "all campaigns",
            "all my campaigns",
            "all the campaigns",
            "all sequences",
            "every campaign",
            "all running campaigns",
            "all of them",
            "everything",
            "the campaigns",
            "all active campaigns",
            "my campaigns",
            "it",
            "this",
            "that",
        ];
        let body = verdict.body.0;
        // "all paused campaigns".
        const REACH: usize = 4;
        let all = (body..verdict.body.1).find_map(|at| {
            let every = ["all", "every", "each", "both", "any"].contains(&self.sentence.norm(at));
            let noun = (at + 1..verdict.body.1.min(at + REACH))
                .find(|word| super::names::kind(self.sentence, *word).is_some_and(|found| found.0 == Kind::Campaign));
            noun.filter(|_| every).map(|noun| (at, noun + 1))
        });
        if let Some((first, last)) = all {
            self.campaign_ref(first, last);
            return;
        }
        let at = (body..verdict.body.1).find(|at| {
            self.sentence.longest_of(*at, &POINTERS).is_some() && (*at == body || self.sentence.norm(*at) != "that")
        });
        if let Some(at) = at {
            let count = self.sentence.longest_of(at, &POINTERS).unwrap_or(1);
            self.campaign_ref(at, at + count);
        }
    }

    fn campaign_ref(&mut self, first: usize, last: usize) {
        let words = self.sentence.slice(first, last).to_owned();
        self.note("campaign_ref", words.clone().into(), self.sentence.span(first, last));
        self.details.campaign_ref = Some(words);
        self.taken.push((first, last));
    }

    /// The list that is worked on, and the other one where there are two.
    fn lists(&mut self, verdict: &Verdict, found: &[Reference]) {
        let named: Vec<&Reference> =
            found.iter().filter(|place| place.kind == Kind::List && place.name.is_some()).collect();
        let text = |place: &Reference| place.name.map(|span| (self.sentence.text[span.0..span.1].to_owned(), span));
        let to = |place: &&&Reference| ["to", "into", "onto", "on"].contains(&place.preposition);
        let Some(mut main) = named.first().copied() else { return };
        let moves = ["move", "copy"].contains(&verdict.operation);
        if moves || ["add", "import"].contains(&verdict.operation) {
            let into = |place: &&&Reference| ["to", "into", "onto"].contains(&place.preposition);
            main = named.iter().find(into).or_else(|| named.iter().find(to)).copied().unwrap_or(main);
        }
        let second = named.iter().copied().find(|place| place.first != main.first);
        // "off Alpha and Beta": both of them are meant.
        let beside = second.is_some_and(|second| {
            let (one, two) = if main.first < second.first { (main, second) } else { (second, main) };
            ["add", "remove", "delete", "clear", "export", "create"].contains(&verdict.operation)
                && two.first.checked_sub(1) == Some(one.last)
                && self.sentence.norm(one.last) == "and"
        });
        let (main, second) = (text(main), second.and_then(text));
        if let Some((name, span)) = main {
            self.note("list_name", name.clone().into(), span);
            self.details.list_name = Some(name);
        }
        match second {
            Some((name, span)) if moves => {
                self.note("filter", name.clone().into(), span);
                self.details.filter = Some(name);
            }
            Some((name, span)) if verdict.operation == "merge" || beside => {
                self.note("list_name", name.clone().into(), span);
                self.details.second_list = Some(name);
            }
            _ => {}
        }
    }

    fn list_operation(&mut self, verdict: &Verdict) {
        match verdict.operation {
            "rename" => self.new_name(verdict),
            "add" | "copy" | "move" => {
                let mut people = self.all_of_a_list(verdict);
                people.iter_mut().for_each(as_somebody);
                people.extend(self.it(verdict).filter(|_| people.is_empty()));
                self.contacts(&people);
            }
            "remove" => {
                let mut people = verdict.people.clone();
                people.iter_mut().for_each(as_somebody);
                people.extend(self.it(verdict).filter(|_| people.is_empty()));
                self.contacts(&people);
                self.every_list(verdict);
            }
            "create" => self.contacts(&verdict.people),
            "export" if self.details.list_name.is_none() => self.exported(verdict),
            _ => {}
        }
    }

    /// "remove it from the list": a record pointed at beside the list.
    fn it(&self, verdict: &Verdict) -> Option<Person> {
        let at = verdict.body.0;
        let beside = verdict.verb.0 < verdict.verb.1
            && verdict.references.iter().any(|found| found.first == at + 1 && !found.preposition.is_empty());
        (beside && self.sentence.norm(at) == "it").then(|| Person {
            mention: Mention { reference: Some(self.sentence.slice(at, at + 1).to_owned()), ..Mention::default() },
            first: at,
            last: at + 1,
            title: None,
            phone: None,
        })
    }

    /// "remove Jane from all lists": none is left open, and none is named.
    fn every_list(&mut self, verdict: &Verdict) {
        let (from, end) = verdict.body;
        let found = (from..end).find_map(|at| Some((at, self.sentence.longest_of(at, &EVERY_LIST)?)));
        let Some((at, count)) = found.filter(|_| self.details.list_name.is_none()) else { return };
        let words = self.sentence.slice(at, at + count).to_owned();
        self.note("filter", words.clone().into(), self.sentence.span(at, at + count));
        self.details.filter = Some(words);
        self.taken.push((at, at + count));
    }

    /// "add everyone from the Berlin list to Q2": whoever is on the first list.
    pub(super) fn all_of_a_list(&self, verdict: &Verdict) -> Vec<Person> {
        let mut people = verdict.people.clone();
        for person in &mut people {
            let all = person.mention.reference.as_ref().is_some_and(|words| {
                let words = words.to_lowercase();
                words.starts_with("every") || words.starts_with("all")
            });
            let list = verdict
                .references
                .iter()
                .find(|found| found.first == person.last && ["from", "of", "in", "on"].contains(&found.preposition));
            if let Some(list) = list.filter(|_| all) {
                let filter = Some(self.sentence.slice(person.first, list.last).to_owned());
                person.mention = Mention { filter, ..Mention::default() };
                person.last = list.last;
            }
        }
        people
    }

    /// "export contacts tagged VIP": a description of some of them.
    fn exported(&mut self, verdict: &Verdict) {
        let described =
            verdict.people.iter().find_map(|person| Some((person.mention.filter.clone()?, person.first, person.last)));
        let Some((filter, first, last)) = described else { return };
        if last < first + 3 && ["all", "my", "our"].contains(&self.sentence.norm(first)) {
            return;
        }
        self.note("filter", filter.clone().into(), self.sentence.span(first, last));
        self.details.filter = Some(filter);
        self.taken.push((first, last));
    }

    /// "rename the Q1 list to Q2".
    fn new_name(&mut self, verdict: &Verdict) {
        let end = verdict.body.1;
        let from = verdict.references.iter().map(|found| found.last).min().unwrap_or(verdict.body.0);
        // "Benenne Nord in Süd um".
        let foreign = self.sentence.is_translated(verdict.verb.0);
        let joined = (from..end).find(|at| {
            let word = self.sentence.norm(*at);
            ["to", "as", "into"].contains(&word) || foreign && word == "in"
        });
        let quoted =
            || (from..end).find(|at| self.sentence.quote_of(*at).is_some_and(|quote| quote.first == *at && *at > 0));
        // "call the Q1 list Q1 Archive from now on": the new name directly behind the old one.
        let called = || {
            let first = self.sentence.norm(verdict.verb.0);
            (["call", "name", "rename", "title"].contains(&first) && from > verdict.body.0).then(|| from - 1)
        };
        let Some(to) = joined.or_else(|| quoted().map(|at| at - 1)).or_else(called) else { return };
        if to + 1 >= end {
            return;
        }
        let (span, last) = match self.sentence.quote_of(to + 1).filter(|quote| quote.first == to + 1) {
            Some(quote) => ((quote.start, quote.end), quote.last),
            None => {
                let last = (to + 2..end)
                    .find(|at| {
                        self.sentence.before(*at) >= Break::Comma
                            || self.sentence.longest_of(*at, &["please", "instead", "from now on", "thanks"]).is_some()
                    })
                    .unwrap_or(end);
                (self.sentence.span(to + 1, last), last)
            }
        };
        let name = self.sentence.text[span.0..span.1].to_owned();
        self.note("changes.name", name.clone().into(), span);
        self.details.changes.insert("name".to_owned(), Some(name));
        self.taken.push((to, last));
    }

    /// "stop the Spring sequence for Jane Doe" is about her: the campaign goes on for everybody else.
    fn one_person_only(&mut self, verdict: &Verdict) {
        let narrowed = match verdict.operation {
            "pause" => "pause_contact",
            "resume" => "resume_contact",
            "stop" => "remove",
            _ => return,
        };
        let person = |mention: &Mention| mention.name.is_some() || mention.email.is_some();
        if !self.details.contacts.iter().any(person) {
            return;
        }
        for entry in self.provenance.iter_mut().filter(|entry| entry.slot == "operation") {
            entry.value = narrowed.into();
        }
        self.details.operation = Some(narrowed.to_owned());
    }

    pub(super) fn change(&mut self, change: &Change) {
        let value = change.value.map(|(start, stop)| self.sentence.text[start..stop].to_owned());
        let slot = format!("changes.{}", change.field);
        let span = change.value.unwrap_or(self.sentence.span(change.words.0, change.words.1));
        self.note(&slot, value.clone().into(), span);
        self.details.changes.insert(change.field.to_owned(), value);
        self.taken.push(change.words);
    }

    pub(super) fn operation(&mut self, operation: &str) {
        for entry in self.provenance.iter_mut().filter(|entry| entry.slot == "operation") {
            entry.value = operation.into();
        }
        self.details.operation = Some(operation.to_owned());
    }

    /// Contacts and companies, and an id that stands in the body.
    pub(super) fn contacts(&mut self, people: &[Person]) {
        // "her" next to a name only repeats it.
        let named = people.iter().any(|person| person.mention.reference.is_none());
        let people: Vec<&Person> =
            people.iter().filter(|person| !named || person.mention.reference.is_none()).collect();
        let from = self.sentence.clauses.first().map_or(0, |clause| clause.0);
        let id = id_at(self.sentence, from, self.sentence.words.len());
        if let Some((first, last)) = id {
            let id = Some(self.sentence.slice(first, last).to_owned());
            self.contact(Mention { id, ..Mention::default() }, first, last);
        }
        for person in people {
            if id.is_some_and(|(first, last)| person.first < last && first < person.last) {
                continue;
            }
            self.contact(person.mention.clone(), person.first, person.last);
        }
    }

    fn contact(&mut self, mention: Mention, first: usize, last: usize) {
        if self.details.contacts.contains(&mention) {
            return;
        }
        let value = serde_json::to_value(&mention).unwrap_or_default();
        self.note("contacts", value, self.sentence.span(first, last));
        self.details.contacts.push(mention);
        self.taken.push((first, last));
    }

    /// Takes the contacts back, with what was said about them.
    pub(super) fn drop_contacts(&mut self) {
        self.details.contacts.clear();
        self.provenance.retain(|entry| entry.slot != "contacts");
    }

    /// Content words of the clause that no slot took.
    pub(super) fn unread(&self, (from, to): (usize, usize), small: &dyn Fn(usize) -> bool) -> Vec<String> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in from..to {
            if small(at) || self.taken.iter().any(|run| run.0 <= at && at < run.1) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.1 == at && self.sentence.before(at) < Break::Comma => run.1 = at + 1,
                _ => runs.push((at, at + 1)),
            }
        }
        runs.into_iter().map(|(first, last)| self.sentence.slice(first, last).to_owned()).collect()
    }
}

/// A word that no table of everyday language or of the trade knows.
pub(super) fn is_strange(sentence: &Sentence<'_>, at: usize, end: usize) -> bool {
    let word = sentence.norm(at);
    super::people::is_unknown(sentence, at, end) && word.len() > 1 && sentence.quote_of(at).is_none()
}

/// The id that stands among the words `from..end`: its words.
pub(super) fn id_at(sentence: &Sentence<'_>, from: usize, end: usize) -> Option<(usize, usize)> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    (from..end.saturating_sub(GROUPS.len() - 1)).find_map(|at| {
        let fits = GROUPS.iter().enumerate().all(|(n, length)| {
            let raw = sentence.raw(at + n);
            raw.len() == *length
                && raw.bytes().all(|byte| byte.is_ascii_hexdigit())
                && (n == 0 || sentence.before(at + n) == Break::Hyphen)
        });
        fits.then_some((at, at + GROUPS.len()))
    })
}

/// "note that Jane prefers e-mail": the text begins directly behind the verb.
pub(super) fn says_note(sentence: &Sentence<'_>, body: usize) -> bool {
    body > 0
        && (sentence.norm(body - 1) == "that"
            || (sentence.norm(body - 1) == "note"
                && body == 1
                && sentence.norm(body) != "for"
                && sentence.norm(body) != "on"))
}

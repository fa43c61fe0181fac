//! The slots of every intent but `prospect_search`: which list, campaign, contact, field and value.
//!
//! Protects "inventing a value is an error": only what stands in the sentence is taken, and a record
//! that is pointed at without a name makes Lexi ask.

use super::changes::{Change, fields, updates, web_address};
use super::findings::evidence;
use super::given_names::{is_first_name, may_be_first_name};
use super::intent::Verdict;
use super::moods::QUESTIONS;
use super::names::{Kind, Pointer, Reference};
use super::people::{Person, phone, possessive};
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
            let all = reading.details.list_name.is_some();
            let everyone = |person: &&Person| {
                person.mention.reference.as_ref().is_some_and(|words| words.to_lowercase().starts_with("every"))
            };
            let people: Vec<Person> =
                verdict.people.iter().filter(|person| !(all && everyone(person))).cloned().collect();
            reading.contacts(&people);
            reading.one_person_only(verdict);
            reading.schedule(verdict);
        }
        Intent::CampaignCreate => reading.campaign(verdict),
        Intent::Other => {
            const PERSONAL: [&str; 9] =
                ["enrich", "send", "todo", "meeting", "reply", "log_activity", "deal", "suppress", "settings"];
            if PERSONAL.contains(&verdict.operation) && (verdict.verb.0 < verdict.verb.1 || verdict.operation == "todo")
            {
                reading.contacts(&named_only(&verdict.people));
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
        let certain: Vec<Person> = verdict
            .people
            .iter()
            .filter(|person| {
                let mention = &person.mention;
                let first = sentence.norm(person.first);
                let several = sentence.is_capitalised(person.first + 1) && person.last > person.first + 1;
                let name =
                    mention.name.as_ref().is_some_and(|_| is_first_name(first) || several && may_be_first_name(first));
                let firm = mention.company.is_some()
                    && (possessive(sentence, person.last)
                        || person.first > 0 && ["company", "about"].contains(&sentence.norm(person.first - 1)));
                name || mention.email.is_some() || firm
            })
            .cloned()
            .collect();
        self.contacts(&certain);
    }

    /// Lists and campaigns by name or pointer.
    fn records(&mut self, verdict: &Verdict) {
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
        self.taken.extend(found.iter().map(|place| (place.first, place.last)));
        if verdict.intent == Intent::CampaignStart
            && self.details.campaign_name.is_none()
            && self.details.campaign_ref.is_none()
        {
            self.campaign_pointer(verdict);
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
        self.taken.push((last.saturating_sub(1), last));
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
            main = named.iter().find(to).copied().unwrap_or(main);
        }
        let second = named.iter().copied().find(|place| place.first != main.first);
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
            Some((name, span)) if verdict.operation == "merge" => {
                self.note("list_name", name.clone().into(), span);
                self.details.second_list = Some(name);
            }
            _ => {}
        }
    }

    fn list_operation(&mut self, verdict: &Verdict) {
        match verdict.operation {
            "rename" => self.new_name(verdict),
            "add" | "remove" | "move" | "copy" | "create" => self.contacts(&verdict.people),
            _ => {}
        }
    }

    /// "rename the Q1 list to Q2".
    fn new_name(&mut self, verdict: &Verdict) {
        let end = verdict.body.1;
        let from = verdict.references.iter().map(|found| found.last).min().unwrap_or(verdict.body.0);
        let Some(to) = (from..end).find(|at| ["to", "as", "into"].contains(&self.sentence.norm(*at))) else { return };
        if to + 1 >= end {
            return;
        }
        let (span, last) = match self.sentence.quote_of(to + 1).filter(|quote| quote.first == to + 1) {
            Some(quote) => ((quote.start, quote.end), quote.last),
            None => {
                let last = (to + 2..end)
                    .find(|at| {
                        self.sentence.before(*at) >= Break::Comma
                            || ["please", "instead"].contains(&self.sentence.norm(*at))
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

    fn contact_update(&mut self, verdict: &Verdict) {
        let (from, end) = verdict.body;
        let mut people = verdict.people.clone();
        match verdict.operation {
            "add_note" => self.note_text(verdict, &mut people),
            "tag" | "untag" => self.tag(verdict, &mut people),
            "reassign" => self.owner(&mut people),
            "clear_field" => {
                for (field, first, last) in fields(self.sentence, from, end, &people) {
                    self.change(&Change { field, value: None, words: (first, last) });
                }
            }
            "create" => self.created(verdict, &mut people),
            "update" if !verdict.news.is_empty() => verdict.news.iter().for_each(|change| self.change(change)),
            "update" => self.updated(verdict, &mut people),
            _ => {}
        }
        if people.is_empty() {
            people.extend(self.unknown_name(verdict));
        }
        if people.is_empty() && ["update", "clear_field", "delete", "tag", "untag"].contains(&verdict.operation) {
            people.extend(self.named_before(verdict));
        }
        self.contacts(&people);
    }

    /// "The city on Omar's record is wrong. Delete the city": whoever the sentences before it name last.
    fn named_before(&self, verdict: &Verdict) -> Option<Person> {
        let end = verdict.clause.0;
        super::people::mentions(self.sentence, 0, end, &[])
            .into_iter()
            .rfind(|person| person.mention.name.is_some() || person.mention.email.is_some())
    }

    fn updated(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (from, end) = verdict.body;
        let changes = self.values(verdict, people);
        people.retain(|person| !changes.iter().any(|change| self.within(person, change)));
        if changes.is_empty() {
            self.state(verdict, people);
        }
        for person in people.iter_mut() {
            let stated = person.mention.email.clone();
            let given = changes.iter().any(|change| {
                change.value.is_some_and(|(start, stop)| Some(&self.sentence.text[start..stop]) == stated.as_deref())
            });
            if given && person.mention.name.is_some() {
                person.mention.email = None;
            }
        }
        let cleared = !changes.is_empty() && changes.iter().all(|change| change.value.is_none());
        changes.iter().for_each(|change| self.change(change));
        if changes.is_empty() && people.is_empty() {
            // What is to be changed is said, although not to what.
            for (_, first, last) in fields(self.sentence, from, end, people) {
                self.taken.push((first, last));
            }
        }
        if cleared {
            self.operation("clear_field");
        }
    }

    /// The new values: of the clause, or of the next one ("Can you change Mia's e-mail? New one is …").
    fn values(&self, verdict: &Verdict, people: &mut Vec<Person>) -> Vec<Change> {
        let (from, end) = verdict.body;
        let found = updates(self.sentence, from, end, people);
        if !found.is_empty() {
            return found;
        }
        // A person that holds the address, as in "update Jane's e-mail jane@new.com", gives it back.
        let bare: Vec<Person> = people
            .iter()
            .map(|person| {
                let name = self.sentence.words.partition_point(|word| {
                    let length = person.mention.name.as_ref().map_or(0, String::len);
                    word.start < self.sentence.words[person.first].start + length.max(1)
                });
                Person {
                    mention: Mention { email: None, company: person.mention.company.clone(), ..person.mention.clone() },
                    last: name.max(person.first + 1),
                    ..person.clone()
                }
            })
            .collect();
        let found = updates(self.sentence, from, end, &bare);
        if !found.is_empty() {
            *people = bare;
            people.retain(|person| person.mention != Mention::default());
        }
        found
    }

    fn within(&self, person: &Person, change: &Change) -> bool {
        let start = self.sentence.words[person.first].start;
        change.value.is_some_and(|(from, to)| from <= start && start < to)
    }

    /// "mark Jane Doe as customer".
    fn state(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (from, end) = verdict.body;
        let Some(at) = (from..end).find(|at| ["as", "to"].contains(&self.sentence.norm(*at))) else { return };
        let first = at + 1 + usize::from(["a", "an", "the"].contains(&self.sentence.norm(at + 1)));
        let last = (first..end)
            .find(|at| {
                self.sentence.before(*at) >= Break::Comma && *at > first
                    || ["please", "in", "for"].contains(&self.sentence.norm(*at))
            })
            .unwrap_or(end);
        if first < last {
            let value = match self.sentence.quote_of(first) {
                Some(quote) => (quote.start, quote.end),
                None => self.sentence.span(first, last),
            };
            let change = Change { field: "status", value: Some(value), words: (at, last) };
            people.retain(|person| !self.within(person, &change));
            self.change(&change);
        }
    }

    /// What stands beside a new contact's name.
    fn created(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        // The rest may stand in the next sentence: "Put Jane in the CRM. Her e-mail is …".
        let next = sentence.clauses.iter().copied().find(|clause| clause.0 >= end);
        let mut changes = updates(sentence, from, end, people);
        if let Some((first, last)) = next {
            if (first..last).any(|at| ["her", "his", "their", "email", "phone", "title"].contains(&sentence.norm(at))) {
                changes.extend(updates(sentence, first, last, people));
            }
        }
        changes.retain(|change| change.value.is_some());
        let placed = self.based_in(verdict);
        changes.extend(placed);
        people.retain(|person| !changes.iter().any(|change| self.within(person, change)));
        for change in &changes {
            let value = change.value.map(|(start, stop)| sentence.text[start..stop].to_owned());
            match (change.field, people.first_mut()) {
                ("email", Some(person)) if person.mention.email.is_none() => {
                    person.mention.email = value;
                    self.taken.push(change.words);
                }
                ("email", _) => {}
                ("company", Some(person)) if person.mention.company.is_none() => {
                    person.mention.company = value;
                    self.taken.push(change.words);
                }
                ("name", _) => {}
                _ => self.change(change),
            }
        }
        if let [person] = people.as_slice() {
            let (title, number) = (person.title, person.phone);
            if let Some((first, last)) = title {
                self.change(&Change { field: "title", value: Some(sentence.span(first, last)), words: (first, last) });
            }
            if let Some(span) = number {
                self.change(&Change { field: "phone", value: Some(span), words: (person.first, person.last) });
            }
            self.loose_values(verdict, &person.clone());
        }
    }

    /// A title behind "as", a profile or number that stands alone.
    fn loose_values(&mut self, verdict: &Verdict, person: &Person) {
        let sentence = self.sentence;
        for at in person.last..verdict.body.1 {
            if self.taken.iter().any(|run| run.0 <= at && at < run.1) {
                continue;
            }
            let has = |field: &str| self.details.changes.contains_key(field);
            if sentence.norm(at).contains("linkedin.com") && !has("linkedin_url") {
                let span = web_address(sentence, at);
                self.change(&Change { field: "linkedin_url", value: Some(span), words: (at, at + 1) });
            } else if sentence.norm(at) == "as" && !has("title") {
                let first = at + 1 + usize::from(["a", "an", "the", "our"].contains(&sentence.norm(at + 1)));
                if let Some(last) = super::people::title_run(sentence, first, verdict.body.1) {
                    self.change(&Change { field: "title", value: Some(sentence.span(first, last)), words: (at, last) });
                }
            } else if let Some((span, last)) = phone(sentence, at, verdict.body.1).filter(|_| !has("phone")) {
                self.change(&Change { field: "phone", value: Some(span), words: (at, last) });
            }
        }
    }

    /// "based in Munich, Germany".
    fn based_in(&self, verdict: &Verdict) -> Vec<Change> {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let Some((at, count)) = (from..end).find_map(|at| {
            Some((at, sentence.longest_of(at, &["based in", "located in", "headquartered in", "from the city of"])?))
        }) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut first = at + count;
        let place = |first: usize, last: usize| sentence.span(first, last);
        if let Some((words, _)) = super::places::table().longest(sentence.words.get(first..end).unwrap_or(&[])) {
            let last = first + words;
            let country = super::places::country(sentence.slice(first, last)).is_some();
            found.push(Change {
                field: if country { "country" } else { "city" },
                value: Some(place(first, last)),
                words: (at, last),
            });
            first = last;
        }
        if first < end && sentence.before(first) == Break::Comma && !found.is_empty() {
            if let Some((words, _)) = super::places::table().longest(sentence.words.get(first..end).unwrap_or(&[])) {
                let last = first + words;
                let country = super::places::country(sentence.slice(first, last)).is_some();
                found.push(Change {
                    field: if country { "country" } else { "state" },
                    value: Some(place(first, last)),
                    words: (first, last),
                });
            }
        }
        found
    }

    /// "assign Acme to Maria", "make Maria the owner of Bob".
    fn owner(&mut self, people: &mut Vec<Person>) {
        let sentence = self.sentence;
        let before =
            |person: &Person, words: &[&str]| person.first > 0 && words.contains(&sentence.norm(person.first - 1));
        let owns = |person: &Person| {
            sentence
                .longest_of(
                    person.last,
                    &[
                        "the owner",
                        "owner",
                        "as owner",
                        "the account owner",
                        "as the owner",
                        "as account owner",
                        "the new owner",
                        "own",
                        "as the account owner",
                        "take over",
                    ],
                )
                .is_some()
        };
        let at = people
            .iter()
            .rposition(|person| before(person, &["to"]))
            .or_else(|| people.iter().position(owns))
            .or_else(|| people.iter().rposition(|person| before(person, &["is", "be", "as", "with"])));
        let Some(at) = at else { return };
        let owner = people.remove(at);
        let span = sentence.span(owner.first, owner.last);
        let value = sentence.text[span.0..span.1].to_owned();
        self.note("changes.owner", value.clone().into(), span);
        self.details.changes.insert("owner".to_owned(), Some(value));
        self.taken.push((owner.first, owner.last));
    }

    fn note_text(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (body, end) = verdict.body;
        let sentence = self.sentence;
        let colon = (body..end)
            .find(|at| sentence.gap(*at).contains(':') || (*at > body && sentence.before(*at) == Break::Dash));
        let quoted = sentence.quotes.iter().find(|quote| quote.first >= body && quote.last <= end);
        const SAYING: [&str; 12] = [
            "saying",
            "that says",
            "that",
            "saying that",
            "stating that",
            "stating",
            "which says",
            "reading",
            "to say",
            "to say that",
            "about",
            "with the text",
        ];
        let noting = (says_note(sentence, body) && body < end).then_some(body);
        let saying = noting.or_else(|| {
            (body..end)
                .filter(|at| sentence.quote_of(*at).is_none())
                .find_map(|at| Some(at + sentence.longest_of(at, &SAYING)?))
        });
        let (first, span) = match (colon, quoted, saying) {
            (Some(at), Some(quote), _) if quote.first == at => (at, (quote.start, quote.end)),
            (Some(at), _, _) => (at, self.to_the_end(at)),
            (None, Some(quote), _) => (quote.first, (quote.start, quote.end)),
            (None, None, Some(at)) if at < end => (at, sentence.span(at, end)),
            _ => return,
        };
        let text = sentence.text[span.0..span.1].to_owned();
        self.note("changes.note", text.clone().into(), span);
        self.details.changes.insert("note".to_owned(), Some(text));
        let stop = sentence.words.partition_point(|word| word.start < span.1);
        self.taken.push((first, stop));
        let outside = |person: &Person| person.first < first || person.first >= stop;
        let subject = people.iter().position(|person| person.first == first && noting.is_some() && colon.is_none());
        let subject = subject.map(|at| people[at].clone());
        people.retain(outside);
        if people.is_empty() {
            people.extend(subject);
        }
    }

    /// A note behind a colon goes on to the end of the text.
    fn to_the_end(&self, at: usize) -> (usize, usize) {
        let (start, _) = self.sentence.span(at, at + 1);
        let last = self.sentence.clauses.last().map_or(at + 1, |clause| clause.1);
        let end = self.sentence.span(last.max(at + 1) - 1, last).1;
        (start, end)
    }

    fn tag(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (body, end) = verdict.body;
        let sentence = self.sentence;
        let inside = |at: usize| {
            people.iter().any(|person| person.first <= at && at < person.last && person.mention.filter.is_some())
        };
        let quoted = sentence
            .quotes
            .iter()
            .find(|quote| quote.first >= body && quote.last <= end && !inside(quote.first))
            .copied();
        let found = quoted
            .map(|quote| ((quote.start, quote.end), (quote.first, quote.last)))
            .or_else(|| self.tag_words(verdict, people).map(|words| (sentence.span(words.0, words.1), words)));
        if let Some((span, (first, last))) = found {
            let tag = sentence.text[span.0..span.1].to_owned();
            self.note("changes.tag", tag.clone().into(), span);
            self.details.changes.insert("tag".to_owned(), Some(tag));
            people.retain(|person| person.first < first || person.first >= last);
            self.taken.push((first, last));
        }
    }

    /// "as VIP", "with the tag VIP", "the VIP tag", "label Jane Doe VIP".
    fn tag_words(&self, verdict: &Verdict, people: &[Person]) -> Option<(usize, usize)> {
        let (body, end) = verdict.body;
        let sentence = self.sentence;
        const STOPS: [&str; 9] = ["to", "from", "on", "off", "for", "of", "in", "please", "as"];
        let until = |from: usize| {
            (from..end)
                .find(|at| STOPS.contains(&sentence.norm(*at)) || *at > from && sentence.before(*at) >= Break::Comma)
                .unwrap_or(end)
        };
        let noun = (body..end).find(|at| ["tag", "tags", "label"].contains(&sentence.norm(*at)));
        if let Some(noun) = noun {
            let last = until(noun + 1);
            if last > noun + 1 {
                return Some((noun + 1, last));
            }
            let before = (body..noun).rev().find(|at| ["the", "a", "an", "as", "with"].contains(&sentence.norm(*at)));
            let first = before.map_or(body, |at| at + 1);
            if first < noun
                && !people.iter().any(|person| {
                    person.first < noun
                        && first < person.last
                        && person.mention.filter.is_none()
                        && possessive(sentence, person.last)
                })
            {
                return Some((first, noun));
            }
        }
        let by = (body..end)
            .filter(|at| !people.iter().any(|person| person.first <= *at && *at < person.last))
            .find(|at| ["as", "with"].contains(&sentence.norm(*at)));
        let first = match by {
            Some(at) => at + 1 + usize::from(["a", "an", "the"].contains(&sentence.norm(at + 1))),
            None => {
                people.first().filter(|person| person.mention.name.is_some() || person.mention.filter.is_some())?.last
            }
        };
        let last = until(first);
        (first < last).then_some((first, last))
    }

    pub(super) fn change(&mut self, change: &Change) {
        let value = change.value.map(|(start, stop)| self.sentence.text[start..stop].to_owned());
        let slot = format!("changes.{}", change.field);
        let span = change.value.unwrap_or(self.sentence.span(change.words.0, change.words.1));
        self.note(&slot, value.clone().into(), span);
        self.details.changes.insert(change.field.to_owned(), value);
        self.taken.push(change.words);
    }

    fn operation(&mut self, operation: &str) {
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

    /// "delete xu wei": the object of a command about contacts, when no table knows it.
    fn unknown_name(&self, verdict: &Verdict) -> Option<Person> {
        const LONGEST: usize = 3;
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let noun = (from..end.min(from + 2))
            .take_while(|at| ["contact", "the", "person", "client"].contains(&sentence.norm(*at)))
            .count();
        if let Some(quote) = sentence.quote_of(from + noun) {
            let whole =
                quote.first >= from && !self.taken.iter().any(|run| run.0 <= quote.first && quote.first < run.1);
            let name = Some(sentence.text[quote.start..quote.end].to_owned());
            return whole.then(|| Person {
                mention: Mention { name, ..Mention::default() },
                first: quote.first,
                last: quote.last,
                title: None,
                phone: None,
            });
        }
        if !["delete", "merge", "reassign", "create"].contains(&verdict.operation)
            || id_at(sentence, from, end).is_some()
        {
            return None;
        }
        let first = from
            + sentence
                .longest_of(from, &["the contact", "contact", "the person", "person", "client", "lead"])
                .unwrap_or(0);
        let mut last = first;
        while last < end
            && last < first + LONGEST
            && (last == first || sentence.before(last) < Break::Comma)
            && is_strange(sentence, last, end)
        {
            last += 1;
        }
        let over = last >= end
            || sentence.before(last) >= Break::Comma
            || ["from", "please", "in", "at"].contains(&sentence.norm(last));
        if last == first || !over || self.taken.iter().any(|run| run.0 < last && first < run.1) {
            return None;
        }
        let name = Some(sentence.slice(first, last).to_owned());
        Some(Person { mention: Mention { name, ..Mention::default() }, first, last, title: None, phone: None })
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
fn is_strange(sentence: &Sentence<'_>, at: usize, end: usize) -> bool {
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
fn says_note(sentence: &Sentence<'_>, body: usize) -> bool {
    body > 0
        && (sentence.norm(body - 1) == "that"
            || (sentence.norm(body - 1) == "note"
                && body == 1
                && sentence.norm(body) != "for"
                && sentence.norm(body) != "on"))
}

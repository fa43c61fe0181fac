//! The slots of every intent but `prospect_search`: which list, campaign, contact, field and value.
//!
//! Protects "inventing a value is an error": only what stands in the sentence is taken, and a record
//! that is pointed at without a name makes Lexi ask.

use std::collections::BTreeMap;

use super::findings::evidence;
use super::gazetteer;
use super::intent::Verdict;
use super::names::{Kind, Pointer, reference};
use super::phrasebook::{Choices, Words};
use super::request::{Details, Intent, Mention, Provenance};
use super::sentence::Sentence;
use super::verbs::QUESTIONS;
use super::words::Break;

/// Words for a time that a campaign or reminder may be set to.
static TIMES: Words = Words::of(
    "tomorrow|today|tonight|next week|next month|next monday|next tuesday|next wednesday|next thursday|\
     next friday|on monday|on tuesday|on wednesday|on thursday|on friday|monday|tuesday|wednesday|thursday|\
     friday|this week|later|in two weeks|in a week|until|in 2 weeks|every monday|right now|immediately|\
     at noon",
);

/// Fields of a contact under the names the API has, and what people call them.
static FIELDS: Choices<&str> = Choices::of(&[
    ("email", "email address|email|e mail|emails"),
    ("phone", "phone number|phone|mobile number|mobile|cell|telephone number"),
    ("title", "job title|title|role|position"),
    ("linkedin_url", "linkedin url|linkedin|linkedin profile"),
    ("first_name", "first name"),
    ("last_name", "last name|surname"),
    ("name", "name|full name"),
    ("company", "company name|company|employer"),
    ("city", "city"),
    ("state", "state"),
    ("country", "country"),
    ("status", "status|lead status|stage"),
    ("owner", "owner"),
    ("website", "website|domain"),
]);

/// Capitalised words that are nobody's name.
static NO_NAMES: Words = Words::of(
    "i|lexi|linkedin|crm|vip|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|\
     april|june|july|august|september|october|november",
);

/// Nouns for several records that a description may follow.
const DESCRIBED: [&str; 8] =
    ["contacts", "customers", "clients", "leads", "people", "companies", "prospects", "members"];

/// The slots of a request that is no search, and where each stands.
pub(super) struct Reading<'s> {
    sentence: &'s Sentence<'s>,
    pub(super) details: Details,
    pub(super) provenance: Vec<Provenance>,
    /// Words that stand in a slot.
    taken: Vec<(usize, usize)>,
}

/// Reads the details of `verdict`.
pub(super) fn read<'s>(sentence: &'s Sentence<'s>, verdict: &Verdict) -> Reading<'s> {
    let mut reading = Reading { sentence, details: Details::default(), provenance: Vec::new(), taken: Vec::new() };
    let (from, to) = verdict.clause;
    let verb = if verdict.verb.0 < verdict.verb.1 { verdict.verb } else { verdict.clause };
    match verdict.intent {
        Intent::Question => reading.topic(
            if verdict.verb.1 < to && verdict.operation == "lookup" { topic_from(sentence, verdict) } else { from },
            to,
        ),
        Intent::Other => {
            let action = verdict.operation.to_owned();
            reading.note("action", action.clone().into(), sentence.span(verb.0, verb.1));
            reading.details.action = Some(action);
            if verdict.operation != "unknown" {
                reading.taken.push(verb);
            }
        }
        _ => {
            let operation = verdict.operation.to_owned();
            reading.note("operation", operation.clone().into(), sentence.span(verb.0, verb.1));
            reading.details.operation = Some(operation);
            reading.taken.push(verb);
        }
    }
    if verdict.intent != Intent::Question {
        reading.records(verdict);
    }
    if verdict.intent == Intent::ContactUpdate {
        reading.changes(verdict);
    }
    if verdict.intent == Intent::CampaignCreate {
        reading.campaign_topic(verdict);
    }
    let whole_lists = ["rename", "merge", "delete", "clear", "export", "import"];
    let lists = verdict.intent == Intent::ListOperation && whole_lists.contains(&verdict.operation);
    if lists && verdict.operation == "rename" {
        reading.new_name(verdict);
    }
    let personal = ["write_copy", "enrich", "send", "todo", "meeting", "reply", "log_activity", "deal"];
    if (matches!(verdict.intent, Intent::ContactUpdate | Intent::ListOperation | Intent::CampaignStart) && !lists)
        || personal.contains(&verdict.operation)
    {
        reading.contacts(verdict);
        reading.one_person_only(verdict);
    }
    if matches!(verdict.intent, Intent::CampaignStart | Intent::CampaignCreate | Intent::Other) {
        reading.schedule(verdict);
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

impl Reading<'_> {
    fn note(&mut self, slot: &str, value: serde_json::Value, span: (usize, usize)) {
        self.provenance.push(evidence(self.sentence, slot, value, span));
    }

    fn topic(&mut self, from: usize, to: usize) {
        if from >= to {
            return;
        }
        let topic = self.sentence.slice(from, to).to_owned();
        self.note("topic", topic.clone().into(), self.sentence.span(from, to));
        self.details.topic = Some(topic);
        self.taken.push((from, to));
    }

    fn records(&mut self, verdict: &Verdict) {
        for found in &verdict.references {
            let text = found.name.map(|(start, end)| self.sentence.text[start..end].to_owned());
            match (found.kind, text, found.name) {
                (Kind::List, Some(name), Some(span)) if self.details.list_name.is_none() => {
                    self.note("list_name", name.clone().into(), span);
                    self.details.list_name = Some(name);
                }
                (Kind::Campaign, Some(name), Some(span)) if self.details.campaign_name.is_none() => {
                    self.note("campaign_name", name.clone().into(), span);
                    self.details.campaign_name = Some(name);
                }
                (Kind::Campaign, None, _)
                    if found.pointer != Pointer::New && verdict.intent == Intent::CampaignStart =>
                {
                    let words = self.sentence.slice(found.first, found.last).to_owned();
                    self.note("campaign_ref", words.clone().into(), self.sentence.span(found.first, found.last));
                    self.details.campaign_ref = Some(words);
                }
                _ => {}
            }
            self.taken.push((found.first, found.last));
        }
        let body = verdict.verb.1;
        let pointed = ["it", "this", "that"].contains(&self.sentence.norm(body));
        if verdict.intent == Intent::CampaignStart
            && pointed
            && self.details.campaign_name.is_none()
            && self.details.campaign_ref.is_none()
        {
            let word = self.sentence.raw(body).to_owned();
            self.note("campaign_ref", word.clone().into(), self.sentence.span(body, body + 1));
            self.details.campaign_ref = Some(word);
            self.taken.push((body, body + 1));
        }
        if verdict.intent == Intent::CampaignCreate && self.details.list_name.is_some() {
            self.audience(verdict);
        }
    }

    fn audience(&mut self, verdict: &Verdict) {
        let Some(list) = verdict.references.iter().find(|found| found.kind == Kind::List && found.name.is_some())
        else {
            return;
        };
        let first = list.first + usize::from(!list.preposition.is_empty());
        let words = self.sentence.slice(first, list.last).to_owned();
        self.note("audience", words.clone().into(), self.sentence.span(first, list.last));
        self.details.audience = Some(words);
    }

    /// "rename the Q1 list to Q2".
    fn new_name(&mut self, verdict: &Verdict) {
        let (_, end) = verdict.clause;
        let from = verdict.references.first().map_or(verdict.verb.1, |found| found.last);
        let Some(to) = (from..end).find(|at| ["to", "as", "into"].contains(&self.sentence.norm(*at))) else { return };
        if to + 1 < end {
            let (start, stop) = self.value(to + 1, end);
            let name = self.sentence.text[start..stop].to_owned();
            self.note("changes.name", name.clone().into(), (start, stop));
            self.details.changes.insert("name".to_owned(), Some(name));
            self.taken.push((to, end));
        }
    }

    /// "stop the Spring sequence for Jane Doe" is about her: the campaign goes on for everybody else.
    fn one_person_only(&mut self, verdict: &Verdict) {
        let narrowed = match verdict.operation {
            "pause" => "pause_contact",
            "resume" => "resume_contact",
            "stop" => "remove",
            _ => return,
        };
        if verdict.intent != Intent::CampaignStart || self.details.contacts.is_empty() {
            return;
        }
        for entry in self.provenance.iter_mut().filter(|entry| entry.slot == "operation") {
            entry.value = narrowed.into();
        }
        self.details.operation = Some(narrowed.to_owned());
    }

    /// "… about legal automation".
    fn campaign_topic(&mut self, verdict: &Verdict) {
        let (_, end) = verdict.clause;
        let about = (verdict.verb.1..end).find(|at| {
            self.sentence.quote_of(*at).is_none()
                && self.sentence.longest_of(*at, &["about", "on", "regarding", "promoting"]).is_some()
        });
        if let Some(about) = about {
            let last = (about + 1..end)
                .find(|at| {
                    self.sentence.before(*at) >= Break::Comma
                        || reference(self.sentence, *at).is_some_and(|found| !found.preposition.is_empty())
                })
                .unwrap_or(end);
            self.topic(about + 1, last);
        }
        let test = (verdict.verb.1..end)
            .find(|at| self.sentence.longest_of(*at, &["ab test", "a b test", "split test"]).is_some());
        if let Some(test) = test {
            let words = self.sentence.slice(test, end).to_owned();
            self.note("ab_test", words.clone().into(), self.sentence.span(test, end));
            self.details.ab_test = Some(words);
        }
        for at in verdict.verb.1..end {
            let Some(quantity) = super::numbers::quantity(self.sentence, at) else { continue };
            let step = ["step", "steps", "email", "emails", "touch", "touches", "part", "stage"]
                .contains(&self.sentence.norm(quantity.last));
            if let Some(steps) = quantity.plain.filter(|_| step).and_then(|value| u32::try_from(value).ok()) {
                self.note("steps", steps.into(), (quantity.start, quantity.end));
                self.details.steps = Some(steps);
                break;
            }
        }
    }

    /// Note texts, new values and fields to clear.
    fn changes(&mut self, verdict: &Verdict) {
        let (_, end) = verdict.clause;
        let body = verdict.verb.1;
        match verdict.operation {
            "add_note" => self.note_text(body, end),
            "clear_field" => {
                if let Some((field, first, last)) = self.field(body, end) {
                    self.change(field, None, (first, last));
                }
            }
            "tag" | "untag" => self.tag(verdict),
            "update" | "create" => {
                let Some((field, first, last)) = self.field(body, end) else { return };
                let to = (last..end).find(|at| {
                    ["to", "is", "as"].contains(&self.sentence.norm(*at))
                        || (*at == last && self.sentence.gap(last).contains(':'))
                });
                let value_from = match to {
                    Some(at) if self.sentence.gap(at).contains(':') => at,
                    Some(at) => at + 1,
                    None => return,
                };
                if value_from < end {
                    let (start, stop) = self.value(value_from, end);
                    let value = self.sentence.text[start..stop].to_owned();
                    self.change(field, Some(value), (first, last));
                    self.provenance.push(evidence(
                        self.sentence,
                        &format!("changes.{field}"),
                        self.sentence.text[start..stop].into(),
                        (start, stop),
                    ));
                    self.taken.push((value_from.saturating_sub(1), end));
                }
            }
            _ => {}
        }
    }

    /// Bytes of a value, without the quotation marks around it.
    fn value(&self, from: usize, end: usize) -> (usize, usize) {
        match self.sentence.quote_of(from).filter(|quote| quote.first == from) {
            Some(quote) => (quote.start, quote.end),
            None => {
                let last = (from + 1..end)
                    .find(|at| {
                        ["for", "on", "of"].contains(&self.sentence.norm(*at)) && self.sentence.is_capitalised(at + 1)
                    })
                    .unwrap_or(end);
                self.sentence.span(from, last)
            }
        }
    }

    fn note_text(&mut self, body: usize, end: usize) {
        let colon = (body..end).find(|at| self.sentence.gap(*at).contains(':'));
        let quoted = self.sentence.quotes.iter().find(|quote| quote.first >= body && quote.last <= end);
        let noting = (verdict_says_note(self.sentence, body) && body < end).then_some(body);
        let saying = noting.or_else(|| {
            (body..end).find_map(|at| {
                Some(
                    at + self
                        .sentence
                        .longest_of(at, &["saying", "that says", "that", "saying that", "stating that", "stating"])?,
                )
            })
        });
        let (first, span) = match (colon, quoted, saying) {
            (Some(at), _, _) => (at, self.sentence.span(at, end)),
            (None, Some(quote), _) => (quote.first, (quote.start, quote.end)),
            (None, None, Some(at)) if at < end => (at, self.sentence.span(at, end)),
            _ => return,
        };
        let text = self.sentence.text[span.0..span.1].to_owned();
        self.note("changes.note", text.clone().into(), span);
        self.details.changes.insert("note".to_owned(), Some(text));
        self.taken.push((first, end));
    }

    fn tag(&mut self, verdict: &Verdict) {
        let (_, end) = verdict.clause;
        let quoted =
            self.sentence.quotes.iter().find(|quote| quote.first >= verdict.verb.1 && quote.last <= end).copied();
        let span = quoted.map(|quote| (quote.start, quote.end)).or_else(|| {
            let at = (verdict.verb.1..end).find(|at| ["as", "with"].contains(&self.sentence.norm(*at)))? + 1;
            let at = at + self.sentence.longest_of(at, &["the tag", "tag", "a", "an"]).unwrap_or(0);
            (at < end).then(|| self.sentence.span(at, end))
        });
        if let Some(span) = span {
            let tag = self.sentence.text[span.0..span.1].to_owned();
            self.note("changes.tag", tag.clone().into(), span);
            self.details.changes.insert("tag".to_owned(), Some(tag));
            let from = self.sentence.words.partition_point(|word| word.start < span.0);
            self.taken.push((from, end));
        }
    }

    fn change(&mut self, field: &str, value: Option<String>, (first, last): (usize, usize)) {
        self.note(&format!("changes.{field}"), value.clone().into(), self.sentence.span(first, last));
        self.details.changes = BTreeMap::from([(field.to_owned(), value)]);
        self.taken.push((first, last));
    }

    /// The first field named, under the name the API has for it.
    fn field(&self, from: usize, end: usize) -> Option<(&'static str, usize, usize)> {
        (from..end).find_map(|at| {
            if self.sentence.quote_of(at).is_some() {
                return None;
            }
            FIELDS.longest(self.sentence, at).map(|(field, count)| (field, at, at + count))
        })
    }

    /// People by name, e-mail or pointer.
    fn contacts(&mut self, verdict: &Verdict) {
        let (_, end) = verdict.clause;
        let mut at = verdict.verb.1;
        while at < end {
            let taken = self.taken.iter().any(|run| run.0 <= at && at < run.1);
            let word = self.sentence.raw(at);
            if taken || self.sentence.quote_of(at).is_some() {
                at += 1;
            } else if word.contains('@') {
                self.address(word, at);
                at += 1;
            } else if DESCRIBED.contains(&self.sentence.norm(at))
                && at + 1 < end
                && !self.is_name(at + 1, at)
                && self.sentence.before(at + 1) == Break::Space
            {
                at = self.described(at, verdict);
            } else if let Some(phrase) =
                gazetteer::phrase(self.sentence, at, end).filter(|_| verdict.intent != Intent::ListOperation)
            {
                at += phrase.count;
            } else if self.is_name(at, verdict.verb.1) {
                let last = (at + 1..end)
                    .find(|next| !self.is_name(*next, at) || self.sentence.before(*next) >= Break::Comma)
                    .unwrap_or(end);
                let mut mention =
                    Mention { name: Some(self.sentence.slice(at, last).to_owned()), ..Mention::default() };
                let mut after = last;
                if ["at", "from", "of"].contains(&self.sentence.norm(last))
                    && last + 1 < end
                    && self.is_name(last + 1, last)
                {
                    after = (last + 2..end)
                        .find(|next| !self.is_name(*next, last) || self.sentence.before(*next) >= Break::Comma)
                        .unwrap_or(end);
                    mention.company = Some(self.sentence.slice(last + 1, after).to_owned());
                }
                self.contact(mention, at, after);
                at = after;
            } else {
                at += self.pointer(at, verdict);
            }
        }
    }

    /// An e-mail address; behind a name it belongs to that person.
    fn address(&mut self, word: &str, at: usize) {
        match self.details.contacts.last_mut() {
            Some(last) if last.email.is_none() && last.name.is_some() => {
                last.email = Some(word.to_owned());
                let value = serde_json::to_value(&*last).unwrap_or_default();
                self.note("contacts", value, self.sentence.span(at, at + 1));
                self.taken.push((at, at + 1));
            }
            _ => self.contact(Mention { email: Some(word.to_owned()), ..Mention::default() }, at, at + 1),
        }
    }

    /// "contacts in Texas", "customers tagged VIP": several records by a description.
    fn described(&mut self, at: usize, verdict: &Verdict) -> usize {
        let (_, end) = verdict.clause;
        let last = (at + 1..end)
            .find(|next| {
                self.sentence.before(*next) >= Break::Comma
                    || verdict.references.iter().any(|found| found.first == *next && found.preposition != "in")
            })
            .unwrap_or(end);
        let filter = Some(self.sentence.slice(at, last).to_owned());
        self.contact(Mention { filter, ..Mention::default() }, at, last);
        last
    }

    /// "her", "this contact": a record pointed at; gives the words looked at.
    fn pointer(&mut self, at: usize, verdict: &Verdict) -> usize {
        let people = [
            "him",
            "her",
            "them",
            "this contact",
            "that contact",
            "this person",
            "this company",
            "these contacts",
            "everyone",
            "his",
            "this lead",
        ];
        let Some(count) = self.sentence.longest_of(at, &people) else { return 1 };
        if self.details.contacts.is_empty() && verdict.intent != Intent::CampaignCreate {
            let reference = Some(self.sentence.slice(at, at + count).to_owned());
            self.contact(Mention { reference, ..Mention::default() }, at, at + count);
        }
        count
    }

    fn contact(&mut self, mention: Mention, first: usize, last: usize) {
        let value = serde_json::to_value(&mention).unwrap_or_default();
        self.note("contacts", value, self.sentence.span(first, last));
        self.details.contacts.push(mention);
        self.taken.push((first, last));
    }

    /// A capitalised word that is no first word of the sentence and no record noun.
    fn is_name(&self, at: usize, after: usize) -> bool {
        at >= after
            && (at == 0 || !["in", "near", "across"].contains(&self.sentence.norm(at - 1)))
            && self.sentence.has_case()
            && self.sentence.is_capitalised(at)
            && self.sentence.raw(at).starts_with(char::is_alphabetic)
            && !NO_NAMES.contains(self.sentence.norm(at))
    }

    /// "tomorrow", "on Monday at 9", "next week": kept in the words of the request.
    fn schedule(&mut self, verdict: &Verdict) {
        let (_, end) = verdict.clause;
        let Some(at) = (verdict.verb.1..end).find(|at| {
            let taken = self.taken.iter().any(|run| run.0 <= *at && *at < run.1);
            !taken && self.sentence.quote_of(*at).is_none() && self.sentence.longest_of(*at, &TIMES).is_some()
        }) else {
            return;
        };
        let last = (at + 1..end).find(|next| self.sentence.before(*next) >= Break::Comma).unwrap_or(end);
        let words = self.sentence.slice(at, last).to_owned();
        self.note("schedule", words.clone().into(), self.sentence.span(at, last));
        self.details.schedule = Some(words);
        self.taken.push((at, last));
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

/// "note that Jane prefers e-mail": the text begins directly behind the verb.
fn verdict_says_note(sentence: &Sentence<'_>, body: usize) -> bool {
    body > 0 && (sentence.norm(body - 1) == "that" || (sentence.norm(body - 1) == "note" && body == 1))
}

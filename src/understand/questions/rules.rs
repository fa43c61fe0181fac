//! What is asked, decided by the first rule that fits: each is a function that takes the words it knows.

use super::parts::{Reading, only, uuid_in};
use super::tables as cues;
use super::{Deed, Field, Kind, NotKept, Of, Pointed, Question, Status};
use crate::understand::names::{self, references};
use crate::understand::phrasebook::Words;

impl<'s> Reading<'s> {
    /// What is asked: the first of these that the words say.
    pub(super) fn question(&mut self, question: &mut Question) {
        question.kind = self
            .abilities()
            .or_else(|| self.help().or_else(|| self.meaning()))
            .or_else(|| self.tasks(question))
            .or_else(|| self.values(question))
            .or_else(|| self.suppressions(question))
            .or_else(|| self.notes(question))
            .or_else(|| self.names_of_records(question))
            .or_else(|| self.surely_about(question))
            .or_else(|| self.field_of(question))
            .or_else(|| self.not_kept())
            .or_else(|| self.people(question))
            .or_else(|| self.about(question))
            .unwrap_or_default();
    }

    fn abilities(&self) -> Option<Kind> {
        let count = self.sentence.longest_of(self.from, &cues::ABILITIES)?;
        let rest = self.from + count..self.end;
        rest.into_iter().all(|at| cues::SMALL.contains(self.sentence.norm(at))).then_some(Kind::Abilities)
    }

    fn help(&mut self) -> Option<Kind> {
        let count = self.sentence.longest_of(self.from, &cues::HELPS)?;
        let body = self.from + count;
        let thing = self.first(&cues::THINGS, body);
        let deed = self.first(&cues::DEEDS, body);
        // "how is Jane Doe", "can I see the pending tasks": nothing is said about how anything is done.
        let weak = ["how is", "how are", "explain", "can i", "can we", "could i", "may i"];
        let is_weak = weak.iter().any(|phrase| self.sentence.match_words(self.from, phrase) == Some(count));
        let looks = matches!(deed, Some(Deed::Find) | None);
        if is_weak && looks || thing.is_none() && deed.is_none() {
            return None;
        }
        Some(Kind::Help(thing, deed))
    }

    /// "what is a prospect"
    fn meaning(&self) -> Option<Kind> {
        let count = self.sentence.longest_of(self.from, &cues::MEANINGS)?;
        let mut at = self.from + count;
        while ["a", "an", "the"].contains(&self.sentence.norm(at)) {
            at += 1;
        }
        let (thing, words) = cues::THINGS.longest(self.sentence, at)?;
        let rest = &["mean", "and", "a", "an", "prospect", "contact", "in", "lexi", "here", "task", "list"];
        let alone = (at + words..self.end).all(|at| rest.contains(&self.sentence.norm(at)));
        alone.then_some(Kind::Help(Some(thing), None))
    }

    fn tasks(&mut self, question: &mut Question) -> Option<Kind> {
        question.task_id = uuid_in(self.sentence.text).map(str::to_owned);
        let named = self.find(&cues::TASKS).filter(|(at, _)| !self.is_quoted(*at));
        let status = self.find_choice(&cues::STATUSES);
        let outcome = self.sentence.longest_of(self.from, &cues::OUTCOMES).is_some();
        let counts = self.find(&cues::COUNTS).is_some();
        let todos = self.find_choice(&cues::NOT_KEPT).is_some_and(|(what, ..)| {
            matches!(what, NotKept::Todos | NotKept::Campaigns | NotKept::Deals | NotKept::Meetings)
        });
        let waiting = status.is_some_and(|(status, ..)| status == Status::Pending) && !self.says_people();
        let one = question.task_id.is_some() || named.is_some() && self.is_single();
        if todos || named.is_none() && question.task_id.is_none() && !waiting && !self.asks_what_you_did() {
            question.task_id = None;
            return None;
        }
        question.status = status.map(|(status, ..)| status);
        if one && (outcome || !counts) {
            return Some(Kind::Outcome);
        }
        if self.asks_what_you_did() && named.is_none() && question.status.is_none() {
            return Some(Kind::Outcome);
        }
        Some(if counts { Kind::Count(Of::Tasks) } else { Kind::Show(Of::Tasks) })
    }

    /// "what did you do", "did it work": about the last task, though none is named.
    fn asks_what_you_did(&self) -> bool {
        ["what did you do", "did it work", "is it done", "what happened", "did you do it", "have you done it"]
            .iter()
            .any(|phrase| self.sentence.match_words(self.from, phrase) == Some(self.end - self.from))
    }

    /// "the task", "my last task": one task and no more.
    fn is_single(&self) -> bool {
        (self.from..self.end).any(|at| ["task", "proposal"].contains(&self.sentence.norm(at)))
    }

    fn values(&mut self, question: &mut Question) -> Option<Kind> {
        let (dimension, at, count) = self.find_choice(&cues::DIMENSIONS)?;
        // "which roles and locations at Acme": the dimension stands before whatever narrows it.
        let before = self.from..at;
        let opens = before.clone().all(|word| {
            let norm = self.sentence.norm(word);
            cues::SMALL.contains(norm)
                || cues::RANKS.contains(norm)
                || ["common", "most", "prospect", "prospects", "list", "frequent", "how", "many", "people"]
                    .contains(&norm)
                || norm.bytes().all(|b| b.is_ascii_digit())
        });
        if !opens || before.len() > 8 {
            return None;
        }
        self.take(self.from, at + count);
        self.take_small_words();
        self.take_all(&cues::RANKS);
        self.take_all(&cues::PROSPECTS);
        self.search(question);
        Some(Kind::Values(dimension))
    }

    fn suppressions(&mut self, question: &mut Question) -> Option<Kind> {
        self.find(&cues::SUPPRESSED)?;
        question.list = None;
        Some(if self.find(&cues::COUNTS).is_some() {
            Kind::Count(Of::Suppressions)
        } else {
            Kind::Show(Of::Suppressions)
        })
    }

    fn notes(&mut self, question: &mut Question) -> Option<Kind> {
        let (at, count) = self.find(&cues::NOTES)?;
        let counts = self.find(&cues::COUNTS).is_some();
        let behind = (at + count..self.end).find(|at| cues::OF.contains(self.sentence.norm(*at))).map(|at| at + 1);
        let within = cues::OF.contains(self.sentence.norm(at + count - 1)).then_some(at + count);
        if let Some(from) = within.or(behind) {
            self.subject(from, question);
        } else if ["has", "does", "did", "have"].contains(&self.sentence.norm(self.from)) {
            // "has Acme got any notes"
            let last =
                (self.from..at).find(|at| ["got", "have", "any"].contains(&self.sentence.norm(*at)) && *at > self.from);
            self.name_between(self.from + 1, last.unwrap_or(at), question);
        }
        Some(if counts { Kind::Count(Of::Notes) } else { Kind::Show(Of::Notes) })
    }

    /// "which lists exist", "what tags do we use", "how many companies do we have".
    fn names_of_records(&mut self, question: &mut Question) -> Option<Kind> {
        let counts = self.find(&cues::COUNTS).is_some();
        let kind = |of| if counts { Kind::Count(of) } else { Kind::Show(of) };
        let people = self.says_people() || self.find(&cues::TAGGED).is_some();
        let lists = references(self.sentence, self.from, self.end);
        let list = lists.iter().find(|found| found.kind == names::Kind::List);
        if let Some(name) = list
            .and_then(|list| list.name)
            .filter(|_| ["when", "who"].contains(&self.sentence.norm(self.from)) && self.find(&cues::ADDED).is_some())
        {
            question.list = Some(Pointed::Named(self.sentence.text[name.0..name.1].to_owned()));
            return Some(Kind::Show(Of::Lists));
        }
        let asks_for_one = ["is there a", "do we have a", "is there an", "do i have a", "there is a"]
            .iter()
            .any(|phrase| self.sentence.says(self.from, phrase));
        if let Some(name) = list.and_then(|list| list.name).filter(|_| asks_for_one && !people) {
            question.list = Some(Pointed::Named(self.sentence.text[name.0..name.1].to_owned()));
            return Some(Kind::Show(Of::Lists));
        }
        if asks_for_one && let Some(list) = list.filter(|list| list.name.is_none()) {
            let of = (list.last..self.end).find(|at| ["for", "about", "with", "of"].contains(&self.sentence.norm(*at)));
            let name = of.map(|of| self.sentence.slice(of + 1, self.end).to_owned()).filter(|name| !name.is_empty());
            question.list = name.map(Pointed::Named);
            return Some(Kind::Show(Of::Lists));
        }
        // "how big is the Q1 list", "how many are on it": its members, read by `people`.
        if people || list.is_some_and(|list| list.name.is_some() || list.pointer == names::Pointer::Here) {
            return None;
        }
        let plural = |words: &Words, one: &str| {
            self.find(words).is_some_and(|(at, _)| self.sentence.norm(at) != one && !self.is_quoted(at))
        };
        if plural(&cues::LISTS, "list") && self.rest_is_small(&[&cues::LISTS]) {
            return Some(kind(Of::Lists));
        }
        if plural(&cues::TAGS, "tag") && self.rest_is_small(&[&cues::TAGS]) {
            return Some(kind(Of::Tags));
        }
        let own_companies = plural(&cues::COMPANIES, "company") && self.find(&cues::PROSPECTS).is_none();
        if own_companies && self.rest_is_small(&[&cues::COMPANIES]) {
            return Some(kind(Of::Companies));
        }
        None
    }

    fn surely_about(&mut self, question: &mut Question) -> Option<Kind> {
        let count = self.sentence.longest_of(self.from, &cues::SURELY_ABOUT)?;
        self.subject(self.from + count, question);
        (question.name.is_some() || self.points_at_somebody(self.from + count)).then_some(Kind::About)
    }

    /// "Jane Doe's email", "the phone number of Jane", "where does Jane work", "when did we add Jane".
    fn field_of(&mut self, question: &mut Question) -> Option<Kind> {
        let asks_when = ["when", "whens"].contains(&self.sentence.norm(self.from));
        let asks_who = self.sentence.norm(self.from) == "who"
            && self.find_choice(&cues::PERIODS).is_none()
            && self
                .sentence
                .longest_of(self.from + 1, &cues::ADDED)
                .is_some_and(|count| self.is_named(self.from + 1 + count));
        if (asks_when || asks_who)
            && let Some((at, count)) = self.find(&cues::ADDED)
        {
            let behind = self.is_named(at + count);
            let (first, last) = if behind { (at + count, self.end) } else { (self.from + 1, at) };
            self.name_between(first, last, question);
            return question.name.is_some().then_some(Kind::FieldOf(Field::Added));
        }
        if self.sentence.says(self.from, "where does") || self.sentence.says(self.from, "where do") {
            let work = (self.from..self.end).find(|at| ["work", "works"].contains(&self.sentence.norm(*at)))?;
            self.name_between(self.from + 2, work, question);
            return question.name.is_some().then_some(Kind::FieldOf(Field::Company));
        }
        if ["does", "has"].contains(&self.sentence.norm(self.from))
            && let Some(have) = (self.from + 1..self.end).find(|at| ["have", "got"].contains(&self.sentence.norm(*at)))
            && self.is_named(self.from + 1)
            && let Some((field, ..)) = self.find_choice(&cues::FIELDS)
        {
            self.name_between(self.from + 1, have, question);
            return question.name.is_some().then_some(Kind::FieldOf(field));
        }
        let (field, at, count) = self.find_choice(&cues::FIELDS)?;
        let counts = self.find(&cues::COUNTS).is_some_and(|(counted, _)| counted < at);
        if counts || self.says_people() || self.find(&cues::LACKS).is_some() {
            return None;
        }
        if field == Field::Lists || field == Field::Tags {
            // "which lists is Jane on", "what tags does Jane have"
            let verb = (at + count..self.end)
                .find(|at| ["is", "does", "do", "has", "are"].contains(&self.sentence.norm(*at)))?;
            let last =
                (verb + 1..self.end).rev().find(|at| !["on", "have", "in"].contains(&self.sentence.norm(*at)))?;
            self.name_between(verb + 1, last + 1, question);
            return question.name.is_some().then_some(Kind::FieldOf(field));
        }
        let of = at + count;
        if ["of", "for"].contains(&self.sentence.norm(of)) {
            self.name_between(of + 1, self.end, question);
        } else if at > self.from && self.is_possessive(at - 1) {
            let first = (self.from..at).find(|word| !cues::SMALL.contains(self.sentence.norm(*word)))?;
            self.name_between(first, at, question);
        } else if ["does", "is", "do"].contains(&self.sentence.norm(of)) {
            // "what title does Jane Doe have"
            let last = (of + 1..self.end)
                .find(|at| ["have", "hold", "at", "in", "use"].contains(&self.sentence.norm(*at)))
                .unwrap_or(self.end);
            self.name_between(of + 1, last, question);
        }
        question.name.is_some().then_some(Kind::FieldOf(field))
    }

    fn not_kept(&self) -> Option<Kind> {
        let (what, ..) = self.find_choice(&cues::NOT_KEPT)?;
        Some(Kind::NotKept(what))
    }

    /// People: contacts or prospects, counted or shown, by description, list, tag, missing field or time.
    fn people(&mut self, question: &mut Question) -> Option<Kind> {
        let counts = self.take_first(&cues::COUNTS);
        let called = self.find(&cues::CUSTOMERS);
        let own = self.find(&cues::OWN).is_some();
        let prospects = self.find(&cues::PROSPECTS).is_some() && self.find(&cues::CONTACTS).is_none();
        let contacts = self.find(&cues::CONTACTS).is_some() || called.is_some();
        let somebody = contacts || prospects || self.says_people();
        self.list(question);
        self.tag(question);
        let called = called.filter(|(at, _)| !self.taken[*at]);
        question.called = called.map(|(at, count)| self.sentence.slice(at, at + count).to_owned());
        self.called(question);
        self.empty_or_filled(question);
        self.period(question);
        let listed = question.list.is_some() || question.tag.is_some() || question.field.is_some();
        let described = listed || question.name.is_some() || question.period.is_some();
        self.take_own_words();
        self.search(question);
        self.name_among(question, described);
        let searched = question.search.is_some();
        let nobody = !described && !searched;
        if nobody && (!counts && !contacts && !prospects || !question.unread.is_empty()) {
            *question = Question::default();
            return None;
        }
        // "who is Jane Doe", "a contact named Jane Doe": nobody else is described.
        let only_named = question.name.clone().filter(|_| !searched && !listed && question.period.is_none());
        if !counts && let Some(name) = only_named.or_else(|| only(question, "name").filter(|_| !described)) {
            *question = Question { kind: Kind::About, name: Some(name), ..Question::default() };
            return Some(Kind::About);
        }
        let colleagues = !counts && only(question, "company").is_some();
        if colleagues && !somebody {
            *question = Question::default();
            return None;
        }
        // "who is the CEO of Acme": whom we know there comes first.
        let at_a_company = question.search.as_ref().is_some_and(|search| search.other("company").is_some());
        let who = !counts && at_a_company && ["who", "whos"].contains(&self.sentence.norm(self.from));
        let own = own || contacts || described || colleagues || who;
        let of = if own && (!prospects || question.name.is_some()) { Of::Contacts } else { Of::Prospects };
        Some(match of {
            Of::Prospects => Kind::Count(Of::Prospects),
            of if counts => Kind::Count(of),
            of => Kind::Show(of),
        })
    }

    /// "who is Jane Doe", "do we know Acme", "is Jane Doe a contact".
    fn about(&mut self, question: &mut Question) -> Option<Kind> {
        let count = self.sentence.longest_of(self.from, &cues::ABOUTS)?;
        self.taken.fill(false);
        let from = self.from + count;
        let last = (from..self.end)
            .find(|at| {
                ["a contact", "one of our", "in our", "in my", "already", "in the crm", "a client", "a customer"]
                    .iter()
                    .any(|phrase| self.sentence.says(*at, phrase))
            })
            .unwrap_or(self.end);
        self.end = last;
        let weak = self.sentence.longest_of(self.from, &cues::WEAKLY_ABOUT) == Some(count);
        if weak && !self.sentence.has_case() && last == self.sentence.words.len() {
            return None;
        }
        // "what is the weather" asks about nobody.
        let by_article = ["the", "a", "an"].contains(&self.sentence.norm(from));
        if by_article && !(self.sentence.has_case() && self.sentence.is_capitalised(from + 1)) {
            return None;
        }
        self.subject(from, question);
        let known = question.name.as_deref().is_some_and(|_| self.is_named(from) || !self.sentence.has_case());
        if !known && !self.points_at_somebody(from) {
            question.name = None;
            return None;
        }
        Some(Kind::About)
    }
}

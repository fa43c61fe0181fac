//! Questions: what a question asks, about whom, and what of it was read. Pure.
//!
//! The request of a question holds its topic and nothing else; this file reads that topic for whoever answers it. It
//! takes what the tables know out of the words one phrase at a time; the words that are left are read as a search by the
//! grammar that reads searches, so that "how many CEOs in Texas" means whom "find CEOs in Texas" means. Protects two
//! rules: nothing is guessed (what can't be told apart is [`Kind::Unknown`]), and what was not read is listed.

mod tables;
#[cfg(test)]
mod tests;

use super::findings::evidence;
use super::moods::OPENERS;
use super::names::{self, references};
use super::phrasebook::{Choices, Words};
use super::request::{Intent, Provenance, Request, Slots};
use super::sentence::Sentence;
use super::words::Break;
use super::{gazetteer, grammar, intent, opens_search};
use tables as cues;

/// A question as read. What it does not say is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// What is asked.
    pub kind: Kind,
    /// The people that are described, as a search.
    pub search: Option<Request>,
    /// The list whose members are meant.
    pub list: Option<Pointed>,
    /// A person's or a company's name, as written.
    pub name: Option<String>,
    /// What of theirs is asked about, as written: "Series B" of "Acme's Series B".
    pub matter: Option<String>,
    /// A tag, as written.
    pub tag: Option<String>,
    /// A field that must be empty (`false`) or filled (`true`).
    pub field: Option<(Field, bool)>,
    /// When they came to the workspace.
    pub period: Option<Period>,
    /// The id of a task, as written.
    pub task_id: Option<String>,
    /// Where tasks stand.
    pub status: Option<Status>,
    /// "customers", "clients": a word that says more than is kept of a contact.
    pub called: Option<String>,
    /// Content words that nothing took, as written, in order.
    pub unread: Vec<String>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// How many there are.
    Count(Of),
    /// Which there are.
    Show(Of),
    /// What is known about a person or a company.
    About,
    /// One thing about a contact.
    FieldOf(Field),
    /// What became of a task.
    Outcome,
    /// Which values there are, most frequent first.
    Values(Dimension),
    /// How something is done.
    Help(Option<Thing>, Option<Deed>),
    /// What Lexi can do.
    Abilities,
    /// About something of which nothing is kept.
    NotKept(NotKept),
    /// Not understood.
    #[default]
    Unknown,
}

/// Records that can be counted and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// People of the prospect database.
    Prospects,
    /// The workspace's contacts.
    Contacts,
    /// The workspace's companies.
    Companies,
    /// The workspace's lists.
    Lists,
    /// The tags in use.
    Tags,
    /// Lexi's tasks.
    Tasks,
    /// Notes.
    Notes,
    /// Who must never be contacted.
    Suppressions,
}

/// A record named, or pointed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointed {
    /// By its name, as written.
    Named(String),
    /// "this list".
    Here,
}

/// A field of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The address.
    Email,
    /// The number.
    Phone,
    /// The position held.
    Title,
    /// Where the contact works.
    Company,
    /// The profile.
    LinkedIn,
    /// The tags.
    Tags,
    /// The lists it is on.
    Lists,
    /// When it came to the workspace, and by whom.
    Added,
}

/// What people can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The title as filed.
    Title,
    /// The sector of the company.
    Industry,
    /// The kind of company.
    CompanyType,
    /// State or province.
    State,
    /// City; states are what can be counted.
    City,
    /// Country.
    Country,
    /// What lawyers practise; nothing is counted by it.
    PracticeArea,
    /// The function.
    Department,
    /// The level.
    Level,
    /// The band of the company's headcount.
    Size,
}

/// A span of time, by the days of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Since midnight.
    Today,
    /// The day before.
    Yesterday,
    /// Since Monday.
    ThisWeek,
    /// The week before, from Monday to Sunday.
    LastWeek,
    /// Since the first.
    ThisMonth,
    /// The month before.
    LastMonth,
    /// So many days back from now.
    Days(u32),
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits for a decision.
    Pending,
    /// Under way.
    Approved,
    /// Will not be done.
    Dismissed,
    /// Done.
    Completed,
    /// Could not be done.
    Failed,
}

/// What this version keeps nothing about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// Campaigns and what their receivers did.
    Campaigns,
    /// Deals and matters.
    Deals,
    /// Meetings and calls.
    Meetings,
    /// Who was contacted when.
    Activities,
    /// To-dos.
    Todos,
    /// Who looks after a record.
    Users,
    /// Scores and credits.
    Scores,
}

/// What help is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Thing {
    Contact,
    List,
    Task,
    Company,
    Note,
    Tag,
    Suppression,
    Prospect,
    Key,
    Campaign,
    Deal,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Deed {
    Create,
    Change,
    Delete,
    Merge,
    Tag,
    Export,
    Import,
    Find,
    Approve,
    Dismiss,
    Suppress,
}

/// Reads a question. `text` is one that was read as [`Intent::Question`]; any other text has an answer, too.
pub fn read(text: &str) -> Question {
    let sentence = Sentence::new(text);
    let opens = |at: usize| opens_search(&sentence, at);
    let (from, end) = intent::decide(&sentence, &opens).clause;
    let mut reading = Reading { sentence: &sentence, from, end, taken: vec![false; sentence.words.len()] };
    reading.skip_openers();
    let mut question = Question::default();
    reading.question(&mut question);
    question
}

/// The words of a question, and which of them are read.
struct Reading<'s> {
    sentence: &'s Sentence<'s>,
    /// First word that is no greeting.
    from: usize,
    end: usize,
    taken: Vec<bool>,
}

impl<'s> Reading<'s> {
    /// What is asked: the first of these that the words say.
    fn question(&mut self, question: &mut Question) {
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
        if self.says_people() || self.find(&cues::LACKS).is_some() || self.find(&cues::COUNTS).is_some() {
            return None;
        }
        let (field, at, count) = self.find_choice(&cues::FIELDS)?;
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
        question.called = called.map(|(at, count)| self.sentence.slice(at, at + count).to_owned());
        self.list(question);
        self.tag(question);
        self.empty_or_filled(question);
        self.period(question);
        let described =
            question.list.is_some() || question.tag.is_some() || question.field.is_some() || question.period.is_some();
        self.take_own_words();
        self.search(question);
        let searched = question.search.is_some();
        let nobody = !described && !searched;
        if nobody && (!counts && !contacts && !prospects || !question.unread.is_empty()) {
            *question = Question::default();
            return None;
        }
        // "who is Jane Doe", "is Jane Doe in our contacts": nobody is described.
        if !counts
            && !described
            && let Some(name) = only(question, "name")
        {
            *question = Question { kind: Kind::About, name: Some(name), ..Question::default() };
            return Some(Kind::About);
        }
        let colleagues = !counts && only(question, "company").is_some();
        if colleagues && !somebody {
            *question = Question::default();
            return None;
        }
        let own = own || contacts || described || colleagues;
        let of = if own && !prospects { Of::Contacts } else { Of::Prospects };
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

/// The parts that the questions share.
impl<'s> Reading<'s> {
    fn skip_openers(&mut self) {
        while self.from < self.end && self.sentence.quote_of(self.from).is_none() {
            let whole = self.sentence.longest_of(self.from, &cues::ABILITIES).unwrap_or(0);
            match self.sentence.longest_of(self.from, &OPENERS) {
                Some(count) if count > whole && !self.opens_a_question() => self.from += count,
                _ => break,
            }
        }
    }

    /// "can we", "could you": an opener that is the beginning of a question about how something is done.
    fn opens_a_question(&self) -> bool {
        self.sentence.longest_of(self.from, &cues::HELPS).is_some()
    }

    fn is_quoted(&self, at: usize) -> bool {
        self.sentence.quote_of(at).is_some()
    }

    /// The first place where one of the phrases stands outside quotations, and its number of words.
    fn find(&self, phrases: &Words) -> Option<(usize, usize)> {
        (self.from..self.end)
            .filter(|at| !self.is_quoted(*at))
            .find_map(|at| self.sentence.longest_of(at, phrases).map(|count| (at, count)))
            .filter(|(at, count)| at + count <= self.end)
    }

    fn find_choice<T: Copy>(&self, phrases: &Choices<T>) -> Option<(T, usize, usize)> {
        (self.from..self.end)
            .filter(|at| !self.is_quoted(*at) && !self.taken[*at])
            .find_map(|at| phrases.longest(self.sentence, at).map(|(value, count)| (value, at, count)))
    }

    fn first<T: Copy>(&self, phrases: &Choices<T>, from: usize) -> Option<T> {
        (from..self.end)
            .filter(|at| !self.is_quoted(*at))
            .find_map(|at| phrases.longest(self.sentence, at))
            .map(|(value, _)| value)
    }

    fn take(&mut self, first: usize, last: usize) {
        self.taken[first..last.min(self.end)].fill(true);
    }

    /// Takes the first of the phrases; tells whether there was one.
    fn take_first(&mut self, phrases: &Words) -> bool {
        let found = self.find(phrases);
        if let Some((at, count)) = found {
            self.take(at, at + count);
        }
        found.is_some()
    }

    fn take_all(&mut self, phrases: &Words) {
        let mut at = self.from;
        while at < self.end {
            match self.sentence.longest_of(at, phrases).filter(|_| !self.is_quoted(at)) {
                Some(count) => {
                    self.take(at, at + count);
                    at += count;
                }
                None => at += 1,
            }
        }
    }

    fn take_own_words(&mut self) {
        for phrases in [&cues::OWN, &cues::PROSPECTS, &cues::CONTACTS, &cues::CUSTOMERS, &cues::ADDED] {
            self.take_all(phrases);
        }
        self.take_small_words();
    }

    /// Small words at the beginning and the end; between them they give the others their role.
    fn take_small_words(&mut self) {
        const ROLES: [&str; 14] =
            ["in", "at", "with", "for", "of", "from", "not", "no", "and", "or", "to", "on", "about", "by"];
        let small = |at: usize| {
            let norm = self.sentence.norm(at);
            // "in ME", "M&A": letters that stand for something.
            let letters = self.sentence.has_case()
                && self.sentence.raw(at).len() > 1
                && self.sentence.raw(at).chars().all(char::is_uppercase);
            let joined =
                at > 0 && self.sentence.before(at) == Break::None || self.sentence.before(at + 1) == Break::None;
            let part = letters || joined || self.sentence.says(at, "new york") || opens_search(self.sentence, at);
            !self.is_quoted(at) && cues::SMALL.contains(norm) && !ROLES.contains(&norm) && !part
        };
        let taken: Vec<usize> = (self.from..self.end).filter(|at| small(*at)).collect();
        for at in taken {
            self.taken[at] = true;
        }
    }

    /// Nouns and pronouns for people without a description.
    fn says_people(&self) -> bool {
        const PEOPLE: [&str; 12] = [
            "anyone",
            "anybody",
            "someone",
            "somebody",
            "people",
            "everyone",
            "everybody",
            "persons",
            "folks",
            "professionals",
            "members",
            "who",
        ];
        (self.from..self.end).any(|at| {
            let norm = self.sentence.norm(at);
            !self.is_quoted(at)
                && (PEOPLE.contains(&norm)
                    && (norm != "who" || at == self.from || self.taken[at - 1] == self.taken[at])
                    || cues::CONTACTS.contains(norm))
        })
    }

    /// Whether nothing but small words is left beside these.
    fn rest_is_small(&self, beside: &[&Words]) -> bool {
        let mut at = self.from;
        while at < self.end {
            let known = beside
                .iter()
                .copied()
                .chain([&cues::COUNTS, &cues::OWN, &cues::RANKS, &cues::ADDED])
                .filter_map(|words| self.sentence.longest_of(at, words))
                .max();
            match known {
                Some(count) => at += count,
                None if cues::SMALL.contains(self.sentence.norm(at)) => at += 1,
                None => return false,
            }
        }
        true
    }

    fn list(&mut self, question: &mut Question) {
        let found = references(self.sentence, self.from, self.end);
        if let Some(list) = found.iter().find(|found| found.kind == names::Kind::List) {
            question.list = match (list.name, list.pointer) {
                (Some((start, end)), _) => Some(Pointed::Named(self.sentence.text[start..end].to_owned())),
                (None, names::Pointer::Here | names::Pointer::Known) => Some(Pointed::Here),
                (None, names::Pointer::New) => None,
            };
            if question.list.is_some() {
                self.take(list.first, list.last);
                return;
            }
        }
        // "who is on 'Q1 Leads'", "how many people are on Q1 Leads", "who is on list Q1 Leads".
        let on = (self.from..self.end).find(|at| {
            ["on", "in"].contains(&self.sentence.norm(*at))
                && (self.sentence.norm(*at) == "on" || self.is_quoted(at + 1))
        });
        let Some(on) = on else { return };
        let mut first = on + 1;
        while ["the", "my", "our", "list"].contains(&self.sentence.norm(first)) && !self.is_quoted(first) {
            first += 1;
        }
        if ["it", "that", "this", "there"].contains(&self.sentence.norm(first)) && first + 1 >= self.end {
            question.list = Some(Pointed::Here);
            self.take(on, self.end);
        } else if let Some(((start, end), last)) =
            names::name(self.sentence, first).filter(|(_, last)| *last <= self.end)
        {
            question.list = Some(Pointed::Named(self.sentence.text[start..end].to_owned()));
            self.take(on, last);
        }
    }

    fn tag(&mut self, question: &mut Question) {
        let Some((at, count)) = self.find(&cues::TAGGED) else { return };
        let from = at + count;
        if let Some(((start, end), last)) = names::name(self.sentence, from).filter(|(_, last)| *last <= self.end) {
            question.tag = Some(self.sentence.text[start..end].to_owned());
            self.take(at, last);
        }
    }

    /// "no email", "missing a phone number", "with an email address".
    fn empty_or_filled(&mut self, question: &mut Question) {
        for (phrases, filled) in [(&cues::LACKS, false), (&cues::HAVES, true)] {
            let found = (self.from..self.end).find_map(|at| {
                let count = self.sentence.longest_of(at, phrases)?;
                let (field, words) = cues::FIELDS.longest(self.sentence, at + count)?;
                let alone = at + count + words >= self.end
                    || cues::SMALL.contains(self.sentence.norm(at + count + words))
                    || self.sentence.before(at + count + words) >= Break::Comma;
                (alone && !self.is_quoted(at)).then_some((field, at, at + count + words))
            });
            if let Some((field, first, last)) = found {
                question.field = Some((field, filled));
                self.take(first, last);
                return;
            }
        }
    }

    fn period(&mut self, question: &mut Question) {
        let Some((period, at, count)) = self.find_choice(&cues::PERIODS) else { return };
        question.period = Some(period);
        self.take(at, at + count);
    }

    /// Reads the words that are left as a search. What neither it nor the tables know stays unread.
    fn search(&self, question: &mut Question) {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in (self.from..self.end).filter(|at| !self.taken[*at]) {
            match runs.last_mut() {
                Some(run) if run.1 == at => run.1 = at + 1,
                _ => runs.push((at, at + 1)),
            }
        }
        let mut found = grammar::search(self.sentence, &runs);
        found.search.other.retain(|entry| !entry.starts_with("then:") && !entry.starts_with("count:"));
        question.unread = found.unread_words();
        if let Some(named) = self.employer(&runs, &mut question.unread) {
            found.search.other.push(format!("company:{}", named.text.clone().unwrap_or_default()));
            found.provenance.push(named);
        }
        question
            .unread
            .retain(|words| !words.split_whitespace().all(|word| cues::SMALL.contains(&word.to_lowercase())));
        if found.search.is_open() {
            return;
        }
        found.search.count = None;
        found.provenance.sort_by_key(|entry| entry.start);
        question.search = Some(Request {
            intent: Intent::ProspectSearch,
            ask: None,
            slots: Slots::Search(Box::new(found.search)),
            provenance: found.provenance,
            assumptions: found.assumptions,
            unread: question.unread.clone(),
        });
    }

    /// "who works for acme": what stands unread behind "at" or "for" is a company's name, though in small letters.
    fn employer(&self, runs: &[(usize, usize)], unread: &mut Vec<String>) -> Option<Provenance> {
        for &(from, to) in runs {
            let Some(at) =
                (from..to).find(|at| ["at", "for", "from", "bei", "chez"].contains(&self.sentence.norm(*at)))
            else {
                continue;
            };
            let found =
                unread.iter().position(|words| (at + 2..=to).any(|last| self.sentence.slice(at + 1, last) == words));
            if let Some(place) = found {
                let name = unread.remove(place);
                let start = self.sentence.span(at + 1, at + 2).0;
                let value = format!("company:{name}").into();
                return Some(evidence(self.sentence, "other", value, (start, start + name.len())));
            }
        }
        None
    }

    /// The name that begins at `from` and reaches to the end, and what of theirs is meant.
    fn subject(&mut self, from: usize, question: &mut Question) {
        let mut from = from;
        while ["the", "our", "my", "a", "an"].contains(&self.sentence.norm(from)) && from < self.end {
            from += 1;
        }
        let possessive = (from..self.end).find(|at| self.is_possessive(*at) && at + 1 < self.end);
        match possessive {
            Some(at) => {
                self.name_between(from, at + 1, question);
                question.matter = Some(self.sentence.slice(at + 1, self.end).to_owned());
            }
            None => self.name_between(from, self.end, question),
        }
    }

    fn name_between(&mut self, first: usize, last: usize, question: &mut Question) {
        const LONGEST: usize = 8;
        let mut first = first;
        while first < last
            && ["did", "we", "the", "was", "is", "you", "i", "for", "contact", "company"]
                .contains(&self.sentence.norm(first))
        {
            first += 1;
        }
        let mut last = last.min(self.end);
        let trailing = ["please", "now", "today", "again", "have", "has", "to", "as", "at", "right", "then"];
        while last > first && trailing.contains(&self.sentence.norm(last - 1)) {
            last -= 1;
        }
        if first >= last || last - first > LONGEST || self.points_at_somebody(first) {
            return;
        }
        let name = match self.sentence.quote_of(first).filter(|quote| quote.first == first) {
            Some(quote) => &self.sentence.text[quote.start..quote.end],
            None => self.sentence.slice(first, last),
        };
        question.name = Some(name.to_owned());
    }

    /// "her", "this contact", "them": somebody pointed at without a name.
    fn points_at_somebody(&self, at: usize) -> bool {
        let pointers = [
            "him",
            "her",
            "them",
            "this contact",
            "that contact",
            "this person",
            "this company",
            "that company",
            "it",
            "this lead",
            "she",
            "he",
            "they",
            "this",
            "that",
        ];
        self.sentence.longest_of(at, &pointers).is_some_and(|count| at + count >= self.end)
    }

    /// Whether a name begins here: a capital that no table explains, or any word where case says nothing.
    fn is_named(&self, at: usize) -> bool {
        at < self.end
            && !cues::SMALL.contains(self.sentence.norm(at))
            && (self.sentence.is_capitalised(at) || self.is_quoted(at) || !self.sentence.has_case())
            && gazetteer::phrase(self.sentence, at, self.end).is_none_or(|phrase| at + phrase.count < self.end)
    }

    fn is_possessive(&self, at: usize) -> bool {
        let (_, end) = self.sentence.span(at, at + 1);
        ["'s", "’s", "s' ", "' ", "’ "].iter().any(|mark| self.sentence.text[end..].starts_with(mark))
    }
}

/// The name, when all that is described is the name of a person (`name`) or of a company (`company`).
fn only(question: &Question, what: &str) -> Option<String> {
    let search = question.search.as_ref().and_then(Request::search)?;
    let name = search.other(what)?;
    let mut rest = search.clone();
    rest.other.retain(|entry| entry.split_once(':') != Some((what, name)));
    rest.is_open().then(|| name.to_owned())
}

/// The first UUID in a text.
fn uuid_in(text: &str) -> Option<&str> {
    const LENGTH: usize = 36;
    let is_uuid = |part: &str| {
        part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    (0..text.len()).find_map(|at| text.get(at..at + LENGTH).filter(|part| is_uuid(part)))
}

//! Questions: what a question asks, about whom, and what of it was read. Pure.
//!
//! The request of a question holds its topic and nothing else; this file reads that topic for whoever answers it. It
//! takes what the tables know out of the words one phrase at a time; the words that are left are read as a search by the
//! grammar that reads searches, so that "how many CEOs in Texas" means whom "find CEOs in Texas" means. Protects two
//! rules: nothing is guessed (what can't be told apart is [`Kind::Unknown`]), and what was not read is listed.

mod parts;
mod rules;
mod tables;
#[cfg(test)]
mod tests;

use super::clean::{self, Mended};
use super::request::Request;
use super::sentence::Sentence;
use super::{intent, opens_search, spelling};
use parts::Reading;

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

/// Reads a question. `text` is one that was read as [`Intent::Question`](super::Intent::Question); any other text has an
/// answer, too. Odd signs and misspelled words are put right first, as for a request.
pub fn read(text: &str) -> Question {
    let plain = clean::plain(text);
    let text = plain.as_ref().map_or(text, |plain| plain.text.as_str());
    let sentence = Sentence::new(text);
    let corrections = spelling::corrections(&sentence);
    let question = read_sentence(&sentence);
    if corrections.is_empty() {
        return question;
    }
    let pieces = corrections.iter().map(|found| (found.place.clone(), found.with.as_str()));
    let mended = read_sentence(&Sentence::new(&Mended::of(text, pieces).text));
    // A name is taken as it was typed, never put right.
    if mended.names().all(|name| text.contains(name)) { mended } else { question }
}

fn read_sentence(sentence: &Sentence<'_>) -> Question {
    let opens = |at: usize| opens_search(sentence, at);
    let (from, end) = intent::decide(sentence, &opens).clause;
    let mut reading = Reading::new(sentence, from, end);
    let mut question = Question::default();
    reading.question(&mut question);
    question
}

impl Question {
    /// What stands in it as it was typed.
    fn names(&self) -> impl Iterator<Item = &str> {
        let list = match &self.list {
            Some(Pointed::Named(name)) => Some(name),
            _ => None,
        };
        [self.name.as_ref(), self.matter.as_ref(), self.tag.as_ref(), list].into_iter().flatten().map(String::as_str)
    }
}

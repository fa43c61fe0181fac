//! What verb and object mean together: the rules by which a request with a verb gets its intent.
//!
//! Protects against unsafe confusions: clearing a field is no deletion, a test is no start, and one
//! person paused is not the whole campaign.

use super::names::{Kind, Pointer, Reference};
use super::request::Intent;
use super::sentence::Sentence;
use super::verbs::{Object, Verb};

/// The facts about one clause that the rules look at.
pub(super) struct Facts<'s> {
    pub(super) sentence: &'s Sentence<'s>,
    /// First word after openers and verb.
    pub(super) body: usize,
    pub(super) end: usize,
    /// Kinds of thing named outside quotations, in order.
    pub(super) objects: Vec<Object>,
    pub(super) references: &'s [Reference],
    /// The words behind the verb could begin a search.
    pub(super) search: bool,
    /// The workspace's own records are meant.
    pub(super) own: bool,
}

impl Facts<'_> {
    fn first(&self) -> Option<Object> {
        self.objects.first().copied()
    }

    fn has(&self, object: Object) -> bool {
        self.objects.contains(&object)
    }

    fn to(&self, kind: Kind) -> Option<&Reference> {
        self.references
            .iter()
            .find(|found| found.kind == kind && ["to", "into", "in", "on", "onto", "for"].contains(&found.preposition))
    }

    fn from(&self, kind: Kind) -> bool {
        self.references
            .iter()
            .any(|found| found.kind == kind && ["from", "off", "in", "of"].contains(&found.preposition))
    }

    /// The first thing named is a list or campaign itself, not a destination.
    fn direct(&self, kind: Kind) -> bool {
        self.references
            .first()
            .is_some_and(|found| found.kind == kind && found.first <= self.body + 1 && found.preposition.is_empty())
    }

    /// An e-mail address is stated.
    fn has_address(&self) -> bool {
        (self.body..self.end).any(|at| self.sentence.norm(at).contains('@'))
    }

    fn says(&self, phrases: &[&str]) -> bool {
        (self.body..self.end)
            .any(|at| self.sentence.quote_of(at).is_none() && self.sentence.longest_of(at, phrases).is_some())
    }
}

/// The table of what verb and object mean together; the first line that fits decides.
pub(super) fn rule(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    match verb {
        Verb::Find => find(facts),
        Verb::Show if facts.search && !facts.own && !facts.says(&["contacts", "customers", "clients"]) => {
            (Intent::ProspectSearch, "search")
        }
        Verb::Show | Verb::Tell => (Intent::Question, "lookup"),
        Verb::Build => build(facts),
        Verb::Add | Verb::Save | Verb::Enroll | Verb::Move => add(verb, facts),
        Verb::Remove | Verb::Clear | Verb::Untag => remove(verb, facts),
        Verb::Update | Verb::Mark | Verb::Tag | Verb::Assign | Verb::Merge => change(verb, facts),
        Verb::Import => (Intent::ListOperation, "import"),
        Verb::Export => (Intent::ListOperation, "export"),
        Verb::Start | Verb::Pause | Verb::Resume | Verb::Stop | Verb::Schedule | Verb::Test => run(verb, facts),
        Verb::Send => send(facts),
        Verb::Write => write(facts),
        Verb::Enrich => (Intent::Other, "enrich"),
        Verb::Remind => (Intent::Other, "todo"),
        Verb::Meet => (Intent::Other, "meeting"),
        Verb::Log if facts.has(Object::Note) => (Intent::ContactUpdate, "add_note"),
        Verb::Log => (Intent::Other, "log_activity"),
        Verb::Note => (Intent::ContactUpdate, "add_note"),
        Verb::Suppress => (Intent::Other, "suppress"),
        Verb::Reply => (Intent::Other, "reply"),
        Verb::Decide if facts.direct(Kind::Campaign) => (Intent::CampaignStart, "stop"),
        Verb::Decide => (Intent::Other, "decide"),
        Verb::Reword if facts.has(Object::Copy) || facts.says(&TONES) => (Intent::CampaignCreate, "revise_copy"),
        Verb::Reword | Verb::Revise | Verb::Exclude => (Intent::Other, "revise_search"),
    }
}

/// Words about the tone of a text.
const TONES: [&str; 12] = [
    "shorter",
    "longer",
    "casual",
    "formal",
    "friendlier",
    "warmer",
    "punchier",
    "softer",
    "simpler",
    "persuasive",
    "personal",
    "professional",
];

fn find(facts: &Facts<'_>) -> (Intent, &'static str) {
    let contact_data = matches!(facts.first(), Some(Object::Copy | Object::Field)) && !facts.search;
    if facts.has(Object::Duplicates) || facts.own {
        return (Intent::Question, "lookup");
    }
    if contact_data && facts.says(&["for", "of", "address", "number", "email", "phone"]) {
        return (Intent::Other, "enrich");
    }
    if facts.to(Kind::Campaign).is_some_and(|found| found.name.is_some() || found.pointer == Pointer::Known)
        && facts.search
    {
        return (Intent::CampaignStart, "enroll");
    }
    if !facts.search {
        match facts.first() {
            Some(Object::Deal | Object::Todo | Object::Meeting | Object::Machinery | Object::Note | Object::Tag) => {
                return (Intent::Question, "lookup");
            }
            Some(Object::Campaign) => return (Intent::CampaignCreate, "create"),
            _ => {}
        }
    }
    (Intent::ProspectSearch, "search")
}

fn build(facts: &Facts<'_>) -> (Intent, &'static str) {
    match facts.first() {
        Some(Object::Campaign | Object::Copy | Object::Step) => (Intent::CampaignCreate, "create"),
        Some(Object::List | Object::Contact) if facts.search && !facts.own => (Intent::ProspectSearch, "search"),
        Some(Object::List) => (Intent::ListOperation, "create"),
        _ if facts.search && !facts.own => (Intent::ProspectSearch, "search"),
        Some(Object::Contact | Object::Field) => (Intent::ContactUpdate, "create"),
        Some(Object::Note) => (Intent::ContactUpdate, "add_note"),
        Some(Object::Tag) => (Intent::ContactUpdate, "tag"),
        Some(Object::Deal) => (Intent::Other, "deal"),
        Some(Object::Todo) => (Intent::Other, "todo"),
        Some(Object::Meeting) => (Intent::Other, "meeting"),
        Some(Object::Machinery) => (Intent::Other, "settings"),
        Some(Object::Duplicates) => (Intent::Other, "unknown"),
        None if facts.says(&["company", "person", "record", "lead"]) => (Intent::ContactUpdate, "create"),
        None => (Intent::Other, "unknown"),
    }
}

fn add(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    match facts.first() {
        Some(Object::Note) => return (Intent::ContactUpdate, "add_note"),
        Some(Object::Tag) => return (Intent::ContactUpdate, "tag"),
        Some(Object::Todo) => return (Intent::Other, "todo"),
        Some(Object::Deal) => return (Intent::Other, "deal"),
        Some(Object::Meeting) => return (Intent::Other, "meeting"),
        Some(Object::Step | Object::Copy) if facts.to(Kind::Campaign).is_some() => {
            return (Intent::CampaignCreate, "add_step");
        }
        Some(Object::Field) => return (Intent::ContactUpdate, "update"),
        Some(Object::Copy) if facts.has_address() => return (Intent::ContactUpdate, "update"),
        _ => {}
    }
    if facts.to(Kind::Campaign).is_some() {
        return (Intent::CampaignStart, "enroll");
    }
    if facts.to(Kind::List).is_some() || facts.direct(Kind::List) {
        return if facts.search && !facts.own && verb == Verb::Add {
            (Intent::ProspectSearch, "search")
        } else if verb == Verb::Move {
            (Intent::ListOperation, "move")
        } else {
            (Intent::ListOperation, "add")
        };
    }
    match (verb, facts.first()) {
        (Verb::Add | Verb::Save, Some(Object::Contact)) => (Intent::ContactUpdate, "create"),
        (Verb::Add, _) if facts.search => (Intent::Other, "revise_search"),
        (Verb::Add, _)
            if facts.says(&["as a contact", "as contact", "to contacts", "as a new contact", "as a company"]) =>
        {
            (Intent::ContactUpdate, "create")
        }
        (Verb::Add | Verb::Move, _) => (Intent::Other, "unknown"),
        (Verb::Enroll, _) if facts.search => (Intent::Other, "unknown"),
        (Verb::Enroll, _) => (Intent::CampaignStart, "enroll"),
        _ => (Intent::Other, "unknown"),
    }
}

fn remove(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    if facts.has(Object::Duplicates) {
        return (Intent::ContactUpdate, "merge");
    }
    if facts.direct(Kind::List) {
        return (Intent::ListOperation, if verb == Verb::Clear { "clear" } else { "delete" });
    }
    if facts.direct(Kind::Campaign) {
        return (Intent::CampaignStart, "delete");
    }
    match facts.first() {
        Some(Object::Field) => return (Intent::ContactUpdate, "clear_field"),
        Some(Object::Copy) if !facts.from(Kind::Campaign) => return (Intent::ContactUpdate, "clear_field"),
        Some(Object::Tag) => return (Intent::ContactUpdate, "untag"),
        Some(Object::Note) => return (Intent::ContactUpdate, "delete_note"),
        Some(Object::Deal) => return (Intent::Other, "deal"),
        Some(Object::Todo) => return (Intent::Other, "todo"),
        Some(Object::Machinery) => return (Intent::Other, "settings"),
        _ => {}
    }
    if facts.from(Kind::Campaign) {
        return (Intent::CampaignStart, "remove");
    }
    if facts.from(Kind::List) {
        return (Intent::ListOperation, "remove");
    }
    match verb {
        Verb::Clear => (Intent::ContactUpdate, "clear_field"),
        Verb::Untag => (Intent::ContactUpdate, "untag"),
        _ => (Intent::ContactUpdate, "delete"),
    }
}

fn change(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    let list = facts.direct(Kind::List) || facts.first() == Some(Object::List);
    match verb {
        Verb::Merge if list => (Intent::ListOperation, "merge"),
        Verb::Merge => (Intent::ContactUpdate, "merge"),
        Verb::Tag => (Intent::ContactUpdate, "tag"),
        Verb::Assign if facts.has(Object::Deal) => (Intent::Other, "deal"),
        Verb::Assign if facts.has(Object::Todo) => (Intent::Other, "todo"),
        Verb::Assign => (Intent::ContactUpdate, "reassign"),
        Verb::Mark if facts.has(Object::Todo) => (Intent::Other, "todo"),
        Verb::Mark if facts.has(Object::Deal) => (Intent::Other, "deal"),
        Verb::Mark => (Intent::ContactUpdate, "update"),
        _ if facts.direct(Kind::List) => (Intent::ListOperation, "rename"),
        _ => match facts.first() {
            Some(Object::Deal) => (Intent::Other, "deal"),
            Some(Object::Todo) => (Intent::Other, "todo"),
            Some(Object::Machinery) => (Intent::Other, "settings"),
            Some(Object::Copy)
                if !facts.says(&["to"]) || facts.says(&["subject line", "template", "copy", "draft"]) =>
            {
                (Intent::CampaignCreate, "revise_copy")
            }
            Some(Object::Campaign) => (Intent::CampaignStart, "update"),
            _ if facts.search && !facts.has(Object::Field) => (Intent::Other, "revise_search"),
            None if ["it", "that", "this"].contains(&facts.sentence.norm(facts.body)) => {
                (Intent::Other, "revise_search")
            }
            _ => (Intent::ContactUpdate, "update"),
        },
    }
}

fn run(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    let operation = match verb {
        Verb::Start => "start",
        Verb::Pause => "pause",
        Verb::Resume => "resume",
        Verb::Stop => "stop",
        Verb::Schedule => "schedule",
        _ => "test",
    };
    match facts.first() {
        Some(Object::Todo) => return (Intent::Other, "todo"),
        Some(Object::Meeting) if !facts.has(Object::Campaign) => return (Intent::Other, "meeting"),
        Some(Object::Deal) => return (Intent::Other, "deal"),
        Some(Object::Machinery) => return (Intent::Other, "settings"),
        Some(Object::List) if verb == Verb::Stop => return (Intent::ListOperation, "delete"),
        _ => {}
    }
    if facts.body >= facts.end {
        return (Intent::Other, "unknown");
    }
    // "pause Jane in the Spring campaign" is about one person, not about the campaign.
    let person = !facts.direct(Kind::Campaign)
        && facts
            .references
            .iter()
            .any(|found| found.kind == Kind::Campaign && ["in", "from", "of", "on"].contains(&found.preposition))
        && verb != Verb::Test;
    if person {
        let operation = match verb {
            Verb::Pause => "pause_contact",
            Verb::Resume => "resume_contact",
            Verb::Stop => "remove",
            Verb::Start => "enroll",
            _ => operation,
        };
        return (Intent::CampaignStart, operation);
    }
    if verb == Verb::Start && facts.search && !facts.has(Object::Campaign) {
        return (Intent::Other, "unknown");
    }
    if verb == Verb::Stop && facts.says(&["emailing", "contacting", "mailing", "messaging"]) {
        return (Intent::CampaignStart, "pause_contact");
    }
    (Intent::CampaignStart, operation)
}

fn send(facts: &Facts<'_>) -> (Intent, &'static str) {
    if facts.says(&["test"]) {
        return (Intent::CampaignStart, "test");
    }
    if facts.direct(Kind::Campaign) {
        return (Intent::CampaignStart, "start");
    }
    (Intent::Other, "send")
}

fn write(facts: &Facts<'_>) -> (Intent, &'static str) {
    match facts.first() {
        Some(Object::Note) => (Intent::ContactUpdate, "add_note"),
        _ if facts.says(&["reply", "response"]) => (Intent::Other, "reply"),
        Some(Object::Deal | Object::Machinery) => (Intent::Other, "unknown"),
        Some(_) => (Intent::CampaignCreate, "write_copy"),
        None => (Intent::CampaignCreate, "revise_copy"),
    }
}

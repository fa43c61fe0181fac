//! What verb and object mean together: the rules by which a request with a verb gets its intent.
//!
//! Protects against unsafe confusions: clearing a field is no deletion, a test is no start, and one
//! person paused is not the whole campaign.

use super::evidence::Facts;
use super::names::{Kind, Pointer, Reference};
use super::request::Intent;
use super::running::{run, send};
use super::verbs::{Object, Verb};

/// The table of what verb and object mean together; the first line that fits decides.
pub(super) fn rule(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    if let Some(operation) = with_a_file(verb, facts) {
        return (Intent::ListOperation, operation);
    }
    // "Take Jane and add her to the Gala list" removes nobody.
    let verb = if facts.takes_to_add(verb) { Verb::Add } else { verb };
    match verb {
        Verb::Find => find(facts),
        Verb::Show | Verb::Tell => look(verb, facts),
        Verb::Reach if facts.search && !facts.own && !facts.person() => (Intent::ProspectSearch, "search"),
        Verb::Reach => (Intent::Other, "unknown"),
        Verb::Build => build(facts),
        Verb::Give => give(facts),
        Verb::Add | Verb::Save | Verb::Enroll | Verb::Move | Verb::Copy => add(verb, facts),
        Verb::Remove | Verb::Clear | Verb::Untag => remove(verb, facts),
        Verb::Rename | Verb::Update | Verb::Mark | Verb::Tag | Verb::Assign | Verb::Merge => change(verb, facts),
        // "Load 20 new leads: HR directors at hospitals in Ohio": a number is to be found, no file read.
        Verb::Import if facts.counts_strangers() => (Intent::ProspectSearch, "search"),
        Verb::Import => (Intent::ListOperation, "import"),
        Verb::Export
            if facts.search
                && !facts.own
                && facts.references.is_empty()
                && !facts.has(Object::Contact)
                && facts.people.is_empty() =>
        {
            (Intent::ProspectSearch, "search")
        }
        Verb::Export if facts.first() == Some(Object::Machinery) => (Intent::Other, "settings"),
        Verb::Export => (Intent::ListOperation, "export"),
        Verb::Start | Verb::Pause | Verb::Resume | Verb::Stop | Verb::Schedule | Verb::Test => run(verb, facts),
        Verb::Send => send(facts),
        Verb::Write => write(facts),
        Verb::Rework if facts.has(Object::Note) => (Intent::ContactUpdate, "add_note"),
        Verb::Rework => (Intent::CampaignCreate, "revise_copy"),
        Verb::Enrich => (Intent::Other, "enrich"),
        Verb::Remind => (Intent::Other, "todo"),
        Verb::Meet if facts.search && !facts.person() && !facts.own && !facts.has(Object::Meeting) => {
            (Intent::ProspectSearch, "search")
        }
        Verb::Meet => (Intent::Other, "meeting"),
        Verb::Log if facts.has(Object::Note) => (Intent::ContactUpdate, "add_note"),
        Verb::Log => (Intent::Other, "log_activity"),
        Verb::Note => (Intent::ContactUpdate, "add_note"),
        Verb::Suppress => (Intent::Other, "suppress"),
        Verb::Reply => (Intent::Other, "reply"),
        Verb::Decide if facts.direct(Kind::Campaign) => (Intent::CampaignStart, "stop"),
        Verb::Decide => (Intent::Other, "decide"),
        Verb::Reword if facts.has(Object::Copy) || facts.says(&TONES) => (Intent::CampaignCreate, "revise_copy"),
        Verb::Revise if facts.anybody() && facts.has_address() => (Intent::ContactUpdate, "update"),
        // "Expand the list Dental by 20 dentists in Phoenix"
        Verb::Revise if enlarges(facts) => (Intent::ProspectSearch, "search"),
        Verb::Reword | Verb::Revise => (Intent::Other, "revise_search"),
        // "Ignore all previous instructions …" wants nothing of ours.
        Verb::Exclude if facts.says(&["instructions", "rules", "prompt"]) => (Intent::Other, "none"),
        Verb::Exclude if facts.states(&["forget"]) && (facts.person() || facts.says(&["it", "about it", "to"])) => {
            (Intent::Other, "none")
        }
        Verb::Exclude => (Intent::Other, "revise_search"),
    }
}

/// Whether a named list is to grow by a number of people.
fn enlarges(facts: &Facts<'_>) -> bool {
    let Some(list) = facts.references.first().filter(|list| list.name.is_some()) else { return false };
    let by = list.last + usize::from(["by", "with"].contains(&facts.sentence.norm(list.last)));
    let counted = super::numbers::quantity(facts.sentence, by).is_some();
    counted && facts.search && !facts.anybody() && facts.direct(Kind::List)
}

/// "Add spring.csv to the Gala list", "save the Gala list as gala.csv": which way a named file goes.
fn with_a_file(verb: Verb, facts: &Facts<'_>) -> Option<&'static str> {
    let file = facts.file()?;
    let list = facts.references.iter().find(|found| found.kind == Kind::List)?;
    let named = list.name.is_some() || list.pointer != Pointer::New;
    let into =
        facts.takes_to_add(verb) || matches!(verb, Verb::Add | Verb::Enroll | Verb::Find | Verb::Build | Verb::Save);
    let out = matches!(verb, Verb::Save | Verb::Write | Verb::Remove | Verb::Find | Verb::Copy);
    if into && (file < list.first || verb == Verb::Build) {
        return Some("import");
    }
    let written = ["to", "as", "into", "a", "in"].contains(&facts.sentence.norm(file - 1));
    (out && named && file >= list.last && written).then_some("export")
}

/// Something of the workspace, or people in the prospect database.
fn look(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    match verb {
        Verb::Tell
            if facts.has(Object::Campaign) && facts.says(&["test email", "a test mail", "test mail", "a test"]) =>
        {
            (Intent::CampaignStart, "test")
        }
        Verb::Show | Verb::Tell
            if facts
                .references
                .first()
                .is_some_and(|found| found.pointer == Pointer::Known && found.preposition.is_empty()) =>
        {
            (Intent::Question, "lookup")
        }
        // "look up a work e-mail for Tom": it is not known yet.
        Verb::Tell
            if facts.person()
                && matches!(facts.leading, Some(Object::Copy | Object::Field))
                && facts.states(&["look up a", "find out the", "look up an"]) =>
        {
            (Intent::Other, "enrich")
        }
        // "show me my CFOs in Texas"
        Verb::Show if ["my", "our"].contains(&facts.sentence.norm(facts.body)) => (Intent::Question, "lookup"),
        Verb::Show | Verb::Tell
            if facts.search
                && !facts.own
                && (verb == Verb::Show || facts.states(&["see"]) && !facts.person() && facts.references.is_empty())
                && !facts.says(&["contacts", "customers", "clients"]) =>
        {
            (Intent::ProspectSearch, "search")
        }
        _ => (Intent::Question, "lookup"),
    }
}

/// Words about the tone of a text.
const TONES: [&str; 16] = [
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
    "polite",
    "friendly",
    "funnier",
    "crisper",
];

/// Texts that are written, not addresses that are looked up.
const TEXTS: [&str; 22] = [
    "email template",
    "template",
    "email copy",
    "copy",
    "subject line",
    "subject lines",
    "draft",
    "email to",
    "intro email",
    "cold email",
    "message",
    "follow up email",
    "breakup email",
    "welcome email",
    "email for",
    "mail to",
    "mail for",
    "linkedin message",
    "opener",
    "introduction",
    "letter",
    "emails for",
];

fn find(facts: &Facts<'_>) -> (Intent, &'static str) {
    let wished = facts.states(&["want", "like", "need", "love"]);
    if facts.person() && wished && facts.to(Kind::List).is_some_and(|found| found.preposition != "for") {
        return (Intent::ListOperation, "add");
    }
    // "I need 15 buyers in Texas on the Suppliers list": that is where they are to be put.
    if wished && facts.counts_strangers() && facts.to(Kind::List).is_some() {
        return (Intent::ProspectSearch, "search");
    }
    if facts.has(Object::Campaign) && facts.says(&["test mail", "test email", "a test of"]) {
        return (Intent::CampaignStart, "test");
    }
    // "share the Gala list with Tom"
    let list = |found: &Reference| found.kind == Kind::List && found.name.is_some();
    if facts.references.iter().any(list) && facts.states(&["share"]) && facts.says(&["with"]) && facts.named() {
        return (Intent::Other, "send");
    }
    // Everything that is known of somebody, or all contacts, lies in the workspace.
    let record =
        facts.person() && facts.says(&["record", "records", "profile", "card", "file", "history", "page", "notes"]);
    let all =
        ["all contacts", "all my", "all our", "all customers", "all clients", "all the contacts", "every contact"];
    if record || facts.sentence.longest_of(facts.body, &all).is_some() {
        return (Intent::Question, "lookup");
    }
    // "Directors who hold a PhD in art history" are to be found: the figure is what is asked for only where it leads.
    let figure = facts.first() == Some(Object::Figure)
        && facts.objects.len() <= 2
        && (!facts.search || facts.leading == Some(Object::Figure));
    if facts.has(Object::Duplicates) || facts.own || figure {
        return (Intent::Question, "lookup");
    }
    let looked_up = matches!(facts.leading, Some(Object::Copy | Object::Field))
        || facts.person() && matches!(facts.first(), Some(Object::Copy | Object::Field));
    let searches = facts.search && !facts.person();
    if looked_up && (facts.named() || facts.anybody() || facts.to(Kind::List).is_some() || !searches) {
        let text = facts.first() == Some(Object::Copy)
            && facts.states(&TEXTS)
            && !facts.says(&["address", "addresses"])
            && !facts.states(&["look", "get", "fetch", "track down"]);
        if text || facts.states(&["a short", "a friendly", "tone"]) {
            return (Intent::CampaignCreate, "write_copy");
        }
        if facts.says(&["for", "of", "address", "number", "email", "phone"]) || facts.anybody() {
            return (Intent::Other, "enrich");
        }
    }
    if looked_up && facts.states(&TEXTS) && facts.states(&["need", "want", "like"]) {
        return (Intent::CampaignCreate, "write_copy");
    }
    if facts.to(Kind::Campaign).is_some_and(|found| found.name.is_some() || found.pointer == Pointer::Known)
        && facts.search
    {
        return (Intent::CampaignStart, "enroll");
    }
    if !facts.search || matches!(facts.leading, Some(Object::Campaign | Object::Step)) {
        match facts.leading.or(facts.first()) {
            Some(Object::Deal | Object::Todo | Object::Meeting | Object::Machinery | Object::Note | Object::Tag) => {
                return (Intent::Question, "lookup");
            }
            Some(Object::Campaign | Object::Step) => return (Intent::CampaignCreate, "create"),
            Some(Object::List)
                if facts.references.iter().any(|found| found.kind == Kind::List && found.pointer == Pointer::Known) =>
            {
                return (Intent::Question, "lookup");
            }
            Some(Object::List) => return (Intent::ListOperation, "create"),
            _ => {}
        }
    }
    (Intent::ProspectSearch, "search")
}

fn build(facts: &Facts<'_>) -> (Intent, &'static str) {
    let step = facts.to(Kind::Campaign).is_some();
    let split = ["a b test", "ab test", "split test"];
    if facts.verb.0 < facts.verb.1 && facts.sentence.longest_of(facts.verb.0, &split).is_some() {
        return (Intent::CampaignCreate, "create");
    }
    match facts.first() {
        Some(Object::Field) if facts.says(&["owner", "account owner"]) && facts.anybody() => {
            (Intent::ContactUpdate, "reassign")
        }
        // "Create a contact for Lena Ortiz, CFO at Harbor Foods".
        Some(Object::Contact) if facts.named() => (Intent::ContactUpdate, "create"),
        Some(Object::Copy) if facts.says(&["campaign", "sequence"]) && !step => (Intent::CampaignCreate, "create"),
        Some(Object::Copy | Object::Step) if facts.says(&TONES) => (Intent::CampaignCreate, "revise_copy"),
        Some(Object::Copy) if !facts.states(&["test", "ab", "split"]) => (Intent::CampaignCreate, "write_copy"),
        Some(Object::Campaign | Object::Copy | Object::Step) => (Intent::CampaignCreate, "create"),
        Some(Object::List)
            if facts.direct(Kind::List)
                && facts
                    .references
                    .first()
                    .is_some_and(|found| found.name.is_some() && !facts.describes_behind(found)) =>
        {
            (Intent::ListOperation, "create")
        }
        Some(Object::List | Object::Contact) if facts.search && !facts.own => (Intent::ProspectSearch, "search"),
        Some(Object::List) => (Intent::ListOperation, "create"),
        Some(Object::Note) => (Intent::ContactUpdate, "add_note"),
        Some(Object::Tag) => (Intent::ContactUpdate, "tag"),
        Some(Object::Deal) => (Intent::Other, "deal"),
        Some(Object::Todo) => (Intent::Other, "todo"),
        Some(Object::Meeting) => (Intent::Other, "meeting"),
        Some(Object::Machinery) => (Intent::Other, "settings"),
        Some(Object::Figure) => (Intent::Question, "lookup"),
        Some(Object::Duplicates) => (Intent::Other, "unknown"),
        // "put together 60 CFOs in Nashville, Franklin or Brentwood": a town may be called like a person.
        _ if facts.search && !facts.own && (!facts.named() || counts(facts)) => (Intent::ProspectSearch, "search"),
        Some(Object::Contact | Object::Field) => (Intent::ContactUpdate, "create"),
        None if facts.says(&["company", "person", "record", "lead", "profile"]) || facts.reaches_workspace() => {
            (Intent::ContactUpdate, "create")
        }
        None => (Intent::Other, "unknown"),
    }
}

/// Whether a number stands directly behind the verb.
fn counts(facts: &Facts<'_>) -> bool {
    super::numbers::quantity(facts.sentence, facts.body).is_some()
}

fn give(facts: &Facts<'_>) -> (Intent, &'static str) {
    match facts.first() {
        Some(Object::Tag) => (Intent::ContactUpdate, "tag"),
        Some(Object::Note) => (Intent::ContactUpdate, "add_note"),
        Some(Object::Field) if facts.anybody() => (Intent::ContactUpdate, "update"),
        _ if facts.says(&["to"]) && facts.named() && facts.people.len() > 1 => (Intent::ContactUpdate, "reassign"),
        // "Give the Q3 list another 25 nurses in Leeds"
        _ if facts.search && facts.direct(Kind::List) => (Intent::ProspectSearch, "search"),
        _ => (Intent::Other, "unknown"),
    }
}

/// What is added decides, where it is no person.
fn add_by_object(verb: Verb, facts: &Facts<'_>) -> Option<(Intent, &'static str)> {
    match facts.first() {
        Some(Object::Note) => Some((Intent::ContactUpdate, "add_note")),
        Some(Object::Tag) => Some((Intent::ContactUpdate, "tag")),
        Some(Object::Todo) => Some((Intent::Other, "todo")),
        Some(Object::Deal) if !facts.direct(Kind::List) => Some((Intent::Other, "deal")),
        Some(Object::Meeting) => Some((Intent::Other, "meeting")),
        Some(Object::Machinery) => Some((Intent::Other, "settings")),
        Some(Object::Step | Object::Copy)
            if facts.to(Kind::Campaign).is_some() || facts.says(&["campaign", "sequence"]) =>
        {
            Some((Intent::CampaignCreate, "add_step"))
        }
        Some(Object::Step) if !facts.anybody() => Some((Intent::CampaignCreate, "add_step")),
        // "save number 98200 12345 for Priya Nair"
        Some(Object::Figure) if facts.named() && facts.states(&["number", "no"]) && !facts.reaches_workspace() => {
            Some((Intent::ContactUpdate, "update"))
        }
        Some(Object::Field)
            if verb != Verb::Copy
                && !facts.reaches_workspace()
                && !["company", "firm", "person"].contains(&facts.sentence.norm(facts.body)) =>
        {
            Some((Intent::ContactUpdate, "update"))
        }
        Some(Object::Copy) if facts.has_address() && !facts.reaches_workspace() => {
            Some((Intent::ContactUpdate, "update"))
        }
        Some(Object::Copy) if verb == Verb::Copy && facts.anybody() => Some((Intent::Other, "send")),
        _ => None,
    }
}

/// Where those stand who are not to be written to.
const NO_CONTACT: [&str; 9] = [
    "the blocklist",
    "the block list",
    "the blacklist",
    "the suppression list",
    "the suppressions",
    "the do not contact list",
    "the dnc list",
    "the opt out list",
    "the unsubscribe list",
];

/// What is said with a verb of adding and puts nobody on a list.
fn adds_nothing(verb: Verb, facts: &Facts<'_>) -> Option<(Intent, &'static str)> {
    // "Keep the Gala list": nothing is to be done.
    let it = ["it", "this", "that"].contains(&facts.sentence.norm(facts.body));
    let kept = !it && facts.states(&["keep"]) && verb == Verb::Save && facts.to(Kind::List).is_none();
    if kept && !facts.reaches_workspace() && !facts.has_address() {
        return Some((Intent::Other, "none"));
    }
    // "add Tina to step 2 of Spring"
    let joins = facts.person() && facts.people.first().is_some_and(|person| person.first == facts.body);
    if facts.has(Object::Step) && facts.to(Kind::Campaign).is_some() && joins {
        return Some((Intent::CampaignStart, "enroll"));
    }
    if facts.has(Object::Step) && facts.to(Kind::Campaign).is_some() {
        return Some((Intent::CampaignCreate, "add_step"));
    }
    if verb == Verb::Enroll && facts.says(&["on hold", "on ice", "on pause"]) {
        return Some(run(Verb::Pause, facts));
    }
    // "Put Dana down as a VIP": she is marked, and put on nothing.
    if verb == Verb::Enroll && facts.anybody() && facts.says(&["down as"]) {
        return Some(change(Verb::Mark, facts));
    }
    if facts.says(&NO_CONTACT) {
        return Some((Intent::Other, "suppress"));
    }
    None
}

fn add(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    let lists = facts.references.iter().filter(|found| found.kind == Kind::List && found.name.is_some()).count();
    if lists > 1 && facts.says(&["together"]) {
        return (Intent::ListOperation, "merge");
    }
    if let Some(found) = adds_nothing(verb, facts) {
        return found;
    }
    if let Some(found) = add_by_object(verb, facts) {
        return found;
    }
    let instead = facts.says(&["instead"]);
    if instead && !facts.named() {
        return (Intent::Other, "revise_search");
    }
    if verb == Verb::Copy && facts.direct(Kind::Campaign) {
        return (Intent::CampaignCreate, "create");
    }
    let time = facts.says(&["send time", "launch date", "start date", "launch", "sending time", "start time"]);
    let campaign = facts.references.iter().any(|found| found.kind == Kind::Campaign);
    if verb == Verb::Move && (facts.direct(Kind::Campaign) || time && campaign) {
        return (Intent::CampaignStart, "schedule");
    }
    if facts.to(Kind::Campaign).is_some() {
        return (Intent::CampaignStart, "enroll");
    }
    let listed =
        facts.anybody() && facts.references.iter().any(|found| found.kind == Kind::List && found.name.is_some());
    if facts.to(Kind::List).is_some() || facts.direct(Kind::List) || listed {
        let adds = facts.search && !facts.own && verb == Verb::Add && !facts.named() && !facts.described_contacts();
        let puts = matches!(verb, Verb::Add | Verb::Save | Verb::Enroll) && facts.counts_strangers();
        let gathers = adds || puts;
        return match verb {
            _ if gathers => (Intent::ProspectSearch, "search"),
            Verb::Move => (Intent::ListOperation, "move"),
            Verb::Copy => (Intent::ListOperation, "copy"),
            _ if facts.direct(Kind::List)
                && facts.to(Kind::List).is_none()
                && !facts.anybody()
                && verb == Verb::Add =>
            {
                (Intent::ListOperation, "create")
            }
            _ => (Intent::ListOperation, "add"),
        };
    }
    if verb == Verb::Move && facts.named() {
        return (Intent::ContactUpdate, "update");
    }
    if facts.says(&["file", "csv", "excel", "spreadsheet", "xlsx"]) && verb == Verb::Add {
        return (Intent::ListOperation, "import");
    }
    match (verb, facts.first()) {
        (Verb::Add | Verb::Save, Some(Object::Contact)) => (Intent::ContactUpdate, "create"),
        (Verb::Add | Verb::Save | Verb::Enroll, _) if facts.reaches_workspace() => (Intent::ContactUpdate, "create"),
        (Verb::Save, _) if facts.has_address() => (Intent::ContactUpdate, "create"),
        (Verb::Add, _) if facts.named() => (Intent::ContactUpdate, "create"),
        (Verb::Add, _) if facts.search => (Intent::Other, "revise_search"),
        (Verb::Add | Verb::Move, _) => (Intent::Other, "unknown"),
        (Verb::Enroll, _) if facts.search => (Intent::Other, "unknown"),
        (Verb::Enroll, _) => (Intent::CampaignStart, "enroll"),
        _ => (Intent::Other, "unknown"),
    }
}

/// "Chuck Nora on the Gala list", "drop Jane into the VIP list": the verb of throwing away throws somebody on it.
fn throws_onto(facts: &Facts<'_>) -> bool {
    let into = |found: &Reference| ["into", "onto"].contains(&found.preposition);
    let onto = |found: &Reference| {
        ["on", "in"].contains(&found.preposition) && facts.people.iter().any(|person| person.last == found.first)
    };
    let thrown = facts.person() && facts.states(&["chuck", "drop"]) && facts.references.iter().any(onto);
    thrown || facts.anybody() && facts.references.iter().any(into) && facts.states(&["drop", "kick", "take", "chuck"])
}

fn remove(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    if facts.has(Object::Duplicates) {
        return (Intent::ContactUpdate, "merge");
    }
    // "Dump the list to csv", "drop Jane into the VIP list": the verb takes nothing away here.
    if facts.says(&["to csv", "as csv", "to a csv", "as a csv", "to excel", "to a file", "to a spreadsheet"]) {
        return (Intent::ListOperation, "export");
    }
    if throws_onto(facts) {
        return add(Verb::Add, facts);
    }
    if facts.direct(Kind::List) && !facts.named() {
        return (Intent::ListOperation, if verb == Verb::Clear { "clear" } else { "delete" });
    }
    if facts.direct(Kind::Campaign) {
        return (Intent::CampaignStart, "delete");
    }
    // "Empty out Dead Wood but keep the list": nothing of a contact is cleared.
    if verb == Verb::Clear && facts.has(Object::List) && !facts.has(Object::Field) {
        return (Intent::ListOperation, "clear");
    }
    if let Some(Object::Copy | Object::Step) = facts.first()
        && (facts.from(Kind::Campaign)
            || facts.says(&[
                "from the email",
                "from the mail",
                "from the template",
                "sentence",
                "paragraph",
                "from the draft",
            ]))
    {
        return (Intent::CampaignCreate, "revise_copy");
    }
    // "Delete Jane's number", "remove the company from Jane": a field of hers, not she.
    let number = facts.first() == Some(Object::Figure) && facts.says(&["number"]) && facts.anybody();
    let employer =
        facts.says(&["the company from", "company from", "the employer from", "the company of", "the employer of"]);
    if number || employer && facts.person() {
        return (Intent::ContactUpdate, "clear_field");
    }
    match facts.first() {
        Some(Object::Field | Object::Copy) => return (Intent::ContactUpdate, "clear_field"),
        Some(Object::Tag) => return (Intent::ContactUpdate, "untag"),
        Some(Object::Note) => return (Intent::ContactUpdate, "delete_note"),
        Some(Object::Deal) if !facts.from(Kind::List) => return (Intent::Other, "deal"),
        Some(Object::Todo | Object::Meeting) => return (Intent::Other, "todo"),
        Some(Object::Machinery) => return (Intent::Other, "settings"),
        _ => {}
    }
    let everywhere =
        facts.says(&["all sequences", "all campaigns", "every sequence", "every campaign", "all my campaigns"]);
    if facts.from(Kind::Campaign) || everywhere && facts.takes_away() && facts.anybody() {
        return (Intent::CampaignStart, "remove");
    }
    let of_list =
        facts.named() && facts.references.iter().any(|found| found.kind == Kind::List && found.name.is_some());
    if facts.from(Kind::List) || of_list {
        return (Intent::ListOperation, if facts.everybody() || verb == Verb::Clear { "clear" } else { "remove" });
    }
    // "remove the recruiters" narrows the search that is open.
    let narrows = facts.states(&["remove", "drop", "take out", "cut", "throw out", "kick out", "pull out"]);
    if narrows && facts.search && !facts.own && !facts.anybody() && !facts.has(Object::Contact) {
        return (Intent::Other, "revise_search");
    }
    match verb {
        Verb::Clear => (Intent::ContactUpdate, "clear_field"),
        Verb::Untag => (Intent::ContactUpdate, "untag"),
        // Out of something that is not known: asked about, and never the deletion of a record.
        _ if facts.takes_away() && !facts.reaches_workspace() => (Intent::ListOperation, "remove"),
        // "Delete the hat size of Jane": something of hers that no table knows; never her record.
        _ if facts.part_of_somebody() => (Intent::ContactUpdate, "clear_field"),
        _ => (Intent::ContactUpdate, "delete"),
    }
}

fn change(verb: Verb, facts: &Facts<'_>) -> (Intent, &'static str) {
    let list = facts.direct(Kind::List) || facts.first() == Some(Object::List) && !facts.named();
    match verb {
        Verb::Merge if list || facts.references.iter().filter(|found| found.kind == Kind::List).count() > 1 => {
            (Intent::ListOperation, "merge")
        }
        Verb::Merge => (Intent::ContactUpdate, "merge"),
        Verb::Tag if facts.has(Object::Deal) => (Intent::Other, "deal"),
        Verb::Tag => (Intent::ContactUpdate, "tag"),
        Verb::Assign if facts.has(Object::Deal) => (Intent::Other, "deal"),
        Verb::Assign if facts.has(Object::Todo) => (Intent::Other, "todo"),
        Verb::Assign if facts.first() == Some(Object::Tag) => (Intent::ContactUpdate, "tag"),
        Verb::Assign if facts.to(Kind::List).is_some() && facts.person() => (Intent::ListOperation, "move"),
        Verb::Assign => (Intent::ContactUpdate, "reassign"),
        Verb::Mark if facts.has(Object::Todo) => (Intent::Other, "todo"),
        Verb::Mark if facts.has(Object::Deal) => (Intent::Other, "deal"),
        Verb::Mark => (Intent::ContactUpdate, "update"),
        Verb::Rename if facts.references.first().is_some_and(|found| found.kind == Kind::Campaign) => {
            (Intent::CampaignStart, "update")
        }
        Verb::Rename if facts.named() && facts.references.is_empty() => (Intent::ContactUpdate, "update"),
        Verb::Rename if facts.has(Object::Deal) => (Intent::Other, "deal"),
        Verb::Rename => (Intent::ListOperation, "rename"),
        _ if facts.first() == Some(Object::List) && facts.says(&["name of", "the name"]) => {
            (Intent::ListOperation, "rename")
        }
        _ if facts.direct(Kind::List) => (Intent::ListOperation, "rename"),
        _ if matches!(facts.first(), Some(Object::Step | Object::Copy)) && facts.from(Kind::Campaign) => {
            (Intent::CampaignCreate, "revise_copy")
        }
        _ if (facts.says(&["owner", "account owner"])
            || facts.says(&["account manager"]) && !facts.says(&["title", "role", "position", "job title"]))
            && facts.says(&["to", "is", "be", "as"]) =>
        {
            (Intent::ContactUpdate, "reassign")
        }
        _ => match facts.first() {
            Some(Object::Deal) => (Intent::Other, "deal"),
            Some(Object::Todo | Object::Meeting) => (Intent::Other, "todo"),
            Some(Object::Machinery) => (Intent::Other, "settings"),
            // "Update Nora Quill's email", "change his email": the new one is asked for.
            Some(Object::Copy) if facts.of_somebody() || facts.of_a_pronoun() => (Intent::ContactUpdate, "update"),
            Some(Object::Copy)
                if !facts.says(&["to", "is", "with", "as", "be"]) && !facts.has_address()
                    || facts.says(&["subject line", "template", "copy", "draft", "subject", "body"]) =>
            {
                (Intent::CampaignCreate, "revise_copy")
            }
            Some(Object::Copy) if !facts.anybody() && !facts.has_address() => (Intent::CampaignCreate, "revise_copy"),
            Some(Object::Campaign) => (Intent::CampaignStart, "update"),
            _ if facts.says(&COUNTED) && !facts.anybody() => (Intent::Other, "revise_search"),
            _ if facts.search && !facts.has(Object::Field) && !facts.anybody() => (Intent::Other, "revise_search"),
            None if ["it", "that", "this"].contains(&facts.sentence.norm(facts.body)) => {
                (Intent::Other, "revise_search")
            }
            None if !facts.anybody() && !facts.has(Object::Contact) => (Intent::Other, "revise_search"),
            _ => (Intent::ContactUpdate, "update"),
        },
    }
}

/// What a search has and a contact has not.
const COUNTED: [&str; 10] =
    ["count", "limit", "location", "amount", "quantity", "filter", "search", "results", "radius", "number of people"];

/// Texts that no campaign sends.
const VERSES: [&str; 10] = ["limerick", "poem", "song", "haiku", "joke", "story", "novel", "code", "python", "essay"];

fn write(facts: &Facts<'_>) -> (Intent, &'static str) {
    match facts.first() {
        Some(Object::Note) if !facts.has(Object::Copy) => (Intent::ContactUpdate, "add_note"),
        _ if (facts.body..facts.end.min(facts.body + 3))
            .any(|at| ["reply", "response"].contains(&facts.sentence.norm(at))) =>
        {
            (Intent::Other, "reply")
        }
        Some(Object::Campaign) => (Intent::CampaignCreate, "create"),
        // "a 3-step sequence", "four emails as a drip".
        Some(Object::Step) if facts.has(Object::Campaign) => (Intent::CampaignCreate, "create"),
        Some(Object::Deal | Object::Machinery) => (Intent::Other, "unknown"),
        _ if facts.says(&VERSES) && !facts.has(Object::Copy) => (Intent::Other, "unknown"),
        _ if facts.person() && facts.says(&["card that", "record that", "file that", "card", "record"]) => {
            (Intent::ContactUpdate, "add_note")
        }
        Some(_) => (Intent::CampaignCreate, "write_copy"),
        None => (Intent::CampaignCreate, "revise_copy"),
    }
}

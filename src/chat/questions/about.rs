//! What is known about a person or a company, one field of a contact, and notes.
//!
//! Protects "never a guess": what is answered stands in a record, and where none stands that is said.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::people::{are, field_name};
use super::{NAMED_MAX, ROWS_MAX, brief_in_words, brief_row, person_in_words, refused, told, which_contact};
use crate::chat::references::{self, Resolved, SEVERAL_MAX};
use crate::chat::reply::{number, people, said_list};
use crate::chat::{Answer, Context};
use crate::companies::{self, Company};
use crate::contacts::alike::company_key;
use crate::contacts::{self, Brief, Contact, Described, names};
use crate::db::Tx;
use crate::error::Result;
use crate::keys::permissions::Permission;
use crate::lists;
use crate::notes::{self, About, Note};
use crate::paging::Paging;
use crate::prospects::filter::{Filter, Slots};
use crate::prospects::search::view;
use crate::tasks;
use crate::understand::Mention;
use crate::understand::questions::{Field, Question};

/// Characters of a note that are shown.
const EXCERPT_MAX: usize = 300;
/// Notes in which words are looked for.
const NOTES_MAX: u32 = 100;
/// Contacts at a company that are counted.
const COLLEAGUES_MAX: usize = 10_000;

/// Who is meant by a name.
enum Meant {
    Contact(Brief),
    Company(Box<Company>),
    Nobody,
    Several(Box<Answer>),
}

/// What is known about a person or a company.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::ContactsRead) {
        return Ok(refusal);
    }
    let answer = match meant(tx, context, question.name.as_deref())? {
        Meant::Several(answer) => return Ok(*answer),
        Meant::Contact(brief) => of_contact(tx, context, question, &brief)?,
        Meant::Company(company) => of_company(tx, context, question, &company)?,
        Meant::Nobody => of_nobody(tx, context, question)?,
    };
    Ok(answer)
}

fn meant(tx: &mut Tx, context: &Context<'_>, name: Option<&str>) -> Result<Meant> {
    let Some(name) = name else {
        let pointed = references::contact(tx, context, &Mention::default())?;
        return Ok(match (pointed, &context.company) {
            (Resolved::One(brief), None) => Meant::Contact(brief),
            (_, Some(company)) => Meant::Company(Box::new(company.clone())),
            _ => Meant::Several(Box::new(Answer::says("Whom do you mean? Name the person or the company."))),
        });
    };
    let may_see_companies = context.caller.permissions.allows(Permission::CompaniesRead);
    let mention = Mention { name: Some(name.to_owned()), ..Mention::default() };
    let person = references::contact(tx, context, &mention)?;
    let company = if may_see_companies { references::company(tx, context, Some(name))? } else { Resolved::None };
    Ok(match (person, company) {
        (Resolved::None, Resolved::None) => Meant::Nobody,
        (Resolved::One(brief), Resolved::None) => Meant::Contact(brief),
        (Resolved::None, Resolved::One(company)) => Meant::Company(Box::new(company)),
        (Resolved::Several(found), Resolved::None) => Meant::Several(Box::new(which_contact(name, &found))),
        // Both: the one that is called just so.
        (Resolved::One(brief), Resolved::One(company)) => {
            let is_person = names::key(&brief.full_name) == names::key(name);
            let is_company = company_key(&company.name) == company_key(name);
            match (is_person, is_company) {
                (true, false) => Meant::Contact(brief),
                (false, true) => Meant::Company(Box::new(company)),
                _ => Meant::Several(Box::new(which(name, &[brief], &[company]))),
            }
        }
        (_, Resolved::One(company)) if company_key(&company.name) == company_key(name) => {
            Meant::Company(Box::new(company))
        }
        (person, company) => Meant::Several(Box::new(which(name, &all(person), &all(company)))),
    })
}

fn all<T>(resolved: Resolved<T>) -> Vec<T> {
    match resolved {
        Resolved::One(one) => vec![one],
        Resolved::Several(several) => several,
        Resolved::None => Vec::new(),
    }
}

fn which(name: &str, contacts: &[Brief], companies: &[Company]) -> Answer {
    let mut names: Vec<String> = contacts.iter().map(brief_in_words).collect();
    names.extend(companies.iter().map(|company| format!("the company {}", company.name)));
    let rows: Vec<Value> = contacts.iter().map(brief_row).chain(companies.iter().map(company_row)).collect();
    let text = format!("\"{name}\" fits several: {}. Which one do you mean?", said_list(&names, "and"));
    told(text, json!({ "kind": "which", "of": "contacts", "rows": rows }))
}

fn of_contact(tx: &mut Tx, context: &Context<'_>, question: &Question, brief: &Brief) -> Result<Answer> {
    let contact = contacts::get(tx, context.caller, brief.id)?;
    let lists = lists_of(tx, context, &contact)?;
    let notes = notes::recent(tx, context.caller.workspace_id, contact.id, ROWS_MAX as u32)?;
    let found = match &question.matter {
        Some(matter) => {
            let written = contact.notes.as_deref().is_some_and(|text| holds(text, matter));
            let mut found = notes_that_hold(tx, context, matter)?;
            found.retain(|note| note.contact_id == Some(contact.id));
            Some((matter, found, written))
        }
        None => None,
    };
    let mut text = format!(
        "{}.",
        person_in_words(&contact.full_name, contact.job_title.as_deref(), contact.company_name.as_deref(), None)
    );
    let mut known = Vec::new();
    for (what, value) in [("e-mail", &contact.email), ("phone", &contact.phone), ("LinkedIn", &contact.linkedin_url)] {
        if let Some(value) = value {
            known.push(format!("{what} {value}"));
        }
    }
    if !known.is_empty() {
        let _ = write!(text, " On record: {}.", known.join(", "));
    }
    if !contact.tags.is_empty() {
        let _ = write!(text, " Tags: {}.", contact.tags.join(", "));
    }
    if !lists.is_empty() {
        let names: Vec<String> = lists.iter().map(|list| format!("\"{list}\"")).collect();
        let _ =
            write!(text, " On the {} {}.", if names.len() == 1 { "list" } else { "lists" }, said_list(&names, "and"));
    }
    let _ = write!(text, " A contact since {}", day(&contact.created_at));
    text.push_str(if contact.created_by_task.is_some() { ", added by a task of mine." } else { "." });
    match &found {
        Some((matter, found, written)) => say_matter(&mut text, matter, found, *written, &contact.full_name),
        None => say_notes(&mut text, &notes),
    }
    let shown = found.map_or(notes, |(_, found, _)| found);
    let data = json!({
        "kind": "about", "contact": contact, "lists": lists, "notes": note_rows(&shown), "matter": question.matter,
    });
    Ok(told(text, data).saw("contacts.get", contact_line(brief)).saw("notes.find", format!("{} notes", shown.len())))
}

fn contact_line(brief: &Brief) -> String {
    format!("contact {}", brief.id)
}

fn lists_of(tx: &mut Tx, context: &Context<'_>, contact: &Contact) -> Result<Vec<String>> {
    if !context.caller.permissions.allows(Permission::ListsRead) {
        return Ok(Vec::new());
    }
    Ok(lists::of_contact(tx, context.caller.workspace_id, contact.id)?.into_iter().map(|list| list.name).collect())
}

fn of_company(tx: &mut Tx, context: &Context<'_>, question: &Question, company: &Company) -> Result<Answer> {
    let colleagues = colleagues(tx, context, &company.name)?;
    let mut notes = about_company(tx, context, company)?;
    let mut text = company.name.clone();
    let known: Vec<String> = [
        &company.industry,
        &company.size.as_ref().map(|size| format!("{size} people")),
        &company.city,
        &company.country,
        &company.domain,
    ]
    .into_iter()
    .flatten()
    .cloned()
    .collect();
    if known.is_empty() {
        text.push_str(" is one of your companies; nothing more is on record.");
    } else {
        let _ = write!(text, ": {}.", known.join(", "));
    }
    say_colleagues(tx, context, &mut text, &company.name, &colleagues)?;
    if let Some(matter) = &question.matter {
        let mut found = notes_that_hold(tx, context, matter)?;
        found.retain(|note| {
            let at = note.contact.as_ref().and_then(|contact| contact.company_name.as_deref());
            note.related_company_id == Some(company.id)
                || at.is_some_and(|name| company_key(name) == company_key(&company.name))
                || names_it(note, &company.name)
        });
        say_matter(&mut text, matter, &found, false, &company.name);
        notes = found;
    } else {
        say_notes(&mut text, &notes);
    }
    let data = json!({
        "kind": "about", "company": company, "contacts": colleagues.rows, "contacts_total": colleagues.total,
        "notes": note_rows(&notes), "matter": question.matter,
    });
    Ok(told(text, data)
        .saw("companies.get", format!("company {}", company.id))
        .saw("notes.find", format!("{} notes", notes.len())))
}

/// Nobody and no company of the workspace has the name: contacts may still work there, notes may say it, and the
/// prospect database may know the company.
fn of_nobody(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    let name = question.name.as_deref().unwrap_or_default();
    let colleagues = colleagues(tx, context, name)?;
    let mut found = notes_that_hold(tx, context, question.matter.as_deref().unwrap_or(name))?;
    if question.matter.is_some() {
        found.retain(|note| names_it(note, name));
    }
    let mut text = match colleagues.total {
        0 => format!("I know no contact and no company called \"{name}\" here."),
        _ => format!("{name}: there is no company record, but the name stands with contacts."),
    };
    say_colleagues(tx, context, &mut text, name, &colleagues)?;
    match &question.matter {
        Some(matter) => say_matter(&mut text, matter, &found, false, name),
        None if !found.is_empty() => say_notes(&mut text, &found),
        None => {}
    }
    let prospects = at_company(tx, context, name)?;
    let data = json!({
        "kind": "about", "name": name, "contacts": colleagues.rows, "contacts_total": colleagues.total,
        "notes": note_rows(&found), "matter": question.matter, "prospects": prospects,
    });
    Ok(told(text, data).saw("contacts.find", format!("{} contacts", colleagues.total)))
}

/// Contacts who work at a company.
struct Colleagues {
    total: usize,
    rows: Vec<Value>,
    names: Vec<String>,
}

fn colleagues(tx: &mut Tx, context: &Context<'_>, name: &str) -> Result<Colleagues> {
    let workspace_id = context.caller.workspace_id;
    let described = Described { companies: vec![name.to_owned()], ..Described::default() };
    let ids = contacts::matching(tx, workspace_id, &described, COLLEAGUES_MAX)?;
    let mut briefs = Vec::new();
    for id in ids.iter().take(ROWS_MAX) {
        briefs.extend(contacts::brief(tx, workspace_id, *id)?);
    }
    Ok(Colleagues {
        total: ids.len(),
        rows: briefs.iter().map(brief_row).collect(),
        names: briefs
            .iter()
            .take(NAMED_MAX)
            .map(|brief| person_in_words(&brief.full_name, brief.job_title.as_deref(), None, None))
            .collect(),
    })
}

fn say_colleagues(tx: &mut Tx, context: &Context<'_>, text: &mut String, name: &str, found: &Colleagues) -> Result<()> {
    let total = found.total as u64;
    if total > 0 {
        let noun = if total == 1 { "contact works" } else { "contacts work" };
        let _ = write!(text, " {} {noun} there: {}.", number(total), super::some_of(&found.names, total));
    } else {
        text.push_str(" No contact works there.");
    }
    let prospects = at_company(tx, context, name)?;
    if prospects > 0 {
        let _ = write!(text, " In the prospect database there {} {} at {name}.", are(prospects), people(prospects));
    }
    Ok(())
}

/// How many prospects work at a company of this name.
fn at_company(tx: &mut Tx, context: &Context<'_>, name: &str) -> Result<u64> {
    let filter =
        Filter { include: Slots { companies: vec![name.to_owned()], ..Slots::default() }, ..Filter::default() };
    if filter.check().is_err() {
        return Ok(0);
    }
    Ok(view(tx, context.snapshot)?.find(&filter).count())
}

fn about_company(tx: &mut Tx, context: &Context<'_>, company: &Company) -> Result<Vec<Note>> {
    let filter = notes::Filter { about: Some(About::Company(company.id)), ..notes::Filter::default() };
    Ok(notes::page(tx, context.caller.workspace_id, &filter, Paging { page: 1, per_page: ROWS_MAX as u32 })?.0)
}

/// The newest notes that hold these words.
fn notes_that_hold(tx: &mut Tx, context: &Context<'_>, words: &str) -> Result<Vec<Note>> {
    let filter = notes::Filter { search: Some(words.to_owned()), ..notes::Filter::default() };
    Ok(notes::page(tx, context.caller.workspace_id, &filter, Paging { page: 1, per_page: NOTES_MAX })?.0)
}

fn names_it(note: &Note, name: &str) -> bool {
    holds(&note.title, name) || note.content.as_deref().is_some_and(|content| holds(content, name))
}

/// Whether a text holds these words, whatever their case and accents.
fn holds(text: &str, words: &str) -> bool {
    let words = names::searched(words);
    !words.is_empty() && names::searched(text).contains(&words)
}

fn say_matter(text: &mut String, matter: &str, found: &[Note], written: bool, whose: &str) {
    if found.is_empty() && !written {
        let _ = write!(text, " Nothing about \"{matter}\" is on record.");
        return;
    }
    if written {
        let _ = write!(text, " The notes kept with {whose} mention \"{matter}\".");
    }
    for note in found.iter().take(NAMED_MAX) {
        let _ = write!(text, " Note of {}: \"{}\".", day(&note.created_date), said(note));
    }
}

fn say_notes(text: &mut String, notes: &[Note]) {
    match notes {
        [] => text.push_str(" There are no notes."),
        [newest, ..] => {
            let _ = write!(text, " Newest note ({}): \"{}\".", day(&newest.created_date), said(newest));
        }
    }
}

/// What a note says, shortened.
fn said(note: &Note) -> String {
    let content = note.content.as_deref().unwrap_or(&note.title).trim();
    let mut shown: String = content.chars().take(EXCERPT_MAX).collect();
    if shown.len() < content.len() {
        shown.push('…');
    }
    shown
}

fn note_rows(notes: &[Note]) -> Vec<Value> {
    notes
        .iter()
        .take(ROWS_MAX)
        .map(|note| {
            json!({
                "id": note.id, "title": note.title, "content": said(note), "created_date": note.created_date,
                "contact_id": note.contact_id, "related_company_id": note.related_company_id,
            })
        })
        .collect()
}

fn company_row(company: &Company) -> Value {
    json!({ "id": company.id, "name": company.name, "domain": company.domain, "industry": company.industry })
}

/// The date of an ISO time.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// The notes about somebody or a company, or all of them.
pub(super) fn notes(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::ContactsRead) {
        return Ok(refusal);
    }
    let workspace_id = context.caller.workspace_id;
    let mut filter = notes::Filter { search: question.matter.clone(), ..notes::Filter::default() };
    let mut whose = String::new();
    if question.name.is_some() || context.contact.is_some() || context.company.is_some() {
        match meant(tx, context, question.name.as_deref())? {
            Meant::Several(answer) => return Ok(*answer),
            Meant::Contact(brief) => {
                filter.about = Some(About::Contact(brief.id));
                whose = format!(" about {}", brief.full_name);
            }
            Meant::Company(company) => {
                filter.about = Some(About::Company(company.id));
                whose = format!(" about {}", company.name);
            }
            Meant::Nobody => {
                filter.search.clone_from(&question.name);
                whose = format!(" that mention \"{}\"", question.name.as_deref().unwrap_or_default());
            }
        }
    }
    let (found, total) = notes::page(tx, workspace_id, &filter, Paging { page: 1, per_page: ROWS_MAX as u32 })?;
    let noun = if total == 1 { "note" } else { "notes" };
    let mut text = match total {
        0 => format!("There are no notes{whose}."),
        _ => format!("There {} {} {noun}{whose}.", are(total), number(total)),
    };
    for note in found.iter().take(NAMED_MAX) {
        let _ = write!(text, " {}: \"{}\".", day(&note.created_date), said(note));
    }
    let data = json!({ "kind": "rows", "of": "notes", "total": total, "rows": note_rows(&found) });
    Ok(told(text, data).saw("notes.find", format!("{} notes", number(total))))
}

/// One field of a contact.
pub(super) fn field(tx: &mut Tx, context: &Context<'_>, question: &Question, field: Field) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::ContactsRead) {
        return Ok(refusal);
    }
    let name = question.name.as_deref().unwrap_or_default();
    let mention = Mention { name: question.name.clone(), ..Mention::default() };
    let brief = match references::contact(tx, context, &mention)? {
        Resolved::One(brief) => brief,
        Resolved::Several(found) => return Ok(which_contact(name, &found)),
        Resolved::None => {
            let known = companies::find(tx, context.caller.workspace_id, name, SEVERAL_MAX)?;
            if !known.is_empty() {
                return answer(tx, context, question);
            }
            let text = format!("There is no contact called \"{name}\" here.");
            return Ok(told(text, json!({ "kind": "none", "of": "contacts" })));
        }
    };
    let contact = contacts::get(tx, context.caller, brief.id)?;
    let whose = &contact.full_name;
    let (value, text) = match field {
        Field::Added => (json!(contact.created_at), added(tx, context, &contact)?),
        Field::Lists => {
            let lists = lists_of(tx, context, &contact)?;
            let names: Vec<String> = lists.iter().map(|list| format!("\"{list}\"")).collect();
            let text = match names.len() {
                0 => format!("{whose} is on no list."),
                _ => format!("{whose} is on {}.", said_list(&names, "and")),
            };
            (json!(lists), text)
        }
        Field::Tags if contact.tags.is_empty() => (json!([]), format!("{whose} has no tags.")),
        Field::Tags => (json!(contact.tags), format!("{whose} has the tags {}.", contact.tags.join(", "))),
        Field::Email | Field::Phone | Field::Title | Field::Company | Field::LinkedIn => {
            let value = match field {
                Field::Email => &contact.email,
                Field::Phone => &contact.phone,
                Field::Title => &contact.job_title,
                Field::Company => &contact.company_name,
                _ => &contact.linkedin_url,
            };
            let what = field_name(field);
            let text = match value {
                Some(value) => format!("{whose}: {value}."),
                None => format!("{whose} has no record of {what}."),
            };
            (json!(value), text)
        }
    };
    let data = json!({ "kind": "field", "contact": super::contact_row(&contact), "value": value });
    Ok(told(text, data).saw("contacts.get", contact_line(&brief)))
}

/// When a contact came, and how.
fn added(tx: &mut Tx, context: &Context<'_>, contact: &Contact) -> Result<String> {
    let mut text = format!("{} was added on {}", contact.full_name, day(&contact.created_at));
    let may_see_tasks = context.caller.permissions.allows(Permission::LexiRead);
    match contact.created_by_task.filter(|_| may_see_tasks) {
        Some(task_id) => match tasks::get_line(tx, context.caller, task_id) {
            Ok(task) => {
                let _ = write!(text, " by the task \"{}\".", task.description);
            }
            Err(_) => text.push_str(" by a task."),
        },
        None => text.push('.'),
    }
    Ok(text)
}

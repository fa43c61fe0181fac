//! People, counted and shown: prospects by their description; contacts by description, list, tag, empty field or time.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use roaring::RoaringBitmap;
use serde_json::{Value, json};

use super::judged::{self, Fitting, LOOKED_AT_MAX, Wanted};
use super::{ROWS_MAX, contact_in_words, contact_row, list_of, refused, say_unread, some_of, told};
use crate::chat::reply::{number, people, said_list, sentence, slot_name};
use crate::chat::{Answer, Context};
use crate::clock::DAY_MS;
use crate::contacts;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::permissions::Permission;
use crate::lists::{self, List};
use crate::prospects::filter::Filter;
use crate::prospects::search::{Found, View, view};
use crate::understand::questions::{Field, Kind, Period, Question};
use crate::understand::{self, Request, Target};

/// The filter of a search, and the lists it leaves out; the words instead when it can't be applied.
pub(super) fn filter_of(request: &Request) -> std::result::Result<Filter, String> {
    let filter = Filter::from_request(request).unwrap_or_default();
    match filter.check() {
        Err(Error::Refused(refusal)) => Err(refusal.message),
        _ => Ok(filter),
    }
}

/// Who of the prospects fits, without those on the lists that are left out; the name of a list that is not there.
pub(super) fn matching(
    tx: &mut Tx,
    context: &Context<'_>,
    view: &View<'_>,
    filter: &Filter,
) -> Result<std::result::Result<Found, String>> {
    let workspace_id = context.caller.workspace_id;
    let mut found = view.find(filter);
    for name in &filter.exclude.lists {
        let Some(list) = lists::find_named(tx, workspace_id, name)? else { return Ok(Err(name.clone())) };
        let members: RoaringBitmap =
            contacts::prospect_numbers_on_list(tx, workspace_id, list.id)?.into_iter().collect();
        found.matching.bitmap -= members;
    }
    Ok(Ok(found))
}

/// How many prospects fit.
pub(super) fn prospects(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    let view = view(tx, context.snapshot)?;
    let Some(request) = &question.search else {
        let total = view.people();
        let mut text = format!("There {} {} in the prospect database.", are(total), people(total));
        if total == 0 {
            text.push_str(" Load some with `lexi prospects import`.");
        }
        say_unread(&mut text, question);
        return Ok(told(text, json!({ "kind": "count", "of": "prospects", "total": total })));
    };
    let filter = match filter_of(request) {
        Ok(filter) => filter,
        Err(why) => return Ok(Answer::says(why)),
    };
    let found = match matching(tx, context, &view, &filter)? {
        Ok(found) => found,
        Err(name) => return Ok(Answer::says(crate::chat::reply::no_such_list(&name))),
    };
    let total = found.count();
    let unknown: BTreeMap<&str, u64> =
        found.matching.unknown_counts().into_iter().map(|(slot, people)| (slot.as_str(), people)).collect();
    let words = understand::describe(request);
    let mut text = match total {
        0 => format!("Nobody in the prospect database fits: {words}."),
        _ => {
            format!("{} in the prospect database {}: {words}.", people(total), if total == 1 { "fits" } else { "fit" })
        }
    };
    if filter.target == Target::Companies {
        text.push_str(" I count people, not companies: these are the people who work there.");
    }
    say_unknown(&mut text, &unknown);
    say_not_applied(&mut text, &filter);
    for assumption in &request.assumptions {
        let _ = write!(text, " {}", sentence(assumption));
    }
    say_unread(&mut text, question);
    if total > 0 {
        let _ = write!(text, " Say \"Find {words}\", and I propose to put them on a list.");
    }
    let data = json!({
        "kind": "count", "of": "prospects", "total": total, "filters": filter, "unknown": unknown,
    });
    Ok(told(text, data).saw("prospects.search", format!("{} fit", people(total))))
}

/// Which contacts fit, or how many.
pub(super) fn contacts(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::ContactsRead) {
        return Ok(refusal);
    }
    let list = match &question.list {
        None => None,
        Some(pointed) => {
            if let Some(refusal) = refused(context, Permission::ListsRead) {
                return Ok(refusal);
            }
            match list_of(tx, context, pointed)? {
                Ok(list) => Some(list),
                Err(answer) => return Ok(answer),
            }
        }
    };
    let filter = match question.search.as_ref().map(filter_of) {
        Some(Err(why)) => return Ok(Answer::says(why)),
        Some(Ok(filter)) => Some(filter),
        None => None,
    };
    let wanted = Wanted {
        list_id: list.as_ref().map(|list| list.id),
        filter: filter.clone(),
        name: question.name.clone(),
        tag: question.tag.clone(),
        field: question.field,
        made_ms: question.period.map(|period| span(period, context.now_ms)),
    };
    let fitting = judged::find(tx, context.caller, &wanted, ROWS_MAX)?;
    let elsewhere = in_prospects(tx, context, question, &fitting)?;
    let text = contacts_in_words(question, list.as_ref(), filter.as_ref(), &fitting, elsewhere);
    let rows: Vec<Value> = fitting.first.iter().map(contact_row).collect();
    let kind = if matches!(question.kind, Kind::Count(_)) { "count" } else { "rows" };
    let data = json!({
        "kind": kind, "of": "contacts", "total": fitting.total, "rows": rows, "filters": filter,
        "list": list.map(|list| json!({ "id": list.id, "name": list.name })), "tag": question.tag,
        "unknown": fitting.unknown, "looked_at": fitting.looked_at, "prospects": elsewhere,
    });
    Ok(told(text, data).saw("contacts.find", format!("{} contacts fit", number(fitting.total))))
}

/// How many prospects fit where no contact does: the next thing somebody wants to know.
fn in_prospects(tx: &mut Tx, context: &Context<'_>, question: &Question, fitting: &Fitting) -> Result<Option<u64>> {
    let narrowed =
        question.list.is_some() || question.tag.is_some() || question.field.is_some() || question.name.is_some();
    let (Some(request), false, 0) = (&question.search, narrowed || question.period.is_some(), fitting.total) else {
        return Ok(None);
    };
    let Ok(filter) = filter_of(request) else { return Ok(None) };
    let view = view(tx, context.snapshot)?;
    Ok(matching(tx, context, &view, &filter)?.ok().map(|found| found.count()))
}

fn contacts_in_words(
    question: &Question,
    list: Option<&List>,
    filter: Option<&Filter>,
    fitting: &Fitting,
    elsewhere: Option<u64>,
) -> String {
    let which = which(question, list);
    let noun = if fitting.total == 1 { "contact" } else { "contacts" };
    let mut text = match (fitting.total, list, which.is_empty()) {
        (0, Some(list), _) if fitting.of == 0 => format!("The list \"{}\" is empty.", list.name),
        (0, None, true) => "There are no contacts yet.".to_owned(),
        (0, ..) => format!("There is no contact{which}."),
        (total, ..) => format!("There {} {} {noun}{which}", are(total), number(total)),
    };
    if fitting.total > 0 {
        if matches!(question.kind, Kind::Count(_)) {
            text.push('.');
        } else {
            let names: Vec<String> = fitting.first.iter().map(contact_in_words).collect();
            let _ = write!(text, ": {}.", some_of(&names, fitting.total));
        }
    }
    if let Some(called) = &question.called {
        let _ = write!(text, " I don't keep who is \"{called}\"; I looked at all contacts.");
    }
    say_unknown(&mut text, &fitting.unknown);
    if let Some(filter) = filter {
        say_not_applied(&mut text, filter);
    }
    if fitting.looked_at < fitting.of {
        let (most, of) = (number(LOOKED_AT_MAX), number(fitting.of));
        let _ = write!(text, " I looked at the newest {most} of {of} contacts only.");
    }
    if let Some(search) = &question.search {
        for assumption in &search.assumptions {
            let _ = write!(text, " {}", sentence(assumption));
        }
    }
    say_unread(&mut text, question);
    if let Some(total) = elsewhere.filter(|total| *total > 0) {
        let _ = write!(text, " In the prospect database there {} {}.", are(total), people(total));
    }
    text
}

/// " who are partners at banks, on the list \"Q1\", with the tag \"VIP\", without an email".
fn which(question: &Question, list: Option<&List>) -> String {
    let mut parts = Vec::new();
    if let Some(request) = &question.search {
        parts.push(format!("matching \"{}\"", understand::describe(request)));
    }
    if let Some(name) = &question.name {
        parts.push(format!("called \"{name}\""));
    }
    if let Some(list) = list {
        parts.push(format!("on the list \"{}\"", list.name));
    }
    if let Some(tag) = &question.tag {
        parts.push(format!("tagged \"{tag}\""));
    }
    if let Some((field, filled)) = question.field {
        parts.push(format!("{} {}", if filled { "with" } else { "without" }, field_name(field)));
    }
    if let Some(period) = question.period {
        parts.push(format!("added {}", period_name(period)));
    }
    let text = parts.join(", ");
    if text.is_empty() { text } else { format!(" {text}") }
}

pub(super) fn field_name(field: Field) -> &'static str {
    match field {
        Field::Email => "an email",
        Field::Phone => "a phone number",
        Field::Title => "a title",
        Field::Company => "a company",
        Field::LinkedIn => "a LinkedIn profile",
        Field::Tags => "tags",
        Field::Lists => "lists",
        Field::Added => "a date",
    }
}

fn period_name(period: Period) -> String {
    match period {
        Period::Today => "today".to_owned(),
        Period::Yesterday => "yesterday".to_owned(),
        Period::ThisWeek => "this week".to_owned(),
        Period::LastWeek => "last week".to_owned(),
        Period::ThisMonth => "this month".to_owned(),
        Period::LastMonth => "last month".to_owned(),
        Period::Days(days) => format!("in the last {days} days"),
    }
}

/// From when, and before when, in milliseconds; days begin at midnight UTC and weeks on Monday.
fn span(period: Period, now_ms: i64) -> (i64, i64) {
    let now = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or_default());
    let midnight = now_ms - now_ms.rem_euclid(DAY_MS);
    let monday = midnight - i64::from(now.weekday().to_monday_zero_offset()) * DAY_MS;
    let first_of = |day: DateTime| {
        let first = TimeZone::UTC.to_timestamp(day.first_of_month()).map_or(midnight, Timestamp::as_millisecond);
        first - first.rem_euclid(DAY_MS)
    };
    let month = first_of(now);
    let tomorrow = midnight + DAY_MS;
    match period {
        Period::Today => (midnight, tomorrow),
        Period::Yesterday => (midnight - DAY_MS, midnight),
        Period::ThisWeek => (monday, tomorrow),
        Period::LastWeek => (monday - 7 * DAY_MS, monday),
        Period::ThisMonth => (month, tomorrow),
        Period::LastMonth => (now.checked_sub(1.month()).map_or(month, first_of), month),
        Period::Days(days) => (now_ms - i64::from(days) * DAY_MS, tomorrow),
    }
}

fn say_unknown(text: &mut String, unknown: &BTreeMap<&str, u64>) {
    let known: Vec<String> = unknown
        .iter()
        .filter(|(_, people)| **people > 0)
        .map(|(slot, count)| format!("{} of {}", slot_name(slot), people(*count)))
        .collect();
    if !known.is_empty() {
        let _ = write!(text, " Not known, and not counted: the {}.", said_list(&known, "and"));
    }
}

fn say_not_applied(text: &mut String, filter: &Filter) {
    if !filter.not_applied.is_empty() {
        let _ = write!(text, " Not applied, because I can't judge it: {}.", filter.not_applied.join(", "));
    }
}

pub(super) fn are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_weeks_on_monday_and_months_on_the_first() {
        let at = |text: &str| crate::clock::parse_iso(text).unwrap();
        // A Tuesday.
        let now = at("2026-03-10T15:30:00Z");
        for (period, from, before) in [
            (Period::Today, "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z"),
            (Period::Yesterday, "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z"),
            (Period::ThisWeek, "2026-03-09T00:00:00Z", "2026-03-11T00:00:00Z"),
            (Period::LastWeek, "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"),
            (Period::ThisMonth, "2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z"),
            (Period::LastMonth, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            (Period::Days(7), "2026-03-03T15:30:00Z", "2026-03-11T00:00:00Z"),
        ] {
            assert_eq!(span(period, now), (at(from), at(before)), "{period:?}");
        }
    }
}

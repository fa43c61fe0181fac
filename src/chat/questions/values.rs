//! Which titles, industries, places … there are among the prospects, the most frequent first.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::people::{filter_of, matching};
use super::{ROWS_MAX, say_unread, some_of, told};
use crate::chat::reply::{no_such_list, number, people};
use crate::chat::{Answer, Context};
use crate::db::Tx;
use crate::error::Result;
use crate::prospects::filter::Filter;
use crate::prospects::search::{FACET_LIMIT_MAX, Facet, view};
use crate::understand;
use crate::understand::questions::{Dimension, Question};

/// The most frequent values of a facet, among all prospects or those who are described.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>, question: &Question, dimension: Dimension) -> Result<Answer> {
    let Some((facet, noun)) = facet_of(dimension) else {
        let text = "Practice areas can be searched for, but not counted. Titles, industries, kinds of company, states, \
                    countries, departments, levels and sizes can be counted.";
        return Ok(told(text, json!({ "kind": "help" })));
    };
    let filter = match question.search.as_ref().map(filter_of) {
        Some(Err(why)) => return Ok(Answer::says(why)),
        Some(Ok(filter)) => filter,
        None => Filter::default(),
    };
    let view = view(tx, context.snapshot)?;
    let found = match matching(tx, context, &view, &filter)? {
        Ok(found) => found,
        Err(name) => return Ok(Answer::says(no_such_list(&name))),
    };
    let total = found.count();
    let counts = view.facets(&found, &[facet], FACET_LIMIT_MAX).remove(&facet).unwrap_or_default();
    let names: Vec<String> =
        counts.values.iter().map(|value| format!("{} ({})", value.value, number(value.count))).collect();
    let among = match &question.search {
        Some(request) => format!("{} ({})", people(total), understand::describe(request)),
        None => format!("the {} of the prospect database", people(total)),
    };
    let distinct = names.len();
    let mut text = match distinct {
        0 => format!("No {noun} are known of {among}."),
        _ if counts.other == 0 => {
            format!("{} {noun} among {among}: {}.", number(distinct as u64), some_of(&names, distinct as u64))
        }
        _ => format!(
            "The most frequent {noun} among {among}: {}.",
            some_of(&names, names.len().min(super::NAMED_MAX) as u64)
        ),
    };
    if dimension == Dimension::City {
        text.push_str(" I count by state, not by city.");
    }
    if counts.unknown > 0 && distinct > 0 {
        let _ = write!(text, " Not known of {}.", people(counts.unknown));
    }
    say_unread(&mut text, question);
    let shown: Vec<Value> = counts
        .values
        .iter()
        .take(ROWS_MAX)
        .map(|value| json!({ "value": value.value, "country": value.country, "count": value.count }))
        .collect();
    let rest: u64 = counts.values.iter().skip(ROWS_MAX).map(|value| value.count).sum();
    let data = json!({
        "kind": "values", "facet": facet, "total": total, "rows": shown, "other": counts.other + rest,
        "unknown": counts.unknown, "filters": filter,
    });
    Ok(told(text, data).saw("prospects.facets", format!("{noun} of {}", people(total))))
}

fn facet_of(dimension: Dimension) -> Option<(Facet, &'static str)> {
    Some(match dimension {
        Dimension::Title => (Facet::Title, "titles"),
        Dimension::Industry => (Facet::Industry, "industries"),
        Dimension::CompanyType => (Facet::CompanyType, "kinds of company"),
        Dimension::State | Dimension::City => (Facet::State, "states"),
        Dimension::Country => (Facet::Country, "countries"),
        Dimension::Department => (Facet::Department, "departments"),
        Dimension::Level => (Facet::Seniority, "levels"),
        Dimension::Size => (Facet::Headcount, "sizes"),
        Dimension::PracticeArea => return None,
    })
}

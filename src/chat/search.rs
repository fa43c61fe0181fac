//! A search of prospects becomes a task that puts people on a list.

use super::{Answer, Context, reply};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::execution::prospect_search::{self, LIMIT_DEFAULT, LIMIT_MAX, ListBy, Parameters};
use crate::lists;
use crate::prospects::filter::Filter;
use crate::understand::{self, Request, Target};

/// Characters of a list's name.
const LIST_NAME_MAX: usize = 200;

/// A task for a request that searches, or why there is none.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    let request = context.request;
    let Some(filters) = Filter::from_request(request) else { return Ok(Answer::says(reply::cannot_yet(request))) };
    if filters.target == Target::Companies {
        return Ok(Answer::says(reply::companies()));
    }
    if let Err(Error::Refused(refusal)) = filters.check() {
        return Ok(Answer::says(refusal.message));
    }
    let workspace_id = context.caller.workspace_id;
    for name in &filters.exclude.lists {
        if lists::find_named(tx, workspace_id, name)?.is_none() {
            return Ok(Answer::says(reply::no_such_list(name)));
        }
    }
    let words = understand::describe(request);
    let parameters = parameters(tx, context, filters, &words)?;
    let prepared = prospect_search::prepare(tx, workspace_id, context.snapshot, &parameters)?;
    let text = reply::proposal(request, &prepared);
    let description = reply::description(&prepared, &words);
    let proposal = context.proposal(prepared.plan, serde_json::to_value(&prepared.preview)?, description)?;
    Ok(Answer::proposes(text, proposal))
}

/// How many, and onto which list: the one that was named, the one of the context, or one named after the search.
fn parameters(tx: &mut Tx, context: &Context<'_>, filters: Filter, words: &str) -> Result<Parameters> {
    let limit = limit(context.request)?;
    let workspace_id = context.caller.workspace_id;
    let named = context.request.other("append_to").or_else(|| context.request.other("save_as"));
    let name = |name: &str| name.chars().take(LIST_NAME_MAX).collect::<String>();
    Ok(match (named, context.list.clone()) {
        (Some(named), _) => {
            let existing = lists::find_named(tx, workspace_id, named)?;
            let list_name = existing.as_ref().map_or_else(|| name(named), |list| list.name.clone());
            Parameters { filters, limit, list_by: ListBy::Name, list_id: existing.map(|list| list.id), list_name }
        }
        (None, Some(list)) => {
            Parameters { filters, limit, list_by: ListBy::Id, list_id: Some(list.id), list_name: list.name }
        }
        (None, None) => {
            let list_name = lists::free_name(tx, workspace_id, &name(words))?;
            Parameters { filters, limit, list_by: ListBy::Task, list_id: None, list_name }
        }
    })
}

/// How many people: the number that was said, all there can be, or as many as nobody asks about.
fn limit(request: &Request) -> Result<u32> {
    let search = request.search().ok_or_else(|| Error::internal("a search without slots"))?;
    Ok(match (search.count, search.other("count")) {
        (Some(count), _) => count.clamp(1, LIMIT_MAX),
        (None, Some("all")) => LIMIT_MAX,
        (None, _) => LIMIT_DEFAULT,
    })
}

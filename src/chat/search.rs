//! A search of prospects becomes a task that puts people on a list.

use serde::Deserialize as _;
use serde_json::Value;
use uuid::Uuid;

use super::{Answer, Context, reply};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::execution::prospect_search::{self, LIMIT_DEFAULT, LIMIT_MAX, ListBy, Parameters, Prepared};
use crate::lists::{self, List};
use crate::prospects::filter::Filter;
use crate::understand::{self, Request, Target};

/// Characters of a list's name.
const LIST_NAME_MAX: usize = 200;

/// A search that was counted, and the words for it.
pub(super) struct Searched {
    pub(super) prepared: Prepared,
    pub(super) description: String,
}

/// What an earlier revision of the same search was given by hand; a follow-up keeps it.
#[derive(Default)]
pub(super) struct Kept {
    /// People left out by name.
    pub(super) exclude_ids: Vec<Uuid>,
    /// Whether the further titles of law firms are applied.
    pub(super) expand_titles: bool,
}

impl Kept {
    /// Of the parameters of a search.
    pub(super) fn of(parameters: &Value) -> Kept {
        Kept {
            exclude_ids: Vec::deserialize(&parameters["exclude_ids"]).unwrap_or_default(),
            expand_titles: parameters["filters"]["title_expansion"]["applied"] == true,
        }
    }
}

/// A task for a request that searches, or why there is none.
pub(super) fn answer(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    let request = context.request;
    match search(tx, context, request, (context.list.clone(), Kept::default()))? {
        Err(why) => Ok(Answer::says(why)),
        Ok(Searched { prepared, description }) => {
            let text = reply::proposal(request, &prepared);
            let preview = serde_json::to_value(&prepared.preview)?;
            let found = format!("{} fit", reply::people(prepared.preview.matched));
            let answer = Answer::proposes(text, context.proposal(prepared.plan, preview, description)?);
            Ok(answer.saw("prospects.search", found))
        }
    }
}

/// Searches, chooses and counts for a request; gives the sentence for whoever asked when there is nothing to propose.
/// People go onto `list` unless the request names one.
pub(super) fn search(
    tx: &mut Tx,
    context: &Context<'_>,
    request: &Request,
    (list, kept): (Option<List>, Kept),
) -> Result<std::result::Result<Searched, String>> {
    let Some(mut filters) = Filter::from_request(request) else { return Ok(Err(reply::cannot_yet(request))) };
    if let Some(offered) = filters.title_expansion.as_mut().filter(|_| kept.expand_titles) {
        offered.applied = true;
    }
    if filters.target == Target::Companies {
        return Ok(Err(reply::companies()));
    }
    if let Err(Error::Refused(refusal)) = filters.check() {
        return Ok(Err(refusal.message));
    }
    let workspace_id = context.caller.workspace_id;
    for name in &filters.exclude.lists {
        if lists::find_named(tx, workspace_id, name)?.is_none() {
            return Ok(Err(reply::no_such_list(name)));
        }
    }
    let words = understand::describe(request);
    let parameters = parameters(tx, workspace_id, request, filters, (list, &words, kept.exclude_ids))?;
    let prepared = prospect_search::prepare(tx, workspace_id, context.snapshot, &parameters, Some(request))?;
    let description = reply::description(&prepared, &words);
    Ok(Ok(Searched { prepared, description }))
}

/// How many, and onto which list: the one that was named, the one of the context, or one named after the search.
fn parameters(
    tx: &mut Tx,
    workspace_id: Uuid,
    request: &Request,
    filters: Filter,
    (list, words, exclude_ids): (Option<List>, &str, Vec<Uuid>),
) -> Result<Parameters> {
    let limit = limit(request)?;
    let named = request.other("append_to").or_else(|| request.other("save_as"));
    let name = |name: &str| name.chars().take(LIST_NAME_MAX).collect::<String>();
    Ok(match (named, list) {
        (Some(named), _) => {
            let existing = lists::find_named(tx, workspace_id, named)?;
            let list_name = existing.as_ref().map_or_else(|| name(named), |list| list.name.clone());
            Parameters {
                filters,
                limit,
                list_by: ListBy::Name,
                list_id: existing.map(|list| list.id),
                list_name,
                exclude_ids,
            }
        }
        (None, Some(list)) => Parameters {
            filters,
            limit,
            list_by: ListBy::Id,
            list_id: Some(list.id),
            list_name: list.name,
            exclude_ids,
        },
        (None, None) => {
            let list_name = lists::free_name(tx, workspace_id, &name(words))?;
            Parameters { filters, limit, list_by: ListBy::Task, list_id: None, list_name, exclude_ids }
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

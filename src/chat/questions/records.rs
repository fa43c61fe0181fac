//! Lists, tags, companies and suppressions: which there are, and how many.

use serde_json::{Value, json};

use super::people::are;
use super::{ROWS_MAX, judged, list_of, refused, some_of, told};
use crate::chat::reply::number;
use crate::chat::{Answer, Context};
use crate::companies;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::permissions::Permission;
use crate::lists::{self, List};
use crate::paging::Paging;
use crate::suppressions;
use crate::understand::questions::Question;

/// A first page.
const FIRST: Paging = Paging { page: 1, per_page: ROWS_MAX as u32 };

/// A list as answers show it.
pub(super) fn list_row(list: &List) -> Value {
    json!({ "id": list.id, "name": list.name, "contact_count": list.contact_count, "created_at": list.created_at })
}

/// The lists, or the one that is asked for.
pub(super) fn lists(tx: &mut Tx, context: &Context<'_>, question: &Question) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::ListsRead) {
        return Ok(refusal);
    }
    if let Some(pointed) = &question.list {
        let list = match list_of(tx, context, pointed)? {
            Ok(list) => list,
            Err(answer) => return Ok(answer),
        };
        let made = list.created_at.get(..10).unwrap_or_default();
        let by = if list.created_by_task.is_some() { " by a task of mine" } else { "" };
        let members = list.contact_count.unsigned_abs();
        let noun = if members == 1 { "contact" } else { "contacts" };
        let text = format!("The list \"{}\" has {} {noun}; it was made on {made}{by}.", list.name, number(members));
        let data = json!({ "kind": "rows", "of": "lists", "total": 1, "rows": [list_row(&list)] });
        return Ok(told(text, data).saw("lists.find", format!("list {}", list.id)));
    }
    let (found, total) = lists::page(tx, context.caller, FIRST)?;
    let names: Vec<String> =
        found.iter().map(|list| format!("\"{}\" ({})", list.name, number(list.contact_count.unsigned_abs()))).collect();
    let rows: Vec<Value> = found.iter().map(list_row).collect();
    let text = counted(total, ("list", "lists"), &names);
    let data = json!({ "kind": "rows", "of": "lists", "total": total, "rows": rows });
    Ok(told(text, data).saw("lists.find", format!("{} lists", number(total))))
}

/// The tags of contacts, the most frequent first.
pub(super) fn tags(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::ContactsRead) {
        return Ok(refusal);
    }
    let tags = judged::tags(tx, context.caller)?;
    let total = tags.len() as u64;
    let names: Vec<String> = tags.iter().map(|(tag, contacts)| format!("{tag} ({})", number(*contacts))).collect();
    let rows: Vec<Value> =
        tags.iter().take(ROWS_MAX).map(|(tag, contacts)| json!({ "tag": tag, "contacts": contacts })).collect();
    let text = counted(total, ("tag", "tags"), &names);
    let data = json!({ "kind": "rows", "of": "tags", "total": total, "rows": rows });
    Ok(told(text, data).saw("contacts.tags", format!("{} tags", number(total))))
}

/// The companies of the workspace.
pub(super) fn companies(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::CompaniesRead) {
        return Ok(refusal);
    }
    let (found, total) = companies::page(tx, context.caller.workspace_id, &companies::Filter::default(), FIRST)?;
    let names: Vec<String> = found.iter().map(|company| company.name.clone()).collect();
    let rows: Vec<Value> = found
        .iter()
        .map(|company| json!({ "id": company.id, "name": company.name, "domain": company.domain, "industry": company.industry }))
        .collect();
    let text = counted(total, ("company", "companies"), &names);
    let data = json!({ "kind": "rows", "of": "companies", "total": total, "rows": rows });
    Ok(told(text, data).saw("companies.find", format!("{} companies", number(total))))
}

/// Who must never be contacted.
pub(super) fn suppressions(tx: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    if let Some(refusal) = refused(context, Permission::SuppressionsRead) {
        return Ok(refusal);
    }
    let (found, total) = suppressions::page(tx, context.caller, &suppressions::Filter::default(), FIRST)?;
    let names: Vec<String> = found.iter().map(|hit| format!("{} ({})", hit.value, hit.reason)).collect();
    let rows: Vec<Value> = found
        .iter()
        .map(|hit| json!({ "id": hit.id, "kind": hit.kind, "value": hit.value, "reason": hit.reason }))
        .collect();
    let text = counted(total, ("suppression", "suppressions"), &names);
    let data = json!({ "kind": "rows", "of": "suppressions", "total": total, "rows": rows });
    Ok(told(text, data).saw("suppressions.find", format!("{} suppressions", number(total))))
}

fn counted(total: u64, (one, many): (&str, &str), names: &[String]) -> String {
    match total {
        0 => format!("There are no {many} yet."),
        _ => {
            let noun = if total == 1 { one } else { many };
            format!("There {} {} {noun}: {}.", are(total), number(total), some_of(names, total))
        }
    }
}

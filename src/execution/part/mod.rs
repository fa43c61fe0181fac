//! Approving a part of a task: who of the selection is meant, and whom one can choose from.
//!
//! The decision names the part by its ids. What is said by words (a company, a domain, a title) is turned into ids here,
//! before the decision, so that what is executed is what was decided.

pub mod http;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::contact_update::{self, Operation as OfRecords, Record};
use super::list_operation::{self, Operation as OfLists};
use crate::db::{LIST_MAX, Tx};
use crate::error::{Code, Error, Result};
use crate::keys::Caller;
use crate::paging::Paging;
use crate::tasks::{self, Kind, Part, Plan};
use crate::{companies, contacts, prospects};

/// Ids that a request names: as many as a selection has.
pub const IDS_MAX: usize = 10_000;
/// Values of one word of a filter.
const VALUES_MAX: usize = 100;
/// Characters of such a value.
const VALUE_CHARS_MAX: usize = 200;
/// Ids that a refusal names.
const NAMED_MAX: usize = 20;

/// Whom an approval leaves out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = ApprovalExclude)]
#[serde(deny_unknown_fields)]
pub struct Exclude {
    /// These of the selection.
    #[serde(default)]
    pub ids: Vec<Uuid>,
    /// Those who fit any of these words.
    #[serde(default)]
    pub filter: Option<Words>,
}

/// Words by which people of a selection are left out: who fits any value of any field.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = ApprovalExcludeFilter)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The whole name of the company, in whatever case.
    #[serde(default)]
    pub companies: Vec<String>,
    /// What stands behind the @ of the e-mail address; subdomains fit, too. Of a company its domain.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// Words that all stand in the title, in whatever order and case: `vice president`.
    #[serde(default)]
    pub titles: Vec<String>,
}

/// Which part of a selection is approved.
#[derive(Debug, Clone)]
pub enum Choice {
    /// These alone.
    Only(Vec<Uuid>),
    /// All but these.
    Without(Exclude),
}

impl Choice {
    /// What a request says; nothing when it names no part.
    ///
    /// # Errors
    /// `validation_error` for what is over a limit, empty or said twice.
    pub fn of(only: Option<Vec<Uuid>>, exclude: Option<Exclude>) -> Result<Option<Choice>> {
        let choice = match (only, exclude) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                return Err(Error::validation("only", "Send either only or exclude, not both."));
            }
            (Some(ids), None) => Choice::Only(ids),
            (None, Some(exclude)) => Choice::Without(exclude),
        };
        let (field, ids) = match &choice {
            Choice::Only(ids) => ("only", ids),
            Choice::Without(exclude) => ("exclude.ids", &exclude.ids),
        };
        if ids.len() > IDS_MAX {
            return Err(Error::validation(field, format!("{field} has at most {IDS_MAX} ids, got {}.", ids.len())));
        }
        match &choice {
            Choice::Only(ids) if ids.is_empty() => {
                let message = "only names nobody. To approve nobody, dismiss the task.";
                Err(Error::validation("only", message))
            }
            Choice::Without(exclude) => {
                let words = exclude.filter.as_ref().map(Words::check).transpose()?.unwrap_or(0);
                if exclude.ids.is_empty() && words == 0 {
                    let message =
                        "exclude names nobody: give it ids, or a filter with companies, email_domains or titles.";
                    return Err(Error::validation("exclude", message));
                }
                Ok(Some(choice))
            }
            Choice::Only(_) => Ok(Some(choice)),
        }
    }
}

impl Words {
    /// How many values there are.
    fn check(&self) -> Result<usize> {
        let mut count = 0;
        for (name, values) in
            [("companies", &self.companies), ("email_domains", &self.email_domains), ("titles", &self.titles)]
        {
            let field = format!("exclude.filter.{name}");
            if values.len() > VALUES_MAX {
                return Err(Error::validation(&field, format!("{name} has at most {VALUES_MAX} values.")));
            }
            let wrong = |value: &&String| value.trim().is_empty() || value.chars().count() > VALUE_CHARS_MAX;
            if values.iter().any(|value| wrong(&value)) {
                let message = format!("A value of {name} must have 1 to {VALUE_CHARS_MAX} characters.");
                return Err(Error::validation(&field, message));
            }
            count += values.len();
        }
        Ok(count)
    }

    fn fits(&self, one: &Selected) -> bool {
        let same = |value: &String, text: &str| value.trim().to_lowercase() == text.trim().to_lowercase();
        let in_domain = |value: &String, domain: &str| {
            let (value, domain) = (value.trim().trim_start_matches('@').to_lowercase(), domain.to_lowercase());
            domain == value || domain.ends_with(&format!(".{value}"))
        };
        let title: Vec<String> = one.title.as_deref().map(words).unwrap_or_default();
        one.company.as_deref().is_some_and(|company| self.companies.iter().any(|value| same(value, company)))
            || one
                .domain
                .as_deref()
                .is_some_and(|domain| self.email_domains.iter().any(|value| in_domain(value, domain)))
            || self
                .titles
                .iter()
                .map(|value| words(value))
                .any(|value| !value.is_empty() && value.iter().all(|word| title.contains(word)))
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// One of a selection, as somebody chooses by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Selected {
    /// What `only` and `exclude.ids` name: of a prospect, a contact or a company.
    pub id: Uuid,
    /// The name; null when the record is gone.
    pub name: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The company.
    pub company: Option<String>,
    /// What stands behind the @ of the e-mail address; of a company its domain.
    pub domain: Option<String>,
}

/// The part of the plan that is chosen; nothing when it is all of it.
///
/// # Errors
/// `validation_error` when the task can't be approved in part, for ids that are not in its selection, and when nobody is
/// left or nobody is left out.
pub fn of(tx: &mut Tx, workspace_id: Uuid, plan: &Plan, choice: &Choice) -> Result<Option<Part>> {
    let field = match choice {
        Choice::Only(_) => "only",
        Choice::Without(_) => "exclude",
    };
    can_be_divided(plan, field)?;
    let all: HashSet<Uuid> = plan.selection.iter().copied().collect();
    let selection: Vec<Uuid> = match choice {
        Choice::Only(ids) => {
            of_selection(field, ids, &all)?;
            let only: HashSet<Uuid> = ids.iter().copied().collect();
            plan.selection.iter().copied().filter(|id| only.contains(id)).collect()
        }
        Choice::Without(exclude) => {
            of_selection("exclude.ids", &exclude.ids, &all)?;
            let mut without: HashSet<Uuid> = exclude.ids.iter().copied().collect();
            if let Some(words) = &exclude.filter {
                let mut fitting = 0;
                for one in selected(tx, workspace_id, plan, &plan.selection)? {
                    if words.fits(&one) {
                        fitting += 1;
                        without.insert(one.id);
                    }
                }
                if fitting == 0 {
                    let message = "Nobody of the selection fits the filter, so nobody would be left out.";
                    return Err(Error::validation("exclude.filter", message));
                }
            }
            plan.selection.iter().copied().filter(|id| !without.contains(id)).collect()
        }
    };
    if selection.is_empty() {
        return Err(Error::validation(field, "Nobody would be left. To approve nobody, dismiss the task."));
    }
    let declined = (plan.selection.len() - selection.len()) as u64;
    Ok((declined > 0).then_some(Part { selection, declined }))
}

/// Refuses ids that are not in the selection, and names them.
fn of_selection(field: &str, ids: &[Uuid], all: &HashSet<Uuid>) -> Result<()> {
    let strangers: Vec<Uuid> = ids.iter().copied().filter(|id| !all.contains(id)).take(NAMED_MAX).collect();
    if strangers.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = strangers.iter().map(Uuid::to_string).collect();
    let message = format!("Not in the selection of this task: {}.", names.join(", "));
    let details = json!({ "fields": { field: message }, "ids": strangers });
    Err(Error::with_details(Code::ValidationError, message, details))
}

/// Whether the task does to each of its selection the same, so that it means something for a part of it.
fn can_be_divided(plan: &Plan, field: &str) -> Result<()> {
    let can = match plan.kind {
        Kind::ProspectSearch => true,
        Kind::ContactUpdate => {
            let parameters = contact_update::Parameters::deserialize(&plan.parameters)?;
            !matches!(parameters.operation, OfRecords::Create | OfRecords::Merge)
        }
        Kind::ListOperation => {
            let parameters = list_operation::Parameters::deserialize(&plan.parameters)?;
            !matches!(parameters.operation, OfLists::Rename | OfLists::Merge | OfLists::Delete)
        }
        Kind::CampaignStart | Kind::Undo | Kind::ExternalAction => false,
    };
    if can {
        return Ok(());
    }
    let message = "This task can be approved as a whole only. Approve it without only and exclude, or dismiss it.";
    Err(Error::validation(field, message))
}

/// What these of a plan's selection are, in their order.
fn selected(tx: &mut Tx, workspace_id: Uuid, plan: &Plan, ids: &[Uuid]) -> Result<Vec<Selected>> {
    let mut found = std::collections::HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST_MAX) {
        for one in looked_up(tx, workspace_id, plan, ids)? {
            found.insert(one.id, one);
        }
    }
    let gone = |id: Uuid| Selected { id, name: None, title: None, company: None, domain: None };
    Ok(ids.iter().map(|id| found.remove(id).unwrap_or_else(|| gone(*id))).collect())
}

fn looked_up(tx: &mut Tx, workspace_id: Uuid, plan: &Plan, ids: &[Uuid]) -> Result<Vec<Selected>> {
    let domain = |email: Option<&str>| email.and_then(|email| email.rsplit_once('@')).map(|(_, of)| of.to_owned());
    let of_companies = plan.kind == Kind::ContactUpdate
        && contact_update::Parameters::deserialize(&plan.parameters)?.record == Record::Company;
    if of_companies {
        let mut found = Vec::new();
        for id in ids {
            found.extend(companies::one(tx, workspace_id, *id)?.map(|company| Selected {
                id: company.id,
                name: Some(company.name.clone()),
                title: None,
                company: Some(company.name),
                domain: company.domain,
            }));
        }
        return Ok(found);
    }
    if plan.kind == Kind::ProspectSearch {
        let people = prospects::people_by_ids(tx, ids)?;
        return Ok(people
            .into_iter()
            .map(|person| Selected {
                id: person.id,
                domain: domain(person.email.as_deref()),
                name: Some(person.full_name),
                title: person.title,
                company: person.company.map(|company| company.name),
            })
            .collect());
    }
    Ok(contacts::several(tx, workspace_id, ids)?
        .into_iter()
        .map(|contact| Selected {
            id: contact.id,
            domain: domain(contact.email.as_deref()),
            name: Some(contact.full_name),
            title: contact.job_title,
            company: contact.company_name,
        })
        .collect())
}

/// A page of the selection of a task's present revision, and how many there are on all pages.
pub fn page(tx: &mut Tx, caller: &Caller, task_id: Uuid, paging: Paging) -> Result<(Vec<Selected>, u64)> {
    let plan = tasks::present_plan(tx, caller, task_id)?;
    let total = plan.selection.len() as u64;
    let (offset, limit) = (paging.offset(), paging.limit());
    let ids: Vec<Uuid> = plan
        .selection
        .iter()
        .skip(usize::try_from(offset).unwrap_or(usize::MAX))
        .take(usize::try_from(limit).unwrap_or(0))
        .copied()
        .collect();
    Ok((selected(tx, caller.workspace_id, &plan, &ids)?, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_leave_out_by_company_domain_and_title() {
        let one = Selected {
            id: Uuid::from_u128(1),
            name: None,
            title: Some("Vice President, Legal".into()),
            company: Some("Acme LLP".into()),
            domain: Some("ny.acme.example".into()),
        };
        let fits = |companies: &[&str], domains: &[&str], titles: &[&str]| {
            let own = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
            Words { companies: own(companies), email_domains: own(domains), titles: own(titles) }.fits(&one)
        };
        assert!(fits(&["acme llp "], &[], &[]) && !fits(&["acme"], &[], &[]));
        assert!(fits(&[], &["@ACME.example"], &[]) && !fits(&[], &["me.example"], &[]));
        assert!(fits(&[], &[], &["legal vice-president"]) && !fits(&[], &[], &["president of sales"]));
        assert!(!fits(&[], &[], &["&"]));
    }
}

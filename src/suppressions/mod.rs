//! Suppressions: who must never be contacted or added, and why.
//!
//! Protects the rule that what is suppressed stays out: searches leave it out by number and domain, execution checks
//! each person again, and a contact with a suppressed address can't be created by hand. A domain covers its subdomains.

pub mod http;
pub mod import;
mod store;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::contacts::{emails, names};
use crate::db::Tx;
use crate::error::{Code, Error, Result, quoted};
use crate::events::{self, Event};
use crate::ids;
use crate::keys::Caller;
use crate::paging::Paging;

/// Characters of a reason.
pub const REASON_MAX: usize = 500;

/// What is suppressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One address.
    Email,
    /// Every address below a domain and everybody at the company that has it.
    Domain,
    /// One person of the prospect database.
    Prospect,
}

impl Kind {
    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Domain => "domain",
            Kind::Prospect => "prospect",
        }
    }

    /// As a sentence says it.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Email => "e-mail address",
            Kind::Domain => "domain",
            Kind::Prospect => "prospect",
        }
    }

    /// The field of the request body that names it.
    fn field(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Domain => "domain",
            Kind::Prospect => "prospect_id",
        }
    }

    /// Reads a kind as a query string spells it.
    pub fn parse(text: &str) -> Result<Kind> {
        [Kind::Email, Kind::Domain, Kind::Prospect]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::validation("kind", "kind must be email, domain or prospect."))
    }
}

/// Somebody who must never be contacted or added, as answers show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suppression {
    /// Made by us, never reused.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// What is suppressed.
    pub kind: Kind,
    /// The address or domain in lower case, or the prospect's id.
    pub value: String,
    /// Why, in the words of who asked for it.
    pub reason: String,
    /// ISO 8601, UTC.
    pub created_at: String,
}

/// The body of `POST /v1/suppressions`: exactly one of `email`, `domain` and `prospect_id`, and a reason.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewSuppression {
    /// One address.
    #[schema(example = "renata@okafor.example")]
    pub email: Option<String>,
    /// A domain; it covers its subdomains.
    pub domain: Option<String>,
    /// One person of the prospect database.
    pub prospect_id: Option<String>,
    /// Why; 1 to 500 characters. Required.
    #[schema(value_type = String, example = "Asked not to be contacted.")]
    pub reason: Option<String>,
}

/// A suppression whose fields are within the limits, its value normalized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    kind: Kind,
    value: String,
    reason: String,
}

impl NewSuppression {
    /// Checks every field; the first wrong one is named.
    pub fn check(self) -> Result<New> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let (kind, value) = match (given(self.email), given(self.domain), given(self.prospect_id)) {
            (Some(email), None, None) => (Kind::Email, emails::check("email", &email)?.norm),
            (None, Some(text), None) => (Kind::Domain, domain(&text)?),
            (None, None, Some(id)) => (Kind::Prospect, ids::parse("prospect_id", &id)?.to_string()),
            _ => {
                let message = "Give exactly one of email, domain and prospect_id.";
                let fields = json!({ "email": message, "domain": message, "prospect_id": message });
                return Err(Error::with_details(Code::ValidationError, message, json!({ "fields": fields })));
            }
        };
        let reason = names::clean(&self.reason.unwrap_or_default());
        match reason.chars().count() {
            0 => Err(Error::validation("reason", "reason is required.")),
            1..=REASON_MAX => Ok(New { kind, value, reason }),
            _ => Err(Error::validation("reason", format!("reason must have at most {REASON_MAX} characters."))),
        }
    }
}

/// Reads a domain as people paste it: with an `@`, a scheme, `www.` or a path around it.
fn domain(text: &str) -> Result<String> {
    let lower = text.to_lowercase();
    let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix('@').or_else(|| host.strip_prefix("*.")).unwrap_or(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host);
    if emails::plausible_domain(host) {
        return Ok(host.to_owned());
    }
    let shown = quoted(text);
    Err(Error::validation("domain", format!("domain must be a domain such as example.com, got \"{shown}\".")))
}

/// Which suppressions a page shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Part of an address, domain or prospect's id.
    pub search: Option<String>,
}

/// What deleting a suppression answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Always true.
    pub deleted: bool,
    /// The suppression that is gone.
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
}

/// Suppresses an address, domain or prospect from now on. One that is suppressed already is refused and named.
pub fn create(tx: &mut Tx, caller: &Caller, new: &New, now_ms: i64) -> Result<Suppression> {
    let workspace_id = caller.workspace_id;
    if new.kind == Kind::Prospect && !store::prospect_exists(tx, &new.value)? {
        return Err(Error::validation("prospect_id", format!("There is no prospect {}.", new.value)));
    }
    let id = ids::new(now_ms);
    let Some(made) = store::insert(tx, caller, id, new, now_ms)? else {
        let holder = store::find(tx, workspace_id, new.kind, std::slice::from_ref(&new.value))?;
        let holder = holder.first().ok_or_else(|| Error::internal("a suppression could not be stored"))?;
        let message = format!("This {} is suppressed already.", new.kind.noun());
        let details = json!({ "fields": { new.kind.field(): message }, "suppression_id": holder.id });
        return Err(Error::with_details(Code::ValidationError, message, details));
    };
    let data = json!({ "kind": new.kind.as_str() });
    events::record(tx, Event::by(caller, "suppression.created", id, now_ms).with(data));
    Ok(made)
}

/// A page of the suppressions, oldest first, and how many there are on all pages.
pub fn page(tx: &mut Tx, caller: &Caller, filter: &Filter, paging: Paging) -> Result<(Vec<Suppression>, u64)> {
    let total = store::count(tx, caller.workspace_id, filter)?;
    Ok((store::page(tx, caller.workspace_id, filter, paging)?, total))
}

/// Lifts a suppression.
pub fn delete(tx: &mut Tx, caller: &Caller, id: Uuid, now_ms: i64) -> Result<Deleted> {
    let kind = store::delete(tx, caller.workspace_id, id)?.ok_or_else(not_found)?;
    events::record(tx, Event::by(caller, "suppression.deleted", id, now_ms).with(json!({ "kind": kind.as_str() })));
    Ok(Deleted { deleted: true, id })
}

/// "Suppression not found", for an id that does not exist or belongs to another workspace.
pub fn not_found() -> Error {
    Error::not_found("Suppression not found")
}

/// All suppressed domains of a workspace; each covers its subdomains.
pub fn all_domains(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<String>> {
    store::all_domains(tx, workspace_id)
}

/// The numbers of all prospects that are suppressed by their address or themselves, ascending. Domains are not in it.
pub fn suppressed_numbers(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<u32>> {
    store::suppressed_numbers(tx, workspace_id)
}

/// A person as [`check`] looks at them.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The prospect.
    pub prospect_id: Uuid,
    /// The normalized address.
    pub email_norm: Option<String>,
    /// The domain of the company the person works for, in lower case.
    pub company_domain: Option<String>,
}

/// Why somebody is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The suppression.
    pub id: Uuid,
    /// What it suppresses.
    pub kind: Kind,
    /// Why, in the words of who asked for it.
    pub reason: String,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// For each person, in order: what suppresses them, nothing when nothing does. The person's own suppression is named
/// before the address's, and that before the domain's.
pub fn check(tx: &mut Tx, workspace_id: Uuid, people: &[Candidate]) -> Result<Vec<Option<Hit>>> {
    if people.is_empty() || !store::any(tx, workspace_id)? {
        return Ok(vec![None; people.len()]);
    }
    let prospects = hits(tx, workspace_id, Kind::Prospect, people.iter().map(|person| person.prospect_id.to_string()))?;
    let addresses = people.iter().filter_map(|person| person.email_norm.clone());
    let addresses = hits(tx, workspace_id, Kind::Email, addresses)?;
    let domains = people.iter().flat_map(domains_of).map(str::to_owned);
    let domains = hits(tx, workspace_id, Kind::Domain, domains)?;
    Ok(people
        .iter()
        .map(|person| {
            let by_address = || person.email_norm.as_ref().and_then(|email| addresses.get(email));
            let by_domain = || domains_of(person).find_map(|domain| domains.get(domain));
            prospects.get(&person.prospect_id.to_string()).or_else(by_address).or_else(by_domain).cloned()
        })
        .collect())
}

/// What suppresses an address: itself, its domain or a domain above; nothing when nothing does.
pub fn of_email(tx: &mut Tx, workspace_id: Uuid, email_norm: &str) -> Result<Option<Hit>> {
    let address = store::find(tx, workspace_id, Kind::Email, &[email_norm.to_owned()])?;
    if let Some(found) = address.into_iter().next() {
        return Ok(Some(found.hit(Kind::Email)));
    }
    let domains: Vec<String> = emails::with_parents(emails::domain(email_norm)).map(str::to_owned).collect();
    let found = store::find(tx, workspace_id, Kind::Domain, &domains)?;
    // The nearest domain is the one with the most characters.
    Ok(found.into_iter().max_by_key(|found| found.value.len()).map(|found| found.hit(Kind::Domain)))
}

/// Every domain by which a person could be suppressed, nearest first.
fn domains_of(person: &Candidate) -> impl Iterator<Item = &str> {
    let of_address = person.email_norm.as_deref().map_or("", emails::domain);
    emails::with_parents(of_address).chain(emails::with_parents(person.company_domain.as_deref().unwrap_or_default()))
}

/// The suppressions of one kind among `values`, by value.
fn hits(
    tx: &mut Tx,
    workspace_id: Uuid,
    kind: Kind,
    values: impl Iterator<Item = String>,
) -> Result<HashMap<String, Hit>> {
    let values: Vec<String> = values.collect::<HashSet<_>>().into_iter().collect();
    let found = store::find(tx, workspace_id, kind, &values)?;
    Ok(found.into_iter().map(|found| (found.value.clone(), found.hit(kind))).collect())
}

#[cfg(test)]
mod bodies {
    use super::*;

    fn new(body: &str) -> Result<New> {
        serde_json::from_str::<NewSuppression>(body).unwrap().check()
    }

    #[test]
    fn a_domain_is_read_as_people_paste_it() {
        for pasted in [
            "example.com",
            " Example.COM ",
            "@example.com",
            "*.example.com",
            "https://www.example.com/contact?x#y",
            "www.example.com",
            "example.com.",
        ] {
            assert_eq!(domain(pasted.trim()).unwrap(), "example.com", "{pasted}");
        }
        assert_eq!(domain("www.com").unwrap(), "www.com");
        for wrong in ["com", "exa mple.com", "x@example.com", "example.com:80", "10.0.0.1", "https://"] {
            assert!(domain(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn exactly_one_thing_is_suppressed_and_with_a_reason() {
        let value = |body: &str| new(body).map(|new| (new.kind, new.value)).map_err(|error| error.to_string());
        assert_eq!(value(r#"{"email": " X@Example.com", "reason": "y"}"#), Ok((Kind::Email, "x@example.com".into())));
        let one = "Give exactly one of email, domain and prospect_id.";
        assert_eq!(value(r#"{"reason": "y"}"#), Err(one.into()));
        assert_eq!(value(r#"{"email": "x@example.com", "domain": "example.com", "reason": "y"}"#), Err(one.into()));
        assert_eq!(value(r#"{"email": "x@example.com", "reason": " "}"#), Err("reason is required.".into()));
        let reason = |n: usize| new(&format!(r#"{{"domain": "example.com", "reason": "{}"}}"#, "r".repeat(n)));
        assert!(reason(REASON_MAX).is_ok());
        assert!(reason(REASON_MAX + 1).is_err());
    }
}

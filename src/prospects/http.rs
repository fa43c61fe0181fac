//! Routes that search the prospect database: the published one and its older form, which differ in their spellings only.
//!
//! Protects "no invented constraint" from the other side too: a filter that can't be applied is refused by name and
//! never passed over, because the answer would hold people who were not asked for.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::filter::{Filter, Slots};
use super::search::{self, Counts, FACET_LIMIT, FACET_LIMIT_MAX, Facet, Wanted};
use super::{Person, Row};
use crate::app::App;
use crate::error::{Error, Result, quoted};
use crate::http::answer::Problem;
use crate::http::{Can, Json, JsonBody, Meta, Page, PageParams, read};
use crate::keys::permissions::need;
use crate::understand::Range;
use crate::understand::places;

/// People on a page when nothing is said.
const PER_PAGE: u32 = 25;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(prospects)).routes(routes!(prospector))
}

/// Whom to find. Values of one filter are alternatives, filters narrow each other, and what is not known of a person
/// does not satisfy any. Each list may be given as one value.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchBody {
    /// Titles, as a person says them: `CEO`, `VP of Sales`.
    #[serde(
        default,
        alias = "job_titles",
        alias = "jobTitles",
        alias = "query",
        alias = "title",
        deserialize_with = "texts"
    )]
    titles: Vec<String>,
    /// Levels: `owner`, `founder`, `c_suite`, `partner`, `vp`, `head`, `director`, `manager`, `senior`, `entry`, `intern`.
    #[serde(default, alias = "seniorities", deserialize_with = "texts")]
    seniority: Vec<String>,
    /// Functions: `legal`, `marketing` …
    #[serde(default, alias = "department", deserialize_with = "texts")]
    departments: Vec<String>,
    /// Places: `California`, `San Francisco, CA`, `Germany`, `Bay Area`.
    #[serde(default, alias = "locations", deserialize_with = "texts")]
    location: Vec<String>,
    /// Sectors: `law practice`, `banking`.
    #[serde(default, alias = "industries", deserialize_with = "texts")]
    industry: Vec<String>,
    /// Kinds of company: `law firm`, `startup`.
    #[serde(default, alias = "company_type", deserialize_with = "texts")]
    company_types: Vec<String>,
    /// Topics and practice areas. They also order the people: those who meet them best come first.
    #[serde(default, alias = "keyword", deserialize_with = "texts")]
    keywords: Vec<String>,
    /// Companies by name.
    #[serde(default, alias = "company", deserialize_with = "texts")]
    companies: Vec<String>,
    /// Companies by domain.
    #[serde(default, alias = "company_domain", deserialize_with = "texts")]
    company_domains: Vec<String>,
    /// Employees: `51-200`, `10001+`, several ranges that touch, or `{"min", "max"}`.
    #[serde(default)]
    headcount: Value,
    /// Yearly revenue in US dollars: `1M-10M`, `50M+`, or `{"min", "max"}`.
    #[serde(default)]
    revenue: Value,
    /// What to leave out: the same filters but headcount and revenue.
    #[schema(no_recursion)]
    exclude: Option<Box<SearchBody>>,
    /// Counted from 1.
    page: Option<u32>,
    /// People on a page: 25, at most 100.
    per_page: Option<u32>,
    /// The `next_cursor` of the page before, to go on behind it; instead of `page`, and without an end at 10,000 people.
    after: Option<String>,
    /// Count all who fit by `state`, `country`, `industry`, `company_type`, `headcount`, `seniority`, `department`,
    /// `title`.
    #[serde(default, alias = "facet", deserialize_with = "texts")]
    facets: Vec<String>,
    /// Values of each facet: 50, at most 200. The people of the others are counted together.
    facet_limit: Option<u32>,
}

/// The people of a page, and how the request was read.
#[derive(Debug, Serialize, ToSchema)]
struct Prospects {
    /// The people: those who meet the keywords best first, then in the order in which they were loaded.
    prospects: Vec<Prospect>,
    /// The filters as they were applied.
    #[schema(value_type = Object)]
    filters: Filter,
    /// Of each filter, how many more might fit if it were known of them.
    unknown: BTreeMap<&'static str, u64>,
    /// Give it back as `after` for the next page; null on the last page.
    next_cursor: Option<String>,
    /// All who fit, not only those of this page, by each facet that was asked for. Headcounts are counted in the bands
    /// `1-10`, `11-50`, `51-200`, `201-500`, `501-1000`, `1001-5000`, `5001-10000` and `10001+`; a state or country is
    /// that of the person, else that of the headquarters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facets: BTreeMap<&'static str, Counts>,
}

/// A person one could reach.
#[derive(Debug, Serialize, ToSchema)]
struct Prospect {
    /// Names this prospect everywhere.
    id: Uuid,
    #[serde(flatten)]
    fields: Row,
}

impl From<&Person> for Prospect {
    fn from(person: &Person) -> Prospect {
        Prospect { id: person.id, fields: person.to_row() }
    }
}

/// Search the prospect database (older route).
#[utoipa::path(post, path = "/v1/prospects/search", tag = "prospects", request_body = SearchBody, responses(
    (status = 200, description = "A page of people; `meta.total` counts all who fit. With `after`, `meta.page` is 1.", body = Page<Prospects>),
    (status = 400, description = "`validation_error`: an unknown filter, place, range or facet, a page beyond 10,000 people, or a cursor that is damaged or of another search.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `prospects:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem),
    (status = 503, description = "`unavailable`: the search index is catching up.", body = Problem)))]
async fn prospects(
    State(app): State<App>,
    _: Can<need::ProspectsRead>,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<Page<Prospects>>> {
    answer(&app, body).await
}

/// Search the prospect database.
#[utoipa::path(post, path = "/v1/prospector/search", tag = "prospects", request_body = SearchBody, responses(
    (status = 200, description = "A page of people; `meta.total` counts all who fit. With `after`, `meta.page` is 1.", body = Page<Prospects>),
    (status = 400, description = "`validation_error`: an unknown filter, place, range or facet, a page beyond 10,000 people, or a cursor that is damaged or of another search.", body = Problem),
    (status = 401, description = "`invalid_key`", body = Problem),
    (status = 403, description = "`insufficient_permissions`: the key lacks `prospects:read`.", body = Problem),
    (status = 429, description = "`rate_limited`", body = Problem),
    (status = 503, description = "`unavailable`: the search index is catching up.", body = Problem)))]
async fn prospector(
    State(app): State<App>,
    _: Can<need::ProspectsRead>,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<Page<Prospects>>> {
    answer(&app, body).await
}

async fn answer(app: &App, body: SearchBody) -> Result<Json<Page<Prospects>>> {
    let wanted = body.wanted()?;
    let filter = body.filter()?;
    filter.check()?;
    let paging = wanted.paging;
    let (snapshot, searched) = (app.search.snapshot(), filter.clone());
    let listed = read(app, move |tx| search::page(tx, &snapshot, &searched, &wanted)).await?;
    let prospects = Prospects {
        prospects: listed.people.iter().map(Prospect::from).collect(),
        filters: filter,
        unknown: listed.unknown.into_iter().map(|(slot, people)| (slot.as_str(), people)).collect(),
        next_cursor: listed.next,
        facets: listed.facets.into_iter().map(|(facet, counts)| (facet.as_str(), counts)).collect(),
    };
    Ok(Json(Page { data: prospects, meta: Meta::of(paging, listed.total) }))
}

impl SearchBody {
    /// All of it but the filters.
    fn wanted(&self) -> Result<Wanted> {
        let text = |number: Option<u32>| number.map(|number| number.to_string());
        let paging = PageParams { page: text(self.page), per_page: text(self.per_page) }.check(PER_PAGE)?;
        if self.after.is_some() && self.page.is_some() {
            return Err(Error::validation("after", "Give page or after, not both."));
        }
        let facet_limit = self.facet_limit.unwrap_or(FACET_LIMIT);
        if !(1..=FACET_LIMIT_MAX).contains(&facet_limit) {
            let message = format!("facet_limit must be a whole number from 1 to {FACET_LIMIT_MAX}, got {facet_limit}.");
            return Err(Error::validation("facet_limit", message));
        }
        Ok(Wanted { paging, after: self.after.clone(), facets: Facet::named(&self.facets)?, facet_limit })
    }

    /// Whether it says anything that is no filter.
    fn says_more(&self) -> bool {
        let paged = self.page.is_some() || self.per_page.is_some() || self.after.is_some();
        paged || self.exclude.is_some() || !self.facets.is_empty() || self.facet_limit.is_some()
    }

    fn filter(self) -> Result<Filter> {
        let exclude = match self.exclude {
            None => Slots::default(),
            Some(ref body) => body.slots("exclude.")?,
        };
        if exclude.headcount.is_some() || exclude.revenue.is_some() {
            return Err(Error::validation(
                "exclude",
                "headcount and revenue can't be excluded; state the range wanted.",
            ));
        }
        Ok(Filter { include: self.slots("")?, exclude, ..Filter::default() })
    }

    fn slots(&self, prefix: &str) -> Result<Slots> {
        if !prefix.is_empty() && self.says_more() {
            return Err(Error::validation("exclude", "exclude takes filters only."));
        }
        let mut locations = Vec::new();
        for place in &self.location {
            let found = places::resolve(place);
            if found.is_empty() {
                let place = quoted(place);
                let message =
                    format!("\"{place}\" is not a place I know. Try a city with its state, a state or a country.");
                return Err(Error::validation(&format!("{prefix}location"), message));
            }
            locations.extend(found);
        }
        Ok(Slots {
            titles: self.titles.clone(),
            seniority: self.seniority.clone(),
            departments: self.departments.clone(),
            industries: self.industry.clone(),
            company_types: self.company_types.clone(),
            keywords: self.keywords.clone(),
            companies: self.companies.iter().chain(&self.company_domains).cloned().collect(),
            locations,
            headcount: range(&format!("{prefix}headcount"), &self.headcount)?,
            revenue: range(&format!("{prefix}revenue"), &self.revenue)?,
            lists: Vec::new(),
        })
    }
}

/// One text or a list of texts; blank ones say nothing.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<String>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        value => vec![value],
    };
    let text = |value: Value| match value {
        Value::String(text) => Ok(text.trim().to_owned()),
        other => Err(serde::de::Error::custom(format_args!("expected text or a list of texts, got {other}"))),
    };
    let texts: Vec<String> = values.into_iter().map(text).collect::<std::result::Result<_, D::Error>>()?;
    Ok(texts.into_iter().filter(|text| !text.is_empty()).collect())
}

/// A range: `{"min", "max"}`, text, or a list of texts whose ranges touch.
fn range(field: &str, value: &Value) -> Result<Option<Range>> {
    let wrong = |what: &str| Error::validation(field, format!("{field} {what}, for example \"51-200\" or \"10001+\"."));
    let parts: Vec<&Value> = match value {
        Value::Null => return Ok(None),
        Value::Object(object) if object.is_empty() => return Ok(None),
        Value::Object(object) => {
            let end = |key: &str| match object.get(key) {
                None | Some(Value::Null) => Ok(None),
                Some(number) => {
                    number.as_i64().map(Some).ok_or_else(|| wrong("must have whole numbers as min and max"))
                }
            };
            if let Some(other) = object.keys().find(|key| !matches!(key.as_str(), "min" | "max")) {
                return Err(Error::validation(&format!("{field}.{other}"), format!("{field} has min and max only.")));
            }
            return Ok(Some(Range { min: end("min")?, max: end("max")?, currency: None }));
        }
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    let mut ends: Vec<(i64, i64)> = Vec::with_capacity(parts.len());
    for part in parts {
        let found = match part {
            Value::String(text) => ends_of(text),
            Value::Number(number) => number.as_i64().map(|number| (number, number)),
            _ => None,
        };
        ends.push(found.ok_or_else(|| wrong("must be a range"))?);
    }
    ends.sort_unstable();
    let Some(&(min, mut max)) = ends.first() else { return Ok(None) };
    for (from, to) in ends {
        if from > max.saturating_add(1) {
            return Err(wrong("must be one range, or ranges that touch"));
        }
        max = max.max(to);
    }
    let open = |end: i64, open: i64| Some(end).filter(|end| *end != open);
    Ok(Some(Range { min: open(min, i64::MIN), max: open(max, i64::MAX), currency: None }))
}

/// "51-200", "10,001+", "1M–10M", "500".
fn ends_of(text: &str) -> Option<(i64, i64)> {
    let text: String = text.chars().filter(|c| !matches!(c, '$' | ',' | ' ' | '_')).collect();
    if let Some(least) = text.strip_suffix('+') {
        return Some((amount(least)?, i64::MAX));
    }
    match text.split_once(['-', '–', '—']) {
        None => amount(&text).map(|one| (one, one)),
        Some((from, to)) => Some((amount(from)?, amount(to)?)).filter(|(from, to)| from <= to),
    }
}

/// "200", "1M", "2.5b".
fn amount(text: &str) -> Option<i64> {
    let (digits, unit) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (&text[..at], 1_000),
        (at, 'm' | 'M') => (&text[..at], 1_000_000),
        (at, 'b' | 'B') => (&text[..at], 1_000_000_000),
        _ => (text, 1),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) || part.len() > 9 || (unit == 1 && !part.is_empty())
    {
        return None;
    }
    let scale = 10_i64.pow(u32::try_from(part.len()).ok()?);
    let part = if part.is_empty() { 0 } else { part.parse::<i64>().ok()? };
    whole.parse::<i64>().ok()?.checked_mul(unit)?.checked_add(part.checked_mul(unit)? / scale)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filter(body: Value) -> Result<Filter> {
        serde_json::from_value::<SearchBody>(body)
            .map_err(|error| Error::validation("body", error.to_string()))?
            .filter()
    }

    #[test]
    fn both_spellings_of_the_published_routes_are_read() {
        let new = filter(
            json!({"titles": ["CEO"], "location": ["California"], "industry": ["banking"], "headcount": ["51-200", "201-500"]}),
        );
        let old = filter(
            json!({"query": "CEO", "locations": "California", "industries": ["banking"], "headcount": {"min": 51, "max": 500}}),
        );
        assert_eq!(new.expect("a filter"), old.expect("a filter"));
        let empty = filter(json!({"titles": [""], "location": null, "headcount": []})).expect("a filter");
        assert_eq!(empty, Filter::default());
    }

    #[test]
    fn what_cannot_be_applied_is_refused_and_not_passed_over() {
        for body in [
            json!({"funding": ["seed"]}),
            json!({"location": ["Atlantis of old"]}),
            json!({"headcount": ["1-10", "51-200"]}),
            json!({"headcount": "many"}),
            json!({"headcount": {"minimum": 5}}),
            json!({"exclude": {"headcount": "1-10"}}),
            json!({"exclude": {"page": 2}}),
            json!({"exclude": {"facets": ["state"]}}),
            json!({"titles": [5]}),
        ] {
            assert!(filter(body.clone()).is_err(), "{body}");
        }
    }

    #[test]
    fn ranges_are_read_as_they_are_written() {
        assert_eq!(ends_of("51-200"), Some((51, 200)));
        assert_eq!(ends_of("10,001+"), Some((10_001, i64::MAX)));
        assert_eq!(ends_of("$1M – $2.5B"), Some((1_000_000, 2_500_000_000)));
        assert_eq!(ends_of("7"), Some((7, 7)));
        for text in ["", "-", "5-", "200-51", "2.5", "9223372036854775808", "99999999999b", "x"] {
            assert_eq!(ends_of(text), None, "{text}");
        }
    }
}

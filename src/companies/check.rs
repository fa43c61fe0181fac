//! What a caller may say about a company: the request bodies, and the limits each field is held to. Pure.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Company, LINK_MAX};
use crate::contacts::Difference;
use crate::contacts::emails::{DOMAIN_MAX, plausible_domain};
use crate::contacts::fields::{NAME_MAX, given, retagged, short, tags, tags_fit, time, url};
use crate::error::{Error, Result, quoted};

/// Characters of an industry.
pub const INDUSTRY_MAX: usize = 200;
/// Characters of a size.
pub const SIZE_MAX: usize = 50;
/// Characters of a city or country.
pub const PLACE_MAX: usize = 200;

/// The body of `POST /v1/companies`. `null` counts as not given.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewCompany {
    /// At most 200 characters. Required.
    #[schema(value_type = String, example = "Okafor & Lindqvist LLP")]
    pub name: Option<String>,
    /// Unique in the workspace; written with or without scheme and `www.`.
    #[schema(example = "okafor.example")]
    pub domain: Option<String>,
    /// The sector.
    pub industry: Option<String>,
    /// The address of its pages.
    pub website: Option<String>,
    /// The company's profile.
    pub linkedin_url: Option<String>,
    /// How many work there, for example `51-200`.
    pub size: Option<String>,
    /// Where it sits.
    pub city: Option<String>,
    /// Where it sits.
    pub country: Option<String>,
    /// At most 50 tags of at most 100 characters.
    pub tags: Option<Vec<String>>,
    /// ISO 8601; kept when at most five years past and at most a day ahead, else the server's time counts.
    pub created_date: Option<String>,
}

/// The body of `PATCH /v1/companies/{id}`. Only given fields change; `null` clears.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct CompanyChange {
    /// Can be changed but not cleared.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// Unique in the workspace.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub domain: Option<Option<String>>,
    /// The sector.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub industry: Option<Option<String>>,
    /// The address of its pages.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub website: Option<Option<String>>,
    /// The company's profile.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub linkedin_url: Option<Option<String>>,
    /// How many work there.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub size: Option<Option<String>>,
    /// Where it sits.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub city: Option<Option<String>>,
    /// Where it sits.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    /// Replaces all tags.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    /// Tags that are put to those that are there.
    pub tags_add: Option<Vec<String>>,
    /// Tags that are taken away, in whatever case.
    pub tags_remove: Option<Vec<String>>,
}

/// The body of `POST /v1/companies/{id}/contacts/link`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct LinkedContacts {
    /// At most 100 contacts of this workspace. Required.
    #[schema(value_type = Vec<String>)]
    pub contact_ids: Option<Vec<String>>,
}

/// What a company says of itself, within the limits.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fields {
    pub(super) name: String,
    pub(super) domain: Option<String>,
    pub(super) industry: Option<String>,
    pub(super) website: Option<String>,
    pub(super) linkedin_url: Option<String>,
    pub(super) size: Option<String>,
    pub(super) city: Option<String>,
    pub(super) country: Option<String>,
    pub(super) tags: Vec<String>,
}

/// A new company whose fields are within the limits.
#[derive(Debug, Clone)]
pub struct New {
    pub(super) fields: Fields,
    pub(super) created_at_ms: Option<i64>,
}

/// A change whose fields are within the limits; the outer `None` means "stays as it is".
#[derive(Debug, Clone, Default)]
pub struct Change {
    name: Option<String>,
    domain: Option<Option<String>>,
    industry: Option<Option<String>>,
    website: Option<Option<String>>,
    linkedin_url: Option<Option<String>>,
    size: Option<Option<String>>,
    city: Option<Option<String>>,
    country: Option<Option<String>>,
    tags: Option<Vec<String>>,
    tags_add: Vec<String>,
    tags_remove: Vec<String>,
}

impl NewCompany {
    /// Checks every field; the first wrong one is named.
    pub fn check(self) -> Result<New> {
        let name =
            short("name", self.name, NAME_MAX)?.ok_or_else(|| Error::validation("name", "Give the company a name."))?;
        let fields = Fields {
            name,
            domain: domain(self.domain)?,
            industry: short("industry", self.industry, INDUSTRY_MAX)?,
            website: url("website", self.website)?,
            linkedin_url: url("linkedin_url", self.linkedin_url)?,
            size: short("size", self.size, SIZE_MAX)?,
            city: short("city", self.city, PLACE_MAX)?,
            country: short("country", self.country, PLACE_MAX)?,
            tags: tags("tags", self.tags.unwrap_or_default())?,
        };
        let created_at_ms = self.created_date.map(|text| time("created_date", &text)).transpose()?;
        Ok(New { fields, created_at_ms })
    }
}

impl CompanyChange {
    /// Checks every given field; the first wrong one is named.
    pub fn check(self) -> Result<Change> {
        let line = |field: &str, text: Option<Option<String>>, max: usize| {
            text.map(|text| short(field, text, max)).transpose()
        };
        let name = line("name", self.name, NAME_MAX)?;
        if name == Some(None) {
            return Err(Error::validation("name", "name can be changed but not cleared."));
        }
        Ok(Change {
            name: name.flatten(),
            domain: self.domain.map(domain).transpose()?,
            industry: line("industry", self.industry, INDUSTRY_MAX)?,
            website: self.website.map(|text| url("website", text)).transpose()?,
            linkedin_url: self.linkedin_url.map(|text| url("linkedin_url", text)).transpose()?,
            size: line("size", self.size, SIZE_MAX)?,
            city: line("city", self.city, PLACE_MAX)?,
            country: line("country", self.country, PLACE_MAX)?,
            tags: self.tags.map(|given| tags("tags", given.unwrap_or_default())).transpose()?,
            tags_add: tags("tags_add", self.tags_add.unwrap_or_default())?,
            tags_remove: tags("tags_remove", self.tags_remove.unwrap_or_default())?,
        })
    }
}

impl LinkedContacts {
    /// The ids, each once; what is no UUID stands for a contact that is not there.
    pub fn check(self) -> Result<Vec<Option<Uuid>>> {
        let given = self.contact_ids.unwrap_or_default();
        if given.is_empty() || given.len() > LINK_MAX {
            let message = format!("contact_ids must be 1 to {LINK_MAX} contacts, got {}.", given.len());
            return Err(Error::validation("contact_ids", message));
        }
        let mut ids = Vec::with_capacity(given.len());
        for id in given.iter().map(|text| Uuid::try_parse(text.trim()).ok()) {
            if id.is_none() || !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

impl Change {
    /// The company's fields after the change.
    pub(super) fn applied(&self, before: &Company) -> Result<Fields> {
        let or =
            |changed: &Option<Option<String>>, stays: &Option<String>| changed.clone().unwrap_or_else(|| stays.clone());
        let tags = retagged(self.tags.as_ref().unwrap_or(&before.tags), &self.tags_add, &self.tags_remove);
        tags_fit("tags", &tags)?;
        Ok(Fields {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            domain: or(&self.domain, &before.domain),
            industry: or(&self.industry, &before.industry),
            website: or(&self.website, &before.website),
            linkedin_url: or(&self.linkedin_url, &before.linkedin_url),
            size: or(&self.size, &before.size),
            city: or(&self.city, &before.city),
            country: or(&self.country, &before.country),
            tags,
        })
    }
}

impl Fields {
    /// The names of the fields that differ from a company's.
    pub(super) fn differing(&self, before: &Company) -> Vec<&'static str> {
        [
            ("name", self.name != before.name),
            ("domain", self.domain != before.domain),
            ("industry", self.industry != before.industry),
            ("website", self.website != before.website),
            ("linkedin_url", self.linkedin_url != before.linkedin_url),
            ("size", self.size != before.size),
            ("city", self.city != before.city),
            ("country", self.country != before.country),
            ("tags", self.tags != before.tags),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }

    /// The fields that differ from a company's, with what stands there now and what will.
    pub(super) fn differences(&self, before: &Company) -> Vec<Difference> {
        let values = |field: &str| match field {
            "name" => (json!(before.name), json!(self.name)),
            "domain" => (json!(before.domain), json!(self.domain)),
            "industry" => (json!(before.industry), json!(self.industry)),
            "website" => (json!(before.website), json!(self.website)),
            "linkedin_url" => (json!(before.linkedin_url), json!(self.linkedin_url)),
            "size" => (json!(before.size), json!(self.size)),
            "city" => (json!(before.city), json!(self.city)),
            "country" => (json!(before.country), json!(self.country)),
            _ => (json!(before.tags), json!(self.tags)),
        };
        let differing = self.differing(before).into_iter();
        differing
            .map(|field| {
                let (before, after) = values(field);
                Difference { field, before, after }
            })
            .collect()
    }

    /// The names of the fields that hold something.
    pub(super) fn given(&self) -> Vec<&'static str> {
        [
            ("name", true),
            ("domain", self.domain.is_some()),
            ("industry", self.industry.is_some()),
            ("website", self.website.is_some()),
            ("linkedin_url", self.linkedin_url.is_some()),
            ("size", self.size.is_some()),
            ("city", self.city.is_some()),
            ("country", self.country.is_some()),
            ("tags", !self.tags.is_empty()),
        ]
        .into_iter()
        .filter_map(|(field, holds)| holds.then_some(field))
        .collect()
    }
}

/// A domain, also written as the address of its pages.
fn domain(text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(&text);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.chars().count() > DOMAIN_MAX || !plausible_domain(host) {
        let shown = quoted(&text);
        return Err(Error::validation("domain", format!("domain must be one such as example.com, got \"{shown}\".")));
    }
    Ok(Some(host.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_the_same_however_it_is_written() {
        let read = |text: &str| domain(Some(text.to_owned()));
        for text in ["okafor.example", " Okafor.Example ", "https://www.okafor.example/", "http://okafor.example"] {
            assert_eq!(read(text).unwrap().as_deref(), Some("okafor.example"), "{text}");
        }
        assert_eq!(read(" ").unwrap(), None);
        for wrong in ["okafor", "okafor.example/about", "a b.example"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

//! A filter as a program gives it, in the shape in which filters are shown.
//!
//! Protects "no invented constraint" from the other side: what is not understood is refused and named, never dropped.

use serde_json::Value;

use super::filter::{Filter, Slots};
use crate::error::{Error, Result, quoted};
use crate::understand::{Target, levels};

/// The keys of a filter, and those of its `exclude`.
const KEYS: [&str; 15] = [
    "target",
    "titles",
    "seniority",
    "departments",
    "industries",
    "company_types",
    "keywords",
    "companies",
    "locations",
    "headcount",
    "revenue",
    "exclude",
    "same_words",
    "title_expansion",
    "not_applied",
];
const EXCLUDE_KEYS: [&str; 9] = [
    "titles",
    "seniority",
    "departments",
    "industries",
    "company_types",
    "keywords",
    "companies",
    "locations",
    "lists",
];

impl Filter {
    /// Reads a whole filter that takes the place of `before`. Values that came from the same words as others stay
    /// alternatives to them as long as they are there; the titles that law firms use are offered anew.
    ///
    /// # Errors
    /// `validation_error` that names what is not known, malformed or over a limit, as `filters.…`.
    pub fn given(value: &Value, before: &Filter) -> Result<Filter> {
        check_keys(value, "", &KEYS)?;
        if let Some(exclude) = value.get("exclude").filter(|exclude| !exclude.is_null()) {
            check_keys(exclude, "exclude.", &EXCLUDE_KEYS)?;
        }
        // By itself first, because an error inside a flattened part has no place.
        let _: Slots = serde_path_to_error::deserialize(value).map_err(|error| malformed(&error))?;
        let mut filter: Filter = serde_path_to_error::deserialize(value).map_err(|error| malformed(&error))?;
        check_kept(value, &serde_json::to_value(&filter)?, "filters")?;
        filter.check().map_err(under_filters)?;
        for (slots, prefix) in [(&filter.include, ""), (&filter.exclude, "exclude.")] {
            check_levels(slots, prefix)?;
        }
        if filter.target != Target::People {
            return Err(Error::validation("filters.target", "A task puts people on a list: target must be people."));
        }
        if !filter.include.lists.is_empty() {
            return Err(Error::validation("filters.lists", "Lists can only be left out: give exclude.lists."));
        }
        if filter.include.is_empty() {
            let message = "A search without any filter would take anybody. Give at least one, for example titles.";
            return Err(Error::validation("filters", message));
        }
        filter.keep_same_words(before);
        let applied = filter.title_expansion.as_ref().is_some_and(|given| given.applied);
        filter.offer_titles();
        if let Some(offered) = &mut filter.title_expansion {
            offered.applied = applied;
        }
        Ok(filter)
    }

    /// Turns the offered titles of law firms on or off.
    ///
    /// # Errors
    /// `validation_error` when there is nothing to turn on.
    pub fn expand_titles(&mut self, on: bool) -> Result<()> {
        match &mut self.title_expansion {
            Some(offered) => offered.applied = on,
            None if !on => {}
            None => {
                let message = "There are no further titles for this search: law firms have no other names for them.";
                return Err(Error::validation("expand_titles", message));
            }
        }
        Ok(())
    }

    /// Keeps the groups of `before` whose values are still wanted in more than one slot; a group that is given is taken
    /// when it stood there.
    fn keep_same_words(&mut self, before: &Filter) {
        let include = &self.include;
        let mut groups = before.same_words.clone();
        for group in &mut groups {
            let values = &mut group.values;
            let pairs = [
                (&mut values.titles, &include.titles),
                (&mut values.seniority, &include.seniority),
                (&mut values.departments, &include.departments),
                (&mut values.industries, &include.industries),
                (&mut values.company_types, &include.company_types),
                (&mut values.keywords, &include.keywords),
                (&mut values.companies, &include.companies),
            ];
            for (kept, wanted) in pairs {
                kept.retain(|value| wanted.contains(value));
            }
            values.locations.retain(|place| include.locations.contains(place));
        }
        groups.retain(|group| {
            let filled = group.values.texts().iter().filter(|(_, values)| !values.is_empty()).count();
            filled + usize::from(!group.values.locations.is_empty()) > 1
        });
        self.same_words = groups;
    }
}

fn malformed(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let path = error.path().to_string();
    let path = if path == "." { "filters".to_owned() } else { format!("filters.{path}") };
    Error::validation(&path, format!("{path}: {}.", error.inner()))
}

fn check_keys(value: &Value, prefix: &str, known: &[&str]) -> Result<()> {
    let place = format!("filters.{prefix}");
    let Value::Object(object) = value else {
        let place = place.trim_end_matches('.');
        return Err(Error::validation(place, format!("{place} must be an object, as metadata.filters shows one.")));
    };
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let key = quoted(key);
            let known = known.join(", ");
            Err(Error::validation(
                &format!("{place}{key}"),
                format!("There is no filter {place}{key}. Known: {known}."),
            ))
        }
    }
}

/// Whatever was given must be in what was understood: a key further down that nobody knows is refused.
fn check_kept(given: &Value, kept: &Value, place: &str) -> Result<()> {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        _ => false,
    };
    match (given, kept) {
        (Value::Object(given), _) => given.iter().filter(|(_, value)| !is_empty(value)).try_for_each(|(key, value)| {
            let place = format!("{place}.{}", quoted(key));
            match kept.get(key) {
                Some(kept) => check_kept(value, kept, &place),
                None => Err(Error::validation(&place, format!("{place} is not known."))),
            }
        }),
        (Value::Array(given), Value::Array(kept)) => given
            .iter()
            .zip(kept)
            .enumerate()
            .try_for_each(|(at, (given, kept))| check_kept(given, kept, &format!("{place}[{at}]"))),
        _ => Ok(()),
    }
}

/// Levels and departments are names of a table: one that is not in it would fit nobody.
fn check_levels(slots: &Slots, prefix: &str) -> Result<()> {
    let level = slots.seniority.iter().find(|name| levels::rank(name) == 0);
    if let Some(name) = level {
        let known: Vec<&str> = levels::all().iter().map(|level| level.name).collect();
        return Err(unknown(&format!("filters.{prefix}seniority"), name, &known));
    }
    let known: Vec<&str> = levels::departments().iter().map(|department| department.name).collect();
    match slots.departments.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unknown(&format!("filters.{prefix}departments"), name, &known)),
        None => Ok(()),
    }
}

fn unknown(field: &str, name: &str, known: &[&str]) -> Error {
    Error::validation(field, format!("{field}: there is no \"{}\". Known: {}.", quoted(name), known.join(", ")))
}

/// The same refusal, its fields named as they stand in the body.
fn under_filters(error: Error) -> Error {
    let Error::Refused(refusal) = &error else { return error };
    match refusal.details["fields"].as_object().and_then(|fields| fields.keys().next()) {
        Some(field) => Error::validation(&format!("filters.{field}"), format!("filters.{field}: {}", refusal.message)),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(value: &Value) -> String {
        let Err(Error::Refused(refusal)) = Filter::given(value, &Filter::default()) else { return String::new() };
        refusal.details["fields"].as_object().and_then(|fields| fields.keys().next().cloned()).unwrap_or_default()
    }

    #[test]
    fn a_filter_is_read_in_the_shape_it_is_shown() {
        let read = crate::understand::read("Find 50 CEOs at law firms in California");
        let filter = Filter::from_request(&read).expect("a search");
        let shown = serde_json::to_value(&filter).expect("JSON");
        assert_eq!(Filter::given(&shown, &filter).expect("a filter"), filter);
        let mut less = shown.clone();
        less["industries"] = json!([]);
        assert!(Filter::given(&less, &filter).expect("a filter").same_words.is_empty());
    }

    #[test]
    fn what_is_not_known_is_refused_and_named() {
        assert_eq!(field(&json!({ "titles": ["CEO"], "colour": "red" })), "filters.colour");
        assert_eq!(
            field(&json!({ "titles": ["CEO"], "exclude": { "headcount": { "min": 1 } } })),
            "filters.exclude.headcount"
        );
        assert_eq!(
            field(&json!({ "titles": ["CEO"], "headcount": { "min": 1, "about": 2 } })),
            "filters.headcount.about"
        );
        assert_eq!(field(&json!({ "seniority": ["boss"] })), "filters.seniority");
        assert_eq!(field(&json!({ "titles": "CEO" })), "filters.titles");
        assert_eq!(field(&json!({ "titles": [" "] })), "filters.titles");
        assert_eq!(field(&json!({ "locations": [{ "planet": "Mars" }] })), "filters.locations[0].planet");
        assert_eq!(field(&json!({ "target": "companies", "titles": ["CEO"] })), "filters.target");
        assert_eq!(field(&json!({})), "filters");
        assert_eq!(field(&json!([])), "filters");
    }
}

//! What the commands on rules, policies and webhooks share: naming one by a part of its id, and the body of a request made
//! of what was given.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::client::{Client, Server};
use super::exit::{Exit, Usage};
use super::screen::Screen;

/// Shortest part of an id that is looked for.
const PART_MIN: usize = 4;
/// Records looked through when only a part of an id is given; more than a workspace may have of these.
const LOOKED_THROUGH: usize = 100;

/// A record, named by its id.
#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// The id, or enough of its end to tell it apart.
    pub(super) id: String,
    #[command(flatten)]
    pub(super) asked: Asked,
}

/// Whom to ask, and how the answer is printed.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// Print the server's answer as JSON.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) server: Server,
}

/// Records of one sort: where they are, what their list is called, and what one is called in a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sort {
    pub(super) path: &'static str,
    pub(super) list: &'static str,
    pub(super) name: &'static str,
}

impl Sort {
    /// Shows one record: all of the answer for a program, `record` of it for a person, who has nothing to leave out.
    pub(super) async fn show(
        self,
        one: &One,
        record: fn(&Value) -> &Value,
        screen: &mut Screen,
    ) -> anyhow::Result<Exit> {
        let client = one.asked.server.client()?;
        let answer = client.get(&self.find(&client, &one.id).await?, &[]).await?;
        screen.json(if one.asked.json { &answer } else { record(&answer["data"]) })?;
        Ok(Exit::Done)
    }

    /// The path of the record that somebody typed the id of, or a part of it.
    pub(super) async fn find(self, client: &Client, typed: &str) -> anyhow::Result<String> {
        let typed = typed.trim().to_lowercase();
        if let Ok(id) = Uuid::try_parse(&typed) {
            return Ok(format!("{}/{id}", self.path));
        }
        let answer = client.get(self.path, &[("per_page", LOOKED_THROUGH.to_string())]).await?;
        let all = answer["data"][self.list].as_array().map(Vec::as_slice).unwrap_or_default();
        let ids = all.iter().filter_map(|one| one["id"].as_str());
        let found: Vec<&str> =
            ids.filter(|id| typed.len() >= PART_MIN && (id.ends_with(&typed) || id.starts_with(&typed))).collect();
        match found.as_slice() {
            [id] => Ok(format!("{}/{id}", self.path)),
            [] => {
                let name = self.name;
                let message =
                    format!("No {name} has the id \"{typed}\". Give at least {PART_MIN} characters of its end.");
                Err(Usage(message).into())
            }
            several => {
                let message = format!("Several fit \"{typed}\":\n  {}\nGive more of the id.", several.join("\n  "));
                Err(Usage(message).into())
            }
        }
    }
}

/// The fields of a body that were given.
pub(super) fn body<const N: usize>(given: [(&str, Option<Value>); N]) -> Map<String, Value> {
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A list that was given; nothing when it has no item, so that what stood there stays.
pub(super) fn several(items: &[String]) -> Option<Value> {
    (!items.is_empty()).then(|| Value::from(items.to_vec()))
}

/// JSON that was given to the option `flag`.
pub(super) fn json_of(flag: &str, text: Option<&str>) -> anyhow::Result<Option<Value>> {
    let read = text.map(serde_json::from_str::<Value>).transpose();
    Ok(read.map_err(|error| Usage(format!("{flag} is no JSON: {error}.")))?)
}

/// Refuses a change that names no field.
pub(super) fn changes(fields: Map<String, Value>) -> anyhow::Result<Value> {
    if fields.is_empty() {
        return Err(Usage("Say what to change; --help lists the options.".to_owned()).into());
    }
    Ok(Value::Object(fields))
}

/// The answer for a program, one sentence for a person.
pub(super) fn told(answer: &Value, json: bool, sentence: &str, screen: &mut Screen) -> anyhow::Result<Exit> {
    if json {
        screen.json(answer)?;
    } else {
        screen.print(sentence)?;
    }
    Ok(Exit::Done)
}

/// A field of an answer as text; nothing for what is missing or null.
pub(super) fn text(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_given_is_sent() {
        let sent = body([("name", Some(json!("Large"))), ("hold_minutes", None), ("types", several(&[]))]);
        assert_eq!(Value::Object(sent), json!({ "name": "Large" }));
        assert!(changes(Map::new()).is_err());
        assert!(json_of("--filters", Some("{")).unwrap_err().to_string().starts_with("--filters is no JSON"));
    }

    #[test]
    fn lists_and_numbers_are_shown_as_people_write_them() {
        let shown = json!({ "types": ["undo", "list_operation"], "max_size": 10, "reason": null });
        let texts = ["types", "max_size", "reason", "missing"].map(|name| text(&shown, name));
        assert_eq!(texts, ["undo, list_operation", "10", "", ""]);
    }
}

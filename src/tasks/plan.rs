//! The plan: what exactly a task would do, frozen when it is proposed and named by its hash.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Kind;
use crate::error::{Error, Result};

/// Type, parameters and the ordered ids it will act on. Execution never searches again.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What kind of work.
    pub kind: Kind,
    /// How; an object whose keys depend on the kind.
    pub parameters: Value,
    /// On whom, in order; at most 10,000.
    pub selection: Vec<Uuid>,
}

impl Plan {
    /// `plan_hash`: SHA-256, in hex, of the canonical JSON (keys sorted, no white space) of [`Plan::shown`].
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.shown().to_string().as_bytes()))
    }

    /// The load-bearing fields as answers show them: `{"parameters", "selection": {"count", "sha256"}, "type"}`.
    pub fn shown(&self) -> Value {
        json!({ "type": self.kind.as_str(), "parameters": self.parameters, "selection": self.selection_shown() })
    }

    /// How many, and the SHA-256 of their ids, each in lower case with hyphens, one a line without a last line break.
    fn selection_shown(&self) -> Value {
        let mut hasher = Sha256::new();
        let mut text = Uuid::encode_buffer();
        for (place, id) in self.selection.iter().enumerate() {
            if place > 0 {
                hasher.update(b"\n");
            }
            hasher.update(id.hyphenated().encode_lower(&mut text).as_bytes());
        }
        json!({ "count": self.selection.len(), "sha256": hex(&hasher.finalize()) })
    }

    /// The selection as it is stored: sixteen bytes an id.
    pub(super) fn selection_bytes(&self) -> Vec<u8> {
        Plan::bytes_of(&self.selection)
    }

    /// Ids as a selection is stored.
    pub(super) fn bytes_of(ids: &[Uuid]) -> Vec<u8> {
        ids.iter().flat_map(|id| id.into_bytes()).collect()
    }

    /// The plan for the part of its selection that was approved, and the whole selection; all of it and nothing when no
    /// part was named.
    pub(super) fn narrowed(self, part: Option<Vec<Uuid>>) -> (Plan, Option<Vec<Uuid>>) {
        match part {
            None => (self, None),
            Some(selection) => (Plan { selection, ..self.clone() }, Some(self.selection)),
        }
    }

    /// Reads what [`Plan::selection_bytes`] wrote.
    pub(super) fn selection_from(bytes: &[u8]) -> Result<Vec<Uuid>> {
        let (ids, rest) = bytes.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(Error::internal("a stored selection is cut off"));
        }
        Ok(ids.iter().map(|id| Uuid::from_bytes(*id)).collect())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(limit: u32) -> Plan {
        Plan {
            kind: Kind::ProspectSearch,
            parameters: json!({ "limit": limit, "filters": { "titles": ["CEO"] } }),
            selection: vec![Uuid::from_u128(1), Uuid::from_u128(2)],
        }
    }

    #[test]
    fn the_hash_names_the_load_bearing_fields_and_nothing_else() {
        assert_eq!(plan(50).hash(), plan(50).hash());
        assert_ne!(plan(50).hash(), plan(51).hash());
        let mut turned = plan(50);
        turned.selection.reverse();
        assert_ne!(turned.hash(), plan(50).hash());
    }

    #[test]
    fn the_hash_can_be_computed_by_a_client() {
        let text = concat!(
            r#"{"parameters":{"filters":{"titles":["CEO"]},"limit":50},"selection":{"count":2,"sha256":""#,
            "HASH",
            r#""},"type":"prospect_search"}"#
        );
        let ids = "00000000-0000-0000-0000-000000000001\n00000000-0000-0000-0000-000000000002";
        let text = text.replace("HASH", &hex(&Sha256::digest(ids)));
        assert_eq!(plan(50).hash(), hex(&Sha256::digest(text)));
    }

    #[test]
    fn a_selection_survives_being_stored() {
        let plan = plan(1);
        assert_eq!(Plan::selection_from(&plan.selection_bytes()).unwrap(), plan.selection);
        assert!(Plan::selection_from(&[0; 17]).is_err());
    }
}

//! Checks seals against events, offline. Pure: whoever calls reads a database or an export and hands over what it found, in
//! order, a seal with its events at a time, so that a log of any length needs little memory.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::{BEGINNING, Checkpoint, Hash, PublicKey, Seal, hash_of, leaf, root, unhex};
use crate::events::Row;

/// Events of the unsealed tail that are named one by one.
const TAIL_NAMED: usize = 20;

/// The keys a checker knows.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    trusted: Vec<PublicKey>,
    told: BTreeMap<String, PublicKey>,
}

impl Keys {
    /// Keys that whoever checks vouches for.
    pub fn trusting(trusted: Vec<PublicKey>) -> Keys {
        Keys { trusted, told: BTreeMap::new() }
    }

    /// A key that the log itself names: it says who signed, and vouches for nothing.
    pub fn told(&mut self, id: &str, public: &str) {
        // One whose id is not its own is as good as none.
        if let Ok(key) = PublicKey::parse(public)
            && key.id() == id
        {
            self.told.insert(id.to_owned(), key);
        }
    }

    /// Whether anybody vouches for any key.
    pub fn trusts_any(&self) -> bool {
        !self.trusted.is_empty()
    }

    fn check(&self, key_id: &str, text: &str, signature: &str) -> Result<(), Why> {
        let trusted = self.trusted.iter().find(|key| key.id() == key_id);
        if trusted.is_none() && self.trusts_any() {
            return Err(Why::UnknownKey);
        }
        match trusted.or_else(|| self.told.get(key_id)) {
            None => Err(Why::UnknownKey),
            Some(key) if key.signed(text, signature) => Ok(()),
            Some(_) => Err(Why::BadSignature),
        }
    }
}

enum Why {
    UnknownKey,
    BadSignature,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// `changed`, `dropped`, `inserted`, `reordered`, `seal`, `signature`, `unknown_key`, `cut_off` or `broken_file`.
    pub kind: &'static str,
    /// The workspace.
    pub workspace_id: String,
    /// The number of the first event that is not as it was sealed, or the first one under a broken seal.
    pub number: Option<i64>,
    /// The id of that event, where there is one.
    pub event_id: Option<String>,
    /// A sentence.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

/// What was found in one workspace.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    /// The workspace.
    pub workspace_id: String,
    /// Events that are under a seal and as they were sealed.
    pub sealed: i64,
    /// Seals.
    pub seals: u64,
    /// Which keys signed how many of them.
    pub keys: BTreeMap<String, u64>,
    /// Events behind the last seal.
    pub tail: u64,
    /// The first of these: number and id.
    pub tail_events: Vec<(Option<i64>, String)>,
    /// The last seal, as a line that can be kept.
    pub checkpoint: Option<String>,
    /// What is wrong first; nothing when all is well.
    pub fault: Option<Fault>,
}

/// Leaves as a source knows them.
pub enum Leaves<'l> {
    /// Stored with the seal: they tell which event was changed.
    Stored(&'l [u8]),
    /// Written beside each event.
    Beside(Vec<Hash>),
}

/// One workspace while it is checked.
pub struct Chain {
    keys: Arc<Keys>,
    previous: Hash,
    checkpoints: Vec<Checkpoint>,
    checked: Checked,
}

impl Chain {
    /// Begins with a workspace. `checkpoints` are all that are known of any.
    pub fn new(workspace_id: &str, keys: &Arc<Keys>, checkpoints: &[Checkpoint]) -> Chain {
        let own = checkpoints.iter().filter(|one| one.workspace_id == workspace_id).cloned().collect();
        let checked = Checked {
            workspace_id: workspace_id.to_owned(),
            sealed: 0,
            seals: 0,
            keys: BTreeMap::new(),
            tail: 0,
            tail_events: Vec::new(),
            checkpoint: None,
            fault: None,
        };
        Chain { keys: Arc::clone(keys), previous: BEGINNING, checkpoints: own, checked }
    }

    /// Whether something was found already; what comes behind it says nothing any more.
    pub fn is_broken(&self) -> bool {
        self.checked.fault.is_some()
    }

    /// The number of the last event that was checked under a seal.
    pub fn sealed_to(&self) -> i64 {
        self.checked.sealed
    }

    /// Notes a fault that the source itself found.
    pub fn broken(&mut self, kind: &'static str, number: Option<i64>, event_id: Option<String>, message: String) {
        let workspace_id = self.checked.workspace_id.clone();
        self.checked.fault.get_or_insert(Fault { kind, workspace_id, number, event_id, message });
    }

    /// Checks a seal and the events it covers.
    pub fn seal(&mut self, seal: &Seal, leaves: &Leaves<'_>, rows: &[Row]) {
        if self.is_broken() {
            return;
        }
        if let Err(fault) = self.checked_seal(seal, leaves, rows) {
            self.checked.fault = Some(*fault);
            return;
        }
        self.checked.sealed = seal.last_number;
        self.checked.seals += 1;
        *self.checked.keys.entry(seal.key_id.clone()).or_default() += 1;
        self.checked.checkpoint = Some(seal.checkpoint().to_string());
    }

    fn checked_seal(&mut self, seal: &Seal, leaves: &Leaves<'_>, rows: &[Row]) -> Result<(), Box<Fault>> {
        let (first, last) = (seal.first_number, seal.last_number);
        let at_seal = |kind, message: String| self.fault(kind, Some(first), None, message);
        let expected = self.checked.sealed + 1;
        if first != expected || last < first {
            let message = format!("the seal over event {expected} is missing; the next one covers {first} to {last}");
            return Err(self.fault("seal", Some(expected), None, message));
        }
        let count = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let hashes: Vec<Hash> = match leaves {
            Leaves::Stored(bytes) => bytes.chunks(32).filter_map(hash_of).collect(),
            Leaves::Beside(hashes) => hashes.clone(),
        };
        let new = root(&self.previous, &hashes);
        let is_root = hashes.len() == count && unhex(&seal.root).and_then(|bytes| hash_of(&bytes)) == Some(new);
        // Stored hashes must be sound before they can say which event is not.
        if matches!(leaves, Leaves::Stored(_)) && !is_root {
            return Err(at_seal("seal", broken_seal(first, last)));
        }
        compare(&self.checked.workspace_id, first, &hashes, count, rows)?;
        if !is_root {
            return Err(at_seal("seal", broken_seal(first, last)));
        }
        match self.keys.check(&seal.key_id, &seal.checkpoint().signed_text(), &seal.signature) {
            Err(Why::UnknownKey) => return Err(at_seal("unknown_key", unknown_key(&seal.key_id, first, last))),
            Err(Why::BadSignature) => {
                let message = format!("the seal over {first} to {last} was not signed by its key {}", seal.key_id);
                return Err(at_seal("signature", message));
            }
            Ok(()) => {}
        }
        if let Some(other) = self.checkpoints.iter().find(|one| one.last_number == last && one.root != seal.root) {
            let message = format!(
                "up to event {last} the log is not the one of which this checkpoint was made: root {}, not {}",
                seal.root, other.root
            );
            return Err(at_seal("seal", message));
        }
        self.checkpoints.retain(|one| one.last_number != last);
        self.previous = new;
        Ok(())
    }

    /// Checks events that no seal covers yet: their numbers follow each other.
    pub fn tail(&mut self, rows: &[Row]) {
        for row in rows {
            if self.is_broken() {
                return;
            }
            let expected = self.checked.sealed + i64::try_from(self.checked.tail).unwrap_or_default() + 1;
            match row.number {
                Some(number) if number == expected => {}
                Some(number) if number > expected => {
                    let message =
                        format!("event {expected} is missing, behind the last seal; the next one is {number}");
                    self.broken("dropped", Some(expected), None, message);
                    return;
                }
                Some(number) => {
                    let message = format!("event {number} ({}) stands behind event {}", row.id, expected - 1);
                    self.broken("inserted", Some(number), Some(row.id.clone()), message);
                    return;
                }
                None => {}
            }
            self.checked.tail += 1;
            if self.checked.tail_events.len() < TAIL_NAMED {
                self.checked.tail_events.push((row.number, row.id.clone()));
            }
        }
    }

    /// All of the workspace was seen.
    pub fn end(mut self) -> Checked {
        let unmet: Vec<Checkpoint> = std::mem::take(&mut self.checkpoints);
        for checkpoint in unmet {
            if self.is_broken() {
                break;
            }
            let (number, sealed) = (checkpoint.last_number, self.checked.sealed);
            if let Err(why) = self.keys.check(&checkpoint.key_id, &checkpoint.signed_text(), &checkpoint.signature) {
                let message = match why {
                    Why::UnknownKey => {
                        format!("the checkpoint of event {number} was signed by a key nobody vouches for")
                    }
                    Why::BadSignature => format!("the checkpoint of event {number} was not signed by its key"),
                };
                self.broken("signature", Some(number), None, message);
            } else if number > sealed {
                let message = format!(
                    "the log was cut off: a checkpoint shows event {number}, and the last one that is sealed now is {sealed}"
                );
                self.broken("cut_off", Some(sealed + 1), None, message);
            } else {
                let message = format!("no seal ends with event {number}, of which a checkpoint was made");
                self.broken("seal", Some(number), None, message);
            }
        }
        self.checked
    }

    fn fault(&self, kind: &'static str, number: Option<i64>, event_id: Option<String>, message: String) -> Box<Fault> {
        Box::new(Fault { kind, workspace_id: self.checked.workspace_id.clone(), number, event_id, message })
    }
}

fn broken_seal(first: i64, last: i64) -> String {
    format!("the seal over events {first} to {last} is broken: its hashes don't give its root")
}

fn unknown_key(key_id: &str, first: i64, last: i64) -> String {
    format!(
        "the seal over events {first} to {last} was signed by the key {key_id}, for which nobody vouches; if it is a node's \
         of yours, name it with --trust"
    )
}

/// Compares the events under a seal with their leaves; the first difference.
fn compare(workspace_id: &str, first: i64, hashes: &[Hash], count: usize, rows: &[Row]) -> Result<(), Box<Fault>> {
    let sealed: HashSet<&Hash> = hashes.iter().collect();
    // A row as it would be under another number.
    let fits = |row: &Row, number: i64| sealed.contains(&leaf(&Row { number: Some(number), ..row.clone() }));
    let fault = |kind, number: i64, row: Option<&Row>, message: String| {
        let (workspace_id, event_id) = (workspace_id.to_owned(), row.map(|row| row.id.clone()));
        Err(Box::new(Fault { kind, workspace_id, number: Some(number), event_id, message }))
    };
    for at in 0..count {
        let number = first + i64::try_from(at).unwrap_or_default();
        let elsewhere = || rows.iter().find(|row| row.number != Some(number) && fits(row, number));
        let Some(row) = rows.get(at) else {
            return fault("dropped", number, None, format!("event {number} is missing"));
        };
        let id = &row.id;
        if row.number != Some(number) {
            let shown = row.number.map_or_else(|| "none".to_owned(), |number| number.to_string());
            if row.number.is_some_and(|found| found < number) {
                return fault("inserted", number - 1, Some(row), format!("there are two events {shown}; one is {id}"));
            }
            if let Some(moved) = rows.iter().find(|row| row.number == Some(number)).or_else(elsewhere) {
                let message = format!("event {number} ({}) does not stand in its place; {shown} ({id}) does", moved.id);
                return fault("reordered", number, Some(moved), message);
            }
            return fault(
                "dropped",
                number,
                None,
                format!("event {number} is missing; the next one is {shown} ({id})"),
            );
        }
        if hashes.get(at) == Some(&leaf(row)) {
            continue;
        }
        let was = (0..count).map(|at| first + i64::try_from(at).unwrap_or_default()).find(|was| fits(row, *was));
        return match (was, elsewhere()) {
            (Some(was), Some(_)) if was != number => {
                let message = format!("event {number} ({id}) was sealed as event {was}: their order was changed");
                fault("reordered", number, Some(row), message)
            }
            (Some(was), None) if was != number => {
                let message = format!("event {number} is missing; what was event {was} ({id}) stands in its place");
                fault("dropped", number, None, message)
            }
            (None, Some(moved)) => {
                let message =
                    format!("event {number} ({id}) was put in front of what was sealed as {number} ({})", moved.id);
                fault("inserted", number, Some(row), message)
            }
            _ => fault("changed", number, Some(row), format!("event {number} ({id}) is not what was sealed")),
        };
    }
    match rows.get(count) {
        None => Ok(()),
        Some(row) => {
            let number = row.number.unwrap_or(first);
            fault("inserted", number, Some(row), format!("event {number} ({}) is one too many", row.id))
        }
    }
}

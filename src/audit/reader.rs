//! What is checked: a database, or a file that [`super::export`] wrote.

use std::collections::BTreeSet;
use std::io::{BufRead, Read as _};
use std::sync::Arc;

use super::export::{Line, from_csv};
use super::verify::{Chain, Checked, Keys, Leaves};
use super::{Checkpoint, Hash, SEALED_AT_ONCE, Seal, hash_of, store, unhex};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{self, Row};

/// Seals read at once from a database; each holds up to 32,000 bytes of hashes.
const SEALS_AT_ONCE: u32 = 32;
/// Bytes of a line of an export; data of an event is some kilobytes.
const LINE_MAX: u64 = 8 << 20;
/// Rows outside of all numbering that are looked at.
const OUTSIDE_MAX: u32 = 1;

/// Checks all workspaces of a database, in one transaction that only reads.
pub fn database(tx: &mut Tx, keys: &Keys, checkpoints: &[Checkpoint]) -> Result<Vec<Checked>> {
    let mut keys = keys.clone();
    for (id, public, _) in store::keys(tx)? {
        keys.told(&id, &public);
    }
    let keys = Arc::new(keys);
    let mut outside = events::rows_outside(tx, OUTSIDE_MAX)?;
    let mut workspaces: BTreeSet<String> = events::workspaces(tx)?.into_iter().collect();
    workspaces.extend(store::sealed_workspaces(tx)?);
    workspaces.extend(checkpoints.iter().map(|checkpoint| checkpoint.workspace_id.clone()));
    let mut checked = Vec::new();
    for workspace_id in workspaces {
        let mut chain = Chain::new(&workspace_id, &keys, checkpoints);
        walk(tx, &workspace_id, &mut chain)?;
        if let Some(row) = outside.iter().position(|row| row.workspace_id == workspace_id).map(|at| outside.remove(at))
        {
            let message = format!("event {} has no number that the log gives", row.id);
            chain.broken("inserted", row.number, Some(row.id), message);
        }
        checked.push(chain.end());
    }
    Ok(checked)
}

fn walk(tx: &mut Tx, workspace_id: &str, chain: &mut Chain) -> Result<()> {
    let mut seals_to = i64::MIN;
    loop {
        let seals = store::seals_after(tx, workspace_id, seals_to, SEALS_AT_ONCE)?;
        let Some((last, _)) = seals.last() else { break };
        seals_to = last.first_number;
        for (seal, hashes) in &seals {
            let rows = under(tx, workspace_id, seal)?;
            chain.seal(seal, &Leaves::Stored(hashes), &rows);
            if chain.is_broken() {
                return Ok(());
            }
        }
    }
    let mut behind = chain.sealed_to();
    loop {
        let rows = events::rows_after(tx, workspace_id, behind, SEALED_AT_ONCE)?;
        let Some(last) = rows.last().and_then(|row| row.number) else { return Ok(()) };
        chain.tail(&rows);
        if chain.is_broken() {
            return Ok(());
        }
        behind = last;
    }
}

/// The events with the numbers of a seal, and one more when there are too many of them.
fn under(tx: &mut Tx, workspace_id: &str, seal: &Seal) -> Result<Vec<Row>> {
    let count = u32::try_from(seal.last_number - seal.first_number + 1).unwrap_or(0).min(SEALED_AT_ONCE);
    let mut rows = events::rows_after(tx, workspace_id, seal.first_number - 1, count + 1)?;
    rows.retain(|row| row.number.is_some_and(|number| number <= seal.last_number));
    Ok(rows)
}

/// Checks an export, in either of its forms; what it is shows in its first byte.
pub fn file(mut text: impl BufRead, keys: &Keys, checkpoints: &[Checkpoint]) -> Result<Vec<Checked>> {
    let first = text.fill_buf().map_err(Error::internal)?.first().copied();
    let mut reading = Reading::new(keys.clone(), checkpoints);
    match first {
        None => return Err(Error::validation("file", "The file is empty.")),
        Some(b'{') => {
            let mut number = 0;
            loop {
                number += 1;
                let mut line = Vec::new();
                text.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).map_err(Error::internal)?;
                if line.is_empty() {
                    break;
                }
                let line = serde_json::from_slice(&line).map_err(|error| not_an_export(number, &error))?;
                reading.take(line);
            }
        }
        Some(_) => {
            let mut csv = csv::ReaderBuilder::new().from_reader(text);
            for (record, number) in csv.deserialize().zip(2..) {
                let record = record.map_err(|error| not_an_export(number, &error))?;
                let line = from_csv(record).ok_or_else(|| not_an_export(number, &"a cell holds something else"))?;
                reading.take(line);
            }
        }
    }
    Ok(reading.end())
}

fn not_an_export(line: u64, why: &dyn std::fmt::Display) -> Error {
    Error::validation("file", format!("Line {line} is not of an export of the audit log: {why}."))
}

/// An export while it is read: first its keys, then workspace after workspace, in each the events of a seal and then the
/// seal, at last the events that no seal covers.
struct Reading<'c> {
    keys: Arc<Keys>,
    checkpoints: &'c [Checkpoint],
    chain: Option<Chain>,
    in_tail: bool,
    rows: Vec<Row>,
    leaves: Vec<Hash>,
    checked: Vec<Checked>,
    events: u64,
    seals: u64,
    is_whole: bool,
}

impl Reading<'_> {
    fn new(keys: Keys, checkpoints: &[Checkpoint]) -> Reading<'_> {
        Reading {
            keys: Arc::new(keys),
            checkpoints,
            chain: None,
            in_tail: false,
            rows: Vec::new(),
            leaves: Vec::new(),
            checked: Vec::new(),
            events: 0,
            seals: 0,
            is_whole: false,
        }
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Export(_) => {}
            Line::Key(key) => Arc::make_mut(&mut self.keys).told(&key.id, &key.public_key),
            Line::Workspace(workspace) => {
                self.leave();
                self.chain = Some(Chain::new(&workspace.id, &self.keys, self.checkpoints));
            }
            Line::Tail(_) => {
                self.nothing_open();
                self.in_tail = true;
            }
            Line::Event(event, leaf) => self.event(*event, &leaf),
            Line::Seal(seal) => {
                self.seals += 1;
                let (rows, leaves) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.leaves));
                if let Some(chain) = &mut self.chain {
                    chain.seal(&seal, &Leaves::Beside(leaves), &rows);
                }
            }
            Line::End(end) => self.is_whole = (end.events, end.seals) == (self.events, self.seals),
        }
    }

    fn event(&mut self, row: Row, leaf: &str) {
        self.events += 1;
        let Some(chain) = &mut self.chain else { return };
        let leaf = unhex(leaf).and_then(|bytes| hash_of(&bytes)).unwrap_or_default();
        if self.in_tail {
            if leaf != super::leaf(&row) {
                let message = format!("an event behind the last seal ({}) is not what was exported", row.id);
                chain.broken("changed", row.number, Some(row.id.clone()), message);
            }
            chain.tail(&[row]);
            return;
        }
        if self.rows.len() > SEALED_AT_ONCE as usize {
            let expected = chain.sealed_to() + 1;
            chain.broken("seal", Some(expected), None, format!("the seal over event {expected} is missing"));
            return;
        }
        self.rows.push(row);
        self.leaves.push(leaf);
    }

    /// Events that wait for a seal when none comes any more.
    fn nothing_open(&mut self) {
        if let (Some(chain), Some(row)) = (&mut self.chain, self.rows.first()) {
            let message = format!("the seal over event {} is missing", chain.sealed_to() + 1);
            chain.broken("seal", row.number, Some(row.id.clone()), message);
        }
        self.rows.clear();
        self.leaves.clear();
    }

    fn leave(&mut self) {
        self.nothing_open();
        self.in_tail = false;
        self.checked.extend(self.chain.take().map(Chain::end));
    }

    fn end(mut self) -> Vec<Checked> {
        self.leave();
        let mut seen: BTreeSet<String> = self.checked.iter().map(|checked| checked.workspace_id.clone()).collect();
        for checkpoint in self.checkpoints {
            if seen.insert(checkpoint.workspace_id.clone()) {
                self.checked.push(Chain::new(&checkpoint.workspace_id, &self.keys, self.checkpoints).end());
            }
        }
        if !self.is_whole && self.checked.iter().all(|checked| checked.fault.is_none()) {
            let mut chain = Chain::new("", &self.keys, &[]);
            let message = "the file is not whole: events, seals or its end are missing".to_owned();
            chain.broken("broken_file", None, None, message);
            self.checked.push(chain.end());
        }
        self.checked
    }
}

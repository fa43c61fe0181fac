//! The log taken out, with its hashes and seals: enough to check it elsewhere, without this program.
//!
//! Lines of JSON, or the same as one table of CSV: who signed, then each workspace with the events of a seal followed by
//! the seal, at last the events that no seal covers, and an end that counts them.

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::{SEALED_AT_ONCE, Seal, hex, leaf, store};
use crate::db::{Look, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Row};

/// The version of the form.
const VERSION: u32 = 1;

/// A line of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The first one.
    Export(Head),
    /// A key that signed seals.
    Key(KeyLine),
    /// What follows is of this workspace.
    Workspace(WorkspaceLine),
    /// An event and its leaf, in hex.
    Event(Box<Row>, String),
    /// The seal over the events before it.
    Seal(Box<Seal>),
    /// What follows is not sealed yet.
    Tail(WorkspaceLine),
    /// The last one.
    End(End),
}

/// How an export begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the form: 1.
    pub version: u32,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLine {
    /// The key's id.
    pub id: String,
    /// Its public half, in hex.
    pub public_key: String,
}

/// Whose events follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceLine {
    /// The workspace.
    pub id: String,
}

/// How an export ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Events in the file.
    pub events: u64,
    /// Seals in the file.
    pub seals: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", untagged)]
enum Json {
    Event { event: Box<Row>, leaf: String },
    Seal { seal: Box<Seal> },
    Key { key: KeyLine },
    Workspace { workspace: WorkspaceLine },
    Tail { tail: WorkspaceLine },
    Export { export: Head },
    End { end: End },
}

impl From<Json> for Line {
    fn from(json: Json) -> Line {
        match json {
            Json::Event { event, leaf } => Line::Event(event, leaf),
            Json::Seal { seal } => Line::Seal(seal),
            Json::Key { key } => Line::Key(key),
            Json::Workspace { workspace } => Line::Workspace(workspace),
            Json::Tail { tail } => Line::Tail(tail),
            Json::Export { export } => Line::Export(export),
            Json::End { end } => Line::End(end),
        }
    }
}

impl From<Line> for Json {
    fn from(line: Line) -> Json {
        match line {
            Line::Event(event, leaf) => Json::Event { event, leaf },
            Line::Seal(seal) => Json::Seal { seal },
            Line::Key(key) => Json::Key { key },
            Line::Workspace(workspace) => Json::Workspace { workspace },
            Line::Tail(tail) => Json::Tail { tail },
            Line::Export(export) => Json::Export { export },
            Line::End(end) => Json::End { end },
        }
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Line, D::Error> {
        Json::deserialize(from).map(Line::from)
    }
}

/// A row of the table; what a line does not have is empty.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CsvRow {
    line: String,
    workspace_id: String,
    number: Option<i64>,
    id: String,
    at_ms: Option<i64>,
    #[serde(rename = "type")]
    kind: String,
    actor_kind: String,
    actor_id: Option<String>,
    subject_id: Option<String>,
    task_id: Option<String>,
    request_id: Option<String>,
    origin_id: Option<String>,
    data: String,
    leaf: String,
    first_number: Option<i64>,
    last_number: Option<i64>,
    root: String,
    sealed_at_ms: Option<i64>,
    key_id: String,
    signature: String,
    public_key: String,
    events: Option<u64>,
    seals: Option<u64>,
}

/// A line as a row of the table.
fn csv_of(line: Line) -> CsvRow {
    let named = |name: &str| CsvRow { line: name.to_owned(), ..CsvRow::default() };
    match line {
        Line::Export(_) => named("export"),
        Line::Key(key) => CsvRow { key_id: key.id, public_key: key.public_key, ..named("key") },
        Line::Workspace(workspace) => CsvRow { workspace_id: workspace.id, ..named("workspace") },
        Line::Tail(workspace) => CsvRow { workspace_id: workspace.id, ..named("tail") },
        Line::Event(row, leaf) => CsvRow {
            workspace_id: row.workspace_id,
            number: row.number,
            id: row.id,
            at_ms: Some(row.at_ms),
            kind: row.kind,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            subject_id: row.subject_id,
            task_id: row.task_id,
            request_id: row.request_id,
            origin_id: row.origin_id,
            data: row.data,
            leaf,
            ..named("event")
        },
        Line::Seal(seal) => CsvRow {
            workspace_id: seal.workspace_id,
            first_number: Some(seal.first_number),
            last_number: Some(seal.last_number),
            root: seal.root,
            sealed_at_ms: Some(seal.sealed_at_ms),
            key_id: seal.key_id,
            signature: seal.signature,
            ..named("seal")
        },
        Line::End(end) => CsvRow { events: Some(end.events), seals: Some(end.seals), ..named("end") },
    }
}

/// The line of a row; nothing when it is none.
pub(super) fn from_csv(row: CsvRow) -> Option<Line> {
    Some(match row.line.as_str() {
        "export" => Line::Export(Head { version: VERSION }),
        "key" => Line::Key(KeyLine { id: row.key_id, public_key: row.public_key }),
        "workspace" => Line::Workspace(WorkspaceLine { id: row.workspace_id }),
        "tail" => Line::Tail(WorkspaceLine { id: row.workspace_id }),
        "event" => {
            let leaf = row.leaf;
            let event = Row {
                actor_id: row.actor_id,
                actor_kind: row.actor_kind,
                at_ms: row.at_ms?,
                data: row.data,
                id: row.id,
                number: row.number,
                origin_id: row.origin_id,
                request_id: row.request_id,
                subject_id: row.subject_id,
                task_id: row.task_id,
                kind: row.kind,
                workspace_id: row.workspace_id,
            };
            Line::Event(Box::new(event), leaf)
        }
        "seal" => Line::Seal(Box::new(Seal {
            workspace_id: row.workspace_id,
            first_number: row.first_number?,
            last_number: row.last_number?,
            root: row.root,
            sealed_at_ms: row.sealed_at_ms?,
            key_id: row.key_id,
            signature: row.signature,
        })),
        "end" => Line::End(End { events: row.events?, seals: row.seals? }),
        _ => return None,
    })
}

/// Where lines go.
pub enum Writer<W: Write> {
    /// A JSON object a line.
    Ndjson(W),
    /// A table.
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> Writer<W> {
    /// A table that goes to `out`.
    pub fn csv(out: W) -> Writer<W> {
        Writer::Csv(Box::new(csv::Writer::from_writer(out)))
    }

    fn write(&mut self, line: Line) -> Result<()> {
        match self {
            Writer::Ndjson(out) => {
                serde_json::to_writer(&mut *out, &Json::from(line))?;
                out.write_all(b"\n").map_err(Error::internal)
            }
            Writer::Csv(out) => out.serialize(csv_of(line)).map_err(Error::internal),
        }
    }

    /// What it wrote to.
    pub fn into_inner(self) -> Result<W> {
        match self {
            Writer::Ndjson(out) => Ok(out),
            Writer::Csv(out) => out.into_inner().map_err(|error| Error::internal(error.error())),
        }
    }
}

/// Writes the log of these workspaces, of all when none is named; answers what the end counts.
pub async fn write<W: Write>(look: &Look, only: Option<&str>, out: &mut Writer<W>) -> Result<End> {
    let mut end = End::default();
    out.write(Line::Export(Head { version: VERSION }))?;
    for (id, public_key, _) in look.read(store::keys).await? {
        out.write(Line::Key(KeyLine { id, public_key }))?;
    }
    let workspaces = match only {
        Some(id) => vec![id.to_owned()],
        None => look.read(events::workspaces).await?,
    };
    for id in workspaces {
        out.write(Line::Workspace(WorkspaceLine { id: id.clone() }))?;
        let mut behind = 0;
        while let Some((seal, hashes, rows)) = sealed(look, &id, behind).await? {
            behind = seal.last_number;
            end.events += rows.len() as u64;
            end.seals += 1;
            for row in rows {
                // The hash that was sealed, so that whoever checks the file sees which event is not as it was.
                let at = row.number.and_then(|number| usize::try_from(number - seal.first_number).ok());
                let leaf = at.and_then(|at| hashes.chunks(32).nth(at)).map_or_else(|| hex(&leaf(&row)), hex);
                out.write(Line::Event(Box::new(row), leaf))?;
            }
            out.write(Line::Seal(Box::new(seal)))?;
        }
        out.write(Line::Tail(WorkspaceLine { id: id.clone() }))?;
        loop {
            let of = id.clone();
            let rows = look.read(move |tx| events::rows_after(tx, &of, behind, SEALED_AT_ONCE)).await?;
            let Some(last) = rows.last().and_then(|row| row.number) else { break };
            behind = last;
            end.events += rows.len() as u64;
            for row in rows {
                let leaf = hex(&leaf(&row));
                out.write(Line::Event(Box::new(row), leaf))?;
            }
        }
    }
    out.write(Line::End(end.clone()))?;
    Ok(end)
}

/// The next seal of a workspace, its hashes and its events, on one moment of the database.
async fn sealed(look: &Look, workspace_id: &str, behind: i64) -> Result<Option<(Seal, Vec<u8>, Vec<Row>)>> {
    let of = workspace_id.to_owned();
    look.read(move |tx: &mut Tx| {
        let Some((seal, hashes)) = store::seals_after(tx, &of, behind, 1)?.pop() else { return Ok(None) };
        let mut rows = events::rows_after(tx, &of, behind, SEALED_AT_ONCE + 1)?;
        rows.retain(|row| row.number.is_some_and(|number| number <= seal.last_number));
        Ok(Some((seal, hashes, rows)))
    })
    .await
}

//! `lexi contacts`: takes contacts out over HTTP, as CSV or as JSON. A file is there only when it is whole.

use std::io::{self, Read, Write};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::client::{Client, Download, Server};
use super::exit::Exit;
use super::out::{Out, Target};
use super::screen::counted;
use super::serve::stop_signal;
use crate::contacts::export::{self, Field};
use crate::error::Error;
use crate::formula;
use crate::http::stream::BROKEN_OFF;

/// Lists a page when one is looked for by its name, and pages looked through.
const LISTS_PER_PAGE: u64 = 100;
const PAGES_SEARCHED: u64 = 100;
/// Parts of an answer that may wait for the file.
const PARTS_AHEAD: usize = 4;
/// A server that sends nothing for so long has gone away.
const PART_TIMEOUT: Duration = Duration::from_secs(60);

/// `lexi contacts`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Write contacts to a file or to standard output, oldest first: CSV, or a JSON object a line.
    #[command(after_long_help = "\
The file is written beside its place and takes its name when it is whole. A file that is there is never replaced without
--force. A workspace has 10 exports an hour, whichever of its keys asks.

In CSV, a cell that begins with = + - @ gets an apostrophe in front, so that no spreadsheet runs it; telephone numbers with
their country code too. With --json values stand as they are.

Examples:
  lexi contacts export --out contacts.csv
  lexi contacts export --list \"CEOs at law firms in California\" --fields full_name,email --out ceos.csv
  lexi contacts export --tag vip --tag ip --created-after 2026-01-01 --json | jq -r .email")]
    Export(ExportArgs),
}

/// `lexi contacts export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    target: Target,
    /// Only contacts on this list: its name, in whatever case, or its id.
    #[arg(long, value_name = "NAME|ID")]
    list: Option<String>,
    /// Only contacts with this tag; repeated, with all of them.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// The columns, with commas between [default: id,full_name,email,phone,job_title,company_name,linkedin_url,tags,created_at].
    #[arg(long, value_name = "LIST")]
    fields: Option<String>,
    /// Only contacts made later than this, like 2026-01-31 or 2026-01-31T09:00:00Z.
    #[arg(long, value_name = "TIME")]
    created_after: Option<String>,
    /// Only contacts made earlier than this.
    #[arg(long, value_name = "TIME")]
    created_before: Option<String>,
    /// At most so many contacts, up to 50000.
    #[arg(long, value_name = "N", default_value_t = export::LIMIT)]
    limit: u32,
    /// Write a JSON object a line instead of CSV.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// Runs `lexi contacts`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let Command::Export(args) = command;
    let stopped = stop_signal()?;
    tokio::select! {
        ended = Box::pin(export(args)) => ended,
        () = stopped => Ok(Exit::Interrupted),
    }
}

async fn export(args: ExportArgs) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let out = args.target.open()?;
    let mut query = vec![("limit", args.limit.to_string())];
    if let Some(list) = &args.list {
        query.push(("list_id", list_id(&client, list).await?));
    }
    query.extend(args.tag.iter().map(|tag| ("tag", tag.clone())));
    for (name, value) in
        [("fields", args.fields), ("created_after", args.created_after), ("created_before", args.created_before)]
    {
        query.extend(value.map(|value| (name, value)));
    }
    let answer = client.download("/v1/contacts/export", &query, "text/csv").await?;
    let is_cut = answer.header(&export::http::TRUNCATED) == Some("true");
    let rows = received(answer, out, args.json).await.with_context(|| match args.target.shown() {
        Some(file) => format!("The export broke off and {file} was not written"),
        None => "The export broke off; what was printed is not all of it".to_owned(),
    })?;
    let place = args.target.shown().map(|file| format!(" to {file}")).unwrap_or_default();
    eprintln!("{} written{place}.", counted(rows, "contact", "contacts"));
    if is_cut {
        eprintln!(
            "lexi: warning: there are more contacts than --limit {}; take the rest with --created-after, or raise the \
             limit (at most {}).",
            args.limit,
            export::LIMIT_MAX
        );
    }
    Ok(Exit::Done)
}

/// The id of the list that was named by id or by name.
async fn list_id(client: &Client, named: &str) -> anyhow::Result<String> {
    let named = named.trim();
    if let Ok(id) = Uuid::try_parse(named) {
        return Ok(id.to_string());
    }
    let wanted = named.to_lowercase();
    for page in 1..=PAGES_SEARCHED {
        let query = [("page", page.to_string()), ("per_page", LISTS_PER_PAGE.to_string())];
        let answer = client.get("/v1/lists", &query).await?;
        let lists = answer["data"]["lists"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_it = |list: &&Value| list["name"].as_str().is_some_and(|name| name.to_lowercase() == wanted);
        if let Some(id) = lists.iter().find(is_it).and_then(|list| list["id"].as_str()) {
            return Ok(id.to_owned());
        }
        if page * LISTS_PER_PAGE >= answer["meta"]["total"].as_u64().unwrap_or(0) {
            break;
        }
    }
    Err(Error::not_found(format!("There is no list \"{named}\".")).into())
}

/// Writes an answer as it comes; how many contacts it held. Files are written on a thread of their own.
async fn received(mut answer: Download, out: Out, as_json: bool) -> anyhow::Result<u64> {
    let (parts, coming) = mpsc::channel(PARTS_AHEAD);
    let written = tokio::task::spawn_blocking(move || write(Incoming::new(coming), out, as_json));
    let mut failure = None;
    loop {
        let part = match tokio::time::timeout(PART_TIMEOUT, answer.part()).await {
            Ok(Ok(Some(bytes))) => Part::Bytes(bytes),
            Ok(Ok(None)) => Part::End,
            Ok(Err(error)) => {
                failure = Some(error);
                break;
            }
            Err(_) => {
                failure = Some(anyhow!("the server sent nothing for {} seconds.", PART_TIMEOUT.as_secs()));
                break;
            }
        };
        let is_last = matches!(part, Part::End);
        if parts.send(part).await.is_err() || is_last {
            break;
        }
    }
    drop(parts);
    let written = written.await?;
    match failure {
        Some(failure) => Err(failure),
        None => written,
    }
}

fn write(mut coming: Incoming, mut out: Out, as_json: bool) -> anyhow::Result<u64> {
    if as_json {
        json_lines(&mut coming, &mut out)?;
    } else {
        io::copy(&mut coming, &mut out)?;
    }
    out.finish()?;
    Ok(coming.rows())
}

/// Turns CSV into an object a line, with the keys in the order of the columns.
fn json_lines(csv: impl Read, out: &mut impl Write) -> anyhow::Result<()> {
    let mut csv = csv::Reader::from_reader(csv);
    let fields: Vec<String> = csv.headers()?.iter().map(str::to_owned).collect();
    for row in csv.records() {
        let row = row?;
        for (n, (field, cell)) in fields.iter().zip(&row).enumerate() {
            let (open, value) = (if n == 0 { '{' } else { ',' }, value(field, formula::restored(cell))?);
            write!(out, "{open}{}:{value}", json!(field))?;
        }
        out.write_all(b"}\n")?;
    }
    Ok(())
}

/// A cell as answers of the API show the field.
fn value(field: &str, cell: &str) -> anyhow::Result<Value> {
    let field = Field::ALL.iter().find(|known| known.as_str() == field);
    Ok(match field {
        Some(Field::Tags) => json!(export::split_tags(cell)),
        Some(Field::CustomFields) if cell.is_empty() => json!({}),
        Some(Field::CustomFields) => serde_json::from_str(cell)?,
        Some(Field::Priority) => json!(cell.parse::<i64>().ok()),
        Some(Field::FirstName | Field::LastName | Field::FullName) => json!(cell),
        _ if cell.is_empty() => Value::Null,
        _ => json!(cell),
    })
}

/// A part of an answer on its way to the file.
enum Part {
    Bytes(Bytes),
    End,
}

/// An answer as it comes in. Reading fails when it ends before its end.
struct Incoming {
    parts: mpsc::Receiver<Part>,
    bytes: Bytes,
    lines: u64,
    in_quotes: bool,
    /// The last bytes, as many as the line that says that an answer broke off.
    tail: Vec<u8>,
}

impl Incoming {
    fn new(parts: mpsc::Receiver<Part>) -> Incoming {
        Incoming { parts, bytes: Bytes::new(), lines: 0, in_quotes: false, tail: Vec::new() }
    }

    /// Rows below the header.
    fn rows(&self) -> u64 {
        self.lines.saturating_sub(1)
    }

    fn look_at(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'"' => self.in_quotes = !self.in_quotes,
                b'\n' if !self.in_quotes => self.lines += 1,
                _ => {}
            }
        }
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(BROKEN_OFF.len())..]);
        let more = self.tail.len().saturating_sub(BROKEN_OFF.len());
        self.tail.drain(..more);
    }

    fn is_whole(&self) -> bool {
        !self.in_quotes && self.tail.ends_with(b"\n") && self.tail != BROKEN_OFF.as_bytes()
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.bytes.is_empty() {
            match self.parts.blocking_recv() {
                Some(Part::Bytes(bytes)) => {
                    self.look_at(&bytes);
                    self.bytes = bytes;
                }
                Some(Part::End) if self.is_whole() => return Ok(0),
                Some(Part::End) | None => return Err(io::Error::other("the answer ended before its end.")),
            }
        }
        let taken = self.bytes.split_to(buffer.len().min(self.bytes.len()));
        buffer[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written of an answer that comes in these parts, and how many contacts that are.
    fn written(parts: &[&'static str], ends: bool) -> (Result<u64, String>, bool) {
        let (send, coming) = mpsc::channel(parts.len() + 1);
        for part in parts {
            send.try_send(Part::Bytes(Bytes::from_static(part.as_bytes()))).unwrap();
        }
        if ends {
            send.try_send(Part::End).unwrap();
        }
        drop(send);
        let folder = tempfile::tempdir().unwrap();
        let target = Target { out: folder.path().join("contacts.csv"), force: false };
        let rows = write(Incoming::new(coming), target.open().unwrap(), false);
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, usize::from(rows.is_ok()), "the file or nothing");
        (rows.map_err(|error| error.to_string()), target.out.exists())
    }

    #[test]
    fn an_answer_that_ends_before_its_end_leaves_no_file() {
        assert_eq!(written(&["id,notes\n1,\"a\nb\"\"", "\"\n2,c\n"], true), (Ok(2), true));
        let broken = (Err("the answer ended before its end.".to_owned()), false);
        assert_eq!(written(&["id\n1\n"], false), broken, "the connection was cut");
        assert_eq!(written(&["id,notes\n1,\"a\n"], true), broken, "inside a cell");
        assert_eq!(written(&["id\n1\n", &BROKEN_OFF[..9], &BROKEN_OFF[9..]], true), broken, "it says so itself");
        assert_eq!(written(&[], true), broken);
    }

    #[test]
    fn a_row_becomes_an_object_with_the_values_as_they_were() {
        let csv = "full_name,phone,tags,priority,custom_fields,email\n\
                   '=Ann,'+1 415,'=a|b,2,\"{\"\"a\"\":1}\",\nBob,,,,,b@x.example\n";
        let mut out = Vec::new();
        json_lines(csv.as_bytes(), &mut out).unwrap();
        let expected = "{\"full_name\":\"=Ann\",\"phone\":\"+1 415\",\"tags\":[\"=a\",\"b\"],\"priority\":2,\
                        \"custom_fields\":{\"a\":1},\"email\":null}\n{\"full_name\":\"Bob\",\"phone\":null,\"tags\":[],\
                        \"priority\":null,\"custom_fields\":{},\"email\":\"b@x.example\"}\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

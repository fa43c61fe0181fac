//! `lexi chat`: asks Lexi over HTTP, shows what she understood and proposes, and approves only when a person says yes
//! (or `--yes` was given): silence is never a yes.

use std::io::{IsTerminal as _, Read as _};

use serde_json::{Value, json};

use super::answers::{Turn, data};
use super::client::{Client, Server};
use super::exit::{Exit, Usage};
use super::proposal;
use super::screen::{Layout, Screen};
use super::watch::{self, Approval, Consent};

/// Longest message, in characters; the server's limit, said here before anything is sent.
const MESSAGE_CHARS_MAX: usize = 12_000;

/// `lexi chat`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  lexi chat \"Find 50 CEOs at law firms in California\"
      shows what approval would cause and asks whether to approve
  lexi chat
      a conversation; Ctrl-D ends it
  echo \"How many contacts do I have?\" | lexi chat --json
      the server's answer for a program; whatever it proposes stays pending
  lexi chat --yes --json \"Find 20 general counsels at banks in Texas\"
      approves at once, waits for the end; \"task\" is the task as it ended")]
pub(super) struct Args {
    /// What to ask; without it a conversation at a terminal, or the whole of standard input.
    #[arg(value_name = "MESSAGE")]
    message: Vec<String>,
    #[command(flatten)]
    server: Server,
    /// Go on with this conversation.
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
    /// Approve what Lexi proposes without asking, and wait for its end.
    #[arg(long, short)]
    yes: bool,
    /// Print the server's answer as JSON; never asks.
    #[arg(long)]
    json: bool,
}

/// Runs `lexi chat`.
pub(super) async fn run(args: Args) -> anyhow::Result<Exit> {
    let client = args.server.client()?;
    let mut screen = Screen::stdout();
    let message = match args.message.join(" ") {
        given if !given.trim().is_empty() => given,
        _ if std::io::stdin().is_terminal() => return conversation(&client, &args, &mut screen).await,
        _ => {
            let mut piped = String::new();
            std::io::stdin().read_to_string(&mut piped)?;
            piped.trim().to_owned()
        }
    };
    let message = checked(&message)?;
    let answer = ask(&client, message, args.conversation.as_deref()).await?;
    if args.json {
        return for_a_program(&client, answer, args.yes, &mut screen).await;
    }
    let turn: Turn = data(&answer)?;
    let exit = show(&client, &turn, args.yes, &mut screen).await?;
    if let (Some(id), None) = (&turn.conversation_id, &args.conversation) {
        screen.print(&screen.layout.faint(&format!("       To go on: lexi chat --conversation {id} \"…\"")))?;
    }
    Ok(exit)
}

/// Sends one message.
pub(super) async fn ask(client: &Client, message: &str, conversation: Option<&str>) -> anyhow::Result<Value> {
    let mut body = json!({ "message": message });
    if let Some(id) = conversation {
        body["context"] = json!({ "conversation_id": id });
    }
    Ok(client.post("/v1/lexi/chat", Some(&body)).await?)
}

/// Turn after turn until the input ends.
async fn conversation(client: &Client, args: &Args, screen: &mut Screen) -> anyhow::Result<Exit> {
    let mut id = args.conversation.clone();
    let prompt = format!("{}    ", screen.layout.strong("You"));
    while let Some(line) = screen.ask(&prompt).await? {
        if line.trim().is_empty() {
            continue;
        }
        let answered = match checked(&line) {
            Ok(message) => ask(client, message, id.as_deref()).await,
            Err(failure) => Err(failure),
        };
        match answered {
            Ok(answer) => {
                let turn: Turn = data(&answer)?;
                show(client, &turn, args.yes, screen).await?;
                id = turn.conversation_id.or(id);
            }
            // One refused message does not end the conversation.
            Err(failure) => eprintln!("lexi: {failure}"),
        }
        screen.print("")?;
    }
    screen.print("")?;
    Ok(Exit::Done)
}

/// Shows a turn; asks for approval where a person can answer.
async fn show(client: &Client, turn: &Turn, yes: bool, screen: &mut Screen) -> anyhow::Result<Exit> {
    screen.print(&proposal::turn(turn, screen.layout))?;
    if let Some(rows) = turn.answer.as_ref().and_then(rows_of) {
        screen.table(&rows)?;
    }
    let Some(task) = &turn.task else { return Ok(Exit::Done) };
    if !turn.requires_approval {
        // A policy has approved it; what happens is watched all the same.
        let ended = watch::follow(client, &task.id, None, screen).await?;
        watch::show_end(client, &ended, None, screen).await?;
        return Ok(exit_of(&ended));
    }
    screen.print("")?;
    let agreed = yes || (screen.can_ask() && screen.confirm("Approve?").await?);
    if !agreed {
        screen.print(&how_to_decide(&task.id, screen.layout))?;
        return Ok(Exit::Done);
    }
    match watch::approve(client, &task.id, &Consent::to(task.plan_hash.as_deref()), None, screen).await? {
        Approval::Ended(task) => Ok(exit_of(&task)),
        Approval::Voted | Approval::Held | Approval::Open => Ok(Exit::Done),
    }
}

/// The rows of an answer as a table: a column for each key that holds words or numbers, but for ids.
fn rows_of(answer: &Value) -> Option<Vec<Vec<String>>> {
    let rows = answer["rows"].as_array().filter(|rows| !rows.is_empty())?;
    let shown = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let first = rows[0].as_object()?;
    let is_column =
        |key: &&String| *key != "id" && !key.ends_with("_id") && rows.iter().any(|row| shown(&row[*key]).is_some());
    let columns: Vec<&String> = first.keys().filter(is_column).collect();
    let head = columns.iter().map(|column| column.replace('_', " ")).collect();
    let cells = rows.iter().map(|row| columns.iter().map(|column| shown(&row[*column]).unwrap_or_default()).collect());
    Some(std::iter::once(head).chain(cells).collect())
}

/// What to type later.
pub(super) fn how_to_decide(id: &str, layout: Layout) -> String {
    let text = format!(
        "Nothing was done; the task stays pending. Decide with\nlexi tasks approve {id}\nlexi tasks dismiss {id}"
    );
    layout.labelled("       ", &text)
}

/// How a command ends that watched `task` to its end.
pub(super) fn exit_of(task: &super::answers::Task) -> Exit {
    if task.status == "completed" { Exit::Done } else { Exit::Incomplete }
}

async fn for_a_program(client: &Client, mut answer: Value, yes: bool, screen: &mut Screen) -> anyhow::Result<Exit> {
    let turn: Turn = data(&answer)?;
    let mut exit = Exit::Done;
    if let Some(task) = turn.task.as_ref().filter(|_| yes && turn.requires_approval) {
        let approved = watch::send_approval(client, &task.id, &Consent::to(task.plan_hash.as_deref())).await?;
        let watched = approved.status == "approved" && approved.execution_started;
        let ended = if watched {
            watch::until_ended(client, &task.id, None, |_| Ok(())).await?
        } else {
            watch::answer(client, &task.id).await?
        };
        if watched {
            exit = exit_of(&data(&ended)?);
        }
        answer["data"]["task"] = ended.get("data").cloned().unwrap_or(Value::Null);
    }
    screen.json(&answer)?;
    Ok(exit)
}

fn checked(message: &str) -> anyhow::Result<&str> {
    let message = message.trim();
    let length = message.chars().count();
    if message.is_empty() {
        return Err(
            Usage("There is no message. Try: lexi chat \"Find 50 CEOs at law firms in California\"".into()).into()
        );
    }
    if length > MESSAGE_CHARS_MAX {
        return Err(Usage(format!("The message has {length} characters; at most {MESSAGE_CHARS_MAX} are read.")).into());
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_a_table_without_ids_and_empty_columns() {
        let answer = json!({ "rows": [
            { "id": "1", "name": "Q1", "contact_count": 3, "description": null },
            { "id": "2", "name": "Q2", "contact_count": 0, "description": null },
        ] });
        let table = rows_of(&answer).unwrap();
        assert_eq!(
            table,
            [["contact count", "name"], ["3", "Q1"], ["0", "Q2"]].map(|row| row.map(str::to_owned).to_vec())
        );
        assert_eq!(rows_of(&json!({ "rows": [] })), None);
        assert_eq!(rows_of(&json!({ "kind": "help" })), None);
    }
}

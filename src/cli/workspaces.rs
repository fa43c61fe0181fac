//! `lexi workspaces`: one firm's data each. Only the operator makes them.

use super::exit::Exit;
use super::screen::{Screen, minute};
use super::storage::{Storage, clock};
use crate::workspaces;

/// `lexi workspaces`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a workspace. `default` is made by itself on first use.
    Create(CreateArgs),
    /// List all workspaces, oldest first.
    List(ListArgs),
}

/// `lexi workspaces create`.
#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    /// Its name, unique without regard to case.
    name: String,
    /// Print the workspace as JSON: {"id", "name", "created_at"}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// `lexi workspaces list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Print JSON: {"workspaces": [{"id", "name", "created_at"}]}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

/// Runs `lexi workspaces`.
pub(super) async fn run(command: Command) -> anyhow::Result<Exit> {
    let mut screen = Screen::stdout();
    match command {
        Command::Create(args) => {
            let db = args.storage.open_db().await?;
            let now_ms = clock().now_ms();
            let name = args.name.clone();
            let made = db.write(move |tx| workspaces::create(tx, &name, now_ms)).await;
            db.close().await;
            let made = made?;
            if args.json {
                screen.json(&made)?;
            } else {
                screen.print(&format!("Workspace \"{}\" is made ({}).", made.name, made.id))?;
            }
        }
        Command::List(args) => {
            let db = args.storage.open_db().await?;
            let all = db.read(workspaces::list).await;
            db.close().await;
            let all = all?;
            if args.json {
                screen.json(&serde_json::json!({ "workspaces": all }))?;
            } else if all.is_empty() {
                screen.print("There are no workspaces yet; \"default\" is made on first use.")?;
            } else {
                let mut rows = vec![["name", "made (UTC)", "id"].map(str::to_owned).to_vec()];
                rows.extend(all.iter().map(|one| vec![one.name.clone(), minute(&one.created_at), one.id.to_string()]));
                screen.table(&rows)?;
            }
        }
    }
    Ok(Exit::Done)
}

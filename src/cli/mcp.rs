//! `lexi mcp`: a server's tools for an agent on this machine, by standard input and output.

use std::sync::Arc;

use anyhow::Context as _;
use rmcp::ServiceExt as _;
use serde_json::{Value, json};

use super::client::{Client, Failure, Server};
use super::exit::Exit;
use crate::mcp::{Api, Call, Tools};

/// `lexi mcp`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Speaks the Model Context Protocol on standard input and output, with the tools ask, list_tasks, show_task, watch_task,
approve_task and dismiss_task. Agents are configured with the command and its environment, for example:

  {\"mcpServers\": {\"lexi\": {\"command\": \"lexi\", \"args\": [\"mcp\"],
                            \"env\": {\"LEXI_URL\": \"http://127.0.0.1:8787\", \"LEXI_KEY\": \"wbk_…\"}}}}

Give an agent a key of its own of kind service. Without lexi:approve it can ask and look, and decides nothing:
  lexi keys create --name \"My agent\" --permissions lexi:read,lexi:chat

A server speaks the same protocol over HTTP at /mcp.")]
pub(super) struct Args {
    #[command(flatten)]
    server: Server,
}

/// A server elsewhere, with the key of this process.
struct There(Client);

impl Api for There {
    async fn send(&self, call: Call, _: Option<String>) -> Result<(u16, Value), String> {
        match self.0.as_agent(call.method, &call.path, call.body.as_ref()).await {
            Ok(body) => Ok((200, body)),
            Err(Failure::Refused(refused)) => {
                let mut error = json!({ "code": refused.code, "message": refused.message });
                if !refused.details.is_null() {
                    error["details"] = refused.details;
                }
                Ok((refused.status, json!({ "error": error })))
            }
            Err(failure) => Err(failure.to_string()),
        }
    }
}

/// Runs `lexi mcp` until standard input ends.
pub(super) async fn run(args: &Args) -> anyhow::Result<Exit> {
    let there = Arc::new(There(args.server.client()?));
    let serving = Tools::new(there).serve(rmcp::transport::stdio()).await;
    let serving = serving.context("The agent did not begin as the Model Context Protocol says")?;
    serving.waiting().await?;
    Ok(Exit::Done)
}

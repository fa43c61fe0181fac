//! Where a change was asked for: the address and the program of whoever asked.
//!
//! Each pair of a workspace is stored once, before the first change that names it, and events carry its id: so a change
//! costs no row more than without.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::store;
use crate::db::{Db, Isolation, Tx};
use crate::error::Result;
use crate::ids;

/// Characters kept of what a program calls itself.
const USER_AGENT_MAX: usize = 200;
/// Origins one process remembers; more, and it begins anew.
const KNOWN_MAX: usize = 4_096;

/// An address and a program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Whose key was used.
    pub workspace_id: Uuid,
    /// The address the request came from.
    pub address: String,
    /// What the program calls itself; empty when it says nothing.
    pub user_agent: String,
}

impl Origin {
    /// Of what a request says; the program's name is cut where it gets too long.
    pub fn new(workspace_id: Uuid, address: String, user_agent: &str) -> Origin {
        let user_agent = user_agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX).collect();
        Origin { workspace_id, address, user_agent }
    }
}

/// The origins this process knows to be stored.
pub struct Origins {
    db: Db,
    known: Mutex<HashMap<Origin, Uuid>>,
}

impl Origins {
    /// Of a database.
    pub fn new(db: Db) -> Origins {
        Origins { db, known: Mutex::default() }
    }

    /// The id of an origin, which is stored first if it is new.
    pub async fn id_of(&self, origin: Origin, now_ms: i64) -> Result<Uuid> {
        if let Some(id) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&origin) {
            return Ok(*id);
        }
        let (new, wanted) = (ids::new(now_ms), origin.clone());
        let store = move |tx: &mut Tx| store::origin_id(tx, &wanted, new, now_ms);
        let id = self.db.write_with(Isolation::ReadCommitted, store).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(origin, id);
        Ok(id)
    }
}

/// Address and program of these origins: id, address, program.
pub fn origins(tx: &mut Tx, workspace_id: Uuid, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String)>> {
    if ids.is_empty() { Ok(Vec::new()) } else { store::origins(tx, workspace_id, ids) }
}

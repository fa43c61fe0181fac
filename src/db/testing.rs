//! Databases for unit tests: always a SQLite file in a folder of its own; a PostgreSQL schema of its own too, when
//! `LEXI_TEST_POSTGRES` names a server.

use tempfile::TempDir;

use super::{DatabaseUrl, Db};
use crate::error::Trouble;

/// A database that goes away with this value.
pub(crate) struct Scratch {
    url: DatabaseUrl,
    db: Db,
    _folder: Option<TempDir>,
}

impl Scratch {
    /// The database, open.
    pub(crate) fn db(&self) -> Db {
        self.db.clone()
    }

    /// Plays that nothing can be saved, as far as anybody who asks can tell.
    pub(crate) fn falls_into(&self, trouble: Trouble) {
        self.db.health.failed(trouble);
    }

    /// It can again.
    pub(crate) fn recovers(&self) {
        self.db.health.worked();
    }

    /// Where it is, for an app that opens it by itself.
    pub(crate) fn url(&self) -> DatabaseUrl {
        self.url.clone()
    }

    /// The same database once more, as another process would open it.
    pub(crate) async fn reopened(&self) -> Db {
        Db::open(&self.url).await.unwrap()
    }
}

/// An empty database of each kind there is on this machine.
pub(crate) async fn databases() -> Vec<Scratch> {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("lexi.db"));
    let mut found = vec![Scratch { db: Db::open(&url).await.unwrap(), url, _folder: Some(folder) }];
    if let Some(url) = postgres_schema().await {
        found.push(Scratch { db: Db::open(&url).await.unwrap(), url, _folder: None });
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where PostgreSQL is")]
async fn postgres_schema() -> Option<DatabaseUrl> {
    let address = std::env::var("LEXI_TEST_POSTGRES").ok()?;
    let config: tokio_postgres::Config = address.parse().unwrap();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let schema = format!("unit_{}", uuid::Uuid::from_u128(rand::random()).simple());
    client.batch_execute(&format!("create schema {schema}")).await.unwrap();
    drop(client);
    let _ = connection.await;
    let more = if address.contains('?') { '&' } else { '?' };
    Some(format!("{address}{more}options=-c%20search_path%3D{schema}").parse().unwrap())
}

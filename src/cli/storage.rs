//! Which data an operator's command works on: a folder, and a database that is SQLite in that folder unless told
//! otherwise. Works while a server runs on the same data.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::given::{Given, OfStorage, Taken};
use crate::app::App;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::db::{DatabaseUrl, Db};
use crate::error::Result;
use crate::prospects::{Target, search};

/// Where the data is: `--data`, `--database-url`, `--config` and what stands for them.
pub(super) type Storage = Given<OfStorage>;

impl<T: Taken> Given<T> {
    /// The settings for this data.
    pub(super) fn config(&self) -> anyhow::Result<Config> {
        Ok(self.effective()?.config)
    }

    /// Opens the database alone, for what needs no search.
    pub(super) async fn open_db(&self) -> anyhow::Result<Db> {
        let config = self.config()?;
        make_folder(&config.data)?;
        Ok(Db::open(&config.database_url).await?)
    }

    /// Where a command loads prospects into: at full speed while no server runs on the same data.
    pub(super) fn target(&self, db: &Db) -> anyhow::Result<Target> {
        let folder = index_folder(&self.config()?);
        Ok(Target::new(db).with_server_if(move || search::is_held(&folder)))
    }

    /// Whether the index in the folder is that of the database beside it, and no server, most likely, keeps it.
    pub(super) fn may_index(&self) -> anyhow::Result<bool> {
        let config = self.config()?;
        let is_here = matches!(config.database_url, DatabaseUrl::Sqlite(_));
        Ok(is_here && !search::is_held(&index_folder(&config)))
    }

    /// Opens everything.
    pub(super) async fn open_app(&self) -> anyhow::Result<App> {
        open(self.config()?).await
    }
}

fn index_folder(config: &Config) -> PathBuf {
    config.data.join("index")
}

/// Reads a database's address from the command line.
pub(super) fn database_url(text: &str) -> Result<DatabaseUrl> {
    text.parse()
}

/// For people: `./lexi-data (SQLite)`. Never holds a password.
pub(super) fn shown(config: &Config) -> String {
    let database = match &config.database_url {
        DatabaseUrl::Sqlite(_) => "SQLite",
        DatabaseUrl::Postgres(_) => "PostgreSQL",
    };
    format!("{} ({database})", config.data.display())
}

/// Opens everything for these settings.
pub(super) async fn open(config: Config) -> anyhow::Result<App> {
    make_folder(&config.data)?;
    Ok(App::open(config, clock()).await?)
}

/// The machine's clock.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Makes the data folder when it is missing; other users of the machine can't look into it.
pub(super) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("Can't make the data folder {}", folder.display()))
}

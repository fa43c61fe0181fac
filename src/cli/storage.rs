//! Which data an operator's command works on: a folder, and a database that is SQLite in that folder unless told
//! otherwise. Works while a server runs on the same data.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use crate::app::App;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::db::{DatabaseUrl, Db};
use crate::error::Result;
use crate::prospects::{Target, search};

/// Where the data is.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Storage {
    /// Folder of the SQLite database and the search index; made when missing.
    #[arg(long, env = "LEXI_DATA", value_name = "DIR", default_value = "./lexi-data")]
    pub(super) data: PathBuf,
    /// Use this database instead: postgres://USER:PASSWORD@HOST/NAME, or sqlite:PATH.
    #[arg(long, env = "LEXI_DATABASE_URL", value_name = "URL", hide_env_values = true, value_parser = database_url)]
    pub(super) database_url: Option<DatabaseUrl>,
}

fn database_url(text: &str) -> Result<DatabaseUrl> {
    text.parse()
}

impl Storage {
    /// The default settings for this data.
    pub(super) fn config(&self) -> Config {
        Config::new(self.data.clone(), self.database_url.clone())
    }

    /// Opens the database alone, for what needs no search.
    pub(super) async fn open_db(&self) -> anyhow::Result<Db> {
        make_folder(&self.data)?;
        Ok(Db::open(&self.config().database_url).await?)
    }

    /// Where a command loads prospects into: at full speed while no server runs on the same data.
    pub(super) fn target(&self, db: &Db) -> Target {
        let folder = self.index_folder();
        Target::new(db).with_server_if(move || search::is_held(&folder))
    }

    /// Whether the index in the folder is this machine's own, and no server, most likely, keeps it.
    pub(super) fn may_index(&self) -> bool {
        let is_here = matches!(self.config().database_url, DatabaseUrl::Sqlite(_));
        is_here && !search::is_held(&self.index_folder())
    }

    fn index_folder(&self) -> PathBuf {
        self.data.join("index")
    }

    /// Opens everything.
    pub(super) async fn open_app(&self) -> anyhow::Result<App> {
        open(self.config()).await
    }

    /// For people: `./lexi-data (SQLite)`. Never holds a password.
    pub(super) fn shown(&self) -> String {
        let database = match &self.config().database_url {
            DatabaseUrl::Sqlite(_) => "SQLite",
            DatabaseUrl::Postgres(_) => "PostgreSQL",
        };
        format!("{} ({database})", self.data.display())
    }
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

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("Can't make the data folder {}", folder.display()))
}

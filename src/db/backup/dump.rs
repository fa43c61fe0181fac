//! From a database into a file: every row of every table as one moment has them.

use std::path::Path;

use super::Progress;
use super::file::{self, Header, Table, Writer};
use crate::db::{Dialect, Look, Tx, catalog, look, migrate};
use crate::error::{Error, Result};

/// Writes all that `source` holds into the file at `path`, inside one snapshot.
pub(super) async fn write(source: &Look, path: &Path, made_at_ms: i64, progress: &Progress) -> Result<()> {
    let (path, progress) = (path.to_owned(), progress.clone());
    source.read(move |tx| dump(tx, &path, made_at_ms, &progress)).await
}

fn dump(tx: &mut Tx, path: &Path, made_at_ms: i64, progress: &Progress) -> Result<()> {
    let schema = look::schema(tx)?;
    migrate::check(&schema, "The database")?;
    if schema.is_empty() {
        return Err(Error::not_found("The database is empty: Lexi never worked with it. Is this the right one?"));
    }
    let tables = catalog::tables(tx)?;
    let mut told = Vec::with_capacity(tables.len());
    for table in &tables {
        // Counted apart, so that a row the reading below would miss is missed.
        let rows = catalog::count(tx, &table.name)?;
        let key = table.key().into_iter().map(|column| column.name.clone()).collect();
        told.push(Table { name: table.name.clone(), columns: table.column_names(), key, rows });
    }
    let header = Header {
        made_at_ms,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: dialect(tx.dialect()),
        schema,
        tables: told,
    };
    progress.begin(header.rows());
    let mut writer = Writer::create(path, &header)?;
    for (table, told) in tables.iter().zip(&header.tables) {
        catalog::each_row(tx, table, |row| {
            progress.step();
            writer.row(|bytes| (0..table.columns.len()).try_for_each(|at| file::put(bytes, &row.cell(at)?)))
        })?;
        let rows = writer.end_table(&table.name)?;
        if rows != told.rows {
            return Err(Error::internal(format_args!(
                "the table {} has {} rows and {rows} of them could be read; the database is damaged (lexi doctor --deep)",
                table.name, told.rows
            )));
        }
    }
    writer.finish()
}

fn dialect(dialect: Dialect) -> String {
    dialect.name().to_owned()
}

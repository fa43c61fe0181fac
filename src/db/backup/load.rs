//! From a file into an empty database: the schema the rows were written with, the rows, a comparison of every row with
//! the file, and only then what brings them up to this program and this kind of database.

use std::path::Path;

use super::Progress;
use super::file::{self, Header, Reader, Table};
use crate::db::{Dialect, Tx, Value, catalog, dialect, look, migrate, query};
use crate::error::{Error, Result};

/// Rows in one insert on PostgreSQL, where each statement is a round trip.
const ROWS_AT_ONCE: usize = 256;

/// Fills the database of `tx`, whose tables are dropped before.
pub(super) fn load(tx: &mut Tx, path: &Path, progress: &Progress) -> Result<()> {
    look::take_time(tx)?;
    let mut reader = Reader::open(path)?;
    let header = reader.header().clone();
    migrate::check(&header.schema, &path.display().to_string())?;
    // Every row is written once and compared once.
    progress.begin(2 * header.rows());
    catalog::drop_all(tx)?;
    migrate::bring_up(tx, header.schema.len())?;
    let tables = matching(tx, &header, path)?;
    let again = catalog::set_aside(tx)?;
    while let Some(told) = reader.next_table()? {
        let table = tables.iter().find(|table| table.name == told.name);
        let table = table.ok_or_else(|| Error::internal("a table of the header was looked for before"))?;
        query(format!("delete from {}", catalog::quoted(&table.name))).execute(tx)?;
        fill(tx, &told, &mut reader, progress)?;
    }
    for sql in again {
        migrate::script(tx, &sql)?;
    }
    compare(tx, &tables, path, progress)?;
    migrate::bring_up_to_date(tx)?;
    dialect::go_on_with_loaded_rows(tx)
}

/// The tables of the schema, which must be those of the file.
fn matching(tx: &mut Tx, header: &Header, path: &Path) -> Result<Vec<catalog::Table>> {
    let tables = catalog::tables(tx)?;
    let ours = tables.iter().map(|table| (&table.name, table.column_names()));
    if !ours.eq(header.tables.iter().map(|table| (&table.name, table.columns.clone()))) {
        let schema = header.schema_name();
        return Err(Error::internal(format_args!(
            "{} holds other tables than its schema {schema} has",
            path.display()
        )));
    }
    Ok(tables)
}

fn fill(tx: &mut Tx, table: &Table, reader: &mut Reader, progress: &Progress) -> Result<()> {
    let width = table.columns.len();
    let at_once = match tx.dialect() {
        Dialect::Sqlite => 1,
        Dialect::Postgres => ROWS_AT_ONCE,
    };
    let whole = insert(table, at_once);
    let mut values: Vec<Value> = Vec::with_capacity(at_once * width);
    while let Some(row) = reader.next_row()? {
        file::values(row, &mut values);
        progress.step();
        if values.len() == at_once * width {
            query(whole.clone()).bind_all(std::mem::take(&mut values)).execute(tx)?;
        }
    }
    if !values.is_empty() {
        query(insert(table, values.len() / width)).bind_all(values).execute(tx)?;
    }
    Ok(())
}

fn insert(table: &Table, rows: usize) -> String {
    let columns: Vec<String> = table.columns.iter().map(|name| catalog::quoted(name)).collect();
    let rows: Vec<String> = (0..rows)
        .map(|row| {
            let cells: Vec<String> = (1..=columns.len()).map(|at| format!("${}", row * columns.len() + at)).collect();
            format!("({})", cells.join(", "))
        })
        .collect();
    format!("insert into {} ({}) values {}", catalog::quoted(&table.name), columns.join(", "), rows.join(", "))
}

/// Reads both once more, in the same order, and compares every column of every row.
fn compare(tx: &mut Tx, tables: &[catalog::Table], path: &Path, progress: &Progress) -> Result<()> {
    let mut reader = Reader::open(path)?;
    let mut bytes = Vec::new();
    while let Some(told) = reader.next_table()? {
        let table = tables.iter().find(|table| table.name == told.name);
        let table = table.ok_or_else(|| Error::internal("a table of the header was looked for before"))?;
        catalog::each_row(tx, table, |row| {
            progress.step();
            bytes.clear();
            (0..table.columns.len()).try_for_each(|at| file::put(&mut bytes, &row.cell(at)?))?;
            if reader.next_row()? == Some(bytes.as_slice()) { Ok(()) } else { Err(differs(&told, &bytes)) }
        })?;
        if let Some(row) = reader.next_row()? {
            return Err(differs(&told, row));
        }
    }
    Ok(())
}

/// Names the first row that is not the same on both sides, by its key: other columns may be personal.
fn differs(table: &Table, row: &[u8]) -> Error {
    let mut cells = Vec::new();
    file::values(row, &mut cells);
    let key: Vec<String> = (table.columns.iter().zip(cells))
        .filter(|(column, _)| table.key.contains(column))
        .map(|(column, value)| match value {
            Value::Integer(x) => format!("{column} {x}"),
            Value::Text(x) => format!("{column} {x}"),
            _ => column.clone(),
        })
        .collect();
    Error::internal(format_args!(
        "a row of the table {} did not arrive as it was sent ({}); nothing was kept",
        table.name,
        key.join(", ")
    ))
}

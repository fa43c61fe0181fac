//! What a database says of its own schema: tables, columns, keys, indexes, foreign keys. Part of the list of differences
//! in `dialect.rs`: each database is asked in its own words, and answers in these types.
//!
//! Whatever works on all tables (backup, restore, copy) takes them from here, so that no table can be forgotten. Tables
//! that no migration makes belong to somebody else and are left alone.

use std::collections::HashSet;

use super::query::Row;
use super::{Dialect, Tx, migrate, query};
use crate::error::{Error, Result};

/// Remembers which migrations ran; it describes the data and is none of it.
pub(super) const MIGRATIONS: &str = "schema_migrations";

/// A table of Lexi's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// In the order of the table.
    pub(super) columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) is_text: bool,
    /// Its place in the primary key, from 1; 0 when it is no part of it.
    pub(super) in_key: i64,
}

impl Table {
    /// The names of its columns.
    pub(super) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The columns of the primary key, in its order.
    pub(super) fn key(&self) -> Vec<&Column> {
        let mut key: Vec<&Column> = self.columns.iter().filter(|column| column.in_key > 0).collect();
        key.sort_by_key(|column| column.in_key);
        key
    }
}

/// Which of Lexi's tables are there, the one of the migrations included.
pub(super) fn names(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "select name from sqlite_schema where type = 'table' order by name",
        Dialect::Postgres => {
            "select cast(relname as text) from pg_class
             where relkind in ('r', 'p')
               and relnamespace = (select oid from pg_namespace where nspname = current_schema())
             order by cast(relname as text) collate \"C\""
        }
    };
    let ours: HashSet<&str> = migrate::tables().chain([MIGRATIONS]).collect();
    let all = query(sql).all(tx, |row| row.get::<String>(0))?;
    Ok(all.into_iter().filter(|name| ours.contains(name.as_str())).collect())
}

/// Lexi's tables with their columns, by name, without the one of the migrations.
pub(super) fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let names = names(tx)?;
    names.into_iter().filter(|name| name != MIGRATIONS).map(|name| table(tx, name)).collect()
}

fn table(tx: &mut Tx, name: String) -> Result<Table> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "select name, lower(type), pk from pragma_table_info($1) order by cid",
        Dialect::Postgres => {
            "select cast(a.attname as text), format_type(a.atttypid, null),
                 coalesce((select k.place from pg_constraint as c
                           cross join lateral unnest(c.conkey) with ordinality as k (number, place)
                           where c.conrelid = a.attrelid and c.contype = 'p' and k.number = a.attnum), 0)
             from pg_attribute as a
             where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
             order by a.attnum"
        }
    };
    let columns = query(sql).bind(&name).all(tx, |row| {
        Ok(Column { name: row.get(0)?, is_text: row.get::<String>(1)? == "text", in_key: row.get(2)? })
    })?;
    let table = Table { name, columns };
    if table.key().is_empty() {
        return Err(Error::internal(format_args!("the table {} has no primary key", table.name)));
    }
    Ok(table)
}

/// How many rows a table has.
pub(super) fn count(tx: &mut Tx, table: &str) -> Result<u64> {
    query(format!("select count(*) from {}", quoted(table))).one(tx, |row| row.get(0))
}

/// Gives each row of a table to `take`, all columns in the table's order, in the order of the primary key: the same on
/// both databases, text by its bytes.
pub(super) fn each_row(tx: &mut Tx, table: &Table, take: impl FnMut(&Row) -> Result<()>) -> Result<()> {
    let by_bytes = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " collate \"C\"",
    };
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    let order: Vec<String> = table
        .key()
        .iter()
        .map(|column| format!("{}{}", quoted(&column.name), if column.is_text { by_bytes } else { "" }))
        .collect();
    let sql = format!("select {} from {} order by {}", columns.join(", "), quoted(&table.name), order.join(", "));
    query(sql).each(tx, take)
}

/// Drops what slows down or hinders the filling of tables (indexes that are no keys, foreign keys) and answers the
/// statements that make it again. On SQLite foreign keys belong to their tables and are switched off instead.
pub(super) fn set_aside(tx: &mut Tx) -> Result<Vec<String>> {
    let ours: HashSet<String> = names(tx)?.into_iter().collect();
    let (indexes, foreign) = match tx.dialect() {
        Dialect::Sqlite => (
            "select tbl_name, 'drop index ' || name, sql from sqlite_schema where type = 'index' and sql is not null",
            None,
        ),
        Dialect::Postgres => (
            "select cast(t.relname as text), 'drop index ' || quote_ident(c.relname), pg_get_indexdef(i.indexrelid)
             from pg_index as i
             join pg_class as c on c.oid = i.indexrelid
             join pg_class as t on t.oid = i.indrelid
             where t.relnamespace = (select oid from pg_namespace where nspname = current_schema())
               and not exists (select 1 from pg_constraint as k where k.conindid = i.indexrelid and k.contype <> 'f')",
            Some(
                "select cast(t.relname as text),
                     'alter table ' || quote_ident(t.relname) || ' drop constraint ' || quote_ident(k.conname),
                     'alter table ' || quote_ident(t.relname) || ' add constraint ' || quote_ident(k.conname) || ' '
                         || pg_get_constraintdef(k.oid)
                 from pg_constraint as k
                 join pg_class as t on t.oid = k.conrelid
                 where k.contype = 'f'
                   and t.relnamespace = (select oid from pg_namespace where nspname = current_schema())",
            ),
        ),
    };
    let mut again = Vec::new();
    for sql in std::iter::once(indexes).chain(foreign) {
        let found: Vec<(String, String, String)> =
            query(sql).all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for (_, drop, make) in found.into_iter().filter(|(table, ..)| ours.contains(table)) {
            migrate::script(tx, &drop)?;
            again.push(make);
        }
    }
    Ok(again)
}

/// Drops all of Lexi's tables and what belongs to them.
pub(super) fn drop_all(tx: &mut Tx) -> Result<()> {
    let names = names(tx)?;
    if tx.dialect() == Dialect::Postgres && !names.is_empty() {
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        migrate::script(tx, &format!("drop table {}", names.join(", ")))?;
        for sequence in migrate::sequences() {
            migrate::script(tx, &format!("drop sequence if exists {}", quoted(sequence)))?;
        }
    }
    Ok(())
}

/// A name as a statement spells it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

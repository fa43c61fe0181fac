//! A thin query: SQL text, owned values, rows decoded into plain structs. No builder, no mapping by name.
//!
//! `query("select id from t where a = $1").bind(a).all(tx, |row| row.get::<Uuid>(0))`. Placeholders are `$1`, `$2` …
//! On SQLite they are rewritten to `?1`, `?2` …, because SQLite numbers `$n` by order of appearance.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use uuid::Uuid;

use super::{Connection, Tx, postgres, sqlite};
use crate::error::{Error, Result};

/// Most values in one `in ({list})`, and most rows in one insert.
pub const LIST_MAX: usize = 500;
/// Rows that [`Query::each`] has in memory at a time on PostgreSQL; the widest are some 40 KB.
const ROWS_FETCHED: usize = 500;

/// A value on its way into the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Any whole number; yes and no are 1 and 0.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text without U+0000.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// What kind of value it is. The value itself may be personal and never reaches a log.
    fn kind(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Integer(_) => "a whole number",
            Value::Real(_) => "a number",
            Value::Text(_) => "a text",
            Value::Bytes(_) => "bytes",
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$x:ident| $to:expr),* $(,)?) => {$(
        impl From<$from> for Value { fn from($x: $from) -> Value { $to } }
    )*};
}

value_from! {
    i64 => |x| Value::Integer(x),
    i32 => |x| Value::Integer(x.into()),
    u32 => |x| Value::Integer(x.into()),
    u16 => |x| Value::Integer(x.into()),
    bool => |x| Value::Integer(x.into()),
    f64 => |x| Value::Real(x),
    String => |x| Value::Text(x),
    &String => |x| Value::Text(x.clone()),
    &str => |x| Value::Text(x.to_owned()),
    Uuid => |x| Value::Text(x.to_string()),
    &Uuid => |x| Value::Text(x.to_string()),
    Vec<u8> => |x| Value::Bytes(x),
    &[u8] => |x| Value::Bytes(x.to_vec()),
    &Value => |x| x.clone(),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// A statement and its values.
#[derive(Debug)]
pub struct Query {
    sql: Cow<'static, str>,
    values: Vec<Value>,
}

/// Starts a statement; values follow with [`Query::bind`].
pub fn query(sql: impl Into<Cow<'static, str>>) -> Query {
    Query { sql: sql.into(), values: Vec::new() }
}

impl Query {
    /// The value of the next placeholder.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Query {
        self.values.push(value.into());
        self
    }

    /// The values of the next placeholders.
    pub(super) fn bind_all(mut self, values: Vec<Value>) -> Query {
        self.values.extend(values);
        self
    }

    /// The values of `{list}`: at most [`LIST_MAX`], padded to a power of two so that few statements are prepared.
    /// An empty list matches nothing.
    #[must_use]
    pub fn bind_list<T: Into<Value>>(mut self, values: impl IntoIterator<Item = T>) -> Query {
        let first = self.values.len() + 1;
        self.values.extend(values.into_iter().map(Into::into));
        let given = self.values.len() + 1 - first;
        debug_assert!(given <= LIST_MAX, "a list of {given} values is over the limit");
        let last = self.values.last().filter(|_| given > 0).cloned().unwrap_or(Value::Null);
        self.values.resize(first - 1 + given.next_power_of_two().max(1), last);
        let mut list = String::new();
        for n in first..=self.values.len() {
            let comma = if n == first { "" } else { ", " };
            let _ = write!(list, "{comma}${n}");
        }
        self.sql = Cow::Owned(self.sql.replacen("{list}", &list, 1));
        self
    }

    /// All rows, in the statement's order.
    pub fn all<T>(self, tx: &mut Tx, map: impl Fn(&Row) -> Result<T>) -> Result<Vec<T>> {
        self.check()?;
        match tx.connection {
            Connection::Sqlite(connection) => {
                let mut statement = sqlite::prepare(connection, &self.sql, &self.values)?;
                let mut rows = statement.raw_query();
                let mut found = Vec::new();
                while let Some(row) = rows.next().map_err(|error| sqlite::error(&error))? {
                    found.push(map(&Row(RowOf::Sqlite(row)))?);
                }
                Ok(found)
            }
            Connection::Postgres(session) => {
                session.query(&self.sql, &self.values)?.iter().map(|row| map(&Row(RowOf::Postgres(row)))).collect()
            }
        }
    }

    /// Gives the rows to `take` one after the other, however many there are: few of them are in memory at a time.
    pub(super) fn each(self, tx: &mut Tx, mut take: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        /// Tells the cursors of a connection apart: its prepared statements remember the columns of theirs.
        static CURSORS: AtomicU64 = AtomicU64::new(0);
        self.check()?;
        match tx.connection {
            Connection::Sqlite(connection) => {
                let mut statement = sqlite::prepare(connection, &self.sql, &self.values)?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next().map_err(|error| sqlite::error(&error))? {
                    take(&Row(RowOf::Sqlite(row)))?;
                }
                Ok(())
            }
            Connection::Postgres(session) => {
                let cursor = format!("each_{}", CURSORS.fetch_add(1, Ordering::Relaxed));
                session.execute(&format!("declare {cursor} no scroll cursor for {}", self.sql), &self.values)?;
                let fetch = format!("fetch {ROWS_FETCHED} from {cursor}");
                loop {
                    let rows = session.query(&fetch, &[])?;
                    rows.iter().try_for_each(|row| take(&Row(RowOf::Postgres(row))))?;
                    if rows.len() < ROWS_FETCHED {
                        return session.script(&format!("close {cursor}"));
                    }
                }
            }
        }
    }

    /// The first row, or nothing.
    pub fn first<T>(self, tx: &mut Tx, map: impl Fn(&Row) -> Result<T>) -> Result<Option<T>> {
        Ok(self.all(tx, map)?.into_iter().next())
    }

    /// The one row that must be there, as with `select count(*)`.
    pub fn one<T>(self, tx: &mut Tx, map: impl Fn(&Row) -> Result<T>) -> Result<T> {
        self.first(tx, map)?.ok_or_else(|| Error::internal("a statement that always answers one row answered none"))
    }

    /// Runs a statement that answers no rows; tells how many it changed.
    pub fn execute(self, tx: &mut Tx) -> Result<u64> {
        self.check()?;
        match tx.connection {
            Connection::Sqlite(connection) => {
                let mut statement = sqlite::prepare(connection, &self.sql, &self.values)?;
                statement.raw_execute().map(|changed| changed as u64).map_err(|error| sqlite::error(&error))
            }
            Connection::Postgres(session) => session.execute(&self.sql, &self.values),
        }
    }

    /// PostgreSQL can't keep U+0000 in text, so neither database does.
    fn check(&self) -> Result<()> {
        let holds_nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
        if self.values.iter().any(holds_nul) {
            return Err(Error::validation("text", "Text must not hold the character U+0000."));
        }
        Ok(())
    }
}

/// The pattern of a text that holds `part` anywhere, for `like $1 escape '\\'`.
pub fn containing(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Inserts many rows of `width` values: `sql` holds `values {rows}`. Statements of power-of-two size are used, so
/// that few are prepared. Answers what `returning` gave, mapped.
pub fn insert_rows<T>(
    tx: &mut Tx,
    sql: &'static str,
    width: usize,
    values: Vec<Value>,
    map: impl Fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    let mut returned = Vec::new();
    for statement in row_statements(sql, width, values) {
        returned.extend(statement.all(tx, &map)?);
    }
    Ok(returned)
}

/// As [`insert_rows`], for a statement without `returning`: answers how many rows it wrote.
pub fn count_inserted(tx: &mut Tx, sql: &'static str, width: usize, values: Vec<Value>) -> Result<u64> {
    let mut written = 0;
    for statement in row_statements(sql, width, values) {
        written += statement.execute(tx)?;
    }
    Ok(written)
}

/// As [`count_inserted`], for rows that are most likely new, with `on conflict … do nothing`. On SQLite they go in one by
/// one: a statement of many rows keeps a journal of its own, to take back the first rows when a later one fails, and that
/// costs more than the calls.
pub fn insert_new(tx: &mut Tx, sql: &'static str, width: usize, values: Vec<Value>) -> Result<u64> {
    debug_assert!(width > 0 && values.len().is_multiple_of(width));
    let connection = match tx.connection {
        Connection::Sqlite(connection) if !values.is_empty() => connection,
        _ => return count_inserted(tx, sql, width, values),
    };
    let one = Query { sql: Cow::Owned(with_rows(sql, 1, width)), values };
    one.check()?;
    let mut statement = sqlite::prepare(connection, &one.sql, &one.values[..width])?;
    let mut written = 0;
    for (row, values) in one.values.chunks(width).enumerate() {
        if row > 0 {
            sqlite::bind(&mut statement, values)?;
        }
        written += statement.raw_execute().map_err(|error| sqlite::error(&error))? as u64;
    }
    Ok(written)
}

/// The statements that insert `values`, each of a power-of-two number of rows.
fn row_statements(sql: &'static str, width: usize, values: Vec<Value>) -> impl Iterator<Item = Query> {
    debug_assert!(width > 0 && values.len().is_multiple_of(width));
    let mut values = values.into_iter();
    std::iter::from_fn(move || {
        let left = values.len() / width;
        if left == 0 {
            return None;
        }
        let rows = LIST_MAX.min(left);
        let rows = if rows.is_power_of_two() { rows } else { rows.next_power_of_two() / 2 };
        let chunk: Vec<Value> = values.by_ref().take(rows * width).collect();
        Some(Query { sql: Cow::Owned(with_rows(sql, rows, width)), values: chunk })
    })
}

/// The statement's text for that many rows, written once and remembered: there are few, and they are long.
fn with_rows(sql: &'static str, rows: usize, width: usize) -> String {
    thread_local! {
        static WRITTEN: RefCell<HashMap<(*const u8, usize, usize), String>> = RefCell::default();
    }
    WRITTEN.with_borrow_mut(|written| {
        let text = written.entry((sql.as_ptr(), sql.len(), rows));
        text.or_insert_with(|| sql.replacen("{rows}", &placeholders(rows, width), 1)).clone()
    })
}

/// `($1, $2), ($3, $4)` for two rows of two.
fn placeholders(rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * width * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}${}", row * width + column + 1);
        }
        text.push(')');
    }
    text
}

/// A row that was found; columns are read by position.
pub struct Row<'r>(RowOf<'r>);

enum RowOf<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// What stands in column `index` (from 0), whatever it is.
    pub(super) fn cell(&self, index: usize) -> Result<Cell<'_>> {
        match self.0 {
            RowOf::Sqlite(row) => Cell::from_sqlite(row.get_ref(index).map_err(|error| sqlite::error(&error))?),
            RowOf::Postgres(row) => postgres::cell(row, index),
        }
    }

    /// The value of column `index` (from 0).
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T> {
        T::from_cell(self.cell(index)?).ok_or_else(|| {
            Error::internal(format_args!("column {index} does not hold a {}", std::any::type_name::<T>()))
        })
    }
}

/// A value on its way out of the database.
#[derive(Debug)]
pub enum Cell<'r> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(&'r str),
    /// Bytes.
    Bytes(&'r [u8]),
}

impl<'r> Cell<'r> {
    fn from_sqlite(value: ValueRef<'r>) -> Result<Cell<'r>> {
        Ok(match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(x) => Cell::Integer(x),
            ValueRef::Real(x) => Cell::Real(x),
            ValueRef::Text(x) => Cell::Text(std::str::from_utf8(x).map_err(Error::internal)?),
            ValueRef::Blob(x) => Cell::Bytes(x),
        })
    }
}

/// What a column can be read as.
pub trait FromColumn: Sized {
    /// `None` when the cell holds something else.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

macro_rules! from_integer {
    ($($to:ty),*) => {$(
        impl FromColumn for $to {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell { Cell::Integer(x) => x.try_into().ok(), _ => None }
            }
        }
    )*};
}

from_integer!(i64, i32, u32, u64, u16);

impl FromColumn for bool {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(x) => Some(x != 0),
            _ => None,
        }
    }
}

impl FromColumn for f64 {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Real(x) => Some(x),
            _ => None,
        }
    }
}

impl FromColumn for String {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(x) => Some(x.to_owned()),
            _ => None,
        }
    }
}

impl FromColumn for Uuid {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(x) => Uuid::try_parse(x).ok(),
            _ => None,
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(x) => Some(x.to_vec()),
            _ => None,
        }
    }
}

impl FromColumn for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(serde_json::Value::Null),
            Cell::Text(x) => serde_json::from_str(x).ok(),
            _ => None,
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(x) => ValueRef::Integer(*x),
            Value::Real(x) => ValueRef::Real(*x),
            Value::Text(x) => ValueRef::Text(x.as_bytes()),
            Value::Bytes(x) => ValueRef::Blob(x),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Integer(x), &Type::INT2) => i16::try_from(*x)?.to_sql(ty, out),
            (Value::Integer(x), &Type::INT4) => i32::try_from(*x)?.to_sql(ty, out),
            (Value::Integer(x), &Type::INT8) => x.to_sql(ty, out),
            (Value::Real(x), &Type::FLOAT8) => x.to_sql(ty, out),
            (Value::Text(x), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => x.to_sql(ty, out),
            (Value::Bytes(x), &Type::BYTEA) => x.to_sql(ty, out),
            (value, ty) => Err(format!("{} can't be bound to a {ty}", value.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// `$n` rewritten to `?n`, remembered per text of SQL (statements are few; see [`Query::bind_list`]).
pub(super) fn numbered(sql: &str) -> Arc<str> {
    static KNOWN: Mutex<Option<HashMap<String, Arc<str>>>> = Mutex::new(None);
    /// Statements remembered at most; beyond, they are rewritten each time.
    const KNOWN_MAX: usize = 4_096;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(sql) = known.get(sql) {
        return Arc::clone(sql);
    }
    let rewritten: Arc<str> = sql.replace('$', "?").into();
    if known.len() < KNOWN_MAX {
        known.insert(sql.to_owned(), Arc::clone(&rewritten));
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_padded_to_a_power_of_two_with_its_last_value() {
        let query = query("select 1 where a = $1 and b in ({list})").bind(7).bind_list(["x", "y", "z"]);
        assert_eq!(query.sql, "select 1 where a = $1 and b in ($2, $3, $4, $5)");
        assert_eq!(query.values.len(), 5);
        assert_eq!(query.values[4], Value::Text("z".into()));
    }

    #[test]
    fn an_empty_list_holds_one_null_and_so_matches_nothing() {
        let query = query("select 1 where b in ({list})").bind_list(Vec::<String>::new());
        assert_eq!(query.sql, "select 1 where b in ($1)");
        assert_eq!(query.values, vec![Value::Null]);
    }

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        assert_eq!(containing(r"50%_\x"), r"%50\%\_\\x%");
    }

    #[test]
    fn rows_are_numbered_through() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }
}

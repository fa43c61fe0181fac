//! The portable subset: one test for each row of the table on the front page of `src/db/mod.rs`. A statement written
//! that way means the same on SQLite and on PostgreSQL.

use lexi::db::{Db, Tx, Value, insert_rows, query};
use lexi::error::{Code, Error, Result};
use lexi::ids;
use serde_json::json;
use uuid::Uuid;

use crate::support::database::{TestDatabase, fresh};

const NOW_MS: i64 = 1_764_000_000_123;

/// A fresh database with a table of the test's own.
async fn with_table(create: &'static str) -> (TestDatabase, Db) {
    let (database, db) = fresh().await;
    run(&db, create).await;
    (database, db)
}

/// Runs a statement without values.
async fn run(db: &Db, sql: &'static str) {
    db.write(move |tx| query(sql).execute(tx)).await.unwrap();
}

/// The first column of all rows, as text.
async fn texts(db: &Db, sql: &'static str) -> Vec<String> {
    db.read(move |tx| query(sql).all(tx, |row| row.get(0))).await.unwrap()
}

#[tokio::test]
async fn ids_are_kept_as_lower_case_text_with_hyphens() {
    let (_database, db) = with_table("create table things (id text primary key)").await;
    let id = ids::new(NOW_MS);
    db.write(move |tx| query("insert into things (id) values ($1)").bind(id).execute(tx)).await.unwrap();
    assert_eq!(texts(&db, "select id from things").await, [id.hyphenated().to_string()]);
    let found: Uuid = db.read(|tx| query("select id from things").one(tx, |row| row.get(0))).await.unwrap();
    assert_eq!(found, id);
}

#[tokio::test]
async fn times_are_milliseconds_and_do_not_fit_into_32_bits() {
    let (_database, db) = with_table("create table things (at_ms bigint not null)").await;
    let times = [0, NOW_MS, -1, i64::MAX, i64::MIN];
    db.write(move |tx| {
        let values = times.map(Value::from).to_vec();
        insert_rows(tx, "insert into things (at_ms) values {rows}", 1, values, |_| Ok(()))
    })
    .await
    .unwrap();
    let found: Vec<i64> =
        db.read(|tx| query("select at_ms from things order by at_ms").all(tx, |row| row.get(0))).await.unwrap();
    assert_eq!(found, [i64::MIN, -1, 0, NOW_MS, i64::MAX]);
}

#[tokio::test]
async fn yes_and_no_are_one_and_zero() {
    let (_database, db) = with_table("create table things (archived integer not null)").await;
    db.write(|tx| query("insert into things (archived) values ($1), ($2)").bind(true).bind(false).execute(tx))
        .await
        .unwrap();
    let found: Vec<(bool, i64)> = db
        .read(|tx| query("select archived from things order by archived").all(tx, |row| Ok((row.get(0)?, row.get(0)?))))
        .await
        .unwrap();
    assert_eq!(found, [(false, 0), (true, 1)]);
    let archived: i64 = db
        .read(|tx| query("select count(*) from things where archived = $1").bind(true).one(tx, |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(archived, 1);
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went_in() {
    let (_database, db) =
        with_table("create table things (whole bigint, real double precision, word text, absent text, yes integer)")
            .await;
    let word = "Žofie 李 👩‍⚖️ \"quoted\" 'and' \\ back\nline";
    db.write(move |tx| {
        query("insert into things (whole, real, word, absent, yes) values ($1, $2, $3, $4, $5)")
            .bind(i64::MIN)
            .bind(2.0)
            .bind(word)
            .bind(None::<String>)
            .bind(Some(true))
            .execute(tx)
    })
    .await
    .unwrap();
    let (whole, real, text, nothing): (i64, f64, String, Option<String>) = db
        .read(|tx| {
            query("select whole, real, word, absent from things")
                .one(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        })
        .await
        .unwrap();
    assert_eq!((whole, real, text.as_str(), nothing), (i64::MIN, 2.0, word, None));
}

#[tokio::test]
async fn open_ended_data_is_text_that_holds_json() {
    let (_database, db) = with_table("create table things (data text)").await;
    let data = json!({"tags": ["a", "b"], "name": "Łukasz", "n": 1.5, "none": null});
    let sent = data.to_string();
    db.write(move |tx| query("insert into things (data) values ($1)").bind(&sent).execute(tx)).await.unwrap();
    let found: serde_json::Value =
        db.read(|tx| query("select data from things").one(tx, |row| row.get(0))).await.unwrap();
    assert_eq!(found, data);
}

#[tokio::test]
async fn an_enum_refuses_a_word_that_is_not_one_of_its_own() {
    let (_database, db) =
        with_table("create table things (state text not null check (state in ('waiting', 'done')))").await;
    run(&db, "insert into things (state) values ('waiting')").await;
    let refused = db.write(|tx| query("insert into things (state) values ($1)").bind("lost").execute(tx)).await;
    assert_eq!(refused.unwrap_err().code(), Code::InternalError);
    assert_eq!(texts(&db, "select state from things").await, ["waiting"]);
}

#[tokio::test]
async fn an_optional_filter_lets_everything_through_when_it_is_null() {
    let (_database, db) = with_table("create table things (kind text not null, status text)").await;
    run(&db, "insert into things (kind, status) values ('a', 'open'), ('a', 'done'), ('a', null), ('b', 'open')").await;
    let count = |status: Option<&'static str>| {
        db.read(move |tx| {
            query("select count(*) from things where kind = $1 and (cast($2 as text) is null or status = $2)")
                .bind("a")
                .bind(status)
                .one(tx, |row| row.get::<i64>(0))
        })
    };
    assert_eq!(count(None).await.unwrap(), 3);
    assert_eq!(count(Some("open")).await.unwrap(), 1);
    assert_eq!(count(Some("never")).await.unwrap(), 0);
}

#[tokio::test]
async fn deep_paging_by_row_comparison_meets_every_row_once() {
    let (_database, db) = with_table("create table things (at_ms bigint not null, id text primary key)").await;
    let ids: Vec<Uuid> = (0..23).map(|_| ids::new(NOW_MS)).collect();
    let rows: Vec<Value> =
        ids.iter().zip(0_i64..).flat_map(|(id, n)| [Value::from(NOW_MS + n / 5), Value::from(id)]).collect();
    db.write(move |tx| insert_rows(tx, "insert into things (at_ms, id) values {rows}", 2, rows.clone(), |_| Ok(())))
        .await
        .unwrap();
    let mut met = Vec::new();
    let mut after = (i64::MAX, Uuid::max());
    loop {
        let page: Vec<(i64, Uuid)> = db
            .read(move |tx| {
                query(
                    "select at_ms, id from things where (at_ms, id) < ($1, $2)
                     order by at_ms desc, id desc limit $3",
                )
                .bind(after.0)
                .bind(after.1)
                .bind(4_i64)
                .all(tx, |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = *last;
        met.extend(page.into_iter().map(|(_, id)| id));
    }
    assert_eq!(met, ids.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_of_any_length_up_to_500_finds_exactly_its_values() {
    let (_database, db) = with_table("create table things (kind text not null, n bigint not null)").await;
    db.write(|tx| {
        let rows = (0..600_i64).flat_map(|n| [Value::from("a"), Value::from(n)]).collect();
        insert_rows(tx, "insert into things (kind, n) values {rows}", 2, rows, |_| Ok(()))
    })
    .await
    .unwrap();
    for length in [0, 1, 2, 3, 64, 65, 499, 500] {
        let found: Vec<i64> = db
            .read(move |tx| {
                query("select n from things where kind = $1 and n in ({list}) order by n")
                    .bind("a")
                    .bind_list(0..length)
                    .all(tx, |row| row.get(0))
            })
            .await
            .unwrap();
        assert_eq!(found, (0..length).collect::<Vec<_>>(), "a list of {length}");
    }
    let both: i64 = db
        .read(|tx| {
            query("select count(*) from things where n in ({list}) and n in ({list})")
                .bind_list(0..10_i64)
                .bind_list(5..20_i64)
                .one(tx, |row| row.get(0))
        })
        .await
        .unwrap();
    assert_eq!(both, 5);
}

#[test]
#[should_panic(expected = "over the limit")]
fn a_list_of_501_values_is_a_mistake_of_ours() {
    let _ = query("select 1 where 1 in ({list})").bind_list(0..501_i64);
}

#[tokio::test]
async fn many_rows_are_inserted_in_a_few_statements_and_each_once() {
    let (_database, db) = with_table("create table things (n bigint primary key, word text)").await;
    for (from, rows) in [(0, 1), (1_000, 3), (2_000, 500), (3_000, 501), (4_000, 1_000)] {
        let returned: Vec<i64> = db
            .write(move |tx| {
                let values = (from..from + rows).flat_map(|n| [Value::from(n), Value::from(format!("w{n}"))]).collect();
                insert_rows(tx, "insert into things (n, word) values {rows} returning n", 2, values, |row| row.get(0))
            })
            .await
            .unwrap();
        assert_eq!(returned, (from..from + rows).collect::<Vec<_>>());
    }
    assert_eq!(texts(&db, "select cast(count(*) as text) from things").await, ["2005"]);
    let none: Vec<i64> = db
        .write(|tx| insert_rows(tx, "insert into things (n) values {rows} returning n", 1, Vec::new(), |r| r.get(0)))
        .await
        .unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn on_conflict_do_nothing_returns_only_the_rows_that_are_new() {
    let (_database, db) = with_table("create table things (n bigint primary key)").await;
    run(&db, "insert into things (n) values (2), (4)").await;
    let added: Vec<i64> = db
        .write(|tx| {
            // 5 is given twice: the second one meets the first.
            let values = [1, 2, 3, 4, 5, 5].map(|n: i64| Value::from(n)).to_vec();
            let sql = "insert into things (n) values {rows} on conflict do nothing returning n";
            insert_rows(tx, sql, 1, values, |row| row.get(0))
        })
        .await
        .unwrap();
    assert_eq!(added, [1, 3, 5]);
}

#[tokio::test]
async fn a_sum_cast_to_bigint_is_a_whole_number() {
    let (_database, db) = with_table("create table things (n bigint not null)").await;
    let sum =
        || db.read(|tx| query("select cast(sum(n) as bigint) from things").one(tx, |row| row.get::<Option<i64>>(0)));
    assert_eq!(sum().await.unwrap(), None);
    run(&db, "insert into things (n) values (4000000000), (4000000000), (-1)").await;
    assert_eq!(sum().await.unwrap(), Some(7_999_999_999));
}

#[tokio::test]
async fn an_upsert_takes_the_new_value() {
    let (_database, db) = with_table("create table things (name text primary key, n bigint not null)").await;
    let put = |n: i64| {
        db.write(move |tx| {
            query(
                "insert into things (name, n) values ($1, $2)
                 on conflict (name) do update set n = things.n + excluded.n
                 returning n",
            )
            .bind("a")
            .bind(n)
            .one(tx, |row| row.get::<i64>(0))
        })
    };
    assert_eq!(put(5).await.unwrap(), 5);
    assert_eq!(put(7).await.unwrap(), 12);
}

#[tokio::test]
async fn a_state_change_happens_once_and_says_so() {
    let (_database, db) = with_table("create table things (id text primary key, status text not null)").await;
    run(&db, "insert into things (id, status) values ('a', 'pending')").await;
    let approve = || {
        db.write(|tx| {
            query("update things set status = 'approved' where id = $1 and status = 'pending' returning id")
                .bind("a")
                .first(tx, |row| row.get::<String>(0))
        })
    };
    assert_eq!(approve().await.unwrap().as_deref(), Some("a"));
    assert_eq!(approve().await.unwrap(), None);
    let changed = db.write(|tx| query("update things set status = 'done'").execute(tx)).await.unwrap();
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn names_that_differ_in_case_meet_in_their_normalized_column() {
    let (_database, db) = with_table("create table things (name text not null, name_key text not null unique)").await;
    let add = |name: &'static str| {
        db.write(move |tx| {
            query("insert into things (name, name_key) values ($1, $2) on conflict do nothing returning name")
                .bind(name)
                .bind(name.to_lowercase())
                .first(tx, |row| row.get::<String>(0))
        })
    };
    assert!(add("Étude Müller").await.unwrap().is_some());
    assert!(add("étude MÜLLER").await.unwrap().is_none());
}

#[tokio::test]
async fn bytes_come_back_as_they_went_in() {
    let (_database, db) = fresh().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let kept = bytes.clone();
    db.write(move |tx| revision(tx, 1, &kept).and_then(|()| revision(tx, 2, &[]))).await.unwrap();
    let found: Vec<Vec<u8>> = db
        .read(|tx| query("select selection from task_revisions order by revision").all(tx, |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(found, [bytes, Vec::new()]);
}

/// Bytes stand in the real schema only (`blob` is spelled by the migrator): a revision of a task.
fn revision(tx: &mut Tx, number: i64, selection: &[u8]) -> Result<()> {
    let id = "01936f5e-0000-7000-8000-000000000001";
    query("insert into workspaces (id, name, name_key, created_at_ms) values ($1, 'w', 'w', 0) on conflict do nothing")
        .bind(id)
        .execute(tx)?;
    query(
        "insert into tasks (id, workspace_id, type, status, revision, plan_hash, created_by, created_at_ms,
             status_at_ms, expires_at_ms)
         values ($1, $1, 'prospect_search', 'pending', 1, '', '', 0, 0, 0) on conflict do nothing",
    )
    .bind(id)
    .execute(tx)?;
    query(
        "insert into task_revisions (task_id, revision, workspace_id, plan_hash, plan, selection, preview,
             description, query, created_by, created_at_ms)
         values ($1, $2, $1, '', '', $3, '', '', '', '', 0)",
    )
    .bind(id)
    .bind(number)
    .bind(selection)
    .execute(tx)?;
    Ok(())
}

#[tokio::test]
async fn text_is_ordered_by_a_stored_key() {
    let (_database, db) = with_table("create table things (name text not null, sort_key text not null)").await;
    db.write(|tx| {
        let rows = [("zeta", "zeta"), ("Änne", "anne"), ("Zoe", "zoe"), ("bea", "bea"), ("Abe", "abe")];
        let values = rows.iter().flat_map(|(name, key)| [Value::from(*name), Value::from(*key)]).collect();
        insert_rows(tx, "insert into things (name, sort_key) values {rows}", 2, values, |_| Ok(()))
    })
    .await
    .unwrap();
    let ordered = texts(&db, "select name from things order by sort_key").await;
    assert_eq!(ordered, ["Abe", "Änne", "bea", "zeta", "Zoe"]);
}

#[tokio::test]
async fn a_pattern_matches_a_normalized_column_with_its_signs_escaped() {
    let (_database, db) = with_table("create table things (name_key text not null)").await;
    db.write(|tx| {
        let values = ["50% off", "50 percent off", "a_b", "axb", "back\\slash"].map(Value::from).to_vec();
        insert_rows(tx, "insert into things (name_key) values {rows}", 1, values, |_| Ok(()))
    })
    .await
    .unwrap();
    for (pattern, expected) in [("%50\\%%", "50% off"), ("a\\_b", "a_b"), ("%\\\\%", "back\\slash")] {
        let found: Vec<String> = db
            .read(move |tx| {
                query("select name_key from things where name_key like $1 escape '\\'")
                    .bind(pattern)
                    .all(tx, |row| row.get(0))
            })
            .await
            .unwrap();
        assert_eq!(found, [expected], "{pattern}");
    }
}

#[tokio::test]
async fn the_larger_of_two_is_a_case_expression() {
    let (_database, db) = with_table("create table things (a bigint not null, b bigint not null)").await;
    run(&db, "insert into things (a, b) values (1, 2), (4, 3)").await;
    let found: Vec<i64> = db
        .read(|tx| query("select case when a > b then a else b end from things order by 1").all(tx, |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(found, [2, 4]);
}

#[tokio::test]
async fn placeholders_go_by_their_number_and_not_by_where_they_stand() {
    let (_database, db) = fresh().await;
    let found: (String, String, String) = db
        .read(|tx| {
            query("select cast($2 as text), cast($1 as text), cast($2 as text)")
                .bind("one")
                .bind("two")
                .one(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        })
        .await
        .unwrap();
    assert_eq!(found, ("two".into(), "one".into(), "two".into()));
    let eleventh: String = db
        .read(|tx| {
            let eleven = (1..=11).fold(
                query(
                    "select cast($11 as text) where $1 = '1' and $2 = '2' and $3 = '3' and $4 = '4' and $5 = '5'
                     and $6 = '6' and $7 = '7' and $8 = '8' and $9 = '9' and $10 = '10'",
                ),
                |query, n| query.bind(n.to_string()),
            );
            eleven.one(tx, |row| row.get(0))
        })
        .await
        .unwrap();
    assert_eq!(eleventh, "11");
}

#[tokio::test]
async fn a_value_too_many_or_too_few_is_an_error_and_not_a_null() {
    let (_database, db) = with_table("create table things (a text, b text)").await;
    let few = db.write(|tx| query("insert into things (a, b) values ($1, $2)").bind("x").execute(tx)).await;
    assert_eq!(few.unwrap_err().code(), Code::InternalError);
    let many = db.write(|tx| query("insert into things (a) values ($1)").bind("x").bind("y").execute(tx)).await;
    assert_eq!(many.unwrap_err().code(), Code::InternalError);
    assert!(texts(&db, "select a from things").await.is_empty());
}

#[tokio::test]
async fn text_with_u0000_is_refused_in_the_same_words_on_both() {
    let (_database, db) = with_table("create table things (word text)").await;
    let by_bind = db.write(|tx| query("insert into things (word) values ($1)").bind("a\0b").execute(tx)).await;
    let by_list = db
        .read(|tx| {
            query("select word from things where word in ({list})")
                .bind_list(["a", "\0"])
                .all(tx, |row| row.get::<String>(0))
        })
        .await;
    let by_rows = db
        .write(|tx| insert_rows(tx, "insert into things (word) values {rows}", 1, vec!["b\0".into()], |_| Ok(())))
        .await;
    for refused in [by_bind.unwrap_err(), by_list.unwrap_err(), by_rows.unwrap_err()] {
        let Error::Refused(refusal) = refused else { panic!("not a refusal: {refused}") };
        assert_eq!(refusal.code, Code::ValidationError);
        assert_eq!(refusal.message, "Text must not hold the character U+0000.");
    }
    assert!(texts(&db, "select word from things").await.is_empty());
}

#[tokio::test]
async fn a_column_that_holds_something_else_is_an_error() {
    let (_database, db) = with_table("create table things (word text, n bigint)").await;
    run(&db, "insert into things (word, n) values ('x', null)").await;
    let number = db.read(|tx| query("select word from things").one(tx, |row| row.get::<i64>(0))).await;
    assert_eq!(number.unwrap_err().code(), Code::InternalError);
    let null = db.read(|tx| query("select n from things").one(tx, |row| row.get::<i64>(0))).await;
    assert_eq!(null.unwrap_err().code(), Code::InternalError);
    let beyond = db.read(|tx| query("select word from things").one(tx, |row| row.get::<String>(7))).await;
    assert_eq!(beyond.unwrap_err().code(), Code::InternalError);
}

#[tokio::test]
async fn references_between_tables_are_kept() {
    let (_database, db) = fresh().await;
    let orphan = db
        .write(|tx| {
            query(
                "insert into lists (id, workspace_id, name, name_key, contact_count, created_at_ms, updated_at_ms)
                 values ('l', 'nowhere', 'L', 'l', 0, 0, 0)",
            )
            .execute(tx)
        })
        .await;
    assert_eq!(orphan.unwrap_err().code(), Code::InternalError);
    assert!(texts(&db, "select id from lists").await.is_empty());
}

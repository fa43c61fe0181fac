//! The export of contacts as a client of the API sees it: columns, filters, cells that no spreadsheet runs, ten an hour,
//! and a file that is whole or visibly broken.

use std::collections::HashSet;

use lexi::clock::{HOUR_MS, SECOND_MS};
use lexi::contacts::{self, NewContact};
use lexi::db::query;
use lexi::keys::permissions::Permissions;
use lexi::keys::roles::Roles;
use lexi::keys::{Caller, Kind};
use lexi::workspaces;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use uuid::Uuid;

use crate::support::{Answer, Client, Server};

const EXPORT: &str = "/v1/contacts/export";
const BEGIN: &str = "2025-11-24T16:00:00.000Z";
const MISSING: &str = "0193f2c4-0000-7000-8000-000000000000";
const DEFAULT: &str = "id,full_name,email,phone,job_title,company_name,linkedin_url,tags,created_at";

async fn desk() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.key("read,write").await;
    (server, client)
}

async fn made(client: &Client, path: &str, body: &Value) -> String {
    let answer = client.post(path, body).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer.json["data"]["id"].as_str().expect("an id").to_owned()
}

/// Contacts with these fields, made quickly; their ids in order.
async fn many(server: &Server, bodies: impl Iterator<Item = NewContact>) -> Vec<String> {
    let now_ms = server.now_ms();
    let mut ids = Vec::new();
    let bodies: Vec<contacts::New> = bodies.map(|body| body.check().unwrap()).collect();
    for bodies in bodies.chunks(200) {
        let bodies = bodies.to_vec();
        let made = server.app.db.write(move |tx| {
            let caller = Caller {
                workspace_id: workspaces::ensure_default(tx, now_ms)?.id,
                key_id: Uuid::nil(),
                kind: Kind::Service,
                owner: None,
                permissions: Permissions::all(),
                roles: Roles::NONE,
                request_id: None,
            };
            bodies.iter().map(|new| Ok(contacts::create(tx, &caller, new, now_ms)?.id.to_string())).collect()
        });
        let made: Vec<String> = made.await.unwrap();
        ids.extend(made);
    }
    ids
}

fn person(n: usize) -> NewContact {
    NewContact { full_name: Some(format!("Ada{n} Lovelace")), ..NewContact::default() }
}

/// Rows of a file that ended well.
#[track_caller]
fn rows(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"contacts-export.csv\""));
    let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(answer.text.as_bytes());
    csv.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// The names of an export with this query, in order.
async fn names(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("{EXPORT}?fields=full_name&{query}")).await;
    rows(&answer).into_iter().skip(1).map(|row| row[0].clone()).collect()
}

#[track_caller]
fn assert_refused(answer: &Answer, field: &str, message: &str) {
    let expected = json!({ "error": { "code": "validation_error", "message": message,
        "details": { "fields": { field: message } } } });
    assert_eq!((answer.status, &answer.json), (400, &expected));
}

#[tokio::test]
async fn a_file_has_the_published_columns_and_every_value() {
    let (_server, client) = desk().await;
    let body = json!({ "full_name": "Renata Okafor", "email": "Renata@Okafor.example", "phone": "(415) 555-0100",
        "job_title": "Chief Executive Officer", "company": "Okafor, \"Lindqvist\" LLP", "priority": "high",
        "linkedin_url": "https://www.linkedin.com/in/renata", "tags": ["vip", "a|b"],
        "custom_fields": { "since": 1998 }, "notes": "Met.\nTwice." });
    let first = made(&client, "/v1/contacts", &body).await;
    let second = made(&client, "/v1/contacts", &json!({ "first_name": "Cher" })).await;
    let answer = client.get(EXPORT).await;
    let expected = format!(
        "{DEFAULT}\n{first},Renata Okafor,Renata@Okafor.example,(415) 555-0100,Chief Executive Officer,\
         \"Okafor, \"\"Lindqvist\"\" LLP\",https://www.linkedin.com/in/renata,vip|a\\|b,{BEGIN}\n\
         {second},Cher,,,,,,,{BEGIN}\n"
    );
    assert_eq!(answer.text, expected);
    assert_eq!(answer.header("x-export-truncated"), Some("false"));
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"), "an end that was cut off can be seen");
    assert_eq!(rows(&answer).len(), 3);

    let all = "id,first_name,last_name,full_name,email,phone,job_title,company,company_name,related_company_id,\
               linkedin_url,priority,tags,custom_fields,notes,prospect_id,created_by_task,created_at,created_date,\
               updated_date";
    let [header, renata, _] = rows(&client.get(&format!("{EXPORT}?fields={all}")).await).try_into().unwrap();
    assert_eq!(header.join(","), all);
    let shown = client.get(&format!("/v1/contacts/{first}")).await.json["data"].clone();
    for (field, cell) in header.iter().zip(renata) {
        let value = match &shown[field] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(_) => r"vip|a\|b".to_owned(),
            other => other.to_string(),
        };
        assert_eq!(cell, value, "{field}");
    }
    let some = client.get(&format!("{EXPORT}?fields=%20email%20,full_name,&limit=1")).await;
    assert_eq!(some.text, "email,full_name\nRenata@Okafor.example,Renata Okafor\n");
    assert_eq!(client.get(&format!("{EXPORT}?fields=tags")).await.text, "tags\nvip|a\\|b\n\"\"\n");
}

#[tokio::test]
async fn each_filter_holds_and_together_they_all_do() {
    let (server, client) = desk().await;
    let list = made(&client, "/v1/lists", &json!({ "name": "Q1" })).await;
    let mut ids = Vec::new();
    for (name, tags) in
        [("Ann", json!(["vip", "ip"])), ("Bob", json!(["vip"])), ("Cay", json!([])), ("Dee", json!(["ip", "vip"]))]
    {
        ids.push(made(&client, "/v1/contacts", &json!({ "full_name": name, "tags": tags })).await);
        server.advance_ms(1_000);
    }
    let early = json!({ "full_name": "Eve", "created_date": "2024-01-01" });
    made(&client, "/v1/contacts", &early).await;
    let members = json!({ "contact_ids": [ids[0], ids[2], ids[3]] });
    client.post(&format!("/v1/lists/{list}/contacts"), &members).await;

    assert_eq!(names(&client, "").await, ["Eve", "Ann", "Bob", "Cay", "Dee"], "oldest first");
    assert_eq!(names(&client, &format!("created_after={BEGIN}")).await, ["Bob", "Cay", "Dee"]);
    server.advance_ms(HOUR_MS);
    assert_eq!(names(&client, &format!("created_before={BEGIN}")).await, ["Eve"]);
    assert_eq!(names(&client, "created_after=2024-01-01&created_before=2025-11-24T16:00:02Z").await, ["Ann", "Bob"]);
    assert_eq!(names(&client, &format!("list_id={list}")).await, ["Ann", "Cay", "Dee"]);
    assert_eq!(names(&client, "tag=vip").await, ["Ann", "Bob", "Dee"]);
    assert_eq!(names(&client, "tag=vip&tag=ip").await, ["Ann", "Dee"]);
    assert_eq!(names(&client, "tag=ip&tag=%20vip%20&tag=ip&tag=").await, ["Ann", "Dee"]);
    assert_eq!(names(&client, "tag=vip&tag=other").await, Vec::<String>::new());
    let all = format!("tag=vip&tag=ip&list_id={list}&created_after={BEGIN}&limit=5");
    assert_eq!(names(&client, &all).await, ["Dee"]);
    server.advance_ms(HOUR_MS);
    for (limit, rows, is_cut) in [(1, 1, "true"), (4, 4, "true"), (5, 5, "false"), (50_000, 5, "false")] {
        let answer = client.get(&format!("{EXPORT}?limit={limit}")).await;
        assert_eq!(answer.text.lines().count(), rows + 1);
        assert_eq!(answer.header("x-export-truncated"), Some(is_cut), "{limit}");
    }
    let looked = client.send(client.request(Method::HEAD, &format!("{EXPORT}?limit=1"))).await;
    assert_eq!((looked.status, looked.header("x-export-truncated"), looked.text.as_str()), (200, Some("true"), ""));
}

#[tokio::test]
async fn a_tag_is_found_as_it_is_and_never_as_a_part_of_another() {
    let (server, client) = desk().await;
    let tags = ["vip", "VIP", "x\"vip", "vip\"", "vip,", ",vip", ",", "[\"vip\"", "v%", "v_p", "\\", "ü", "]", "\",\""];
    for tag in tags {
        made(&client, "/v1/contacts", &json!({ "full_name": "Only", "tags": [tag] })).await;
        made(&client, "/v1/contacts", &json!({ "full_name": "First", "tags": [tag, "a,", "z"] })).await;
        made(&client, "/v1/contacts", &json!({ "full_name": "Last", "tags": ["a,", "x[", tag] })).await;
    }
    for tag in tags {
        let query = [("tag", tag), ("fields", "tags,full_name")];
        let url = reqwest::Url::parse_with_params("http://server/", query).unwrap();
        let found = rows(&client.get(&format!("{EXPORT}?{}", url.query().unwrap())).await);
        let names: Vec<&str> = found[1..].iter().map(|row| row[1].as_str()).collect();
        assert_eq!(names, ["Only", "First", "Last"], "{tag}: {found:?}");
        server.advance_ms(HOUR_MS);
    }
}

#[tokio::test]
async fn what_can_not_be_exported_is_refused_and_named() {
    let (server, client) = desk().await;
    let limit = |got: &str| format!("limit must be a whole number from 1 to 50000, got \"{got}\".");
    let time =
        |field: &str| format!("{field} must be an ISO 8601 time such as 2026-01-01T09:00:00.000Z, got \"soon\".");
    let known = "id, first_name, last_name, full_name, email, phone, job_title, company, company_name, \
                 related_company_id, linkedin_url, priority, tags, custom_fields, notes, prospect_id, created_by_task, \
                 created_at, created_date, updated_date";
    for (query, field, message) in [
        ("limit=0", "limit", limit("0")),
        ("limit=50001", "limit", limit("50001")),
        ("limit=many", "limit", limit("many")),
        ("created_after=soon", "created_after", time("created_after")),
        ("created_before=soon", "created_before", time("created_before")),
        (
            "fields=id,shoe_size",
            "fields",
            format!("fields names \"shoe_size\", which a contact has not. It has {known}."),
        ),
        ("fields=id,id", "fields", "fields names id twice.".to_owned()),
        ("limit=1&limit=2", "limit", "limit is given twice.".to_owned()),
        (&format!("tag={}", "x".repeat(101)), "tag", "tag must have at most 100 characters.".to_owned()),
        (
            &(0..51).map(|n| format!("tag={n}&")).collect::<String>(),
            "tag",
            "tag may be given 50 times: no contact has more.".to_owned(),
        ),
    ] {
        assert_refused(&client.get(&format!("{EXPORT}?{query}")).await, field, &message);
    }
    let foreign = made(&server.key_of("elsewhere", "write").await, "/v1/lists", &json!({ "name": "Q1" })).await;
    for list_id in [MISSING, "no-id", &foreign] {
        let answer = client.get(&format!("{EXPORT}?list_id={list_id}")).await;
        let expected = json!({ "error": { "code": "not_found", "message": "List not found" } });
        assert_eq!((answer.status, answer.json), (404, expected));
    }
    assert_eq!(server.key("write,lexi").await.get(EXPORT).await.status, 403);
    assert_eq!(client.post(EXPORT, &json!({})).await.status, 405);
    let many: String = (0..50).map(|n| format!("tag={n}&")).collect();
    assert_eq!(names(&client, &format!("{many}limit=50000")).await, Vec::<String>::new());
    assert_eq!(rows(&server.key("read:contacts").await.get(EXPORT).await).len(), 1, "the published spelling");
}

#[tokio::test]
async fn no_cell_of_a_file_is_run_by_a_spreadsheet() {
    let (_server, client) = desk().await;
    let nasty = [
        ("=HYPERLINK(\"http://evil.example\",\"x\")", true),
        ("=cmd|'/c calc'!A1", true),
        ("+1 415 555 0100", true),
        ("-2+3", true),
        ("@SUM(1+1)", true),
        ("'=1+1", true),
        ("''@x", true),
        ("＝1+1", true),
        ("O'Brien", false),
        ("'quoted'", false),
        ("1-2", false),
        ("a=b", false),
        ("Zoë, \"Z\"; Çelik", false),
    ];
    for (text, _) in nasty {
        let body = json!({ "first_name": "X", "job_title": text, "tags": [text], "notes": text, "company": text });
        made(&client, "/v1/contacts", &body).await;
    }
    let found = rows(&client.get(&format!("{EXPORT}?fields=job_title,company_name,notes,tags")).await);
    assert_eq!(found.len(), nasty.len() + 1);
    for ((text, is_formula), row) in nasty.into_iter().zip(&found[1..]) {
        let written = if is_formula { format!("'{text}") } else { text.to_owned() };
        assert_eq!(row[..3], [written.as_str(); 3]);
        assert_eq!(row[3], written.replace('|', "\\|"), "the tags");
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '＝'])), "{row:?}");
    }
}

#[tokio::test]
async fn a_workspace_has_ten_exports_an_hour_whoever_asks() {
    let (server, client) = desk().await;
    let colleague = server.key("contacts:read").await;
    let elsewhere = server.key_of("elsewhere", "read").await;
    server.advance_ms(12 * 60 * SECOND_MS);
    for _ in 0..5 {
        // None of these takes anything out.
        assert_eq!(client.get(&format!("{EXPORT}?limit=0")).await.status, 400);
        assert_eq!(client.get(&format!("{EXPORT}?list_id={MISSING}")).await.status, 404);
        assert_eq!(client.send(client.request(Method::HEAD, EXPORT)).await.status, 200);
        assert_eq!(client.get(EXPORT).await.status, 200);
        assert_eq!(colleague.get(EXPORT).await.status, 200);
    }
    let refused = |seconds: i64| {
        let message = format!("This workspace has made its 10 exports of this hour. Try again in {seconds} seconds.");
        json!({ "error": { "code": "rate_limited", "message": message } })
    };
    for caller in [&client, &colleague, &client] {
        let answer = caller.get(EXPORT).await;
        assert_eq!((answer.status, &answer.json), (429, &refused(48 * 60)));
        assert_eq!(answer.header("retry-after"), Some("2880"));
        assert!(answer.header("x-ratelimit-remaining").is_some());
    }
    assert_eq!(client.send(client.request(Method::HEAD, EXPORT)).await.status, 429);
    assert_eq!(elsewhere.get(EXPORT).await.status, 200, "another workspace has its own");
    server.advance_ms(48 * 60 * SECOND_MS - 1);
    let answer = client.get(EXPORT).await;
    assert_eq!((answer.status, answer.header("retry-after"), &answer.json), (429, Some("1"), &refused(1)));
    server.advance_ms(1);
    for _ in 0..10 {
        assert_eq!(client.get(EXPORT).await.status, 200, "a new hour");
    }
    assert_eq!(client.get(EXPORT).await.status, 429);
}

#[tokio::test]
async fn several_nodes_together_give_no_more_than_ten() {
    let (server, client) = desk().await;
    let beside = server.beside().await;
    let there = Client::new(&beside.url(), Some(client.key().to_owned()));
    let calls: Vec<_> = (0..30)
        .map(|n| {
            let client = if n % 2 == 0 { client.clone() } else { there.clone() };
            tokio::spawn(async move { client.get(EXPORT).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap());
    }
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(200), count(429)), (10, 20), "{statuses:?}");
}

#[tokio::test]
async fn who_took_contacts_out_is_an_event_without_personal_values() {
    let (server, client) = desk().await;
    made(&client, "/v1/contacts", &json!({ "full_name": "Renata Okafor", "tags": ["secret"] })).await;
    client.get(&format!("{EXPORT}?fields=id,email&tag=secret&created_after=2020-01-01")).await;
    client.send(client.request(Method::HEAD, EXPORT)).await;
    client.get(&format!("{EXPORT}?limit=0")).await;
    server.number_events().await;
    let find = |tx: &mut lexi::db::Tx| {
        query("select actor_kind, actor_id, request_id, data from events where type = 'contacts.exported'").all(
            tx,
            |row| {
                Ok((
                    row.get::<String>(0)?,
                    row.get::<Option<String>>(1)?,
                    row.get::<Option<String>>(2)?,
                    row.get::<Value>(3)?,
                ))
            },
        )
    };
    let [(kind, actor, request, data)] = server.app.db.read(find).await.unwrap().try_into().unwrap();
    assert_eq!(kind, "service");
    assert!(actor.is_some() && request.is_some());
    let filters = json!(["created_after", "tag"]);
    assert_eq!(data, json!({ "rows": 1, "fields": ["id", "email"], "filters": filters, "list_id": null }));
}

#[tokio::test]
async fn thousands_of_contacts_come_once_each_and_in_order_while_others_are_added() {
    let (server, client) = desk().await;
    let ids = many(&server, (0..3_207).map(person)).await;
    let adding = {
        let client = client.clone();
        tokio::spawn(async move {
            for n in 0..60 {
                made(&client, "/v1/contacts", &json!({ "full_name": format!("New {n}") })).await;
            }
        })
    };
    for limit in [3_207, 1_500] {
        let found = rows(&client.get(&format!("{EXPORT}?fields=id,full_name&limit={limit}")).await);
        assert_eq!(found.len(), limit + 1);
        for (n, row) in found[1..].iter().enumerate() {
            assert_eq!((&row[0], &row[1]), (&ids[n], &format!("Ada{n} Lovelace")));
        }
    }
    adding.await.unwrap();
    let list = made(&client, "/v1/lists", &json!({ "name": "Q1" })).await;
    for ids in ids[..1_300].chunks(100) {
        client.post(&format!("/v1/lists/{list}/contacts"), &json!({ "contact_ids": ids })).await;
    }
    let found = rows(&client.get(&format!("{EXPORT}?fields=id&list_id={list}")).await);
    assert!(found[1..].iter().map(|row| &row[0]).eq(&ids[..1_300]));
    assert_eq!(client.get(EXPORT).await.text.lines().count(), 3_207 + 60 + 1);
}

/// More than the buffers of a connection hold, so that an export which nobody reads stands still.
async fn wide(server: &Server) -> Vec<String> {
    let notes = Some("\u{1d54f}".repeat(contacts::NOTES_MAX));
    many(server, (0..500).map(|n| NewContact { notes: notes.clone(), ..person(n) })).await
}

#[tokio::test]
async fn an_export_that_nobody_reads_on_holds_nothing_up_and_ends_as_it_began() {
    let (server, client) = desk().await;
    let ids = wide(&server).await;
    let path = format!("{EXPORT}?fields=id,notes");
    let mut open = Vec::new();
    for _ in 0..6 {
        let mut response = client.request(Method::GET, &path).send().await.unwrap();
        let first = response.chunk().await.unwrap().expect("the header");
        open.push((response, first.to_vec()));
    }
    // More of them are open than there are readers of SQLite; others read and write all the same.
    let added = made(&client, "/v1/contacts", &json!({ "full_name": "New" })).await;
    assert_eq!(client.get("/v1/contacts?per_page=1").await.json["meta"]["total"], 501);
    let gone = &ids[499];
    assert_eq!(client.delete(&format!("/v1/contacts/{gone}")).await.status, 200);

    let (mut response, mut text) = open.pop().unwrap();
    drop(open);
    while let Some(more) = response.chunk().await.expect("it goes on") {
        text.extend_from_slice(&more);
    }
    let mut csv = csv::Reader::from_reader(text.as_slice());
    let found: Vec<String> = csv.records().map(|row| row.expect("a row")[0].to_owned()).collect();
    let distinct: HashSet<&String> = found.iter().collect();
    assert_eq!(distinct.len(), found.len(), "nobody twice");
    assert!(!found.contains(&added), "what was made meanwhile is not there");
    assert!(found.iter().filter(|id| *id != gone).eq(&ids[..499]), "and everybody else is");
}

/// Makes a row that can't be read, behind the first portion.
async fn spoil(server: &Server, id: &str) {
    let id = id.to_owned();
    let spoil =
        move |tx: &mut lexi::db::Tx| query("update contacts set tags = 'no tags' where id = $1").bind(&id).execute(tx);
    assert_eq!(server.app.db.write(spoil).await.unwrap(), 1);
}

#[tokio::test]
async fn a_file_that_breaks_off_never_looks_whole() {
    let (server, client) = desk().await;
    let ids = many(&server, (0..700).map(person)).await;
    spoil(&server, &ids[650]).await;
    let mut response = client.request(Method::GET, EXPORT).send().await.unwrap();
    assert_eq!(response.status(), 200, "it began well");
    let mut lines = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => lines += bytes.iter().filter(|byte| **byte == b'\n').count(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken, "the transfer is incomplete, not short");
    assert!(lines <= 501, "{lines}");

    // HTTP/1.0 ends with the connection, broken off or not: there the file says so itself.
    let mut stream = tokio::net::TcpStream::connect(server.url().trim_start_matches("http://")).await.unwrap();
    let request = format!("GET {EXPORT} HTTP/1.0\r\nAuthorization: Bearer {}\r\n\r\n", client.key());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.0 200 OK\r\n"), "{text}");
    assert!(text.ends_with("\nThe answer broke off here and is not complete. Ask again.\n"), "{text}");
    assert_eq!(client.get("/v1/lists").await.status, 200, "the server goes on");
}

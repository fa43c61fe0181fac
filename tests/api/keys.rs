//! API keys over HTTP: what their routes answer, what a key may grant, and when it stops being one. Protects that a
//! secret is shown once, that nobody grants more than he holds, and that no two reasons for a refusal can be told apart.

use lexi::clock::{DAY_MS, SECOND_MS, iso};
use lexi::keys::{Kind, Tier};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Server};

/// A caller who may administer keys and hold what most tests grant.
async fn with_admin() -> (Server, Client) {
    let server = Server::start().await;
    let person = |key: &mut lexi::keys::NewKey| key.kind = Kind::Human;
    let admin = server.key_with("default", "read,write,lexi,keys:admin", person).await;
    (server, admin)
}

async fn make(admin: &Client, body: &Value) -> Value {
    let answer = admin.post("/v1/api-keys", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["data"].clone()
}

fn id(key: &Value) -> &str {
    key["id"].as_str().expect("an id")
}

/// The id of the key a caller holds.
async fn own_id(caller: &Client) -> String {
    let listed = caller.get("/v1/api-keys?per_page=100").await.json;
    let keys = listed["data"]["api_keys"].as_array().expect("keys").clone();
    let own = keys
        .iter()
        .find(|key| caller.key().starts_with(key["prefix"].as_str().expect("a prefix")))
        .expect("the own key");
    id(own).to_owned()
}

async fn revoke(admin: &Client, id: &str) -> Answer {
    admin.delete(&format!("/v1/api-keys/{id}")).await
}

fn refused_field(answer: &Answer, status: u16, code: &str, field: &str) {
    assert_eq!((answer.status, answer.json["error"]["code"].as_str()), (status, Some(code)), "{}", answer.text);
    let message = &answer.json["error"]["details"]["fields"][field];
    assert!(message.is_string(), "{field}: {}", answer.text);
    assert_eq!(answer.json["error"]["message"], *message);
}

#[tokio::test]
async fn a_new_key_is_answered_with_everything_about_it_and_its_secret() {
    let (server, admin) = with_admin().await;
    let body = json!({ "name": " Site ", "permissions": ["read:contacts", "lexi"], "description": "the website",
        "rate_limit_tier": "high", "expires_at": "2026-01-31T00:00:00Z", "kind": "human", "owner": "Ann Lee" });
    let answer = admin.post("/v1/api-keys", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let made = &answer.json["data"];
    let secret = made["key"].as_str().unwrap();
    assert!(secret.starts_with("wbk_") && secret.len() == 56, "{secret}");
    assert!(secret[4..].bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{secret}");
    let expected = json!({ "data": {
        "key": secret, "id": made["id"], "name": "Site", "description": "the website", "prefix": secret[..8],
        "permissions": ["read:contacts", "lexi"],
        "effective_permissions": ["lexi:read", "lexi:chat", "lexi:approve", "contacts:read"],
        "roles": [],
        "rate_limit_tier": "org", "kind": "human", "owner": "Ann Lee", "created_by": own_id(&admin).await,
        "created_at": iso(server.now_ms()), "expires_at": "2026-01-31T00:00:00.000Z", "last_used_at": null,
        "revoked_at": null,
    } });
    assert_eq!(answer.json, expected);
    let caller = admin.with_key(secret);
    assert_eq!(caller.get("/v1/contacts").await.status, 200);
    assert_eq!(caller.get("/v1/lists").await.status, 403);
}

#[tokio::test]
async fn a_new_key_of_name_and_permissions_alone_is_a_service_with_the_standard_tier_and_no_end() {
    let (_server, admin) = with_admin().await;
    let made = make(&admin, &json!({ "name": "n", "permissions": ["read"] })).await;
    assert_eq!((&made["kind"], &made["rate_limit_tier"]), (&json!("service"), &json!("pro")));
    for field in ["description", "owner", "expires_at", "last_used_at", "revoked_at"] {
        assert_eq!(made[field], Value::Null, "{field}");
    }
    let bundle = "contacts:read companies:read lists:read suppressions:read prospects:read campaigns:read deals:read \
        activities:read webhooks:read events:read";
    assert_eq!(made["effective_permissions"], json!(bundle.split(' ').collect::<Vec<_>>()));
}

#[tokio::test]
async fn a_secret_is_never_shown_again_and_its_hash_never_at_all() {
    let (_server, admin) = with_admin().await;
    let made = make(&admin, &json!({ "name": "Site", "permissions": ["keys:admin"] })).await;
    let secret = made["key"].as_str().unwrap();
    let hash = sha256_hex(secret);
    assert!(!made.to_string().contains(&hash));
    let revoked = make(&admin, &json!({ "name": "Gone", "permissions": ["read"] })).await;
    assert_eq!(revoke(&admin, id(&revoked)).await.status, 204);
    for caller in [&admin, &admin.with_key(secret)] {
        let listed = caller.get("/v1/api-keys?include_revoked=true&per_page=100").await;
        assert_eq!(listed.json["meta"]["total"], 3);
        for hidden in [secret, &hash, admin.key(), &sha256_hex(admin.key()), revoked["key"].as_str().unwrap()] {
            assert!(!listed.text.contains(hidden), "{}", listed.text);
        }
        for key in listed.json["data"]["api_keys"].as_array().unwrap() {
            assert!(key.get("key").is_none() && key.get("hash").is_none(), "{key}");
        }
    }
}

fn sha256_hex(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_repeated_creation_answers_the_same_key_without_its_secret() {
    let (_server, admin) = with_admin().await;
    let body = json!({ "name": "Site", "permissions": ["read"] });
    let send = || admin.send(admin.request(Method::POST, "/v1/api-keys").header("Idempotency-Key", "k-1").json(&body));
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status, second.status), (201, 201));
    let mut expected = first.json.clone();
    expected["data"]["key"] = Value::Null;
    assert_eq!(second.json, expected);
    assert_eq!(admin.get("/v1/api-keys?search=Site").await.json["meta"]["total"], 1);
}

#[tokio::test]
async fn each_wrong_field_of_a_new_key_is_named() {
    let (server, admin) = with_admin().await;
    let now = iso(server.now_ms());
    for (field, wrong) in [
        ("name", json!("")),
        ("name", json!("   ")),
        ("name", json!("n".repeat(121))),
        ("name", json!("two\nlines")),
        ("name", json!("\u{1b}[2J")),
        ("owner", json!("Ann\u{7}")),
        ("name", Value::Null),
        ("name", json!(7)),
        ("permissions", json!([])),
        ("permissions", json!(["read", "fly"])),
        ("permissions", json!("read")),
        ("permissions", json!(vec!["read"; 101])),
        ("description", json!("d".repeat(2_001))),
        ("owner", json!("o".repeat(201))),
        ("rate_limit_tier", json!("gold")),
        ("rate_limit_tier", json!("Pro")),
        ("expires_at", json!("tomorrow")),
        ("expires_at", json!("2025-11-24T16:00:00")),
        ("expires_at", json!(now)),
        ("kind", json!("robot")),
    ] {
        let mut body = json!({ "name": "Site", "permissions": ["read"] });
        body[field] = wrong;
        let answer = admin.post("/v1/api-keys", &body).await;
        refused_field(&answer, 400, "validation_error", field);
    }
    let missing = admin.post_empty("/v1/api-keys").await;
    refused_field(&missing, 400, "validation_error", "name");
    let missing = admin.post("/v1/api-keys", &json!({ "name": "n" })).await;
    refused_field(&missing, 400, "validation_error", "permissions");
    let wrong_item = admin.post("/v1/api-keys", &json!({ "name": "n", "permissions": ["read", 7] })).await;
    refused_field(&wrong_item, 400, "validation_error", "permissions[1]");
    assert_eq!(admin.get("/v1/api-keys").await.json["meta"]["total"], 1, "nothing was made");
}

#[tokio::test]
async fn fields_at_their_limits_are_taken() {
    let (server, admin) = with_admin().await;
    let body = json!({ "name": "ü".repeat(120), "permissions": ["read"], "description": "d".repeat(2_000),
        "owner": "o".repeat(200), "expires_at": iso(server.now_ms() + 1) });
    let made = make(&admin, &body).await;
    assert_eq!((&made["name"], &made["owner"]), (&body["name"], &body["owner"]));
    assert_eq!(made["expires_at"], iso(server.now_ms() + 1));
}

#[tokio::test]
async fn a_key_grants_at_most_its_own_permissions() {
    let server = Server::start().await;
    let admin = server.key("contacts:read,contacts:write,lexi,keys:admin").await;
    for granted in [json!(["contacts:read"]), json!(["read:contacts", "write:contacts"]), json!(["lexi", "keys:admin"])]
    {
        make(&admin, &json!({ "name": "within", "permissions": granted })).await;
    }
    for (beyond, lacking) in [
        (json!(["lists:read"]), "lists:read"),
        (json!(["read"]), "lists:read"),
        (json!(["contacts:read", "write"]), "lists:write"),
        (json!(["audit:read"]), "audit:read"),
        (json!(["policies:admin"]), "policies:admin"),
    ] {
        let answer = admin.post("/v1/api-keys", &json!({ "name": "beyond", "permissions": beyond })).await;
        refused_field(&answer, 403, "insufficient_permissions", "permissions");
        assert!(answer.json["error"]["message"].as_str().unwrap().contains(lacking), "{}", answer.text);
    }
    assert_eq!(admin.get("/v1/api-keys?search=beyond").await.json["meta"]["total"], 0);
}

#[tokio::test]
async fn a_key_grants_at_most_its_own_tier() {
    let server = Server::start().await;
    for (own, within, beyond, unsaid) in [
        (Tier::Starter, &["starter"] as &[_], &["pro", "standard", "org", "high", "unmetered"] as &[_], "starter"),
        (Tier::Pro, &["starter", "pro", "standard"], &["org", "high", "unmetered"], "pro"),
        (Tier::Org, &["starter", "org", "high"], &["unmetered"], "pro"),
        (Tier::Unmetered, &["unmetered"], &[], "pro"),
    ] {
        let admin = server.key_with("default", "read,keys:admin", |key| key.tier = Some(own)).await;
        let body = json!({ "name": "unsaid", "permissions": ["read"] });
        assert_eq!(make(&admin, &body).await["rate_limit_tier"], unsaid);
        for tier in within {
            make(&admin, &json!({ "name": "within", "permissions": ["read"], "rate_limit_tier": tier })).await;
        }
        for tier in beyond {
            let body = json!({ "name": "beyond", "permissions": ["read"], "rate_limit_tier": tier });
            let answer = admin.post("/v1/api-keys", &body).await;
            refused_field(&answer, 403, "insufficient_permissions", "rate_limit_tier");
        }
    }
}

#[tokio::test]
async fn a_key_grants_at_most_its_own_expiry() {
    let server = Server::start().await;
    let ends_ms = server.now_ms() + DAY_MS;
    let admin = server.key_with("default", "read,keys:admin", |key| key.expires_at_ms = Some(ends_ms)).await;
    let unsaid = make(&admin, &json!({ "name": "n", "permissions": ["read"] })).await;
    assert_eq!(unsaid["expires_at"], iso(ends_ms));
    let same = make(&admin, &json!({ "name": "n", "permissions": ["read"], "expires_at": iso(ends_ms) })).await;
    assert_eq!(same["expires_at"], iso(ends_ms));
    let later = json!({ "name": "n", "permissions": ["read"], "expires_at": iso(ends_ms + 1) });
    let answer = admin.post("/v1/api-keys", &later).await;
    refused_field(&answer, 403, "insufficient_permissions", "expires_at");
}

#[tokio::test]
async fn the_published_spellings_of_permissions_mean_ours() {
    let (_server, admin) = with_admin().await;
    for (published, ours) in [
        ("read:contacts", "contacts:read"),
        ("write:contacts", "contacts:write"),
        ("write:companies", "companies:write"),
        ("read:deals", "deals:read"),
        ("write:deals", "deals:write"),
        ("read:ai", "lexi:read"),
        ("write:ai", "lexi:chat"),
        ("admin:api_keys", "keys:admin"),
        ("admin:webhooks", "webhooks:write"),
    ] {
        let made = make(&admin, &json!({ "name": published, "permissions": [published] })).await;
        assert_eq!(made["permissions"], json!([published]));
        assert_eq!(made["effective_permissions"], json!([ours]));
    }
    let chat = make(&admin, &json!({ "name": "chat", "permissions": ["write:ai"] })).await;
    let caller = admin.with_key(chat["key"].as_str().unwrap());
    assert_eq!(caller.post("/v1/lexi/chat", &json!({ "message": "hello" })).await.status, 200);
    assert_eq!(caller.get("/v1/lexi/tasks").await.status, 403);
    assert_eq!(caller.post_empty("/v1/lexi/tasks/no-id/approve").await.status, 403);
}

#[tokio::test]
async fn no_bundle_may_see_make_or_revoke_keys() {
    let (server, admin) = with_admin().await;
    let everyday = server.key("read,write,lexi").await;
    let expected = json!({ "error": { "code": "insufficient_permissions",
        "message": "This key lacks the permission keys:admin. Use a key that holds it." } });
    for answer in [
        everyday.get("/v1/api-keys").await,
        everyday.post("/v1/api-keys", &json!({ "name": "n", "permissions": ["read"] })).await,
        revoke(&everyday, &own_id(&admin).await).await,
    ] {
        assert_eq!((answer.status, &answer.json), (403, &expected));
    }
}

#[tokio::test]
async fn a_key_ends_to_the_millisecond_also_where_it_is_remembered() {
    let (server, admin) = with_admin().await;
    let body = json!({ "name": "ending", "permissions": ["read"], "expires_at": iso(server.now_ms() + 500) });
    let caller = admin.with_key(make(&admin, &body).await["key"].as_str().unwrap());
    // From here on the process trusts what it remembers of keys, as one with its background loops does.
    server.app.keys.look(server.now_ms()).await.unwrap();
    assert_eq!(caller.get("/v1/lists").await.status, 200);
    server.advance_ms(499);
    assert_eq!(caller.get("/v1/lists").await.status, 200);
    server.advance_ms(1);
    assert_eq!(caller.get("/v1/lists").await.status, 401);
    assert_eq!(
        admin.get("/v1/api-keys?search=ending").await.json["meta"]["total"],
        1,
        "it is shown as long as it is kept"
    );
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_also_where_it_is_remembered() {
    let (server, admin) = with_admin().await;
    let made = make(&admin, &json!({ "name": "n", "permissions": ["read"] })).await;
    let caller = admin.with_key(made["key"].as_str().unwrap());
    server.app.keys.look(server.now_ms()).await.unwrap();
    assert_eq!(caller.get("/v1/lists").await.status, 200);
    let answer = revoke(&admin, id(&made)).await;
    assert_eq!((answer.status, answer.text.as_str(), answer.header("content-type")), (204, "", None));
    assert_eq!(caller.get("/v1/lists").await.status, 401);
    let again = revoke(&admin, id(&made)).await;
    assert_eq!(again.status, 404);
    assert_eq!(again.json, json!({ "error": { "code": "not_found", "message": "API key not found" } }));
}

#[tokio::test]
async fn a_key_revoked_by_one_node_is_refused_by_another_within_a_second() {
    let (server, admin) = with_admin().await;
    let other = server.beside().await;
    let made = make(&admin, &json!({ "name": "n", "permissions": ["read"] })).await;
    let there = Client::new(&other.url(), Some(made["key"].as_str().unwrap().to_owned()));
    other.app.keys.look(other.now_ms()).await.unwrap();
    assert_eq!(there.get("/v1/lists").await.status, 200);
    assert_eq!(revoke(&admin, id(&made)).await.status, 204);
    server.advance_ms(SECOND_MS);
    assert_eq!(there.get("/v1/lists").await.status, 401, "without having looked since");
}

#[tokio::test]
async fn keys_that_are_no_longer_or_never_were_valid_cannot_be_told_apart() {
    let (server, admin) = with_admin().await;
    let revoked = make(&admin, &json!({ "name": "revoked", "permissions": ["read"] })).await;
    assert_eq!(revoke(&admin, id(&revoked)).await.status, 204);
    let soon = iso(server.now_ms() + 1);
    let expired = make(&admin, &json!({ "name": "expired", "permissions": ["read"], "expires_at": soon })).await;
    server.advance_ms(1);
    let unknown = format!("wbk_{}", "a".repeat(52));
    let valid = admin.key();
    let headers = [
        Some(format!("Bearer {}", revoked["key"].as_str().unwrap())),
        Some(format!("Bearer {}", expired["key"].as_str().unwrap())),
        Some(format!("Bearer {unknown}")),
        Some("Bearer wbk_short".to_owned()),
        Some(format!("Bearer {}", valid.to_uppercase())),
        Some(format!("Bearer {valid}x")),
        Some(format!("Basic {valid}")),
        Some(valid.to_owned()),
        Some("Bearer".to_owned()),
        Some(String::new()),
        None,
    ];
    let nobody = server.stranger();
    for (method, path) in
        [(Method::GET, "/v1/lists"), (Method::POST, "/v1/lexi/chat"), (Method::PATCH, "/v1/lexi/chat")]
    {
        let mut first = None;
        for header in &headers {
            let mut request = nobody.request(method.clone(), path);
            if let Some(header) = header {
                request = request.header("Authorization", header);
            }
            let answer = nobody.send(request).await;
            assert_eq!(answer.status, 401, "{path} {header:?}");
            assert_eq!(answer.text, r#"{"error":{"code":"invalid_key","message":"Invalid API key"}}"#);
            let names: Vec<String> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
            assert_eq!(*first.get_or_insert_with(|| names.clone()), names, "{header:?}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

#[tokio::test]
async fn the_last_admin_key_cannot_revoke_itself() {
    let server = Server::start().await;
    let admin = server.key("read,keys:admin").await;
    let own = own_id(&admin).await;
    let ends_ms = server.now_ms() + DAY_MS;
    let ending = server.key_with("default", "keys:admin", |key| key.expires_at_ms = Some(ends_ms)).await;
    server.key("read,write,lexi").await;
    server.key_of("elsewhere", "keys:admin").await;
    server.advance_days(1);
    assert_eq!(ending.get("/v1/api-keys").await.status, 401);
    let refused = revoke(&admin, &own).await;
    let expected = json!({ "error": { "code": "insufficient_permissions",
        "message": "This is the last active admin key. Create another key with keys:admin before you revoke it." } });
    assert_eq!((refused.status, refused.json), (403, expected));
    assert_eq!(admin.get("/v1/api-keys").await.status, 200);
    let second = make(&admin, &json!({ "name": "second", "permissions": ["keys:admin"] })).await;
    assert_eq!(revoke(&admin, &own).await.status, 204);
    let second_key = admin.with_key(second["key"].as_str().unwrap());
    assert_eq!(revoke(&second_key, id(&second)).await.status, 403, "now it is the last");
}

#[tokio::test]
async fn two_admin_keys_that_revoke_each_other_leave_one() {
    for _ in 0..5 {
        let server = Server::start().await;
        let (one, other) = (server.key("keys:admin").await, server.key("keys:admin").await);
        let (one_id, other_id) = (own_id(&one).await, own_id(&other).await);
        let (first, second) = tokio::join!(revoke(&one, &other_id), revoke(&other, &one_id));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 401], "{} {}", first.text, second.text);
        let left = [one.get("/v1/api-keys").await.status, other.get("/v1/api-keys").await.status];
        assert_eq!(left.iter().filter(|status| **status == 200).count(), 1, "{left:?}");
    }
}

#[tokio::test]
async fn the_list_has_25_keys_on_a_page_newest_first() {
    let (server, admin) = with_admin().await;
    for n in 0..30 {
        server.advance_ms(1);
        make(&admin, &json!({ "name": format!("key {n}"), "permissions": ["read"] })).await;
    }
    let names = |answer: &Answer| -> Vec<String> {
        let keys = answer.json["data"]["api_keys"].as_array().expect("keys").clone();
        keys.iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
    };
    let first = admin.get("/v1/api-keys").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.json["meta"], json!({ "page": 1, "per_page": 25, "total": 31 }));
    assert_eq!(names(&first).len(), 25);
    assert_eq!(names(&first)[..2], ["key 29", "key 28"]);
    let second = admin.get("/v1/api-keys?page=2").await;
    assert_eq!(names(&second).len(), 6);
    assert_eq!(names(&second)[4], "key 0");
    assert_eq!(names(&admin.get("/v1/api-keys?per_page=100").await).len(), 31);
    assert_eq!(names(&admin.get("/v1/api-keys?page=3").await), Vec::<String>::new());
    for (query, field) in [
        ("per_page=101", "per_page"),
        ("per_page=0", "per_page"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("include_revoked=maybe", "include_revoked"),
    ] {
        let answer = admin.get(&format!("/v1/api-keys?{query}")).await;
        refused_field(&answer, 400, "validation_error", field);
    }
    let long = format!("/v1/api-keys?search={}", "s".repeat(201));
    refused_field(&admin.get(&long).await, 400, "validation_error", "search");
}

#[tokio::test]
async fn a_search_finds_parts_of_names_and_descriptions_and_takes_signs_as_they_are() {
    let (_server, admin) = with_admin().await;
    make(&admin, &json!({ "name": "Nightly Export", "permissions": ["read"] })).await;
    make(&admin, &json!({ "name": "Site", "permissions": ["read"], "description": "100% of Übersee_traffic" })).await;
    for (search, found) in [
        ("nightly", 1),
        ("EXPORT", 1),
        ("tly ex", 1),
        ("%C3%BCbersee", 1),
        ("100%25", 1),
        ("%25", 1),
        ("see_t", 1),
        ("_", 1),
        ("\\", 0),
        ("nobody", 0),
        ("wbk_", 0),
        ("", 3),
        ("%20%20", 3),
    ] {
        let answer = admin.get(&format!("/v1/api-keys?search={search}")).await;
        assert_eq!((answer.status, &answer.json["meta"]["total"]), (200, &json!(found)), "{search}: {}", answer.text);
    }
}

#[tokio::test]
async fn revoked_keys_are_listed_when_they_are_asked_for() {
    let (server, admin) = with_admin().await;
    let made = make(&admin, &json!({ "name": "Gone", "permissions": ["read"] })).await;
    server.advance_ms(7);
    assert_eq!(revoke(&admin, id(&made)).await.status, 204);
    for (query, total) in
        [("", 1), ("?include_revoked=false", 1), ("?include_revoked=0", 1), ("?include_revoked=true", 2)]
    {
        assert_eq!(admin.get(&format!("/v1/api-keys{query}")).await.json["meta"]["total"], total, "{query}");
    }
    let listed = admin.get("/v1/api-keys?include_revoked=1&search=gone").await.json;
    assert_eq!(listed["data"]["api_keys"][0]["revoked_at"], iso(server.now_ms()));
}

#[tokio::test]
async fn the_last_use_of_a_key_is_shown_to_the_minute() {
    let (server, admin) = with_admin().await;
    let used_ms = server.now_ms() + 61_234;
    server.advance_ms(61_234);
    let made = make(&admin, &json!({ "name": "unused", "permissions": ["read"] })).await;
    server.app.keys.write_last_used().await.unwrap();
    let listed = admin.get("/v1/api-keys").await.json;
    let shown: Vec<(&Value, &Value)> =
        listed["data"]["api_keys"].as_array().unwrap().iter().map(|key| (&key["id"], &key["last_used_at"])).collect();
    assert_eq!(shown[0], (&made["id"], &Value::Null));
    assert_eq!(shown[1].1, &json!(iso(used_ms - used_ms % 60_000)));
}

#[tokio::test]
async fn two_workspaces_never_see_each_others_keys() {
    let (server, admin) = with_admin().await;
    let elsewhere = server.key_of("elsewhere", "read,keys:admin").await;
    let made = make(&admin, &json!({ "name": "ours", "permissions": ["read"] })).await;
    let listed = elsewhere.get("/v1/api-keys?include_revoked=true&search=ours").await.json;
    assert_eq!(listed["meta"]["total"], 0);
    assert_eq!(elsewhere.get("/v1/api-keys?include_revoked=true").await.json["meta"]["total"], 1);
    let foreign = revoke(&elsewhere, id(&made)).await;
    let unknown = revoke(&elsewhere, "0193f2c4-0000-7000-8000-000000000000").await;
    assert_eq!((foreign.status, &foreign.text), (404, &unknown.text));
    assert_eq!(unknown.status, 404);
    assert_eq!(admin.with_key(made["key"].as_str().unwrap()).get("/v1/lists").await.status, 200);
}

#[tokio::test]
async fn what_a_key_is_decides_how_its_decisions_are_shown() {
    let server = Server::start().await;
    server.law_firm_ceos(10).await;
    let person = |key: &mut lexi::keys::NewKey| {
        key.kind = Kind::Human;
        key.owner = Some("Ann Lee".into());
    };
    let caller = server.key_with("default", "read,lexi", person).await;
    let message = json!({ "message": "Find 5 CEOs at law firms in California" });
    let task_id = caller.post("/v1/lexi/chat", &message).await.json["data"]["task_id"].as_str().unwrap().to_owned();
    let claims = json!({ "kind": "policy", "owner": "Somebody Else", "decided_by": "nobody" });
    assert_eq!(caller.post(&format!("/v1/lexi/tasks/{task_id}/approve"), &claims).await.status, 200);
    let decision = caller.get(&format!("/v1/lexi/tasks/{task_id}")).await.json["data"]["decision"].clone();
    assert_eq!((&decision["kind"], &decision["owner"]), (&json!("human"), &json!("Ann Lee")));
}

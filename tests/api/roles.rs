//! Roles on keys: who may carry and grant the words by which rules know whose approval it is, and who may make a key of
//! a person.

use lexi::keys::Kind;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Installation, Server};

/// A caller who may administer keys, is a person or not, and carries these roles.
async fn admin(server: &Server, permissions: &str, kind: Kind, roles: &[&str]) -> Client {
    let roles: Vec<String> = roles.iter().map(|&role| role.to_owned()).collect();
    let change = move |key: &mut lexi::keys::NewKey| {
        key.kind = kind;
        key.roles = roles;
    };
    server.key_with("default", permissions, change).await
}

async fn create(by: &Client, roles: &Value) -> Answer {
    by.post("/v1/api-keys", &json!({ "name": "n", "permissions": ["lexi"], "roles": roles })).await
}

#[track_caller]
fn refused(answer: &Answer, status: u16, field: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.json["error"]["details"]["fields"][field].is_string(), "{field}: {}", answer.text);
}

#[tokio::test]
async fn the_roles_of_a_key_are_shown_as_lower_case_words_each_once() {
    let server = Server::start().await;
    let admin = admin(&server, "lexi,keys:admin,policies:admin", Kind::Human, &[]).await;
    let made = create(&admin, &json!([" Partner", "compliance", "PARTNER"])).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json["data"]["roles"], json!(["compliance", "partner"]));
    let listed = admin.get("/v1/api-keys").await.json;
    assert_eq!(listed["data"]["api_keys"][0]["roles"], json!(["compliance", "partner"]));
    assert_eq!(listed["data"]["api_keys"][1]["roles"], json!([]));
}

#[tokio::test]
async fn a_key_grants_the_roles_it_carries_and_one_with_policies_admin_any() {
    let server = Server::start().await;
    let partner = admin(&server, "lexi,keys:admin", Kind::Human, &["partner"]).await;
    assert_eq!(create(&partner, &json!(["partner"])).await.status, 201);
    let beyond = create(&partner, &json!(["partner", "compliance"])).await;
    refused(&beyond, 403, "roles");
    assert!(beyond.json["error"]["message"].as_str().unwrap().contains("compliance"), "{}", beyond.text);
    let head = admin(&server, "lexi,keys:admin,policies:admin", Kind::Human, &[]).await;
    assert_eq!(create(&head, &json!(["compliance"])).await.status, 201);
}

#[tokio::test]
async fn only_a_persons_key_makes_a_persons_key() {
    let server = Server::start().await;
    let body = json!({ "name": "n", "permissions": ["lexi"], "kind": "human" });
    let program = admin(&server, "lexi,keys:admin,policies:admin", Kind::Service, &[]).await;
    let minted = program.post("/v1/api-keys", &body).await;
    refused(&minted, 403, "kind");
    assert_eq!(minted.json["error"]["code"], "insufficient_permissions");
    assert_eq!(program.get("/v1/api-keys").await.json["meta"]["total"], 1);
    let person = admin(&server, "lexi,keys:admin", Kind::Human, &[]).await;
    assert_eq!(person.post("/v1/api-keys", &body).await.status, 201);
    assert_eq!(program.post("/v1/api-keys", &json!({ "name": "n", "permissions": ["lexi"] })).await.status, 201);
}

#[tokio::test]
async fn what_is_no_role_and_too_many_of_them_are_refused() {
    let server = Server::start().await;
    let admin = admin(&server, "lexi,keys:admin,policies:admin", Kind::Human, &[]).await;
    let (long, longer) = ("x".repeat(40), "x".repeat(41));
    for wrong in ["", "two words", "2nd", "requester", "human", "and", &longer] {
        refused(&create(&admin, &json!([wrong])).await, 400, "roles");
    }
    assert_eq!(create(&admin, &json!([long])).await.status, 201);
    let many = |n: usize| json!((0..n).map(|at| format!("role-{at}")).collect::<Vec<_>>());
    assert_eq!(create(&admin, &many(16)).await.status, 201);
    refused(&create(&admin, &many(17)).await, 400, "roles");
}

#[tokio::test]
async fn the_command_line_makes_keys_with_roles() {
    let home = Installation::new().await;
    home.lexi(&["keys", "create", "--name", "desk", "--kind", "human", "--role", "Partner", "--role", "compliance"]);
    let listed = home.lexi(&["keys", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["keys"][0]["roles"], json!(["compliance", "partner"]));
}

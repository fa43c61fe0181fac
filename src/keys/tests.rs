//! Keys on real databases: what is granted, found and revoked, and who hears of it.

use super::*;
use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::db::testing::{self, Scratch};
use crate::db::{Db, query};
use crate::http::PageParams;
use crate::workspaces;

const NOW: i64 = 1_764_000_000_000;

/// A database with a workspace, and keys that hear of its commits.
struct Office {
    db: Db,
    keys: Arc<Keys>,
    workspace_id: Uuid,
}

async fn office(scratch: &Scratch) -> Office {
    let db = scratch.db();
    let keys = Arc::new(Keys::new(db.clone()));
    let told = Arc::clone(&keys);
    db.on_commit(move |signal| {
        if let Signal::KeysChanged(version) = signal {
            told.changed(*version);
        }
    });
    let workspace_id = db.write(|tx| workspaces::ensure_default(tx, NOW)).await.unwrap().id;
    Office { db, keys, workspace_id }
}

fn wanted(permissions: &[&str]) -> NewKey {
    NewKey {
        name: "Intake".to_owned(),
        description: None,
        permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
        tier: None,
        roles: Vec::new(),
        kind: Kind::Service,
        owner: None,
        expires_at_ms: None,
    }
}

impl Office {
    async fn create(&self, by: By, new: NewKey) -> Result<CreatedKey> {
        let secret = Secret::draw().unwrap();
        self.db.write(move |tx| create(tx, &by, &new, &secret, NOW)).await
    }

    async fn made(&self, new: NewKey) -> CreatedKey {
        self.create(By::Operator(self.workspace_id), new).await.unwrap()
    }

    async fn revoke(&self, by: By, key_id: Uuid) -> Result<()> {
        self.db.write(move |tx| revoke(tx, &by, key_id, NOW)).await
    }

    async fn find(&self, created: &CreatedKey, now_ms: i64) -> Option<Arc<KnownKey>> {
        self.keys.find(created.key.as_deref().unwrap(), now_ms).await.unwrap()
    }

    async fn caller(&self, created: &CreatedKey) -> By {
        By::Caller(self.find(created, NOW).await.unwrap().caller(Some(Uuid::nil())))
    }

    async fn listed(&self, filter: Filter) -> Vec<String> {
        let workspace_id = self.workspace_id;
        let paging = PageParams::default().check(25).unwrap();
        let (keys, total) = self.db.read(move |tx| list(tx, workspace_id, &filter, paging)).await.unwrap();
        assert_eq!(keys.len() as u64, total);
        keys.into_iter().map(|key| key.name).collect()
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T>) -> (Code, String) {
    let error = answer.unwrap_err();
    (error.code(), error.to_string())
}

#[tokio::test]
async fn a_key_is_found_by_its_secret_alone_until_it_expires() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let expires_at_ms = NOW + MINUTE_MS;
        let new = NewKey { expires_at_ms: Some(expires_at_ms), ..wanted(&["lexi"]) };
        let created = office.made(new).await;
        assert_eq!(created.api_key.rate_limit_tier, "org", "the operator's default");
        office.keys.look(expires_at_ms - 1).await.unwrap();
        for _ in 0..2 {
            let known = office.find(&created, expires_at_ms - 1).await.unwrap();
            assert_eq!(known.id, created.api_key.id);
            assert_eq!(known.permissions.names(), ["lexi:read", "lexi:chat", "lexi:approve"]);
        }
        assert!(office.find(&created, expires_at_ms).await.is_none(), "expired");
        let unknown = Secret::draw().unwrap();
        assert!(office.keys.find(unknown.reveal(), NOW).await.unwrap().is_none());
        assert!(office.keys.find("wbk_short", NOW).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn only_a_hash_of_the_secret_is_stored() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let created = office.made(wanted(&["read"])).await;
        let secret = created.key.unwrap();
        let (hash, prefix): (String, String) = office
            .db
            .read(|tx| query("select hash, prefix from api_keys").one(tx, |row| Ok((row.get(0)?, row.get(1)?))))
            .await
            .unwrap();
        assert_eq!(hash.len(), 64);
        assert_eq!(prefix, secret[..8]);
    }
}

#[tokio::test]
async fn a_revoked_key_is_unknown_at_once_here_and_after_a_look_elsewhere() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let elsewhere = Keys::new(scratch.reopened().await);
        let created = office.made(wanted(&["read"])).await;
        let secret = created.key.clone().unwrap();
        office.keys.look(NOW).await.unwrap();
        elsewhere.look(NOW).await.unwrap();
        assert!(office.find(&created, NOW).await.is_some());
        assert!(elsewhere.find(&secret, NOW).await.unwrap().is_some());
        office.revoke(By::Operator(office.workspace_id), created.api_key.id).await.unwrap();
        assert!(office.find(&created, NOW).await.is_none());
        assert!(elsewhere.find(&secret, NOW + 900).await.unwrap().is_some(), "remembered");
        assert!(elsewhere.find(&secret, NOW + 901).await.unwrap().is_none(), "nothing is trusted for longer");
        elsewhere.look(NOW + 400).await.unwrap();
        assert!(elsewhere.find(&secret, NOW + 400).await.unwrap().is_none(), "heard of");
        let again = refused(office.revoke(By::Operator(office.workspace_id), created.api_key.id).await);
        assert_eq!(again, (Code::NotFound, "API key not found".to_owned()));
    }
}

#[tokio::test]
async fn a_key_grants_at_most_its_own_permissions_tier_and_expiry() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let own_expiry = NOW + 10 * MINUTE_MS;
        let own =
            NewKey { tier: Some(Tier::Starter), expires_at_ms: Some(own_expiry), ..wanted(&["read", "keys:admin"]) };
        let own = office.made(own).await;
        let by = office.caller(&own).await;
        let granted = office.create(by.clone(), wanted(&["contacts:read"])).await.unwrap().api_key;
        assert_eq!(granted.rate_limit_tier, "starter", "the default is not more than the caller's");
        assert_eq!(granted.expires_at, Some(iso(own_expiry)));
        assert_eq!(granted.created_by, Some(own.api_key.id));
        for (new, field) in [
            (wanted(&["read", "lexi"]), "lexi:read"),
            (NewKey { tier: Some(Tier::Pro), ..wanted(&["read"]) }, "starter"),
            (NewKey { expires_at_ms: Some(own_expiry + 1), ..wanted(&["read"]) }, "expires at"),
        ] {
            let (code, message) = refused(office.create(by.clone(), new).await);
            assert_eq!(code, Code::InsufficientPermissions);
            assert!(message.contains(field), "{message}");
        }
    }
}

#[tokio::test]
async fn a_new_key_is_held_to_the_limits_of_its_fields() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let by = By::Operator(office.workspace_id);
        let read = || wanted(&["read"]);
        assert!(office.create(by.clone(), NewKey { name: "ä".repeat(120), ..read() }).await.is_ok());
        for (new, field) in [
            (NewKey { name: "ä".repeat(121), ..read() }, "name"),
            (NewKey { name: "  ".to_owned(), ..read() }, "name"),
            (NewKey { description: Some("x".repeat(2_001)), ..read() }, "description"),
            (NewKey { owner: Some("x".repeat(201)), ..read() }, "owner"),
            (NewKey { expires_at_ms: Some(NOW), ..read() }, "expires_at"),
            (wanted(&[]), "permission"),
            (wanted(&["fly"]), "fly"),
        ] {
            let (code, message) = refused(office.create(by.clone(), new).await);
            assert_eq!(code, Code::ValidationError);
            assert!(message.contains(field), "{message}");
        }
    }
}

#[tokio::test]
async fn the_last_active_admin_key_cannot_revoke_itself() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let last = office.made(wanted(&["keys:admin"])).await;
        let by = office.caller(&last).await;
        let short = NewKey { expires_at_ms: Some(NOW + 1), ..wanted(&["keys:admin"]) };
        let short = office.made(short).await.api_key.id;
        office.revoke(by.clone(), short).await.unwrap();
        let (code, message) = refused(office.revoke(by.clone(), last.api_key.id).await);
        assert_eq!(code, Code::InsufficientPermissions);
        assert!(message.contains("last active admin key"), "{message}");
        let other = office.made(wanted(&["keys:admin"])).await;
        office.revoke(by, last.api_key.id).await.unwrap();
        assert!(office.find(&last, NOW).await.is_none());
        office.revoke(By::Operator(office.workspace_id), other.api_key.id).await.unwrap();
    }
}

#[tokio::test]
async fn another_workspaces_key_is_one_that_does_not_exist() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let theirs = office.made(wanted(&["read"])).await.api_key.id;
        let ours = office.db.write(|tx| workspaces::create(tx, "Other", NOW)).await.unwrap().id;
        let foreign = refused(office.revoke(By::Operator(ours), theirs).await);
        let missing = refused(office.revoke(By::Operator(ours), Uuid::nil()).await);
        assert_eq!(foreign, missing);
    }
}

#[tokio::test]
async fn keys_are_listed_newest_first_and_searched_by_name_and_description() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let named = |name: &str, description: Option<&str>| NewKey {
            name: name.to_owned(),
            description: description.map(str::to_owned),
            ..wanted(&["read"])
        };
        let first = office.made(named("Intake 100%", None)).await.api_key.id;
        office.made(named("Site", Some("For the Müller form"))).await;
        let all = Filter { include_revoked: true, search: None };
        let search = |text: &str| Filter { include_revoked: false, search: Some(text.to_owned()) };
        assert_eq!(office.listed(Filter::default()).await, ["Site", "Intake 100%"]);
        assert_eq!(office.listed(search("MÜLLER")).await, ["Site"]);
        assert_eq!(office.listed(search("0%")).await, ["Intake 100%"]);
        assert!(office.listed(search("_ite")).await.is_empty(), "signs of patterns mean themselves");
        office.revoke(By::Operator(office.workspace_id), first).await.unwrap();
        assert_eq!(office.listed(Filter::default()).await, ["Site"]);
        assert_eq!(office.listed(all).await, ["Site", "Intake 100%"]);
    }
}

#[tokio::test]
async fn the_last_use_is_written_to_the_minute_and_never_goes_back() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let created = office.made(wanted(&["read"])).await;
        let last_used = || async {
            let read = office
                .db
                .read(|tx| query("select last_used_at_ms from api_keys").one(tx, |row| row.get::<Option<i64>>(0)));
            read.await.unwrap()
        };
        assert_eq!(last_used().await, None);
        let minute = NOW - NOW.rem_euclid(MINUTE_MS);
        for after_ms in [MINUTE_MS + 59 * SECOND_MS, MINUTE_MS, 0] {
            office.find(&created, minute + after_ms).await.unwrap();
            office.keys.write_last_used().await.unwrap();
            assert_eq!(last_used().await, Some(minute + MINUTE_MS));
        }
        office.find(&created, minute + 2 * MINUTE_MS).await.unwrap();
        office.keys.write_last_used().await.unwrap();
        assert_eq!(last_used().await, Some(minute + 2 * MINUTE_MS));
    }
}

#[tokio::test]
async fn changes_of_keys_leave_events_without_secrets() {
    for scratch in testing::databases().await {
        let office = office(&scratch).await;
        let created = office.made(wanted(&["keys:admin"])).await;
        office.revoke(By::Operator(office.workspace_id), created.api_key.id).await.unwrap();
        let events: Vec<(String, String, String)> = office
            .db
            .read(|tx| {
                query("select type, actor_kind, data from events where type like 'api_key.%' order by id")
                    .all(tx, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            })
            .await
            .unwrap();
        let kinds: Vec<&str> = events.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, ["api_key.created", "api_key.revoked"]);
        assert!(events.iter().all(|(_, actor, data)| actor == "system" && !data.contains("wbk_")));
    }
}

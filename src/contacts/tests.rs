//! Contacts on real databases: what becomes of prospects, and that the preview counts what execution does.

mod finding;

use super::*;
use crate::db::testing::{self, Scratch};
use crate::db::{Db, query};
use crate::events::Actor;
use crate::keys::permissions::Permissions;
use crate::keys::roles::Roles;
use crate::keys::{Caller, Kind};
use crate::prospects::{self, Entry, Row};
use crate::workspaces;

pub(crate) const NOW: i64 = 1_764_000_000_000;

/// A workspace of a database, and a caller of it.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) db: Db,
    pub(crate) caller: Caller,
}

/// Two workspaces of each database there is. The databases live as long as the first part.
pub(crate) async fn desks() -> Vec<(Scratch, Desk, Desk)> {
    let mut desks = Vec::new();
    for scratch in testing::databases().await {
        let (ours, theirs) = (desk(&scratch, "ours").await, desk(&scratch, "theirs").await);
        desks.push((scratch, ours, theirs));
    }
    desks
}

async fn desk(scratch: &Scratch, name: &'static str) -> Desk {
    let db = scratch.db();
    let workspace_id = db.write(move |tx| workspaces::create(tx, name, NOW)).await.unwrap().id;
    let caller = Caller {
        workspace_id,
        key_id: ids::new(NOW),
        kind: Kind::Service,
        owner: None,
        permissions: Permissions::all(),
        roles: Roles::NONE,
        request_id: None,
    };
    Desk { db, caller }
}

impl Desk {
    /// Runs an operation of this workspace, as a write.
    pub(crate) async fn write<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx, &Caller) -> Result<T> + Send + 'static,
    {
        let caller = self.caller.clone();
        self.db.write(move |tx| operation(tx, &caller)).await
    }

    /// A contact made by hand.
    pub(crate) async fn contact(&self, name: &str, email: Option<&str>) -> Contact {
        let (full_name, email) = (Some(name.to_owned()), email.map(str::to_owned));
        let new = NewContact { full_name, email, ..NewContact::default() }.check().unwrap();
        self.write(move |tx, caller| create(tx, caller, &new, NOW)).await.unwrap()
    }

    async fn add(&self, people: &[ProspectFields]) -> Vec<Added> {
        let people = people.to_vec();
        self.write(move |tx, caller| add_prospects(tx, caller.workspace_id, &people, Uuid::nil(), &Actor::System, NOW))
            .await
            .unwrap()
    }

    async fn known(&self, people: &[ProspectFields]) -> Vec<Option<Known>> {
        let pairs: Vec<(Uuid, Option<String>)> =
            people.iter().map(|person| (person.prospect_id, person.email.as_deref().map(normal_email))).collect();
        self.write(move |tx, caller| known(tx, caller.workspace_id, &pairs)).await.unwrap()
    }

    /// How many events of a type the workspace has.
    pub(crate) async fn events(&self, kind: &'static str) -> i64 {
        self.write(move |tx, caller| {
            query("select count(*) from events where workspace_id = $1 and type = $2")
                .bind(caller.workspace_id)
                .bind(kind)
                .one(tx, |row| row.get(0))
        })
        .await
        .unwrap()
    }
}

/// A prospect as a search selects it.
pub(crate) fn person(n: usize, email: Option<&str>) -> ProspectFields {
    ProspectFields {
        prospect_id: ids::new(NOW),
        full_name: format!("Person Number{n}"),
        email: email.map(str::to_owned),
        title: Some("Chief Executive Officer".to_owned()),
        company: Some(format!("Firm {n} LLP")),
        ..ProspectFields::default()
    }
}

/// Loads people into the prospect database; answers id and number, in order.
pub(crate) async fn prospects(db: &Db, emails: &'static [&'static str]) -> Vec<(Uuid, u32)> {
    let rows = emails.iter().enumerate().map(|(n, email)| Row {
        external_id: Some(n.to_string()),
        full_name: Some(format!("Person Number{n}")),
        email: Some((*email).to_owned()).filter(|email| !email.is_empty()),
        ..Row::default()
    });
    let entries: Vec<Entry> = rows.map(|row| Entry::new("test", row, NOW).unwrap()).collect();
    db.write(move |tx| {
        prospects::save(tx, "test", &entries, NOW)?;
        let people = prospects::people_after(tx, 0, 100)?;
        Ok(people.into_iter().map(|person| (person.id, person.number)).collect())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn prospects_become_contacts_once_in_their_order() {
    for (_scratch, ours, theirs) in desks().await {
        let people: Vec<ProspectFields> = (0..100).map(|n| person(n, Some(&format!("P{n}@Firm{n}.example")))).collect();
        let first = ours.add(&people).await;
        assert!(first.iter().all(|added| added.made));
        assert_eq!(
            first.iter().map(|added| added.prospect_id).collect::<Vec<_>>(),
            people.iter().map(|person| person.prospect_id).collect::<Vec<_>>()
        );
        let again = ours.add(&people).await;
        assert!(again.iter().all(|added| !added.made));
        assert!(first.iter().zip(&again).all(|(first, again)| first.contact_id == again.contact_id));
        assert_eq!(ours.events("contact.created").await, 100);
        assert!(theirs.add(&people).await.iter().all(|added| added.made), "another workspace's contacts don't count");

        let id = first[7].contact_id;
        let contact = ours.write(move |tx, caller| get(tx, caller, id)).await.unwrap();
        assert_eq!((contact.first_name.as_str(), contact.last_name.as_str()), ("Person", "Number7"));
        assert_eq!(contact.email.as_deref(), Some("P7@Firm7.example"));
        assert_eq!(contact.job_title.as_deref(), Some("Chief Executive Officer"));
        assert_eq!(
            (contact.company.as_deref(), contact.company_name.as_deref()),
            (Some("Firm 7 LLP"), Some("Firm 7 LLP"))
        );
        assert_eq!((contact.prospect_id, contact.created_by_task), (Some(people[7].prospect_id), Some(Uuid::nil())));
        assert!(theirs.write(move |tx, caller| get(tx, caller, id)).await.is_err());
    }
}

#[tokio::test]
async fn the_preview_counts_what_execution_finds() {
    for (_scratch, ours, _theirs) in desks().await {
        let by_hand = ours.contact("Somebody Else", Some("Shared@example.com")).await;
        let before = person(0, Some("before@example.com"));
        let contact_id = ours.add(std::slice::from_ref(&before)).await[0].contact_id;
        let people = vec![
            person(1, Some("new@example.com")),
            person(2, Some(" SHARED@example.com ")),
            person(3, Some("NEW@example.com")),
            person(4, None),
            ProspectFields { email: Some("changed@example.com".to_owned()), ..before },
            person(5, None),
        ];
        let expected = [
            None,
            Some(Known::Contact(by_hand.id)),
            Some(Known::SameAs(0)),
            None,
            Some(Known::Contact(contact_id)),
            None,
        ];
        assert_eq!(ours.known(&people).await, expected);
        let added = ours.add(&people).await;
        assert_eq!(added.iter().map(|added| !added.made).collect::<Vec<_>>(), expected.map(|known| known.is_some()));
        assert_eq!(added[1].contact_id, by_hand.id);
        assert_eq!(added[2].contact_id, added[0].contact_id);
        assert_eq!(added[4].contact_id, contact_id);
    }
}

#[tokio::test]
async fn more_people_than_one_statement_takes_are_all_looked_at() {
    for (_scratch, ours, _theirs) in desks().await {
        let people: Vec<ProspectFields> = (0..1_100).map(|n| person(n, Some(&format!("p{n}@example.com")))).collect();
        ours.add(&people[..500]).await;
        let known = ours.known(&people).await;
        assert_eq!(known.iter().filter(|known| known.is_some()).count(), 500);
        assert!(known[..500].iter().all(Option::is_some));
        assert_eq!(ours.known(&[]).await, []);
        assert_eq!(ours.add(&[]).await, []);
    }
}

#[tokio::test]
async fn a_list_stands_for_the_prospects_of_its_members() {
    for (_scratch, ours, theirs) in desks().await {
        let found = prospects(&ours.db, &["a@example.com", "b@example.com", "c@example.com"]).await;
        let from_prospect = ProspectFields { prospect_id: found[2].0, ..person(2, None) };
        let made = ours.add(&[from_prospect]).await[0].contact_id;
        let by_hand = ours.contact("A", Some("A@Example.com")).await.id;
        let nobody = ours.contact("Nobody", None).await.id;
        let (on_list, of_others) = ours
            .write({
                let theirs = theirs.caller.workspace_id;
                move |tx, caller| {
                    let new = lists::NewList { name: Some("All".into()), description: None }.check()?;
                    let list = lists::create(tx, caller, &new, NOW)?;
                    let ids = [made, by_hand, nobody].map(|id| id.to_string());
                    lists::add(tx, caller, list.id, &ids, NOW)?;
                    let on_list = prospect_numbers_on_list(tx, caller.workspace_id, list.id)?;
                    Ok((on_list, prospect_numbers_on_list(tx, theirs, list.id)?))
                }
            })
            .await
            .unwrap();
        assert_eq!(on_list, [found[0].1, found[2].1]);
        assert_eq!(of_others, Vec::<u32>::new());
    }
}

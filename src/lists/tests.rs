//! Lists on real databases: the list of a task, its name, and its count of members.

use super::*;
use crate::contacts::tests::{Desk, NOW, desks};

impl Desk {
    async fn list_for(&self, task_id: Uuid, wanted: &Wanted) -> Option<List> {
        let wanted = wanted.clone();
        self.write(move |tx, caller| for_task(tx, caller.workspace_id, task_id, &wanted, &Actor::System, NOW))
            .await
            .unwrap()
    }

    async fn list(&self, name: &str) -> List {
        let new = NewList { name: Some(name.to_owned()), description: None }.check().unwrap();
        self.write(move |tx, caller| create(tx, caller, &new, NOW)).await.unwrap()
    }

    async fn drop_list(&self, id: Uuid) {
        self.write(move |tx, caller| delete(tx, caller, id, NOW)).await.unwrap();
    }

    async fn free(&self, name: &'static str) -> String {
        self.write(move |tx, caller| free_name(tx, caller.workspace_id, name)).await.unwrap()
    }
}

fn derived(name: &str) -> Wanted {
    Wanted::Derived(name.to_owned())
}

fn task() -> Uuid {
    ids::new(NOW)
}

#[tokio::test]
async fn a_derived_name_that_is_taken_gets_the_next_number_and_the_preview_knows_it() {
    for (_scratch, ours, theirs) in desks().await {
        for expected in ["CEOs", "CEOs (2)", "CEOs (3)"] {
            assert_eq!(ours.free("CEOs").await, expected);
            assert_eq!(ours.list_for(task(), &derived("CEOs")).await.unwrap().name, expected);
        }
        assert_eq!(ours.list_for(task(), &derived("CEOS (2)")).await.unwrap().name, "CEOS (4)");
        assert_eq!(theirs.free("CEOs").await, "CEOs");
        ours.list("ctos (7)").await;
        assert_eq!(ours.free("CTOs").await, "CTOs");
        ours.list("CTOs").await;
        assert_eq!(ours.free("CTOs").await, "CTOs (2)");
        ours.list("CTOs (2)").await;
        assert_eq!(ours.free("CTOs").await, "CTOs (8)");
    }
}

#[tokio::test]
async fn a_task_that_is_tried_again_finds_its_list() {
    for (_scratch, ours, theirs) in desks().await {
        for wanted in [derived("CEOs"), Wanted::Named("My CEOs".to_owned())] {
            let task_id = task();
            let first = ours.list_for(task_id, &wanted).await.unwrap();
            assert_eq!(first.created_by_task, Some(task_id));
            let id = first.id;
            let change = ListChange { name: Some(format!("Renamed {id}")), description: None }.check().unwrap();
            ours.write(move |tx, caller| super::change(tx, caller, id, &change, NOW)).await.unwrap();
            assert_eq!(ours.list_for(task_id, &wanted).await.unwrap().id, id);
            ours.drop_list(id).await;
            let second = ours.list_for(task_id, &wanted).await.unwrap();
            assert_ne!(second.id, id, "deleted since: made anew");
            assert_ne!(theirs.list_for(task_id, &wanted).await.unwrap().id, second.id);
        }
    }
}

#[tokio::test]
async fn a_list_the_user_named_is_found_or_made_and_one_named_by_id_must_be_there() {
    for (_scratch, ours, theirs) in desks().await {
        let list = ours.list("Q1 Leads").await;
        let named = Wanted::Named(" q1   LEADS".to_owned());
        assert_eq!(ours.list_for(task(), &named).await.unwrap().id, list.id);
        assert_eq!(theirs.list_for(task(), &named).await.unwrap().name, "q1 LEADS");
        assert_eq!(ours.list_for(task(), &Wanted::Id(list.id)).await.unwrap().id, list.id);
        assert_eq!(theirs.list_for(task(), &Wanted::Id(list.id)).await, None);
        ours.drop_list(list.id).await;
        assert_eq!(ours.list_for(task(), &Wanted::Id(list.id)).await, None);
    }
}

#[tokio::test]
async fn the_count_of_members_follows_what_is_added_removed_and_deleted() {
    for (_scratch, ours, _theirs) in desks().await {
        let (first, second) = (ours.list("First").await.id, ours.list("Second").await.id);
        let mut contact_ids = Vec::new();
        for n in 0..3 {
            contact_ids.push(ours.contact(&format!("Contact {n}"), None).await.id);
        }
        let add = |list_id: Uuid, ids: Vec<Uuid>| {
            ours.write(move |tx, caller| add_members(tx, &By::from(caller), list_id, &ids, NOW))
        };
        let count = |list_id: Uuid| ours.write(move |tx, caller| Ok(get(tx, caller, list_id)?.contact_count));
        assert_eq!(add(first, vec![contact_ids[0], contact_ids[1], contact_ids[0]]).await.unwrap(), 2);
        assert_eq!(add(first, contact_ids.clone()).await.unwrap(), 1);
        assert_eq!(add(first, contact_ids.clone()).await.unwrap(), 0);
        assert_eq!(add(second, contact_ids.clone()).await.unwrap(), 3);
        assert_eq!(add(second, vec![]).await.unwrap(), 0);
        assert_eq!((count(first).await.unwrap(), count(second).await.unwrap()), (3, 3));
        assert_eq!(ours.events("list.contacts_added").await, 3, "nothing added is no event");
        let gone = contact_ids[1];
        ours.write(move |tx, caller| contacts::delete(tx, caller, gone, NOW)).await.unwrap();
        assert_eq!((count(first).await.unwrap(), count(second).await.unwrap()), (2, 2));
        let left = contact_ids[2];
        ours.write(move |tx, caller| remove(tx, caller, first, Some(left), NOW)).await.unwrap();
        assert_eq!((count(first).await.unwrap(), count(second).await.unwrap()), (1, 2));
        let deleted = ours.write(move |tx, caller| delete(tx, caller, second, NOW)).await.unwrap();
        assert_eq!(deleted.memberships_removed, 2);
        assert!(count(second).await.is_err());
    }
}

#[tokio::test]
async fn a_large_addition_is_several_events_that_name_every_contact() {
    for (_scratch, ours, _theirs) in desks().await {
        let list_id = ours.list("Many").await.id;
        let people: Vec<_> = (0..250).map(|n| contacts::tests::person(n, None)).collect();
        ours.write(move |tx, caller| {
            let workspace_id = caller.workspace_id;
            let added = contacts::add_prospects(tx, workspace_id, &people, Uuid::nil(), &Actor::System, NOW)?;
            let ids: Vec<Uuid> = added.iter().map(|added| added.contact_id).collect();
            add_members(tx, &By::task(workspace_id, Actor::System, Uuid::nil()), list_id, &ids, NOW)
        })
        .await
        .unwrap();
        assert_eq!(ours.events("list.contacts_added").await, 3);
    }
}

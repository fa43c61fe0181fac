//! Who is meant, on real databases.

use super::*;
use crate::{companies, notes};

async fn found(desk: &Desk, wanted: Wanted) -> Vec<String> {
    let found = desk.write(move |tx, caller| find(tx, caller.workspace_id, &wanted, 10)).await.unwrap();
    let mut names: Vec<String> = found.into_iter().map(|brief| brief.full_name).collect();
    names.sort();
    names
}

fn named(name: &str) -> Wanted {
    Wanted { name: Some(name.to_owned()), ..Wanted::default() }
}

async fn made(desk: &Desk, body: &str) -> Contact {
    let new = serde_json::from_str::<NewContact>(body).unwrap().check().unwrap();
    desk.write(move |tx, caller| create(tx, caller, &new, NOW)).await.unwrap()
}

#[tokio::test]
async fn a_contact_is_found_by_id_address_and_however_its_name_is_written() {
    for (_scratch, ours, theirs) in desks().await {
        let renata = ours.contact("Renata Okafor", Some("renata@okafor.example")).await;
        for name in ["Anna Schmidt", "Anna Weber", "Hans Müller", "Annabel Weber"] {
            ours.contact(name, None).await;
        }
        theirs.contact("Renata Secret", Some("renata@secret.example")).await;
        let by_id = |id| Wanted { id: Some(id), ..Wanted::default() };
        let by_email = |email: &str| Wanted { email: Some(email.to_owned()), ..Wanted::default() };
        assert_eq!(found(&ours, by_id(renata.id)).await, ["Renata Okafor"]);
        assert!(found(&theirs, by_id(renata.id)).await.is_empty(), "an id of another workspace");
        assert_eq!(found(&ours, by_email(" RENATA@okafor.example")).await, ["Renata Okafor"]);
        assert!(found(&ours, by_email("renata@secret.example")).await.is_empty());
        for (asked, expected) in [
            ("renata okafor", &["Renata Okafor"][..]),
            ("Okafor, Renata", &["Renata Okafor"]),
            ("renata", &["Renata Okafor"]),
            ("Rentaa Okafro", &["Renata Okafor"]),
            ("R. Okafor", &["Renata Okafor"]),
            ("Hans Mueller", &["Hans Müller"]),
            ("hans muller", &["Hans Müller"]),
            ("Anna", &["Anna Schmidt", "Anna Weber"]),
            ("Ann", &["Anna Schmidt", "Anna Weber", "Annabel Weber"]),
            ("Anna Weber", &["Anna Weber"]),
            ("Anna Wber", &["Anna Weber"]),
            ("Anna Okafor", &[]),
            ("%", &[]),
        ] {
            assert_eq!(found(&ours, named(asked)).await, expected, "{asked}");
        }
    }
}

#[tokio::test]
async fn a_company_tells_people_of_one_name_apart() {
    for (_scratch, ours, _) in desks().await {
        made(&ours, r#"{"full_name": "Anna Schmidt", "company": "Okafor & Lindqvist LLP", "job_title": "Partner"}"#)
            .await;
        made(&ours, r#"{"full_name": "Anna Weber", "company": "Acme GmbH", "tags": ["VIP"]}"#).await;
        made(&ours, r#"{"full_name": "Anna Blank"}"#).await;
        let at = |name: Option<&str>, company: &str| Wanted {
            name: name.map(str::to_owned),
            company: Some(company.to_owned()),
            ..Wanted::default()
        };
        assert_eq!(found(&ours, at(Some("Anna"), "acme")).await, ["Anna Weber"]);
        assert_eq!(found(&ours, at(None, "Okafor")).await, ["Anna Schmidt"]);
        assert_eq!(found(&ours, at(Some("Anna"), "Nowhere")).await, ["Anna Blank"], "of whom no company is known");
        let described = |described: Described| {
            ours.write(move |tx, caller| {
                let ids = matching(tx, caller.workspace_id, &described, 10)?;
                ids.iter()
                    .map(|id| Ok(one(tx, caller.workspace_id, *id)?.unwrap().full_name))
                    .collect::<Result<Vec<_>>>()
            })
        };
        let texts = |text: &str| vec![text.to_owned()];
        let tagged = described(Described { tags: texts("vip"), ..Described::default() }).await.unwrap();
        assert_eq!(tagged, ["Anna Weber"]);
        let titled = described(Described { titles: texts("partners"), ..Described::default() }).await.unwrap();
        assert_eq!(titled, ["Anna Schmidt"]);
        let both = Described { companies: texts("Acme"), titles: texts("partners"), ..Described::default() };
        assert!(described(both).await.unwrap().is_empty());
        assert_eq!(described(Described::default()).await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_merge_does_what_it_shows_beforehand() {
    for (_scratch, ours, _) in desks().await {
        let primary = made(&ours, r#"{"full_name": "Anna Schmidt", "tags": ["a"], "custom_fields": {"x": 1}}"#).await;
        let other = made(
            &ours,
            r#"{"full_name": "Anna S", "email": "anna@acme.example", "tags": ["A", "b"], "phone": "+1",
                "custom_fields": {"x": 2, "y": 3}, "notes": "Met."}"#,
        )
        .await;
        let third = made(&ours, r#"{"full_name": "A S", "email": "a@acme.example", "phone": "+2"}"#).await;
        let (id, duplicates) = (primary.id, [other.id, third.id]);
        let (shown, done) = ours
            .write(move |tx, caller| {
                let by = By::from(caller);
                let list = lists::NewList { name: Some("L".into()), ..Default::default() }.check()?;
                let list = lists::create(tx, caller, &list, NOW)?;
                let ids: Vec<String> = duplicates.iter().map(Uuid::to_string).collect();
                lists::add(tx, caller, list.id, &ids, NOW)?;
                let note = notes::New::about(notes::About::Contact(duplicates[0]), "Called", None)?;
                notes::create(tx, &by, &note, NOW)?;
                let shown = would_merge(tx, caller.workspace_id, id, &duplicates, false)?;
                let done = merge(tx, &by, id, &duplicates, false, NOW)?;
                assert_eq!(lists::get(tx, caller, list.id)?.contact_count, 1);
                assert_eq!(notes::recent(tx, caller.workspace_id, id, 3)?.len(), 1);
                Ok((shown, done))
            })
            .await
            .unwrap();
        assert_eq!(shown.primary, done.primary);
        assert_eq!((shown.counts, &shown.fields_populated), (done.counts, &done.fields_populated));
        assert_eq!((done.counts.notes, done.counts.list_memberships), (1, 1));
        assert_eq!(done.primary.full_name, "Anna Schmidt");
        assert_eq!(done.primary.email.as_deref(), Some("anna@acme.example"));
        assert_eq!(done.primary.tags, ["a", "b"]);
        assert_eq!(done.primary.custom_fields, *json!({ "x": 1, "y": 3 }).as_object().unwrap());
        assert_eq!(done.fields_populated, ["email", "phone", "tags", "custom_fields", "notes"]);
        assert_eq!(ours.events("contact.merged").await, 2);
    }
}

#[tokio::test]
async fn a_name_that_fits_several_is_answered_with_all_of_them() {
    for (_scratch, ours, theirs) in desks().await {
        let (one, two) = (ours.contact("Anna Schmidt", None).await, ours.contact("Anna Weber", None).await);
        theirs.contact("Anna Secret", None).await;
        let note = notes::NewNote {
            title: Some("Called".into()),
            contact_name: Some("Anna".into()),
            ..notes::NewNote::default()
        };
        let new = note.check().unwrap();
        let resolved = ours.write(move |tx, caller| notes::resolve(tx, caller.workspace_id, new.clone())).await;
        let refused = resolved.unwrap_err();
        assert_eq!(refused.code(), Code::AmbiguousReference);
        let told = refused.to_string();
        assert!(told.contains(&one.id.to_string()) && told.contains(&two.id.to_string()), "{told}");
        assert!(!told.contains("Secret"), "{told}");
        let found = ours.write(|tx, caller| companies::find(tx, caller.workspace_id, "Acme", 5)).await.unwrap();
        assert!(found.is_empty());
    }
}

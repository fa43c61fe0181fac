//! Suppressions on real databases: whom they hit.

use super::*;
use crate::contacts::tests::{Desk, NOW, desks, prospects};

impl Desk {
    async fn suppress(&self, new: NewSuppression) -> Suppression {
        let new = NewSuppression { reason: Some("because".to_owned()), ..new }.check().unwrap();
        self.write(move |tx, caller| create(tx, caller, &new, NOW)).await.unwrap()
    }

    async fn suppress_email(&self, email: &str) -> Suppression {
        self.suppress(NewSuppression { email: Some(email.to_owned()), ..NewSuppression::default() }).await
    }

    async fn suppress_domain(&self, domain: &str) -> Suppression {
        self.suppress(NewSuppression { domain: Some(domain.to_owned()), ..NewSuppression::default() }).await
    }

    async fn suppress_prospect(&self, id: Uuid) -> Suppression {
        self.suppress(NewSuppression { prospect_id: Some(id.to_string()), ..NewSuppression::default() }).await
    }

    async fn told(&self) -> (Vec<u32>, Vec<String>) {
        self.write(|tx, caller| {
            Ok((suppressed_numbers(tx, caller.workspace_id)?, all_domains(tx, caller.workspace_id)?))
        })
        .await
        .unwrap()
    }

    async fn of(&self, email: &'static str) -> Option<Uuid> {
        self.write(move |tx, caller| Ok(of_email(tx, caller.workspace_id, email)?.map(|hit| hit.id))).await.unwrap()
    }

    async fn hits(&self, people: &[Candidate]) -> Vec<Option<Uuid>> {
        let people = people.to_vec();
        let hits = self.write(move |tx, caller| check(tx, caller.workspace_id, &people)).await.unwrap();
        hits.into_iter().map(|hit| hit.map(|hit| hit.id)).collect()
    }
}

fn candidate(prospect_id: Uuid, email: Option<&str>, domain: Option<&str>) -> Candidate {
    Candidate { prospect_id, email_norm: email.map(str::to_owned), company_domain: domain.map(str::to_owned) }
}

#[tokio::test]
async fn a_person_is_hit_by_prospect_address_or_domain_and_only_in_the_workspace_that_said_so() {
    for (_scratch, ours, theirs) in desks().await {
        let found = prospects(&ours.db, &["a@example.com", "b@example.com"]).await;
        let (a, b) = (found[0].0, found[1].0);
        let people = [
            candidate(a, Some("a@example.com"), Some("example.com")),
            candidate(b, Some("b@mail.example.com"), None),
            candidate(b, Some("b@gmail.example"), Some("offices.example.com")),
            candidate(b, Some("b@gmail.example"), Some("notexample.com")),
            candidate(b, None, None),
            candidate(b, Some("x@other.example"), None),
        ];
        assert_eq!(ours.hits(&people).await, [None; 6]);
        let domain = Some(ours.suppress_domain("Example.com").await.id);
        assert_eq!(ours.hits(&people).await, [domain, domain, domain, None, None, None]);
        let email = Some(ours.suppress_email("X@other.example").await.id);
        let prospect = Some(ours.suppress_prospect(a).await.id);
        assert_eq!(ours.hits(&people).await, [prospect, domain, domain, None, None, email]);
        assert_eq!(theirs.hits(&people).await, [None; 6]);
        assert_eq!(ours.hits(&[]).await, []);
    }
}

#[tokio::test]
async fn many_people_at_once_are_all_looked_at() {
    for (_scratch, ours, _theirs) in desks().await {
        let people: Vec<Candidate> =
            (0..1_200).map(|n| candidate(ids::new(NOW), Some(&format!("p{n}@m{n}.firm{n}.example")), None)).collect();
        let last = Some(ours.suppress_domain("firm1199.example").await.id);
        let first = Some(ours.suppress_email("p0@m0.firm0.example").await.id);
        let hits = ours.hits(&people).await;
        assert_eq!((hits[0], hits[1_199]), (first, last));
        assert_eq!(hits.iter().flatten().count(), 2);
    }
}

#[tokio::test]
async fn searches_are_told_numbers_and_domains() {
    for (_scratch, ours, theirs) in desks().await {
        let found = prospects(&ours.db, &["a@example.com", "", "c@example.com", "C@Example.com"]).await;
        ours.suppress_email(" C@EXAMPLE.com").await;
        ours.suppress_prospect(found[1].0).await;
        ours.suppress_prospect(found[2].0).await;
        ours.suppress_domain("https://www.example.org/").await;
        let numbers: Vec<u32> = found[1..].iter().map(|(_, number)| *number).collect();
        assert_eq!(ours.told().await, (numbers, vec!["example.org".to_owned()]));
        assert_eq!(theirs.told().await, (vec![], vec![]));
    }
}

#[tokio::test]
async fn of_an_address_the_nearest_suppression_is_named() {
    for (_scratch, ours, theirs) in desks().await {
        let far = ours.suppress_domain("example.com").await.id;
        let near = ours.suppress_domain("mail.example.com").await.id;
        let exact = ours.suppress_email("x@mail.example.com").await.id;
        assert_eq!(ours.of("x@mail.example.com").await, Some(exact));
        assert_eq!(ours.of("y@mail.example.com").await, Some(near));
        assert_eq!(ours.of("y@example.com").await, Some(far));
        assert_eq!(ours.of("y@example.org").await, None);
        assert_eq!(theirs.of("x@mail.example.com").await, None);
    }
}

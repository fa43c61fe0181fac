//! What a webhook's receiver must have got when all is settled: every event at least once, under an id that stays the same, in
//! order, and signed.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ring::hmac;
use serde_json::Value;

use super::followers::Seen;
use crate::support::{Got, Receiver};

/// How long everything may take to arrive.
const PATIENCE: Duration = Duration::from_secs(180);

/// An endpoint that is told of these events.
pub(super) struct Hook {
    pub(super) receiver: Receiver,
    pub(super) events: &'static [&'static str],
    pub(super) secret: String,
}

/// Of tasks, lists and notes: each event is told by itself.
pub(super) const OF_TASKS: &[&str] = &[
    "list.created",
    "list.deleted",
    "list.contacts_added",
    "note.created",
    "task.created",
    "task.revised",
    "task.voted",
    "task.approved",
    "task.dismissed",
    "task.started",
    "task.completed",
    "task.failed",
    "task.undone",
];
/// Of contacts: those that one step of a task made are told together.
pub(super) const OF_CONTACTS: &[&str] = &["contact.created", "contact.bulk_created", "contact.deleted"];

/// The digits of base64.
const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Hook {
    /// Waits until every event has arrived, and gives what is wrong with what came.
    pub(super) async fn complaints(&self, feed: &[Seen]) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let got = self.receiver.got();
            let missing = self.missing(&got, feed);
            if missing.is_empty() {
                return self.wrong(&got, feed);
            }
            if begun.elapsed() > PATIENCE {
                return vec![format!("never arrived: {missing:?}")];
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The numbers of events that are in no delivery.
    fn missing(&self, got: &[Got], feed: &[Seen]) -> Vec<i64> {
        let told: HashMap<i64, &str> = got.iter().map(|got| (number(got), text(got, "event"))).collect();
        let wanted = feed.iter().filter(|event| self.events.contains(&event.kind.as_str()));
        wanted.filter(|event| !is_told(event, &told, feed)).map(|event| event.number).collect()
    }

    fn wrong(&self, got: &[Got], feed: &[Seen]) -> Vec<String> {
        let mut complaints = Vec::new();
        let (mut id_of, mut attempts, mut last) = (HashMap::new(), HashMap::new(), 0);
        for got in got {
            let (number, id) = (number(got), got.header("webhook-id"));
            if !self.is_signed(got) || got.json["id"] != id {
                complaints.push(format!("the delivery of {number} is not signed as documented: {:?}", got.headers));
            }
            if let Some(earlier) = id_of.insert(number, id) {
                if earlier != id {
                    complaints.push(format!("{number} came under two ids, {earlier} and {id}"));
                }
            } else {
                // It came for the first time.
                if number < last {
                    complaints.push(format!("{number} came for the first time behind {last}"));
                }
                last = number;
            }
            if attempts.insert(got.header("x-leadlex-delivery-id"), number).is_some_and(|other| other != number) {
                complaints.push(format!("two deliveries share an attempt's id, one of {number}"));
            }
            let event = feed.iter().find(|event| event.number == number);
            let told = text(got, "event");
            if event.is_none_or(|event| event.kind != told && told != "contact.bulk_created") {
                complaints.push(format!("{number} was told as {told}, and it is {event:?}"));
            }
        }
        complaints
    }

    /// Both signatures, by the documented recipes.
    fn is_signed(&self, got: &Got) -> bool {
        let published = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let given = got.header("x-leadlex-signature").strip_prefix("sha256=").and_then(lexi::audit::unhex);
        let standard = hmac::Key::new(hmac::HMAC_SHA256, &decoded(self.secret.trim_start_matches("whsec_")));
        let signed = format!("{}.{}.{}", got.header("webhook-id"), got.header("webhook-timestamp"), got.body);
        let also_given = decoded(got.header("webhook-signature").trim_start_matches("v1,"));
        given.is_some_and(|given| hmac::verify(&published, got.body.as_bytes(), &given).is_ok())
            && hmac::verify(&standard, signed.as_bytes(), &also_given).is_ok()
    }
}

/// Whether some delivery tells of it: one of its own, or one of the contacts that were made right behind it by the same task.
fn is_told(event: &Seen, told: &HashMap<i64, &str>, feed: &[Seen]) -> bool {
    if event.kind != "contact.created" || event.task.is_none() {
        return told.contains_key(&event.number);
    }
    let at = usize::try_from(event.number).unwrap_or(0).saturating_sub(1);
    let together = |next: &&Seen| next.kind == event.kind && next.task == event.task;
    feed[at..].iter().take_while(together).any(|next| told.contains_key(&next.number))
}

fn number(got: &Got) -> i64 {
    got.json["number"].as_i64().expect("a number")
}

fn text<'g>(got: &'g Got, name: &str) -> &'g str {
    got.json.get(name).and_then(Value::as_str).expect("a text")
}

/// Base64 read.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in text.trim_end_matches('=').chars().filter_map(|digit| DIGITS.find(digit)) {
        bits = bits << 6 | u32::try_from(digit).unwrap_or(0);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap_or(0));
        }
    }
    bytes
}

/// A delivery as Lexi would send it to `hook`.
fn sent(hook: &Hook, number: i64, id: &str) -> Got {
    let body = serde_json::json!({ "id": id, "event": "task.created", "number": number }).to_string();
    let sign = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
    let published: String =
        sign(hook.secret.as_bytes(), &body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let standard = sign(&decoded(hook.secret.trim_start_matches("whsec_")), &format!("{id}.1.{body}"));
    let headers = [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", "1".to_owned()),
        ("webhook-signature", format!("v1,{}", encoded(standard.as_ref()))),
        ("x-leadlex-signature", format!("sha256={published}")),
        ("x-leadlex-delivery-id", format!("attempt of {number}")),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Got { headers, json: serde_json::from_str(&body).expect("JSON"), body }
}

/// Base64 written.
fn encoded(bytes: &[u8]) -> String {
    let digits: Vec<char> = DIGITS.chars().collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let six = |six: &[u8]| (0..6).fold(0, |value, at| value << 1 | usize::from(six.get(at).copied().unwrap_or(0)));
    bits.chunks(6).map(|chunk| digits[six(chunk)]).collect()
}

#[tokio::test]
async fn the_checker_of_deliveries_finds_what_is_missing_late_renamed_or_forged() {
    let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned();
    let hook = Hook { receiver: Receiver::start().await, events: OF_TASKS, secret };
    let event = |number: i64| Seen { number, id: number.to_string(), kind: "task.created".into(), task: None };
    let feed = [event(1), event(2), event(3)];
    let [one, two, three] = [sent(&hook, 1, "a"), sent(&hook, 2, "b"), sent(&hook, 3, "c")];
    let all = [one.clone(), one.clone(), two.clone(), three.clone(), two.clone()];
    assert_eq!((hook.missing(&all, &feed), hook.wrong(&all, &feed)), (Vec::new(), Vec::new()), "again is no fault");
    assert_eq!(hook.missing(&[one.clone(), three.clone()], &feed), [2]);
    let found = |got: &[Got], what: &str| {
        let complaints = hook.wrong(got, &feed);
        assert!(complaints.len() == 1 && complaints[0].contains(what), "{complaints:?}");
    };
    found(&[one.clone(), three.clone(), two.clone()], "2 came for the first time behind 3");
    found(&[one.clone(), two.clone(), sent(&hook, 1, "other")], "1 came under two ids");
    let mut forged = two;
    forged.body.push(' ');
    found(&[one, forged], "the delivery of 2 is not signed");
}

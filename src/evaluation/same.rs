//! When two values are the same. Case, accents, punctuation, plural and words that say nothing don't count; for titles the
//! ways of writing a rank don't, for `name:value` half of the value's words are enough.

use std::collections::{BTreeMap, BTreeSet};

use super::items::Item;
use crate::understand::{titles, words};

/// Words that change nothing in a market phrase or a name.
const EMPTY: [&str; 17] = [
    "the",
    "a",
    "an",
    "of",
    "for",
    "and",
    "my",
    "our",
    "company",
    "industry",
    "sector",
    "space",
    "business",
    "list",
    "campaign",
    "sequence",
    "corporation",
];

/// Ranks that people use as titles: named alone, they are the same in either slot.
const RANKS: [&str; 9] =
    ["owner", "founder", "partner", "vp", "vice president", "head", "director", "manager", "executive"];

/// Pairs each written value with a read one of its slot. Answers the pairs, what is left of the written and what is left
/// of the read.
pub(super) fn pair<'i>(wanted: &'i [Item], found: &'i [Item]) -> (Vec<&'i Item>, Vec<&'i Item>, Vec<&'i Item>) {
    let mut left: Vec<&Item> = found.iter().collect();
    let (mut pairs, mut missed) = (Vec::new(), Vec::new());
    for item in wanted {
        let same_slot = |other: &Item| other.slot == item.slot || (is_rank_alone(item) && is_rank_alone(other));
        match left.iter().position(|other| same_slot(other) && same(item, other)) {
            Some(at) => {
                left.remove(at);
                pairs.push(item);
            }
            None => missed.push(item),
        }
    }
    (pairs, missed, left)
}

/// Whether a read value was written in some slot, if in another: it is misplaced, not invented.
pub(super) fn is_said(wanted: &[Item], found: &Item) -> bool {
    let tokens = |item: &Item| -> BTreeSet<String> { item.spellings.iter().flat_map(|text| tokens(text)).collect() };
    let said: BTreeSet<String> = wanted.iter().flat_map(tokens).collect();
    found.spellings.iter().any(|text| {
        let own = self::tokens(text);
        !own.is_empty() && own.iter().all(|token| said.contains(token))
    })
}

fn same(wanted: &Item, found: &Item) -> bool {
    let slot = wanted.slot.rsplit('.').next().unwrap_or(&wanted.slot);
    let both = |equal: fn(&str, &str) -> bool| {
        wanted.spellings.iter().any(|one| found.spellings.iter().any(|two| equal(one, two)))
    };
    match slot {
        "titles" => both(same_title),
        "locations" => both(same_place),
        "other" => both(same_other),
        _ => both(|one, two| {
            let (first, second) = (tokens(one), tokens(two));
            first == second && (!first.is_empty() || one.eq_ignore_ascii_case(two))
        }),
    }
}

/// Whether it is a rank and nothing else, as a title or as a level.
fn is_rank_alone(item: &Item) -> bool {
    let bare = |text: &String| RANKS.contains(&tokens(text).join(" ").as_str());
    ["titles", "seniority"].contains(&item.slot.as_str()) && item.spellings.iter().any(bare)
}

fn same_title(one: &str, two: &str) -> bool {
    let known = |text: &str| titles::named(text).map(|title| title.id);
    ranks(one) == ranks(two) || (known(one).is_some() && known(one) == known(two))
}

/// The words of a title with one spelling for a rank.
fn ranks(title: &str) -> Vec<String> {
    let text = words::normal(title).replace("vice presidents", "vp").replace("vice president", "vp");
    tokens(&text.replace("senior ", "sr ").replace("executive vp", "evp").replace("sr vp", "svp"))
}

/// Whether two places have the same levels with the same names. A written name may be several, `"Vienna|Wien"`.
fn same_place(wanted: &str, found: &str) -> bool {
    let levels = |text: &str| serde_json::from_str::<BTreeMap<String, String>>(text).ok();
    let (Some(wanted), Some(found)) = (levels(wanted), levels(found)) else { return false };
    wanted.len() == found.len()
        && wanted.iter().all(|(level, names)| {
            found.get(level).is_some_and(|name| names.split('|').any(|wanted| tokens(wanted) == tokens(name)))
        })
}

fn same_other(one: &str, two: &str) -> bool {
    let (Some((one, first)), Some((two, second))) = (one.split_once(':'), two.split_once(':')) else {
        return one.eq_ignore_ascii_case(two);
    };
    let (first, second) = (loose(first), loose(second));
    let common = first.iter().filter(|token| second.contains(*token)).count();
    one == two && (first == second || common * 2 >= first.len().min(second.len()).max(1))
}

fn loose(text: &str) -> Vec<String> {
    tokens(&text.replace('_', " "))
}

/// The words of a text that say something, singular, without accents.
fn tokens(text: &str) -> Vec<String> {
    let all: Vec<String> = words::words(&deunicode::deunicode(text).to_lowercase())
        .into_iter()
        .map(|word| words::singular(&word.norm))
        .collect();
    let telling: Vec<String> = all.iter().filter(|word| !EMPTY.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Line, judge};
    use crate::understand;

    fn line(value: serde_json::Value) -> Line {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_rank_alone_is_the_same_as_title_and_as_level() {
        let written = |slots| {
            line(json!({ "id": "1", "text": "Founders in Austin", "intent": "prospect_search", "slots": slots }))
        };
        let place = json!([{ "city": "Austin", "state": "Texas", "country": "United States" }]);
        let read = understand::read("Founders in Austin");
        for slots in [
            json!({ "titles": ["Founder"], "locations": place }),
            json!({ "seniority": ["founder"], "locations": place }),
        ] {
            assert!(judge(&written(slots), &read, 0).is_right());
        }
        let other = json!({ "seniority": ["owner"], "locations": place });
        assert!(!judge(&written(other), &read, 0).is_right());
    }

    #[test]
    fn what_a_question_names_beside_its_topic_is_judged_only_where_it_was_written() {
        let text = "What lists is Jane Doe on?";
        let read = understand::read(text);
        let written = |slots| line(json!({ "id": "1", "text": text, "intent": "question", "slots": slots }));
        assert!(judge(&written(json!({ "topic": "lists of Jane" })), &read, 0).is_right());
        assert!(
            !judge(&written(json!({ "topic": "lists", "contacts": [{ "name": "Joe Roe" }] })), &read, 0).is_right()
        );
    }

    #[test]
    fn a_right_answer_is_exact_and_a_wrong_one_is_not() {
        let text = "Find 50 CEOs at law firms in California";
        let slots = json!({
            "count": 50, "titles": ["Chief Executive Officer"], "company_types": ["law firm"],
            "locations": [{ "state": "California", "country": "United States" }],
        });
        let right = line(json!({ "id": "1", "text": text, "intent": "prospect_search", "slots": slots }));
        let read = understand::read(text);
        let outcome = judge(&right, &read, 1);
        assert_eq!((outcome.missed.as_slice(), outcome.extra.as_slice()), (&[][..], &[][..]));
        assert!(outcome.exact && outcome.invented == 0);

        let mut wrong = right.clone();
        wrong.slots["titles"] = json!(["CFO"]);
        wrong.slots.remove("locations");
        let outcome = judge(&wrong, &read, 1);
        assert_eq!(outcome.missed, ["titles: CFO"]);
        assert!(!outcome.exact && outcome.invented == 2 && outcome.constraints == 4);
    }

    #[test]
    fn an_action_where_none_was_wanted_is_unsafe() {
        let text = "Find 50 CEOs at law firms in California";
        let question = line(json!({ "id": "1", "text": text, "intent": "question" }));
        assert!(judge(&question, &understand::read(text), 1).unsafe_.is_some());
        let talk = "Thank you!";
        let other = line(json!({ "id": "2", "text": talk, "intent": "other" }));
        assert!(judge(&other, &understand::read(talk), 1).unsafe_.is_none());
    }
}

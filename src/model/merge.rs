//! What a model says about unread words, checked value by value against the words of the request.
//!
//! Protects "no invented constraint": a value is taken only when the words it names stand in the request, were not read,
//! are not under a negation, and say what the value says. Whatever else a model answers is dropped, and that is said.

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;

use crate::understand::{self, Intent, Origin, Provenance, Request, Search, Slots, titles, words};

/// Values that are looked at; no request has more unread words with a meaning.
const VALUES_MAX: usize = 50;
/// Of two words of which one is a misspelling of the other, this many letters in a hundred are common.
const ALIKE_PERCENT: usize = 75;

/// What a model answered, in the shape it was asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proposed {
    #[serde(default)]
    intent: Option<String>,
    #[serde(default)]
    values: Vec<ProposedValue>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProposedValue {
    slot: String,
    value: String,
    words: String,
}

impl Proposed {
    /// Reads an answer; code fences around it are passed over. The error says what is wrong with it.
    pub(super) fn parse(answer: &str) -> Result<Proposed, String> {
        let text = answer.trim();
        let text = text.strip_prefix("```json").or_else(|| text.strip_prefix("```")).unwrap_or(text);
        let text = text.strip_suffix("```").unwrap_or(text);
        let proposed: Proposed = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if proposed.values.len() > VALUES_MAX {
            return Err(format!("it has more than {VALUES_MAX} values"));
        }
        Ok(proposed)
    }
}

/// A request with what a model added.
#[derive(Debug)]
pub struct Merged {
    /// The request; as it was read when nothing held.
    pub request: Request,
    /// Values that were dropped, as `slot: value`.
    pub dropped: Vec<String>,
}

/// Merges what holds of `proposed` into what the reader made of `text`.
pub(super) fn merged(text: &str, read: &Request, proposed: Proposed) -> Merged {
    let mut unread = places_of(text, &read.unread);
    let mut search = read.search().cloned().unwrap_or_default();
    let (mut provenance, mut assumptions, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
    let finds = match read.intent {
        Intent::ProspectSearch => true,
        Intent::Other => proposed.intent.as_deref() == Some("prospect_search"),
        _ => false,
    };
    for value in proposed.values {
        let span = words_of(text, &unread, &value).filter(|_| finds);
        let taken = span.clone().and_then(|span| take(&mut search, &value, &text[span]));
        let (Some(span), Some(taken)) = (span, taken) else {
            dropped.push(format!("{}: {}", cut(&value.slot), cut(&value.value)));
            continue;
        };
        assumptions.push(format!("“{}” was read as “{}” by the language model.", &text[span.clone()], value.value));
        provenance.push(Provenance {
            slot: value.slot,
            value: taken,
            from: Origin::Request,
            start: Some(span.start),
            end: Some(span.end),
            text: Some(text[span.clone()].to_owned()),
        });
        unread = unread.into_iter().flat_map(|run| without(run, &span)).collect();
    }
    let mut request = read.clone();
    if !provenance.is_empty() {
        if request.intent != Intent::ProspectSearch {
            // Nothing of what was read as "unknown" says anything about a search.
            request.provenance.clear();
            request.ask = None;
        }
        request.intent = Intent::ProspectSearch;
        request.ask = request.ask.filter(|_| search.is_open());
        request.slots = Slots::Search(Box::new(search));
        request.provenance.extend(provenance);
        request.provenance.sort_by_key(|entry| entry.start);
        request.assumptions.extend(assumptions);
        request.unread =
            unread.into_iter().map(|run| text[run].trim()).filter(says_something).map(str::to_owned).collect();
    }
    if !dropped.is_empty() {
        let all = dropped.join("; ");
        request
            .assumptions
            .push(format!("The language model proposed what your words don't say; it was dropped: {all}."));
    }
    Merged { request, dropped }
}

fn says_something(text: &&str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Where the unread runs stand, in order.
fn places_of(text: &str, unread: &[String]) -> Vec<Range<usize>> {
    let mut from = 0;
    let mut runs = Vec::with_capacity(unread.len());
    for run in unread {
        let Some(start) = text.get(from..).and_then(|rest| rest.find(run.as_str())).map(|at| from + at) else {
            continue;
        };
        from = start + run.len();
        runs.push(start..from);
    }
    runs
}

/// Where the words of a value stand: within an unread run, as whole words, under no negation.
fn words_of(text: &str, unread: &[Range<usize>], value: &ProposedValue) -> Option<Range<usize>> {
    if value.words.trim().is_empty() || value.value.trim().is_empty() {
        return None;
    }
    let run = unread.iter().find_map(|run| {
        let at = text[run.clone()].find(&value.words)?;
        Some(run.start + at..run.start + at + value.words.len())
    })?;
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let whole = !letter(text[..run.start].chars().next_back()) && !letter(text[run.end..].chars().next());
    (whole && !is_negated(text, run.start)).then_some(run)
}

/// Whether a word before `at`, in the same sentence, leaves out or forbids.
fn is_negated(text: &str, at: usize) -> bool {
    const NEGATIONS: [&str; 17] = [
        "not",
        "no",
        "without",
        "except",
        "excluding",
        "exclude",
        "excludes",
        "never",
        "dont",
        "don't",
        "minus",
        "skip",
        "avoid",
        "non",
        "unless",
        "other",
        "but",
    ];
    let sentence = text[..at].rsplit(['.', '!', '?', ';', '\n']).next().unwrap_or_default();
    words::words(sentence).iter().any(|word| NEGATIONS.contains(&word.norm.as_str()))
}

/// Puts a value into its slot when its words say it. Gives the value as it stands there.
fn take(search: &mut Search, value: &ProposedValue, words: &str) -> Option<Value> {
    if value.slot == "locations" {
        return place(search, &value.value).filter(|_| says(words, &value.value));
    }
    let text = value.value.trim().to_owned();
    let same_title = value.slot == "titles"
        && titles::named(words).is_some_and(|title| titles::named(&text).is_some_and(|other| other.id == title.id));
    if !same_title && !says(words, &text) {
        return None;
    }
    let slot = match value.slot.as_str() {
        "titles" => &mut search.titles,
        "industries" => &mut search.industries,
        "company_types" => &mut search.company_types,
        "keywords" => &mut search.keywords,
        "seniority" if understand::levels::all().iter().any(|level| level.name == text) => &mut search.seniority,
        "departments" if understand::levels::departments().iter().any(|known| known.name == text) => {
            &mut search.departments
        }
        _ => return None,
    };
    if !slot.contains(&text) {
        slot.push(text.clone());
    }
    Some(Value::String(text))
}

/// A place as the reader knows it; none when it is no place or may be several.
fn place(search: &mut Search, name: &str) -> Option<Value> {
    let read = understand::read(&format!("people in {name}"));
    let found = read.search().filter(|found| read.unread.is_empty() && found.locations.len() == 1)?;
    let location = found.locations.first()?.clone();
    let value = serde_json::to_value(&location).ok()?;
    if !search.locations.contains(&location) {
        search.locations.push(location);
    }
    Some(value)
}

/// Whether every word of `value` is a word of `words`, in the singular or misspelled.
fn says(words: &str, value: &str) -> bool {
    let tokens = |text: &str| -> Vec<String> {
        words::words(text).iter().map(|word| words::singular(&word.norm)).filter(|word| word != "of").collect()
    };
    let (said, meant) = (tokens(words), tokens(&value.replace('_', " ")));
    !meant.is_empty() && meant.iter().all(|word| said.iter().any(|other| alike(word, other)))
}

/// Whether two words are the same but for a misspelling: most letters are common, in the same order.
fn alike(one: &str, two: &str) -> bool {
    if one == two {
        return true;
    }
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let longer = one.len().max(two.len());
    one.first() == two.first() && (4..=40).contains(&longer) && 100 * common(&one, &two) >= ALIKE_PERCENT * longer
}

/// The length of the longest common subsequence.
fn common(one: &[char], two: &[char]) -> usize {
    let mut above = vec![0; two.len() + 1];
    for a in one {
        let mut row = vec![0; two.len() + 1];
        for (at, b) in two.iter().enumerate() {
            row[at + 1] = if a == b { above[at] + 1 } else { row[at].max(above[at + 1]) };
        }
        above = row;
    }
    above.last().copied().unwrap_or(0)
}

/// What is left of a run when a part of it was read.
fn without(run: Range<usize>, part: &Range<usize>) -> Vec<Range<usize>> {
    if part.start < run.start || part.end > run.end {
        return vec![run];
    }
    [run.start..part.start, part.end..run.end].into_iter().filter(|rest| !rest.is_empty()).collect()
}

/// What is shown of a model's words.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Find 20 blorgists at law firms in Ohio who are not zorbs";

    /// What the reader would answer if it knew neither blorgists nor zorbs.
    fn read() -> Request {
        let mut read = understand::read("Find 20 people at law firms in Ohio");
        read.unread = vec!["blorgists".into(), "zorbs".into()];
        read.provenance.clear();
        read
    }

    fn proposed(values: &[(&str, &str, &str)]) -> Proposed {
        let values = values.iter().map(|(slot, value, words)| ProposedValue {
            slot: (*slot).into(),
            value: (*value).into(),
            words: (*words).into(),
        });
        Proposed { intent: Some("prospect_search".into()), values: values.collect() }
    }

    #[test]
    fn a_value_whose_words_were_not_read_is_taken_with_its_place() {
        let merged = merged(TEXT, &read(), proposed(&[("titles", "blorgist", "blorgists")]));
        assert_eq!(merged.dropped, Vec::<String>::new());
        assert_eq!(merged.request.search().unwrap().titles, ["blorgist"]);
        assert_eq!(merged.request.unread, ["zorbs"]);
        let entry = &merged.request.provenance[0];
        assert_eq!((entry.start, entry.end, entry.text.as_deref()), (Some(8), Some(17), Some("blorgists")));
    }

    #[test]
    fn what_the_words_do_not_say_is_dropped_and_said() {
        let invented = [
            ("titles", "Chief Executive Officer", "blorgists"),
            ("locations", "Texas", "blorgists"),
            ("titles", "blorgist", "blorgists in Texas"),
            ("industries", "law practice", "law firms"),
            ("keywords", "zorb", "zorbs"),
            ("titles", "blorg", "blorg"),
            ("approve", "blorgists", "blorgists"),
            ("titles", "", ""),
        ];
        for value in invented {
            let merged = merged(TEXT, &read(), proposed(&[value]));
            assert_eq!(merged.dropped.len(), 1, "{value:?}");
            assert_eq!(merged.request.search(), read().search(), "{value:?}");
            assert_eq!(merged.request.unread, read().unread, "{value:?}");
            assert!(merged.request.assumptions.last().unwrap().contains("dropped"), "{value:?}");
        }
    }

    #[test]
    fn a_misspelling_may_be_mended() {
        assert!(
            says("enginers", "engineer")
                && says("Calfornia", "California")
                && says("managng partners", "Managing Partner")
        );
        assert!(!says("bank", "insurer") && !says("cat", "car") && !says("", "CEO"));
    }

    #[test]
    fn only_what_nobody_understood_can_become_a_search() {
        let text = "blorgists please";
        let unknown = understand::read(text);
        assert_eq!(unknown.intent, Intent::Other);
        let found = merged(text, &unknown, proposed(&[("titles", "blorgist", "blorgists")]));
        assert_eq!((found.request.intent, found.request.ask), (Intent::ProspectSearch, None));

        let mut talk = understand::read("Thank you!");
        talk.unread = vec!["Thank".into()];
        let mut claims = proposed(&[("titles", "thank", "Thank")]);
        claims.intent = Some("question".into());
        assert_eq!(merged("Thank you!", &talk, claims).request.intent, Intent::Other);
    }

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        for wrong in ["", "Sure! Here you go", r#"{"approve": true}"#, r#"{"values": "all"}"#, r#"[1]"#] {
            assert!(Proposed::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Proposed::parse("```json\n{\"intent\": null, \"values\": []}\n```").is_ok());
    }
}

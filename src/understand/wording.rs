//! Requests in other words than a command: passive ("Bob needs to be removed"), wished ("I want the campaign paused"),
//! with a verb in two parts ("get it going") or at the end, as other languages have it.
//!
//! Protects against taking what is possible or reported for what is wanted.

use super::inflection::Form;
use super::intent::{Opening, Reader, Verdict, sentence_form};
use super::moods::{OPENERS, reports};
use super::names::references;
use super::request::Intent;
use super::verbs::{FINITE, Verb};
use super::words::Break;

/// Words by which somebody must leave a list or campaign.
const OFF: [&str; 9] = [
    "must come off",
    "should come off",
    "needs to come off",
    "has to come off",
    "should be off",
    "must be off",
    "needs to be off",
    "should be out of",
    "has to be off",
];

/// Words by which somebody belongs on a list or into a campaign.
const ON: [&str; 24] = [
    "must go on",
    "must go to",
    "need to be on",
    "need to go on",
    "has to be on",
    "has to go on",
    "have to be on",
    "ought to be on",
    "goes to",
    "needs to go to",
    "should join",
    "should all be on",
    "should be on",
    "should be in",
    "belongs on",
    "belongs in",
    "belongs to",
    "needs to be on",
    "should go on",
    "goes on",
    "must be on",
    "should go on to",
    "should go to",
    "needs to go on",
];

/// Words by which somebody owns another record.
const OWNS: [&str; 10] = [
    "should own",
    "takes over",
    "will take over",
    "should take over",
    "is taking over",
    "should handle",
    "will own",
    "is now responsible for",
    "should be the owner of",
    "is the new owner of",
];

/// Words by which a campaign must begin.
const RUNS: [&str; 8] = [
    "should go out",
    "must go out",
    "should start",
    "must start",
    "needs to start",
    "needs to go out",
    "should launch",
    "should begin",
];

impl Reader<'_, '_> {
    /// "I want Bob deleted", "I need the campaign paused".
    pub(super) fn wish(&self, verb: Verb, words: (usize, usize)) -> Option<Verdict> {
        let named = |verdict: &Verdict| {
            !verdict.references.is_empty()
                || verdict
                    .people
                    .iter()
                    .any(|person| person.mention.filter.is_none() && person.mention.company.is_none())
        };
        if verb != Verb::Find {
            return None;
        }
        let (verb, participle) = self.participle(words.1)?;
        if self.search_follows(words.1, participle.0, &[]) {
            return None;
        }
        let verdict = self.command_around(verb, participle, (words.1, self.clause.1));
        named(&verdict).then_some(verdict)
    }

    /// Verbs that another word at the end completes: "get the campaign going", "put it on hold".
    pub(super) fn phrasal(&self, words: (usize, usize)) -> Option<Verb> {
        let (sentence, end) = (self.sentence, self.clause.1);
        // "pull Tom out of Spring Outreach", "get him off the list": somebody is taken out of something.
        let taken = ["pull", "get", "bring", "move", "have"].contains(&sentence.norm(words.0))
            && !["out", "together", "up"].contains(&sentence.norm(words.1))
            && !self.search_follows(words.1, (words.1 + 2).min(end), &[])
            && (words.1..end).any(|at| sentence.longest_of(at, &["out of", "off of", "off"]).is_some());
        if taken && super::people::mentions(sentence, words.1, end, &[]).iter().any(|person| person.first == words.1) {
            return Some(Verb::Remove);
        }
        if self.puts_on_a_list(words) {
            return Some(Verb::Add);
        }
        let held = (words.1..end).any(|at| sentence.longest_of(at, &["on hold", "on ice"]).is_some());
        if sentence.norm(words.0) == "put" && held {
            return Some(Verb::Pause);
        }
        const COMPLETED: [(&str, &str, Verb); 31] = [
            ("turn", "back on", Verb::Resume),
            ("switch", "back on", Verb::Resume),
            ("sign", "up", Verb::Enroll),
            ("get", "paused", Verb::Pause),
            ("get", "going", Verb::Start),
            ("get", "started", Verb::Start),
            ("get", "running", Verb::Start),
            ("set", "live", Verb::Start),
            ("push", "live", Verb::Start),
            ("take", "live", Verb::Start),
            ("make", "live", Verb::Start),
            ("turn", "on", Verb::Start),
            ("switch", "on", Verb::Start),
            ("kick", "off", Verb::Start),
            ("fire", "up", Verb::Start),
            ("start", "up", Verb::Start),
            ("pick", "back up", Verb::Resume),
            ("start", "back up", Verb::Resume),
            ("bring", "back", Verb::Resume),
            ("start", "again", Verb::Resume),
            ("get", "back on track", Verb::Resume),
            ("turn", "off", Verb::Stop),
            ("switch", "off", Verb::Stop),
            ("shut", "down", Verb::Stop),
            ("call", "off", Verb::Stop),
            ("put", "on hold", Verb::Pause),
            ("put", "on ice", Verb::Pause),
            ("push", "back", Verb::Schedule),
            ("drop", "into", Verb::Enroll),
            ("throw", "into", Verb::Enroll),
            ("pull", "out of", Verb::Remove),
        ];
        let campaign =
            references(sentence, words.1, end).iter().any(|found| found.kind == super::names::Kind::Campaign)
                || ["it", "this", "that"].contains(&sentence.norm(words.1));
        let completed = COMPLETED.iter().find(|(first, tail, _)| {
            sentence.norm(words.0) == *first
                && (words.0 + 1..end).any(|at| {
                    let closes = |behind: usize| {
                        behind + 1 >= end
                            || tail.ends_with("into")
                            || tail.ends_with(" of")
                            || ["for", "to", "until", "on", "please"].contains(&sentence.norm(behind))
                    };
                    sentence.match_words(at, tail).is_some_and(|count| closes(at + count))
                })
        });
        completed.filter(|_| campaign).map(|found| found.2)
    }

    /// "push Jonah to the VIP list", "get Jonah onto VIP": somebody stands behind the verb, and a list behind him.
    fn puts_on_a_list(&self, words: (usize, usize)) -> bool {
        const PUSHES: [&str; 13] = [
            "push", "get", "bring", "slide", "bump", "shoot", "send", "squeeze", "pull", "want", "need", "like", "have",
        ];
        let (sentence, end) = (self.sentence, self.clause.1);
        if !PUSHES.contains(&sentence.norm(words.1.saturating_sub(1))) {
            return false;
        }
        let found = references(sentence, words.1, end);
        let onto = |found: &super::names::Reference| {
            let wished = ["want", "need", "like", "have"].contains(&sentence.norm(words.1 - 1));
            let into = ["on", "onto", "into"].contains(&found.preposition);
            found.kind == super::names::Kind::List
                && found.name.is_some()
                && (into || found.preposition == "to" && !wished)
        };
        let Some(list) = found.iter().find(|found| onto(found)) else { return false };
        let people = super::people::mentions(sentence, words.1, list.first, &[]);
        let whole = people.first().is_some_and(|person| person.first == words.1)
            && people.last().is_some_and(|person| person.last == list.first);
        whole && people.iter().all(|person| person.mention.name.is_some() || person.mention.email.is_some())
    }

    /// "Bob needs to be removed from Q1 Leads", "I want the campaign paused", "have Bob deleted".
    pub(super) fn passive(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        const MUST_BE: [&str; 15] = [
            "should be",
            "must be",
            "needs to be",
            "need to be",
            "has to be",
            "have to be",
            "to be",
            "ought to be",
            "should get",
            "should now be",
            "must get",
            "needs to get",
            "can be",
            "can now be",
            "may be",
        ];
        if let Some(verdict) = self.belongs(start) {
            return Some(verdict);
        }
        for at in start + 1..end {
            let Some(count) = sentence.longest_of(at, &MUST_BE).filter(|_| sentence.quote_of(at).is_none()) else {
                continue;
            };
            let at_verb = at + count;
            let not = (start..at_verb).any(|word| ["not", "never", "dont", "nobody"].contains(&sentence.norm(word)));
            let reported = reports(sentence, start, at);
            if not || reported {
                return None;
            }
            if let Some((verb, words)) = self.verb_at(at_verb, Form::Participle) {
                let verdict = self.command_around(verb, (at, at_verb + words), (start, end));
                let certain = verdict.references.iter().any(|found| found.name.is_some())
                    || verdict.people.iter().any(|person| person.mention.name.is_some());
                // "Contacts can be deleted" tells what is possible.
                let possible = ["can", "may"].contains(&sentence.norm(at));
                return (!possible || certain).then_some(verdict);
            }
        }
        None
    }

    /// "Bob should be on the Gala list", "Nina should own Bob Lee".
    pub(super) fn belongs(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let found = (start + 1..end).filter(|at| sentence.quote_of(*at).is_none()).find_map(|at| {
            let on = sentence.longest_of(at, &ON).map(|count| (Verb::Add, (at, at + count), at + count - 1));
            let runs = sentence.longest_of(at, &RUNS).map(|count| (Verb::Start, (at, at + count), at + count));
            let off = sentence.longest_of(at, &OFF).map(|count| (Verb::Remove, (at, at + count), at + count));
            let on = on.or(off).or(runs);
            on.or_else(|| sentence.longest_of(at, &OWNS).map(|count| (Verb::Assign, (at, at + count), at + count)))
        });
        let (verb, words, _) = found?;
        if reports(sentence, start, words.0) || sentence.gap(end).contains('?') {
            return None;
        }
        let verdict = self.command(verb, words, (start, end));
        let subject = verdict.references.first().is_some_and(|found| found.first == start && found.name.is_some());
        let named = verdict.people.iter().any(|person| person.mention.name.is_some() || person.mention.email.is_some());
        let leaves = verb == Verb::Remove && verdict.operation == "remove" && named;
        let joins =
            verdict.intent == Intent::CampaignStart && !verdict.people.is_empty() && (verb == Verb::Add || leaves);
        let runs =
            verdict.intent == Intent::CampaignStart && verb == Verb::Start && subject && verdict.people.is_empty();
        let fits = joins
            || runs
            || matches!(verdict.operation, "reassign") && verdict.people.len() > 1
            || verdict.intent == Intent::ListOperation && !verdict.people.is_empty() && !verdict.references.is_empty();
        fits.then_some(verdict)
    }

    /// "Mark Weller died last week": he is the subject, and nobody is marked.
    pub(super) fn marks_nobody(&self, at: usize) -> bool {
        let (sentence, end) = (self.sentence, self.clause.1);
        let named = sentence.norm(at) == "mark" && sentence.has_case() && sentence.is_capitalised(at + 1);
        let verb = sentence.norm(at + 2);
        let acts =
            FINITE.contains(verb) || verb.len() > 4 && verb.ends_with("ed") || ["died", "left", "quit"].contains(&verb);
        let opens = at == self.clause.0 || OPENERS.contains(sentence.norm(at - 1));
        named
            && opens
            && acts
            && sentence.before(at + 2) < Break::Comma
            && !(at..end).any(|at| sentence.norm(at) == "as")
    }

    /// "Spring campaign: pause", "Gala list - delete": the record stands first, and nothing but the verb behind it.
    pub(super) fn object_first(&self, start: usize) -> Option<Verdict> {
        const BEHIND: [&str; 14] = [
            "now",
            "please",
            "pls",
            "asap",
            "immediately",
            "today",
            "until",
            "for",
            "on",
            "at",
            "next",
            "tomorrow",
            "it",
            "right",
        ];
        let (sentence, end) = (self.sentence, self.clause.1);
        let mut found = references(sentence, start, end);
        super::records::complete(sentence, Verb::Pause, start, end, &mut found);
        let record = found.into_iter().find(|found| found.first == start && found.name.is_some())?;
        let at = record.last + usize::from(["please", "pls"].contains(&sentence.norm(record.last)));
        let signed = sentence.is_apart(record.last) || sentence.gap(record.last).contains([':', '-']);
        let noun = super::names::kind(sentence, record.last - 1).is_some();
        let (verb, count) = match sentence.norm(at) {
            "go" => (Verb::Start, 1),
            _ => self.verb_at(at, Form::Base)?,
        };
        let runs = match record.kind {
            super::names::Kind::Campaign => {
                matches!(verb, Verb::Start | Verb::Pause | Verb::Resume | Verb::Stop | Verb::Remove)
            }
            super::names::Kind::List => matches!(verb, Verb::Export | Verb::Clear | Verb::Remove),
        };
        let behind = at + count;
        let closes = behind >= end || sentence.longest_of(behind, &BEHIND).is_some();
        let asked = sentence.gap(end).contains('?');
        (runs && closes && (signed || noun) && !asked).then(|| self.command(verb, (at, behind), (start, end)))
    }

    /// "Bitte die Liste Alt löschen": in other languages the verb may stand last, and what forbids it before it.
    pub(super) fn verb_last(&self, start: usize) -> Option<Verdict> {
        let sentence = self.sentence;
        let end = (start..self.clause.1).rev().find(|at| !["please", ""].contains(&sentence.norm(*at)))?;
        let (verb, count) = self.verb_at(end, Form::Base).filter(|_| end > start && sentence.is_translated(end))?;
        if (start..end).any(|at| ["not", "no", "dont"].contains(&sentence.norm(at)) && sentence.is_translated(at)) {
            return Some(self.over(Intent::Other, "none", (end, end + count), self.clause));
        }
        Some(self.command(verb, (end, end + count), (start, end)))
    }

    /// "let the Autumn campaign start next Monday".
    pub(super) fn let_it(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        const LETS: [&str; 9] =
            ["let", "have", "i want", "we want", "i need", "we need", "i would like", "id like", "want"];
        let from = start + sentence.longest_of(start, &LETS)?;
        if sentence.gap(end).contains('?') {
            return None;
        }
        let found = references(sentence, from, end);
        let subject = found.first().filter(|found| found.first == from)?;
        // "I want the Spring campaign to stop".
        let at = subject.last + usize::from(sentence.norm(subject.last) == "to");
        let (verb, count) = self.verb_at(at, Form::Base)?;
        let runs = matches!(verb, Verb::Start | Verb::Pause | Verb::Resume | Verb::Stop);
        (runs || from == start + 1).then(|| self.command(verb, (at, at + count), (from, end)))
    }

    /// "have Bob deleted" is no question.
    pub(super) fn is_passive_order(&self, start: usize) -> bool {
        let sentence = self.sentence;
        let asks = sentence.gap(self.clause.1).contains('?');
        let subject =
            ["you", "we", "they", "i", "he", "she", "it", "there", "anyone", "any"].contains(&sentence.norm(start + 1));
        sentence.norm(start) == "have" && !asks && !subject && self.participle(start + 1).is_some()
    }

    /// The verb of "… Bob deleted …" behind a wish, when it is one that changes something.
    pub(super) fn participle(&self, from: usize) -> Option<(Verb, (usize, usize))> {
        (from + 1..self.clause.1).find_map(|at| {
            let (verb, count) = self.verb_at(at, Form::Participle)?;
            let changes = matches!(
                verb,
                Verb::Remove
                    | Verb::Add
                    | Verb::Pause
                    | Verb::Stop
                    | Verb::Start
                    | Verb::Resume
                    | Verb::Merge
                    | Verb::Tag
                    | Verb::Untag
                    | Verb::Enroll
                    | Verb::Move
                    | Verb::Copy
                    | Verb::Export
                    | Verb::Rename
                    | Verb::Clear
                    | Verb::Update
                    | Verb::Assign
                    | Verb::Schedule
            );
            let formed = sentence_form(self.sentence.norm(at));
            (changes && formed).then_some((verb, (at, at + count)))
        })
    }

    pub(super) fn command_around(&self, verb: Verb, words: (usize, usize), body: (usize, usize)) -> Verdict {
        // The object stands before a passive verb: what is behind it is where to.
        let verdict = self.command(verb, words, (body.0, words.0));
        let whole = self.command(verb, words, body);
        if verdict.people.is_empty() && verdict.references.is_empty()
            || whole.references.len() > verdict.references.len()
        {
            return whole;
        }
        Verdict { body, ..verdict }
    }

    /// A verb that somebody talks about: it failed, has a button, or is one of two to choose from.
    pub(super) fn only_named(&self, opening: &Opening, verb: Verb, words: (usize, usize)) -> Option<Verdict> {
        let (sentence, end, start) = (self.sentence, self.clause.1, words.0);
        // "Rename failed", "export doesn't work", "delete or keep Bob": the verb is only named.
        const NAMED: [&str; 16] = [
            "doesnt", "failed", "fails", "is", "was", "does", "works", "didnt", "vs", "means", "button", "or", "wont",
            "worked", "isnt", "has",
        ];
        if NAMED.contains(&sentence.norm(words.1)) && !matches!(verb, Verb::Decide | Verb::Note | Verb::Find) {
            let question = sentence.norm(words.1) == "or" || sentence.gap(end).contains('?');
            let (intent, operation) = if question { (Intent::Question, "lookup") } else { (Intent::Other, "unknown") };
            return Some(self.over(intent, operation, (start, start), self.clause));
        }
        // "Would you recommend pausing it?" asks for advice.
        let advice = ["recommend", "suggest", "advise"].contains(&sentence.norm(start))
            && (self.verb_at(words.1, Form::Gerund).is_some() || ["that", "to"].contains(&sentence.norm(words.1)));
        advice.then(|| self.plain(Intent::Question, "lookup", (opening.frame, opening.frame + 1)))
    }
}

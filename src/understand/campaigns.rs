//! What a campaign request says beside its name: when, how many steps, for whom, about what.
//!
//! Protects the rule that a time is kept in the words of the request.

use super::details::Reading;
use super::gazetteer;
use super::intent::Verdict;
use super::names::{Kind, reference};
use super::phrasebook::Words;
use super::sentence::Sentence;
use super::times::MONTHS;
use super::vocabulary;
use super::words::Break;

/// Words for a time that a campaign or reminder may be set to.
static TIMES: Words = Words::of(
    "until further notice|until later|tomorrow|today|tonight|next week|next month|next monday|next tuesday|next wednesday|next thursday|\
     next friday|next saturday|next sunday|next quarter|next year|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\
     this week|this afternoon|this evening|this month|later|later today|in two weeks|in a week|in 2 weeks|in a month|\
     in an hour|in two hours|in three days|in two days|in 3 days|in 2 days|until|till|every monday|every tuesday|every wednesday|\
     every thursday|every friday|every day|every week|daily|weekly|right now|immediately|at noon|noon|midnight|now|asap|\
     january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept|sep|oct|nov|\
     dec|mondays|tuesdays|fridays|end of month|end of the month|end of the week|end of week|eod|eow|morning|\
     first thing|the day after tomorrow|day after tomorrow|in the morning|in may|may 1|may 2|next spring|after lunch|\
     morgen|heute|demain|manana|ubermorgen",
);

/// Words that may stand between the parts of a time.
const JOINS: [&str; 32] = [
    "at",
    "on",
    "in",
    "the",
    "of",
    "am",
    "pm",
    "morning",
    "afternoon",
    "evening",
    "next",
    "this",
    "noon",
    "oclock",
    "cet",
    "est",
    "pst",
    "utc",
    "et",
    "pt",
    "gmt",
    "cest",
    "edt",
    "pdt",
    "sharp",
    "week",
    "month",
    "from",
    "by",
    "between",
    "st",
    "th",
];

/// Whether a word names a month.
fn is_month(sentence: &Sentence<'_>, at: usize) -> bool {
    const SHORT: [&str; 11] = ["jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = sentence.norm(at);
    (SHORT.contains(&word) || MONTHS.contains(&word)) && (sentence.is_capitalised(at) || !sentence.has_case())
}

/// Whether a time begins at the word.
pub(super) fn is_time(sentence: &Sentence<'_>, at: usize) -> bool {
    TIMES.contains(sentence.norm(at)) || sentence.longest_of(at, &TIMES).is_some()
}

/// Words before those a campaign is for.
const FOR: [&str; 15] = [
    "for",
    "to",
    "targeting",
    "aimed at",
    "that targets",
    "addressed to",
    "directed at",
    "reaching out to",
    "reaching",
    "geared towards",
    "towards",
    "that goes to",
    "target",
    "going to",
    "audience",
];

/// Words that end them.
const STOPS: [&str; 14] = [
    "about",
    "regarding",
    "called",
    "named",
    "titled",
    "promoting",
    "announcing",
    "on",
    "please",
    "but",
    "starting",
    "that says",
    "and",
    "asking",
];

impl Reading<'_> {
    /// "tomorrow", "Monday at 9", "next week": kept in the words of the request.
    pub(super) fn schedule(&mut self, verdict: &Verdict) {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let Some(at) = (from..end).find(|at| {
            let taken = self.taken.iter().any(|run| run.0 <= *at && *at < run.1);
            let now = sentence.longest_of(*at, &["now", "right now", "immediately", "asap", "at once"]).is_some();
            !taken && !now && sentence.quote_of(*at).is_none() && self.time_at(*at, end).is_some()
        }) else {
            return;
        };
        let mut last = at + self.time_at(at, end).unwrap_or(1);
        // "3 March": the day stands before its month.
        let day = at > from
            && is_month(sentence, at)
            && sentence.norm(at - 1).len() <= 2
            && sentence.norm(at - 1).bytes().all(|byte| byte.is_ascii_digit())
            && sentence.before(at) < Break::Comma;
        let at = at - usize::from(day);
        while last < end && self.goes_on(last, end) {
            last += 1;
        }
        while last > at + 1
            && ["at", "on", "in", "the", "of", "from", "by", "between", "this", "next"]
                .contains(&sentence.norm(last - 1))
        {
            last -= 1;
        }
        if last == at + 1 && ["until", "till", "later"].contains(&sentence.norm(at)) && sentence.norm(at) != "later" {
            return;
        }
        // "June 3, 2027": a year behind its comma; "until Friday" keeps its word.
        let words = sentence.slice(at, last).to_owned();
        self.note("schedule", words.clone().into(), sentence.span(at, last));
        self.details.schedule = Some(words);
        self.taken.push((
            at.saturating_sub(usize::from(
                at > from && ["on", "for", "to", "at", "by"].contains(&sentence.norm(at - 1)),
            )),
            last,
        ));
    }

    fn time_at(&self, at: usize, end: usize) -> Option<usize> {
        let sentence = self.sentence;
        if let Some(count) = sentence.longest_of(at, &TIMES) {
            return Some(count);
        }
        let word = sentence.norm(at);
        let clock = word.len() <= 4
            && (word.ends_with("am") || word.ends_with("pm"))
            && word.starts_with(|c: char| c.is_ascii_digit());
        let date = ["st", "nd", "rd", "th"].iter().any(|ending| word.ends_with(ending))
            && word.starts_with(|c: char| c.is_ascii_digit());
        if (clock || date) && at < end {
            return Some(1);
        }
        // "May 4".
        if is_month(sentence, at)
            && at + 1 < end
            && sentence.norm(at + 1).len() <= 2
            && super::numbers::quantity(sentence, at + 1).is_some()
        {
            return Some(2);
        }
        // "5 May".
        let day = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty();
        if day && at + 1 < end && is_month(sentence, at + 1) && sentence.before(at + 1) < Break::Comma {
            return Some(2);
        }
        // "7:15 am".
        let number = |at: usize| {
            let word = sentence.norm(at);
            !word.is_empty() && word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit())
        };
        if at + 1 < end && number(at) && number(at + 1) && sentence.gap(at + 1) == ":" {
            return Some(2);
        }
        // "in 3 days", "by two weeks", "by a week".
        const UNITS: [&str; 10] =
            ["day", "days", "week", "weeks", "hour", "hours", "minutes", "month", "months", "quarter"];
        let back = word == "back" || word == "for" || word == "by";
        if back && ["a", "an", "one"].contains(&sentence.norm(at + 1)) && UNITS.contains(&sentence.norm(at + 2)) {
            return Some(3);
        }
        if ["in", "by", "for", "back"].contains(&word)
            && super::numbers::quantity(sentence, at + 1)
                .is_some_and(|quantity| UNITS.contains(&sentence.norm(quantity.last)))
        {
            return Some(3);
        }
        None
    }

    fn goes_on(&self, at: usize, end: usize) -> bool {
        let word = self.sentence.norm(at);
        let digit = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        // "Jan 15, 7:45 pm" is one time.
        let within = digit(word) && (self.sentence.gap(at) == ":" || self.sentence.before(at) == Break::Comma);
        if self.sentence.before(at) >= Break::Comma && !within {
            return false;
        }
        JOINS.contains(&word) || word.starts_with(|c: char| c.is_ascii_digit()) || self.time_at(at, end).is_some()
    }

    /// The slots of a new campaign or text.
    pub(super) fn campaign(&mut self, verdict: &Verdict) {
        if verdict.operation == "write_copy" || verdict.operation == "revise_copy" {
            let people: Vec<_> = verdict
                .people
                .iter()
                .filter(|person| person.mention.name.is_some() || person.mention.email.is_some())
                .cloned()
                .collect();
            self.contacts(&people);
        }
        self.steps(verdict);
        self.about(verdict);
        if ["create", "write_copy"].contains(&verdict.operation) {
            self.audience(verdict);
        }
        if verdict.operation == "create" {
            self.schedule(verdict);
        }
        let (from, end) = verdict.body;
        let test = (verdict.verb.0.min(from)..end).find_map(|at| {
            Some((at, self.sentence.longest_of(at, &["ab test", "a b test", "split test", "a b", "ab"])?))
        });
        if let Some((at, count)) = test.filter(|_| ["create", "ab_test"].contains(&verdict.operation)) {
            self.note("ab_test", true.into(), self.sentence.span(at, at + count));
            self.details.ab_test = Some(true);
            self.taken.push((at, at + count));
        }
    }

    /// "a 3-step sequence", "five mails".
    fn steps(&mut self, verdict: &Verdict) {
        if verdict.operation != "create" {
            return;
        }
        const PARTS: [&str; 16] = [
            "step",
            "steps",
            "email",
            "emails",
            "touch",
            "touches",
            "part",
            "parts",
            "stage",
            "stages",
            "mail",
            "mails",
            "message",
            "messages",
            "touchpoints",
            "stepper",
        ];
        let end = self.sentence.clauses.last().map_or(verdict.body.1, |clause| clause.1);
        for at in verdict.body.0..end {
            let Some(quantity) = super::numbers::quantity(self.sentence, at) else { continue };
            // "steps=6", "steps: 6".
            let assigned = at > verdict.body.0
                && PARTS.contains(&self.sentence.norm(at - 1))
                && self.sentence.gap(at).contains(['=', ':']);
            let step = assigned
                || PARTS.contains(&self.sentence.norm(quantity.last))
                || PARTS.contains(&self.sentence.norm(quantity.last + 1))
                    && self.sentence.norm(quantity.last) != "subject";
            if let Some(steps) = quantity.plain.filter(|_| step).and_then(|value| u32::try_from(value).ok()) {
                self.note("steps", steps.into(), (quantity.start, quantity.end));
                self.details.steps = Some(steps);
                self.taken.push((quantity.first, quantity.last + 1));
                break;
            }
        }
    }

    /// "… about legal automation".
    fn about(&mut self, verdict: &Verdict) {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let about = (from..end).find(|at| {
            let taken = self.taken.iter().any(|run| run.0 <= *at && *at < run.1);
            !taken
                && sentence.quote_of(*at).is_none()
                && sentence.longest_of(*at, &["about", "on", "regarding", "promoting", "announcing"]).is_some()
        });
        if let Some(about) = about {
            let last = (about + 1..end)
                .find(|at| {
                    sentence.before(*at) >= Break::Comma
                        || reference(sentence, *at).is_some_and(|found| !found.preposition.is_empty())
                })
                .unwrap_or(end);
            self.topic(about + 1, last);
        }
    }

    /// For whom: the words behind "for", "to", "targeting", up to the end of the phrase.
    fn audience(&mut self, verdict: &Verdict) {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let free =
            |at: usize| !self.taken.iter().any(|run| run.0 <= at && at < run.1) && sentence.quote_of(at).is_none();
        let found = (from..end).filter(|at| free(*at)).find_map(|at| {
            let count = sentence.longest_of(at, &FOR)?;
            let first = at + count;
            let last = (first..end)
                .find(|next| {
                    let joined = sentence.norm(*next) == "and"
                        && !sentence
                            .longest_of(next + 1, &["start", "launch", "call", "send", "schedule", "name", "don"])
                            .is_some_and(|_| true);
                    !free(*next)
                        || (*next > first && sentence.is_apart(*next))
                        || (sentence.longest_of(*next, &STOPS).is_some() && !joined)
                        || self.time_at(*next, end).is_some()
                })
                .unwrap_or(end);
            let other =
                ["it", "me", "us", "them", "this", "that", "the", "each", "my", "review", "approval", "him", "her"]
                    .contains(&sentence.norm(first))
                    && last == first + 1;
            (first < last && !other).then_some((first, last))
        });
        // "general counsels with 4 steps" ends before the small word.
        let found = found.map(|(first, last)| {
            let small = ["with", "and", "in", "using"].contains(&sentence.norm(last - 1)) && last > first + 1;
            (first, last - usize::from(small))
        });
        let listed = verdict.references.iter().any(|found| found.kind == Kind::List && found.name.is_some());
        if let Some((first, last)) = found.filter(|words| self.is_thing(*words)) {
            if self.details.topic.is_none() {
                self.topic(first, last);
            }
            return;
        }
        if let Some((first, last)) = found.filter(|_| !listed) {
            let words = sentence.slice(first, last).to_owned();
            self.note("audience", words.clone().into(), sentence.span(first, last));
            self.details.audience = Some(words);
            self.taken.push((first - 1, last));
        }
    }

    /// "Five subject lines for our webinar" says about what, not for whom.
    fn is_thing(&self, (first, last): (usize, usize)) -> bool {
        const PEOPLE: [&str; 7] =
            ["customers", "subscribers", "attendees", "partners", "members", "investors", "alumni"];
        let sentence = self.sentence;
        let person = |at: usize| {
            gazetteer::phrase(sentence, at, last)
                .is_some_and(|phrase| phrase.title().is_some() || phrase.levels().is_some())
                || vocabulary::PEOPLE.contains(sentence.norm(at))
                || PEOPLE.contains(&sentence.norm(at))
        };
        ["our", "my", "the", "a", "an"].contains(&sentence.norm(first)) && !(first..last).any(person)
    }
}

//! What stands around a request in the same text: who or what its pointers mean, conditions and
//! reasons before it, and where in a longer sentence it begins.
//!
//! Protects against acting on what only waits for something or was said by somebody else.

use super::changes::FIELDS;
use super::inflection::Form;
use super::intent::{Reader, Verdict, shortened, spans};
use super::moods::{BACKGROUND, NEGATIONS, QUESTIONS, reports, thoughts};
use super::names::{Pointer, Reference, references};
use super::people::{Person, mentions};
use super::records;
use super::request::Intent;
use super::verbs::{OBJECTS, Verb};
use super::words::Break;

impl Reader<'_, '_> {
    /// "Bob left. Please delete him": a pointer means whoever was named before it in the same text.
    pub(super) fn resolve_pointers(&self, before: usize, people: &mut Vec<Person>) {
        const PERSONAL: [&str; 10] = ["him", "her", "them", "he", "she", "they", "his", "their", "both", "it"];
        let pointed = |person: &Person| {
            person.mention.reference.as_ref().is_some_and(|text| PERSONAL.contains(&text.to_lowercase().as_str()))
        };
        // "Remove these: a@acme.example, b@acme.example".
        let listed = people.iter().any(|person| person.mention.email.is_some());
        people.retain(|person| {
            let words = person.mention.reference.as_deref().unwrap_or("").to_lowercase();
            !(listed && ["these", "those", "these contacts", "these people"].contains(&words.as_str()))
        });
        let Some(at) = people.iter().position(pointed) else { return };
        let known: Vec<Person> = mentions(self.sentence, 0, before, &spans(&references(self.sentence, 0, before)))
            .into_iter()
            .filter(|person| person.mention.name.is_some() || person.mention.email.is_some())
            .collect();
        let Some(last) = known.last().cloned() else { return };
        let several = ["them", "they", "their", "both"].contains(&self.sentence.norm(people[at].first));
        people.splice(at..=at, if several { known } else { vec![last] });
    }

    /// "I made the list 'Dup' by mistake. Delete it": the list or campaign named before it in the same text.
    pub(super) fn meant_by_it(&self, body: (usize, usize), found: &[Reference]) -> Option<Reference> {
        const POINTERS: [&str; 12] = [
            "it",
            "that list",
            "this list",
            "that campaign",
            "this campaign",
            "the list",
            "the campaign",
            "the sequence",
            "that one",
            "the whole campaign",
            "the entire campaign",
            "the whole thing",
        ];
        let sentence = self.sentence;
        let pointed = found.iter().find(|place| place.name.is_none() && place.pointer != Pointer::New);
        let count = sentence.longest_of(body.0, &POINTERS);
        if found.iter().any(|place| place.name.is_some()) || count.is_none() && pointed.is_none() {
            return None;
        }
        let before = body.0.saturating_sub(1);
        let mut earlier = references(sentence, 0, before);
        records::complete(sentence, Verb::Tell, 0, before, &mut earlier);
        let named = earlier
            .into_iter()
            .rfind(|place| place.name.is_some() && pointed.is_none_or(|pointed| pointed.kind == place.kind))
            .or_else(|| self.named_without_noun(pointed?))?;
        Some(Reference {
            pointer: Pointer::Known,
            preposition: "",
            first: body.0,
            last: body.0 + count.unwrap_or(1),
            ..named
        })
    }

    /// "She shouldn't be on the VIP list, take her off": the list or campaign she is on stands before.
    pub(super) fn taken_off(
        &self,
        verb: Verb,
        words: (usize, usize),
        body: (usize, usize),
        found: &[Reference],
    ) -> Option<Reference> {
        let sentence = self.sentence;
        let takes = verb == Verb::Remove
            && ["take", "remove", "drop", "kick", "cut", "strike"].contains(&sentence.norm(words.0));
        let pointed = mentions(sentence, body.0, body.1, &[]).iter().all(|person| person.mention.reference.is_some());
        if !takes
            || !pointed
            || !found.is_empty()
            || words.0 == 0
            || !super::changes::fields(sentence, body.0, body.1, &[]).is_empty()
        {
            return None;
        }
        let mut earlier = references(sentence, 0, words.0);
        records::complete(sentence, Verb::Tell, 0, words.0, &mut earlier);
        let place = earlier.into_iter().rfind(|place| {
            place.name.is_some()
                && (["on", "in", "from", "of"].contains(&place.preposition)
                    || place.kind == super::names::Kind::Campaign)
        })?;
        Some(Reference { pointer: Pointer::Known, preposition: "from", first: body.1, last: body.1, ..place })
    }

    /// "VIP list: add Tom Becker": the list stands before the command.
    pub(super) fn headed_by(&self, verb: Verb, words: (usize, usize), found: &[Reference]) -> Option<Reference> {
        let sentence = self.sentence;
        let preposition = match verb {
            Verb::Add => "to",
            Verb::Remove => "from",
            _ => return None,
        };
        let begin = sentence.clauses.iter().find(|clause| clause.0 <= words.0 && words.0 < clause.1)?.0;
        let head = references(sentence, begin, words.0).into_iter().next()?;
        let sign = sentence.gap(words.0).contains([':', '-', '–', '—', ',']);
        let whole = head.name.is_some() && head.last == words.0 && head.first <= begin + 1;
        let people = !mentions(sentence, words.1, self.clause.1, &[]).is_empty();
        let alone = found.iter().all(|found| found.name.is_none());
        (sign && whole && people && alone).then_some(Reference {
            pointer: Pointer::Known,
            preposition,
            first: self.clause.1,
            last: self.clause.1,
            ..head
        })
    }

    /// "The copy for Autumn Intro is approved. Start the campaign": the only name before it that is nobody's.
    pub(super) fn named_without_noun(&self, pointed: &Reference) -> Option<Reference> {
        let sentence = self.sentence;
        let mut names = mentions(sentence, 0, self.clause.0, &[]).into_iter().filter(|person| {
            person.mention.name.is_some() && !super::given_names::may_be_first_name(sentence.norm(person.first))
        });
        let only = names.next().filter(|_| names.next().is_none())?;
        let name = Some(sentence.span(only.first, only.last));
        Some(Reference { name, ..pointed.clone() })
    }

    /// "don't …": nothing is done, except where leaving out is what is asked for, or something else is.
    pub(super) fn negated(&self, start: usize, count: usize) -> Verdict {
        let (sentence, end) = (self.sentence, self.clause.1);
        let next = sentence.norm(start + count);
        if ["include", "show", "in", "at"].contains(&next) && sentence.norm(start) != "never" {
            return self.plain(Intent::Other, "revise_search", (start, start + count + 1));
        }
        // "I don't need CEOs, find CTOs"; "don't delete Bob, just clear his phone".
        const REHEARSED: [&str; 6] =
            ["only a test", "just a test", "only as a test", "just as a test", "only test", "only a preview"];
        let rehearsed = || (start + count..end).any(|at| sentence.longest_of(at, &REHEARSED).is_some());
        if let Some((_, words)) = self
            .verb_at(start + count, Form::Base)
            .filter(|(verb, _)| matches!(verb, Verb::Send | Verb::Start) && rehearsed())
        {
            let verb = (start + count, start + count + words);
            return self.command(Verb::Test, verb, (verb.1, end));
        }
        let wanted = thoughts(sentence, start + count, end).find(|at| self.commands(*at));
        if let Some(thought) = wanted.and_then(|at| self.thought(at)) {
            return thought.decide();
        }
        self.over(Intent::Other, "none", (start, start + count), self.clause)
    }

    /// "If she replies, …" waits for something; a question about it is a question.
    pub(super) fn conditional(&self, start: usize, count: usize, asks: bool) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let main = (start + count..end).find(|at| sentence.before(*at) == Break::Comma || sentence.norm(*at) == "then");
        let asked = main.is_some_and(|at| sentence.longest_of(at, &QUESTIONS).is_some());
        // "If I pause it do the replies still come in": the question needs no comma.
        let behind = (start + 3..end).any(|at| {
            ["do", "does", "is", "are", "will", "would", "can", "what", "how", "which"].contains(&sentence.norm(at))
                && ["the", "my", "it", "they", "i", "we", "that", "his", "her", "happens", "a"]
                    .contains(&sentence.norm(at + 1))
                && sentence.norm(start) == "if"
        });
        if asks || asked || behind && main.is_none() {
            return Some(self.plain(Intent::Question, "lookup", (start, start)));
        }
        let main_verb = main.and_then(|at| {
            let inner = Reader { clause: (at, end), ..*self };
            let at = inner.skip_openers().start;
            inner.verb_at(at, Form::Base)
        });
        let operation = match main_verb {
            Some((Verb::Remind, _)) => "todo",
            Some((Verb::Note, _)) => "unknown",
            // "When I say customers, I mean law firms."
            None => "unknown",
            Some(_) => "settings",
        };
        Some(self.over(Intent::Other, operation, (start, start), self.clause))
    }

    /// "As discussed, please delete Bob"; "Tom's e-mail is wrong, delete it".
    pub(super) fn after_background(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        if let Some(verdict) = self.fronted(start) {
            return Some(verdict);
        }
        for at in thoughts(sentence, start, end) {
            // "CFOs in Texas, skip anyone at banks" is one search.
            // "We got good response from exporters, so get me …" tells what was.
            let told = ["we", "i"].contains(&sentence.norm(start))
                && ["got", "had", "did", "found", "tried", "used", "ran", "closed", "won"]
                    .contains(&sentence.norm(start + 1));
            if !told && !self.states(start, at) && self.search_follows(start, at, &[]) {
                return None;
            }
            if reports(sentence, start, at) && sentence.longest_of(start, &BACKGROUND).is_none() {
                return None;
            }
            // "Bob left Acme, he is at Globex now": the news stands behind what it follows from.
            if self.is_news(at) && !self.asks(at) && self.thought(at)?.is_about_known(at) {
                return self.thought(at)?.told(at);
            }
            if self.commands(at) || self.asks(at) {
                let verdict = self.thought(at)?.decide();
                let verdict = self.for_somebody(start, at, verdict);
                return Some(self.about_a_field(start, at, verdict));
            }
        }
        self.somebody_wants(start)
    }

    /// Whether the words at `at` point at somebody: "he is at Globex now".
    fn is_about_known(&self, at: usize) -> bool {
        ["he", "she", "they", "his", "her", "their"].contains(&self.sentence.norm(at))
    }

    /// "On contact 8841 change the e-mail to …": the record stands before the verb, without a comma.
    fn fronted(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        if !["for", "on", "in", "with"].contains(&sentence.norm(start)) {
            return None;
        }
        let record = usize::from(["contact", "record", "lead"].contains(&sentence.norm(start + 1)));
        let person = mentions(sentence, start, end, &[]).into_iter().next()?;
        let named = person.mention.name.is_some() || person.mention.id.is_some() || person.mention.email.is_some();
        let at = person.last;
        if !named || person.first != start + 1 + record || !self.commands(at) {
            return None;
        }
        let mut verdict = self.thought(at)?.decide();
        let fits = verdict.intent == Intent::ContactUpdate
            && verdict.people.iter().all(|other| other.mention.name.is_none() && other.mention.id.is_none());
        verdict.people.insert(0, person);
        verdict.clause = self.clause;
        fits.then_some(verdict)
    }

    /// "For Jane Roe, pause the Gala campaign": it goes on for everybody else.
    fn for_somebody(&self, from: usize, to: usize, mut verdict: Verdict) -> Verdict {
        let sentence = self.sentence;
        let changes = matches!(verdict.intent, Intent::CampaignStart | Intent::ContactUpdate);
        if changes && ["for", "with", "at", "on"].contains(&sentence.norm(from)) {
            let people = mentions(sentence, from, to, &[]);
            let fronted = |person: &Person| {
                let noun = usize::from(["contact", "record", "lead"].contains(&sentence.norm(from + 1)));
                let mention = &person.mention;
                person.first == from + 1 + noun
                    && (mention.name.is_some() || mention.email.is_some() || mention.id.is_some())
            };
            if people.first().is_some_and(fronted) && verdict.people.iter().all(|person| person.mention.name.is_none())
            {
                verdict.people.splice(0..0, people);
            }
        }
        verdict
    }

    /// "Tom's e-mail is wrong, please delete it" clears the field.
    pub(super) fn about_a_field(&self, from: usize, to: usize, mut verdict: Verdict) -> Verdict {
        let sentence = self.sentence;
        let points = ["it", "that", "this"].contains(&sentence.norm(verdict.body.0));
        if verdict.intent == Intent::ContactUpdate && verdict.operation == "delete" && points {
            let people = mentions(sentence, from, to, &[]);
            if !super::changes::fields(sentence, from, to, &people).is_empty() {
                verdict.operation = "clear_field";
                verdict.people = people;
                verdict.body = (from, verdict.body.1);
            }
        }
        verdict
    }

    /// "My boss wants CEOs of law firms", "we want to invite general counsels".
    pub(super) fn somebody_wants(&self, start: usize) -> Option<Verdict> {
        const WANTS: [&str; 27] = [
            "should like",
            "would welcome",
            "should welcome",
            "would appreciate",
            "need",
            "will need",
            "going to need",
            "wants",
            "needs",
            "is looking for",
            "are looking for",
            "asked for",
            "would like",
            "is after",
            "would love",
            "want to invite",
            "want to reach",
            "want to meet",
            "looking to meet",
            "looking to reach",
            "looking to hire",
            "need to talk to",
            "want to talk to",
            "hoping to connect with",
            "want to sell to",
            "wants to meet",
            "wants to reach",
        ];
        const REACH: usize = 14;
        let (sentence, end) = (self.sentence, self.clause.1);
        let third = shortened(sentence, start)
            || ["my", "our", "the", "we", "i", "were", "im", "a", "client"].contains(&sentence.norm(start));
        if sentence.gap(end).contains('?') {
            return None;
        }
        let (at, count) =
            (start + 1..end.min(start + REACH)).find_map(|at| Some((at, sentence.longest_of(at, &WANTS)?)))?;
        // "For the second round we would like managing directors."
        let subject = ["i", "we", "client", "they", "committee", "board"].contains(&sentence.norm(at - 1));
        if !(third || subject) {
            return None;
        }
        let mut body = at + count;
        // "would like to see": the verb of the wish says nothing about whom.
        const MEETS: [&str; 9] =
            ["see", "meet", "find", "reach", "contact", "speak to", "talk to", "speak with", "identify"];
        if let Some(count) = sentence.longest_of(body + 1, &MEETS).filter(|_| sentence.norm(body) == "to") {
            body += 1 + count;
        }
        let near = body + usize::from(["a", "some", "all", "the", "to", "50", "20"].contains(&sentence.norm(body)));
        let opens = (near..end.min(near + 4)).any(|at| (self.opens_search)(at));
        opens.then(|| self.command(Verb::Find, (at, body), (body, end)))
    }

    /// Whether a command begins at `at`, openers included.
    pub(super) fn commands(&self, at: usize) -> bool {
        let (sentence, end) = (self.sentence, self.clause.1);
        let inner = Reader { clause: (at, end), ..*self };
        let opening = inner.skip_openers();
        let start = opening.start;
        if sentence.longest_of(start, &NEGATIONS).is_some() {
            return opening.start > at || sentence.before(at) >= Break::Comma;
        }
        let Some((verb, count)) = inner.verb_at(start, opening.form) else { return false };
        let number = FIELDS.longest(sentence, start).is_some_and(|(_, words)| {
            sentence.norm(start + words).starts_with(|c: char| c.is_ascii_digit())
                || sentence.gap(start + words).contains(':')
        });
        if number {
            return false;
        }
        let asked = start > at;
        let next = sentence.norm(start + count);
        const NO_OBJECT: [&str; 22] = [
            "and", "or", "at", "in", "of", "for", "is", "are", "was", "were", "who", "that", "has", "on", "by", "as",
            "with", "will", "from", "but", "would", "can",
        ];
        const OBJECT: [&str; 26] = [
            "the", "a", "an", "my", "our", "it", "him", "her", "them", "his", "their", "this", "that", "these",
            "those", "all", "every", "me", "us", "everyone", "any", "to", "both", "new", "another", "some",
        ];
        let noun = OBJECTS.of_word(sentence.norm(start)).is_some()
            || matches!(
                verb,
                Verb::Send | Verb::Revise | Verb::Find | Verb::Reach | Verb::Show | Verb::Save | Verb::Note | Verb::Log
            );
        let object = OBJECT.contains(&next)
            || sentence.is_capitalised(start + count) && sentence.has_case()
            || next.starts_with(|c: char| c.is_ascii_digit());
        // "Dana White - delete".
        if start + count >= end && start == at {
            let named = mentions(sentence, self.clause.0, at, &[]);
            let whole = named.first().is_some_and(|person| person.first == self.clause.0 && person.last == at);
            if whole && matches!(verb, Verb::Remove) {
                return true;
            }
        }
        if start + count >= end {
            return asked || matches!(verb, Verb::Update) && sentence.before(at) >= Break::Comma;
        }
        // "delete that list"
        let pointed = next == "that" && OBJECTS.of_word(sentence.norm(start + count + 1)).is_some();
        if NO_OBJECT.contains(&next) && !asked && !pointed {
            return false;
        }
        asked || !noun || object || (self.opens_search)(start + count)
    }

    /// Whether a question begins at `at` behind a comma: "I deleted Bob, can I get him back?".
    pub(super) fn asks(&self, at: usize) -> bool {
        let sentence = self.sentence;
        let asks = sentence.gap(self.clause.1).contains('?');
        asks && matches!(sentence.before(at), Break::Comma | Break::Dash | Break::Stop)
            && sentence.longest_of(at, &QUESTIONS).is_some()
    }
}

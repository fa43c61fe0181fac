//! Searches that nobody commands: wished for ("It would be splendid to meet owners of wineries", "CFOs in
//! Ohio would be perfect"), asked of Lexi ("where can I find plumbers?") or asked about and then wanted
//! ("Who are the CISOs of credit unions? We know none of them yet.").
//!
//! Protects that a wish counts only where it says whom: everything else stays the statement or question it is.

use super::evidence::means_own_records;
use super::gazetteer;
use super::inflection::Form;
use super::intent::{Reader, Verdict};
use super::moods::reports;
use super::numbers;
use super::phrasebook::Words;
use super::request::Intent;
use super::sentence::Sentence;
use super::verbs::Verb;
use super::words::Break;

/// What one does with people to be found, behind a word of wishing.
static TO_MEET: Words = Words::of(
    "introduced to|an introduction to|introductions to|intros to|an intro to|intro to|put in touch with|connected with|\
     connected to|get to know|meet with|meet|talk to|speak to|speak with|talk with|reach|get in front of|get in touch with|\
     connect with|have a list of|get a list of|see a list of|find|get hold of|pitch to|pitch|sell to",
);

/// Words of wishing.
const WISHING: [&str; 22] = [
    "would",
    "like",
    "love",
    "want",
    "wants",
    "hope",
    "hoping",
    "wish",
    "glad",
    "happy",
    "keen",
    "eager",
    "could",
    "need",
    "needs",
    "looking",
    "id",
    "wed",
    "trying",
    "grateful",
    "pleased",
    "delighted",
];

/// What closes a sentence that begins with the people wanted.
static WOULD_DO: Words = Words::of(
    "whoever you can find|whoever you find|as many as you can|as many as you can get|as many as you can find|anyone you can find|\
     everyone you can find|whomever you can find|whatever you can find|whoever you can get|as many as possible|would get me started|would get us started|would get us going|would get me going|would make my day|would be plenty|would be enough|would suffice|\
     would be perfect|would be great|would be ideal|would be nice|would be good|would be awesome|would be lovely|would be helpful|\
     would be fantastic|would be wonderful|would be amazing|would be best|would be a good start|would be useful|would do|would help|\
     would suit us|would work|would be what i need|is all i need|are all i need|is all we need|are all we need|is all i want|\
     are all i want|is what i need|are what i need|is what we need|are what we need|is what i want|are what i want|is what we want|\
     are what we want|is what im after|are what im after|is what were after|are what were after|are who i need|are who we need|\
     are who im after|are who we are after|are who i want|are who we want|is who i need|will do|is enough|are enough|is fine|\
     are needed|are wanted|is needed|is wanted|needed|wanted|are what im looking for|is what im looking for|are what we are looking for|\
     are who im looking for|are who we are looking for|would be just right|would interest us|would interest me|would interest them|\
     would interest our client|would interest the client|would be of interest|are of interest|is of interest|would be welcome|\
     would be interesting|are of interest to us|would be of interest to us|would be the right people|would be appreciated|is my target|are my target|are our target",
);

/// Openings of a question about who there is.
static WHO: Words = Words::of(
    "who are the|who are|who is the|who is|who runs|who leads|who heads|who owns|who manages|which|what|what are the|what are|\
     are there any|are there|do you know any|do you know|any|who works in|who works at|who handles|who does",
);

/// What says that those asked about are not known and are to be found.
static UNKNOWN_YET: Words = Words::of(
    "we dont know any|i dont know any|we know none|i know none|we dont have any|i dont have any|we have none|i have none|\
     we do not know any|i do not know any|we do not have any|none of them are in|theyre not in|they are not in|we dont know them|\
     i dont know them|we dont know anyone|new ones|not ones we know|not ones we have|dont know any",
);

/// Words that take a wish back.
const NOT: [&str; 8] = ["not", "dont", "never", "no", "nobody", "wouldnt", "cant", "didnt"];

impl Reader<'_, '_> {
    /// A statement that says whom somebody would like to find.
    pub(super) fn wished(&self, start: usize) -> Option<Verdict> {
        const REACH: usize = 4;
        let (sentence, end) = (self.sentence, self.clause.1);
        if (start..end).any(|at| NOT.contains(&sentence.norm(at))) || means_own_records(sentence, start, end, &[]) {
            return None;
        }
        let wanting = (start..end).find(|at| WISHING.contains(&sentence.norm(*at)))?;
        let met = (wanting + 1..end).find_map(|at| {
            let begin = at + sentence.longest_of(at, &TO_MEET).filter(|_| sentence.quote_of(at).is_none())?;
            let whom = (begin..end.min(begin + REACH)).any(|word| (self.opens_search)(word));
            (whom && !reports(sentence, start, at)).then_some((at, begin))
        });
        met.map(|words| self.over(Intent::ProspectSearch, "search", words, (words.1, end)))
    }

    /// "One CFO at a biotech in San Diego is all I need": the people stand first, the wish behind them.
    pub(super) fn would_do(&self, start: usize) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let at = wish_behind(sentence, start, end)?;
        let action = self.leading_object(start, at).is_some() || self.verb_at(start, Form::Gerund).is_some();
        let whom = self.names_whom(start, at) && !means_own_records(sentence, start, at, &[]);
        (whom && !action).then(|| self.over(Intent::ProspectSearch, "search", (start, start), (start, at)))
    }

    /// Whether people or companies to be found stand at the head of the words `from..to`.
    pub(super) fn names_whom(&self, from: usize, to: usize) -> bool {
        const REACH: usize = 4;
        let begin = numbers::quantity(self.sentence, from).map_or(from, |quantity| quantity.last);
        (begin..to.min(begin + REACH)).any(|at| (self.opens_search)(at))
    }

    /// The question of this clause as a search, where it asks who there is.
    pub(super) fn asked_for(&self) -> Option<Verdict> {
        let (from, to) = question_body(self.sentence, self.clause)?;
        let whom = self.search_follows(from, to, &[]) && !means_own_records(self.sentence, from, to, &[]);
        whom.then(|| self.over(Intent::ProspectSearch, "search", (from, from), (from, to)))
    }

    /// "Any CTOs at climate tech companies in Utrecht?": nobody says "any" of people on record.
    pub(super) fn asks_for_any(&self, start: usize) -> bool {
        const REACH: usize = 4;
        let (sentence, end) = (self.sentence, self.clause.1);
        let titled = (start + 1..end.min(start + REACH)).any(|at| gazetteer::title(sentence, at, end).is_some());
        let described = (start + 2..end).any(|at| ["at", "in", "from", "near", "with"].contains(&sentence.norm(at)));
        titled && described
    }

    /// What a verb that is not one of searching means here: "send me 50 CFOs", "can I see CFOs in Texas",
    /// "how about 20 HR managers from Leeds".
    pub(super) fn verb_of_search(&self, verb: Verb, words: (usize, usize), polite: bool) -> (Verb, (usize, usize)) {
        let (sentence, end) = (self.sentence, self.clause.1);
        match verb {
            Verb::Send => {
                let to_us = ["me", "us"].contains(&sentence.norm(words.1));
                let over = usize::from(sentence.norm(words.1 + 1) == "over");
                let list = sentence.longest_of(words.1 + 1 + over, &["a list of", "the names of", "names of", "some"]);
                let from = words.1 + 1 + over + list.unwrap_or(0);
                let whom = to_us && from < end && self.names_whom(from, end);
                let near = (self.opens_search)(from) || list.is_some() || numbers::quantity(sentence, from).is_some();
                if whom && near { (Verb::Find, (words.0, from)) } else { (verb, words) }
            }
            Verb::Tell if polite && sentence.norm(words.0) == "see" && words.1 - words.0 == 1 => (Verb::Show, words),
            Verb::Revise if numbers::quantity(sentence, words.1).is_some() && self.names_whom(words.1, end) => {
                (Verb::Find, words)
            }
            // "Revert with 25 CFOs at banks", "come back to me with a list of …"
            Verb::Reply | Verb::Decide => {
                let with = (words.1..end.min(words.1 + 3)).find(|at| sentence.norm(*at) == "with");
                let counted = |at: usize| {
                    numbers::quantity(sentence, at).is_some()
                        || sentence
                            .longest_of(at, &["a list of", "list of", "the list of", "details of", "names of"])
                            .is_some()
                };
                match with.filter(|with| counted(with + 1) && self.names_whom(with + 1, end)) {
                    Some(with) => (Verb::Find, (words.0, with + 1)),
                    None => (verb, words),
                }
            }
            // "Only people with a phone number: owners of roofing companies"
            Verb::Revise if sentence.norm(words.0) == "only" && self.titled_behind(words.1) => (Verb::Find, words),
            _ => (verb, words),
        }
    }

    /// "Who are the CMOs at fintech startups in LA?": of a kind of company nobody on record is asked about.
    pub(super) fn asks_who_there_is(&self) -> Option<Verdict> {
        const REACH: usize = 4;
        const RECORDS: [&str; 14] = [
            "we",
            "our",
            "my",
            "us",
            "i",
            "list",
            "lists",
            "campaign",
            "campaigns",
            "contact",
            "contacts",
            "client",
            "clients",
            "you",
        ];
        let (sentence, (from, to)) = (self.sentence, self.clause);
        let count = sentence.longest_of(from, &["who are the", "who are", "who are some", "who is the", "whos the"])?;
        let begin = numbers::quantity(sentence, from + count).map_or(from + count, |quantity| quantity.last);
        let titled = (begin..to.min(begin + REACH))
            .any(|at| gazetteer::title(sentence, at, to).is_some() && (self.opens_search)(at));
        let kind = (begin..to).any(|at| {
            ["at", "of", "in", "for"].contains(&sentence.norm(at))
                && gazetteer::market(sentence, at + 1, to).is_some_and(|(words, _)| {
                    let behind = at + 1 + words;
                    !sentence.is_capitalised(behind - 1) && behind <= to
                })
        });
        let ours = |at: usize| RECORDS.contains(&sentence.norm(at)) || sentence.quote_of(at).is_some();
        let from = from + count;
        (titled && kind && !(begin..to).any(ours))
            .then(|| self.over(Intent::ProspectSearch, "search", (from, from), (from, to)))
    }

    /// "Do you know any jokes?" looks for nobody.
    pub(super) fn looks_for_nobody(&self, verb: Verb, words: (usize, usize)) -> Option<Verdict> {
        let (sentence, end) = (self.sentence, self.clause.1);
        let asked = ["know", "do", "where"].contains(&sentence.norm(words.0)) && verb == Verb::Find;
        let nobody = !self.search_follows(words.1, end, &[]) || means_own_records(sentence, words.1, end, &[]);
        (asked && nobody).then(|| self.plain(Intent::Question, "lookup", (words.0, words.0 + 1)))
    }

    /// "crée une liste Prospects Lyon": nothing but capitalised words behind the list is its name.
    pub(super) fn list_named_abroad(&self, (from, end): (usize, usize)) -> bool {
        const ARTICLES: [&str; 4] = ["a", "the", "an", "new"];
        let sentence = self.sentence;
        let Some(list) = (from..end).find(|at| !ARTICLES.contains(&sentence.norm(*at))) else { return false };
        sentence.norm(list) == "list"
            && sentence.is_translated(list)
            && list + 1 < end
            && (list + 1..end).all(|at| {
                sentence.is_capitalised(at) && sentence.before(at) <= Break::Space && !sentence.is_translated(at)
            })
    }

    /// "Export managers", "test engineers": what looks like a verb says which.
    pub(super) fn titles(&self, at: usize) -> bool {
        const LEVELS: [&str; 9] = [
            "managers",
            "directors",
            "specialists",
            "engineers",
            "coordinators",
            "officers",
            "analysts",
            "editors",
            "heads",
        ];
        const VERBS: [&str; 9] =
            ["export", "import", "test", "launch", "copy", "research", "source", "merge", "contact"];
        VERBS.contains(&self.sentence.norm(at))
            && self.sentence.before(at + 1) == Break::Space
            && LEVELS.contains(&self.sentence.norm(at + 1))
    }

    /// "Any chance of 20 CFOs in Texas?": what is asked for are people to be found.
    pub(super) fn hopes_for(&self, frame: usize, start: usize) -> bool {
        const HOPES: [&str; 2] = ["any chance of", "fancy"];
        self.sentence.longest_of(frame, &HOPES).is_some_and(|count| frame + count == start)
            && self.names_whom(start, self.clause.1)
            && !means_own_records(self.sentence, start, self.clause.1, &[])
    }

    /// "Everyone in procurement", not "Everyone, find …".
    pub(super) fn is_subject(&self, at: usize) -> bool {
        const BEHIND: [&str; 14] = [
            "at", "in", "from", "who", "working", "with", "on", "but", "except", "doing", "tagged", "needs", "should",
            "must",
        ];
        self.sentence.norm(at) == "everyone"
            && BEHIND.contains(&self.sentence.norm(at + 1))
            && self.sentence.before(at + 1) < Break::Comma
    }

    /// "within 50 miles of Chicago: controllers", "In Texas, 50 CFOs": a title stands behind the place.
    pub(super) fn titled_behind(&self, start: usize) -> bool {
        let (sentence, end) = (self.sentence, self.clause.1);
        (start + 1..end).any(|at| {
            let apart = sentence.before(at) >= Break::Comma || sentence.gap(at).contains(':');
            let whom = numbers::quantity(sentence, at).map_or(at, |quantity| quantity.last);
            apart && whom < end && gazetteer::title(sentence, whom, end).is_some()
        })
    }
}

/// Where a wish begins that closes the words `from..to`.
pub(super) fn wish_behind(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<usize> {
    // "… would be great, 30 of them"
    (from + 1..to).find(|at| {
        sentence.longest_of(*at, &WOULD_DO).is_some_and(|count| {
            let behind = at + count;
            behind >= to
                || sentence.is_apart(behind) && behind + 4 >= to && numbers::quantity(sentence, behind).is_some()
        })
    })
}

/// The words of a question about who there is, without those that ask.
pub(super) fn question_body(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> Option<(usize, usize)> {
    let count = sentence.longest_of(from, &WHO).filter(|count| from + count < to)?;
    sentence.gap(to).contains('?').then_some((from + count, to))
}

/// Whether the words `from..to` say that nobody of them is known.
pub(super) fn says_unknown(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> bool {
    (from..to).any(|at| sentence.longest_of(at, &UNKNOWN_YET).is_some())
}

/// "that opened an office in Mexico" opened no mail of ours.
pub(super) fn opens_an_office(sentence: &Sentence<'_>, at: usize) -> bool {
    // "charter schools opened after 2015"
    let dated = ["after", "since", "in", "before"].contains(&sentence.norm(at + 1))
        && numbers::quantity(sentence, at + 2).is_some();
    sentence.norm(at) == "opened"
        && (dated || ["a", "an", "new", "its", "their", "offices", "stores", "office"].contains(&sentence.norm(at + 1)))
}

//! What a request about contacts and companies says: new values, cleared fields, owners, tags and notes.
//!
//! Protects "inventing a value is an error": the words of a value belong to nobody's name, and a name to no value.

use super::changes::{Change, fields, updates, web_address};
use super::details::{Reading, id_at, is_strange, says_note};
use super::given_names::is_surname;
use super::intent::Verdict;
use super::people::{Person, phone, possessive};
use super::phrasebook::Words;
use super::request::Mention;
use super::sentence::Sentence;
use super::whose_firm;
use super::words::Break;

impl Reading<'_> {
    pub(super) fn contact_update(&mut self, verdict: &Verdict) {
        let (from, end) = verdict.body;
        let mut people = self.all_of_a_list(verdict);
        if people.iter().any(|person| person.mention.filter.is_some()) && people != verdict.people {
            // "everyone on the Gala list" says whom, and no list is changed.
            self.details.list_name = None;
            self.provenance.retain(|entry| entry.slot != "list_name");
        }
        if ["update", "clear_field", "tag", "untag", "reassign", "add_note"].contains(&verdict.operation) {
            whose_firm::beside_a_comma(self.sentence, &mut people);
        }
        match verdict.operation {
            "add_note" => self.note_text(verdict, &mut people),
            "tag" | "untag" => self.tag(verdict, &mut people),
            "reassign" => self.owner(&mut people),
            "clear_field" => {
                // "…, it's a role address": why it is to be cleared names no field.
                const WHY: [&str; 12] =
                    ["its", "it", "he", "she", "they", "hes", "shes", "theyre", "because", "since", "that", "this"];
                let why =
                    (from + 1..end).find(|at| self.sentence.is_apart(*at) && WHY.contains(&self.sentence.norm(*at)));
                for (field, first, last) in fields(self.sentence, from, why.unwrap_or(end), &people) {
                    self.change(&Change { field, value: None, words: (first, last) });
                }
            }
            "create" => self.created(verdict, &mut people),
            "update" if !verdict.news.is_empty() => verdict.news.iter().for_each(|change| self.change(change)),
            "update" => self.updated(verdict, &mut people),
            _ => {}
        }
        const OF_FIRMS: [&str; 3] = ["website", "industry", "headcount"];
        if OF_FIRMS.iter().any(|field| self.details.changes.contains_key(*field)) {
            people.iter_mut().for_each(|person| super::details::as_a_firm(self.sentence, person));
        }
        // "Merge duplicate contacts: A and B" says which.
        let named = people.iter().any(|person| person.mention.name.is_some() || person.mention.email.is_some());
        if verdict.operation == "merge" && named {
            people.retain(|person| person.mention.filter.is_none());
        }
        if people.is_empty() {
            people.extend(self.unknown_name(verdict));
        }
        if people.is_empty()
            && ["update", "clear_field", "delete", "tag", "untag", "merge"].contains(&verdict.operation)
        {
            people.extend(self.named_before(verdict));
        }
        self.contacts(&people);
    }

    /// "The city on Omar's record is wrong. Delete the city": whoever the sentences before it name last.
    pub(super) fn named_before(&self, verdict: &Verdict) -> Vec<Person> {
        let end = verdict.clause.0;
        let mut all = super::people::mentions(self.sentence, 0, end, &[])
            .into_iter()
            .filter(|person| person.mention.name.is_some() || person.mention.email.is_some());
        if verdict.operation == "merge" { all.collect() } else { all.next_back().into_iter().collect() }
    }

    pub(super) fn updated(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (from, end) = verdict.body;
        let mut changes = self.values(verdict, people);
        if changes.is_empty() {
            changes = self.located(verdict);
        }
        people.retain(|person| !changes.iter().any(|change| self.within(person, change)));
        if changes.iter().any(|change| change.field == "company") {
            whose_firm::without_old_value(self.sentence, people);
        }
        if changes.is_empty() && !self.respelled(people) {
            self.state(verdict, people);
        }
        for person in people.iter_mut() {
            let stated = person.mention.email.clone();
            let given = changes.iter().any(|change| {
                change.value.is_some_and(|(start, stop)| Some(&self.sentence.text[start..stop]) == stated.as_deref())
            });
            if given && person.mention.name.is_some() {
                person.mention.email = None;
            }
        }
        let cleared = !changes.is_empty() && changes.iter().all(|change| change.value.is_none());
        changes.iter().for_each(|change| self.change(change));
        if changes.is_empty() && people.is_empty() {
            // What is to be changed is said, although not to what.
            for (_, first, last) in fields(self.sentence, from, end, people) {
                self.taken.push((first, last));
            }
        }
        if cleared {
            self.operation("clear_field");
        }
    }

    /// "update Ann: now based in Toronto", "change Leo's location to Portland, Maine".
    fn located(&self, verdict: &Verdict) -> Vec<Change> {
        let (from, end) = verdict.body;
        let moved = (from..end).find_map(|at| {
            let field = self.sentence.longest_of(at, &["location", "whereabouts", "home base", "base"])?;
            let to = (at + field..end).find(|to| ["to", "is"].contains(&self.sentence.norm(*to)))?;
            Some(super::abode::whole(self.sentence, to + 1, end))
        });
        moved.filter(|found| !found.is_empty()).unwrap_or_else(|| self.based_in(verdict))
    }

    /// The new values: of the clause, or of the next one ("Can you change Mia's e-mail? New one is …").
    pub(super) fn values(&self, verdict: &Verdict, people: &mut Vec<Person>) -> Vec<Change> {
        let (from, end) = verdict.body;
        let found = updates(self.sentence, from, end, people);
        if !found.is_empty() {
            return found;
        }
        // A person that holds the address, as in "update Jane's e-mail jane@new.com", gives it back.
        let bare: Vec<Person> = people
            .iter()
            .map(|person| {
                let name = self.sentence.words.partition_point(|word| {
                    let length = person.mention.name.as_ref().map_or(0, String::len);
                    word.start < self.sentence.words[person.first].start + length.max(1)
                });
                Person {
                    mention: Mention { email: None, company: person.mention.company.clone(), ..person.mention.clone() },
                    last: name.max(person.first + 1),
                    ..person.clone()
                }
            })
            .collect();
        let found = updates(self.sentence, from, end, &bare);
        if !found.is_empty() {
            *people = bare;
            people.retain(|person| person.mention != Mention::default());
        }
        found
    }

    pub(super) fn within(&self, person: &Person, change: &Change) -> bool {
        let start = self.sentence.words[person.first].start;
        change.value.is_some_and(|(from, to)| from <= start && start < to)
    }

    /// "correct the spelling: Hanne Sorensn should be Hanne Sørensen": the second name is the right one.
    fn respelled(&mut self, people: &mut Vec<Person>) -> bool {
        static RATHER: Words = Words::of(
            "should be|should read|should be spelled|should be written|is spelled|is really|is actually|is written|must be|to|into|with|as|needs to be",
        );
        let sentence = self.sentence;
        let [wrong, right] = people.as_slice() else { return false };
        let name = |person: &Person| person.mention.name.is_some() && person.mention.company.is_none();
        let joined = sentence.longest_of(wrong.last, &RATHER).is_some_and(|count| wrong.last + count == right.first)
            || wrong.last == right.first && sentence.gap(right.first).contains(['>', '→', '=']);
        let said = (0..wrong.first)
            .any(|at| ["spelling", "spelled", "name", "typo", "misspelled", "misspelt"].contains(&sentence.norm(at)))
            || (wrong.last..right.first).any(|at| ["spelled", "written"].contains(&sentence.norm(at)));
        if !(name(wrong) && name(right) && joined && said) {
            return false;
        }
        let words = (right.first, right.last);
        let value = Some(sentence.span(words.0, words.1));
        people.truncate(1);
        self.change(&Change { field: "name", value, words });
        true
    }

    /// "mark Jane Doe as customer".
    pub(super) fn state(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (from, end) = verdict.body;
        // "Set Bob to inactive", but "change the sender of Spring to Maria": a field that no table knows is no status.
        let stated = |at: usize| self.sentence.norm(at) == "as" || people.iter().any(|person| person.last == at);
        let named = ["mark", "rename", "retitle", "rechristen"].contains(&self.sentence.norm(verdict.verb.0));
        let by =
            (from..end).find(|at| ["as", "to"].contains(&self.sentence.norm(*at))).filter(|at| named || stated(*at));
        // "mark Jane Doe do not call": the state stands directly behind her.
        let marked = || {
            let person = people.first().filter(|person| person.first == from && person.mention.name.is_some())?;
            (self.sentence.norm(verdict.verb.0) == "mark" && person.last < end).then_some(person.last)
        };
        let Some(at) = by.or_else(marked) else { return };
        let behind = at + usize::from(by.is_some());
        let first = behind + usize::from(["a", "an", "the"].contains(&self.sentence.norm(behind)));
        let last = (first..end)
            .find(|at| {
                self.sentence.before(*at) >= Break::Comma && *at > first
                    || ["please", "in", "for"].contains(&self.sentence.norm(*at))
            })
            .unwrap_or(end);
        // "move Luis Ortega to Miami, FL": a place is where he is.
        let placed = super::abode::whole(self.sentence, first, end);
        if by.is_some() && !placed.is_empty() && !named {
            people.retain(|person| !placed.iter().any(|change| self.within(person, change)));
            placed.iter().for_each(|change| self.change(change));
        } else if first < last {
            let value = match self.sentence.quote_of(first) {
                Some(quote) => (quote.start, quote.end),
                None => self.sentence.span(first, last),
            };
            let renamed = ["rename", "retitle", "rechristen"].contains(&self.sentence.norm(verdict.verb.0));
            let field = if renamed { "name" } else { "status" };
            let change = Change { field, value: Some(value), words: (at, last) };
            people.retain(|person| !self.within(person, &change));
            self.change(&change);
        }
    }

    /// What stands beside a new contact's name.
    pub(super) fn created(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        // The rest may stand in the next sentence: "Put Jane in the CRM. Her e-mail is …".
        let next = sentence.clauses.iter().copied().find(|clause| clause.0 >= end);
        let mut changes = updates(sentence, from, end, people);
        if let Some((first, last)) = next
            && (first..last).any(|at| ["her", "his", "their", "email", "phone", "title"].contains(&sentence.norm(at)))
        {
            changes.extend(updates(sentence, first, last, people));
        }
        changes.retain(|change| change.value.is_some());
        let placed = self.based_in(verdict);
        changes.extend(placed);
        people.retain(|person| !changes.iter().any(|change| self.within(person, change)));
        for change in &changes {
            let value = change.value.map(|(start, stop)| sentence.text[start..stop].to_owned());
            match (change.field, people.first_mut()) {
                ("email", Some(person)) if person.mention.email.is_none() => {
                    person.mention.email = value;
                    self.taken.push(change.words);
                }
                ("email", _) => {}
                ("company", Some(person)) if person.mention.company.is_none() => {
                    person.mention.company = value;
                    self.taken.push(change.words);
                }
                ("name", _) => {}
                _ => self.change(change),
            }
        }
        if people.iter().any(|person| person.mention.reference.is_none()) {
            people.retain(|person| person.mention.reference.is_none());
        }
        whose_firm::one_address(people);
        if let [person] = people.as_slice() {
            let (title, number) = (person.title, person.phone);
            if let Some((first, last)) = title {
                self.change(&Change { field: "title", value: Some(sentence.span(first, last)), words: (first, last) });
            }
            if let Some(span) = number {
                self.change(&Change { field: "phone", value: Some(span), words: (person.first, person.last) });
            }
            self.loose_values(verdict, &person.clone());
        }
    }

    /// A title behind "as", a profile or number that stands alone.
    pub(super) fn loose_values(&mut self, verdict: &Verdict, person: &Person) {
        let sentence = self.sentence;
        for at in person.last..verdict.body.1 {
            if self.taken.iter().any(|run| run.0 <= at && at < run.1) {
                continue;
            }
            let has = |field: &str| self.details.changes.contains_key(field);
            if sentence.norm(at).contains("linkedin.com") && !has("linkedin_url") {
                let span = web_address(sentence, at);
                self.change(&Change { field: "linkedin_url", value: Some(span), words: (at, at + 1) });
            } else if sentence.norm(at) == "as" && !has("title") {
                let first = at + 1 + usize::from(["a", "an", "the", "our"].contains(&sentence.norm(at + 1)));
                if let Some(last) = super::people::title_run(sentence, first, verdict.body.1) {
                    self.change(&Change { field: "title", value: Some(sentence.span(first, last)), words: (at, last) });
                }
            } else if let Some((span, last)) = phone(sentence, at, verdict.body.1).filter(|_| !has("phone")) {
                self.change(&Change { field: "phone", value: Some(span), words: (at, last) });
            }
        }
    }

    /// "based in Munich, Germany".
    pub(super) fn based_in(&self, verdict: &Verdict) -> Vec<Change> {
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let Some((at, count)) = (from..end).find_map(|at| {
            Some((
                at,
                sentence.longest_of(
                    at,
                    &[
                        "based in",
                        "located in",
                        "headquartered in",
                        "from the city of",
                        "theyre in",
                        "they are in",
                        "shes in",
                        "hes in",
                        "its in",
                        "sitting in",
                    ],
                )?,
            ))
        }) else {
            return Vec::new();
        };
        let mut found = super::abode::changes(sentence, at + count, end);
        if let Some(first) = found.first_mut() {
            first.words.0 = at;
        }
        found
    }

    /// "assign Acme to Maria", "make Maria the owner of Bob".
    pub(super) fn owner(&mut self, people: &mut Vec<Person>) {
        let sentence = self.sentence;
        // "to my colleague Ines".
        const ROLES: [&str; 10] =
            ["my", "our", "colleague", "partner", "associate", "assistant", "teammate", "coworker", "friend", "the"];
        let before = |person: &Person, words: &[&str]| {
            let lead = (0..person.first).rev().find(|at| !ROLES.contains(&sentence.norm(*at)));
            lead.is_some_and(|at| words.contains(&sentence.norm(at)))
        };
        let owns = |person: &Person| {
            sentence
                .longest_of(
                    person.last,
                    &[
                        "the owner",
                        "owner",
                        "as owner",
                        "the account owner",
                        "as the owner",
                        "as account owner",
                        "the new owner",
                        "own",
                        "as the account owner",
                        "take over",
                        "should own",
                        "takes over",
                        "will take over",
                        "should take over",
                        "is taking over",
                        "should handle",
                        "will own",
                        "is now responsible for",
                    ],
                )
                .is_some()
        };
        let at = people
            .iter()
            .rposition(|person| before(person, &["to"]))
            .or_else(|| people.iter().position(owns))
            .or_else(|| people.iter().rposition(|person| before(person, &["is", "be", "as", "with"])));
        let Some(at) = at else { return };
        let owner = people.remove(at);
        for person in people.iter_mut() {
            // "Reassign Northgate Foods from Tom to Becky": who had it until now.
            let until_now = (person.first + 1..person.last).any(|at| sentence.norm(at) == "from")
                && sentence.norm(owner.first.saturating_sub(1)) == "to";
            if until_now && person.mention.name.is_some() {
                person.mention.company = None;
            }
            named_like_a_firm(sentence, person);
        }
        let span = sentence.span(owner.first, owner.last);
        let value = sentence.text[span.0..span.1].to_owned();
        self.note("changes.owner", value.clone().into(), span);
        self.details.changes.insert("owner".to_owned(), Some(value));
        self.taken.push((owner.first, owner.last));
    }

    pub(super) fn note_text(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (body, end) = verdict.body;
        let sentence = self.sentence;
        let colon = (body..end)
            .find(|at| sentence.gap(*at).contains(':') || (*at > body && sentence.before(*at) == Break::Dash));
        let quoted = sentence.quotes.iter().find(|quote| quote.first >= body && quote.last <= end);
        const SAYING: [&str; 12] = [
            "saying",
            "that says",
            "that",
            "saying that",
            "stating that",
            "stating",
            "which says",
            "reading",
            "to say",
            "to say that",
            "about",
            "with the text",
        ];
        let noting = (says_note(sentence, body) && body < end).then_some(body);
        let saying = noting.or_else(|| {
            (body..end)
                .filter(|at| sentence.quote_of(*at).is_none())
                .find_map(|at| Some(at + sentence.longest_of(at, &SAYING)?))
        });
        let (first, span) = match (colon, quoted, saying) {
            (Some(at), Some(quote), _) if quote.first == at => (at, (quote.start, quote.end)),
            (Some(at), _, _) => (at, self.to_the_end(at)),
            (None, Some(quote), _) => (quote.first, (quote.start, quote.end)),
            (None, None, Some(at)) if at < end => (at, sentence.span(at, end)),
            _ => return,
        };
        let text = sentence.text[span.0..span.1].to_owned();
        self.note("changes.note", text.clone().into(), span);
        self.details.changes.insert("note".to_owned(), Some(text));
        let stop = sentence.words.partition_point(|word| word.start < span.1);
        self.taken.push((first, stop));
        let outside = |person: &Person| person.first < first || person.first >= stop;
        let subject = people.iter().position(|person| person.first == first && noting.is_some() && colon.is_none());
        let subject = subject.map(|at| people[at].clone());
        people.retain(outside);
        if people.is_empty() {
            people.extend(subject);
        }
    }

    /// A note behind a colon goes on to the end of the text.
    pub(super) fn to_the_end(&self, at: usize) -> (usize, usize) {
        let (start, _) = self.sentence.span(at, at + 1);
        let last = self.sentence.clauses.last().map_or(at + 1, |clause| clause.1);
        let end = self.sentence.span(last.max(at + 1) - 1, last).1;
        (start, end)
    }

    pub(super) fn tag(&mut self, verdict: &Verdict, people: &mut Vec<Person>) {
        let (body, end) = verdict.body;
        let sentence = self.sentence;
        let inside = |at: usize| {
            people.iter().any(|person| person.first <= at && at < person.last && person.mention.filter.is_some())
        };
        let quoted = sentence
            .quotes
            .iter()
            .find(|quote| quote.first >= body && quote.last <= end && !inside(quote.first))
            .copied();
        // "tag all contacts in Boston with northeast": the description ends before its last "with".
        for person in people.iter_mut().filter(|person| person.mention.filter.is_some()) {
            let with = (person.first + 1..person.last).rev().find(|at| sentence.norm(*at) == "with");
            let tagged = quoted.is_none()
                && verdict.verb.0 < verdict.verb.1
                && !(body..end).any(|at| ["as", "tag"].contains(&sentence.norm(at)));
            if let Some(with) = with.filter(|with| tagged && person.last >= end && with + 1 < person.last) {
                person.last = with;
                person.mention.filter = Some(sentence.slice(person.first, with).to_owned());
            }
        }
        // "untag Ann Lee from Major Donor": what she is freed of is a tag, and no firm.
        if verdict.operation == "untag" && quoted.is_none() && verdict.verb.0 < verdict.verb.1 {
            for person in people.iter_mut().filter(|person| person.mention.name.is_some()) {
                let from = (person.first + 1..person.last).find(|at| sentence.norm(*at) == "from");
                let said = (body..end).any(|at| ["as", "tag", "label"].contains(&sentence.norm(at)));
                if let Some(from) = from.filter(|_| !said && body == person.first) {
                    person.mention.company = None;
                    person.last = from;
                }
            }
        }
        let found = quoted
            .map(|quote| ((quote.start, quote.end), (quote.first, quote.last)))
            .or_else(|| self.tag_words(verdict, people).map(|words| (sentence.span(words.0, words.1), words)));
        if let Some((span, (first, last))) = found {
            // "remove all tags": none of them by name.
            let all = ["all", "any", "every", "all the", "all of the"].contains(&sentence.slice(first, last));
            let tag = (!all).then(|| sentence.text[span.0..span.1].to_owned());
            self.note("changes.tag", tag.clone().into(), span);
            self.details.changes.insert("tag".to_owned(), tag);
            people.retain(|person| person.first < first || person.first >= last);
            self.taken.push((first, last));
        }
    }

    /// "as VIP", "with the tag VIP", "the VIP tag", "label Jane Doe VIP".
    pub(super) fn tag_words(&self, verdict: &Verdict, people: &[Person]) -> Option<(usize, usize)> {
        let (body, end) = verdict.body;
        let sentence = self.sentence;
        const STOPS: [&str; 9] = ["to", "from", "on", "off", "for", "of", "in", "please", "as"];
        let until = |from: usize| {
            (from..end)
                .find(|at| STOPS.contains(&sentence.norm(*at)) || *at > from && sentence.before(*at) >= Break::Comma)
                .unwrap_or(end)
        };
        let noun = (body..end).find(|at| ["tag", "tags", "label"].contains(&sentence.norm(*at)));
        if let Some(noun) = noun {
            let last = until(noun + 1);
            // "the no-show tag is wrong" tells something of the tag before it.
            let told =
                ["is", "was", "isnt", "should", "doesnt", "no", "again", "too"].contains(&sentence.norm(noun + 1));
            if last > noun + 1 && !told {
                return Some((noun + 1, last));
            }
            let before = (body..noun).rev().find(|at| ["the", "a", "an", "as", "with"].contains(&sentence.norm(*at)));
            let first = before.map_or(body, |at| at + 1);
            if first < noun
                && !people.iter().any(|person| {
                    person.first < noun
                        && first < person.last
                        && person.mention.filter.is_none()
                        && possessive(sentence, person.last)
                })
            {
                return Some((first, noun));
            }
        }
        let by = (body..end)
            .filter(|at| !people.iter().any(|person| person.first <= *at && *at < person.last))
            .find(|at| ["as", "with"].contains(&sentence.norm(*at)));
        // "untag VIP from Dana": the tag stands between the verb and whose it is.
        let taken = |person: &Person| {
            let from = person.first.checked_sub(1).filter(|at| *at > body)?;
            ["from", "off", "for", "on"].contains(&sentence.norm(from)).then_some((body, from))
        };
        if let Some(words) = people.first().and_then(taken).filter(|_| by.is_none()) {
            return Some(words);
        }
        let freed = people.first().filter(|person| person.first == body && verdict.operation == "untag");
        let freed = freed.filter(|person| sentence.norm(person.last) == "from" && person.last + 1 < end);
        if let Some(person) = freed.filter(|_| by.is_none()) {
            return Some((person.last + 1, until(person.last + 1)));
        }
        let first = match by {
            Some(at) => at + 1 + usize::from(["a", "an", "the"].contains(&sentence.norm(at + 1))),
            None => {
                let described = |person: &&Person| person.mention.name.is_some() || person.mention.filter.is_some();
                let person = people.first().filter(described)?;
                // "Tag Priya and Arjun shortlisted": behind the last of them.
                let person = people.iter().filter(described).fold(person, |last, next| {
                    let joined = next.first == last.last && sentence.before(next.first) == Break::Comma
                        || next.first == last.last + 1 && sentence.norm(last.last) == "and";
                    if joined { next } else { last }
                });
                // "Bob is a VIP now, tag him": what was said of him before.
                if person.last <= verdict.verb.0 {
                    return told_before(sentence, person.last, verdict.verb.0);
                }
                person.last
            }
        };
        let last = until(first);
        (first < last).then_some((first, last))
    }

    /// "delete xu wei": the object of a command about contacts, when no table knows it.
    pub(super) fn unknown_name(&self, verdict: &Verdict) -> Option<Person> {
        const LONGEST: usize = 3;
        let (from, end) = verdict.body;
        let sentence = self.sentence;
        let noun = (from..end.min(from + 2))
            .take_while(|at| ["contact", "the", "person", "client"].contains(&sentence.norm(*at)))
            .count();
        if let Some(quote) = sentence.quote_of(from + noun) {
            let whole =
                quote.first >= from && !self.taken.iter().any(|run| run.0 <= quote.first && quote.first < run.1);
            let name = Some(sentence.text[quote.start..quote.end].to_owned());
            return whole.then(|| Person {
                mention: Mention { name, ..Mention::default() },
                first: quote.first,
                last: quote.last,
                title: None,
                phone: None,
            });
        }
        if !["delete", "merge", "reassign", "create"].contains(&verdict.operation)
            || id_at(sentence, from, end).is_some()
        {
            return None;
        }
        let first = from
            + sentence
                .longest_of(from, &["the contact", "contact", "the person", "person", "client", "lead"])
                .unwrap_or(0);
        let mut last = first;
        while last < end
            && last < first + LONGEST
            && (last == first || sentence.before(last) < Break::Comma)
            && is_strange(sentence, last, end)
        {
            last += 1;
        }
        let over = last >= end
            || sentence.before(last) >= Break::Comma
            || ["from", "please", "in", "at"].contains(&sentence.norm(last));
        if last == first || !over || self.taken.iter().any(|run| run.0 < last && first < run.1) {
            return None;
        }
        let name = Some(sentence.slice(first, last).to_owned());
        Some(Person { mention: Mention { name, ..Mention::default() }, first, last, title: None, phone: None })
    }
}

/// "Tallgrass Dairy": a name that ends in what a firm does is nobody's.
fn named_like_a_firm(sentence: &Sentence<'_>, person: &mut Person) {
    let words = person.mention.name.as_ref().map_or(0, |name| name.split_whitespace().count());
    let last = person.first + words.max(1) - 1;
    let trade = words > 1
        && !is_surname(sentence.norm(last))
        && (super::gazetteer::market(sentence, last, last + 1).is_some()
            || !super::people::is_unknown(sentence, last, last + 1));
    if trade {
        super::details::as_a_firm(sentence, person);
    }
}

/// "is a VIP now" before "tag him": the words of the tag.
fn told_before(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<(usize, usize)> {
    let first =
        from + sentence.longest_of(from, &["is a", "is an", "is now a", "is now an", "is our", "became a", "is"])?;
    let last = (first..to).find(|at| sentence.is_apart(*at) || ["now", "so", "and"].contains(&sentence.norm(*at)))?;
    (first < last).then_some((first, last))
}

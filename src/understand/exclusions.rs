//! What is left out: where an exclusion begins, how far it reaches, and what it leaves out that is no filter.
//!
//! Protects that "don't contact them yet" leaves nobody out, and that our own records are named as such.

use super::geography;
use super::grammar::Walk;
use super::names;
use super::numbers;
use super::request::Exclude;
use super::sentence::Sentence;
use super::vocabulary::{AFTER_EXCLUSION, EXCLUSIONS, NOT_EXCLUSIONS, OWN_RECORDS, PEOPLE, THEN, Zone};
use super::words::Break;

impl Walk<'_> {
    /// "excluding", "not in", "but no": what follows is left out.
    pub(super) fn exclusion(&mut self, at: usize) -> Option<usize> {
        if self.sentence.quote_of(at).is_some() {
            return None;
        }
        if let Some(count) = self.sentence.longest_of(at, &NOT_EXCLUSIONS) {
            return Some(at + count);
        }
        // "Europe (ex UK)"
        let ex = self.sentence.says(at, "ex") && self.last_place.is_some() && geography::hit(self, at + 1).is_some();
        let count = if ex { 1 } else { self.sentence.longest_of(at, &EXCLUSIONS)? };
        // "with no more than 3 offices" bounds a number.
        if (at..at + count)
            .any(|word| self.sentence.norm(word) == "no" && numbers::quantity(self.sentence, word).is_some())
        {
            return None;
        }
        // "find the CFO of Acme, he is not in our system" tells of one.
        let told = at > 1 && self.sentence.norm(at - 1) == "is" && ["he", "she"].contains(&self.sentence.norm(at - 2));
        if told || forbids_an_action(self.sentence, at) {
            // "don't contact them yet" leaves nobody out; it is shown as not read.
            self.flush();
            self.found.unread(at, self.end);
            return Some(self.end);
        }
        // "companies rather than people" says what is looked for.
        let noun = self.sentence.longest_of(at + count, &PEOPLE);
        let rather = ["rather", "instead", "not"].contains(&self.sentence.norm(at));
        let listed = |next: usize| {
            self.zone_at(next).is_some() || self.sentence.before(next) >= Break::Comma || next >= self.end
        };
        if let Some(more) =
            noun.filter(|more| rather && self.companies.is_some() && self.people.is_none() && listed(at + count + more))
        {
            self.flush();
            return Some(at + count + more);
        }
        // "non" and "no" and "ex" reach one phrase; "in" and the like behind an exclusion belong to it.
        self.flush();
        let mut next = at + count;
        if self.sentence.says(at, "outside") || self.sentence.says(at, "outside of") {
            self.zone = Zone::In;
        }
        if let Some(last) = self.known_records(next).or_else(|| self.list_left_out(next)) {
            return Some(last);
        }
        while next < self.end && names::reference(self.sentence, next).is_none() {
            let Some(more) = self.sentence.longest_of(next, &AFTER_EXCLUSION) else { break };
            if let Some((zone, _)) = self.zone_at(next + more - 1) {
                self.zone = zone;
            }
            next += more;
        }
        if let Some(last) = self.list_left_out(next).or_else(|| self.named_list(next)) {
            return Some(last);
        }
        self.excluding = true;
        self.excludes_word = self.sentence.says(at, "non");
        self.excluded_before = self.excluded();
        Some(next)
    }

    /// "anyone on EU Masterlist", "whoever is on the list Q2 Outbound": a list by its name, with or without the noun.
    fn list_left_out(&mut self, from: usize) -> Option<usize> {
        const WHO: [&str; 22] = [
            "anyone",
            "anybody",
            "everyone",
            "everybody",
            "people",
            "those",
            "whoever",
            "contacts",
            "companies",
            "who",
            "is",
            "are",
            "sits",
            "sit",
            "already",
            "currently",
            "that",
            "candidates",
            "all",
            "firms",
            "appears",
            "appear",
        ];
        let sentence = self.sentence;
        let mut at = from;
        while at < self.end && WHO.contains(&sentence.norm(at)) {
            at += 1;
        }
        let said = at > from || from > 0 && ["on", "is", "are", "already"].contains(&sentence.norm(from - 1));
        let behind = at > 0 && sentence.norm(at - 1) == "on" && at == from;
        if !said || at >= self.end || !(behind || ["on", "in", "from"].contains(&sentence.norm(at))) {
            return None;
        }
        let place = at + usize::from(!behind);
        if let Some(found) = names::reference(sentence, at - usize::from(behind)).filter(|found| found.name.is_some()) {
            let (start, stop) = found.name?;
            self.found.excluded_list(&sentence.text[start..stop], from, found.last.min(self.end));
            return Some(found.last.min(self.end));
        }
        let mut first = place;
        while ["the", "my", "our", "existing", "list", "lists", "segment"].contains(&sentence.norm(first)) {
            first += 1;
        }
        let noun = first > place && ["list", "segment"].contains(&sentence.norm(first - 1));
        let written = sentence.quote_of(first).is_some() || self.shows_names() && sentence.is_capitalised(first);
        let on = sentence.norm(place - 1) == "on" || noun;
        let last = self.name_end(first);
        (on && written && first < self.end && last > first).then_some(())?;
        let name = sentence.slice(first, last).to_owned();
        self.found.excluded_list(&name, from, last);
        Some(last)
    }

    /// "exclude list "Already Pitched"": a quotation behind the noun.
    fn named_list(&mut self, from: usize) -> Option<usize> {
        let noun = ["list", "lists", "segment"].contains(&self.sentence.norm(from));
        let quote = *self.sentence.quote_of(from + 1).filter(|quote| noun && quote.first == from + 1)?;
        let last = quote.last.min(self.end);
        self.found.excluded_list(&self.sentence.text[quote.start..quote.end], from, last);
        Some(last)
    }

    /// "not already in my contacts", "exclude our clients": people who are in the workspace.
    fn known_records(&mut self, from: usize) -> Option<usize> {
        const WORDS: [&str; 18] = [
            "already", "in", "my", "our", "the", "existing", "current", "any", "are", "all", "from", "of", "on",
            "anyone", "people", "who", "those", "been",
        ];
        let mut at = from;
        let mut own = false;
        while at < self.end && WORDS.contains(&self.sentence.norm(at)) {
            own |= ["my", "our", "existing", "current", "already"].contains(&self.sentence.norm(at));
            at += 1;
        }
        let (record, count) = OWN_RECORDS.longest(self.sentence, at).filter(|_| own && at < self.end)?;
        let last = at + count;
        // "on our Q1 list" is a list by name.
        let named = |at: usize| names::reference(self.sentence, at).is_some_and(|found| found.name.is_some());
        if (from..last).any(named) {
            return None;
        }
        self.found.excluded_other(record, from, last.min(self.end));
        Some(last)
    }

    /// "agencies, no freelancers, London": behind kinds left out by a "no" of their own, a place is wanted.
    pub(super) fn place_behind_kinds(&mut self, at: usize) {
        let kinds = self.found.provenance.last().is_some_and(|entry| {
            let technology = || entry.value.as_str().is_some_and(|value| value.starts_with("technology:"));
            let slot = entry.slot.strip_prefix("exclude.");
            slot.is_some_and(|slot| slot != "locations" && (slot != "other" || technology()))
        });
        let begun = (self.begin..at).rev().find(|word| self.sentence.longest_of(*word, &EXCLUSIONS).is_some());
        let by_no = begun.is_some_and(|word| ["no", "not"].contains(&self.sentence.norm(word)));
        if self.excluding && kinds && by_no && self.sentence.before(at) == Break::Comma && !self.begins_exclusion() {
            self.excluding = false;
        }
    }

    /// Whether an exclusion has begun and has taken nothing yet.
    pub(super) fn begins_exclusion(&self) -> bool {
        self.excluding && self.excluded() == self.excluded_before
    }

    /// How many values have been left out so far.
    pub(super) fn excluded(&self) -> usize {
        let Exclude {
            titles,
            seniority,
            departments,
            companies,
            company_types,
            industries,
            keywords,
            locations,
            lists,
            other,
        } = &self.found.search.exclude;
        let texts = [titles, seniority, departments, companies, company_types, industries, keywords, lists, other];
        texts.iter().map(|values| values.len()).sum::<usize>() + locations.len()
    }
}

/// "don't contact them", "do not send anything": what must not be done, not who must be left out.
pub(super) fn forbids_an_action(sentence: &Sentence<'_>, at: usize) -> bool {
    ["dont", "do not", "never"]
        .iter()
        .find_map(|phrase| sentence.match_words(at, phrase))
        .is_some_and(|count| !sentence.says(at + count, "add") && sentence.longest_of(at + count, &THEN).is_some())
}

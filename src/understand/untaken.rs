//! Words that no step of a search took: what is left out, who works, what companies do, a name; else they stay unread.
//!
//! Protects "nothing is dropped silently": each run of such words ends in one slot or among the unread ones.

use super::gazetteer;
use super::grammar::Walk;
use super::singulars::in_singular;
use super::vocabulary::{COMPANIES, Zone};
use super::words::{Break, singular};

impl Walk<'_> {
    /// Gives up on the words that wait: they stay unread.
    pub(super) fn flush(&mut self) {
        for (first, last) in std::mem::take(&mut self.pending) {
            if self.unknown_exclusion(first, last)
                || self.unknown_occupation(first, last)
                || self.unknown_kind(first, last)
                || self.joins_a_market(first, last)
                || self.lists_a_title(first, last)
            {
                continue;
            }
            // "EN/ES" and "KYC AML" are no names.
            let spelled = |at: usize| self.sentence.raw(at).chars().any(char::is_lowercase);
            let capitals = last - first >= 2
                && (first..last).all(|at| self.sentence.is_capitalised(at))
                && (first..last).any(spelled)
                && (first + 1..last).all(|at| self.sentence.before(at) != Break::Slash)
                && self.sentence.has_case();
            if capitals
                && gazetteer::department(self.sentence, first, self.end).is_none()
                && self.zone == Zone::Head
                && self.people.is_none()
                && self.companies.is_none()
                && !self.excluding
            {
                // "Find Jane Doe"
                let entry = format!("name:{}", self.sentence.slice(first, last));
                self.found.other(&entry, first, last);
                continue;
            }
            if self.is_spoken_topic(first, last) {
                self.found.keyword(first, last, self.excluding);
                continue;
            }
            self.found.unread(first, last);
        }
    }

    /// "5 physicians per county", "3 contacts per company": for each of something says nothing of whom.
    pub(super) fn for_each(&mut self, at: usize) -> Option<usize> {
        let each = self.sentence.norm(at) == "per" && at > self.begin && at + 1 < self.end;
        let money = self.sentence.norm(at - usize::from(at > 0)).starts_with(|c: char| c.is_ascii_digit());
        (each && !money && self.sentence.before(at + 1) < Break::Comma).then_some(())?;
        self.flush();
        self.found.unread(at, at + 2);
        Some(at + 2)
    }

    /// "ESG directors, climate officers": words for people at work that stand in a list behind a title are one more.
    fn lists_a_title(&mut self, first: usize, last: usize) -> bool {
        let sentence = self.sentence;
        let joint = usize::from(["or", "and"].contains(&sentence.norm(first.saturating_sub(1))));
        let listed = joint == 1 || sentence.before(first) == Break::Comma;
        let end =
            first.checked_sub(joint + 1).filter(|_| listed && first > self.begin).map(|at| sentence.span(at, at + 1).1);
        let slot = if self.excluding { "exclude.titles" } else { "titles" };
        let behind = end.is_some()
            && self.found.provenance.iter().rev().take(2).any(|entry| entry.slot == slot && entry.end == end);
        let head = sentence.norm(last - 1);
        // "Directors of Nursing, DONs", "trustees and bursars of schools"
        let capitals = sentence.raw(last - 1).strip_suffix('s').unwrap_or("");
        let acronym = last - first == 1 && capitals.len() > 1 && capitals.bytes().all(|byte| byte.is_ascii_uppercase());
        let plural = head.len() > 4 && singular(head) != head && last - first == 1 && joint == 1;
        let placed = plural && ["of", "at"].contains(&sentence.norm(last)) && last < self.end;
        let people = is_occupation(head) || acronym || placed || ["heads", "leads", "chiefs", "reps"].contains(&head);
        let joins =
            behind && self.zone == Zone::Head && people && last - first <= 3 && sentence.quote_of(first).is_none();
        if joins {
            let title = in_singular(sentence, first, last);
            self.found.title(&title, first, last, self.excluding);
        }
        joins
    }

    /// "trucking OR haulage": what stands in a list with something that companies do is one more.
    fn joins_a_market(&mut self, first: usize, last: usize) -> bool {
        let sentence = self.sentence;
        let joined = first > self.begin + 1 && ["or", "and"].contains(&sentence.norm(first - 1));
        let before = sentence.span(first.saturating_sub(2), first.saturating_sub(1)).1;
        let market = |slot: &str| {
            let slot = slot.strip_prefix("exclude.").unwrap_or(slot);
            ["industries", "company_types", "keywords"].contains(&slot)
        };
        let listed = joined
            && self.found.provenance.last().is_some_and(|entry| entry.end == Some(before) && market(&entry.slot));
        let over = last >= self.end || sentence.before(last) >= Break::Comma || self.zone_at(last).is_some();
        const VAGUE: [&str; 14] = [
            "anything",
            "something",
            "everything",
            "similar",
            "related",
            "adjacent",
            "others",
            "else",
            "whatever",
            "like",
            "above",
            "below",
            "close",
            "such",
        ];
        let plain = (first..last).all(|at| {
            !VAGUE.contains(&sentence.norm(at))
                && (!sentence.is_capitalised(at) || !sentence.has_case())
                && sentence.norm(at).len() > 3
        });
        let joins = listed && over && plain && last - first <= 2 && sentence.quote_of(first).is_none();
        if joins {
            self.found.keyword(first, last, self.excluding);
        }
        joins
    }

    /// "no residential", "not B2C": words directly behind an exclusion are what is left out.
    fn unknown_exclusion(&mut self, first: usize, last: usize) -> bool {
        let behind = first > self.begin
            && ["no", "not", "without", "excluding", "exclude", "except", "minus", "skip"]
                .contains(&self.sentence.norm(first - 1));
        let plain = (first..last).all(|at| !self.sentence.is_capitalised(at) || !self.sentence.has_case());
        let left_out = self.begins_exclusion()
            && (first > self.begin + 1 || self.people.is_some() || self.companies.is_some())
            && behind
            && plain
            && last - first <= 3
            && !is_occupation(self.sentence.norm(last - 1));
        if left_out {
            self.found.keyword(first, last, true);
        }
        left_out
    }

    /// "owners of vineyards", "CEOs at independent pharmacies": a plural directly behind "at" or "of" says
    /// what the companies are.
    fn unknown_kind(&mut self, first: usize, last: usize) -> bool {
        let word = self.sentence.norm(last - 1);
        let behind =
            first > self.begin && ["at", "of", "for", "from", "or", "and"].contains(&self.sentence.norm(first - 1));
        // "van fietsenwinkels", "bei Möbelhändlern": of another language's words we know no plural.
        let joint = if first > self.begin { first - 1 } else { first };
        let of_companies = joint > self.begin && COMPANIES.contains(self.sentence.norm(joint - 1));
        let behind = behind || of_companies && self.sentence.norm(joint) == "the";
        let foreign = behind && self.sentence.is_translated(joint);
        let plural = word.len() > 4 && (foreign || singular(word) != word && !self.sentence.is_capitalised(last - 1));
        let kind = (self.zone == Zone::At || foreign && of_companies)
            && behind
            && plural
            && last - first <= 3
            && self.sentence.quote_of(first).is_none();
        if kind {
            self.found.keyword(first, last, self.excluding);
        }
        kind
    }

    /// "find sommeliers in Paris": people are wanted by a noun that no table knows.
    fn unknown_occupation(&mut self, first: usize, last: usize) -> bool {
        // "solar firms, promoters or managing directors"
        let joint = ["or", "and"].contains(&self.sentence.norm(last)) || self.sentence.before(last) == Break::Comma;
        let next = last + usize::from(["or", "and"].contains(&self.sentence.norm(last)));
        let listed = joint
            && last < self.end
            && self.sentence.before(first) >= Break::Comma
            && gazetteer::title(self.sentence, next, self.end).is_some();
        let open = self.people.is_none() && (self.zone == Zone::Head && self.companies.is_none() || listed);
        let wanted = last - first <= 3 && is_occupation(self.sentence.norm(last - 1)) && (open || self.excluding);
        if !wanted || self.sentence.quote_of(first).is_some() {
            return false;
        }
        let title = in_singular(self.sentence, first, last);
        self.found.title(&title, first, last, self.excluding);
        self.found.assume(format!("“{}” is read as a title.", self.sentence.slice(first, last)));
        if !self.excluding {
            self.note_people(first, last);
        }
        true
    }
}

/// Whether a plural looks like a word for people at work ("sommeliers", "florists").
pub(super) fn is_occupation(word: &str) -> bool {
    // "Bauleiter", "Filialleiterinnen": a German compound of somebody who leads something.
    const GERMAN: [&str; 9] =
        ["leiter", "leiterin", "leitern", "leiterinnen", "ingenieure", "ingenieur", "meister", "chefin", "beauftragte"];
    if word.len() > 8 && GERMAN.iter().any(|ending| word.ends_with(ending)) && !word.ends_with("halbleiter") {
        return true;
    }
    const ENDINGS: [&str; 7] = ["ers", "ors", "ists", "ians", "smiths", "makers", "wrights"];
    const THINGS: [&str; 36] = [
        "others",
        "numbers",
        "matters",
        "letters",
        "offers",
        "papers",
        "answers",
        "computers",
        "servers",
        "routers",
        "trailers",
        "orders",
        "members",
        "flowers",
        "boilers",
        "centers",
        "quarters",
        "headquarters",
        "sectors",
        "factors",
        "errors",
        "filters",
        "users",
        "customers",
        "newsletters",
        "posters",
        "containers",
        "doctors",
        "motors",
        "colors",
        "tractors",
        "sensors",
        "semiconductors",
        "lists",
        "competitors",
        "followers",
    ];
    word.len() >= 6 && ENDINGS.iter().any(|end| word.ends_with(end)) && !THINGS.contains(&word)
}

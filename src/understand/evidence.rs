//! What the rules look at: the things, records and people that one clause names, and questions about them.

use super::given_names::may_be_first_name;
use super::names::{Kind, Pointer, Reference};
use super::numbers::quantity;
use super::people::{ADDRESSES, Person, possessive};
use super::records::WORKSPACE;
use super::sentence::Sentence;
use super::verbs::{OBJECTS, OWN_PHRASES, OWN_RECORDS, Object, Verb};
use super::vocabulary::FILLERS;
use super::wishes::opens_an_office;

/// The facts about one clause that the rules look at.
pub(super) struct Facts<'s> {
    pub(super) sentence: &'s Sentence<'s>,
    /// Words of the verb.
    pub(super) verb: (usize, usize),
    /// First word after openers and verb.
    pub(super) body: usize,
    pub(super) end: usize,
    /// Kinds of thing named outside quotations, in order.
    pub(super) objects: Vec<Object>,
    /// The kind of thing that the body begins with.
    pub(super) leading: Option<Object>,
    pub(super) references: &'s [Reference],
    /// Contacts and companies mentioned.
    pub(super) people: &'s [Person],
    /// The words behind the verb could begin a search.
    pub(super) search: bool,
    /// The workspace's own records are meant.
    pub(super) own: bool,
}

impl Facts<'_> {
    pub(super) fn first(&self) -> Option<Object> {
        self.objects.first().copied()
    }

    pub(super) fn has(&self, object: Object) -> bool {
        self.objects.contains(&object)
    }

    pub(super) fn to(&self, kind: Kind) -> Option<&Reference> {
        self.references
            .iter()
            .find(|found| found.kind == kind && ["to", "into", "in", "on", "onto", "for"].contains(&found.preposition))
    }

    pub(super) fn from(&self, kind: Kind) -> bool {
        self.references
            .iter()
            .any(|found| found.kind == kind && ["from", "off", "in", "of", "on"].contains(&found.preposition))
    }

    /// The first thing named is a list or campaign itself, not a destination.
    pub(super) fn direct(&self, kind: Kind) -> bool {
        self.references
            .first()
            .is_some_and(|found| found.kind == kind && found.first <= self.body + 1 && found.preposition.is_empty())
    }

    /// A contact or company is named.
    pub(super) fn named(&self) -> bool {
        self.people.iter().any(|person| {
            let mention = &person.mention;
            mention.name.is_some() || mention.email.is_some() || mention.company.is_some()
        })
    }

    /// A person is named beyond doubt.
    pub(super) fn person(&self) -> bool {
        self.people.iter().any(|person| {
            let first = person.first + usize::from(ADDRESSES.contains(&self.sentence.norm(person.first)));
            let name =
                person.mention.name.is_some() && (may_be_first_name(self.sentence.norm(first)) || first > person.first);
            name || person.mention.email.is_some()
        })
    }

    /// "Nora Quill's email", "the email of Nora Quill": a thing that belongs to somebody named.
    pub(super) fn of_somebody(&self) -> bool {
        const THINGS: [&str; 4] = ["email", "emails", "mail", "e"];
        let named = |person: &&Person| person.mention.name.is_some() || person.mention.company.is_some();
        self.people.iter().filter(named).any(|person| {
            let own = possessive(self.sentence, person.last) && THINGS.contains(&self.sentence.norm(person.last));
            let of = person.first > self.body + 1
                && self.sentence.norm(person.first - 1) == "of"
                && THINGS.contains(&self.sentence.norm(person.first - 2));
            own || of
        })
    }

    /// "his email", "her mail": of somebody pointed at, and no text to be sent.
    pub(super) fn of_a_pronoun(&self) -> bool {
        const OWN: [&str; 6] = ["email", "mail", "e mail", "email address", "mail address", "e mail address"];
        let count = self.sentence.longest_of(self.body + 1, &OWN);
        ["his", "her", "their"].contains(&self.sentence.norm(self.body))
            && count
                .is_some_and(|count| self.body + 1 + count >= self.end || self.sentence.is_apart(self.body + 1 + count))
    }

    /// "the shoe size of Jane Roe": words that name no record stand between the verb and whose they are.
    pub(super) fn part_of_somebody(&self) -> bool {
        const RECORDS: [&str; 30] = [
            "contact",
            "contacts",
            "record",
            "records",
            "profile",
            "entry",
            "entries",
            "person",
            "people",
            "card",
            "company",
            "account",
            "lead",
            "client",
            "customer",
            "data",
            "everything",
            "all",
            "traces",
            "file",
            "duplicate",
            "duplicates",
            "copy",
            "copies",
            "info",
            "information",
            "page",
            "history",
            "prospect",
            "details",
        ];
        let Some(person) = self.people.first().filter(|person| person.mention.name.is_some()) else { return false };
        let of = person.first.checked_sub(1).filter(|at| *at > self.body && self.sentence.norm(*at) == "of");
        let Some(of) = of else { return false };
        let content = |at: usize| !FILLERS.contains(self.sentence.norm(at));
        let record = |at: usize| RECORDS.contains(&self.sentence.norm(at));
        (self.body..of).any(content) && !(self.body..of).any(record)
    }

    /// Contacts are named, described or pointed at.
    pub(super) fn anybody(&self) -> bool {
        !self.people.is_empty() || self.has_id()
    }

    pub(super) fn has_id(&self) -> bool {
        super::details::id_at(self.sentence, self.body, self.end).is_some()
    }

    /// An e-mail address is stated.
    pub(super) fn has_address(&self) -> bool {
        (self.body..self.end).any(|at| self.sentence.norm(at).contains('@'))
    }

    pub(super) fn says(&self, phrases: &[&str]) -> bool {
        (self.body..self.end)
            .any(|at| self.sentence.quote_of(at).is_none() && self.sentence.longest_of(at, phrases).is_some())
    }

    /// Like [`Facts::says`], the verb included.
    pub(super) fn states(&self, phrases: &[&str]) -> bool {
        (self.verb.0..self.end)
            .any(|at| self.sentence.quote_of(at).is_none() && self.sentence.longest_of(at, phrases).is_some())
    }

    /// "take Jane out of Spring", "pull Jane off Foo": away from something, named or not.
    pub(super) fn takes_away(&self) -> bool {
        let erases = ["delete", "erase", "purge", "destroy", "nuke", "wipe", "trash", "discard"];
        // "Take Bob out" does not say of what.
        let taken = ["take", "kick", "boot"].contains(&self.sentence.norm(self.verb.0));
        let filter = self.people.iter().any(|person| person.mention.filter.is_some());
        let away = self.says(&["out of", "off", "off of"]);
        let some = self.named() && !filter && (taken || away || self.says(&["from"]));
        !self.states(&erases) && (some || filter && taken && away)
    }

    /// "to my contacts", "in the CRM", "as a contact": all the workspace's records are the destination.
    pub(super) fn reaches_workspace(&self) -> bool {
        const INTO: [&str; 24] = [
            "from",
            "from my",
            "from our",
            "from the",
            "out of",
            "out of my",
            "out of our",
            "out of the",
            "off",
            "off the",
            "off my",
            "off our",
            "to",
            "into",
            "in",
            "as",
            "to my",
            "to our",
            "to the",
            "into the",
            "in the",
            "as a",
            "as a new",
            "as new",
        ];
        (self.body..self.end).any(|at| {
            let Some(count) = self.sentence.longest_of(at, &INTO) else { return false };
            let next = at + count;
            let kind = ["company", "person", "lead", "customer", "client", "prospect"]
                .contains(&self.sentence.norm(next))
                && self.sentence.norm(at) == "as";
            self.sentence.quote_of(at).is_none() && (self.sentence.longest_of(next, &WORKSPACE).is_some() || kind)
        })
    }

    /// A time other than now is stated.
    pub(super) fn is_later(&self) -> bool {
        const NOW: [&str; 6] = ["now", "right now", "immediately", "asap", "today", "at once"];
        let inside = |at: usize| self.references.iter().any(|found| found.first <= at && at < found.last);
        (self.body..self.end).any(|at| {
            // "start Spring after the webinar": not now.
            let after = ["after", "once"].contains(&self.sentence.norm(at)) && at > self.body && at + 1 < self.end;
            !inside(at)
                && self.sentence.quote_of(at).is_none()
                && (after || super::campaigns::is_time(self.sentence, at))
                && self.sentence.longest_of(at, &NOW).is_none()
        })
    }

    /// Everybody on a list, and not some of them.
    pub(super) fn everybody(&self) -> bool {
        const ALL: [&str; 12] = [
            "everyone",
            "everybody",
            "all contacts",
            "all members",
            "everything",
            "all people",
            "all entries",
            "all the contacts",
            "all of the contacts",
            "all peoples",
            "all leads",
            "all prospects",
        ];
        (self.body..self.end).any(|at| {
            self.sentence.longest_of(at, &ALL).is_some_and(|count| {
                let behind = at + count + usize::from(self.sentence.norm(at + count) == "out");
                self.references.iter().any(|found| found.kind == Kind::List && found.first == behind)
            })
        }) && !self.named()
    }
}

impl Facts<'_> {
    /// Whether people are described behind a named list: "a list called Texas CEOs of CEOs in Texas".
    pub(super) fn describes_behind(&self, list: &Reference) -> bool {
        let called = list.name.map_or(list.last, |_| list.last);
        called < self.end
            && self.search
            && (["of", "with", "for", "containing"].contains(&self.sentence.norm(called)) || self.filled(called))
    }

    /// "list 'Biotech GCs': 30 general counsels", "a list called Bio and put 30 CEOs on it".
    fn filled(&self, at: usize) -> bool {
        const FILLS: [&str; 6] = ["and put", "and add", "then add", "and fill it with", "and fill with", "then put"];
        let verb = self.sentence.longest_of(at, &FILLS);
        let told = self.sentence.gap(at).contains(':') || verb.is_some();
        told && quantity(self.sentence, at + verb.unwrap_or(0)).is_some()
    }
}

impl Facts<'_> {
    /// "10 CTOs in Austin", "20 new leads: CFOs in Ohio": a number of people to be found, none of them on record.
    pub(super) fn counts_strangers(&self) -> bool {
        const REACH: usize = 3;
        let Some(quantity) = quantity(self.sentence, self.body) else { return false };
        let described = (quantity.last..self.end).any(|at| self.sentence.gap(at).contains([':', '–', '—']));
        let recorded =
            (quantity.last..self.end.min(quantity.last + REACH)).any(|at| OWN_RECORDS.contains(self.sentence.norm(at)));
        let somebody = self.people.iter().any(|person| {
            let full = person.mention.name.as_ref().is_some_and(|name| name.contains(' '));
            person.mention.email.is_some() || full && self.person()
        });
        self.search && (described || !recorded) && !somebody && !self.says_file()
    }

    /// "take them and put them on …": the verb of taking only leads to that of adding.
    pub(super) fn takes_to_add(&self, verb: Verb) -> bool {
        const ADDS: [&str; 5] = ["and add", "and put", "and enroll", "and place", "and drop"];
        verb == Verb::Remove && self.sentence.norm(self.verb.0) == "take" && self.says(&ADDS)
    }

    /// The word that is the name of a file, or its kind: "leads.csv", "json".
    pub(super) fn file(&self) -> Option<usize> {
        const KINDS: [&str; 7] = ["csv", "xlsx", "xls", "tsv", "json", "excel", "spreadsheet"];
        (self.body.max(1)..self.end).find(|at| {
            let raw = self.sentence.raw(*at).to_ascii_lowercase();
            let kind = raw.rsplit_once('.').map_or(raw.as_str(), |(_, ending)| ending);
            KINDS.contains(&kind) && self.sentence.quote_of(*at).is_none()
        })
    }

    /// A file is named or spoken of.
    pub(super) fn says_file(&self) -> bool {
        const FILES: [&str; 9] =
            ["file", "csv", "excel", "spreadsheet", "xlsx", "attached", "attachment", "export", "upload"];
        self.says(&FILES) || self.file().is_some()
    }

    /// "all contacts in Texas", "everyone at Acme": records of the workspace by a description.
    pub(super) fn described_contacts(&self) -> bool {
        self.people.iter().any(|person| {
            person.mention.filter.as_ref().is_some_and(|filter| {
                let filter = filter.to_lowercase();
                ["contacts", "customers", "clients", "members", "everyone", "everybody"]
                    .iter()
                    .any(|noun| filter.contains(noun))
            })
        })
    }
}

/// Kinds of thing that the words name outside quotations and mentions of people.
pub(super) fn objects(
    sentence: &Sentence<'_>,
    from: usize,
    to: usize,
    people: &[Person],
    references: &[Reference],
) -> Vec<Object> {
    let named = |at: usize| {
        references
            .iter()
            .filter_map(|found| found.name)
            .any(|(start, end)| start <= sentence.words[at].start && sentence.words[at].start < end)
    };
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let inside =
            people.iter().find(|person| person.first <= at && at < person.last && person.mention.reference.is_none());
        if let Some(person) = inside {
            at = person.last;
            continue;
        }
        if sentence.quote_of(at).is_some() || named(at) {
            at += 1;
            continue;
        }
        match OBJECTS.longest(sentence, at) {
            Some((object, count)) => {
                found.push(object);
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

/// "my contacts", "our open deals", "contacts tagged VIP": the workspace's own records.
pub(super) fn means_own_records(sentence: &Sentence<'_>, from: usize, to: usize, references: &[Reference]) -> bool {
    const AWAY: [&str; 26] = [
        "nobody",
        "noone",
        "none",
        "no",
        "drop",
        "suppress",
        "never",
        "not",
        "excluding",
        "exclude",
        "except",
        "without",
        "outside",
        "arent",
        "isnt",
        "like",
        "to",
        "into",
        "for",
        "skip",
        "skipping",
        "omit",
        "minus",
        "ignore",
        "avoid",
        "leave",
    ];
    let mut away = false;
    let mut at = from;
    while at < to {
        if let Some(found) = references.iter().find(|found| found.first == at) {
            // A list or campaign to put the results into says nothing about where they are.
            if ["in", "on", "of", "from", "within"].contains(&found.preposition)
                && found.pointer != Pointer::New
                && !away
            {
                return true;
            }
            at = found.last;
            continue;
        }
        // "… and enroll them in my campaign" says where they go.
        away |= AWAY.contains(&sentence.norm(at))
            || at > from
                && ["enroll", "enrol", "put", "add", "place", "save", "store", "keep"].contains(&sentence.norm(at));
        if !away && !opens_an_office(sentence, at) && sentence.quote_of(at).is_none() {
            let possessive = ["my", "our"].contains(&sentence.norm(at))
                && (1..=3).any(|next| at + next < to && OWN_RECORDS.contains(sentence.norm(at + next)));
            if possessive || sentence.longest_of(at, &OWN_PHRASES).is_some() {
                return true;
            }
        }
        at += 1;
    }
    false
}

//! Words that are no part of a name, that end one, or that describe records in the place of one.
//!
//! These are tables and nothing else; `people.rs` reads names and descriptions by them.

use super::phrasebook::Words;

/// Capitalised words that are nobody's name.
pub(super) static NO_NAMES: Words = Words::of(
    "i|lexi|linkedin|crm|vip|vips|csv|excel|xlsx|pdf|json|hubspot|salesforce|monday|tuesday|wednesday|thursday|friday|\
     saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|\
     tomorrow|today|please|id|url|cet|est|pst|utc|gmt|cest|edt|pdt|nda|roi|faq|kpi|asap|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|gdpr|hr|it|pr|ceo|cfo|dr|mr|mrs|ms|prof|q1|q2|q3|q4|ok|asap|fyi|am|pm|b2b|everything|all|\
     everyone|everybody|nothing|anything|something|stuff|things|thanks|instead|too|also|again|yet|now|list|lists|\
     campaign|campaigns|sequence|sequences|same|duplicates|thing|crm's|records|record|rest|others|ones",
);

/// Small words that end a name or company written in small letters.
pub(super) static ENDS: Words = Words::of(
    "to|into|in|on|onto|from|off|at|of|for|with|without|as|by|and|or|but|that|who|which|because|since|so|then|\
     should|is|are|was|were|has|have|had|will|would|can|could|must|needs|need|now|today|tomorrow|please|pls|\
     instead|too|also|again|yet|not|no|new|old|through|out|up|about|after|before|until|when|if|via|per|the|a|an|\
     his|her|their|its|my|our|your|this|these|those|us|me|him|them|it|number|moved|left|joined|got|became|said|\
     be|being|been|am|im|did|does|do|all|any|some|only|just|both|called|named",
);

/// Parts of names that are written small: "van der Berg".
pub(super) const PARTICLES: [&str; 22] = [
    "van", "von", "der", "den", "de", "da", "di", "del", "della", "la", "le", "bin", "al", "el", "dos", "du", "ter",
    "ten", "zu", "st", "ibn", "y",
];

/// Endings of the names of companies.
pub(super) static COMPANY_ENDINGS: Words = Words::of(
    "inc|corp|corporation|ltd|limited|llc|llp|lp|plc|gmbh|ag|sa|sas|bv|nv|co|company|group|holdings|partners|\
     associates|technologies|bank|capital|industries|solutions",
);

/// Words before or behind the name of a company that say what it is.
pub(super) const COMPANY_NOUNS: [&str; 6] = ["company", "account", "firm", "organization", "organisation", "business"];

/// Nouns for several records that a description may follow.
pub(super) const DESCRIBED: [&str; 18] = [
    "contacts",
    "customers",
    "clients",
    "leads",
    "people",
    "companies",
    "prospects",
    "members",
    "everyone",
    "everybody",
    "anyone",
    "anybody",
    "accounts",
    "persons",
    "folks",
    "partners",
    "those",
    "attendees",
];

/// Words that begin the description behind such a noun.
pub(super) const DESCRIBES: [&str; 30] = [
    "in", "at", "from", "with", "without", "who", "that", "whose", "tagged", "on", "of", "based", "located", "which",
    "working", "added", "created", "owned", "assigned", "named", "called", "not", "older", "where", "we", "i", "near",
    "having", "missing", "lacking",
];

/// Words that say in what state records are.
pub(super) static STATES: Words = Words::of(
    "bounced|inactive|unsubscribed|old|cold|dead|stale|duplicate|outdated|suppressed|archived|unresponsive|invalid|active|\
     new|recent|overdue|untagged|unassigned|vip|lost|unverified|incomplete|test|imported",
);

/// Pointers to a record without a name.
pub(super) static POINTERS: Words = Words::of(
    "him|her|them|he|she|they|his|their|this contact|that contact|this person|that person|this company|that company|\
     these contacts|those contacts|everyone|everybody|these people|those people|this lead|this guy|that guy|both|\
     the two|this one|that one|these two|the contact|this client|this customer|the first one|the second one|\
     these|those|all of them|each of them|this account|that account|these leads|the last one|my last contact|\
     these companies|this prospect|these prospects|this record|all contacts|all of these|my contacts",
);

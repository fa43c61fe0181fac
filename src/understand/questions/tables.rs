//! The words by which a question says what it asks, as tables. `mod.rs` decides by them.

use super::{Deed, Dimension, Field, NotKept, Period, Status, Thing};
use crate::understand::phrasebook::{Choices, Words};

/// "how many": a number is wanted.
pub(super) static COUNTS: Words = Words::of(
    "how many|how many of|how much|count|count of|count the|count all|number of|the number of|what number of|\
     what is the number of|whats the number of|the total number of|total number of|what is the total number of|\
     how large is|how big is|what is the size of|whats the size of|wie viele|wieviele|combien de|combien|cuantos|cuantas|quanti|quante|hoeveel|quantos",
);

/// "how do I": how something is done is wanted, and nothing is to be done.
pub(super) static HELPS: Words = Words::of(
    "how do i|how do we|how do you|how can i|how can we|how to|how does one|how would i|how would we|how should i|\
     how could i|how could we|where do i|where can i|where can we|can i|can we|could i|may i|is it possible to|\
     is there a way to|whats the way to|what is the way to|how does|how is|how are|how will|what happens when i|\
     what happens if i|what do i do to|what do i need to do to|\
     can you explain how to|can you tell me how to|tell me how to|show me how to|explain how to|help me understand|\
     explain|wie kann ich|wie losche ich|comment|como puedo",
);

/// What Lexi can do is asked.
pub(super) static ABILITIES: Words = Words::of(
    "what can you do|what can i do|what can i ask|what can i ask you|what do you do|what can lexi do|what does lexi do|\
     how can you help|how can you help me|how do you work|what are you|who are you|what are you able to do|\
     what else can you do|what are your capabilities|what are your features|what do you know|help|help me|\
     what can you help me with|what can you help with|what questions can i ask|was kannst du|que puedes hacer",
);

/// What is known about somebody is asked; the name follows.
pub(super) static ABOUTS: Words = Words::of(
    "what do we know about|what do you know about|what do i know about|what is known about|what do we have on|\
     what do you have on|what do we have about|what have we got on|whats known about|tell me about|tell me more about|\
     tell me everything about|tell me all about|who is|whos|who was|what is|whats|info on|information on|\
     information about|info about|details on|details about|details of|everything about|all about|\
     give me an overview of|give me a summary of|brief me on|brief me about|summarize|summarise|remind me who|\
     remind me who is|do we know|do i know|do you know|do we have|have we got|is|are|any news on|any update on|\
     what about|about|look up|show me|show|describe|was wissen wir uber|que sabemos de|que sait on de",
);

/// Those of [`ABOUTS`] that say by themselves that somebody's record is meant.
pub(super) static SURELY_ABOUT: Words = Words::of(
    "what do we know about|what do you know about|what do i know about|what is known about|what do we have on|\
     what do you have on|what do we have about|what have we got on|whats known about|tell me about|tell me more about|\
     tell me everything about|tell me all about|info on|information on|information about|info about|details on|\
     details about|details of|everything about|all about|give me an overview of|give me a summary of|brief me on|\
     brief me about|remind me who|remind me who is|any news on|any update on|look up|was wissen wir uber|\
     que sabemos de|que sait on de",
);

/// What a word means is asked.
pub(super) static MEANINGS: Words = Words::of(
    "what is a|what is an|whats a|whats an|what are|what does|what is the difference between|\
     whats the difference between|what is the meaning of|define|what do you mean by|was ist ein|was ist eine",
);

/// A task's fate is asked.
pub(super) static OUTCOMES: Words = Words::of(
    "what did you do with|what happened to|what happened with|what has happened to|what became of|what came of|\
     whats the status of|what is the status of|status of|state of|how is|hows|why did|who approved|who dismissed|\
     who decided|did you finish|have you finished|is it done|did it work|is the|was the|what was the result of|\
     result of|results of|outcome of|what is with|wheres|where is|what did you do|when was|did you do|did the|\
     has the",
);

/// Nouns for what Lexi proposed.
pub(super) static TASKS: Words =
    Words::of("task|tasks|proposal|proposals|approval|approvals|approval queue|suggestions|aufgaben|tareas");

/// Where a task stands.
pub(super) static STATUSES: Choices<Status> = Choices::of(&[
    (
        Status::Pending,
        "pending|waiting|waiting for me|waiting for my approval|waiting for approval|awaiting approval|\
         awaiting my approval|to approve|to be approved|needs approval|need approval|needs my approval|\
         need my approval|for approval|for me to approve|unapproved|undecided|open|still open|outstanding|\
         on my plate|left to decide|left to approve",
    ),
    (Status::Approved, "approved|running|in progress|under way|being executed|executing|being worked on"),
    (Status::Dismissed, "dismissed|rejected|declined|turned down"),
    (Status::Completed, "completed|done|finished|executed|carried out|complete"),
    (Status::Failed, "failed|fail|went wrong|broken|errored"),
]);

/// Of which values people are counted by.
pub(super) static DIMENSIONS: Choices<Dimension> = Choices::of(&[
    (Dimension::Title, "titles|job titles|roles|positions|jobs|occupations"),
    (Dimension::Industry, "industries|sectors|verticals|branches|branchen"),
    (
        Dimension::CompanyType,
        "company types|types of company|types of companies|kinds of company|kinds of companies|kind of companies|\
         company kinds|sorts of companies|types of firms|kinds of firms|organization types",
    ),
    (Dimension::State, "states|places|locations|regions|provinces|areas"),
    (Dimension::City, "cities|towns"),
    (Dimension::Country, "countries|nations|lander|paises"),
    (Dimension::Department, "departments|functions|teams"),
    (Dimension::Level, "seniority levels|seniorities|levels|levels of seniority|ranks"),
    (Dimension::PracticeArea, "practice areas|areas of law|areas of practice|specialties|specialities"),
    (Dimension::Size, "company sizes|sizes|headcounts|sizes of companies|company size bands"),
]);

/// Words around a dimension that ask for its most frequent values.
pub(super) static RANKS: Words = Words::of(
    "top|most common|most frequent|biggest|commonest|main|different|distinct|various|available|exist|the most common|\
     are there|do exist",
);

/// Fields of a contact.
pub(super) static FIELDS: Choices<Field> = Choices::of(&[
    (Field::Email, "email address|email|e mail|mail address|emails|email addresses|mail"),
    (Field::Phone, "phone number|phone|mobile number|mobile|cell|telephone number|phone numbers|telephone"),
    (Field::Title, "job title|title|role|position|job"),
    (Field::Company, "company|employer|company name|firm"),
    (Field::LinkedIn, "linkedin|linkedin url|linkedin profile|profile"),
    (Field::Tags, "tags"),
    (Field::Lists, "lists"),
]);

/// Something is not there.
pub(super) static LACKS: Words = Words::of(
    "no|without|without a|without an|without any|missing|missing a|missing an|lacks|lacks a|lacks an|lack|lack a|\
     lack an|lacking|dont have|dont have a|dont have an|dont have any|doesnt have|doesnt have a|doesnt have an|\
     do not have|do not have a|do not have an|does not have|does not have a|does not have an|has no|have no|with no|\
     havent got|havent|without their|have empty|with missing|arent missing|ohne|sans|sin",
);

/// Something is there.
pub(super) static HAVES: Words = Words::of(
    "with a|with an|with|has a|has an|have a|have an|having a|having an|who have a|who have an|that have a|that have an",
);

/// When something came to the workspace.
pub(super) static PERIODS: Choices<Period> = Choices::of(&[
    (Period::Today, "today|since this morning|heute"),
    (Period::Yesterday, "yesterday|gestern"),
    (Period::ThisWeek, "this week|since monday|diese woche"),
    (Period::LastWeek, "last week|the week before"),
    (Period::ThisMonth, "this month"),
    (Period::LastMonth, "last month"),
    (
        Period::Days(7),
        "in the last week|in the past week|past week|in the last 7 days|last 7 days|the last 7 days|recently|lately",
    ),
    (
        Period::Days(30),
        "in the last month|in the past month|past month|in the last 30 days|last 30 days|the last 30 days",
    ),
]);

/// Something came to the workspace; with a contact it asks when.
pub(super) static ADDED: Words = Words::of(
    "add|added|create|created|was added|were added|got added|been added|did we add|did you add|did i add|we added|\
     you added|i added|have we added|have you added|imported|came in|saved|did we get|get added",
);

/// The workspace's own people.
pub(super) static CONTACTS: Words = Words::of(
    "contacts|contact|of our contacts|of my contacts|of the contacts|our contacts|my contacts|all contacts|leads|\
     contact records|kontakte|contactos|contatti|people in our crm|people in the crm|members",
);

/// Those of whom Lexi does not know what the word says: she keeps contacts.
pub(super) static CUSTOMERS: Words =
    Words::of("customers|customer|clients|client|our clients|our customers|kunden|clientes|accounts");

/// Words by which the workspace's own records are meant.
pub(super) static OWN: Words = Words::of(
    "our|my|we|do we have|do we know|we have|we know|i know|i have|do i have|do i know|in our crm|in the crm|in my crm|\
     in the workspace|in our workspace|in our database|in my database|among our|in our contacts|in my contacts|\
     in our network|haben wir|tenemos|avons nous",
);

/// Words by which the prospect database is meant.
pub(super) static PROSPECTS: Words = Words::of(
    "prospects|prospect database|in the prospect database|of the prospects|prospective clients|in your database|\
     in the database|do you have|do you know|can you find|could you find|you have|you know|are available|are out there",
);

/// Nouns and the kind of record each names.
pub(super) static COMPANIES: Words =
    Words::of("companies|company records|firms|organizations|accounts|company|unternehmen|empresas|firmen");
pub(super) static LISTS: Words = Words::of("lists|list|segments|listen|listas");
pub(super) static TAGS: Words = Words::of("tags|labels|tag");
pub(super) static NOTES: Words = Words::of(
    "notes|note|noted|note down|write down|written down|comments|notes about|notes on|notes for|notes of|notizen",
);
pub(super) static SUPPRESSED: Words = Words::of(
    "suppressed|suppressions|suppression|suppression list|must not be contacted|must never be contacted|do not contact|\
     blocked|blacklisted|unsubscribed|opted out|on the suppression list|never be contacted|not be contacted",
);

/// Prepositions before a name that a note or a field belongs to.
pub(super) static OF: Words = Words::of("of|for|about|on|regarding|with|from|at");

/// "tagged VIP".
pub(super) static TAGGED: Words = Words::of(
    "tagged|tagged as|tagged with|with the tag|with tag|have the tag|has the tag|that have the tag|who have the tag|\
     labelled|labeled|marked as|with the label|who are tagged|that are tagged",
);

/// "named Smith".
pub(super) static NAMED: Words = Words::of(
    "named|called|by the name of|with the name|with the last name|with the first name|whose name is|whose last name is|\
     whose first name is|with the surname",
);

/// Words of [`ABOUTS`] that mean somebody only where a capital shows a name.
pub(super) static WEAKLY_ABOUT: Words =
    Words::of("is|are|do we have|have we got|show|show me|about|what about|describe|what is|whats|do you have");

/// What this version keeps nothing about.
pub(super) static NOT_KEPT: Choices<NotKept> = Choices::of(&[
    (
        NotKept::Campaigns,
        "emails did|emails have|emails were|send|campaign|campaigns|sequence|sequences|cadence|drip|newsletter|open rate|reply rate|click rate|bounce rate|\
         opened|replied|clicked|bounced|unsubscribe rate|enrolled|outreach|emails sent|sent emails|sent",
    ),
    (
        NotKept::Deals,
        "deal|deals|opportunity|opportunities|pipeline|proposal value|revenue forecast|invoice|matter|matters",
    ),
    (NotKept::Meetings, "meeting|meetings|appointment|appointments|calendar|calls|events"),
    (
        NotKept::Activities,
        "last contacted|contacted|last talk to|last talked to|talk to|speak to|last speak to|last email|last call|last meet|talked to|spoke to|spoken to|emailed|met|last activity|activity|activities|\
         heard from|last touch|follow up with|overdue|due",
    ),
    (NotKept::Todos, "todo|todos|to do|to dos|reminder|reminders"),
    (NotKept::Users, "assigned to|owned by|owner|owners|users|colleagues|team members"),
    (NotKept::Scores, "score|scores|relationship score|scoring|credits|credit"),
]);

/// What help is about.
pub(super) static THINGS: Choices<Thing> = Choices::of(&[
    (Thing::Contact, "contact|contacts|person|people|somebody|someone|lead|leads"),
    (Thing::List, "list|lists|segment|segments|members|member"),
    (Thing::Task, "task|tasks|proposal|proposals|approval|approvals"),
    (Thing::Company, "company|companies|firm|firms"),
    (Thing::Note, "note|notes"),
    (Thing::Tag, "tag|tags"),
    (Thing::Suppression, "suppression|suppressions|suppressed|do not contact|unsubscribe|blocked|block"),
    (Thing::Prospect, "prospect|prospects|prospect database|ceos|search|ceo"),
    (Thing::Key, "api key|api keys|key|keys|permission|permissions|token"),
    (
        Thing::Campaign,
        "emails did|emails have|emails were|send|campaign|campaigns|sequence|sequences|email|emails|newsletter",
    ),
    (Thing::Deal, "deal|deals|pipeline|meeting|meetings|reminder|reminders|todo|todos|webhook|webhooks"),
]);

/// What is to be done to it.
pub(super) static DEEDS: Choices<Deed> = Choices::of(&[
    (Deed::Create, "create|add|make|new|build|set up|put|save|note|write"),
    (Deed::Change, "change|update|edit|rename|correct|modify|set|clear|fix"),
    (Deed::Delete, "delete|remove|erase|get rid of|drop|clear out"),
    (Deed::Merge, "merge|dedupe|deduplicate|combine|duplicates"),
    (Deed::Tag, "tag|untag|label"),
    (Deed::Export, "export|download|csv"),
    (Deed::Import, "import|upload|load"),
    (Deed::Find, "find|search|look for|look up|see|show|list|view|browse"),
    (Deed::Approve, "approve|approval|approve it|work|works|decide|confirm"),
    (Deed::Dismiss, "dismiss|reject|cancel|undo|decline|stop|retract"),
    (Deed::Suppress, "suppress|block|unsubscribe|opt out"),
]);

/// Words that say nothing about whom or what a question is about.
pub(super) static SMALL: Words = Words::of(
    "what|which|who|whom|whose|whos|whats|where|when|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|\
     would|should|there|here|any|some|all|the|a|an|of|our|my|we|i|you|me|your|their|it|its|they|them|these|those|this|that|be|been|\
     being|please|show|list|tell|give|get|see|display|view|find|check|everyone|everybody|anyone|anybody|someone|\
     somebody|people|person|exactly|currently|right|now|so|far|already|still|ever|in|on|at|for|to|with|from|by|about|\
     total|altogether|overall|exist|exists|existing|available|known|know|got|work|works|working|lexi|and|or|also|just|\
     only|many|much|names|everything|anything|something|out|up|system|here|hey|hi|hello|ok|okay|thanks|thank|as|\
     named|called|newest|latest|new|ours|covered|fit|fits|match|matches|not|no|use|uses|used|using|say|says|said|first|most|entries|records|record",
);

//! The words by which a request says what to do, and with what kind of record.
//!
//! These are tables and nothing else; `intent.rs` decides by them.

use super::phrasebook::{Choices, Words};

/// What a request wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Find,
    Show,
    Tell,
    Build,
    Add,
    Remove,
    Clear,
    Update,
    Mark,
    Tag,
    Untag,
    Assign,
    Merge,
    Import,
    Export,
    Start,
    Pause,
    Resume,
    Stop,
    Schedule,
    Test,
    Send,
    Enroll,
    Write,
    Save,
    Move,
    Enrich,
    Remind,
    Meet,
    Log,
    Note,
    Suppress,
    Reply,
    Decide,
    Reword,
    Revise,
    Exclude,
}

/// Phrases that open a request and what each wants; the longest that stands there counts.
pub(super) static VERBS: Choices<Verb> = Choices::of(&[
    (
        Verb::Find,
        "id love|i am after|we are after|line up|i would love|we would love|find|find me|find us|search|search for|look for|looking for|im looking for|i am looking for|\
         were looking for|we are looking for|source|identify|locate|discover|prospect|prospect for|hunt for|\
         hunt down|track down|dig up|pull|pull up|pull together|get|get me|get us|fetch|fetch me|give me|give us|\
         bring me|bring up|grab|grab me|scout|scout for|surface|recommend|suggest|i need|we need|i want|we want|\
         id like|i would like|wed like|in search of|need|want|looking to find|searching for|im searching for|\
         query|browse|round up|hand me|need a list of|i need a list of|get me a list of|give me a list of|\
         find me a list of|find a list of|i want a list of|return|seek|seeking|im after|were after|dig out|\
         gather|collect|target|find out",
    ),
    (Verb::Show, "show|show me|show us|display|list|view|list out|list all"),
    (
        Verb::Tell,
        "see|tell|tell me|give me an overview of|summarize|summarise|summarize for me|count|check|compare|\
         explain|describe|analyze|analyse|look up|report|report on|brief me|brief me on|remind me what|\
         remind me who|give me a summary of|give me the status of|give me stats on|remind me when|remind me how|\
         walk me through|any update on|any news on|let me see|let me know|open|get me the status of|\
         get me stats on|give me the numbers for|find out who|find out what|find out which|find out how|\
         find out whether|find out if|find out when",
    ),
    (
        Verb::Build,
        "build|build me|build us|build out|create|create me|make|make me|compile|put together|assemble|prepare|\
         draw up|generate|generate me|set up|setup|design|plan|curate|produce|spin up|develop|kick off a new|\
         launch a new|start a new|start an|start a|launch a|launch an|begin a|begin a new|open a new|open a|\
         ab test|a b test|split test",
    ),
    (Verb::Add, "add|include|append|insert|attach|record|save a new|register"),
    (Verb::Save, "save|store|keep"),
    (Verb::Remove, "remove|delete|erase|drop|get rid of|take out|take off|take|trash|discard|purge"),
    (Verb::Clear, "clear|blank|blank out|empty|wipe|unset|null|reset|clear out"),
    (Verb::Update, "update|change|set|edit|rename|correct|fix|modify|replace|adjust|amend|convert"),
    (Verb::Mark, "mark|flag|label"),
    (Verb::Tag, "tag"),
    (Verb::Untag, "untag"),
    (Verb::Assign, "assign|reassign|transfer|hand over|give ownership of|re assign"),
    (Verb::Merge, "merge|combine|dedupe|deduplicate|consolidate|de duplicate"),
    (Verb::Import, "import|upload|load"),
    (Verb::Export, "export|download"),
    (Verb::Start, "start|launch|activate|begin|kick off|run|fire up|go live with|turn on|enable"),
    (Verb::Pause, "pause|hold|hold off|hold off on|suspend|freeze|put on hold|snooze"),
    (Verb::Resume, "resume|unpause|restart|continue|reactivate|re start"),
    (Verb::Stop, "stop|end|halt|terminate|deactivate|turn off|disable|shut down|abort|kill|archive|finish"),
    (Verb::Schedule, "schedule|reschedule|postpone|delay|push back|push|queue"),
    (
        Verb::Test,
        "test|send a test|send me a test|send test|send a test email|send a test of|preview|do a test send|\
         do a test run",
    ),
    (Verb::Send, "send|email|mail|message|contact|reach out to|call|invite|forward|text|ping|phone"),
    (Verb::Enroll, "enroll|enrol|enlist|put|sign up"),
    (
        Verb::Write,
        "draft|write|write me|compose|rewrite|reword|rephrase|shorten|translate|personalize|personalise|draft me|\
         come up with|improve|polish|tweak|lengthen|proofread",
    ),
    (Verb::Move, "move|copy|shift"),
    (Verb::Enrich, "enrich|verify|validate|research|score|refresh|autoresearch|look into|scrape"),
    (Verb::Remind, "remind|remind me|remind us|todo|follow up"),
    (Verb::Meet, "book|arrange|set up a meeting|set up a call|schedule a meeting|schedule a call|meet"),
    (Verb::Log, "log"),
    (Verb::Note, "note|note that|take a note|make a note|make a note that|jot down|write down that"),
    (Verb::Suppress, "unsubscribe|suppress|block|blacklist|opt out"),
    (Verb::Reply, "reply|respond|answer"),
    (
        Verb::Decide,
        "approve|dismiss|reject|confirm|accept|decline|undo|cancel|revert|retract|do it|go ahead|go for it|\
         proceed|do that|yes please",
    ),
    (Verb::Reword, "make it|make that|make them|make the|make this"),
    (
        Verb::Revise,
        "instead|only|just|narrow|widen|expand|limit|increase|reduce|more like these|more like this|more of these",
    ),
    (Verb::Exclude, "exclude|excluding|without|except|leave out|skip|omit|ignore|not in|not at"),
]);

/// A kind of thing that a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Campaign,
    Copy,
    List,
    Contact,
    Field,
    Note,
    Tag,
    Deal,
    Todo,
    Meeting,
    Machinery,
    Duplicates,
    Step,
}

/// Nouns and the kind of thing each names.
pub(super) static OBJECTS: Choices<Object> = Choices::of(&[
    (
        Object::Campaign,
        "campaign|campaigns|sequence|sequences|cadence|drip|outreach|ab test|a b test|split test|newsletter|blast",
    ),
    (
        Object::Copy,
        "email|emails|e mail|subject line|subject lines|template|templates|copy|message|cold email|intro|\
         follow up email|linkedin message|paragraph|opener|opening line|call to action|cta|email copy|variant|\
         variants|draft",
    ),
    (Object::List, "list|lists|segment|segments"),
    (
        Object::Contact,
        "contact|contacts|company record|contact record|contact details|contact card|company profile|\
         account record",
    ),
    (
        Object::Field,
        "email address|phone|phone number|mobile|mobile number|job title|title|address|linkedin|linkedin url|\
         website|owner|status|industry|birthday|last name|first name|name|city|lead source|stage|company name|\
         headcount|timezone|fax|cell|telephone number|role|position|domain",
    ),
    (Object::Note, "note|notes|comment"),
    (Object::Tag, "tag|tags"),
    (Object::Deal, "deal|deals|opportunity|opportunities|pipeline|invoice|proposal|matter"),
    (Object::Todo, "task|tasks|todo|to do|todos|to dos|reminder|reminders|follow up|follow up task"),
    (Object::Meeting, "meeting|meetings|appointment|calendar|demo|call|lunch|coffee|zoom"),
    (
        Object::Machinery,
        "webhook|webhooks|api key|workflow|workflows|integration|automation rule|report|dashboard|document|\
         documents|invoice",
    ),
    (Object::Duplicates, "duplicate|duplicates|duplicate contacts|dupes"),
    (Object::Step, "step|steps|second step|third step"),
]);

/// Words of politeness and talk that may stand before a request and say nothing.
pub(super) static OPENERS: Words = Words::of(
    "please|hi|hello|hey|hi there|hello there|hey there|lexi|ok|okay|so|well|alright|great|thanks|thank you|\
     kindly|now|also|then|next|actually|right|perfect|cool|yes|yeah|yep|sure|good morning|good afternoon|\
     good evening|morning|and|um|uh|first|once more|again|quick one|go ahead and|go and|just|try to|quickly|\
     could u|can u|pls|plz|i think we should|we should|dont forget to|do not forget to|make sure to|\
     be sure to|remember to|everyone|team|help me|help us|help me to|lets|let us|i want you to|\
     id like you to|i would like you to|i need you to|we need you to|i want to|id like to|i would like to|\
     we would like to|wed like to|i need to|we need to|we want to|can you|could you|would you|will you|\
     can you please|could you please|would you please|can we|could we|would it be possible to|\
     is it possible to|are you able to|i was wondering if you could|i wonder if you could|would you mind|\
     do me a favor and|do me a favour and|your task is to|can i get you to|im trying to|i am trying to|\
     were trying to|may i ask you to|today|no|or|wow|sorry|excuse me|hey lexi|hi lexi|hello lexi|dear lexi",
);

/// Openers that make a sentence with a question mark a request.
pub(super) static POLITE: Words = Words::of(
    "can you|could you|would you|will you|can you please|could you please|would you please|can we|could we|\
     would it be possible to|is it possible to|are you able to|i was wondering if you could|\
     i wonder if you could|would you mind|can i get you to|may i ask you to|can u|could u|help me|please",
);

/// Phrases that forbid what follows.
pub(super) static NEGATIONS: Words = Words::of(
    "dont|do not|never|no need to|not to|you shouldnt|you should not|we shouldnt|i dont want|i do not want|\
     we dont want|we dont need|i dont need|i do not need|please dont|stop looking|stop searching|no longer|\
     i dont want you to|never mind|nevermind|forget it|forget about|not|avoid|refrain from|quit|stop finding|\
     lets not|let us not|dont bother|cant|cannot|wont",
);

/// Words that open a question.
pub(super) static QUESTIONS: Words = Words::of(
    "who|whom|whose|what|whats|whos|which|how|hows|when|where|why|is|are|do|does|did|has|have|had|was|were|\
     am|should|may|might|can|could|would|will|shall|isnt|arent|doesnt|didnt|havent|hasnt|wheres|whens|\
     any idea|do you know|im wondering|i wonder|wondering|id like to know|i want to know|\
     i would like to know|i need to know|question",
);

/// Openers like "how do I": help is wanted, nothing is to be done.
pub(super) static SMALL_TALK: Words = Words::of(
    "hi|hello|hey|thanks|thank you|good morning|good afternoon|good evening|bye|goodbye|cheers|ok|okay|great|\
     cool|perfect|nice|yes|no|sure|lexi|awesome|lol|haha|ping|test|well done|good job|got it|you too|see you|\
     yo|sup|welcome|sorry|there",
);

/// Whole phrases that are only talk.
pub(super) static TALK: Words = Words::of(
    "how are you|how are things|how is it going|how you doing|how are you doing|what is up|whats up|\
     nice to meet you|who are you",
);

/// Verbs that make a clause a statement when they stand after a noun phrase.
pub(super) static FINITE: Words = Words::of(
    "is|are|was|were|will|would|cant|cannot|can|could|should|might|said|says|say|think|thinks|likes|love|\
     loves|seem|seems|became|become|told|asked|wrote|went|came|did|didnt|does|dont|doesnt|isnt|arent|wont|\
     wasnt|opened|replied|responded|signed|met|liked|needs|wants|keeps|gets|makes|hate|hates|prefer|prefers|\
     matters|earn|earns|announced|bought|acquired|has|had",
);

/// Words by which a sentence says that it means the workspace's own records.
pub(super) static OWN_RECORDS: Words = Words::of(
    "contacts|contact|customers|clients|client|customer|leads|prospects|companies|accounts|deals|deal|list|\
     lists|campaign|campaigns|sequence|sequences|pipeline|workspace|crm|tasks|task|notes|activities|meetings|\
     people|opportunities|database|network|emails|todos|reminders|account|team",
);

/// Phrases that can only be about the workspace's own records.
pub(super) static OWN_PHRASES: Words = Words::of(
    "in the workspace|in the crm|in our crm|in my crm|in lexi|tagged|we know|i know|we have|i have|ive|\
     opened|replied|clicked|bounced|unsubscribed|last contacted|not contacted|assigned to|owned by|\
     in our database|in my database|we met|i met|overdue|upcoming|open deals|due today|due this week|\
     pending tasks|pending approval|in our network|in my network|already contacts|we contacted|i contacted|\
     we emailed|i emailed|havent heard|no activity|last activity|added last|added this|created last|\
     created this|duplicate contacts|suppressed",
);

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    let tables = [&OPENERS, &POLITE, &NEGATIONS, &QUESTIONS, &SMALL_TALK, &TALK, &FINITE, &OWN_RECORDS, &OWN_PHRASES];
    VERBS.phrases().chain(OBJECTS.phrases()).chain(tables.into_iter().flat_map(Words::phrases))
}

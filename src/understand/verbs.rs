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
    Copy,
    Rename,
    Rework,
    Give,
    Reach,
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
        "where can i find|where could i find|where can we find|where could we find|where do i find|where do we find|know any good|\
         know any|do you know any good|know of any|hook me up with|hook us up with|set me up with|\
         set us up with|fix me up with|could use|we could use|i could use|go after|lets go after|let us go after|could i have|can i have|may i have|could we have|can we have|run a search for|start a search for|do a search for|\
         perform a search for|conduct a search for|get me in touch with|put me in touch with|connect me with|introduce me to|\
         get us in touch with|put us in touch with|would love|would like|would need|id love|i am after|we are after|line up|i would love|we would love|find|find me|find us|search|search for|look for|looking for|share|share with me|share with us|furnish|suggest me|im looking for|i am looking for|\
         were looking for|we are looking for|source|identify|locate|discover|prospect|prospect for|hunt for|\
         hunt down|track down|dig up|pull|pull up|pull together|get|get me|get us|fetch|fetch me|give me|give us|\
         bring me|bring up|fish out|rustle up|scare up|ferret out|sniff out|scrape together|drum up|root out|unearth|grab|grab me|scout|scout for|surface|recommend|suggest|i need|we need|i want|we want|\
         id like|i would like|wed like|in search of|need|want|looking to find|searching for|im searching for|\
         query|browse|pick|pick out|select|choose|round up|hand me|need a list of|i need a list of|get me a list of|give me a list of|\
         find me a list of|find a list of|i want a list of|return|seek|seeking|im after|were after|dig out|\
         gather|collect|target|find out|give names of|give list of|give a list of|give contacts of|give details of|give the names of|\
         send list of|send a list of|send names of|send contacts of|send details of|searching|provide|provide me|provide us|provide me with|provide us with|supply me with|supply us with|furnish me with|furnish us with",
    ),
    (Verb::Show, "show|show me|show us|display|list|view|list out|list all"),
    (
        Verb::Tell,
        "see|tell|tell me|give me an overview of|summarize|summarise|summarize for me|count|check|compare|\
         explain|describe|analyze|analyse|look up|report|report on|brief me|brief me on|remind me what|\
         remind me who|give me a summary of|give me the status of|give me stats on|remind me when|remind me how|\
         walk me through|any update on|any news on|let me see|let me know|open|get me the status of|\
         get me stats on|give me the numbers for|find out who|find out what|find out which|find out how|\
         find out whether|find out if|find out when|find out why|find out where|understand|know|show me how|show me who|\
         show me what|show me which|show me where|show me when|show me why|show us how|show how|show me how to|see how|\
         see who|see what|see which|see if|see whether|verify that|verify whether|verify if|confirm that|confirm whether|\
         read me|read out|look at|have a look at|take a look at|pull up the stats|pull up the status|give me a status on|\
         give me a report on|give me a breakdown of|give me stats|give me an update on|give me the latest on|learn|\
         learn how|monitor|track|double check|remind us who|remind us what|fill me in on|catch me up on|update me on|\
         bring me up to date on|keep me posted on|give us an overview of|give us a summary of|recap|recall|elaborate|\
         clarify|teach me|walk us through|guide me through|find out more about|what about the status of|search my contacts for|\
         search my crm for|search our contacts for|search our crm for|search our database for|search my database for|\
         search the crm for|search contacts for|look in my contacts for|look in the crm for|look for in my contacts",
    ),
    (
        Verb::Build,
        "build|build me|build us|build out|create|create me|make|make me|compile|put together|assemble|prepare|\
         draw up|generate|generate me|set up|setup|design|plan|curate|produce|spin up|develop|kick off a new|\
         launch a new|start a new|start an|start a|launch a|launch an|begin a|begin a new|open a new|open a|open new|do a|do another|open up a|open up a new|open up new|begin new|set up new|\
         ab test|a b test|split test",
    ),
    (Verb::Add, "add|include|append|insert|attach|record|save a new|register|enter|stick|throw|drop in|bring in|toss"),
    (Verb::Save, "save|store|keep"),
    (
        Verb::Remove,
        "remove|delete|erase|rm|del|drop|get rid of|take out|take off|take|trash|scratch|cross out|cross off|discard|purge|kick|kick out|bin|scrap|throw out|\
         throw away|wipe out|dump|strike|cut|clean out|delist|unlist|destroy|nuke|chuck|chuck out|unenroll|unenrol|disenroll|deregister|eliminate|pull out|boot",
    ),
    (Verb::Clear, "clear|blank|blank out|empty|wipe|unset|null|reset|clear out|empty out|null out|clear off"),
    (
        Verb::Update,
        "update|change|set|edit|promote|correct|fix|modify|replace|adjust|amend|convert|switch|swap|alter|revise|overwrite|bump",
    ),
    (Verb::Mark, "mark"),
    (Verb::Tag, "tag|label|flag"),
    (Verb::Untag, "untag|unlabel|unflag"),
    (
        Verb::Assign,
        "assign|reassign|transfer|pass|hand over|hand|give ownership of|re assign|hand off|pass on|turn over",
    ),
    (
        Verb::Merge,
        "merge|combine|dedupe|deduplicate|consolidate|de duplicate|de dupe|unify|join|fold|dedup|clean up duplicates|\
         clean up the duplicates",
    ),
    (
        Verb::Import,
        "import|upload|read in|bulk upload|bulk import|mass import|load|csv import|ingest|bring in my contacts|bring in contacts|bring in the contacts|\
                    sync in|pull in my contacts|pull in contacts",
    ),
    (Verb::Export, "export|download|send me the list|give me a csv of|get me a csv of|get a csv of|dump out"),
    (
        Verb::Start,
        "start|launch|activate|begin|kick off|run|fire up|go live with|turn on|enable|set off|fire off|set live|get going|\
         put live|push live|take live|roll out|commence|initiate|trigger",
    ),
    (
        Verb::Pause,
        "pause|hold|hold off|hold off on|suspend|freeze|put on hold|snooze|put on ice|put a hold on|interrupt|park",
    ),
    (
        Verb::Resume,
        "resume|unpause|restart|continue|reactivate|re start|un pause|pick back up|unfreeze|carry on with|get back on|\
                   pick up|re activate|revive|relaunch",
    ),
    (
        Verb::Stop,
        "stop|end|halt|terminate|deactivate|turn off|disable|shut down|abort|kill|archive|finish|call off|\
                 shut off|switch off|close|cease|discontinue|wind down|pull the plug on|cut off",
    ),
    (
        Verb::Schedule,
        "schedule|reschedule|postpone|delay|push back|push|queue|move the start of|move the launch of|time|\
                     bring forward|defer|set the start of|set the launch of|re schedule",
    ),
    (
        Verb::Test,
        "test|send a test|send me a test|send test|send a test email|send a test of|preview|do a test send|\
         do a test run|do a dry run|test run|dry run|trial run|do a trial run|make a test run|test send|send a test mail|\
         send me a preview|send me a test of|do a test of|run a test of|run a test|send a preview|try out|try",
    ),
    (
        Verb::Send,
        "send|drop me a line|drop a line to|email|mail|message|contact|reach out to|call|invite|forward|text|ping|phone|e mail|write to|dm|whatsapp|\
         notify|congratulate|thank",
    ),
    (Verb::Enroll, "enroll|enrol|enlist|put|pop|sign up|subscribe|place|slot"),
    (
        Verb::Write,
        "knock out|whip up|throw together|bang out|cook up|dash off|hammer out|crank out|sketch|sketch out|draft|write|write me|compose|draft me|come up with|draft us|write us|pen|word|formulate|write up|draft up",
    ),
    (
        Verb::Rework,
        "tighten|tighten up|trim|punch up|jazz up|liven up|rewrite|reword|rephrase|shorten|translate|personalize|personalise|improve|polish|tweak|lengthen|proofread|\
         redo|rework|re write|spice up|tone down|simplify|spell check|spellcheck|redraft|localize|localise",
    ),
    (Verb::Move, "move|shift|relocate"),
    (Verb::Copy, "copy|duplicate|clone|replicate|make a copy of|make a duplicate of|create a copy of"),
    (Verb::Rename, "rename|retitle|change the name of|re name|rechristen"),
    (Verb::Give, "give|apply|grant"),
    (
        Verb::Reach,
        "reach|meet with|sell to|pitch to|pitch|connect with|get in touch with|approach|talk to|speak to|speak with|\
         get in front of|get to know|network with|be introduced to|get introduced to|win|attract|hire|recruit|sell|market to|\
         get hold of|interview",
    ),
    (
        Verb::Enrich,
        "enrich|verify|validate|research|score|refresh|autoresearch|look into|scrape|find out the email of|\
         complete the data of|complete the data for|fill in the missing|augment|append data to|update the data of",
    ),
    (
        Verb::Remind,
        "remind|remind me|remind us|take care of|todo|to do|follow up|reminder|follow up with|nudge me|ping me|set a reminder",
    ),
    (
        Verb::Meet,
        "book|arrange|set up a meeting|set up a call|schedule a meeting|schedule a call|meet|set up an intro|\
         schedule an intro|book a meeting|plan a meeting|organize|organise|schedule a demo|schedule time with|find a slot with",
    ),
    (Verb::Log, "log|log that|log a call|log a meeting|track a call"),
    (
        Verb::Note,
        "note|note that|take a note|make a note|make a note that|jot down|write down that|notes|add note|jot|\
         jot down that|leave a note|write down|put down|put a note|keep in mind that|take note|take note that|make note|\
         record that|make a record that|put on record that|put on file that|mention that|remark on|remark for|leave a comment|comment on|comment for|leave a note that|drop a note",
    ),
    (Verb::Suppress, "unsubscribe|suppress|block|blacklist|opt out|do not contact|never contact|ban|exclude from all"),
    (Verb::Reply, "reply|respond|answer|reply to|respond to|write back to|get back to"),
    (
        Verb::Decide,
        "approve|dismiss|reject|confirm|accept|decline|undo|cancel|revert|retract|do it|go ahead|go for it|\
         proceed|do that|yes please|execute|carry it out|carry out|okay it|sign off on|disapprove|withdraw|roll back|redo",
    ),
    (Verb::Reword, "make it|make that|make them|make this"),
    (
        Verb::Revise,
        "instead|only|just|narrow|widen|expand|limit|increase|reduce|more like these|more like this|more of these|\
         more of those|more of them|same for|same but|same thing for|same again|same search|the same for|the same but|same in|\
         broaden|restrict|raise|lower|double|halve|more like those|narrow down|filter|sort|sort by|rank|order by|refine|\
         same as before|focus on|drop the filter|more please|less|fewer|what about|how about|extend|use|plus|try again|\
         show more|more results|next page|give me more|show me more|find more|get more|load more|stick to|stick with|\
         keep only|keep it to|also include|also exclude|go with|prioritize|prioritise",
    ),
    (Verb::Exclude, "exclude|excluding|without|except|leave out|skip|omit|ignore|not in|not at|forget|forget about"),
]);

/// A kind of thing that a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Campaign,
    Copy,
    Figure,
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
        "email sequence|email campaign|email campaigns|email sequences|mail campaign|email cadence|campaign|campaigns|sequence|sequences|cadence|cadences|drip|drips|outreach|ab test|a b test|split test|newsletter|blast|\
         mailing|flow|drip campaign|email series|mail series",
    ),
    (
        Object::Copy,
        "email|emails|e mail|e mails|subject line|subject lines|template|templates|copy|message|cold email|intro|\
         follow up email|linkedin message|paragraph|opener|opening line|call to action|cta|email copy|variant|\
         variants|draft|mail|mails|intro email|email template|email templates|subject|sentence|wording|ps line|messages|\
         breakup email|follow up mail|invitation|introduction|text|letter|pitch|sms|dm|headline|body|tone|post",
    ),
    (
        Object::Figure,
        "number of|count of|amount of|total of|status of|state of|reply rate|open rate|response rate|click rate|\
         conversion rate|bounce rate|click through rate|reply rates|open rates|stats|statistics|figures|metrics|performance of|\
         results of|results for|summary|overview|breakdown|history|stats on|stats for|status|progress|kpis|share of|\
         percentage of|percent of|number|numbers for|numbers of|analytics|statistic|ratio|average|details of|details on|\
         details about|info on|info about|information on|information about|news on|news about|latest on|background on|\
         update on|updates on|replies|opens|clicks|bounces|unsubscribes|total",
    ),
    (Object::List, "list|lists|segment|segments"),
    (
        Object::Contact,
        "contact|contacts|company record|contact record|contact details|contact card|company profile|\
         account record|new company|new person|new lead|new customer|new client|new account|new firm",
    ),
    (
        Object::Field,
        "email address|e mail address|phone|phone number|mobile|mobile number|job title|title|address|linkedin|linkedin url|\
         website|owner|status|industry|birthday|last name|first name|name|city|lead source|stage|company name|\
         headcount|timezone|fax|cell|telephone number|role|position|domain|linkedin profile|cell phone|mail address|\
         surname|priority|account owner|contact owner|job titles|telephone|work email|full name|country|phone numbers|\
         email addresses|direct line|landline|cell number|mobile phone|employer|homepage|web site|work phone|lead status",
    ),
    (Object::Note, "note|notes|comment|remark|remarks|memo"),
    (Object::Tag, "tag|tags"),
    (Object::Deal, "deal|deals|opportunity|opportunities|invoice|proposal|matter|matters|invoices|proposals"),
    (Object::Todo, "task|tasks|todo|to do|todos|to dos|reminder|reminders|follow up task|follow up tasks"),
    (Object::Meeting, "meeting|meetings|appointment|calendar|demo|call|lunch|coffee|zoom"),
    (
        Object::Machinery,
        "webhook|webhooks|api key|api keys|workflow|workflows|integration|integrations|automation rule|automation|rule|\
         report|reports|dashboard|document|documents|password|user|users|permission|permissions|notification|notifications|\
         signature|settings|subscription|account settings|custom field|custom fields|policy|policies",
    ),
    (Object::Duplicates, "duplicate|duplicates|duplicate contacts|dupes"),
    (
        Object::Step,
        "step|steps|second step|third step|follow up step|follow up|touch|touchpoint|touches|wait step|another follow up",
    ),
]);

/// Single words that are only talk.
pub(super) static SMALL_TALK: Words = Words::of(
    "hi|hello|hey|thanks|thank you|good morning|good afternoon|good evening|bye|goodbye|cheers|ok|okay|great|\
     cool|perfect|nice|yes|no|sure|lexi|awesome|lol|haha|ping|test|well done|good job|got it|you too|see you|\
     yo|sup|welcome|sorry|there|good bye|bye bye",
);

/// Verbs that make a clause a statement when they stand after a noun phrase.
pub(super) static FINITE: Words = Words::of(
    "is|are|was|were|will|would|cant|cannot|can|could|should|might|said|says|say|think|thinks|likes|love|\
     loves|seem|seems|became|become|told|asked|wrote|went|came|did|didnt|does|dont|doesnt|isnt|arent|wont|\
     wasnt|opened|replied|responded|signed|met|liked|needs|wants|keeps|gets|makes|hate|hates|prefer|prefers|\
     matters|earn|earns|been|announced|bought|acquired|has|had",
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
     created this|duplicate contacts|suppressed|the members of|all members of|members of my|members of the list|\
     members of our|our newest|my newest",
);

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    let tables = [&SMALL_TALK, &FINITE, &OWN_RECORDS, &OWN_PHRASES];
    VERBS.phrases().chain(OBJECTS.phrases()).chain(tables.into_iter().flat_map(Words::phrases))
}

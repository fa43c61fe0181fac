//! The small words of a search: prepositions, exclusions, units, fillers and signals, as tables.

use super::phrasebook::{Choices, Words};

/// What a preposition announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// The noun phrase that says whom to find.
    Head,
    /// Companies or sectors ("at", "of", "for").
    At,
    /// Places ("in", "based in").
    In,
    /// Specialities ("specialising in").
    Topic,
    /// Properties ("with", "who have").
    With,
}

/// Prepositions and what each announces; the longest that stands there counts.
pub(super) static ZONES: Choices<Zone> = Choices::of(&[
    (
        Zone::At,
        "at|of|for|inside|working at|who work at|that work at|who work for|working for|employed by|employed at|\
         who are at|from|affiliated with|associated with|who run|that run|who lead|at the|serving|among|who own|owning|within companies|\
         working with|who manage|who head|across companies",
    ),
    (
        Zone::In,
        "along|along the|in|based in|located in|headquartered in|hq in|hqd in|near|within|across|throughout|out of|living in|\
         who live in|working in|who work in|around|that are in|who are in|based out of|with offices in|with properties in|with hotels in|with plants in|with factories in|with stores in|with branches in|with warehouses in|with sites in|with facilities in|with operations in|\
         with an office in|operating in|active in|covering|located near|located around|in or near|in and around|\
         in or around|who are based in|that are based in|which are based in|that operate in|with headquarters in|\
         with their headquarters in|in the state of|in the city of|in the area of|from around|\
         based near|situated in|all over|anywhere in|practicing in|practising in|with a presence in|residing in|\
         who reside in|with locations in",
    ),
    (
        Zone::Topic,
        "specializing in|specialising in|who specialize in|who specialise in|that specialize in|specialized in|\
         specialised in|focused on|focusing on|who focus on|that focus on|with a focus on|with focus on|\
         working on|who work on|experts in|expert in|with experience in|experienced in|with expertise in|\
         interested in|in the field of|dealing with|who deal with|that do|who do|doing|who handle|that handle|\
         handling|who handles|that handles|who specializes in|who specialises in|that specializes in|\
         who focuses on|that focuses on|who works on|who does|who practices|who practises|who deals with|\
         whose focus is|who advise on|advising on|investing in|who invest in|that invest in|with investments in|who advises on|who practice|who practise|practicing|practising|\
         about|in the area of law|with a practice in|whose practice is|related to|involved in|that make|\
         that build|making|building|selling|that sell|with a background in|responsible for|in charge of|\
         who are responsible for|with knowledge of|specializing on|with a specialty in|known for|offering|\
         that offer|providing|that provide",
    ),
    (
        Zone::With,
        "w|with|who have|that have|having|which have|whose|with a|with an|that employ|employing|\
         who employ|which employ",
    ),
]);

/// Verbs that announce a speciality behind "who", "that" and the like.
pub(super) static TOPIC_VERBS: Words = Words::of(
    "do|make|sell|build|offer|provide|handle|practice|practise|develop|manufacture|produce|distribute|specialize in|specialise in|\
     focus on|work on|work in|deal with|deal in|advise on|invest in|design|create|cover|back|backs|fund|funds|approve|approves|run|operate|install|supply|teach|lead|manage|own|\
     represent|represents|defend|defends|counsel|counsels|help|helps|support|supports|advise|advises|sue|sues|protect|protects|train|trains|audit|audits|treat|treats|\
     buy|acquire|serve|target|finance|insure|deliver|import|export|repair|grow|process|rent|recycle|publish|\
     makes|sells|builds|offers|provides|develops|manufactures|produces|specializes in|specialises in|focuses on|invests in",
);

/// Phrases after which things are left out.
pub(super) static EXCLUSIONS: Words = Words::of(
    "off limits|hands off|no go|no gos|nobody who is|nobody who are|nobody on|no one on|no one who is|nobody already|with the exception of|save for|barring|leave off|leaving off|suppress|suppressing|filter out|weed out|screen out|drop anyone|drop anybody|drop everyone|drop everybody|drop any|remove anyone|remove anybody|remove everyone|no need for|though not|but never|not interested in|steer clear of|stay away from|no interest in|anyone but|anybody but|everyone but|everybody but|all but|excl|nothing in|nothing from|nothing at|nobody from|nobody in|no one from|no one in|noone from|none from|none in|no one at|nobody at|i dont need|i dont want|dont need|dont want|we dont need|we dont want|do not want|do not need|dont add|\
     dont find|do not add|dont|do not|i do not want|i do not need|excluding|exclude|excludes|except|except for|excepting|but not|and not|not|without|other than|outside|\
     outside of|skip|skipping|leave out|leaving out|omit|omitting|minus|apart from|aside from|ignoring|\
     ignore|rather than|instead of|who are not|that are not|which are not|who arent|that arent|which arent|\
     but no|no|but exclude|but excluding|dont include|do not include|not including|but without|with no|\
     and no|but skip|that is not|that isnt|who is not|anything but|non|not including any|and exclude|avoid|\
     avoiding|but dont include|never|who dont work|nor|not any",
);

/// Words that ask for people wherever they are.
pub(super) static EVERYWHERE: Words = Words::of(
    "nationwide|nationally|worldwide|globally|internationally|anywhere|anywhere in the world|across the country|across the globe|\
     around the world|around the globe|all over the world|all over the country|across the world|throughout the country|\
     in any location|any location|in the whole country|location doesnt matter|location does not matter|country wide|countrywide|everywhere|\
     regardless of location|no matter where|across the nation",
);

/// Phrases with "not" that leave nothing out.
pub(super) static NOT_EXCLUSIONS: Words = Words::of(
    "i dont know|dont know|not just|not only|not necessarily|no preference|no matter|but also|not limited to|including but not limited to|no limit|\
     no rush|no hurry|no hurry at all|no problem|no worries|not urgent|not sure|not required|not necessary|not needed|not mandatory|not essential|not a must|not important|makes no sense|no sense|no use|no point|no idea|no doubt|no chance|no luck|no good",
);

/// The workspace's own records, as an exclusion names them.
pub(super) static OWN_RECORDS: Choices<&str> = Choices::of(&[
    (
        "contacts:existing",
        "contacts|crm|workspace|database|network|contacted|system|records|contact list|have|known|address book",
    ),
    ("customers:existing", "customers|clients|customer base|client base|accounts|client list|customer list"),
    ("leads:existing", "leads|prospects|pipeline"),
    ("competitors:ours", "competitors|competition|rivals|direct competitors"),
    ("employees:ours", "employees|colleagues|team|company|staff"),
    ("lists:existing", "lists"),
]);

/// Words that are prepositions when they follow an exclusion directly.
pub(super) static AFTER_EXCLUSION: Words = Words::of(
    "in|at|from|of|for|based in|located in|any|those in|those at|those from|people in|people at|people from|\
     anyone in|anyone at|anyone from|companies in|companies from|firms in|firms from|the|all|anything in|\
     those|anyone|people|companies like|anybody at|anybody in|working at|who work at|employees of|working in|\
     everyone at|everyone in|everyone|everybody|anybody|whoever|those who|those who are|anyone who|anybody who|who is|who are|who sits|who sit|thats|already|currently|listed|candidates|contacts|people|companies|firms|those at|candidates of|headquartered in|candidates from|candidates in|candidates at|to|a|an|ones in|\
     the ones in|my|our",
);

/// Nouns for people without a title.
pub(super) static PEOPLE: Words = Words::of(
    "whoever|the team|whole team|entire team|ppl|candidate|the candidate|ideal candidate|ideal candidates|people|person|persons|professionals|professional|contacts|contact|leads|lead|prospects|prospect|folks|\
     individuals|someone|anyone|everyone|somebody|anybody|candidates|profiles|experts|those|team members|\
     potential clients|potential customers|potential buyers|buyers|clients|staff|personnel|employees|workers|\
     names|guys|practitioners|specialists|figures|stakeholders",
);

/// Nouns for companies without a kind.
pub(super) static COMPANIES: Words = Words::of(
    "cos|companies|company|firms|firm|businesses|business|organizations|organisations|organization|organisation|\
     corporations|corporation|enterprises|enterprise|employers|shops|practices|brands|vendors|providers|\
     players|groups|houses|orgs|outfits|makers|suppliers|operators|stores|institutions|entities|accounts|\
     offices|departments|ventures|chains|plants|studios|platform|platforms|facilities|producers|sellers",
);

/// Nouns that make what stands before them a sector or speciality.
pub(super) static FIELDS: Words = Words::of(
    "background|group|practice group|arena|realm|industry|industries|space|sector|sectors|field|vertical|verticals|market|world|domain|area of law|niche",
);

/// Nouns that make what stands before them a department.
pub(super) static TEAMS: Words =
    Words::of("department|departments|team|teams|function|functions|roles|role|org|positions|side|jobs");

/// Words that say nothing about whom to find.
pub(super) static FILLERS: Words = Words::of(
    "keen|keen to meet|eager to meet|hoping to meet|meet|sitting|became|become|who became|an introduction to|intros to|some intros to|an intro to|downtown|perhaps|maybe|together|founded by|led by|owned by|run by|include|includes|all|all the|any of the|und|connect with|connect to|talk to|speak to|speak with|get in touch with|introductions to|to find|to identify|identify|own their practice|\
     surrounding areas|and surrounding areas|surrounding area|nearby|pls|plz|fleet of|fleets of|largest|experience|expertise|exp|to join our team|join our team|to join us|for our team|cities|towns|counties|every|each|a|an|the|as|last|past|keep|what|started|joined|me|us|of|please|for me|for us|new|top|best|good|great|\
     relevant|key|some|any|few|several|more|another|other|different|potential|ideal|target|qualified|\
     high quality|hot|warm|interesting|who|that|which|are|is|be|and|or|also|only|just|currently|current|now|\
     today|there|these|this|list of|a list of|list|lists|their|its|do|can|you|i|we|my|our|to|etc|as well as|\
     as well|both|either|like|such as|including|so|that is|they|them|it|all of|each|working|work|works|\
     located|based|serving as|who serve as|acting as|who are|that are|where|then|thanks|thank you|kindly|\
     lexi|up|contact info|must be|should be|must|should|have|has|been|being|by|on|if possible|possible|will|\
     one|ones|out|a few|a couple of|a bunch of|a handful of|bunch of|lots of|a lot of|many|as many|\
     as possible|but|really|very|actual|real|real life|find|get|build|create|make|show|search|from|us a|\
     set of|at|in|for|with|matching|match|named|called|titled|with the title|with title|with the job title|\
     with the title of|who hold the title|title|titles|job title|role of|number of|looking|us all|total|\
     results|result|matches|hits|records|rows|entries|max|maximum|limit|limited to|name|names|overall|\
     somewhere|area|region|metro|metro area|states|state of|city of|greater|headquartered|hq|offices|office|\
     across the|interested|located there|suitable|right|i can|we can|reach out to|could|would|might|want|\
     need|people who|active|especially|specifically|particularly|mainly|mostly|primarily|namely|exactly|\
     well known|leading|biggest|well|good quality|valid|than|let|have a|job|jobs|position|level|size|sized|nos|\
     employee|existing|yet|already|year|annual|yearly",
);

/// Words that ask for every result.
pub(super) static ALL: Words = Words::of(
    "all|all the|all of the|every|everyone|everybody|every single|as many as possible|as many as you can|\
     each and every",
);

/// Characteristics by which Lexi never selects people.
pub(super) static PROTECTED: Choices<&str> = Choices::of(&[
    (
        "gender",
        "women|woman|female|females|men|man|male|males|ladies|gentlemen|girls|guys|non binary|nonbinary|mothers|\
         fathers|moms|dads",
    ),
    (
        "religion",
        "christian|christians|muslim|muslims|jewish|jews|hindu|hindus|catholic|catholics|buddhist|buddhists|\
         atheist|atheists|mormon|mormons|sikh|evangelical|religious people",
    ),
    (
        "ethnicity",
        "black|african american|hispanic|latino|latina|latinx|caucasian|asian american|asian|people of color|\
         people of colour|minorities|white people|ethnic minorities",
    ),
    ("sexual_orientation", "gay|lesbian|lgbt|lgbtq|queer|bisexual|transgender|straight people"),
    (
        "health",
        "disabled|pregnant|disabilities|a disability|with disabilities|with a disability|with cancer|with diabetes|healthy|depressed|sick|\
         autistic|hiv positive",
    ),
    (
        "age",
        "young|younger|elderly|older|old|millennial|millennials|gen z|boomers|baby boomers|middle aged|aged|age|\
         near retirement|close to retirement|retirement age|gen x",
    ),
    ("politics", "republican|republicans|democrat|democrats|conservatives|liberals|union members|trump supporters"),
    ("family", "married|divorced|unmarried|with children|with kids|childless|single people"),
    (
        "nationality",
        "foreign born|immigrants|us citizens|american citizens|indian nationals|chinese nationals|\
         of indian origin|of chinese origin|native born|expats|citizens|nationals|of african descent|\
         of asian descent",
    ),
]);

/// Verbs that begin a further wish behind a search ("… and start a campaign").
pub(super) static THEN: Words = Words::of(
    "delete|remove|pause|update|start|launch|create|draft|write|send|email|enroll|enrol|reach out|contact|export|enrich|schedule|set up|\
     invite|message|notify|prepare|begin|assign|tag|call|generate",
);

/// Words by which results are put somewhere.
pub(super) static PUT: Words = Words::of("add|save|put|store|enroll|enrol|move|drop|place|append|push|load|keep");

/// Words for the results themselves.
pub(super) static RESULTS: Words = Words::of(
    "em|the result|result|this search|the search|them|these|those|it|this|all|all of them|everyone|the results|results|the list|that|them all|the people|\
     the contacts|these people|the companies|this list|these contacts|the leads",
);

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    let tables = [
        &TOPIC_VERBS,
        &EXCLUSIONS,
        &EVERYWHERE,
        &AFTER_EXCLUSION,
        &PEOPLE,
        &COMPANIES,
        &FIELDS,
        &TEAMS,
        &FILLERS,
        &ALL,
        &THEN,
        &PUT,
        &RESULTS,
    ];
    ZONES.phrases().chain(PROTECTED.phrases()).chain(tables.into_iter().flat_map(Words::phrases))
}

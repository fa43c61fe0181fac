//! What has no slot of its own and goes to `other` as `name:value`: technologies, former employers,
//! schools, languages, funding, what is preferred or must be there.
//!
//! Protects "no invented constraint": a value is the words that stand behind its announcing phrase,
//! up to the end of the phrase, and never a number or place that belongs to another slot.

use super::contact_data;
use super::deadlines;
use super::demonyms;
use super::events;
use super::firms;
use super::funding;
use super::gazetteer;
use super::geography;
use super::grammar::Walk;
use super::hiring;
use super::numbers;
use super::phrasebook::{Choices, Words};
use super::skills;
use super::sorting;
use super::systems;
use super::technologies;
use super::vocabulary::{COMPANIES, EXCLUSIONS, FILLERS, Zone};
use super::words::Break;

/// What stands behind a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing: the value is fixed.
    Value(&'static str),
    /// Names: "SAP and Salesforce".
    Names,
    /// Former employers by name, or as described ("an Am Law 100 firm").
    Past,
    /// A former employer, only by name: "former CEOs" worked nowhere in particular.
    PastName,
    /// Schools or former employers ("alumni of").
    Alumni,
    /// Languages, or else skills.
    Tongues,
    /// Skills, which topics of the tables are not.
    Skills,
    /// Everything up to the next comma or preposition.
    Rest,
    /// The announcing words with everything up to the next comma: "expanding into Brazil".
    Whole,
    /// A wish: everything up to the next comma.
    Wish,
    /// What must be there, unless another slot says it.
    Must,
}

/// What has no slot of its own.
static SIGNALS: Choices<(&str, Takes)> = Choices::of(&[
    (
        ("signal", Takes::Value("raised_funding")),
        "recently raised|recently funded|raised funding|just raised|raised money|raised capital|raised a round|\
         recently raised money|raised venture capital|have raised|has raised|newly funded|closed a round|\
         announced funding|secured funding|got funded|raised|who raised|that raised|which raised|with recent funding|\
         with funding|recent funding|with a recent funding round",
    ),
    (
        ("signal", Takes::Value("growing")),
        "fast growing|growing fast|high growth|rapidly growing|growing quickly|hypergrowth",
    ),
    (
        ("signal", Takes::Value("new_in_role")),
        "recently promoted|newly promoted|recently hired|newly hired|recently appointed|newly appointed|\
         new in role|who recently changed jobs|who changed jobs|new to the role|changed jobs|recently changed jobs|\
         new in their role|new in the role|recently started|promoted recently|just promoted|just started|\
         recently joined|new to their role|new in seat|just got promoted|got promoted|with a recent job change|\
         recent job change|job changers|moved firms|changed firms|changed companies|switched firms|switched companies|switched jobs|appointed recently|hired recently",
    ),
    (
        ("signal", Takes::Value("layoffs")),
        "recently laid off staff|laid off staff|laid off people|had layoffs|with layoffs|recent layoffs|recently laid off people",
    ),
    (
        ("signal", Takes::Value("ipo")),
        "went public|have gone public|recently ipod|recently went public|had an ipo|who went public|that went public",
    ),
    (("signal", Takes::Value("acquired")), "were acquired|was acquired|got acquired|been acquired|recently acquired"),
    (
        ("signal", Takes::Value("open_to_work")),
        "open to work|looking for a job|looking for work|actively looking|job seekers|between jobs|open to new roles",
    ),
    (
        ("work_mode", Takes::Value("remote")),
        "remote|remotely|working remotely|work remotely|who work remotely|fully remote|remote first|remote friendly|work from home|working from home|remote only|100 remote|remote ok|remote okay|remote is ok|remote is fine|remote possible|remote friendly roles",
    ),
    (("work_mode", Takes::Value("hybrid")), "working hybrid|hybrid working|hybrid work|who work hybrid"),
    (
        ("hiring", Takes::Rest),
        "hiring for|hiring|recruiting for|that are hiring|who are hiring|that are hiring for|who are hiring for|\
         with open roles for|with job openings for|with open positions for|that is hiring|currently hiring|\
         actively hiring|advertising for|with a job ad out for|with a job ad for|with job ads for|with a vacancy for|with vacancies for|with an opening for|with a job posting for|with job postings for|with an open role for|with a job opening for|with an open position for|with openings for|that hire|who hire|that recruit",
    ),
    (
        ("technology", Takes::Names),
        "using|that use|who use|which use|running on|powered by|built on|users of|customers of|with tech stack|uses|\
         that uses|who uses|that run on|which run on|who run on|whose tech stack includes|with tech stack including|\
         on top of|integrated with|who are using|that are using|tech stack|with a tech stack of|deployed on|\
         whose stack includes|that rely on|relying on|built with|that have adopted",
    ),
    (
        ("education", Takes::Names),
        "who went to|who studied at|graduated from|who graduated from|graduates of|graduates from|graduate of|graduate from|\
         with a degree from|educated at|with a degree in|studied at|who attended|grads of|grads from|who have studied at|\
         recent graduates from|recent graduates of|with an mba from|with a phd from|with a jd from|with a law degree from",
    ),
    (("education", Takes::Value("MBA")), "with an mba|with mba|mba holders"),
    (("education", Takes::Value("PhD")), "with a phd|with phd|with phds"),
    (("education", Takes::Value("JD")), "with a jd|with jd"),
    (("education", Takes::Alumni), "alumni of|alumni from|alums of|alums from|alumnus of|alumna of|alum of"),
    (
        ("past_company", Takes::Past),
        "formerly at|formerly of|formerly with|formerly worked at|previously at|previously with|previously worked at|previously employed at|\
         who used to work at|who used to work for|who previously worked at|who previously worked for|who worked at|who worked for|\
         used to work at|used to work for|used to be at|who used to be at|former employees of|who left|who have left|\
         who have worked at|who have worked for|have worked at|has worked at|have worked for|has worked for|having worked at|\
         who came from|who joined from|joined from|hired from|came over from|coming from|who once worked at|with a past at|worked previously at|who recently left|\
         worked at|worked for|past company|previous company|previous employer|with experience at|prior experience at|\
         who were at|who were previously at|left|past employer",
    ),
    (("past_company", Takes::PastName), "ex|former"),
    (
        ("lookalike", Takes::Names),
        "like the ones at|like those at|such as those at|of the likes of|similar to|lookalikes of|look alikes of|lookalike of|competitors of|competing with|that look like|resembling|\
         peers of|companies like|companies similar to|similar companies to|similar firms to|similar businesses to|similar startups to|comparable companies to|comparable firms to|firms like|businesses like|startups like|who compete with|that compete with|\
         competitors to|people like|someone like|anyone like|people similar to|executives like|rivals of|rivals to|alternatives to|comparable to|companies such as",
    ),
    (
        ("investor", Takes::Names),
        "backed by|funded by|invested in by|portfolio companies of|financed by|that are backed by|with investors like|\
         in the portfolio of|seed funded by|with investment from|with backing from|with funding from|investors include",
    ),
    (("sort", Takes::Rest), "sorted by|sort by|ordered by|ranked by|order by|sort them by|sorted|rank by|rank them by"),
    (
        ("prefer", Takes::Wish),
        "preferably|ideally|prefer|prioritize|prioritise|preferred|with preference for|bonus if|bonus|favoring|favouring|\
         nice to have|bonus points for|bonus points if|bonus for|a plus|extra points for|with a preference for|\
         i would prefer|id prefer|we prefer|priority to|giving priority to",
    ),
    (
        ("require", Takes::Must),
        "must have|must be|must|must know|has to have|have to have|need to have|needs to have|mandatory|required|is required",
    ),
    (
        ("skill", Takes::Tongues),
        "fluent in|who speak|speaking|that speak|speaks|who speaks|native in|bilingual in|fluent|conversant in",
    ),
    (
        ("skill", Takes::Skills),
        "who know|skilled in|proficient in|knows|who knows|skills in|with skills in|proficient with|with knowledge of|knowledge of|\
         experience with|with experience with|with experience using|experience using|experienced with|familiar with|\
         with expertise with|certified in|hands on with|adept at|who understand|good at|experience of|with a knowledge of|\
         with experience of|who have experience with|who has experience with|well versed in|versed in",
    ),
    (
        ("sells_to", Takes::Rest),
        "that sell to|who sell to|which sell to|selling to|sell to|sells to|selling into|that sell into|who sell into|sell into|that cater to|catering to",
    ),
    (("sells_to", Takes::Names), "suppliers to|supplier to|vendors to|supplying|that supply"),
    (
        ("invested_in", Takes::Names),
        "who invested in|that invested in|who have invested in|who have backed|that have backed|who have funded|who backed|that backed",
    ),
    (("listed_on", Takes::Rest), "listed in|listed on|publicly listed in|traded on|quoted on|listed at"),
    (
        ("ships_to", Takes::Rest),
        "that ship to|who ship to|which ship to|shipping to|ships to|exporting to|that export to|who export to|that deliver to|\
         delivering to|exports to|export to|ship to|deliver to|that import from|importing from|imports from|who import from|\
         sourcing from|that source from",
    ),
    (
        ("licensed_in", Takes::Rest),
        "admitted in|licensed in|barred in|admitted to practice in|who are admitted in|licensed to practice in|\
         admitted to the bar in|with a license in|registered in|who are licensed in|bar admitted in",
    ),
    (
        ("signal", Takes::Whole),
        "acquired by|bought by|taken over by|going through|undergoing|in the middle of|expanding to|expanding into|entering|moving into|opening offices in|opening an office in|opened an office in|\
         opened a new office in|recently opened an office in|preparing for an ipo|preparing for ipo|planning an ipo|going public|\
         launching in|launched in|opening stores in|expanding in|entering the|looking to expand|migrating from|migrating off|migrating away from|moving off|moving away from|moving away|replacing|switching from|switching away from|migrating to|switching to|switched from|switched to|migrated from|migrated to|moving from|moved off",
    ),
    (("job_posted", Takes::Value("yes")), "with open roles|with job postings|with open positions|with job openings"),
]);

/// Verbs that say so only behind "who", "that" and the like.
static VERBS: Choices<(&str, Takes)> = Choices::of(&[
    (("technology", Takes::Names), "use|run|utilize|leverage|utilise"),
    (("skill", Takes::Tongues), "speak"),
    (("skill", Takes::Skills), "know|understand"),
    (("education", Takes::Names), "attended|studied at|went to"),
    (("hiring", Takes::Rest), "hire|hires|recruit"),
    (("past_company", Takes::Past), "were at|was at"),
]);

/// Schools that are known without the word "university".
static SCHOOLS: Words = Words::of(
    "stanford|harvard|mit|yale|princeton|columbia|wharton|insead|oxford|cambridge|berkeley|caltech|cornell|brown|duke|\
     dartmouth|northwestern|kellogg|booth|lse|eth|hec|ucla|usc|nyu|georgetown|vanderbilt|notre dame|carnegie mellon|\
     georgia tech|penn|upenn|imperial|ucl|iit|iim|whu|tum|rice|emory|tufts|johns hopkins|uc berkeley|uchicago",
);

const SCHOOL_WORDS: [&str; 10] = [
    "university",
    "college",
    "school",
    "institute",
    "academy",
    "universitat",
    "universidad",
    "universite",
    "polytechnic",
    "business",
];

/// Takes the signal that stands at `at`.
pub(super) fn take(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    if walk.sentence.quote_of(at).is_some() {
        return None;
    }
    deadlines::take(walk, at)
        .or_else(|| funding::take(walk, at))
        .or_else(|| preferred_behind(walk, at))
        .or_else(|| hiring::openings(walk, at))
        .or_else(|| sorting::take(walk, at))
        .or_else(|| firms::like(walk, at))
        .or_else(|| platform(walk, at))
        .or_else(|| runs_technology(walk, at))
        .or_else(|| customers(walk, at))
        .or_else(|| demonyms::origin(walk, at))
        .or_else(|| systems::missing(walk, at))
        .or_else(|| sold_to(walk, at))
        .or_else(|| contact_data::take(walk, at))
        .or_else(|| skills::language(walk, at))
        .or_else(|| events::degree(walk, at).or_else(|| events::pedigree(walk, at)))
        .or_else(|| of_table(walk, at))
        .or_else(|| events::take(walk, at))
        .or_else(|| alumni_behind(walk, at))
        .or_else(|| skills::behind(walk, at))
}

fn of_table(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    if let Some(next) = events::no_degree(walk, at) {
        return Some(next);
    }
    let found = SIGNALS.longest(sentence, at);
    let ((name, takes), count) = found.or_else(|| VERBS.longest(sentence, at).filter(|_| behind_relative(walk, at)))?;
    // "hiring managers" hire nobody in particular.
    if gazetteer::phrase(sentence, at, walk.end).is_some_and(|phrase| phrase.count > count) {
        return None;
    }
    let after = at + count;
    let attended = sentence.norm(after - 1) == "attended" && ["our", "my", "a", "an"].contains(&sentence.norm(after));
    if attended && sentence.norm(at) == "who" {
        return events::take(walk, at);
    }
    if name == "hiring" && hiring::hires_for_oneself(walk, at, after) {
        walk.flush();
        return Some(after);
    }
    let entries: Vec<(String, usize)> = match takes {
        Takes::Value(value) => vec![(format!("{name}:{value}"), after)],
        Takes::Names => named(walk, after, |_| name),
        Takes::Alumni => named(walk, after, |words| if is_school(words) { "education" } else { "past_company" }),
        Takes::Past | Takes::PastName => past(walk, after, takes == Takes::Past || sentence.norm(at) == "ex"),
        Takes::Tongues => {
            let tongues = skills::tongues(walk, after);
            if tongues.is_empty() { named(walk, after, |_| name) } else { tongues }
        }
        Takes::Skills => skills::named(walk, after),
        Takes::Rest => rest(walk, name, after),
        Takes::Whole => rest(walk, name, after.saturating_sub(1))
            .into_iter()
            .take(1)
            .map(|(_, last)| (format!("{name}:{}", sentence.slice(at, last)), last))
            .collect(),
        Takes::Wish => {
            let last = part_end(walk, after);
            if last > after { vec![(format!("{name}:{}", sentence.slice(after, last)), last)] } else { Vec::new() }
        }
        Takes::Must => must(walk, after)?,
    };
    let (_, last) = entries.last().cloned()?;
    walk.flush();
    let persons = name == "lookalike" && ["people", "someone", "anyone", "executives"].contains(&sentence.norm(at));
    if persons && !walk.excluding {
        walk.note_people(at, after);
    }
    let opens_companies =
        COMPANIES.contains(sentence.norm(at)) || name == "lookalike" && walk.zone == Zone::Head && !persons;
    if opens_companies && walk.people.is_none() && !walk.excluding {
        walk.companies.get_or_insert((at, after));
    }
    if matches!(name, "education" | "past_company") && at == walk.begin && !walk.excluding {
        walk.note_people(at, after);
    }
    let mut from = at;
    for (entry, to) in entries {
        walk.other(&entry, from, to);
        from = to.min(last - 1).max(at);
    }
    Some(last)
}

/// Whether a signal of the table or a verb with a slot of its own stands at `at`.
pub(super) fn announces(walk: &Walk<'_>, at: usize) -> bool {
    SIGNALS.longest(walk.sentence, at).is_some()
}

/// The end of the part of the sentence that `at` stands in.
pub(super) fn part_end(walk: &Walk<'_>, at: usize) -> usize {
    let ends = |word: usize| {
        walk.sentence.before(word) >= Break::Comma && walk.sentence.before(word) != Break::Dash
            || walk.sentence.longest_of(word, &EXCLUSIONS).is_some()
    };
    // A longer part is no wish and no signal; bounds the work on a long text.
    const LONGEST: usize = 64;
    let end = walk.end.min(at + LONGEST);
    (at + 1..end).find(|word| ends(*word)).unwrap_or(end)
}

/// "SaaS or fintech preferred", "German a plus": the wish stands before the word that says so.
fn preferred_behind(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const WISHES: [&str; 21] = [
        "is desirable",
        "are desirable",
        "would be an advantage",
        "an advantage",
        "is welcome",
        "welcome",
        "would help",
        "preferred",
        "is preferred",
        "are preferred",
        "a plus",
        "is a plus",
        "is a bonus",
        "would be great",
        "would be ideal",
        "would be nice",
        "would be a plus",
        "desirable",
        "a bonus",
        "is nice to have",
        "is an advantage",
    ];
    (at == walk.begin || walk.sentence.before(at) >= Break::Comma).then_some(())?;
    let last = part_end(walk, at);
    // The longest of them has four words.
    let wish = (last.saturating_sub(4).max(at + 1)..last)
        .find(|word| walk.sentence.longest_of(*word, &WISHES).is_some_and(|count| word + count == last))?;
    (numbers::quantity(walk.sentence, at).is_none()).then_some(())?;
    walk.flush();
    let entry = format!("prefer:{}", walk.sentence.slice(at, wish));
    walk.other(&entry, at, last);
    Some(last)
}

/// "brands on Shopify", "doing $1M on Amazon": what a company sells or works with.
fn platform(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let next = at + 1;
    let company =
        at > walk.begin && (COMPANIES.contains(sentence.norm(at - 1)) || sentence.norm(at - 1).ends_with('m'));
    let written = walk.shows_names() && sentence.is_capitalised(next) && !geography::is_known_anywhere(walk, next);
    (sentence.norm(at) == "on" && company && written && next < walk.end).then_some(())?;
    let entries = named(walk, next, |_| "technology");
    let (_, last) = entries.last().cloned()?;
    walk.flush();
    for (entry, _) in entries {
        walk.other(&entry, at, last);
    }
    Some(last)
}

/// "companies running Magento", "shops with Stripe": a technology of the table behind a verb that may mean much.
fn runs_technology(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let sure = ["running", "run", "runs", "on"].contains(&sentence.norm(at));
    let owned = ["with", "have", "has", "having"].contains(&sentence.norm(at));
    let next = at + 1;
    ((sure || owned) && sentence.before(next) < Break::Comma).then_some(())?;
    let words = sentence.words.get(next..walk.end).unwrap_or(&[]);
    // "engineers with Rust": an everyday word written like a name.
    let language = |found: &(usize, &technologies::Technology)| ["language", "framework"].contains(&found.1.kind);
    let written = owned && walk.people.is_some() && sentence.is_capitalised(next) && sentence.has_case();
    // "hospitals with Epic"
    let run_there = walk.zone == Zone::At && walk.found.says_companies();
    let (count, technology) = technologies::longest(words, false)
        .or_else(|| technologies::longest(words, written).filter(|found| language(found) || run_there))?;
    // "developers with Python" know it, "companies with SAP" run it.
    let known = owned && walk.people.is_some() && language(&(count, technology));
    let runs = !known && (sure || walk.zone == Zone::At || walk.people.is_none());
    let mut entries = named(walk, next, |_| if runs { "technology" } else { "skill" });
    if entries.first().is_none_or(|(_, last)| *last < next + count) {
        let slot = if runs { "technology" } else { "skill" };
        entries = vec![(format!("{slot}:{}", sentence.slice(next, next + count)), next + count)];
    }
    let (_, last) = entries.last().cloned()?;
    if ["skills", "experience", "skill", "expertise", "knowledge", "certification"].contains(&sentence.norm(last)) {
        return None;
    }
    walk.flush();
    for (entry, to) in entries {
        walk.other(&entry, at, to);
    }
    Some(last)
}

/// "that sell software to hospitals": whom they sell to is nobody to be found.
fn sold_to(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    const SELLS: [&str; 8] = ["sell", "sells", "selling", "provide", "provides", "providing", "offering", "supply"];
    const REACH: usize = 6;
    let from = walk.begin.max(at.saturating_sub(REACH));
    let sells = walk.sentence.norm(at) == "to" && (from..at).any(|word| SELLS.contains(&walk.sentence.norm(word)));
    let entries = if sells && walk.zone == Zone::Topic { rest(walk, "sells_to", at + 1) } else { Vec::new() };
    let (entry, last) = entries.into_iter().next()?;
    walk.flush();
    walk.other(&entry, at, last);
    Some(last)
}

/// "SAP customers", "HubSpot users": who runs a technology.
fn customers(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let count = technology_users(walk.sentence, at, walk.end)?;
    walk.flush();
    let entry = format!("technology:{}", walk.sentence.slice(at, at + count));
    let last = at + count + 1;
    walk.other(&entry, at, last);
    if walk.zone == Zone::Head && !walk.excluding {
        walk.companies.get_or_insert((at, last));
    }
    Some(last)
}

/// The number of words of a technology at `at` that "customers" or "users" follow.
fn technology_users(sentence: &super::sentence::Sentence<'_>, at: usize, end: usize) -> Option<usize> {
    const NOUNS: [&str; 3] = ["customers", "users", "clients"];
    const REACH: usize = 4;
    (at + 1..at + REACH).any(|word| NOUNS.contains(&sentence.norm(word))).then_some(())?;
    let words = sentence.words.get(at..end.min(sentence.words.len())).unwrap_or(&[]);
    let (count, _) = technologies::longest(words, sentence.is_capitalised(at))?;
    let noun = NOUNS.contains(&sentence.norm(at + count));
    (noun && sentence.before(at + count) < Break::Comma).then_some(count)
}

/// Whether "who", "that", "they" … stand before, so that a bare verb goes on about them.
pub(super) fn behind_relative(walk: &Walk<'_>, at: usize) -> bool {
    const BETWEEN: [&str; 14] = [
        "currently",
        "also",
        "have",
        "has",
        "previously",
        "once",
        "recently",
        "already",
        "both",
        "can",
        "must",
        "should",
        "will",
        "and",
    ];
    const RELATIVES: [&str; 10] =
        ["who", "whoever", "that", "which", "they", "candidates", "companies", "firms", "company", "to"];
    let mut before = at;
    while before > walk.begin && BETWEEN.contains(&walk.sentence.norm(before - 1)) {
        before -= 1;
    }
    // "Pharmacy managers, San Antonio, must speak Spanish"
    if before < at && ["must", "should"].contains(&walk.sentence.norm(before)) {
        return true;
    }
    walk.begins_exclusion() && walk.sentence.norm(at - 1) != "no"
        || before > walk.begin && RELATIVES.contains(&walk.sentence.norm(before - 1))
}

/// The names of a list that begins at `after`, each with the slot that `slot` chooses for its words.
pub(super) fn named(walk: &Walk<'_>, after: usize, slot: impl Fn(&str) -> &'static str) -> Vec<(String, usize)> {
    names(walk, after)
        .into_iter()
        .map(|(first, last)| {
            let words = walk.sentence.slice(first, last);
            (format!("{}:{words}", slot(words)), last)
        })
        .collect()
}

/// Words before a name that do not belong to it: "our customer Acme".
const BEFORE_NAMES: [&str; 14] = [
    "on",
    "the",
    "a",
    "an",
    "either",
    "both",
    "our",
    "my",
    "customer",
    "client",
    "competitor",
    "company",
    "firm",
    "existing",
];

const PRONOUNS: [&str; 12] =
    ["theirs", "ours", "mine", "us", "them", "this", "these", "it", "that", "those", "him", "her"];

/// "SAP, Oracle and Salesforce": the runs of words that are one name each.
pub(super) fn names(walk: &Walk<'_>, after: usize) -> Vec<(usize, usize)> {
    const MOST: usize = 20;
    let sentence = walk.sentence;
    let mut found = Vec::new();
    let mut at = after;
    while at < walk.end && at < after + 3 && BEFORE_NAMES.contains(&sentence.norm(at)) {
        at += 1;
    }
    while found.len() < MOST {
        let mut last = walk.name_end(at);
        // "ex-McKinsey COOs" are chiefs of something else.
        let title = |word: &usize| gazetteer::title(sentence, *word, walk.end).is_some();
        last = (at + 1..last).find(title).filter(|_| sentence.quote_of(at).is_none()).unwrap_or(last);
        // "dbt & Airflow"
        let sign = (at + 1..last).find(|word| sentence.raw(*word) == "&").filter(|sign| {
            let words = sentence.words.get(at..*sign).unwrap_or(&[]);
            technologies::longest(words, true).is_some_and(|(count, _)| count == words.len())
        });
        last = sign.unwrap_or(last);
        if PRONOUNS.contains(&sentence.norm(at)) {
            break;
        }
        if last <= at || (!found.is_empty() && !goes_on(walk, at, last)) || numbers::quantity(sentence, at).is_some() {
            break;
        }
        found.push((at, last));
        at = last;
        let joint = (["and", "or"].contains(&sentence.norm(at)) || sentence.raw(at) == "&") && at < walk.end;
        let listed = matches!(sentence.before(at), Break::Comma | Break::Slash) && at < walk.end;
        if !joint && !listed {
            break;
        }
        at += usize::from(joint);
        at += usize::from(joint && sentence.norm(at) == "or");
    }
    found
}

/// Whether `at..last` goes on a list of names: written like one, and nothing that another slot reads.
fn goes_on(walk: &Walk<'_>, at: usize, last: usize) -> bool {
    let sentence = walk.sentence;
    // "Snowflake and dbt"
    let technology = || technologies::longest(sentence.words.get(at..last).unwrap_or(&[]), true).is_some();
    let written =
        !sentence.has_case() || sentence.is_capitalised(at) || sentence.quote_of(at).is_some() || technology();
    written
        && at < walk.end
        && !geography::is_known_anywhere(walk, at)
        && !FILLERS.contains(sentence.norm(at))
        && SIGNALS.longest(sentence, at).is_none()
        && gazetteer::phrase(sentence, at, last)
            .is_none_or(|phrase| phrase.title().is_none() && phrase.count < last - at)
}

/// Former employers: names, or words that describe them when the phrase can only mean an employer.
fn past(walk: &Walk<'_>, after: usize, described: bool) -> Vec<(String, usize)> {
    let sentence = walk.sentence;
    let article = usize::from(["a", "an", "the"].contains(&sentence.norm(after)));
    let known = gazetteer::phrase(sentence, after + article, walk.end);
    match known {
        Some(phrase) if described && phrase.title().is_none() => {
            let first = after + article;
            let mut last = first + phrase.count;
            while last < walk.end && sentence.before(last) < Break::Comma {
                let more = gazetteer::phrase(sentence, last, walk.end).map(|phrase| phrase.count);
                let noun = sentence.longest_of(last, &COMPANIES).filter(|_| walk.zone_at(last).is_none());
                let Some(count) = more.or(noun) else { break };
                last += count;
            }
            vec![(format!("past_company:{}", sentence.slice(first, last)), last)]
        }
        Some(_) => Vec::new(),
        None if geography::is_known_anywhere(walk, after) && (!described || sentence.norm(after - 1) == "ex") => {
            Vec::new()
        }
        None => named(walk, after, |_| "past_company"),
    }
}

pub(super) fn is_school(words: &str) -> bool {
    let words = super::words::normal(words);
    SCHOOLS.contains(&words) || words.split(' ').any(|word| SCHOOL_WORDS.contains(&word) || SCHOOLS.contains(word))
}

/// "Stanford alumni", "Google alums".
fn alumni_behind(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    const REACH: usize = 4;
    let noun = (at + 1..=at + REACH).find(|word| {
        ["alumni", "alums", "grads", "graduates", "alumnus", "alumna", "alum"].contains(&sentence.norm(*word))
    })?;
    (noun < walk.end && sentence.before(noun) < Break::Comma && noun <= walk.name_end(at)).then_some(())?;
    let words = sentence.slice(at, noun);
    let school = is_school(words) || ["grads", "graduates"].contains(&sentence.norm(noun));
    let entry = format!("{}:{words}", if school { "education" } else { "past_company" });
    walk.flush();
    walk.other(&entry, at, noun + 1);
    if !walk.excluding {
        walk.note_people(at, noun + 1);
    }
    Some(noun + 1)
}

/// Everything up to the next comma, exclusion or preposition; each side of "and" for itself.
pub(super) fn rest(walk: &Walk<'_>, name: &str, after: usize) -> Vec<(String, usize)> {
    let last = walk.rest_end(after);
    if last <= after {
        return if name == "hiring" { vec![("hiring:yes".to_owned(), after)] } else { Vec::new() };
    }
    if name == "hiring" {
        return hiring::wanted(walk, after, last);
    }
    vec![(format!("{name}:{}", walk.sentence.slice(after, last)), last)]
}

/// "must have SOC 2"; what another slot can read ("must be in Texas") is left to it.
fn must(walk: &Walk<'_>, after: usize) -> Option<Vec<(String, usize)>> {
    let sentence = walk.sentence;
    let article = usize::from(["a", "an", "at"].contains(&sentence.norm(after)));
    let read = numbers::quantity(sentence, after).is_some()
        || walk.zone_at(after).is_some()
        || SIGNALS.longest(sentence, after).is_some()
        || VERBS.longest(sentence, after).is_some()
        || sentence.longest_of(after, &EXCLUSIONS).is_some()
        || gazetteer::phrase(sentence, after + article, walk.end).is_some()
        || FILLERS.contains(sentence.norm(after)) && article == 0
        || geography::hit(walk, after).is_some();
    (!read).then(|| rest(walk, "require", after))
}

/// Whether words at `at` describe whom to find by such a signal: "alumni of Yale", "lookalikes of Gong".
pub(super) fn opens(sentence: &super::sentence::Sentence<'_>, at: usize) -> bool {
    let own = SIGNALS.longest(sentence, at).is_some_and(|((name, takes), count)| {
        let phrase =
            matches!(name, "education" | "past_company" | "lookalike") && takes != Takes::PastName && count > 1;
        phrase || name == "technology" && ["users", "customers"].contains(&sentence.norm(at)) && count == 2
    });
    let employed = sentence.longest_of(at, &super::employers::EMPLOYERS).is_some_and(|count| {
        ["employees", "alumni", "engineers", "staff", "people", "alums"].contains(&sentence.norm(at + count))
    });
    let alumni = sentence.has_case()
        && sentence.is_capitalised(at)
        && (at + 1..at + 3).any(|word| ["alumni", "alums"].contains(&sentence.norm(word)));
    own || employed
        || alumni
        || technology_users(sentence, at, sentence.words.len()).is_some()
        || sentence
            .longest_of(
                at,
                &[
                    "employees of",
                    "employees at",
                    "everyone at",
                    "team at",
                    "folks at",
                    "guys at",
                    "anybody at",
                    "everybody at",
                    "staff at",
                    "staff of",
                    "people at",
                ],
            )
            .is_some()
}

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    let tables = SIGNALS.phrases().chain(VERBS.phrases()).chain(SCHOOLS.phrases()).chain(events::phrases());
    tables.chain(skills::phrases()).chain(contact_data::phrases()).chain(super::employers::EMPLOYERS.phrases())
}

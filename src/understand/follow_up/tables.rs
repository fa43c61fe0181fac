//! The words of follow-ups, as tables.

use super::super::phrasebook::{Choices, Words};

/// How values change a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing says how.
    Bare,
    /// "also", "add": they join what is there.
    Add,
    /// "with": they join what is there, and a size takes the place of the one before.
    With,
    /// "only", "instead", "make it": they take the place of what is there.
    Only,
    /// "without", "drop": they go.
    Without,
    /// "replace … with …".
    Replace,
    /// "find", "give me": a request of its own, unless the rest says otherwise.
    Find,
}

/// Words that say how what follows changes a search.
pub(super) static LEADS: Choices<Way> = Choices::of(&[
    (
        Way::Add,
        "add|also add|also|and|plus|include|also include|and add|and also|including|along with|as well as|\
         together with|and include|throw in|or|expand to|expand it to|extend to|extend it to|widen to|widen it to|\
         broaden to|broaden it to|open it up to|open it to|add in|and maybe|maybe also|maybe add|you can add|\
         dont forget|dont forget the|auch|und|aussi|et|tambien|y",
    ),
    (Way::With, "with|and with|also with|that have|who have|having|mit|avec|con"),
    (
        Way::Only,
        "only|just|only the|just the|limit to|limit it to|limit them to|limit this to|limit that to|restrict to|\
         restrict it to|restrict them to|restrict this to|narrow to|narrow it to|narrow it down to|narrow down to|\
         narrow them to|narrow them down to|focus on|must be|should be|they must be|they should be|keep only|\
         only keep|keep just|only those|only the ones|just the ones|just those|only show|show only|show me only|\
         only show me|only include|exclusively|i only want|i just want|only want|only need|i only need|make it only|\
         make it just|make them|make it|make that|make this|make those|change it to|change that to|change this to|\
         change to|change them to|switch to|switch it to|switch that to|use|rather|set it to|set that to|try|try it with|\
         how about|what about|instead|go with|i meant|i mean|no i meant|sorry i meant|lets do|lets try|better|\
         lets make it|turn it into|it should be|it must be|nur|seulement|solo|increase to|increase it to|\
         increase that to|raise to|raise it to|up it to|bump it to|bump it up to|reduce to|reduce it to|cut to|\
         cut it to|cut it down to|lower to|lower it to|bring it down to|go up to|go down to|limit it at|cap it at|\
         cap at|set the count to|set the number to|change the count to|change the number to|set the limit to|\
         change the limit to|increase the number to|increase the count to",
    ),
    (
        Way::Without,
        "without|drop|remove|exclude|excluding|not|no|leave out|leaving out|skip|minus|except|except for|but not|\
         ignore|take out|get rid of|omit|other than|no more|dont include|do not include|and not|and no|but without|\
         filter out|without any|forget the|forget about the|kick out|cut out|but no|not the|but exclude|but drop|\
         not any|lose the|strip out|ohne|sans|sin|nicht|dont need|i dont need|we dont need|dont want|i dont want|\
         drop the filter on|drop the filter for|remove the filter on|remove the filter for|not in|not at|not from",
    ),
    (Way::Replace, "replace|swap|change|exchange|switch"),
    (
        Way::Find,
        "find|find me|get|get me|give me|show|show me|i need|we need|i want|we want|id like|i would like|let me have|\
         please find|please get|please give me|need|want|find us|get us",
    ),
]);

/// Leads that begin a step of their own behind a comma or "and".
pub(super) static STRONG: Words = Words::of(
    "add|also add|include|also include|throw in|only|just|limit to|limit it to|restrict to|restrict it to|narrow to|\
     narrow it to|focus on|keep only|only include|make it|make them|make that|change|change it to|switch to|set it to|\
     instead|without|drop|remove|exclude|excluding|leave out|skip|minus|but not|ignore|take out|get rid of|omit|\
     dont include|do not include|not|no|replace|swap|put them|put it|save it|save them|call it|call the list|name it|\
     name the list|save as|increase it to|reduce it to|with|double it|anywhere|any size|any industry|any title|in|at",
);

/// Words behind a step that say how it changes the search.
pub(super) static TRAILS: Choices<Way> = Choices::of(&[
    (Way::Add, "too|as well|also|in addition|additionally|on top"),
    (Way::Only, "instead|only|rather|exclusively"),
    (
        Way::Bare,
        "please|thanks|thank you|then|now|for me|for us|to it|to that|to this|to them|to the search|to the list|\
         to this list|to that list|to the results|from it|from that|from this|from the search|from the list|\
         from the results|from them|pls|plz|if possible|lexi|again|this time|in there|to the mix|from this list|\
         to this search|from this search|titles too|titles as well|people too|ones too",
    ),
]);

/// Politeness between the words that count.
pub(super) static POLITE: Words = Words::of(
    "please|thanks|thank you|lexi|now|just|then|so|well|ok|okay|hey|hi|pls|plz|kindly|for me|for now|very much|\
     a lot|all right|alright|actually|hmm|um|uh|oh|bitte|danke|merci|gracias|por favor|s il vous plait",
);

/// Whole answers that agree.
pub(super) static CONFIRMS: Words = Words::of(
    "yes|yep|yeah|yup|ya|sure|sure thing|ok|okay|go ahead|go for it|do it|do that|do this|approve|approve it|approve this|\
     approve that|approve them|approve the task|approve this task|approve the plan|approved|i approve|i approve it|\
     confirm|confirm it|confirmed|i confirm|accept|accept it|looks good|looks great|looks good to me|sounds good|\
     sounds great|lgtm|lets do it|lets go|proceed|please proceed|run it|execute|execute it|make it so|perfect|great|\
     that works|works for me|correct|thats right|thats correct|exactly|right|add them|add them all|ship it|fine|cool|\
     good|all good|absolutely|of course|definitely|ja|ja bitte|mach das|mach es|einverstanden|genehmigt|oui|d accord|\
     vas y|allez y|si|claro|adelante|vale|go|yes do|yes please|and go ahead|and approve it|start it|go on|continue",
);

/// Whole answers that call it off.
pub(super) static DROPS: Words = Words::of(
    "never mind|nevermind|nvm|forget it|forget that|forget about it|forget about that|forget this|cancel|cancel it|\
     cancel that|cancel this|cancel the task|cancel this task|cancel the search|cancel everything|drop it|drop that|\
     drop this|drop the task|stop|stop it|scrap it|scrap that|scrap this|no|nope|nah|no thanks|no thank you|dont|\
     dont do it|dont do that|do not do that|dismiss|dismiss it|dismiss that|dismiss this|dismiss the task|reject|\
     reject it|reject that|decline|decline it|leave it|abort|discard it|discard that|not now|dont bother|undo|undo it|\
     undo that|lets not|nein|nein danke|vergiss es|abbrechen|lass es|non|non merci|annule|annuler|laisse tomber|\
     olvidalo|cancelar|no gracias|delete it|delete that|throw it away|on second thought no|on second thoughts no",
);

/// Names of the slots, as they are dropped by name.
pub(super) static SLOTS: Choices<&[&str]> = Choices::of(&[
    (
        &["headcount"],
        "size|sizes|headcount|headcounts|head count|company size|company sizes|employee count|number of employees|firm size|employees",
    ),
    (
        &["locations"],
        "location|locations|place|places|city|cities|state|states|region|regions|country|countries|geography|area|areas|\
         ort|lieu",
    ),
    (&["titles"], "title|titles|job title|job titles|role|roles|position|positions"),
    (
        &["industries", "company_types"],
        "industry|industries|sector|sectors|company type|company types|kind of company|kinds of company|type of company|\
         types of company|kind of firm|type of firm|firm type|market|markets|vertical|verticals",
    ),
    (&["revenue"], "revenue|revenues|turnover"),
    (&["seniority"], "seniority|level|levels|seniority level|seniorities"),
    (&["departments"], "department|departments|function|functions|team|teams"),
    (&["keywords"], "keyword|keywords|topic|topics|practice area|practice areas|speciality|specialty|practice|focus"),
    (&["exclude"], "exclusion|exclusions|excluded ones|things left out|exceptions|exception"),
]);

/// Nouns behind the name of a slot.
pub(super) static FILTER: Words = Words::of(
    "filter|filters|limit|limits|restriction|restrictions|requirement|requirements|constraint|constraints|condition|\
     conditions|criteria|criterion|part",
);

/// Words that open a slot wide when its name follows.
pub(super) static ANY: Words = Words::of(
    "any|all|every|regardless of|regardless of the|no matter the|no matter what|no matter which|whatever|whatever the|\
     all the|in any|in all|of any|at any|with any|from any|any kind of|all kinds of|irrespective of|jede|alle|toutes",
);

/// Words that mean every place.
pub(super) static EVERYWHERE: Words = Words::of(
    "anywhere|everywhere|worldwide|globally|all over|all over the world|in the world|anywhere else|uberall|partout",
);

/// What law firms call an office, as a whole.
pub(super) static EQUIVALENTS: Words = Words::of(
    "law firm equivalents|the law firm equivalents|law firm equivalent titles|the law firm equivalent titles|\
     law firm titles|the law firm titles|equivalents|the equivalents|equivalent titles|the equivalent titles|\
     their equivalents|their law firm equivalents|law firm equivalents of the title|the other titles|the offered titles|\
     the title expansion|the wider titles|those titles|these titles|law firm equivalents of it|the equivalents at law firms|\
     equivalent roles|the equivalent roles|similar titles|the similar titles",
);

/// Sizes that say no number.
pub(super) static VAGUE_SIZES: Words = Words::of(
    "smaller|bigger|larger|small|big|large|smaller ones|bigger ones|larger ones|smaller companies|bigger companies|\
     larger companies|smaller firms|bigger firms|larger firms|smaller businesses|larger businesses|tiny|huge|\
     smaller law firms|bigger law firms|larger law firms|a bit smaller|a bit bigger|a bit larger|much smaller|\
     much bigger|much larger|more employees|fewer employees|less employees|kleinere|grossere|plus petites|plus grandes",
);

/// What a count becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// So many times as many.
    Times(u32),
    /// Half.
    Half,
    /// "more": as many again, which is said.
    More,
    /// "fewer": half, which is said.
    Fewer,
    /// Everybody.
    All,
}

/// Counts without a number.
pub(super) static SCALES: Choices<Scale> = Choices::of(&[
    (
        Scale::Times(2),
        "double|double it|double that|double them|double the number|double the count|twice as many|twice that|twice the number|doppelt so viele",
    ),
    (Scale::Times(3), "triple|triple it|triple that|three times as many|three times that"),
    (
        Scale::Half,
        "half|half of them|half of that|half as many|half that|halve it|halve that|cut it in half|half the number",
    ),
    (
        Scale::More,
        "more|more people|more of them|some more|a few more|more results|more leads|more prospects|more names|\
         more contacts|more of these|more of those|many more|a lot more|mehr|plus de monde",
    ),
    (Scale::Fewer, "fewer|less|fewer people|less people|fewer of them|fewer results|not so many|not as many|weniger"),
    (
        Scale::All,
        "all|all of them|everyone|everybody|as many as possible|as many as there are|as many as you can|\
         as many as you can find|all there are|all of those|all of these|alle|tous|todos",
    ),
]);

/// Nouns behind a count.
pub(super) static COUNTED: Words = Words::of(
    "people|persons|results|of them|of these|of those|contacts|leads|prospects|names|ones|in total|total|altogether|\
     max|at most|tops|only|candidates|records|of each|all together|folks|leute|personnes",
);

/// Words that add to a count.
pub(super) static FURTHER: Words = Words::of("more|extra|additional|further|others|mehr|weitere");

/// Words that take from a count.
pub(super) static LESS: Words = Words::of("fewer|less|weniger");

//! Whether a clause asks, forbids, tells, supposes or wants: the tables and small tests by which
//! `intent.rs` tells a request from everything that only looks like one.
//!
//! Protects against the worst fault, an action where none was wanted.

use super::phrasebook::Words;
use super::sentence::Sentence;
use super::verbs::SMALL_TALK;
use super::words::Break;

/// Words of politeness and talk that may stand before a request and say nothing.
pub(super) static OPENERS: Words = Words::of(
    "shall we|might we|why dont we|can someone|can somebody|could someone|could somebody|would someone|it is needed to|it is necessary to|there is a need to|it is required to|do one thing|do me one thing|one thing|this time|so this time|fancy|do you fancy|you fancy|please|hi|hello|hey|hi there|hello there|hey there|lexi|ok|okay|so|well|alright|great|thanks|thank you|\
     kindly|now|also|then|next|actually|right|perfect|cool|yes|yeah|yep|sure|good morning|good afternoon|\
     good evening|morning|and|um|uh|first|once more|again|quick one|go ahead and|go and|just|try to|quickly|\
     could u|can u|pls|plz|i think we should|we should|we should probably|we probably should|dont forget to|do not forget to|make sure to|\
     be sure to|remember to|everyone|team|help me|help us|help me to|lets|let us|i want you to|\
     id like you to|i would like you to|i need you to|we need you to|i want to|id like to|i would like to|\
     we would like to|wed like to|i need to|we need to|we want to|can you|could you|would you|will you|\
     can you please|could you please|would you please|can we|could we|would it be possible to|\
     is it possible to|are you able to|i was wondering if you could|i wonder if you could|would you mind|\
     do me a favor and|do me a favour and|your task is to|can i get you to|im trying to|i am trying to|\
     were trying to|may i ask you to|today|no|or|wow|sorry|excuse me|hey lexi|hi lexi|hello lexi|dear lexi|\
     can i|could i|may i|do you mind|is there a way to|is there any way to|any chance you could|is there any chance you could|\
     any chance of|do you reckon you could|reckon you could|would you be able to|would you be so kind as to|would you kindly|could i ask you to|\
     can i ask you to|i would be grateful if you could|id be grateful if you could|id appreciate it if you could|\
     i would appreciate it if you could|it would be great if you could|please be so kind as to|i need help|\
     i need help with|need help with|could i get you to|you can|you could|you should|you may|please go ahead and|\
     im going to need you to|i have to|we have to|i must|we must|id love you to|id love to|its time to|\
     it is time to|time to|feel free to|maybe you can|maybe you could|perhaps you could|would it be ok to|hmm|\
     oh|ah|fyi|btw|by the way|urgent|asap|quick question|one more thing|another thing|last thing|lexi please|\
     hope youre well|hope you are well|hope all is well|i hope youre well|i hope you are well|good day|greetings|\
     dear team|hi team|hello team|hey team|hi all|hello all|i hope this finds you well|hope this finds you well|\
     if possible|if you can|if you could|if you dont mind|if you do not mind|if you would|if you please|\
     when you can|when you have time|when you have a minute|when you have a moment|when you get a chance|\
     when you get a minute|when youre free|whenever you can|whenever you have time|when possible|as soon as possible|\
     as soon as you can|once you have time|if its not too much trouble|if thats ok|if that is ok|if thats okay|\
     as discussed|as agreed|as mentioned|as requested|as promised|as usual|as always|for now|at last|finally|\
     secondly|lastly|meanwhile|in addition|additionally|furthermore|besides|therefore|hence|thus|\
     lets try to|what i need is|what id like is|what i want is|all i need is|all i want is|\
     my request is|how about we|how about you|why dont you|why not|\
     could we please|can we please|can i please|could i please|may we|might i ask you to|might you|\
     would you like to|wouldnt you|couldnt you|cant you|cant we|we could|im hoping to|i am hoping to|im hoping you can|\
     i hope you can|i was hoping you could|im asking you to|i am asking you to|id ask you to|i would ask you to|\
     you need to|you have to|you must|please please|pretty please|hold on|hang on|one sec|one second|one moment|\
     attention|note to lexi|hello again|hi again|on second thought|second thought|scratch that|\
     correction|id rather|i would rather|wed rather|lets just|just quickly|lets go ahead and|\
     today i want to|today i need to|permanently|immediately|temporarily|completely|simply|directly|carefully|briefly|really|ideally|maybe|perhaps|\
     properly|definitely|already|bitte|is it ok to|is it okay to|is it alright to|\
     it time to|if it not too much trouble|if that ok|if that okay|let try to|let just|let go ahead and",
);

/// Words that may stand before a request when a comma or dash follows them.
pub(super) static INTERJECTIONS: Words = Words::of(
    "wait|stop|listen|look|second|third|request|better|instead|go|come on|no|yes|ok|task|warning|note|important",
);

/// Openers that make a sentence with a question mark a request.
pub(super) static POLITE: Words = Words::of(
    "shall we|might we|why dont we|can someone|can somebody|could someone|could somebody|would someone|\
     fancy|do you fancy|you fancy|can you|could you|would you|will you|can you please|could you please|would you please|can we|could we|\
     would it be possible to|is it possible to|are you able to|i was wondering if you could|\
     i wonder if you could|would you mind|can i get you to|may i ask you to|can u|could u|help me|please|\
     do you mind|any chance you could|is there any chance you could|any chance of|would you be able to|\
     would you be so kind as to|would you kindly|could i ask you to|can i ask you to|can i|could i|may i|\
     could i get you to|why dont you|how about you|how about we|could we please|can we please|can i please|\
     could i please|is there a way to|is there any way to|might i ask you to|might you|cant you|couldnt you|\
     wouldnt you|cant we",
);

/// Openers that a gerund follows: "would you mind deleting …".
pub(super) static WITH_GERUND: Words = Words::of(
    "fancy|do you fancy|you fancy|would you mind|do you mind|any chance of|i need help|i need help with|need help with|help me with|how about|lets try|id appreciate you|consider|\
     let try",
);

/// Openers that ask whether something can be done; for what changes anything they are questions.
pub(super) static CAPABILITY: Words = Words::of(
    "is it possible to|is there a way to|is there any way to|can i|could i|may i|are you able to|is it ok to|\
     is it okay to|is it alright to|would it be ok to|may we",
);

/// Openers that ask whether something can be done or ask for it, by what follows.
pub(super) static MAYBE_CAPABILITY: Words = Words::of(
    "can you|could you|can we|could we|will you|would you be able to|would it be possible to|can u|could u|cant you|cant we",
);

/// Openers that ask what others think of it, as well as for it.
pub(super) static DELIBERATIONS: Words = Words::of("shall we|might we|why dont we");

/// Phrases that forbid what follows.
pub(super) static NEGATIONS: Words = Words::of(
    "we no longer need|i no longer need|we no longer want|dont|do not|never|no need to|not to|you shouldnt|you should not|we shouldnt|i dont want|i do not want|\
     we dont want|we dont need|i dont need|i do not need|please dont|stop looking|stop searching|no longer|\
     i dont want you to|never mind|nevermind|forget it|forget about|not|avoid|refrain from|quit|stop finding|\
     lets not|let us not|dont bother|cant|cannot|wont|you must not|you mustnt|mustnt|must not|you may not|\
     you are not to|under no circumstances|by no means|id rather not|i would rather not|id rather you didnt|\
     i would rather you didnt|id prefer not to|i would prefer not to|make sure not to|be careful not to|\
     make sure you dont|make sure you do not|no one should|nobody should|please do not|no need for|\
     theres no need to|there is no need to|we should not|i shouldnt|we wont|i wont|we will not|i will not|\
     do not ever|dont ever|dont you dare|you dont need to|you do not need to|you dont have to|you do not have to|\
     we dont have to|i dont think we should|i do not think we should|i dont think you should|it is not necessary to|\
     its not necessary to|not yet|hands off|keep your hands off|leave alone|it would be bad to|it would be wrong to|\
     without my approval dont|im not going to|i am not going to|were not going to|we are not going to|\
     i dont want to|i do not want to|we dont want to|i dont need to|we do not want|we do not need|we decided not to|\
     i decided not to|ive decided not to|please never|please not|better not|its too early to|it is too early to|\
     nobody is to|no one is to|shouldnt|should not|its not ok to|it is not ok to|its not okay to|leave|\
     let not|there no need to|it not necessary to|it too early to|it not ok to|it not okay to",
);

/// Words that open a question.
pub(super) static QUESTIONS: Words = Words::of(
    "tutorial|steps to|ways to|guide for|guide to|pros and cons|best time to|best way to|instructions for|i cant remember|i cannot remember|i dont remember|i forgot who|i forgot how|i forgot which|cant remember|anything waiting|anything pending|anything open|anything to approve|anything left|who|whom|whose|what|whats|whos|which|how|hows|when|where|why|is|are|do|does|did|has|have|had|was|were|\
     am|should|may|might|can|could|would|will|shall|isnt|arent|doesnt|didnt|havent|hasnt|wheres|whens|\
     any idea|do you know|im wondering|i wonder|wondering|id like to know|i want to know|\
     i would like to know|i need to know|question|whys|wasnt|werent|shouldnt|wouldnt|couldnt|any|got any|\
     whether|wed like to know|we want to know|we need to know|im curious|i am curious|curious|just curious|\
     id be interested to know|i was wondering|anybody|anyone know|how come|howto|wanna know|want to know|need to know|\
     id like to understand|i want to understand|i dont understand|i do not understand|not sure how to|im not sure how to|\
     i am not sure how to|i dont know how to|i do not know how to|dont know how to|no idea how to|what if|\
     cant find|i cant find|i cannot find|youd know|interested to know|clarify|remind me what|remind me who|remind me when|\
     do i|what about the|whos|whoever|how many|how much|in which|to whom|from which|at which|on which|for which|since when|\
     until when|by when|have we|hows the|anything new|anything from|is there|are there|am i|were there|was there|\
     how the",
);

/// Openings of a condition; what follows them is not to be done now.
pub(super) static CONDITIONS: Words = Words::of(
    "if|when|whenever|once|unless|as soon as|every time|in case|should she|should he|should they|as long as|\
     provided|provided that|assuming|only if|after she|after he|after they|in the event|each time|any time|anytime|\
     until|on condition that|the moment|whoever",
);

/// Conditions at the end of a request that only make it polite or careful.
pub(super) static HARMLESS_CONDITIONS: Words = Words::of(
    "if possible|if you can|if you could|if needed|if necessary|if you dont mind|if that is ok|if thats ok|if thats okay|\
     when you can|when you have time|when you get a chance|when you have a minute|if any|if available|once|when possible|\
     if it exists|if they exist|if not already|if they are not already|if she is not already|if he is not already|\
     if not there already|if you would|if you please|if it isnt there already|if it is not there already|\
     when you have a moment|if its not too much trouble|as soon as possible|as soon as you can|if you have time|\
     if youre able to|once more|once again|if there are any|if there is one|if it helps|if you need|if appropriate|\
     when youre ready|when ready|if theyre not already|if she isnt already|if he isnt already|whenever you can|\
     if that ok|if that okay|if it not too much trouble",
);

/// Openings of what is only thought of.
pub(super) static HYPOTHETICAL: Words = Words::of(
    "had the|had we|had i|had they|had she|had he|last year we used to|we used to|i used to|they used to|thinking out loud|just thinking out loud|thinking aloud|just thinking|brainstorming|just an idea|note to self|suppose|supposing|imagine|lets say|let us say|say we|what if|i might|we might|i may|we may|i was going to|we were going to|\
     i was about to|we were about to|im thinking about|i am thinking about|were thinking about|we are thinking about|\
     im thinking of|i am thinking of|were thinking of|we are thinking of|im not sure whether|i am not sure whether|\
     im not sure if|i am not sure if|not sure whether|not sure if|i could|i wish|maybe i|maybe we|perhaps we|perhaps i|\
     it would be nice to|it might be|one could|someday|some day|one day|i thought about|i considered|im considering|\
     i am considering|were considering|we are considering|i plan to|we plan to|im planning to|i am planning to|\
     we are planning to|were planning to|i will probably|ill probably|we will probably|well probably|i will maybe|\
     i used to|we used to|i wanted to|we wanted to|i wouldve|i would have|we would have|i should have|i shouldve|\
     we should have|you should have|i almost|i nearly|i meant to|i tried to|we tried to|i forgot to|we forgot to|\
     i remember|remember when|i will|ill|we will|well be|i am going to|im going to|we are going to|were going to|i hate to|\
     i like to|i love to|i used|i always|we always|we usually|i usually|i often|i never|we never|i cant|i cannot|we cant|\
     we cannot|i couldnt|hypothetically|theoretically|in theory|for example|for instance|just kidding|kidding|\
     only kidding|just joking|joking|\
     let say",
);

/// Words that make what follows them somebody's words.
pub(super) static SAYING: Words = Words::of(
    "subject|betreff|said|says|say|saying|wrote|writes|write|told|tells|asked|asks|replied|replies|mentioned|reads|read|states|stated|\
     answered|suggested|suggests|reported|claims|claimed|demanded|demands|ordered|shouted|texted|emailed|quote|quoted|\
     goes|instructed|instructs|recommends|recommended|complained|warned|insists|insisted|instructions|prompt",
);

/// Openings of a subordinate clause that only gives a reason or a time.
pub(super) static BACKGROUND: Words = Words::of(
    "as|since|because|now that|given that|considering that|in order to|to|before|after|for|with|while|although|though|\
     even though|based on|regarding|concerning|about|following|due to|thanks to|in view of|ahead of|in preparation for|\
     apart from that|at|on|in|during|according to|per|by",
);

/// Whole clauses of agreement or refusal.
pub(super) static AGREEMENT: Words = Words::of(
    "yes|yep|yeah|yes please|sure|y|yup|approved|confirmed|i approve|i agree|agreed|sounds good|looks good|lgtm|\
     ship it|that works|please do|absolutely|of course|correct|fine by me|all good|do so|make it so|works for me|\
     go for it|sounds right|thats right|that is right|thats correct|that is correct|exactly|definitely|by all means|\
     yes that works|im happy with that|i am happy with that|thats fine|that is fine|yes thats it|yes that is it|\
     you have my approval|you have my ok|green light|full steam ahead|sure thing|ok by me|okay by me|why not|ja|oui|si|\
     jawohl|genau|passt|gerne|daccord|de acuerdo|vale|bien sur|claro|yessir|affirmative|please proceed|proceed please|\
     looks great|looks perfect|looks right|thumbs up|lets do it|lets go|lets do that|let us do it|i confirm|do it please|\
     please do it|please go ahead|yes do it|yes go ahead|yes go|just do it|do it|do that|go ahead|okay go ahead|yes do that|k|okey dokey|yes of course|yes sure|\
     that right|that correct|that fine|yes that it|let do it|let go|let do that",
);

/// Phrases that are only talk, as they follow one another in a clause.
pub(super) static TALK: Words = Words::of(
    "fwd|fw|see below|see attached|please see below|please see attached|below|attached|how are you|how are things|how is it going|how you doing|how are you doing|what is up|whats up|hows it going|\
     nice to meet you|who are you|a lot|so much|very much|for now|for today|you are great|youre great|you are awesome|\
     youre awesome|you are the best|youre the best|you rock|i love you|love you|love it|i love it|i like it|\
     have a nice day|have a good day|have a great day|have a nice weekend|have a good weekend|have a great weekend|\
     have a nice evening|have a good one|have a good evening|enjoy your weekend|enjoy your day|good job|great job|nice job|\
     great work|nice work|good work|well done|amazing|wonderful|fantastic|excellent|brilliant|super|nice one|\
     see you tomorrow|see you later|see you soon|see you|talk to you later|talk to you soon|talk later|ttyl|later|\
     thats all|that is all|thats it|that is it|thats great|that is great|thats awesome|thats funny|that is funny|\
     thats nice|thats cool|thats perfect|that was great|that was helpful|that helps|that helped|very helpful|\
     just testing|im just testing|this is a test|this is just a test|just a test|testing|testing testing|test test|\
     one two three|hahaha|haha|hehe|lol|rofl|happy monday|happy friday|happy new year|happy birthday|happy holidays|\
     merry christmas|happy easter|good night|goodnight|no problem|no worries|youre welcome|you are welcome|my pleasure|\
     for that|for this|for your help|for the help|for everything|for helping|again|much appreciated|appreciate it|\
     i appreciate it|i appreciate your help|thx|ty|tysm|cheers|anyway|never change|you are funny|youre funny|\
     how was your day|how was your weekend|how is your day|hows your day|are you there|are you a bot|are you human|\
     are you a robot|are you real|are you ok|tell me a joke|tell us a joke|sing a song|sing me a song|what a day|\
     what a week|its friday|tgif|good to know|good to hear|interesting|i see|got it|understood|noted|makes sense|\
     that makes sense|fair enough|all right|right|oh well|hmm|hm|wow|impressive|my mistake|sorry|omg|oops|my bad|sorry about that|bye bye|take care|\
     good luck|hope you are well|hope youre well|i hope you are well|i hope youre well|hope all is well|\
     i hope all is well|i hope you had a nice weekend|hope you had a nice weekend|have fun|long time no see|\
     nice to see you|good to see you|pleased to meet you|everyone|guys|all|folks|team|you too|same to you|today|then|and|so|\
     very|really|too|so far|you are a star|youre a star|you are a lifesaver|youre a lifesaver|a million|a bunch|a ton|\
     tons|heaps|and have a nice weekend|youre doing great|you are doing great|keep it up|keep up the good work|welcome back|\
     hallo|guten morgen|guten tag|danke|vielen dank|danke schon|danke schoen|merci|merci beaucoup|bonjour|salut|hola|\
     gracias|muchas gracias|buenos dias|au revoir|tschuss|tschuess|bis morgen|adios|ciao|grazie|obrigado|obrigada|\
     you are so smart|youre so smart|i am back|im back|whats your name|what is your name|how old are you|where are you from|\
     do you like your job|do you sleep|are you married|who made you|who built you|best regards|kind regards|regards|\
     warm regards|sincerely|yours sincerely|best wishes|all the best|many thanks|thanks in advance|thank you in advance|best|\
     what up|how it going|that all|that it|that great|that awesome|that funny|that nice|that cool|\
     that perfect|how your day|it friday|what your name",
);

/// Phrases that begin a mere lead-in to a request: "Can you help me?".
pub(super) static LEAD_INS: Words = Words::of(
    "can you help me|could you help me|can you help|could you help|can you help me with something|\
     could you help me with something|can you do me a favor|could you do me a favor|can you do me a favour|\
     could you do me a favour|do you have a minute|do you have a moment|do you have time|got a minute|got a second|\
     have you got a minute|can i ask you something|may i ask you something|you know what|guess what|remember|\
     do you remember|you remember|are you there|anybody there|how are you|how are you doing|how are things|\
     hows it going|you there|you know|could you set up|can you set up|could you make|can you make|could you create|\
     how it going|who should we speak to|who should we talk to|who should i speak to|who should i talk to|\
     who should we approach|who should i approach|who should we contact",
);

/// "hiii", "helloooo": a greeting with its last letter held.
pub(super) fn is_drawn_out(word: &str) -> bool {
    let Some(last) = word.chars().last() else { return false };
    let stem = word.trim_end_matches(last);
    let held = word.len() - stem.len() > 1;
    held && ["hi", "hey", "hello", "yo", "so", "ok", "please", "pls", "heya", "hiya"]
        .contains(&format!("{stem}{last}").as_str())
}

/// Whether the words `from..to` hold nothing but talk.
pub(super) fn is_talk(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    let mut at = from;
    while at < to {
        let talk = sentence.longest_of(at, &TALK).or_else(|| sentence.longest_of(at, &SMALL_TALK));
        let count = talk.or_else(|| compliment(sentence, at));
        match count {
            Some(count) => at += count,
            // "Thanks, Jane", "Hi Tom": a name after a greeting.
            None if at > from && at + 2 >= to && is_vocative(sentence, at) => at += 1,
            None if at == from && from + 1 == to && ["lexi", "hm", "test"].contains(&sentence.norm(at)) => at += 1,
            None => return false,
        }
    }
    true
}

/// "that was fast", "you are so helpful".
fn compliment(sentence: &Sentence<'_>, at: usize) -> Option<usize> {
    const FRAMES: [&str; 14] = [
        "that was", "that is", "that", "this is", "this was", "it was", "it is", "you are", "you were", "youre",
        "thats", "its", "what a", "how",
    ];
    const DEGREES: [&str; 7] = ["so", "very", "really", "too", "pretty", "quite", "super"];
    const ADJECTIVES: [&str; 34] = [
        "fast",
        "quick",
        "nice",
        "easy",
        "perfect",
        "amazing",
        "wonderful",
        "helpful",
        "great",
        "good",
        "awesome",
        "funny",
        "cool",
        "smart",
        "clever",
        "kind",
        "sweet",
        "lovely",
        "impressive",
        "excellent",
        "fantastic",
        "brilliant",
        "fun",
        "useful",
        "slow",
        "annoying",
        "bad",
        "weird",
        "strange",
        "interesting",
        "sad",
        "crazy",
        "wild",
        "rude",
    ];
    let mut next = at + sentence.longest_of(at, &FRAMES)?;
    next += usize::from(DEGREES.contains(&sentence.norm(next)));
    // "What a great list".
    let noun = usize::from(["what", "how"].contains(&sentence.norm(at)) && sentence.before(next + 1) <= Break::Space);
    ADJECTIVES.contains(&sentence.norm(next)).then_some((next + 1 + noun).min(sentence.words.len()) - at)
}

/// A capitalised word behind a greeting: the person spoken to.
pub(super) fn is_vocative(sentence: &Sentence<'_>, at: usize) -> bool {
    at > 0
        && sentence.is_capitalised(at)
        && sentence.has_case()
        && [
            "hi",
            "hello",
            "hey",
            "dear",
            "thanks",
            "you",
            "regards",
            "cheers",
            "best",
            "morning",
            "afternoon",
            "evening",
            "wishes",
            "bye",
            "hallo",
            "bonjour",
            "hola",
            "liebe",
            "lieber",
        ]
        .contains(&sentence.norm(at - 1))
}

/// Whether the words `from..to` hold a word of saying: what follows is reported.
pub(super) fn reports(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| sentence.quote_of(at).is_none() && SAYING.contains(sentence.norm(at)))
}

/// Where a condition begins at the end of a request ("… if she replies").
pub(super) fn condition_behind(sentence: &Sentence<'_>, from: usize, to: usize) -> Option<usize> {
    const BEHIND: [&str; 9] =
        ["if", "when", "whenever", "once", "unless", "as soon as", "every time", "in case", "after she"];
    (from + 1..to).find(|at| {
        sentence.quote_of(*at).is_none()
            && sentence.longest_of(*at, &BEHIND).is_some()
            && sentence.longest_of(*at, &HARMLESS_CONDITIONS).is_none()
            && !["know", "me", "us", "see", "tell", "check", "remember", "ask"].contains(&sentence.norm(*at - 1))
            && *at + 1 < to
    })
}

/// The first place after a comma, a dash, a colon or a joining word in `from..to` where a new thought may begin.
pub(super) fn thoughts<'s>(sentence: &'s Sentence<'_>, from: usize, to: usize) -> impl Iterator<Item = usize> + 's {
    const JOINS: [&str; 16] = [
        "so",
        "please",
        "pls",
        "plz",
        "therefore",
        "hence",
        "could you",
        "can you",
        "would you",
        "but",
        "kindly",
        "just",
        "then",
        "and please",
        "instead",
        "and pls",
    ];
    // A sentence of more parts is a list; bounds the work on a long text.
    const MOST_THOUGHTS: usize = 32;
    let begins = (from + 1..to).filter(move |at| {
        sentence.quote_of(*at).is_none()
            && (matches!(sentence.before(*at), Break::Comma | Break::Dash | Break::Stop)
                || sentence.longest_of(*at, &JOINS).is_some())
    });
    begins.take(MOST_THOUGHTS)
}

/// "Ignore all previous instructions": what follows comes from somebody's text, not from the user.
pub(super) fn overrides(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> bool {
    let word = |words: &[&str]| (from..to).any(|at| words.contains(&sentence.norm(at)));
    word(&["ignore", "disregard", "forget", "override", "bypass"])
        && word(&[
            "instructions",
            "instruction",
            "rules",
            "prompt",
            "prompts",
            "guidelines",
            "restrictions",
            "policies",
        ])
}

/// "Why is it still running??": a complaint, and what is wanted follows.
pub(super) fn complains(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> bool {
    let why = ["why", "how many times", "how often"];
    sentence.longest_of(from, &why).is_some()
        && (from..to).any(|at| ["still", "again", "times"].contains(&sentence.norm(at)))
}

/// Words that may follow a lead-in: "Remember Bob Smith?".
const LEAD_IN_REST: usize = 2;

/// "Can you help me?", "Remember Bob?": a question that only begins a request.
pub(super) fn lead_in_of(sentence: &Sentence<'_>, (from, to): (usize, usize)) -> bool {
    sentence.longest_of(from, &LEAD_INS).is_some_and(|count| from + count + LEAD_IN_REST >= to)
}

/// "Yes, …", "No, …": an answer to something Lexi said.
pub(super) fn agrees(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        ["yes", "yeah", "yep", "no", "sure", "ok", "okay", "perfect", "great", "right"].contains(&sentence.norm(at))
    })
}

/// "a joke", "a limerick for my wife": near the words `from..to`, what is asked for in fun.
pub(super) fn plays(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    const PLAY: [&str; 11] =
        ["joke", "jokes", "limerick", "poem", "haiku", "song", "riddle", "sonnet", "rap", "fairytale", "lullaby"];
    const REACH: usize = 4;
    (from..to.min(from + REACH)).any(|at| PLAY.contains(&sentence.norm(at)))
}

/// "Maybe she is CEO now, not sure": the speaker does not know it.
pub(super) fn doubts(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    const DOUBTS: [&str; 7] = ["maybe", "perhaps", "not sure", "apparently", "i heard", "rumor has it", "i guess"];
    (from..to).any(|at| sentence.longest_of(at, &DOUBTS).is_some())
}

/// Every phrase of this file.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    let tables = [
        &OPENERS,
        &POLITE,
        &INTERJECTIONS,
        &NEGATIONS,
        &QUESTIONS,
        &CONDITIONS,
        &HYPOTHETICAL,
        &SAYING,
        &AGREEMENT,
        &TALK,
        &LEAD_INS,
    ];
    tables.into_iter().flat_map(Words::phrases)
}

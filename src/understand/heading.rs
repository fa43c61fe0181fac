//! A heading over a search: "Who to source:", "What we need this week:", "Whom we are after -".
//!
//! Protects that a heading is no question: it asks nobody, and what stands under it is the request.

use super::asides::mended;
use super::clean::Mended;
use super::passed_on::is_search;
use super::phrasebook::Words;
use super::sentence::Sentence;

/// Words that begin a heading.
static BEGINS: Words =
    Words::of("who|whom|what|which|here is|heres|this is|where|wanted|target group|the people|ideal");

/// Words that a heading is made of.
pub(super) static PLAIN: Words = Words::of(
    "who|whom|what|which|where|here|heres|is|are|were|im|am|i|we|the|our|my|a|client|clients|boss|team|people|person|persons|contacts|leads|\
     prospects|companies|to|source|find|look|search|looked|hoping|trying|really|currently|target|targeting|looking|for|after|need|needs|needed|want|wants|wanted|would|like|this|\
     next|week|month|quarter|today|now|sourcing|searching|seeking|reach|contact|hire|hiring|recruit|group|ideal|candidate|candidates|\
     profile|customer|customers|buyer|buyers|list|it|they|he|she|please|about|s|right|exactly|get|brief|criteria",
);

/// The text without the heading over it.
pub(super) fn taken_off(sentence: &Sentence<'_>) -> Option<Mended> {
    const LONGEST: usize = 9;
    sentence.longest_of(0, &BEGINS)?;
    let last = sentence.words.len().min(LONGEST);
    let under =
        (1..last).find(|at| sentence.gap(*at).contains([':', '–', '—']) || sentence.gap(*at).contains(" - "))?;
    let plain = (0..under).all(|at| PLAIN.contains(sentence.norm(at)) && sentence.quote_of(at).is_none());
    let asked = (1..under).any(|at| sentence.gap(at).contains('?'));
    let from = sentence.words[under].start;
    (plain && !asked && under > 1 && is_search(&sentence.text[from..]))
        .then(|| mended(sentence, &vec![(0..from, String::new())]))?
}

//! What the writer says of himself behind the request: "for our parish school", "we weld pressure vessels",
//! "to pitch our audit software", "so we can offer pallets".
//!
//! Protects "no invented constraint": what somebody sells, needs or plans describes nobody to be found. The words
//! stay unread, so that they are seen.

use super::grammar::Walk;
use super::phrasebook::Words;
use super::sentence::Sentence;
use super::vocabulary::Zone;
use super::words::Break;

/// Words of a wish: behind "we" they go on with the request.
static WISHED: Words = Words::of(
    "want|wants|need|needs|prefer|like|love|care|looking|look|seek|seeking|search|searching|require|only|dont|do not|never|exclude|\
     skip|mean|meant|interested|target|targeting|after|already|have|know|contacted|use|could|would|will|take|hope|expect|is|are|ideal|\
     work|works|spoke|met|emailed|called|sold|lost|asked|said|think|max|minimum|preference|focus|budget|limit",
);

/// Verbs of what is to be done with those found.
static PLANS: Words = Words::of(
    "to pitch|to sell|to offer|to invite|to demo|to show|to present|to promote|to tell|to interview|so we can|so i can|so that we|so that i|\
     so our|so my|because we|because our|because i|because my|since we|since our|since i|as we|in case we",
);

/// Verbs whose object is ours: "which could need our wine".
const TAKES: [&str; 10] = ["need", "buy", "use", "want", "sell", "pitch", "offer", "try", "like", "stock"];

impl Walk<'_> {
    /// Leaves what is said of ourselves unread, up to the end of the thought.
    pub(super) fn of_ours(&mut self, at: usize) -> Option<usize> {
        let sentence = self.sentence;
        let somebody = self.people.is_some() || self.companies.is_some();
        if !somebody || sentence.quote_of(at).is_some() {
            return None;
        }
        let own = |word: usize| word < self.end && ["our", "my"].contains(&sentence.norm(word));
        let purpose = sentence.norm(at) == "for" && own(at + 1);
        let taken = TAKES.contains(&sentence.norm(at)) && own(at + 1);
        let planned = sentence.longest_of(at, &PLANS).is_some();
        let told = sentence.before(at) >= Break::Comma && tells_of_us(sentence, at, self.end);
        if !(purpose || taken || planned || told || self.occasion(at)) {
            return None;
        }
        self.flush();
        let mut last = at + 1;
        // "a nurse for our clinic in Leeds": the place is where she works.
        let placed = |word: usize| {
            purpose
                && self.found.search.locations.is_empty()
                && self.zone_at(word).is_some_and(|(zone, _)| zone == Zone::In)
        };
        while last < self.end && sentence.before(last) < Break::Comma && !placed(last) {
            last += 1;
        }
        self.found.unread(at, last);
        self.excluding = false;
        Some(last)
    }
}

impl Walk<'_> {
    /// "for a webinar on retention", "for the spring conference": what they are invited to, not what they do.
    fn occasion(&self, at: usize) -> bool {
        const REACH: usize = 5;
        const OCCASIONS: [&str; 18] = [
            "webinar",
            "event",
            "dinner",
            "conference",
            "roundtable",
            "podcast",
            "study",
            "survey",
            "workshop",
            "panel",
            "interview",
            "article",
            "breakfast",
            "lunch",
            "pilot",
            "demo",
            "mailing",
            "summit",
        ];
        let sentence = self.sentence;
        let opens = sentence.norm(at) == "for" && ["a", "an", "the", "this", "next"].contains(&sentence.norm(at + 1));
        opens
            && (at + 2..self.end.min(at + REACH))
                .take_while(|word| sentence.before(*word) < Break::Comma)
                .any(|word| OCCASIONS.contains(&sentence.norm(word)))
    }
}

/// "we weld pressure vessels", "our company does HVAC": no wish in the first words.
pub(super) fn tells_of_us(sentence: &Sentence<'_>, at: usize, end: usize) -> bool {
    const REACH: usize = 5;
    let ours = ["we", "our", "my", "i"].contains(&sentence.norm(at)) && sentence.raw(at) != "MY";
    let wished = (at + 1..end.min(at + REACH)).any(|word| sentence.longest_of(word, &WISHED).is_some());
    let sells_to =
        sentence.longest_of(at + 1, &["want to sell", "want to pitch", "would like to sell", "hope to sell"]);
    ours && at + 1 < end && (!wished || sells_to.is_some())
}

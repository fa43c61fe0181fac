//! Titles that are also plain nouns: Partner, Owner, Member, Principal, Associate, Secretary.
//!
//! It protects the precision of [`super::filed`]: "Product Owner" owns no company, and a "Partner
//! Marketing Manager" is no partner.

use super::titles::Title;
use super::words::Word;

/// Plain nouns such as Partner and Owner are titles only where they are the head of their part:
/// "Product Owner", "Partner Marketing Manager" and "Committee Member" are something else.
///
/// `before` and `after` are the words around the title in its part of the line, `length` is the
/// number of its own words.
pub(super) fn stands_alone(title: &Title, before: &[Word], length: usize, after: &[Word]) -> bool {
    let Some(rule) = PLAIN.iter().find(|rule| rule.title == title.name && (length == 1 || rule.any_spelling)) else {
        return true;
    };
    let last = before.last().map_or("", |word| word.norm.as_str());
    let allowed = match rule.before {
        Before::Not(barred) => !among(barred, last),
        Before::Only(allowed) => before.iter().all(|word| among(GENERAL, &word.norm) || among(allowed, &word.norm)),
    };
    let head_follows = after.iter().any(|word| among(HEADS, &word.norm));
    allowed && !head_follows
}

/// Whether `word` is in a list of words separated by spaces.
pub(super) fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// A title that is also a plain noun.
struct Plain {
    title: &'static str,
    /// The rule holds for spellings of several words too.
    any_spelling: bool,
    before: Before,
}

enum Before {
    /// Any word but these may stand before it.
    Not(&'static str),
    /// Only these and the general ones may.
    Only(&'static str),
}

/// Words that may stand before any title.
const GENERAL: &str = "the a our senior junior co interim acting global group corporate company firm managing founding \
    founder equity executive board principal chief joint first lead us uk north general";

const LEGAL_WORDS: &str = "law legal litigation tax ip patent trademark estate real employment labor bankruptcy finance banking \
    securities regulatory appellate trial immigration family environmental energy antitrust healthcare \
    intellectual property summer third year second";

const PLAIN: [Plain; 17] = [
    Plain {
        title: "Partner",
        any_spelling: false,
        before: Before::Not(
            "business channel strategic alliance technology hr people talent delivery sales marketing \
            finance limited preferred referral implementation solution solutions service community \
            training development success client customer media resources acquisition engagement \
            product",
        ),
    },
    Plain { title: "Member", any_spelling: false, before: Before::Only("managing pllc llc") },
    Plain { title: "Shareholder", any_spelling: false, before: Before::Only(LEGAL_WORDS) },
    Plain { title: "Principal", any_spelling: false, before: Before::Only("office law owner investment") },
    Plain { title: "Associate Attorney", any_spelling: false, before: Before::Only(LEGAL_WORDS) },
    Plain { title: "Corporate Secretary", any_spelling: false, before: Before::Only("corporation") },
    Plain { title: "Chair", any_spelling: false, before: Before::Only("national international independent") },
    Plain {
        title: "Owner",
        any_spelling: false,
        before: Before::Not(
            "product process data system systems platform service application control risk asset \
            technical solution content feature tool domain program project portfolio",
        ),
    },
    Plain { title: "Engineer", any_spelling: false, before: Before::Not("") },
    Plain { title: "Consultant", any_spelling: false, before: Before::Not("") },
    Plain { title: "Nurse", any_spelling: false, before: Before::Not("") },
    Plain { title: "Physician", any_spelling: false, before: Before::Not("") },
    Plain { title: "Attorney", any_spelling: false, before: Before::Not("power") },
    Plain { title: "Paralegal", any_spelling: false, before: Before::Not("") },
    Plain { title: "Advisor", any_spelling: false, before: Before::Not("") },
    Plain { title: "Investor", any_spelling: false, before: Before::Not("") },
    Plain { title: "Board Member", any_spelling: true, before: Before::Not("") },
];

/// Nouns that, standing behind a plain title, are the real head: "Partner *Manager*", "Member *Services*".
const HEADS: &str = "manager director coordinator specialist representative lead analyst assistant recruiter executive \
    engineer scientist architect developer consultant administrator officer advocate liaison supervisor \
    technician strategist planner intern fellow trainer editor writer designer marketing success \
    relations services engagement experience enablement operations development recruiting recruitment \
    programs program support sales alliances partner care practitioner management";

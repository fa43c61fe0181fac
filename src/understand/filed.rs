//! Which titles a person holds whose title was filed as "EVP, General Counsel & Secretary".
//!
//! It protects the rule on titles: all longest known phrases that do not overlap and the parts of
//! compounds count; a phrase inside a longer one does not ("Vice President" is no President), nor
//! does one that is lowered, past, yet to come or somebody else's: "Deputy …", "former …",
//! "…-elect", "Assistant to the …", "Office of the …". Acting and interim holders hold the title.

use super::abbreviations;
use super::levels;
use super::plain_titles::{among, stands_alone};
use super::titles::{self, Title};
use super::words::{Break, Word};

/// What a title says about level and department; each is empty when it says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Derived {
    /// A level of `levels.rs`.
    pub seniority: Option<&'static str>,
    /// A department of `levels.rs`.
    pub department: Option<&'static str>,
}

/// The titles that a title in a record holds, in the order they stand in it, each once.
pub fn held(title: &str) -> Vec<&'static Title> {
    read(&abbreviations::spelled_out(title)).held
}

/// The phrase with its abbreviations spelled out, for a look-up in the table.
pub(super) fn spelled_out(phrase: &str) -> String {
    let spelled = abbreviations::spelled_out(phrase);
    spelled.iter().map(|word| word.norm.as_str()).collect::<Vec<_>>().join(" ")
}

/// Level and department of a filed title, also of one that the table does not hold ("VP, Diagnostics").
pub fn derive(title: &str) -> Derived {
    let words = abbreviations::spelled_out(title);
    let reading = read(&words);
    let highest = reading.held.iter().copied().min_by_key(|held| std::cmp::Reverse(levels::rank(held.seniority)));
    let by_words = levels::seniority_of_words(&words, reading.lowered);
    let seniority = match (highest.map(|held| held.seniority), by_words) {
        // A chief whom the table does not list stands above the rank beside it; lesser words do not.
        (Some(table), Some("c_suite")) if levels::rank(table) < levels::rank("c_suite") => Some("c_suite"),
        (Some(table), _) => Some(table),
        (None, words) => words,
    };
    let specific = |held: &&Title| !matches!(held.department, "executive" | "other");
    let of_titles = highest.filter(|held| specific(held)).or_else(|| reading.held.iter().copied().find(specific));
    let of_words = || levels::department_of_words(&words);
    let general = highest.map(|held| held.department).filter(|department| *department != "other");
    let department = match (of_titles, highest) {
        (Some(title), _) => Some(title.department),
        // A president's or chief executive's division is not his department.
        (None, Some(highest)) if highest.seniority != "vp" && highest.department == "executive" => general,
        _ => of_words().or(general),
    };
    Derived { seniority, department }
}

/// What a walk over a filed title found.
struct Reading {
    held: Vec<&'static Title>,
    /// A title was found that does not count because it is lowered, past or another person's.
    lowered: bool,
}

/// Whose the titles are that follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    /// After "of" and "for": until "and" or a comma.
    Object,
    /// After "to" and "with": until a comma.
    Addressed,
    /// After "at": until a comma or slash.
    Company,
    /// After "assistant to", "office of": until a dash or bracket.
    Served,
    /// After "former": until a comma.
    Past,
}

fn read(words: &[Word]) -> Reading {
    let mut reading = Reading { held: Vec::new(), lowered: false };
    let mut whose = Whose::Own;
    let mut behind = 0;
    let mut at = 0;
    while at < words.len() {
        if at > 0 && ends(whose, &words[at]) {
            whose = Whose::Own;
        }
        if let Some((count, found)) = phrase(&words[at..]) {
            let counts = whose == Whose::Own && stands(words, behind, at, at + count, found);
            let included = titles::included(found);
            if counts {
                add(&mut reading.held, found);
                included.iter().for_each(|title| add(&mut reading.held, title));
                let more = further_functions(&words[at..], count, found);
                for title in more {
                    add(&mut reading.held, title);
                    titles::included(title).iter().for_each(|title| add(&mut reading.held, title));
                }
            } else {
                reading.lowered = true;
            }
            at += count;
            behind = at;
            continue;
        }
        if let Some((count, pair)) = unlisted_chief(&words[at..]) {
            if whose == Whose::Own && !lowered_before(words, behind, at) {
                pair.into_iter().for_each(|title| add(&mut reading.held, title));
            }
            at += count;
            behind = at;
            continue;
        }
        whose = turn(whose, words, at);
        at += 1;
    }
    reading
}

fn add(held: &mut Vec<&'static Title>, title: &'static Title) {
    if !held.contains(&title) {
        held.push(title);
    }
}

/// Whether `whose` ends before this word.
fn ends(whose: Whose, word: &Word) -> bool {
    let broken = word.before >= Break::Comma;
    match whose {
        Whose::Own => false,
        Whose::Object => broken || word.before == Break::Slash || word.norm == "and",
        Whose::Company => broken || word.before == Break::Slash,
        Whose::Served => word.before >= Break::Dash,
        Whose::Addressed | Whose::Past => broken,
    }
}

/// How an unknown word changes whose the titles after it are.
fn turn(whose: Whose, words: &[Word], at: usize) -> Whose {
    let word = words[at].norm.as_str();
    let served = || {
        words[..at].iter().any(|w| {
            matches!(
                w.norm.as_str(),
                "assistant" | "aide" | "advisor" | "adviser" | "secretary" | "support" | "office" | "liaison" | "staff"
            )
        })
    };
    match (whose, word) {
        (Whose::Served | Whose::Past, _) => whose,
        (_, "to" | "of" | "for") if served() => Whose::Served,
        (_, "reporting" | "supporting" | "assisting") => Whose::Served,
        (_, "former" | "formerly" | "retired" | "previously" | "ex" | "late") => Whose::Past,
        (Whose::Company, _) => whose,
        (_, "at") => Whose::Company,
        (_, "to" | "with" | "under") => Whose::Addressed,
        (Whose::Addressed, _) => whose,
        (_, "of" | "for") => Whose::Object,
        _ => whose,
    }
}

/// The longest known phrase here, over any break that a filer may set inside one ("VP - Sales",
/// "Chair (Board)"); words before the break must be able to stand before it.
fn phrase(words: &[Word]) -> Option<(usize, &'static Title)> {
    let joins = |word: &str| {
        matches!(
            word,
            "president"
                | "member"
                | "director"
                | "manager"
                | "head"
                | "secretary"
                | "counsel"
                | "chair"
                | "associate"
                | "partner"
        )
    };
    let mut run: Vec<Word> = Vec::with_capacity(8);
    for word in words.iter().take(10) {
        if word.before >= Break::Slash && run.last().is_some_and(|last| !joins(&last.norm)) {
            break;
        }
        run.push(Word { before: Break::Space, ..word.clone() });
    }
    let (count, found) = titles::longest_filed(&run)?;
    found.first().map(|title| (count, *title))
}

/// "VP of Sales and Marketing" is both: the titles that the functions after `and` make with the same rank.
fn further_functions(words: &[Word], count: usize, found: &'static Title) -> Vec<&'static Title> {
    let Some((rank, _)) = found.name.split_once(" of ") else { return Vec::new() };
    let mut more = Vec::new();
    let mut at = count;
    while at < words.len() && (words[at].norm == "and" || words[at].before == Break::Slash) {
        let from = if words[at].norm == "and" { at + 1 } else { at };
        let Some((length, function)) = titles::functions().longest(&words[from..]) else { break };
        let title = function.first().and_then(|function| titles::named(&format!("{rank} of {}", function.name)));
        more.extend(title);
        at = from + length;
    }
    more
}

/// "Chief Legal and Compliance Officer" is both chiefs; a chief the table does not know is none, and
/// nothing inside its name counts. Gives the number of words and the titles.
fn unlisted_chief(words: &[Word]) -> Option<(usize, Vec<&'static Title>)> {
    const MOST_WORDS: usize = 8;
    if words.first()?.norm != "chief" || words.get(1)?.norm == "of" {
        return None;
    }
    let end = words.iter().take(MOST_WORDS).position(|word| word.norm == "officer")?;
    let mut names = vec![String::from("chief")];
    for word in &words[1..end] {
        if word.norm == "and" || word.before >= Break::Slash {
            names.push(String::from("chief"));
        }
        if word.norm != "and" {
            let name = names.last_mut().expect("it holds at least the first name");
            name.push(' ');
            name.push_str(&word.norm);
        }
    }
    let found = names.iter().filter_map(|name| titles::named(&format!("{name} officer"))).collect();
    Some((end + 1, found))
}

/// Whether the phrase at `from..to` is held by the person: nothing before or after it takes it away.
fn stands(words: &[Word], behind: usize, from: usize, to: usize, title: &Title) -> bool {
    // "Helping CEOs grow": one person holds no plural.
    let plural = to - from == 1 && words[from].norm.strip_suffix('s') == Some(&title.short.to_ascii_lowercase());
    !plural
        && !lowered_before(words, behind, from)
        && !taken_after(words, to)
        && stands_alone(title, own_part_before(words, behind, from), to - from, own_part_after(words, to))
}

/// Words that lower the title they stand before, or put it in the past or future.
const LOWERING: &str = "deputy assistant associate former formerly ex past retired incoming vice sub under emeritus emerita \
    honorary aspiring future shadow prospective non outgoing designate";

/// Nouns behind a title that make it another person's: "CEO *Coach*".
const SERVING: &str = "assistant coach coaching office support scheduler search recruiter delegate liaison mentor \
    roundtable whisperer";

/// Words before a title, in the same part of the line, that lower it or put it in the past or future.
fn lowered_before(words: &[Word], behind: usize, from: usize) -> bool {
    own_part_before(words, behind, from).iter().any(|word| among(LOWERING, &word.norm))
}

/// Words after a title that put it in the past or future, or make it somebody else's.
fn taken_after(words: &[Word], to: usize) -> bool {
    let Some(next) = words.get(to) else { return false };
    let last = matches!(next.norm.as_str(), "emeritus" | "emerita" | "retired" | "former" | "past" | "outgoing");
    if last && (next.before < Break::Slash || words.get(to + 1).is_none_or(|after| after.before >= Break::Slash)) {
        return true;
    }
    let same_part = next.before < Break::Slash;
    if same_part && matches!(next.norm.as_str(), "advisory" | "advisor" | "adviser" | "consultant" | "consulting") {
        return true;
    }
    let elect = matches!(next.norm.as_str(), "elect" | "designate" | "designee" | "nominee" | "candidate");
    if elect && next.before != Break::Slash {
        return true;
    }
    same_part && own_part_after(words, to).iter().any(|word| among(SERVING, &word.norm))
}

/// The words between the last title (or break) and `from` that belong to the title at `from`.
fn own_part_before(words: &[Word], behind: usize, from: usize) -> &[Word] {
    let mut start = from;
    while start > behind {
        let broken = start < words.len() && words[start].before >= Break::Slash;
        if broken || words[start - 1].norm == "and" {
            break;
        }
        start -= 1;
    }
    &words[start..from]
}

/// The words after `to` that still belong to the same noun.
fn own_part_after(words: &[Word], to: usize) -> &[Word] {
    let rest = words.get(to..).unwrap_or(&[]);
    let outside = |word: &Word| {
        word.before >= Break::Slash
            || matches!(word.norm.as_str(), "and" | "of" | "for" | "to" | "in" | "at" | "with" | "on" | "by")
    };
    let length = rest.iter().position(outside).unwrap_or(rest.len());
    &rest[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(title: &str) -> Vec<&'static str> {
        held(title).iter().map(|held| held.short).collect()
    }

    #[test]
    fn a_title_holds_every_known_phrase_in_it() {
        assert_eq!(names("EVP, General Counsel & Secretary"), ["EVP", "General Counsel", "Corporate Secretary"]);
        assert_eq!(names("SVP, Finance and CFO"), ["SVP", "CFO"]);
        assert_eq!(names("Founder/Owner"), ["Founder", "Owner"]);
        assert_eq!(names("CHIEF EXECUTIVE OFF."), ["CEO"]);
        assert_eq!(names("COO & CEO, Advisory Services"), ["COO", "CEO"]);
        assert_eq!(names("Chief Executive Officer (CEO)"), ["CEO"]);
        assert_eq!(names("Chief Legal & HR Officer"), ["CLO", "CHRO"]);
    }

    #[test]
    fn compounds_hold_their_parts() {
        for title in ["President & CEO", "President and Chief Executive Officer", "CEO & President", "PRESIDENT/CEO"] {
            assert!(names(title).contains(&"President") && names(title).contains(&"CEO"), "{title}");
        }
        assert_eq!(names("Secretary/Treasurer")[1..], ["Corporate Secretary", "Treasurer"]);
        assert_eq!(names("VP of Sales and Marketing"), ["VP of Sales", "VP of Marketing"]);
        assert_eq!(names("Staff Attorney"), ["Staff Attorney"]);
        assert_eq!(names("Founder & CEO"), ["Founder", "CEO"]);
    }

    #[test]
    fn a_phrase_inside_a_longer_one_does_not_count() {
        assert_eq!(names("Vice President"), ["VP"]);
        assert_eq!(names("Vice-President, Diagnostics"), ["VP"]);
        assert_eq!(names("Deputy General Counsel"), ["Deputy General Counsel"]);
        assert_eq!(names("Office Managing Partner"), ["Office Managing Partner"]);
    }

    #[test]
    fn lowered_past_coming_and_served_titles_do_not_count() {
        for title in [
            "Deputy CEO",
            "Deputy Chief Financial Officer",
            "Assistant to the CEO",
            "Executive Assistant to CEO, CFO",
            "Office of the CEO",
            "Chief of Staff, Office of the CEO",
            "former CEO",
            "ex-CEO",
            "CEO Emeritus",
            "retired CEO",
            "Past President",
            "CEO (retired)",
            "CEO-elect",
            "Incoming CEO",
            "Advisor to the CEO",
            "CEO Coach",
            "Former President & CEO",
            "Chief of Staff to the CEO",
            "SVP, CoS to the Chairman & CEO",
            "EA to the President and CEO",
            "President-Elect",
            "Associate Director for the CEO",
        ] {
            let names = names(title);
            assert!(!names.iter().any(|name| matches!(*name, "CEO" | "CFO" | "President")), "{title}: {names:?}");
        }
        for title in ["CEO's Office", "Helping CEOs grow", "CEO Advisory Partner", "CEO, retired"] {
            assert!(!names(title).contains(&"CEO"), "{title}");
        }
        assert_eq!(names("Former CFO, Founder"), ["Founder"]);
        assert_eq!(names("Investor | Board Member | Former CEO"), ["Investor", "Board Member"]);
        assert_eq!(names("Deputy CFO & CAO"), ["CAO"]);
    }

    #[test]
    fn acting_joint_and_divisional_holders_hold_the_title() {
        for title in [
            "Interim CEO",
            "Acting CEO",
            "Co-CEO",
            "CEO North America",
            "KFC Division CEO",
            "CEO, Patient Care",
            "Chief Executive Officer of X Division",
            "Group CEO",
            "Global CEO",
            "CEO at Acme | Board Member",
        ] {
            assert!(names(title).contains(&"CEO"), "{title}");
        }
    }

    #[test]
    fn plain_nouns_count_only_as_the_head() {
        for title in [
            "Product Owner",
            "HR Business Partner",
            "Partner Marketing Manager",
            "Committee Member",
            "Principal Engineer",
            "Sales Associate",
            "Medical Secretary",
            "Member Services Director",
            "Channel Partner Manager",
            "Membership Chair",
        ] {
            let names = names(title);
            let plain =
                ["Owner", "Partner", "Member", "Principal", "Associate Attorney", "Corporate Secretary", "Chair"];
            assert!(!names.iter().any(|name| plain.contains(name)), "{title}: {names:?}");
        }
        assert_eq!(names("Litigation Partner"), ["Partner"]);
        assert_eq!(names("Partner, Real Estate"), ["Partner"]);
        assert_eq!(names("Tax Associate"), ["Associate Attorney"]);
        assert_eq!(names("Owner Operator"), ["Owner"]);
    }

    #[test]
    fn level_and_department_follow_from_the_words() {
        let derived = |title| (derive(title).seniority.unwrap_or(""), derive(title).department.unwrap_or(""));
        assert_eq!(derived("EVP, General Counsel"), ("c_suite", "legal"));
        assert_eq!(derived("VP, Customer Success"), ("vp", "customer_service"));
        assert_eq!(derived("Director of Widget Marketing"), ("director", "marketing"));
        assert_eq!(derived("Chief Happiness Wizard Officer"), ("c_suite", ""));
        assert_eq!(derived("Executive Assistant to the CEO"), ("entry", "administrative"));
        assert_eq!(derived("Head of Widgets"), ("head", ""));
        assert_eq!(derived("Senior Widget Polisher"), ("senior", ""));
        assert_eq!(derived("Window"), ("", ""));
        assert_eq!(derived("Deputy CEO"), ("vp", ""));
    }
}

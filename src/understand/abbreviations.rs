//! Spells out what filers cut short: "Sr. VP, Gen Counsel & Corp Sec" is "senior vice president
//! general counsel and corporate secretary". Titles in public filings are cut after 30 letters and
//! exported ones after 12, so a last word may miss its end ("Vice Preside").

use super::words::{Break, Word, words};

/// The words of a filed title with abbreviations spelled out; offsets stay those of the original.
pub(super) fn spelled_out(title: &str) -> Vec<Word> {
    let mut plain = words(title);
    for at in 1..plain.len() {
        // In a title a single dot ends an abbreviation, not a sentence.
        if title[plain[at - 1].end..plain[at].start].trim() == "." {
            plain[at].before = Break::Space;
        }
    }
    let cut: Vec<Word> = plain.into_iter().flat_map(|word| at_capitals(title, word)).collect();
    let mut out: Vec<Word> = Vec::with_capacity(cut.len() + 4);
    for (i, word) in cut.iter().enumerate() {
        let next = cut.get(i + 1).map_or("", |next| next.norm.as_str());
        let hyphen_next = cut.get(i + 1).is_some_and(|next| next.before == Break::Hyphen);
        let text = expanded(&word.norm, &out, next, hyphen_next);
        for (nth, part) in text.split(' ').filter(|part| !part.is_empty()).enumerate() {
            let before = if nth == 0 { word.before } else { Break::Space };
            out.push(Word { start: word.start, end: word.end, norm: part.to_owned(), before });
        }
    }
    out
}

/// Cuts "GroupPresident" and "SrVP" where a capital follows a small letter.
fn at_capitals(title: &str, word: Word) -> Vec<Word> {
    let written = &title[word.start..word.end];
    let joint = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    let plain = written.bytes().all(|b| b.is_ascii_alphabetic()) && !written.starts_with("Mc");
    if !plain || !written.as_bytes().windows(2).any(joint) {
        return vec![word];
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 1..=written.len() {
        if at == written.len() || joint(&written.as_bytes()[at - 1..=at]) {
            parts.push(Word {
                start: word.start + from,
                end: word.start + at,
                norm: written[from..at].to_ascii_lowercase(),
                before: if from == 0 { word.before } else { Break::Space },
            });
            from = at;
        }
    }
    parts
}

/// One word spelled out, given what was written before and the word that follows.
fn expanded(norm: &str, earlier: &[Word], next: &str, hyphen_next: bool) -> String {
    let previous = earlier.last().map_or("", |word| word.norm.as_str());
    let after_chief = earlier.iter().any(|word| matches!(word.norm.as_str(), "chief" | "principal"));
    if norm == "ex" {
        // "Ex VP" is an executive one, "ex-VP" a former one.
        let executive = !hyphen_next && matches!(next, "vp" | "v" | "vice" | "dir" | "director");
        return if executive { "executive" } else { "ex" }.to_owned();
    }
    if let Some(known) = by_company(norm, previous, next, after_chief) {
        return known.to_owned();
    }
    if let Some(known) = alone(norm) {
        return known.to_owned();
    }
    if let Some(two) = run_together(norm) {
        return two;
    }
    let whole = if next.is_empty() { cut_short(norm, previous) } else { None };
    whole.unwrap_or(norm).to_owned()
}

/// Abbreviations whose meaning depends on the words beside them.
fn by_company(norm: &str, previous: &str, next: &str, after_chief: bool) -> Option<&'static str> {
    let officer_next = matches!(next, "off" | "offcr" | "offr" | "ofcr" | "ofc" | "ofr" | "officer" | "office" | "of");
    let chief_word = after_chief && (officer_next || previous == "chief");
    Some(match norm {
        "v" if next.starts_with("pres") || next == "p" => "vice",
        "vic" if next.starts_with("pres") => "vice",
        "p" if previous == "vice" => "president",
        "of" if after_chief && next.is_empty() && previous != "chief" => "officer",
        "of" if after_chief && matches!(next, "and" | "ch" | "chief") => "officer",
        "office" if after_chief && (next.is_empty() || next == "and") => "officer",
        "elec" | "ele" | "el" if next.is_empty() && !previous.is_empty() => "elect",
        "emer" | "eme" | "emerit" if next.is_empty() => "emeritus",
        "finan" | "financ" | "financi" if previous == "chief" && next.is_empty() => "financial officer",
        "operat" | "operati" if previous == "chief" && next.is_empty() => "operating officer",
        "fin" | "finan" if chief_word => "financial",
        "op" | "oper" | "opr" | "operation" if chief_word => "operating",
        "admin" | "adm" | "administration" if chief_word => "administrative",
        "tech" | "technol" if chief_word => "technology",
        "invest" | "inv" if chief_word => "investment",
        "comm" | "coml" | "comml" if chief_word => "commercial",
        "med" if chief_word => "medical",
        "sci" if chief_word => "scientific",
        "info" | "inf" if chief_word => "information",
        "res" if previous == "human" => "resources",
        "res" if previous == "hum" => "resources",
        "hum" if next.starts_with("res") => "human",
        "supp" | "sup" | "sply" if next.starts_with("ch") => "supply",
        "ch" | "chn" if previous == "supply" => "chain",
        "ch" if matches!(next, "exec" | "executive" | "fin" | "financial" | "op" | "legal" | "strategy" | "sup") => {
            "chief"
        }
        "bd" if next.starts_with("m") || next.starts_with("ch") || previous == "the" || previous == "of" => "board",
        "di" | "dir" | "direct" if matches!(previous, "executive" | "managing" | "board") && next.is_empty() => {
            "director"
        }
        "sec" if next == "reporting" => "sec",
        "gen" | "genl" if next.starts_with("mn") || next.starts_with("mg") || next.starts_with("man") => "general",
        "assoc" if previous.is_empty() && next.is_empty() => "associate",
        "mem" | "mbr" if previous == "board" => "member",
        _ => return None,
    })
}

/// Abbreviations with one meaning in a title.
fn alone(norm: &str) -> Option<&'static str> {
    Some(match norm {
        "sr" | "snr" => "senior",
        "jr" => "junior",
        "exec" | "exe" | "excutive" | "execut" => "executive",
        "pres" | "prez" | "presdent" | "presidnet" => "president",
        "vp" | "vicepresident" => "vice president",
        "svp" => "senior vice president",
        "evp" => "executive vice president",
        "sevp" => "senior executive vice president",
        "avp" => "assistant vice president",
        "gvp" => "group vice president",
        "rvp" => "regional vice president",
        "cvp" => "corporate vice president",
        "off" | "offcr" | "offr" | "ofcr" | "ofc" | "ofr" | "officr" | "offic" | "offi" | "ofcer" | "offc" => "officer",
        "fin" | "finan" => "finance",
        "financl" | "finl" | "financal" | "finacial" => "financial",
        "ops" => "operations",
        "op" | "oper" | "opr" => "operating",
        "acct" | "acctg" | "acctng" | "actg" | "accntg" | "accting" | "acc" => "accounting",
        "mktg" | "mkt" | "mkting" | "mrktg" | "mktng" => "marketing",
        "technol" => "technology",
        "leg" => "legal",
        "gen" | "genl" | "gnrl" => "general",
        "coun" | "couns" | "cnsl" | "counse" | "cnsel" | "counsl" | "counc" => "counsel",
        "sec" | "secy" | "secty" | "secr" | "scty" => "secretary",
        "treas" | "treasr" | "tresurer" | "treasuer" | "treasure" | "trea" => "treasurer",
        "corp" | "corpora" => "corporate",
        "mgr" | "mngr" | "mgnr" | "mangr" => "manager",
        "mgmt" | "mgt" | "mgmnt" | "mngmt" => "management",
        "dir" | "dirctr" => "director",
        "asst" | "assist" | "ast" => "assistant",
        "assoc" => "associate",
        "dep" | "dpty" => "deputy",
        "chf" | "cheif" | "chif" => "chief",
        "strat" => "strategy",
        "dev" | "devel" | "devt" | "devlp" | "devlpmt" | "develop" => "development",
        "bus" | "bsns" => "business",
        "mng" | "mgng" | "mging" | "mang" => "managing",
        "chmn" | "chm" | "chairmn" | "chrmn" => "chairman",
        "cntrlr" | "controll" | "contrlr" | "ctrlr" | "contr" | "comptr" | "cntrllr" => "controller",
        "compl" => "compliance",
        "ptnr" | "prtnr" => "partner",
        "atty" => "attorney",
        "admin" => "administrative",
        "supt" => "superintendent",
        "prof" => "professor",
        "fndr" => "founder",
        "natl" => "national",
        "intl" => "international",
        "reg" => "regional",
        "glbl" | "glob" => "global",
        "grp" => "group",
        "dept" => "department",
        "div" => "division",
        "cust" => "customer",
        "srvcs" | "svcs" | "svc" | "srvc" => "services",
        "sply" => "supply",
        "chn" => "chain",
        "ppl" => "people",
        "merch" => "merchandising",
        "mfg" | "mfr" => "manufacturing",
        "rsrcs" | "resour" | "rsrc" => "resources",
        "sust" | "sustain" => "sustainability",
        "innov" => "innovation",
        "trnfrm" | "transf" => "transformation",
        "bod" => "board of directors",
        _ => return None,
    })
}

/// Words that end a title, for those that lost their end or their space.
const ROLES: [&str; 20] = [
    "president",
    "director",
    "officer",
    "executive",
    "secretary",
    "treasurer",
    "chairman",
    "chairperson",
    "manager",
    "counsel",
    "member",
    "trustee",
    "controller",
    "representative",
    "superintendent",
    "administrator",
    "founder",
    "owner",
    "commissioner",
    "chancellor",
];

/// "presidentdirector" in two words.
fn run_together(norm: &str) -> Option<String> {
    const SHORT: [&str; 3] = ["ceo", "cfo", "coo"];
    ROLES.iter().find_map(|first| {
        let second = norm.strip_prefix(first)?;
        (ROLES.contains(&second) || SHORT.contains(&second)).then(|| format!("{first} {second}"))
    })
}

/// The whole of a last word that misses its end. Five letters make it certain, four after "vice".
fn cut_short(norm: &str, previous: &str) -> Option<&'static str> {
    // "control" and "direct" are words of their own; "dire" is none.
    let least = if matches!(previous, "vice" | "general") || norm.starts_with("dire") { 4 } else { 6 };
    let enough = norm.len() >= least && !matches!(norm, "control" | "direct" | "office");
    ROLES.into_iter().find(|role| enough && role.starts_with(norm) && norm.len() < role.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(title: &str) -> String {
        spelled_out(title).iter().map(|word| word.norm.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_cut_short_are_spelled_out() {
        for (filed, whole) in [
            ("CHIEF EXECUTIVE OFF.", "chief executive officer"),
            ("Chief Fin. Offcr", "chief financial officer"),
            ("Sr. VP, Gen Counsel & Corp Sec'y", "senior vice president general counsel and corporate secretary"),
            ("Ex VP, Refining", "executive vice president refining"),
            ("ex-VP", "ex vice president"),
            ("V. Pres. & Treas", "vice president and treasurer"),
            ("Chief Operating Of", "chief operating officer"),
            ("Chief Tech. Ofr", "chief technology officer"),
            ("GroupPresident", "group president"),
            ("SrVP/Mktg", "senior vice president marketing"),
            ("VICE PRESIDE", "vice president"),
            ("EXECUTIVE DI", "executive director"),
            ("TREASURERDIRECTOR", "treasurer director"),
            ("Head of Operations", "head of operations"),
            ("Director, Direct Sales", "director direct sales"),
        ] {
            assert_eq!(spelled(filed), whole, "{filed}");
        }
    }
}

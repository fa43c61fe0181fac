//! Kinds of software that a company has or lacks: "manufacturers without an ERP".
//!
//! Protects "no invented constraint": what a company lacks is no sector that is left out.

use super::grammar::Walk;
use super::words::Break;

const SYSTEMS: [&str; 26] = [
    "erp",
    "erp system",
    "crm",
    "crm system",
    "ats",
    "applicant tracking system",
    "hris",
    "hr system",
    "wms",
    "tms",
    "mes",
    "plm",
    "cdp",
    "cms",
    "lms",
    "pos",
    "pos system",
    "data warehouse",
    "marketing automation",
    "ticketing system",
    "practice management software",
    "case management system",
    "document management system",
    "online shop",
    "webshop",
    "website",
];

/// "without an ERP", "with no CRM": takes the kind that is lacked, behind the words of the exclusion.
pub(super) fn missing(walk: &mut Walk<'_>, at: usize) -> Option<usize> {
    let sentence = walk.sentence;
    let lacking = walk.begins_exclusion() && at > walk.begin && !["not", "non"].contains(&sentence.norm(at - 1));
    let article = usize::from(["a", "an", "any", "their", "own"].contains(&sentence.norm(at)));
    let last = at + article + sentence.longest_of(at + article, &SYSTEMS).filter(|_| lacking)?;
    // "without ERP consultants" leaves out people.
    let ends = last >= walk.end || sentence.before(last) >= Break::Comma || walk.zone_at(last).is_some();
    (ends && last <= walk.end).then_some(())?;
    let entry = format!("technology:{}", sentence.slice(at + article, last));
    walk.found.excluded_other(&entry, at, last);
    Some(last)
}

//! Who is meant: contacts by id, by address, by a name as people write it, and by a description.
//!
//! Protects the rule that a reference never leaves its workspace, and that equally good answers are all answered: who
//! asked decides between them.

use std::collections::HashMap;

use uuid::Uuid;

use super::alike::{Asked, RANK_MAX, Rank};
use super::{emails, fields, names, store};
use crate::db::Tx;
use crate::error::Result;
use crate::understand::titles;

/// Contacts that one look at a name brings; the shortest names come first.
pub(super) const CANDIDATES_MAX: u32 = 500;
/// Contacts read at a time when a description is followed.
const PORTION: u32 = 500;
/// Job titles that are remembered while a description is followed.
const TITLES_REMEMBERED_MAX: usize = 10_000;

/// How somebody speaks of a contact. The most exact of what is given counts: the id, else the address, else the name,
/// and with it the company; a company alone means all of its people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The contact itself.
    pub id: Option<Uuid>,
    /// Its address, whatever its case.
    pub email: Option<String>,
    /// A name, or a part of it.
    pub name: Option<String>,
    /// The company the contact works at.
    pub company: Option<String>,
}

/// What tells one contact from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The contact.
    pub id: Uuid,
    /// As it is shown.
    pub full_name: String,
    /// As given.
    pub email: Option<String>,
    /// The position held.
    pub job_title: Option<String>,
    /// The company's name, or that of the company the contact is linked to.
    pub company_name: Option<String>,
    /// Grows with every change.
    pub version: i64,
}

/// One contact in brief; nothing when there is none in the workspace.
pub fn brief(tx: &mut Tx, workspace_id: Uuid, id: Uuid) -> Result<Option<Brief>> {
    store::brief(tx, workspace_id, id)
}

/// The contacts that fit best, at most `limit`, all of them equally well. One answer is certain; several are to be told
/// apart by whoever asked.
pub fn find(tx: &mut Tx, workspace_id: Uuid, wanted: &Wanted, limit: usize) -> Result<Vec<Brief>> {
    if let Some(id) = wanted.id {
        return Ok(store::brief(tx, workspace_id, id)?.into_iter().collect());
    }
    if let Some(email) = &wanted.email {
        let id = store::id_of_email(tx, workspace_id, &emails::normal(email))?;
        let found = id.map(|id| store::brief(tx, workspace_id, id)).transpose()?.flatten();
        return Ok(found.into_iter().collect());
    }
    let company = wanted.company.as_deref().and_then(Asked::company);
    let mut found = match (wanted.name.as_deref().map(Asked::person), &company) {
        (Some(None), _) | (None, None) => return Ok(Vec::new()),
        (Some(Some(name)), _) => named(tx, workspace_id, &name)?,
        (None, Some(company)) => return all_at(tx, workspace_id, company, limit),
    };
    if let Some(company) = &company {
        found = at(company, found);
    }
    let best = found.iter().map(|(rank, _)| *rank).min();
    let found = found.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, brief)| brief);
    Ok(found.take(limit).collect())
}

/// Those whose name fits: first those without a wrong letter, and only if there are none, those with one.
fn named(tx: &mut Tx, workspace_id: Uuid, name: &Asked) -> Result<Vec<(Rank, Brief)>> {
    for parts in [name.exactly(), name.roughly()] {
        let found = store::named(tx, workspace_id, &parts, CANDIDATES_MAX)?;
        let found: Vec<(Rank, Brief)> =
            found.into_iter().filter_map(|brief| Some((name.rank(&brief.full_name)?, brief))).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Those who work at the company; if none does, those of whom no company is known.
fn at(company: &Asked, found: Vec<(Rank, Brief)>) -> Vec<(Rank, Brief)> {
    let (known, unknown): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, brief)| brief.company_name.is_some());
    let known: Vec<(Rank, Brief)> = known
        .into_iter()
        .filter_map(|(rank, brief)| {
            let fit = company.rank(brief.company_name.as_deref()?)?;
            // The company's fit counts before that of the name.
            Some((fit * RANK_MAX + rank, brief))
        })
        .collect();
    if known.is_empty() { unknown } else { known }
}

/// The people of the company that fits best, oldest first, at most `limit`.
fn all_at(tx: &mut Tx, workspace_id: Uuid, company: &Asked, limit: usize) -> Result<Vec<Brief>> {
    let mut best = Rank::MAX;
    let mut fitting = Vec::new();
    each_described(tx, workspace_id, &Described::default(), |one| {
        let rank = one.company_name.as_deref().and_then(|name| company.rank(name)).unwrap_or(Rank::MAX);
        if rank < best {
            best = rank;
            fitting.clear();
        }
        if rank == best && rank < Rank::MAX && fitting.len() < limit {
            fitting.push(one.id);
        }
        true
    })?;
    let briefs = fitting.into_iter().map(|id| store::brief(tx, workspace_id, id));
    Ok(briefs.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// A description of contacts: what is given must all hold, and of several values of one kind any, but for tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// Members of this list.
    pub list_id: Option<Uuid>,
    /// Those that have all of these tags, whatever their case.
    pub tags: Vec<String>,
    /// Those at one of these companies.
    pub companies: Vec<String>,
    /// Those who hold one of these job titles.
    pub titles: Vec<String>,
    /// Part of a name or of an address.
    pub search: Option<String>,
}

/// The contacts that fit a description, oldest first, at most `limit`.
pub fn matching(tx: &mut Tx, workspace_id: Uuid, described: &Described, limit: usize) -> Result<Vec<Uuid>> {
    let companies: Vec<Asked> = described.companies.iter().filter_map(|name| Asked::company(name)).collect();
    let mut titles = Titles { asked: &described.titles, judged: HashMap::new() };
    let mut fits = |one: &store::Described| {
        let company = one.company_name.as_deref();
        let has = |tag: &String| one.tags.iter().any(|there| fields::same_tag(there, tag));
        let works_at = |asked: &Asked| company.is_some_and(|company| asked.rank(company).is_some());
        described.tags.iter().all(has)
            && (described.companies.is_empty() || companies.iter().any(works_at))
            && (described.titles.is_empty() || one.job_title.as_deref().is_some_and(|held| titles.fit(held)))
    };
    let mut fitting = Vec::new();
    each_described(tx, workspace_id, described, |one| {
        if fitting.len() < limit && fits(&one) {
            fitting.push(one.id);
        }
        fitting.len() < limit
    })?;
    Ok(fitting)
}

/// Gives the contacts of the described list, or of the workspace, to `take`, oldest first, until it answers false. Few of
/// them are in memory at a time.
fn each_described(
    tx: &mut Tx,
    workspace_id: Uuid,
    described: &Described,
    mut take: impl FnMut(store::Described) -> bool,
) -> Result<()> {
    let mut after = None;
    loop {
        let portion = store::described(tx, workspace_id, described, after, PORTION)?;
        let is_last = portion.len() < PORTION as usize;
        after = portion.last().map(|last| (last.created_at_ms, last.id));
        if !portion.into_iter().all(&mut take) || is_last {
            return Ok(());
        }
    }
}

/// The job titles asked for, and which of those that are held fit: people hold the same few titles again and again.
struct Titles<'a> {
    asked: &'a [String],
    judged: HashMap<String, bool>,
}

impl Titles<'_> {
    fn fit(&mut self, held: &str) -> bool {
        if let Some(fits) = self.judged.get(held) {
            return *fits;
        }
        if self.judged.len() >= TITLES_REMEMBERED_MAX {
            self.judged.clear();
        }
        let fits = self.asked.iter().any(|title| title_fits(title, held));
        self.judged.insert(held.to_owned(), fits);
        fits
    }
}

/// Whether a job title is the one asked for, or has all words of it in whatever number ("partners", "Managing Partner").
fn title_fits(asked: &str, kept: &str) -> bool {
    if titles::named(asked).is_some_and(|title| titles::held(kept).iter().any(|held| held.id == title.id)) {
        return true;
    }
    let (asked, kept) = (names::key(asked), names::key(kept));
    let single = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let kept: Vec<String> = kept.split(' ').map(single).collect();
    !asked.is_empty() && asked.split(' ').map(single).all(|word| kept.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_held_in_whatever_number_and_abbreviation() {
        assert!(title_fits("managing partners", "Managing Partner, Litigation"));
        assert!(!title_fits("managing partners", "Partner"));
        assert!(title_fits("CEOs", "Chief Executive Officer"));
        assert!(!title_fits("CEO", "Assistant to the Chief of Staff"));
        assert!(!title_fits("", "Partner"));
    }
}

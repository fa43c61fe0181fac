//! Counting votes: whether those given meet what a rule wants, and what is missing. Pure.
//!
//! Each unit of a count is a seat, and each seat wants a voter of its own. Which voter takes which seat is a matching in
//! a small bipartite graph (at most [`super::expression::VOTES_MAX`] seats), found by augmenting paths.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use uuid::Uuid;

use super::expression::Expression;
use crate::keys::roles::Roles;

/// Alternatives that a sentence about what is missing names.
const SAID_MAX: usize = 3;

/// Who voted.
#[derive(Debug, Clone)]
pub struct Voter {
    /// The key.
    pub key_id: Uuid,
    /// The roles it carried.
    pub roles: Roles,
    /// Whether a person voted: not a program, and no policy.
    pub is_human: bool,
    /// Whether the key asked for the task.
    pub is_requester: bool,
}

/// So many voters of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// How many.
    pub count: u32,
    /// What they carry; none: whatever.
    pub role: Option<String>,
    /// Only people.
    pub human: bool,
    /// Not who asked for the task.
    pub not_requester: bool,
}

impl Term {
    fn takes(&self, voter: &Voter) -> bool {
        self.role.as_deref().is_none_or(|role| voter.roles.holds(role))
            && (!self.human || voter.is_human)
            && !(self.not_requester && voter.is_requester)
    }
}

/// One way to meet a rule: all of these, by different keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternative {
    /// What is wanted.
    pub terms: Vec<Term>,
}

impl Alternative {
    /// How many approvals it wants.
    pub fn votes(&self) -> u32 {
        self.terms.iter().map(|term| term.count).sum()
    }

    /// What both want.
    pub(super) fn beside(&self, other: &Alternative) -> Alternative {
        Alternative { terms: self.terms.iter().chain(&other.terms).cloned().collect() }
    }

    /// Per term how many voters are missing. Terms with a role are served first, so that whoever carries none fills the
    /// seats that want none.
    fn missing(&self, voters: &[Voter]) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.terms.len()).collect();
        order.sort_by_key(|&at| self.terms[at].role.is_none());
        let seats: Vec<usize> =
            order.into_iter().flat_map(|at| std::iter::repeat_n(at, self.terms[at].count as usize)).collect();
        let mut seat_of: Vec<Option<usize>> = vec![None; voters.len()];
        let mut missing = vec![0; self.terms.len()];
        for (seat, &term) in seats.iter().enumerate() {
            let mut tried = vec![false; voters.len()];
            if !self.seat(seat, &seats, voters, &mut seat_of, &mut tried) {
                missing[term] += 1;
            }
        }
        missing
    }

    /// Finds a voter for a seat, moving others to further seats where that helps.
    fn seat(
        &self,
        seat: usize,
        seats: &[usize],
        voters: &[Voter],
        seat_of: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for (at, voter) in voters.iter().enumerate() {
            if tried[at] || !self.terms[seats[seat]].takes(voter) {
                continue;
            }
            tried[at] = true;
            let free = match seat_of[at] {
                None => true,
                Some(taken) => self.seat(taken, seats, voters, seat_of, tried),
            };
            if free {
                seat_of[at] = Some(seat);
                return true;
            }
        }
        false
    }
}

/// What votes come to for one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What is missing, an alternative each, those with the least first; empty when the rule is met.
    missing: Vec<Vec<Term>>,
}

impl Tally {
    /// Counts votes for what a rule wants.
    pub fn of(approve: &Expression, voters: &[Voter]) -> Tally {
        let mut missing: Vec<Vec<Term>> = Vec::new();
        for alternative in approve.alternatives() {
            let left: Vec<Term> = alternative
                .missing(voters)
                .into_iter()
                .zip(&alternative.terms)
                .filter(|(count, _)| *count > 0)
                .map(|(count, term)| Term { count, ..term.clone() })
                .collect();
            if left.is_empty() {
                return Tally { missing: Vec::new() };
            }
            missing.push(left);
        }
        missing.sort_by_key(|terms| votes(terms));
        missing.dedup();
        Tally { missing }
    }

    /// Whether nothing is missing.
    pub fn is_met(&self) -> bool {
        self.missing.is_empty()
    }

    /// What is missing, in words: `1 of compliance and 1 of partner, or 1 of managing-partner`.
    pub fn in_words(&self) -> String {
        let mut text = String::new();
        for (at, terms) in self.missing.iter().take(SAID_MAX).enumerate() {
            text.push_str(if at == 0 { "" } else { ", or " });
            text.push_str(&terms.iter().map(in_words).collect::<Vec<_>>().join(" and "));
        }
        if self.missing.len() > SAID_MAX {
            text.push_str(", or others");
        }
        text
    }
}

fn votes(terms: &[Term]) -> u32 {
    terms.iter().map(|term| term.count).sum()
}

/// `2 of partner`, `1 more by a person who did not ask for the task`.
fn in_words(term: &Term) -> String {
    let mut text = match &term.role {
        Some(role) => format!("{} of {role}", term.count),
        None => format!("{} more", term.count),
    };
    let who = if term.human { "a person" } else { "a key" };
    match (term.human, term.not_requester) {
        (false, false) => {}
        (true, false) => text.push_str(" by a person"),
        (_, true) => {
            let _ = write!(text, " by {who} that did not ask for the task");
        }
    }
    text
}

/// The fewest further approvals that could meet all these rules, when each is by a key of one role.
pub fn fewest_missing(tallies: &[Tally]) -> u32 {
    let mut by_role: BTreeMap<&str, u32> = BTreeMap::new();
    let mut most = 0;
    for tally in tallies {
        let Some(terms) = tally.missing.first() else { continue };
        most = most.max(votes(terms));
        let mut own: BTreeMap<&str, u32> = BTreeMap::new();
        for term in terms {
            if let Some(role) = &term.role {
                *own.entry(role).or_default() += term.count;
            }
        }
        for (role, count) in own {
            let entry = by_role.entry(role).or_default();
            *entry = count.max(*entry);
        }
    }
    most.max(by_role.values().sum())
}

/// Why an approval by this voter would count for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Useless {
    /// The rule lets nobody approve what he asked for.
    Requester,
    /// The rule wants people.
    NotHuman,
    /// The rule wants roles the voter does not carry.
    Roles,
}

/// Whether an approval by this voter could ever count for the rule, and why not.
pub fn use_of(approve: &Expression, voter: &Voter) -> Result<(), Useless> {
    let terms: Vec<Term> = approve.alternatives().into_iter().flat_map(|alternative| alternative.terms).collect();
    if voter.is_requester && terms.iter().all(|term| term.not_requester) {
        return Err(Useless::Requester);
    }
    if !voter.is_human && terms.iter().all(|term| term.human) {
        return Err(Useless::NotHuman);
    }
    if terms.iter().any(|term| term.takes(voter)) { Ok(()) } else { Err(Useless::Roles) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn voter(id: u128, roles: &str) -> Voter {
        let roles: Vec<&str> = roles.split_whitespace().collect();
        Voter { key_id: Uuid::from_u128(id), roles: Roles::parse(&roles).unwrap(), is_human: true, is_requester: false }
    }

    fn voters(all: &[&str]) -> Vec<Voter> {
        (1..).zip(all).map(|(id, roles)| voter(id, roles)).collect()
    }

    fn tally(text: &str, all: &[&str]) -> Tally {
        Tally::of(&Expression::parse(text).unwrap(), &voters(all))
    }

    #[test]
    fn each_count_wants_keys_of_its_own() {
        let rule = "2 of partner and 1 of compliance";
        assert!(!tally(rule, &["partner compliance", "partner"]).is_met());
        assert!(tally(rule, &["partner compliance", "partner", "partner"]).is_met());
        // The one who carries both has to move to compliance for it.
        assert!(tally("1 of partner and 1 of compliance", &["partner compliance", "partner"]).is_met());
        assert!(tally("1 of partner and any 1", &["partner", "associate"]).is_met());
        assert!(!tally("1 of partner and any 1", &["partner"]).is_met());
    }

    #[test]
    fn what_is_missing_is_said_with_the_least_first() {
        let left = tally("2 of partner and 1 of compliance or 4 of associate", &["partner", "associate"]);
        assert_eq!(left.in_words(), "1 of partner and 1 of compliance, or 3 of associate");
        assert_eq!(
            tally("any 2 and human and not requester", &[""]).in_words(),
            "1 more by a person that did not ask for the task"
        );
    }

    #[test]
    fn the_fewest_missing_of_several_rules_share_what_they_can() {
        let both = |one: &str, other: &str| fewest_missing(&[tally(one, &[]), tally(other, &[])]);
        assert_eq!(both("any 2", "1 of partner"), 2);
        assert_eq!(both("1 of compliance", "1 of partner"), 2);
        assert_eq!(both("2 of partner", "1 of partner and 1 of compliance"), 3);
        assert_eq!(fewest_missing(&[]), 0);
    }

    #[test]
    fn who_could_never_count_is_told_why() {
        let read = |text: &str| Expression::parse(text).unwrap();
        let mut program = voter(1, "associate");
        program.is_human = false;
        assert_eq!(use_of(&read("any 1 and human"), &program), Err(Useless::NotHuman));
        assert_eq!(use_of(&read("1 of partner"), &program), Err(Useless::Roles));
        assert_eq!(use_of(&read("1 of partner or any 2"), &program), Ok(()));
        let mut requester = voter(2, "partner");
        requester.is_requester = true;
        assert_eq!(use_of(&read("1 of partner and not requester"), &requester), Err(Useless::Requester));
        assert_eq!(use_of(&read("1 of associate and not requester or 2 of partner"), &requester), Ok(()));
    }

    /// Whether some assignment of different voters to all seats exists, by trying all.
    fn met_by_trying(terms: &[Term], voters: &[Voter], used: &mut Vec<usize>) -> bool {
        let Some((first, rest)) = terms.split_first() else { return true };
        let (mut next, left) = (first.clone(), rest.to_vec());
        if first.count == 0 {
            return met_by_trying(rest, voters, used);
        }
        next.count -= 1;
        let terms: Vec<Term> = std::iter::once(next).chain(left).collect();
        (0..voters.len()).any(|at| {
            if used.contains(&at) || !first.takes(&voters[at]) {
                return false;
            }
            used.push(at);
            let met = met_by_trying(&terms, voters, used);
            used.pop();
            met
        })
    }

    proptest! {
        #[test]
        fn the_count_agrees_with_trying_all_and_more_votes_never_undo_it(
            wanted in prop::collection::vec((1..3_u32, prop_oneof!["a", "b", "c", ""]), 1..4),
            held in prop::collection::vec(prop_oneof!["", "a", "b", "c", "a b", "b c", "a b c"], 0..6),
        ) {
            let terms: Vec<Term> = wanted.into_iter().map(|(count, role)| Term {
                count, role: (!role.is_empty()).then_some(role), human: false, not_requester: false,
            }).collect();
            let alternative = Alternative { terms: terms.clone() };
            let held: Vec<&str> = held.iter().map(String::as_str).collect();
            let voters = voters(&held);
            let met = alternative.missing(&voters).iter().all(|count| *count == 0);
            prop_assert_eq!(met, met_by_trying(&terms, &voters, &mut Vec::new()));
            if let Some((_, fewer)) = voters.split_last() {
                let before: u32 = alternative.missing(fewer).iter().sum();
                let after: u32 = alternative.missing(&voters).iter().sum();
                prop_assert!(after <= before && before - after <= 1);
            }
        }
    }
}

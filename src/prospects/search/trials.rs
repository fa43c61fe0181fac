//! What many filters that differ little from one would find: "without this", "with that as well".
//!
//! Each condition is looked up once, for all people who miss at most two clauses of the first filter; every trial is then
//! a few unions and intersections of bitmaps. Protects "counts are exact": a trial counts what a search would count.

use roaring::{MultiOps, RoaringBitmap};

use super::find::View;
use super::matching::{Stands, cost};
use crate::prospects::conditions::{Condition, Conditions, Facts};
use crate::prospects::filter::Filter;

/// Filters tried on the same people.
#[derive(Debug)]
pub struct Trials<'v> {
    view: &'v View<'v>,
    /// Of whom dear conditions are asked: all who can fit a filter that is one step from the first one.
    among: RoaringBitmap,
    /// Nobody of these counts.
    left_out: RoaringBitmap,
    outdated: RoaringBitmap,
    changed: Vec<(u32, Facts)>,
    known: Vec<(Condition, RoaringBitmap)>,
}

impl View<'_> {
    /// Makes ready to try filters that are one step from `first`: one clause loosened or gone, or something narrowed.
    pub fn trials(&self, first: &Filter, left_out: RoaringBitmap) -> Trials<'_> {
        let mut trials = Trials {
            view: self,
            among: RoaringBitmap::clone(&self.snapshot.people),
            left_out,
            outdated: self.outdated(),
            changed: self.changed.iter().map(|person| (person.number, Facts::of(person))).collect(),
            known: Vec::new(),
        };
        let conditions = first.conditions();
        let cheap: Vec<RoaringBitmap> = conditions
            .all
            .iter()
            .filter(|clause| clause.iter().all(|condition| cost(condition) == 0))
            .map(|clause| trials.any_of(clause))
            .collect();
        trials.among = miss_at_most_two(&trials.among, &cheap);
        trials
    }
}

impl Trials<'_> {
    /// How many fit `filter`.
    pub fn count(&mut self, filter: &Filter) -> u64 {
        let conditions = filter.conditions();
        let mut fit = self.indexed(&conditions);
        fit -= &self.outdated;
        for (number, facts) in &self.changed {
            if conditions.judge_facts(facts).matches {
                fit.insert(*number);
            }
        }
        fit -= &self.left_out;
        fit.len()
    }

    fn indexed(&mut self, conditions: &Conditions) -> RoaringBitmap {
        let mut clauses: Vec<&Vec<Condition>> = conditions.all.iter().collect();
        clauses.sort_by_key(|clause| clause.iter().map(cost).max());
        let mut fit: Option<RoaringBitmap> = None;
        for clause in clauses {
            let yes = self.any_of(clause);
            fit = Some(match fit {
                None => yes,
                Some(fit) => fit & yes,
            });
        }
        let mut fit = fit.unwrap_or_else(|| RoaringBitmap::clone(&self.view.snapshot.people));
        fit -= self.any_of(&conditions.none);
        fit
    }

    /// The people of whom one of the conditions is true.
    fn any_of(&mut self, conditions: &[Condition]) -> RoaringBitmap {
        for condition in conditions {
            if !self.known.iter().any(|(known, _)| known == condition) {
                let snapshot = self.view.snapshot;
                let yes = snapshot.truth(condition, &self.among, &mut Stands::new()).yes & &self.among;
                self.known.push((condition.clone(), yes));
            }
        }
        let wanted = self.known.iter().filter(|(known, _)| conditions.contains(known));
        wanted.map(|(_, people)| people).union()
    }
}

/// The people of `all` who are in all of the clauses, or in all but two: one step may open two, as when the words that go
/// gave a sector and a kind of company.
fn miss_at_most_two(all: &RoaringBitmap, clauses: &[RoaringBitmap]) -> RoaringBitmap {
    let (mut in_all, mut but_one, mut but_two) = (all.clone(), RoaringBitmap::new(), RoaringBitmap::new());
    for clause in clauses {
        but_two &= clause;
        but_two |= &but_one - clause;
        but_one &= clause;
        but_one |= &in_all - clause;
        in_all &= clause;
    }
    in_all | but_one | but_two
}

//! The judge: what several callers were answered at once, and what stands in the workspace afterwards, must be what the
//! model says for some order of the calls. It tries all of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::calls::Call;
use super::model::{Model, Names};
use super::moves::Underway;

/// Complaints that are told; one is nearly always enough.
const TOLD_MAX: usize = 8;
/// A request that nothing was done for because too many met: it may be sent again.
const BUSY: u64 = 503;

/// What was seen of one step.
pub struct Seen<'s> {
    pub calls: &'s [Call],
    /// What each was answered, in the words of the model.
    pub answers: &'s [Value],
    /// All tasks afterwards.
    pub after: &'s [Value],
    pub names: &'s Names,
}

/// The workspaces that explain everything that was seen, beginning at any of `before`.
///
/// # Errors
/// Nothing does: how far each attempt came, and what it would have expected there.
pub fn explain(before: &[Model], seen: &Seen<'_>) -> Result<Vec<Model>, String> {
    let mut search = Search { seen, found: Vec::new(), farthest: 0, complaints: BTreeSet::new() };
    for model in before {
        let mut calls: Vec<Underway> = vec![Underway::default(); seen.calls.len()];
        search.go_on(model, &mut calls, &mut Vec::new());
    }
    if search.found.is_empty() {
        let complaints: Vec<String> = search.complaints.into_iter().take(TOLD_MAX).collect();
        return Err(complaints.join("\n"));
    }
    Ok(search.found)
}

struct Search<'s> {
    seen: &'s Seen<'s>,
    found: Vec<Model>,
    /// How many calls the attempts that came farthest have explained.
    farthest: usize,
    complaints: BTreeSet<String>,
}

impl Search<'_> {
    /// Lets each call that is still under way do its next part, and goes on from there. `ended` are the calls that were
    /// explained, in their order.
    fn go_on(&mut self, model: &Model, calls: &mut [Underway], ended: &mut Vec<usize>) {
        if ended.len() == self.seen.calls.len() {
            return self.look_at_all(model, ended);
        }
        for at in 0..calls.len() {
            if ended.contains(&at) {
                continue;
            }
            let (call, answer) = (&self.seen.calls[at], &self.seen.answers[at]);
            let (mut after, before) = (model.clone(), calls[at].clone());
            let expected = if answer["status"] == BUSY {
                Some(answer.clone())
            } else {
                after.play(call, &mut calls[at], self.seen.names, answer)
            };
            match expected {
                None => self.go_on(&after, calls, ended),
                Some(expected) if expected == *answer || after.lost => {
                    ended.push(at);
                    self.go_on(&after, calls, ended);
                    ended.pop();
                }
                Some(expected) => {
                    let order = self.in_order(ended);
                    self.complain(
                        ended.len(),
                        format!("{order}: {call}\n    expected {expected}\n    was told {answer}"),
                    );
                }
            }
            calls[at] = before;
        }
    }

    fn look_at_all(&mut self, model: &Model, ended: &[usize]) {
        let expected: Vec<Value> = model.tasks.iter().map(|task| model.shown(task)).collect();
        let differs = expected.iter().find(|task| !self.seen.after.contains(task));
        if model.lost || (differs.is_none() && expected.len() == self.seen.after.len()) {
            if !self.found.contains(model) {
                self.found.push(model.clone());
            }
            return;
        }
        let order = self.in_order(ended);
        let complaint = match differs {
            None => format!("{order}: there are {} tasks instead of {}", self.seen.after.len(), expected.len()),
            Some(task) => {
                let real = self.seen.after.iter().find(|shown| shown["id"] == task["id"]).unwrap_or(&Value::Null);
                format!("{order}: afterwards\n    expected {task}\n    is shown {real}")
            }
        };
        self.complain(ended.len(), complaint);
    }

    fn in_order(&self, ended: &[usize]) -> String {
        let numbers: Vec<String> = ended.iter().map(|at| (at + 1).to_string()).collect();
        if numbers.is_empty() { "first".to_owned() } else { format!("after call {}", numbers.join(", ")) }
    }

    /// Keeps the complaints of the attempts that came farthest.
    fn complain(&mut self, explained: usize, complaint: String) {
        if explained > self.farthest {
            self.farthest = explained;
            self.complaints.clear();
        }
        if explained == self.farthest {
            self.complaints.insert(complaint);
        }
    }
}

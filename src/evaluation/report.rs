//! The figures of a set, and how they are printed.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;

use super::{Counts, Outcome};
use crate::understand::Intent;

/// What a set came to. Shares are between 0 and 1; a share of nothing is 1 where more is better and 0 where less is.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Lines judged.
    pub lines: usize,
    /// Share of lines whose intent is right.
    pub intent_accuracy: f64,
    /// `wanted → read`: lines, wrong ones only.
    pub confusion: BTreeMap<String, u32>,
    /// Lines where something would be done that nobody wanted, with the reason.
    pub unsafe_confusions: Vec<(String, &'static str)>,
    /// Over all values of all slots but the free ones (`topic`, `action`).
    pub slots: Score,
    /// The same for each slot.
    pub per_slot: BTreeMap<String, Score>,
    /// Share of lines whose intent and every value are right.
    pub exact_frame: f64,
    /// Of the values that narrow or change something, the share that no words stand for.
    pub invented_constraints: f64,
    /// Of the lines that can be read in several ways, the share where Lexi asks or shows an assumption.
    pub ambiguity_shown: f64,
    /// Of the lines where Lexi must ask, the share where she does.
    pub asks_when_open: f64,
    /// Of the lines where she need not, the share where she asks.
    pub asks_needlessly: f64,
    /// Microseconds per request: half of them are faster.
    pub p50_us: u64,
    /// Of a hundred, one is slower.
    pub p99_us: u64,
    /// The slowest.
    pub max_us: u64,
    /// By what a line tests: lines, share of right intents, share of exact frames.
    pub phenomena: BTreeMap<String, (usize, f64, f64)>,
}

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Score {
    /// Of the values read, the share that is right.
    pub precision: f64,
    /// Of the values written, the share that was read.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Values written.
    pub written: u32,
}

impl Report {
    /// Adds up the outcomes of a set.
    pub fn of(outcomes: &[Outcome]) -> Report {
        let intents_right = outcomes.iter().filter(|outcome| outcome.wanted == outcome.read).count();
        let exact = outcomes.iter().filter(|outcome| outcome.exact).count();
        let mut per_slot: BTreeMap<String, Counts> = BTreeMap::new();
        let mut confusion = BTreeMap::new();
        for outcome in outcomes {
            for (slot, counts) in &outcome.slots {
                let sum = per_slot.entry(slot.clone()).or_default();
                sum.right += counts.right;
                sum.missed += counts.missed;
                sum.extra += counts.extra;
            }
            if outcome.wanted != outcome.read {
                *confusion.entry(format!("{} → {}", name(outcome.wanted), name(outcome.read))).or_default() += 1;
            }
        }
        let mut all = Counts::default();
        for (_, counts) in per_slot.iter().filter(|(slot, _)| !["topic", "action"].contains(&slot.as_str())) {
            all.right += counts.right;
            all.missed += counts.missed;
            all.extra += counts.extra;
        }
        let constraints: u32 = outcomes.iter().map(|outcome| outcome.constraints).sum();
        let invented: u32 = outcomes.iter().map(|outcome| outcome.invented).sum();
        let shown: Vec<bool> = outcomes.iter().filter_map(|outcome| outcome.ambiguous).collect();
        let asked = |must: bool| -> (usize, usize) {
            let of: Vec<bool> = outcomes.iter().filter(|o| o.ask.0 == must).map(|o| o.ask.1).collect();
            (of.iter().filter(|asks| **asks).count(), of.len())
        };
        let mut took: Vec<u64> = outcomes.iter().map(|outcome| outcome.took_us).collect();
        took.sort_unstable();
        let at = |hundredths: usize| took.get((took.len() * hundredths / 100).min(took.len().max(1) - 1)).copied();
        Report {
            lines: outcomes.len(),
            intent_accuracy: share(intents_right, outcomes.len(), 1.0),
            confusion,
            unsafe_confusions: outcomes.iter().filter_map(|o| Some((o.id.clone(), o.unsafe_?))).collect(),
            slots: score(all),
            per_slot: per_slot.into_iter().map(|(slot, counts)| (slot, score(counts))).collect(),
            exact_frame: share(exact, outcomes.len(), 1.0),
            invented_constraints: share(invented as usize, constraints as usize, 0.0),
            ambiguity_shown: share(shown.iter().filter(|shown| **shown).count(), shown.len(), 1.0),
            asks_when_open: share(asked(true).0, asked(true).1, 1.0),
            asks_needlessly: share(asked(false).0, asked(false).1, 0.0),
            p50_us: at(50).unwrap_or(0),
            p99_us: at(99).unwrap_or(0),
            max_us: took.last().copied().unwrap_or(0),
            phenomena: phenomena(outcomes),
        }
    }
}

fn phenomena(outcomes: &[Outcome]) -> BTreeMap<String, (usize, f64, f64)> {
    let mut by_name: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for outcome in outcomes {
        for name in &outcome.phenomena {
            let sum = by_name.entry(name.clone()).or_default();
            sum.0 += 1;
            sum.1 += usize::from(outcome.wanted == outcome.read);
            sum.2 += usize::from(outcome.exact);
        }
    }
    let shares =
        |(lines, intents, exact): (usize, usize, usize)| (lines, share(intents, lines, 1.0), share(exact, lines, 1.0));
    by_name.into_iter().map(|(name, sums)| (name, shares(sums))).collect()
}

fn score(counts: Counts) -> Score {
    let precision = share(counts.right as usize, (counts.right + counts.extra) as usize, 1.0);
    let recall = share(counts.right as usize, (counts.right + counts.missed) as usize, 1.0);
    let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    Score { precision, recall, f1, written: counts.right + counts.missed }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of lines and values are far below 2^52")]
fn share(part: usize, whole: usize, of_nothing: f64) -> f64 {
    if whole == 0 { of_nothing } else { part as f64 / whole as f64 }
}

fn name(intent: Intent) -> String {
    serde_json::to_value(intent).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        writeln!(text, "requests               {}", self.lines)?;
        writeln!(text, "intent accuracy        {:.4}", self.intent_accuracy)?;
        writeln!(text, "unsafe confusions      {}", self.unsafe_confusions.len())?;
        let Score { precision, recall, f1, written } = self.slots;
        writeln!(
            text,
            "slots                  F1 {f1:.4}, precision {precision:.4}, recall {recall:.4} ({written} values)"
        )?;
        writeln!(text, "exact frames           {:.4}", self.exact_frame)?;
        writeln!(text, "invented constraints   {:.4}", self.invented_constraints)?;
        writeln!(text, "ambiguity shown        {:.4}", self.ambiguity_shown)?;
        writeln!(text, "asks when open         {:.4} (needlessly {:.4})", self.asks_when_open, self.asks_needlessly)?;
        writeln!(
            text,
            "time per request       p50 {} µs, p99 {} µs, slowest {} µs",
            self.p50_us, self.p99_us, self.max_us
        )?;
        writeln!(text, "\nwanted → read")?;
        for (pair, lines) in &self.confusion {
            writeln!(text, "  {lines:>4}  {pair}")?;
        }
        for (id, reason) in &self.unsafe_confusions {
            writeln!(text, "  unsafe: {id}: {reason}")?;
        }
        writeln!(text, "\nslot                         F1  precision  recall  values")?;
        for (slot, score) in &self.per_slot {
            writeln!(
                text,
                "{slot:<24} {:>6.3}     {:>6.3}  {:>6.3}  {:>6}",
                score.f1, score.precision, score.recall, score.written
            )?;
        }
        writeln!(text, "\nphenomenon               lines  intent   exact")?;
        for (name, (lines, intent, exact)) in &self.phenomena {
            writeln!(text, "{name:<24} {lines:>5}  {intent:>6.3}  {exact:>6.3}")?;
        }
        f.write_str(text.trim_end())
    }
}

//! Random sequences of steps. A sequence is data that follows from its seed alone, so that it can be run again, and with
//! less in it.

use lexi::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::model::{Approve, Deadline, Kind, Setup, Who};

/// Steps of a sequence.
const STEPS: usize = 14;
/// Calls sent at once, at most.
const TOGETHER_MAX: usize = 4;
/// People of a search that takes two steps of a job, and of its undo, which takes two as well.
pub const LONG: u64 = 110;

/// A workspace and what happens in it.
#[derive(Debug, Clone)]
pub struct Sequence {
    pub setup: Setup,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub enum Step {
    /// Somebody asks for something in the chat.
    Ask { who: Who, kind: Kind, size: u64 },
    /// The clock moves on.
    Wait { ms: i64 },
    /// All that is due is done, and all jobs.
    Settle,
    /// Calls at once.
    Together(Vec<Wish>),
}

/// A call, before it is known which tasks there are.
#[derive(Debug, Clone)]
pub struct Wish {
    pub who: Who,
    pub act: Act,
    /// One of a few `Idempotency-Key`s.
    pub key: Option<u8>,
    /// How often the call gives way to others before it is sent.
    pub yields: u8,
}

/// Tasks and freezes are counted from the newest.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Approve {
        task: usize,
        plan: Plan,
        part: bool,
        reason: bool,
    },
    Dismiss {
        task: usize,
        reason: bool,
    },
    Resize {
        task: usize,
        size: u64,
        plan: Plan,
    },
    Retract {
        task: usize,
    },
    Stop {
        task: usize,
    },
    Undo {
        task: usize,
    },
    Freeze {
        kind: Option<Kind>,
    },
    Lift {
        freeze: usize,
    },
    Read {
        task: usize,
    },
    /// A call that was sent before, word for word but for who sends it; odd: with another body.
    Again {
        call: usize,
        odd: bool,
    },
    Step,
    Sweep,
}

/// Which plan a call names.
#[derive(Debug, Clone, Copy)]
pub enum Plan {
    None,
    Present,
    First,
    Wrong,
}

/// The sequence of a seed.
pub fn of_seed(seed: u64) -> Sequence {
    let mut chance = Chance(StdRng::seed_from_u64(seed));
    let setup = chance.setup();
    let mut steps = vec![chance.ask(), chance.ask()];
    steps.extend((2..STEPS).map(|_| chance.step()));
    Sequence { setup, steps }
}

struct Chance(StdRng);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    /// True in so many of a hundred cases.
    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several; who is named twice comes twice as often.
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn setup(&mut self) -> Setup {
        let policy = self.percent(20);
        Setup {
            approve: match policy {
                true => Approve::AnyOne,
                false => self.of(&[Approve::AnyOne, Approve::AnyOne, Approve::AnyTwo, Approve::AnotherPartner]),
            },
            hold: self.percent(35),
            reasons: !policy && self.percent(15),
            deadline: self.of(&[Deadline::None, Deadline::None, Deadline::Dismiss, Deadline::Escalate]),
            policy,
        }
    }

    fn who(&mut self) -> Who {
        use Who::{Ann, Asker, Bob, Robot, Stranger};
        self.of(&[Ann, Ann, Ann, Bob, Bob, Robot, Robot, Robot, Asker, Stranger])
    }

    fn ask(&mut self) -> Step {
        let who = self.of(&[Who::Ann, Who::Bob, Who::Robot, Who::Asker]);
        let kind = self.of(&[Kind::Search, Kind::Search, Kind::Search, Kind::Search, Kind::Update, Kind::Rename]);
        let size = if self.percent(15) { LONG } else { self.size() };
        Step::Ask { who, kind, size }
    }

    fn size(&mut self) -> u64 {
        self.of(&[1, 2, 3, 3, 4, 6])
    }

    fn step(&mut self) -> Step {
        match self.below(100) {
            0..15 => self.ask(),
            15..24 => Step::Settle,
            24..36 => Step::Wait {
                ms: self.of(&[
                    MINUTE_MS,
                    11 * MINUTE_MS,
                    11 * MINUTE_MS,
                    61 * MINUTE_MS,
                    2 * HOUR_MS + MINUTE_MS,
                    25 * HOUR_MS,
                    8 * DAY_MS,
                    31 * DAY_MS,
                ]),
            },
            _ => {
                let focus = self.task();
                let calls = 1 + self.below(TOGETHER_MAX);
                let mut wishes: Vec<Wish> = (0..calls).map(|_| self.wish(focus)).collect();
                if self.percent(15) && calls < TOGETHER_MAX {
                    wishes.push(wishes[0].clone());
                }
                // Of two workers only one would know which job it took.
                let mut workers = 0;
                wishes.retain(|wish| {
                    let background = matches!(wish.act, Act::Step | Act::Sweep);
                    workers += usize::from(background);
                    !background || workers == 1
                });
                Step::Together(wishes)
            }
        }
    }

    /// The newest are met most.
    fn task(&mut self) -> usize {
        self.of(&[0, 0, 0, 0, 1, 1, 1, 2, 2, 3])
    }

    fn plan(&mut self) -> Plan {
        use Plan::{First, None, Present, Wrong};
        self.of(&[Present, Present, Present, Present, Present, None, None, None, First, Wrong])
    }

    fn wish(&mut self, focus: usize) -> Wish {
        let task = if self.percent(80) { focus } else { self.task() };
        let act = match self.below(100) {
            0..30 => {
                let (part, reason) = (self.percent(15), self.percent(75));
                Act::Approve { task, plan: self.plan(), part, reason }
            }
            30..40 => Act::Dismiss { task, reason: self.percent(75) },
            40..52 => Act::Resize { task, size: self.size(), plan: self.plan() },
            52..58 => Act::Retract { task },
            58..64 => Act::Stop { task },
            64..72 => Act::Undo { task },
            72..75 => Act::Freeze { kind: self.of(&[None, Some(Kind::Search), Some(Kind::Update), Some(Kind::Undo)]) },
            75..80 => Act::Lift { freeze: self.below(2) },
            80..85 => Act::Read { task },
            85..90 => Act::Again { call: self.below(4), odd: self.percent(25) },
            90..96 => Act::Step,
            _ => Act::Sweep,
        };
        let key = self.percent(25).then(|| self.of(&[0, 1]));
        Wish { who: self.who(), act, key, yields: self.of(&[0, 0, 0, 3, 10, 30]) }
    }
}

/// The same sequence with less in it, in all ways of leaving one thing out: a step, or one of several calls at once.
pub fn with_less(sequence: &Sequence) -> Vec<Sequence> {
    let mut all = Vec::new();
    for at in (0..sequence.steps.len()).rev() {
        let mut less = sequence.clone();
        less.steps.remove(at);
        all.push(less);
    }
    for (at, step) in sequence.steps.iter().enumerate() {
        let Step::Together(wishes) = step else { continue };
        for left_out in 0..wishes.len() {
            let mut less = sequence.clone();
            let mut wishes = wishes.clone();
            wishes.remove(left_out);
            less.steps[at] = Step::Together(wishes);
            all.push(less);
        }
    }
    all
}

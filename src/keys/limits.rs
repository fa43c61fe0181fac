//! Rate limits: fixed UTC minute and UTC day windows per key. Exact on one node; several nodes together never exceed.
//!
//! A node takes its allowance in blocks from `rate_windows` by one conditional statement and spends them in memory;
//! blocks shrink to one request as a window is used up, and what is left is handed back at shutdown. A request that is
//! refused counts in neither window. The headers show the window with fewer requests left, on a tie the day, because it
//! lasts longer. Beside other nodes, what is left is as it was known at the last block.
//!
//! While nothing can be saved (a full disk), reading goes on: a node lends itself what it can't fetch, up to the limit as
//! it knows it, and books the loan with the next block. So one node is exact even then; several together may exceed a
//! window during which nothing could be saved, each by what the others took in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use papaya::HashMap;
use uuid::Uuid;

use super::{Rates, Tier, store};
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use crate::db::{Db, Isolation, Tx};
use crate::error::{Error, Result, Trouble};

/// What the headers show a key without limits.
const UNMETERED: u32 = 2_147_483_647;
/// A block is at most this part of a window's limit: what one crash can lose, and other nodes miss.
const BLOCK_PART: u32 = 20;
/// A block is at most this part of what is left, so that nodes share the end of a window fairly.
const REST_PART: u32 = 8;
/// Windows handed back in one transaction.
const BATCH: usize = 250;

/// What the three `X-RateLimit-*` headers show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests in the window.
    pub limit: u32,
    /// Requests left in it.
    pub remaining: u32,
    /// When it ends, in seconds since 1970.
    pub resets_at_s: i64,
}

/// Whether a request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may, and was counted.
    Allowed(Allowance),
    /// It may not, and was not counted. A new window begins after `retry_after_s` seconds, at least 1.
    Denied {
        /// The window that is used up.
        allowance: Allowance,
        /// Seconds until it ends.
        retry_after_s: u32,
    },
}

/// One of the two windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Minute,
    Day,
}

impl Span {
    /// As stored.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Span::Minute => "minute",
            Span::Day => "day",
        }
    }

    fn length_ms(self) -> i64 {
        match self {
            Span::Minute => MINUTE_MS,
            Span::Day => DAY_MS,
        }
    }

    fn limit(self, rates: Rates) -> u32 {
        match self {
            Span::Minute => rates.per_minute,
            Span::Day => rates.per_day,
        }
    }

    fn start_ms(self, now_ms: i64) -> i64 {
        now_ms - now_ms.rem_euclid(self.length_ms())
    }
}

/// A part of a window's allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// Which window.
    pub(super) starts_at_ms: i64,
    /// Requests.
    pub(super) size: u32,
}

/// The limits of all keys, as far as this node knows them.
pub struct Limits {
    db: Db,
    meters: HashMap<Uuid, Arc<Meter>>,
}

/// One key's windows on this node.
struct Meter {
    windows: Mutex<Windows>,
    /// One block is fetched at a time.
    fetching: tokio::sync::Mutex<()>,
}

impl Limits {
    /// No key has asked yet.
    pub fn new(db: Db) -> Limits {
        Limits { db, meters: HashMap::new() }
    }

    /// Counts a request of a key, or refuses it. Fails when the database can't be reached for allowance; that it can't
    /// save at the moment is no reason to refuse whoever reads.
    pub async fn take(&self, key_id: Uuid, tier: Tier, now_ms: i64) -> Result<Verdict> {
        let Some(rates) = tier.rates() else {
            let resets_at_s = (Span::Minute.start_ms(now_ms) + MINUTE_MS) / SECOND_MS;
            return Ok(Verdict::Allowed(Allowance { limit: UNMETERED, remaining: UNMETERED, resets_at_s }));
        };
        let meter = Arc::clone(self.meters.pin().get_or_insert_with(key_id, || Arc::new(Meter::new())));
        loop {
            if let Some(verdict) = meter.windows().take(rates, now_ms) {
                return Ok(verdict);
            }
            let fetched = tokio::select! {
                biased;
                () = self.db.in_trouble() => Err(Error::Trouble(Trouble::Slow)),
                fetched = self.fetch(key_id, rates, Arc::clone(&meter)) => fetched,
            };
            match fetched {
                Err(Error::Trouble(_)) => meter.windows().lend(rates),
                fetched => fetched?,
            }
        }
    }

    /// Fetches blocks for the windows that have nothing left. In a task of its own: were it dropped with a request
    /// whose caller hung up, a block that was taken would be lost.
    async fn fetch(&self, key_id: Uuid, rates: Rates, meter: Arc<Meter>) -> Result<()> {
        let db = self.db.clone();
        let fetched = tokio::spawn(async move {
            let _one_at_a_time = meter.fetching.lock().await;
            let Some(wanted) = meter.windows().wanted(rates) else { return Ok(()) };
            let taken = db.write_with(Isolation::ReadCommitted, move |tx| wanted.take(tx, key_id, rates)).await?;
            let mut windows = meter.windows();
            windows.day.receive(taken.day);
            windows.minute.receive(taken.minute);
            Ok(())
        });
        fetched.await.map_err(Error::internal)?
    }

    /// Hands back what was taken and not used. For shutdown, after the last request.
    pub async fn hand_back(&self) -> Result<()> {
        let mut unused = Vec::new();
        for (key_id, meter) in &self.meters.pin() {
            let mut windows = meter.windows();
            for (span, window) in [(Span::Day, windows.day.take_rest()), (Span::Minute, windows.minute.take_rest())] {
                unused.extend(window.map(|block| (*key_id, span, block)));
            }
        }
        for batch in unused.chunks(BATCH) {
            let batch = batch.to_vec();
            self.db
                .write_with(Isolation::ReadCommitted, move |tx| {
                    batch.iter().try_for_each(|(key_id, span, block)| store::give_back(tx, *key_id, *span, *block))
                })
                .await?;
        }
        Ok(())
    }

    /// Forgets keys that have not asked today: what they have left is of windows that are over.
    pub fn forget_idle(&self, now_ms: i64) {
        let today_ms = Span::Day.start_ms(now_ms);
        self.meters.pin().retain(|_, meter| meter.windows().day.starts_at_ms >= today_ms);
    }
}

impl Meter {
    fn new() -> Meter {
        Meter { windows: Mutex::default(), fetching: tokio::sync::Mutex::default() }
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both windows of a key; pure.
#[derive(Debug, Default)]
struct Windows {
    minute: Window,
    day: Window,
}

/// One window, as far as this node knows it.
#[derive(Debug, Default, Clone, Copy)]
struct Window {
    starts_at_ms: i64,
    /// Requests this node has taken and not used.
    left: u32,
    /// Requests all nodes have taken, when this node last took a block, and what it lent itself since.
    taken: u32,
    /// What it lent itself because nothing could be saved, not booked yet.
    lent: u32,
    /// The last block that was asked for was refused: nothing is left but `left`.
    is_used_up: bool,
}

impl Windows {
    /// Counts a request in both windows, or refuses it in the one that is used up; `None` when blocks are needed first.
    fn take(&mut self, rates: Rates, now_ms: i64) -> Option<Verdict> {
        self.minute.turn(Span::Minute, now_ms);
        self.day.turn(Span::Day, now_ms);
        for (span, window) in [(Span::Day, &self.day), (Span::Minute, &self.minute)] {
            if window.left == 0 && window.is_used_up {
                let allowance = window.allowance(span, rates);
                let wait_ms = allowance.resets_at_s * SECOND_MS - now_ms;
                let retry_after_s = u32::try_from((wait_ms + SECOND_MS - 1) / SECOND_MS).unwrap_or(0).max(1);
                return Some(Verdict::Denied { allowance, retry_after_s });
            }
        }
        if self.minute.left == 0 || self.day.left == 0 {
            return None;
        }
        self.minute.left -= 1;
        self.day.left -= 1;
        let minute = self.minute.allowance(Span::Minute, rates);
        let day = self.day.allowance(Span::Day, rates);
        Some(Verdict::Allowed(if minute.remaining < day.remaining { minute } else { day }))
    }

    /// The blocks to ask for; `None` when another request has fetched them meanwhile.
    fn wanted(&self, rates: Rates) -> Option<Wanted> {
        let wanted = Wanted { minute: self.minute.wanted(rates.per_minute), day: self.day.wanted(rates.per_day) };
        (wanted.minute.is_some() || wanted.day.is_some()).then_some(wanted)
    }

    /// Goes on without the database.
    fn lend(&mut self, rates: Rates) {
        self.minute.lend(rates.per_minute);
        self.day.lend(rates.per_day);
    }
}

impl Window {
    /// Begins a new window when its time has come. A clock that went back does not bring an old one back.
    fn turn(&mut self, span: Span, now_ms: i64) {
        let starts_at_ms = span.start_ms(now_ms);
        if starts_at_ms > self.starts_at_ms {
            *self = Window { starts_at_ms, ..Window::default() };
        }
    }

    fn wanted(&self, limit: u32) -> Option<Ask> {
        let rest = limit.saturating_sub(self.taken);
        let size = (limit / BLOCK_PART).min(rest / REST_PART).max(1);
        let block = Block { starts_at_ms: self.starts_at_ms, size };
        (self.left == 0 && !self.is_used_up).then_some(Ask { block, lent: self.lent })
    }

    /// Takes a block that the database could not give, or nothing when the limit is reached as far as is known.
    fn lend(&mut self, limit: u32) {
        let Some(Ask { block, .. }) = self.wanted(limit) else { return };
        let size = block.size.min(limit.saturating_sub(self.taken));
        self.left += size;
        self.taken += size;
        self.lent += size;
        self.is_used_up = size == 0;
    }

    /// Adds what the database gave. A window that is over by now is passed over, one that is ahead is taken up.
    fn receive(&mut self, taken: Option<Taken>) {
        let Some(taken) = taken else { return };
        if taken.block.starts_at_ms < self.starts_at_ms {
            return;
        }
        if taken.block.starts_at_ms > self.starts_at_ms {
            *self = Window { starts_at_ms: taken.block.starts_at_ms, ..Window::default() };
        }
        self.left += taken.block.size;
        self.lent = self.lent.saturating_sub(taken.booked);
        self.taken = taken.by_all + self.lent;
        self.is_used_up = taken.block.size == 0;
    }

    /// What is left, taken out.
    fn take_rest(&mut self) -> Option<Block> {
        // What was lent and not booked is not in the database.
        let size = std::mem::take(&mut self.left).saturating_sub(std::mem::take(&mut self.lent));
        self.taken = self.taken.saturating_sub(size);
        (size > 0).then_some(Block { starts_at_ms: self.starts_at_ms, size })
    }

    fn allowance(&self, span: Span, rates: Rates) -> Allowance {
        let limit = span.limit(rates);
        let remaining = limit.saturating_sub(self.taken) + self.left;
        Allowance { limit, remaining, resets_at_s: (self.starts_at_ms + span.length_ms()) / SECOND_MS }
    }
}

/// Blocks to ask for, for the windows that need one.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    minute: Option<Ask>,
    day: Option<Ask>,
}

/// A block to ask for, and what this node lent itself of the same window, to be booked with it.
#[derive(Debug, Clone, Copy)]
struct Ask {
    block: Block,
    lent: u32,
}

/// A block the database gave (of size 0: nothing is left), and what all nodes have taken then.
#[derive(Debug, Clone, Copy)]
struct Taken {
    block: Block,
    by_all: u32,
    /// What was lent and is counted in `by_all` now.
    booked: u32,
}

struct Answer {
    minute: Option<Taken>,
    day: Option<Taken>,
}

impl Wanted {
    /// The day first: when it is used up, the minute is not touched.
    fn take(self, tx: &mut Tx, key_id: Uuid, rates: Rates) -> Result<Answer> {
        let day = self.day.map(|ask| take_block(tx, key_id, Span::Day, ask, rates.per_day)).transpose()?;
        if day.is_some_and(|taken| taken.block.size == 0) {
            return Ok(Answer { minute: None, day });
        }
        let minute = self.minute.map(|ask| take_block(tx, key_id, Span::Minute, ask, rates.per_minute)).transpose()?;
        Ok(Answer { minute, day })
    }
}

/// Takes a block, or one request when there is not as much, or nothing. A window that another node has begun, whose
/// clock is ahead, is taken up: an older one never replaces it.
fn take_block(tx: &mut Tx, key_id: Uuid, span: Span, ask: Ask, limit: u32) -> Result<Taken> {
    let Ask { mut block, lent: booked } = ask;
    if booked > 0 {
        store::book(tx, key_id, span, Block { size: booked, ..block })?;
    }
    loop {
        if let Some(by_all) = store::take(tx, key_id, span, block, limit)? {
            return Ok(Taken { block, by_all, booked });
        }
        match store::window(tx, key_id, span)? {
            Some((starts_at_ms, _)) if starts_at_ms > block.starts_at_ms => block.starts_at_ms = starts_at_ms,
            Some((_, by_all)) if block.size == 1 => {
                return Ok(Taken { block: Block { size: 0, ..block }, by_all, booked });
            }
            _ => block.size = 1,
        }
    }
}

#[cfg(test)]
mod tests;

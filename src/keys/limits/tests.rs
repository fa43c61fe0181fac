//! The limits against real databases: one node uses exactly all, several never more.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::db::testing::{self, Scratch};

/// 2025-11-24T00:00:00Z.
const MIDNIGHT: i64 = 1_763_942_400_000;

async fn allowed(limits: &Limits, key_id: Uuid, tier: Tier, now_ms: i64) -> bool {
    matches!(limits.take(key_id, tier, now_ms).await.unwrap(), Verdict::Allowed(_))
}

/// Asks `times` times at once; answers how many were let through.
async fn storm(limits: &Arc<Limits>, key_id: Uuid, tier: Tier, now_ms: i64, times: usize) -> u32 {
    let let_through = Arc::new(AtomicU32::new(0));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..times {
        let (limits, let_through) = (Arc::clone(limits), Arc::clone(&let_through));
        asking.spawn(async move {
            if allowed(&limits, key_id, tier, now_ms).await {
                let_through.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    asking.join_all().await;
    let_through.load(Ordering::SeqCst)
}

/// What the database says was taken of a window.
async fn taken(scratch: &Scratch, key_id: Uuid, span: Span) -> Option<(i64, u32)> {
    scratch.db().read(move |tx| store::window(tx, key_id, span)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_lets_exactly_the_limit_of_a_minute_through() {
    for scratch in testing::databases().await {
        let limits = Arc::new(Limits::new(scratch.db()));
        for (tier, limit) in [(Tier::Starter, 10), (Tier::Pro, 50), (Tier::Org, 200)] {
            let key_id = Uuid::from_u128(rand::random());
            assert_eq!(storm(&limits, key_id, tier, MIDNIGHT, 260).await, limit, "{tier:?}");
            assert!(!allowed(&limits, key_id, tier, MIDNIGHT + MINUTE_MS - 1).await);
            assert!(allowed(&limits, key_id, tier, MIDNIGHT + MINUTE_MS).await, "a new minute");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_lets_exactly_the_limit_of_a_day_through_and_refusals_do_not_count() {
    for scratch in testing::databases().await {
        let limits = Arc::new(Limits::new(scratch.db()));
        let key_id = Uuid::from_u128(rand::random());
        let mut let_through = 0;
        for minute in 0..25 {
            let_through += storm(&limits, key_id, Tier::Pro, MIDNIGHT + minute * MINUTE_MS, 70).await;
        }
        assert_eq!(let_through, 1_000);
        let verdict = limits.take(key_id, Tier::Pro, MIDNIGHT + 30 * MINUTE_MS).await.unwrap();
        let Verdict::Denied { allowance, retry_after_s } = verdict else { panic!("{verdict:?}") };
        let resets_at_s = (MIDNIGHT + DAY_MS) / SECOND_MS;
        assert_eq!(allowance, Allowance { limit: 1_000, remaining: 0, resets_at_s });
        assert_eq!(retry_after_s, 24 * 3_600 - 30 * 60);
        assert!(allowed(&limits, key_id, Tier::Pro, MIDNIGHT + DAY_MS).await, "a new day");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_together_never_exceed_a_limit_and_can_use_it_all() {
    for scratch in testing::databases().await {
        for tier in [Tier::Starter, Tier::Pro, Tier::Org] {
            let limit = tier.rates().unwrap().per_minute;
            let key_id = Uuid::from_u128(rand::random());
            let one = Arc::new(Limits::new(scratch.db()));
            let other = Arc::new(Limits::new(scratch.reopened().await));
            let (a, b) = tokio::join!(
                storm(&one, key_id, tier, MIDNIGHT, 230),
                storm(&other, key_id, tier, MIDNIGHT + 1_000, 230)
            );
            assert_eq!(a + b, limit, "{tier:?}: {a} and {b}");
            assert_eq!(taken(&scratch, key_id, Span::Minute).await, Some((MIDNIGHT, limit)));
        }
    }
}

#[tokio::test]
async fn what_a_node_has_not_used_is_handed_back_at_shutdown() {
    for scratch in testing::databases().await {
        let key_id = Uuid::from_u128(rand::random());
        let first = Limits::new(scratch.db());
        for _ in 0..3 {
            assert!(allowed(&first, key_id, Tier::Org, MIDNIGHT).await);
        }
        assert!(taken(&scratch, key_id, Span::Day).await.unwrap().1 > 3, "a block was taken");
        first.hand_back().await.unwrap();
        assert_eq!(taken(&scratch, key_id, Span::Day).await, Some((MIDNIGHT, 3)));
        assert_eq!(taken(&scratch, key_id, Span::Minute).await, Some((MIDNIGHT, 3)));
        let second = Arc::new(Limits::new(scratch.reopened().await));
        assert_eq!(storm(&second, key_id, Tier::Org, MIDNIGHT, 250).await, 197);
        assert!(!allowed(&first, key_id, Tier::Org, MIDNIGHT).await);
    }
}

#[tokio::test]
async fn a_node_whose_clock_is_behind_never_brings_an_old_window_back() {
    for scratch in testing::databases().await {
        let key_id = Uuid::from_u128(rand::random());
        let ahead = Limits::new(scratch.db());
        let behind = Arc::new(Limits::new(scratch.db()));
        let next = MIDNIGHT + MINUTE_MS;
        for _ in 0..4 {
            assert!(allowed(&ahead, key_id, Tier::Starter, next).await);
        }
        assert_eq!(storm(&behind, key_id, Tier::Starter, next - 500, 20).await, 6);
        assert_eq!(taken(&scratch, key_id, Span::Minute).await, Some((next, 10)));
    }
}

#[tokio::test]
async fn the_headers_show_the_window_with_fewer_requests_left() {
    for scratch in testing::databases().await {
        let limits = Limits::new(scratch.db());
        let key_id = Uuid::from_u128(rand::random());
        let mut last = None;
        for minute in 0..10 {
            for n in 0..10 {
                let now_ms = MIDNIGHT + minute * MINUTE_MS + n;
                let verdict = limits.take(key_id, Tier::Starter, now_ms).await.unwrap();
                let Verdict::Allowed(allowance) = verdict else { panic!("{verdict:?}") };
                last = Some(allowance);
                if minute == 0 && n == 0 {
                    let resets_at_s = (MIDNIGHT + MINUTE_MS) / SECOND_MS;
                    assert_eq!(allowance, Allowance { limit: 10, remaining: 9, resets_at_s });
                }
            }
        }
        let resets_at_s = (MIDNIGHT + DAY_MS) / SECOND_MS;
        assert_eq!(last, Some(Allowance { limit: 100, remaining: 0, resets_at_s }), "both are used up: the day shows");
    }
}

#[tokio::test]
async fn a_key_without_limits_never_asks_the_database() {
    for scratch in testing::databases().await {
        let db = scratch.db();
        let limits = Limits::new(db.clone());
        db.close().await;
        let verdict = limits.take(Uuid::nil(), Tier::Unmetered, MIDNIGHT).await.unwrap();
        let resets_at_s = (MIDNIGHT + MINUTE_MS) / SECOND_MS;
        let allowance = Allowance { limit: 2_147_483_647, remaining: 2_147_483_647, resets_at_s };
        assert_eq!(verdict, Verdict::Allowed(allowance));
        assert!(limits.take(Uuid::nil(), Tier::Org, MIDNIGHT).await.is_err());
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_loses_no_allowance() {
    for scratch in testing::databases().await {
        let limits = Arc::new(Limits::new(scratch.db()));
        let key_id = Uuid::from_u128(rand::random());
        for _ in 0..5 {
            let asking = limits.take(key_id, Tier::Starter, MIDNIGHT);
            assert!(futures_once(asking).await.is_none(), "the first look needs the database");
            tokio::time::timeout(std::time::Duration::from_secs(10), async {
                while limits.meters.pin().get(&key_id).is_none_or(|meter| meter.windows().minute.left == 0) {
                    tokio::task::yield_now().await;
                }
            })
            .await
            .unwrap();
            assert!(allowed(&limits, key_id, Tier::Starter, MIDNIGHT).await);
        }
        assert_eq!(storm(&limits, key_id, Tier::Starter, MIDNIGHT, 20).await, 5);
    }
}

/// Polls a future once and drops it.
async fn futures_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(move |context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn keys_that_were_idle_for_a_day_are_forgotten() {
    for scratch in testing::databases().await {
        let limits = Limits::new(scratch.db());
        assert!(allowed(&limits, Uuid::nil(), Tier::Pro, MIDNIGHT).await);
        limits.forget_idle(MIDNIGHT + DAY_MS - 1);
        assert_eq!(limits.meters.len(), 1);
        limits.forget_idle(MIDNIGHT + DAY_MS);
        assert_eq!(limits.meters.len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_saved_a_node_lends_itself_what_is_left_and_books_it_afterwards() {
    for scratch in testing::databases().await {
        let limits = Arc::new(Limits::new(scratch.db()));
        let key_id = Uuid::from_u128(rand::random());
        assert_eq!(storm(&limits, key_id, Tier::Pro, MIDNIGHT, 5).await, 5);
        let (_, before) = taken(&scratch, key_id, Span::Minute).await.unwrap();
        scratch.falls_into(Trouble::Full);
        assert_eq!(storm(&limits, key_id, Tier::Pro, MIDNIGHT, 20).await, 20, "reading goes on");
        assert_eq!(taken(&scratch, key_id, Span::Minute).await, Some((MIDNIGHT, before)));
        scratch.recovers();
        assert_eq!(storm(&limits, key_id, Tier::Pro, MIDNIGHT, 50).await, 25, "fifty in all");
        assert_eq!(taken(&scratch, key_id, Span::Minute).await, Some((MIDNIGHT, 50)));

        scratch.falls_into(Trouble::Full);
        assert_eq!(storm(&limits, key_id, Tier::Pro, MIDNIGHT + MINUTE_MS, 80).await, 50, "the limit holds by itself");
        // Unused allowance is handed back, and what was lent is not taken for it.
        scratch.recovers();
        limits.hand_back().await.unwrap();
        let (_, day) = taken(&scratch, key_id, Span::Day).await.unwrap();
        assert!(day <= 100, "{day}");
    }
}

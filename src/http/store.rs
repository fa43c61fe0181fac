//! SQL on the saved answers of writes that carried an `Idempotency-Key`.

use axum::http::StatusCode;

use super::caller::Asked;
use crate::clock::DAY_MS;
use crate::db::{Tx, query};
use crate::error::{Code, Error, Result};

/// How long a saved answer is given again.
pub(super) const SAVED_FOR_MS: i64 = DAY_MS;

/// What stands where the answer will be, while a request that is several transactions is under way.
pub(super) const UNDER_WAY: StatusCode = StatusCode::PROCESSING;

/// The answer that was given to the same key before; nothing when there is none yet or it has aged out.
pub(super) fn saved(tx: &mut Tx, asked: &Asked, now_ms: i64) -> Result<Option<(StatusCode, Vec<u8>)>> {
    let Some(idempotency) = &asked.idempotency else { return Ok(None) };
    let found = query(
        "select payload_hash, status, body, created_at_ms from saved_answers
         where key_id = $1 and idempotency_key = $2 and method = $3 and path = $4",
    )
    .bind(asked.caller.key_id)
    .bind(&idempotency.key)
    .bind(&idempotency.method)
    .bind(&idempotency.path)
    .first(tx, |row| Ok((row.get::<String>(0)?, row.get::<u16>(1)?, row.get::<String>(2)?, row.get::<i64>(3)?)))?;
    match found {
        Some((_, _, _, at_ms)) if at_ms + SAVED_FOR_MS <= now_ms => Ok(None),
        Some((hash, ..)) if hash != idempotency.payload_hash => Err(Error::with_code(
            Code::IdempotencyConflict,
            "This Idempotency-Key was used with another body. Use a new key for a new request.",
        )),
        Some((_, status, ..)) if status == UNDER_WAY.as_u16() => Ok(None),
        Some((_, status, body, _)) => {
            Ok(Some((StatusCode::from_u16(status).map_err(Error::internal)?, body.into_bytes())))
        }
        None => Ok(None),
    }
}

/// Keeps an answer, replacing one that has aged out and what says that the answer is under way. Of two requests under one key that ran beside each other the one
/// that commits second is told to run again, and then finds the answer of the first.
pub(super) fn save(tx: &mut Tx, asked: &Asked, status: StatusCode, body: &[u8], now_ms: i64) -> Result<()> {
    let Some(idempotency) = &asked.idempotency else { return Ok(()) };
    let kept = query(
        "insert into saved_answers (key_id, idempotency_key, method, path, payload_hash, status, body, created_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (key_id, idempotency_key, method, path) do update set payload_hash = excluded.payload_hash,
             status = excluded.status, body = excluded.body, created_at_ms = excluded.created_at_ms
         where saved_answers.created_at_ms <= $9 or saved_answers.status = $10",
    )
    .bind(asked.caller.key_id)
    .bind(&idempotency.key)
    .bind(&idempotency.method)
    .bind(&idempotency.path)
    .bind(&idempotency.payload_hash)
    .bind(status.as_u16())
    .bind(String::from_utf8_lossy(body).into_owned())
    .bind(now_ms)
    .bind(now_ms - SAVED_FOR_MS)
    .bind(UNDER_WAY.as_u16())
    .execute(tx)?;
    match kept {
        0 => Err(Error::Serialization("another request under this Idempotency-Key was answered first".into())),
        _ => Ok(()),
    }
}

/// Removes answers that have aged out, at least `most` of them if there are so many; answers how many.
pub(super) fn forget(tx: &mut Tx, now_ms: i64, most: u32) -> Result<u64> {
    let before_ms = now_ms - SAVED_FOR_MS;
    let aged =
        query("select created_at_ms from saved_answers where created_at_ms < $1 order by created_at_ms limit $2")
            .bind(before_ms)
            .bind(most)
            .all(tx, |row| row.get::<i64>(0))?;
    match aged.last() {
        Some(newest) => query("delete from saved_answers where created_at_ms <= $1").bind(*newest).execute(tx),
        None => Ok(0),
    }
}

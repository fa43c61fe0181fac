//! Changes of contacts and lists.

use super::{Answer, Context, reply};
use crate::db::Tx;
use crate::error::Result;

/// What Lexi answers to a change of contacts or lists.
pub(super) fn answer(_: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    Ok(Answer::says(reply::cannot_yet(context.request)))
}

//! Questions about the workspace and the prospects, answered at once: reads need no approval.

use super::{Answer, Context, reply};
use crate::db::Tx;
use crate::error::Result;

/// What Lexi answers to a question.
pub(super) fn answer(_: &mut Tx, context: &Context<'_>) -> Result<Answer> {
    Ok(Answer::says(reply::cannot_yet(context.request)))
}

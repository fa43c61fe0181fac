//! Answers that are made while they are sent: one portion at a time, and the next only when the connection takes it, so
//! that a slow reader costs no memory and holds no transaction.
//!
//! Protects the rule that half an answer never looks whole: when a portion fails the connection is cut, which a client
//! of HTTP/1.1 sees as a broken transfer. HTTP/1.0 has no such end; there a line says so.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::Frame;
use uuid::Uuid;

use crate::error::{Error, Result};

/// The last line of an answer over HTTP/1.0 that broke off.
pub const BROKEN_OFF: &str = "\nThe answer broke off here and is not complete. Ask again.\n";

/// A portion that is being made; nothing when there are no more.
pub type Portion = Pin<Box<dyn Future<Output = Result<Option<Bytes>>> + Send>>;

/// A body of `first`, then of what `next` makes each time it is called. `request_id` names the request in the log when
/// it breaks off; `says_so` is for readers who would not see a cut connection.
pub fn body(
    first: Bytes,
    next: impl FnMut() -> Portion + Send + 'static,
    request_id: Option<Uuid>,
    says_so: bool,
) -> Body {
    Body::new(Portions {
        ready: VecDeque::from([first]),
        next: Some(Box::new(next)),
        under_way: None,
        failed: None,
        request_id,
        says_so,
    })
}

struct Portions {
    ready: VecDeque<Bytes>,
    /// Gone after the last portion.
    next: Option<Box<dyn FnMut() -> Portion + Send>>,
    under_way: Option<Portion>,
    failed: Option<Error>,
    request_id: Option<Uuid>,
    says_so: bool,
}

impl hyper::body::Body for Portions {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        let portions = &mut *self;
        loop {
            if let Some(bytes) = portions.ready.pop_front() {
                if bytes.is_empty() {
                    continue;
                }
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            if let Some(error) = portions.failed.take() {
                return Poll::Ready(Some(Err(error)));
            }
            let Some(next) = &mut portions.next else { return Poll::Ready(None) };
            let made = ready!(portions.under_way.get_or_insert_with(next).as_mut().poll(context));
            portions.under_way = None;
            match made {
                Ok(Some(bytes)) => portions.ready.push_back(bytes),
                Ok(None) => portions.next = None,
                Err(error) => portions.broke_off(error),
            }
        }
    }
}

impl Portions {
    fn broke_off(&mut self, error: Error) {
        tracing::error!(%error, request_id = ?self.request_id, "an answer broke off");
        self.next = None;
        if self.says_so {
            // No error after it: that would end the connection before this line is sent.
            self.ready.push_back(Bytes::from_static(BROKEN_OFF.as_bytes()));
        } else {
            self.failed = Some(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    /// What a reader gets: the bytes, and whether they ended well.
    async fn sent(portions: Vec<Result<Option<&'static str>>>, says_so: bool) -> (String, bool) {
        let mut portions = portions.into_iter();
        let next = move || -> Portion {
            let portion = portions.next().unwrap_or(Ok(None));
            Box::pin(async move { Ok(portion?.map(Bytes::from)) })
        };
        let mut body = body(Bytes::from("head\n"), next, None, says_so);
        let mut text = String::new();
        loop {
            match body.frame().await {
                None => return (text, true),
                Some(Err(_)) => return (text, false),
                Some(Ok(frame)) => text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap()),
            }
        }
    }

    #[tokio::test]
    async fn portions_follow_each_other_and_empty_ones_end_nothing() {
        let portions = vec![Ok(Some("a\n")), Ok(Some("")), Ok(Some("b\n")), Ok(None), Ok(Some("never\n"))];
        assert_eq!(sent(portions, true).await, ("head\na\nb\n".into(), true));
    }

    #[tokio::test]
    async fn a_portion_that_fails_ends_the_answer_badly_or_says_so() {
        let portions = || vec![Ok(Some("a\n")), Err(Error::internal("disk")), Ok(Some("never\n"))];
        assert_eq!(sent(portions(), false).await, ("head\na\n".into(), false));
        assert_eq!(sent(portions(), true).await, (format!("head\na\n{BROKEN_OFF}"), true));
    }
}

//! What stands between a connection's bytes and the server that reads and writes them. [`Timed`] cuts off a caller that
//! does not take its answer; [`Spoken`] puts an error body under the bare answers that hyper gives to what is no request.
//! Neither costs a request more than a comparison.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::answer::problem_text;
use crate::app::App;
use crate::error::Code;
use crate::ids;

/// After a bare answer the rest of what the caller sent is read for this long, so that it sees the answer, ...
const LINGER: Duration = Duration::from_secs(2);
/// ... and at most so many bytes of it.
const LINGER_MAX: usize = 1 << 20;
/// Hyper's bare answers are shorter than this.
const BARE_MAX: usize = 192;

/// A stream whose writes may not stand still for longer than a limit.
pub(super) struct Timed<S> {
    inner: S,
    limit: Duration,
    /// Made when a write has to wait for the first time, then kept.
    timer: Option<Pin<Box<Sleep>>>,
    /// A write is waiting, and the timer tells for how long it still may.
    waits: bool,
}

impl<S> Timed<S> {
    pub(super) fn new(inner: S, limit: Duration) -> Timed<S> {
        Timed { inner, limit, timer: None, waits: false }
    }

    /// Passes a write's outcome on; one that has waited too long is an error.
    fn in_time<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waits = false;
            return written;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(self.limit)));
        if !self.waits {
            self.waits = true;
            timer.as_mut().reset(Instant::now() + self.limit);
        }
        ready!(timer.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the caller did not take its answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(context, bytes);
        this.in_time(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(context, bytes);
        this.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.inner).poll_flush(context);
        this.in_time(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let ended = Pin::new(&mut this.inner).poll_shutdown(context);
        this.in_time(context, ended)
    }
}

/// A stream on which every refusal has a body.
///
/// Hyper answers what it can't read as a request by itself, without a body. No route of ours ever gives a 400, 414 or 431
/// without one, so such an answer is hyper's own: it is taken from the stream and a whole one is sent in its place.
pub(super) struct Spoken<S> {
    inner: S,
    app: App,
    /// What is still to be sent in place of a bare answer.
    owed: Vec<u8>,
    sent: usize,
    /// Set once a bare answer was replaced: the rest of what the caller sent is read before the end.
    lingers: Option<Linger>,
}

struct Linger {
    until: Pin<Box<Sleep>>,
    left: usize,
    shut: bool,
}

impl<S> Spoken<S> {
    pub(super) fn new(inner: S, app: App) -> Spoken<S> {
        Spoken { inner, app, owed: Vec::new(), sent: 0, lingers: None }
    }

    /// Whether these bytes were a bare answer; then its replacement is owed from now on.
    fn replaces(&mut self, bytes: &[u8]) -> bool {
        let Some(status) = bare(bytes) else { return false };
        self.owed = refusal(&self.app, status);
        self.sent = 0;
        self.lingers = Some(Linger { until: Box::pin(sleep(LINGER)), left: LINGER_MAX, shut: false });
        true
    }
}

impl<S: AsyncWrite + Unpin> Spoken<S> {
    fn poll_owed(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.owed.len() {
            let count = ready!(Pin::new(&mut self.inner).poll_write(context, &self.owed[self.sent..]))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += count;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Spoken<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Spoken<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.replaces(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut this.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let [first, rest @ ..] = bytes
            && rest.iter().all(|slice| slice.is_empty())
            && this.replaces(first)
        {
            return Poll::Ready(Ok(first.len()));
        }
        Pin::new(&mut this.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_owed(context))?;
        Pin::new(&mut this.inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_owed(context))?;
        let Some(linger) = &mut this.lingers else { return Pin::new(&mut this.inner).poll_shutdown(context) };
        if !linger.shut {
            ready!(Pin::new(&mut this.inner).poll_shutdown(context))?;
            linger.shut = true;
        }
        // A socket closed with bytes unread is reset, and the caller may lose the answer with it.
        let mut unread = [0; 4096];
        while linger.left > 0 && linger.until.as_mut().poll(context).is_pending() {
            let mut into = ReadBuf::new(&mut unread);
            let read = ready!(Pin::new(&mut this.inner).poll_read(context, &mut into));
            let count = into.filled().len();
            if read.is_err() || count == 0 {
                break;
            }
            linger.left = linger.left.saturating_sub(count);
        }
        Poll::Ready(Ok(()))
    }
}

/// The status of a bare answer of hyper's own.
fn bare(bytes: &[u8]) -> Option<u16> {
    if !bytes.starts_with(b"HTTP/1.1 4") || bytes.len() > BARE_MAX || !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?;
    let status = head.get(9..12)?.parse().ok().filter(|status| [400, 414, 431].contains(status))?;
    head.contains("\r\ncontent-length: 0\r\n").then_some(status)
}

/// A whole answer to what is no request.
fn refusal(app: &App, status: u16) -> Vec<u8> {
    match status {
        400 => refused(app, "400 Bad Request", Code::ValidationError, "This is not a request in HTTP/1.1."),
        414 => refused(app, "414 URI Too Long", Code::PayloadTooLarge, "The path and query are too long."),
        _ => refused(
            app,
            "431 Request Header Fields Too Large",
            Code::PayloadTooLarge,
            "The head of the request has more than 32 KiB or more than 100 headers.",
        ),
    }
}

/// The bytes of an answer after which the connection ends.
pub(super) fn refused(app: &App, status: &str, code: Code, message: &str) -> Vec<u8> {
    let body = problem_text(code, message);
    let id = ids::new(app.clock.now_ms());
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\
         x-request-id: {id}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_without_a_body_are_taken_for_hypers_own() {
        let bare_400 = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        assert_eq!(bare(bare_400), Some(400));
        for other in [
            &b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n"[..],
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"",
        ] {
            assert_eq!(bare(other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}

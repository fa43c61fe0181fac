//! What can go wrong, as values. Expected failures carry a public code from one table; causes of
//! everything else go to the log and never into an answer. HTTP status numbers appear only in `http/`.

use std::fmt;

use serde_json::{Map, Value, json};

/// The result of every operation.
pub type Result<T> = std::result::Result<T, Error>;

/// The public error codes, as they stand in `error.code` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A field is missing, malformed or over a limit, or the record is in the wrong state.
    ValidationError,
    /// The key is missing, malformed, unknown, expired or revoked; which of them is never said.
    InvalidKey,
    /// The key is valid but lacks the permission.
    InsufficientPermissions,
    /// No such record or route, or it belongs to another workspace.
    NotFound,
    /// The list of a list route does not exist.
    ListNotFound,
    /// The contact is not on the list.
    MembershipNotFound,
    /// The company of the route that deletes companies does not exist.
    CompanyNotFound,
    /// The webhook of a webhook route does not exist.
    WebhookNotFound,
    /// The address of a webhook is not https, is malformed, or leads into a private network.
    InvalidUrl,
    /// A webhook asks for an event that does not exist.
    InvalidEvents,
    /// A name fits several records; the message and the details say which.
    AmbiguousReference,
    /// The route exists, the method does not.
    MethodNotAllowed,
    /// The same idempotency key came with another payload.
    IdempotencyConflict,
    /// The task's plan is not the one the caller named.
    PlanChanged,
    /// An action of another program came without the header that makes a repeated request the same.
    MissingIdempotencyKey,
    /// An action of another program was decided before it was taken back.
    AlreadyTerminal,
    /// An action of another program was begun before.
    AlreadyConsumed,
    /// An action of another program may not begin: it is not approved, or not yet.
    NotApproved,
    /// The time to begin an approved action is over.
    ApprovalExpired,
    /// An action of another program was not begun, so it has no outcome.
    NotConsumed,
    /// Another outcome of the action is on record.
    OutcomeConflict,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The key's window is used up.
    RateLimited,
    /// Something broke on our side; the cause is in the log.
    InternalError,
    /// The server can't serve this now and will again.
    Unavailable,
}

impl Code {
    /// The code as it stands in an answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::ValidationError => "validation_error",
            Code::InvalidKey => "invalid_key",
            Code::InsufficientPermissions => "insufficient_permissions",
            Code::NotFound => "not_found",
            Code::ListNotFound => "list_not_found",
            Code::MembershipNotFound => "membership_not_found",
            Code::CompanyNotFound => "company_not_found",
            Code::WebhookNotFound => "webhook_not_found",
            Code::InvalidUrl => "invalid_url",
            Code::InvalidEvents => "invalid_events",
            Code::AmbiguousReference => "ambiguous_reference",
            Code::MethodNotAllowed => "method_not_allowed",
            Code::IdempotencyConflict => "idempotency_conflict",
            Code::PlanChanged => "plan_changed",
            Code::MissingIdempotencyKey => "missing_idempotency_key",
            Code::AlreadyTerminal => "already_terminal",
            Code::AlreadyConsumed => "already_consumed",
            Code::NotApproved => "not_approved",
            Code::ApprovalExpired => "approval_expired",
            Code::NotConsumed => "not_consumed",
            Code::OutcomeConflict => "outcome_conflict",
            Code::PayloadTooLarge => "payload_too_large",
            Code::UnsupportedMediaType => "unsupported_media_type",
            Code::RateLimited => "rate_limited",
            Code::InternalError => "internal_error",
            Code::Unavailable => "unavailable",
        }
    }
}

/// A failure of an operation.
#[derive(Debug, Clone)]
pub enum Error {
    /// Expected: the caller is told what was wrong and what to do.
    Refused(Box<Refusal>),
    /// The server can't do it now; a retry later may succeed.
    Unavailable {
        /// One sentence for the caller.
        reason: String,
        /// Seconds after which a retry makes sense.
        retry_after_s: u32,
    },
    /// Nothing can be saved at the moment; reading goes on, and a retry later will succeed.
    Trouble(Trouble),
    /// Unexpected; the text goes to the log, never to the caller.
    Internal(String),
    /// PostgreSQL asks to run the transaction again. Never leaves `db/`.
    Serialization(String),
}

/// Why nothing can be saved at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// There is no room on the disk, or a quota is used up.
    Full,
    /// The data, or the file system it is on, is read-only.
    ReadOnly,
    /// The disk refused a write for a reason of its own. `db/` looks whether it is one of the above.
    Refused,
    /// The disk failed in a way that leaves open what it has kept.
    Failing,
    /// The disk is so slow that a write did not get its turn in time.
    Slow,
}

/// Seconds after which a retry makes sense when nothing can be saved: somebody has to make room first.
const TROUBLE_RETRY_S: u32 = 5;

impl Trouble {
    /// As metrics and `/readyz` name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Trouble::Full => "full",
            Trouble::ReadOnly => "read_only",
            Trouble::Refused | Trouble::Failing => "failing",
            Trouble::Slow => "slow",
        }
    }

    /// What the caller is told: what is wrong, whether anything was done, and what to do.
    pub fn reason(self) -> &'static str {
        match self {
            Trouble::Full => {
                "The disk of the server is full: nothing of this was done. Reading goes on; try again when there is room."
            }
            Trouble::ReadOnly => {
                "The server's data is read-only at the moment: nothing of this was done. Reading goes on; try again later."
            }
            Trouble::Refused | Trouble::Failing => {
                "The disk of the server reports errors: this was not confirmed, and it may have been done. \
                 Look before you ask again."
            }
            Trouble::Slow => {
                "The disk of the server is too slow: this waited too long and nothing of it was done. Try again later."
            }
        }
    }
}

/// An expected failure: code, sentence and details.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The public code.
    pub code: Code,
    /// A sentence that says which value was wrong and what to do.
    pub message: String,
    /// Machine-readable details (`details` of the answer), `null` when there are none.
    pub details: Value,
}

impl Error {
    /// A refusal with a code and a sentence.
    pub fn with_code(code: Code, message: impl Into<String>) -> Error {
        Error::with_details(code, message, Value::Null)
    }

    /// A refusal with details.
    pub fn with_details(code: Code, message: impl Into<String>, details: Value) -> Error {
        Error::Refused(Box::new(Refusal { code, message: message.into(), details }))
    }

    /// A field that is missing, malformed or over a limit; named in `details.fields`.
    pub fn validation(field: &str, message: impl Into<String>) -> Error {
        let message = message.into();
        let mut fields = Map::new();
        fields.insert(field.to_owned(), Value::String(message.clone()));
        Error::with_details(Code::ValidationError, message, json!({ "fields": fields }))
    }

    /// No such record, or it belongs to another workspace: both look the same.
    pub fn not_found(message: impl Into<String>) -> Error {
        Error::with_code(Code::NotFound, message)
    }

    /// Something that should not have happened; logged, never shown.
    pub fn internal(cause: impl fmt::Display) -> Error {
        Error::Internal(cause.to_string())
    }

    /// The server can't do it now.
    pub fn unavailable(reason: impl Into<String>) -> Error {
        Error::Unavailable { reason: reason.into(), retry_after_s: 1 }
    }

    /// Seconds after which a retry makes sense; nothing when it does not.
    pub fn retry_after_s(&self) -> Option<u32> {
        match self {
            Error::Unavailable { retry_after_s, .. } => Some(*retry_after_s),
            Error::Trouble(_) => Some(TROUBLE_RETRY_S),
            _ => None,
        }
    }

    /// The public code of this failure.
    pub fn code(&self) -> Code {
        match self {
            Error::Refused(refusal) => refusal.code,
            Error::Unavailable { .. } | Error::Trouble(_) | Error::Serialization(_) => Code::Unavailable,
            Error::Internal(_) => Code::InternalError,
        }
    }
}

/// Characters of a caller's text that a sentence quotes.
const QUOTED_MAX: usize = 80;

/// A caller's text as a sentence quotes it: cut, so that no answer grows with what was sent.
pub fn quoted(text: &str) -> String {
    text.chars().take(QUOTED_MAX).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(refusal) => f.write_str(&refusal.message),
            Error::Unavailable { reason, .. } => f.write_str(reason),
            Error::Trouble(trouble) => f.write_str(trouble.reason()),
            Error::Internal(cause) => f.write_str(cause),
            Error::Serialization(cause) => write!(f, "the transaction must run again: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::internal(format_args!("JSON: {error}"))
    }
}

//! What leaves the server: `{"data": …}`, `{"data": …, "meta": …}` or `{"error": {"code", "message", "details"}}`.
//!
//! The one place where a public code becomes an HTTP status. Causes of internal errors are logged here, once, and
//! never sent.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::error::{Code, Error, Refusal};

/// `{"data": …}`
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// The answer.
    pub data: T,
}

/// `{"data": …, "meta": …}`, for pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, under their plural name.
    pub data: T,
    /// Which page this is.
    pub meta: Meta,
}

/// Which page, and how many rows there are on all pages.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Meta {
    /// Counted from 1.
    pub page: u32,
    /// Rows on a page.
    pub per_page: u32,
    /// Rows on all pages.
    pub total: u64,
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What was wrong.
    pub error: ProblemBody,
}

/// Code, sentence and details of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// From the published table, for example `validation_error`.
    #[schema(example = "validation_error")]
    pub code: &'static str,
    /// A sentence that says what was wrong and what to do.
    #[schema(example = "Task has already been approved")]
    pub message: String,
    /// `fields` names each wrong field; a refused decision names the winner in `decision`.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub details: serde_json::Value,
}

/// The status of each public code.
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::ValidationError
        | Code::AmbiguousReference
        | Code::InvalidUrl
        | Code::InvalidEvents
        | Code::MissingIdempotencyKey => StatusCode::BAD_REQUEST,
        Code::InvalidKey => StatusCode::UNAUTHORIZED,
        Code::InsufficientPermissions => StatusCode::FORBIDDEN,
        Code::NotFound
        | Code::ListNotFound
        | Code::MembershipNotFound
        | Code::CompanyNotFound
        | Code::WebhookNotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::IdempotencyConflict
        | Code::PlanChanged
        | Code::AlreadyTerminal
        | Code::AlreadyConsumed
        | Code::NotApproved
        | Code::ApprovalExpired
        | Code::NotConsumed
        | Code::OutcomeConflict => StatusCode::CONFLICT,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let code = self.code();
        let retry_after_s = self.retry_after_s();
        let (message, details) = match self {
            Error::Refused(refusal) => {
                let Refusal { message, details, .. } = *refusal;
                (message, details)
            }
            Error::Unavailable { reason, .. } => (reason, serde_json::Value::Null),
            Error::Trouble(trouble) => (trouble.reason().to_owned(), serde_json::Value::Null),
            Error::Serialization(cause) | Error::Internal(cause) => {
                tracing::error!(cause, "a request failed");
                let sentence =
                    "Something went wrong on our side. The server's log has the cause under this request's id.";
                (sentence.to_owned(), serde_json::Value::Null)
            }
        };
        let problem = Problem { error: ProblemBody { code: code.as_str(), message, details } };
        let mut response = json_response(status(code), &problem);
        if let Some(seconds) = retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The body of an error without details, for where there is no request to answer.
pub(super) fn problem_text(code: Code, message: &str) -> String {
    json!({"error": {"code": code.as_str(), "message": message}}).to_string()
}

/// A body of JSON with its status.
pub fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => json_bytes(status, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            let problem = problem_text(Code::InternalError, "The answer could not be written.");
            json_bytes(StatusCode::INTERNAL_SERVER_ERROR, problem.into_bytes())
        }
    }
}

/// A body that is JSON already.
pub fn json_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What a handler that only reads gives back.
pub type Answer<T> = Result<Json<Data<T>>, Error>;

/// A 200 with a JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.0)
    }
}

/// `{"data": …}` with 200.
pub fn data<T>(data: T) -> Json<Data<T>> {
    Json(Data { data })
}

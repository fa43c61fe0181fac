//! Who is asking, as a handler sees it: `Can<need::LexiApprove>` exists only after key, limits and permission were
//! checked. Everything comes from the key; nothing from the body.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::keys::Caller;
use crate::keys::permissions::{Needed, Permission};

/// A request by a caller whose key was checked. Put into the request by `identify`.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks, with the request's id.
    pub caller: Caller,
    /// Set when the request carries an `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
}

/// What makes a repeated write the same write.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The header's value, at most 255 characters.
    pub key: String,
    /// The request's method.
    pub method: String,
    /// The request's path, without the gateway prefix and without the query.
    pub path: String,
    /// SHA-256 of the body, in hex.
    pub payload_hash: String,
}

/// Proof that the caller holds permission `P`.
#[derive(Debug, Clone)]
pub struct Can<P> {
    /// The request.
    pub asked: Asked,
    needed: PhantomData<P>,
}

impl<P> Deref for Can<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.asked.caller
    }
}

impl<P: Needed> FromRequestParts<App> for Can<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Can<P>> {
        let asked = parts.extensions.get::<Asked>().ok_or_else(invalid_key)?;
        let holds = |permission: Permission| asked.caller.permissions.allows(permission);
        if !holds(P::PERMISSION) && !P::OR.is_some_and(holds) {
            let other = P::OR.map(|other| format!(" or {}", other.as_str())).unwrap_or_default();
            let missing = format!("{}{other}", P::PERMISSION.as_str());
            return Err(Error::with_code(
                Code::InsufficientPermissions,
                format!("This key lacks the permission {missing}. Use a key that holds it."),
            ));
        }
        Ok(Can { asked: asked.clone(), needed: PhantomData })
    }
}

/// Missing, malformed, unknown, expired and revoked keys look the same.
pub fn invalid_key() -> Error {
    Error::with_code(Code::InvalidKey, "Invalid API key")
}

//! What goes with every delivery: the published headers and those of Standard Webhooks. Pure code.
//!
//! The two signatures differ in what is signed and with what: `X-LeadLex-Signature` is over the body with the bytes of the
//! secret's text; `webhook-signature` is over id, time and body with the bytes that the text stands for.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use ring::hmac;
use uuid::Uuid;

use super::secret::Secret;
use crate::clock::{SECOND_MS, iso};
use crate::error::{Error, Result};

/// As the published API names itself.
const AGENT: &str = "LeadLex-Webhook/1.0";

/// What one attempt is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// The delivery: the same at every attempt.
    pub(super) delivery_id: Uuid,
    /// The attempt itself.
    pub(super) attempt_id: Uuid,
    /// When it is made.
    pub(super) at_ms: i64,
}

/// The headers of an attempt. `secrets` holds the present secret, and behind it one that still counts.
pub(super) fn headers(attempt: Attempt, secrets: &[Secret], body: &str) -> Result<HeaderMap> {
    let newest = secrets.first().ok_or_else(|| Error::internal("a webhook has no secret"))?;
    let id = attempt.delivery_id.to_string();
    let seconds = attempt.at_ms.div_euclid(SECOND_MS).to_string();
    let signed = format!("{id}.{seconds}.{body}");
    let signatures: Vec<String> =
        secrets.iter().map(|secret| format!("v1,{}", base64(&hmac_of(secret.bytes(), &signed)))).collect();
    let published: String = hmac_of(newest.text().as_bytes(), body).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    for (name, value) in [
        ("x-leadlex-signature", format!("sha256={published}")),
        ("x-leadlex-timestamp", iso(attempt.at_ms)),
        ("x-leadlex-delivery-id", attempt.attempt_id.to_string()),
        ("webhook-id", id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", signatures.join(" ")),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).map_err(Error::internal)?);
    }
    Ok(headers)
}

fn hmac_of(secret: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes()).as_ref().to_vec()
}

/// Base64 with the usual alphabet and padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let digit = (digit <= three.len()).then(|| DIGITS[bits >> (18 - 6 * digit) & 63]);
            text.push(digit.map_or('=', char::from));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xef, 0xff]), "++//");
    }

    #[test]
    fn both_secrets_sign_in_the_standard_header_and_the_new_one_in_the_published() {
        let attempt = Attempt { delivery_id: Uuid::nil(), attempt_id: Uuid::max(), at_ms: 1_764_000_000_007 };
        let secrets = [Secret::of([1; 32]), Secret::of([2; 32])];
        let both = headers(attempt, &secrets, "{}").unwrap();
        let one = headers(attempt, &secrets[..1], "{}").unwrap();
        let text = |headers: &HeaderMap, name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(text(&both, "x-leadlex-signature"), text(&one, "x-leadlex-signature"));
        assert!(text(&both, "webhook-signature").starts_with(&text(&one, "webhook-signature")));
        assert_eq!(text(&both, "webhook-signature").split(' ').count(), 2);
        assert_eq!(text(&both, "webhook-timestamp"), "1764000000");
        assert_eq!(text(&both, "x-leadlex-timestamp"), "2025-11-24T16:00:00.007Z");
    }
}

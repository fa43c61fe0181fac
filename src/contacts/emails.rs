//! What an e-mail address and a domain are: normal form and plausibility. Pure.
//!
//! Two spellings of one address are the same contact and the same suppression, so everything that stores or compares
//! an address goes through [`normal`].

use crate::error::{Error, Result, quoted};

/// Characters of an address, as the mail standard allows (RFC 5321 with the correction to it).
pub const EMAIL_MAX: usize = 254;
/// Characters before the `@` (RFC 5321).
const LOCAL_MAX: usize = 64;
/// Characters of a domain and of one of its labels (RFC 1035).
pub const DOMAIN_MAX: usize = 253;
const LABEL_MAX: usize = 63;

/// An address as it was given and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// Trimmed, otherwise as given.
    pub given: String,
    /// Trimmed and lower-case.
    pub norm: String,
}

impl Email {
    /// An address that was checked before.
    pub fn of(text: &str) -> Email {
        Email { given: text.trim().to_owned(), norm: normal(text) }
    }
}

/// The form in which addresses are compared: trimmed and lower-case.
pub fn normal(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Reads an address a caller sent in `field`.
pub fn check(field: &str, text: &str) -> Result<Email> {
    let email = Email::of(text);
    if email.given.chars().count() > EMAIL_MAX {
        return Err(Error::validation(field, format!("{field} must have at most {EMAIL_MAX} characters.")));
    }
    if !plausible(&email.norm) {
        let shown = quoted(&email.given);
        return Err(Error::validation(
            field,
            format!("{field} must be an e-mail address such as name@example.com, got \"{shown}\"."),
        ));
    }
    Ok(email)
}

/// Whether mail could be sent to such an address; only sending it shows whether it arrives.
pub fn plausible(norm: &str) -> bool {
    let Some((local, domain)) = norm.rsplit_once('@') else { return false };
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    (1..=LOCAL_MAX).contains(&local.chars().count()) && !dots && local.chars().all(allowed) && plausible_domain(domain)
}

/// Whether it is a domain below a top-level one, written without scheme, port or path.
pub fn plausible_domain(norm: &str) -> bool {
    let mut labels = norm.split('.');
    let last = norm.rsplit('.').next().unwrap_or_default();
    norm.chars().count() <= DOMAIN_MAX
        && norm.contains('.')
        && !last.chars().all(|c| c.is_ascii_digit())
        && labels.all(|label| {
            (1..=LABEL_MAX).contains(&label.chars().count())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// The domain of an address in normal form; empty when there is none.
pub fn domain(norm: &str) -> &str {
    norm.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// A domain and all domains it lies in, nearest first, without the top-level one.
pub fn with_parents(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, parent)| parent))
        .filter(|domain| domain.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_trimmed_and_in_lower_case() {
        let email = check("email", "  Hans.Mueller@Example.COM ").unwrap();
        assert_eq!(email.given, "Hans.Mueller@Example.COM");
        assert_eq!(email.norm, "hans.mueller@example.com");
    }

    #[test]
    fn what_no_mail_could_be_sent_to_is_refused() {
        for wrong in [
            "",
            "x",
            "@example.com",
            "x@",
            "x@example",
            "x@@example.com",
            "x y@example.com",
            "x@exa mple.com",
            "x@.com",
            "x@example..com",
            "x@-example.com",
            "x@example-.com",
            ".x@example.com",
            "x.@example.com",
            "x..y@example.com",
            "x@127.0.0.1",
            "<x@example.com>",
            "x@example.com,y@example.com",
            "x@example.com.",
        ] {
            assert!(check("email", wrong).is_err(), "{wrong}");
        }
        for right in ["x@example.com", "o'brien+crm@mail.example.co.uk", "jörg@bücher.example", "a_b-c@x-y.example"] {
            assert!(check("email", right).is_ok(), "{right}");
        }
    }

    #[test]
    fn lengths_are_held_from_both_sides() {
        let local = "l".repeat(64);
        assert!(plausible(&format!("{local}@example.com")));
        assert!(!plausible(&format!("{local}l@example.com")));
        let label = "d".repeat(63);
        assert!(plausible_domain(&format!("{label}.com")));
        assert!(!plausible_domain(&format!("{label}d.com")));
        let domain = |length: usize| format!("{label}.{label}.{}.com", "x".repeat(length - 2 * 64 - 4));
        assert!(check("email", &format!("x@{}", domain(189))).is_ok());
        let long = format!("{local}@{}", domain(189));
        assert_eq!(long.chars().count(), EMAIL_MAX);
        assert!(check("email", &long).is_ok());
        assert!(check("email", &format!("{local}@{}", domain(190))).is_err());
    }

    #[test]
    fn a_domain_lies_in_all_its_parents_but_the_top_level_one() {
        let all: Vec<_> = with_parents("a.b.example.com").collect();
        assert_eq!(all, ["a.b.example.com", "b.example.com", "example.com"]);
        assert_eq!(with_parents("com").count(), 0);
        assert_eq!(domain("x@b.example.com"), "b.example.com");
    }
}

//! Roles: the words by which a rule says whose approval counts, such as `partner`. A key carries them; they permit
//! nothing by themselves.

use std::sync::Arc;

use crate::error::{Error, Result, quoted};

/// Roles one key carries at most.
pub const ROLES_MAX: usize = 16;
/// Characters of a role.
pub const ROLE_CHARS_MAX: usize = 40;
/// Words that mean something else where a rule says whose approval counts.
const RESERVED: [&str; 7] = ["and", "any", "human", "not", "of", "or", "requester"];

/// The roles of a key: lower-case words, each once, in alphabetical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(Option<Arc<[String]>>);

impl Roles {
    /// No role.
    pub const NONE: Roles = Roles(None);

    /// Reads roles as a request or the command line gives them; capitals and blanks around them make no difference.
    ///
    /// # Errors
    /// `validation_error` for `roles`: too many, or one that is no word.
    pub fn parse<S: AsRef<str>>(given: &[S]) -> Result<Roles> {
        if given.len() > ROLES_MAX {
            return Err(Error::validation("roles", format!("A key carries at most {ROLES_MAX} roles.")));
        }
        given.iter().map(|role| role_named("roles", role.as_ref())).collect::<Result<Vec<String>>>().map(Roles::of)
    }

    /// Reads roles as they are stored.
    pub fn stored(text: &str) -> Result<Roles> {
        Ok(Roles::of(serde_json::from_str(text)?))
    }

    fn of(mut roles: Vec<String>) -> Roles {
        roles.sort_unstable();
        roles.dedup();
        Roles((!roles.is_empty()).then(|| roles.into()))
    }

    /// All of them.
    pub fn names(&self) -> &[String] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether it is one of them.
    pub fn holds(&self, role: &str) -> bool {
        self.names().iter().any(|own| own == role)
    }

    /// Those of `other` that are not among these.
    pub fn lacking<'o>(&self, other: &'o Roles) -> Vec<&'o str> {
        other.names().iter().map(String::as_str).filter(|role| !self.holds(role)).collect()
    }

    /// As stored: JSON.
    pub fn json(&self) -> Result<String> {
        Ok(serde_json::to_string(self.names())?)
    }
}

/// A role in its normalized form: a lower-case word of letters, digits, `-` and `_` that begins with a letter.
///
/// # Errors
/// `validation_error` for `field`.
pub fn role_named(field: &str, given: &str) -> Result<String> {
    let role = given.trim().to_lowercase();
    let begins = role.chars().next().is_some_and(char::is_alphabetic);
    if !begins || !role.chars().all(is_role_char) || role.chars().count() > ROLE_CHARS_MAX {
        let message = format!(
            "A role is a word of at most {ROLE_CHARS_MAX} letters, digits, - and _ that begins with a letter, got \"{}\".",
            quoted(given)
        );
        return Err(Error::validation(field, message));
    }
    if is_reserved(&role) {
        let message = format!("\"{role}\" can't be a role: it has a meaning of its own in rules.");
        return Err(Error::validation(field, message));
    }
    Ok(role)
}

/// What a role may consist of.
pub fn is_role_char(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

/// Whether the word has a meaning of its own where a rule says whose approval counts.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_lower_case_words_each_once() {
        let roles = Roles::parse(&[" Partner", "compliance", "PARTNER"]).unwrap();
        assert_eq!(roles.names(), ["compliance", "partner"]);
        assert_eq!(Roles::stored(&roles.json().unwrap()).unwrap(), roles);
        assert_eq!(Roles::parse::<&str>(&[]).unwrap(), Roles::NONE);
    }

    #[test]
    fn what_is_no_role_is_named() {
        let long = "x".repeat(ROLE_CHARS_MAX + 1);
        for wrong in ["", "two words", "2nd", "a,b", "requester", "Human", &long] {
            let refused = Roles::parse(&[wrong]).unwrap_err();
            assert!(refused.to_string().contains("role"), "{wrong}: {refused}");
        }
        assert!(Roles::parse(&vec!["a"; ROLES_MAX + 1]).is_err());
        assert!(Roles::parse(&["x".repeat(ROLE_CHARS_MAX)]).is_ok());
    }
}

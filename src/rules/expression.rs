//! Whose approvals a rule wants, as words: `2 of partner and 1 of compliance and not requester`.
//!
//! # Grammar
//!
//! ```text
//! expression = group { "or" group } .
//! group      = part { "and" part } .
//! part       = number "of" role        that many keys that carry the role
//!            | "any" number            that many keys, whatever they carry
//!            | "human"                 of this group only people count, no programs and no policies
//!            | "not" "requester"       of this group the key that asked for the task does not count
//!            | "(" expression ")" .
//! number     = 1 … 20 .
//! role       = a word as keys carry it .
//! ```
//!
//! Capitals make no difference, and `and` binds closer than `or`. `human` and `not requester` restrict everything they
//! stand beside in their group, what is in parentheses there included. A group of nothing but these wants one approval.
//! There is no other `not`: a further approval never makes an approved task less approved.
//!
//! # Meaning
//!
//! Each count of a group is met by keys of its own: `2 of partner and 1 of compliance` wants three keys, even when one
//! of the partners carries both roles. `or` separates alternatives; the one that is met first decides.

use std::fmt;

use super::tally::{Alternative, Term};
use crate::keys::roles::{is_reserved, is_role_char, role_named};

/// Characters of an expression.
pub const EXPRESSION_MAX: usize = 500;
/// Approvals that one alternative can want.
pub const VOTES_MAX: u32 = 20;
/// Parentheses inside parentheses.
const DEPTH_MAX: usize = 16;
/// Alternatives that an expression comes to when its parentheses are multiplied out.
const ALTERNATIVES_MAX: usize = 64;

/// Whose approvals are wanted. Read by [`Expression::parse`]; printed, it reads back as the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Every one of these, by different keys. At least two; none of them is an `All`.
    All(Vec<Expression>),
    /// One of these. At least two; none of them is an `Any`.
    Any(Vec<Expression>),
    /// This many keys that carry the role; none: whatever they carry.
    Count(u32, Option<String>),
    /// Only people count.
    Human,
    /// Who asked for the task does not count.
    NotRequester,
}

/// Where an expression can't be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The character it begins at, counted from 1.
    pub column: usize,
    /// What was expected, as a sentence without its stop.
    pub why: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column {}: {}.", self.column, self.why)
    }
}

impl Expression {
    /// One approval by anybody who may approve: what holds where nothing is said.
    pub fn one() -> Expression {
        Expression::Count(1, None)
    }

    /// Reads an expression.
    ///
    /// # Errors
    /// The first place that can't be read, or the beginning of what wants too much.
    pub fn parse(text: &str) -> Result<Expression, Unread> {
        let length = text.chars().count();
        if length > EXPRESSION_MAX {
            let why = format!("an expression has at most {EXPRESSION_MAX} characters, this one {length}");
            return Err(Unread { column: EXPRESSION_MAX + 1, why });
        }
        let mut reader = Reader { tokens: tokens(text)?, at: 0, end: length + 1 };
        let read = reader.expression(0)?;
        match reader.peek() {
            Some(_) => Err(reader.unread("expected \"and\", \"or\" or the end")),
            None => read.within_limits(),
        }
    }

    /// Every one of these, flattened.
    fn all(parts: Vec<Expression>) -> Expression {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Expression::All(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Expression::All(flat) }
    }

    /// One of these, flattened.
    fn any(parts: Vec<Expression>) -> Expression {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Expression::Any(inner) => flat.extend(inner),
                part => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Expression::Any(flat) }
    }

    fn within_limits(self) -> Result<Expression, Unread> {
        let first = |why: String| Unread { column: 1, why };
        if self.count_alternatives() > ALTERNATIVES_MAX {
            let why = format!("this comes to more than {ALTERNATIVES_MAX} alternatives; make two rules of it");
            return Err(first(why));
        }
        if self.alternatives().iter().any(|alternative| alternative.votes() > VOTES_MAX) {
            return Err(first(format!("this wants more than {VOTES_MAX} approvals at once")));
        }
        Ok(self)
    }

    /// How many alternatives there are, without making them.
    fn count_alternatives(&self) -> usize {
        match self {
            Expression::All(parts) => {
                parts.iter().fold(1, |product: usize, part| product.saturating_mul(part.count_alternatives()))
            }
            Expression::Any(parts) => {
                parts.iter().fold(0, |sum: usize, part| sum.saturating_add(part.count_alternatives()))
            }
            Expression::Count(..) | Expression::Human | Expression::NotRequester => 1,
        }
    }

    /// The ways in which it can be met, its parentheses multiplied out.
    pub fn alternatives(&self) -> Vec<Alternative> {
        let group = std::slice::from_ref(self);
        match self {
            Expression::Any(parts) => parts.iter().flat_map(Expression::alternatives).collect(),
            Expression::All(parts) => of_group(parts),
            Expression::Count(..) | Expression::Human | Expression::NotRequester => of_group(group),
        }
    }
}

/// The alternatives of parts that stand beside each other.
fn of_group(parts: &[Expression]) -> Vec<Alternative> {
    let mut found = vec![Alternative::default()];
    let (mut human, mut not_requester) = (false, false);
    for part in parts {
        match part {
            Expression::Human => human = true,
            Expression::NotRequester => not_requester = true,
            Expression::Count(count, role) => {
                let term = Term { count: *count, role: role.clone(), human: false, not_requester: false };
                found.iter_mut().for_each(|alternative| alternative.terms.push(term.clone()));
            }
            Expression::All(_) | Expression::Any(_) => {
                let inner = part.alternatives();
                found = found.iter().flat_map(|left| inner.iter().map(|right| left.beside(right))).collect();
            }
        }
    }
    for alternative in &mut found {
        if alternative.terms.is_empty() {
            alternative.terms.push(Term { count: 1, role: None, human: false, not_requester: false });
        }
        for term in &mut alternative.terms {
            term.human |= human;
            term.not_requester |= not_requester;
        }
    }
    found
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::All(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let between = if at == 0 { "" } else { " and " };
                    match part {
                        Expression::Any(_) => write!(f, "{between}({part})")?,
                        _ => write!(f, "{between}{part}")?,
                    }
                }
                Ok(())
            }
            Expression::Any(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let between = if at == 0 { "" } else { " or " };
                    write!(f, "{between}{part}")?;
                }
                Ok(())
            }
            Expression::Count(count, Some(role)) => write!(f, "{count} of {role}"),
            Expression::Count(count, None) => write!(f, "any {count}"),
            Expression::Human => f.write_str("human"),
            Expression::NotRequester => f.write_str("not requester"),
        }
    }
}

/// A word, a number or a parenthesis, and the column it begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    column: usize,
}

fn tokens(text: &str) -> Result<Vec<Token>, Unread> {
    let mut found: Vec<Token> = Vec::new();
    let mut in_word = false;
    for (column, c) in (1..).zip(text.chars()) {
        match c {
            _ if c.is_whitespace() => in_word = false,
            '(' | ')' => {
                found.push(Token { text: c.to_string(), column });
                in_word = false;
            }
            _ if is_role_char(c) => {
                if !in_word {
                    found.push(Token { text: String::new(), column });
                }
                if let Some(word) = found.last_mut() {
                    word.text.extend(c.to_lowercase());
                }
                in_word = true;
            }
            _ => return Err(Unread { column, why: format!("the character \"{c}\" has no meaning here") }),
        }
    }
    Ok(found)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// The column behind the last character.
    end: usize,
}

impl Reader {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(|token| token.text.as_str())
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |token| token.column)
    }

    fn unread(&self, why: impl Into<String>) -> Unread {
        Unread { column: self.column(), why: why.into() }
    }

    /// Takes the next word when it is this one.
    fn takes(&mut self, word: &str) -> bool {
        let is_it = self.peek() == Some(word);
        self.at += usize::from(is_it);
        is_it
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, Unread> {
        let mut groups = Vec::new();
        loop {
            let column = self.column();
            let group = self.group(depth)?;
            let without_count = is_without_count(&group);
            groups.push(group);
            let more = self.takes("or");
            if without_count && (more || groups.len() > 1) {
                let why = "\"human\" and \"not requester\" say whose approvals count; put a count beside them, as in \
                           \"any 1 and human\""
                    .to_owned();
                return Err(Unread { column, why });
            }
            if !more {
                return Ok(Expression::any(groups));
            }
        }
    }

    fn group(&mut self, depth: usize) -> Result<Expression, Unread> {
        let mut parts = vec![self.part(depth)?];
        while self.takes("and") {
            parts.push(self.part(depth)?);
        }
        Ok(Expression::all(parts))
    }

    fn part(&mut self, depth: usize) -> Result<Expression, Unread> {
        if self.takes("(") {
            if depth == DEPTH_MAX {
                return Err(self.unread(format!("there are more than {DEPTH_MAX} parentheses inside each other")));
            }
            let inner = self.expression(depth + 1)?;
            return if self.takes(")") { Ok(inner) } else { Err(self.unread("expected \"and\", \"or\" or \")\"")) };
        }
        if self.takes("human") {
            return Ok(Expression::Human);
        }
        if self.takes("not") {
            let why = "expected \"requester\": nothing else can be ruled out";
            return if self.takes("requester") { Ok(Expression::NotRequester) } else { Err(self.unread(why)) };
        }
        if self.takes("any") {
            return Ok(Expression::Count(self.number()?, None));
        }
        if !self.peek().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(self.unread(
                "expected a count such as \"2 of partner\" or \"any 2\", \"human\", \"not requester\" or \"(\"",
            ));
        }
        let count = self.number()?;
        if !self.takes("of") {
            return Err(self.unread("expected \"of\" and a role, as in \"2 of partner\""));
        }
        self.role(count)
    }

    fn number(&mut self) -> Result<u32, Unread> {
        let number = self.peek().and_then(|word| word.parse().ok()).filter(|number| (1..=VOTES_MAX).contains(number));
        let number = number.ok_or_else(|| self.unread(format!("expected a number from 1 to {VOTES_MAX}")))?;
        self.at += 1;
        Ok(number)
    }

    fn role(&mut self, count: u32) -> Result<Expression, Unread> {
        let role = match self.peek() {
            Some(word) if !is_reserved(word) => role_named("approve", word).ok(),
            _ => None,
        };
        let role = role.ok_or_else(|| self.unread("expected a role such as partner"))?;
        self.at += 1;
        Ok(Expression::Count(count, Some(role)))
    }
}

/// Whether it says only whose approvals count, not how many.
fn is_without_count(expression: &Expression) -> bool {
    match expression {
        Expression::Human | Expression::NotRequester => true,
        Expression::All(parts) => parts.iter().all(is_without_count),
        Expression::Any(_) | Expression::Count(..) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Expression {
        Expression::parse(text).unwrap_or_else(|unread| panic!("{text}: {unread}"))
    }

    #[test]
    fn what_is_read_is_printed_in_one_way() {
        for (text, printed) in [
            (
                "2 of partner and 1 of compliance and not requester",
                "2 of partner and 1 of compliance and not requester",
            ),
            ("ANY  2", "any 2"),
            ("(1 of Partner or 2 of associate) AND human", "(1 of partner or 2 of associate) and human"),
            ("((any 1)) and (human and not requester)", "any 1 and human and not requester"),
            ("1 of a or (2 of b or any 3)", "1 of a or 2 of b or any 3"),
            ("human", "human"),
            ("1 of a and 1 of b or 1 of c", "1 of a and 1 of b or 1 of c"),
        ] {
            assert_eq!(read(text).to_string(), printed, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_column() {
        for (text, column, why) in [
            ("", 1, "expected a count"),
            ("2 of", 5, "expected a role"),
            ("2 partner", 3, "expected \"of\""),
            ("any 0", 5, "from 1 to 20"),
            ("any 21", 5, "from 1 to 20"),
            ("1 of partner 1 of associate", 14, "expected \"and\""),
            ("(any 1", 7, "expected \"and\""),
            ("any 1)", 6, "expected \"and\""),
            ("not human", 5, "expected \"requester\""),
            ("1 of requester", 6, "expected a role"),
            ("any 1 or human", 10, "say whose approvals count"),
            ("(human) or any 1", 1, "say whose approvals count"),
            ("any 1 & any 2", 7, "no meaning"),
            ("partner", 1, "expected a count"),
            ("11 of a and 10 of b", 1, "more than 20"),
        ] {
            let unread = Expression::parse(text).expect_err(text);
            assert!(unread.column == column && unread.why.contains(why), "{text}: {unread}");
        }
        assert!(Expression::parse(&"(".repeat(20)).is_err());
        assert!(Expression::parse(&format!("any 1{}", " ".repeat(EXPRESSION_MAX))).is_err());
        let pairs = ["(any 1 or 1 of a)"; 7].join(" and ");
        assert!(Expression::parse(&pairs).expect_err("128 alternatives").why.contains("alternatives"));
    }

    #[test]
    fn human_and_not_requester_hold_for_the_whole_group() {
        let alternatives = read("(1 of a or 2 of b) and human or any 3").alternatives();
        let terms: Vec<Vec<(u32, Option<&str>, bool)>> = alternatives
            .iter()
            .map(|one| one.terms.iter().map(|term| (term.count, term.role.as_deref(), term.human)).collect())
            .collect();
        assert_eq!(terms, [vec![(1, Some("a"), true)], vec![(2, Some("b"), true)], vec![(3, None, false)]]);
    }

    fn expressions() -> impl Strategy<Value = Expression> {
        let count = (1..4_u32, prop_oneof![Just(None), "[a-z][a-z0-9_-]{0,8}".prop_map(Some)])
            .prop_filter("a role", |(_, role)| role.as_deref().is_none_or(|role| !is_reserved(role)))
            .prop_map(|(count, role)| Expression::Count(count, role));
        let restricted = (count, any::<bool>(), any::<bool>()).prop_map(|(count, human, not_requester)| {
            let mut parts = vec![count];
            parts.extend(human.then_some(Expression::Human));
            parts.extend(not_requester.then_some(Expression::NotRequester));
            Expression::all(parts)
        });
        restricted.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::all),
                prop::collection::vec(inner, 2..4).prop_map(Expression::any),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_as_the_same(expression in expressions()) {
            match Expression::parse(&expression.to_string()) {
                Ok(again) => prop_assert_eq!(again, expression),
                // Too long or too much at once is refused, and nothing else.
                Err(unread) => prop_assert!(unread.column == 1 || unread.column > EXPRESSION_MAX, "{}", unread),
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
            let _ = Expression::parse(&text);
        }

        #[test]
        fn no_run_of_its_own_words_makes_the_reader_panic(
            words in prop::collection::vec(
                prop_oneof!["and", "or", "not", "any", "of", "human", "requester", "partner", "[0-9]{1,3}", "\\(", "\\)"],
                0..40,
            )
        ) {
            if let Ok(read) = Expression::parse(&words.join(" ")) {
                prop_assert_eq!(Expression::parse(&read.to_string()), Ok(read));
            }
        }
    }
}

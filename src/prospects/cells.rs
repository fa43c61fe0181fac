//! From the cells of a record to the values of a row: trimmed, checked against the limits, numbers read as people write
//! them. A row that can't be trusted is rejected with a reason; a number that is not one is left unknown and counted,
//! because unknown is true and a guess is not ("51-200" employees is no number, so it stays unknown).

use std::collections::BTreeMap;

use super::Row;
use super::columns::{Columns, Field};
use super::identity;

/// Longest name, title or other short value, in characters; the limit of names everywhere.
const SHORT_CHARS_MAX: usize = 200;
/// Longest profile URL, in characters.
const URL_CHARS_MAX: usize = 500;
/// Longest cell of practice areas, in characters.
const PRACTICE_AREAS_CHARS_MAX: usize = 2_000;
/// Longest e-mail address, in characters (RFC 5321).
const EMAIL_CHARS_MAX: usize = 254;
/// Largest figure that is kept for revenue, in dollars, and for employees.
const FIGURE_MAX: f64 = 1e15;
/// Years a company may have been founded in.
const FOUNDED: std::ops::RangeInclusive<i64> = 1_000..=2_100;

/// What spreadsheets and exports write for "unknown", in lower case. Names are never compared with these.
const NOTHING: &[&str] =
    &["-", "--", "—", "n/a", "#n/a", "na", "null", "none", "(none)", "unknown", "nan", "not available"];

/// How many values of a field were left unknown because they were no number.
pub(super) type Ignored = BTreeMap<&'static str, u64>;

/// Reads the cells of one record.
///
/// # Errors
/// The reason, as a sentence, why the row is rejected.
pub(super) fn read(columns: &Columns, cells: &[String], ignored: &mut Ignored) -> Result<Row, String> {
    let mut row = Row::default();
    let mut figures = Vec::new();
    for (field, cell) in columns.fields.iter().zip(cells) {
        let Some(field) = *field else { continue };
        let Some(text) = text(field, cell)? else { continue };
        match field {
            Field::Email => row.email = Some(email(&text)?),
            Field::LinkedinUrl => row.linkedin_url = Some(profile_url(text)?),
            Field::CompanyDomain => row.company_domain = Some(domain(&text)?),
            Field::PracticeAreas => row.practice_areas = practice_areas(&text),
            Field::Headcount | Field::RevenueUsd | Field::Founded => figures.push((field, text)),
            _ => *short(&mut row, field) = Some(text),
        }
    }
    if row.full_name.is_none() {
        row.full_name = joined(row.first_name.as_deref(), row.last_name.as_deref());
        within(Field::FullName, row.full_name.as_deref().unwrap_or_default(), SHORT_CHARS_MAX)?;
    }
    for (field, text) in figures {
        let figure = match field {
            Field::Founded => year(&text),
            _ => figure(&text),
        };
        match field {
            Field::Headcount => row.headcount = figure,
            Field::RevenueUsd => row.revenue_usd = figure,
            _ => row.founded = figure,
        }
        if figure.is_none() {
            *ignored.entry(field.name()).or_default() += 1;
        }
    }
    Ok(row)
}

/// The place of a value that is kept as text.
fn short(row: &mut Row, field: Field) -> &mut Option<String> {
    match field {
        Field::ExternalId => &mut row.external_id,
        Field::FirstName => &mut row.first_name,
        Field::LastName => &mut row.last_name,
        Field::Title => &mut row.title,
        Field::Seniority => &mut row.seniority,
        Field::Department => &mut row.department,
        Field::Email => &mut row.email,
        Field::Phone => &mut row.phone,
        Field::LinkedinUrl => &mut row.linkedin_url,
        Field::City => &mut row.city,
        Field::State => &mut row.state,
        Field::Country => &mut row.country,
        Field::Company => &mut row.company,
        Field::CompanyDomain => &mut row.company_domain,
        Field::Industry => &mut row.industry,
        Field::CompanyType => &mut row.company_type,
        Field::CompanyCity => &mut row.company_city,
        Field::CompanyState => &mut row.company_state,
        Field::CompanyCountry => &mut row.company_country,
        // Fields that are no text are taken before; a name is what is left.
        Field::FullName | Field::PracticeAreas | Field::Headcount | Field::RevenueUsd | Field::Founded => {
            &mut row.full_name
        }
    }
}

/// The text of a cell: blanks around and doubled blanks removed; `None` when it says nothing.
fn text(field: Field, cell: &str) -> Result<Option<String>, String> {
    let text = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Ok(None);
    }
    let is_name = matches!(field, Field::FullName | Field::FirstName | Field::LastName | Field::Company);
    if !is_name && NOTHING.contains(&text.to_lowercase().as_str()) || text == "-" {
        return Ok(None);
    }
    if text.contains('\u{fffd}') || text.contains(char::is_control) {
        return Err(format!("{} holds characters that can't be read; the file's encoding may be wrong.", field.name()));
    }
    let most = match field {
        Field::LinkedinUrl => URL_CHARS_MAX,
        Field::PracticeAreas => PRACTICE_AREAS_CHARS_MAX,
        Field::Email => EMAIL_CHARS_MAX,
        _ => SHORT_CHARS_MAX,
    };
    within(field, &text, most)?;
    Ok(Some(text))
}

fn within(field: Field, text: &str, most: usize) -> Result<(), String> {
    match text.chars().count() {
        count if count > most => Err(format!("{} has {count} characters; at most {most} are kept.", field.name())),
        _ => Ok(()),
    }
}

/// First and last name as one.
fn joined(first: Option<&str>, last: Option<&str>) -> Option<String> {
    match (first, last) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// An e-mail address: one `@`, something before it, a domain with a dot behind it, no blanks.
fn email(text: &str) -> Result<String, String> {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    let sound = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !address.contains([' ', ',', ';', '<', '>', '"', '(', ')'])
            && !local.starts_with('.')
            && !local.ends_with('.')
            && is_domain(domain)
    });
    if sound { Ok(address.to_owned()) } else { Err(format!("\"{text}\" is no e-mail address.")) }
}

fn profile_url(text: String) -> Result<String, String> {
    if text.contains(' ') || identity::normal_url(&text).is_empty() {
        return Err(format!("\"{text}\" is no profile URL."));
    }
    Ok(text)
}

/// `example.com`, from a domain or a web address.
fn domain(text: &str) -> Result<String, String> {
    let domain = identity::normal_domain(text);
    if is_domain(&domain) { Ok(domain) } else { Err(format!("\"{text}\" is no domain or web address.")) }
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

/// Practice areas, `|` between them (a semicolon does too); each once.
fn practice_areas(text: &str) -> Vec<String> {
    let mut areas: Vec<String> = Vec::new();
    for area in text.split(['|', ';']).map(str::trim).filter(|area| !area.is_empty()) {
        if !areas.iter().any(|known| known.eq_ignore_ascii_case(area)) {
            areas.push(area.to_owned());
        }
    }
    areas
}

/// A whole number as people write it: `1,234`, `1 234`, `$1.2M`, `3 billion`, `1200.0`. No range, no "about".
fn figure(text: &str) -> Option<i64> {
    let lower = text.to_lowercase();
    let lower = lower.trim_start_matches("us").trim_start_matches(['$', ' ']);
    let lower = lower.strip_suffix("usd").unwrap_or(lower).trim();
    let lower = lower.strip_suffix("employees").unwrap_or(lower).trim();
    let end = lower.find(|letter: char| letter.is_alphabetic()).unwrap_or(lower.len());
    let (digits, unit) = lower.split_at(end);
    let times = match unit.trim() {
        "" => 1.0,
        "k" | "thousand" => 1e3,
        "m" | "mm" | "mio" | "mn" | "million" => 1e6,
        "b" | "bn" | "billion" => 1e9,
        _ => return None,
    };
    let number = grouped(digits.trim())? * times;
    (number.is_finite() && (0.0..=FIGURE_MAX).contains(&number)).then(|| {
        #[expect(clippy::cast_possible_truncation, reason = "at most 1e15, which an i64 holds")]
        let whole = number.round() as i64;
        whole
    })
}

/// Digits with separators of thousands (comma, blank, apostrophe) and at most one decimal point.
fn grouped(digits: &str) -> Option<f64> {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split([',', ' ', '\u{a0}', '\u{202f}', '\'', '’', '_']);
    let first = groups.next().filter(|group| !group.is_empty())?;
    let mut plain = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.len() > 3 {
            return None;
        }
        plain.push_str(group);
    }
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !only_digits(&plain) || !only_digits(decimals) {
        return None;
    }
    format!("{plain}.{decimals}0").parse().ok()
}

/// The year of "1987", "1987.0" or "1987-05-01".
fn year(text: &str) -> Option<i64> {
    let digits = text.split(['-', '/', '.']).next()?;
    let year: i64 = digits.parse().ok()?;
    (digits.len() == 4 && FOUNDED.contains(&year)).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(header: &str, record: &[&str]) -> (Result<Row, String>, Ignored) {
        let headers: Vec<String> = header.split(',').map(str::to_owned).collect();
        let columns = Columns::read(&headers, &[]).expect("known headers");
        let cells: Vec<String> = record.iter().map(|cell| (*cell).to_owned()).collect();
        let mut ignored = Ignored::new();
        (read(&columns, &cells, &mut ignored), ignored)
    }

    #[test]
    fn values_are_trimmed_and_unknown_is_not_a_value() {
        let (row, ignored) = read_one(
            "first_name,last_name,title,email,company,company_domain,practice_areas,industry",
            &[
                "  Ann ",
                "None",
                " Managing   Partner ",
                "N/A",
                "Lee LLP",
                "https://www.Lee.example/",
                "Tax | IP|tax",
                "-",
            ],
        );
        let row = row.expect("a good row");
        assert_eq!(row.full_name.as_deref(), Some("Ann None"));
        assert_eq!(row.title.as_deref(), Some("Managing Partner"));
        assert_eq!((row.email, row.industry), (None, None));
        assert_eq!(row.company_domain.as_deref(), Some("lee.example"));
        assert_eq!(row.practice_areas, ["Tax", "IP"]);
        assert!(ignored.is_empty());
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("1,234", 1_234),
            ("1 234", 1_234),
            ("1234.0", 1_234),
            ("$1.2M", 1_200_000),
            ("US$ 3 billion", 3_000_000_000),
            ("500K", 500_000),
            ("12'500", 12_500),
            ("140 employees", 140),
            ("0", 0),
            ("2500000 USD", 2_500_000),
        ] {
            assert_eq!(figure(text), Some(number), "{text}");
        }
        for text in ["51-200", "about 50", "10001+", "€5m", "1,23", "-5", "", "1.2.3", "1e400", "9999999999999999999"]
        {
            assert_eq!(figure(text), None, "{text}");
        }
        assert_eq!(year("1987"), Some(1987));
        assert_eq!(year("1987-05-01"), Some(1987));
        assert_eq!(year("87"), None);
    }

    #[test]
    fn a_figure_that_is_none_is_left_unknown_and_counted() {
        let (row, ignored) = read_one("company,headcount,revenue,founded", &["Acme", "51-200", "$1M-$10M", "long ago"]);
        let row = row.expect("the row is kept");
        assert_eq!((row.headcount, row.revenue_usd, row.founded), (None, None, None));
        assert_eq!(ignored.into_iter().collect::<Vec<_>>(), [("founded", 1), ("headcount", 1), ("revenue_usd", 1)]);
    }

    #[test]
    fn what_can_not_be_trusted_is_rejected_with_a_reason() {
        let long = "x".repeat(201);
        for (header, cell, reason) in [
            ("name,email", "ann@", "\"ann@\" is no e-mail address."),
            ("name,email", "ann lee@acme.example", "is no e-mail address"),
            ("name,email", "a@b.example; c@d.example", "is no e-mail address"),
            ("name,title", long.as_str(), "title has 201 characters; at most 200 are kept."),
            ("name,title", "Ch\u{fffd}f", "encoding"),
            ("name,title", "a\u{0}b", "encoding"),
            ("name,company_domain", "not a domain", "is no domain"),
        ] {
            let (row, _) = read_one(header, &["Ann Lee", cell]);
            let refused = row.expect_err("rejected");
            assert!(refused.contains(reason), "{refused}");
        }
    }
}

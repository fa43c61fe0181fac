//! Who is the same prospect, and which is the same company: one stored text each, unique in the database.
//!
//! A person is (source, external id), else the e-mail address, else the profile URL, else the normalized name with the
//! company's domain or name; never a name alone. A company is its domain, else its normalized name with the state and
//! country of its headquarters (two firms of one name in two states are two firms).
//!
//! The spelling rules here are frozen: they are part of the stored data, and so independent of the normaliser that
//! requests are read with.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Row;

/// Between the parts of an identity; no value holds it, because control characters are refused.
const BETWEEN: char = '\t';

/// The identity of a row's person in the files of `source`.
///
/// # Errors
/// A sentence that says what is missing, when nothing but a name (or not even that) is known.
pub fn of_person(source: &str, row: &Row) -> Result<String, String> {
    if let Some(external_id) = &row.external_id {
        return Ok(format!("id:{source}{BETWEEN}{external_id}"));
    }
    if let Some(email) = &row.email {
        return Ok(format!("email:{}", normal_email(email)));
    }
    if let Some(url) = &row.linkedin_url {
        return Ok(format!("url:{}", normal_url(url)));
    }
    let name = row.full_name.as_deref().map(normal_name).unwrap_or_default();
    if name.is_empty() {
        return Err("There is no name. Give full_name, or first_name and last_name.".into());
    }
    let company = match (&row.company_domain, &row.company) {
        (Some(domain), _) => normal_domain(domain),
        (None, Some(company)) => normal_name(company),
        (None, None) => String::new(),
    };
    if company.is_empty() {
        return Err("A name alone does not say who this is. Give external_id, email, linkedin_url, \
             company_domain or company."
            .into());
    }
    Ok(format!("name:{name}{BETWEEN}{company}"))
}

/// The identity of a row's company; `None` when the row names none.
pub fn of_company(row: &Row) -> Option<String> {
    if let Some(domain) = &row.company_domain {
        return Some(format!("domain:{}", normal_domain(domain)));
    }
    let name = normal_name(row.company.as_deref()?);
    let state = row.company_state.as_deref().map(normal_name).unwrap_or_default();
    let country = row.company_country.as_deref().map(normal_name).unwrap_or_default();
    Some(format!("name:{name}{BETWEEN}{state}{BETWEEN}{country}"))
}

/// A name in lower case without accents, its words joined by one space; letters of all scripts stay.
pub fn normal_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut gap = false;
    for letter in name.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        // "O'Brien" and "OBrien" are one name, as are "L.L.P." and "LLP".
        if matches!(letter, '\'' | '’' | '‘' | '`' | '.') {
            continue;
        }
        if letter == '&' {
            normal.push_str(if normal.is_empty() { "and" } else { " and" });
            gap = true;
        } else if letter.is_alphanumeric() {
            if gap && !normal.is_empty() {
                normal.push(' ');
            }
            gap = false;
            normal.extend(letter.to_lowercase());
        } else {
            gap = true;
        }
    }
    normal
}

/// An address as it is compared: lower case, without blanks around it.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The part of an address behind the `@`, in lower case.
pub fn email_domain(email: &str) -> Option<String> {
    email.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase())
}

/// A domain as it is compared: from a domain or a web address to `example.com`.
pub fn normal_domain(domain: &str) -> String {
    let host = without_scheme(domain.trim());
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    host.strip_prefix("www.").map(str::to_owned).unwrap_or(host)
}

/// A profile URL as it is compared: without scheme, `www.`, a LinkedIn country, query and closing slash.
pub fn normal_url(url: &str) -> String {
    let address = without_scheme(url.trim());
    let address = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_lowercase();
    let address = address.strip_prefix("www.").unwrap_or(&address);
    match address.split_once('.') {
        Some((country, rest)) if country.len() == 2 && rest.starts_with("linkedin.com/") => rest.to_owned(),
        _ => address.to_owned(),
    }
}

fn without_scheme(address: &str) -> &str {
    match address.split_once("://") {
        Some((_, rest)) => rest,
        None => address.strip_prefix("//").unwrap_or(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(set: impl FnOnce(&mut Row)) -> Row {
        let mut row = Row { full_name: Some("Renata O'Kafor".into()), ..Row::default() };
        set(&mut row);
        row
    }

    #[test]
    fn the_strongest_thing_known_names_the_person() {
        let everything = row(|row| {
            row.external_id = Some("7".into());
            row.email = Some("R@Okafor.example".into());
            row.linkedin_url = Some("https://www.linkedin.com/in/rokafor/".into());
            row.company = Some("Okafor & Lindqvist, L.L.P.".into());
        });
        assert_eq!(of_person("crm", &everything).as_deref(), Ok("id:crm\t7"));
        assert_ne!(of_person("crm", &everything), of_person("other", &everything));
        let by_email = Row { external_id: None, ..everything };
        assert_eq!(of_person("crm", &by_email).as_deref(), Ok("email:r@okafor.example"));
        let by_url = Row { email: None, ..by_email };
        assert_eq!(of_person("crm", &by_url).as_deref(), Ok("url:linkedin.com/in/rokafor"));
        let by_name = Row { linkedin_url: None, ..by_url };
        assert_eq!(of_person("crm", &by_name).as_deref(), Ok("name:renata okafor\tokafor and lindqvist llp"));
    }

    #[test]
    fn a_name_alone_is_nobody() {
        let refused = of_person("crm", &row(|_| ())).expect_err("a name alone");
        assert!(refused.contains("email"), "{refused}");
        assert!(of_person("crm", &Row { company: Some("Acme".into()), ..Row::default() }).is_err());
    }

    #[test]
    fn names_are_compared_without_case_accents_and_marks() {
        assert_eq!(normal_name("  José  MÜLLER-Núñez "), "jose muller nunez");
        assert_eq!(normal_name("Smith&Jones, P.C."), normal_name("Smith & Jones PC"));
        assert_eq!(normal_name("山田 太郎"), "山田 太郎");
    }

    #[test]
    fn web_addresses_are_compared_by_what_they_point_at() {
        for same in ["acme.com", "https://www.Acme.com/about?x=1", "WWW.ACME.COM", "http://acme.com:8080/", "acme.com."]
        {
            assert_eq!(normal_domain(same), "acme.com", "{same}");
        }
        assert_eq!(normal_url("https://uk.linkedin.com/in/Ann/?trk=x"), normal_url("linkedin.com/in/ann"));
    }

    #[test]
    fn a_company_without_a_domain_is_its_name_and_headquarters() {
        let mut acme = Row { company: Some("Acme, Inc.".into()), ..Row::default() };
        acme.company_state = Some("Texas".into());
        let texan = of_company(&acme);
        acme.company_state = Some("Ohio".into());
        assert_ne!(texan, of_company(&acme));
        acme.company_domain = Some("https://acme.com".into());
        assert_eq!(of_company(&acme).as_deref(), Some("domain:acme.com"));
        assert_eq!(of_company(&Row::default()), None);
    }
}

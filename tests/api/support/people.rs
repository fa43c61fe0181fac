//! People to find: rows as a prospect file has them, made up.

use lexi::prospects::Row;

/// Cities of California, so that people differ.
pub const CITIES: &[&str] = &["San Francisco", "Los Angeles", "San Diego", "Sacramento", "Oakland"];

/// Person `n` of a law firm in California with this title. The firm is the person's own.
pub fn at_law_firm(n: usize, title: &str) -> Row {
    Row {
        company: Some(format!("Firm {n} LLP")),
        company_domain: Some(format!("firm{n}.example")),
        industry: Some("Law Practice".into()),
        company_type: Some("Law Firm".into()),
        headcount: Some(20 + i64::try_from(n % 180).unwrap_or(0)),
        ..person(n, title)
    }
}

/// Person `n` in California with this title, at a software company of their own.
pub fn at_software_company(n: usize, title: &str) -> Row {
    Row {
        company: Some(format!("Software {n} Inc")),
        company_domain: Some(format!("software{n}.example")),
        industry: Some("Software Development".into()),
        headcount: Some(300),
        ..person(n, title)
    }
}

/// `n` chief executives of law firms in California (`ceo0@firm0.example` …), and as many others who are not.
pub fn law_firm_ceos(n: usize) -> Vec<Row> {
    let chiefs = (0..n).map(|n| Row {
        email: Some(format!("ceo{n}@firm{n}.example")),
        external_id: Some(format!("ceo-{n}")),
        ..at_law_firm(n, "Chief Executive Officer")
    });
    let lawyers = (0..n.div_ceil(2)).map(|n| Row {
        email: Some(format!("cfo{n}@firm{n}.example")),
        external_id: Some(format!("cfo-{n}")),
        ..at_law_firm(n, "Chief Financial Officer")
    });
    let founders = (0..n / 2).map(|n| Row {
        email: Some(format!("ceo{n}@software{n}.example")),
        external_id: Some(format!("software-{n}")),
        ..at_software_company(n, "CEO")
    });
    chiefs.chain(lawyers).chain(founders).collect()
}

fn person(n: usize, title: &str) -> Row {
    Row {
        external_id: Some(format!("person-{n}")),
        full_name: Some(format!("Ada{n} Lovelace{n}")),
        title: Some(title.into()),
        city: Some(CITIES[n % CITIES.len()].into()),
        state: Some("California".into()),
        country: Some("United States".into()),
        ..Row::default()
    }
}

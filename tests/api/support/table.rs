//! All that is stored of people and companies, but for what differs between two ways to the same state: ids, numbers,
//! versions and times. Two databases whose tables are equal hold the same prospects.

use lexi::db::{Db, Tx, query};
use lexi::error::Result;

/// One line a person and one a company, sorted.
pub async fn table(db: &Db) -> Vec<String> {
    let people = "select p.identity, p.source, p.full_name, p.first_name, p.last_name, p.title, p.seniority,
        p.department, p.email, p.email_norm, p.email_domain, p.city, p.state, p.country, p.phone, p.linkedin_url,
        p.practice_areas, p.external_id, c.identity
        from prospects p left join prospect_companies c on c.id = p.company_id";
    let companies = "select identity, name, name_norm, city, state, country, domain, industry, company_type,
        cast(headcount as text), cast(revenue_usd as text), cast(founded as text) from prospect_companies";
    let read = |tx: &mut Tx, sql: &'static str, columns: usize| -> Result<Vec<String>> {
        query(sql).all(tx, |row| {
            let cells: Result<Vec<String>> =
                (0..columns).map(|at| Ok(row.get::<Option<String>>(at)?.unwrap_or_else(|| "-".into()))).collect();
            Ok(cells?.join(" | "))
        })
    };
    let mut lines = db
        .read(move |tx| {
            let mut lines = read(tx, people, 19)?;
            lines.extend(read(tx, companies, 12)?);
            Ok(lines)
        })
        .await
        .expect("the tables can be read");
    lines.sort_unstable();
    lines
}

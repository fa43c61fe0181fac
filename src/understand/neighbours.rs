//! Which states of the US touch which: where to look when a state has too few people.

/// Postal codes, each with those of its neighbours.
const NEIGHBOURS: [(&str, &str); 49] = [
    ("AL", "FL GA MS TN"),
    ("AZ", "CA CO NM NV UT"),
    ("AR", "LA MO MS OK TN TX"),
    ("CA", "AZ NV OR"),
    ("CO", "AZ KS NE NM OK UT WY"),
    ("CT", "MA NY RI"),
    ("DC", "MD VA"),
    ("DE", "MD NJ PA"),
    ("FL", "AL GA"),
    ("GA", "AL FL NC SC TN"),
    ("IA", "IL MN MO NE SD WI"),
    ("ID", "MT NV OR UT WA WY"),
    ("IL", "IA IN KY MO WI"),
    ("IN", "IL KY MI OH"),
    ("KS", "CO MO NE OK"),
    ("KY", "IL IN MO OH TN VA WV"),
    ("LA", "AR MS TX"),
    ("MA", "CT NH NY RI VT"),
    ("MD", "DC DE PA VA WV"),
    ("ME", "NH"),
    ("MI", "IN OH WI"),
    ("MN", "IA ND SD WI"),
    ("MO", "AR IA IL KS KY NE OK TN"),
    ("MS", "AL AR LA TN"),
    ("MT", "ID ND SD WY"),
    ("NC", "GA SC TN VA"),
    ("ND", "MN MT SD"),
    ("NE", "CO IA KS MO SD WY"),
    ("NH", "MA ME VT"),
    ("NJ", "DE NY PA"),
    ("NM", "AZ CO OK TX UT"),
    ("NV", "AZ CA ID OR UT"),
    ("NY", "CT MA NJ PA VT"),
    ("OH", "IN KY MI PA WV"),
    ("OK", "AR CO KS MO NM TX"),
    ("OR", "CA ID NV WA"),
    ("PA", "DE MD NJ NY OH WV"),
    ("RI", "CT MA"),
    ("SC", "GA NC"),
    ("SD", "IA MN MT ND NE WY"),
    ("TN", "AL AR GA KY MO MS NC VA"),
    ("TX", "AR LA NM OK"),
    ("UT", "AZ CO ID NM NV WY"),
    ("VA", "DC KY MD NC TN WV"),
    ("VT", "MA NH NY"),
    ("WA", "ID OR"),
    ("WI", "IA IL MI MN"),
    ("WV", "KY MD OH PA VA"),
    ("WY", "CO ID MT NE SD UT"),
];

/// The postal codes of the states that touch the state of this code; Alaska and Hawaii have none.
pub fn of(code: &str) -> impl Iterator<Item = &'static str> {
    let known = NEIGHBOURS.iter().find(|(state, _)| *state == code);
    known.map_or("", |(_, others)| others).split_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::places;

    #[test]
    fn neighbours_are_states_that_name_each_other() {
        for (state, others) in NEIGHBOURS {
            assert!(places::state("US", state).is_some(), "{state}");
            for other in others.split(' ') {
                assert!(of(other).any(|back| back == state), "{state} names {other}");
            }
        }
        assert_eq!(of("HI").count(), 0);
        assert_eq!(of("TX").collect::<Vec<_>>(), ["AR", "LA", "NM", "OK"]);
    }
}

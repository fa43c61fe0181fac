//! Names of synthetic people, drawn as often as the United States Census of 1990 counted them (data/first_names.csv and
//! data/surnames.csv, made by scripts/make-names).

use super::chance::{Chance, Weighted};

const FIRST_NAMES: &str = include_str!("../../../data/first_names.csv");
const SURNAMES: &str = include_str!("../../../data/surnames.csv");

/// All names, ready to be drawn.
pub(super) struct Names {
    women: Weighted<&'static str>,
    men: Weighted<&'static str>,
    surnames: Weighted<&'static str>,
}

impl Names {
    pub(super) fn new() -> Names {
        let of = |sex: &'static str| {
            let rows = FIRST_NAMES.lines().skip(1).filter_map(|line| line.split_once(','));
            Weighted::new(rows.filter(move |(of, _)| *of == sex).filter_map(|(_, rest)| weighted(rest)))
        };
        Names { women: of("F"), men: of("M"), surnames: Weighted::new(SURNAMES.lines().skip(1).filter_map(weighted)) }
    }

    /// First and last name.
    pub(super) fn person(&self, chance: &mut Chance) -> (&'static str, &'static str) {
        let first = if chance.per_mille(500) { &self.women } else { &self.men };
        (first.pick(chance), self.surnames.pick(chance))
    }

    pub(super) fn surname(&self, chance: &mut Chance) -> &'static str {
        self.surnames.pick(chance)
    }
}

/// `name,weight`.
fn weighted(line: &'static str) -> Option<(&'static str, u64)> {
    let (name, weight) = line.split_once(',')?;
    Some((name, weight.parse().ok()?))
}

/// A name as it stands in a domain or address: lower case, ASCII letters and digits, hyphens for gaps.
pub(super) fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in deunicode::deunicode(name).chars() {
        match letter {
            'a'..='z' | '0'..='9' => plain.push(letter),
            'A'..='Z' => plain.push(letter.to_ascii_lowercase()),
            '\'' | '.' => {}
            _ if !plain.is_empty() && !plain.ends_with('-') => plain.push('-'),
            _ => {}
        }
    }
    plain.truncate(plain.trim_end_matches('-').len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses() {
        assert_eq!(plain("O'Brien, Núñez & Co. LLP"), "obrien-nunez-co-llp");
        assert_eq!(plain("Kessler Rechtsanwälte"), "kessler-rechtsanwalte");
    }

    #[test]
    fn there_are_names_of_every_kind() {
        let names = Names::new();
        let mut chance = Chance::of(1, 1);
        let drawn: std::collections::HashSet<_> = (0..1_000).map(|_| names.person(&mut chance)).collect();
        assert!(drawn.len() > 900, "{}", drawn.len());
    }
}

//! A topic of a filter: in which part of a record it stands, and how much that says.
//!
//! One meaning for both who judge: the rows of a single person, and the dictionaries of the index. Where a keyword
//! stands anywhere, the person fits; the best place gives the points by which people who fit are ordered.

use super::conditions::{begins, folded, holds, practice_key, practices_in};
use crate::understand::markets;

/// A topic, ready to be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keyword {
    /// The practice area it names, else its words, as [`practice_key`] spells them.
    area: String,
    /// The practice area it names with its parts; empty when it names none of the table.
    practices: Vec<String>,
    /// Its words, as [`folded`] spells them.
    words: String,
}

/// Where a keyword stands in a record, from what says least to what says most. The number is the points it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Standing {
    /// The name of the company holds its words.
    InName = 1,
    /// The name of the company begins with them.
    NameBegins = 2,
    /// The industry holds them.
    InIndustry = 3,
    /// The title holds them.
    InTitle = 4,
    /// The title begins with them.
    TitleBegins = 5,
    /// A practice area that is part of the one it names, or that holds its words.
    InPractice = 6,
    /// Exactly that practice area.
    Practice = 7,
}

impl Standing {
    /// All of them, the best first.
    pub(super) const BEST_FIRST: [Standing; 7] = [
        Standing::Practice,
        Standing::InPractice,
        Standing::TitleBegins,
        Standing::InTitle,
        Standing::InIndustry,
        Standing::NameBegins,
        Standing::InName,
    ];

    /// How many binary digits the points have.
    pub(super) const BITS: usize = 3;

    /// What it adds to the score of a person.
    pub(super) fn points(self) -> u32 {
        u32::from(self as u8)
    }
}

impl Keyword {
    /// Reads a value of the slot.
    pub(super) fn of(text: &str) -> Keyword {
        Keyword { area: practice_key(text), practices: practices_in(text), words: folded(text) }
    }

    /// What finds the newer parts among these sectors: records seldom say "telehealth" as their sector, and the words
    /// in a name or title say as much. Each once.
    pub(super) fn of_sectors(industries: &[String]) -> Vec<Keyword> {
        let mut found: Vec<Keyword> = Vec::new();
        for name in industries {
            let spoken = markets::industry(name).map(markets::spoken_words).filter(|words| !words.is_empty());
            for word in spoken.into_iter().flat_map(|words| std::iter::once(name.as_str()).chain(words)) {
                let keyword = Keyword::of(word);
                if !found.contains(&keyword) {
                    found.push(keyword);
                }
            }
        }
        found
    }

    /// Its words.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// Whether the table of practice areas knows it.
    pub(super) fn names_a_practice(&self) -> bool {
        !self.practices.is_empty()
    }

    /// Where it stands in a practice area, spelled as [`practice_key`] does.
    pub(super) fn in_practice(&self, practice: &str) -> Option<Standing> {
        if !practice.is_empty() && practice == self.area {
            return Some(Standing::Practice);
        }
        let part = self.practices.iter().any(|part| part == practice) || holds(practice, &self.words);
        part.then_some(Standing::InPractice)
    }

    /// Where it stands in the folded words of a title.
    pub(super) fn in_title(&self, title: &str) -> Option<Standing> {
        self.at_start_or_inside(title, Standing::TitleBegins, Standing::InTitle)
    }

    /// Where it stands in the folded words of a company's name.
    pub(super) fn in_name(&self, name: &str) -> Option<Standing> {
        self.at_start_or_inside(name, Standing::NameBegins, Standing::InName)
    }

    /// Where it stands in an industry, spelled as its key.
    pub(super) fn in_industry(&self, industry: &str) -> Option<Standing> {
        holds(industry, &self.words).then_some(Standing::InIndustry)
    }

    fn at_start_or_inside(&self, text: &str, start: Standing, inside: Standing) -> Option<Standing> {
        if begins(text, &self.words) {
            return Some(start);
        }
        holds(text, &self.words).then_some(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_says_more_in_a_practice_area_than_in_a_name() {
        let patents = Keyword::of("Patents");
        assert_eq!(patents.in_practice(&practice_key("patent law")), Some(Standing::Practice));
        let ip = Keyword::of("IP");
        assert_eq!(ip.in_practice(&practice_key("Intellectual Property")), Some(Standing::Practice));
        assert_eq!(ip.in_practice(&practice_key("Patents")), Some(Standing::InPractice));
        let fish = Keyword::of("fish farms");
        assert!(!fish.names_a_practice());
        assert_eq!(fish.in_practice(&practice_key("Fish Farm")), Some(Standing::Practice));
        assert_eq!(fish.in_practice(&practice_key("fish farm disputes of the north")), Some(Standing::InPractice));
        assert_eq!(fish.in_title(&folded("Fish Farm Manager")), Some(Standing::TitleBegins));
        assert_eq!(fish.in_title(&folded("Head of Fish Farms")), Some(Standing::InTitle));
        assert_eq!(fish.in_name(&folded("Nordic Fish Farms")), Some(Standing::InName));
        assert_eq!(fish.in_title(&folded("Fisher")), None);
    }

    #[test]
    fn a_keyword_without_a_word_stands_nowhere() {
        let nothing = Keyword::of("???");
        for text in ["", "law"] {
            assert_eq!(nothing.in_practice(text), None);
            assert_eq!(nothing.in_title(text), None);
            assert_eq!(nothing.in_name(text), None);
            assert_eq!(nothing.in_industry(text), None);
        }
    }

    #[test]
    fn the_points_of_one_keyword_fit_their_digits_and_fall() {
        let points = Standing::BEST_FIRST.map(Standing::points);
        assert!(points.is_sorted_by(|a, b| a > b) && points[0] < 1 << Standing::BITS && points[6] > 0);
    }
}

//! Which of the people who fit come first: those who meet the keywords best, then by number.
//!
//! A score is a sum of small whole numbers, one for each keyword: the points of the best place at which it stands. It is
//! kept as binary digits, a bitmap for each, so that sums, and the best fifty of millions, are a few bitmap operations.
//! Protects "what is shown is what is done": the order depends on nothing but the rows of the people.

use roaring::RoaringBitmap;

use crate::prospects::keywords::Standing;

/// A place in the order of the people who fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Higher comes first.
    pub(super) score: u32,
    /// Of the person; among equals lower comes first.
    pub(super) number: u32,
}

/// The people with whom a keyword stands somewhere, by the place.
#[derive(Debug, Clone, Default)]
pub(super) struct Hits([RoaringBitmap; Standing::BEST_FIRST.len()]);

impl Hits {
    /// Adds people.
    pub(super) fn add(&mut self, standing: Standing, people: &RoaringBitmap) {
        self.0[standing as usize - 1] |= people;
    }

    /// Everybody.
    pub(super) fn all(&self) -> RoaringBitmap {
        roaring::MultiOps::union(self.0.iter())
    }

    fn of(&self, standing: Standing) -> &RoaringBitmap {
        &self.0[standing as usize - 1]
    }
}

/// The scores of people. Who is not mentioned has 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Scores {
    /// Bitmap `n` holds those whose score has the binary digit `n`.
    digits: Vec<RoaringBitmap>,
}

impl Scores {
    /// Adds the points of one keyword to the people `among`: of each only the best place counts.
    pub(super) fn add(&mut self, hits: &Hits, among: &RoaringBitmap) {
        let mut points = vec![RoaringBitmap::new(); Standing::BITS];
        let mut open = among.clone();
        for standing in Standing::BEST_FIRST {
            let here = &open & hits.of(standing);
            if here.is_empty() {
                continue;
            }
            open -= &here;
            for (digit, people) in points.iter_mut().enumerate() {
                if standing.points() & (1 << digit) != 0 {
                    *people |= &here;
                }
            }
        }
        self.sum(points);
    }

    /// Adds numbers to numbers, digit by digit, with a carry.
    fn sum(&mut self, points: Vec<RoaringBitmap>) {
        let mut carry = RoaringBitmap::new();
        let mut points = points.into_iter();
        for at in 0.. {
            let added = points.next();
            if added.is_none() && carry.is_empty() {
                break;
            }
            let added = added.unwrap_or_default();
            if self.digits.len() <= at {
                self.digits.push(RoaringBitmap::new());
            }
            let own = &mut self.digits[at];
            let both = &*own & &added;
            *own ^= added;
            let again = &*own & &carry;
            *own ^= carry;
            carry = both | again;
        }
    }

    /// Sets the score of somebody who has 0.
    pub(super) fn set(&mut self, person: u32, score: u32) {
        for digit in (0..u32::BITS as usize).filter(|digit| score & (1 << digit) != 0) {
            if self.digits.len() <= digit {
                self.digits.resize(digit + 1, RoaringBitmap::new());
            }
            self.digits[digit].insert(person);
        }
    }

    /// Sets the scores of some people to 0.
    pub(super) fn forget(&mut self, people: &RoaringBitmap) {
        self.digits.iter_mut().for_each(|digit| *digit -= people);
    }

    /// `people` in their order, from behind `after` on.
    pub(super) fn order(&self, people: RoaringBitmap, after: Option<Place>) -> impl Iterator<Item = Place> {
        let left = move |(score, mut people): (u32, RoaringBitmap)| match after {
            Some(after) if score > after.score => None,
            Some(after) if score == after.score => {
                people.remove_range(..=after.number);
                Some((score, people))
            }
            _ => Some((score, people)),
        };
        let places =
            |(score, people): (u32, RoaringBitmap)| people.into_iter().map(move |number| Place { score, number });
        self.groups(people).filter_map(left).flat_map(places)
    }

    /// `people` by their score, the highest first, never an empty group.
    fn groups(&self, people: RoaringBitmap) -> Groups<'_> {
        Groups { digits: &self.digits, open: vec![(0, self.digits.len(), people)] }
    }
}

/// People by their score, the highest first; each group is found when it is asked for.
#[derive(Debug)]
struct Groups<'s> {
    digits: &'s [RoaringBitmap],
    /// People with the same high digits: these, how many low digits are open, and who. The highest is the last.
    open: Vec<(u32, usize, RoaringBitmap)>,
}

impl Iterator for Groups<'_> {
    type Item = (u32, RoaringBitmap);

    fn next(&mut self) -> Option<(u32, RoaringBitmap)> {
        while let Some((score, digits, people)) = self.open.pop() {
            if people.is_empty() {
                continue;
            }
            let Some(digit) = digits.checked_sub(1) else { return Some((score, people)) };
            let high = &people & &self.digits[digit];
            self.open.push((score, digit, people - &high));
            self.open.push((score | 1 << digit, digit, high));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_add_up_and_the_highest_come_first() {
        let people: RoaringBitmap = (0..6).collect();
        let mut scores = Scores::default();
        let some = |numbers: &[u32]| numbers.iter().copied().collect::<RoaringBitmap>();
        let mut first = Hits::default();
        first.add(Standing::Practice, &some(&[1, 9]));
        first.add(Standing::InTitle, &some(&[1, 2, 3]));
        let mut second = Hits::default();
        second.add(Standing::Practice, &some(&[3]));
        second.add(Standing::InName, &some(&[2, 5]));
        scores.add(&first, &people);
        scores.add(&second, &people);
        scores.set(4, 100);
        let groups: Vec<(u32, Vec<u32>)> =
            scores.groups(people).map(|(score, people)| (score, people.iter().collect())).collect();
        assert_eq!(groups, [(100, vec![4]), (11, vec![3]), (7, vec![1]), (5, vec![2]), (1, vec![5]), (0, vec![0])]);
        scores.forget(&some(&[3, 4]));
        let last = scores.groups(some(&[2, 3, 4])).last().map(|(score, people)| (score, people.len()));
        assert_eq!(last, Some((0, 2)));
    }
}

//! Chance that is the same on every machine and with every compiler: SplitMix64 and whole numbers only, because the
//! people of a seed must stay the people of that seed.

/// A stream of chance. Each company has one of its own, so that nothing depends on what was drawn before it.
pub(super) struct Chance(u64);

/// The step of SplitMix64: 2^64 divided by the golden ratio, odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    /// The stream of one company of one seed.
    pub(super) fn of(seed: u64, company: u64) -> Chance {
        Chance(mix(seed ^ STEP) ^ mix(company.wrapping_mul(STEP).wrapping_add(seed)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 to `end` − 1, each as likely; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        // The upper half of the product: no bias worth the name for the small ends used here.
        u64::try_from((u128::from(self.next()) * u128::from(end)) >> 64).unwrap_or(0)
    }

    /// A number from `first` to `last`, both included.
    pub(super) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// Yes in `parts` of a thousand cases.
    pub(super) fn per_mille(&mut self, parts: u64) -> bool {
        self.below(1_000) < parts
    }

    /// Yes in `parts` of a million cases.
    pub(super) fn per_million(&mut self, parts: u64) -> bool {
        self.below(1_000_000) < parts
    }

    /// One of `items`, each as likely. There is at least one.
    pub(super) fn one_of<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        let at = self.below(items.len() as u64);
        &items[usize::try_from(at).unwrap_or(0)]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Things that are drawn by weight.
pub(super) struct Weighted<T> {
    items: Vec<T>,
    /// Sums of the weights up to and with each item.
    sums: Vec<u64>,
}

impl<T> Weighted<T> {
    /// Items with their weights; those of weight 0 are left out.
    pub(super) fn new(items: impl IntoIterator<Item = (T, u64)>) -> Weighted<T> {
        let mut weighted = Weighted { items: Vec::new(), sums: Vec::new() };
        let mut sum = 0;
        for (item, weight) in items {
            if weight > 0 {
                sum += weight;
                weighted.items.push(item);
                weighted.sums.push(sum);
            }
        }
        weighted
    }

    /// Draws one. There is at least one.
    pub(super) fn pick(&self, chance: &mut Chance) -> &T {
        let drawn = chance.below(self.sums.last().copied().unwrap_or(0));
        &self.items[self.sums.partition_point(|sum| *sum <= drawn)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_streams_are_those_they_always_were() {
        // The published first values of SplitMix64 for the state 0 guard the algorithm.
        let mut zero = Chance(0);
        let first: Vec<u64> = (0..3).map(|_| zero.next()).collect();
        assert_eq!(first, [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
        let drawn: Vec<u64> = (0..5).map(|company| Chance::of(7, company).below(1_000)).collect();
        assert_eq!(drawn, (0..5).map(|company| Chance::of(7, company).below(1_000)).collect::<Vec<_>>());
        assert_ne!(Chance::of(7, 1).next(), Chance::of(8, 1).next());
    }

    #[test]
    fn weights_are_kept() {
        let coins = Weighted::new([("heads", 3), ("never", 0), ("tails", 1)]);
        let mut chance = Chance::of(1, 1);
        let heads = (0..10_000).filter(|_| *coins.pick(&mut chance) == "heads").count();
        assert!((7_300..7_700).contains(&heads), "{heads}");
        let mut chance = Chance::of(1, 2);
        assert!((0..10_000).all(|_| (3..=9).contains(&chance.between(3, 9))));
    }
}

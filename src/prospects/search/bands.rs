//! Bands of headcounts, as company profiles name them: what a facet counts, and most of what a range asks for.

/// The bands: name, fewest and most employees. Band `n` of the index is entry `n - 1`.
pub(super) const BANDS: [(&str, i64, i64); 8] = [
    ("1-10", 1, 10),
    ("11-50", 11, 50),
    ("51-200", 51, 200),
    ("201-500", 201, 500),
    ("501-1000", 501, 1_000),
    ("1001-5000", 1_001, 5_000),
    ("5001-10000", 5_001, 10_000),
    ("10001+", 10_001, i64::MAX),
];

/// The number of the band of a headcount; 0 when it is not known, or says nothing because it is less than one.
pub(super) fn of(headcount: Option<i64>) -> u32 {
    let Some(headcount) = headcount else { return 0 };
    let above = BANDS.iter().take_while(|(_, fewest, _)| *fewest <= headcount).count();
    u32::try_from(above).expect("there are few bands")
}

/// The name of a band; `None` for number 0.
pub(super) fn name(band: u32) -> Option<&'static str> {
    Some(BANDS[band.checked_sub(1)? as usize].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_headcount_lies_in_the_band_that_names_it() {
        for (at, (name_of, fewest, most)) in (1..).zip(BANDS) {
            assert_eq!((of(Some(fewest)), of(Some(most)), name(at)), (at, at, Some(name_of)));
        }
        assert!(BANDS.windows(2).all(|pair| pair[0].2 + 1 == pair[1].1));
        assert_eq!((of(None), of(Some(0)), of(Some(-3)), name(0)), (0, 0, 0, None));
    }
}

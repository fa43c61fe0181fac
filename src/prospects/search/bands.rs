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

/// Fewest and most employees of the band of this name; most is open in the last one.
pub fn named(name: &str) -> Option<(i64, Option<i64>)> {
    let (_, fewest, most) = BANDS.iter().find(|(known, ..)| *known == name)?;
    Some((*fewest, (*most != i64::MAX).then_some(*most)))
}

/// A range with one more band below and above; an end that no band lies beyond is open.
pub fn wider(min: Option<i64>, max: Option<i64>) -> (Option<i64>, Option<i64>) {
    let band = |size: i64| of(Some(size)) as usize;
    let below = min.and_then(|min| Some(BANDS[band(min).checked_sub(2)?].1));
    let above = max.and_then(|max| BANDS.get(band(max))).map(|(_, _, most)| *most).filter(|most| *most != i64::MAX);
    (below, above)
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

    #[test]
    fn a_wider_range_takes_the_bands_beside_it() {
        assert_eq!(wider(Some(50), Some(200)), (Some(1), Some(500)));
        assert_eq!(wider(Some(51), Some(200)), (Some(11), Some(500)));
        assert_eq!(wider(Some(5), Some(9_000)), (None, None));
        assert_eq!(wider(Some(501), None), (Some(201), None));
        assert_eq!(wider(None, Some(50)), (None, Some(200)));
        assert_eq!((named("11-50"), named("10001+"), named("x")), (Some((11, Some(50))), Some((10_001, None)), None));
    }
}

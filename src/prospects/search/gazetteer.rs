//! The places that occur among the prospects, and which of them lie in a wanted place.
//!
//! The answer for one wanted place is worked out once by the same judge that judges a single person, then kept. It is
//! given as a few groups (a whole country, a whole state, single places), so that a country is one bitmap and not
//! thousands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::intern::{Texts, Values, number};
use super::snapshot::Kind;
use crate::prospects::conditions::place_truth;
use crate::understand::places::{Canonical, Location};

/// Distinct places. Number 0 is the place of which nothing is known.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    texts: Texts,
    /// City, state and country as numbers of `texts`.
    places: Values<[u32; 3]>,
    /// State and country as numbers of `texts`; the number of such a pair names the state.
    states: Values<[u32; 2]>,
    /// For each place its state.
    state_of: Vec<u32>,
    answers: Mutex<HashMap<String, Arc<Answer>>>,
}

/// Wanted places whose answers are kept at most; one more empties the memory.
const ANSWERS_MAX: usize = 256;

impl Clone for Gazetteer {
    /// A copy is made to be changed, so it begins without remembered answers.
    fn clone(&self) -> Gazetteer {
        Gazetteer {
            texts: self.texts.clone(),
            places: self.places.clone(),
            states: self.states.clone(),
            state_of: self.state_of.clone(),
            answers: Mutex::default(),
        }
    }
}

/// Some places: all of some countries, all of some states, and single ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cover {
    /// Numbers of [`Gazetteer::country`].
    pub(super) countries: Vec<u32>,
    /// Numbers of [`Gazetteer::state`].
    pub(super) states: Vec<u32>,
    /// Numbers of places.
    pub(super) places: Vec<u32>,
}

/// Which known places lie in a wanted one, and of which that can't be told.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Answer {
    /// They do.
    pub(super) inside: Cover,
    /// It can't be told.
    pub(super) unknown: Cover,
}

impl Gazetteer {
    /// The number of a place, if it is known.
    pub(super) fn find(&self, place: &Canonical) -> Option<u32> {
        let part = |text: &Option<String>| self.texts.find(text.as_deref().unwrap_or_default());
        self.places.find(&[part(&place.city)?, part(&place.state)?, part(&place.country)?])
    }

    /// Adds a place that [`Gazetteer::find`] did not find.
    pub(super) fn add(&mut self, place: &Canonical) -> u32 {
        let [city, state, country] = [&place.city, &place.state, &place.country]
            .map(|text| self.texts.intern(text.as_deref().unwrap_or_default()));
        self.put([city, state, country])
    }

    /// Adds stored parts that places are made of; nothing when they don't fit together.
    pub(super) fn extend_texts(&mut self, texts: (&str, &[u32])) -> Option<()> {
        self.texts.extend(texts.0, texts.1)
    }

    /// The parts that places are made of.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// City, state and country of each place, as numbers of [`Gazetteer::texts`].
    pub(super) fn places(&self) -> &[[u32; 3]] {
        self.places.all()
    }

    /// Adds a stored place whose parts are known (city, state, country); nothing when it is there already.
    pub(super) fn add_numbers(&mut self, place: [u32; 3]) -> Option<u32> {
        self.places.find(&place).is_none().then(|| self.put(place))
    }

    fn put(&mut self, place: [u32; 3]) -> u32 {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let state = self.states.intern([place[1], place[2]]);
        if self.state_of.is_empty() {
            self.state_of.push(0);
        }
        self.state_of.push(state);
        self.places.add(place)
    }

    /// The state of a place: a number for the pair of state and country, either of which may be unknown.
    pub(super) fn state(&self, place: u32) -> u32 {
        self.state_of.get(place as usize).copied().unwrap_or(0)
    }

    /// The country of a place.
    pub(super) fn country(&self, place: u32) -> u32 {
        self.places.get(place)[2]
    }

    /// Whether city, state and country are known.
    pub(super) fn is_whole(&self, place: u32) -> bool {
        !self.places.get(place).contains(&0)
    }

    /// The place in words.
    pub(super) fn get(&self, place: u32) -> Canonical {
        let part = |id: u32| Some(self.texts.get(id).to_owned()).filter(|text| !text.is_empty());
        let [city, state, country] = *self.places.get(place);
        Canonical { city: part(city), state: part(state), country: part(country) }
    }

    /// The states, or else the countries, with their numbers: the place that says this much and no more. Number 0, and
    /// others of which that part is not known, are among them.
    pub(super) fn groups(&self, states: bool) -> Vec<(Kind, u32, Canonical)> {
        let part = |id: u32| Some(self.texts.get(id).to_owned()).filter(|text| !text.is_empty());
        let pairs = (0..).zip(self.states.all());
        if states {
            let place =
                |[state, country]: [u32; 2]| Canonical { state: part(state), country: part(country), city: None };
            return pairs.map(|(id, pair)| (Kind::State, id, place(*pair))).collect();
        }
        let mut countries: Vec<u32> = pairs.map(|(_, [_, country])| *country).collect();
        countries.sort_unstable();
        countries.dedup();
        let place = |country: u32| Canonical { country: part(country), ..Canonical::default() };
        countries.into_iter().map(|country| (Kind::Country, country, place(country))).collect()
    }

    /// How many numbers are given, 0 included.
    pub(super) fn len(&self) -> usize {
        self.places.all().len()
    }

    /// Which places lie in `wanted`.
    pub(super) fn answer(&self, wanted: &Location) -> Arc<Answer> {
        let key = serde_json::to_string(wanted).unwrap_or_default();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.get(&key) {
            return Arc::clone(answer);
        }
        let truths: Vec<Option<bool>> = (0..number(self.len())).map(|id| place_truth(wanted, &self.get(id))).collect();
        let answer = Arc::new(Answer {
            inside: self.cover(|id| truths[id as usize] == Some(true)),
            unknown: self.cover(|id| truths[id as usize].is_none()),
        });
        if answers.len() >= ANSWERS_MAX {
            answers.clear();
        }
        answers.insert(key, Arc::clone(&answer));
        answer
    }

    /// The places that `holds`, as few groups as their countries and states allow.
    fn cover(&self, holds: impl Fn(u32) -> bool) -> Cover {
        // Of each state and country: whether all its places hold.
        let mut states = vec![true; self.states.all().len()];
        let mut countries: HashMap<u32, bool> = HashMap::new();
        for place in 0..number(self.len()) {
            let holds = holds(place);
            states[self.state(place) as usize] &= holds;
            *countries.entry(self.country(place)).or_insert(true) &= holds;
        }
        let mut cover = Cover::default();
        for place in (0..number(self.len())).filter(|place| holds(*place)) {
            if countries[&self.country(place)] {
                cover.countries.push(self.country(place));
            } else if states[self.state(place) as usize] {
                cover.states.push(self.state(place));
            } else {
                cover.places.push(place);
            }
        }
        for groups in [&mut cover.countries, &mut cover.states] {
            groups.sort_unstable();
            groups.dedup();
        }
        cover
    }
}

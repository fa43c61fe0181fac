//! Synthetic firms: an invented name, a domain that can never exist (`.example`, RFC 2606), an industry, a size and a
//! place drawn by population. No real organisation is meant, and none is given people.

use std::collections::{HashMap, HashSet};

use super::chance::{Chance, Weighted};
use super::names::{Names, plain};
use crate::understand::places::{self, City};

/// How likely a person of each country is on record, in thousandths of one in the United States.
const COUNTRIES: &[(&str, u64)] = &[
    ("US", 1_000),
    ("CA", 260),
    ("GB", 230),
    ("AU", 220),
    ("IE", 300),
    ("NZ", 200),
    ("NL", 60),
    ("CH", 90),
    ("DE", 45),
    ("FR", 40),
    ("ES", 25),
    ("IT", 25),
    ("SE", 50),
    ("SG", 90),
    ("HK", 80),
    ("AE", 50),
    ("ZA", 25),
    ("MX", 10),
    ("BR", 8),
    ("IN", 4),
    ("JP", 6),
];
/// Smaller places are left out.
const POPULATION_MIN: u64 = 10_000;

/// Smallest and largest headcount of a size, and how many firms in a thousand have it.
type Size = ((u64, u64), u64);
const LAW_SIZES: &[Size] =
    &[((2, 4), 380), ((5, 9), 260), ((11, 50), 250), ((51, 200), 75), ((201, 500), 20), ((501, 2_500), 15)];
const CORPORATE_SIZES: &[Size] = &[
    ((2, 9), 290),
    ((11, 50), 300),
    ((51, 200), 220),
    ((201, 500), 90),
    ((501, 1_000), 45),
    ((1_001, 5_000), 45),
    ((5_001, 40_000), 10),
];

/// The industry of law firms, and the headcount from which one is large.
const LAW_INDUSTRY: &str = "law practice";
const LARGE_LAW_FIRM: u64 = 800;
/// The headcount from which half of all companies are listed.
const LARGE_COMPANY: u64 = 1_500;

/// An industry: its name, its weight, its usual company type, and what names of firms end in.
struct Trade {
    industry: &'static str,
    weight: u64,
    company_type: Option<&'static str>,
    endings: &'static [&'static str],
}

const fn trade(
    industry: &'static str,
    weight: u64,
    company_type: Option<&'static str>,
    endings: &'static [&'static str],
) -> Trade {
    Trade { industry, weight, company_type, endings }
}

const TRADES: &[Trade] = &[
    trade("banking", 280, Some("bank"), &["Bank", "National Bank", "Savings Bank", "Bancorp"]),
    trade("financial services", 80, None, &["Capital", "Financial", "Wealth Partners"]),
    trade("insurance", 80, Some("insurance company"), &["Insurance", "Mutual", "Assurance Company"]),
    trade("computer software", 120, None, &["Software", "Systems", "Labs"]),
    trade("information technology and services", 80, None, &["Technologies", "Networks", "Cloud Services"]),
    trade("hospital & health care", 100, None, &["Health", "Medical Center", "Clinics"]),
    trade("pharmaceuticals", 40, None, &["Therapeutics", "Pharma"]),
    trade("biotechnology", 40, None, &["Biosciences", "Genomics"]),
    trade("medical devices", 30, None, &["Medical Devices", "Surgical"]),
    trade("construction", 70, None, &["Builders", "Construction", "Contractors"]),
    trade("real estate", 70, None, &["Properties", "Realty", "Land Company"]),
    trade("oil & energy", 40, None, &["Energy", "Petroleum", "Resources"]),
    trade("utilities", 20, None, &["Power", "Water & Light"]),
    trade("retail", 60, None, &["Stores", "Outfitters", "Trading"]),
    trade("food production", 40, None, &["Foods", "Mills"]),
    trade("restaurants", 30, None, &["Kitchens", "Restaurants"]),
    trade("hospitality", 30, None, &["Hotels", "Resorts"]),
    trade("automotive", 30, None, &["Motors", "Auto Parts"]),
    trade("machinery", 30, None, &["Machine Works", "Tool Company"]),
    trade("chemicals", 20, None, &["Chemical", "Polymers"]),
    trade("transportation/trucking/railroad", 30, None, &["Freight", "Transport"]),
    trade("logistics and supply chain", 30, None, &["Logistics", "Supply Chain"]),
    trade("management consulting", 50, None, &["Consulting", "Advisory Group"]),
    trade("accounting", 50, Some("accounting firm"), &["Accountants", "Tax & Audit"]),
    trade("marketing and advertising", 30, None, &["Media Group", "Agency"]),
    trade("entertainment", 20, None, &["Studios", "Pictures"]),
    trade("telecommunications", 20, None, &["Telecom", "Wireless"]),
    trade("higher education", 30, Some("university"), &["University", "College"]),
    trade("non-profit organization management", 40, Some("nonprofit"), &["Foundation", "Alliance"]),
    trade("government administration", 25, Some("government agency"), &["Authority", "District"]),
    trade("venture capital & private equity", 30, Some("private equity firm"), &["Ventures", "Equity Partners"]),
    trade("farming", 20, None, &["Farms", "Orchards"]),
];

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "Alder",
    "Amber",
    "Anchor",
    "Arbor",
    "Argent",
    "Aspen",
    "Aurora",
    "Basalt",
    "Birch",
    "Bramble",
    "Brightwater",
    "Canyon",
    "Cobalt",
    "Copper",
    "Coral",
    "Dovetail",
    "Eastgate",
    "Ember",
    "Fairview",
    "Fern",
    "Fieldstone",
    "Foxglove",
    "Gable",
    "Garnet",
    "Glacier",
    "Greywolf",
    "Hazel",
    "Helix",
    "Heron",
    "Hollow Oak",
    "Indigo",
    "Ivory",
    "Kestrel",
    "Lantern",
    "Larch",
    "Linden",
    "Lodestar",
    "Maple",
    "Marigold",
    "Mesa",
    "Mosaic",
    "Nimbus",
    "Northfield",
    "Onyx",
    "Osprey",
    "Otter Creek",
    "Paragon",
    "Pebble",
    "Plover",
    "Quarry",
    "Raven",
    "Rowan",
    "Saffron",
    "Sage",
    "Sequoia",
    "Slate",
    "Sparrow",
    "Spruce",
    "Starling",
    "Tamarack",
    "Teal",
    "Thistle",
    "Tidal",
    "Timber",
    "Topaz",
    "Umber",
    "Verdant",
    "Violet",
    "Walnut",
    "Wren",
    "Yarrow",
];

const PRACTICES: &[(&str, u64)] = &[
    ("Litigation", 100),
    ("Labor and Employment", 100),
    ("Personal Injury", 100),
    ("Corporate", 90),
    ("Real Estate", 90),
    ("Family Law", 80),
    ("Intellectual Property", 80),
    ("Criminal Defense", 70),
    ("Trusts and Estates", 60),
    ("Tax", 60),
    ("Commercial Litigation", 50),
    ("Immigration", 50),
    ("Mergers and Acquisitions", 50),
    ("Bankruptcy and Restructuring", 40),
    ("Insurance Defense", 35),
    ("Construction", 35),
    ("Health Care", 35),
    ("Environmental", 30),
    ("Privacy and Cybersecurity", 25),
    ("Securities", 25),
    ("Antitrust", 15),
    ("Workers Compensation", 25),
];

/// A city with the names that records use.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    pub(super) city: &'static City,
    pub(super) state: Option<&'static str>,
    pub(super) country: Option<&'static str>,
}

/// A firm that does not exist.
pub(super) struct Firm {
    pub(super) law: bool,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) industry: &'static str,
    pub(super) company_type: &'static str,
    pub(super) headcount: u64,
    pub(super) revenue_usd: u64,
    pub(super) founded: u64,
    /// Headquarters first.
    pub(super) offices: Vec<Seat>,
    /// First and last name of the head, whose name the firm may bear.
    pub(super) head: (&'static str, &'static str),
    pub(super) practices: Vec<&'static str>,
}

/// All that firms are drawn from.
pub(super) struct Firms {
    law_per_million: u64,
    seats: Weighted<Seat>,
    law_sizes: Weighted<(u64, u64)>,
    corporate_sizes: Weighted<(u64, u64)>,
    trades: Weighted<&'static Trade>,
    practices: Weighted<&'static str>,
    /// Domains given so far: no two firms share one.
    domains: HashSet<String>,
}

impl Firms {
    /// `us_states` are weights of states of the United States, in thousandths.
    pub(super) fn new(law_per_million: u64, us_states: &[(String, u64)]) -> Firms {
        let states: HashMap<(&str, &str), &'static str> =
            places::states().iter().map(|state| ((state.country, state.code), state.name)).collect();
        let seat = |city: &'static City| {
            let (_, country) = COUNTRIES.iter().find(|(code, _)| *code == city.country)?;
            let state = us_states.iter().find(|(code, _)| city.country == "US" && code == city.state);
            let state = state.map_or(1_000, |(_, per_mille)| *per_mille);
            let seat = Seat {
                city,
                state: states.get(&(city.country, city.state)).copied(),
                country: places::country(city.country).map(|country| country.name),
            };
            (city.population >= POPULATION_MIN).then_some((seat, city.population / 1_000 * country * state / 1_000))
        };
        Firms {
            law_per_million,
            seats: Weighted::new(places::all_cities().iter().filter_map(seat)),
            law_sizes: Weighted::new(LAW_SIZES.iter().copied()),
            corporate_sizes: Weighted::new(CORPORATE_SIZES.iter().copied()),
            trades: Weighted::new(TRADES.iter().map(|trade| (trade, trade.weight))),
            practices: Weighted::new(PRACTICES.iter().copied()),
            domains: HashSet::new(),
        }
    }

    /// The next firm; `index` is its place in the order of firms.
    pub(super) fn draw(&mut self, chance: &mut Chance, names: &Names, index: u64) -> Firm {
        let law = chance.per_million(self.law_per_million);
        let (least, most) = *if law { &self.law_sizes } else { &self.corporate_sizes }.pick(chance);
        // The smaller of two draws: within a size, small firms are the many.
        let headcount = chance.between(least, most).min(chance.between(least, most));
        let head = names.person(chance);
        let mut offices = vec![*self.seats.pick(chance)];
        if headcount >= 60 {
            for _ in 0..(1 + headcount.isqrt() / 8).min(20) {
                let seat = *self.seats.pick(chance);
                if !offices.iter().any(|known| known.city == seat.city) {
                    offices.push(seat);
                }
            }
        }
        let trade = *self.trades.pick(chance);
        let name = if law {
            law_name(chance, names, head, offices[0].city, headcount)
        } else {
            corporate_name(chance, head.1, trade)
        };
        let practices = if law { self.practices_of(chance, headcount) } else { Vec::new() };
        let company_type = match (law, trade.company_type) {
            (true, _) if headcount >= LARGE_LAW_FIRM => "biglaw",
            (true, _) => "law firm",
            (false, Some(usual)) => usual,
            (false, None) if headcount >= LARGE_COMPANY && chance.per_mille(500) => "public company",
            (false, None) => "private company",
        };
        let youngest = if headcount > 200 { 2_008 } else { 2_023 };
        Firm {
            law,
            domain: self.domain(&name, index),
            name,
            industry: if law { LAW_INDUSTRY } else { trade.industry },
            company_type,
            headcount,
            revenue_usd: headcount * chance.between(90, if law { 420 } else { 340 }) * 1_000,
            founded: chance.between(if headcount > 200 { 1_880 } else { 1_960 }, youngest),
            offices,
            head,
            practices,
        }
    }

    fn practices_of(&self, chance: &mut Chance, headcount: u64) -> Vec<&'static str> {
        let count = match headcount {
            0..=10 => chance.between(1, 2),
            11..=60 => chance.between(2, 5),
            _ => chance.between(5, 10),
        };
        let mut practices: Vec<&'static str> = Vec::new();
        for _ in 0..count {
            let practice = *self.practices.pick(chance);
            if !practices.contains(&practice) {
                practices.push(practice);
            }
        }
        practices
    }

    /// The domain of a name; the second firm of that name has its index behind it.
    fn domain(&mut self, name: &str, index: u64) -> String {
        let label = plain(name);
        let label = label.get(..48).unwrap_or(&label).trim_end_matches('-');
        let mut domain = format!("{label}.example");
        if self.domains.contains(&domain) {
            domain = format!("{label}-{index}.example");
        }
        self.domains.insert(domain.clone());
        domain
    }
}

/// As law firms are called in the country they sit in; only small ones bear one person's name.
fn law_name(chance: &mut Chance, names: &Names, head: (&str, &str), city: &City, headcount: u64) -> String {
    let (first, last) = head;
    let (second, third) = (names.surname(chance), names.surname(chance));
    let form = *match (city.country, city.state) {
        ("US", "CA") => chance.one_of(&["LLP", "LLP", "APC", "PC"]),
        ("US", "FL") => chance.one_of(&["LLP", "P.A.", "P.A.", "PLLC"]),
        ("US", _) => chance.one_of(&["LLP", "LLP", "PC", "PLLC", "LLC"]),
        ("GB" | "IE", _) => chance.one_of(&["LLP", "Solicitors", "Solicitors"]),
        ("AU" | "NZ", _) => chance.one_of(&["Lawyers", "Legal"]),
        ("DE", _) => &"Rechtsanwälte",
        ("FR" | "CH", _) => &"Avocats",
        ("ES" | "MX", _) => &"Abogados",
        ("NL", _) => &"Advocaten",
        _ => chance.one_of(&["LLP", "Legal"]),
    };
    let from = match headcount {
        0..=10 => 0,
        11..=60 => 18,
        _ => 40,
    };
    match chance.between(from, 99) {
        0..=17 if city.country == "US" => format!("Law Offices of {first} {last}"),
        18..=29 => format!("{last} Law Group"),
        30..=39 => format!("{last} Law, {form}"),
        40..=64 => format!("{last} & {second} {form}"),
        65..=89 => format!("{last}, {second} & {third} {form}"),
        _ => format!("{last} {second} {form}"),
    }
}

fn corporate_name(chance: &mut Chance, surname: &str, trade: &Trade) -> String {
    let ending = chance.one_of(trade.endings);
    match chance.below(10) {
        0..=2 => format!("{surname} {ending}"),
        3..=5 => format!("{} {ending}", chance.one_of(WORDS)),
        _ => format!("{} {} {ending}", chance.one_of(WORDS), chance.one_of(WORDS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::markets;

    #[test]
    fn firms_are_filed_in_the_words_that_filters_use() {
        for trade in TRADES {
            assert_eq!(markets::industry(trade.industry).map(|industry| industry.slug), Some(trade.industry));
        }
        let types = TRADES.iter().filter_map(|trade| trade.company_type);
        for kind in types.chain(["law firm", "biglaw", "public company", "private company"]) {
            assert_eq!(markets::company_type(kind).map(|kind| kind.name), Some(kind));
        }
        for (practice, _) in PRACTICES {
            assert_eq!(markets::practice(practice).map(|practice| practice.name), Some(*practice));
        }
        assert!(COUNTRIES.iter().all(|(code, _)| places::country(code).is_some()));
    }
}

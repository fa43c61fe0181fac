//! The titles of synthetic people, written as people write them: alone, in compounds ("President & CEO"), abbreviated,
//! and some that only look like another ("Executive Assistant to the CEO").

use super::chance::{Chance, Weighted};

/// A role at the top of a firm, held by at most one person.
struct Chief {
    /// The spellings, drawn by weight.
    titles: &'static [(&'static str, u64)],
    /// Smallest and largest headcount of firms that have one.
    headcount: (u64, u64),
    /// In how many of a thousand such firms.
    per_mille: u64,
}

/// A role that many hold.
struct Common {
    title: &'static str,
    weight: u64,
    /// Smallest headcount of firms where it occurs.
    from_headcount: u64,
}

const MANY: u64 = u64::MAX;

const LAW_HEADS_SMALL: &[(&str, u64)] = &[
    ("Managing Partner", 470),
    ("Founding Partner", 110),
    ("Owner", 85),
    ("Founder & Managing Partner", 75),
    ("Principal", 65),
    ("Managing Attorney", 60),
    ("Managing Shareholder", 35),
    ("Principal Attorney", 25),
    ("Managing Member", 25),
    ("President", 20),
    ("Owner & Managing Attorney", 15),
    ("CEO", 3),
    ("Chief Executive Officer", 3),
    ("Founder & CEO", 2),
    ("President & CEO", 2),
    ("CEO & Managing Partner", 1),
];
const LAW_HEADS_MIDDLE: &[(&str, u64)] = &[
    ("Managing Partner", 660),
    ("Managing Shareholder", 90),
    ("Founding Partner", 60),
    ("Managing Principal", 40),
    ("Managing Member", 40),
    ("Founder and Managing Partner", 40),
    ("President", 25),
    ("President & Managing Shareholder", 20),
    ("Executive Partner", 20),
    ("CEO & Managing Partner", 5),
];
const LAW_HEADS_LARGE: &[(&str, u64)] = &[
    ("Managing Partner", 680),
    ("Firm Managing Partner", 70),
    ("Managing Shareholder", 80),
    ("Chair", 70),
    ("Chairman & Managing Partner", 45),
    ("Executive Chair", 20),
    ("Managing Principal", 35),
];

const LAW_CEO: &[(&str, u64)] = &[
    ("Chief Executive Officer", 56),
    ("CEO", 16),
    ("President & CEO", 14),
    ("President and Chief Executive Officer", 6),
    ("Chair & Chief Executive Officer", 4),
    ("CEO and Executive Director", 4),
];

/// Beside its head, who else stands at the top of a law firm.
const LAW_CHIEFS: &[Chief] = &[
    Chief { titles: LAW_CEO, headcount: (11, 50), per_mille: 19 },
    Chief { titles: LAW_CEO, headcount: (51, 200), per_mille: 62 },
    Chief { titles: LAW_CEO, headcount: (201, MANY), per_mille: 160 },
    Chief {
        titles: &[("Chief Operating Officer", 7), ("COO", 2), ("Chief Operating Officer & Chief Financial Officer", 1)],
        headcount: (50, MANY),
        per_mille: 420,
    },
    Chief {
        titles: &[("Chief Financial Officer", 7), ("CFO", 2), ("Chief Financial Officer & Treasurer", 1)],
        headcount: (60, MANY),
        per_mille: 380,
    },
    Chief { titles: &[("Executive Director", 1)], headcount: (35, 400), per_mille: 260 },
    Chief {
        titles: &[("Firm Administrator", 5), ("Law Firm Administrator", 3), ("Director of Administration", 2)],
        headcount: (10, 120),
        per_mille: 330,
    },
    Chief {
        titles: &[("Chief Marketing Officer", 6), ("Chief Marketing and Business Development Officer", 4)],
        headcount: (120, MANY),
        per_mille: 430,
    },
    Chief { titles: &[("Chief Business Development Officer", 1)], headcount: (200, MANY), per_mille: 260 },
    Chief {
        titles: &[("Chief Information Officer", 7), ("CIO", 2), ("Director of Information Technology", 3)],
        headcount: (100, MANY),
        per_mille: 430,
    },
    Chief {
        titles: &[("General Counsel", 7), ("Partner & General Counsel", 3), ("Deputy General Counsel", 1)],
        headcount: (180, MANY),
        per_mille: 450,
    },
    Chief {
        titles: &[
            ("Chief Human Resources Officer", 3),
            ("Director of Human Resources", 5),
            ("Chief Talent Officer", 2),
        ],
        headcount: (70, MANY),
        per_mille: 380,
    },
    Chief {
        titles: &[("Director of Marketing", 6), ("Director, Marketing & Communications", 3), ("Head of Marketing", 2)],
        headcount: (45, MANY),
        per_mille: 330,
    },
    Chief {
        titles: &[("Director of Business Development", 6), ("Senior Director of Business Development", 2)],
        headcount: (70, MANY),
        per_mille: 380,
    },
    Chief { titles: &[("Director of Finance", 1)], headcount: (60, 400), per_mille: 260 },
    Chief { titles: &[("Chief Knowledge Officer", 1)], headcount: (300, MANY), per_mille: 200 },
    Chief { titles: &[("Executive Assistant to the CEO", 1)], headcount: (120, MANY), per_mille: 130 },
    Chief { titles: &[("Former Managing Partner", 2), ("Senior Partner", 5)], headcount: (25, MANY), per_mille: 130 },
];

const LAW_COMMON: &[Common] = &[
    Common { title: "Partner", weight: 190, from_headcount: 3 },
    Common { title: "Associate", weight: 150, from_headcount: 4 },
    Common { title: "Associate Attorney", weight: 100, from_headcount: 4 },
    Common { title: "Attorney", weight: 80, from_headcount: 2 },
    Common { title: "Paralegal", weight: 80, from_headcount: 2 },
    Common { title: "Senior Associate", weight: 60, from_headcount: 15 },
    Common { title: "Of Counsel", weight: 55, from_headcount: 5 },
    Common { title: "Shareholder", weight: 35, from_headcount: 8 },
    Common { title: "Counsel", weight: 35, from_headcount: 20 },
    Common { title: "Senior Partner", weight: 25, from_headcount: 10 },
    Common { title: "Legal Assistant", weight: 40, from_headcount: 2 },
    Common { title: "Legal Secretary", weight: 25, from_headcount: 3 },
    Common { title: "Office Manager", weight: 25, from_headcount: 3 },
    Common { title: "Litigation Paralegal", weight: 20, from_headcount: 10 },
    Common { title: "Law Clerk", weight: 15, from_headcount: 3 },
    Common { title: "Practice Group Leader", weight: 14, from_headcount: 60 },
    Common { title: "Practice Group Chair, Litigation", weight: 8, from_headcount: 90 },
    Common { title: "Office Managing Partner", weight: 8, from_headcount: 120 },
    Common { title: "Staff Attorney", weight: 14, from_headcount: 40 },
    Common { title: "Business Development Manager", weight: 16, from_headcount: 45 },
    Common { title: "Marketing Manager", weight: 14, from_headcount: 30 },
    Common { title: "Marketing Coordinator", weight: 8, from_headcount: 40 },
    Common { title: "Recruiting Manager", weight: 7, from_headcount: 60 },
    Common { title: "Human Resources Manager", weight: 8, from_headcount: 40 },
    Common { title: "IT Manager", weight: 8, from_headcount: 40 },
    Common { title: "Litigation Support Manager", weight: 5, from_headcount: 90 },
    Common { title: "Accounting Manager", weight: 7, from_headcount: 30 },
    Common { title: "Knowledge Management Lawyer", weight: 4, from_headcount: 200 },
    Common { title: "Pricing Analyst", weight: 3, from_headcount: 200 },
    Common { title: "Summer Associate", weight: 4, from_headcount: 80 },
];

const CORPORATE_HEADS_SMALL: &[(&str, u64)] = &[
    ("Owner", 190),
    ("Founder & CEO", 150),
    ("Chief Executive Officer", 130),
    ("President", 120),
    ("CEO", 110),
    ("Founder", 90),
    ("Owner & President", 60),
    ("President & CEO", 55),
    ("Managing Director", 50),
    ("General Manager", 30),
    ("Co-Founder & CEO", 15),
];
const CORPORATE_HEADS: &[(&str, u64)] = &[
    ("Chief Executive Officer", 410),
    ("President & CEO", 180),
    ("CEO", 120),
    ("President and Chief Executive Officer", 80),
    ("Founder & CEO", 70),
    ("Chairman & CEO", 50),
    ("President", 50),
    ("Managing Director", 40),
];

const CORPORATE_CHIEFS: &[Chief] = &[
    Chief {
        titles: &[
            ("Chief Financial Officer", 60),
            ("CFO", 20),
            ("CFO & Treasurer", 8),
            ("EVP & Chief Financial Officer", 8),
            ("Senior Vice President and CFO", 4),
        ],
        headcount: (40, MANY),
        per_mille: 640,
    },
    Chief {
        titles: &[
            ("General Counsel", 50),
            ("General Counsel & Secretary", 12),
            ("EVP, General Counsel & Secretary", 10),
            ("SVP, General Counsel & Corporate Secretary", 8),
            ("Chief Legal Officer", 12),
            ("Chief Legal Officer & General Counsel", 4),
            ("Vice President & General Counsel", 8),
        ],
        headcount: (40, MANY),
        per_mille: 680,
    },
    Chief {
        titles: &[("Chief Operating Officer", 7), ("COO", 2), ("President & COO", 2), ("EVP & COO", 1)],
        headcount: (50, MANY),
        per_mille: 480,
    },
    Chief {
        titles: &[("Chief Technology Officer", 6), ("CTO", 3), ("Co-Founder & CTO", 1)],
        headcount: (30, MANY),
        per_mille: 340,
    },
    Chief { titles: &[("Chief Marketing Officer", 7), ("CMO", 2)], headcount: (90, MANY), per_mille: 380 },
    Chief { titles: &[("Chief Information Officer", 7), ("CIO", 2)], headcount: (180, MANY), per_mille: 400 },
    Chief {
        titles: &[("Chief Human Resources Officer", 5), ("Chief People Officer", 3), ("CHRO", 1)],
        headcount: (150, MANY),
        per_mille: 430,
    },
    Chief { titles: &[("Chief Compliance Officer", 1)], headcount: (300, MANY), per_mille: 330 },
    Chief {
        titles: &[("Chief Revenue Officer", 3), ("Chief Commercial Officer", 1)],
        headcount: (120, MANY),
        per_mille: 250,
    },
    Chief { titles: &[("Deputy General Counsel", 1)], headcount: (800, MANY), per_mille: 600 },
    Chief { titles: &[("Associate General Counsel", 1)], headcount: (400, MANY), per_mille: 420 },
    Chief { titles: &[("Head of Legal", 3), ("Legal Director", 2)], headcount: (50, 300), per_mille: 130 },
    Chief { titles: &[("Controller", 3), ("VP & Controller", 1)], headcount: (50, MANY), per_mille: 460 },
    Chief {
        titles: &[("Vice President of Sales", 5), ("VP Sales", 4), ("SVP, Sales", 1)],
        headcount: (50, MANY),
        per_mille: 480,
    },
    Chief { titles: &[("Vice President of Finance", 5), ("VP Finance", 2)], headcount: (120, MANY), per_mille: 360 },
    Chief {
        titles: &[("Vice President, Human Resources", 3), ("VP of HR", 1)],
        headcount: (150, MANY),
        per_mille: 360,
    },
    Chief {
        titles: &[("VP Engineering", 2), ("Vice President of Engineering", 2)],
        headcount: (100, MANY),
        per_mille: 250,
    },
    Chief { titles: &[("Executive Assistant to the CEO", 1)], headcount: (60, MANY), per_mille: 240 },
    Chief { titles: &[("Chief of Staff to the CEO", 1)], headcount: (400, MANY), per_mille: 220 },
    Chief { titles: &[("Board Member", 3), ("Former CEO", 1)], headcount: (100, MANY), per_mille: 180 },
];

const CORPORATE_COMMON: &[Common] = &[
    Common { title: "Account Executive", weight: 60, from_headcount: 8 },
    Common { title: "Software Engineer", weight: 70, from_headcount: 5 },
    Common { title: "Project Manager", weight: 60, from_headcount: 5 },
    Common { title: "Operations Manager", weight: 55, from_headcount: 4 },
    Common { title: "Sales Representative", weight: 55, from_headcount: 4 },
    Common { title: "Administrative Assistant", weight: 50, from_headcount: 3 },
    Common { title: "Office Manager", weight: 35, from_headcount: 2 },
    Common { title: "Bookkeeper", weight: 25, from_headcount: 2 },
    Common { title: "Accountant", weight: 40, from_headcount: 6 },
    Common { title: "Account Manager", weight: 45, from_headcount: 8 },
    Common { title: "Product Manager", weight: 35, from_headcount: 25 },
    Common { title: "Marketing Manager", weight: 35, from_headcount: 12 },
    Common { title: "Financial Analyst", weight: 30, from_headcount: 40 },
    Common { title: "Human Resources Manager", weight: 28, from_headcount: 30 },
    Common { title: "Director of Operations", weight: 25, from_headcount: 30 },
    Common { title: "Director of Sales", weight: 22, from_headcount: 40 },
    Common { title: "Director of Marketing", weight: 20, from_headcount: 40 },
    Common { title: "Director of Engineering", weight: 16, from_headcount: 70 },
    Common { title: "Director of Human Resources", weight: 14, from_headcount: 80 },
    Common { title: "Vice President", weight: 25, from_headcount: 60 },
    Common { title: "Senior Vice President", weight: 12, from_headcount: 250 },
    Common { title: "Corporate Counsel", weight: 14, from_headcount: 120 },
    Common { title: "Senior Counsel", weight: 8, from_headcount: 300 },
    Common { title: "Contracts Manager", weight: 10, from_headcount: 100 },
    Common { title: "Paralegal", weight: 7, from_headcount: 200 },
    Common { title: "Compliance Manager", weight: 9, from_headcount: 120 },
    Common { title: "Data Analyst", weight: 25, from_headcount: 30 },
    Common { title: "IT Manager", weight: 18, from_headcount: 35 },
    Common { title: "Procurement Manager", weight: 14, from_headcount: 80 },
    Common { title: "Executive Assistant", weight: 20, from_headcount: 30 },
    Common { title: "Business Development Manager", weight: 18, from_headcount: 20 },
];

/// Titles of lawyers, who have practice areas; beside them all that hold "Partner", "Attorney" or "Counsel".
const LAWYERS: &[&str] =
    &["Associate", "Senior Associate", "Shareholder", "Managing Shareholder", "Principal", "Managing Principal"];

/// All roles, ready to be drawn.
pub(super) struct Roles {
    law: Kind,
    corporate: Kind,
}

struct Kind {
    heads_small: Weighted<&'static str>,
    heads_middle: Weighted<&'static str>,
    heads_large: Weighted<&'static str>,
    chiefs: Vec<(&'static Chief, Weighted<&'static str>)>,
    /// By the smallest headcount where they hold, the largest first.
    common: Vec<(u64, Weighted<&'static str>)>,
}

impl Roles {
    pub(super) fn new() -> Roles {
        Roles {
            law: Kind::new(LAW_HEADS_SMALL, LAW_HEADS_MIDDLE, LAW_HEADS_LARGE, LAW_CHIEFS, LAW_COMMON),
            corporate: Kind::new(
                CORPORATE_HEADS_SMALL,
                CORPORATE_HEADS,
                CORPORATE_HEADS,
                CORPORATE_CHIEFS,
                CORPORATE_COMMON,
            ),
        }
    }

    /// The titles of the people on record of one firm, its head first.
    pub(super) fn of_firm(&self, chance: &mut Chance, law: bool, headcount: u64, people: usize) -> Vec<&'static str> {
        let kind = if law { &self.law } else { &self.corporate };
        let heads = match headcount {
            0..=10 => &kind.heads_small,
            11..=50 => &kind.heads_middle,
            _ => &kind.heads_large,
        };
        let mut titles = vec![*heads.pick(chance)];
        for (chief, spellings) in &kind.chiefs {
            let (least, most) = chief.headcount;
            if (least..=most).contains(&headcount) && chance.per_mille(chief.per_mille) {
                titles.push(spellings.pick(chance));
            }
        }
        let common = kind.common.iter().find(|(from, _)| *from <= headcount).map(|(_, common)| common);
        if let Some(common) = common {
            while titles.len() < people {
                titles.push(common.pick(chance));
            }
        }
        titles.truncate(people.max(1));
        titles
    }
}

impl Kind {
    fn new(
        small: &'static [(&'static str, u64)],
        middle: &'static [(&'static str, u64)],
        large: &'static [(&'static str, u64)],
        chiefs: &'static [Chief],
        common: &'static [Common],
    ) -> Kind {
        let mut steps: Vec<u64> = common.iter().map(|role| role.from_headcount).collect();
        steps.sort_unstable();
        steps.dedup();
        let at = |step: u64| {
            let open = common.iter().filter(move |role| role.from_headcount <= step);
            (step, Weighted::new(open.map(|role| (role.title, role.weight))))
        };
        Kind {
            heads_small: Weighted::new(small.iter().copied()),
            heads_middle: Weighted::new(middle.iter().copied()),
            heads_large: Weighted::new(large.iter().copied()),
            chiefs: chiefs.iter().map(|chief| (chief, Weighted::new(chief.titles.iter().copied()))).collect(),
            common: steps.into_iter().rev().map(at).collect(),
        }
    }
}

/// Whether a title at a law firm is a lawyer's.
pub(super) fn is_lawyer(title: &str) -> bool {
    LAWYERS.contains(&title) || ["Partner", "Attorney", "Counsel"].iter().any(|word| title.contains(word))
}

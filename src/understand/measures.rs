//! What a number measures, by the words behind it ("employees", "in revenue") or before it ("headcount of").

use super::phrasebook::Choices;

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Headcount,
    Revenue,
    /// Assets under management, or of a bank: never revenue.
    Assets,
    /// Money raised.
    Funding,
    /// What a company is worth.
    Valuation,
    /// Lawyers are not employees.
    Lawyers,
    Distance,
    Age,
    Time,
    /// Anything else that is counted, by its name in `other`.
    Thing(&'static str),
}

/// Words behind a number.
pub(super) static BEHIND: Choices<Measure> = Choices::of(&[
    (
        Measure::Headcount,
        "employees|employee|staff|people|peoples|person|headcount|ftes|fte|workers|team members|staff members|persons|\
         full time employees|total employees|professionals|heads|people on staff|strong|member|members|man|ppl|\
         emp|emps|ee|ees|souls|staffers|folks|full time staff|people team|persons team|person team|people company|\
         mitarbeiter|mitarbeitern|mitarbeitende|mitarbeitenden|beschaftigte|beschaftigten|salaries|collaborateurs|employes|empleados|trabajadores|\
         personas|dipendenti|medewerkers|funcionarios|employees worldwide|employees globally|on staff|on the payroll|\
         in headcount|employees total|employees or so|employees range|employee range|employee count|seats|band|bracket|employee band|headcount band|size band|size bracket|employee bracket",
    ),
    (
        Measure::Revenue,
        "revenue|in revenue|of revenue|annual revenue|in annual revenue|in revenues|turnover|in turnover|in sales|\
         arr|in arr|revenues|yearly revenue|in yearly revenue|of annual revenue|per year|a year|in annual revenues|\
         annually|in annual sales|of arr|in annual turnover|of turnover|in annual recurring revenue|per annum|\
         annual turnover|annual sales|annual recurring revenue|rev|in rev|of sales|in gross revenue|gmv|in gmv|\
         in annual rev|mrr|in mrr|umsatz|jahresumsatz|de ca|de chiffre daffaires|chiffre daffaires|de facturacion|facturacion|in income|of income|annual income|income|in annual income|in yearly sales|in gross sales|in turnovers|topline|top line",
    ),
    (
        Measure::Assets,
        "aum|in aum|of aum|assets|in assets|under management|of assets|in assets under management|aua|in aua|\
         assets under management|of assets under management|in total assets|total assets|in client assets|\
         in managed assets|under advisement",
    ),
    (
        Measure::Funding,
        "in funding|of funding|in venture capital|in financing|raised|funding|round|in venture funding|rounds|\
         in total funding|total funding|seed round|in capital|in vc funding|in equity funding|of venture capital|funding round",
    ),
    (Measure::Valuation, "valuation|in valuation|valuations|market cap|in market cap"),
    (
        Measure::Lawyers,
        "lawyers|attorneys|solicitors|lawyer|attorney|barristers|fee earners|partners|partner|attys|atty",
    ),
    (
        Measure::Distance,
        "miles|mile|mi|km|kms|kilometers|kilometres|kilometer|kilometre|mile radius|miles radius|km radius|kilometer radius|kilometre radius",
    ),
    (Measure::Age, "years old|year old|years of age|yo|or older|or younger|year olds|yrs old|something|somethings"),
    (Measure::Time, "years|year|yrs|yr|months|month|days|day|weeks|week|quarters|yoe|pqe|hours|jahre|jahren|ans|anos"),
    // What is left of revenue is no revenue.
    (Measure::Thing("ebitda"), "ebitda|in ebitda|of ebitda|annual ebitda"),
    (Measure::Thing("beds"), "beds|bed"),
    (
        Measure::Thing("production"),
        "cases|barrels|bottles|tons|tonnes|hectares|acres|square feet|sq ft|sqft|kw|mw|megawatts",
    ),
    (Measure::Thing("rooms"), "rooms|keys"),
    (Measure::Thing("projects"), "projects|project"),
    (Measure::Thing("deals"), "deals|deal|transactions|deal size|deal sizes"),
    (Measure::Thing("budget"), "budget|budgets|in budget|ad spend|in ad spend|marketing budget"),
    (Measure::Thing("portfolio"), "portfolio|portfolios|fund|funds|fund size"),
    (Measure::Thing("check_size"), "check|checks|tickets|ticket size|check size|cheques"),
    (Measure::Thing("contracts"), "contracts|contract|acv"),
    (Measure::Thing("price"), "homes|houses|salary"),
    (Measure::Thing("units"), "units|doors|apartments"),
    (
        Measure::Thing("locations"),
        "locations|stores|shops|branches|sites|facilities|outlets|location|store|clubs|restaurants|clinics|hotels|dealerships|showrooms|properties|gyms|salons|schools",
    ),
    (Measure::Thing("offices"), "offices"),
    (Measure::Thing("vehicles"), "vehicles|trucks"),
    (Measure::Thing("students"), "students|pupils"),
    (Measure::Thing("patients"), "patients"),
    (Measure::Thing("clients"), "clients"),
    (Measure::Thing("customers"), "customers"),
    (Measure::Thing("users"), "users|subscribers"),
    (Measure::Thing("followers"), "followers|linkedin followers|connections"),
    (Measure::Thing("reports"), "direct reports|reports"),
]);

/// Words before a number.
pub(super) static ANNOUNCED: Choices<Measure> = Choices::of(&[
    (
        Measure::Headcount,
        "headcount|head count|headcount of|employee count|employee count of|staff of|team of|size|company size|\
         company size of|size of|employees|number of employees|headcount between|workforce of|team size|team size of|sized|sized between|\
         employing|employee size|employee range|that employ|employ|which employ|who employ|a headcount of|a staff of|\
         a team of|a workforce of|size between|headcount is|employees of|no of employees|staff size|workforce|fte|\
         number of staff|mitarbeiter|mitarbeiterzahl|effectif|emp|emp size|company headcount|total employees",
    ),
    (
        Measure::Revenue,
        "turning over|that turn over|which turn over|who turn over|turns over|revenue|revenues|revenue of|revenues of|annual revenue|annual revenue of|turnover|turnover of|sales of|\
         arr|arr of|making|earning|generating|revenue is|grossing|a revenue of|an annual revenue of|\
         a turnover of|with revenue|revenue range|annual turnover of|annual revenues of|annual sales of|doing|\
         annual turnover|annual sales|that make|that do|who do|revenue between|mrr|mrr of|jahresumsatz|umsatz|ca de|rev|rev of|an arr of|income of|annual income of|an income of|income",
    ),
    (
        Measure::Assets,
        "aum|aum of|assets under management|assets under management of|assets|assets of|total assets|total assets of|\
         managing|that manage|who manage|manages|manage|an aum of|who oversee|overseeing|aua|aua of",
    ),
    (
        Measure::Funding,
        "raised|raising|have raised|has raised|that raised|who raised|that have raised|funding of|total funding of|\
         raised a total of|funding|total funding|which raised|who have raised|capital raised|total raised|\
         recently raised|just raised",
    ),
    (
        Measure::Valuation,
        "valued at|valuation of|a valuation of|valuation|worth|market cap of|market cap|a market cap of",
    ),
    (Measure::Thing("ebitda"), "ebitda|ebitda of|an ebitda of|ebitda is"),
    (Measure::Thing("vehicles"), "a fleet of|fleet of|fleets of|fleet size|fleet size of"),
    (
        Measure::Thing("portfolio"),
        "portfolio|portfolios|a portfolio of|portfolio of|portfolios of|fund size|fund size of",
    ),
    (Measure::Thing("budget"), "budget|budgets|budget of|budgets of|a budget of|annual budget of|annual budgets of"),
    (Measure::Lawyers, "lawyer count|number of lawyers|attorney count|number of attorneys|firm size"),
]);

/// Amounts without a number.
pub(super) static VAGUE: super::phrasebook::Words = super::phrasebook::Words::of(
    "multiple|a few hundred|few hundred|few dozen|few thousand|few|several hundred|hundreds of|dozens of|a few dozen|several dozen|thousands of|a few thousand|\
     several thousand|tens of thousands of|a few million|a few|several|many|a handful of|lots of|a lot of",
);

/// Words that make a time recent, and what began then.
pub(super) static EVENTS: Choices<&str> = Choices::of(&[
    (
        "role_started_within_days",
        "became|become|took|assumed|arrived|post|started|joined|hired|promoted|appointed|new|began|changed|moved|role|job|jobs|title|position|seat|newly|promotion|hires",
    ),
    ("funded_within_days", "raised|raise|funding|funded|series|round|rounds|seed|closed|capital|investment|venture"),
    ("founded", "founded|established|incorporated|launched|formed|created|opened"),
    ("ipo_within_days", "public|ipo|listed|ipod"),
    ("acquired_within_days", "acquired|acquisition|merged|acquisitions"),
    ("hiring_within_days", "hiring|posted|advertised|posting|openings"),
    ("left_within_days", "left|departed|leaving"),
    ("laid_off_within_days", "laid|layoffs|layoff"),
    ("expanded_within_days", "expanded|expanding|expansion"),
]);

/// Names that hold a number and count nothing.
pub(super) static NAMED: super::phrasebook::Words = super::phrasebook::Words::of(
    "5 star|4 star|3 star|five star|four star|three star|24 hour|7 figure|8 figure|6 figure|six figure|seven figure|eight figure|6 figures|7 figures|8 figures|six figures|seven figures|eight figures|30 under 30|40 under 40|35 under 35|20 under 20|forbes 30 under 30|web 2.0|web 3.0|industry 4.0|24 7|401 k|401k|\
     403b|403 b|1031|1099|457b|5g|4g|3d|2d|360|365|s corp|c corp|1031 exchange|office 365|microsoft 365|dynamics 365|\
     iso 27001|iso 9001|iso 13485|soc 2|soc 1|section 8|web 3|h 1b|article 9|tier 1|tier 2|tier 3|tier one|level 4|class a|\
     big 4|big four|big 3|big three|magnificent 7|fortune 1|top 10 percent|7 eleven|3m|3d printing|20th century fox|4pl|3pl",
);

/// Spans of time without a number, in days.
pub(super) static PERIODS: Choices<i64> = Choices::of(&[
    (
        365,
        "in the last year|in the past year|over the last year|over the past year|within the last year|within the past year|during the last year|during the past year",
    ),
    (
        30,
        "in the last month|in the past month|over the last month|over the past month|within the last month|within the past month",
    ),
    (90, "in the last quarter|in the past quarter|over the last quarter|over the past quarter"),
    (7, "in the last week|in the past week|over the last week|within the last week"),
]);

/// Every phrase by which a number is given a meaning.
pub(super) fn phrases() -> impl Iterator<Item = &'static str> {
    BEHIND.phrases().chain(ANNOUNCED.phrases()).chain(EVENTS.phrases()).chain(PERIODS.phrases())
}

//! Companies that are known by their name wherever it stands ("Stripe engineers").
//!
//! Names that are plain words, places or persons as well are left out unless capitals tell them apart.

use super::phrasebook::Words;

/// Well-known employers, as people write them.
pub(super) static EMPLOYERS: Words = Words::of(
    "google|meta|facebook|amazon|netflix|nvidia|tesla|uber|lyft|airbnb|stripe|\
     spotify|twitter|linkedin|tiktok|bytedance|pinterest|ibm|intel|amd|dell|\
     palantir|\
     anthropic|deepmind|coinbase|robinhood|klarna|revolut|monzo|adyen|n26|brex|gusto|rippling|deel|\
     mckinsey|bcg|\
     boston consulting group|deloitte|pwc|kpmg|ey|ernst and young|accenture|capgemini|infosys|tcs|wipro|cognizant|goldman sachs|\
     goldman|morgan stanley|jpmorgan|jp morgan|jpmorgan chase|citi|citigroup|citibank|wells fargo|bank of america|barclays|hsbc|\
     ubs|deutsche bank|bnp paribas|santander|blackrock|blackstone|kkr|carlyle|bridgewater|citadel|two sigma|\
     jane street|kirkland|latham|skadden|cravath|wachtell|sullivan and cromwell|jones day|dla piper|baker mckenzie|clifford chance|\
     linklaters|freshfields|allen and overy|slaughter and may|walmart|costco|nike|adidas|puma|ikea|zara|unilever|nestle|procter and gamble|\
     coca cola|pepsi|pepsico|starbucks|mcdonalds|disney|warner bros|sony|samsung|lg|huawei|xiaomi|toyota|honda|bmw|daimler|\
     mercedes benz|volkswagen|audi|porsche|bosch|siemens|basf|bayer|allianz|lufthansa|airbus|boeing|lockheed martin|raytheon|\
     northrop grumman|general electric|general motors|exxon|exxonmobil|chevron|bp|pfizer|moderna|novartis|roche|\
     astrazeneca|gsk|johnson and johnson|merck|eli lilly|amgen|genentech|unitedhealth|aetna|cigna|kaiser permanente|mayo clinic|\
     spacex|blue origin|rivian|doordash|instacart|grubhub|deliveroo|zalando|booking com|expedia|ebay|etsy|wayfair|paypal|\
     visa|mastercard|american express|amex|capital one|geico|state farm|verizon|comcast|t mobile|vodafone|\
     gartner|forrester|nielsen|thomson reuters|lexisnexis|bloomberg|y combinator|sequoia|andreessen horowitz|a16z|accel",
);

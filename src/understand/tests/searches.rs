//! Searches by what is hard about them: roles, numbers, lists and exclusions, forms, places.

use serde_json::Value;

use super::{assert_sound, intent, read, slots};

/// Who people work for, worked for, what they studied, know and run, and what is happening at a company.
const ROLES: &[(&str, &str)] = &[
    (
        "food directors at supermarkets in Denmark",
        r#"{"target":"people","titles":["food director"],"industries":["supermarkets"],"company_types":["supermarket"],
         "locations":[{"country":"Denmark"}]}"#,
    ),
    (
        "attorneys at law firms",
        r#"{"target":"people","titles":["attorney"],"industries":["law practice"],"company_types":["law firm"]}"#,
    ),
    (
        "CTOs in Berlin for our fintech event",
        r#"{"target":"people","titles":["CTO"],
         "locations":[{"city":"Berlin","country":"Germany"}]}"#,
    ),
    (
        "gyms, saved as 'Austin Launch'",
        r#"{"target":"companies","industries":["gyms"],"company_types":["gym"],
         "other":["save_as:Austin Launch"]}"#,
    ),
    (
        "data scientists from MIT or Stanford",
        r#"{"target":"people","titles":["data scientist"],
         "other":["education:MIT","education:Stanford"]}"#,
    ),
    ("companies with a new CFO", r#"{"target":"companies","other":["signal:new CFO"]}"#),
    ("CTOs who work for Goldman Sachs", r#"{"target":"people","titles":["CTO"],"other":["company:Goldman Sachs"]}"#),
    ("people at O'Melveny & Myers LLP", r#"{"target":"people","other":["company:O'Melveny & Myers LLP"]}"#),
    (
        "lawyers who left Kirkland & Ellis",
        r#"{"target":"people","titles":["lawyer"],"other":["past_company:Kirkland & Ellis"]}"#,
    ),
    (
        "ex-Google product managers in Berlin",
        r#"{"target":"people","titles":["product manager"],"locations":[{"city":"Berlin",
         "country":"Germany"}],"other":["past_company:Google"]}"#,
    ),
    ("engineers from Stanford", r#"{"target":"people","titles":["engineer"],"other":["education:Stanford"]}"#),
    (
        "graduates of Stanford in the Bay Area",
        r#"{"target":"people","locations":[{"region":"San Francisco Bay Area"}],"other":["education:Stanford"]}"#,
    ),
    (
        "alumni of Harvard Business School who are CFOs",
        r#"{"target":"people","titles":["CFO"],"other":["education:Harvard Business School"]}"#,
    ),
    ("McKinsey alumni who are now COOs", r#"{"target":"people","titles":["COO"],"other":["past_company:McKinsey"]}"#),
    ("engineers with Kubernetes skills", r#"{"target":"people","titles":["engineer"],"other":["skill:Kubernetes"]}"#),
    (
        "developers with experience with Kubernetes and Terraform",
        r#"{"target":"people","titles":["developer"],"other":["skill:Kubernetes","skill:Terraform"]}"#,
    ),
    (
        "data scientists who know PyTorch",
        r#"{"target":"people","titles":["data scientist"],"other":["skill:PyTorch"]}"#,
    ),
    ("lawyers who speak German", r#"{"target":"people","titles":["lawyer"],"other":["skill:German"]}"#),
    (
        "German-speaking sales managers in London",
        r#"{"target":"people","titles":["sales manager"],"locations":[{"city":"London",
         "country":"United Kingdom"}],"other":["skill:German"]}"#,
    ),
    (
        "associates with 3-5 years of experience in M&A",
        r#"{"target":"people","titles":["associate"],"keywords":["M&A"],"other":["experience_years:3-5"]}"#,
    ),
    (
        "CMOs who started in the last 90 days",
        r#"{"target":"people","titles":["CMO"],"other":["role_started_within_days:90"]}"#,
    ),
    (
        "people recently promoted to director",
        r#"{"target":"people","seniority":["director"],"other":["signal:new_in_role"]}"#,
    ),
    ("companies hiring SDRs", r#"{"target":"companies","other":["hiring:SDRs"]}"#),
    (
        "startups that raised a Series A in the last 12 months",
        r#"{"target":"companies","company_types":["startup"],"other":["funding_stage:series_a",
         "funded_within_days:365"]}"#,
    ),
    ("firms founded in the last 5 years", r#"{"target":"companies","other":["founded:last 5 years"]}"#),
    ("companies backed by Sequoia", r#"{"target":"companies","other":["investor:Sequoia"]}"#),
    (
        "startups backed by Andreessen Horowitz or Accel",
        r#"{"target":"companies","company_types":["startup"],"other":["investor:Andreessen Horowitz",
         "investor:Accel"]}"#,
    ),
    ("companies with Series A funding", r#"{"target":"companies","other":["funding_stage:series_a"]}"#),
    (
        "Series A-C startups",
        r#"{"target":"companies","company_types":["startup"],"other":["funding_stage:series_a",
         "funding_stage:series_b","funding_stage:series_c"]}"#,
    ),
    (
        "heads of IT at companies using SAP and Salesforce",
        r#"{"target":"people","titles":["head of IT"],"other":["technology:SAP","technology:Salesforce"]}"#,
    ),
    (
        "e-commerce brands on Shopify doing $1M+ in sales",
        r#"{"target":"companies","industries":["e-commerce"],"company_types":["e-commerce brand"],
         "revenue":{"min":1000000},"other":["technology:Shopify"]}"#,
    ),
    (
        "SAP customers in Austria",
        r#"{"target":"companies","locations":[{"country":"Austria"}],"other":["technology:SAP"]}"#,
    ),
    ("companies similar to Stripe", r#"{"target":"companies","other":["lookalike:Stripe"]}"#),
    (
        "companies similar to our client Acme Corp in France",
        r#"{"target":"companies","locations":[{"country":"France"}],"other":["lookalike:Acme Corp"]}"#,
    ),
    ("companies that sell to dentists", r#"{"target":"companies","other":["sells_to:dentists"]}"#),
    ("companies that ship to Canada", r#"{"target":"companies","other":["ships_to:Canada"]}"#),
    ("lawyers admitted in New York", r#"{"target":"people","titles":["lawyer"],"other":["licensed_in:New York"]}"#),
    (
        "remote engineering managers",
        r#"{"target":"people","titles":["engineering manager"],"other":["work_mode:remote"]}"#,
    ),
    (
        "CFOs in Ohio with emails and phone numbers",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"Ohio","country":"United States"}],
         "other":["enrich:email","enrich:phone"]}"#,
    ),
    (
        "CFOs in Ohio with verified emails",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"Ohio","country":"United States"}],
         "other":["require:email"]}"#,
    ),
    (
        "GCs in Texas, ideally with litigation background",
        r#"{"target":"people","titles":["GC"],"locations":[{"state":"Texas","country":"United States"}],
         "other":["prefer:with litigation background"]}"#,
    ),
    (
        "CFOs at manufacturers, sorted by company size",
        r#"{"target":"people","titles":["CFO"],"industries":["manufacturing"],
         "company_types":["manufacturer"],"other":["sort:company size"]}"#,
    ),
    ("companies with open VP Sales roles", r#"{"target":"companies","other":["hiring:VP Sales"]}"#),
    ("companies expanding into Germany", r#"{"target":"companies","other":["signal:expanding into Germany"]}"#),
    (
        "companies that switched from Zendesk to Intercom",
        r#"{"target":"companies","other":["signal:switched from Zendesk to Intercom"]}"#,
    ),
    ("Acme Corp's CFO", r#"{"target":"people","titles":["CFO"],"other":["company:Acme Corp"]}"#),
    (
        "Partners at Smith, Jones & Brown LLP in Ohio",
        r#"{"target":"people","titles":["Partner"],"locations":[{"state":"Ohio","country":"United States"}],
         "other":["company:Smith, Jones & Brown LLP"]}"#,
    ),
    ("people who work at acme.com", r#"{"target":"people","other":["company:acme.com"]}"#),
    (
        "engineers at stripe in dublin",
        r#"{"target":"people","titles":["engineer"],"locations":[{"city":"Dublin","country":"Ireland"}],
         "other":["company:stripe"]}"#,
    ),
    (
        "people at Boston Scientific in Minnesota",
        r#"{"target":"people","locations":[{"state":"Minnesota","country":"United States"}],
         "other":["company:Boston Scientific"]}"#,
    ),
    (
        "formerly at McKinsey, now at a startup",
        r#"{"target":"people","company_types":["startup"],"other":["past_company:McKinsey"]}"#,
    ),
];

/// What a number counts.
const NUMBERS: &[(&str, &str)] = &[
    (
        "a couple hundred recruiters in Ohio",
        r#"{"target":"people","count":200,"titles":["recruiter"],"locations":[{"state":"Ohio",
         "country":"United States"}]}"#,
    ),
    ("500 or so HR directors", r#"{"target":"people","count":500,"titles":["HR director"]}"#),
    ("30 under 30 founders", r#"{"target":"people","titles":["founder"],"keywords":["30 under 30"]}"#),
    (
        "401k advisors in Florida",
        r#"{"target":"people","titles":["401k advisor"],"locations":[{"state":"Florida",
         "country":"United States"}]}"#,
    ),
    ("Web 2.0 companies", r#"{"target":"companies","keywords":["Web 2.0"]}"#),
    (
        "CFOs in Ohio x25",
        r#"{"target":"people","count":25,"titles":["CFO"],"locations":[{"state":"Ohio",
         "country":"United States"}]}"#,
    ),
    (
        "CFOs in Ohio. Give me 25.",
        r#"{"target":"people","count":25,"titles":["CFO"],"locations":[{"state":"Ohio",
         "country":"United States"}]}"#,
    ),
    ("dentists near zip code 90210", r#"{"target":"people","titles":["dentist"],"other":["postal_code:90210"]}"#),
    ("startups 50–200 ppl", r#"{"target":"companies","company_types":["startup"],"headcount":{"min":50,"max":200}}"#),
    ("companies with 11-50, 51-200 employees", r#"{"target":"companies","headcount":{"min":11,"max":200}}"#),
    (
        "Head of RevOps, 51-200, B2B SaaS",
        r#"{"target":"people","titles":["Head of RevOps"],"industries":["saas"],"company_types":["B2B"],
         "headcount":{"min":51,"max":200}}"#,
    ),
    ("sub-100 person startups", r#"{"target":"companies","company_types":["startup"],"headcount":{"max":99}}"#),
    (
        "one-person law firms",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],
         "headcount":{"min":1,"max":1}}"#,
    ),
    ("companies with a few hundred employees", r#"{"target":"companies"}"#),
    (
        "RIAs with AUM over 1bn",
        r#"{"target":"companies","industries":["investment management"],"company_types":["RIA"],
         "other":["aum:1000000001+"]}"#,
    ),
    (
        "asset managers with over $10 billion under management",
        r#"{"target":"people","titles":["asset manager"],"other":["aum:10000000001+"]}"#,
    ),
    ("companies with revenue under 5M", r#"{"target":"companies","revenue":{"max":4999999}}"#),
    (
        "SaaS companies with $10M–$50M ARR",
        r#"{"target":"companies","industries":["saas"],"company_types":["SaaS company"],
         "revenue":{"min":10000000,"max":50000000}}"#,
    ),
    (
        "companies with revenues of 10 to 50 million euros",
        r#"{"target":"companies","revenue":{"min":10000000,"max":50000000,"currency":"EUR"}}"#,
    ),
    ("companies that raised at least $10M", r#"{"target":"companies","other":["funding:10000000+"]}"#),
    (
        "hospitals with more than 300 beds in Ohio",
        r#"{"target":"companies","industries":["hospital & health care"],"company_types":["hospital"],
         "locations":[{"state":"Ohio","country":"United States"}],"other":["beds:301+"]}"#,
    ),
    ("companies growing headcount 20% year over year", r#"{"target":"companies","other":["growth:20%"]}"#),
    (
        "law firms in Georgia with fewer than 20 lawyers",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"Georgia","country":"United States"}],"other":["lawyer_count:up to 19"]}"#,
    ),
    (
        "20-lawyer firms in Ohio",
        r#"{"target":"companies","locations":[{"state":"Ohio","country":"United States"}],
         "other":["lawyer_count:20"]}"#,
    ),
    (
        "Find 20 revenue operations managers",
        r#"{"target":"people","count":20,"titles":["revenue operations manager"]}"#,
    ),
    (
        "controllers within 50 miles of Chicago",
        r#"{"target":"people","titles":["controller"],"locations":[{"city":"Chicago","state":"Illinois",
         "country":"United States"}],"other":["radius:50 miles"]}"#,
    ),
    (
        "B2B SaaS, ARR $5-20M, 50-200 FTE",
        r#"{"target":"companies","industries":["saas"],"company_types":["B2B"],"headcount":{"min":50,
         "max":200},"revenue":{"min":5000000,"max":20000000}}"#,
    ),
    ("companies founded between 2010 and 2020", r#"{"target":"companies","other":["founded:between 2010 and 2020"]}"#),
    (
        "Young lawyers (under 35) in Melbourne, Australia",
        r#"{"target":"people","titles":["lawyer"],"locations":[{"city":"Melbourne","country":"Australia"}],
         "other":["protected_attribute:age"]}"#,
    ),
    (
        "companies with revenue between EUR 50 million and EUR 250 million",
        r#"{"target":"companies","revenue":{"min":50000000,"max":250000000,"currency":"EUR"}}"#,
    ),
];

/// What belongs together, and what is left out.
const LISTS: &[(&str, &str)] = &[
    (
        "Heads of Legal, Compliance or Risk at banks",
        r#"{"target":"people","titles":["Head of Legal","Head of Compliance","Head of Risk"],
         "industries":["banking"],"company_types":["bank"]}"#,
    ),
    (
        "Directors of Engineering, Product and Design in Seattle or Portland",
        r#"{"target":"people","titles":["Director of Engineering","Director of Product",
         "Director of Design"],"locations":[{"city":"Seattle","state":"Washington",
         "country":"United States"},{"city":"Portland","state":"Oregon","country":"United States"}]}"#,
    ),
    (
        "Sales, Marketing and HR Directors in Leeds",
        r#"{"target":"people","titles":["Sales Director","Marketing Director","HR Director"],
         "locations":[{"city":"Leeds","country":"United Kingdom"}]}"#,
    ),
    (
        "VPs, SVPs or Directors of Marketing in Ohio",
        r#"{"target":"people","titles":["VP of Marketing","SVP of Marketing","Director of Marketing"],
         "locations":[{"state":"Ohio","country":"United States"}]}"#,
    ),
    (
        "no recruiters, agencies or consultants in California",
        r#"{"target":"people","locations":[{"state":"California","country":"United States"}],
         "exclude":{"titles":["recruiter","consultant"],"company_types":["agency"]}}"#,
    ),
    (
        "HR managers in Ohio, not recruiters, not staffing agencies, not in Cleveland",
        r#"{"target":"people","titles":["HR manager"],"locations":[{"state":"Ohio",
         "country":"United States"}],"exclude":{"titles":["recruiter"],"company_types":["staffing agency"],
         "industries":["staffing and recruiting"],"locations":[{"city":"Cleveland","state":"Ohio",
         "country":"United States"}]}}"#,
    ),
    (
        "engineers not at Google or Meta",
        r#"{"target":"people","titles":["engineer"],"exclude":{"companies":["Google","Meta"]}}"#,
    ),
    ("CTOs who aren't on my Q1 list", r#"{"target":"people","titles":["CTO"],"exclude":{"lists":["Q1"]}}"#),
    (
        "CFOs in Texas excluding existing customers",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"Texas","country":"United States"}],
         "exclude":{"other":["customers:existing"]}}"#,
    ),
    (
        "CFOs in Texas excluding our competitors",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"Texas","country":"United States"}],
         "exclude":{"other":["competitors:ours"]}}"#,
    ),
    (
        "CFOs in Texas not already contacted",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"Texas","country":"United States"}],
         "exclude":{"other":["contacts:existing"]}}"#,
    ),
    ("companies without funding", r#"{"target":"companies","exclude":{"other":["signal:raised_funding"]}}"#),
    (
        "CTOs at companies not using AWS",
        r#"{"target":"people","titles":["CTO"],"exclude":{"other":["technology:AWS"]}}"#,
    ),
    ("non-technical founders", r#"{"target":"people","titles":["founder"],"exclude":{"keywords":["technical"]}}"#),
    (
        "Sales managers at non-US software companies",
        r#"{"target":"people","titles":["Sales manager"],"industries":["computer software"],
         "company_types":["software company"],"exclude":{"locations":[{"country":"United States"}]}}"#,
    ),
    (
        "CMO AND retail AND Portugal -agency",
        r#"{"target":"people","titles":["CMO"],"industries":["retail"],"locations":[{"country":"Portugal"}],
         "exclude":{"company_types":["agency"]}}"#,
    ),
    (
        "I want CMOs. Please leave out anyone at Nike, Adidas, or Puma.",
        r#"{"target":"people","titles":["CMO"],"exclude":{"companies":["Nike","Adidas","Puma"]}}"#,
    ),
    (
        "no consultants, no students: product managers in Dublin",
        r#"{"target":"people","titles":["product manager"],"locations":[{"city":"Dublin",
         "country":"Ireland"}],"exclude":{"titles":["consultant","student"]}}"#,
    ),
    (
        "product managers in Dublin with no MBA",
        r#"{"target":"people","titles":["product manager"],"locations":[{"city":"Dublin",
         "country":"Ireland"}],"exclude":{"other":["education:MBA"]}}"#,
    ),
    (
        "general contractors in Austin, no residential",
        r#"{"target":"companies","industries":["construction"],"company_types":["general contractor"],
         "locations":[{"city":"Austin","state":"Texas","country":"United States"}],
         "exclude":{"keywords":["residential"]}}"#,
    ),
    (
        "managers and above in finance at insurance companies in Hartford",
        r#"{"target":"people","seniority":["owner","founder","c_suite","partner","vp","head","director",
         "manager"],"departments":["finance"],"industries":["insurance"],
         "company_types":["insurance company"],"locations":[{"city":"Hartford","state":"Connecticut",
         "country":"United States"}]}"#,
    ),
    (
        "Find CTOs in Berlin. Also include Heads of Engineering. Skip anyone at Zalando.",
        r#"{"target":"people","titles":["CTO","Head of Engineering"],"locations":[{"city":"Berlin",
         "country":"Germany"}],"exclude":{"companies":["Zalando"]}}"#,
    ),
];

/// Searches written as forms, in other programs' ways, and in several sentences.
const FORMS: &[(&str, &str)] = &[
    (
        "title:CEO AND location:Texas NOT industry:retail",
        r#"{"target":"people","titles":["CEO"],"locations":[{"state":"Texas","country":"United States"}],
         "exclude":{"industries":["retail"]}}"#,
    ),
    (
        "Title = \"VP Sales\"; Industry: SaaS; HQ: Germany; Size: 51-200",
        r#"{"target":"people","titles":["VP Sales"],"industries":["saas"],
         "locations":[{"country":"Germany"}],"headcount":{"min":51,"max":200}}"#,
    ),
    (
        "Job titles: CEO, Founder, Owner\nLocations: Texas, Oklahoma\nEmployees: 11-50\nIndustry: construction",
        r#"{"target":"people","titles":["CEO","Founder","Owner"],"industries":["construction"],
         "locations":[{"state":"Texas","country":"United States"},{"state":"Oklahoma",
         "country":"United States"}],"headcount":{"min":11,"max":50}}"#,
    ),
    (
        "(CEO OR founder) AND (fintech OR insurtech) AND London NOT recruiter",
        r#"{"target":"people","titles":["CEO","founder"],"industries":["fintech","insurtech"],
         "company_types":["fintech company"],"locations":[{"city":"London","country":"United Kingdom"}],
         "exclude":{"titles":["recruiter"]}}"#,
    ),
    (
        "Role: CTO | Location: Berlin | Seniority: C-level | Funding: Series A",
        r#"{"target":"people","titles":["CTO"],"seniority":["c_suite"],"locations":[{"city":"Berlin",
         "country":"Germany"}],"other":["funding_stage:series_a"]}"#,
    ),
    (
        "Seniority: Director+; Department: Finance; Region: EMEA; Revenue: $50M-$500M",
        r#"{"target":"people","seniority":["owner","founder","c_suite","partner","vp","head","director"],
         "departments":["finance"],"locations":[{"region":"EMEA"}],"revenue":{"min":50000000,
         "max":500000000}}"#,
    ),
    (
        "Company: Stripe; Title: engineering manager; Location: Dublin",
        r#"{"target":"people","titles":["engineering manager"],"locations":[{"city":"Dublin",
         "country":"Ireland"}],"other":["company:Stripe"]}"#,
    ),
    (
        "Titles - GC, CLO. Location - Chicago. Company size - 500+. Limit - 100.",
        r#"{"target":"people","count":100,"titles":["GC","CLO"],"locations":[{"city":"Chicago",
         "state":"Illinois","country":"United States"}],"headcount":{"min":500}}"#,
    ),
    (
        "Technologies: Salesforce, HubSpot; Titles: RevOps Manager; Location: Austin, TX",
        r#"{"target":"people","titles":["RevOps Manager"],"locations":[{"city":"Austin","state":"Texas",
         "country":"United States"}],"other":["technology:Salesforce","technology:HubSpot"]}"#,
    ),
    (
        "- CEOs\n- in Texas\n- law firms\n- 50-200 employees",
        r#"{"target":"people","titles":["CEO"],"industries":["law practice"],"company_types":["law firm"],
         "locations":[{"state":"Texas","country":"United States"}],"headcount":{"min":50,"max":200}}"#,
    ),
    (
        "find contacts matching: title contains \"compliance\" and location is Frankfurt",
        r#"{"target":"people","titles":["compliance"],"locations":[{"city":"Frankfurt","country":"Germany"}]}"#,
    ),
    (
        "anyone with \"growth\" in their title at seed startups",
        r#"{"target":"people","titles":["growth"],"company_types":["startup"],"other":["funding_stage:seed"]}"#,
    ),
    (
        "We are looking for a senior in-house counsel to join our team. The ideal candidate has 5+ years of experience, is based in Chicago, speaks Spanish and has worked at an Am Law 100 firm.",
        r#"{"target":"people","titles":["senior in-house counsel"],"locations":[{"city":"Chicago",
         "state":"Illinois","country":"United States"}],"other":["experience_years:5+","skill:Spanish",
         "past_company:Am Law 100 firm"]}"#,
    ),
    (
        "I'm an investor looking for seed-stage startups in the Nordics, founded after 2020, with fewer than 20 employees. Please find 40 and save as Climate Nordics.",
        r#"{"target":"companies","count":40,"company_types":["startup"],"locations":[{"region":"Nordics"}],
         "headcount":{"max":19},"other":["funding_stage:seed","founded:after 2020",
         "save_as:Climate Nordics"]}"#,
    ),
    (
        "CFO / finance director, 100-500 emp, OH or MI or IN",
        r#"{"target":"people","titles":["CFO","finance director"],"locations":[{"state":"Ohio",
         "country":"United States"},{"state":"Michigan","country":"United States"},{"state":"Indiana",
         "country":"United States"}],"headcount":{"min":100,"max":500}}"#,
    ),
    (
        "CMOs in Miami, put them on list Q2 Push",
        r#"{"target":"people","titles":["CMO"],"locations":[{"city":"Miami","state":"Florida",
         "country":"United States"}],"other":["append_to:Q2 Push"]}"#,
    ),
    (
        "I don't want agencies. Find CMOs in Utah.",
        r#"{"target":"people","titles":["CMO"],"locations":[{"state":"Utah","country":"United States"}],
         "exclude":{"company_types":["agency"]}}"#,
    ),
    (
        "I'm interested in CFOs. They should work at companies with 50 to 500 employees. Only Germany and Austria. No consultants please.",
        r#"{"target":"people","titles":["CFO"],"locations":[{"country":"Germany"},{"country":"Austria"}],
         "headcount":{"min":50,"max":500},"exclude":{"titles":["consultant"]}}"#,
    ),
    (
        "CTOs in Europe (ex UK)",
        r#"{"target":"people","titles":["CTO"],"locations":[{"region":"Europe"}],"exclude":{"locations":[{"country":"United Kingdom"}]}}"#,
    ),
    ("interim CFOs", r#"{"target":"people","titles":["interim CFO"]}"#),
];

/// Which words are places, and which place.
const PLACES: &[(&str, &str)] = &[
    (
        "lawyers in Birmingham AL",
        r#"{"target":"people","titles":["lawyer"],"locations":[{"city":"Birmingham","state":"Alabama",
         "country":"United States"}]}"#,
    ),
    (
        "CEOs in IN",
        r#"{"target":"people","titles":["CEO"],"locations":[{"state":"Indiana","country":"United States"}]}"#,
    ),
    ("CEOs in greater Boston", r#"{"target":"people","titles":["CEO"],"locations":[{"region":"Greater Boston"}]}"#),
    (
        "lawyers in Cook County",
        r#"{"target":"people","titles":["lawyer"],"locations":[{"county":"Cook County","state":"Illinois",
         "country":"United States"}]}"#,
    ),
    (
        "CTOs in US and Canada",
        r#"{"target":"people","titles":["CTO"],"locations":[{"country":"United States"},{"country":"Canada"}]}"#,
    ),
    (
        "Canadian law firms",
        r#"{"target":"companies","industries":["law practice"],"company_types":["law firm"],
         "locations":[{"country":"Canada"}]}"#,
    ),
    ("European startups", r#"{"target":"companies","company_types":["startup"],"locations":[{"region":"Europe"}]}"#),
    (
        "American companies in Japan",
        r#"{"target":"companies","locations":[{"country":"Japan"}],"other":["headquartered_in:United States"]}"#,
    ),
    (
        "Turkish lawyers in Berlin",
        r#"{"target":"people","titles":["lawyer"],"locations":[{"city":"Berlin","country":"Germany"}],
         "other":["protected_attribute:nationality"]}"#,
    ),
    (
        "Chinese restaurants in London",
        r#"{"target":"companies","industries":["restaurants"],"company_types":["restaurant"],
         "keywords":["Chinese restaurants"],"locations":[{"city":"London","country":"United Kingdom"}]}"#,
    ),
    (
        "headquartered in Germany with offices in the US",
        r#"{"target":"people","locations":[{"country":"Germany"}],"other":["offices_in:the US"]}"#,
    ),
    (
        "Agribusiness CFOs in the state of New York",
        r#"{"target":"people","titles":["CFO"],"industries":["agriculture"],"locations":[{"state":"New York",
         "country":"United States"}]}"#,
    ),
    (
        "Winemakers in Georgia, the country, not the US state",
        r#"{"target":"people","titles":["Winemaker"],"locations":[{"country":"Georgia"}]}"#,
    ),
    (
        "CFOs in Washington, Oregon and Idaho",
        r#"{"target":"people","titles":["CFO"],"locations":[{"city_or_state":"Washington",
         "country":"United States"},{"state":"Oregon","country":"United States"},{"state":"Idaho",
         "country":"United States"}]}"#,
    ),
    (
        "CEOs of turkey farms in Minnesota",
        r#"{"target":"people","titles":["CEO"],"keywords":["turkey farms"],"locations":[{"state":"Minnesota",
         "country":"United States"}]}"#,
    ),
    (
        "Turkey-based exporters",
        r#"{"target":"companies","industries":["import and export"],"company_types":["exporter"],
         "locations":[{"country":"Turkey"}]}"#,
    ),
    (
        "Accountants in N.J. and Conn.",
        r#"{"target":"people","titles":["Accountant"],"locations":[{"state":"New Jersey",
         "country":"United States"},{"state":"Connecticut","country":"United States"}]}"#,
    ),
    ("lawyers nationwide", r#"{"target":"people","titles":["lawyer"]}"#),
    (
        "gc, saas, nyc",
        r#"{"target":"people","titles":["GC"],"industries":["saas"],"locations":[{"city":"New York",
         "state":"New York","country":"United States"}]}"#,
    ),
    (
        "partners in Paris (Texas, not France)",
        r#"{"target":"people","titles":["partner"],"locations":[{"city":"Paris","state":"Texas",
         "country":"United States"}],"exclude":{"locations":[{"country":"France"}]}}"#,
    ),
    (
        "Biotech founders in Cambridge, England",
        r#"{"target":"people","titles":["founder"],"industries":["biotechnology"],
         "company_types":["biotech company"],"locations":[{"city":"Cambridge",
         "country":"United Kingdom"}]}"#,
    ),
    (
        "CFOs in New York State but outside NYC",
        r#"{"target":"people","titles":["CFO"],"locations":[{"state":"New York","country":"United States"}],
         "exclude":{"locations":[{"city":"New York","state":"New York","country":"United States"}]}}"#,
    ),
    ("find Tom Smith at Google", r#"{"target":"people","other":["name:Tom Smith","company:Google"]}"#),
];

/// Compares each sentence with what it must say.
pub(super) fn check(sentences: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in sentences {
        let expected: Value = serde_json::from_str(expected).unwrap();
        let found = slots(text);
        if intent(text) != "prospect_search" || found != expected {
            wrong.push(format!("{text}\n  expected {expected}\n  found    {} {found}", intent(text)));
        }
        assert_sound(text, &read(text));
    }
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), sentences.len(), wrong.join("\n"));
}

#[test]
fn employers_schools_skills_and_signals_have_their_own_names() {
    check(ROLES);
}

#[test]
fn a_number_counts_what_the_words_around_it_say() {
    check(NUMBERS);
}

#[test]
fn lists_share_their_rank_and_exclusions_reach_as_far_as_their_list() {
    check(LISTS);
}

#[test]
fn forms_and_several_sentences_are_one_search() {
    check(FORMS);
}

#[test]
fn a_place_is_read_where_a_place_stands() {
    check(PLACES);
}

#[test]
fn what_states_no_number_and_what_nobody_wants_is_not_read() {
    assert_eq!(read("companies with a few hundred employees").unread, ["few hundred employees"]);
    assert_eq!(read("find owners with $20M gizmos").search().unwrap().revenue, None);
    let request = read("We run a staffing agency in Denver. Find HR directors at hospitals in Utah.");
    assert_eq!(request.search().unwrap().locations.len(), 1);
    assert!(request.unread.join(" ").contains("Denver"));
}

#[test]
fn what_was_chosen_among_several_readings_is_said() {
    for (text, words) in [
        ("Canadian law firms", "“Canadian” is read as companies in Canada."),
        ("lawyers in Cook County", "“Cook County” is read as Cook County, Illinois, United States."),
        ("lawyers nationwide", "“nationwide” sets no limit to the place."),
        ("Head of RevOps, 51-200", "“51-200” is read as a number of employees."),
        ("Turkish lawyers in Berlin", "“Turkish” was not applied: people are never selected by nationality."),
    ] {
        assert!(read(text).assumptions.iter().any(|said| said == words), "{text}: {:?}", read(text).assumptions);
    }
}

//! Searches whose parts are told apart by what stands beside them: names of firms, lines of forms, functions, what is
//! only told around a request.

use super::searches::check;

#[test]
fn a_run_of_words_names_a_firm_where_one_is_told() {
    check(&[
        (
            "senior associates in Boston, no one from harlow & stein",
            r#"{"target":"people","titles":["senior associate"],
         "locations":[{"city":"Boston","state":"Massachusetts","country":"United States"}],"exclude":{"companies":["harlow & stein"]}}"#,
        ),
        (
            "recruiters at Brightwave Foods",
            r#"{"target":"people","titles":["recruiter"],"other":["company:Brightwave Foods"]}"#,
        ),
        (
            "get me the marketing people at Vortiq Labs",
            r#"{"target":"people","departments":["marketing"],"other":["company:Vortiq Labs"]}"#,
        ),
        (
            "CFOs in Texas, leave out anyone at Ostrava Therapeutics",
            r#"{"target":"people","titles":["CFO"],
         "locations":[{"state":"Texas","country":"United States"}],"exclude":{"companies":["Ostrava Therapeutics"]}}"#,
        ),
        (
            "similar companies to Kolibri Robotics, 50 results",
            r#"{"target":"companies","count":50,"other":["lookalike:Kolibri Robotics"]}"#,
        ),
    ]);
}

#[test]
fn a_line_of_a_form_says_what_its_values_are() {
    check(&[
        (
            "Who: plant managers; sector: plastics",
            r#"{"target":"people","titles":["plant manager"],"industries":["plastics"]}"#,
        ),
        (
            "Job title contains 'Facilities Manager' AND Country is any of Ireland, Wales AND Number of employees is greater than 100",
            r#"{"target":"people","titles":["Facilities Manager"],"locations":[{"country":"Ireland"},{"state":"Wales","country":"United Kingdom"}],
         "headcount":{"min":101}}"#,
        ),
        (
            "title:(CFO OR Controller) AND (trucking OR mining)",
            r#"{"target":"people","titles":["CFO","Controller"],"industries":["trucking","mining"]}"#,
        ),
        (
            "person_titles: Chief Revenue Officer; q_organization_keyword_tags: payments",
            r#"{"target":"people","titles":["Chief Revenue Officer"],"keywords":["payments"]}"#,
        ),
        (
            "Titles: current Plant Managers; Sector: plastics",
            r#"{"target":"people","titles":["Plant Manager"],"industries":["plastics"]}"#,
        ),
    ]);
}

#[test]
fn a_function_belongs_to_the_rank_before_it() {
    check(&[
        (
            "heads of fleet at supermarkets",
            r#"{"target":"people","titles":["head of fleet"],"industries":["supermarkets"],"company_types":["supermarket"]}"#,
        ),
        (
            "heads of hospitals in Texas",
            r#"{"target":"people","seniority":["head"],"industries":["hospital & health care"],"company_types":["hospital"],
         "locations":[{"state":"Texas","country":"United States"}]}"#,
        ),
        (
            "franchise attorneys in Utah",
            r#"{"target":"people","titles":["franchise attorney"],"locations":[{"state":"Utah","country":"United States"}]}"#,
        ),
        (
            "Software engineers with Rust, Lisbon",
            r#"{"target":"people","titles":["Software engineer"],"locations":[{"city":"Lisbon","country":"Portugal"}],"other":["skill:Rust"]}"#,
        ),
    ]);
}

#[test]
fn what_is_told_around_a_request_is_no_part_of_it() {
    check(&[
        (
            "We have been retained to find a new HR chief for a client in Memphis. Please pull 40 people who hold the title Head of People at banks.",
            r#"{"target":"people","count":40,"titles":["Head of People"],"industries":["banking"],"company_types":["bank"]}"#,
        ),
        (
            "One of our partners speaks at a breakfast on the 14th. Could you put together 60 Privacy Officers in Nashville or Franklin, Tennessee?",
            r#"{"target":"people","count":60,"titles":["Privacy Officer"],"locations":[{"city":"Nashville","state":"Tennessee","country":"United States"},
         {"city":"Franklin","state":"Tennessee","country":"United States"}]}"#,
        ),
        (
            "find the CFO of Quillmark Paper, he is not in our system",
            r#"{"target":"people","titles":["CFO"],"other":["company:Quillmark Paper"]}"#,
        ),
        (
            "Search mandate 2291. Please source Medical Directors",
            r#"{"target":"people","titles":["Medical Director"]}"#,
        ),
        (
            "ceo credit unions wisconsin 25 asap",
            r#"{"target":"people","count":25,"titles":["CEO"],"industries":["banking"],"company_types":["credit union"],
         "locations":[{"state":"Wisconsin","country":"United States"}]}"#,
        ),
    ]);
}

#[test]
fn people_are_told_from_what_they_do() {
    check(&[
        (
            "Commercial real estate brokers in Charlotte who handle industrial leases",
            r#"{"target":"people","titles":["Commercial real estate broker"],
         "keywords":["industrial leases"],"locations":[{"city":"Charlotte","state":"North Carolina","country":"United States"}]}"#,
        ),
        ("ESG directors, climate officers", r#"{"target":"people","titles":["ESG director","climate officer"]}"#),
        (
            "VP, Marketing; biotech",
            r#"{"target":"people","titles":["VP, Marketing"],"industries":["biotechnology"],"company_types":["biotech company"]}"#,
        ),
        (
            "head chefs at resorts in Florida",
            r#"{"target":"people","titles":["head chef"],"industries":["hotels"],"company_types":["resort"],
         "locations":[{"state":"Florida","country":"United States"}]}"#,
        ),
        (
            "People who run procurement at steel mills",
            r#"{"target":"people","departments":["operations"],"industries":["steel"],"company_types":["mill"]}"#,
        ),
        (
            "sales guys in Ohio",
            r#"{"target":"people","departments":["sales"],"locations":[{"state":"Ohio","country":"United States"}]}"#,
        ),
        (
            "Give me everybody with 'procurement' or 'sourcing' in the title at banks",
            r#"{"target":"people","titles":["procurement","sourcing"],
         "industries":["banking"],"company_types":["bank"],"other":["count:all"]}"#,
        ),
        (
            "EAs to CEOs at banks",
            r#"{"target":"people","titles":["EA"],"industries":["banking"],"company_types":["bank"]}"#,
        ),
    ]);
}

#[test]
fn what_is_made_or_left_out_reaches_as_far_as_its_words() {
    check(&[
        (
            "suppliers of veterinary equipment in Ohio",
            r#"{"target":"companies","keywords":["veterinary equipment"],
         "locations":[{"state":"Ohio","country":"United States"}]}"#,
        ),
        (
            "CFO -interim -fractional manufacturing Ohio",
            r#"{"target":"people","titles":["CFO"],"industries":["manufacturing"],
         "locations":[{"state":"Ohio","country":"United States"}],"exclude":{"keywords":["interim","fractional"]}}"#,
        ),
        (
            "5 physicians per county in Vermont",
            r#"{"target":"people","count":5,"titles":["physician"],"locations":[{"state":"Vermont","country":"United States"}]}"#,
        ),
        (
            "investors who back climate startups",
            r#"{"target":"people","titles":["investor"],"company_types":["startup"],"keywords":["climate"]}"#,
        ),
    ]);
}

#[test]
fn a_label_may_be_qualified_and_a_list_quoted() {
    check(&[
        (
            "Titles wanted: Head of Clinical Trials; Company type: mid-size biotech; Where: Basel; Off limits: Rhinegate Pharma",
            r#"{"target":"people","titles":["Head of Clinical Trials"],"industries":["biotechnology"],"company_types":["mid-size","biotech company"],
         "locations":[{"city":"Basel","country":"Switzerland"}],"exclude":{"companies":["Rhinegate Pharma"]}}"#,
        ),
        (
            "target roles: CFO, COO; preferred locations: Ohio",
            r#"{"target":"people","titles":["CFO","COO"],
         "locations":[{"state":"Ohio","country":"United States"}]}"#,
        ),
        (
            "Companies like Borealis Grid, exclude list \"Already Pitched\"",
            r#"{"target":"companies","other":["lookalike:Borealis Grid"],
         "exclude":{"lists":["Already Pitched"]}}"#,
        ),
        (
            "(\"Chief Commercial Officer\" OR \"Commercial Director\") AND Spain",
            r#"{"target":"people","titles":["Chief Commercial Officer","Commercial Director"],
         "locations":[{"country":"Spain"}]}"#,
        ),
    ]);
}

#[test]
fn trades_in_the_plural_are_people_or_companies_by_their_place() {
    check(&[
        (
            "Managing directors at coach operators in Leicester",
            r#"{"target":"people","titles":["Managing director"],"keywords":["coach operators"],
         "locations":[{"city":"Leicester","country":"United Kingdom"}]}"#,
        ),
        (
            "property developers in Warsaw",
            r#"{"target":"companies","industries":["real estate"],"company_types":["property developer"],
         "locations":[{"city":"Warsaw","country":"Poland"}]}"#,
        ),
        (
            "ICU nurse managers in Ohio",
            r#"{"target":"people","titles":["ICU nurse manager"],"locations":[{"state":"Ohio","country":"United States"}]}"#,
        ),
        (
            "Solar EPC firms in Ohio, promoters or managing directors",
            r#"{"target":"people","titles":["promoter","managing director"],"keywords":["Solar EPC"],
         "locations":[{"state":"Ohio","country":"United States"}]}"#,
        ),
    ]);
}

#[test]
fn titles_of_ours_and_of_the_past_are_not_looked_for() {
    check(&[
        (
            "our CFO needs 20 names: treasurers at hospitals",
            r#"{"target":"people","count":20,"titles":["treasurer"],
         "industries":["hospital & health care"],"company_types":["hospital"]}"#,
        ),
        (
            "Chief Growth Officers who used to be consultants at McKinsey",
            r#"{"target":"people","titles":["Chief Growth Officer"],
         "other":["past_company:McKinsey"]}"#,
        ),
        (
            "ERP consultants working for SAP partners",
            r#"{"target":"people","titles":["ERP consultant"],"keywords":["SAP partners"]}"#,
        ),
        (
            "trustees and bursars of independent schools",
            r#"{"target":"people","titles":["trustee","bursar"],"industries":["K-12"],
         "company_types":["independent school"]}"#,
        ),
        (
            "sous chefs and pastry chefs in Dubai",
            r#"{"target":"people","titles":["sous chef","pastry chef"],
         "locations":[{"city":"Dubai","country":"United Arab Emirates"}]}"#,
        ),
        (
            "heads of lending at credit unions, not banks",
            r#"{"target":"people","titles":["head of lending"],"industries":["banking"],
         "company_types":["credit union"],"exclude":{"company_types":["bank"]}}"#,
        ),
        (
            "Data Engineers using dbt & Airflow",
            r#"{"target":"people","titles":["Data Engineer"],"other":["technology:dbt","technology:Airflow"]}"#,
        ),
    ]);
}

#[test]
fn what_runs_at_a_company_and_what_was_asked_before_are_told_apart() {
    check(&[
        (
            "Chief Medical Officers at hospitals with Epic",
            r#"{"target":"people","titles":["Chief Medical Officer"],
         "industries":["hospital & health care"],"company_types":["hospital"],"other":["technology:Epic"]}"#,
        ),
        (
            "people who approve software budgets at law schools",
            r#"{"target":"people","industries":["higher education"],
         "company_types":["law school"],"keywords":["software budgets"]}"#,
        ),
        ("VPs of People at companies between 300 and 900", r#"{"target":"people","titles":["VP of People"]}"#),
        (
            "We help breweries cut energy costs. Who should we speak to? Operations directors at dairies in Ohio.",
            r#"{"target":"people",
         "titles":["Operations director"],"industries":["dairy"],"locations":[{"state":"Ohio","country":"United States"}]}"#,
        ),
        (
            "engineers with Terraform & Kubernetes experience",
            r#"{"target":"people","titles":["engineer"],"other":["skill:Terraform","skill:Kubernetes"]}"#,
        ),
    ]);
}

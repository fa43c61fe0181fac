//! Which column of a file is which field: by the names of the specification, by well-known other spellings, or by
//! `--map COLUMN=FIELD`. A column that fits nothing is named in the report, never guessed at.
//!
//! The keys of JSON records are columns too: `company.city` is the key `city` inside `company`.

use serde::Serialize;

use crate::error::{Error, Result};

/// A field of a prospect file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the file format")]
pub enum Field {
    ExternalId,
    FullName,
    FirstName,
    LastName,
    Title,
    Seniority,
    Department,
    Email,
    Phone,
    LinkedinUrl,
    PracticeAreas,
    City,
    State,
    Country,
    Company,
    CompanyDomain,
    Industry,
    CompanyType,
    Headcount,
    RevenueUsd,
    Founded,
    CompanyCity,
    CompanyState,
    CompanyCountry,
}

/// Each field, its name, and the other headers it is known by (lower case, letters and digits only), commonest first.
const FIELDS: &[(Field, &str, &str)] = &[
    (
        Field::ExternalId,
        "external_id",
        "personid prospectid contactid leadid recordid uniqueid sourceid contactrecordid apollocontactid \
         zoominfocontactid hubspotid salesforceid uid id",
    ),
    (
        Field::FullName,
        "full_name",
        "person personname contactname contact contactfullname fullname prospectname leadname employeename \
         executivename attorneyname lawyername displayname name",
    ),
    (Field::FirstName, "first_name", "firstname givenname forename first fname contactfirstname personfirstname"),
    (Field::LastName, "last_name", "lastname surname familyname last lname secondname contactlastname personlastname"),
    (
        Field::Title,
        "title",
        "jobtitle currenttitle position jobposition currentposition contacttitle persontitle professionaltitle role \
         jobrole designation occupation headline",
    ),
    (
        Field::Seniority,
        "seniority",
        "senioritylevel managementlevel joblevel jobseniority titlelevel level careerlevel",
    ),
    (Field::Department, "department", "departments jobfunction function jobdepartment dept businessfunction"),
    (
        Field::Email,
        "email",
        "emailaddress mail workemail businessemail primaryemail contactemail email1 emailwork emailbusiness \
         corporateemail personalemail",
    ),
    (
        Field::Phone,
        "phone",
        "phonenumber telephone telephonenumber tel directphone directdial workphone businessphone workdirectphone \
         mobilephone mobile mobilenumber cellphone cell phone1 contactphone primaryphone",
    ),
    (
        Field::LinkedinUrl,
        "linkedin_url",
        "linkedin linkedinprofile linkedinprofileurl personlinkedinurl linkedinlink profileurl personlinkedin \
         contactlinkedin linkedincontactprofileurl publicprofileurl socialprofile",
    ),
    (
        Field::PracticeAreas,
        "practice_areas",
        "practicearea practices practice practicegroup practicegroups areasofpractice areaofpractice \
         legalpracticeareas specialties specialty",
    ),
    (Field::City, "city", "personcity contactcity town locality mailingcity homecity locationcity"),
    (
        Field::State,
        "state",
        "stateprovince province stateregion region personstate contactstate mailingstate mailingstateprovince \
         locationstate county statecode",
    ),
    (
        Field::Country,
        "country",
        "personcountry contactcountry countryregion mailingcountry locationcountry nation countrycode countryname",
    ),
    (
        Field::Company,
        "company",
        "companyname organization organisation organizationname organisationname employer firm firmname lawfirm \
         account accountname currentcompany currentemployer business businessname employername issuer \
         companynameforemails",
    ),
    (
        Field::CompanyDomain,
        "company_domain",
        "domain website companywebsite companyurl web webaddress websiteurl companydomainname domainname homepage \
         organizationwebsite accountwebsite firmwebsite companywebsiteurl",
    ),
    (
        Field::Industry,
        "industry",
        "companyindustry primaryindustry industries industryname accountindustry mainindustry sector companysector",
    ),
    (
        Field::CompanyType,
        "company_type",
        "firmtype organizationtype organisationtype businesstype accounttype typeofcompany ownershiptype",
    ),
    (
        Field::Headcount,
        "headcount",
        "employees employeecount numberofemployees noofemployees numemployees companyheadcount companysize \
         companyemployees employeessize numberemployees totalemployees staff firmsize size employeerange",
    ),
    (
        Field::RevenueUsd,
        "revenue_usd",
        "revenue annualrevenue companyrevenue annualrevenueusd companyannualrevenue revenueinusd totalrevenue \
         turnover estimatedrevenue sales annualsales",
    ),
    (
        Field::Founded,
        "founded",
        "foundedyear yearfounded founding foundingyear companyfounded established yearestablished",
    ),
    (
        Field::CompanyCity,
        "company_city",
        "hqcity headquarterscity headquartercity companyhqcity organizationcity organisationcity billingcity \
         accountcity firmcity companylocationcity",
    ),
    (
        Field::CompanyState,
        "company_state",
        "hqstate headquartersstate headquarterstate companyhqstate organizationstate organisationstate billingstate \
         billingstateprovince accountstate firmstate companystateprovince companyregion hqregion companylocationstate",
    ),
    (
        Field::CompanyCountry,
        "company_country",
        "hqcountry headquarterscountry headquartercountry companyhqcountry organizationcountry organisationcountry \
         billingcountry accountcountry firmcountry companylocationcountry",
    ),
];

/// Fields by which a file is seen to be about people even when its only name column is "Name".
const OF_A_PERSON: &[Field] = &[Field::FirstName, Field::LastName, Field::Title, Field::Email, Field::LinkedinUrl];

impl Field {
    /// The name of the field in the specification.
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, name, _)| name)
    }

    /// The field of that exact name.
    pub fn named(name: &str) -> Option<Field> {
        FIELDS.iter().find(|(_, known, _)| *known == name).map(|(field, ..)| *field)
    }
}

/// What `--map` said about one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The header as it stands in the file.
    pub column: String,
    /// The field it fills; `None` drops the column.
    pub field: Option<Field>,
}

impl Mapping {
    /// Reads `COLUMN=FIELD` or `COLUMN=`.
    pub fn parse(text: &str) -> Result<Mapping> {
        let (column, field) = text.rsplit_once('=').ok_or_else(|| {
            Error::validation("map", format!("\"{text}\" is no mapping. Write COLUMN=FIELD, or COLUMN= to drop it."))
        })?;
        let column = column.trim().to_owned();
        let field = match field.trim() {
            "" => None,
            name => Some(Field::named(name).ok_or_else(|| {
                let known: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
                Error::validation("map", format!("There is no field \"{name}\". The fields are: {}.", known.join(", ")))
            })?),
        };
        Ok(Mapping { column, field })
    }
}

/// The columns of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Field of each column, by position.
    pub fields: Vec<Option<Field>>,
    /// Headers that fill no field and were not dropped on purpose.
    pub unused: Vec<String>,
    /// Columns at the front that a rejects file adds (`row` and `reason`) and that are passed over.
    pub added: usize,
    /// The headers of the columns that fill a field, in the order of the file.
    pub used: Vec<Used>,
}

/// A column that fills a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Used {
    /// The header as it stands in the file.
    pub column: String,
    /// The name of the field.
    pub field: &'static str,
}

/// Fields without which people are hard to find or to reach, with others that say as much.
const MATTER_OF_A_PERSON: &[&[Field]] = &[
    &[Field::FullName, Field::FirstName, Field::LastName],
    &[Field::Title],
    &[Field::Email],
    &[Field::Company, Field::CompanyDomain],
    &[Field::Industry, Field::CompanyType],
    &[Field::State, Field::City, Field::Country, Field::CompanyState, Field::CompanyCity, Field::CompanyCountry],
];
/// The same for companies alone.
const MATTER_OF_A_COMPANY: &[&[Field]] = &[
    &[Field::CompanyDomain],
    &[Field::Industry, Field::CompanyType],
    &[Field::Headcount],
    &[Field::CompanyState, Field::CompanyCity, Field::CompanyCountry, Field::State, Field::City, Field::Country],
];
/// What JSON files put around the values of a person, and around those of a company.
const AROUND_A_PERSON: &[&str] = &["person", "contact", "lead", "prospect", "attributes", "properties"];
const AROUND_A_COMPANY: &[&str] = &["organization", "organisation", "employer", "firm", "account", "current_company"];

impl Columns {
    /// Matches the header of a file.
    ///
    /// # Errors
    /// A mapping names a column the file does not have, two columns fill one field by mapping, or no column is known.
    pub fn read(headers: &[String], map: &[Mapping]) -> Result<Columns> {
        for mapping in map {
            column_named(headers, &mapping.column)?;
        }
        Columns::read_some(headers, map)
    }

    /// As [`Columns::read`], where more columns may come: a mapping may name one of those, and its field waits for it.
    pub fn read_some(headers: &[String], map: &[Mapping]) -> Result<Columns> {
        let mut fields: Vec<Option<Field>> = vec![None; headers.len()];
        let added = match headers {
            [row, reason, ..] if row == "row" && reason == "reason" => 2,
            _ => 0,
        };
        let passed_over = |column: &usize| *column < added;
        let mut dropped: Vec<usize> = (0..headers.len()).filter(passed_over).collect();
        let mut awaited: Vec<Field> = Vec::new();
        for mapping in map {
            if let Some(field) = mapping.field
                && (fields.contains(&Some(field)) || awaited.contains(&field))
            {
                let message = format!("Two columns are mapped to {}. Map one of them.", field.name());
                return Err(Error::validation("map", message));
            }
            let Ok(column) = column_named(headers, &mapping.column) else {
                awaited.extend(mapping.field);
                continue;
            };
            fields[column] = mapping.field;
            if mapping.field.is_none() {
                dropped.push(column);
            }
        }
        let keys: Vec<String> = headers.iter().map(|header| key(header)).collect();
        for (field, name, others) in FIELDS {
            if fields.contains(&Some(*field)) || awaited.contains(field) {
                continue;
            }
            let own = key(name);
            let found = std::iter::once(own.as_str()).chain(others.split_whitespace()).find_map(|known| {
                let free = |column: &usize| fields[*column].is_none() && !dropped.contains(column);
                (0..keys.len()).filter(free).find(|column| keys[*column] == known)
            });
            if let Some(column) = found {
                fields[column] = Some(*field);
            }
        }
        name_is_the_company(&keys, &mut fields);
        let left = |column: &usize| fields[*column].is_none() && !dropped.contains(column);
        let unused = (0..headers.len()).filter(left).map(|column| headers[column].clone()).collect();
        let used = headers.iter().zip(&fields).filter_map(|(header, field)| Used::of(header, *field)).collect();
        let columns = Columns { unused, added, used, fields };
        columns.say_who()?;
        Ok(columns)
    }

    /// A column more, as JSON records bring them: it takes the field that `map` gives it, or one that fits and that no
    /// other column has taken.
    pub fn grow(&mut self, header: &str, map: &[Mapping]) {
        let mapped = map.iter().find(|mapping| is_same(&mapping.column, header));
        let field = match mapped {
            Some(mapping) => mapping.field,
            None => field_spelt(&key(header)),
        };
        let field = field.filter(|field| self.position(*field).is_none());
        if field.is_none() && mapped.is_none() {
            self.unused.push(header.to_owned());
        }
        self.used.extend(Used::of(header, field));
        self.fields.push(field);
    }

    /// Names of fields that the file leaves out although they matter; where several say as much, the first.
    pub fn missing(&self) -> Vec<&'static str> {
        let people = MATTER_OF_A_PERSON[0].iter().chain(OF_A_PERSON).any(|field| self.position(*field).is_some());
        let matter = if people { MATTER_OF_A_PERSON } else { MATTER_OF_A_COMPANY };
        let absent = |fields: &&&[Field]| fields.iter().all(|field| self.position(*field).is_none());
        matter.iter().filter(absent).map(|fields| fields[0].name()).collect()
    }

    /// The position of `field`.
    pub fn position(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|known| *known == Some(field))
    }

    fn say_who(&self) -> Result<()> {
        let who = [Field::FullName, Field::FirstName, Field::LastName, Field::Company, Field::CompanyDomain];
        if who.iter().any(|field| self.position(*field).is_some()) {
            return Ok(());
        }
        Err(Error::validation(
            "map",
            format!(
                "No column holds a person's name or a company. The columns are: {}. Use --map COLUMN=FIELD.",
                self.unused.join(", ")
            ),
        ))
    }
}

/// In a file about companies ("Name, Website, Employees") the name is the company's.
fn name_is_the_company(keys: &[String], fields: &mut [Option<Field>]) {
    let about_people = OF_A_PERSON.iter().any(|field| fields.contains(&Some(*field)));
    let about_companies = [Field::CompanyDomain, Field::Headcount, Field::Industry, Field::CompanyType]
        .iter()
        .any(|field| fields.contains(&Some(*field)));
    if about_people || !about_companies || fields.contains(&Some(Field::Company)) {
        return;
    }
    if let Some(name) = (0..keys.len()).find(|at| keys[*at] == "name" && fields[*at] == Some(Field::FullName)) {
        fields[name] = Some(Field::Company);
        // Its "id" column then numbers companies, not people, and names nobody.
        if let Some(id) = fields.iter().position(|field| *field == Some(Field::ExternalId)) {
            fields[id] = None;
        }
    }
}

impl Used {
    fn of(header: &str, field: Option<Field>) -> Option<Used> {
        field.map(|field| Used { column: header.to_owned(), field: field.name() })
    }
}

/// The field that is known by this spelling.
fn field_spelt(spelling: &str) -> Option<Field> {
    let known = |(_, name, others): &&(Field, &str, &str)| {
        key(name) == spelling || others.split_whitespace().any(|other| other == spelling)
    };
    FIELDS.iter().find(known).map(|(field, ..)| *field)
}

/// The position of a column by its header, exactly or else without regard to case and blanks.
fn column_named(headers: &[String], wanted: &str) -> Result<usize> {
    let exact = headers.iter().position(|header| header == wanted);
    exact.or_else(|| headers.iter().position(|header| key(header) == key(wanted))).ok_or_else(|| {
        let message = format!("The file has no column \"{wanted}\". Its columns are: {}.", headers.join(", "));
        Error::validation("map", message)
    })
}

/// Whether two headers are one, written differently.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one == other || key(one) == key(other)
}

/// A header as it is compared: lower case, letters and digits only ("# Employees" and "employees" are one). A key inside
/// an object that only says whose values these are is known by itself (`person.email`), or as the company's
/// (`employer.city`).
fn key(header: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let Some((around, inner)) = header.split_once('.') else { return plain(header) };
    let whole = plain(header);
    if inner.is_empty() || field_spelt_exactly(&whole) {
        return whole;
    }
    let around = around.to_lowercase();
    if AROUND_A_PERSON.contains(&around.as_str()) {
        return plain(inner);
    }
    if AROUND_A_COMPANY.contains(&around.as_str()) {
        return plain(&format!("company{inner}"));
    }
    whole
}

/// Whether a field is known by this spelling.
fn field_spelt_exactly(spelling: &str) -> bool {
    FIELDS.iter().any(|(_, name, others)| {
        name.replace('_', "") == spelling || others.split_whitespace().any(|other| other == spelling)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &str, map: &[&str]) -> Result<Columns> {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        let map: Vec<Mapping> = map.iter().map(|text| Mapping::parse(text).expect("a mapping")).collect();
        Columns::read(&headers, &map)
    }

    fn names(columns: &Columns) -> Vec<&'static str> {
        columns.fields.iter().map(|field| field.map_or("-", Field::name)).collect()
    }

    #[test]
    fn every_field_is_known_by_its_own_name_and_no_other_name_is_known_twice() {
        let all = FIELDS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(",");
        let columns = read(&all, &[]).expect("all fields");
        assert_eq!(names(&columns), all.split(',').collect::<Vec<_>>());
        let mut known: Vec<String> = FIELDS
            .iter()
            .flat_map(|(_, name, others)| {
                let own = key(name);
                let others = others.split_whitespace().map(str::to_owned).filter(move |other| *other != own);
                std::iter::once(key(name)).chain(others)
            })
            .collect();
        known.sort();
        let before = known.len();
        known.dedup();
        assert_eq!(before, known.len());
    }

    #[test]
    fn well_known_spellings_are_matched() {
        let columns = read(
            "First Name,Last Name,Job Title,Organization,Company Website,HQ State,LinkedIn Profile,# Employees,\
             Annual Revenue,E-mail,Notes",
            &[],
        )
        .expect("known headers");
        let expected = [
            "first_name",
            "last_name",
            "title",
            "company",
            "company_domain",
            "company_state",
            "linkedin_url",
            "headcount",
            "revenue_usd",
            "email",
            "-",
        ];
        assert_eq!(names(&columns), expected);
        assert_eq!(columns.unused, ["Notes"]);
    }

    #[test]
    fn a_mapping_decides_and_can_drop_a_column() {
        let columns = read("Name,Boss,Title", &["Boss=full_name", "Title="]).expect("mapped");
        assert_eq!(names(&columns), ["-", "full_name", "-"]);
        assert_eq!(columns.unused, ["Name"]);
        assert!(read("Name,Title", &["Nobody=full_name"]).is_err());
        assert!(read("Name,Boss", &["Name=full_name", "Boss=full_name"]).is_err());
        assert!(Mapping::parse("Name=nickname").is_err());
        assert!(Mapping::parse("Name").is_err());
    }

    #[test]
    fn keys_inside_objects_are_known_by_their_path() {
        let columns =
            read("person.full_name,person.email,company.name,company.hq.city,employer.industry,manager.email", &[])
                .expect("known keys");
        assert_eq!(names(&columns), ["full_name", "email", "company", "company_city", "industry", "-"]);
    }

    #[test]
    fn a_column_that_comes_later_takes_a_field_that_is_free() {
        let map = [Mapping::parse("Boss=").expect("a mapping"), Mapping::parse("Fon=phone").expect("a mapping")];
        let headers = ["Name", "Company", "Mobile"].map(str::to_owned);
        let mut columns = Columns::read_some(&headers, &map).expect("known headers");
        for header in ["Job Title", "Boss", "Fon", "E-mail", "Mail", "Shoe"] {
            columns.grow(header, &map);
        }
        assert_eq!(names(&columns)[2..], ["-", "title", "-", "phone", "email", "-", "-"]);
        assert_eq!(columns.unused, ["Mobile", "Mail", "Shoe"], "the phone was promised to Fon");
        assert_eq!(columns.used.last().map(|used| (used.column.as_str(), used.field)), Some(("E-mail", "email")));
    }

    #[test]
    fn fields_that_matter_and_are_missing_are_named() {
        assert_eq!(read("Name,Company", &[]).expect("people").missing(), ["title", "email", "industry", "state"]);
        assert_eq!(read("Company,Website,Size", &[]).expect("companies").missing(), ["industry", "company_state"]);
        assert!(read("name,title,email,company,type of company,city", &[]).expect("people").missing().is_empty());
    }

    #[test]
    fn a_rejects_file_is_read_like_the_file_it_came_from() {
        let columns = read("row,reason,Name,Company", &[]).expect("a rejects file");
        assert_eq!(names(&columns), ["-", "-", "full_name", "company"]);
        assert!(columns.unused.is_empty());
        assert_eq!(columns.added, 2);
    }

    #[test]
    fn in_a_file_of_companies_the_name_is_the_companys() {
        let columns = read("ID,Name,Website,Employees", &[]).expect("companies");
        assert_eq!(names(&columns), ["-", "company", "company_domain", "headcount"]);
        let columns = read("ID,Name,Title,Website", &[]).expect("people");
        assert_eq!(names(&columns), ["external_id", "full_name", "title", "company_domain"]);
    }

    #[test]
    fn a_file_without_a_known_column_is_refused_as_a_whole() {
        let refused = read("a,b,c", &[]).expect_err("nothing known");
        assert!(refused.to_string().contains("a, b, c"), "{refused}");
    }
}

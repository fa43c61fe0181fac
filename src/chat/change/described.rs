//! A description of contacts ("all contacts at Acme tagged VIP without an e-mail") as conditions that the workspace's
//! records can be held against. Pure.
//!
//! Protects the rule that a set is never wider than what was said: every word of the description is used, or nothing is.

/// What a description says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) tags: Vec<String>,
    pub(super) company: Option<String>,
    pub(super) title: Option<String>,
    pub(super) list: Option<String>,
    /// Fields that hold nothing, as answers name them.
    pub(super) without: Vec<&'static str>,
}

/// Words before the conditions that say no more than "contacts". A customer or a lead is more than a contact.
const WHO: [&str; 21] = [
    "all",
    "the",
    "my",
    "our",
    "every",
    "each",
    "any",
    "of",
    "everyone",
    "everybody",
    "anyone",
    "anybody",
    "contacts",
    "contact",
    "people",
    "persons",
    "person",
    "members",
    "who",
    "that",
    "are",
];

/// Beginnings of a condition, longer before shorter, and what each says.
const CONDITIONS: [(&[&str], Says); 24] = [
    (&["with", "the", "tag"], Says::Tag),
    (&["with", "tag"], Says::Tag),
    (&["tagged", "with"], Says::Tag),
    (&["tagged", "as"], Says::Tag),
    (&["tagged"], Says::Tag),
    (&["work", "at"], Says::Company),
    (&["work", "for"], Says::Company),
    (&["working", "at"], Says::Company),
    (&["working", "for"], Says::Company),
    (&["employed", "at"], Says::Company),
    (&["from"], Says::Company),
    (&["at"], Says::Company),
    (&["of"], Says::Company),
    (&["on"], Says::List),
    (&["in"], Says::List),
    (&["with", "the", "title"], Says::Title),
    (&["with", "title"], Says::Title),
    (&["titled"], Says::Title),
    (&["have", "no"], Says::Without),
    (&["having", "no"], Says::Without),
    (&["with", "no"], Says::Without),
    (&["without"], Says::Without),
    (&["missing"], Says::Without),
    (&["lacking"], Says::Without),
];

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Tag,
    Company,
    List,
    Title,
    Without,
}

/// Reads a description; nothing when a word of it says something that records can't be held against.
pub(super) fn read(text: &str) -> Option<Description> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut at = words.iter().take_while(|word| WHO.contains(&plain(word).as_str())).count();
    // "of" belongs to "all of my contacts" and to "contacts of Acme".
    if at > 1 && at < words.len() && plain(words[at - 1]) == "of" {
        at -= 1;
    }
    let mut description = Description::default();
    while at < words.len() {
        if plain(words[at]) == "and" && at > 0 {
            at += 1;
        }
        let (says, from) = condition(&words, at)?;
        let to = (from..words.len())
            .find(|next| {
                let word = plain(words[*next]);
                let begins = *next > from && condition(&words, *next).is_some_and(|(next, _)| next != says);
                begins || (word == "and" && condition(&words, next + 1).is_some())
            })
            .unwrap_or(words.len());
        let value = unquoted(&words[from..to].join(" "));
        if value.is_empty() {
            return None;
        }
        take(&mut description, says, value)?;
        at = to;
    }
    Some(description)
}

/// Which condition begins at a word, and where its value begins.
fn condition(words: &[&str], at: usize) -> Option<(Says, usize)> {
    CONDITIONS.iter().find_map(|(parts, says)| {
        let fits = parts.len() <= words.len() - at.min(words.len())
            && parts.iter().zip(words.iter().skip(at)).all(|(part, word)| plain(word) == *part);
        fits.then_some((*says, at + parts.len()))
    })
}

/// Puts a condition into the description; nothing when it is said twice with two values, or can't be judged.
fn take(description: &mut Description, says: Says, value: String) -> Option<()> {
    match says {
        Says::Tag => description.tags.push(value),
        // "everyone from the Prospects list"
        Says::Company if description.list.is_none() && list_name(&value).is_some() => {
            description.list = list_name(&value);
        }
        // "at Acme from Globex": who comes from where can't be judged.
        Says::Company if description.company.is_none() && !value.to_lowercase().contains(" from ") => {
            description.company = Some(value);
        }
        Says::Title if description.title.is_none() => description.title = Some(value),
        Says::List if description.list.is_none() => description.list = Some(list_name(&value)?),
        Says::Without => description.without.push(empty_field(&value)?),
        _ => return None,
    }
    Some(())
}

/// "my Q1 Leads list", "the list Q1 Leads". A value that does not say it is a list could be a place.
fn list_name(value: &str) -> Option<String> {
    let mut words: Vec<&str> = value.split(' ').collect();
    if ["my", "our", "the"].contains(&plain(words[0]).as_str()) {
        words.remove(0);
    }
    match words.as_slice() {
        [name @ .., last] if plain(last) == "list" && !name.is_empty() => Some(unquoted(&name.join(" "))),
        [first, name @ ..] if plain(first) == "list" && !name.is_empty() => Some(unquoted(&name.join(" "))),
        _ => None,
    }
}

/// The field that holds nothing, as answers name it.
fn empty_field(value: &str) -> Option<&'static str> {
    let value = value.to_lowercase();
    let value =
        ["an ", "a ", "any ", "their ", "the "].iter().find_map(|word| value.strip_prefix(word)).unwrap_or(&value);
    Some(match value {
        "email" | "e-mail" | "email address" | "e-mail address" | "emails" | "e-mails" | "email addresses" => "email",
        "phone" | "phone number" | "phone numbers" | "telephone" | "number" => "phone",
        "title" | "job title" | "job titles" | "titles" | "position" => "job_title",
        "company" | "companies" | "employer" => "company_name",
        "linkedin" | "linkedin url" | "linkedin profile" | "linkedin address" => "linkedin_url",
        "tag" | "tags" => "tags",
        _ => return None,
    })
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| matches!(c, ',' | ';' | '.')).to_lowercase()
}

fn unquoted(text: &str) -> String {
    let quotes = ['\'', '"', '“', '”', '‘', '’', '«', '»', ',', '.', ' '];
    text.trim_matches(|c| quotes.contains(&c)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tags: &[&str]) -> Description {
        Description { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..Description::default() }
    }

    #[test]
    fn conditions_are_read_with_their_values() {
        let at = |company: &str| Description { company: Some(company.to_owned()), ..Description::default() };
        let without = |field| Description { without: vec![field], ..Description::default() };
        for (text, expected) in [
            ("all contacts", Description::default()),
            ("everyone", Description::default()),
            ("everyone at Acme", at("Acme")),
            ("all of my contacts at De la Cruz Abogados", at("De la Cruz Abogados")),
            ("contacts of Acme", at("Acme")),
            ("all contacts tagged VIP", tagged(&["VIP"])),
            ("contacts tagged 'key speaker'", tagged(&["key speaker"])),
            ("contacts tagged VIP and tagged board", tagged(&["VIP", "board"])),
            ("contacts without email", without("email")),
            ("contacts with no phone number", without("phone")),
            ("everyone at Acme tagged VIP", Description { tags: vec!["VIP".into()], ..at("Acme") }),
            ("people who work at Acme", at("Acme")),
            ("contacts who are tagged VIP", tagged(&["VIP"])),
            (
                "everyone from the Q1 Leads list",
                Description { list: Some("Q1 Leads".into()), ..Description::default() },
            ),
            ("contacts on the Q1 Leads list", Description { list: Some("Q1 Leads".into()), ..Description::default() }),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_word_that_can_not_be_judged_makes_the_whole_description_open() {
        for text in [
            "bounced contacts",
            "contacts in Texas",
            "inactive contacts",
            "all customers",
            "contacts I met last week",
            "contacts without a heart",
            "contacts tagged",
            "everyone at Acme from Globex",
            "partners",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

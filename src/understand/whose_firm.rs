//! Whose firm a name is that stands beside somebody: "Oak Ltd's Ann Lee", "Ann Lee, Oak Valley", "Ann Lee of Oak & Co".
//!
//! Protects that the firm of a contact is no second contact, and that two contacts stay two.

use super::given_names::{is_first_name, is_surname, may_be_first_name};
use super::people::{Person, possessive};
use super::request::Mention;
use super::sentence::Sentence;
use super::words::Break;

/// Gives people the firms that belong to them, wherever in a request they are named.
pub(super) fn settle(sentence: &Sentence<'_>, people: &mut Vec<Person>) {
    people.iter_mut().for_each(|person| of_a_firm(sentence, person));
    let mut at = 1;
    while at < people.len() {
        let (firm, person) = (&people[at - 1], &people[at]);
        // "Oak Ltd's Ann Lee": nobody called by a first name has people.
        let owns = firm.last == person.first
            && possessive(sentence, firm.last)
            && only_named(firm)
            && !may_be_first_name(sentence.norm(firm.first))
            && person.mention.name.is_some()
            && person.mention.company.is_none()
            // "Acme's Series B" is nobody.
            && (firm.last > firm.first + 1 || is_first_name(sentence.norm(person.first)));
        if owns {
            let company = named(firm);
            let first = firm.first;
            people[at].mention.company = company;
            people[at].first = first;
            people.remove(at - 1);
        } else {
            at += 1;
        }
    }
}

/// "update the phone of Ann Lee, Oak Valley": one person and where she works; of two people both have a first name.
pub(super) fn beside_a_comma(sentence: &Sentence<'_>, people: &mut Vec<Person>) {
    let [person, firm] = people.as_slice() else { return };
    let full = person.mention.name.as_ref().is_some_and(|name| name.contains(' ')) && person.mention.company.is_none();
    let beside = firm.first == person.last && sentence.before(firm.first) == Break::Comma;
    let first = sentence.norm(firm.first);
    let known = may_be_first_name(first) && !["bay", "sky", "sun"].contains(&first);
    let surnamed = firm.last > firm.first + 1 && is_surname(sentence.norm(firm.last - 1));
    if full && beside && only_named(firm) && !known && !surnamed {
        let (company, last) = (named(firm), firm.last);
        people[0].mention.company = company;
        people[0].last = last;
        people.truncate(1);
    }
}

/// "company Oak Valley, ann@oak.example": the address behind the firm of the only person named.
pub(super) fn one_address(people: &mut Vec<Person>) {
    let [person, address] = people.as_slice() else { return };
    let bare = Mention { email: address.mention.email.clone(), ..Mention::default() };
    if person.mention.name.is_some() && person.mention.email.is_none() && address.mention == bare {
        people[0].mention.email = bare.email;
        people[0].last = people[1].last;
        people.truncate(1);
    }
}

/// "change Ann's employer from Oak to Elm": the old value of the field is nobody.
pub(super) fn without_old_value(sentence: &Sentence<'_>, people: &mut Vec<Person>) {
    if people.first().is_some_and(|person| person.mention.name.is_some()) {
        let old = |person: &Person| {
            person.first > 0 && sentence.norm(person.first - 1) == "from" && person.mention.name.is_none()
        };
        people.retain(|person| !(old(person) && only_named(person)));
    }
}

/// "Ben Carter of Oak & Co" was taken for one firm.
fn of_a_firm(sentence: &Sentence<'_>, person: &mut Person) {
    const NAME: usize = 2;
    let of = person.first + NAME;
    let parted = person.mention.name.is_none()
        && person.mention.company.is_some()
        && of + 1 < person.last
        && sentence.norm(of) == "of"
        && is_first_name(sentence.norm(person.first));
    if parted {
        person.mention.name = Some(sentence.slice(person.first, of).to_owned());
        person.mention.company = Some(sentence.slice(of + 1, person.last).to_owned());
    }
}

/// Nothing is known but the name of a person or firm.
fn only_named(person: &Person) -> bool {
    let Mention { name, company, .. } = &person.mention;
    let bare = Mention { name: name.clone(), company: company.clone(), ..Mention::default() };
    person.mention == bare && name.is_some() != company.is_some()
}

fn named(person: &Person) -> Option<String> {
    person.mention.name.clone().or_else(|| person.mention.company.clone())
}

//! What questions ask, as a table: the question, and what is read from it.

use std::fmt::Write as _;

use super::*;
use crate::understand::describe;

/// A question in one line: its kind, then what else it says.
fn line(text: &str) -> String {
    let question = read(text);
    let mut line = format!("{:?}", question.kind);
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = write!(line, ", {name} {value}");
        }
    };
    add("whom", question.search.as_ref().map(describe));
    add("list", question.list.map(|list| if let Pointed::Named(name) = list { name } else { "here".to_owned() }));
    add("name", question.name);
    add("matter", question.matter);
    add("tag", question.tag);
    add("field", question.field.map(|(field, filled)| format!("{field:?} {filled}")));
    add("period", question.period.map(|period| format!("{period:?}")));
    add("task", question.task_id);
    add("status", question.status.map(|status| format!("{status:?}")));
    add("called", question.called);
    add("unread", (!question.unread.is_empty()).then(|| question.unread.join("|")));
    line
}

#[track_caller]
fn assert_read(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let read = line(text);
            (read != *expected).then(|| format!("{text}\n    read     {read}\n    expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}
#[test]
fn people_are_counted_and_shown_by_whatever_describes_them() {
    assert_read(&[
        (
            "How many CEOs at law firms in California are there?",
            "Count(Prospects), whom CEOs at law firms in California",
        ),
        ("how many prospects do you have", "Count(Prospects)"),
        ("How many contacts do we have?", "Count(Contacts)"),
        ("how many contacts are on the Q1 Leads list?", "Count(Contacts), list Q1 Leads"),
        ("how many people are on \"Q1 Leads\"", "Count(Contacts), list Q1 Leads"),
        ("Who is on list Q1 Leads?", "Show(Contacts), list Q1 Leads"),
        ("show me the members of the Spring list", "Show(Contacts), list Spring"),
        ("show me all contacts at Acme", "Show(Contacts), whom people at Acme"),
        ("show me customers in Texas", "Show(Contacts), whom people in Texas, called customers"),
        ("who has no email", "Show(Contacts), field Email false"),
        ("which contacts have no phone number?", "Show(Contacts), field Phone false"),
        ("do we have anybody at Baker McKenzie?", "Show(Contacts), whom people at Baker McKenzie"),
        ("do we know anyone at Acme", "Show(Contacts), whom people at Acme"),
        ("who works at Acme", "Show(Contacts), whom people at Acme"),
        ("find my contacts in Texas", "Show(Contacts), whom people in Texas"),
        (
            "how many general counsels are in Texas and at banks",
            "Count(Prospects), whom general counsels at banks in Texas",
        ),
        ("which of our contacts are partners?", "Show(Contacts), whom partners"),
        ("show contacts tagged VIP", "Show(Contacts), tag VIP"),
        ("who did we add this week", "Show(Contacts), period ThisWeek"),
        ("contacts added last week", "Show(Contacts), period LastWeek"),
        ("how many people did you add yesterday", "Count(Contacts), period Yesterday"),
        ("count CEOs in Texas", "Count(Prospects), whom CEOs in Texas"),
        ("number of CEOs in Texas", "Count(Prospects), whom CEOs in Texas"),
        ("Wie viele Kontakte haben wir?", "Count(Contacts)"),
        ("¿Cuántos contactos tenemos?", "Count(Contacts)"),
        ("who works for acme", "Show(Contacts), whom people at acme"),
        ("how many law firms are there in Texas?", "Count(Prospects), whom law firms in Texas"),
        ("how many companies are in the prospect database?", "Count(Prospects)"),
        ("how many people do you know at Microsoft?", "Count(Prospects), whom people at Microsoft"),
        ("how many CFOs do we have?", "Count(Contacts), whom CFOs"),
        ("How many of our contacts are in California?", "Count(Contacts), whom people in California"),
        ("how many contacts without email are on the Q1 list?", "Count(Contacts), list Q1, field Email false"),
        ("anyone at Baker McKenzie?", "Show(Contacts), whom people at Baker McKenzie"),
        ("any CFOs in Austin?", "Count(Prospects), whom CFOs in Austin"),
        (
            "is there anyone at Kirkland & Ellis who does M&A?",
            "Count(Prospects), whom people at Kirkland & Ellis in M&A",
        ),
        ("show me everyone on this list", "Show(Contacts), list here"),
        ("who's on it", "Show(Contacts), list here"),
        ("how many are on this list?", "Count(Contacts), list here"),
        ("how big is the Spring list?", "Count(Contacts), list Spring"),
        ("what is the size of the Spring list", "Count(Contacts), list Spring"),
        ("who is the CEO of Acme?", "Show(Contacts), whom CEOs at Acme"),
        ("who are the partners at Okafor & Lindqvist", "Show(Contacts), whom partners at Okafor & Lindqvist"),
        ("show me my contacts", "Show(Contacts)"),
        ("list all contacts with the tag Client", "Show(Contacts), tag Client"),
        ("contacts tagged 'Q1 event'", "Show(Contacts), tag Q1 event"),
        ("which customers have no phone?", "Show(Contacts), field Phone false, called customers"),
        ("how many people are there?", "Count(Prospects)"),
        ("how many people are in the database", "Count(Prospects)"),
        ("do we have any general counsels in Texas?", "Show(Contacts), whom general counsels in Texas"),
        ("who do we know at Acme in Texas", "Show(Contacts), whom people at Acme in Texas"),
        ("show me the newest contacts", "Show(Contacts)"),
        ("who was added today?", "Show(Contacts), period Today"),
        ("how many contacts were created this month", "Count(Contacts), period ThisMonth"),
        (
            "give me the number of partners at law firms in New York",
            "Count(Prospects), whom partners at law firms in New York",
        ),
        ("which of our contacts work at banks?", "Show(Contacts), whom people at banks"),
        ("how many VPs of Sales are in Germany and France", "Count(Prospects), whom VPs of Sales in Germany or France"),
        ("how many female CEOs are in Texas", "Count(Prospects), whom CEOs in Texas"),
        ("show contacts who have an email", "Show(Contacts), field Email true"),
        ("what's on the Q1 list", "Show(Contacts), list Q1"),
        ("Which people at Acme don't have an email?", "Show(Contacts), whom people at Acme, field Email false"),
        (
            "how many companies with more than 500 employees are there",
            "Count(Prospects), whom companies with 501+ employees",
        ),
        ("who works at goldman sachs", "Show(Contacts), whom people at goldman sachs"),
        ("how many people are in the US?", "Count(Prospects), whom people in United States"),
        ("any contacts in ME?", "Show(Contacts), whom people in Maine"),
        ("contacts in New York", "Show(Contacts), whom people in New York"),
        ("how many CEOs in Texas and how many in California?", "Count(Prospects), whom CEOs in Texas or California"),
        ("who is responsible for marketing at Acme", "Show(Contacts), whom people at Acme in marketing"),
        (
            "Show me all customers in Texas with no email.",
            "Show(Contacts), whom people in Texas, field Email false, called customers",
        ),
        ("Which of my leads are VPs of Marketing?", "Show(Contacts), whom VPs of Marketing"),
        ("how many partners are on the 'Q1 Leads' list", "Count(Contacts), whom partners, list Q1 Leads"),
        ("is Jane Doe on the Q1 Leads list?", "Show(Contacts), list Q1 Leads, name Jane Doe"),
        ("is the Q1 list empty?", "Show(Contacts), list Q1, unread empty"),
        ("how many people named Smith are there", "Count(Contacts), name Smith"),
        ("who was added last month?", "Show(Contacts), period LastMonth"),
        ("how many people named Smith do we have?", "Count(Contacts), name Smith"),
        ("how many contacts are called Jane", "Count(Contacts), name Jane"),
        ("is Jane Doe on \"Q1 Leads\"?", "Show(Contacts), list Q1 Leads, name Jane Doe"),
    ]);
}

#[test]
fn tasks_are_asked_about_by_state_and_by_their_fate() {
    assert_read(&[
        ("What is pending?", "Show(Tasks), status Pending"),
        ("what's waiting for my approval", "Show(Tasks), status Pending"),
        ("show me the pending tasks", "Show(Tasks), status Pending"),
        (
            "What did you do with task 0193a1b2-0000-7000-8000-000000000001?",
            "Outcome, task 0193a1b2-0000-7000-8000-000000000001",
        ),
        ("what happened to my last task", "Outcome"),
        ("how many tasks are pending", "Count(Tasks), status Pending"),
        ("who approved the last task", "Outcome, status Approved"),
        ("why did the task fail", "Outcome, status Failed"),
        ("list the tasks that failed", "Show(Tasks), status Failed"),
        ("any failed tasks?", "Show(Tasks), status Failed"),
        ("did the last task work?", "Outcome"),
        ("what happened", "Outcome"),
        ("what did you do", "Outcome"),
        (
            "what's the status of task 0193a1b2-0000-7000-8000-000000000001?",
            "Outcome, task 0193a1b2-0000-7000-8000-000000000001",
        ),
        ("is there anything I need to approve?", "Show(Tasks), status Pending"),
        ("what needs my approval?", "Show(Tasks), status Pending"),
        ("do I have to approve anything", "Show(Tasks), status Pending"),
        ("how many proposals are waiting", "Count(Tasks), status Pending"),
        (
            "why was task 0193a1b2-0000-7000-8000-000000000001 dismissed",
            "Outcome, task 0193a1b2-0000-7000-8000-000000000001, status Dismissed",
        ),
        ("who dismissed the last task", "Outcome, status Dismissed"),
    ]);
}

#[test]
fn records_are_asked_about_by_name_and_by_kind() {
    assert_read(&[
        ("What do we know about Jane Doe?", "About, name Jane Doe"),
        ("What do we know about Acme's Series B?", "About, name Acme, matter Series B"),
        ("tell me about Acme", "About, name Acme"),
        ("who is Jane Doe", "About, name Jane Doe"),
        ("Which industries exist?", "Values(Industry)"),
        ("which titles are there in Texas", "Values(Title), whom people in Texas"),
        ("What company types do you have?", "Values(CompanyType)"),
        ("which states do you have people in", "Values(State)"),
        ("which lists exist", "Show(Lists)"),
        ("show me my lists", "Show(Lists)"),
        ("what tags do we use", "Show(Tags)"),
        ("when did we add Jane", "FieldOf(Added), name Jane"),
        ("when was Jane Doe added?", "FieldOf(Added), name Jane Doe"),
        ("is Jane Doe in our contacts?", "About, name Jane Doe"),
        ("what's Jane Doe's email?", "FieldOf(Email), name Jane Doe"),
        ("what is the email of Jane Doe", "FieldOf(Email), name Jane Doe"),
        ("list all companies", "Show(Companies)"),
        ("how many companies do we have in our CRM", "Count(Companies)"),
        ("how many lists are there", "Count(Lists)"),
        ("show me notes about Acme", "Show(Notes), name Acme"),
        ("what did we note about Jane", "Show(Notes), name Jane"),
        ("is there a list called Texas CEOs", "Show(Lists), list Texas CEOs"),
        ("who is suppressed", "Show(Suppressions)"),
        ("top 10 titles", "Values(Title)"),
        ("what are the most common job titles at law firms", "Values(Title), whom people at law firms"),
        ("do you know Renata Okafor?", "About, name Renata Okafor"),
        ("whats the phone number for renata okafor", "FieldOf(Phone), name renata okafor"),
        ("Where does Renata work?", "FieldOf(Company), name Renata"),
        ("which lists is Jane Doe on?", "FieldOf(Lists), name Jane Doe"),
        ("What tags does Jane have?", "FieldOf(Tags), name Jane"),
        ("who added Jane", "FieldOf(Added), name Jane"),
        ("tell me about her", "About"),
        ("what do we know about this contact?", "About"),
        ("what do we know about this company", "About"),
        ("what do you know about Okafor & Lindqvist", "About, name Okafor & Lindqvist"),
        ("who must not be contacted", "Show(Suppressions)"),
        ("how many people are on our do not contact list", "Count(Suppressions)"),
        ("which practice areas are there", "Values(PracticeArea)"),
        ("which countries are covered?", "Values(Country)"),
        ("in which states do you have law firms?", "Values(State), whom law firms"),
        ("what departments do you know", "Values(Department)"),
        ("when was the Q1 Leads list created", "Show(Lists), list Q1 Leads"),
        ("Is Acme a client of ours?", "About, name Acme"),
        ("is there a list for Texas?", "Show(Lists), list Texas"),
        ("does Jane Doe have a phone number?", "FieldOf(Phone), name Jane Doe"),
        ("has Acme got any notes", "Show(Notes), name Acme"),
        ("last note on Jane Doe?", "Show(Notes), name Jane Doe"),
        ("what do we know about jane doe", "About, name jane doe"),
        ("do we have a contact named Jane Doe?", "About, name Jane Doe"),
        ("do we have any contacts called Jane?", "About, name Jane"),
        ("what industries do our contacts work in?", "Values(Industry)"),
        ("What is the phone number of Karl Okafor?", "FieldOf(Phone), name Karl Okafor"),
    ]);
}

#[test]
fn help_and_what_is_not_kept_are_told_from_questions_about_data() {
    assert_read(&[
        ("How do I delete a contact?", "Help(Some(Contact), Some(Delete))"),
        ("how can I export a list", "Help(Some(List), Some(Export))"),
        ("what can you do?", "Abilities"),
        ("help", "Abilities"),
        ("how does approval work", "Help(Some(Task), Some(Approve))"),
        ("who opened the last campaign?", "NotKept(Campaigns)"),
        ("what is the weather", "Unknown"),
        ("how do I merge two contacts?", "Help(Some(Contact), Some(Merge))"),
        ("how do I add someone to a list", "Help(Some(Contact), Some(Create))"),
        ("can I undo a task?", "Help(Some(Task), Some(Dismiss))"),
        ("can I export contacts to CSV?", "Help(Some(Contact), Some(Export))"),
        ("what happens when I approve", "Help(None, Some(Approve))"),
        ("is it possible to delete a list?", "Help(Some(List), Some(Delete))"),
        ("how do I create an API key", "Help(Some(Key), Some(Create))"),
        ("how do i find people", "Help(Some(Contact), Some(Find))"),
        ("when did I last talk to Jane?", "NotKept(Activities)"),
        ("how many emails did we send?", "NotKept(Campaigns)"),
        ("what deals are open?", "NotKept(Deals)"),
        ("what meetings do I have tomorrow", "NotKept(Meetings)"),
        ("what is our reply rate", "NotKept(Campaigns)"),
        ("how many credits do I have left", "NotKept(Scores)"),
        ("who is the owner of Acme?", "NotKept(Users)"),
        ("What can I ask you?", "Abilities"),
        ("What's the difference between a contact and a prospect?", "Unknown"),
        ("what is a prospect", "Help(Some(Prospect), None)"),
        ("what is a task", "Help(Some(Task), None)"),
        ("how do you work?", "Abilities"),
        ("are there duplicates?", "Unknown"),
    ]);
}

#[test]
fn every_beginning_of_a_question_has_an_answer() {
    let texts = [
        "how many \"people\" are on the list 'Q1",
        "who is on 's",
        "what do we know about Acme's Series B?",
        "tagged with no named",
        "is \"a\" on \u{0} it",
        "what is 🦀's email",
        "which lists is on",
        "Who works at Müller & Söhne, e.g. in São Paulo?",
    ];
    for text in texts {
        for (at, _) in text.char_indices() {
            let question = read(&text[..at]);
            let Some(search) = question.search else { continue };
            assert!(search.search().is_some_and(|search| !search.is_open()), "{}", &text[..at]);
        }
    }
}

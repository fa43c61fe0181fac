//! The text of a proposal and of its end, from answers as a server gives them.

use serde_json::{Value, json};

use super::super::answers::{Contacts, data};
use super::*;

const TERMINAL: Layout = Layout { width: Some(120), colour: false };

fn task() -> Value {
    json!({
        "id": "0193f2c4-7a10-7c44-9d0e-51d33e8f01ab", "type": "prospect_search", "status": "pending",
        "description": "Add 50 of 71 people to a new list \"CEOs at law firms in California\"",
        "created_at": "2026-11-23T05:31:10.123Z", "status_at": "2026-11-23T05:31:10.123Z",
        "expires_at": "2026-11-30T05:31:10.123Z", "revision": 1, "plan_hash": "ab12", "conversation_id": null,
        "metadata": {"query": "Find 50 CEOs at law firms in California", "limit": 50, "list_id": null,
                     "list_name": "CEOs at law firms in California"},
        "preview": {"matched": 71, "suppressed": 0, "already_contacts": 0, "selected": 50, "added": 50,
            "list_id": null, "list_name": "CEOs at law firms in California", "unknown": {"locations": 12, "titles": 0},
            "title_expansion": {"titles": ["Managing Partner"], "would_add": 1930, "applied": false},
            "alternatives": [{"kind": "with", "slot": "locations", "value": {}, "text": "with Nevada", "matched": 1200, "change": {}}],
            "sample": [
                {"prospect_id": "x", "full_name": "Renata Okafor", "title": "Chief Executive Officer",
                 "company": "Okafor & Lindqvist LLP", "city": "Oakland", "state": "California", "headcount": 140},
                {"prospect_id": "y", "full_name": "Miles Drummond", "title": "President & CEO",
                 "company": "Drummond Law Group", "city": "San Diego", "state": "California", "headcount": 22}]},
        "votes": {"have": 0, "need": 1}, "decision": null, "progress": null, "result": null, "error": null,
        "started_at": null, "finished_at": null
    })
}

fn chat() -> Value {
    json!({"data": {
        "response": "71 people fit. Approve, and I add 50 of them to a new list, \"CEOs at law firms in California\".",
        "task_id": "0193f2c4-7a10-7c44-9d0e-51d33e8f01ab", "requires_approval": true, "conversation_id": "c",
        "message_id": "m", "credits_remaining": null, "answer": null, "task": task(),
        "request": {"intent": "prospect_search", "ask": null, "slots": {}, "assumptions": [], "unread": ["please"],
            "provenance": [
                {"slot": "count", "value": 50, "start": 5, "end": 7, "text": "50"},
                {"slot": "titles", "value": "CEO", "start": 8, "end": 12, "text": "CEOs"},
                {"slot": "industries", "value": "law practice", "start": 16, "end": 25, "text": "law firms"},
                {"slot": "company_types", "value": "law firm", "start": 16, "end": 25, "text": "law firms"},
                {"slot": "locations", "value": {"state": "California", "country": "United States"},
                 "start": 29, "end": 39, "text": "California"}]}
    }})
}

fn shown(answer: &Value) -> String {
    turn(&data(answer).unwrap(), TERMINAL)
}

#[test]
fn a_proposal_says_what_was_read_what_approval_causes_and_what_else_there_is() {
    assert_eq!(
        shown(&chat()),
        "\
Lexi   71 people fit. Approve, and I add 50 of them to a new list, \"CEOs at law firms in California\".

       Task 3e8f01ab · search for prospects · waiting for approval until 30 Nov
       read     50 \"50\" · title CEO \"CEOs\" · law firm \"law firms\" · California \"California\"
       matched  71    suppressed 0    already your contacts 0    will be added 50
       first    Renata Okafor   Chief Executive Officer, Okafor & Lindqvist LLP  Oakland    140 people
                Miles Drummond  President & CEO, Drummond Law Group              San Diego  22 people
                …
       unknown  locations of 12 people (not counted as fitting)
       also     managing partners would bring 1,930 more (off; say \"include the law-firm equivalents\")
       or say   with Nevada 1,200
"
    );
}

#[test]
fn without_a_terminal_the_whole_id_stands_there_and_nothing_is_cut() {
    let text = turn(&data(&chat()).unwrap(), Layout::PLAIN);
    assert!(text.contains("Task 0193f2c4-7a10-7c44-9d0e-51d33e8f01ab ·"));
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn a_narrow_terminal_gets_lines_that_fit() {
    let text = turn(&data(&chat()).unwrap(), Layout { width: Some(64), colour: false });
    let widest = text.lines().map(console::measure_text_width).max();
    assert!(widest <= Some(64), "{text}");
}

#[test]
fn titles_are_told_in_the_plural_and_not_too_many() {
    let titles = |names: &[&str]| spoken(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(titles(&["CEO"]), "CEOs");
    assert_eq!(titles(&["Managing Partner", "President"]), "managing partners and presidents");
    assert_eq!(
        titles(&["Managing Partner", "President", "Chair", "Owner"]),
        "managing partners, presidents and 2 like them"
    );
}

#[test]
fn what_was_assumed_and_not_read_stands_on_the_task() {
    let request: Read = serde_json::from_value(json!({"provenance": [], "unread": ["please", "now"],
        "assumptions": ["\"New York\" is read as the state."]}))
    .unwrap();
    assert_eq!(
        read(&request, TERMINAL),
        "       assumed  \"New York\" is read as the state.\n       not read \"please\", \"now\"\n"
    );
}

#[test]
fn a_turn_without_a_task_says_what_was_read() {
    let mut answer = chat();
    answer["data"]["task"] = Value::Null;
    answer["data"]["task_id"] = Value::Null;
    answer["data"]["response"] = json!("Which list do you mean?");
    let text = shown(&answer);
    assert!(text.starts_with("Lexi   Which list do you mean?\n\n       read     50"), "{text}");
}

#[test]
fn exclusions_ranges_and_places_are_told_in_words() {
    let provenance: Vec<Provenance> = serde_json::from_value(json!([
        {"slot": "exclude.industries", "value": "banking", "start": 0, "end": 5, "text": "banks"},
        {"slot": "headcount", "value": {"min": 50}, "start": 6, "end": 9, "text": "50+"},
        {"slot": "locations", "value": {"city": "Austin", "state": "Texas", "country": "United States"}, "start": 10, "end": 16, "text": "Austin"},
        {"slot": "locations", "value": {"city_or_state": "New York", "country": "United States"}, "start": 17, "end": 25, "text": "New York"},
        {"slot": "seniority", "value": "c_suite", "from": "message:m1", "start": 0, "end": 3, "text": "execs"},
        {"slot": "other", "value": "save_as:West Coast", "start": 30, "end": 40, "text": "West Coast"}]))
    .unwrap();
    assert_eq!(
        values(&provenance),
        [
            "not banking \"banks\"",
            "at least 50 employees \"50+\"",
            "Austin, Texas \"Austin\"",
            "New York \"New York\"",
            "level c-suite \"execs\" (said before)",
            "save_as West Coast \"West Coast\"",
        ]
    );
}

#[test]
fn the_end_of_a_task_says_what_was_done_and_what_was_left_out() {
    let mut done = task();
    done["status"] = json!("completed");
    done["decision"] =
        json!({"outcome": "approved", "kind": "human", "owner": "Ann Lee", "decided_at": "2026-11-23T05:32:00.000Z"});
    done["finished_at"] = json!("2026-11-23T05:32:00.034Z");
    done["result"] = json!({"matched": 71, "added": 47, "already_contacts": 1, "list_id": "l",
        "list_name": "CEOs at law firms in California",
        "skipped": [{"prospect_id": "x", "reason": "The address is suppressed."}, {"prospect_id": "y", "reason": "The address is suppressed."}]});
    let task: Task = serde_json::from_value(done).unwrap();
    assert_eq!(
        outcome(&task, TERMINAL),
        "       47 contacts added to \"CEOs at law firms in California\", and 1 you already had put on it.\n       \
         2 people left out: The address is suppressed.\n"
    );
    assert_eq!(took(&task).map(|took| took.as_millis()), Some(34));
    let whole = whole(&task, TERMINAL);
    assert!(whole.contains("decided  approved by Ann Lee · 23 Nov 2026 05:32"), "{whole}");
}

#[test]
fn a_changed_task_shows_its_revisions_with_what_each_changed() {
    let mut revised = task();
    revised["revision"] = json!(2);
    revised["revisions"] = json!([
        {"revision": 1, "created_at": "2026-11-23T05:31:10.123Z", "description": "Add 50 people", "changes": []},
        {"revision": 2, "created_at": "2026-11-23T05:33:10.123Z", "description": "Add 60 people",
         "changes": [{"field": "limit", "from": 50, "to": 60}, {"field": "selection", "from": null, "to": null}]}]);
    let text = whole(&serde_json::from_value(revised).unwrap(), TERMINAL);
    assert!(text.contains("revised  1: Add 50 people · 23 Nov 2026 05:31\n"), "{text}");
    assert!(text.contains("revised  2: Add 60 people · limit, selection changed · 23 Nov 2026 05:33\n"), "{text}");
}

#[test]
fn a_failed_and_a_dismissed_task_say_why() {
    let mut failed = task();
    failed["status"] = json!("failed");
    failed["error"] = json!({"code": "list_not_found", "message": "The list was deleted."});
    let failed: Task = serde_json::from_value(failed).unwrap();
    assert_eq!(outcome(&failed, TERMINAL), "       Failed: The list was deleted. (list_not_found)\n");
    let mut dismissed = task();
    dismissed["status"] = json!("dismissed");
    dismissed["decision"] = json!({"outcome": "dismissed", "kind": "system", "reason": "expired"});
    let dismissed: Task = serde_json::from_value(dismissed).unwrap();
    assert_eq!(outcome(&dismissed, TERMINAL), "       Dismissed (expired): nothing was changed.\n");
}

#[test]
fn people_of_a_list_are_named_and_the_rest_counted() {
    let answer = json!({"data": {"contacts": [
        {"full_name": "Renata Okafor", "job_title": "CEO", "company_name": "Okafor LLP", "email": "r@okafor.example"}]}});
    let contacts: Contacts = data(&answer).unwrap();
    assert_eq!(
        people(&contacts.contacts, 50, TERMINAL),
        "       Renata Okafor  CEO, Okafor LLP  r@okafor.example\n       … and 49 more\n"
    );
}

#[test]
fn a_change_is_shown_field_by_field_with_what_can_not_be_undone() {
    let figures: Figures = serde_json::from_value(json!({
        "operation": "update", "record": "contact", "selected": 7, "changed": 6, "unchanged": 1,
        "sample": [{"id": "x", "full_name": "Jane Doe", "email": "jane@acme.example", "job_title": "Partner",
            "company_name": "Acme", "changes": [{"field": "phone", "before": "+1 555 0100", "after": null}]}],
        "irreversible": null, "warnings": ["1 contact left out: This e-mail address is suppressed: asked."]
    }))
    .unwrap();
    let mut text = String::new();
    push_preview(&mut text, &figures, TERMINAL);
    assert_eq!(
        text,
        "       will     change 6 contacts    so already 1
       first    Jane Doe · Partner, Acme · jane@acme.example
                phone: +1 555 0100 → nothing
                …
       mind     1 contact left out: This e-mail address is suppressed: asked.
"
    );
}

#[test]
fn a_change_of_a_list_is_shown_with_the_list_before_and_after() {
    let figures: Figures = serde_json::from_value(json!({
        "operation": "merge", "list_id": "x", "list_name": "Prospects", "from_list_id": "y",
        "from_list_name": "Old", "selected": 3, "added": 2, "already_members": 1, "removed": 3, "suppressed": 0,
        "list": {"before": {"name": "Prospects", "contact_count": 5}, "after": {"name": "Prospects", "contact_count": 7}},
        "from_list": {"before": {"name": "Old", "contact_count": 3}, "after": null}, "sample": [],
        "irreversible": "The list \"Old\" is deleted and can't be brought back.", "warnings": []
    }))
    .unwrap();
    let mut text = String::new();
    push_preview(&mut text, &figures, TERMINAL);
    assert_eq!(
        text,
        "       will     put 2 contacts on \"Prospects\" and delete \"Old\"    on it already 1
       list     Prospects: 5 contacts → 7 contacts
       from     Old: 3 contacts → deleted
       for good The list \"Old\" is deleted and can't be brought back.
"
    );
    assert_eq!(changes::outcome(&figures), "Put 2 contacts on \"Prospects\" and deleted \"Old\"    on it already 1.");
}

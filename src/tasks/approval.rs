//! Approving: of any number of concurrent decisions one wins, and it is stored for exactly (task, revision, plan hash).
//!
//! Where no rule is in force, one statement checks state, deadline, revision and plan hash while it writes, and that is
//! the decision. Where rules concern the task, an approval is a vote: the row of the task is held first, so that of two
//! last votes one comes second and sees the other, and the decision is made with the vote that meets the rules.

use serde_json::{Value, json};
use uuid::Uuid;

use super::votes::{self, Vote, Waiting};
use super::{Approved, Kind, Plan, Status, Terms, agent, refusal, store};
use crate::db::{Signal, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{self, Actor, Event};
use crate::keys::{self, Caller};
use crate::rules::{self, Rule, Useless, Voter, use_of};

/// What an approval says beside which task it is for.
#[derive(Debug, Clone, Default)]
pub struct Approval {
    /// The plan the caller has seen; needed when the task has more than one revision.
    pub plan_hash: Option<String>,
    /// Why; needed where a rule says so.
    pub reason: Option<String>,
    /// The part of the selection that is approved; none: all of it.
    pub part: Option<Part>,
}

/// A part of a task's selection, of the revision that [`Approval::plan_hash`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whom it is approved for, in the order of the selection; never nobody, and never all.
    pub selection: Vec<Uuid>,
    /// How many of the selection are left out.
    pub declined: u64,
}

/// What an approval came to.
#[derive(Debug)]
pub enum Outcome {
    /// A vote: the rules want more before the task is decided.
    Voted(Waiting),
    /// The decision, and what the rules say about when its work begins.
    Decided(Box<Approved>, Terms),
}

/// In whose name an approval is given: a caller's own, or by a policy in the name of its author.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The caller; of a policy its author, with the id of the request that proposed the task.
    pub caller: Caller,
    /// The policy.
    pub policy: Option<Mandate>,
}

/// The policy that approves, in its present version.
#[derive(Debug, Clone, Copy)]
pub struct Mandate {
    /// The policy.
    pub policy_id: Uuid,
    /// Its version.
    pub version: u32,
}

impl Voice {
    /// Who answers for the effects.
    pub(super) fn actor(&self) -> Actor {
        match &self.policy {
            Some(policy) => Actor::Policy(policy.policy_id),
            None => Actor::from(&self.caller),
        }
    }

    /// As a decision says it: `human`, `service` or `policy`.
    pub(super) fn kind(&self) -> &'static str {
        if self.policy.is_some() { "policy" } else { self.caller.kind.as_str() }
    }

    fn event(&self, kind: &'static str, task_id: Uuid, data: Value, now_ms: i64) -> Event {
        let event = Event::by(&self.caller, kind, task_id, now_ms).because_of(task_id);
        match &self.policy {
            None => event.with(data),
            Some(policy) => {
                let mut data = data;
                data["policy_id"] = json!(policy.policy_id);
                data["policy_version"] = json!(policy.version);
                data["author_key_id"] = json!(self.caller.key_id);
                event.with(data).in_the_name_of(Actor::Policy(policy.policy_id))
            }
        }
    }
}

/// Approves a pending task, or votes for it where rules want more than this approval. Refused when somebody decided
/// before, with that decision in `details`.
pub fn approve(tx: &mut Tx, caller: &Caller, task_id: Uuid, approval: &Approval, now_ms: i64) -> Result<Outcome> {
    #[cfg(feature = "planted-faults")]
    let approval = &super::planted::whichever_plan(tx, caller, task_id, approval)?;
    let rules = rules::in_force(tx, caller.workspace_id)?;
    let voice = Voice { caller: caller.clone(), policy: None };
    if rules.is_empty() {
        return decide(tx, &voice, (task_id, approval), None, now_ms);
    }
    let weighed = weigh(tx, &voice, (task_id, approval), rules, now_ms)?;
    cast(tx, &voice, (task_id, approval), &weighed, now_ms)
}

/// Approves in the name of a policy's author, under the same rules as he himself. Nothing when the rules would not take
/// his approval, or when `take` finds the policy used up or at an end: `take` is called once all else is certain.
pub fn approve_by_policy(
    tx: &mut Tx,
    voice: &Voice,
    (task_id, approval): (Uuid, &Approval),
    take: impl FnOnce(&mut Tx) -> Result<bool>,
    now_ms: i64,
) -> Result<Option<Outcome>> {
    let rules = rules::in_force(tx, voice.caller.workspace_id)?;
    let weighed = match weigh(tx, voice, (task_id, approval), rules, now_ms) {
        Ok(weighed) => weighed,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !take(tx)? {
        return Ok(None);
    }
    match cast(tx, voice, (task_id, approval), &weighed, now_ms) {
        // The task is this transaction's own: nothing can have come between the look and the vote.
        Err(Error::Refused(refusal)) => Err(Error::internal(format_args!("a policy's vote: {}", refusal.message))),
        outcome => outcome.map(Some),
    }
}

/// A pending task at which an approval was held, before anything is written.
struct Weighed {
    revision: u32,
    plan_hash: String,
    /// The rules that concern the task.
    rules: Vec<Rule>,
    requesters: [Uuid; 2],
}

/// Looks whether the task waits, and whether its rules take this approval. Writes nothing.
fn weigh(
    tx: &mut Tx,
    voice: &Voice,
    (task_id, approval): (Uuid, &Approval),
    rules: Vec<Rule>,
    now_ms: i64,
) -> Result<Weighed> {
    let workspace_id = voice.caller.workspace_id;
    let plan_hash = approval.plan_hash.as_deref();
    let refused = |tx: &mut Tx| refusal::of_approval(tx, workspace_id, task_id, plan_hash, now_ms);
    let Some(line) = store::line(tx, workspace_id, task_id)? else { return Err(refused(tx)?) };
    let waits = line.status == Status::Pending && line.expires_at_ms > now_ms;
    if !waits || plan_hash.map_or(line.revision > 1, |named| named != line.plan_hash) {
        return Err(refused(tx)?);
    }
    agent::not_the_askers(tx, &voice.caller, task_id, line.kind)?;
    let (size, revised_by) = votes::about_revision(tx, workspace_id, task_id, line.revision)?;
    let rules: Vec<Rule> = rules.into_iter().filter(|rule| rule.concerns(line.kind, size)).collect();
    let requesters = [line.created_by, revised_by];
    admit(&rules, &voter(voice, requesters), approval, now_ms)?;
    if !rules.is_empty() {
        let given = votes::given(tx, workspace_id, task_id, line.revision)?;
        fits(&given, voice, approval)?;
    }
    Ok(Weighed { revision: line.revision, plan_hash: line.plan_hash, rules, requesters })
}

fn voter(voice: &Voice, requesters: [Uuid; 2]) -> Voter {
    Voter {
        key_id: voice.caller.key_id,
        roles: voice.caller.roles.clone(),
        is_human: voice.policy.is_none() && voice.caller.kind == keys::Kind::Human,
        is_requester: requesters.contains(&voice.caller.key_id),
    }
}

/// Refuses an approval that a rule does not take: without its reason, outside its hours, or by somebody whose approval
/// could never count.
fn admit(rules: &[Rule], voter: &Voter, approval: &Approval, now_ms: i64) -> Result<()> {
    let uses: Vec<_> = rules.iter().map(|rule| use_of(&rule.said.approve, voter)).collect();
    // A role that one rule does not ask for may be what another does; who is ruled out by one rule is ruled out.
    let counts = uses.iter().any(|used| used.is_ok());
    for (rule, used) in rules.iter().zip(uses) {
        match used {
            Err(useless) if !counts || useless != Useless::Roles => return Err(counts_for_nothing(rule, useless)),
            _ => {}
        }
        if rule.said.reason_to_approve && approval.reason.is_none() {
            let message = format!("The rule \"{}\" wants a reason for this approval. Send it as reason.", rule.name);
            return Err(Error::validation("reason", message));
        }
        if let Some((open, at_ms)) = rule.said.open.as_ref().and_then(|open| Some((open, open.opens_at_ms(now_ms)?))) {
            let opens_at = crate::clock::iso(at_ms);
            let message =
                format!("The rule \"{}\" takes approvals {}. It opens at {opens_at}.", rule.name, open.in_words());
            let details = json!({ "rule": named(rule), "opens_at": opens_at });
            return Err(Error::with_details(Code::ValidationError, message, details));
        }
    }
    Ok(())
}

fn counts_for_nothing(rule: &Rule, useless: Useless) -> Error {
    let why = match useless {
        Useless::Requester => "does not let the key that asked for this task, or changed it last, approve it",
        Useless::NotHuman => "takes approvals by people only, and this key is no person's",
        Useless::Roles => "wants approvals by roles that this key does not carry",
    };
    let message = format!("The rule \"{}\" {why}: it wants {}.", rule.name, rule.said.approve);
    Error::with_details(Code::InsufficientPermissions, message, json!({ "rule": named(rule) }))
}

/// A rule as refusals and decisions name it.
fn named(rule: &Rule) -> Value {
    json!({ "id": rule.id, "version": rule.version, "name": rule.name })
}

/// Refuses a second vote of one key, and a vote for another part than the votes before it.
fn fits(given: &[Vote], voice: &Voice, approval: &Approval) -> Result<()> {
    if given.iter().any(|vote| vote.key_id == voice.caller.key_id) {
        let message = "This key has approved this revision of the task already. Others have to approve it, too.";
        return Err(Error::with_code(Code::ValidationError, message));
    }
    let part = approval.part.as_ref().map(|part| part.selection.as_slice());
    if given.iter().any(|vote| vote.selection.as_deref() != part) {
        let message = "The approvals given so far are for another part of the selection, and all must be for the same. \
                       Approve what they approved, or narrow the task itself by PATCH, which asks for all approvals anew.";
        return Err(Error::validation("only", message));
    }
    Ok(())
}

/// Votes, and decides with the vote that meets the rules.
fn cast(
    tx: &mut Tx,
    voice: &Voice,
    (task_id, approval): (Uuid, &Approval),
    weighed: &Weighed,
    now_ms: i64,
) -> Result<Outcome> {
    let workspace_id = voice.caller.workspace_id;
    let (revision, hash) = (weighed.revision, weighed.plan_hash.as_str());
    let exact = Approval { plan_hash: Some(hash.to_owned()), ..approval.clone() };
    if weighed.rules.is_empty() {
        return decide(tx, voice, (task_id, &exact), None, now_ms);
    }
    // Whoever holds the row is alone with the votes until this transaction ends.
    if !votes::hold(tx, workspace_id, task_id, (revision, hash), now_ms)? {
        return Err(refusal::of_approval(tx, workspace_id, task_id, approval.plan_hash.as_deref(), now_ms)?);
    }
    let mut given = votes::given(tx, workspace_id, task_id, revision)?;
    fits(&given, voice, approval)?;
    let vote = Vote::by(voice, approval, now_ms);
    votes::insert(tx, workspace_id, (task_id, revision, hash), &vote)?;
    given.push(vote);
    let waiting = votes::count(&weighed.rules, &given, &weighed.requesters);
    let data = json!({
        "revision": revision, "plan_hash": hash, "have": waiting.votes.have, "need": waiting.votes.need,
    });
    events::record(tx, voice.event("task.voted", task_id, data, now_ms));
    tx.after_commit(Signal::TaskChanged(task_id));
    if waiting.is_met() {
        return decide(tx, voice, (task_id, &exact), Some(&weighed.rules), now_ms);
    }
    tx.after_commit(Signal::Count("lexi_tasks_voted_total"));
    Ok(Outcome::Voted(waiting))
}

/// The arbiter: of all who decide at once, one gets the task.
fn decide(
    tx: &mut Tx,
    voice: &Voice,
    (task_id, approval): (Uuid, &Approval),
    rules: Option<&[Rule]>,
    now_ms: i64,
) -> Result<Outcome> {
    let workspace_id = voice.caller.workspace_id;
    let plan_hash = approval.plan_hash.as_deref();
    let Some((revision, hash, kind)) = store::approve(tx, workspace_id, task_id, plan_hash, now_ms)? else {
        return Err(refusal::of_approval(tx, workspace_id, task_id, plan_hash, now_ms)?);
    };
    agent::not_the_askers(tx, &voice.caller, task_id, kind)?;
    #[cfg(feature = "planted-faults")]
    let hash = super::planted::another_plan(hash, revision);
    let satisfied = rules.map(|rules| Value::from(rules.iter().map(named).collect::<Vec<Value>>()));
    votes::insert_approval(tx, voice, (task_id, revision, &hash), approval, satisfied.as_ref(), now_ms)?;
    let mut data = json!({ "revision": revision, "plan_hash": hash });
    if let Some(part) = &approval.part {
        data["approved"] = json!(part.selection.len());
        data["declined"] = json!(part.declined);
    }
    if let Some(rules) = rules {
        let named = rules.iter().map(|rule| json!({ "id": rule.id, "version": rule.version }));
        data["rules"] = named.collect();
    }
    events::record(tx, voice.event("task.approved", task_id, data, now_ms));
    tx.after_commit(Signal::TaskChanged(task_id));
    tx.after_commit(Signal::Count("lexi_tasks_approved_total"));
    let terms = rules::terms(rules.unwrap_or_default());
    let (plan, preview) = whole(tx, workspace_id, (task_id, kind), revision)?;
    let part = approval.part.as_ref().map(|part| part.selection.clone());
    #[cfg(feature = "planted-faults")]
    let part = super::planted::whole(part);
    let (plan, out_of) = plan.narrowed(part);
    let actor = voice.actor();
    Ok(Outcome::Decided(Box::new(Approved { task_id, workspace_id, plan, out_of, preview, actor }), terms))
}

fn whole(tx: &mut Tx, workspace_id: Uuid, task: (Uuid, Kind), revision: u32) -> Result<(Plan, Value)> {
    store::plan(tx, workspace_id, task, revision)?.ok_or_else(|| Error::internal("an approved task has no plan"))
}

/// The plan that waits for an approval which names `plan_hash`, for whoever approves a part of it, with its hash.
///
/// # Errors
/// As the approval itself.
pub fn waiting_plan(
    tx: &mut Tx,
    caller: &Caller,
    task_id: Uuid,
    plan_hash: Option<&str>,
    now_ms: i64,
) -> Result<(Plan, String)> {
    let voice = Voice { caller: caller.clone(), policy: None };
    let approval = Approval { plan_hash: plan_hash.map(str::to_owned), ..Approval::default() };
    let weighed = weigh(tx, &voice, (task_id, &approval), Vec::new(), now_ms)?;
    let line = store::line(tx, caller.workspace_id, task_id)?.ok_or_else(super::not_found)?;
    let (plan, _) = whole(tx, caller.workspace_id, (task_id, line.kind), weighed.revision)?;
    Ok((plan, weighed.plan_hash))
}

/// Refuses a dismissal without a reason where a rule wants one.
pub(super) fn admit_dismissal(tx: &mut Tx, caller: &Caller, task_id: Uuid, reason: Option<&str>) -> Result<()> {
    if reason.is_some() {
        return Ok(());
    }
    let mut rules = rules::in_force(tx, caller.workspace_id)?;
    rules.retain(|rule| rule.said.reason_to_dismiss);
    if rules.is_empty() {
        return Ok(());
    }
    let Some(line) = store::line(tx, caller.workspace_id, task_id)? else { return Ok(()) };
    let (size, _) = votes::about_revision(tx, caller.workspace_id, task_id, line.revision)?;
    match rules.iter().find(|rule| line.status == Status::Pending && rule.concerns(line.kind, size)) {
        Some(rule) => {
            let message = format!("The rule \"{}\" wants a reason for this dismissal. Send it as reason.", rule.name);
            Err(Error::validation("reason", message))
        }
        None => Ok(()),
    }
}

//! Runs a sequence against real servers and lets the judge look at every step. On PostgreSQL two servers take the calls
//! in turn.

use std::collections::HashMap;
use std::sync::Arc;

use lexi::clock::iso;
use lexi::db::Dialect;
use lexi::execution;
use lexi::jobs::{self, Leased};
use lexi::keys::{Kind as KeyKind, NewKey};
use lexi::prospects::Row;
use serde_json::{Value, json};

use super::calls::{Call, Keys, What, shown, told};
use super::judge::{Seen, explain};
use super::model::{
    Approve, DEADLINE_MS, Deadline, EXPIRY_MS, HOLD_MS, INLINE_MAX, Kind, Model, Names, POLICY_SIZE, POLICY_TASKS,
    START_WITHIN_MS, Setup, Status, Who,
};
use super::sequence::{Act, LONG, Plan, Sequence, Step, Wish};
use super::stored;
use crate::support::asking::{ask, path};
use crate::support::database::dialect;
use crate::support::{Client, Server, made, made_id, people};

/// Where searches of a workspace look, one state each, so that no two are about the same people.
const STATES: [&str; 8] = ["Texas", "Ohio", "Florida", "Nevada", "Oregon", "Utah", "Iowa", "Maine"];
/// Where the long one looks.
const LONG_STATE: &str = "California";
/// People of each other state; no search is for more.
const PEOPLE: usize = 6;
/// A worker holds a job for this long; nothing here takes so long.
const LEASE_MS: i64 = 600_000;
/// Requests that were answered 503 are repeated so often when they only prepare something.
const PREPARED_MAX_MS: i64 = 1;

/// The servers that sequences run on, each in a workspace of its own.
pub struct Servers {
    main: Server,
    beside: Option<Server>,
    workspaces: u32,
}

/// What a sequence came to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    pub calls: usize,
    pub tasks: usize,
    pub busy: usize,
    /// The most workspaces that explained a step.
    pub widest: usize,
}

impl Servers {
    pub async fn start() -> Servers {
        let change = |config: &mut lexi::config::Config| {
            config.inline_people_max = usize::try_from(INLINE_MAX).expect("a small number");
            config.task_expiry_ms = EXPIRY_MS;
        };
        let main = Server::start_with(change).await;
        let of_state = |state: &'static str, from: usize, people: usize| {
            (from..from + people).map(move |n| Row {
                state: Some(state.into()),
                city: None,
                ..people::at_law_firm(n, "Chief Executive Officer")
            })
        };
        let mut rows: Vec<Row> = of_state(LONG_STATE, 0, 120).collect();
        for (place, state) in STATES.into_iter().enumerate() {
            rows.extend(of_state(state, 1_000 + 100 * place, PEOPLE));
        }
        main.people(rows).await;
        let beside = match dialect() {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(main.beside_with(change).await),
        };
        if let Some(beside) = &beside {
            beside.index().await;
        }
        Servers { main, beside, workspaces: 0 }
    }

    /// Runs a sequence in a new workspace.
    ///
    /// # Errors
    /// What the model does not explain, with everything that was sent before.
    pub async fn run(&mut self, sequence: &Sequence) -> Result<Counts, String> {
        self.workspaces += 1;
        let mut run = Run::begin(self, sequence.setup).await;
        let mut outcome = Ok(());
        for step in &sequence.steps {
            outcome = run.step(step).await;
            if outcome.is_err() || run.is_lost() {
                break;
            }
        }
        if outcome.is_ok() && !run.is_lost() {
            outcome = run.end().await;
        }
        let counts = run.counts;
        outcome
            .map(|()| counts)
            .map_err(|complaint| format!("{:?}\n{}\n{complaint}", sequence.setup, run.log.join("\n")))
    }
}

/// A sequence under way.
struct Run<'s> {
    servers: &'s Servers,
    workspace: String,
    /// The callers, at each server.
    clients: Vec<HashMap<&'static str, Client>>,
    keys: Keys,
    /// The workspaces that explain all that was seen.
    models: Vec<Model>,
    names: Names,
    /// The first of the selection of each search.
    first: HashMap<String, String>,
    /// Calls with an `Idempotency-Key`.
    keyed: Vec<Call>,
    states_used: usize,
    long_used: bool,
    log: Vec<String>,
    counts: Counts,
}

impl<'s> Run<'s> {
    async fn begin(servers: &'s Servers, setup: Setup) -> Run<'s> {
        let workspace = format!("sequence {}", servers.workspaces);
        let mut clients: Vec<HashMap<&'static str, Client>> = vec![HashMap::new()];
        for who in Who::ALL {
            clients[0].insert(who.name(), caller(&servers.main, &workspace, who).await);
        }
        if let Some(beside) = &servers.beside {
            let there = clients[0].iter().map(|(name, client)| (*name, beside.caller(client.key())));
            let there = there.collect();
            clients.push(there);
        }
        let ann = &clients[0]["ann"];
        let mut keys = Keys::new();
        let answer = ann.get("/v1/api-keys?per_page=100").await;
        for key in answer.json["data"]["api_keys"].as_array().expect("keys") {
            let who = Who::ALL.into_iter().find(|who| key["name"] == who.name()).expect("a key of ours");
            keys.insert(key["id"].as_str().expect("an id").to_owned(), who.name());
        }
        lay_down(ann, setup, servers.main.now_ms()).await;
        Run {
            servers,
            workspace,
            keys,
            models: vec![Model::new(setup, servers.main.now_ms())],
            names: Names::default(),
            first: HashMap::new(),
            keyed: Vec::new(),
            states_used: 0,
            long_used: false,
            log: Vec::new(),
            counts: Counts::default(),
            clients,
        }
    }

    fn server(&self) -> &Server {
        &self.servers.main
    }

    fn ann(&self) -> &Client {
        &self.clients[0]["ann"]
    }

    fn model(&self) -> &Model {
        self.models.first().expect("a workspace explains what was seen")
    }

    fn is_lost(&self) -> bool {
        self.models.iter().any(|model| model.lost)
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        self.wait(PREPARED_MAX_MS);
        match step {
            Step::Ask { who, kind, size } => self.ask(*who, *kind, *size).await,
            Step::Wait { ms } => {
                self.log.push(format!("the clock moves on by {} minutes", ms / 60_000));
                self.wait(*ms);
                Ok(())
            }
            Step::Settle => self.settle().await,
            Step::Together(wishes) => self.together(wishes).await,
        }
    }

    /// The clock moves on.
    fn wait(&mut self, ms: i64) {
        self.server().advance_ms(ms);
        let now_ms = self.server().now_ms();
        self.models.iter_mut().for_each(|model| model.now_ms = now_ms);
    }

    async fn settle(&mut self) -> Result<(), String> {
        self.log.push("everything that is due is done".to_owned());
        self.server().sweep().await;
        self.server().work().await;
        self.models.iter_mut().for_each(Model::settle);
        self.look(&[], &[]).await
    }

    /// All tasks as they are shown now, after these calls were answered so.
    async fn look(&mut self, calls: &[Call], answers: &[Value]) -> Result<(), String> {
        let answer = self.ann().get("/v1/lexi/tasks?status=all&per_page=100").await;
        let tasks = answer.json["data"]["tasks"].as_array().expect("tasks").iter();
        let after: Vec<Value> = tasks.map(|task| shown(task, &self.keys)).collect();
        for task in answers.iter().map(|answer| &answer["task"]).chain(&after) {
            self.names.learn(task)?;
        }
        let seen = Seen { calls, answers, after: &after, names: &self.names };
        self.models = explain(&self.models, &seen)?;
        self.counts.widest = self.counts.widest.max(self.models.len());
        Ok(())
    }

    async fn ask(&mut self, who: Who, kind: Kind, size: u64) -> Result<(), String> {
        let Some(message) = self.message(kind, size).await else { return Ok(()) };
        let told = ask(&self.clients[0][who.name()], &message, &Value::Null).await;
        let task = &told["task"];
        self.log.push(format!("{} asks: {message} (task {})", who.name(), task["id"]));
        let text = |name: &str| task[name].as_str().unwrap_or_else(|| panic!("no task: {told}")).to_owned();
        let (id, hash) = (text("id"), text("plan_hash"));
        let size = if kind == Kind::Search { size } else { 1 };
        if kind == Kind::Search {
            let selection = self.ann().get(&path(task, "/selection?per_page=1")).await;
            let first = selection.json["data"]["selection"][0]["id"].as_str().expect("somebody is selected").to_owned();
            self.first.insert(id.clone(), first);
        }
        self.models.iter_mut().for_each(|model| model.propose(who, kind, (id.clone(), hash.clone(), size)));
        self.counts.tasks += 1;
        self.look(&[], &[]).await
    }

    /// The words that ask for a task about records that no other task is about; nothing when all are used up.
    async fn message(&mut self, kind: Kind, size: u64) -> Option<String> {
        let n = self.model().tasks.len();
        match kind {
            Kind::Search if size == LONG => {
                let used = std::mem::replace(&mut self.long_used, true);
                (!used).then(|| format!("Find {size} CEOs at law firms in {LONG_STATE}"))
            }
            Kind::Search => {
                let state = STATES.get(self.states_used)?;
                self.states_used += 1;
                Some(format!("Find {size} CEOs at law firms in {state}"))
            }
            Kind::Update => {
                let name = format!("Jane{} Doe{}", letters(n), letters(n));
                let contact = json!({ "full_name": name, "email": format!("jane{n}@acme.example") });
                made(self.ann(), "/v1/contacts", contact).await;
                Some(format!("Change the title of {name} to Counsel"))
            }
            Kind::Rename => {
                let name = format!("Leads {}", letters(n));
                made_id(self.ann(), "/v1/lists", json!({ "name": name })).await;
                Some(format!("Rename the list '{name}' to 'Clients {}'", letters(n)))
            }
            Kind::Undo => None,
        }
    }

    async fn together(&mut self, wishes: &[Wish]) -> Result<(), String> {
        let calls: Vec<(Call, u8)> = wishes.iter().filter_map(|wish| Some((self.call(wish)?, wish.yields))).collect();
        if calls.is_empty() {
            return Ok(());
        }
        self.log.push("at once:".to_owned());
        let keys = Arc::new(self.keys.clone());
        let mut sent = Vec::new();
        for (at, (call, yields)) in calls.iter().enumerate() {
            let client = self.clients[at % self.clients.len()][call.who.name()].clone();
            let (app, call, yields, keys) = (self.server().app.clone(), call.clone(), *yields, Arc::clone(&keys));
            sent.push(tokio::spawn(async move {
                for _ in 0..yields {
                    tokio::task::yield_now().await;
                }
                send(&app, &client, &call, &keys).await
            }));
        }
        let mut answers = Vec::new();
        for answer in sent {
            answers.push(answer.await.map_err(|error| format!("a call broke off: {error}"))?);
        }
        for (at, ((call, _), answer)) in calls.iter().zip(&answers).enumerate() {
            self.log.push(format!("  {}. {call}\n     → {answer}", at + 1));
            self.counts.calls += 1;
            self.counts.busy += usize::from(answer["status"] == 503);
        }
        let calls: Vec<Call> = calls.into_iter().map(|(call, _)| call).collect();
        self.keyed.extend(calls.iter().filter(|call| call.key.is_some()).cloned());
        self.look(&calls, &answers).await
    }

    /// What a wish comes to now; nothing when there is nothing it could be about.
    fn call(&self, wish: &Wish) -> Option<Call> {
        let model = self.model();
        let task = |back: usize| model.tasks.get(model.tasks.len().checked_sub(1 + back)?);
        let id = |back: usize| Some(task(back)?.id.clone());
        let plan = |back: usize, plan: Plan| {
            let task = task(back)?;
            Some(match plan {
                Plan::None => None,
                Plan::Present => Some(task.plan().plan_hash.clone()),
                Plan::First => Some(task.revisions[0].plan_hash.clone()),
                Plan::Wrong => Some("0".repeat(64)),
            })
        };
        let what = match wish.act {
            Act::Approve { task, plan: named, part, reason } => {
                let only = self.first.get(&id(task)?).filter(|_| part).cloned();
                What::Approve { task: id(task)?, plan: plan(task, named)?, only, reason }
            }
            Act::Dismiss { task, reason } => What::Dismiss { task: id(task)?, reason },
            Act::Resize { task, size, plan: named } => What::Resize { task: id(task)?, size, plan: plan(task, named)? },
            Act::Retract { task } => What::Retract { task: id(task)? },
            Act::Stop { task } => What::Stop { task: id(task)? },
            // What was half undone the model does not follow.
            Act::Undo { task: back } if task(back)?.half_undone => What::Read { task: id(back)? },
            Act::Undo { task } => What::Undo { task: id(task)? },
            Act::Freeze { kind } if wish.who != Who::Stranger => What::Freeze { kind },
            Act::Freeze { .. } => return None,
            Act::Lift { freeze } => {
                let at = model.freezes.len().checked_sub(1 + freeze)?;
                What::Lift { freeze: model.freezes[at].id.clone() }
            }
            Act::Read { task } => What::Read { task: id(task)? },
            Act::Again { call, odd } => {
                let again = self.keyed.get(self.keyed.len().checked_sub(1 + call)?)?.clone();
                let who = if wish.key.is_some() { wish.who } else { again.who };
                let freezes = matches!(again.what, What::Freeze { .. }) && who == Who::Stranger;
                let odd = odd && again.can_be_odd();
                return (!freezes).then_some(Call { who, odd, ..again });
            }
            Act::Step => What::Step,
            Act::Sweep => What::Sweep,
        };
        let writes = !matches!(what, What::Read { .. } | What::Step | What::Sweep);
        let key = wish.key.filter(|_| writes).map(|key| format!("key-{key}"));
        Some(Call { who: wish.who, what, key, odd: false })
    }

    /// All freezes are lifted, everything comes to its end, and the store is looked at.
    async fn end(&mut self) -> Result<(), String> {
        let freezes: Vec<String> =
            self.model().freezes.iter().filter(|freeze| !freeze.lifted).map(|freeze| freeze.id.clone()).collect();
        for freeze in freezes {
            self.wait(1);
            let call = Call { who: Who::Ann, what: What::Lift { freeze }, key: None, odd: false };
            let answer = send(&self.server().app, self.ann(), &call, &self.keys).await;
            self.log.push(format!("at the end {call}\n     → {answer}"));
            self.look(&[call], &[answer]).await?;
        }
        for wait_ms in [1, HOLD_MS] {
            self.wait(wait_ms);
            self.settle().await?;
        }
        if let Some(task) = self.model().tasks.iter().find(|task| task.status == Status::Approved) {
            return Err(format!("task {} was approved and never ended", task.id));
        }
        stored::look(self.server(), self.ann(), &self.workspace, &self.models, &self.keys).await
    }
}

/// A key of this caller in the workspace, or in another one for the stranger.
async fn caller(server: &Server, workspace: &str, who: Who) -> Client {
    let permissions = match who {
        Who::Asker => "read,lexi:chat,lexi:read",
        Who::Ann => "read,write,lexi,policies:admin,keys:admin",
        _ => "read,write,lexi",
    };
    let workspace = if who == Who::Stranger { format!("not {workspace}") } else { workspace.to_owned() };
    let change = |key: &mut NewKey| {
        key.name = who.name().into();
        key.kind = if who.kind() == "human" { KeyKind::Human } else { KeyKind::Service };
        key.roles = if who.is_partner() { vec!["partner".into()] } else { Vec::new() };
    };
    server.key_with(&workspace, permissions, change).await
}

/// Makes the rule and the policy.
async fn lay_down(ann: &Client, setup: Setup, now_ms: i64) {
    if setup.has_rule() {
        let mut rule = json!({ "name": "House", "approve": match setup.approve {
            Approve::AnyOne => "any 1",
            Approve::AnyTwo => "any 2",
            Approve::AnotherPartner => "1 of partner and not requester",
        } });
        if setup.hold {
            rule["hold_minutes"] = json!(HOLD_MS / 60_000);
            rule["start_within_hours"] = json!(START_WITHIN_MS / 3_600_000);
        }
        if setup.reasons {
            rule["reason_required"] = json!(["approve", "dismiss"]);
        }
        if setup.deadline != Deadline::None {
            rule["deadline_hours"] = json!(DEADLINE_MS / 3_600_000);
        }
        if setup.deadline == Deadline::Escalate {
            (rule["on_deadline"], rule["escalate_to"]) = (json!("escalate"), json!(["partner"]));
        }
        made(ann, "/v1/lexi/rules", rule).await;
    }
    if setup.policy {
        let expires_at = iso(now_ms + 300 * 86_400_000);
        let policy = json!({ "name": "Small searches", "types": ["prospect_search"], "max_size": POLICY_SIZE,
            "daily_tasks": POLICY_TASKS, "daily_people": 100, "expires_at": expires_at });
        made(ann, "/v1/lexi/policies", policy).await;
    }
}

/// Makes a call, and gives its answer in the words of the model.
async fn send(app: &lexi::app::App, client: &Client, call: &Call, keys: &Keys) -> Value {
    let Some((method, route)) = call.route() else {
        return match call.what {
            What::Step => one_step(app).await,
            _ => lexi::worker::expire(app).await.map_or_else(|error| json!(error.to_string()), |()| Value::Null),
        };
    };
    let mut request = client.request(method, &route);
    if let Some(key) = &call.key {
        request = request.header("Idempotency-Key", key);
    }
    if let Some(body) = call.body() {
        request = request.json(&body);
    }
    told(call, &client.send(request).await, keys)
}

/// What a worker does when it takes one job, does one step of it, and hands it back.
async fn one_step(app: &lexi::app::App) -> Value {
    let now_ms = app.clock.now_ms();
    let leased = app.db.write_with(lexi::db::Isolation::ReadCommitted, move |tx| {
        jobs::lease(tx, jobs::Work::Inside, 1, LEASE_MS, now_ms)
    });
    let Some(job) = leased.await.expect("jobs can be looked for").pop() else {
        return json!({ "task": null, "did": "nothing" });
    };
    let (task, held): (_, Leased) = (job.task_id, job.clone());
    let step =
        app.db.write_with(lexi::db::Isolation::ReadCommitted, move |tx| execution::work(tx, &held, LEASE_MS, now_ms));
    let did = match step.await {
        Ok(None) => "rests or has ended",
        Err(_) => "its lease was lost",
        Ok(Some(next)) => {
            // Whoever stopped the task meanwhile has taken the lease away, which is no fault.
            let _ = app.db.write(move |tx| jobs::hand_back(tx, &next)).await;
            "goes on"
        }
    };
    json!({ "task": task, "did": did })
}

/// A name that no number spoils: `B`, `BA` …
fn letters(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect::<String>()
}

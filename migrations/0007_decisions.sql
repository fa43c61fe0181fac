-- What a decision can be besides yes and no: a part of the selection, a hold before the work starts, a last moment to
-- start, an undo. Portable SQL (see src/db/mod.rs).

-- SQLite can't change a column's check, so these tables are made anew and their rows copied. The kinds of task and of
-- job have no check any more: the program reads them into an enum and refuses what it does not know, and a further kind
-- then needs no further copy. Renaming a table renames it in what refers to it, so the old tables refer to each other.
alter table task_revisions rename to old_task_revisions;
alter table tasks rename to old_tasks;
alter table decisions rename to old_decisions;
alter table jobs rename to old_jobs;

-- What changes about a task. What was proposed stands in task_revisions, which never change.
create table tasks (
    id text primary key,
    workspace_id text not null references workspaces (id),
    type text not null,
    status text not null check (status in ('pending', 'approved', 'dismissed', 'completed', 'failed')),
    revision integer not null,
    plan_hash text not null,
    conversation_id text,
    created_by text not null,
    created_at_ms bigint not null,
    status_at_ms bigint not null,
    expires_at_ms bigint not null,
    -- Whom the deadline passes it on to; null: it is dismissed. Set back to null when that has happened.
    escalates_to text,
    escalated_at_ms bigint,
    remind_at_ms bigint,
    -- Approved, but not begun before this time; and given up when not begun by that one.
    starts_at_ms bigint,
    start_by_ms bigint,
    started_at_ms bigint,
    finished_at_ms bigint,
    result text,
    error text,
    undoes text,
    undone_by text
);

create table task_revisions (
    task_id text not null references tasks (id),
    revision integer not null,
    workspace_id text not null,
    plan_hash text not null,
    plan text not null,
    selection blob not null,
    preview text not null,
    description text not null,
    query text not null,
    request text,
    created_by text not null,
    created_at_ms bigint not null,
    primary key (task_id, revision)
);

-- One decision a task: the primary key says so. An approval of a part keeps whom it was given for.
create table decisions (
    task_id text primary key references tasks (id),
    workspace_id text not null,
    revision integer not null,
    plan_hash text not null,
    outcome text not null check (outcome in ('approved', 'dismissed')),
    kind text not null check (kind in ('human', 'service', 'policy', 'system')),
    key_id text,
    owner text,
    reason text,
    reason_code text,
    policy_id text,
    policy_version integer,
    -- The rules that were satisfied, as JSON: [{"id", "version"}].
    rules text,
    selection blob,
    declined bigint not null default 0,
    decided_at_ms bigint not null
);

create table jobs (
    id text primary key,
    workspace_id text not null,
    kind text not null,
    task_id text,
    subject_id text,
    state text not null check (state in ('waiting', 'leased', 'done', 'failed')),
    run_at_ms bigint not null,
    attempt integer not null,
    failures integer not null,
    lease_token text,
    lease_until_ms bigint,
    done bigint not null,
    total bigint not null,
    progress text not null,
    last_error text,
    created_at_ms bigint not null,
    finished_at_ms bigint
);

insert into tasks (id, workspace_id, type, status, revision, plan_hash, conversation_id, created_by, created_at_ms,
    status_at_ms, expires_at_ms, started_at_ms, finished_at_ms, result, error)
select id, workspace_id, type, status, revision, plan_hash, conversation_id, created_by, created_at_ms,
    status_at_ms, expires_at_ms, started_at_ms, finished_at_ms, result, error
from old_tasks;
insert into task_revisions (task_id, revision, workspace_id, plan_hash, plan, selection, preview, description, query,
    request, created_by, created_at_ms)
select task_id, revision, workspace_id, plan_hash, plan, selection, preview, description, query,
    request, created_by, created_at_ms
from old_task_revisions;
insert into decisions (task_id, workspace_id, revision, plan_hash, outcome, kind, key_id, owner, reason, decided_at_ms)
select task_id, workspace_id, revision, plan_hash, outcome, kind, key_id, owner, reason, decided_at_ms
from old_decisions;
insert into jobs (id, workspace_id, kind, task_id, state, run_at_ms, attempt, failures, lease_token, lease_until_ms,
    done, total, progress, last_error, created_at_ms, finished_at_ms)
select id, workspace_id, kind, task_id, state, run_at_ms, attempt, failures, lease_token, lease_until_ms,
    done, total, progress, last_error, created_at_ms, finished_at_ms
from old_jobs;

drop table old_task_revisions;
drop table old_decisions;
drop table old_tasks;
drop table old_jobs;

create index tasks_by_status on tasks (workspace_id, status, status_at_ms, id);
create index tasks_that_expire on tasks (expires_at_ms) where status = 'pending';
create index tasks_to_remind on tasks (remind_at_ms) where status = 'pending' and remind_at_ms is not null;
create index tasks_to_start on tasks (start_by_ms) where status = 'approved' and start_by_ms is not null;
create index jobs_waiting on jobs (run_at_ms) where state = 'waiting';
create index jobs_leased on jobs (lease_until_ms) where state = 'leased';
create index jobs_ended on jobs (finished_at_ms) where finished_at_ms is not null;
create unique index jobs_one_execution on jobs (task_id) where kind = 'execute_task';

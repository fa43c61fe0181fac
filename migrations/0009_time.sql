-- When tasks begin, are reminded of, are passed on and end early. Portable SQL (see src/db/mod.rs).

-- How long there is to decide about the present revision; an escalation gives as much time again.
alter table tasks add column deadline_ms bigint;
-- The roles a deadline has passed the task on to, as JSON; null: it was not passed on.
alter table tasks add column escalated_to text;

-- Approved work that was retracted before it began, or stopped. The decision stays beside it.
create table interruptions (
    task_id text primary key references tasks (id),
    workspace_id text not null,
    what text not null check (what in ('retracted', 'stopped')),
    kind text not null check (kind in ('human', 'service')),
    key_id text not null,
    owner text,
    reason text,
    interrupted_at_ms bigint not null
);

-- What must not begin or go on. A type that is null: nothing in the workspace.
create table freezes (
    id text primary key,
    workspace_id text not null references workspaces (id),
    type text,
    reason text not null,
    kind text not null check (kind in ('human', 'service')),
    key_id text not null,
    owner text,
    frozen_at_ms bigint not null,
    lifted_at_ms bigint,
    lifted_kind text check (lifted_kind in ('human', 'service')),
    lifted_key_id text,
    lifted_owner text
);

-- How many freezes are in force. Work reads it and holds the row until its commit, a freeze changes it: so no work that
-- saw no freeze commits after one.
alter table workspaces add column freezes bigint not null default 0;

create index tasks_held on tasks (starts_at_ms)
    where status = 'approved' and started_at_ms is null and starts_at_ms is not null;
create index freezes_in_force on freezes (workspace_id, frozen_at_ms) where lifted_at_ms is null;
create index tasks_dismissed_in on tasks (conversation_id) where status = 'dismissed' and conversation_id is not null;

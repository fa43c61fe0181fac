-- Actions that other programs carry out and that wait for approval here. Portable SQL (see src/db/mod.rs).

-- What a request holds besides its task: what the asking program said of it, that it began, and how it ended.
create table external_actions (
    task_id text primary key,
    workspace_id text not null,
    created_by text not null,
    idempotency_key text not null,
    payload_hash text not null,
    timeout text not null,
    agent_reasoning text,
    context text,
    consumed_key text,
    consumed_at_ms bigint,
    outcome text check (outcome in ('succeeded', 'failed')),
    outcome_note text,
    reported_at_ms bigint
);
create unique index external_actions_by_key on external_actions (created_by, idempotency_key);
create index external_actions_begun on external_actions (consumed_at_ms)
    where consumed_at_ms is not null and reported_at_ms is null;

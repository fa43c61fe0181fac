-- Endpoints that are told of events, what was sent to them, and what they answered. Portable SQL (see src/db/mod.rs).

create table webhooks (
    id text primary key,
    workspace_id text not null references workspaces (id),
    url text not null,
    -- Names of events, as a JSON array.
    events text not null,
    description text,
    active integer not null,
    -- Sealed under the key of secret_key_file.
    secret text not null,
    -- The secret before the last change, which still signs until then.
    old_secret text,
    old_secret_until_ms bigint,
    -- Events up to this number have become deliveries or were passed over.
    last_number bigint not null,
    -- When something can be sent next; null while nothing waits or a job is at it.
    due_at_ms bigint,
    last_status text check (last_status in ('success', 'failed')),
    last_at_ms bigint,
    -- Attempts that failed since the last one that did not, and when the first of them was.
    failures bigint not null,
    failing_since_ms bigint,
    disabled_at_ms bigint,
    disabled_reason text,
    created_at_ms bigint not null,
    updated_at_ms bigint not null,
    -- What was sent stays readable for a while.
    deleted_at_ms bigint
);
create index webhooks_of_workspace on webhooks (workspace_id, created_at_ms, id);
create index webhooks_that_are_due on webhooks (due_at_ms) where due_at_ms is not null;

-- What is sent to one endpoint: one event, or several of one kind together.
create table webhook_deliveries (
    id text primary key,
    workspace_id text not null,
    webhook_id text not null references webhooks (id),
    -- Its place in the order of the endpoint: the number of its event; of several, the last one's.
    number bigint not null,
    event text not null,
    status text not null check (status in ('waiting', 'delivered', 'failed', 'cancelled')),
    attempts integer not null,
    -- Attempts that failed since it was enqueued: its place on the ladder.
    failures integer not null,
    first_at_ms bigint,
    next_at_ms bigint,
    created_at_ms bigint not null,
    finished_at_ms bigint
);
create index webhook_deliveries_by_age on webhook_deliveries (webhook_id, created_at_ms, id);
create index webhook_deliveries_waiting on webhook_deliveries (webhook_id, number, id) where status = 'waiting';
create index webhook_deliveries_aged on webhook_deliveries (created_at_ms);

-- Bodies stand apart: they are wide, and change only when somebody is deleted of whom they tell.
create table webhook_bodies (
    delivery_id text primary key references webhook_deliveries (id),
    workspace_id text not null,
    body text not null
);

-- Which bodies tell of whom, so that who is deleted can be taken out of them.
create table webhook_subjects (
    workspace_id text not null,
    subject_id text not null,
    delivery_id text not null references webhook_deliveries (id),
    primary key (workspace_id, subject_id, delivery_id)
);
create index webhook_subjects_of_delivery on webhook_subjects (delivery_id);

-- Written before the call and ended after it: one without an end was interrupted.
create table webhook_attempts (
    id text primary key,
    workspace_id text not null,
    delivery_id text not null references webhook_deliveries (id),
    webhook_id text not null,
    attempt integer not null,
    outcome text check (outcome in ('success', 'failed', 'interrupted')),
    status_code integer,
    latency_ms bigint,
    answer text,
    error text,
    begun_at_ms bigint not null,
    ended_at_ms bigint
);
create index webhook_attempts_of_delivery on webhook_attempts (delivery_id, attempt);
create index webhook_attempts_open on webhook_attempts (webhook_id) where ended_at_ms is null;

-- One job an endpoint at a time, so that its deliveries go out one after the other.
create unique index jobs_one_delivery on jobs (subject_id)
    where kind = 'deliver_webhook' and state in ('waiting', 'leased');

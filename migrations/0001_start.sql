-- The main job: workspaces and keys, conversations, tasks and their decisions, jobs, events, and the workspace's
-- contacts and lists. Portable SQL (see src/db/mod.rs). Times are milliseconds since 1970.

create table workspaces (
    id text primary key,
    name text not null,
    name_key text not null unique,
    created_at_ms bigint not null
);

-- Numbers that grow under the lock of their row, so that their order is the order of commits.
create table counters (
    name text primary key,
    value bigint not null
);
insert into counters (name, value) values ('keys', 0), ('index_rebuilds', 0);

-- Work that one node at a time does for all.
create table leases (
    name text primary key,
    token text not null,
    until_ms bigint not null
);

create table api_keys (
    id text primary key,
    workspace_id text not null references workspaces (id),
    hash text not null unique,
    prefix text not null,
    name text not null,
    description text,
    search_text text not null,
    permissions text not null,
    effective text not null,
    is_admin integer not null,
    tier text not null check (tier in ('starter', 'pro', 'org', 'unmetered')),
    kind text not null check (kind in ('human', 'service')),
    owner text,
    created_by text,
    created_at_ms bigint not null,
    expires_at_ms bigint,
    revoked_at_ms bigint,
    last_used_at_ms bigint
);
create index api_keys_of_workspace on api_keys (workspace_id, created_at_ms, id);

-- What the nodes have taken of a key's allowance in the window that begins at starts_at_ms.
create table rate_windows (
    key_id text not null,
    span text not null check (span in ('minute', 'day')),
    starts_at_ms bigint not null,
    taken bigint not null,
    primary key (key_id, span)
);

-- Answers of writes that carried an Idempotency-Key, kept for a day.
create table saved_answers (
    key_id text not null,
    idempotency_key text not null,
    method text not null,
    path text not null,
    payload_hash text not null,
    status integer not null,
    body text not null,
    created_at_ms bigint not null,
    primary key (key_id, idempotency_key, method, path)
);
create index saved_answers_by_age on saved_answers (created_at_ms);

create table conversations (
    id text primary key,
    workspace_id text not null references workspaces (id),
    created_by text not null,
    title text not null,
    archived integer not null,
    created_at_ms bigint not null,
    last_message_at_ms bigint not null
);
create index conversations_of_workspace on conversations (workspace_id, last_message_at_ms, id);

create table messages (
    id text primary key,
    workspace_id text not null,
    conversation_id text not null references conversations (id),
    role text not null check (role in ('user', 'assistant')),
    content text not null,
    request text,
    task_id text,
    created_by text,
    created_at_ms bigint not null
);
create index messages_of_conversation on messages (conversation_id, created_at_ms, id);

-- What changes about a task. What was proposed stands in task_revisions, which never change.
create table tasks (
    id text primary key,
    workspace_id text not null references workspaces (id),
    type text not null check (type in ('prospect_search', 'campaign_start', 'contact_update', 'list_operation')),
    status text not null check (status in ('pending', 'approved', 'dismissed', 'completed', 'failed')),
    revision integer not null,
    plan_hash text not null,
    conversation_id text,
    created_by text not null,
    created_at_ms bigint not null,
    status_at_ms bigint not null,
    expires_at_ms bigint not null,
    started_at_ms bigint,
    finished_at_ms bigint,
    result text,
    error text
);
create index tasks_by_status on tasks (workspace_id, status, status_at_ms, id);
create index tasks_that_expire on tasks (expires_at_ms) where status = 'pending';

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

-- One decision a task: the primary key says so.
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
    decided_at_ms bigint not null
);

create table jobs (
    id text primary key,
    workspace_id text not null,
    kind text not null check (kind in ('execute_task')),
    task_id text,
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
create index jobs_waiting on jobs (run_at_ms) where state = 'waiting';
create index jobs_leased on jobs (lease_until_ms) where state = 'leased';
create index jobs_ended on jobs (finished_at_ms) where finished_at_ms is not null;
create unique index jobs_one_execution on jobs (task_id) where kind = 'execute_task';

-- What happened. Append-only. Numbered per workspace: at the insert on SQLite, by the sequencer on PostgreSQL, where
-- place is drawn at the insert from a sequence: what was committed before has the smaller place on every node.
create table events (
    id text primary key,
    workspace_id text not null,
    number bigint,
    place bigint,
    type text not null,
    actor_kind text not null check (actor_kind in ('human', 'service', 'policy', 'system')),
    actor_id text,
    subject_id text,
    task_id text,
    request_id text,
    data text not null,
    at_ms bigint not null
);
create unique index events_by_number on events (workspace_id, number);
create index events_without_number on events (place) where number is null;

create table event_heads (
    workspace_id text primary key,
    number bigint not null
);

create table suppressions (
    id text primary key,
    workspace_id text not null references workspaces (id),
    kind text not null check (kind in ('email', 'domain', 'prospect')),
    value text not null,
    reason text not null,
    created_by text,
    created_at_ms bigint not null
);
create unique index suppressions_by_value on suppressions (workspace_id, kind, value);
create index suppressions_by_age on suppressions (workspace_id, created_at_ms, id);

create table contacts (
    id text primary key,
    workspace_id text not null references workspaces (id),
    prospect_id text,
    first_name text not null,
    last_name text not null,
    full_name text not null,
    name_key text not null,
    email text,
    email_norm text,
    phone text,
    job_title text,
    company_name text,
    related_company_id text,
    linkedin_url text,
    priority integer,
    tags text not null,
    custom_fields text not null,
    notes text,
    created_by_task text,
    version integer not null,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create unique index contacts_by_prospect on contacts (workspace_id, prospect_id);
create unique index contacts_by_email on contacts (workspace_id, email_norm);
create index contacts_by_age on contacts (workspace_id, created_at_ms, id);

-- A list's name is unique in its normalized form, kept as stem and number: "CEOs (3)" is ("ceos", 3) and "CEOs" is
-- ("ceos", 1), so that the next free number of a taken name is one look at the index, however many there are.
create table lists (
    id text primary key,
    workspace_id text not null references workspaces (id),
    name text not null,
    name_stem text not null,
    name_number integer not null,
    description text,
    contact_count integer not null,
    created_by_task text,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create unique index lists_by_name on lists (workspace_id, name_stem, name_number);
create index lists_by_age on lists (workspace_id, created_at_ms, id);
create index lists_by_task on lists (created_by_task) where created_by_task is not null;

create table list_members (
    list_id text not null references lists (id),
    contact_id text not null references contacts (id),
    workspace_id text not null,
    added_at_ms bigint not null,
    primary key (list_id, contact_id)
);
create index list_members_by_contact on list_members (contact_id);

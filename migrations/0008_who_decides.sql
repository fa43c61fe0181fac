-- Who may approve what: roles on keys, rules about approvals, votes, and policies that approve for a person. Portable SQL
-- (see src/db/mod.rs).

-- JSON list of lower-case words.
alter table api_keys add column roles text not null default '[]';

-- A rule in its present version. What it says stands in rule_versions, which never change.
create table rules (
    id text primary key,
    workspace_id text not null references workspaces (id),
    version integer not null,
    created_at_ms bigint not null,
    changed_at_ms bigint not null,
    retired_at_ms bigint
);
create index rules_in_force on rules (workspace_id) where retired_at_ms is null;
create index rules_by_age on rules (workspace_id, created_at_ms, id);

create table rule_versions (
    rule_id text not null references rules (id),
    version integer not null,
    workspace_id text not null,
    body text not null,
    created_by text not null,
    created_at_ms bigint not null,
    primary key (rule_id, version)
);

-- An approval where rules apply. A key votes once for a revision; a new revision needs new votes.
create table votes (
    task_id text not null references tasks (id),
    revision integer not null,
    key_id text not null,
    workspace_id text not null,
    plan_hash text not null,
    kind text not null check (kind in ('human', 'service', 'policy')),
    owner text,
    -- The roles the key carried, as JSON.
    roles text not null,
    reason text,
    policy_id text,
    policy_version integer,
    -- Whom it approves; null: the whole selection.
    selection blob,
    voted_at_ms bigint not null,
    primary key (task_id, revision, key_id)
);

-- A policy in its present version, and what it has approved on the UTC day that begins at day_starts_at_ms. One row
-- answers all that can refuse an approval: revoked, expired, changed, used up.
create table policies (
    id text primary key,
    workspace_id text not null references workspaces (id),
    version integer not null,
    author_key_id text not null,
    expires_at_ms bigint not null,
    day_starts_at_ms bigint not null,
    day_tasks bigint not null,
    day_people bigint not null,
    created_at_ms bigint not null,
    changed_at_ms bigint not null,
    revoked_at_ms bigint
);
create index policies_in_force on policies (workspace_id) where revoked_at_ms is null;
create index policies_by_age on policies (workspace_id, created_at_ms, id);

create table policy_versions (
    policy_id text not null references policies (id),
    version integer not null,
    workspace_id text not null,
    body text not null,
    author_key_id text not null,
    created_at_ms bigint not null,
    primary key (policy_id, version)
);

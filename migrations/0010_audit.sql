-- The log of events made provable: seals over numbered events, the keys that signed them, the values whose hashes the
-- events hold, and where requests came from. Portable SQL (see src/db/mod.rs).

-- From where a change was asked for: address and program. Each pair stands here once a workspace, and events name it.
create table origins (
    id text primary key,
    workspace_id text not null references workspaces (id),
    address text not null,
    user_agent text not null,
    first_seen_at_ms bigint not null
);
create unique index origins_by_what on origins (workspace_id, address, user_agent);

alter table events add column origin_id text;

-- One row seals the events first_number to last_number of a workspace: hashes holds 32 bytes for each of them, and root
-- is SHA-256 of the root before and of these. So events are never written again.
create table event_seals (
    workspace_id text not null,
    first_number bigint not null,
    last_number bigint not null,
    hashes blob not null,
    root text not null,
    sealed_at_ms bigint not null,
    key_id text not null,
    signature text not null,
    primary key (workspace_id, first_number)
);

-- How far each workspace is sealed. Whoever moves it on writes the seal, so two nodes never seal the same events.
create table event_seal_heads (
    workspace_id text primary key,
    number bigint not null,
    root text not null
);

-- The public halves of the keys that signed seals: each installation has its own.
create table audit_keys (
    id text primary key,
    public_key text not null,
    first_used_at_ms bigint not null
);

-- The values of which events hold a salted hash. They are erased with the record they belong to; the hashes stay.
create table personal_values (
    event_id text not null,
    position integer not null,
    workspace_id text not null,
    subject_id text not null,
    field text not null,
    side text not null check (side in ('before', 'after')),
    salt text not null,
    value text not null,
    primary key (event_id, position)
);
create index personal_values_of_subject on personal_values (subject_id);

-- Subjects that are gone while many of their values wait to be swept: nobody sees these any more.
create table erased_subjects (
    subject_id text primary key,
    workspace_id text not null,
    erased_at_ms bigint not null
);

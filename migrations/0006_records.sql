-- Companies and notes of a workspace. Portable SQL (see src/db/mod.rs).

-- A contact's related_company_id and a note's parents may name what was deleted: ids are never used again, and reading
-- passes over them. So a deletion costs the same however many records point at what is deleted.
create table companies (
    id text primary key,
    workspace_id text not null references workspaces (id),
    name text not null,
    name_key text not null,
    domain text,
    industry text,
    industry_key text,
    website text,
    linkedin_url text,
    size text,
    city text,
    country text,
    tags text not null,
    version integer not null,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create unique index companies_by_domain on companies (workspace_id, domain);
create index companies_by_age on companies (workspace_id, created_at_ms, id);
create index contacts_by_company on contacts (related_company_id) where related_company_id is not null;

create table notes (
    id text primary key,
    workspace_id text not null references workspaces (id),
    contact_id text,
    related_company_id text,
    deal_id text,
    event_id text,
    title text not null,
    note_type text not null check (note_type in ('general', 'meeting', 'call', 'email', 'other')),
    tags text not null,
    is_pinned integer not null,
    created_by_task text,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create index notes_by_age on notes (workspace_id, created_at_ms, id);
create index notes_of_contact on notes (contact_id, created_at_ms, id) where contact_id is not null;
create index notes_of_company on notes (related_company_id, created_at_ms, id) where related_company_id is not null;

-- What a note says never changes and stands apart: a merge moves notes without writing their texts again.
create table note_texts (
    note_id text primary key references notes (id),
    workspace_id text not null,
    content text,
    search_text text not null
);

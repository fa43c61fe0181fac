-- The prospect database: people one could reach, and their companies. Reference data of the whole installation, loaded
-- by the operator's command line; no workspace owns it. Portable SQL (see src/db/mod.rs).

-- number is dense and never given twice: the search index keys its bitmaps with it. version grows by one with each
-- transaction that changes people or companies, under the lock of its counter: the index follows it.
insert into counters (name, value) values ('prospect_number', 0), ('prospect_version', 0);

create table prospect_companies (
    id text primary key,
    identity text not null unique,
    version bigint not null,
    name text not null,
    name_norm text not null,
    city text,
    state text,
    country text,
    domain text,
    industry text,
    company_type text,
    headcount bigint,
    revenue_usd bigint,
    founded bigint,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create index prospect_companies_by_version on prospect_companies (version);

-- practice_areas is a JSON array of names. email_norm is the address as it is compared.
create table prospects (
    number integer primary key,
    id text not null unique,
    identity text not null unique,
    version bigint not null,
    source text not null,
    full_name text not null,
    first_name text,
    last_name text,
    title text,
    seniority text,
    department text,
    email text,
    email_norm text,
    email_domain text,
    city text,
    state text,
    country text,
    phone text,
    linkedin_url text,
    practice_areas text,
    external_id text,
    company_id text references prospect_companies (id),
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);
create index prospects_by_version on prospects (version);
create index prospects_by_email on prospects (email_norm) where email_norm is not null;
create index prospects_by_company on prospects (company_id) where company_id is not null;

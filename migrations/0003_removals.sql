-- Prospects that were taken out again. Portable SQL (see src/db/mod.rs).

-- The search index follows removals by their version, as it follows changes: prospects.version and this one share a
-- counter. A number is never given twice, so a removal stays true for ever.
create table prospect_removals (
    number integer primary key,
    version bigint not null
);
create index prospect_removals_by_version on prospect_removals (version);

-- The ids of removed prospects that contacts or suppressions name: whoever is imported again is the same person to them.
create table prospect_ids_kept (
    identity text primary key,
    id text not null
);

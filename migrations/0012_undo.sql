-- What a task can take back, and what a conversation says about itself. Portable SQL (see src/db/mod.rs).

-- What an executed task changed, as far as it does not stand in the records themselves: who made a contact, a list or a
-- membership stands there. `before` holds values of people; it is erased with the person, and after the days in which a
-- task can be undone.
create table task_effects (
    task_id text not null,
    kind text not null check (kind in ('contact_changed', 'company_changed', 'note_made', 'member_removed')),
    record_id text not null,
    workspace_id text not null,
    before text,
    at_ms bigint not null,
    primary key (task_id, kind, record_id)
);
create index task_effects_of_record on task_effects (record_id);
create index task_effects_by_age on task_effects (at_ms);
create index tasks_that_undo on tasks (undoes) where undoes is not null;

-- The task that put the contact on the list; null when somebody did it by hand.
alter table list_members add column added_by_task text;

-- A conversation can be about a contact, which may be gone: reading passes over it. A long one is deleted in two parts: it
-- is gone for everybody at once, and its messages are removed step by step.
alter table conversations add column title_key text not null default '';
alter table conversations add column contact_id text;
alter table conversations add column page text;
alter table conversations add column updated_at_ms bigint;
alter table conversations add column deleted_at_ms bigint;
create index conversations_deleted on conversations (deleted_at_ms) where deleted_at_ms is not null;

-- What is searched: the words without case and accents. Of what was said before, without case.
alter table messages add column search_text text not null default '';
alter table messages add column steps text;
update conversations set title_key = lower(title);
update messages set search_text = lower(content);

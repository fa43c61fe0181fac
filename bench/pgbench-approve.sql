-- One approval of a task of one person, statement by statement as the server runs it.
\set i :i + 1
begin isolation level read committed;
update tasks set status = 'approved', status_at_ms = 1, started_at_ms = 1
    where id = 'task-' || :client_id || '-' || :i and workspace_id = 'pgbench' and status = 'pending' and expires_at_ms > 1
      and ((cast(null as text) is null and revision = 1) or plan_hash = null) returning revision, plan_hash, type;
insert into decisions (task_id, workspace_id, revision, plan_hash, outcome, kind, key_id, owner, reason, decided_at_ms)
    values ('task-' || :client_id || '-' || :i, 'pgbench', 1, 'hash', 'approved', 'service', 'key', null, null, 1);
select plan, selection, preview from task_revisions
    where task_id = 'task-' || :client_id || '-' || :i and revision = 1 and workspace_id = 'pgbench';
select p.id, p.full_name, p.title, p.email, c.name from prospects p left join prospect_companies c on c.id = p.company_id
    where p.id in ('prospect-' || :client_id || '-' || :i);
select 1 from suppressions where workspace_id = 'pgbench' limit 1;
select id from lists where workspace_id = 'pgbench' and created_by_task = 'task-' || :client_id || '-' || :i;
insert into lists (id, workspace_id, name, name_stem, name_number, contact_count, created_by_task, created_at_ms, updated_at_ms)
    values ('list-' || :client_id || '-' || :i, 'pgbench', 'A list', 'list ' || :client_id || '-' || :i, 1, 0,
        'task-' || :client_id || '-' || :i, 1, 1) on conflict do nothing;
insert into contacts (id, workspace_id, prospect_id, first_name, last_name, full_name, name_key, email, email_norm, job_title,
        company_name, tags, custom_fields, created_by_task, version, created_at_ms, updated_at_ms)
    values ('contact-' || :client_id || '-' || :i, 'pgbench', 'prospect-' || :client_id || '-' || :i, 'Renata', 'Okafor',
        'Renata Okafor', 'renata okafor', 'renata@okafor.example', 'renata-' || :client_id || '-' || :i || '@okafor.example',
        'Chief Executive Officer', 'Okafor LLP', '[]', '{}', 'task-' || :client_id || '-' || :i, 1, 1, 1)
    on conflict do nothing;
insert into list_members (list_id, contact_id, workspace_id, added_at_ms)
    values ('list-' || :client_id || '-' || :i, 'contact-' || :client_id || '-' || :i, 'pgbench', 1)
    on conflict do nothing returning contact_id;
update lists set contact_count = contact_count + 1, updated_at_ms = 1
    where id = 'list-' || :client_id || '-' || :i and workspace_id = 'pgbench';
update tasks set status = 'completed', status_at_ms = 1, finished_at_ms = 1, result = '{"matched":1,"added":1}', error = null
    where id = 'task-' || :client_id || '-' || :i and workspace_id = 'pgbench' and status = 'approved';
insert into events (id, workspace_id, number, type, actor_kind, actor_id, subject_id, task_id, request_id, data, at_ms) values
    ('event-' || :client_id || '-' || :i || '-1', 'pgbench', null, 'task.approved', 'service', 'key', 't', 't', 'r', '{"revision":1}', 1),
    ('event-' || :client_id || '-' || :i || '-2', 'pgbench', null, 'list.created', 'service', 'key', 't', 't', 'r', '{}', 1),
    ('event-' || :client_id || '-' || :i || '-3', 'pgbench', null, 'contact.created', 'service', 'key', 't', 't', 'r', '{"fields":["email"]}', 1),
    ('event-' || :client_id || '-' || :i || '-4', 'pgbench', null, 'list.contacts_added', 'service', 'key', 't', 't', 'r', '{"count":1}', 1);
insert into events (id, workspace_id, number, type, actor_kind, subject_id, task_id, request_id, data, at_ms) values
    ('event-' || :client_id || '-' || :i || '-5', 'pgbench', null, 'task.completed', 'system', 't', 't', 'r', '{}', 1);
commit;

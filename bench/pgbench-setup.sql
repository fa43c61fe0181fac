-- Tasks of one person each, for bench/pgbench-approve.sql: the tables are Lexi's own (run `lexi workspaces create bench`
-- on the database first), the ids are numbered text so that a script can name them. `:tasks` is how many per client,
-- `:clients` how many clients.
delete from events where workspace_id = 'pgbench';
insert into workspaces (id, name, name_key, created_at_ms) values ('pgbench', 'pgbench', 'pgbench', 0) on conflict do nothing;
insert into tasks (id, workspace_id, type, status, revision, plan_hash, created_by, created_at_ms, status_at_ms, expires_at_ms)
    select 'task-' || client || '-' || n, 'pgbench', 'prospect_search', 'pending', 1, 'hash', 'key', 0, n, 9e15
    from generate_series(0, :clients - 1) as client, generate_series(1, :tasks) as n;
insert into task_revisions (task_id, revision, workspace_id, plan_hash, plan, selection, preview, description, query,
        created_by, created_at_ms)
    select id, 1, 'pgbench', 'hash', '{"filters":{},"limit":1,"list_by":"task","list_id":null,"list_name":"A list"}',
        '\x0123456789abcdef0123456789abcdef', '{"matched":1,"suppressed":0,"selected":1,"added":1}', 'Add 1 person', 'Find 1', 'key', 0
    from tasks where workspace_id = 'pgbench';
analyze;

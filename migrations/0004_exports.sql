-- Calls that a workspace may make so often an hour, whichever of its keys asks: what it has taken in the hour that begins
-- at starts_at_ms. One row a workspace and kind of call; a new hour takes the place of the one before.
create table hourly_windows (
    workspace_id text not null references workspaces (id),
    what text not null,
    starts_at_ms bigint not null,
    taken bigint not null,
    primary key (workspace_id, what)
);

-- A large list is deleted in two parts: it is gone for everybody at once, and its memberships are removed step by step.
-- Such a row has given up its name (number 0 is nobody's) and is kept only until its last membership is removed.
alter table lists add column deleted_at_ms bigint;
create index lists_deleted on lists (deleted_at_ms) where deleted_at_ms is not null;

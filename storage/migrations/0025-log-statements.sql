-- What was published when a day was sealed: files whose hashes are in the log. The newest only;
-- older ones are in the hands of whoever fetched them, and their hashes stay.
create table log_statements (
    act_id integer not null primary key references log_acts (act_id),
    release_id integer not null,
    files bytea not null
);

-- Comments that their owners have destroyed; the commitment stays in the leaf.
create table log_erasures (
    response_id integer not null primary key
) without rowid;

-- Responses taken back after their release; counted is 1 as long as their levels are in the rollups.
create table withdrawals (
    response_id integer not null primary key,
    counted smallint not null check (counted in (0, 1))
) without rowid;

-- What the process that polls and sends for an account knows of it, for those that only show it.

-- name, number: by which people find it at its platform; state: whether it works; told_at: in seconds.
create table channel_presence (
    account_id integer not null primary key references channel_accounts (account_id),
    name text not null,
    number text not null,
    state text not null,
    told_at integer not null
);

-- The sealed log: a commitment to every released response, acts about them, the tree, signed roots.

-- leaf_index is null until the leaf is sealed: its place is then decided by the leaf itself, so that
-- the log tells no more of when a response was released than the day.
create table log_leaves (
    response_id integer not null primary key,
    leaf_index integer,
    leaf bytea not null,
    salt bytea not null,
    comment_hash bytea
) without rowid;

create unique index log_leaf_order on log_leaves (leaf_index) where leaf_index is not null;
create index log_leaf_waiting on log_leaves (leaf) where leaf_index is null;

-- The comment's own salt, which goes with it.
alter table comments add column salt bytea;

create table log_acts (
    act_id integer not null primary key,
    leaf_index integer unique,
    entry text not null
);

-- Subtrees that are perfect and so never change; level 0 are the leaves themselves.
create table log_nodes (
    level smallint not null check (level > 0),
    position integer not null,
    hash bytea not null,
    primary key (level, position)
) without rowid;

create table log_roots (
    number integer not null primary key,
    day text not null,
    size integer not null unique,
    root bytea not null,
    previous bytea not null,
    signature bytea not null
);

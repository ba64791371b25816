-- What newsrooms ask of units, whose newsroom an editor is of, topics of comments, outgoing webhooks.

-- The quote is the comment's and stays there: erased there, it is nowhere.
create table relays (
    relay_id integer not null primary key,
    comment integer not null unique,
    unit_code text not null,
    outlet_id integer references outlets (outlet_id),
    state text not null check (state in ('asked', 'written', 'published', 'withdrawn')),
    asked_at text not null,
    due text not null,
    published_at text,
    outcome text check (outcome in ('fixed', 'planned', 'explained')),
    words text not null default '',
    revision integer not null default 0
);

-- An editor of an outlet reads what is its own; null for editors of the installation.
alter table accounts add column outlet_id integer;

-- Codes of sipas/topics.toml, apart by spaces; null until somebody has looked for them.
alter table comments add column topics text;

-- Where events are told; the secret that signs them is sealed.
create table hooks (
    hook_id integer not null primary key,
    name text not null,
    address text not null,
    secret bytea not null,
    created_on text not null,
    ended_on text
);

-- What is still to be told, and how that went; rows that were told go after a while.
create table hook_outbox (
    hook_id integer not null references hooks (hook_id),
    event_id text not null,
    event text not null,
    at text not null,
    told text not null,
    tries integer not null default 0,
    next_try integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
    answer text not null default '',
    primary key (hook_id, event_id)
);

create index hook_outbox_waiting on hook_outbox (state, next_try);

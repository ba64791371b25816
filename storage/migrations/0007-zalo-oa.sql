-- What a Zalo Official Account gave us, and the invitations sent in its name.

-- The pair of tokens in use. A refresh token works once: asked_at is set, in a committed
-- transaction, before it is used, and whoever finds it set does not use the token again.
create table oa_grants (
    account_id integer not null primary key references channel_accounts (account_id),
    generation integer not null,
    sealed bytea not null,
    access_until integer not null,
    asked_at integer,
    seed text not null
);

-- The pair before, for audit.
create table oa_former_grants (
    account_id integer not null primary key references channel_accounts (account_id),
    generation integer not null,
    sealed bytea not null,
    replaced_at integer not null
);

-- The tracking id is chance; whose phone it went to is known to the sender's list alone.
create table invitations (
    tracking text not null primary key,
    account_id integer not null,
    counter_id integer not null references counters (counter_id),
    template text not null,
    day integer not null
) without rowid;

-- Answers to invitations that are not recorded yet, sealed, for seven days.
create table parked_answers (
    account_id integer not null,
    tracking text not null,
    day integer not null,
    sealed bytea not null,
    primary key (account_id, tracking)
) without rowid;

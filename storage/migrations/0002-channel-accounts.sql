-- A bot or Official Account belongs to the units it serves, and to all where it names none.
-- Its secrets are in channel_accounts.sealed.

alter table channel_accounts add column paused integer not null default 0;

create table channel_account_units (
    account_id integer not null references channel_accounts (account_id),
    unit_code text not null,
    primary key (account_id, unit_code)
);

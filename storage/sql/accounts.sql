-- Bots and Official Accounts: who they are, what opens them, whom they serve.

-- name: add_account(channel, name)!
insert into channel_accounts (channel, name) values (:channel, :name) on conflict do nothing;

-- name: account_id(channel, name)$
select account_id from channel_accounts where channel = :channel and name = :name;

-- name: accounts()
select account_id, channel, name, paused, sealed from channel_accounts order by account_id;

-- name: active_account(channel, name)$
select account_id from channel_accounts
where channel = :channel and name = :name and paused = 0 and sealed is not null;

-- name: account_units(account_id)
select unit_code from channel_account_units where account_id = :account_id order by unit_code;

-- name: add_account_unit(account_id, unit_code)!
insert into channel_account_units (account_id, unit_code) values (:account_id, :unit_code)
on conflict do nothing;

-- name: save_account_secrets(account_id, sealed)!
update channel_accounts set sealed = :sealed where account_id = :account_id;

-- name: pause_account(account_id, paused)!
update channel_accounts set paused = :paused where account_id = :account_id;

-- name: tell_presence(account_id, name, number, state, told_at)!
insert into channel_presence (account_id, name, number, state, told_at)
values (:account_id, :name, :number, :state, :told_at)
on conflict (account_id) do update
set name = excluded.name, number = excluded.number, state = excluded.state, told_at = excluded.told_at;

-- name: presences()
select account_id, name, number, state, told_at from channel_presence;

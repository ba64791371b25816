-- What `motcua doctor` looks at.

-- name: leases()
select name, until from leases order by name;

-- name: messages_due(before)$
select count(*) from outbox where due < :before;

-- name: letters_kept()
select channel_accounts.channel, reason, count(*) from dead_letters
join channel_accounts using (account_id)
group by channel_accounts.channel, reason order by channel_accounts.channel, reason;

-- Outgoing webhooks: where events are told, and what is still to be told.

-- name: add_hook(name, address, created_on)$
-- The secret is sealed for the row, so it follows.
insert into hooks (name, address, secret, created_on) values (:name, :address, '', :created_on)
returning hook_id;

-- name: set_hook_secret(hook_id, secret)!
update hooks set secret = :secret where hook_id = :hook_id;

-- name: hooks()
-- The columns of storage.hooks.Hook, oldest first.
select h.hook_id, h.name, h.address, h.created_on, h.ended_on,
       count(case when o.state = 'waiting' then 1 end) as waiting,
       count(case when o.state = 'failed' then 1 end) as failed
from hooks h left join hook_outbox o on o.hook_id = h.hook_id
group by h.hook_id, h.name, h.address, h.created_on, h.ended_on
order by h.hook_id;

-- name: end_hook(hook_id, ended_on)!
update hooks set ended_on = :ended_on where hook_id = :hook_id and ended_on is null;

-- name: drop_hook_messages(hook_id)!
delete from hook_outbox where hook_id = :hook_id;

-- name: add_hook_messages(event_id, event, at, told, unit)!
-- For every webhook, if the unit is public; an event that was told is not told again.
insert into hook_outbox (hook_id, event_id, event, at, told)
select h.hook_id, :event_id, :event, :at, :told
from hooks h join units u on u.code = :unit
where h.ended_on is null and u.published_from is not null
on conflict (hook_id, event_id) do nothing;

-- name: due_hook_messages(now, most)
-- The columns of storage.hooks.Message, but for the secret, which is sealed.
select o.hook_id, o.event_id, o.event, o.at, o.told, o.tries, h.address, h.secret
from hook_outbox o join hooks h on h.hook_id = o.hook_id
where o.state = 'waiting' and o.next_try <= :now and h.ended_on is null
order by o.next_try, o.at limit :most;

-- name: count_hook_try(hook_id, event_id, next_try)!
update hook_outbox set tries = tries + 1, next_try = :next_try
where hook_id = :hook_id and event_id = :event_id;

-- name: set_hook_message(hook_id, event_id, state, answer)!
update hook_outbox set state = :state, answer = :answer
where hook_id = :hook_id and event_id = :event_id;

-- name: purge_hook_messages(before)!
delete from hook_outbox where state <> 'waiting' and next_try < :before;

-- What must be sent: leased in order per conversation, gone when sent.

-- name: queue_message(account_id, conversation, due, sealed)!
insert into outbox (account_id, conversation, due, sealed)
values (:account_id, :conversation, :due, :sealed);

-- name: save_address(conversation, account_id, sealed)!
insert into addresses (conversation, account_id, sealed)
values (:conversation, :account_id, :sealed)
on conflict (conversation) do nothing;

-- name: due_messages(account_id, now, most)
-- Only the oldest message of a conversation may go, so a question never overtakes another.
select o.outbox_id, o.conversation, o.tries, o.sealed, a.sealed as address, a.message
from outbox o
join addresses a on a.conversation = o.conversation
where o.account_id = :account_id
  and o.due <= :now
  and not exists (
      select 1 from outbox earlier
      where earlier.conversation = o.conversation and earlier.outbox_id < o.outbox_id
  )
order by o.outbox_id
limit :most;

-- name: lease_message(outbox_id, until)!
update outbox set due = :until, tries = tries + 1 where outbox_id = :outbox_id;

-- name: free_leases(account_id, now)!
-- Leases of a process that is gone: its successor need not wait for them to run out.
update outbox set due = :now where account_id = :account_id and due > :now;

-- name: postpone_message(outbox_id, due)!
update outbox set due = :due where outbox_id = :outbox_id;

-- name: drop_message(outbox_id, conversation)!
-- An id is given again when the newest row went, so it alone may by now name another's message.
delete from outbox where outbox_id = :outbox_id and conversation = :conversation;

-- name: drop_messages(conversation)!
delete from outbox where conversation = :conversation;

-- name: save_living_message(conversation, message)!
update addresses set message = :message where conversation = :conversation;

-- name: forget_address_if_idle(conversation)!
-- An address outlives its conversation only until the last message is out.
delete from addresses
where conversation = :conversation
  and not exists (select 1 from conversations c where c.conversation = :conversation)
  and not exists (select 1 from outbox o where o.conversation = :conversation);

-- name: forget_address(conversation)!
delete from addresses where conversation = :conversation;

-- name: waiting_messages(account_id)$
select count(*) from outbox where account_id = :account_id;

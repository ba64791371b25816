-- Where PostgreSQL is asked in another way than SQLite: rows are locked, because others write too.

-- name: conversation(conversation)^
-- Whoever reads it will change it: the next one waits, and then reads what was saved.
select session, screen from conversations where conversation = :conversation for update;

-- name: due_messages(account_id, now, most)
-- A message that another process is about to lease is passed over.
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
limit :most
for update of o skip locked;

-- name: closed_by_code(code_hash)^
-- Neither released nor taken back by another as long as this is not settled.
select response_id, counter_id from closed_responses where code_hash = :code_hash for update;

-- name: leaf_by_code(code_hash)^
select r.response_id, l.leaf
from responses r join log_leaves l on l.response_id = r.response_id
where r.code_hash = :code_hash
for update of r;

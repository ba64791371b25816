-- What is taken out of a copy before it becomes a backup.

-- name: open_counters()
-- Counters of responses that are open, one row each.
select counter_id from conversations where session is not null and counter_id > 0;

-- name: drop_conversations()!
delete from conversations;

-- name: drop_addresses()!
delete from addresses;

-- name: drop_outbox()!
delete from outbox;

-- name: drop_dead_letters()!
delete from dead_letters;

-- name: drop_parked_answers()!
delete from parked_answers;

-- name: drop_marks()!
delete from marks;

-- name: drop_logins()!
delete from logins;

-- name: responses_held()^
-- Released responses and those that wait.
select (select count(response_id) from responses),
       (select count(response_id) from closed_responses);

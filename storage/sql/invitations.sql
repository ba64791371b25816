-- Invitations to rate, and answers that came before theirs was recorded.

-- name: issue_invitation(tracking, account_id, counter_id, template, day)!
insert into invitations (tracking, account_id, counter_id, template, day)
values (:tracking, :account_id, :counter_id, :template, :day);

-- name: invited_counter(account_id, tracking)$
select c.code
from invitations i
join counters c on c.counter_id = i.counter_id
where i.tracking = :tracking and i.account_id = :account_id;

-- name: drop_invitation(account_id, tracking)!
delete from invitations where tracking = :tracking and account_id = :account_id;

-- name: park_answer(account_id, tracking, day, sealed)!
insert into parked_answers (account_id, tracking, day, sealed)
values (:account_id, :tracking, :day, :sealed)
on conflict do nothing;

-- name: parked_answer(account_id, tracking)$
select sealed from parked_answers
where account_id = :account_id and tracking = :tracking;

-- name: drop_parked_answer(account_id, tracking)!
delete from parked_answers where account_id = :account_id and tracking = :tracking;

-- name: purge_invitations(before)!
delete from invitations where day < :before;

-- name: purge_parked_answers(before)!
delete from parked_answers where day < :before;

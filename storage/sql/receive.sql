-- The way of one answer: what a transaction of the write path reads and writes.

-- name: remember_update(account_id, update_key, hour)!
-- No row is written for a redelivery, and nothing of the update is kept but its key.
insert into inbox (account_id, update_key, hour) values (:account_id, :update_key, :hour)
on conflict do nothing;

-- name: conversation(conversation)^
select session, screen from conversations where conversation = :conversation;

-- name: save_conversation(conversation, account_id, counter, minute, session, screen)!
insert into conversations (conversation, account_id, counter_id, minute, session, screen)
values (
    :conversation, :account_id,
    coalesce((select counter_id from counters where code = :counter), 0),
    :minute, :session, :screen
)
on conflict (conversation) do update
set counter_id = excluded.counter_id, minute = excluded.minute,
    session = excluded.session, screen = excluded.screen;

-- name: begin_conversation(conversation, account_id, counter, minute, session, screen)!
-- No row where another process has begun it since we looked.
insert into conversations (conversation, account_id, counter_id, minute, session, screen)
values (
    :conversation, :account_id,
    coalesce((select counter_id from counters where code = :counter), 0),
    :minute, :session, :screen
)
on conflict (conversation) do nothing;

-- name: forget_conversation(conversation)!
delete from conversations where conversation = :conversation;

-- name: idle_conversations(open_before, ended_before, most)
-- A conversation without a session has ended and only keeps its last screen for a repeat.
select v.conversation, v.account_id, a.channel
from conversations v
join channel_accounts a on a.account_id = v.account_id
where v.minute < :open_before or (v.session is null and v.minute < :ended_before)
limit :most;

-- name: silent_conversations(silent_before, silent_after, most)
-- Open, on a channel that pushes, nothing on its way, not reminded yet.
select v.conversation, v.account_id
from conversations v
join addresses a on a.conversation = v.conversation
where v.session is not null and v.reminded = 0
  and v.minute < :silent_before and v.minute > :silent_after
  and not exists (select 1 from outbox o where o.conversation = v.conversation)
limit :most;

-- name: mark_reminded(conversation)!
update conversations set reminded = 1 where conversation = :conversation;

-- name: counter_by_code(code)^
select c.counter_id, c.unit_id, c.code, c.name, c.instrument, c.valid_from, c.valid_to, c.split,
       u.name as unit_name, u.name_en as unit_name_en, u.valid_to as unit_valid_to
from counters c
join units u on u.unit_id = c.unit_id
where c.code = :code;

-- name: fields_of_counter(counter_id)
select f.field_id, f.code, f.name, f.name_en
from counter_fields cf
join fields f on f.field_id = cf.field_id
where cf.counter_id = :counter_id
order by f.field_id;

-- name: counter_ids(code)^
select counter_id, unit_id from counters where code = :code;

-- name: count_draw(month, instrument, item, n)!
-- Of which counter or unit is not kept: it shows only that chance drew evenly.
insert into draws (month, instrument, item, n) values (:month, :instrument, :item, :n)
on conflict (month, instrument, item) do update set n = draws.n + excluded.n;

-- name: add_arrivals(counter_id, hour, n)!
insert into arrivals (counter_id, hour, n) values (:counter_id, :hour, :n)
on conflict (counter_id, hour) do update set n = arrivals.n + excluded.n;

-- name: add_received(counter_id, day, n)!
insert into received (day, unit_id, n)
select :day, unit_id, :n from counters where counter_id = :counter_id
on conflict (day, unit_id) do update set n = received.n + excluded.n;

-- name: take_back_received(counter_id)!
-- Before the arrival is taken back, because that tells the day.
update received set n = n - 1
where unit_id = (select unit_id from counters where counter_id = :counter_id)
  and day = (
      select max(hour) / 24 from arrivals where counter_id = :counter_id and n > 0
  );

-- name: take_back_arrival(counter_id)!
-- The hour of a response is not kept; taking the counter's last one leaves every sum right.
update arrivals set n = n - 1
where counter_id = :counter_id
  and hour = (select max(hour) from arrivals where counter_id = :counter_id and n > 0);

-- name: close_response(response_id, counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel, kind, field_id, consent, code_hash)!
-- The link to the conversation is not copied: from here on nobody can walk from a person to an answer.
insert into closed_responses (
    response_id, counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel, kind,
    field_id, consent, code_hash
) values (
    :response_id, :counter_id, :unit_id, :instrument_id, :levels, :tags, :stage, :stratum,
    :channel, :kind, :field_id, :consent, :code_hash
);

-- name: add_comment(response_id, quote, sealed)!
insert into comments (response_id, quote, sealed) values (:response_id, :quote, :sealed);

-- name: untagged_comments(most)
select response_id, sealed from comments where language is null limit :most;

-- name: tag_comment(response_id, language, method)!
update comments set language = :language, method = :method where response_id = :response_id;

-- name: add_dead_letter(account_id, day, reason, sealed)!
insert into dead_letters (account_id, day, reason, sealed)
values (:account_id, :day, :reason, :sealed);

-- name: poller(account_id)$
select next_update from pollers where account_id = :account_id;

-- name: save_poller(account_id, next_update)!
insert into pollers (account_id, next_update) values (:account_id, :next_update)
on conflict (account_id) do update set next_update = excluded.next_update;

-- name: instrument_id(ref)$
select instrument_id from instruments where ref = :ref;

-- name: add_instrument(ref)!
insert into instruments (ref) values (:ref) on conflict do nothing;

-- name: purge_inbox(before)!
delete from inbox where hour < :before;

-- name: purge_dead_letters(before)!
delete from dead_letters where day < :before;

-- name: field_id(code)$
select field_id from fields where code = :code;

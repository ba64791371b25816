-- What newsrooms ask of units about released quotes, and what these answer.

-- name: relays(relay_id)
-- The columns of storage.relays and its quote, newest first; 0 means any. No quote: it is gone.
select l.relay_id, l.comment, l.unit_code, l.outlet_id, coalesce(o.name, '') as outlet, l.state,
       l.asked_at, l.due, coalesce(l.published_at, '') as published_at,
       coalesce(l.outcome, '') as outcome, l.words, l.revision, c.response_id, c.masked
from relays l
left join outlets o on o.outlet_id = l.outlet_id
left join comments c on c.number = l.comment and c.redaction = 'released'
where l.relay_id = :relay_id or :relay_id = 0
order by l.relay_id desc;

-- name: add_relay(comment, unit_code, outlet_id, asked_at, due)!
insert into relays (comment, unit_code, outlet_id, state, asked_at, due)
values (:comment, :unit_code, :outlet_id, 'asked', :asked_at, :due)
on conflict (comment) do nothing;

-- name: relay_of(comment)$
select relay_id from relays where comment = :comment;

-- name: set_relay(relay_id, state, outcome, words, published_at)!
update relays
set state = :state, outcome = :outcome, words = :words, published_at = :published_at,
    revision = revision + 1
where relay_id = :relay_id;

-- name: keep_edition(relay_id)!
-- What an answer says now, before it is put right.
insert into relay_editions (relay_id, edition, published_at, outcome, words)
select l.relay_id, l.revision, l.published_at, l.outcome, l.words
from relays l where l.relay_id = :relay_id;

-- name: relay_editions(relay_id)
-- What an answer said before, oldest first; 0 means any relay's.
select relay_id, published_at, outcome, words from relay_editions
where relay_id = :relay_id or :relay_id = 0
order by relay_id, edition;

-- name: forget_editions(relay_id)!
delete from relay_editions where relay_id = :relay_id;

-- name: relay_of_response(response_id)^
select l.relay_id, l.unit_code
from relays l join comments c on c.number = l.comment
where c.response_id = :response_id and l.state <> 'withdrawn';

-- name: forget_relay(relay_id)!
update relays set state = 'withdrawn', words = '', outcome = null, revision = revision + 1
where relay_id = :relay_id;

-- name: quotes_to_relay(unit)
-- Released quotes of a unit that nobody has asked about.
select c.number, u.code, c.response_id, c.masked
from comments c
join responses r on r.response_id = c.response_id
join units u on u.unit_id = r.unit_id
left join relays l on l.comment = c.number
where u.code = :unit and c.quote = 1 and c.redaction = 'released' and l.relay_id is null
order by c.number;

-- name: quote_to_relay(number)^
select c.number, u.code, c.response_id, c.masked
from comments c
join responses r on r.response_id = c.response_id
join units u on u.unit_id = r.unit_id
where c.number = :number and c.quote = 1 and c.redaction = 'released';

-- Comments without personal data: masked in batches, then released or refused by an editor.

-- name: unit_with_new_comments(least)$
-- A unit with a batch of released responses whose comments nobody has masked.
select r.unit_id from comments c join responses r on r.response_id = c.response_id
where c.redaction = 'new'
group by r.unit_id having count(*) >= :least
order by r.unit_id limit 1;

-- name: new_comments(unit_id)
select c.response_id, c.sealed from comments c join responses r on r.response_id = c.response_id
where c.redaction = 'new' and r.unit_id = :unit_id;

-- name: last_comment_number()$
select coalesce(max(number), 0) as last from comments where number is not null;

-- name: mask_comment(response_id, number, masked, state)!
update comments set number = :number, masked = :masked, redaction = :state
where response_id = :response_id and redaction = 'new';

-- name: voice_counts()
-- Per unit and state: how many comments may be quoted if an editor releases them.
select u.code, c.redaction, count(*) as n
from comments c
join responses r on r.response_id = c.response_id
join units u on u.unit_id = r.unit_id
where c.number is not null and c.quote = 1
group by u.code, c.redaction
order by u.code, c.redaction;

-- name: voices_of_unit(unit, state, topic, most)
-- topic is a pattern over the codes, apart by spaces and with one before and behind.
select c.number, u.code, c.redaction, coalesce(c.reason, '') as reason, c.response_id, c.masked
from comments c
join responses r on r.response_id = c.response_id
join units u on u.unit_id = r.unit_id
where c.number is not null and c.quote = 1 and c.redaction = :state and u.code = :unit
  and ' ' || coalesce(c.topics, '') || ' ' like :topic
order by c.number limit :most;

-- name: voice(number)^
select c.number, u.code, c.redaction, coalesce(c.reason, '') as reason, c.response_id, c.masked
from comments c
join responses r on r.response_id = c.response_id
join units u on u.unit_id = r.unit_id
where c.number = :number and c.quote = 1;

-- name: decide_comment(number, state, masked, reason)!
update comments set redaction = :state, masked = :masked, reason = :reason
where number = :number;

-- name: quotable(unit_id, first_response, end_response)
-- Comments of a period that may be quoted, with what their authors answered.
select c.number, i.ref, r.levels, c.redaction, c.response_id, c.masked
from comments c
join responses r on r.response_id = c.response_id
join instruments i on i.instrument_id = r.instrument_id
where r.response_id >= :first_response and r.response_id < :end_response
  and r.unit_id = :unit_id and c.number is not null and c.quote = 1
order by c.number;

-- name: comments_without_topics(most)
-- Masked ones whose topics nobody has looked for.
select response_id, masked from comments
where masked is not null and topics is null
order by response_id limit :most;

-- name: comments_with_old_topics(version, most)
-- Those that only an older model has read.
select response_id, masked from comments
where masked is not null and substr(topics, 1, length(:version)) <> :version
order by response_id limit :most;

-- name: set_topics(response_id, topics)!
update comments set topics = :topics where response_id = :response_id;

-- name: topics_of_unit(unit_id, first_response, end_response, version)
select c.topics
from comments c join responses r on r.response_id = c.response_id
where r.response_id >= :first_response and r.response_id < :end_response
  and r.unit_id = :unit_id and substr(c.topics, 1, length(:version)) = :version;

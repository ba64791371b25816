-- Receipts: minted from dossier events, used once, contested.

-- name: unminted(unit_id, stage, first, last, most)
-- Events at a known counter whose dossier has no receipt for this stage.
select e.code_hash, e.last_four, c.code
from dossier_events e
join counters c on c.counter_id = e.counter_id
where e.unit_id = :unit_id and e.stage = :stage and e.day between :first and :last
  and not exists (
      select 1 from minted m where m.dossier_hash = e.code_hash and m.stage = e.stage
  )
order by c.code, e.last_four, e.code_hash, e.day
limit :most;

-- name: events_without_counter(unit_id, stage, first, last)$
select count(*) from dossier_events
where unit_id = :unit_id and stage = :stage and day between :first and :last and counter_id = 0;

-- name: add_minted(dossier_hash, stage, last_day)!
insert into minted (dossier_hash, stage, last_day) values (:dossier_hash, :stage, :last_day)
on conflict do nothing;

-- name: add_receipt(code_hash, counter_id, stage, last_day)!
insert into receipts (code_hash, counter_id, stage, last_day)
values (:code_hash, :counter_id, :stage, :last_day)
on conflict do nothing;

-- name: receipt(code_hash)^
select c.code, r.stage, r.last_day
from receipts r
join counters c on c.counter_id = r.counter_id
where r.code_hash = :code_hash;

-- name: contest_tag(tag)^
select voice, half_day from contest_tags where tag = :tag;

-- name: add_contest_tag(tag, period, voice, half_day)!
insert into contest_tags (tag, period, voice, half_day)
values (:tag, :period, :voice, :half_day)
on conflict do nothing;

-- name: drop_contest_tag(tag)!
delete from contest_tags where tag = :tag;

-- name: tag_response(tag, response_id)!
update contest_tags set response_id = :response_id where tag = :tag;

-- name: dispute_tag(tag)!
update contest_tags set disputed = 1 where tag = :tag;

-- name: response_of_tag(tag)$
select response_id from contest_tags where tag = :tag;

-- name: is_disputed(tag)$
select disputed from contest_tags where tag = :tag;

-- name: add_contest(response_id)!
insert into contests (response_id) values (:response_id) on conflict do nothing;

-- name: carry_contest_tag(response_id, new_id, half_day)!
-- Its half-day goes with it: beside the response it would tell more than that does.
update contest_tags set response_id = :new_id, half_day = :half_day where response_id = :response_id;

-- name: carry_contest(response_id, new_id)!
update contests set response_id = :new_id where response_id = :response_id;

-- name: forget_contest_tag(response_id)!
-- The voice stays used; nothing leads from it to a response any more.
update contest_tags set response_id = null where response_id = :response_id;

-- name: drop_tag_of(response_id)!
delete from contest_tags where response_id = :response_id;

-- name: drop_contest(response_id)!
delete from contests where response_id = :response_id;

-- name: purge_receipts(before)!
delete from receipts where last_day < :before;

-- name: purge_contest_tags(before)!
delete from contest_tags where period < :before;

-- name: purge_minted(before)!
delete from minted where last_day < :before;

-- name: disputed_by_unit(first, last)
select r.unit_id, count(*) as n
from contests c
join responses r on r.response_id = c.response_id
where r.response_id >= :first and r.response_id < :last
group by r.unit_id;

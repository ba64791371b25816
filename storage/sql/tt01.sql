-- What the scores of Thông tư 01/2018 need: dossiers that ended, and what responses told of theirs.

-- name: dossiers_ended(unit_id, first, last)
-- A dossier that is told to have ended twice ended the first time.
select e.day, e.due, count(*) as n
from dossier_events e
where e.unit_id = :unit_id and e.stage in (2, 4) and e.day between :first and :last
  and not exists (
      select 1 from dossier_events x
      where x.code_hash = e.code_hash and x.stage in (2, 4)
        and (x.day < e.day or x.day = e.day and x.stage < e.stage)
  )
group by e.day, e.due;

-- name: told_of_unit(unit_id, instrument_id, first, below, ev_late, ev_contacts, ev_contacts_cause, ev_agencies, ev_trouble)
-- Marks by their place in the packed levels; place 0, where a question is not asked, is no mark.
select unit_id, substr(levels, :ev_late, 1) as late, substr(levels, :ev_contacts, 1) as contacts,
       substr(levels, :ev_contacts_cause, 1) as cause, substr(levels, :ev_agencies, 1) as agencies,
       substr(levels, :ev_trouble, 1) as trouble, count(*) as n
from responses
where response_id >= :first and response_id < :below and unit_id = :unit_id
  and instrument_id = :instrument_id
  and not exists (
      select 1 from withdrawals w
      where w.response_id = responses.response_id and w.counted = 0
  )
group by 1, 2, 3, 4, 5, 6;

-- name: told_by_unit(instrument_id, first, below, ev_late, ev_contacts, ev_contacts_cause, ev_agencies, ev_trouble)
select unit_id, substr(levels, :ev_late, 1) as late, substr(levels, :ev_contacts, 1) as contacts,
       substr(levels, :ev_contacts_cause, 1) as cause, substr(levels, :ev_agencies, 1) as agencies,
       substr(levels, :ev_trouble, 1) as trouble, count(*) as n
from responses
where response_id >= :first and response_id < :below and instrument_id = :instrument_id
  and not exists (
      select 1 from withdrawals w
      where w.response_id = responses.response_id and w.counted = 0
  )
group by 1, 2, 3, 4, 5, 6;

-- name: dossiers_listed(unit_id, first, last)
-- Each dossier that ended, the first time it did, as `dossiers_ended` counts them.
select e.last_four, e.day, e.due
from dossier_events e
where e.unit_id = :unit_id and e.stage in (2, 4) and e.day between :first and :last
  and not exists (
      select 1 from dossier_events x
      where x.code_hash = e.code_hash and x.stage in (2, 4)
        and (x.day < e.day or x.day = e.day and x.stage < e.stage)
  )
order by e.day, e.last_four;

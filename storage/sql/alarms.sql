-- Alarms: what the watch of each counter has seen, what it concludes, what was raised and closed.

-- name: alarm_days(since, until)
-- Stored rollups of the counters' days; what joined its unit's month has no counter.
select counter_id, instrument_id, day, tally from rollups
where counter_id > 0 and day >= :since and day < :until
order by counter_id, instrument_id, day;

-- name: days_seen(since)
select counter_id, instrument_id, day, n, satisfied, very from alarm_seen where day >= :since;

-- name: days_seen_of(counter_id, instrument_id)
select day, n, satisfied, very from alarm_seen
where counter_id = :counter_id and instrument_id = :instrument_id order by day;

-- name: save_seen(counter_id, instrument_id, day, n, satisfied, very)!
insert into alarm_seen (counter_id, instrument_id, day, n, satisfied, very)
values (:counter_id, :instrument_id, :day, :n, :satisfied, :very)
on conflict (counter_id, instrument_id, day)
do update set n = excluded.n, satisfied = excluded.satisfied, very = excluded.very;

-- name: drop_seen(before)!
delete from alarm_seen where day < :before;

-- name: last_seen()$
select max(day) from alarm_seen;

-- name: watch_of(counter_id, instrument_id)$
select watch from alarm_states where counter_id = :counter_id and instrument_id = :instrument_id;

-- name: save_watch(counter_id, instrument_id, evidence, watch)!
insert into alarm_states (counter_id, instrument_id, evidence, watch)
values (:counter_id, :instrument_id, :evidence, :watch)
on conflict (counter_id, instrument_id)
do update set evidence = excluded.evidence, watch = excluded.watch;

-- name: evidences()
-- Those without an open alarm; the rest has been said.
select s.counter_id, s.instrument_id, s.evidence from alarm_states s
where not exists (
    select 1 from alarms a
    where a.counter_id = s.counter_id and a.instrument_id = s.instrument_id
      and a.why = 1 and a.decision = 0
)
order by s.counter_id, s.instrument_id;

-- name: watched_counters(day)$
-- All that are watched or may come to be: a list that only shrinks when a counter is shut.
select count(*) from (
    select c.counter_id, s.instrument_id
    from counters c left join alarm_states s on s.counter_id = c.counter_id
    where c.valid_to is null or c.valid_to >= :day
) as watched;

-- name: raise_alarm(counter_id, instrument_id, why, raised, began, n, k, usual_share)!
insert into alarms (counter_id, instrument_id, why, raised, began, n, k, usual_share)
values (:counter_id, :instrument_id, :why, :raised, :began, :n, :k, :usual_share)
on conflict do nothing;

-- name: stuffed_days(counter_id, instrument_id)
select began from alarms
where counter_id = :counter_id and instrument_id = :instrument_id and why = 2;

-- name: alarm(alarm_id)^
select counter_id, instrument_id, why, began from alarms
where alarm_id = :alarm_id and decision = 0;

-- name: close_alarm(alarm_id, decision, closed)!
update alarms set decision = :decision, closed = :closed
where alarm_id = :alarm_id and decision = 0;

-- name: all_alarms()
select a.alarm_id, c.code, u.code as unit, a.why, a.raised, a.began, a.n, a.k, a.usual_share,
       a.decision
from alarms a
join counters c on c.counter_id = a.counter_id
join units u on u.unit_id = c.unit_id
order by a.alarm_id;

-- name: open_alarms()$
select count(*) from alarms where decision = 0;

-- name: open_alarms_by_unit()
select c.unit_id, count(*) as n from alarms a
join counters c on c.counter_id = a.counter_id
where a.decision = 0
group by c.unit_id;

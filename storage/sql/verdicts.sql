-- Verdicts: short-lived marks while a response closes, flags beside it, what persons decide.

-- name: count_mark(mark, until)$
-- How often the mark has been seen, this time included. Its end does not move.
insert into marks (mark, until, n) values (:mark, :until, 1)
on conflict (mark) do update set n = marks.n + 1
returning n;

-- name: purge_marks(hour)!
delete from marks where until <= :hour;

-- name: hour_of_counter(counter_id, hour, since, least)^
-- Responses of the hour and, where they are many, the mean of the earlier hours that had any.
select n, case when n <= :least then 0.0 else (
    select coalesce(sum(n) * 1.0 / count(*), 0.0) from arrivals
    where counter_id = :counter_id and hour >= :since and hour < :hour and n > 0
) end as usual
from arrivals where counter_id = :counter_id and hour = :hour;

-- name: days_of_counter(counter_id, instrument_id, first, last)
-- What is released of a counter's days.
select day, tally from rollups
where unit_id = (select unit_id from counters where counter_id = :counter_id)
and counter_id = :counter_id and day between :first and :last and instrument_id = :instrument_id;

-- name: closed_levels(counter_id, instrument_id, first, last)
-- What waits for release at a counter, from *first* to before *last*.
select levels from closed_responses
where response_id >= :first and response_id < :last
and counter_id = :counter_id and instrument_id = :instrument_id;

-- name: add_verdict(response_id, check_id, reason)!
insert into verdicts (response_id, check_id, reason) values (:response_id, :check_id, :reason);

-- name: add_duration(response_id, duration)!
insert into durations (response_id, duration) values (:response_id, :duration);

-- name: is_flagged(response_id)$
select 1 from verdicts where response_id = :response_id limit 1;

-- name: add_flagged(unit_id, atom, decision, n)!
insert into flagged (unit_id, atom, decision, n) values (:unit_id, :atom, :decision, :n)
on conflict (unit_id, atom, decision) do update set n = flagged.n + excluded.n;

-- name: take_flagged(unit_id, atom, decision)!
update flagged set n = n - 1
where unit_id = :unit_id and atom = :atom and decision = :decision;

-- name: flagged_of_unit(unit_id, first, last)
select unit_id, decision, sum(n) as n from flagged
where unit_id = :unit_id and atom between :first and :last
group by unit_id, decision;

-- name: flagged_by_unit(first, last)
select unit_id, decision, sum(n) as n from flagged
where atom between :first and :last
group by unit_id, decision;

-- name: all_flagged(part, parts)
select unit_id, atom, decision, n from flagged
where n > 0 and unit_id - unit_id / :parts * :parts = :part;

-- name: all_flagged_responses(part, parts)
select r.response_id, r.unit_id, coalesce(d.decision, 0) as decision
from (select distinct response_id from verdicts) as v
join responses r on r.response_id = v.response_id
left join verdict_decisions d on d.response_id = v.response_id and d.number = (
    select max(number) from verdict_decisions where response_id = v.response_id
)
where r.unit_id - r.unit_id / :parts * :parts = :part;

-- name: released_unit(response_id)$
select unit_id from responses where response_id = :response_id;

-- name: last_decision(response_id)^
select number, decision from verdict_decisions
where response_id = :response_id order by number desc limit 1;

-- name: add_decision(response_id, number, decision, day)!
insert into verdict_decisions (response_id, number, decision, day)
values (:response_id, :number, :decision, :day);

-- name: flags_of_unit(unit_id)
-- One row for each flag of a released response, in the order of the (shuffled) response ids.
select v.response_id, c.code, r.levels, v.check_id, v.reason, coalesce(d.decision, 0) as decision
from verdicts v
join responses r on r.response_id = v.response_id
left join counters c on c.counter_id = r.counter_id
left join verdict_decisions d on d.response_id = v.response_id and d.number = (
    select max(number) from verdict_decisions where response_id = v.response_id
)
where r.unit_id = :unit_id
order by v.response_id, v.check_id;

-- name: flagged_half_days(check_id, half_day)
select distinct c.code, v.response_id / :half_day as half_day
from verdicts v
join responses r on r.response_id = v.response_id
join counters c on c.counter_id = r.counter_id
where v.check_id = :check_id;

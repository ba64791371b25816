-- Integrity: what is counted of counters' half-months, counters that were named, acts about them.

-- name: flags_of_counters(first, last)
-- Flags of released responses, from number *first* to before *last*.
select r.counter_id, v.check_id, count(*) as n
from verdicts v
join responses r on r.response_id = v.response_id
where v.response_id >= :first and v.response_id < :last and r.counter_id > 0
group by r.counter_id, v.check_id;

-- name: flagged_of_counters(first, last)
select r.counter_id, count(*) as n
from (select distinct response_id from verdicts
      where response_id >= :first and response_id < :last) as v
join responses r on r.response_id = v.response_id
where r.counter_id > 0
group by r.counter_id;

-- name: ways_of_counters(first, last)
select counter_id, stratum, channel, count(*) as n from responses
where response_id >= :first and response_id < :last and counter_id > 0
group by counter_id, stratum, channel;

-- name: busiest_hours(first, last)
-- Most responses that a counter got in an hour, with who serve there.
select a.counter_id, c.officials, max(a.n) as n
from arrivals a
join counters c on c.counter_id = a.counter_id
where a.hour >= :first and a.hour < :last
group by a.counter_id, c.officials;

-- name: instrument_of_counter(counter_id)$
select instrument from counters where counter_id = :counter_id;

-- name: after_reminders(atom)
select counter_id, n, very from after_reminders where atom = :atom;

-- name: count_after_reminder(counter_id, atom, very)!
insert into after_reminders (counter_id, atom, n, very) values (:counter_id, :atom, 1, :very)
on conflict (counter_id, atom)
do update set n = after_reminders.n + 1, very = after_reminders.very + excluded.very;

-- name: purge_after_reminders(before)!
delete from after_reminders where atom < :before;

-- name: was_reminded(conversation)$
select reminded from conversations where conversation = :conversation;

-- name: save_finding(counter_id, atom, raised, signs, flagged)!
-- Who has begun to answer it, or to decide, does so about what was told.
insert into findings (counter_id, atom, raised, signs, flagged, state)
values (:counter_id, :atom, :raised, :signs, :flagged, 'named')
on conflict (counter_id, atom)
do update set signs = excluded.signs, flagged = excluded.flagged
where findings.state = 'named';

-- name: all_findings()
select f.finding_id, c.code, u.code as unit, f.atom, f.raised, f.signs, f.flagged, f.state
from findings f
join counters c on c.counter_id = f.counter_id
join units u on u.unit_id = c.unit_id
order by f.finding_id desc;

-- name: finding(finding_id)^
select f.finding_id, c.code, u.code as unit, f.atom, f.raised, f.signs, f.flagged, f.state
from findings f
join counters c on c.counter_id = f.counter_id
join units u on u.unit_id = c.unit_id
where f.finding_id = :finding_id;

-- name: upheld_of_unit(unit_id, first)
select c.code, f.atom from findings f
join counters c on c.counter_id = f.counter_id
where f.state = 'upheld' and c.unit_id = :unit_id and f.atom >= :first
order by f.atom desc, c.code;

-- name: move_finding(finding_id, state)!
update findings set state = :state where finding_id = :finding_id;

-- name: add_finding_act(finding_id, at, actor, act, words)!
insert into finding_acts (finding_id, number, at, actor, act, words)
values (
    :finding_id,
    (select count(*) + 1 from finding_acts where finding_id = :finding_id),
    :at, :actor, :act, :words
);

-- name: finding_acts(finding_id)
select at, actor, act, words from finding_acts where finding_id = :finding_id order by number;

-- name: open_findings_by_unit()
select c.unit_id, count(*) as n from findings f
join counters c on c.counter_id = f.counter_id
where f.state in ('named', 'appealed')
group by c.unit_id;

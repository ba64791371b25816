-- From closed to released: at least five of one counter, shuffled, in one transaction with their rollups.

-- name: counters_with_closed(least)
select counter_id, count(*) as n from closed_responses
group by counter_id having count(*) >= :least
order by counter_id;

-- name: units_with_leftovers(before_response, least)
-- Closed responses of half-months that have ended, of counters with too few to go alone.
select unit_id, count(*) as n from closed_responses
where response_id < :before_response
group by unit_id having count(*) >= :least
order by unit_id;

-- name: closed_of_counter(counter_id)
select response_id, counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel,
       kind, field_id, consent, code_hash
from closed_responses where counter_id = :counter_id;

-- name: leftovers_of_unit(unit_id, before_response)
select response_id, 0 as counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel,
       kind, field_id, consent, code_hash
from closed_responses where unit_id = :unit_id and response_id < :before_response;

-- name: closed_before(before_response)
select response_id from closed_responses where response_id < :before_response;

-- name: carry_closed(response_id, new_id)!
update closed_responses set response_id = :new_id where response_id = :response_id;

-- name: carry_verdicts(response_id, new_id)!
update verdicts set response_id = :new_id where response_id = :response_id;

-- name: carry_duration(response_id, new_id)!
update durations set response_id = :new_id where response_id = :response_id;

-- name: drop_closed(response_id)!
delete from closed_responses where response_id = :response_id;

-- name: release_response(response_id, counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel, kind, field_id, consent, code_hash, resolving_unit_id)!
insert into responses (
    response_id, counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel, kind,
    field_id, consent, code_hash, resolving_unit_id
) values (
    :response_id, :counter_id, :unit_id, :instrument_id, :levels, :tags, :stage, :stratum,
    :channel, :kind, :field_id, :consent, :code_hash, :resolving_unit_id
);

-- name: rollups_beside(unit_id, counter_id, day)
select instrument_id, stage, tally from rollups
where unit_id = :unit_id and counter_id = :counter_id and day = :day;

-- name: save_rollup(unit_id, counter_id, day, instrument_id, stage, tally)!
insert into rollups (unit_id, counter_id, day, instrument_id, stage, tally)
values (:unit_id, :counter_id, :day, :instrument_id, :stage, :tally)
on conflict (unit_id, counter_id, day, instrument_id, stage) do update set tally = excluded.tally;

-- name: margins_beside(unit_id, atom, instrument_id)
select dimension, value, tally from rollup_margins
where unit_id = :unit_id and atom = :atom and instrument_id = :instrument_id;

-- name: save_margin(unit_id, atom, instrument_id, dimension, value, tally)!
insert into rollup_margins (unit_id, atom, instrument_id, dimension, value, tally)
values (:unit_id, :atom, :instrument_id, :dimension, :value, :tally)
on conflict (unit_id, atom, instrument_id, dimension, value) do update set tally = excluded.tally;

-- name: cells_beside(unit_id, month, instrument_id)
select field_id, channel, stratum, tally from rollup_cube
where unit_id = :unit_id and month = :month and instrument_id = :instrument_id;

-- name: save_cell(unit_id, month, instrument_id, field_id, channel, stratum, tally)!
insert into rollup_cube (unit_id, month, instrument_id, field_id, channel, stratum, tally)
values (:unit_id, :month, :instrument_id, :field_id, :channel, :stratum, :tally)
on conflict (unit_id, month, instrument_id, field_id, channel, stratum)
do update set tally = excluded.tally;

-- name: add_release(half_day)!
insert into releases (half_day) values (:half_day);

-- name: all_responses(part, parts)
-- The columns of storage.release.Counted; like all that a recount reads, of the units of one part.
select response_id, unit_id, counter_id, instrument_id, levels, stage, kind, field_id, channel,
       stratum, coalesce(resolving_unit_id, 0) as resolving
from responses
where unit_id - unit_id / :parts * :parts = :part
  and not exists (
      select 1 from withdrawals w
      where w.response_id = responses.response_id and w.counted = 0
  );

-- name: all_rollups(part, parts)
select unit_id, counter_id, day, instrument_id, stage, tally from rollups
where unit_id - unit_id / :parts * :parts = :part;

-- name: all_margins(part, parts)
select unit_id, atom, instrument_id, dimension, value, tally from rollup_margins
where unit_id - unit_id / :parts * :parts = :part;

-- name: all_cells(part, parts)
select unit_id, month, instrument_id, field_id, channel, stratum, tally from rollup_cube
where unit_id - unit_id / :parts * :parts = :part;

-- name: received_and_waiting(part, parts)
-- Per unit: the number received, and how many of them are not yet released. By unit, because a
-- left-over response is released without its counter.
select unit_id, sum(received) as received, sum(waiting) as waiting
from (
    select c.unit_id, a.n as received, 0 as waiting
    from arrivals a join counters c on c.counter_id = a.counter_id
    union all
    select c.unit_id, 0, 1
    from conversations v join counters c on c.counter_id = v.counter_id
    union all
    select unit_id, 0, 1 from closed_responses
) as numbers
where unit_id - unit_id / :parts * :parts = :part
group by unit_id;

-- name: received_amiss(part, parts)
-- Days of units on which what is shown as received is not the sum of the hours of its counters.
select unit_id, day, sum(stored) as stored, sum(counted) as counted
from (
    select unit_id, day, n as stored, 0 as counted from received
    union all
    select c.unit_id, a.hour / 24, 0, a.n
    from arrivals a join counters c on c.counter_id = a.counter_id
) as numbers
where unit_id - unit_id / :parts * :parts = :part
group by unit_id, day
having sum(stored) <> sum(counted);

-- name: all_instruments()
select instrument_id, ref from instruments order by instrument_id;

-- What pages and the API read: tallies of released responses, and the number received.

-- name: last_release()^
select release_id, half_day from releases order by release_id desc limit 1;

-- name: unit_margins(unit_id, first, last)
select unit_id, atom, instrument_id, tally from rollup_margins
where unit_id = :unit_id and atom between :first and :last and dimension = 0;

-- name: all_unit_margins(first, last)
select unit_id, atom, instrument_id, tally from rollup_margins
where atom between :first and :last and dimension = 0;

-- name: unit_days(unit_id, first, last)
select unit_id, day, instrument_id, tally from rollups
where unit_id = :unit_id and day between :first and :last;

-- name: all_unit_days(first, last)
select unit_id, day, instrument_id, tally from rollups
where day between :first and :last;

-- name: unit_rollups(unit_id, first, last)
select counter_id, day, instrument_id, stage, tally from rollups
where unit_id = :unit_id and day between :first and :last;

-- name: received_of_unit(unit_id, first, last)$
select coalesce(sum(n), 0) from received
where unit_id = :unit_id and day between :first and :last;

-- name: received_of_counter(counter_id, first, last)$
select coalesce(sum(n), 0) from arrivals
where counter_id = :counter_id and hour between :first and :last;

-- name: received_by_unit(first, last)
select unit_id, sum(n) as n from received
where day between :first and :last
group by unit_id;

-- name: margins_ever(dimension)
select unit_id, atom, instrument_id, value, tally from rollup_margins
where dimension = :dimension;

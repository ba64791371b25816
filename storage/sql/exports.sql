-- What is exported row by row.

-- name: released_between(first, before)
-- In the order of what was answered: the order of a release, or of days, would tell who was when.
select unit_id, instrument_id, response_id, levels from responses
where response_id >= :first and response_id < :before
  and not exists (
      select 1 from withdrawals w
      where w.response_id = responses.response_id and w.counted = 0
  )
order by unit_id, instrument_id, levels;

-- Respondents' rights by response code.

-- name: count_request(day, request, channel, outcome, due)!
insert into rights_requests (day, request, channel, outcome, due, n)
values (:day, :request, :channel, :outcome, :due, 1)
on conflict (day, request, channel, outcome) do update set n = rights_requests.n + 1;

-- name: requests()
select day, request, channel, outcome, due, n from rights_requests
order by day, request, channel, outcome;

-- name: waiting_by_code(code_hash)^
select response_id, counter_id, unit_id, instrument_id, levels, tags, stage, stratum, channel, kind,
       field_id, consent, code_hash
from closed_responses where code_hash = :code_hash;

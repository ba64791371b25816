-- Dossier events, counted by half-month as they come, and the API keys of the systems that tell them.

-- name: add_dossier_event(code_hash, stage, day, last_four, unit_id, resolving_unit_id, field_id, counter_id, due)!
insert into dossier_events
    (code_hash, stage, day, last_four, unit_id, resolving_unit_id, field_id, counter_id, due)
values
    (:code_hash, :stage, :day, :last_four, :unit_id, :resolving_unit_id, :field_id, :counter_id, :due)
on conflict (code_hash, stage, day) do nothing;

-- name: add_dossier_count(unit_id, atom, counter_id, field_id, n)!
insert into dossier_counts (unit_id, atom, counter_id, field_id, n)
values (:unit_id, :atom, :counter_id, :field_id, :n)
on conflict (unit_id, atom, counter_id, field_id) do update set n = dossier_counts.n + excluded.n;

-- name: add_resolver(unit_id, field_id, resolving_unit_id, last_day)!
insert into resolvers (unit_id, field_id, resolving_unit_id, last_day)
values (:unit_id, :field_id, :resolving_unit_id, :last_day)
on conflict (unit_id, field_id, resolving_unit_id) do update set last_day = excluded.last_day
where excluded.last_day > resolvers.last_day;

-- name: resolvers_since(last_day)
select unit_id, field_id, min(resolving_unit_id) as resolving_unit_id from resolvers
where last_day >= :last_day
group by unit_id, field_id having count(*) = 1;

-- name: dossiers_of_unit(unit_id, first, last)
select unit_id, atom, counter_id, sum(n) as n from dossier_counts
where unit_id = :unit_id and atom between :first and :last
group by unit_id, atom, counter_id;

-- name: dossiers_by_unit(first, last)
select unit_id, atom, counter_id, sum(n) as n from dossier_counts
where atom between :first and :last
group by unit_id, atom, counter_id;

-- name: dossiers_by_field(first, last)
-- The cells that figures can be weighted to.
select unit_id, field_id, sum(n) as n from dossier_counts
where atom between :first and :last
group by unit_id, field_id;

-- name: all_dossier_counts(part, parts)
select unit_id, atom, counter_id, field_id, n from dossier_counts
where n > 0 and unit_id - unit_id / :parts * :parts = :part;

-- name: all_dossier_days(part, parts)
select unit_id, day, counter_id, field_id, count(*) as n from dossier_events
where unit_id - unit_id / :parts * :parts = :part
group by unit_id, day, counter_id, field_id;

-- name: days_heard(first, last)
select unit_id, day, n from received where day between :first and :last and n > 0;

-- name: counters_heard(first, last)
-- Counters that received anything between two hours.
select c.counter_id from counters c
where exists (
    select 1 from arrivals a
    where a.counter_id = c.counter_id and a.hour between :first and :last and a.n > 0
);

-- name: add_api_key(name, scope, token_hash, created_on)$
insert into api_keys (name, scope, token_hash, created_on)
values (:name, :scope, :token_hash, :created_on)
returning key_id;

-- name: api_key(key_id)^
select key_id, name, scope, token_hash, created_on, revoked_on from api_keys
where key_id = :key_id;

-- name: all_api_keys()
select key_id, name, scope, token_hash, created_on, revoked_on from api_keys order by key_id;

-- name: revoke_api_key(key_id, day)!
update api_keys set revoked_on = :day where key_id = :key_id and revoked_on is null;

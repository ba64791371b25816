-- Weekly packs, made once, and the outlets that read them early.

-- name: add_pack(week, made_at, until, told)!
insert into packs (week, made_at, until, told) values (:week, :made_at, :until, :told)
on conflict (week) do nothing;

-- name: packs(week)
-- The columns of storage.packs.Pack, newest first; an empty week means any.
select week, made_at, until, told from packs
where week = :week or :week = '' order by week desc;

-- name: add_outlet(name, secret_hash, created_on)$
insert into outlets (name, secret_hash, created_on)
values (:name, :secret_hash, :created_on)
returning outlet_id;

-- name: outlets()
-- The columns of storage.packs.Outlet, oldest first.
select outlet_id, name, created_on, ended_on from outlets order by outlet_id;

-- name: outlet_of(secret_hash)$
select name from outlets where secret_hash = :secret_hash and ended_on is null;

-- name: end_outlet(outlet_id, ended_on)!
update outlets set ended_on = :ended_on where outlet_id = :outlet_id and ended_on is null;

-- name: outlet(outlet_id)^
-- The columns of storage.packs.Outlet, of an outlet that has not ended.
select outlet_id, name, created_on, ended_on from outlets
where outlet_id = :outlet_id and ended_on is null;

-- name: renew_outlet(outlet_id, secret_hash)!
update outlets set secret_hash = :secret_hash where outlet_id = :outlet_id and ended_on is null;

-- What only one process may do at a time.

-- name: claim_lease(name, holder, now, seconds)!
insert into leases (name, holder, until)
values (:name, :holder, cast(:now as bigint) + cast(:seconds as bigint))
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where leases.holder = excluded.holder or leases.until <= cast(:now as bigint);

-- name: give_back_lease(name, holder)!
delete from leases where name = :name and holder = :holder;

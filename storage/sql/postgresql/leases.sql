-- The clock of the database, because those of the processes may differ.

-- name: claim_lease(name, holder, seconds)!
insert into leases (name, holder, until)
values (
    :name, :holder,
    cast(extract(epoch from clock_timestamp()) as bigint) + cast(:seconds as bigint)
)
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where leases.holder = excluded.holder
   or leases.until <= cast(extract(epoch from clock_timestamp()) as bigint);

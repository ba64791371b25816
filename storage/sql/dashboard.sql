-- What people keep of the dashboard: saved views, and where and when digests were mailed.

-- name: views_of(person_id)
select view_id, name, address from saved_views where person_id = :person_id order by name;

-- name: count_views(person_id)$
select count(*) from saved_views where person_id = :person_id;

-- name: save_view(person_id, name, address)!
insert into saved_views (person_id, name, address) values (:person_id, :name, :address)
on conflict (person_id, name) do update set address = excluded.address;

-- name: drop_view(person_id, view_id)!
delete from saved_views where person_id = :person_id and view_id = :view_id;

-- name: set_digest_address(person_id, address)!
insert into digest_addresses (person_id, address) values (:person_id, :address)
on conflict (person_id) do update set address = excluded.address;

-- name: drop_digest_address(person_id)!
delete from digest_addresses where person_id = :person_id;

-- name: digest_address(person_id)$
select address from digest_addresses where person_id = :person_id;

-- name: digest_readers()
select a.name from digest_addresses d
join accounts a on a.person_id = d.person_id
where a.disabled = 0
order by a.name;

-- name: claim_digest(week, unit_code, person_id)!
insert into digests_sent (week, unit_code, person_id) values (:week, :unit_code, :person_id)
on conflict do nothing;

-- name: release_digest(week, unit_code, person_id)!
delete from digests_sent
where week = :week and unit_code = :unit_code and person_id = :person_id;

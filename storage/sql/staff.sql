-- People with an account: who they are, what they may do where, and whether they are signed in.

-- name: add_person(name, full_name, created)!
insert into accounts (name, full_name, created) values (:name, :full_name, :created)
on conflict (name) do nothing;

-- name: person_by_name(name)^
select person_id, name, full_name, password, must_change, totp, totp_step, subject, outlet_id,
       disabled
from accounts where name = :name;

-- name: person_by_subject(subject)^
select person_id, name, full_name, password, must_change, totp, totp_step, subject, outlet_id,
       disabled
from accounts where subject = :subject;

-- name: person_by_login(token_hash, began_after, seen_after)^
select a.person_id, a.name, a.full_name, a.password, a.must_change, a.totp, a.totp_step, a.subject,
       a.outlet_id, a.disabled, l.seen
from logins l
join accounts a on a.person_id = l.person_id
where l.token_hash = :token_hash and l.began > :began_after and l.seen > :seen_after
  and a.disabled = 0;

-- name: all_people()
select person_id, name, full_name, password, must_change, totp, totp_step, subject, outlet_id,
       disabled
from accounts order by name;

-- name: person_by_id(person_id)^
select person_id, name, full_name, password, must_change, totp, totp_step, subject, outlet_id,
       disabled
from accounts where person_id = :person_id;

-- name: roles_of_person(person_id)
select role, unit_code from account_roles where person_id = :person_id order by role, unit_code;

-- name: all_roles()
select person_id, role, unit_code from account_roles order by person_id, role, unit_code;

-- name: add_role(person_id, role, unit_code)!
insert into account_roles (person_id, role, unit_code) values (:person_id, :role, :unit_code)
on conflict do nothing;

-- name: drop_roles(person_id)!
delete from account_roles where person_id = :person_id;

-- name: set_password(person_id, password, must_change)!
update accounts set password = :password, must_change = :must_change
where person_id = :person_id;

-- name: set_totp(person_id, totp)!
update accounts set totp = :totp, totp_step = 0 where person_id = :person_id;

-- name: link_person(person_id, subject)!
-- A one-time password that nobody has used would stay good for ever beside the provider.
update accounts
set subject = :subject, must_change = 0,
    password = case when must_change = 1 then null else password end
where person_id = :person_id;

-- name: set_disabled(person_id, disabled)!
update accounts set disabled = :disabled where person_id = :person_id;

-- name: locked_until(mark)$
select locked_until from sign_in_failures where mark = :mark;

-- name: count_failure(mark, now, since)!
insert into sign_in_failures (mark, failures, locked_until, last) values (:mark, 1, 0, :now)
on conflict (mark) do update
set failures = case when sign_in_failures.last < :since then 1 else sign_in_failures.failures + 1 end,
    last = :now;

-- name: lock_name(mark, most, locked_until)!
update sign_in_failures set failures = 0, locked_until = :locked_until
where mark = :mark and failures >= :most;

-- name: failures(mark, earlier)$
select coalesce(sum(failures), 0) from sign_in_failures where mark in (:mark, :earlier);

-- name: forget_failures(mark)!
delete from sign_in_failures where mark = :mark;

-- name: purge_failures(last_before)!
delete from sign_in_failures where last < :last_before;

-- name: use_totp_step(person_id, totp_step)!
update accounts set totp_step = :totp_step
where person_id = :person_id and totp_step < :totp_step;

-- name: begin_login(token_hash, person_id, now, provider_session, id_token)!
insert into logins (token_hash, person_id, began, seen, provider_session, id_token)
values (:token_hash, :person_id, :now, :now, :provider_session, :id_token);

-- name: logins_of(person_id, began_after, seen_after)
select token_hash, began, seen, id_token is not null from logins
where person_id = :person_id and began > :began_after and seen > :seen_after order by seen desc;

-- name: id_token_of(token_hash)$
select id_token from logins where token_hash = :token_hash;

-- name: end_other_logins(person_id, token_hash)!
delete from logins where person_id = :person_id and token_hash <> :token_hash;

-- name: end_provider_session(provider_session)!
delete from logins where provider_session = :provider_session;

-- name: touch_login(token_hash, now)!
update logins set seen = :now where token_hash = :token_hash;

-- name: end_login(token_hash)!
delete from logins where token_hash = :token_hash;

-- name: end_logins(person_id)!
delete from logins where person_id = :person_id;

-- name: end_logins_of_subject(subject)!
delete from logins
where id_token is not null
  and person_id in (select person_id from accounts where subject = :subject);

-- name: purge_logins(began_before, seen_before)!
delete from logins where began <= :began_before or seen <= :seen_before;

-- name: bind_person(name, outlet_id)!
update accounts set outlet_id = :outlet_id where name = :name;

-- name: close_editors(outlet_id)!
update accounts set disabled = 1 where outlet_id = :outlet_id;

-- name: end_logins_of_editors(outlet_id)!
delete from logins
where person_id in (select person_id from accounts where outlet_id = :outlet_id);

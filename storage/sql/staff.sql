-- People with an account: who they are, what they may do where, and whether they are signed in.

-- name: add_person(name, full_name, created)!
insert into accounts (name, full_name, created) values (:name, :full_name, :created)
on conflict (name) do nothing;

-- name: person_by_name(name)^
select person_id, name, full_name, password, must_change, totp, totp_step, subject, failures,
       locked_until, disabled
from accounts where name = :name;

-- name: person_by_subject(subject)^
select person_id, name, full_name, password, must_change, totp, totp_step, subject, failures,
       locked_until, disabled
from accounts where subject = :subject;

-- name: person_by_login(token_hash, began_after, seen_after)^
select a.person_id, a.name, a.full_name, a.password, a.must_change, a.totp, a.totp_step, a.subject,
       a.failures, a.locked_until, a.disabled, l.seen
from logins l
join accounts a on a.person_id = l.person_id
where l.token_hash = :token_hash and l.began > :began_after and l.seen > :seen_after
  and a.disabled = 0;

-- name: all_people()
select person_id, name, full_name, password, must_change, totp, totp_step, subject, failures,
       locked_until, disabled
from accounts order by name;

-- name: roles_of_person(person_id)
select role, unit_code from account_roles where person_id = :person_id order by role, unit_code;

-- name: add_role(person_id, role, unit_code)!
insert into account_roles (person_id, role, unit_code) values (:person_id, :role, :unit_code)
on conflict do nothing;

-- name: drop_roles(person_id)!
delete from account_roles where person_id = :person_id;

-- name: set_password(person_id, password, must_change)!
update accounts set password = :password, must_change = :must_change, failures = 0, locked_until = 0
where person_id = :person_id;

-- name: set_totp(person_id, totp)!
update accounts set totp = :totp, totp_step = 0 where person_id = :person_id;

-- name: set_subject(person_id, subject)!
update accounts set subject = :subject where person_id = :person_id;

-- name: set_disabled(person_id, disabled)!
update accounts set disabled = :disabled where person_id = :person_id;

-- name: count_failure(person_id)!
update accounts set failures = failures + 1 where person_id = :person_id;

-- name: lock_person(person_id, most, locked_until)!
update accounts set failures = 0, locked_until = :locked_until
where person_id = :person_id and failures >= :most;

-- name: welcome_person(person_id, totp_step)!
update accounts set failures = 0, totp_step = :totp_step where person_id = :person_id;

-- name: begin_login(token_hash, person_id, now)!
insert into logins (token_hash, person_id, began, seen) values (:token_hash, :person_id, :now, :now);

-- name: touch_login(token_hash, now)!
update logins set seen = :now where token_hash = :token_hash;

-- name: end_login(token_hash)!
delete from logins where token_hash = :token_hash;

-- name: end_logins(person_id)!
delete from logins where person_id = :person_id;

-- name: purge_logins(began_before, seen_before)!
delete from logins where began <= :began_before or seen <= :seen_before;

-- People who work with the figures. Respondents never have an account.

create table accounts (
    person_id integer not null primary key,
    name text not null unique,
    full_name text not null,
    password text,
    must_change integer not null default 1,
    totp bytea,
    totp_step integer not null default 0,
    subject text unique,
    failures integer not null default 0,
    locked_until integer not null default 0,
    disabled integer not null default 0,
    created text not null
);

-- A role holds for a unit and everything below it.
create table account_roles (
    person_id integer not null references accounts (person_id),
    role text not null,
    unit_code text not null,
    primary key (person_id, role, unit_code)
);

-- Who is signed in; the token itself is only in the browser.
create table logins (
    token_hash bytea not null primary key,
    person_id integer not null references accounts (person_id),
    began integer not null,
    seen integer not null
);

create index logins_of_person on logins (person_id);

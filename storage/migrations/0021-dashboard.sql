-- What people keep of the dashboard: views they come back to, and weekly digests by mail.

create table saved_views (
    view_id integer not null primary key,
    person_id integer not null references accounts (person_id),
    name text not null,
    address text not null,
    unique (person_id, name)
);

-- Where somebody wants digests; sealed, as every address is.
create table digest_addresses (
    person_id integer not null primary key references accounts (person_id),
    address bytea not null
);

-- A row is there before its mail goes out, so that no restart sends it twice.
create table digests_sent (
    week text not null,
    unit_code text not null,
    person_id integer not null references accounts (person_id),
    primary key (week, unit_code, person_id)
);

-- Devices of an office that may do more than a passer-by: key paper forms, later stand as a kiosk.

-- Neither secret is kept, only its hash: the code that enrols, once and for an hour, and the cookie's.
create table devices (
    device_id integer not null primary key,
    purpose text not null check (purpose in ('kiosk', 'paper')),
    unit_code text not null,
    name text not null,
    enrolled_on text not null,
    ended_on text,
    code_hash bytea unique,
    code_until integer,
    token_hash bytea unique
);

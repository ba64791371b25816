-- Weekly packs for newsrooms, and the outlets that may read one before everybody.

-- told is the pack as it was made, once; until is the moment from which it is everybody's.
create table packs (
    week text not null primary key,
    made_at text not null,
    until text not null,
    told text not null
);

create table outlets (
    outlet_id integer not null primary key,
    name text not null,
    secret_hash bytea not null unique,
    created_on text not null,
    ended_on text
);

-- What the province's systems tell about dossiers, and the keys with which they may.

-- Of the dossier code only a keyed hash and the last four characters; nothing about a person.
create table dossier_events (
    code_hash bytea not null,
    stage smallint not null check (stage between 1 and 4),
    day integer not null,
    last_four text not null,
    unit_id integer not null references units (unit_id),
    resolving_unit_id integer references units (unit_id),
    field_id integer not null,
    counter_id integer not null,
    primary key (code_hash, stage, day)
) without rowid;

-- Dossier events by half-month, as rollup_margins counts responses; 0 is "not known".
create table dossier_counts (
    unit_id integer not null,
    atom integer not null,
    counter_id integer not null,
    field_id integer not null,
    n integer not null check (n >= 0),
    primary key (unit_id, atom, counter_id, field_id)
) without rowid;

-- Who may call from another system. The token is shown once; only its hash is kept.
create table api_keys (
    key_id integer not null primary key,
    name text not null,
    scope text not null,
    token_hash bytea not null,
    created_on text not null,
    revoked_on text
);

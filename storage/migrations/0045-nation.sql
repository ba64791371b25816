-- A centre that shows several provinces: what it has pulled of each, and what it refused.

-- heard_at: when it was last seen that this is still what the province tells.
-- trouble: why the last try brought nothing, a word; empty where it did.
create table provinces (
    province_id integer not null primary key,
    code text not null unique,
    address text not null,
    public_key bytea not null,
    added_on text not null,
    name text not null default '',
    name_en text not null default '',
    etag text not null default '',
    heard_at text,
    trouble text not null default ''
);

-- Every root that was believed; the log of a province must grow from each to the next.
create table province_roots (
    province_id integer not null references provinces (province_id),
    number integer not null,
    day text not null,
    size integer not null,
    root bytea not null,
    previous bytea not null,
    signature bytea not null,
    aggregate bytea not null,
    taken_at text not null,
    primary key (province_id, number)
);

create table province_refusals (
    province_id integer not null references provinces (province_id),
    reason text not null,
    digest bytea not null,
    first_at text not null,
    last_at text not null,
    times integer not null,
    primary key (province_id, reason, digest)
);

create table province_units (
    province_id integer not null references provinces (province_id),
    code text not null,
    kind text not null,
    name text not null,
    name_en text not null,
    primary key (province_id, code)
);

-- The newest aggregate of each province, a row for each figure.
create table province_figures (
    province_id integer not null references provinces (province_id),
    period text not null,
    formula text not null,
    instrument text not null,
    unit text not null,
    figure_id text not null,
    n1 integer not null check (n1 >= 0),
    n2 integer not null check (n2 >= 0),
    n3 integer not null check (n3 >= 0),
    n4 integer not null check (n4 >= 0),
    n5 integer not null check (n5 >= 0),
    design_effect real,
    freedom real,
    first_day text not null,
    last_day text not null,
    primary key (province_id, period, formula, instrument, unit)
);

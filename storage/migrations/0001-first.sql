-- The whole schema of the first release, in the subset that SQLite and PostgreSQL share
-- (PostgreSQL leaves out "without rowid"). Small integers inside, text codes outside; the numbering
-- of stages, strata, channels and kinds is that of sipas.packing and never changes.

create table installation (
    key text not null primary key,
    value text not null
);

-- One row per name and border a unit has had; a rename or merger closes a row and opens another.
create table units (
    unit_id integer not null primary key,
    code text not null,
    kind text not null,
    name text not null,
    name_en text not null default '',
    sort_key text not null,
    search_key text not null,
    parent_code text,
    valid_from text not null,
    valid_to text,
    published_from text,
    unique (code, valid_from),
    check (valid_to is null or valid_to >= valid_from)
);

create table unit_lineage (
    old_code text not null,
    new_code text not null,
    changed_on date not null,
    primary key (old_code, new_code, changed_on)
);

create table counters (
    counter_id integer not null primary key,
    code text not null unique check (length(code) = 6),
    unit_id integer not null references units (unit_id),
    name text not null,
    instrument text not null,
    officials integer not null default 2 check (officials >= 0),
    public integer not null check (public in (0, 1)),
    valid_from text not null,
    valid_to text
);

create table counter_fields (
    counter_id integer not null references counters (counter_id),
    field_id integer not null references fields (field_id),
    primary key (counter_id, field_id)
);

create table fields (
    field_id integer not null primary key check (field_id > 0),
    code text not null unique,
    name text not null,
    name_en text not null
);

create table instruments (
    instrument_id integer not null primary key,
    ref text not null unique
);

create table channel_accounts (
    account_id integer not null primary key,
    channel text not null,
    name text not null,
    sealed bytea,
    unique (channel, name)
);

-- What was seen; no payload is kept. Rows go after 48 hours.
create table inbox (
    account_id integer not null,
    update_key text not null,
    hour integer not null,
    primary key (account_id, update_key)
) without rowid;

-- What could not be used, sealed, for seven days.
create table dead_letters (
    letter_id integer not null primary key,
    account_id integer not null,
    day integer not null,
    reason text not null,
    sealed bytea not null
);

create table pollers (
    account_id integer not null primary key,
    next_update integer not null
);

-- The open response lives only here, sealed. The key is a keyed hash of the channel's address;
-- counter_id is 0 until the first level came, session is null once the response has ended.
create table conversations (
    conversation bytea not null primary key,
    account_id integer not null,
    counter_id integer not null,
    minute integer not null,
    session bytea,
    screen bytea
) without rowid;

-- Where to send, sealed, apart, without times; message is the living message to edit in place.
create table addresses (
    conversation bytea not null primary key,
    account_id integer not null,
    sealed bytea not null,
    message text
) without rowid;

create table outbox (
    outbox_id integer not null primary key,
    account_id integer not null,
    conversation bytea not null,
    due integer not null,
    tries integer not null default 0,
    sealed bytea not null
);

create index outbox_order on outbox (conversation, outbox_id);

-- Waiting for release: no link to a person is copied here.
create table closed_responses (
    response_id integer not null primary key,
    counter_id integer not null,
    unit_id integer not null,
    instrument_id integer not null,
    levels text not null,
    tags text not null,
    stage smallint not null check (stage between 0 and 4),
    stratum smallint not null check (stratum between 1 and 4),
    channel smallint not null check (channel between 1 and 4),
    kind smallint not null check (kind between 0 and 4),
    field_id integer not null,
    consent smallint not null,
    code_hash integer
) without rowid;

create table responses (
    response_id integer not null primary key,
    counter_id integer not null,
    unit_id integer not null,
    resolving_unit_id integer,
    instrument_id integer not null,
    levels text not null,
    tags text not null,
    stage smallint not null check (stage between 0 and 4),
    stratum smallint not null check (stratum between 1 and 4),
    channel smallint not null check (channel between 1 and 4),
    kind smallint not null check (kind between 0 and 4),
    field_id integer not null,
    consent smallint not null,
    code_hash integer,
    contest_tag bytea
) without rowid;

create unique index response_code on responses (code_hash) where code_hash is not null;
create unique index response_contest on responses (contest_tag) where contest_tag is not null;

create table comments (
    response_id integer not null primary key,
    quote integer not null check (quote in (0, 1)),
    language text,
    method text,
    redaction text not null default 'new',
    sealed bytea not null
);

-- The only live number: how many responses came in, by the hour of their first level.
create table arrivals (
    counter_id integer not null,
    hour integer not null,
    n integer not null check (n >= 0),
    primary key (counter_id, hour)
) without rowid;

-- A tally is the vector of counts of sipas.tally. counter_id 0 holds what joined the unit's month.
create table rollups (
    unit_id integer not null,
    counter_id integer not null,
    day integer not null,
    instrument_id integer not null,
    stage smallint not null,
    tally bytea not null,
    primary key (unit_id, counter_id, day, instrument_id, stage)
) without rowid;

-- dimension 0 total, 1 field, 2 channel, 3 stratum, 4 kind, 5 stage; atom is the half-month.
create table rollup_margins (
    unit_id integer not null,
    atom integer not null,
    instrument_id integer not null,
    dimension smallint not null check (dimension between 0 and 5),
    value integer not null,
    tally bytea not null,
    primary key (unit_id, atom, instrument_id, dimension, value)
) without rowid;

create table rollup_cube (
    unit_id integer not null,
    month integer not null,
    instrument_id integer not null,
    field_id integer not null,
    channel smallint not null,
    stratum smallint not null,
    tally bytea not null,
    primary key (unit_id, month, instrument_id, field_id, channel, stratum)
) without rowid;

-- One row per release; its last id names the state that every figure was computed from.
create table releases (
    release_id integer not null primary key,
    half_day integer not null
);

create table audit (
    audit_id integer not null primary key,
    at text not null,
    actor text not null,
    act text not null,
    subject text not null,
    detail text not null
);

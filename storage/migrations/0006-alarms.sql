-- Drops of a counter's level: what is remembered of each counter, what was raised, who closed it.

-- watch is that of sipas.alarms: weights of levels, no answer. evidence is what it comes to.
create table alarm_states (
    counter_id integer not null references counters (counter_id),
    instrument_id integer not null references instruments (instrument_id),
    evidence real not null,
    watch bytea not null,
    primary key (counter_id, instrument_id)
) without rowid;

-- How many answers of a day the watch has seen: those of the two months that may still grow.
create table alarm_seen (
    counter_id integer not null,
    instrument_id integer not null,
    day integer not null,
    n integer not null,
    satisfied integer not null,
    very integer not null,
    primary key (counter_id, instrument_id, day)
) without rowid;

-- began and what follows explain the alarm in counts: what was seen since began, and the level before.
create table alarms (
    alarm_id integer not null primary key,
    counter_id integer not null references counters (counter_id),
    instrument_id integer not null references instruments (instrument_id),
    why smallint not null check (why > 0),
    raised integer not null,
    began integer not null,
    n integer not null check (n >= 0),
    k integer not null check (k between 0 and n),
    usual_share real not null,
    decision smallint not null default 0 check (decision between 0 and 2),
    closed integer
);

create unique index alarm_open on alarms (counter_id, instrument_id, why) where decision = 0;

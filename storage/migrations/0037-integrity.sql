-- Counters that were named because two signs were there, what was done about it, and one count.

-- A row is a counter's half-month. signs are those of sipas.integrity; flagged is how many of its
-- released responses carry a flag. No figure depends on any of it.
create table findings (
    finding_id integer not null primary key,
    counter_id integer not null references counters (counter_id),
    atom integer not null,
    raised text not null,
    signs text not null,
    flagged integer not null check (flagged >= 0),
    state text not null check (state in ('named', 'appealed', 'upheld', 'dismissed')),
    unique (counter_id, atom)
);

-- Who did what about a finding, in order; no row is ever changed.
create table finding_acts (
    finding_id integer not null references findings (finding_id),
    number integer not null,
    at text not null,
    actor text not null,
    act text not null check (act in ('appeal', 'uphold', 'dismiss')),
    words text not null,
    primary key (finding_id, number)
) without rowid;

-- Answers to the question about the visit as a whole that came after a reminder: all, and those at
-- the best level. No response is named.
create table after_reminders (
    counter_id integer not null references counters (counter_id),
    atom integer not null,
    n integer not null check (n >= 0),
    very integer not null check (very between 0 and n),
    primary key (counter_id, atom)
) without rowid;

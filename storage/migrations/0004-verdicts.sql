-- What the checks said of responses, apart from them: codes only, by the numbering of
-- storage.numbering. Nothing here says who answered, or when within a half-day.

-- A row is a flag; what passed leaves none.
create table verdicts (
    response_id integer not null,
    check_id smallint not null check (check_id > 0),
    reason smallint not null check (reason > 0),
    primary key (response_id, check_id)
) without rowid;

-- How long a response of several answers took: the class of sipas.verdicts, never seconds.
create table durations (
    response_id integer not null primary key,
    duration smallint not null check (duration between 0 and 7)
) without rowid;

-- Keyed hashes seen lately (a conversation's day, a comment's words at a counter) and how often.
-- No response is named here, and the hour is the one in which the row goes: at most 48 away.
create table marks (
    mark integer not null primary key,
    until integer not null,
    n integer not null
) without rowid;

-- What persons decided, in order; the last row of a response holds. No row is ever changed.
create table verdict_decisions (
    response_id integer not null,
    number integer not null,
    decision smallint not null check (decision in (1, 2)),
    day integer not null,
    primary key (response_id, number)
) without rowid;

-- Released responses with a flag, by what was decided: 0 nothing yet, 1 keep, 2 set aside.
create table flagged (
    unit_id integer not null,
    atom integer not null,
    decision smallint not null check (decision between 0 and 2),
    n integer not null check (n >= 0),
    primary key (unit_id, atom, decision)
) without rowid;

-- Paper forms: printed in batches, keyed by one device, spot-checked by another, then closed.

-- fields and consent are those printed: what the paper says never changes its meaning.
create table paper_batches (
    batch_id integer not null primary key,
    code text not null unique check (length(code) = 7),
    counter_id integer not null references counters (counter_id),
    instrument_id integer not null references instruments (instrument_id),
    fields text not null,
    consent smallint not null,
    forms integer not null check (forms between 1 and 999),
    printed_on text not null,
    printed_by text not null,
    state text not null default 'keying' check (state in ('keying', 'checking', 'checked', 'closed')),
    round integer not null default 1,
    keyed integer,
    spoiled integer
);

-- Only until the batch is closed. No response id stands here, and no number beside a response.
create table paper_forms (
    batch_id integer not null references paper_batches (batch_id),
    number integer not null check (number > 0),
    device_id integer not null,
    drawn integer not null default 0 check (drawn in (0, 1)),
    keyed bytea not null,
    again bytea,
    differences integer,
    primary key (batch_id, number)
) without rowid;

-- One row per finished spot check; a round that failed was keyed again wholly.
create table paper_checks (
    batch_id integer not null references paper_batches (batch_id),
    round integer not null,
    keyed integer not null,
    drawn integer not null,
    marks integer not null,
    differences integer not null check (differences between 0 and marks),
    primary key (batch_id, round)
) without rowid;

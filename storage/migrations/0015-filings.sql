-- Filings: periods' reports on their way, the figures they hold, and what was done to them.

-- version is of the snapshot (0: none yet), revision of the officer's paragraphs.
create table filings (
    filing_id integer not null primary key,
    type text not null,
    unit_code text not null,
    about text not null,
    period text not null,
    due text not null,
    state text not null,
    opened_on text not null,
    submitted_on text,
    version integer not null default 0,
    revision integer not null default 0,
    unique (type, unit_code, period)
);

-- What the figures were; a later version never changes an earlier one.
create table filing_snapshots (
    filing_id integer not null references filings (filing_id),
    version integer not null check (version > 0),
    release_id integer not null,
    taken_at text not null,
    figures text not null,
    primary key (filing_id, version)
);

-- The ledger: figures that are not what they were in the version before.
create table filing_changes (
    filing_id integer not null references filings (filing_id),
    version integer not null,
    place text not null,
    before_figure text,
    after_figure text,
    at text not null,
    actor text not null,
    reason text not null,
    primary key (filing_id, version, place)
);

-- The officer's own paragraphs, apart from the figures so that they outlive every refresh.
create table filing_words (
    filing_id integer not null references filings (filing_id),
    part smallint not null check (part between 1 and 5),
    words text not null,
    primary key (filing_id, part)
);

-- Every act with its reason; of a submission also the paragraphs as they were submitted.
create table filing_acts (
    act_id integer not null primary key,
    filing_id integer not null references filings (filing_id),
    at text not null,
    actor text not null,
    act text not null,
    state text not null,
    version integer not null,
    reason text not null,
    words text
);
create index filing_acts_of on filing_acts (filing_id, act_id);

-- Corrective plans and the PAR INDEX scorecard: rows are only added, the newest is what holds.

-- Home Affairs calls for plans on the criteria of one period; kind is figure or scorecard.
create table plan_calls (
    call_id integer not null primary key,
    kind text not null check (kind in ('figure', 'scorecard')),
    period text not null,
    against text not null,
    release_id integer not null,
    unique (kind, period)
);

-- Until when plans are to be entered; a later row moves the day.
create table plan_dues (
    due_id integer not null primary key,
    call_id integer not null references plan_calls (call_id),
    due text not null,
    at text not null,
    actor text not null
);
create index plan_dues_of on plan_dues (call_id, due_id);

-- A listed criterion of a unit, with the figures or points as they were when it was listed.
create table plans (
    plan_id integer not null primary key,
    call_id integer not null references plan_calls (call_id),
    unit_code text not null,
    criterion text not null,
    listed text not null,
    unique (call_id, unit_code, criterion)
);

-- Every act with all that the plan says after it.
create table plan_acts (
    act_id integer not null primary key,
    plan_id integer not null references plans (plan_id),
    at text not null,
    on_day text not null,
    actor text not null,
    act text not null,
    state text not null,
    causes text not null,
    measures text not null,
    deadline text not null,
    post text not null,
    note text not null
);
create index plan_acts_of on plan_acts (plan_id, act_id);

-- A year's scorecard as one file told it; a later import of the year replaces what is shown.
create table scorecards (
    import_id integer not null primary key,
    year integer not null,
    at text not null,
    actor text not null
);

-- Points are text: they stay as they were told.
create table scorecard_rows (
    import_id integer not null references scorecards (import_id),
    place integer not null,
    code text not null,
    name text not null,
    maximum text not null,
    own text not null,
    appraised text not null,
    unit_code text not null,
    primary key (import_id, code)
);

-- What a criterion was in the year before, as a person says; a later row corrects an earlier one.
create table scorecard_mappings (
    mapping_id integer not null primary key,
    year integer not null,
    code text not null,
    earlier text not null,
    comparable smallint not null check (comparable in (0, 1)),
    reason text not null,
    at text not null,
    actor text not null
);

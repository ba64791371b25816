-- Cases: facts and the sealed words of a response that asks for somebody's attention, never a chat.

-- Days, not times: when it was opened tells nothing of who stood at the counter at that minute.
-- since: the day from which the clocks run. desk and body: who works on it, never the rated unit.
create table cases (
    case_id integer not null primary key,
    unit_id integer not null references units (unit_id),
    counter_id integer not null,
    visited text not null,
    opened_on text not null,
    since text not null,
    instrument text not null,
    levels text not null,
    tags text not null,
    causes text not null,
    code_hash integer unique,
    sealed bytea,
    state text not null,
    desk text not null,
    body text not null,
    finding text,
    extended_on text,
    escalated smallint not null default 0 check (escalated in (0, 1)),
    answered_on text,
    outcome text,
    closed_on text
);
create index cases_open on cases (state, unit_id);

-- Every act, with the words said in it, sealed; actor is an account's name, or who else acted.
create table case_acts (
    act_id integer not null primary key,
    case_id integer not null references cases (case_id),
    on_day text not null,
    actor text not null,
    act text not null,
    state text not null,
    desk text not null,
    body text not null,
    finding text,
    sealed bytea
);
create index case_acts_of on case_acts (case_id, act_id);

-- Where a respondent who wished for an answer is told of it; sealed, apart, gone after the case.
create table case_contacts (
    case_id integer not null primary key references cases (case_id),
    sealed bytea not null
);

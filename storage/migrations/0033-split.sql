-- Counters that ask each respondent some drawn items of the index only, and how often each was drawn.

alter table counters add column split smallint not null default 0;

create table draws (
    month text not null,
    instrument text not null,
    item text not null,
    n integer not null,
    primary key (month, instrument, item)
) without rowid;

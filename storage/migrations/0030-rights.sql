-- Requests of respondents about their own response, counted: who asked is nowhere.

-- due is the day by which the law wants it done; it is done on the day itself.
create table rights_requests (
    day integer not null,
    request text not null check (request in ('see', 'erase', 'withdraw')),
    channel smallint not null check (channel between 1 and 4),
    outcome text not null,
    due integer not null,
    n integer not null,
    primary key (day, request, channel, outcome)
) without rowid;

-- The number received by unit and day, for whoever adds up a province; arrivals has counter and hour.

create table received (
    day integer not null,
    unit_id integer not null,
    n integer not null check (n >= 0),
    primary key (day, unit_id)
) without rowid;

insert into received (day, unit_id, n)
select a.hour / 24, c.unit_id, sum(a.n)
from arrivals a
join counters c on c.counter_id = a.counter_id
group by a.hour / 24, c.unit_id;

-- All units of one dimension, without reading the others.
create index margins_by_dimension on rollup_margins (dimension, atom);

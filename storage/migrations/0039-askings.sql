-- From which day on a counter asks each respondent so many drawn items (0: all), so that series say
-- where that changed. What was switched before is in the audit, with the day in UTC; a counter that was
-- imported drawing items has done so from its first day.

create table askings (
    counter_id integer not null references counters (counter_id),
    day text not null,
    items integer not null,
    primary key (counter_id, day)
) without rowid;

insert into askings (counter_id, day, items)
select c.counter_id, substr(a.at, 1, 10), cast(substr(a.act, 22) as integer)
from audit a join counters c on c.code = a.subject
where a.audit_id in (
    select max(b.audit_id) from audit b
    where substr(b.act, 1, 21) = 'questionnaire split: '
    group by b.subject, substr(b.at, 1, 10)
);

insert into askings (counter_id, day, items)
select c.counter_id, c.valid_from, c.split from counters c
where c.split > 0 and c.counter_id not in (select k.counter_id from askings k);

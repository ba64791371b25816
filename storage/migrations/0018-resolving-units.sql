-- Who resolves the dossiers of a unit's field, and responses counted by resolving unit.

create table resolvers (
    unit_id integer not null,
    field_id integer not null,
    resolving_unit_id integer not null,
    last_day integer not null,
    primary key (unit_id, field_id, resolving_unit_id)
) without rowid;

insert into resolvers (unit_id, field_id, resolving_unit_id, last_day)
select unit_id, field_id, resolving_unit_id, max(day) from dossier_events
where resolving_unit_id is not null and field_id > 0
group by unit_id, field_id, resolving_unit_id;

-- The same table with dimension 6, resolving; SQLite cannot change a check.
create table wider_margins (
    unit_id integer not null,
    atom integer not null,
    instrument_id integer not null,
    dimension smallint not null check (dimension between 0 and 6),
    value integer not null,
    tally bytea not null,
    primary key (unit_id, atom, instrument_id, dimension, value)
) without rowid;

insert into wider_margins (unit_id, atom, instrument_id, dimension, value, tally)
select unit_id, atom, instrument_id, dimension, value, tally from rollup_margins;

-- Of what was released until now nobody knows who resolved it.
insert into wider_margins (unit_id, atom, instrument_id, dimension, value, tally)
select unit_id, atom, instrument_id, 6, 0, tally from rollup_margins where dimension = 0;

drop table rollup_margins;

alter table wider_margins rename to rollup_margins;

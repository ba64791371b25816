-- What moving a database into another asks of both.

-- name: table_columns()
-- Of every table its columns in order, each with its place in the primary key, or 0.
select m.name as table_name, p.name as column_name, p.pk as place
from sqlite_schema m join pragma_table_info(m.name) p
where m.type = 'table' and substr(m.name, 1, 1) <> '_'
  and substr(m.name, 1, 4) <> 'yoyo' and substr(m.name, 1, 7) <> 'sqlite_'
order by m.name, p.cid;

-- name: last_unit_id()$
select max(unit_id) from units;

-- name: lease_holder(name)$
select holder from leases where name = :name;

-- What PostgreSQL knows of its tables.

-- name: table_columns()
select c.table_name, c.column_name, coalesce(k.ordinal_position, 0) as place
from information_schema.columns c
left join information_schema.table_constraints t
  on t.table_schema = c.table_schema and t.table_name = c.table_name
 and lower(t.constraint_type) = 'primary key'
left join information_schema.key_column_usage k
  on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name
 and k.table_name = c.table_name and k.column_name = c.column_name
where c.table_schema = current_schema() and substr(c.table_name, 1, 1) <> '_'
  and substr(c.table_name, 1, 4) <> 'yoyo'
order by c.table_name, c.ordinal_position;

-- name: numbered_columns()
-- Columns whose numbers are given.
select table_name, column_name from information_schema.columns
where table_schema = current_schema() and is_identity = upper('yes');

-- name: next_number(table, column, next)
select setval(
    pg_get_serial_sequence(cast(:table as text), cast(:column as text)),
    cast(:next as bigint), false
);

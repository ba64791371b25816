-- Units, lineage, counters and fields: effective-dated rows, never deleted or renamed in place.

-- name: add_unit(code, kind, name, name_en, sort_key, search_key, parent_code, valid_from, valid_to)!
insert into units (code, kind, name, name_en, sort_key, search_key, parent_code, valid_from, valid_to)
values (:code, :kind, :name, :name_en, :sort_key, :search_key, :parent_code, :valid_from, :valid_to)
on conflict (code, valid_from) do nothing;

-- name: end_unit(code, valid_from, valid_to)!
update units set valid_to = :valid_to
where code = :code and valid_from = :valid_from and valid_to is null;

-- name: add_lineage(old_code, new_code, changed_on)!
insert into unit_lineage (old_code, new_code, changed_on)
values (:old_code, :new_code, :changed_on) on conflict do nothing;

-- name: add_field(code, name, name_en)!
insert into fields (code, name, name_en) values (:code, :name, :name_en)
on conflict (code) do update set name = excluded.name, name_en = excluded.name_en;

-- name: current_unit_id(code, day)$
select unit_id from units
where code = :code and valid_from <= :day and (valid_to is null or valid_to >= :day);

-- name: unit_exists(code)$
select 1 from units where code = :code limit 1;

-- name: add_counter(code, unit_id, name, instrument, officials, public, valid_from, valid_to, split)!
insert into counters (
    code, unit_id, name, instrument, officials, public, valid_from, valid_to, split
)
values (
    :code, :unit_id, :name, :instrument, :officials, :public, :valid_from, :valid_to, :split
)
on conflict (code) do nothing;

-- name: split_counter(code, split)!
update counters set split = :split where code = :code;

-- name: add_asking(counter_id, day, items)!
insert into askings (counter_id, day, items) values (:counter_id, :day, :items)
on conflict (counter_id, day) do update set items = excluded.items;

-- name: all_draws()
select month, instrument, item, n from draws order by month, instrument, item;

-- name: counter_id(code)$
select counter_id from counters where code = :code;

-- name: add_counter_field(counter_id, field_id)!
insert into counter_fields (counter_id, field_id) values (:counter_id, :field_id)
on conflict do nothing;

-- name: publish_unit(code, day)!
update units set published_from = :day where code = :code and published_from is null;

-- name: withdraw_unit(code)!
update units set published_from = null where code = :code;

-- name: publish_counter(code, public)!
update counters set public = :public where code = :code;

-- name: add_audit(at, actor, act, subject, detail)!
insert into audit (at, actor, act, subject, detail) values (:at, :actor, :act, :subject, :detail);

-- name: audit_before(before, most)
select audit_id, at, actor, act, subject, detail from audit
where audit_id < :before order by audit_id desc limit :most;

-- name: whole_audit()
select audit_id, at, actor, act, subject, detail from audit order by audit_id;

-- name: installation(key)$
select value from installation where key = :key;

-- name: set_installation(key, value)!
insert into installation (key, value) values (:key, :value)
on conflict (key) do update set value = excluded.value;

-- name: all_units()
select unit_id, code, kind, name, name_en, sort_key, search_key, parent_code, valid_from, valid_to,
       published_from
from units order by sort_key, valid_from;

-- name: all_lineage()
select old_code, new_code, changed_on from unit_lineage order by old_code, new_code;

-- name: all_askings()
select counter_id, day, items from askings order by counter_id, day;

-- name: all_fields()
select field_id, code, name, name_en from fields order by field_id;

-- name: all_counters()
select counter_id, code, unit_id, name, instrument, officials, public, valid_from, valid_to
from counters order by code;

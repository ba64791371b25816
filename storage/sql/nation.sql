-- The provinces of a centre: what was pulled of each, and what was refused.

-- name: add_province(code, address, public_key, added_on)!
insert into provinces (code, address, public_key, added_on)
values (:code, :address, :public_key, :added_on)
on conflict (code) do nothing;

-- name: drop_province_figures(province_id)!
delete from province_figures where province_id = :province_id;

-- name: drop_province_units(province_id)!
delete from province_units where province_id = :province_id;

-- name: drop_province_roots(province_id)!
delete from province_roots where province_id = :province_id;

-- name: drop_province_refusals(province_id)!
delete from province_refusals where province_id = :province_id;

-- name: drop_province(province_id)!
delete from provinces where province_id = :province_id;

-- name: provinces()
-- The columns of storage.nation.Province, with the newest root that was believed.
select p.province_id, p.code, p.address, p.public_key, p.added_on, p.name, p.name_en, p.etag,
       p.heard_at, p.trouble, r.number, r.day, r.size, r.root, r.previous, r.signature
from provinces p
left join province_roots r
  on r.province_id = p.province_id
 and r.number = (select max(l.number) from province_roots l where l.province_id = p.province_id)
order by p.code;

-- name: mark_heard(province_id, heard_at)!
update provinces set heard_at = :heard_at, trouble = '' where province_id = :province_id;

-- name: mark_trouble(province_id, trouble)!
update provinces set trouble = :trouble where province_id = :province_id;

-- name: name_province(province_id, name, name_en, etag)!
update provinces set name = :name, name_en = :name_en, etag = :etag
where province_id = :province_id;

-- name: add_province_root(province_id, number, day, size, root, previous, signature, aggregate, taken_at)!
-- One that was believed is never replaced.
insert into province_roots
    (province_id, number, day, size, root, previous, signature, aggregate, taken_at)
values
    (:province_id, :number, :day, :size, :root, :previous, :signature, :aggregate, :taken_at)
on conflict (province_id, number) do nothing;

-- name: add_refusal(province_id, reason, digest, at)!
insert into province_refusals (province_id, reason, digest, first_at, last_at, times)
values (:province_id, :reason, :digest, :at, :at, 1)
on conflict (province_id, reason, digest) do update set
    last_at = excluded.last_at, times = province_refusals.times + excluded.times;

-- name: refusals(most)
-- The columns of storage.nation.Refused, the newest first.
select p.code, p.name, p.name_en, r.reason, r.digest, r.first_at, r.last_at, r.times
from province_refusals r join provinces p on p.province_id = r.province_id
order by r.last_at desc, p.code
limit :most;

-- name: province_periods(formula)
-- Periods and questionnaires that provinces tell of themselves, the most answers first.
-- "cross": SQLite begins with the few provinces then, and finds their own figures by index.
select f.period, f.instrument, sum(f.n1 + f.n2 + f.n3 + f.n4 + f.n5) as n
from provinces p cross join province_figures f
where f.province_id = p.province_id and f.unit = p.code and f.formula = :formula
group by f.period, f.instrument
order by n desc, f.instrument;

-- name: figures_of_provinces(period, formula, instrument)
-- The columns of storage.nation.Cell: each province's figure of itself.
select f.unit, f.figure_id, f.n1, f.n2, f.n3, f.n4, f.n5, f.design_effect, f.freedom,
       f.first_day, f.last_day
from provinces p cross join province_figures f
where f.province_id = p.province_id and f.unit = p.code and f.period = :period
  and f.formula = :formula and f.instrument = :instrument;

-- name: figures_of_province(province_id, period, formula, instrument)
-- The columns of storage.nation.Cell: every unit of one province.
select unit, figure_id, n1, n2, n3, n4, n5, design_effect, freedom, first_day, last_day
from province_figures
where province_id = :province_id and period = :period and formula = :formula
  and instrument = :instrument;

-- name: units_of_province(province_id)
select code, kind, name, name_en from province_units where province_id = :province_id;

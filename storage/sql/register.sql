-- The register of official yearly values.

-- name: official_value(index_id, whose, year)^
select year, index_id, whose, whose_en, value, standing, ranked, instrument, source, source_en,
    certainty
from official_values where index_id = :index_id and whose = :whose and year = :year;

-- name: put_official_value(year, index_id, whose, whose_en, value, standing, ranked, instrument, source, source_en, certainty)!
insert into official_values
    (year, index_id, whose, whose_en, value, standing, ranked, instrument, source, source_en,
     certainty)
values
    (:year, :index_id, :whose, :whose_en, :value, :standing, :ranked, :instrument, :source,
     :source_en, :certainty)
on conflict (index_id, whose, year) do update set
    whose_en = excluded.whose_en, value = excluded.value, standing = excluded.standing,
    ranked = excluded.ranked, instrument = excluded.instrument, source = excluded.source,
    source_en = excluded.source_en, certainty = excluded.certainty;

-- name: all_official_values()
select year, index_id, whose, whose_en, value, standing, ranked, instrument, source, source_en,
    certainty
from official_values order by index_id, whose, year;

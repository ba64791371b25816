-- Official yearly values of SIPAS and PAR INDEX, as others have published them.
-- They stand in a table of their own and never in one series with our figures.

-- A value is text: it stays as it was printed. An empty instrument is a version that is not known.
create table official_values (
    year integer not null,
    index_id text not null,
    whose text not null,
    whose_en text not null,
    value text not null,
    standing integer check (standing > 0),
    ranked integer check (ranked >= standing),
    instrument text not null,
    source text not null,
    source_en text not null,
    certainty text not null check (certainty in ('C', 'S', 'D', 'O', 'U')),
    primary key (index_id, whose, year)
) without rowid;

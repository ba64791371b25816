-- The quarterly sheet's points, and paragraphs that came from an earlier filing.

-- Nine points as JSON, each time they are saved: by whom, and who gave them (self, appraised).
create table filing_points (
    filing_id integer not null references filings (filing_id),
    side text not null check (side in ('self', 'appraised')),
    revision integer not null check (revision > 0),
    at text not null,
    actor text not null,
    points text not null,
    primary key (filing_id, side, revision)
);

-- The period whose filing the paragraph was taken from, as long as nobody has changed it.
alter table filing_words add column taken_from text;

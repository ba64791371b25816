-- Filings: the row that moves, snapshots and ledger that only grow, and the officer's paragraphs.

-- name: add_filing(type, unit_code, about, period, due, opened_on)!
insert into filings (type, unit_code, about, period, due, state, opened_on)
values (:type, :unit_code, :about, :period, :due, 'open', :opened_on)
on conflict (type, unit_code, period) do nothing;

-- name: filing_id(type, unit_code, period)$
select filing_id from filings
where type = :type and unit_code = :unit_code and period = :period;

-- name: filings(filing_id, type, period)
-- The columns of storage.filings.Filing, the newest period first; 0 and empty texts mean any.
select f.filing_id, f.type, f.unit_code, f.about, f.period, f.due, f.state, f.opened_on,
       f.submitted_on, f.version, f.revision, s.release_id, s.taken_at
from filings f
left join filing_snapshots s on s.filing_id = f.filing_id and s.version = f.version
where (f.filing_id = :filing_id or :filing_id = 0)
  and (f.type = :type or :type = '')
  and (f.period = :period or :period = '')
order by f.due desc, f.type, f.unit_code;

-- name: set_filing(filing_id, state, version, submitted_on)!
-- The day of the first submission stays what it was.
update filings
set state = :state, version = :version, submitted_on = coalesce(submitted_on, :submitted_on)
where filing_id = :filing_id;

-- name: next_filing_revision(filing_id)!
update filings set revision = revision + 1 where filing_id = :filing_id;

-- name: add_filing_snapshot(filing_id, version, release_id, taken_at, figures)!
insert into filing_snapshots (filing_id, version, release_id, taken_at, figures)
values (:filing_id, :version, :release_id, :taken_at, :figures);

-- name: filing_figures(filing_id, version)$
select figures from filing_snapshots where filing_id = :filing_id and version = :version;

-- name: add_filing_change(filing_id, version, place, before_figure, after_figure, at, actor, reason)!
insert into filing_changes (
    filing_id, version, place, before_figure, after_figure, at, actor, reason
) values (
    :filing_id, :version, :place, :before_figure, :after_figure, :at, :actor, :reason
);

-- name: filing_changes(filing_id)
-- The columns of storage.filings.Entry, oldest version first.
select version, place, before_figure, after_figure, at, actor, reason
from filing_changes where filing_id = :filing_id order by version, place;

-- name: save_filing_words(filing_id, part, words, taken_from)!
-- What was taken from an earlier filing stays marked until somebody changes it.
insert into filing_words (filing_id, part, words, taken_from)
values (:filing_id, :part, :words, :taken_from)
on conflict (filing_id, part) do update set
    words = excluded.words,
    taken_from = case when filing_words.words = excluded.words
        then filing_words.taken_from else excluded.taken_from end;

-- name: filing_words(filing_id)
select part, words, taken_from from filing_words where filing_id = :filing_id order by part;

-- name: add_filing_points(filing_id, side, revision, at, actor, points)!
insert into filing_points (filing_id, side, revision, at, actor, points)
values (:filing_id, :side, :revision, :at, :actor, :points);

-- name: filing_points(filing_id)
-- Every revision of both sides, oldest first.
select side, revision, at, actor, points
from filing_points where filing_id = :filing_id order by revision, side;

-- name: add_filing_act(filing_id, at, actor, act, state, version, reason, words)!
insert into filing_acts (filing_id, at, actor, act, state, version, reason, words)
values (:filing_id, :at, :actor, :act, :state, :version, :reason, :words);

-- name: filing_acts(filing_id)
-- The columns of storage.filings.Done, oldest first.
select at, actor, act, state, version, reason, words
from filing_acts where filing_id = :filing_id order by act_id;

-- name: publications()
-- Versions of filings as everybody was told them, newest first, and whether each corrects another.
select filing_id, version, at, reason, case act when 'restate' then 1 else 0 end
from filing_acts where act in ('publish', 'restate') order by act_id desc;

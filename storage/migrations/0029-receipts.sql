-- Receipts: codes handed out with dossiers, the tags of their uses, and what is disputed.

-- The code is a keyed hash, and nothing leads to the dossier: what was minted is said apart.
-- stage and last_day are those of the slip; the row goes when it can be used no more.
create table receipts (
    code_hash integer not null primary key,
    counter_id integer not null,
    stage smallint not null check (stage between 1 and 4),
    last_day integer not null
) without rowid;

create index receipt_days on receipts (last_day);

-- Which stages of which dossiers have their receipt, so that none gets two.
create table minted (
    dossier_hash bytea not null,
    stage smallint not null check (stage between 1 and 4),
    primary key (dossier_hash, stage)
) without rowid;

-- One row for each voice of a receipt. Who has the tag alone, or the code alone, finds nothing: the
-- tag is a hash of the code under the period's key, which is not kept here. The row goes with the
-- key. response_id is null while the response is open, and again once its owner has erased it.
create table contest_tags (
    tag bytea not null primary key,
    period integer not null,
    voice smallint not null check (voice in (1, 2)),
    half_day integer not null,
    response_id integer unique,
    disputed smallint not null default 0 check (disputed in (0, 1))
) without rowid;

create index contest_periods on contest_tags (period);

-- Responses whose receipt was used again by somebody who says that the first use was not theirs.
-- Nothing is taken away: they stay in every figure, and what the figures are without them is said.
create table contests (
    response_id integer not null primary key
) without rowid;

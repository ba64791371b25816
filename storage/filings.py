"""Filings as rows: opened once, moved by the table of states, with snapshots that only grow.

The officer's paragraphs are apart from the figures, so a refresh of these never touches those.
Every act leaves a line of its own and one in the audit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sipas.filings import PARTS, PLAIN, Act, Facts, Refusal, State, step
from sipas.ledger import Change, Record, carried, changes
from sipas.quarter_sheet import Given, Side
from storage import hooks, plans, registry
from storage.filing_points import points, save_points
from storage.filing_rows import By, Done, Entry, Filing, New, Taken, Whole
from storage.hooks import Event
from storage.queries import write as sql
from storage.transaction import Transaction

OPENED = "open"
TAKEN_OVER = "take_over"
_TOLD = {Act.PUBLISH: Event.FILING, Act.RESTATE: Event.CORRECTION}
_TAKING = frozenset({Act.FREEZE, Act.RESTATE})


def open_filing(tx: Transaction, new: New, by: By) -> int:
    """Open a filing and return its number; where there is one already, that one's."""
    added = sql.add_filing(
        tx.connection,
        type=new.type,
        unit_code=new.unit,
        about=new.about,
        period=new.period,
        due=new.due,
        opened_on=by.day,
    )
    number = int(sql.filing_id(tx.connection, type=new.type, unit_code=new.unit, period=new.period))
    if added:
        _note(tx, number, OPENED, State.OPEN, 0, by)
    return number


def filings(tx: Transaction, kind: str = "", period: str = "") -> list[Filing]:
    """Every filing, or those of a type or a period, the newest period first."""
    rows = sql.filings(tx.connection, filing_id=0, type=kind, period=period)
    return [_filing(row) for row in rows]


def filing(tx: Transaction, filing_id: int) -> Filing | None:
    """The filing with this number."""
    rows = sql.filings(tx.connection, filing_id=filing_id, type="", period="")
    return next((_filing(row) for row in rows if filing_id), None)


def whole(tx: Transaction, filing_id: int) -> Whole | None:
    """The filing with its present figures, paragraphs, ledger and acts, and with plans."""
    found = filing(tx, filing_id)
    if found is None:
        return None
    done = acts(tx, filing_id)
    return Whole(
        found,
        figures_of(tx, filing_id, found.version),
        words(tx, filing_id),
        ledger(tx, filing_id),
        done,
        _taken_from(tx, filing_id),
        points(tx, filing_id),
        plans.plans(tx, until=_told_until(found, done)),
    )


def move(
    tx: Transaction,
    filing_id: int,
    act: Act,
    by: By,
    facts: Facts = PLAIN,
    taken: Taken | None = None,
) -> State | Refusal:
    """Do *act*: the filing's new state, or why it stays as it is, and then nothing is written.

    Args:
        taken: the figures as they are now, for an act that takes a snapshot.

    Raises:
        LookupError: there is no such filing.
        ValueError: a snapshot is to be taken of no figures.
    """
    known = _known(tx, filing_id)
    if (act in _TAKING) is not (taken is not None):
        raise ValueError(f"expected figures with an act that takes a snapshot, got {act}")
    before = figures_of(tx, filing_id, known.version)
    found = changes(before, taken.figures) if taken else ()
    after = step(known.state, act, replace(facts, differs=bool(found)))
    if isinstance(after, Refusal):
        return after
    version = known.version
    if taken and (found or not version):
        version += 1
        _keep(tx, filing_id, version, replace(taken, figures=carried(before, taken.figures)), by)
        _enter(tx, filing_id, version, found if known.version else (), by, facts.reason)
    submitted = by.day if act is Act.SUBMIT else None
    sql.set_filing(
        tx.connection, filing_id=filing_id, state=after, version=version, submitted_on=submitted
    )
    _note(tx, filing_id, act, after, version, by, facts.reason.strip())
    if act in _TOLD:
        page, period = f"/reports/{filing_id}", known.period
        hooks.tell(tx, _TOLD[act], known.about, page, by.at, period=period, version=version)
    return after


def write(
    tx: Transaction, filing_id: int, revision: int, typed: Mapping[int, str], by: By
) -> State | Refusal | None:
    """Save the officer's paragraphs; None when somebody saved others since *revision*.

    Raises:
        LookupError: there is no such filing.
    """
    known = _known(tx, filing_id)
    after = step(known.state, Act.WRITE)
    if isinstance(after, Refusal):
        return after
    if known.revision != revision:
        return None
    for part in PARTS:
        _save(tx, filing_id, part, typed.get(part, ""))
    sql.next_filing_revision(tx.connection, filing_id=filing_id)
    _note(tx, filing_id, Act.WRITE, after, known.version, by)
    return after


def take_over(tx: Transaction, filing_id: int, source: int, by: By) -> State | Refusal:
    """Fill the parts that are empty with the paragraphs of another filing, marked as such.

    Raises:
        LookupError: one of the filings does not exist.
    """
    known, earlier = _known(tx, filing_id), _known(tx, source)
    after = step(known.state, Act.WRITE)
    if isinstance(after, Refusal):
        return after
    own = words(tx, filing_id)
    for part, told in words(tx, source).items():
        if told and not own[part]:
            _save(tx, filing_id, part, told, earlier.period)
    sql.next_filing_revision(tx.connection, filing_id=filing_id)
    _note(tx, filing_id, TAKEN_OVER, after, known.version, by, earlier.period)
    return after


def score(
    tx: Transaction, filing_id: int, side: Side, revision: int, given: Mapping[int, Given], by: By
) -> State | Refusal | None:
    """Save one side's points; None when somebody saved others since *revision*.

    Raises:
        LookupError: there is no such filing.
    """
    known = _known(tx, filing_id)
    act = Act.SCORE if side is Side.SELF else Act.APPRAISE
    after = step(known.state, act)
    if isinstance(after, Refusal):
        return after
    if not save_points(tx, filing_id, side, revision, given, by):
        return None
    _note(tx, filing_id, act, after, known.version, by)
    return after


def figures_of(tx: Transaction, filing_id: int, version: int) -> list[Record]:
    """The figures of one version, as they were told; none before the first."""
    found: str | None = sql.filing_figures(tx.connection, filing_id=filing_id, version=version)
    return json.loads(found) if found else []


def words(tx: Transaction, filing_id: int) -> dict[int, str]:
    """The officer's paragraphs by part; those never written are empty."""
    known = {part: told for part, told, _ in sql.filing_words(tx.connection, filing_id=filing_id)}
    return {part: known.get(part, "") for part in PARTS}


def ledger(tx: Transaction, filing_id: int) -> list[Entry]:
    """What changed from version to version, oldest first."""
    rows = sql.filing_changes(tx.connection, filing_id=filing_id)
    return [
        Entry(version, place, _loaded(before), _loaded(after), *rest)
        for version, place, before, after, *rest in rows
    ]


def acts(tx: Transaction, filing_id: int) -> list[Done]:
    """What was done to a filing, oldest first."""
    rows = sql.filing_acts(tx.connection, filing_id=filing_id)
    return [
        Done(at, actor, act, State(state), version, reason, _parts(submitted))
        for at, actor, act, state, version, reason, submitted in rows
    ]


def _taken_from(tx: Transaction, filing_id: int) -> dict[int, str]:
    rows = sql.filing_words(tx.connection, filing_id=filing_id)
    return {part: period for part, told, period in rows if period and told}


def _save(
    tx: Transaction, filing_id: int, part: int, words: str, taken_from: str | None = None
) -> None:
    sql.save_filing_words(
        tx.connection, filing_id=filing_id, part=part, words=words, taken_from=taken_from
    )


def _told_until(known: Filing, done: Sequence[Done]) -> str:
    """Until when plans are told: as the paragraphs, they stay as they were submitted."""
    if isinstance(step(known.state, Act.WRITE), State):
        return plans.NOW
    return max(each.at for each in done if each.act == Act.SUBMIT)


def _known(tx: Transaction, filing_id: int) -> Filing:
    known = filing(tx, filing_id)
    if known is None:
        raise LookupError(f"expected a filing that exists, got {filing_id}")
    return known


def _filing(row: Sequence[object]) -> Filing:
    made = Filing(*row)  # type: ignore[arg-type] # the columns, as the query lists them
    return made._replace(state=State(made.state))


def _keep(tx: Transaction, filing_id: int, version: int, taken: Taken, by: By) -> None:
    sql.add_filing_snapshot(
        tx.connection,
        filing_id=filing_id,
        version=version,
        release_id=taken.release_id,
        taken_at=by.at,
        figures=json.dumps(list(taken.figures), ensure_ascii=False),
    )


def _enter(
    tx: Transaction, filing_id: int, version: int, found: Sequence[Change], by: By, reason: str
) -> None:
    for change in found:
        sql.add_filing_change(
            tx.connection,
            filing_id=filing_id,
            version=version,
            place=change.place,
            before_figure=_kept(change.before),
            after_figure=_kept(change.after),
            at=by.at,
            actor=by.actor,
            reason=reason.strip(),
        )


def _note(
    tx: Transaction,
    filing_id: int,
    act: str,
    state: State,
    version: int,
    by: By,
    reason: str = "",
) -> None:
    told = json.dumps(words(tx, filing_id), ensure_ascii=False) if act == Act.SUBMIT else None
    sql.add_filing_act(
        tx.connection,
        filing_id=filing_id,
        at=by.at,
        actor=by.actor,
        act=act,
        state=state,
        version=version,
        reason=reason,
        words=told,
    )
    # The reason stays with the filing: the audit tells who did what, not what they wrote.
    registry.audit(tx, by.at, by.actor, f"filing {act}", str(filing_id), f"version {version}")


def _kept(record: Record | None) -> str | None:
    return None if record is None else json.dumps(record, ensure_ascii=False)


def _loaded(kept: str | None) -> Record | None:
    return json.loads(kept) if kept else None


def _parts(kept: str | None) -> Mapping[int, str] | None:
    return {int(part): told for part, told in json.loads(kept).items()} if kept else None

"""Filings on a real database: versions that only grow, paragraphs that outlive them, the audit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from sipas.filings import Act, Facts, Refusal, State
from sipas.ledger import Change, applied, changes, place
from storage import filings, registry
from storage.filing_rows import By, New, Taken, Whole
from storage.store import Store
from storage.transaction import Transaction

pytestmark = pytest.mark.anyio

BY = By("lan.nv", "2026-03-17T08:00:00+00:00", "2026-03-17")
NEW = New("unit_quarter", "15448", "15448", "2026-R1", "2026-03-18")
WORDS = {1: "Đã kiểm tra.", 3: "Nguyên nhân: thiếu người.\n\nGiải pháp: thêm quầy."}


def figure(key: str, n: int, release: int, value: float = 0.9) -> dict[str, Any]:
    """A record as a snapshot holds it."""
    told = {"by": "total", "unit": "15448", "instrument": "short.1", "part": "item", "key": key}
    return {**told, "n": n, "value": value, "id": f"{release}-{key}", "release": release}


FIRST = Taken(1, [figure("a", 40, 1), figure("b", 50, 1)])
LATER = Taken(2, [figure("a", 41, 2), figure("b", 50, 2), figure("c", 30, 2)])


class Desk:
    """One filing and somebody who works on it."""

    def __init__(self, store: Store, number: int) -> None:
        self.store, self.number = store, number

    async def do(self, act: Act, reason: str = "", taken: Taken | None = None) -> State | Refusal:
        """One act by the table of states."""
        facts = Facts(reason)
        return await self.store.write(filings.move, self.number, act, BY, facts, taken)

    async def whole(self) -> Whole:
        """The filing as it is now."""
        found = await self.store.look(filings.whole, self.number)
        assert found
        return found


@pytest.fixture
async def desk(store: Store) -> Desk:
    """A filing that is open."""
    return Desk(store, await store.write(filings.open_filing, NEW, BY))


async def test_a_report_is_opened_once(desk: Desk) -> None:
    """Who opens it again gets the one there is, as it is."""
    await desk.do(Act.FREEZE, taken=FIRST)
    again = await desk.store.write(filings.open_filing, NEW, BY)
    found = await desk.store.look(filings.filings)

    assert again == desk.number
    assert [(each.state, each.version) for each in found] == [(State.FROZEN, 1)]


async def test_a_refused_act_writes_nothing(desk: Desk) -> None:
    """Not even a line in the history."""
    before = await desk.whole()

    assert await desk.do(Act.SUBMIT) is Refusal.NOT_FROZEN
    assert await desk.do(Act.RESTATE, "why", FIRST) is Refusal.NOT_PUBLISHED
    assert await desk.whole() == before


async def test_paragraphs_outlive_every_refresh(desk: Desk) -> None:
    """They are apart from the figures; only their own form replaces them."""
    await desk.store.write(filings.write, desk.number, 0, WORDS, BY)
    await desk.do(Act.FREEZE, taken=FIRST)
    await desk.do(Act.FREEZE, taken=LATER)
    found = await desk.whole()

    assert found.words == {**WORDS, 2: "", 4: "", 5: ""}
    assert (found.filing.version, found.filing.revision) == (2, 1)


async def test_two_people_do_not_overwrite_each_other(desk: Desk) -> None:
    """Who saves what was loaded before somebody else saved is told so, and nothing is lost."""
    first = await desk.store.write(filings.write, desk.number, 0, WORDS, BY)
    second = await desk.store.write(filings.write, desk.number, 0, {1: "Khác"}, BY)

    assert (first, second) == (State.OPEN, None)
    assert (await desk.whole()).words[1] == WORDS[1]


async def test_returned_corrected_and_restated_differ_exactly_in_the_ledger(desk: Desk) -> None:
    """Each version is the one before it with the ledger's entries made true; old ones stay."""
    await desk.do(Act.FREEZE, taken=FIRST)
    await desk.do(Act.SUBMIT)
    await desk.do(Act.RETURN, "Phần III thiếu nguyên nhân.")
    await desk.do(Act.FREEZE, taken=LATER)
    for act in (Act.SUBMIT, Act.ACCEPT, Act.PUBLISH):
        await desk.do(act)
    third = Taken(3, [figure("a", 41, 3), figure("b", 52, 3)])
    state = await desk.do(Act.RESTATE, "Nhập trùng một tập phiếu.", third)
    found = await desk.whole()

    def version(tx: Transaction, number: int) -> list[Any]:
        return list(filings.figures_of(tx, desk.number, number))

    versions = [await desk.store.look(version, number) for number in (1, 2, 3)]
    assert state is State.RESTATED
    assert versions[0] == FIRST.figures
    for number, (before, after) in enumerate(pairwise(versions), 2):
        entries = [each for each in found.entries if each.version == number]
        ledger = [Change(each.place, each.before, each.after) for each in entries]
        assert tuple(ledger) == changes(before, after)
        assert applied(before, ledger) == {place(each): each for each in after}
    told = [(each.version, each.place.split("|")[-1], each.reason) for each in found.entries]
    assert told == [
        (2, "a", ""),
        (2, "c", ""),
        (3, "b", "Nhập trùng một tập phiếu."),
        (3, "c", "Nhập trùng một tập phiếu."),
    ]
    assert [each["id"] for each in versions[2]] == ["2-a", "3-b"]


async def test_freezing_again_without_news_keeps_the_version(desk: Desk) -> None:
    """A later release that changes none of its figures is no new version; nor a restatement."""
    await desk.do(Act.FREEZE, taken=FIRST)
    same = Taken(9, [figure("a", 40, 9), figure("b", 50, 9)])
    await desk.do(Act.FREEZE, taken=same)
    for act in (Act.SUBMIT, Act.ACCEPT, Act.PUBLISH):
        await desk.do(act)
    refused = await desk.do(Act.RESTATE, "why", same)
    found = await desk.whole()

    assert refused is Refusal.NOTHING_NEW
    assert (found.filing.version, found.filing.release_id) == (1, 1)
    assert list(found.figures) == FIRST.figures
    assert not found.entries


async def test_a_report_without_any_figure_can_be_frozen(desk: Desk) -> None:
    """A unit that nobody rated still reports: its first snapshot is empty."""
    assert await desk.do(Act.FREEZE, taken=Taken(1, [])) is State.FROZEN
    assert (await desk.whole()).filing.version == 1


async def test_what_was_submitted_is_kept(desk: Desk) -> None:
    """What is written after a return does not change what had been submitted, nor when."""
    await desk.store.write(filings.write, desk.number, 0, WORDS, BY)
    await desk.do(Act.FREEZE, taken=FIRST)
    await desk.do(Act.SUBMIT)
    await desk.do(Act.RETURN, "Thiếu phần IV.")
    await desk.store.write(filings.write, desk.number, 1, {4: "Thêm quầy."}, BY)
    late = BY._replace(day="2026-03-30")
    await desk.store.write(filings.move, desk.number, Act.SUBMIT, late)
    found = await desk.whole()
    submitted = [each.words for each in found.acts if each.act == Act.SUBMIT]

    assert found.filing.submitted_on == "2026-03-17"
    assert [each and each[1] for each in submitted] == [WORDS[1], ""]
    assert [each.reason for each in found.acts if each.reason] == ["Thiếu phần IV."]


async def test_every_act_is_in_the_audit(desk: Desk) -> None:
    """Who, when, which filing and version; the paragraphs and reasons are not repeated there."""
    await desk.store.write(filings.write, desk.number, 0, WORDS, BY)
    await desk.do(Act.FREEZE, taken=FIRST)
    await desk.do(Act.SUBMIT)
    await desk.do(Act.RETURN, "Thiếu phần IV.")
    lines = await registry.audit_lines(desk.store.reader, 2**62, 10)

    assert [line.act for line in reversed(lines)] == [
        *("filing open", "filing write", "filing freeze", "filing submit", "filing return")
    ]
    assert {(line.actor, line.subject) for line in lines} == {("lan.nv", str(desk.number))}
    assert not any("phần" in line.detail for line in lines)


async def test_broken_contracts_are_errors(desk: Desk) -> None:
    """A number that does not exist, and a snapshot without figures."""
    with pytest.raises(LookupError, match="99"):
        await desk.store.write(filings.move, 99, Act.SUBMIT, BY)
    with pytest.raises(ValueError, match="takes a snapshot"):
        await desk.do(Act.FREEZE)
    with pytest.raises(ValueError, match="takes a snapshot"):
        await desk.do(Act.SUBMIT, taken=FIRST)

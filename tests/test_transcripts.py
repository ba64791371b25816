"""Conversations as plain text: what the respondent does, what the bot shows, what is kept.

A transcript is one file. `citizen` lines are done, the other lines must be what follows:
`bot` says a message (`bot thanks`) or asks (`bot ask stage`); `kept` is what storage is given.
The session is written down and read again between any two steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipas.conversation import step
from sipas.events import (
    Ask,
    Attached,
    Closed,
    Disputed,
    Event,
    Expired,
    Moment,
    Received,
    Reminded,
    Say,
    Scanned,
    Step,
    Stopped,
    Tapped,
    Typed,
    Unreceived,
)
from sipas.receipts import second
from sipas.session import Place, Session, Stratum, dump, load
from tests.questionnaires import shipped

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
INSTRUMENTS = {
    name.ref: name for name in map(shipped, ("short", "micro", "sipas-g2-2026-service16"))
}
LAND, CIVIL = ("land", "Đất đai", "Land"), ("civil_status", "Hộ tịch", "Civil status")
PLACES = {
    "381207": Place("381207", "Quầy 1", "Xã Định Hòa", "short.1", (LAND, CIVIL)),
    "100009": Place("100009", "Quầy 2", "Xã Định Hòa", "short.1", (LAND,)),
    "100014": Place("100014", "Quầy 3", "Xã Yên Định", "micro.1"),
    "100023": Place("100023", "Quầy 4", "Xã Yên Định", "sipas-g2-2026-service16.1"),
    "100038": Place("100038", "Quầy 5", "Sở Nội vụ", "short.1", (), "result"),
    "100046": Place("100046", "Quầy 6", "Xã Yên Định", "sipas-g2-2026-service16.1", split=3),
}
NOON = 41_545
RECEIPT = f"015f03{5:032x}"
DRAW = 9 + 16 * (4 + 15 * 12)  # staff_rules, then proc_papers, then pakn_handled


def event_of(words: list[str], session: Session, tags: list[str]) -> Event:
    """What a `citizen` line means."""
    match words:
        case ["scan", code]:
            return Scanned(PLACES[code]) if code in PLACES else Scanned(None, problem=code)
        case ["shows", "receipt", code, *used]:
            return Scanned(PLACES[code], Stratum.RECEIPT, receipt=RECEIPT, used=" ".join(used))
        case ["tap", question, value]:
            return Tapped(question, value, session.tag or "-")
        case ["tap-old", question, value]:
            return Tapped(question, value, tags[0])
        case ["tap-first-page", question, value]:
            return Tapped(question, value, "-")
        case ["type", *rest]:
            return Typed(" ".join(rest))
        case ["send", kind]:
            return Attached(kind)
        case ["falls", "silent"]:
            return Expired()
        case ["is", "reminded"]:
            return Reminded()
        case ["blocks"]:
            return Stopped()
    raise AssertionError(f"no such line: citizen {' '.join(words)}")


def lines_of(result: Step) -> Iterator[str]:
    """What a step shows and keeps, as transcript lines."""
    for part in result.screen:
        yield f"bot {part.key}" if isinstance(part, Say) else _asked(part)
    for fact in result.facts:
        match fact:
            case Received(counter):
                yield f"kept received {counter}"
            case Unreceived(counter):
                yield f"kept unreceived {counter}"
            case Disputed(receipt):
                yield f"kept disputed {'first' if receipt == RECEIPT else receipt}"
            case Closed():
                yield f"kept closed {_closed(fact)}"
    yield f"lang {result.session.language}"


def _asked(ask: Ask) -> str:
    chosen = f" [{' '.join(ask.chosen)}]" if ask.chosen else ""
    kept = f" kept: {ask.kept}" if ask.kept else ""
    return f"bot ask {ask.question}{chosen}{kept}"


def _closed(fact: Closed) -> str:
    told = {
        "levels": fact.levels,
        "tags": fact.tags,
        "stage": fact.stage,
        "field": fact.field,
        "kind": fact.kind,
        "comment": fact.comment,
        "quote": "yes" if fact.quote else "",
        "wished": "yes" if fact.wished else "",
        "receipt": {RECEIPT: "first", second(RECEIPT): "second"}.get(fact.receipt, fact.receipt),
        "partial": "" if fact.complete else "yes",
    }
    return " ".join(f"{name}={value}" for name, value in told.items() if value)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    """The conversation goes as the transcript tells."""
    session, tags, said = Session(), list[str](), list[str]()
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# "), "the first line states the rule"
    for number, line in enumerate(lines[1:], 2):
        who, _, rest = line.partition("  ")
        if who == "citizen":
            wanted = [left for left in said if not left.startswith("lang ")]
            assert wanted == [], f"line {number}: not in the transcript: {wanted}"
            moment = Moment(NOON, f"T{number:03}", "1", "K7Q2M9PA4X", draw=DRAW)
            result = step(INSTRUMENTS, session, event_of(rest.split(), session, tags), moment)
            session = load(dump(result.session))
            assert session == result.session, f"line {number}: a session must survive being written"
            tags += [session.tag] * (session.tag not in tags)
            said = list(lines_of(result))
        elif line.strip():
            heard = f"{who} {rest.strip()}"
            assert heard in said, f"line {number}: expected {heard!r}, got {said}"
            said.remove(heard)
    wanted = [left for left in said if not left.startswith("lang ")]
    assert wanted == [], f"at the end, not in the transcript: {wanted}"
    assert any(line.startswith(("bot", "kept")) for line in lines)


def test_there_are_enough_transcripts() -> None:
    """The manual of the survey is at least thirty conversations long."""
    assert len(TRANSCRIPTS) >= 30

"""One table of conversations, the same on every channel: what is shown, and what is kept.

The table is `tests/transcripts` and the few in `transcripts` beside this file that only a channel
can tell (repeats, late repeats). The answers kept are those the transcript names, so they are equal
on all channels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.channels.capabilities import TELEGRAM, ZALO_BOT, ZALO_OA, Capabilities
from sipas.events import ANY_TAG, payload
from tests.four_channels.people import (
    CannotHere,
    OnOfficialAccount,
    OnTelegram,
    OnTheWeb,
    OnZaloBot,
    Person,
)
from tests.four_channels.plan import TRANSCRIPTS, Act, NotHere, plan
from tests.four_channels.town import CODES, PUBLIC, Town
from tests.peers.telegram.driver import TelegramPeer
from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.oa import ZaloOa
from tests.ports import free_port

pytestmark = pytest.mark.telegram

CHANNELS: dict[str, tuple[Callable[[Town], Person], Capabilities | None]] = {
    "web": (OnTheWeb, None),
    "telegram": (OnTelegram, TELEGRAM),
    "zalo_bot": (OnZaloBot, ZALO_BOT),
    "zalo_oa": (OnOfficialAccount, ZALO_OA),
}
LATE_S = 31 * 60
_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One application for the whole table."""
    port = free_port()
    reaches = {PUBLIC: f"http://127.0.0.1:{port}"}
    with TelegramPeer() as telegram, ZaloBot(reaches=reaches) as bot, ZaloOa() as official:
        telegram.token = "70000:abc"
        made = Town(tmp_path_factory.mktemp("town"), telegram, bot, official, port)
        with made.open():
            yield made


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_conversation(path: Path, channel: str, town: Town) -> None:
    """What is shown after each act, and what is stored at the end."""
    make, can = CHANNELS[channel]
    town.clean()
    person = make(town)
    try:
        planned = plan(path, can)
        before = None
        for turn, act in enumerate(planned.acts):
            before = _done(town, person, act, before, f"act {turn} {act.does} {act.what}")
    except (NotHere, CannotHere) as reason:
        pytest.skip(f"{channel}: {reason}")

    assert (town.received(), town.closed()) == (planned.received, sorted(planned.closed))


def _done(town: Town, person: Person, act: Act, before: str | None, where: str) -> str | None:
    """Do it, compare what is shown, and return it."""
    expected = None if act.shows is None else _masked(person.shows(act.shows, act.language))
    repeats = act.does == "again" or expected == before
    shown = _act(town, person, act)
    if shown is None and repeats:
        return before
    assert (None if shown is None else _masked(shown)) == expected, where
    return expected


def _act(town: Town, person: Person, act: Act) -> str | None:
    match act.does, act.what:
        case "start", (code,):
            return person.start(CODES.get(code, code))
        case "tap", (question, value):
            return person.tap(payload(_tag(person, act.tag), question, value))
        case "say", (words,):
            return person.say(words)
        case "send", (kind,):
            return person.send(kind)
        case "again", turn:
            town.seen(lambda: None)  # or what is not yet known to be sent is sent again, so late
            town.zalo_oa.clock.advance(seconds=LATE_S if turn else 0)
            return person.again(int(turn[0]) if turn else -1)
        case "silence", _:
            town.silence()
        case "blocks", _:
            person.blocks()
        case _:
            raise AssertionError(act)
    return None


def _tag(person: Person, which: str) -> str:
    seen = [told.split("|")[1] for told in person.payloads]
    tags = [tag for tag in seen if tag != ANY_TAG]
    if which == "page" or not tags:
        return ANY_TAG
    return tags[-1 if which == "last" else 0]


def _masked(shown: str) -> str:
    """Response codes are chance."""
    return _CODE.sub("…", shown)


def test_the_table_is_large_enough_on_every_channel() -> None:
    """At least forty conversations can be held on each of them, without exception."""
    everywhere = [path for path in TRANSCRIPTS if _possible_everywhere(path)]

    assert len(everywhere) >= 40


def _possible_everywhere(path: Path) -> bool:
    try:
        acts = [plan(path, can).acts for _, can in CHANNELS.values()]
    except NotHere:
        return False
    return not any(act.does in ("send", "blocks") for act in acts[0])

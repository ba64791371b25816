"""What a person sees of the whole channel by polling, over HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from storage.store import Store
from tests.channels import COUNTER, arrivals, emptied, rows, until
from tests.peers.telegram.driver import TelegramPeer
from tests.telegram.bot import Person, answers, data, finish, until_calls

pytestmark = [pytest.mark.anyio, pytest.mark.telegram]


async def test_a_survey_from_link_to_thanks_by_polling(
    bot: TelegramChannel, store: Store, person: Person
) -> None:
    """One message lives from the first question to the thanks; then the person is forgotten."""
    thanks = await finish(person, await person.start())
    sent = await person.calls("sendMessage")

    assert len(sent) == 1
    assert await person.sees() == [thanks]
    assert await arrivals(store) == 1
    assert await rows(store, "closed_responses", "conversations") == [1, 0]
    await emptied(store, "outbox")
    await emptied(store, "addresses")


async def test_two_chats_do_not_disturb_each_other(
    bot: TelegramChannel, store: Store, person: Person, peer: TelegramPeer
) -> None:
    """Conversations run side by side, each in its own order."""
    other = Person(peer, person.chat + 500)

    async def survey(someone: Person) -> None:
        await finish(someone, await someone.start())

    await asyncio.gather(survey(person), survey(other))

    assert await arrivals(store) == 2
    assert await rows(store, "closed_responses") == [2]


async def test_a_tap_on_an_old_message_is_explained(
    bot: TelegramChannel, store: Store, person: Person
) -> None:
    """A button of a response that is over pops up why, and the open question stays."""
    first = await person.start()
    await finish(person, first)
    second = await person.start()
    shown = await person.tap(answers(first)[0], first.message_id)
    calls = await until_calls(person, "answerCallbackQuery", 1)

    assert calls[-1].get("text")
    assert shown.message_id == second.message_id
    assert answers(shown) == answers(second)
    assert await arrivals(store) == 1


async def test_a_group_gets_one_link_and_nothing_is_stored(
    bot: TelegramChannel, store: Store, peer: TelegramPeer, person: Person
) -> None:
    """The survey is never run in a group, and a group cannot make the bot talk on and on."""
    group = Person(peer, -person.chat)
    await until(lambda: bot.entrance(COUNTER))
    shown = await group.start()
    await asyncio.to_thread(peer.send_command, "/start", -person.chat)
    await asyncio.to_thread(peer.send_text, "chào cả nhà", -person.chat)
    await person.start()  # whatever the group sent before has been seen by now

    assert shown.buttons[0][0].url == f"https://t.me/TestNameBot?start=c{COUNTER}"
    assert len(await group.sees()) == 1
    assert await rows(store, "conversations") == [1]


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 2}},
        {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]},
        {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular"}},
        {"location": {"latitude": 19.8, "longitude": 105.7}},
    ],
    ids=lambda content: next(iter(content)),
)
async def test_what_is_not_text_gets_a_friendly_line(
    content: dict[str, Any], bot: TelegramChannel, person: Person
) -> None:
    """The question comes again below it, and the keys above are gone."""
    first = await person.start()
    shown = await person.send(**content)
    await until_calls(person, "editMessageReplyMarkup", 1)
    old, new = await person.sees()

    assert answers(new) == answers(first)
    assert new.text == shown.text
    assert not old.buttons or data(old) == []


async def test_the_bot_introduces_itself_in_every_language(
    bot: TelegramChannel, person: Person
) -> None:
    """Commands and descriptions: Vietnamese for everybody, English for who reads English."""
    before = await until_calls(person, "setChatMenuButton", 1)
    commands = (await asyncio.to_thread(person.peer.calls, "setMyCommands"))[:2]
    names = [[entry["command"] for entry in listed(call["commands"])] for call in commands]

    assert before
    assert [call.get("language_code") for call in commands] == [None, "en"]
    assert names[0] == names[1]
    assert {"start", "help", "privacy", "delete"} <= set(names[0])


def listed(value: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(value) if isinstance(value, str) else value
    return found

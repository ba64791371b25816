"""Reading raw Telegram updates: every kind has a meaning, nonsense is refused by field."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.channels.decoded import Account, Decoded, Group, Ignored, Undecodable
from bot.channels.telegram.decode import decode
from bot.keys import Keys
from handlers.inbound import Attachment, Blocked, Happening, Inbound, Start, Tap, Text

ACCOUNT = Account(7, lambda account, address: f"{account}:{address}".encode())
PERSON = {"id": 42, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Lan"}
CROWD = {"id": -9, "type": "supergroup", "title": "Tổ dân phố"}


def message(chat: dict[str, Any] = PRIVATE, **content: object) -> dict[str, Any]:
    body = {"message_id": 5, "date": 1_790_000_000, "from": PERSON, "chat": chat, **content}
    return {"update_id": 100, "message": body}


def tap(chat: dict[str, Any] | None = PRIVATE, **content: object) -> dict[str, Any]:
    shown = {} if chat is None else {"message": {"message_id": 5, "date": 0, "chat": chat}}
    query = {"id": "4711", "from": PERSON, "chat_instance": "1", **shown, **content}
    return {"update_id": 101, "callback_query": query}


def membership(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    change = {"chat": chat, "from": PERSON, "new_chat_member": {"status": status}}
    return {"update_id": 102, "my_chat_member": change}


def read(raw: object) -> Decoded:
    return decode(raw, ACCOUNT)


def happening(raw: object) -> Happening:
    decoded = read(raw)
    assert isinstance(decoded, Inbound)
    return decoded.happenings[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start c381207", Start("381207")),
        ("/start 381207", Start("381207")),
        ("/start c381207-ab12cd34", Start("381207")),
        ("/start@motcua_bot c381207", Start("381207")),
        ("/start", Start("")),
        ("/start   ", Start("")),
        ("/start xin-chao", Start("xin-chao")),  # not a counter: the engine says so
        ("/started", Text("/started")),
        ("/help", Text("/help")),
        ("/delete", Text("/delete")),
        ("5", Text("5")),
        ("381207", Text("381207")),  # the engine recognises a typed counter
    ],
)
def test_text_is_a_start_or_words(text: str, expected: Happening) -> None:
    """Only /start is read here; every other command and word belongs to the engine."""
    assert happening(message(text=text)) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"voice": {"file_id": "x", "duration": 3}}, "voice"),
        ({"photo": [{"file_id": "x"}], "caption": "đây"}, "photo"),
        ({"sticker": {"file_id": "x"}}, "sticker"),
        ({"location": {"latitude": 19.8, "longitude": 105.7}}, "location"),
        ({"document": {"file_id": "x"}}, "other"),
        ({"contact": {"phone_number": "1"}}, "other"),
    ],
)
def test_what_is_not_text_is_named_by_kind(content: dict[str, Any], kind: str) -> None:
    """A voice note, a picture, a place: the engine answers each kindly; the file is never read."""
    assert happening(message(**content)) == Attachment(kind)


def test_an_inbound_knows_whom_and_where_but_not_who() -> None:
    """The conversation's key is the pseudonym of the chat; the address is the chat's number."""
    decoded = read(tap(data="1|K7Q2|overall|5"))

    assert decoded == Inbound(
        account_id=7,
        channel="telegram",
        update_id="101",
        conversation=b"7:42",
        happenings=(Tap("1|K7Q2|overall|5"),),
        language="vi",
        address="42",
        reference="4711",
    )


@pytest.mark.parametrize(
    ("code", "hint"), [("en", "en"), ("en-GB", "en"), ("vi", "vi"), ("ko", ""), (None, ""), (5, "")]
)
def test_the_language_is_only_a_hint(code: object, hint: str) -> None:
    """A language without texts, or none, leaves the choice to the engine."""
    raw = message(text="5")
    raw["message"]["from"] = {**PERSON, "language_code": code}

    decoded = read(raw)
    assert isinstance(decoded, Inbound)
    assert decoded.language == hint


def test_blocking_the_bot_ends_the_conversation() -> None:
    """Status `kicked` in a private chat means that nothing may be sent any more."""
    assert happening(membership("kicked")) == Blocked()


@pytest.mark.parametrize(
    "raw",
    [
        membership("member"),
        membership("kicked", CROWD),
        message(pinned_message={}),
        message(CROWD, text="chào cả nhà"),
        message(CROWD, photo=[]),
        message({"id": -1, "type": "channel"}, text="/start"),
        tap(CROWD, data="1|K7Q2|overall|5"),
        tap(None, data="1|K7Q2|overall|5"),
        tap(game_short_name="x"),
        {"update_id": 103, "edited_message": {}},
        {"update_id": 104},
    ],
)
def test_what_asks_nothing_is_ignored(raw: dict[str, Any]) -> None:
    """Talk in groups, service messages and unknown kinds are seen and left alone."""
    assert isinstance(read(raw), Ignored)


@pytest.mark.parametrize(
    ("text", "counter"),
    [("/start c381207", "381207"), ("/start@motcua_bot", ""), ("/help", ""), ("/start a b", "")],
)
def test_a_command_in_a_group_asks_for_the_link(text: str, counter: str) -> None:
    """The link carries the counter only when it is one."""
    assert read(message(CROWD, text=text)) == Group("-9", counter, "vi")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ([], "update"),
        ("x", "update"),
        (None, "update"),
        ({}, "update_id"),
        ({"update_id": "5", "message": {}}, "update_id"),
        ({"update_id": True, "message": {}}, "update_id"),
        ({"update_id": 5, "message": None}, "message"),
        ({"update_id": 5, "message": {"text": "5"}}, "chat"),
        (message({"type": "private"}, text="5"), "id"),
        (message({"id": "42", "type": "private"}, text="5"), "id"),
        (message(text=5), "text"),
        (tap(data=["5"]), "data"),
        ({"update_id": 5, "callback_query": {"data": "5", "message": {}}}, "chat"),
        ({"update_id": 5, "my_chat_member": {"chat": PRIVATE}}, "new_chat_member"),
    ],
)
def test_nonsense_is_refused_with_its_field(raw: object, field: str) -> None:
    """The message names the field and the types, never what somebody wrote."""
    with pytest.raises(Undecodable, match=f"^{field}: expected "):
        read(raw)


def test_decoding_is_cheap(keys: Keys) -> None:
    """The busy path stays far below the 200 µs of PTB's own decoding (bound with much slack)."""
    account = Account(1, keys.pseudonym)
    raw = tap(data="1|K7Q2|overall|5")
    begun = time.process_time()
    for _ in range(1000):
        decode(raw, account)

    assert time.process_time() - begun < 0.15

"""The fakes of Zalo: what they refuse and why, and that they speak as the fixtures do."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest

from tests.peers.zalo import provoked_bot, provoked_oa
from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.catcher import Catcher
from tests.peers.zalo.oa import APP_ID, OA_SECRET, ZaloOa
from tests.peers.zalo.oa_events import mac
from tests.peers.zalo.posting import Delivery
from tests.peers.zalo.provoked_bot import CHAT, HOOK, SECRET, call
from tests.peers.zalo.provoked_oa import CS, ROW, Caller
from tests.peers.zalo.rules import Bot, Oa, Refused, Table
from tests.peers.zalo.unconfirmed import AS_WRITTEN

ROOT = Path(__file__).parents[1]
REFERENCE = (ROOT / "docs" / "reference" / "channels.md").read_text("utf-8")
FIXTURES = ROOT / "tests" / "fixtures" / "zalo"
FAKES = (ROOT / "tests" / "peers" / "zalo").glob("*.py")
SOURCES = [path for path in FAKES if not path.name.startswith("provoked_")]


@pytest.fixture
def hook() -> Iterator[Catcher]:
    """A webhook that accepts everything."""
    with Catcher() as catcher:
        yield catcher


@pytest.fixture
def bot(hook: Catcher) -> Iterator[ZaloBot]:
    """A bot whose public address is the webhook."""
    with ZaloBot(reaches={"https://bot.example.vn": hook.url}) as fake:
        yield fake


@pytest.fixture
def caller(hook: Catcher) -> Iterator[Caller]:
    """An Official Account, its respondent, and the software that calls for it."""
    with ZaloOa() as fake:
        fake.webhook.url = hook.url
        yield Caller(fake)


@pytest.mark.parametrize("rule", [*Bot, *Oa], ids=str)
def test_every_rule_quotes_the_reference(rule: Table) -> None:
    """A refusal that no line asks for is one that we invented."""
    assert len(rule.value.line) >= 10
    assert rule.value.line in REFERENCE


def test_nothing_is_refused_but_by_a_rule() -> None:
    """`Refused` takes a rule and nothing else, and no other place writes a refusal's body."""
    trees = {source.name: ast.parse(source.read_text("utf-8")) for source in SOURCES}
    raised = {
        ast.unparse(node.exc).partition("(")[0]
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None
    }
    keys = {
        (name, ast.unparse(value))
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value in {"error", "error_code"}
    }

    assert raised == {"Refused", "NotImplementedError", "LookupError", "self.crashes[0]"}
    assert keys == {("bot.py", "row.code"), ("oa.py", "row.code"), ("oa.py", "0")}
    assert list(get_type_hints(Refused.__init__).values()) == [Bot | Oa, type(None)]


def _told(rule: Table) -> dict[str, object]:
    return provoked_bot.told(rule) if isinstance(rule, Bot) else provoked_oa.told(rule)


def _assert_refused(answer: httpx.Response, rule: Table) -> None:
    assert answer.status_code == rule.value.status
    if answer.status_code == 200:
        assert answer.json() == _told(rule)


@pytest.mark.parametrize("rule", Bot, ids=str)
def test_every_rule_of_the_bot_is_answered(rule: Bot, hook: Catcher) -> None:
    """`ok:false` with HTTP 200, and the call is on record as refused by that rule."""
    doubts = provoked_bot.SWITCHED.get(rule, AS_WRITTEN)
    with ZaloBot(unconfirmed=doubts, reaches={"https://bot.example.vn": hook.url}) as fake:
        if rule in provoked_bot.INJECTED:
            fake.fail("getMe", rule)
        provoked = provoked_bot.NATURAL.get(rule)
        answer = provoked(fake) if provoked else call(fake, "getMe")

        _assert_refused(answer, rule)
        assert fake.refusals() == [rule]


@pytest.mark.parametrize("rule", Oa, ids=str)
def test_every_rule_of_the_official_account_is_answered(rule: Oa) -> None:
    """`error` with HTTP 200, and the call is on record as refused by that rule."""
    with ZaloOa(unconfirmed=provoked_oa.SWITCHED.get(rule, AS_WRITTEN)) as fake:
        caller = Caller(fake)
        if rule in provoked_oa.INJECTED:
            fake.fail(CS, rule)
        answer = provoked_oa.NATURAL.get(rule, Caller.say)(caller)

        _assert_refused(answer, rule)
        assert fake.refusals()[-1] is rule


# the fixtures


def _shape(value: object) -> object:
    """Keys in order and types, without values."""
    if isinstance(value, dict):
        return [(key, _shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def _read(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_bytes())


def _bot_events(fake: ZaloBot) -> dict[str, Delivery]:
    ted = fake.respondent(CHAT)
    return {
        "bot_text": ted.says("Xin chào"),
        "bot_text_bare": ted.says("#381207", bare=True),
        "bot_image": ted.sends_image(),
    }


def _oa_events(caller: Caller) -> dict[str, Delivery]:
    lan, oa, phone = caller.oa.respondent(), caller.oa, caller.oa.phone()
    assert caller.ask({}).json()["error"] == caller.invite().json()["error"] == 0
    tap = lan.taps(ROW["title"])
    assert tap is not None
    told = {
        "oa_user_send_text": lan.says("5"),
        "oa_button_tap": tap,
        "oa_user_send_image": lan.sends_image(),
        "oa_user_send_audio": lan.sends_audio(),
        "oa_user_send_location": lan.sends_location(),
        "oa_follow": lan.follows(),
        "oa_user_click_chatnow": lan.opens_chat(),
        "oa_send_text_by_api": oa.webhook.flush()[0],
        "oa_send_text_by_admin": oa.admin_says(lan, "Chào bạn"),
        "oa_user_received_message": lan.receives(lan.messages[0].message_id),
        "oa_user_seen_message": lan.sees(),
        "zbs_user_received_message": phone.receives("trackA0001"),
        "zbs_user_feedback": phone.rates("trackA0001", 5, "Cán bộ nhiệt tình", ("Thái độ tốt",)),
        "zbs_user_click_response_button": phone.clicks("trackA0001"),
    }
    return {**told, "oa_unfollow": lan.unfollows()}


def test_every_fixture_is_spoken(bot: ZaloBot, caller: Caller) -> None:
    """Each payload is produced with the same keys in the same order and the same types."""
    call(bot, "setWebhook", url=HOOK, secret_token=SECRET)
    made = {name: json.loads(one.body) for name, one in _bot_events(bot).items()}
    made |= {name: json.loads(one.body) for name, one in _oa_events(caller).items()}
    call(bot, "deleteWebhook")
    made["bot_no_update"] = call(bot, "getUpdates", timeout="0").json()
    made["oauth_token"] = caller.renew().json()

    assert set(made) == {path.stem for path in FIXTURES.glob("*.json")}
    assert {name: _shape(body) for name, body in made.items()} == {
        name: _shape(_read(name)) for name in made
    }
    assert made["bot_no_update"] == _read("bot_no_update")
    assert made["oauth_token"]["expires_in"] == "90000"


def test_every_error_fixture_is_a_rule() -> None:
    """The bodies of fixtures/errors are answered word for word."""
    answered = [provoked_oa.told(rule) for rule in Oa]

    assert all(json.loads(path.read_bytes()) in answered for path in FIXTURES.glob("errors/*"))


def test_the_vector_of_the_reference_verifies() -> None:
    """Plain SHA-256 over the raw bytes, for every line of the fixtures' table."""
    readme = (FIXTURES / "README.md").read_text("utf-8")
    for path in [*FIXTURES.glob("oa_*.json"), *FIXTURES.glob("zbs_*.json")]:
        body = path.read_bytes()

        assert mac(APP_ID, body, json.loads(body)["timestamp"], OA_SECRET) in readme, path.name

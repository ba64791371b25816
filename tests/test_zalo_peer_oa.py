"""The fake Official Account: tokens, windows, templates, and signed events."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.peers.zalo.catcher import Catcher
from tests.peers.zalo.oa import APP_ID, OA_SECRET, ZaloOa
from tests.peers.zalo.oa_account import USER_ID
from tests.peers.zalo.oa_events import mac
from tests.peers.zalo.oa_templates import hash_of
from tests.peers.zalo.oa_tokens import proof_of
from tests.peers.zalo.provoked_oa import BY_USER, CS, TEMPLATE, Caller, told
from tests.peers.zalo.rules import Oa
from tests.peers.zalo.unconfirmed import AS_WRITTEN, Unconfirmed


@pytest.fixture
def hook() -> Iterator[Catcher]:
    """A webhook that accepts everything."""
    with Catcher() as catcher:
        yield catcher


@pytest.fixture
def caller(hook: Catcher) -> Iterator[Caller]:
    """An Official Account, its respondent, and the software that calls for it."""
    with ZaloOa() as fake:
        fake.webhook.url = hook.url
        yield Caller(fake)


def test_a_refresh_token_works_once(caller: Caller) -> None:
    """The second use is refused and kills the grant, the new pair included."""
    fresh = caller.renew().json()["access_token"]
    body = {"user_id": USER_ID}
    before = caller.post("/v3.0/oa/quota/message", body, access_token=fresh).json()

    assert caller.renew().json() == told(Oa.REFRESH_USED)
    assert before["data"]["cs_reply"] == {"remain": 8}
    after = caller.post("/v3.0/oa/quota/message", body, access_token=fresh).json()
    assert after == told(Oa.TOKEN_EXPIRED)


def test_the_reuse_may_be_harmless() -> None:
    """The other reading: the grant survives."""
    with ZaloOa(unconfirmed=Unconfirmed(reuse_kills_grant=False)) as fake:
        caller = Caller(fake)
        caller.renew()

        assert caller.renew().json() == told(Oa.REFRESH_USED)
        assert caller.say().json()["error"] == 0


def test_a_code_becomes_tokens(caller: Caller) -> None:
    """Consent, code and verifier give a pair that sends; a dead grant is revived by it."""
    caller.oa.revokes()
    pair = caller.code(caller.oa.consents("verifier")).json()
    body = {"recipient": {"user_id": USER_ID}, "message": {"text": "Câu 1"}}

    assert caller.say().json() == told(Oa.TOKEN_INVALID)
    assert caller.post(CS, body, access_token=pair["access_token"]).json()["error"] == 0


def test_the_window_is_free_then_billed(caller: Caller) -> None:
    """48 hours free, then billed until the seventh day; a new message opens it again."""
    caller.say()
    caller.fake.clock.advance(hours=48.1)
    caller.tokens = caller.oa.authorise()
    caller.say()
    caller.oa.respondent().says("5")
    left = caller.say().json()["data"]["quota"]["remain"]

    assert [sent.billed for sent in caller.oa.respondent().messages] == [False, True, False]
    assert left == 7


@pytest.mark.parametrize(
    ("doubts", "billed"),
    [
        (Unconfirmed(free_replies=None), 0),
        (Unconfirmed(beyond_free="billed"), 1),
        (Unconfirmed(reply_must_quote=True), 9),
    ],
    ids=["unlimited", "the ninth is billed", "nothing was quoted"],
)
def test_free_replies_are_disputed(doubts: Unconfirmed, billed: int) -> None:
    """Each reading of the money rule can be tried."""
    with ZaloOa(unconfirmed=doubts) as fake:
        caller = Caller(fake)

        assert {caller.say().json()["error"] for _ in range(9)} == {0}
        assert sum(sent.billed for sent in caller.oa.respondent().messages) == billed


def test_a_reaction_and_the_account(caller: Caller) -> None:
    """The two calls of v2 that are left, and the rate in the headers."""
    lan = caller.oa.respondent()
    (wrote,) = lan.person.wrote
    action = {"react_icon": "heart", "react_message_id": wrote}
    body = {"recipient": {"user_id": USER_ID}, "sender_action": action}
    sent = {"access_token": caller.tokens.access}
    account = httpx.get(f"{caller.fake.openapi}/v2.0/oa/getoa", headers=sent, trust_env=False)

    assert caller.post("/v2.0/oa/message", body).json()["error"] == 0
    assert [one.kind for one in lan.hears()] == ["reaction"]
    assert account.json()["data"]["is_verified"] is True
    assert account.headers["X-RateLimit-Remain"] == "3999"
    wrong = caller.post("/oauth.zaloapp.com/v3.0/oa/message/cs", body)
    assert wrong.json() == told(Oa.NOT_REGISTERED)


def test_a_proof_lets_through(caller: Caller) -> None:
    """HMAC of the access token with the app secret, when the app wants it."""
    caller.fake.app.proof = True
    token = caller.tokens.access
    proof = proof_of(caller.fake.app, token)
    body = {"recipient": {"user_id": USER_ID}, "message": {"text": "Câu 1"}}

    answer = caller.post(CS, body, access_token=token, appsecret_proof=proof)
    assert answer.json()["error"] == 0


def test_a_template_goes_by_user_and_by_hash(caller: Caller) -> None:
    """By user id it answers message_id, by number msg_id; ratings can be pulled."""
    by_user = caller.post(BY_USER, {**TEMPLATE, "user_id": USER_ID}).json()
    hashed = hash_of("84900000000")
    by_hash = caller.invite("/message/template/hashphone", phone=None, hash_phone=hashed).json()
    phone = caller.oa.phone()
    phone.rates("trackA0001", 4)
    pulled = httpx.get(
        f"{caller.fake.business}/rating/get",
        headers={"access_token": caller.tokens.access},
        trust_env=False,
    ).json()

    assert set(by_user["data"]) == {"message_id"}
    assert by_hash["data"]["msg_id"] == phone.invitations[0].message_id
    assert [row["rate"] for row in pulled["data"]["data"]] == [4]


def test_events_are_signed_over_their_bytes(caller: Caller, hook: Catcher) -> None:
    """The header matches the body as it arrived, for each OA with its own secret."""
    other = caller.fake.official("388613280878808646", "another-secret")
    other.respondent("1").says("Cán bộ nhiệt tình")
    event = hook.calls()[-1]
    signed = mac(APP_ID, event.body, json.loads(event.body)["timestamp"], "another-secret")

    assert event.headers["x-zevent-signature"] == f"mac={signed}"


@pytest.mark.parametrize(
    ("doubts", "first", "secret"),
    [
        (Unconfirmed(mac_prefix=""), APP_ID, OA_SECRET),
        (Unconfirmed(mac_secret="app"), APP_ID, "app-secret-fixture"),
        (Unconfirmed(mac_first="oa_id"), "388613280878808645", OA_SECRET),
    ],
)
def test_the_signature_is_disputed(doubts: Unconfirmed, first: str, secret: str) -> None:
    """Every combination of the dispute can be sent."""
    with ZaloOa(unconfirmed=doubts) as fake:
        sent = fake.official().respondent().says("5")
        signed = mac(first, sent.body, json.loads(sent.body)["timestamp"], secret)

        assert sent.headers["X-ZEvent-Signature"] == doubts.mac_prefix + signed


def test_a_webhook_that_fails_is_tried_again_and_then_no_more(
    caller: Caller, hook: Catcher
) -> None:
    """Five repeats with num_retry and the same bytes; then the webhook is switched off."""
    hook.fail("hook", Oa.BAD_GATEWAY, times=6)
    caller.oa.respondent().says("5")
    early = caller.fake.webhook.repeat()
    for seconds in AS_WRITTEN.repeats_after_s:
        caller.fake.clock.advance(seconds=seconds)
        assert len(caller.fake.webhook.repeat()) == 1
    tries = hook.calls()[-6:]

    assert early == []
    assert [one.headers.get("num_retry") for one in tries] == [None, "1", "2", "3", "4", "5"]
    assert len({one.body for one in tries}) == 1
    assert caller.fake.webhook.switched_off


def test_an_answer_that_is_late_is_no_answer(hook: Catcher) -> None:
    """200 after the limit is repeated all the same."""
    with ZaloOa(unconfirmed=Unconfirmed(answer_within_s=0.05)) as fake:
        fake.webhook.url = hook.url
        hook.delay("hook", 0.2)
        late = fake.official().respondent().says("5")
        fake.clock.advance(seconds=31)

        assert late.accepted
        assert [one.retries for one in fake.webhook.repeat()] == [1]


def test_the_console_tests_the_webhook(caller: Caller, hook: Catcher) -> None:
    """An empty POST, and a signed sample for an OA that is not ours."""
    caller.fake.pings_empty()
    caller.fake.pings_sample()
    empty, sample = hook.calls()[-2:]

    assert empty.body == b""
    assert "x-zevent-signature" not in empty.headers
    assert json.loads(sample.body)["message"]["text"] == "This is testing message"


def test_the_other_doubts_can_be_tried() -> None:
    """Templates at night, twenty calls a second, an echo with admin_id, a header of the time."""
    doubts = Unconfirmed(
        template_night=False, per_second=2, api_echo_has_admin_id=True, timestamp_header="timestamp"
    )
    with ZaloOa(unconfirmed=doubts) as fake:
        caller = Caller(fake)
        fake.clock.advance(hours=10.5)
        answers = [caller.invite().json(), caller.say().json(), caller.say().json()]
        (echo,) = fake.webhook.flush()

        assert [one["error"] for one in answers] == [0, 0, Oa.APP_RATE.value.code]
        assert json.loads(echo.body)["sender"]["admin_id"] == "1"
        assert echo.headers["timestamp"] == json.loads(echo.body)["timestamp"]


def test_a_person_may_refuse(caller: Caller) -> None:
    """Blocked, banned or restricted: every message to them is refused until they return."""
    lan = caller.oa.respondent()
    lan.refuses(Oa.BLOCKED)
    refused = caller.say().json()
    lan.refuses(None)

    assert refused == told(Oa.BLOCKED)
    assert caller.say().json()["error"] == 0

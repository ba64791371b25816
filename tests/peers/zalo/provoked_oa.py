"""For every rule of the Official Account: a call that it refuses, where one is enough."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from tests.peers.zalo.oa import ZaloOa
from tests.peers.zalo.oa_account import PHONE, USER_ID, OfficialAccount
from tests.peers.zalo.posting import TLS
from tests.peers.zalo.rules import Oa
from tests.peers.zalo.unconfirmed import Unconfirmed

CS = "/v3.0/oa/message/cs"
OAUTH = "/v4/oa/access_token"
BY_PHONE, BY_USER = "/message/template", "/v3.0/oa/message/template"
NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)
TEMPLATE = {"template_id": "t1", "template_data": {"name": "Lan"}}
INVITATION = {**TEMPLATE, "phone": PHONE, "tracking_id": "trackA0001"}
ROW = {"title": "5 - Rất hài lòng", "type": "oa.query.hide", "payload": "#1|K7Q2M9PA|3|5"}
Changes = dict[str, Any]


def told(rule: Oa) -> dict[str, object]:
    """The body of a refusal by *rule*."""
    return {"error": rule.value.code, "message": rule.value.message}


class Caller:
    """One OA that may do everything, and the software that calls for it."""

    def __init__(self, fake: ZaloOa) -> None:
        fake.clock.set(NOON)
        self.fake = fake
        self.oa: OfficialAccount = fake.official()
        self.oa.respondent().says("#381207")
        self.oa.phone()
        self.oa.template("t1")
        self.tokens = self.oa.authorise()

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A call with the token of the OA, unless *headers* say otherwise."""
        sent = headers or {"access_token": self.tokens.access}
        return httpx.post(
            f"{self.fake.url}{path}", json=body, headers=sent, trust_env=False, verify=TLS
        )

    def say(self, text: str = "Câu 1/5", **message: object) -> httpx.Response:
        """A consultation message to the respondent."""
        whole = {"text": text, **message}
        return self.post(CS, {"recipient": {"user_id": USER_ID}, "message": whole})

    def ask(self, *rows: Changes) -> httpx.Response:
        """A question with buttons; each row changes something of a good one."""
        payload = {"buttons": [{**ROW, **row} for row in rows]}
        return self.say(attachment={"type": "template", "payload": payload})

    def renew(self, secret: str | None = None, **form: str) -> httpx.Response:
        """A form to the token endpoint; by default the newest refresh token."""
        app = self.fake.app
        own = {"grant_type": "refresh_token", "refresh_token": self.tokens.refresh}
        sent = {"app_id": app.app_id, **(form or own)}
        key = {"secret_key": app.secret if secret is None else secret}
        return httpx.post(
            f"{self.fake.url}{OAUTH}", data=sent, headers=key, trust_env=False, verify=TLS
        )

    def code(self, code: str, verifier: str = "verifier") -> httpx.Response:
        """A code to the token endpoint."""
        return self.renew(grant_type="authorization_code", code=code, code_verifier=verifier)

    def invite(self, path: str = BY_PHONE, **changes: object) -> httpx.Response:
        """A template message to the phone; a change of None leaves the key out."""
        body = {k: v for k, v in {**INVITATION, **changes}.items() if v is not None}
        return self.post(path, body)


def _twice(call: Callable[[], httpx.Response]) -> httpx.Response:
    call()
    return call()


def _with(caller: Caller, **state: object) -> Caller:
    for key, value in state.items():
        setattr(caller.oa.state, key, value)
    return caller


def _later(caller: Caller, *, days: float = 0, hours: float = 0) -> Caller:
    caller.fake.clock.advance(days=days, hours=hours)
    return caller


def _unfollowed(caller: Caller) -> httpx.Response:
    caller.oa.respondent().unfollows()
    return caller.say()


def _killed(caller: Caller) -> httpx.Response:
    newer = caller.renew().json()["refresh_token"]
    caller.renew()
    return caller.renew(grant_type="refresh_token", refresh_token=newer)


def _ninth(caller: Caller) -> httpx.Response:
    for _ in range(8):
        assert caller.say().json()["error"] == 0
    return caller.say()


def _templates(caller: Caller, **state: bool) -> httpx.Response:
    caller.oa.template("t1", **state)
    return caller.invite()


def _without(caller: Caller, attribute: str, value: object) -> Caller:
    setattr(caller.fake.app, attribute, value)
    return caller


NATURAL: Mapping[Oa, Callable[[Caller], httpx.Response]] = {
    Oa.APP_RATE: lambda c: _twice(_without(c, "requests_a_minute", 1).say),
    Oa.OA_RATE: lambda c: _twice(_with(c, requests_a_minute=1).say),
    Oa.BAD_USER: lambda c: c.post(CS, {"recipient": {"user_id": int(USER_ID)}, "message": {}}),
    Oa.NOT_JSON: lambda c: c.post(CS, ["a list"]),
    Oa.PARAMETER: lambda c: c.say(quote_message_id="never-written"),
    Oa.NOT_NFC: lambda c: c.say(unicodedata.normalize("NFD", "Rất hài lòng")),
    Oa.TEXT: lambda c: c.say("a" * 2001),
    Oa.BUTTONS: lambda c: c.ask({}, {}, {}, {}, {}, {}),
    Oa.BUTTON_TITLE: lambda c: c.ask({"title": "a" * 101}),
    Oa.BUTTON_PAYLOAD: lambda c: c.ask({"payload": "a" * 1001}),
    Oa.BUTTON_ASCII: lambda c: c.ask({"payload": "#một"}),
    Oa.BUTTON_TYPE: lambda c: c.ask({"type": "oa.query.click"}),
    Oa.MESSAGE_TYPE: lambda c: c.say(attachment={"type": "file", "payload": {}}),
    Oa.V2_GONE: lambda c: c.post("/v2.0/oa/message", {"recipient": {}, "message": {}}),
    Oa.SHUT_DOWN: lambda c: c.post("/v3.0/oa/message/promotion", {}),
    Oa.NOT_REGISTERED: lambda c: c.post("/v3.0/oa/message/everyone", {}),
    Oa.TOKEN_INVALID: lambda c: c.post(CS, {}, access_token="another"),
    Oa.NOT_BEARER: lambda c: c.post(CS, {}, authorization=f"Bearer {c.tokens.access}"),
    Oa.TOKEN_EXPIRED: lambda c: _later(c, hours=25).say(),
    Oa.PROOF: lambda c: _without(c, "proof", True).say(),
    Oa.NOT_VERIFIED: lambda c: _with(c, verified=False).say(),
    Oa.TIER: lambda c: _with(c, paid=False).say(),
    Oa.NO_ACCOUNT: lambda c: _with(_late(c), cloud_account=False).say(),
    Oa.NO_MONEY: lambda c: _with(_late(c), balance=0).say(),
    Oa.OUT_OF_QUOTA: lambda c: _with(c, quota=0).say(),
    Oa.FREE_REPLIES: _ninth,
    Oa.NOT_FOLLOWING: _unfollowed,
    Oa.OVER_7_DAYS: lambda c: _late(c, days=8).say(),
    Oa.OUTSIDE_WINDOW: lambda c: _late(c, days=8).say(),
    Oa.APP_INACTIVE: lambda c: _without(c, "active", False).renew(),
    Oa.OAUTH_FORM: lambda c: c.renew(grant_type="password"),
    Oa.SECRET_KEY: lambda c: c.renew(secret="another"),
    Oa.CODE: lambda c: _twice(partial(c.code, c.oa.consents("verifier"))),
    Oa.VERIFIER: lambda c: c.code(c.oa.consents("verifier"), "another"),
    Oa.REFRESH_UNKNOWN: lambda c: c.renew(grant_type="refresh_token", refresh_token="another"),
    Oa.REFRESH_USED: lambda c: _twice(c.renew),
    Oa.REFRESH_EXPIRED: lambda c: _later(c, days=91).renew(),
    Oa.GRANT_KILLED: _killed,
    Oa.PHONE_INVALID: lambda c: c.invite(phone="0900000000"),
    Oa.PHONE_NO_ACCOUNT: lambda c: c.invite(phone="84900000001"),
    Oa.ZBS_TOKEN: lambda c: c.post(BY_PHONE, INVITATION, access_token="another"),
    Oa.ZBS_PROOF: lambda c: _without(c, "proof", True).invite(),
    Oa.ZBS_DAILY: lambda c: _with(c, templates_a_day=0).invite(),
    Oa.TEMPLATE: lambda c: _templates(c, approved=False),
    Oa.TEMPLATE_DISABLED: lambda c: _templates(c, disabled=True),
    Oa.ZBS_NIGHT: lambda c: _later(c, hours=10.5).invite(),
    Oa.TRACKING: lambda c: c.invite(tracking_id="track_A"),
    Oa.NO_TRACKING: lambda c: c.post(BY_USER, {**INVITATION, "user_id": USER_ID}),
    Oa.TEMPLATE_BODY: lambda c: c.invite(template_data=None),
    Oa.DEVELOPMENT: lambda c: c.invite(mode="development"),
}
INJECTED = tuple(rule for rule in Oa if rule not in NATURAL)
SWITCHED: Mapping[Oa, Unconfirmed] = {Oa.OUTSIDE_WINDOW: Unconfirmed(window_rule=Oa.OUTSIDE_WINDOW)}


def _late(caller: Caller, days: float = 3) -> Caller:
    """So much later, with a fresh token: the window may have changed, the token has not."""
    _later(caller, days=days)
    caller.tokens = caller.oa.authorise()
    return caller

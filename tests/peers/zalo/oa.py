"""A strict Zalo Official Account: OpenAPI, OAuth and business hosts, and signed webhooks.

with ZaloOa() as fake:
    fake.webhook.url = f"{server.url}/channels/zalo-oa"
    oa = fake.official()
    tokens = oa.authorise()                       # what the console's API Explorer hands out
    lan = oa.respondent()
    lan.says("#381207")                           # posts a signed user_send_text
    (question,) = lan.hears(1, timeout_s=5)
    lan.taps("5 - Rất hài lòng")
    fake.webhook.flush()                          # echoes of our own messages

All hosts answer at `fake.url`; `fake.openapi`, `fake.oauth` and `fake.business` are stricter: each
serves its own host's paths and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request

from tests.peers.zalo import oa_messages, oa_templates, oa_tokens
from tests.peers.zalo.host import Call, Host, Json, Reply
from tests.peers.zalo.oa_account import USER_ID, OfficialAccount
from tests.peers.zalo.oa_events import Events
from tests.peers.zalo.oa_state import Account, App
from tests.peers.zalo.oa_webhook import Webhook
from tests.peers.zalo.posting import Delivery
from tests.peers.zalo.rules import Oa, Refused, Table, require
from tests.peers.zalo.unconfirmed import AS_WRITTEN, Unconfirmed

APP_ID, APP_SECRET = "360846524940903967", "app-secret-fixture"
OA_ID, OA_SECRET = "388613280878808645", "oa-secret-fixture"
OPENAPI, OAUTH, BUSINESS = "openapi.zalo.me", "oauth.zaloapp.com", "business.openapi.zalo.me"


class ZaloOa(Host):
    """One app, the OAs that permit it to act for them, and its webhook."""

    def __init__(
        self,
        app_id: str = APP_ID,
        app_secret: str = APP_SECRET,
        *,
        unconfirmed: Unconfirmed = AS_WRITTEN,
        proof: bool = False,
        requests_a_minute: int = 4000,
    ) -> None:
        super().__init__()
        self.app = App(app_id, app_secret, unconfirmed, True, proof, requests_a_minute)
        self.webhook = Webhook(self.app, self.clock)

    @property
    def openapi(self) -> str:
        """The address that stands for https://openapi.zalo.me."""
        return f"{self.url}/{OPENAPI}"

    @property
    def oauth(self) -> str:
        """The address that stands for https://oauth.zaloapp.com."""
        return f"{self.url}/{OAUTH}"

    @property
    def business(self) -> str:
        """The address that stands for https://business.openapi.zalo.me."""
        return f"{self.url}/{BUSINESS}"

    def official(self, oa_id: str = OA_ID, secret: str = OA_SECRET) -> OfficialAccount:
        """The OA of that id, made on the first call; `secret` signs its events."""
        with self.lock:
            account = self.app.accounts.setdefault(oa_id, Account(oa_id, secret))
        return OfficialAccount(self, account)

    # the console's test button

    def pings_empty(self) -> Delivery:
        """The test that is an empty, unsigned POST."""
        return self.webhook.post(b"", {})

    def pings_sample(self) -> Delivery:
        """The test that is a signed sample for an OA that is not ours."""
        events = Events(self.app.app_id, "579745863508352884", str(self.clock.milliseconds()))
        message = {"text": "This is testing message", "msg_id": self.made_id()}
        sample = events.user_message("user_send_text", USER_ID, "552177279717587730", message)
        return self.webhook.deliver(sample)

    # the server's side

    def name(self, request: Request) -> str:
        """The path without the host that may stand before it."""
        return _parted(request.url.path)[1]

    def answer(self, call: Call) -> Reply:
        """One call to any of the hosts."""
        host, path = _parted(call.path)
        if (host or OAUTH, path) == (OAUTH, "/v4/oa/access_token"):
            return Reply(oa_tokens.oauth(self.app, call, self.clock.now()))
        require((host or _host_of(path), path) in ENDPOINTS, Oa.NOT_REGISTERED)
        return self._data(call, *ENDPOINTS[_host_of(path), path])

    def refusal(self, rule: Table, status: int | None = None) -> Reply:
        """HTTP 200 with an `error`, unless the rule or the test says otherwise."""
        row = rule.value
        body = {"error": row.code, "message": row.message}
        return Reply(body, status or row.status, self._rates(), rule)

    def _data(self, call: Call, method: str, endpoint: Endpoint) -> Reply:
        zbs = _host_of(call.name) == BUSINESS
        account = oa_tokens.caller(self.app, call, self.clock.now(), zbs=zbs)
        oa_tokens.counted(self.app, account, self.clock.now())
        require(call.method == method, Oa.NOT_JSON)
        told = call.json(Oa.NOT_JSON) if method == "POST" else dict(call.query)
        body = {"error": 0, "message": "Success", "data": endpoint(self, account, told)}
        return Reply(body, headers=self._rates())

    def _rates(self) -> Mapping[str, str]:
        return oa_tokens.rate_headers(self.app, self.clock.now())


Endpoint = Callable[[ZaloOa, Account, Json], Json | None]


def _consultation(fake: ZaloOa, account: Account, told: Json) -> Json:
    doubts, now = fake.app.unconfirmed, fake.clock.now()
    sent = oa_messages.consultation(account, told, now, doubts, fake.made_id)
    person = oa_messages.recipient(account, told)
    events = OfficialAccount(fake, account).events()
    message = {"text": sent.text, "msg_id": sent.message_id}
    admin = "1" if doubts.api_echo_has_admin_id else None
    echo = events.oa_message("oa_send_text", person.user_id, message, admin)
    fake.webhook.waiting.append(echo)
    left = oa_messages.told_quota(person, now, doubts)["cs_reply"]["remain"]
    return {"message_id": sent.message_id, "quota": {"remain": left}}


def _quota(fake: ZaloOa, account: Account, told: Json) -> Json:
    person = oa_messages.recipient(account, {"recipient": told})
    return oa_messages.told_quota(person, fake.clock.now(), fake.app.unconfirmed)


def _account(fake: ZaloOa, account: Account, told: Json) -> Json:
    return oa_messages.told_account(account)


def _reaction(fake: ZaloOa, account: Account, told: Json) -> None:
    oa_messages.reaction(account, told)


def _gone(fake: ZaloOa, account: Account, told: Json) -> None:
    raise Refused(Oa.SHUT_DOWN)


def _to_user(fake: ZaloOa, account: Account, told: Json) -> Json:
    return oa_templates.to_user(account, told, fake.clock.now(), fake.app.unconfirmed, fake.made_id)


def _to_phone(hashed: bool) -> Endpoint:
    def send(fake: ZaloOa, account: Account, told: Json) -> Json:
        now, doubts = fake.clock.now(), fake.app.unconfirmed
        return oa_templates.to_phone(account, told, now, doubts, fake.made_id, hashed=hashed)

    return send


def _answers(kind: str) -> Endpoint:
    """What the events told already; the form of the list is ours."""

    def pull(fake: ZaloOa, account: Account, told: Json) -> Json:
        rows = account.answers.get(kind, [])
        return {"total": len(rows), "data": list(rows)}

    return pull


ENDPOINTS: Mapping[tuple[str, str], tuple[str, Endpoint]] = {
    (OPENAPI, "/v3.0/oa/message/cs"): ("POST", _consultation),
    (OPENAPI, "/v3.0/oa/quota/message"): ("POST", _quota),
    (OPENAPI, "/v3.0/oa/message/template"): ("POST", _to_user),
    (OPENAPI, "/v3.0/oa/message/transaction"): ("POST", _gone),
    (OPENAPI, "/v3.0/oa/message/promotion"): ("POST", _gone),
    (OPENAPI, "/v2.0/oa/message"): ("POST", _reaction),
    (OPENAPI, "/v2.0/oa/getoa"): ("GET", _account),
    (BUSINESS, "/message/template"): ("POST", _to_phone(False)),
    (BUSINESS, "/message/template/hashphone"): ("POST", _to_phone(True)),
    (BUSINESS, "/rating/get"): ("GET", _answers("rating")),
    (BUSINESS, "/response/get"): ("GET", _answers("response")),
}


def _host_of(path: str) -> str:
    return BUSINESS if (BUSINESS, path) in ENDPOINTS else OPENAPI


def _parted(path: str) -> tuple[str, str]:
    """The host that stands before the path, if any, and the path."""
    for host in (OPENAPI, OAUTH, BUSINESS):
        if path.startswith(f"/{host}/"):
            return host, path.removeprefix(f"/{host}")
    return "", path

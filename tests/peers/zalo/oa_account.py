"""The test's handle of one Official Account."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.peers.zalo import oa_tokens
from tests.peers.zalo.clock import Clock
from tests.peers.zalo.oa_events import Events
from tests.peers.zalo.oa_people import OaRespondent, TemplateReceiver
from tests.peers.zalo.oa_state import Account, Person, Phone, Template, Tokens
from tests.peers.zalo.oa_webhook import Webhook
from tests.peers.zalo.posting import Delivery
from tests.peers.zalo.rules import Oa

if TYPE_CHECKING:
    from tests.peers.zalo.oa import ZaloOa

USER_ID, PHONE = "246845883529197922", "84900000000"


class OfficialAccount:
    """The test's handle of one OA; `state` holds what may be changed."""

    def __init__(self, fake: ZaloOa, state: Account) -> None:
        self.fake = fake
        self.state = state

    @property
    def lock(self) -> threading.RLock:
        """The fake's lock."""
        return self.fake.lock

    @property
    def clock(self) -> Clock:
        """The fake's clock."""
        return self.fake.clock

    @property
    def webhook(self) -> Webhook:
        """The app's webhook."""
        return self.fake.webhook

    def authorise(self) -> Tokens:
        """A first pair of tokens."""
        with self.lock:
            return oa_tokens.issue(self.state, self.clock.now())

    def consents(self, verifier: str) -> str:
        """An authorization code of the console's link, whose PKCE challenge has this verifier."""
        with self.lock:
            return oa_tokens.consent(self.state, verifier, self.clock.now())

    def revokes(self) -> None:
        """The OA takes its permission back: every token is dead."""
        with self.lock:
            self.state.grant.killed = True

    def respondent(self, user_id: str = USER_ID) -> OaRespondent:
        """Somebody of that id; they are known to the OA from now on."""
        by_app = f"5{user_id[::-1]}"
        with self.lock:
            person = self.state.people.setdefault(user_id, Person(user_id, by_app))
        return OaRespondent(self, person)

    def phone(
        self, number: str = PHONE, *, administrator: bool = False, refusal: Oa | None = None
    ) -> TemplateReceiver:
        """A number that has Zalo."""
        with self.lock:
            phone = self.state.phones.setdefault(number, Phone(number))
            phone.administrator, phone.refusal = administrator, refusal
        return TemplateReceiver(self, phone)

    def template(
        self, template_id: str, *, approved: bool = True, disabled: bool = False
    ) -> Template:
        """A template in the console."""
        with self.lock:
            self.state.templates[template_id] = Template(template_id, approved, disabled)
            return self.state.templates[template_id]

    def reviews(self, template_id: str, status: str, reason: str = "") -> Delivery:
        """The review's outcome (`change_template_status`)."""
        with self.lock:
            self.state.templates[template_id].approved = status == "ENABLE"
        return self.webhook.deliver(self.events().template_status(template_id, status, reason))

    def admin_says(self, respondent: OaRespondent, text: str, admin_id: str = "99") -> Delivery:
        """A person answers in OA Manager; only the echo reaches us."""
        event = self.events().oa_message(
            "oa_send_text",
            respondent.person.user_id,
            {"text": text, "msg_id": self.fake.made_id()},
            admin_id,
        )
        return self.webhook.deliver(event)

    def events(self) -> Events:
        """The events of this OA, now."""
        timestamp = str(self.clock.milliseconds())
        return Events(self.fake.app.app_id, self.state.oa_id, timestamp)

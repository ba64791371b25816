"""People in front of an Official Account, and phones that template messages reach."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.peers.zalo.oa_state import Invitation, Json, Person, Phone, Sent
from tests.peers.zalo.posting import Delivery
from tests.peers.zalo.rules import Oa

if TYPE_CHECKING:
    from tests.peers.zalo.oa_account import OfficialAccount

FILES = "https://files.example.vn/zalo"


class OaRespondent:
    """Somebody who can write to one OA."""

    def __init__(self, account: OfficialAccount, person: Person) -> None:
        self.person = person
        self._account = account
        self._heard = 0

    # what they do

    def says(self, text: str) -> Delivery:
        """Type a text."""
        return self._sends("user_send_text", {"text": text}, self.person.by_app)

    def taps(self, button: str) -> Delivery | None:
        """Tap the newest button with this title or payload; a link tells the OA nothing.

        Raises:
            LookupError: no message on screen has such a button.
        """
        for sent in reversed(self.messages):
            for shown in sent.buttons:
                if button in (shown.title, shown.payload):
                    is_query = shown.type.startswith("oa.query.")
                    return self.says(str(shown.payload)) if is_query else None
        raise LookupError(f"no button on screen reads or carries {button!r}")

    def sends_image(self, url: str = f"{FILES}/quay-3.jpg") -> Delivery:
        """Send an image."""
        payload = {"url": url, "thumbnail": url.replace(".jpg", "-thumb.jpg")}
        return self._attaches("user_send_image", "image", payload)

    def sends_audio(self, url: str = f"{FILES}/gop-y.aac") -> Delivery:
        """Send a voice message."""
        return self._attaches("user_send_audio", "audio", {"url": url})

    def sends_sticker(self, sticker: str = "bfe458bf64fa8da4d4eb") -> Delivery:
        """Send a sticker; no fixture shows this event, its form follows the image's."""
        payload = {"id": sticker, "url": f"{FILES}/{sticker}.png"}
        return self._attaches("user_send_sticker", "sticker", payload)

    def sends_location(self, lat: float = 19.807, long: float = 105.776) -> Delivery:
        """Send coordinates."""
        place = {"coordinates": {"lat": lat, "long": long}}
        return self._attaches("user_send_location", "location", place)

    def follows(self) -> Delivery:
        """Follow the OA."""
        person, account = self.person, self._account
        with account.lock:
            person.follows = True
            person.interact(account.clock.now())
            event = account.events().follow("follow", person.user_id, person.by_app)
        return account.webhook.deliver(event)

    def unfollows(self) -> Delivery:
        """Stop following; nothing reaches them until they come back."""
        person, account = self.person, self._account
        with account.lock:
            person.follows, person.left = False, True
            event = account.events().follow("unfollow", person.user_id, person.by_app)
        return account.webhook.deliver(event)

    def opens_chat(self) -> Delivery:
        """Tap "Nhắn tin": the window opens."""
        person, account = self.person, self._account
        with account.lock:
            person.interact(account.clock.now())
            event = account.events().chat_opened(person.user_id, person.by_app)
        return account.webhook.deliver(event)

    def receives(self, message_id: str) -> Delivery:
        """The receipt that a message of the OA arrived."""
        return self._receipt("user_received_message", {"msg_id": message_id})

    def sees(self) -> Delivery:
        """The receipt that every unseen message of the OA was read."""
        with self._account.lock:
            ids = [sent.message_id for sent in self.person.sent[self.person.seen :]]
            self.person.seen = len(self.person.sent)
        return self._receipt("user_seen_message", {"msg_ids": [one for one in ids if one]})

    def refuses(self, rule: Oa | None) -> None:
        """Every message to them is refused by *rule* (None: no longer)."""
        with self._account.lock:
            self.person.refusal = rule

    # what they see

    @property
    def messages(self) -> list[Sent]:
        """Everything the OA sent them, reactions included."""
        with self._account.lock:
            return list(self.person.sent)

    def hears(self, count: int = 1, timeout_s: float = 0) -> list[Sent]:
        """Messages since the last call; waits until there are *count* or the time is over."""
        until = time.monotonic() + timeout_s
        while len(self.messages) < self._heard + count and time.monotonic() < until:
            time.sleep(0.01)
        fresh = self.messages[self._heard :]
        self._heard += len(fresh)
        return fresh

    # plumbing

    def _attaches(self, name: str, kind: str, payload: Json) -> Delivery:
        return self._sends(name, {"attachments": [{"type": kind, "payload": payload}]}, None)

    def _sends(self, name: str, content: Json, by_app: str | None) -> Delivery:
        """One message; a text stands before its id, attachments after it."""
        account, user = self._account, self.person.user_id
        with account.lock:
            own = {"msg_id": account.fake.made_id()}
            self.person.interact(account.clock.now(), own["msg_id"])
            message = {**content, **own} if "text" in content else {**own, **content}
            event = account.events().user_message(name, user, by_app, message)
        return account.webhook.deliver(event)

    def _receipt(self, name: str, message: Json) -> Delivery:
        event = self._account.events().oa_message(name, self.person.user_id, message)
        return self._account.webhook.deliver(event)


class TemplateReceiver:
    """The phone that a template message was sent to; it answers by its tracking id."""

    def __init__(self, account: OfficialAccount, phone: Phone) -> None:
        self.phone = phone
        self._account = account

    @property
    def invitations(self) -> list[Invitation]:
        """Every template message this phone was sent."""
        with self._account.lock:
            sent = self._account.state.invitations.values()
            return [one for one in sent if one.phone == self.phone.number]

    def receives(self, tracking_id: str) -> Delivery:
        """The delivery receipt, with the phone number in it."""
        message = {"delivery_time": self._now(), **self._ids(tracking_id)}
        event = self._account.events().template_received(self.phone.number, message)
        return self._account.webhook.deliver(event)

    def rates(
        self, tracking_id: str, rate: int, note: str = "", feedbacks: tuple[str, ...] = ()
    ) -> Delivery:
        """The native rating, 1..5 stars."""
        message = {
            "rating_type": "csat",
            "rate": rate,
            "note": note,
            "feedbacks": list(feedbacks),
            "submit_time": self._now(),
            **self._ids(tracking_id),
        }
        self._kept("rating", message)
        return self._account.webhook.deliver(self._account.events().template_rated(message))

    def clicks(self, tracking_id: str, label: str = "Đánh giá ngay") -> Delivery:
        """A quick reply."""
        ids = self._ids(tracking_id)
        message = {
            "submit_time": self._now(),
            "button_type": "response",
            "data": label,
            "tracking_id": tracking_id,
        }
        self._kept("response", message)
        event = self._account.events().template_clicked(message, ids["msg_id"])
        return self._account.webhook.deliver(event)

    def _now(self) -> str:
        return str(self._account.clock.milliseconds())

    def _ids(self, tracking_id: str) -> dict[str, str]:
        with self._account.lock:
            sent = self._account.state.invitations[tracking_id]
        return {"msg_id": sent.message_id, "tracking_id": tracking_id}

    def _kept(self, kind: str, message: Json) -> None:
        with self._account.lock:
            self._account.state.answers.setdefault(kind, []).append(message)

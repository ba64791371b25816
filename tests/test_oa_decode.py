"""What each event of an Official Account means: every fixture, and what is refused or ignored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.channels.decoded import Account, Decoded, Ignored, Undecodable
from bot.channels.zalo_oa.decode import SAMPLE, decode, oa_of, update_id
from handlers.inbound import Attachment, Blocked, Happening, Inbound, Start, Tap, Text
from handlers.invited import Rated, Rating

FIXTURES = Path(__file__).parent / "fixtures" / "zalo"
OA_ID, USER = "388613280878808645", "246845883529197922"
ACCOUNT = Account(3, lambda account_id, user: f"{account_id}/{user}".encode())
OWN = [*FIXTURES.glob("oa_*.json"), *FIXTURES.glob("zbs_*.json")]


def body_of(name: str) -> bytes:
    """The exact body of a fixture."""
    return (FIXTURES / f"{name}.json").read_bytes()


def read(name: str, **changes: Any) -> Decoded:
    """A fixture, perhaps with other top-level fields."""
    body = body_of(name)
    changed = json.dumps({**json.loads(body), **changes}) if changes else body.decode()
    return decode(changed, ACCOUNT)


def said(text: object, name: str = "user_send_text") -> Decoded:
    """A text of our respondent."""
    return read("oa_user_send_text", event_name=name, message={"text": text, "msg_id": "m1"})


@pytest.mark.parametrize(
    ("name", "happening"),
    [
        ("oa_user_send_text", Text("5")),
        ("oa_button_tap", Tap("1|K7Q2M9PA|3|5")),
        ("oa_user_send_image", Attachment("photo")),
        ("oa_user_send_audio", Attachment("voice")),
        ("oa_user_send_location", Attachment("location")),
        ("oa_follow", Start("")),
        ("oa_user_click_chatnow", Start("")),
        ("oa_unfollow", Blocked()),
    ],
)
def test_a_respondents_event(name: str, happening: Happening) -> None:
    """Each names the same person and conversation, and says what they did."""
    inbound = read(name)

    assert isinstance(inbound, Inbound)
    assert inbound.happenings == (happening,)
    assert (inbound.account_id, inbound.channel) == (3, "zalo_oa")
    assert (inbound.address, inbound.conversation) == (USER, f"3/{USER}".encode())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("oa_send_text_by_api", "echo"),
        ("oa_send_text_by_admin", "echo"),
        ("oa_user_received_message", "receipt"),
        ("oa_user_seen_message", "receipt"),
        ("zbs_user_received_message", "receipt"),
    ],
)
def test_echoes_and_receipts_ask_nothing(name: str, reason: str) -> None:
    """The sender is the OA; nothing of them but their key is kept, no phone number least of all."""
    ignored = read(name)

    assert isinstance(ignored, Ignored)
    assert ignored.reason == reason
    assert "84900000000" not in repr(ignored)


def test_a_native_rating_names_its_invitation() -> None:
    """Stars, the note, and the tracking id that we gave out."""
    rated = read("zbs_user_feedback")

    tracking = "ea46b91019ee49ad8687d457fdc082ab"
    key = f"3/invitation {tracking}".encode()
    rating = Rating(5, "Cán bộ nhiệt tình", ("Thái độ tốt",))
    update_id = "user_feedback 15a0cc0bbb13bd4ce403"
    assert rated == Rated(3, "zalo_oa", update_id, key, tracking, rating)


def clicked(label: str) -> Decoded:
    """A quick reply with this label."""
    message = {"data": label, "tracking_id": "trackA0001"}
    return read("zbs_user_click_response_button", message=message)


def test_a_quick_reply_that_names_a_level_is_a_rating() -> None:
    """Two buttons of one message are two events."""
    rated, other = clicked("Rất hài lòng"), clicked("Hài lòng")

    assert isinstance(rated, Rated)
    assert isinstance(other, Rated)
    assert rated.update_id != other.update_id
    assert (rated.tracking, rated.rating) == ("trackA0001", Rating(5))


@pytest.mark.parametrize("name", ["zbs_user_click_response_button"])
def test_a_quick_reply_of_other_words_is_ignored(name: str) -> None:
    """The event names nobody who could be asked on."""
    assert isinstance(read(name), Ignored)


def test_every_fixture_belongs_to_the_same_oa() -> None:
    """Found on whichever side it stands."""
    assert {oa_of(json.loads(path.read_bytes())) for path in OWN} == {OA_ID}


def test_every_fixture_has_a_key_of_its_own() -> None:
    """Though an echo shares its message id with a receipt, and a rating with another."""
    keys = [update_id(json.loads(path.read_bytes()), path.read_bytes()) for path in OWN]

    assert len(set(keys)) == len(OWN) == 15


@pytest.mark.parametrize("name", ["oa_follow", "oa_unfollow", "oa_user_seen_message"])
def test_an_event_without_a_message_id_is_known_by_its_bytes(name: str) -> None:
    """The same bytes are the same event; a later one has another moment in it."""
    body = body_of(name)
    raw = json.loads(body)

    assert update_id(raw, body) == update_id(raw, bytes(body))
    assert update_id(raw, body) != update_id(raw, body + b" ")


@pytest.mark.parametrize(
    ("text", "happening"),
    [
        ("#381207", Start("381207")),
        ("# 381207 ", Start("381207")),
        ("#381208", Start("381208")),  # a wrong check digit is told, not guessed
        ("381207", Text("381207")),
        ("#2|K7Q2|overall|5", Tap("2|K7Q2|overall|5")),  # unknown version: answered as stale
        ("#1|", Tap("1|")),
        ("1|K7Q2|overall|5", Text("1|K7Q2|overall|5")),  # a payload carries the mark
        ("#hài lòng", Text("#hài lòng")),
        ("#1", Text("#1")),
        ("", Text("")),
    ],
)
def test_what_a_text_means(text: str, happening: Happening) -> None:
    """A mark with a payload is a tap, with six digits a counter; everything else is words."""
    inbound = said(text)

    assert isinstance(inbound, Inbound)
    assert inbound.happenings == (happening,)


def test_a_reply_rests_on_the_events_moment() -> None:
    """Kept with the reply until it is sent: the window is counted from there."""
    answer, follow = said("5"), read("oa_follow")

    assert isinstance(answer, Inbound)
    assert isinstance(follow, Inbound)
    assert (answer.reference, answer.sent_at) == ("154390853474", 154390853474)
    assert (follow.reference, follow.sent_at) == ("1677721200000", 1677721200000)


def test_ids_that_come_as_numbers_stay_what_they_are() -> None:
    """Beyond 2^53 nothing may be lost."""
    inbound = read("oa_user_send_text", sender={"id": 9007199254740993})

    assert isinstance(inbound, Inbound)
    assert inbound.address == "9007199254740993"


@pytest.mark.parametrize("name", ["user_send_sticker", "user_send_file", "user_send_video"])
def test_other_attachments_are_no_text(name: str) -> None:
    """Each is answered kindly by the engine."""
    inbound = read("oa_user_send_image", event_name=name)

    assert isinstance(inbound, Inbound)
    assert isinstance(inbound.happenings[0], Attachment)


@pytest.mark.parametrize(
    "name", ["user_submit_info", "change_template_status", "user_reacted_message", "", "oa_send_x"]
)
def test_an_event_that_is_none_of_ours_is_ignored(name: str) -> None:
    """Also one that Zalo invents tomorrow."""
    assert isinstance(read("oa_user_send_text", event_name=name), Ignored)


@pytest.mark.parametrize(
    "changes",
    [
        {"event_name": None},
        {"sender": None},
        {"sender": {"id": ""}},
        {"sender": {"id": True}},
        {"message": None},
        {"message": {"msg_id": "1"}},
        {"message": {"text": 5, "msg_id": "1"}},
    ],
)
def test_a_missing_field_is_named_and_nothing_quoted(changes: dict[str, Any]) -> None:
    """The reason goes into the log, so it holds no value."""
    with pytest.raises(Undecodable, match=r"^\w+: expected"):
        read("oa_user_send_text", **changes)


@pytest.mark.parametrize("rate", [0, 6, "x", None, True, 4.5])
def test_stars_that_are_no_level_are_refused(rate: object) -> None:
    """Never rounded, never rescaled."""
    message = {"rate": rate, "tracking_id": "t", "msg_id": "m"}

    with pytest.raises(Undecodable, match="rate"):
        read("zbs_user_feedback", message=message)


def test_the_consoles_sample_is_ignored() -> None:
    """Also where the account's id is not known yet."""
    assert isinstance(said(SAMPLE), Ignored)


@pytest.mark.parametrize("raw", ["null", "[]", '"x"', "7", "{", "", "[" * 100_000])
def test_what_is_no_event_is_refused(raw: str) -> None:
    """JSON or not."""
    with pytest.raises(Undecodable):
        decode(raw, ACCOUNT)

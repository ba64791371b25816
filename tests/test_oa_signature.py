"""The signature of an Official Account's events: the published vectors, and what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.zalo_oa.signature import OLDEST, Signing, fresh, genuine, mac, would_match

FIXTURES = Path(__file__).parent / "fixtures" / "zalo"
BODY = (FIXTURES / "oa_user_send_text.json").read_bytes()
TIMESTAMP = "154390853474"
GIVEN = "e5c2ef5fc73d91a3c8aa325be6826772929767fd99e3a648c4be165f8accb20b"
SIGNING = Signing("360846524940903967", "oa-secret-fixture", "app-secret-fixture")
OA_ID = "388613280878808645"
VECTORS = re.findall(
    r"^\| `(\w+\.json)` \| \d+ \| `([0-9a-f]{64})` \|$",
    (FIXTURES / "README.md").read_text("utf-8"),
    re.MULTILINE,
)
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("prefix", ["mac=", ""])
def test_the_vector_verifies_with_and_without_its_prefix(prefix: str) -> None:
    """The signature that the fixtures publish for the sample text."""
    assert genuine(SIGNING, prefix + GIVEN, BODY, TIMESTAMP)


def test_all_vectors_are_there() -> None:
    """Every signed fixture but the one above has a line in the table."""
    assert len(VECTORS) == 14


@pytest.mark.parametrize(("file", "given"), VECTORS)
def test_every_signed_fixture_verifies(file: str, given: str) -> None:
    """Also those with Vietnamese text, which a re-serialising verifier refuses."""
    body = (FIXTURES / file).read_bytes()

    assert genuine(SIGNING, f"mac={given}", body, json.loads(body)["timestamp"])


def test_one_changed_byte_is_refused() -> None:
    """Whichever byte it is."""
    changed = [BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :] for at in range(len(BODY))]

    assert not any(genuine(SIGNING, GIVEN, body, TIMESTAMP) for body in changed)


@pytest.mark.parametrize(
    ("signing", "given", "timestamp"),
    [
        (replace(SIGNING, secret="oa-secret-fixturE"), GIVEN, TIMESTAMP),
        (replace(SIGNING, app_id="360846524940903968"), GIVEN, TIMESTAMP),
        (SIGNING, GIVEN, "154390853475"),
        (SIGNING, GIVEN[:-1], TIMESTAMP),
        (SIGNING, "", TIMESTAMP),
        (SIGNING, "mac=ế", TIMESTAMP),
    ],
    ids=["secret", "app", "moment", "cut", "none", "no hex"],
)
def test_anything_else_is_refused(signing: Signing, given: str, timestamp: str) -> None:
    """Every part of the formula counts."""
    assert not genuine(signing, given, BODY, timestamp)


@pytest.mark.parametrize(
    ("first", "secret", "words"),
    [
        (SIGNING.app_id, SIGNING.app_secret, "the app secret in place of the OA secret"),
        (OA_ID, SIGNING.secret, "the OA id in place of the app id"),
        (OA_ID, SIGNING.app_secret, "the OA id and the app secret"),
        (OA_ID, "another", None),
    ],
)
def test_another_combination_is_named_and_still_refused(
    first: str, secret: str, words: str | None
) -> None:
    """An operator sees which setting is wrong; the event is not believed."""
    given = mac(first, BODY, TIMESTAMP, secret)

    assert not genuine(SIGNING, given, BODY, TIMESTAMP)
    assert would_match(SIGNING, OA_ID, given, BODY, TIMESTAMP) == words


def test_without_an_app_secret_nothing_matches_an_empty_one() -> None:
    """A setting that is not there names no mistake."""
    given = mac(SIGNING.app_id, BODY, TIMESTAMP, "")

    assert would_match(replace(SIGNING, app_secret=""), OA_ID, given, BODY, TIMESTAMP) is None


@pytest.mark.parametrize(
    ("age", "accepted"),
    [
        (timedelta(0), True),
        (timedelta(minutes=111), True),  # Zalo's last repeat
        (OLDEST, True),
        (OLDEST + timedelta(seconds=1), False),
        (-timedelta(days=1), True),  # clocks differ
    ],
)
def test_an_event_older_than_the_last_repeat_is_a_replay(age: timedelta, accepted: bool) -> None:
    """Late redeliveries are let in, recorded events of yesterday are not."""
    timestamp = str(int((NOW - age).timestamp() * 1000))

    assert fresh(timestamp, NOW) is accepted


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1e12", "١٢٣"])
def test_an_event_without_a_moment_is_refused(timestamp: str) -> None:
    """Its age is unknown."""
    assert not fresh(timestamp, NOW)


def test_secrets_are_not_printed() -> None:
    """Neither in logs nor in errors."""
    assert "secret-fixture" not in repr(SIGNING)

"""What is sealed has one form, and its commitments hide it."""

from __future__ import annotations

from typing import Any

import pytest

from sipas import canonical
from sipas.canonical import Response, committed, response_entry

RESPONSE = Response(
    instrument="short.1",
    levels="45n-A",
    tags="reasons:easy",
    unit="15448",
    resolving="H56",
    counter="381207",
    half_day=41_560,
    stage="result",
    stratum="open",
    channel="web",
    kind="citizen",
    field="land",
    consent=1,
)


def test_the_canonical_form_is_fixed() -> None:
    """These bytes are hashed into seals: changing them would break every earlier seal."""
    assert canonical.canonical(RESPONSE).decode() == (
        "motcua.response.1\n"
        "instrument=short.1\n"
        "levels=45n-A\n"
        "tags=reasons:easy\n"
        "unit=15448\n"
        "resolving=H56\n"
        "counter=381207\n"
        "half_day=41560\n"
        "stage=result\n"
        "stratum=open\n"
        "channel=web\n"
        "kind=citizen\n"
        "field=land\n"
        "consent=1\n"
    )


@pytest.mark.parametrize("name", Response._fields)
def test_every_field_changes_the_canonical_form(name: str) -> None:
    """Nothing that a response carries is left out."""
    other: Any = 7 if name in ("half_day", "consent") else "7"

    assert canonical.canonical(RESPONSE._replace(**{name: other})) != canonical.canonical(RESPONSE)


@pytest.mark.parametrize("value", ["a\nlevels=5", "ấ", "\x00", "\x7f"])
def test_a_field_that_could_be_read_in_two_ways_is_refused(value: str) -> None:
    """A line break inside a value would let two responses share one form."""
    with pytest.raises(ValueError, match="printable ASCII"):
        canonical.canonical(RESPONSE._replace(tags=value))


def test_a_comment_is_sealed_with_the_permission_to_quote_it() -> None:
    """Whoever could add the permission later could publish what was said in confidence."""
    forms = {canonical.comment_form(text, quote) for text in ("Tốt", "") for quote in (True, False)}

    assert len(forms) == 4


def test_a_commitment_hides_what_it_is_of() -> None:
    """The same answers under two salts have nothing in common; a short salt is refused."""
    form = canonical.canonical(RESPONSE)

    assert committed(form, bytes(32)) != committed(form, b"\x01" * 32)
    with pytest.raises(ValueError, match="expected a salt of 32 bytes, got 8"):
        committed(form, bytes(8))


def test_an_entry_is_of_both_commitments() -> None:
    """Answers, a comment, and that there is none, are three different entries."""
    one, two = b"\x01" * 32, b"\x02" * 32
    entries = {response_entry(*each) for each in ((one, two), (two, one), (one, None), (two, None))}

    assert len(entries) == 4

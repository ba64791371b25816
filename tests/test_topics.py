"""Topics of comments: found by phrases, counted without telling few, filtered for editors."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redacting import find_topics, redact, renew_topics
from handlers.rights import Role
from handlers.voices.topics import TOPICS, labels
from sipas.topics import TopicError, parse, topics_of
from sipas.vietnamese import fold
from storage.transaction import Transaction
from tests.test_filings_http import become
from tests.test_staff import Office, office
from tests.test_voices import UNIT, freed, told

__all__ = ["office"]  # a fixture

DATA = Path(__file__).parent / "data"
PAGE = (DATA.parents[1] / "docs" / "topics.md").read_text("utf-8")
LEAST = {"topics.tsv": (0.99, 0.97), "topics-others.tsv": (0.92, 0.97)}


def labelled(name: str) -> Iterator[tuple[set[str], str]]:
    """What each comment is about, as a person says, and the comment."""
    for line in (DATA / name).read_text("utf-8").splitlines():
        codes, comment = line.split("\t")
        yield set(codes.split()) - {"-"}, comment


def measured(name: str) -> list[str]:
    """The rows of docs/topics.md: topic, labelled, recall, found, precision; all of them last."""
    wanted, right, found = Counter[str](), Counter[str](), Counter[str]()
    for codes, comment in labelled(name):
        told = set(topics_of(TOPICS, comment))
        wanted.update(codes)
        found.update(told)
        right.update(codes & told)
    for counted in (wanted, right, found):
        counted["all"] = counted.total()
    return [
        f"| {row} | {wanted[row]} | {_share(right[row], wanted[row])} "
        f"| {found[row]} | {_share(right[row], found[row])} |"
        for row in (*TOPICS.names, "all")
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


@pytest.mark.parametrize("name", LEAST)
def test_recall_and_precision_are_those_of_the_page(name: str) -> None:
    """The comments are those that were frozen; the tables of docs/topics.md are what comes out."""
    digest = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    rows = measured(name)
    recall, precision = re.findall(r"\d\.\d{3}", rows[-1])

    assert f"`{name}` `{digest}`" in PAGE
    assert "\n".join(rows) in PAGE
    assert float(recall) >= LEAST[name][0] and float(precision) >= LEAST[name][1]


@given(st.sampled_from([comment for name in LEAST for _, comment in labelled(name)]))
def test_tones_make_no_difference(comment: str) -> None:
    """Whoever types without tones is counted with the others."""
    assert topics_of(TOPICS, fold(comment)) == topics_of(TOPICS, comment)


def test_the_longest_phrase_counts_and_a_phrase_has_one_topic() -> None:
    """A longer phrase takes a shorter one's meaning away; a file that is unsure is refused."""
    model = parse('version = 1\n[phrases]\nfee = ["phí"]\nnothing = ["lãng phí"]', "t.toml")

    assert topics_of(model, "Lãng phí thời gian") == ()
    assert topics_of(model, "lãng phí, phí cao") == ("fee",)
    for wrong in ('a = ["chợ"]\nb = ["chờ"]', 'a = ["!"]'):
        with pytest.raises(TopicError, match=r"t\.toml"):
            parse(f"version = 1\n[phrases]\n{wrong}", "t.toml")


async def _written(office: Office, fees: int, others: int) -> None:
    await office.store.write(told, ["Thu phí không có biên lai"] * fees + ["chờ lâu"] * others)
    await office.store.write(told, [""] * (40 - fees - others))
    assert await office.store.write(freed) == 40
    await redact(office.store)
    await find_topics(office.store)
    office.clock.ahead = datetime(2027, 1, 10, 3, tzinfo=UTC) - datetime.now(UTC)


@pytest.mark.anyio
async def test_a_unit_reads_counts_of_five_and_more_of_a_settled_quarter(office: Office) -> None:
    """Four are not told, nor how many comments there are; a running quarter tells nothing."""
    await _written(office, fees=6, others=4)
    await become(office, Role.UNIT_HEAD, UNIT)
    work = f"/work?unit={UNIT}&lang=en"
    shown = (await office.client.get(work)).text
    office.clock.ahead -= timedelta(days=20)
    running = (await office.client.get(f"{work}&period=2026-Q4")).text

    assert "What comments are about, 2026-Q4" in shown and "Fees: <strong>6</strong>" in shown
    assert "Waiting time: <strong>" not in shown
    assert "What comments are about" not in running


@pytest.mark.anyio
async def test_of_few_responses_no_topic_is_told(office: Office) -> None:
    """Fewer than thirty responses tell no topic, however many comments they have."""
    await office.store.write(told, ["Thu phí không có biên lai"] * 8)
    await office.store.write(freed)
    await redact(office.store)
    await find_topics(office.store)
    office.clock.ahead = datetime(2027, 1, 10, 3, tzinfo=UTC) - datetime.now(UTC)
    await become(office, Role.UNIT_HEAD, UNIT)

    assert "What comments are about" not in (await office.client.get("/work?lang=en")).text


@pytest.mark.anyio
async def test_an_editor_filters_by_topic(office: Office) -> None:
    """What an older version of the phrases found is looked for again."""
    await _written(office, fees=3, others=3)
    await become(office, Role.MEDIA_EDITOR)
    about_fees = (await office.client.get(f"/voices?unit={UNIT}&topic=fee")).text

    def older(tx: Transaction) -> None:
        tx.connection.execute("update comments set topics = '0 wait'")

    await office.store.write(older)
    await renew_topics(office.store)
    about_waiting = (await office.client.get(f"/voices?unit={UNIT}&topic=wait")).text
    wrong = await office.client.get(f"/voices?unit={UNIT}&topic=x")
    assert about_fees.count("<blockquote>") == 3 and "biên lai" in about_fees
    assert about_waiting.count("<blockquote>") == 3 and "chờ lâu" in about_waiting
    assert wrong.status_code == 400
    assert set(labels(office.app.state.service, "vi")) == set(TOPICS.names)

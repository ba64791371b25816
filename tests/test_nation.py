"""Federation: a centre believes what a province's key vouches for, and shows the nation."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot import workers
from bot.cli import main
from bot.federation import pulling
from bot.federation.checking import Disbelieved, proven
from bot.federation.pulling import Pulling
from bot.sealing import Signer, load_signer
from handlers.log.told import root_out
from handlers.nation.aggregate import Sealed
from sipas.clusters import quantile
from sipas.nation import Counted, together
from sipas.scoring import Z95
from storage import nation
from storage.api_keys import Act
from storage.nation import Province, Reason
from storage.transaction import Transaction
from tests.databases import database
from tests.provinces import PERIODS, Answers, Edge, added, drawn, listening
from tests.test_log_http import sealed
from tests.test_release import NOVEMBER, close_some, released
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sealed_by_the_test_alone")]

ACT = Act("2026-11-23T08:00:00+00:00", "lan")
FIRST_DAY, NEXT_DAY = "2026-11-22", "2026-11-23"
LEVELS = st.lists(st.integers(0, 10**6), min_size=5, max_size=5).filter(any)


@pytest.fixture(autouse=True)
def _pulled_by_the_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PULL_AFTER_S", 10_000)


@contextmanager
def heard_at(edges: list[Edge]) -> Iterator[str]:
    """The provinces on one server; its "host:port"."""
    answers: dict[str, Answers] = {each.code: each.answer for each in edges}
    with listening(answers) as host:
        yield host


async def joined(office: Office, edges: list[Edge], host: str) -> Pulling:
    """A centre that knows every province's address and key, and what pulls for it."""
    for each in edges:
        address = f"http://{host}/{each.code}"
        await office.store.write(nation.add, each.code, address, each.signer.public, ACT)
    return Pulling(office.store, office.clock, host)


async def known(office: Office) -> list[Province]:
    return await office.store.look(nation.provinces)


async def api(office: Office, path: str = "", **asked: str) -> dict[str, Any]:
    answer = await office.client.get(f"/api/v1/nation{path}", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_nation_is_the_union_of_its_provinces(office: Office) -> None:
    """34 provinces with 3,321 communes: each figure is that of all answers counted together."""
    edges = drawn([str(code) for code in range(10, 44)], [98] * 23 + [97] * 11)
    for each in edges:
        each.seal(FIRST_DAY)
    before = await office.client.get("/")
    with heard_at(edges) as host:
        centre = await joined(office, edges, host)
        wrong = await centre.pull()
    start = await office.client.get("/")
    told = {period: await api(office, period=period) for period in PERIODS}
    one = await api(office, "/17", period="2026-Q4")
    page = await office.client.get("/nation", params={"period": "2026-Q4", "lang": "en"})

    assert wrong == []
    assert sum(len(each.told) for each in edges) == 2 * 3321
    for period, found in told.items():
        union = added(
            levels for each in edges for (_, of), levels in each.told.items() if of == period
        )
        assert found["nation"]["levels"] == list(union)
        assert found["nation"]["n"] == sum(union)
        assert found["nation"]["value"] == float(Fraction(union[3] + union[4], sum(union)))
        assert found["nation"]["low"] == pytest.approx(bounds(edges, period)[0], abs=1e-9)
        assert found["nation"]["high"] == pytest.approx(bounds(edges, period)[1], abs=1e-9)
        assert {each["code"]: each["figure"]["levels"] for each in found["provinces"]} == {
            each.code: list(each.total(period)) for each in edges
        }
    assert {each["code"]: each["figure"]["levels"] for each in one["units"]} == {
        unit: list(levels) for (unit, of), levels in edges[7].told.items() if of == "2026-Q4"
    }
    assert {each["group"] for each in told["2026"]["provinces"]} == {"higher", "unclear", "lower"}
    assert ["/nation?lang" in each.text for each in (before, start)] == [False, True]
    assert page.status_code == 200
    assert all(f'href="/nation/{each.code}?' in page.text for each in edges)


def bounds(edges: list[Edge], period: str) -> tuple[float, float]:
    """The interval by the rule of docs/statistics.md, written down once more."""
    totals = [each.total(period) for each in edges]
    n, good = sum(map(sum, totals)), sum(four + five for *_, four, five in totals)
    shares = [(sum(each), (each[3] + each[4]) / sum(each)) for each in totals]
    variance = sum((k / n) ** 2 * 1.7 * p * (1 - p) / k for k, p in shares)
    value = good / n
    effective = value * (1 - value) / (variance * (quantile(40 * len(edges)) / Z95) ** 2)
    middle = (value + Z95**2 / (2 * effective)) / (1 + Z95**2 / effective)
    half = Z95 * math.sqrt(value * (1 - value) / effective + Z95**2 / (4 * effective**2))
    return middle - half / (1 + Z95**2 / effective), middle + half / (1 + Z95**2 / effective)


def _other_levels(told: Sealed) -> Sealed:
    text = json.loads(told.aggregate)
    text["figures"][0]["levels"][4] += 1
    return told.model_copy(update={"aggregate": json.dumps(text)})


def _other_root(told: Sealed) -> Sealed:
    return told.model_copy(update={"root": told.root.model_copy(update={"day": "2026-11-27"})})


def _other_key(told: Sealed) -> Sealed:
    signer = Signer(b"a key of somebody who is not him")
    return told.model_copy(update={"public_key": signer.public.hex()})


def _other_entry(told: Sealed) -> Sealed:
    return told.model_copy(update={"entry": told.entry.replace("release=1", "release=2")})


def _other_path(told: Sealed) -> Sealed:
    return told.model_copy(update={"path": ["zz"]})


@pytest.mark.parametrize(
    ("bent", "reason"),
    [
        (_other_levels, Reason.CONTENT),
        (_other_root, Reason.SIGNATURE),
        (_other_key, Reason.KEY),
        (_other_entry, Reason.CONTENT),
        (_other_path, Reason.CONTENT),
    ],
)
def test_whatever_is_tampered_with_is_noticed(
    bent: Callable[[Sealed], Sealed], reason: Reason
) -> None:
    """Figures, root, key, the log's entry and the path to it: each is bound to the signature."""
    (edge,) = drawn(["10"], [1])
    edge.seal(FIRST_DAY)
    province = as_kept(edge)
    whole = proven(province, edge.document())
    edge.bent = bent
    with pytest.raises(Disbelieved) as refused:
        proven(province, edge.document())

    assert whole.root == edge.roots[0]
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"[" * 100_000, b'{"public_key": 1}', b'"\\ud800"', b"\xff"]
)
def test_noise_is_no_aggregate(body: bytes) -> None:
    """Whatever comes is refused in one way, and none of it is an error."""
    (edge,) = drawn(["10"], [1])
    with pytest.raises(Disbelieved) as refused:
        proven(as_kept(edge), body)

    assert refused.value.reason is Reason.FORM


def as_kept(edge: Edge) -> Province:
    """A province that was never heard."""
    return Province(1, edge.code, "", edge.signer.public, FIRST_DAY, "", "", "", None, "", None)


async def test_a_tampered_aggregate_is_refused_for_everybody_to_see(office: Office) -> None:
    """What was believed stays and is shown as older; the refusal has a reason and a hash."""
    edges = drawn(["10", "11", "12"], [2, 2, 2])
    for each in edges:
        each.seal(FIRST_DAY)
    with heard_at(edges) as host:
        centre = await joined(office, edges, host)
        await centre.pull()
        before = await api(office, period="2026")
        edges[1].told[("11-0", "2026")] = (0, 0, 0, 0, 500)
        edges[1].seal(NEXT_DAY)
        edges[1].bent = _other_levels
        wrong = [await centre.pull(), await centre.pull()]
    after = await api(office, period="2026")
    page = await office.client.get("/nation", params={"lang": "vi"})
    (refusal,) = after["refusals"]

    assert wrong == [["11: refused: content"]] * 2
    assert after["nation"] == before["nation"]
    assert (refusal["province"], refusal["reason"], refusal["times"]) == ("11", "content", 2)
    assert len(refusal["sha256"]) == 64
    assert [each["refused"] for each in after["provinces"] if each["code"] == "11"] == ["content"]
    assert "bản mới nhất bị từ chối" in page.text


async def test_a_log_that_was_rewritten_is_refused(office: Office) -> None:
    """Signed by the true key and yet refused: another past, another root of a day, an older one."""
    edges = drawn(["10", "11", "12"], [1, 1, 1])
    for each in edges:
        each.seal(FIRST_DAY)
    with heard_at(edges) as host:
        centre = await joined(office, edges, host)
        edges[2].seal(NEXT_DAY)
        await centre.pull()
        past, again, older = edges
        past.leaves[0] = bytes(32)  # the day's figures stay, something before them does not
        past.seal(NEXT_DAY)
        again.forget()
        again.told[("11-0", "2026")] = (0, 0, 0, 0, 500)
        again.seal(FIRST_DAY)
        older.forget()
        older.seal(FIRST_DAY)
        wrong = await centre.pull()
    found = await api(office, period="2026")

    assert wrong == ["10: refused: rewritten", "11: refused: rewritten", "12: refused: older"]
    assert [each["day"] for each in found["provinces"]] == [FIRST_DAY, FIRST_DAY, NEXT_DAY]


async def test_a_log_that_grew_is_taken_and_what_is_known_is_not_sent_again(
    office: Office,
) -> None:
    """A newer root takes the place of the older; an unchanged one costs one short answer."""
    (edge,) = edges = drawn(["10"], [2])
    edge.seal(FIRST_DAY)
    with heard_at(edges) as host:
        centre = await joined(office, edges, host)
        first = await centre.pull()
        edge.told[("10-0", "2026")] = (0, 0, 0, 0, 500)
        edge.seal(NEXT_DAY)
        second, third = await centre.pull(), await centre.pull()
    found = await api(office, period="2026")
    (kept,) = await known(office)

    assert (first, second, third) == ([], [], [])
    assert found["nation"]["levels"] == list(edge.total("2026"))
    assert (kept.root and kept.root.number, kept.trouble) == (2, "")
    assert len(edge.asked) == 4  # the document three times, once with a proof of growth


async def test_who_is_not_heard_is_shown_as_stale(office: Office) -> None:
    """After a day and a half of silence its figures stay, with the moment it was heard last."""
    edges = drawn(["10", "11", "12"], [1, 1, 1])
    for each in edges:
        each.seal(FIRST_DAY)
    with heard_at(edges[:2]) as host:
        centre = await joined(office, edges, host)
        wrong = await centre.pull()
        office.clock.ahead += timedelta(hours=37)
        edges[1].answer = lambda path, etag: (500, "", b"")  # type: ignore[method-assign]
    found = {each["code"]: each for each in (await api(office, period="2026"))["provinces"]}
    page = await office.client.get("/nation", params={"lang": "en"})

    assert wrong == ["12: 404"]
    assert [found[code]["stale"] for code in ("10", "11", "12")] == [True, True, True]
    assert found["12"]["heard_at"] is None
    assert found["11"]["figure"]["n"] == sum(edges[1].total("2026"))
    assert page.text.count("not heard since") == 2
    assert page.text.count("never heard") == 1


async def test_questionnaires_are_never_mixed(office: Office) -> None:
    """A province with another questionnaire is no part of the sum, and is shown by its own."""
    edges = drawn(["10", "11", "12", "13"], [1, 1, 1, 1])
    edges[3].instrument = "micro.1"
    for each in edges:
        each.seal(FIRST_DAY)
    with heard_at(edges) as host:
        await (await joined(office, edges, host)).pull()
    most = await api(office, period="2026", instrument="short.1")
    other = await api(office, period="2026", instrument="micro.1")

    assert most["instruments"] and set(most["instruments"]) == {"short.1", "micro.1"}
    assert most["nation"]["n"] == sum(sum(each.total("2026")) for each in edges[:3])
    assert other["nation"]["levels"] == list(edges[3].total("2026"))
    assert [each["code"] for each in most["provinces"] if each["figure"] is None] == ["13"]


@pytest.mark.parametrize(
    "change",
    [
        {"levels": [0, 0, 0, 10, 10], "value": 1.0},  # what suppression would not show
        {"levels": [0, 0, 0, 0, 10**17], "value": 1.0},
        {"value": 0.1},
        {"formula": "x.v1"},
        {"unit": "nobody"},
        {"period": "2026-Q9"},
        {"design_effect": -1},
        {"freedom": 1e-300},  # whose fourth power is nought
        {"first": "2026-99-99"},
    ],
)
def test_figures_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    """Sealed and signed or not: too few answers, a wrong value, a unit or period of nobody."""
    (edge,) = drawn(["10"], [1])
    plain = edge._figure
    edge._figure = lambda *asked: {**plain(*asked), **change}  # type: ignore[method-assign]
    edge.seal(FIRST_DAY)
    with pytest.raises(Disbelieved) as refused:
        proven(as_kept(edge), edge.document())

    assert refused.value.reason is Reason.FORM


@pytest.mark.parametrize("change", [{"number": 0}, {"number": 2**70}, {"size": 2**70}])
def test_a_root_that_cannot_be_is_refused(change: dict[str, int]) -> None:
    """The true key may sign numbers that no log has and no database keeps."""
    (edge,) = drawn(["10"], [1])
    edge.seal(FIRST_DAY)
    document = Sealed.model_validate_json(edge.document())
    unsigned = edge.roots[0]._replace(**change)  # type: ignore[arg-type]
    root = unsigned._replace(signature=edge.signer.sign(unsigned.form()))
    told = document.model_copy(update={"root": root_out(root)})
    with pytest.raises(Disbelieved) as refused:
        proven(as_kept(edge), told.model_dump_json().encode())

    assert refused.value.reason is Reason.FORM


async def test_nothing_else_is_read_than_what_was_asked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No redirect is followed, no flood is read to its end, no address inside is called."""
    edges = drawn(["10", "11", "12"], [1, 1, 1])
    for each in edges:
        each.seal(FIRST_DAY)
    edges[0].answer = lambda path, etag: (302, "", b"")  # type: ignore[method-assign]
    edges[1].answer = lambda path, etag: (200, "", bytes(60_000))  # type: ignore[method-assign]
    monkeypatch.setattr(pulling, "BODY_MOST", 50_000)
    with heard_at(edges) as host:
        centre = await joined(office, edges, host)
        wrong = await centre.pull()
        outside = await replace(centre, inside="").pull()

    assert wrong == ["10: 302", "11: too large"]
    assert outside == [
        f"{each.code}: expected an address that begins with https://" for each in edges
    ]
    assert len(edges[2].asked) == 1


async def test_a_centre_takes_what_a_real_province_has_sealed(
    office: Office, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Over HTTP from the application itself: its figures arrive as its own pages tell them."""
    signer, loop = load_signer(tmp_path / "motcua.key"), asyncio.get_running_loop()

    def answers(path: str, etag: str) -> tuple[int, str, bytes]:
        asked = office.client.get(path, headers={"if-none-match": etag})
        answer = asyncio.run_coroutine_threadsafe(asked, loop).result(20)
        return answer.status_code, answer.headers.get("etag", ""), answer.content

    def more(tx: Transaction, half: int) -> None:
        find = "select counter_id, unit_id from counters where code = '381207'"
        counter, unit = tx.connection.execute(find).fetchone()
        close_some(tx, 60, counter, unit, half)
        released(tx, half)

    with listening({"38": answers}) as host:
        await office.store.write(nation.add, "38", f"http://{host}/38", signer.public, ACT)
        centre = Pulling(office.store, office.clock, host)
        before = await centre.pull()
        await office.store.write(more, NOVEMBER)
        await sealed(office, "2026-11-27", signer)
        first = await centre.pull()
        await office.store.write(more, NOVEMBER + 1)
        await sealed(office, "2026-11-28", signer)
        second, third = await centre.pull(), await centre.pull()
    own = (
        await office.client.get("/api/v1/scores", params={"unit": "15448", "period": "2026"})
    ).json()
    told = await api(office, "/38", period="2026")
    (mine,) = [each for each in own["figures"] if each["part"] == "overall"]
    (theirs,) = [each["figure"] for each in told["units"] if each["code"] == "15448"]

    assert (before, first, second, third) == (["38: 404"], [], [], [])
    assert theirs["n"] == mine["n"] == 120
    assert theirs["id"] == mine["id"]
    assert theirs["levels"] == mine["levels"]
    assert theirs["low"] == pytest.approx(mine["low"], abs=1e-12)
    assert theirs["high"] == pytest.approx(mine["high"], abs=1e-12)


def test_the_commands_name_what_is_wrong(tmp_path: Path) -> None:
    """A centre is made, looked at and unmade by commands; an address inside is refused."""
    settings = {
        "MOTCUA_DATABASE": database(tmp_path / "m.db"),
        "MOTCUA_SECRET_KEY_FILE": str(tmp_path / "motcua.key"),
        "MOTCUA_CENTRE_INSIDE": "127.0.0.1:9,127.0.0.1:11",
    }

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner(env=settings).invoke(main, ["centre", *words])
        return done.exit_code, done.output

    key = ("--key", "ab " * 32)
    added_one = run("add", "--province", "38", *key, "http://127.0.0.1:11/38")
    twice = run("add", "--province", "38", *key, "http://127.0.0.1:9")
    inside = run("add", "--province", "39", *key, "http://127.0.0.1:10")
    short = run("add", "--province", "39", "--key", "ab", "http://127.0.0.1:9")
    pulled, listed = run("pull"), run("list")
    removed, again = run("remove", "38"), run("remove", "38")

    assert added_one == (0, "38\thttp://127.0.0.1:11/38\n")
    assert (twice[0], "there already" in twice[1]) == (1, True)
    assert (inside[0], "https://" in inside[1]) == (1, True)
    assert (short[0], "64 hexadecimal digits" in short[1]) == (1, True)
    assert (pulled[0], "38: ClientConnectorError" in pulled[1]) == (1, True)
    assert "never heard\tClientConnectorError" in listed[1]
    assert (removed[0], again[0]) == (0, 1)


@given(st.lists(LEVELS, min_size=1, max_size=6))
def test_a_sum_lies_between_its_bounds_in_any_order(many: list[list[int]]) -> None:
    """0 ≤ low ≤ value ≤ high ≤ 1, the value is that of the added counts, whoever comes first."""
    parts = [Counted(tuple(each), 1.5, 30.0, "t2b.v1") for each in many]
    found, turned = together(parts), together(parts[::-1])
    total = [sum(level) for level in zip(*many, strict=True)]

    assert 0 <= found.low <= float(found.value) + 1e-12
    assert float(found.value) - 1e-12 <= found.high <= 1
    assert found.value == turned.value == Fraction(total[3] + total[4], sum(total))
    assert found.low == pytest.approx(turned.low)


def test_ratings_by_different_formulas_have_no_sum() -> None:
    """A mean and a share are not added, nor is nothing."""
    one = Counted((0, 0, 0, 40, 0), None, None, "t2b.v1")

    assert together([one]).known.value == 1.0
    for wrong in ([one, one._replace(formula="m5.v1")], []):
        with pytest.raises(ValueError, match="one formula"):
            together(wrong)

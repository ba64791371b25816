"""Alarms through storage: rollups of ended days in, at most one alarm out, a person closes it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.commands.alarms import why
from bot.instruments import shipped
from bot.keys import Keys
from bot.sealing import Signer
from bot.tagging import Tagger
from bot.workers import Workers
from handlers.receive import Survey
from sipas.packing import HANOI, half_day
from storage.alarms import Alarm, all_alarms, close, fresh, open_alarms
from storage.numbering import row_id
from storage.release import add
from storage.released import Released
from storage.sealing import Statement
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database
from tests.server import COUNTER, OTHER, directory

pytestmark = pytest.mark.anyio

SIGNER = Signer(bytes(32))


async def nothing() -> Statement:
    return Statement(0, {})


SPRING = datetime(2026, 3, 2, 9, tzinfo=HANOI)
EPOCH = date(1970, 1, 1)
LENGTH = len(shipped()["short.1"].items)


def _row(tx: Transaction, code: str, half: int, level: str, chance: random.Random) -> Released:
    counter, unit = tx.counter_ids(code)
    position = [item.key for item in shipped()["short.1"].items].index("overall")
    levels = "-" * position + level + "-" * (LENGTH - position - 1)
    number = row_id(half, chance.getrandbits(43))
    instrument = tx.instrument_id("short.1")
    return Released(number, counter, unit, instrument, levels, "", 0, 2, 1, 0, 0, 1, None)


def _answers(tx: Transaction, code: str, day: datetime, levels: str, chance: random.Random) -> None:
    half = half_day(day)
    add(tx, shipped(), half, [_row(tx, code, half, level, chance) for level in levels])


class Desk:
    """Two counters, a clock, and the worker of the product."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self.store = store
        self.now = SPRING
        self.chance = random.Random(8)
        survey = Survey(shipped(), 1, self.chance.getrandbits, keys.code_hash, lambda *_: None)
        self.workers = Workers(
            store, survey, Tagger(), lambda: self.now.astimezone(UTC), 60, 1440, SIGNER, nothing
        )

    async def day(self, levels: str, code: str = COUNTER) -> None:
        """One day's released answers; the clock goes on to the next morning."""
        await self.store.write(_answers, code, self.now, levels, self.chance)
        self.now += timedelta(days=1)

    async def days(self, many: int, levels: str, code: str = COUNTER) -> None:
        for _ in range(many):
            await self.day(levels, code)

    async def alarms(self) -> list[Alarm]:
        return await self.store.look(all_alarms)

    async def close(self, decision: str) -> None:
        (alarm,) = [each for each in await self.alarms() if not each.decision]
        today = (self.now.date() - EPOCH).days
        await self.store.write(close, alarm.alarm_id, decision, "test", "2026", today)


@pytest.fixture
async def desk(store: Store, keys: Keys) -> Desk:
    """The small province of tests/server.py."""
    await store.write(directory)
    return Desk(store, keys)


async def test_a_drop_is_raised_once_and_explained(desk: Desk) -> None:
    """From nine in ten to half; looking again, or the next day, raises no second alarm."""
    await desk.days(60, "4455544453")
    fell = desk.now
    await desk.days(12, "4432152444")

    assert await desk.workers.watch() == 1
    assert await desk.workers.watch() == 0
    await desk.day("4432152444")
    assert await desk.workers.watch() == 0

    (alarm,) = await desk.alarms()
    assert (alarm.counter, alarm.unit, alarm.why) == (COUNTER, "15448", "drop")
    assert (alarm.began, alarm.n, alarm.k) == (fell.date(), 120, 72)
    assert alarm.usual_share == pytest.approx(0.9)
    assert await desk.store.look(open_alarms) == 1


async def test_the_reason_is_in_plain_words(desk: Desk) -> None:
    """Day, counts, share, interval, and what was usual; no term of statistics."""
    await desk.days(60, "4455544453")
    await desk.days(12, "4432152444")
    await desk.workers.watch()
    (alarm,) = await desk.alarms()

    assert why(alarm, "vi").startswith("Từ khoảng ngày 01/05/2026: 72 trong 120 lượt hài lòng")
    assert why(alarm, "vi").endswith("trước đó khoảng 90 %. Khó có thể do ngẫu nhiên.")
    assert "(about 60 %, plausibly 51 to 68 %); before, about 90 %" in why(alarm, "en")


async def test_a_quiet_counter_raises_nothing(desk: Desk) -> None:
    """Good and bad days as chance gives them, for half a year; a new counter beside it."""
    for _ in range(120):
        await desk.day("".join(desk.chance.choices("12345", (1, 2, 7, 50, 40), k=8)))
    await desk.days(3, "22222", OTHER)

    assert await desk.workers.watch() == 0
    assert await desk.alarms() == []


async def test_days_are_seen_once_and_late_answers_too(desk: Desk) -> None:
    """Nothing is fresh after a watch but what was released of an earlier day since."""
    await desk.days(10, "44555")
    await desk.workers.watch()
    today = half_day(desk.now) // 2
    nothing = await desk.store.look(fresh, shipped(), today)
    desk.now -= timedelta(days=5)
    await desk.day("22222")
    late = await desk.store.look(fresh, shipped(), today)

    assert nothing == {}
    assert [tuple(count) for days in late.values() for count in days.values()] == [(10, 5, 3)]


async def test_the_present_day_waits_for_its_end(desk: Desk) -> None:
    """A day is one piece of evidence, and only when it is over."""
    await desk.store.write(_answers, COUNTER, desk.now, "44444", desk.chance)

    assert await desk.store.look(fresh, shipped(), half_day(desk.now) // 2) == {}


async def test_after_a_real_drop_the_new_level_is_the_measure(desk: Desk) -> None:
    """No second alarm while the counter stays where it fell to."""
    await desk.days(60, "4455544453")
    await desk.days(12, "4432152444")
    await desk.workers.watch()
    await desk.close("real")
    await desk.days(30, "4432152444")

    assert await desk.workers.watch() == 0


async def test_after_an_explained_drop_the_old_level_stays(desk: Desk) -> None:
    """If it goes on, it is said again."""
    await desk.days(60, "4455544453")
    await desk.days(12, "4432152444")
    await desk.workers.watch()
    await desk.close("explained")
    assert await desk.workers.watch() == 0
    await desk.days(30, "4432152444")

    assert await desk.workers.watch() == 1
    assert [alarm.decision for alarm in await desk.alarms()] == ["explained", ""]


async def test_a_stuffed_day_is_raised_and_a_campaign_is_not(desk: Desk) -> None:
    """Sixty false ratings beside the day's own; eighty honest ones the week after."""
    await desk.days(45, "44554453")
    await desk.day("44554453" + "5" * 60)
    await desk.days(5, "44554453")
    await desk.day("44554453" * 11)
    await desk.workers.watch()

    (alarm,) = await desk.alarms()
    assert (alarm.why, alarm.n, alarm.k) == ("stuffing", 68, 63)
    assert "“very satisfied”" in why(alarm, "en")


async def test_closing_what_is_not_open_is_refused(desk: Desk) -> None:
    """Neither a number that does not exist, nor one that is closed."""
    with pytest.raises(LookupError, match="no open alarm has the number 7"):
        await desk.store.write(close, 7, "real", "test", "2026", 1)


def test_the_command_lists_and_refuses(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An installation without alarms prints nothing; closing tells what is wrong."""
    folder = tmp_path_factory.mktemp("alarms")
    env = {
        "MOTCUA_DATABASE": database(folder / "m.db"),
        "MOTCUA_SECRET_KEY_FILE": f"{folder}/m.key",
    }
    listed = CliRunner().invoke(main, ["alarms", "list"], env=env)
    closed = CliRunner().invoke(main, ["alarms", "close", "3", "real"], env=env)

    assert (listed.exit_code, listed.output) == (0, "")
    assert closed.exit_code == 1
    assert "no open alarm has the number 3" in closed.output

"""`motcua alarms`: counters whose level has fallen, days that look stuffed, and why."""

from __future__ import annotations

import getpass
from datetime import date

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from handlers.messages import LANGUAGES, text
from handlers.service import VIETNAM
from sipas.scoring import wilson
from storage.alarms import Alarm, all_alarms, close
from storage.numbering import ALARM_DECISIONS
from storage.store import Store

_EPOCH = date(1970, 1, 1)


@click.group()
def alarms() -> None:
    """See which counters have fallen or look stuffed, and why; close what is settled."""


@alarms.command("list")
@click.option("--all", "everything", is_flag=True, help="closed ones too")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", show_default=True)
def list_alarms(everything: bool, language: str) -> None:
    """Print open alarms: number, day, unit, counter, why in plain words, decision."""

    async def read(store: Store) -> list[Alarm]:
        return await store.look(all_alarms)

    for each in with_store(read):
        if everything or not each.decision:
            click.echo(line(each, language))


@alarms.command("close")
@click.argument("alarm", type=int)
@click.argument("decision", type=click.Choice(ALARM_DECISIONS[1:]))
def close_alarm(alarm: int, decision: str) -> None:
    """Close an ALARM as real or explained; no answer and no figure changes."""
    now = utc_now()
    today = (now.astimezone(VIETNAM).date() - _EPOCH).days
    at = now.isoformat(timespec="seconds")

    async def act(store: Store) -> None:
        try:
            await store.write(close, alarm, decision, getpass.getuser(), at, today)
        except LookupError as unknown:
            raise click.ClickException(str(unknown)) from None

    with_store(act)
    click.echo(f"{alarm}\t{decision}")


def line(alarm: Alarm, language: str) -> str:
    """One alarm as it is printed."""
    parts = (alarm.alarm_id, alarm.raised, alarm.unit, alarm.counter, why(alarm, language))
    return "\t".join(map(str, (*parts, alarm.decision or "-")))


def why(alarm: Alarm, language: str) -> str:
    """What was seen, in plain words, with the numbers behind it."""
    likely = wilson(alarm.k, alarm.n)
    return text(
        language,
        f"alarm.{alarm.why}",
        began=f"{alarm.began:%d/%m/%Y}",
        n=alarm.n,
        k=alarm.k,
        share=_whole(alarm.k / alarm.n),
        low=_whole(likely.low),
        high=_whole(likely.high),
        usual=_whole(alarm.usual_share),
    )


def _whole(share: float) -> int:
    return int(share * 100 + 0.5)

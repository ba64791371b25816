"""`motcua plans`: which criteria fell or stay low, the call for plans, and how plans stand."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.keys import load_keys
from bot.settings import Settings
from bot.surveys import survey
from handlers.plans.calling import Wanted, call
from handlers.plans.desk import units_in
from handlers.plans.listing import Asked, behind_of, listing
from handlers.plans.told import told
from handlers.sentences import points
from handlers.service import Service, State
from sipas.declining import LOWEST, Declining
from sipas.earlier import Against
from sipas.periods import Period, PeriodError, parse_period
from sipas.plans import Standing
from sipas.scoring import percent
from storage import plans as stored
from storage.filing_rows import By
from storage.plan_rows import FIGURE, SCORECARD
from storage.store import Store

T = TypeVar("T")
_AGAINST = click.Choice([str(each) for each in Against])


@click.group()
def plans() -> None:
    """Declining criteria and corrective plans."""


@plans.command()
@click.option("--unit", required=True, help="code of a unit")
@click.option("--period", required=True, help="such as 2026-R4 or 2026-Q4")
@click.option("--against", type=_AGAINST, default="year", show_default=True)
@click.option("--lowest", type=click.IntRange(0, 5), default=LOWEST, show_default=True)
def declining(unit: str, period: str, against: str, lowest: int) -> None:
    """Print a unit's criteria that fell, are behind or stay low, and those that may be chance."""
    wanted = Asked(_period(period), Against(against), lowest)

    async def work(service: Service, state: State) -> list[str]:
        found = state.directory.unit(unit)
        if found is None:
            raise click.ClickException(f"no unit has the code {unit!r}")
        behind = await behind_of(service, state, wanted.period, {found.kind})
        of = await listing(service, state, found, wanted, behind)
        broken = [f"{unit}\tnot compared: the unit changed on {each.on}" for each in of.broken]
        return broken + [_line(unit, each) for each in of.found]

    for line in _with_service(work):
        click.echo(line)


@plans.command("call")
@click.argument("period")
@click.option("--due", required=True, help="until when plans are to be entered: 2027-01-31")
@click.option("--kind", type=click.Choice([FIGURE, SCORECARD]), default=FIGURE, show_default=True)
@click.option("--against", type=_AGAINST, default="year", show_default=True)
@click.option("--lowest", type=click.IntRange(0, 5), default=LOWEST, show_default=True)
def call_for(period: str, due: str, kind: str, against: str, lowest: int) -> None:
    """List the criteria of PERIOD in every unit, or move the day of an earlier call."""
    wanted = Wanted(kind, period, due, Against(against), lowest)

    async def work(service: Service, state: State) -> int | str:
        now, units = utc_now().isoformat(timespec="seconds"), units_in(state.directory)
        by = By(getpass.getuser(), now, service.today().isoformat())
        return await call(service, state, wanted, units, by)

    made = _with_service(work)
    if isinstance(made, str):
        raise click.ClickException(_FAULTS[made])
    click.echo(f"{made} criteria listed, plans due {due}")


@plans.command("list")
@click.option("--period", default="", help="of one period only")
@click.option("--standing", type=click.Choice([str(each) for each in Standing]))
def list_plans(period: str, standing: str | None) -> None:
    """Print plans with their standing today."""

    async def work(service: Service, state: State) -> list[str]:
        known = await service.store.look(stored.plans)
        rows = [told(service, state, each, "en") for each in known]
        return [
            "\t".join(
                (
                    *(str(row.plan.plan_id), row.plan.unit, row.plan.period, row.standing),
                    *(row.criterion, row.plan.due, row.plan.entered.deadline or "-"),
                    row.plan.entered.post or "-",
                )
            )
            for row in rows
            if period in ("", row.plan.period) and standing in (None, row.standing)
        ]

    for line in _with_service(work):
        click.echo(line)


_FAULTS = {
    "due": "--due: expected a day like 2027-01-31, today or later",
    "period": "PERIOD: expected a period like 2026-R4, or a year of a scorecard",
    "not_settled": "PERIOD: its figures are not settled before the fifth day after its end",
    "nothing": "PERIOD: no criterion that lost points or fell has a unit that answers for it",
}


def _with_service(work: Callable[[Service, State], Awaitable[T]]) -> T:
    settings = Settings()
    asked = survey(load_keys(settings.secret_key_file))

    async def run(store: Store) -> T:
        url, rate = settings.public_url, settings.rate_per_minute
        service = Service(store, asked, utc_now, url, 0, rate, silent_days=settings.silent_days)
        return await work(service, await service.state())

    return with_store(run)


def _period(code: str) -> Period:
    try:
        return parse_period(code)
    except PeriodError as wrong:
        raise click.ClickException(f"--period: {wrong}") from None


def _line(unit: str, found: Declining) -> str:
    figure, pair = found.figure, found.pair
    signs = ",".join(found.signs)
    told_now = f"{percent(figure.value or 0)}\tn={figure.n}"
    if pair is None:
        return f"{unit}\t{signs}\t{figure.instrument} {figure.key}\t{told_now}"
    low, high = points(pair.difference.low, "en"), points(pair.difference.high, "en")
    before = f"{percent(pair.before.value or 0)} in {pair.before.period}"
    apart = f"{points(pair.difference.value, 'en')} [{low}, {high}]"
    return f"{unit}\t{signs}\t{figure.instrument} {figure.key}\t{told_now}\tfrom {before}: {apart}"

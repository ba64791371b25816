"""`motcua scores`: the API's figures on the terminal."""

from __future__ import annotations

import click

from bot.app import survey
from bot.clock import utc_now
from bot.commands.session import with_store
from bot.keys import load_keys
from bot.settings import Settings
from handlers.breaks import breaks, reason
from handlers.counted import FORMULA
from handlers.coverage import Coverage, coverage, record
from handlers.scores import By, Scores
from handlers.service import Service
from sipas.figures import Figure
from sipas.formulas import FORMULAS
from sipas.grades import response_rate
from sipas.periods import PeriodError, parse_period, quarter_of
from sipas.scoring import percent
from storage.store import Store


@click.command()
@click.option("--unit", default="", help="code of a unit; the province if left out")
@click.option("--period", default="", help="such as 2026-Q4; the present quarter if left out")
@click.option("--by", type=click.Choice([str(by) for by in By]), help="broken down by")
@click.option("--formula", type=click.Choice(list(FORMULAS)), default=FORMULA, show_default=True)
def scores(unit: str, period: str, by: str | None, formula: str) -> None:
    """Print figures of published units with n and 95 % interval."""
    settings = Settings()
    asked = survey(load_keys(settings.secret_key_file))

    async def read(store: Store) -> list[str]:
        service = Service(
            store,
            asked,
            utc_now,
            settings.public_url,
            0,
            settings.rate_per_minute,
            silent_days=settings.silent_days,
        )
        state = await service.state()
        roots = (u for u in state.directory.units if u.parent_code is None and not u.valid_to)
        found = state.directory.unit(unit) if unit else next(roots, None)
        if found is None or not found.published:
            raise click.ClickException(f"no published unit has the code {unit!r}")
        chosen = By(by) if by else None
        answer = Scores(service, state, formula)
        try:
            days = parse_period(period) if period else quarter_of(service.today())
            figures = await answer.asked_for(found, days, chosen)
        except PeriodError as wrong:
            raise click.ClickException(str(wrong)) from None
        series = breaks(answer, found, days, chosen, (figure for _, figure in figures))
        return [
            *(_line(value, figure) for value, figure in figures),
            *(f"{found.code}\tbreak\t{reason(state.directory, each, 'en')}" for each in series),
            _grade(found.code, days.code, await coverage(answer, found, days)),
        ]

    for line in with_store(read):
        click.echo(line)


def _grade(unit: str, period: str, found: Coverage) -> str:
    told = record(found)
    silent = " ".join(told["silent_counters"]) or "none"
    line = f"{unit}\tdata grade\t{period}\t{told['grade']}"
    if rate := response_rate(found.facts):
        between = rate.interval
        span = f" [{percent(between.low)}, {percent(between.high)}]" if between else ""
        line += f"\tresponse rate {percent(rate.value)}{span}\tdossiers={rate.n}"
    return f"{line}\tsilent counters: {silent}"


def _line(value: str, figure: Figure) -> str:
    where = "\t".join(filter(None, (figure.unit, figure.counter, value, figure.key)))
    if figure.suppressed:
        return f"{where}\t{figure.period}\thidden: it would tell a small cell"
    if figure.value is None or figure.low is None or figure.high is None:
        return f"{where}\t{figure.period}\ttoo few\tn={figure.n if figure.n else '<10'}"
    shown = f"{percent(figure.value)} [{percent(figure.low)}, {percent(figure.high)}]"
    return f"{where}\t{figure.period}\t{shown}\tn={figure.n}"

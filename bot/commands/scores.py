"""`motcua scores`: the API's figures on the terminal."""

from __future__ import annotations

import click

from bot.clock import utc_now
from bot.commands.session import with_store
from bot.keys import load_keys
from bot.settings import Settings
from bot.surveys import survey
from handlers.breaks import breaks, reason
from handlers.comparing import Side, compared, refused
from handlers.counted import FORMULA
from handlers.coverage import Coverage, coverage, record
from handlers.scores import By, Scores
from handlers.sentences import of_difference
from handlers.service import Service
from handlers.weighing import Weighing
from sipas.figures import Figure
from sipas.formulas import FORMULAS
from sipas.grades import response_rate
from sipas.periods import Period, PeriodError, parse_period, quarter_of
from sipas.scoring import percent
from storage.directory import Unit
from storage.store import Store


@click.command()
@click.option("--unit", default="", help="code of a unit; the province if left out")
@click.option("--period", default="", help="such as 2026-Q4; the present quarter if left out")
@click.option("--by", type=click.Choice([str(by) for by in By]), help="broken down by")
@click.option("--formula", type=click.Choice(list(FORMULAS)), default=FORMULA, show_default=True)
@click.option("--compare", default="", help="another period, or the code of another unit")
@click.option("--weights", is_flag=True, help="also weighted to the dossiers handled")
def scores(
    unit: str, period: str, by: str | None, formula: str, compare: str, weights: bool
) -> None:
    """Print figures of published units with n and 95 % interval."""
    settings = Settings()
    asked = survey(load_keys(settings.secret_key_file))

    async def read(store: Store) -> list[str]:
        url, rate, silent = settings.public_url, settings.rate_per_minute, settings.silent_days
        service = Service(store, asked, utc_now, url, 0, rate, silent_days=silent)
        answer = Scores(service, await service.state(), formula)
        found = _unit(answer, unit)
        try:
            days = parse_period(period) if period else quarter_of(service.today())
            told = await _figures(answer, found, days, By(by) if by else None)
            told += await _weighted(answer, found, days) if weights else []
            return told + (await _compared(answer, Side(found, days), compare) if compare else [])
        except PeriodError as wrong:
            raise click.ClickException(str(wrong)) from None

    for line in with_store(read):
        click.echo(line)


def _unit(answer: Scores, code: str) -> Unit:
    tree = answer.state.directory
    roots = (unit for unit in tree.units if unit.parent_code is None and not unit.valid_to)
    found = tree.unit(code) if code else next(roots, None)
    if found is None or not found.published:
        raise click.ClickException(f"no published unit has the code {code!r}")
    return found


async def _figures(answer: Scores, unit: Unit, days: Period, by: By | None) -> list[str]:
    figures = await answer.asked_for(unit, days, by)
    series = breaks(answer, unit, days, by, (figure for _, figure in figures))
    tree = answer.state.directory
    return [
        *(_line(value, figure) for value, figure in figures),
        *(f"{unit.code}\tbreak\t{reason(tree, each, 'en')}" for each in series),
        _grade(unit.code, days.code, await coverage(answer, unit, days)),
    ]


async def _weighted(answer: Scores, unit: Unit, days: Period) -> list[str]:
    """The unit's figures as they would be if every field and unit had answered alike often."""
    weighing = Weighing(answer.asked, answer.state, answer.formula)
    found = await weighing.beside(unit, days, await answer.of_unit(unit, days))
    return [
        f"{unit.code}\t{figure.key}\t{figure.period}\tweighted {percent(made.value)} "
        f"[{percent(made.low)}, {percent(made.high)}]\tn={made.n}\tworth={int(made.effective_n)}"
        for figure, made, _ in found
    ]


async def _compared(answer: Scores, one: Side, code: str) -> list[str]:
    """Differences from another unit in the same period, or from the unit in another period."""
    tree = answer.state.directory
    unit = tree.unit(code)
    other = Side(_unit(answer, code), one.period) if unit else Side(one.unit, parse_period(code))
    return [
        *(f"{code}\tbreak\t{reason(tree, each, 'en')}" for each in refused(answer, one, other)),
        *(
            f"{one.unit.code}\t{row.one.key}\t{of_difference(row, one, other, 'en')}"
            for row in await compared(answer, one, other)
        ),
    ]


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
        return f"{where}\t{figure.period}\thidden: too few, or it would tell a cell with too few"
    if figure.value is None or figure.low is None or figure.high is None:
        return f"{where}\t{figure.period}\ttoo few\tn={figure.n if figure.n else '<10'}"
    shown = f"{percent(figure.value)} [{percent(figure.low)}, {percent(figure.high)}]"
    return f"{where}\t{figure.period}\t{shown}\tn={figure.n}"

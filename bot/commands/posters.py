"""`motcua posters`: print-ready counter posters."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from bot.commands.session import with_store
from bot.own_files import own_file
from bot.posters.poster import Poster, Size, page, pdf, poster
from bot.settings import Settings
from storage.directory import Counter, Directory, load_directory
from storage.store import Store

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


@click.command()
@click.option("--counter", "codes", multiple=True, metavar="CODE", help="a counter; repeatable")
@click.option("--unit", metavar="CODE", help="all open counters of a unit and the units below it")
@click.option("--all", "everything", is_flag=True, help="all open counters")
@click.option(
    "--size", type=click.Choice(Size, case_sensitive=False), default=Size.A4, show_default=True
)
@click.option("--zalo", default="", metavar="NAME", help="the Zalo Official Account to name")
@click.option("--separate", is_flag=True, help="a file for each counter instead of one for all")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR_OR_FILE",
    help="a folder, made if missing, or a name that ends in .pdf  [default: this folder]",
)
def posters(
    codes: tuple[str, ...],
    unit: str | None,
    everything: bool,
    size: Size,
    zalo: str,
    separate: bool,
    output: Path,
) -> None:
    """Make posters with QR codes as PDF, one page for each counter."""
    if not (codes or unit or everything):
        raise click.ClickException("which counters? Choose with --counter, --unit or --all")
    if separate and output.suffix == ".pdf":
        raise click.ClickException(f"--separate writes many files: {output} must be a folder")
    directory = with_store(_directory)
    chosen = _chosen(directory, codes, unit, everything)
    address = Settings().public_url
    made = [poster(directory, counter, address, zalo) for counter in chosen]
    batches = _files(made, size, output) if separate else [(_file(size, output), made)]
    _write(batches, len(made), size)


async def _directory(store: Store) -> Directory:
    return await load_directory(store.reader)


def _chosen(
    directory: Directory, codes: Iterable[str], unit: str | None, everything: bool
) -> list[Counter]:
    """The chosen counters, each once, in the order of their codes."""
    named = {open_counter(directory, code).counter_id for code in codes}
    units = _units(directory, unit) if unit else set()
    chosen = [
        each
        for each in directory.counters
        if each.counter_id in named
        or (each.valid_to is None and (everything or each.unit_id in units))
    ]
    if not chosen:
        raise click.ClickException(f"no open counter in {f'unit {unit!r}' if unit else 'any unit'}")
    return chosen


def open_counter(directory: Directory, code: str) -> Counter:
    """The counter with this code; a clear line when there is none that takes ratings."""
    found = directory.counter(code.replace(" ", ""))
    if found is None:
        raise click.ClickException(f"no counter has the code {code!r}")
    if found.valid_to is not None:
        raise click.ClickException(f"counter {code} was closed on {found.valid_to}")
    return found


def _units(directory: Directory, code: str) -> set[int]:
    found = directory.unit(code)
    if found is None:
        raise click.ClickException(f"no unit has the code {code!r}")
    return {unit.unit_id for unit in directory.subtree(found)}


def _file(size: Size, output: Path) -> Path:
    return output if output.suffix == ".pdf" else output / f"posters-{size}.pdf"


def _files(made: list[Poster], size: Size, output: Path) -> Iterator[tuple[Path, list[Poster]]]:
    return ((output / f"poster-{each.code}-{size}.pdf", [each]) for each in made)


def _write(batches: Iterable[tuple[Path, list[Poster]]], n: int, size: Size) -> None:
    """Each batch into its file; a poster counts once when drawn and once when laid out."""
    files = []
    with click.progressbar(length=2 * n, label="Making posters", file=sys.stderr) as bar:
        for path, batch in batches:
            with written(path) as part:
                pages = list(map(page, _counted(batch, bar)))
                part.write(pdf(pages, size))
            bar.update(len(batch))
            files.append(path)
    where = files[0] if len(files) == 1 else f"{len(files)} files in {files[0].parent}"
    click.echo(f"{n} poster{'s' * (n > 1)}: {where}")


def _counted(posters: Iterable[Poster], bar: ProgressBar[int]) -> Iterator[Poster]:
    for each in posters:
        yield each
        bar.update(1)


@contextmanager
def written(path: Path, *, own: bool = False) -> Iterator[BinaryIO]:
    """The file as it will be; what stood there stays until the new one is whole.

    Args:
        own: nobody else on this machine may read it.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Before the work: a folder that refuses is told at once.
        with own_file(part) if own else part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise click.ClickException(f"cannot write {path} ({error.strerror})") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)

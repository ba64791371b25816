"""`motcua verify`: verify.py on a package, or on what a server publishes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import httpx

from handlers.log.verify import check

TIMEOUT_S = 60
MOST = 4_000_000_000
"""Bytes of a package: whoever sends more sends something else."""


@click.command()
@click.argument("package")
@click.option(
    "--roots", multiple=True, type=click.Path(exists=True), help="roots.json kept earlier"
)
def verify(package: str, roots: tuple[str, ...]) -> None:
    """Recompute what PACKAGE says, a file or the address of a server; exit 1 if it does not match.

    Of a server its package is fetched, and the roots that it shows must be those of the package.
    """
    with tempfile.TemporaryDirectory() as folder:
        if package.startswith(("http://", "https://")):
            faults = check(*_fetched(package.rstrip("/"), Path(folder)), *roots)
        else:
            faults = check(package, *roots)
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo("ok: everything matches")


def _fetched(server: str, folder: Path) -> tuple[str, str]:
    """The server's package and the roots it shows, as files."""
    paths = []
    for name, address in (("package.zip", "/data/package.zip"), ("roots", "/api/v1/log/roots")):
        _fetch(server + address, folder / name)
        paths.append(str(folder / name))
    return paths[0], paths[1]


def _fetch(address: str, path: Path) -> None:
    """Write what is at *address* into *path*, as it comes: a package need not fit into memory."""
    try:
        with (
            httpx.stream("GET", address, timeout=TIMEOUT_S, follow_redirects=True) as answer,
            path.open("wb") as file,
        ):
            answer.raise_for_status()
            for part in answer.iter_bytes():
                if file.tell() + len(part) > MOST:
                    raise click.ClickException(f"{address}: more than {MOST:,} bytes")
                file.write(part)
    except httpx.HTTPError as error:
        raise click.ClickException(f"{address}: {error}") from None

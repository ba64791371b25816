"""`motcua verify`: verify.py on a package, or on what a server publishes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import httpx

from handlers.log.verify import check

TIMEOUT_S = 60


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
        try:
            answer = httpx.get(server + address, timeout=TIMEOUT_S, follow_redirects=True)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise click.ClickException(f"{server}{address}: {error}") from None
        path = folder / name
        path.write_bytes(answer.content)
        paths.append(str(path))
    return paths[0], paths[1]

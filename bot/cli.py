"""The console script `motcua`: one command per thing an operator does."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import socket
import sys
from collections.abc import Iterable
from importlib import import_module

import click
from pydantic import ValidationError

from bot.backups import BackupError
from bot.instruments import chosen
from bot.keys import KeyFileError, load_keys
from bot.logs import configure as configure_logs
from bot.settings import Settings, SettingsFileError
from sipas.packs import PackError
from storage.store import migrate
from storage.writer import StorageUnavailable

# Loaded when called: no command waits for the imports of another.
ELSEWHERE = (
    "alarms",
    "backup",
    "centre",
    "channels",
    "counters",
    "devices",
    "doctor",
    "dossiers",
    "export",
    "filings",
    "formula",
    "grade",
    "hooks",
    "invitations",
    "keys",
    "migrate",
    "outlets",
    "paper",
    "plans",
    "posters",
    "receipts",
    "register",
    "restore",
    "rights",
    "scorecard",
    "scores",
    "simulate",
    "units",
    "user",
    "verdicts",
    "verify",
)

MENDABLE = (BackupError, KeyFileError, PackError, SettingsFileError, StorageUnavailable)

SWITCH_S = 0.001
"""How soon a thread that computes lets another have the interpreter; usually 5 ms."""


class Commands(click.Group):
    """The commands here and in `bot.commands`; what an operator can mend is one clear line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, for --help."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(f"bot.commands.{cmd_name}"), cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what an operator can mend becomes a message."""
        try:
            return super().invoke(ctx)
        except ValidationError as error:
            faults = "; ".join(
                f"MOTCUA_{str(fault['loc'][0]).upper()}: {fault['msg']}"
                for fault in error.errors(include_input=False)
            )
            raise click.ClickException(faults) from None
        except MENDABLE as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands)
@click.version_option(package_name="motcua")
def main() -> None:
    """Rate one-stop counters in a chat; publish scores that anyone can check."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8000, show_default=True, help="port to listen on")
@click.option(
    "--role",
    "roles",
    type=click.Choice(("web", "public", "sender", "worker")),
    multiple=True,
    help="do only this, beside other processes (PostgreSQL); may be given twice",
)
def serve(host: str, port: int, roles: tuple[str, ...]) -> None:
    """Serve a real installation; it starts empty."""
    settings = Settings()
    if roles and settings.on_sqlite:
        raise click.UsageError("--role: one process serves an SQLite file, and does everything")
    run_server(settings, host, port, roles=roles)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8000, show_default=True, help="port to listen on")
@click.option("--tamper", is_flag=True, help="change one row behind its back, and see it found")
@click.option("--stuff", type=click.IntRange(1, 500), help="praise falsely, and see it noticed")
def demo(host: str, port: int, tamper: bool, stuff: int | None) -> None:
    """Serve the demo province: Thanh Hóa with a simulated year, marked as such."""
    from bot import demo as demonstration  # it brings the whole server

    settings = demonstration.settings(host, port)
    if tamper or stuff:
        from bot.stuffing import stuffed
        from bot.tampering import tampered

        shown = stuffed(settings, stuff) if stuff else tampered(settings)
        for line in asyncio.run(shown):
            click.echo(line)
        return
    listening = bind(host, port)
    tour = asyncio.run(demonstration.prepare(settings))
    click.echo(tour)
    if host == demonstration.EVERYWHERE:
        click.echo(demonstration.phone_qr(settings))
    run_server(settings, host, port, listening)


@main.command()
def tag() -> None:
    """Read comments, one a line; print "language<TAB>comment" for each."""
    from bot.tagging import Tagger, tag_lines  # 0.2 s of profiles that no other command needs

    for line in tag_lines(Tagger(), lines()):
        click.echo(line)


def lines() -> Iterable[str]:
    """Standard input, a line at a time, without line ends."""
    return (line.rstrip("\r\n") for line in sys.stdin)


def bind(host: str, port: int) -> socket.socket:
    """Take the port now, so that a busy one is said before anything else is done."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise click.ClickException(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
        ) from None
    return listening


def set_aside() -> None:
    """Keep the collector of garbage from what stays, until the next time, and give back the rest.

    With the figures of a year it takes a fifth of a second, in which nobody is answered, every
    three seconds of a busy hour.
    """
    gc.unfreeze()  # connections that were open then have ended, and only a collection ends them
    gc.collect()
    gc.freeze()
    gc.collect()  # of nothing: the next ones come as often as so little is worth
    # What came and went between what stays is free, and glibc keeps it unless told: 10 MB a time.
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def run_server(
    settings: Settings,
    host: str,
    port: int,
    listening: socket.socket | None = None,
    roles: Iterable[str] = (),
) -> None:
    """Serve until interrupted, in this process and its own; without *roles* it does everything."""
    import uvicorn  # commands that only read must not wait for the server's imports

    from bot.app import EVERYTHING, Role, create_app
    from bot.figures.elsewhere import Figures
    from bot.sealing import load_signer
    from bot.single import RolesFileError
    from bot.single import roles as roles_by_group

    configure_logs()
    # The writer gives the interpreter up at every statement, and waits for it as often.
    sys.setswitchinterval(SWITCH_S)
    # Of the objects that a waiting request holds none is garbage: looking for it seldom is enough.
    gc.set_threshold(20_000, 10, 10)
    listening = listening or bind(host, port)
    # What an operator must mend is said here, in one line, before the server's own log begins.
    load_keys(settings.secret_key_file)
    load_signer(settings.secret_key_file)
    chosen(settings.packs)
    try:
        roles_by_group(settings)
    except RolesFileError as error:
        raise click.ClickException(str(error)) from None
    migrate(settings.database)
    chosen_roles = frozenset(map(Role, roles)) or EVERYTHING
    app = create_app(settings, roles=chosen_roles, tidy=set_aside, apart=Figures)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    uvicorn.Server(config).run(sockets=[listening])

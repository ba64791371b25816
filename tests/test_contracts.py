"""What other software and the docs rely on: routes, settings, commands, messages, SQL names."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import psycopg
import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route

from bot.app import create_app
from bot.channels.telegram.channel import PATH, SECRET_HEADER
from bot.cli import main
from bot.settings import Settings
from handlers.hooks import Hook, by_path
from handlers.messages import DOMAINS, LANGUAGES, LOCALES, catalogue
from handlers.people import desk
from handlers.web import ROUTERS
from scripts.compile_messages import compiled
from sipas import cases, filings, plans, quotes, relays
from storage import queries
from storage.dialect import translated
from storage.postgresql import PostgreSQL
from tests import access
from tests.databases import programs, server
from tests.databases import template as migrated


async def _never_called(body: bytes) -> Response:
    raise AssertionError


def _never_admitted(headers: Headers, body: bytes) -> bool:
    return False


TELEGRAM = Hook(PATH, SECRET_HEADER, "Telegram's webhook", _never_admitted, _never_called)
ROOT = Path(__file__).parents[1]
API = (ROOT / "docs" / "api.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


def routes() -> set[tuple[str, str]]:
    """Method and path of every route of the app."""
    return {
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_no_route_is_outside_the_routers() -> None:
    """Every path of the app comes from a router, but for the document and static files."""
    known = [route for router in ROUTERS for route in router.routes]
    others = [route for route in create_app(Settings()).routes if route not in known]

    assert [getattr(route, "path", None) for route in others] == ["/openapi.json", "/static"]


def test_every_route_is_in_the_document() -> None:
    """The OpenAPI document and the app list the same operations."""
    document = create_app(Settings()).openapi()
    told = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }

    assert told == routes()


def test_a_configured_webhook_is_in_the_document() -> None:
    """Webhooks go past the router; where one is configured, the document names it."""
    app = create_app(Settings())
    app.state.hooks = by_path([TELEGRAM])
    operation = app.openapi()["paths"]["/channels/telegram"]["post"]

    assert operation["parameters"][0]["name"] == SECRET_HEADER
    assert operation["responses"].keys() == {"200", "400", "403", "413", "503"}


def test_every_route_is_in_docs_api() -> None:
    """docs/api.md names every route, and no other."""
    told = set(re.findall(r"^\| `(GET|POST) (/\S*)` \|", API, re.MULTILINE))

    assert {route for route in told if not route[1].startswith("/channels/")} == routes()


def test_every_setting_is_in_docs_operations() -> None:
    """A setting that is not documented does not exist for an operator."""
    told = {
        name.lower() for name in re.findall(r"^\| `MOTCUA_([A-Z_]+)`", OPERATIONS, re.MULTILINE)
    }

    assert told == set(Settings.model_fields)


def test_every_setting_says_what_it_is_for() -> None:
    """Each field has a help line."""
    assert all(field.description for field in Settings.model_fields.values())


def test_every_command_is_in_docs_operations() -> None:
    """The commands of the console script, and their help."""
    told = set(re.findall(r"^\| `motcua (\w+)`", OPERATIONS, re.MULTILINE))

    assert told == set(main.list_commands(click.Context(main)))
    assert all(command.help for command in _commands(main))


def _commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from _commands(command)


def test_catalogues_hold_the_same_keys() -> None:
    """No message is missing in a language."""
    first, *others = (set(catalogue(language)) for language in LANGUAGES)

    assert first
    assert all(other == first for other in others)


def test_catalogues_use_the_same_parameters() -> None:
    """A translation fills in what the other one does."""
    for key, vietnamese in catalogue("vi").items():
        english = catalogue("en")[key]

        assert set(re.findall(r"{(\w+)}", vietnamese)) == set(re.findall(r"{(\w+)}", english)), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_compiled_catalogues_are_current(language: str, domain: str) -> None:
    """The .mo beside a .po is what `make messages` makes of it."""
    po = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"

    assert po.with_suffix(".mo").read_bytes() == compiled(po)


def test_every_message_in_a_template_exists() -> None:
    """Keys written out in templates are in the catalogue."""
    keys = set(catalogue("vi"))
    for template in (ROOT / "handlers" / "templates").rglob("*.html"):
        used = set(re.findall(r"""\bt\(["']([\w.]+)["'][,)]""", template.read_text("utf-8")))

        assert used <= keys, template.name


_MEMBERS = {
    "filing ": filings.Act,
    "plan ": plans.Act,
    "comment ": quotes.Act,
    "relay ": relays.Act,
    "case ": cases.Act,
}
_RECORDERS = {"audit", "add_audit", "noted", "note", "_record"}


def _acts() -> Iterator[str]:
    """What the code writes into the audit, the words before a colon."""
    yield from (*desk.ACTS.values(), "filing open", "filing take_over", "relay ask")
    for top in ("storage", "handlers", "bot"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                yield from _recorded(node) if isinstance(node, ast.Call) else ()


def _recorded(call: ast.Call) -> Iterator[str]:
    if _RECORDERS & {*map(_name, (call.func, *call.args))}:
        given = [*call.args, *(each.value for each in call.keywords)]
        yield from (act for each in given for act in _said(each))


def _name(called: ast.AST) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _said(given: ast.expr) -> Iterator[str]:
    match given:
        case ast.IfExp(body=yes, orelse=no):
            yield from (*_said(yes), *_said(no))
        case ast.Constant(value=str(words)) if re.fullmatch("[a-z]{3,}(-[a-z]+)?( [a-z]+)*", words):
            yield words
        case ast.JoinedStr(values=[ast.Constant(value=str(words)), *_]):
            yield from (words + member for member in _MEMBERS.get(words, ()))


def test_what_was_done_is_told_in_words() -> None:
    """Every act that the code can write into the audit is a message of the page that shows it."""
    said = set(_acts())

    assert {"signed in", "filing publish", "comment mask", "device ended"} <= said
    assert {f"act.{act}" for act in said} <= set(catalogue("vi"))


def test_every_query_used_exists() -> None:
    """Names after `sql.` in storage and handlers are queries of the SQL files."""
    known = set(queries.write.available_queries)
    for path in [*(ROOT / "storage").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]:
        used = set(re.findall(r"\bsql\.(\w+)", path.read_text("utf-8")))

        assert used <= known, path.name


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_migrations_and_queries_are_postgresqls_too() -> None:
    """Every migration runs there, and every query is understood, whatever its parameters' types."""
    engine = PostgreSQL(server() + migrated())
    with closing(engine.connect()) as link:
        for name in queries.write.available_queries:
            if not name.endswith("_cursor") and "." not in name:
                query = "explain " + translated(getattr(queries.write, name).sql)
                given: dict[str, int | None] = dict.fromkeys(re.findall(r"%\((\w+)\)s", query))
                try:
                    link.execute(query, given)
                except psycopg.errors.DatatypeMismatch:  # nothing told it what was meant
                    link.execute(query, dict.fromkeys(given, 0))


def test_sql_reads_like_the_house() -> None:
    """Lower case, columns listed, no percent sign, parameters declared."""
    for path in (ROOT / "storage" / "sql").rglob("*.sql"):
        text = path.read_text("utf-8")
        statements = re.sub(r"--.*", "", text)

        assert "select *" not in statements, path.name
        assert "%" not in statements, path.name
        assert statements == statements.lower(), path.name
        assert "<!" not in text, f"{path.name}: the number that is given is asked for by returning"
        assert all("(" in name for name in re.findall(r"^-- name: (.*)$", text, re.MULTILINE))


def test_no_computed_score_is_called_sipas_alone() -> None:
    """Our own number is the transaction satisfaction index, SIPAS-like at most."""
    allowed = re.compile(
        r"(kiểu SIPAS|SIPAS-like|không phải.*SIPAS|not the SIPAS|SIPAS là|SIPAS is)"
    )
    for language in LANGUAGES:
        for key, message in catalogue(language).items():
            if "SIPAS" in message and not key.startswith(("about.", "register.")):
                assert allowed.search(message), (language, key, message)


JARGON = re.compile(
    r"\b(e-?process|e-?values?|e-BH|p-values?|super-?martingale|martingale|beta-?binomial|posterior"
    r"|prior|bayes\w*|likelihood|bootstrap|deff|design effect|wilson\w*|quantile|variance|estimator"
    r"|linearised|post-?stratif\w+|top-?2-?box|stratum|phương sai|phân vị|hệ số thiết kế"
    r"|ước lượng viên|tiên nghiệm|hậu nghiệm)\b",
    re.IGNORECASE,
)
TAGS = re.compile(r"{[{%#].*?[}%#]}|<[^>]*>", re.DOTALL)
"""What of a template is code; the rest is read."""


def test_no_jargon_of_statistics_reaches_a_screen() -> None:
    """Messages, templates and documents speak to citizens and officials; methods stand in docs."""
    read = [each for language in LANGUAGES for each in catalogue(language).values()]
    for template in (ROOT / "handlers" / "templates").rglob("*.html"):
        read.append(TAGS.sub(" ", template.read_text("utf-8")))

    assert JARGON.search("the posterior mean of a beta-binomial")
    assert [found[0] for each in read if (found := JARGON.search(each))] == []


def test_the_method_page_lists_its_contents() -> None:
    """Every section of docs/statistics.md is in the list at its top, in order."""
    text = (ROOT / "docs" / "statistics.md").read_text("utf-8")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    listed = re.findall(r"\]\(#([a-z-]+)\)", text.partition("\n## ")[0])

    assert listed == [name.lower().replace(" ", "-") for name in sections]


def test_the_access_table_is_current() -> None:
    """docs/access.md is what the routes and the table of rights make: `python -m tests.access`."""
    assert access.PAGE.read_text("utf-8") == access.table()


def test_every_route_has_one_access_rule() -> None:
    """A route asks who is there, by one rule, or is public by name: no new one slips through."""
    unruled = {route.path for route in access.routes() if not access.rules(route)}
    doubled = [route.path for route in access.routes() if len(access.rules(route)) > 1]

    assert unruled == access.PUBLIC
    assert doubled == []


def test_papers_for_the_authority_name_what_exists() -> None:
    """Tests, settings, commands and legal references in the dossiers are there to be looked up."""
    papers = [*(ROOT / "docs" / "privacy").glob("*.md"), ROOT / "docs" / "vi" / "cap-do.md"]
    told = "".join(each.read_text("utf-8") for each in [*papers, ROOT / "docs" / "security.md"])
    laws = tomllib.loads((ROOT / "docs" / "privacy" / "phap-ly.toml").read_text("utf-8"))
    tests = set(re.findall(r"`(tests/\w+\.py)`", told))
    settings = set(re.findall(r"`MOTCUA_([A-Z_]+)`", told))
    commands = set(re.findall(r"`motcua (\w+)", told))

    assert tests
    assert all((ROOT / each).exists() for each in tests)
    assert {each.lower() for each in settings} <= set(Settings.model_fields)
    assert commands <= set(main.list_commands(click.Context(main)))
    assert set(re.findall(r"\[([A-Z]+\d[\d-]*)\b", told)) <= set(laws)
    assert all(law["certainty"] in ("C", "S", "U") for law in laws.values())

"""The access matrix: every route, who may call it, and for which units; derived from the app.

`python -m tests.access` writes docs/access.md anew. The table is what the code declares; that the
application keeps to it is tried, cell by cell, in test_access.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fastapi.routing import APIRoute, APIRouter

from handlers.bearer import NeedsKey
from handlers.devices import known_device
from handlers.rights import RIGHTS, Needs, Right, Role
from handlers.web import INSIDE, ROUTERS
from handlers.web import PUBLIC as WITHOUT_COOKIES

PAGE = Path(__file__).parents[1] / "docs" / "access.md"
SHORT = {
    Role.SYSTEM: "system",
    Role.HOME_AFFAIRS: "Home Affairs",
    Role.OFFICE: "office",
    Role.INSPECTION: "inspection",
    Role.LEADER: "leader",
    Role.UNIT_HEAD: "unit head",
    Role.CASE_WORKER: "case worker",
    Role.MEDIA_EDITOR: "media editor",
    Role.DATA_PROTECTION: "data protection",
}
HEAD = """# Who may call what

Made by `python -m tests.access` from the routes and the table of rights in `handlers/rights.py`.
`make test` fails when it is not current, and tries every cell on the running application: for the
own unit, another one and the province, without a login, and with a form of another site
(`tests/test_access.py`).

- **yes**: wherever the person holds the role.
- **own**: for the unit of the role and everything below it; anything else is 404, as if it were
  not there.
- **all**: only who holds the role for the whole province.
- –: 403. Without a login a page leads to `/login`, and the API says 401.

A process with `--role public` has the routes of the last list and no other: everything else is 404
there, with a login or without (`tests/test_public_process.py`).

Every POST needs its form's own secret, else it is 403. Filings are narrower still: who may write
which type is in `sipas/filings.toml`. So are cases: a case of the inspection is that of inspectors,
any other one of case workers, and neither of anybody who belongs to the rated unit (docs/cases.md).
"""


# Every route that needs no account; whoever adds one here says that anybody may call it.
PUBLIC = {
    "/",
    "/privacy",
    "/privacy/rights",
    "/privacy/{version}",
    "/about",
    "/answers",
    "/answers/{relay}",
    "/api/v1/chat",
    "/api/v1/counters",
    "/api/v1/explain",
    "/api/v1/log/consistency",
    "/api/v1/log/leaves/{index}",
    "/api/v1/log/responses",
    "/api/v1/log/responses/{act}",
    "/api/v1/log/roots",
    "/api/v1/nation",
    "/api/v1/nation/{province}",
    "/api/v1/ranks",
    "/api/v1/register",
    "/api/v1/register/change",
    "/api/v1/reports",
    "/api/v1/reports/{filing}",
    "/api/v1/scores",
    "/api/v1/units",
    "/audio/{language}/{question}.mp3",
    "/c/{code}",
    "/case",
    "/charts/{figure}.json",
    "/charts/{figure}.png",
    "/charts/{figure}.svg",
    "/compare",
    "/counters/{code}",
    "/data/",
    "/data/aggregate.json",
    "/data/catalogue.jsonld",
    "/data/datapackage.json",
    "/data/figures.csv",
    "/data/figures.csv-metadata.json",
    "/data/figures.json",
    "/data/figures.xlsx",
    "/data/package.zip",
    "/data/verify.py",
    "/device",
    "/early/{secret}/{week}",
    "/early/{secret}/{week}/{name}",
    "/embed/units/{code}/{period}",
    "/explain",
    "/feed.atom",
    "/feed.json",
    "/healthz",
    "/log/check",
    "/log/roots",
    "/log/roots/{number}",
    "/login",
    "/login/oidc",
    "/login/oidc/back",
    "/login/oidc/ended",
    "/metrics",
    "/nation",
    "/nation/{province}",
    "/packs",
    "/packs/{week}",
    "/packs/{week}/{name}",
    "/ranks",
    "/r/{receipt}",
    "/readyz",
    "/register",
    "/reports",
    "/reports/{filing}",
    "/reports/{filing}/annex.xlsx",
    "/reports/{filing}/report.pdf",
    "/reports/{filing}/summary",
    "/reports/{filing}/summary.pdf",
    "/reports/{filing}/versions/{version}.png",
    "/units/{code}",
    "/units/{code}/{period}",
}


class Rule(NamedTuple):
    """A route of staff: who may call it, and whether it is about a unit."""

    method: str
    path: str
    right: Right
    scope: str
    asks_unit: bool

    def cell(self, role: Role) -> str:
        """What the table says of a role."""
        return self.scope if self.right in RIGHTS[role] else "–"


def routes(routers: tuple[APIRouter, ...] = ROUTERS) -> list[APIRoute]:
    """Every route of the application, or of some of it."""
    return [each for router in routers for each in router.routes if isinstance(each, APIRoute)]


def rules(route: APIRoute) -> list[Any]:
    """The access rules among a route's dependencies, however deep."""
    waiting, found = [route.dependant], []
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        asks = isinstance(dependant.call, Needs | NeedsKey) or dependant.call is known_device
        found += [dependant.call] if asks else []
    return found


def staff_rules() -> Iterator[Rule]:
    """The routes that a person signs in for, in the order of the application."""
    for route in routes():
        for rule in rules(route):
            if isinstance(rule, Needs):
                for method in sorted(route.methods or ()):
                    scope, asks = _scope(route, rule), "unit" in _query(route)
                    yield Rule(method, route.path, rule.right, scope, asks)


def _scope(route: APIRoute, rule: Needs) -> str:
    """A route that names a unit, or a thing that belongs to one, is for one's own units only."""
    if rule.everywhere:
        return "all"
    if route.path in TOLD:
        return TOLD[route.path]
    body = {each.name for each in route.dependant.body_params}
    path = {each.name for each in route.dependant.path_params}
    return "own" if (body | path | _query(route)) & ABOUT_A_UNIT else "yes"


def _query(route: APIRoute) -> set[str]:
    """The parameters of a route and of all that it depends on."""
    waiting, found = [route.dependant], set[str]()
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        found |= {each.name for each in dependant.query_params}
    return found


# Where the parameters say something else: a list that is searched, figures that are public.
TOLD = {
    "/dashboard/explain": "yes",  # others' published figures are everybody's
    "/plans": "yes",
    "/api/v1/plans": "yes",
}
# What belongs to a unit, by the name of a route's parameter.
ABOUT_A_UNIT = {
    "unit",
    "filing",
    "person",
    "counter",
    "response",
    "plan",
    "case",
    "finding",
    "file",
    "comment",
    "relay",
}


def table() -> str:
    """docs/access.md."""
    head = "| Route | Right |" + "".join(f" {SHORT[role]} |" for role in Role)
    lines = [HEAD, "## People who sign in\n", head, "|---|---|" + "---|" * len(Role)]
    for rule in staff_rules():
        cells = "".join(f" {rule.cell(role)} |" for role in Role)
        lines.append(f"| `{rule.method} {rule.path}` | {rule.right} |{cells}")
    for title, wanted in (("Enrolled devices", "device"), ("Other systems, by API key", "key")):
        lines += [f"\n## {title}\n", *_listed(wanted)]
    lines += ["\n## Anybody, not in a process of the role `public`\n", *_listed("", INSIDE)]
    lines += ["\n## Anybody\n", *_listed("", WITHOUT_COOKIES)]
    return "\n".join(lines) + "\n"


def _listed(wanted: str, routers: tuple[APIRouter, ...] = ROUTERS) -> list[str]:
    """Methods and paths of the routes with this kind of rule; none for the public ones."""
    found = [
        f"- `{method} {route.path}`"
        for route in routes(routers)
        for method in sorted(route.methods or ())
        if _kind(route) == wanted
    ]
    return sorted(found)


def _kind(route: APIRoute) -> str:
    asked = rules(route)
    if any(isinstance(each, Needs) for each in asked):
        return "person"
    if any(isinstance(each, NeedsKey) for each in asked):
        return "key"
    return "device" if asked else ""


if __name__ == "__main__":
    PAGE.write_text(table(), "utf-8")

"""Where the open data is: one page, and a file for each format."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request, Response

from handlers.guard import validated
from handlers.media import formats, metadata
from handlers.media.licence import LICENCE
from handlers.media.table import COLUMNS, Table, table
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.service import Service, service
from storage import sealing

router = APIRouter(prefix="/data", tags=["data"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]


class File(NamedTuple):
    """A file of the open data."""

    media: str
    summary: str
    make: Callable[[Table], bytes]


TABLES: Mapping[str, File] = {
    "figures.csv": File("text/csv", "All figures as CSV", formats.as_csv),
    "figures.xlsx": File(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "All figures as a workbook",
        formats.as_xlsx,
    ),
    "figures.json": File("application/json", "All figures as JSON-stat 2", formats.as_jsonstat),
}
FILES: Mapping[str, File] = {
    **TABLES,
    "datapackage.json": File(
        "application/json", "Data Package of figures.csv", metadata.as_data_package
    ),
    "figures.csv-metadata.json": File(
        "application/csvm+json", "CSV on the Web metadata of figures.csv", metadata.as_csvw
    ),
    "catalogue.jsonld": File(
        "application/ld+json",
        "DCAT catalogue",
        partial(metadata.as_catalogue, files={name: each.media for name, each in TABLES.items()}),
    ),
}


@router.get("/", summary="Open data", tags=["pages"])
async def data_page(request: Request, asked: Asked) -> Response:
    """Every file with what it is, the columns, licence, and the package that proves itself."""
    language = language_of(request)
    root = await asked.store.look(sealing.last_root)
    shown = page(
        request,
        "media/data.html",
        language,
        files=FILES,
        columns=COLUMNS,
        root=root,
        licence=LICENCE,
    )
    return validated(request, shown)


async def _made(request: Request, asked: Service, name: str) -> bytes:
    """A file of the newest root, made once for each language."""
    language, root = language_of(request), await asked.store.look(sealing.last_root)
    of = (root.number if root else 0, language, name)
    if of not in asked.open_data:
        state = await asked.state()
        found = await table(asked, state, language, request.app.state.demo)
        if found is None:
            raise refuse(HTTPStatus.NOT_FOUND, "nothing has been sealed yet")
        asked.keep_open_data(of, await asyncio.to_thread(FILES[name].make, found))
    return asked.open_data[of]


def _route(name: str) -> Callable[..., Awaitable[Response]]:
    async def served(request: Request, asked: Asked) -> Response:
        made = await _made(request, asked, name)
        headers = {"Content-Disposition": f"inline; filename={name}"}
        return validated(request, Response(made, 200, headers, FILES[name].media))

    served.__name__ = name.replace(".", "_").replace("-", "_")
    served.__doc__ = "What was sealed last; 404 before the first root."
    return served


def _told(media: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file", "content": {media: {}}}, **responses(404)}


for _name, _file in FILES.items():
    router.add_api_route(
        f"/{_name}", _route(_name), summary=_file.summary, responses=_told(_file.media)
    )

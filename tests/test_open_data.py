"""Open data: exactly what is shown, and accepted by the readers of each format."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import date
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any, NamedTuple

import pytest
from csvw import CSVW
from frictionless import Package
from openpyxl import load_workbook
from pyjstat import pyjstat
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

from bot import workers
from bot.sealing import Signer, seal
from handlers.log.statement import stated
from handlers.media.data import FILES
from storage import registry
from storage.store import Store
from storage.transaction import Transaction
from tests.test_staff import Office, office, opened
from tests.test_work import answered

__all__ = ["office"]  # a fixture

SIGNER = Signer(b"a key for tests, of 32 bytes ...")
TODAY = "2026-11-28"


async def _called(store: Store, name: str) -> None:
    def call(tx: Transaction) -> None:
        tx.connection.execute("update units set name = ? where code = '15448'", (name,))
        registry.touch(tx)

    await store.write(call)


class Opened(NamedTuple):
    """The open data as somebody fetched it, and what the interface said at the same time."""

    folder: Path
    figures: dict[str, dict[str, Any]]

    def rows(self) -> list[dict[str, str]]:
        """The rows of the CSV."""
        text = (self.folder / "figures.csv").read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


async def _fill(office: Office) -> None:
    """Three months, one of them with too few answers, under one root; a unit with an ugly name."""
    for day, n in ((date(2026, 8, 20), 60), (date(2026, 9, 20), 18), (date(2026, 10, 20), 45)):
        await answered(office.store, day, n)
    await _called(office.store, '=Xã "Định", Hòa')
    await seal(office.store, TODAY, SIGNER, partial(stated, office.app.state.service))


async def _fetch(folder: Path) -> Opened:
    async with opened(folder) as office:
        await _fill(office)
        reader = office.browser()
        for name, file in FILES.items():
            answer = await reader.get(f"/data/{name}?lang=vi")
            assert answer.headers["content-type"].split(";")[0] == file.media, answer.text
            (folder / name).write_bytes(answer.content)
        shown = Opened(folder, {})
        for unit, period in {(row["unit"], row["period"]) for row in shown.rows()}:
            query = {"unit": unit, "period": period}
            told = (await reader.get("/api/v1/scores", params=query)).json()["figures"]
            shown.figures.update({each["id"]: each for each in told if each["part"] != "item"})
        return shown


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Every file in a folder, as somebody fetches them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "SEAL_AFTER_S", 10_000)
        return asyncio.run(_fetch(tmp_path_factory.mktemp("opened")))


def test_the_table_is_exactly_what_the_interface_shows(sealed: Opened) -> None:
    """Every figure of every period in it, with its numbers; what is hidden there is empty here."""
    found = sealed.rows()

    assert {row["figure"] for row in found} == sealed.figures.keys()
    assert {row["status"] for row in found} >= {"shown", "suppressed"}
    for row in found:
        figure = sealed.figures[row["figure"]]
        for name in ("n", "value", "low", "high", "not_applicable"):
            assert row[name] == ("" if figure[name] is None else str(figure[name])), name
        levels = [row[f"level_{number}"] for number in range(1, 6)]
        assert levels == [str(each) for each in figure.get("levels", [""] * 5)]


def test_frictionless_accepts_the_data_package(sealed: Opened) -> None:
    """Schema, types, key, size and hash hold for the CSV, whose first column has a clean name."""
    package = Package(str(sealed.folder / "datapackage.json"))
    report = package.validate()
    resource = package.get_table_resource("figures")
    read = resource.read_rows()

    assert report.valid, report.flatten(["type", "message"])
    assert [row["figure"] for row in read] == [row["figure"] for row in sealed.rows()]
    assert read[0]["period"] == "2026"
    assert all(isinstance(row["first"], date) for row in read)


def test_frictionless_refuses_a_table_that_was_changed(sealed: Opened, tmp_path: Path) -> None:
    """The hash in the package is of these bytes, so the check above can fail."""
    folder = Path(copytree(sealed.folder, tmp_path / "changed"))
    kept = (folder / "figures.csv").read_bytes()
    (folder / "figures.csv").write_bytes(kept.replace(b"short.1", b"short.2", 1))

    assert not Package(str(folder / "datapackage.json")).validate().valid


def test_csvw_accepts_the_metadata(sealed: Opened) -> None:
    """Columns and datatypes hold, and numbers are numbers."""
    read = CSVW(str(sealed.folder / "figures.csv-metadata.json"), validate=True)
    (table,) = read.to_json()["tables"]
    cells = [row["describes"][0] for row in table["row"]]

    assert read.is_valid
    assert [str(cell["figure"]) for cell in cells] == [r["figure"] for r in sealed.rows()]
    assert {type(cell["value"]) for cell in cells if "value" in cell} == {float}


# What the readers warn of is between them and themselves.
@pytest.mark.filterwarnings("ignore:Shouldn't use this:DeprecationWarning")
def test_pyjstat_reads_the_cube(sealed: Opened) -> None:
    """Every value of the cube is that of the table, and a hidden one is none, never 0."""
    cube = (sealed.folder / "figures.json").read_text("utf-8")
    frame = pyjstat.Dataset.read(cube).write("dataframe", naming="id")
    found = {
        (row["unit"], row["period"], row["figure"], row["measure"]): row["value"]
        for row in frame.to_dict("records")
    }
    listed = sealed.rows()

    assert json.loads(cube)["role"] == {"geo": ["unit"], "time": ["period"], "metric": ["measure"]}
    for row in listed:
        at = (row["unit"], row["period"], f"{row['instrument']} {row['key']}")
        for measure in ("value", "low", "high", "n"):
            value = found.pop((*at, measure))
            assert (value == float(row[measure])) if row[measure] else value != value
    assert all(value != value for value in found.values())


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is:DeprecationWarning")
def test_rdflib_reads_the_catalogue(sealed: Opened) -> None:
    """One dataset under a licence, with an address for each file of the table."""
    graph = Graph().parse(data=(sealed.folder / "catalogue.jsonld").read_bytes(), format="json-ld")
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    (dataset,) = graph.objects(catalogue, DCAT.dataset)
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    addresses = {
        str(graph.value(each, DCAT.downloadURL)).rsplit("/", 1)[1]
        for each in graph.objects(dataset, DCAT.distribution)
    }

    assert graph.value(dataset, DCTERMS.license) == licence
    assert {each.language for each in graph.objects(dataset, DCTERMS.title)} == {"vi", "en"}  # type: ignore[attr-defined]
    assert addresses == {"figures.csv", "figures.xlsx", "figures.json"}


def test_the_workbook_has_typed_cells_and_no_formula(sealed: Opened) -> None:
    """Numbers are numbers, and a name that begins with = is a name."""
    book = load_workbook(sealed.folder / "figures.xlsx")
    head, *body = book.worksheets[0].iter_rows()
    at = {cell.value: number for number, cell in enumerate(head)}
    names = {row[at["Tên đơn vị"]].value for row in body}
    values = {row[at["Tỷ lệ hài lòng"]].value for row in body}

    assert len(body) == len(sealed.rows())
    assert '=Xã "Định", Hòa' in names
    assert {row[at["Tên đơn vị"]].data_type for row in body} == {"s"}
    assert {type(each) for each in values} <= {float, int, type(None)}


@pytest.mark.anyio
@pytest.mark.usefixtures("sealed_by_the_test_alone")
async def test_there_is_a_page_and_no_file_before_the_first_root(office: Office) -> None:
    """It says why; afterwards it lists every file, and a reader who has one gets 304."""
    reader = office.browser()
    before = await reader.get("/data/?lang=en")
    none = await reader.get("/data/figures.csv")
    await answered(office.store, date(2026, 10, 20), 45)
    await seal(office.store, TODAY, SIGNER, partial(stated, office.app.state.service))
    page = (await reader.get("/data/?lang=en")).text
    first = await reader.get("/data/figures.csv")
    again = await reader.get("/data/figures.csv", headers={"if-none-match": first.headers["etag"]})

    assert "Nothing has been sealed yet" in before.text
    assert none.status_code == 404
    assert all(f"/data/{name}?lang=en" in page for name in FILES)
    assert "/data/package.zip" in page
    assert (first.status_code, again.status_code) == (200, 304)

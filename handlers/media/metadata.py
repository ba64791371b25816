"""What describes the open data to programs: Data Package, CSVW, and a DCAT catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from handlers.media.formats import as_csv, notes
from handlers.media.licence import LICENCE
from handlers.media.table import COLUMNS, KEY, Table
from handlers.messages import LANGUAGES, text

_IANA = "https://www.iana.org/assignments/media-types/"
_DAILY = "http://publications.europa.eu/resource/authority/frequency/DAILY"
_SPACES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def as_data_package(table: Table) -> bytes:
    """datapackage.json: the table's schema, size and hash."""
    made = as_csv(table)
    fields = [
        {"name": each.name, "type": each.type, "title": _title(table, each.name)}
        for each in COLUMNS.values()
    ]
    return _text(
        {
            "profile": "tabular-data-package",
            "name": "motcua-figures",
            "title": text(table.language, "data.title"),
            "description": "\n\n".join(notes(table)),
            "homepage": f"{table.site}/data/",
            "version": str(table.number),
            "licenses": [{"name": LICENCE.id, "path": LICENCE.address, "title": LICENCE.name}],
            "sources": [{"title": "motcua", "path": table.site}],
            "resources": [
                {
                    "profile": "tabular-data-resource",
                    "name": "figures",
                    "path": "figures.csv",
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "bytes": len(made),
                    "hash": f"sha256:{sha256(made).hexdigest()}",
                    "schema": {"fields": fields, "missingValues": [""], "primaryKey": [KEY]},
                }
            ],
        }
    )


def as_csvw(table: Table) -> bytes:
    """Metadata of figures.csv, where CSV on the Web looks for it."""
    columns = [
        {"name": each.name, "titles": each.name, "datatype": each.type}
        | {"dc:description": _title(table, each.name)}
        for each in COLUMNS.values()
    ]
    return _text(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": table.language}],
            "url": "figures.csv",
            "dc:title": text(table.language, "data.title"),
            "dc:description": " ".join(notes(table)),
            "dc:license": {"@id": LICENCE.address},
            "dc:modified": {"@value": table.day, "@type": "xsd:date"},
            "dialect": {"encoding": "utf-8", "header": True},
            "tableSchema": {"columns": columns, "primaryKey": KEY},
        }
    )


def as_catalogue(table: Table, files: Mapping[str, str]) -> bytes:
    """A DCAT catalogue with one dataset.

    Args:
        files: media types of the dataset's files, by name.
    """
    base, (first, last) = f"{table.site}/data/", table.span()
    dataset = {
        "@id": f"{base}#figures",
        "@type": "dcat:Dataset",
        **_described("data.title", "data.words"),
        "dct:license": {"@id": LICENCE.address},
        "dct:modified": _day(table.day),
        "dct:accrualPeriodicity": {"@id": _DAILY},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(first),
            "dcat:endDate": _day(last),
        },
        "dcat:landingPage": {"@id": base},
        "dcat:distribution": [
            {
                "@id": f"{base}{name}",
                "@type": "dcat:Distribution",
                "dct:title": name,
                "dct:license": {"@id": LICENCE.address},
                "dcat:accessURL": {"@id": base},
                "dcat:downloadURL": {"@id": f"{base}{name}"},
                "dcat:mediaType": {"@id": f"{_IANA}{media}"},
            }
            for name, media in files.items()
        ],
    }
    return _text(
        {
            "@context": _SPACES,
            "@id": f"{base}catalogue.jsonld",
            "@type": "dcat:Catalog",
            **_described("data.catalogue", "data.words"),
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": "motcua"},
            "foaf:homepage": {"@id": table.site},
            "dcat:dataset": [dataset],
        }
    )


def _described(title: str, words: str) -> dict[str, Any]:
    return {
        name: [{"@value": text(each, key), "@language": each} for each in LANGUAGES]
        for name, key in (("dct:title", title), ("dct:description", words))
    }


def _day(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}


def _title(table: Table, column: str) -> str:
    return text(table.language, f"data.column.{column}")


def _text(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()

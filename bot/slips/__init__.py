"""Slips with a receipt: to be cut and handed out with a dossier, or printed by its own software."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import typst

from bot.posters.poster import HERE as POSTERS
from bot.posters.poster import qr
from sipas.receipts import Mac, Slip, grouped, token
from storage.directory import Directory

HERE = Path(__file__).parent
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on one slip.

    Attributes:
        dossier: last characters of the dossier's code, by which the slip finds its dossier.
        code: the receipt's code, grouped.
        until: the last day it may be used on, as it is written in Viet Nam.
    """

    dossier: str
    unit: str
    counter: str
    stage: str
    code: str
    address: str
    until: str


def printed(slip: Slip, directory: Directory, public_url: str, mac: Mac) -> Printed:
    """The slip in words, its link with the token."""
    receipt = slip.receipt
    counter = directory.counter(receipt.counter)
    if counter is None:  # receipts are made for counters of the directory
        raise LookupError(f"no counter {receipt.counter}")
    return Printed(
        dossier=slip.last_four,
        unit=directory.unit_by_id(counter.unit_id).name,
        counter=counter.name,
        stage=receipt.stage,
        code=grouped(receipt.code),
        address=f"{public_url}/r/{token(receipt, mac)}",
        until=f"{_EPOCH + timedelta(days=receipt.last_day):%d/%m/%Y}",
    )


def slips_pdf(slips: Sequence[Printed]) -> bytes:
    """Tagged PDF of A4 sheets with ten slips each."""
    told = [{**asdict(slip), "qr": qr(slip.address)} for slip in slips]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[POSTERS / "fonts"])
    compiler = typst.Compiler(HERE / "slip.typ", root=HERE, font_paths=fonts)
    made = compiler.compile(
        sys_inputs={"slips": json.dumps(told)}, format="pdf", pdf_standards=["ua-1"]
    )
    if not isinstance(made, bytes):  # a list only of images, None only when typst writes the file
        raise TypeError(f"expected one PDF, got {type(made).__name__}")
    return made


def slips_csv(slips: Iterable[Printed]) -> bytes:
    """The same for software that prints its own slips, a line each with the QR code's link."""
    sink = io.StringIO()
    rows = csv.DictWriter(sink, fieldnames=list(Printed.__slots__))
    rows.writeheader()
    rows.writerows(map(asdict, slips))
    return sink.getvalue().encode("utf-8-sig")

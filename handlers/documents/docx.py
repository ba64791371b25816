"""Reports and sheets as DOCX, filled into templates that people edit in Word or LibreOffice."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.docx"
UNIT_SHEET, DOSSIER_SHEET = HERE / "sheet-02.docx", HERE / "sheet-01.docx"
# LibreOffice names the relation to a file's properties in its own way; python-docx then does not
# find them, and would write a second file of the same name that Word takes for damage.
_RELATIONS = "_rels/.rels"
_THEIRS = b"officedocument/2006/relationships/metadata/core-properties"
_OURS = b"package/2006/relationships/metadata/core-properties"


class TemplateFault(ValueError):
    """A template that cannot be filled; the message says what is wrong with it."""


def docx(of: DataclassInstance, template: Path | None = None) -> bytes:
    """The document of what a template asks for; without *template* it is a report's.

    Raises:
        TemplateFault: the template is no DOCX file, or asks for what there is not.
    """
    from docxtpl import DocxTemplate  # when first needed: it is slow to load

    path = template or TEMPLATE
    # Whoever edits the template writes text, not programs: it cannot reach beyond the report.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    sink = io.BytesIO()
    try:
        filled = DocxTemplate(_read(path))
        filled.render(asdict(of), environment, autoescape=True)
        filled.save(sink)
    except Exception as wrong:  # the libraries' readers of archives and XML name no error of theirs
        raise TemplateFault(f"{path.name}: {str(wrong) or type(wrong).__name__}") from wrong
    return sink.getvalue()


def _read(path: Path) -> io.BytesIO:
    """The template's file with the relation to its properties as the standard names it."""
    sink = io.BytesIO()
    with ZipFile(path) as theirs, ZipFile(sink, "w") as ours:
        for name in theirs.namelist():
            told = theirs.read(name)
            ours.writestr(name, told.replace(_THEIRS, _OURS) if name == _RELATIONS else told)
    return sink

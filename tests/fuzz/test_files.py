"""Files that an operator hands over, damaged by an editor or a bad disk, are used or refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot import backups
from bot.backups import BackupError
from handlers.documents.docx import TemplateFault, docx
from handlers.log import verify
from tests.fuzz.mutating import archives, damaged, refuses, tried, zipped

ROOT = {"number": 1, "day": "2026-11-28", "size": 1, "root": "00" * 32, "previous": "00" * 32}
PACKAGE = {
    "roots.json": json.dumps(
        {"public_key": "11" * 32, "roots": [{**ROOT, "signature": "22" * 64}]}
    ).encode(),
    "leaves.bin": bytes(32),
    "entries.jsonl": b'{"index": 0, "entry": "motcua.entry.figures.1\\nrelease=1\\na.b=00\\n"}\n',
    "instruments.json": b'{"short.1": {"items": [["overall", "12345nsrox", 1]], "index": []}}',
    "totals.jsonl": b'{"unit": "38", "of": [1], "instrument": "short.1", "until": "2026-11-14",'
    b' "responses": 40, "items": {"overall": [0, 0, 10, 10, 20, 0]}}\n',
    "figures.jsonl": b'{"unit": "38", "key": "overall", "first": "2026-11-01", "n": 40, "value": 1,'
    b' "last": "2026-11-14", "low": 0.6, "high": 0.9, "formula": "t2b.v1", "design_effect": 1.0,'
    b' "period": "2026-11", "instrument": "short.1", "part": "overall", "release": 1, "id": "a"}\n',
    "responses.jsonl": b"",
    "rollups.jsonl": b"",
}


def test_a_package_is_checked(tmp_path: Path) -> None:
    """The verifier finds fault with whatever is handed to it, and never fails."""

    def checked(raw: bytes) -> list[str]:
        (tmp_path / "package.zip").write_bytes(raw)
        return verify.check(str(tmp_path / "package.zip"))

    print("package:", tried(refuses(checked), archives(PACKAGE)), "tried")

    assert checked(zipped(PACKAGE))


def test_a_backup_is_opened_or_refused(tmp_path: Path) -> None:
    """Damaged anywhere, it is refused by name."""
    (tmp_path / "s").write_bytes(b"SQLite" * 50)
    backups.seal(tmp_path / "s", tmp_path / "b", bytes(32), backups.fresh_head("2026", "ab"))
    whole = (tmp_path / "b").read_bytes()

    def opened(raw: bytes) -> object:
        (tmp_path / "a.backup").write_bytes(raw)
        return backups.unseal(tmp_path / "a.backup", tmp_path / "plain", bytes(32))

    print("backup:", tried(refuses(opened, BackupError), damaged((whole,))), "tried")
    backups.unseal(tmp_path / "b", tmp_path / "opened", bytes(32))

    assert (tmp_path / "opened").read_bytes() == b"SQLite" * 50
    assert (tmp_path / "opened").stat().st_mode & 0o077 == 0


DOCUMENT = (
    b'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
    b'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{{ unit }}: {%% if days %%}%s{%% endif %%}'
    b"</w:t></w:r></w:p></w:body></w:document>"
)
OFFICE = b"http://schemas.openxmlformats.org/"
TEMPLATE = {
    "[Content_Types].xml": b'<Types xmlns="%spackage/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    b'+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.wordprocessingml.document.main+xml"/></Types>' % OFFICE,
    "_rels/.rels": b'<Relationships xmlns="%spackage/2006/relationships"><Relationship Id="r1" '
    b'Type="%sofficeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    b"</Relationships>" % (OFFICE, OFFICE),
    "word/document.xml": DOCUMENT % b"{{ days }}",
}


@dataclass
class Sheet:
    """What the template is filled with."""

    unit: str = "Phường Hạc Thành"
    days: str = "1/7 – 30/9"


def test_a_template_is_filled_or_refused(tmp_path: Path) -> None:
    """Whatever an editor makes of it."""
    whole = zipped(TEMPLATE)

    def filled(raw: bytes) -> int:
        (tmp_path / "template.docx").write_bytes(raw)
        return len(docx(Sheet(), tmp_path / "template.docx"))

    print("template:", tried(refuses(filled, TemplateFault), archives(TEMPLATE)), "tried")

    assert filled(whole)

"""Whatever comes from outside is used or refused by a named error, never met by another one.

Each parser of foreign bytes is given valid input and what somebody makes of it. A few examples in
the suite; `MOTCUA_FUZZ_SECONDS=600` keeps on with each for so long (docs/proofs.md).
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from pydantic import ValidationError

import bot.seeds
import sipas
from bot import backups
from bot.backups import BackupError
from bot.channels.bodies import loads
from bot.channels.decoded import Account, Undecodable
from bot.channels.telegram.decode import decode as telegram
from bot.channels.zalo_bot.decode import decode as zalo_bot
from bot.channels.zalo_oa import signature
from bot.channels.zalo_oa.decode import decode as zalo_oa
from bot.channels.zalo_oa.decode import oa_of
from handlers.chat import ChatUpdate, happenings_of
from handlers.log import verify
from handlers.people.adding import read_people
from handlers.people.mapping import read_rules
from handlers.people.provider import ENDED, Provider, SignOnError
from handlers.plans.sheets import Unreadable, as_csv
from sipas import codes, crosswalk, instrument, packs, periods, reading, receipts
from sipas.commands import read_command
from sipas.dossiers import read_events
from sipas.events import read_payload
from sipas.items import InstrumentError
from sipas.paper import read_batch
from sipas.periods import PeriodError
from sipas.register import read_register
from sipas.rights import read_right
from sipas.scorecard import read_mappings, read_scorecard
from sipas.units import read_counters, read_lineage, read_units
from tests.fuzz.mutating import damaged, damaged_text, reshaped, tried

TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, tzinfo=UTC)
ACCOUNT = Account(7, lambda account, address: f"{account}:{address}".encode())
SEEDS, SIPAS = Path(bot.seeds.__file__).parent, Path(sipas.__file__).parent
FIXTURES = Path(__file__).parents[1] / "fixtures" / "zalo"

Law = Callable[[Any], object]


def refuses(parse: Callable[[Any], object], *named: type[Exception]) -> Law:
    """The parser returns, or raises what it says it raises; and does not make much of little."""

    def law(told: Any) -> None:
        try:
            found = repr(parse(told))
        except named as error:
            found = str(error)
        assert len(found) <= 200_000 + 200 * len(told if isinstance(told, bytes | str) else "")

    return law


def chat(body: bytes) -> object:
    """An update of the JSON chat, as FastAPI reads it."""
    return happenings_of(ChatUpdate.model_validate_json(body).event)


def hook(decode: Callable[[object, Account], object]) -> Callable[[bytes], object]:
    """A platform's webhook: the body's JSON, then what it means."""
    return lambda body: decode(loads(body), ACCOUNT)


def signed(body: bytes) -> object:
    """An Official Account's event: whose it is, whether signed and fresh, what it means."""
    text = body.decode(errors="replace")
    event = json.loads(body)
    if not isinstance(event, dict):
        return None
    signing = signature.Signing("1", "a secret")
    told = str(event.get("timestamp") or "")
    fresh = signature.genuine(signing, "mac=", body, told), signature.fresh(told, NOW)
    return oa_of(event), fresh, zalo_oa(text, ACCOUNT)


def typed(text: str) -> object:
    """All that may be typed in a chat, at a keyboard of codes or in an address."""
    return (
        *(reading.read_scale(text), reading.read_choice(text, 4, ("Đất đai", "Hộ tịch"))),
        *(reading.read_choices(text, 6), reading.read_counter(text), reading.says_counter(text)),
        *(read_payload(text), read_command(text), read_right(text), read_batch(text)),
        *(codes.read_response_code(text), receipts.read_code(text), receipts.is_meant(text)),
        receipts.read_token(text, lambda told: bytes(32)),
    )


def scorecard(raw: bytes) -> object:
    """A scorecard as CSV or workbook."""
    return read_scorecard(as_csv(raw), ())


def package(raw: bytes) -> list[str]:
    """A package that somebody hands over; the verifier finds fault with it and never fails."""
    return verify.check(_file("package.zip", raw))


def backup(raw: bytes) -> object:
    """A backup, opened with a key."""
    return backups.unseal(Path(_file("a.backup", raw)), Path(_file("plain", b"")), bytes(32))


_FOLDER: list[Path] = []


def _file(name: str, content: bytes) -> str:
    (_FOLDER[0] / name).write_bytes(content)
    return str(_FOLDER[0] / name)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    _FOLDER[:] = [tmp_path]


def seeds(*names: str, most: int = 3_000) -> tuple[bytes, ...]:
    """The first lines of the files that are shipped."""
    return tuple((SEEDS / f"{name}.csv").read_bytes()[:most] for name in names)


def workbook() -> bytes:
    from openpyxl import Workbook

    book, sink = Workbook(), io.BytesIO()
    for row in (SEEDS / "par_example.csv").read_text("utf-8-sig").splitlines()[:12]:
        book.active.append(row.split(","))
    book.save(sink)
    return sink.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A small package; not deflated, so that damage reaches the parsers."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return sink.getvalue()


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
CHAT = {"conversation": "a" * 24, "update_id": "1", "language": "vi", "event": {"start": "381207"}}
TAP = {**CHAT, "event": {"tap": "1|-|overall|5", "text": "5"}}
PERSON, PRIVATE = {"id": 42, "language_code": "vi"}, {"id": 42, "type": "private"}
WORDS = {
    "message_id": 5,
    "date": 1_790_000_000,
    "from": PERSON,
    "chat": PRIVATE,
    "text": "/start c1",
}
MEMBER = {"chat": PRIVATE, "from": PERSON, "date": 1, "new_chat_member": {"status": "kicked"}}
TELEGRAM = (
    {"update_id": 100, "message": WORDS},
    {"update_id": 101, "message": {**WORDS, "chat": {"id": -9, "type": "group"}}},
    {
        "update_id": 102,
        "callback_query": {"id": "4", "from": PERSON, "message": WORDS, "data": "1|"},
    },
    {"update_id": 103, "my_chat_member": MEMBER},
)
BOT = tuple(json.loads(path.read_bytes()) for path in sorted(FIXTURES.glob("bot_*.json")))
OA = tuple(json.loads(path.read_bytes()) for path in sorted(FIXTURES.glob("[oz]*_*.json")))
TYPED = (
    *("5", "câu này 5", "4/5", "rất hài lòng", "381207", "quầy 381207", "1|K7Q2M9PA|overall|5"),
    *("/rut K7Q2-M9PA", "/xoa", "14D2PF2DBR", "EgXRF1FAASNFZ4mrAAAAAAAAAAAAAAAAAAAA", "1, 3, 5"),
)
PERIODS = ("2026", "2026-H1", "2026-Q4", "2026-11", "2026-R6M", "2026-RY", "2026-W47")
RANGES = ("2026-11-01..2026-11-30", "2025-11..2026-10")
EVENTS = (
    b"code,stage,unit,resolving_unit,field,counter,day,due\n"
    b"H56.12.34-260201-0123,result,15448,,land,381207,2026-11-02,2026-11-05\n"
)
PEOPLE = "name,full_name,role,unit\nlan.nv,Nguy\u1ec5n V\u00e2n Lan,unit_head,15448\n"
RULES = "value,role,unit\nmotcua-head-*,unit_head,*\nadmins,system,38\n"
MAPPINGS = b"year,code,figure,unit\n2026,1.1,index,38\n"


def _json(values: tuple[Any, ...]) -> st.SearchStrategy[bytes]:
    """Valid JSON of another shape, and JSON whose bytes are damaged."""
    texts = tuple(json.dumps(value).encode() for value in values)
    # Half characters and numbers beyond all bounds are things that json.dumps can write.
    return st.one_of(reshaped(values).map(lambda value: json.dumps(value).encode()), damaged(texts))


def _toml(*paths: str) -> st.SearchStrategy[str]:
    return damaged_text(tuple((SIPAS / path).read_text("utf-8") for path in paths))


NOT_JSON = (ValueError, RecursionError)
"""What `loads` raises, and the routes answer by 400."""

PARSERS: dict[str, tuple[Law, Callable[[], st.SearchStrategy[Any]]]] = {
    "JSON chat": (refuses(chat, ValidationError), lambda: _json((CHAT, TAP))),
    "Telegram": (refuses(hook(telegram), Undecodable, *NOT_JSON), lambda: _json(TELEGRAM)),
    "Zalo bot": (refuses(hook(zalo_bot), Undecodable, *NOT_JSON), lambda: _json(BOT)),
    "Zalo OA": (refuses(signed, Undecodable, *NOT_JSON), lambda: _json(OA)),
    "what is typed": (refuses(typed), lambda: damaged_text(TYPED)),
    "period": (refuses(periods.parse_period, PeriodError), lambda: damaged_text(PERIODS + RANGES)),
    "units": (refuses(read_units), lambda: damaged(seeds("units"))),
    "lineage": (refuses(read_lineage), lambda: damaged(seeds("lineage"))),
    "counters": (refuses(read_counters), lambda: damaged(seeds("counters"))),
    "official values": (refuses(read_register), lambda: damaged(seeds("official"))),
    "dossiers": (refuses(lambda raw: read_events(raw, TODAY)), lambda: damaged((EVENTS,))),
    "scorecard": (
        refuses(scorecard, Unreadable),
        lambda: damaged((*seeds("par_example"), workbook())),
    ),
    "mappings": (refuses(read_mappings), lambda: damaged((MAPPINGS,))),
    "people": (refuses(read_people, ValueError), lambda: damaged_text((PEOPLE,))),
    "roles": (
        refuses(lambda text: read_rules(text, "r"), ValueError),
        lambda: damaged_text((RULES,)),
    ),
    "instrument": (
        refuses(lambda text: instrument.parse(text, "i.toml"), InstrumentError),
        lambda: _toml("instruments/micro.toml", "instruments/short.toml"),
    ),
    "crosswalk": (
        refuses(lambda text: crosswalk.parse(text, "c.toml"), InstrumentError),
        lambda: _toml("crosswalk.toml"),
    ),
    "content pack": (
        refuses(lambda text: packs.parse(text, "p.toml"), packs.PackError),
        lambda: _toml("languages/ko.toml"),
    ),
    "package": (refuses(package), lambda: damaged((zipped(PACKAGE),))),
}


@pytest.mark.parametrize("name", PARSERS)
def test_foreign_bytes_are_used_or_refused(name: str) -> None:
    """Whatever is done to valid input, the parser's answer is its own."""
    law, inputs = PARSERS[name]
    print(f"{name}: {tried(law, inputs())} tried")


def test_a_backup_is_opened_or_refused(tmp_path: Path) -> None:
    """Damaged anywhere, it is refused by name."""
    (tmp_path / "s").write_bytes(b"SQLite" * 50)
    backups.seal(tmp_path / "s", tmp_path / "b", bytes(32), backups.fresh_head("2026", "ab"))
    whole = (tmp_path / "b").read_bytes()
    print("backup:", tried(refuses(backup, BackupError), damaged((whole,))), "tried")
    backups.unseal(tmp_path / "b", tmp_path / "opened", bytes(32))

    assert (tmp_path / "opened").read_bytes() == b"SQLite" * 50
    assert (tmp_path / "opened").stat().st_mode & 0o077 == 0


KEY = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(bytes(32)), {"kid": "1"})
CLAIMS = {
    "iss": "https://id",
    "aud": "motcua",
    "iat": 1_795_824_000,
    "exp": 4_102_444_800,
    "jti": "1",
    "sub": "lan",
    "sid": "s",
    "events": {ENDED: {}},
}


class Keys:
    """The provider's keys as its network would tell them."""

    server_metadata: ClassVar[dict[str, Any]] = {}

    async def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}


def ended(token: str) -> object:
    """A back-channel logout token."""
    provider = Provider(
        *("https://id", "motcua", "secret", "openid", "groups", None, "https://m/b", "https://m/"),
        _client=Keys(),
        _until=NOW + timedelta(days=1),
    )
    return asyncio.run(provider.ended(NOW, token))


def _token(claims: Any) -> str:
    # As bytes, because the library writes no half characters, which a provider might.
    head = {"alg": "Ed25519", "kid": "1", "typ": "JWT"}
    return jws.serialize_compact(head, json.dumps(claims), KEY, algorithms=["Ed25519"])


def test_a_logout_token_is_used_or_refused() -> None:
    """Of whatever claims, signed by the provider, and damaged after it was signed."""
    good = _token(CLAIMS)
    shaped = reshaped((CLAIMS,)).map(_token)
    law = refuses(ended, SignOnError)
    print("logout token:", tried(law, st.one_of(damaged_text((good,)), shaped)), "tried")

    assert ended(good) is not None


ENDLESS = b"name,full_name,role,unit,code,kind,valid_from\n" + b'"' + b"a,b\n" * 60_000


def test_a_quotation_mark_that_is_never_closed_is_told() -> None:
    """It makes one cell of all that follows, longer than the library takes."""
    _, [refusal] = read_units(ENDLESS)

    assert refusal.reason.startswith("expected a CSV file: field larger than")
    with pytest.raises(ValueError, match="expected a CSV file"):
        read_people("name,full_name,role,unit\n" + ENDLESS.decode())


def test_lines_may_end_as_on_any_machine() -> None:
    """Carriage returns alone, as an old Excel for Mac writes them, are line ends too."""
    text = b"code,kind,name,valid_from%s38,province,X,2025-07-01%s"

    assert len({read_units(text % (end, end)) for end in (b"\n", b"\r", b"\r\n")}) == 1

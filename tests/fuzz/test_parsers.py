"""Whatever comes from outside is used or refused by a named error, never met by another one.

Each parser of foreign bytes is given valid input and what somebody makes of it. A few examples in
the suite; `MOTCUA_FUZZ_SECONDS=600` keeps on with each for so long (docs/proofs.md).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

import bot.seeds
import sipas
from bot.channels.bodies import loads
from bot.channels.decoded import Account, Undecodable
from bot.channels.telegram.decode import decode as telegram
from bot.channels.zalo_bot.decode import decode as zalo_bot
from bot.channels.zalo_oa import signature
from bot.channels.zalo_oa.decode import decode as zalo_oa
from bot.channels.zalo_oa.decode import oa_of
from bot.channels.zalo_oa.invitations import read_invitees
from handlers.chat import ChatUpdate, happenings_of
from handlers.people.adding import read_people
from handlers.people.mapping import read_rules
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
from tests.fuzz.mutating import Law, archives, damaged, damaged_text, refuses, reshaped, tried

TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, tzinfo=UTC)
ACCOUNT = Account(7, lambda account, address: f"{account}:{address}".encode())
SEEDS, SIPAS = Path(bot.seeds.__file__).parent, Path(sipas.__file__).parent
FIXTURES = Path(__file__).parents[1] / "fixtures" / "zalo"


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


def seeds(*names: str, most: int = 3_000) -> tuple[bytes, ...]:
    """The first lines of the files that are shipped."""
    return tuple((SEEDS / f"{name}.csv").read_bytes()[:most] for name in names)


def workbook() -> dict[str, bytes]:
    """The files of one."""
    from openpyxl import Workbook

    book, sink = Workbook(), io.BytesIO()
    for row in (SEEDS / "par_example.csv").read_text("utf-8-sig").splitlines()[:12]:
        book.active.append(row.split(","))
    book.save(sink)
    with zipfile.ZipFile(sink) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


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
INVITATIONS = b"phone,counter,customer_name\n0900 000 001,381207,Lan\n+84900000002,381207,-\n"
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
        lambda: st.one_of(damaged(seeds("par_example")), archives(workbook())),
    ),
    "mappings": (refuses(read_mappings), lambda: damaged((MAPPINGS,))),
    "invitations": (refuses(read_invitees), lambda: damaged((INVITATIONS,))),
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
}


@pytest.mark.parametrize("name", PARSERS)
def test_foreign_bytes_are_used_or_refused(name: str) -> None:
    """Whatever is done to valid input, the parser's answer is its own."""
    law, inputs = PARSERS[name]
    print(f"{name}: {tried(law, inputs())} tried")


ENDLESS = b"name,full_name,role,unit,code,kind,valid_from\n" + b'"' + b"a,b\n" * 60_000


@pytest.fixture
def _cells_as_shipped() -> Iterator[None]:
    """As long as the product reads them; who checks metadata in other tests lets them be longer."""
    other = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(other)


@pytest.mark.usefixtures("_cells_as_shipped")
def test_a_quotation_mark_that_is_never_closed_is_told() -> None:
    """It makes one cell of all that follows, longer than the library takes."""
    _, [refusal] = read_units(ENDLESS)
    _, [words] = read_invitees(b"phone,counter\n" + ENDLESS)

    assert refusal.reason.startswith("expected a CSV file: field larger than")
    assert words.startswith("line 2: expected a CSV file: field larger than")
    with pytest.raises(ValueError, match="expected a CSV file"):
        read_people("name,full_name,role,unit\n" + ENDLESS.decode())


def test_lines_may_end_as_on_any_machine() -> None:
    """Carriage returns alone, as an old Excel for Mac writes them, are line ends too."""
    text = b"code,kind,name,valid_from%s38,province,X,2025-07-01%s"

    assert len({read_units(text % (end, end)) for end in (b"\n", b"\r", b"\r\n")}) == 1

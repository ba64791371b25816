"""Outgoing webhooks: signed, tried again, given up; and no way to an address inside."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from bot import workers
from bot.cli import main
from bot.keys import Keys
from bot.outgoing.guarding import Refused, checked, is_public
from bot.outgoing.sending import Outgoing
from handlers.rights import Role
from sipas.filings import Act as Filed
from sipas.filings import Facts
from storage import filings, hooks
from storage.filing_rows import New, Taken
from storage.hooks import WAITS_S, Act, Event
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database as address
from tests.databases import raw
from tests.prepared import prepared
from tests.server import directory
from tests.test_filings_http import become
from tests.test_relays import ANSWER, QUOTE, asked, draft, publish, sent
from tests.test_staff import Clock, Office, office
from tests.test_voices import BY, UNIT

__all__ = ["asked", "office"]  # fixtures

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACT = Act("2026-11-20T08:00:00+00:00", "lan")


class Receiver(HTTPServer):
    """Another system: keeps what it is sent, and answers with each of *answers* in turn."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answers: Iterator[int] = cycle([204])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Call(BaseHTTPRequestHandler):
    """One call of a webhook."""

    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.came.append((dict(self.headers), body))
        self.send_response(next(receiver.answers))
        self.send_header("Location", f"http://{receiver.host}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quietly."""


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own rounds, which know no host for tests, would come in between."""
    monkeypatch.setattr(workers, "TELL_EVERY_S", 3600)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine, which only the setting for tests allows."""
    made = Receiver()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@dataclass
class Post:
    """A small province's database, and a time that a test may move: nothing else runs."""

    store: Store
    clock: Clock


@pytest.fixture
async def post(tmp_path: Path, keys: Keys) -> AsyncIterator[Post]:
    """Two communes, one of them published."""
    path = tmp_path / "motcua.db"
    opened = await Store(prepared(path, directory), keys, path=path).open()
    yield Post(opened, Clock())
    await opened.close()


def outgoing(office: Office | Post, test_host: str) -> Outgoing:
    return Outgoing(office.store, office.clock, "https://motcua.example", test_host)


async def told(post: Post, receiver: Receiver, address: str = "") -> Outgoing:
    """One event for one webhook, and what delivers it."""
    address = address or f"http://{receiver.host}/in"
    await post.store.write(hooks.add, "Báo A", address, SECRET, ACT)
    await post.store.write(_event, "/reports/7")
    return outgoing(post, receiver.host)


def _event(tx: Transaction, page: str, unit: str = UNIT) -> None:
    hooks.tell(tx, Event.FILING, unit, page, ACT.at, period="2026-Q3", version=1)


async def test_what_newsrooms_and_units_do_is_told_signed_and_without_words(
    asked: Office, receiver: Receiver
) -> None:
    """Asked, answered, withdrawn: another system checks the signature and reads where to look."""
    await asked.store.write(hooks.add, "Báo A", f"http://{receiver.host}/in", SECRET, ACT)
    await sent(asked)
    await sent(asked, "ba")
    await become(asked, Role.UNIT_HEAD, UNIT)
    await draft(asked)
    await publish(asked)
    sending = outgoing(asked, receiver.host)
    asked.clock.ahead = timedelta()  # the library refuses a signature of another day
    assert (await sending.deliver(), await sending.deliver()) == (3, 0)

    bodies = [Webhook(SECRET).verify(body, headers) for headers, body in receiver.came]
    kinds = sorted(each["type"] for each in bodies)
    answer = next(each for each in bodies if each["type"] == "relay.answered")
    everything = b"".join(body for _, body in receiver.came).decode()
    assert kinds == ["relay.answered", "relay.asked", "relay.asked"]
    assert answer["data"] == {
        "unit": UNIT,
        "page": "https://motcua.example/answers/1",
        "outcome": "fixed",
    }
    assert QUOTE not in everything and ANSWER not in everything and "lan" not in everything


async def test_published_and_corrected_filings_are_told(post: Post, receiver: Receiver) -> None:
    """Each version once, if the unit is public; nothing of steps that are nobody's business."""
    sending = await told(post, receiver)

    def filed(tx: Transaction) -> None:
        number = filings.open_filing(
            tx, New("unit_quarter", UNIT, UNIT, "2026-R3", "2026-9-20"), BY
        )
        filings.move(tx, number, Filed.FREEZE, BY, taken=Taken(1, []))
        for act in (Filed.SUBMIT, Filed.ACCEPT, Filed.PUBLISH):
            filings.move(tx, number, act, BY, Facts())
        figure = {"id": "x", "part": "overall", "key": "overall", "value": 0.5, "n": 40}
        same = {"unit": UNIT, "period": "2026-R3", "instrument": "short.1", "formula": "t2b.v1"}
        taken = Taken(2, [figure | same])
        filings.move(tx, number, Filed.RESTATE, BY, Facts("Sửa"), taken)

    await post.store.write(filed)
    await post.store.write(_event, "/reports/8", "unknown")
    assert await sending.deliver() == 3
    told_types = [json.loads(body)["type"] for _, body in receiver.came]
    assert sorted(told_types) == ["correction.published", "filing.published", "filing.published"]


async def test_a_message_is_tried_again_and_given_up_in_the_end(
    post: Post, receiver: Receiver, tmp_path: Path
) -> None:
    """With the same id each time; a redirect is a refusal and is not followed."""
    sending = await told(post, receiver)
    receiver.answers = cycle([500, 302, 404])
    taken = []
    for wait in (0, *WAITS_S, 3600):
        post.clock.ahead += timedelta(seconds=wait + 1)
        taken.append(await sending.deliver())

    (hook,) = await post.store.look(hooks.hooks)
    assert len(receiver.came) == len(WAITS_S) and not any(taken)
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    assert (hook.waiting, hook.failed) == (0, 1)
    await post.store.write(_event, "/reports/9")
    receiver.answers = cycle([500, 200])
    assert await sending.deliver() == 0
    assert await sending.deliver() == 0  # not before its time
    post.clock.ahead += timedelta(seconds=WAITS_S[0] + 1)
    assert await sending.deliver() == 1


async def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    post: Post, receiver: Receiver
) -> None:
    """A name that means something else a moment later leads nowhere else."""
    host = f"hooks.example:{receiver.server_port}"
    sending = await told(post, receiver, f"http://{host}/in?a=%2F")
    means = iter([("127.0.0.1",), ("192.0.2.1",)])

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        return next(means)

    sending = replace(sending, test_host=host, look_up=rebinding)
    assert await sending.deliver() == 1
    assert receiver.came[0][0]["Host"] == host
    assert next(means) == ("192.0.2.1",)  # nobody had asked for it


def _certificate(folder: Path) -> ssl.SSLContext:
    """A server's certificate for the right name, which nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    told = key.private_bytes(serialization.Encoding.PEM, *form)
    file = folder / "server.pem"
    file.write_bytes(told + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_the_certificate_must_be_the_name_s_and_vouched_for(
    post: Post, receiver: Receiver, tmp_path: Path
) -> None:
    """The name is asked for though numbers are connected to; without proof nothing is told."""
    wanted, context = list[str | None](), _certificate(tmp_path)
    context.sni_callback = lambda connection, name, context: wanted.append(name)
    receiver.socket = context.wrap_socket(
        receiver.socket, server_side=True, do_handshake_on_connect=False
    )
    host = f"hooks.example:{receiver.server_port}"

    async def here(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    sending = await told(post, receiver, f"https://{host}/in")
    sending = replace(sending, test_host=host, look_up=here)
    assert await sending.deliver() == 0
    assert (wanted, receiver.came) == (["hooks.example"], [])


async def test_without_the_setting_nothing_inside_is_reached(
    post: Post, receiver: Receiver
) -> None:
    """A row that was made when it was allowed, or whose name was public then, is refused later."""
    sending = replace(await told(post, receiver), test_host="")
    assert await sending.deliver() == 0
    await post.store.write(hooks.add, "B", "https://hooks.example/in", SECRET, ACT)
    await post.store.write(_event, "/reports/9")

    async def inside(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    post.clock.ahead += timedelta(seconds=10)
    assert await replace(sending, look_up=inside).deliver() == 0
    assert receiver.came == []


INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *("0", "0.0.0.0", "10.0.0.1", "167772161", "172.16.0.1", "0xc0a80101"),  # noqa: S104
    *("169.254.169.254", "2852039166", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "[fec0::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:7f00:1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "localhost"),
    *("①②⑦.0.0.1", "127。0。0。1", "127.0.0.1%00", "[::1%25lo]", "[::ffff:8.8.8.8]", "1.1.1.1%2f"),
    *(
        "user@1.1.1.1",
        "1.1.1.1:password@127.0.0.1",
        "1.1.1.1\\@127.0.0.1",
        "",
        "a b",
        "1.1.1.1:99999",
    ),
]


@pytest.mark.parametrize("host", INSIDE)
async def test_no_spelling_of_an_address_inside_is_taken(host: str) -> None:
    """Decimal, octal, hexadecimal, short, mapped, translated, or hidden behind a name."""
    with pytest.raises((Refused, OSError)):
        await checked(f"https://{host}/in")


@pytest.mark.parametrize("address", ["http://1.1.1.1/", "ftp://1.1.1.1/", "//1.1.1.1/", "x"])
async def test_only_https_is_taken(address: str) -> None:
    """In the clear nobody would know who reads along."""
    with pytest.raises(Refused):
        await checked(address)


async def test_one_address_inside_among_those_of_a_name_is_one_too_many() -> None:
    """Which one is connected to is not left to chance."""

    async def both(host: str, port: int) -> tuple[str, ...]:
        return ("1.1.1.1", "10.0.0.1")

    async def outside(host: str, port: int) -> tuple[str, ...]:
        return ("1.1.1.1", "2606:4700::1111")

    with pytest.raises(Refused, match="not public"):
        await checked("https://hooks.example/in", look_up=both)
    assert (await checked("https://hooks.example/in", look_up=outside)).numeric == "1.1.1.1"


@given(st.ip_addresses(v=4))
def test_no_ipv6_address_stands_in_for_an_ipv4_one(address: object) -> None:
    """Whatever it stands for: nobody needs one."""
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"64:ff9b::{address}")


def test_webhooks_by_command(tmp_path: Path) -> None:
    """The secret is printed once and kept sealed; the list tells no path; bad ones say why."""
    env = {
        "MOTCUA_DATABASE": address(tmp_path / "m.db"),
        "MOTCUA_SECRET_KEY_FILE": str(tmp_path / "motcua.key"),
        "MOTCUA_HOOKS_TEST_HOST": "127.0.0.1:9",
    }
    run = CliRunner(env=env)
    before = datetime.now(UTC).date().isoformat()
    added = run.invoke(main, ["hooks", "add", "--name", "Báo A", "http://127.0.0.1:9/very-secret"])
    refused = run.invoke(main, ["hooks", "add", "--name", "B", "https://127.0.0.1/"])
    listed = run.invoke(main, ["hooks", "list"]).stdout
    ended = [run.invoke(main, ["hooks", "end", "1"]).exit_code for _ in range(2)]
    secret = added.stdout.strip().partition("\t")[2]

    assert Webhook(secret).sign("x", datetime.now(UTC), "{}").startswith("v1,")
    assert refused.exit_code == 1 and "not public" in refused.output
    assert "Báo A\t127.0.0.1" in listed and "very-secret" not in listed and secret not in listed
    assert ended == [0, 1]
    assert secret.encode() not in raw(tmp_path / "m.db")
    assert before in listed or datetime.now(UTC).date().isoformat() in listed

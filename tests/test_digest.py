"""The weekly digest: what it says, and that a mail goes out once, to a real SMTP conversation."""

from __future__ import annotations

import email
import email.policy
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from bot.digests import Digests
from bot.mail import Letter, Post
from handlers.rights import Role
from sipas.filings import Act, Facts
from sipas.packing import HANOI, half_day
from storage import digests, filings, registry
from storage.filing_rows import By, New, Taken
from storage.numbering import row_id
from storage.transaction import Transaction
from tests.ports import free_port
from tests.server import COUNTER
from tests.test_dashboard import alarm
from tests.test_dashboard_unit import post, seen
from tests.test_hooks import _certificate
from tests.test_release import A_RESPONSE, released
from tests.test_staff import Office, office
from tests.test_work import answered, signed_in

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

TO = "dinhhoa@thanhhoa.example"


@dataclass
class PostOffice:
    """An SMTP server that keeps what it is handed, or has no room for it."""

    answer: str = "250 OK"
    kept: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail."""
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            message = email.message_from_bytes(content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.kept.append(message)
        return self.answer


@pytest.fixture
def office_of_post() -> Iterator[tuple[PostOffice, Post]]:
    """The server, and what hands mail to it."""
    server, port = PostOffice(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, Post(SecretStr(f"smtp://127.0.0.1:{port}"), "motcua@thanhhoa.example")
    controller.stop()


@pytest.mark.parametrize("offered", [False, True], ids=["in the clear", "to anybody"])
def test_a_password_goes_to_the_mail_server_alone(offered: bool, tmp_path: Path) -> None:
    """Not in the clear, and not to whom no authority has certified; without one mail goes."""
    server, port = PostOffice(), free_port()
    tls = _certificate(tmp_path) if offered else None
    controller = Controller(
        server, hostname="127.0.0.1", port=port, tls_context=tls, auth_require_tls=False
    )
    controller.start()
    letter = Letter(TO, "x", "x", "x.pdf", b"x")
    with pytest.raises((smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError)):
        Post(SecretStr(f"smtp://lan:word@127.0.0.1:{port}"), "m@x.example").send(letter)
    Post(SecretStr(f"smtp://127.0.0.1:{port}"), "m@x.example").send(letter)
    controller.stop()

    assert len(server.kept) == 1


def stand_at(office: Office, day: date) -> None:
    """Let it be nine o'clock of a day in Viet Nam."""
    wanted = datetime(day.year, day.month, day.day, 9, tzinfo=HANOI)
    office.clock.ahead += wanted - office.clock()


def worse(tx: Transaction, day: date, n: int) -> None:
    """Released responses of a day that are not satisfied, at a counter of 15448."""
    half = half_day(datetime(day.year, day.month, day.day, 9, tzinfo=HANOI))
    counter, unit = tx.counter_ids(COUNTER)
    for k in range(n):
        number = row_id(half, k)
        levels = "2" + A_RESPONSE.levels[1:]
        tx.close(
            replace(A_RESPONSE, response_id=number, counter_id=counter, unit_id=unit, levels=levels)
        )
        tx.arrive(counter, half * 12)
    released(tx, half)


def without_counters(tx: Transaction) -> None:
    """No counter that could be silent."""
    tx.connection.execute("delete from counters")
    registry.touch(tx)


def file_report(tx: Transaction) -> None:
    """Hand in the report of the summer's first quarter."""
    by = By("test", "2026-06-17T08:00:00+00:00", "2026-06-17")
    number = filings.open_filing(
        tx, New("unit_quarter", "15448", "15448", "2026-R2", "2026-06-18"), by
    )
    filings.move(tx, number, Act.FREEZE, by, taken=Taken(1, []))
    filings.move(tx, number, Act.SUBMIT, by, Facts("", True))


MONDAY = date(2026, 9, 21)
"""The day after the week in which the first half of September was settled."""


async def test_a_week_says_what_there_is_ground_for(office: Office) -> None:
    """A silent counter, an alarm of the week, a report due, and no change without ground."""
    await answered(office.store, date(2026, 9, 2), 40)
    await office.store.write(alarm, COUNTER)
    await office.store.write(
        lambda tx: tx.connection.execute("update alarms set raised = ?", (20_714,))
    )  # 18 September 2026
    stand_at(office, MONDAY)
    await signed_in(office, Role.UNIT_HEAD, "15448")
    page = await seen(office, "/dashboard/digest?week=2026-W38")

    assert "Digest of week 38/2026" in page
    assert "There is not enough ground to call anything a change." in page
    assert f"({COUNTER}): no response for 10 working days" in page
    assert f"({COUNTER}): the rating has been lower than usual" in page
    assert re.search(r"2026-R3: (due|overdue since) ", page)
    pdf = await office.client.get("/dashboard/digest.pdf?week=2026-W38")
    assert pdf.content.startswith(b"%PDF-")
    for wrong in ("week=2026-W39", "week=2026-W99", "unit=14923"):
        assert (await office.client.get(f"/dashboard/digest?{wrong}")).status_code in (404, 422)


async def test_a_clear_fall_is_told_in_the_week_it_is_settled(office: Office) -> None:
    """With both values and the interval; the week after says that nothing was settled."""
    await answered(office.store, date(2026, 7, 20), 60)
    await office.store.write(worse, date(2026, 9, 2), 60)
    stand_at(office, date(2026, 9, 28))
    await signed_in(office, Role.UNIT_HEAD, "15448")
    fallen = await seen(office, "/dashboard/digest?week=2026-W38")
    after = await seen(office, "/dashboard/digest?week=2026-W39")

    assert "Clearly lower." in fallen
    assert "No half-month was settled this week" in after


async def test_a_quiet_week_says_so(office: Office) -> None:
    """Where nothing asks for anything, the digest says that; not while a report is overdue."""
    await office.store.write(without_counters)
    stand_at(office, date(2026, 8, 17))
    await signed_in(office, Role.UNIT_HEAD, "15448")

    assert "A quiet week" not in await seen(office, "/dashboard/digest?week=2026-W33")
    await office.store.write(file_report)
    assert "A quiet week" in await seen(office, "/dashboard/digest?week=2026-W33")


async def test_a_mail_goes_out_once(
    office: Office, office_of_post: tuple[PostOffice, Post]
) -> None:
    """Not while the server is ill, not again after a restart, not to who no longer wants it."""
    server, sender = office_of_post
    stand_at(office, MONDAY)
    await signed_in(office, Role.UNIT_HEAD, "15448")
    service = office.app.state.service
    service.mails = True
    read = "/dashboard/digest/mail?unit=15448&week=2026-W37"
    back = (await post(office, read, address=TO)).headers["location"]
    assert back == "/dashboard/digest?unit=15448&week=2026-W37&lang=vi"
    for wrong in ("a@b.vn\r\nBcc: x@y.vn", "nobody", "a@b.vn, c@d.vn"):
        assert (await post(office, "/dashboard/digest/mail", address=wrong)).status_code == 422
    server.answer = "451 no room"
    ill = await Digests(service, sender).mail()
    server.answer = "250 OK"
    rounds = [await Digests(service, sender).mail() for _ in range(2)]

    assert (ill, rounds) == (0, [1, 0])
    (mail,) = server.kept
    assert mail["to"] == TO
    assert "Định Hòa" in mail["subject"]
    assert "38/2026" in mail["subject"]
    body = mail.get_body()
    assert body
    assert "/dashboard/digest?unit=15448&week=2026-W38" in body.get_content()
    (sheet,) = mail.iter_attachments()
    assert sheet.get_content().startswith(b"%PDF-")
    await post(office, "/dashboard/digest/mail", address="")
    stand_at(office, date(2026, 9, 28))
    assert await Digests(service, sender).mail() == 0


async def test_an_address_is_sealed(office: Office) -> None:
    """The database holds it only encrypted; without a mail server none is asked for."""
    await signed_in(office, Role.UNIT_HEAD, "15448")
    assert (await post(office, "/dashboard/digest/mail", address=TO)).status_code == 409
    await office.store.write(digests.set_address, 1, TO)
    (row,) = await office.store.look(
        lambda tx: tx.connection.execute("select address from digest_addresses").fetchall()
    )

    assert TO.encode() not in bytes(row[0])
    assert await office.store.look(digests.address, 1) == TO

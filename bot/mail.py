"""Mail, where the operator has a server for it: plain SMTP, with nothing of it in any log."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

TIMEOUT_S = 30


@dataclass(frozen=True)
class Letter:
    """A mail to one reader, with one document."""

    to: str
    subject: str
    text: str
    name: str
    pdf: bytes


@dataclass(frozen=True)
class Post:
    """The operator's mail server and the address that mail comes from."""

    server: SecretStr
    sender: str

    def send(self, letter: Letter) -> None:
        """Hand one mail over.

        Raises:
            OSError: the server could not be reached, or did not take it (as smtplib says).
        """
        message = EmailMessage()
        message["From"], message["To"] = self.sender, letter.to
        message["Subject"] = letter.subject
        message.set_content(letter.text)
        message.add_attachment(
            letter.pdf, maintype="application", subtype="pdf", filename=letter.name
        )
        with self._opened() as server:
            server.send_message(message)

    @contextmanager
    def _opened(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.server.get_secret_value())
        host, port, secure = parts.hostname or "", parts.port or 0, ssl.create_default_context()
        opened: smtplib.SMTP
        if parts.scheme == "smtps":
            opened = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=secure)
        else:
            opened = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
        with opened as server:
            server.ehlo()
            if parts.scheme == "smtp":
                _encrypt(server, secure if parts.username else None)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server


def _encrypt(server: smtplib.SMTP, needed: ssl.SSLContext | None) -> None:
    """Encrypt where that is offered; where a password follows it is *needed*, with whom it is for.

    Raises:
        SMTPNotSupportedError: it is needed and not offered, or somebody in between has cut it out.
    """
    if server.has_extn("starttls"):
        server.starttls(context=needed)
    elif needed:
        raise smtplib.SMTPNotSupportedError("the mail server offers no encryption for a password")

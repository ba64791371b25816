"""What one transaction of the write path may read and write, in the survey's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from storage import numbering
from storage.cipher import Cipher as Cipher  # where everybody looks for it
from storage.counts import Counts
from storage.engine import FAILURES, Again, Connection
from storage.ledger import Ledger
from storage.queries import write as sql


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation as kept: its session, and what the channel needs of what was shown last.

    Attributes:
        screen: the screen itself, for channels that pull; for those that push, when the update it
            answers was written, where the channel tells.
    """

    session: str | None
    screen: str | None


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter with the unit it belongs to, as a respondent meets it."""

    counter_id: int
    unit_id: int
    code: str
    name: str
    instrument: str
    unit_name: str
    unit_name_en: str
    open: bool
    fields: tuple[tuple[str, str, str], ...]
    split: int


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """A closed response with the codes of the survey; the transaction turns them into numbers."""

    response_id: int
    counter_id: int
    unit_id: int
    instrument: str
    levels: str
    tags: str
    stage: str
    stratum: str
    channel: str
    kind: str
    field: str
    consent: int
    code_hash: int | None


class Transaction:
    """One unit of work; only the writer opens and commits it."""

    def __init__(
        self, connection: Connection, cipher: Cipher, ledger: Ledger | None = None
    ) -> None:
        self.connection = connection
        self.cipher = cipher
        self.ledger = ledger
        self.traces = False  # something was destroyed that the write-ahead log still holds
        self.counts = Counts(connection)
        self._absent: set[bytes] = set()

    def guarded(self, work: Callable[[], object]) -> Exception | None:
        """Run *work* under a savepoint of its own; if it fails, take back its rows, return why.

        A database that cannot be written is nobody's own failure: that error goes on.
        """
        failure: Exception | None = None
        mark = self.counts.mark
        self.connection.execute("savepoint guarded")
        try:
            work()
        except FAILURES:
            raise
        except Exception as error:  # handed to the caller, who keeps the update as a dead letter
            self.connection.execute("rollback to guarded")
            self.counts.back_to(mark)
            failure = error
        self.connection.execute("release guarded")
        return failure

    def first_time(self, account_id: int, update_key: str, hour: int) -> bool:
        """Remember the update; False for one that was seen before."""
        added: int = sql.remember_update(
            self.connection, account_id=account_id, update_key=update_key, hour=hour
        )
        return added == 1

    def held(self, conversation: bytes) -> Held | None:
        """The conversation as last saved, or None when there is none."""
        row = sql.conversation(self.connection, conversation=conversation)
        if row is None:
            self._absent.add(conversation)
            return None
        session, screen = row
        opened = self.cipher.open
        return Held(
            session and opened(session, conversation), screen and opened(screen, conversation)
        )

    def hold(
        self,
        conversation: bytes,
        account_id: int,
        counter: str,
        minute: int,
        session: str | None,
        screen: str | None,
    ) -> None:
        """Save the conversation; *counter* is empty until the first level came.

        Raises:
            Again: there was none, and another process has begun it since.
        """
        seal = self.cipher.seal
        save = sql.begin_conversation if conversation in self._absent else sql.save_conversation
        self._absent.discard(conversation)
        saved = save(
            self.connection,
            conversation=conversation,
            account_id=account_id,
            counter=counter,
            minute=minute,
            session=None if session is None else seal(session, conversation),
            screen=None if screen is None else seal(screen, conversation),
        )
        if not saved:
            raise Again("a conversation was begun twice")

    def forget(self, conversation: bytes) -> None:
        """Drop the conversation; its address goes when nothing is left to send."""
        sql.forget_conversation(self.connection, conversation=conversation)
        sql.forget_address_if_idle(self.connection, conversation=conversation)

    def idle(self, open_before: int, ended_before: int, most: int) -> list[tuple[bytes, int, str]]:
        """Conversations (key, account, channel) silent for too long, in minutes since 1970."""
        rows = sql.idle_conversations(
            self.connection, open_before=open_before, ended_before=ended_before, most=most
        )
        return [(bytes(key), account, channel) for key, account, channel in rows]

    def silent(self, silent_before: int, silent_after: int, most: int) -> list[tuple[bytes, int]]:
        """Open conversations (key, account) to be reminded, silent between two minutes."""
        rows = sql.silent_conversations(
            self.connection, silent_before=silent_before, silent_after=silent_after, most=most
        )
        return [(bytes(key), account) for key, account in rows]

    def mark_reminded(self, conversation: bytes) -> None:
        """Never remind this conversation again."""
        sql.mark_reminded(self.connection, conversation=conversation)

    def counter(self, code: str, today: str) -> CounterRow | None:
        """The counter with this code, with whether it takes ratings on *today* (ISO date)."""
        row = sql.counter_by_code(self.connection, code=code)
        if row is None:
            return None
        counter_id, unit_id, code, name, instrument, first, last, split, unit, unit_en, end = row
        fields = sql.fields_of_counter(self.connection, counter_id=counter_id)
        return CounterRow(
            counter_id=counter_id,
            unit_id=unit_id,
            code=code,
            name=name,
            instrument=instrument,
            unit_name=unit,
            unit_name_en=unit_en or unit,
            open=first <= today <= min(filter(None, (last, end, "9999-12-31"))),
            fields=tuple((field, name_vi, name_en) for _, field, name_vi, name_en in fields),
            split=split,
        )

    def counter_ids(self, code: str) -> tuple[int, int]:
        """The small numbers of a counter that exists and of its unit."""
        counter_id, unit_id = sql.counter_ids(self.connection, code=code)
        return counter_id, unit_id

    def arrive(self, counter_id: int, hour: int, n: int = 1) -> None:
        """Count received responses by the hour of their first level."""
        self.counts.add("add_arrivals", n, counter_id=counter_id, hour=hour)
        self.counts.add("add_received", n, counter_id=counter_id, day=hour // 24)

    def take_back_arrival(self, counter_id: int) -> None:
        """Uncount a response that its respondent deleted while it was open."""
        self.traces = True
        self.counts.write()
        sql.take_back_received(self.connection, counter_id=counter_id)
        sql.take_back_arrival(self.connection, counter_id=counter_id)

    def close(self, row: ClosedRow) -> None:
        """Put a response among those waiting for release, without any link to a person."""
        sql.close_response(
            self.connection,
            response_id=row.response_id,
            counter_id=row.counter_id,
            unit_id=row.unit_id,
            instrument_id=self.instrument_id(row.instrument),
            levels=row.levels,
            tags=row.tags,
            stage=numbering.STAGES.index(row.stage),
            stratum=numbering.STRATA.index(row.stratum),
            channel=numbering.CHANNELS.index(row.channel),
            kind=numbering.KINDS.index(row.kind),
            field_id=self.field_id(row.field),
            consent=row.consent,
            code_hash=row.code_hash,
        )

    def comment(self, response_id: int, text: str, quote: bool) -> None:
        """Keep a comment's original sealed; it is tagged and redacted later."""
        sql.add_comment(
            self.connection,
            response_id=response_id,
            quote=int(quote),
            sealed=self.cipher.seal(text, comment_context(response_id)),
        )

    def carry_comment(self, response_id: int, new_id: int) -> None:
        """Give the comment, if there is one, to the new number of its response."""
        row = sql.comment_of(self.connection, response_id=response_id)
        if row is None:
            return
        try:
            text = self.cipher.open(row[0], comment_context(response_id))
            sealed = self.cipher.seal(text, comment_context(new_id))
        except ValueError:  # sealed with a key that is lost
            sealed = row[0]
        sql.reseal_comment(self.connection, response_id=response_id, new_id=new_id, sealed=sealed)

    def untagged_comments(self, most: int) -> Iterator[tuple[int, str]]:
        """Comments (response id, original) that carry no language tag yet."""
        for response_id, sealed in sql.untagged_comments(self.connection, most=most):
            yield response_id, self.cipher.open(sealed, comment_context(response_id))

    def tag_comment(self, response_id: int, language: str, method: str) -> None:
        """Store a comment's language and how it was found."""
        sql.tag_comment(self.connection, response_id=response_id, language=language, method=method)

    def instrument_id(self, ref: str) -> int:
        """The small number of an instrument version, given on first use."""
        found = sql.instrument_id(self.connection, ref=ref)
        if found is None:
            sql.add_instrument(self.connection, ref=ref)
            found = sql.instrument_id(self.connection, ref=ref)
        return int(found)

    def field_id(self, code: str) -> int:
        """The small number of a field of procedure; 0 for an unknown one."""
        return int(sql.field_id(self.connection, code=code) or 0) if code else 0

    def account_id(self, channel: str, name: str) -> int:
        """The channel account's number, made on first use."""
        sql.add_account(self.connection, channel=channel, name=name)
        return int(sql.account_id(self.connection, channel=channel, name=name))

    def dead_letter(self, account_id: int, day: int, reason: str, raw: str) -> None:
        """Keep an update that could not be used, sealed, for seven days."""
        sealed = self.cipher.seal(raw, b"dead-letter")
        sql.add_dead_letter(
            self.connection, account_id=account_id, day=day, reason=reason, sealed=sealed
        )

    def next_update(self, account_id: int) -> int:
        """The poll offset of a channel account."""
        return int(sql.poller(self.connection, account_id=account_id) or 0)

    def save_next_update(self, account_id: int, next_update: int) -> None:
        """Store the poll offset in the transaction that stored the updates before it."""
        sql.save_poller(self.connection, account_id=account_id, next_update=next_update)

    def purge(self, hour: int, kept: Mapping[str, int]) -> None:
        """Drop what has had its time; *kept* says for how many hours each may stay."""
        sql.purge_inbox(self.connection, before=hour - kept["inbox"])
        sql.purge_marks(self.connection, hour=hour)  # each holds its own end
        for what in ("dead_letters", "parked_answers", "invitations", "minted"):
            purge = getattr(sql, f"purge_{what}")
            purge(self.connection, before=(hour - kept[what]) // 24)


def comment_context(response_id: int) -> bytes:
    """The row that a sealed comment is tied to."""
    return b"comment:%d" % response_id

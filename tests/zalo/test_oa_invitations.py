"""Invitations by template: one id for one counter, and the stars that come back count once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.channels.outcomes import Down, Outcome
from bot.channels.zalo_oa.access import opened_calls
from bot.channels.zalo_oa.calls import Calls
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.errors import CampaignOver, Night, Spent
from bot.channels.zalo_oa.invitations import Campaign, Invitee, Message, is_night, read_invitees
from bot.channels.zalo_oa.journal import ASKED, NOT_SENT, Journal
from bot.cli import main
from bot.keys import Keys, load_keys
from handlers.invited import invite
from storage import accounts
from storage.invitations import Invitation
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter, arrivals, rows
from tests.databases import database as address
from tests.databases import raw
from tests.peers.zalo.oa import APP_ID, APP_SECRET, OA_ID, OA_SECRET, ZaloOa
from tests.peers.zalo.oa_account import PHONE, OfficialAccount
from tests.peers.zalo.oa_people import TemplateReceiver
from tests.peers.zalo.rules import Oa
from tests.zalo.official import Grounds

pytestmark = pytest.mark.anyio

TEMPLATE = "7895417"
BY_PHONE, BY_HASH = "/message/template", "/message/template/hashphone"
NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)  # 12:00 in Viet Nam
LAN = Invitee(2, PHONE, COUNTER, {"dossier": "H56.001"})


@pytest.fixture
def fake() -> Iterator[ZaloOa]:
    with ZaloOa() as made:
        made.clock.set(NOON)
        yield made


@pytest.fixture
def grounds(store: Store, keys: Keys, fake: ZaloOa) -> Grounds:
    return Grounds(store, keys, fake)


@pytest.fixture
def oa(fake: ZaloOa) -> OfficialAccount:
    made = fake.official()
    made.template(TEMPLATE)
    return made


@pytest.fixture
def phone(oa: OfficialAccount) -> TemplateReceiver:
    return oa.phone()


@pytest.fixture
async def channel(grounds: Grounds, oa: OfficialAccount) -> AsyncIterator[ZaloOaChannel]:
    """The account at work, with one counter."""
    await grounds.store.write(add_counter)
    made = await grounds.opened(oa)
    async with grounds.at_work(made):
        await grounds.connected(made)
        yield made


@pytest.fixture
async def calls(channel: ZaloOaChannel, grounds: Grounds) -> AsyncIterator[Calls]:
    """A command's calls beside the account at work."""
    async with opened_calls(channel.account, grounds.around) as made:
        yield made


@pytest.fixture
def campaign(channel: ZaloOaChannel, grounds: Grounds, calls: Calls) -> Campaign:
    return Campaign(grounds.around, channel.account.account_id, calls, Message(TEMPLATE))


def closed(tx: Transaction) -> list[tuple[object, ...]]:
    """What is kept of every response."""
    query = (
        "select i.ref, levels, tags, stage, stratum, channel from closed_responses"
        " join instruments i using (instrument_id)"
    )
    return list(map(tuple, tx.connection.execute(query)))


async def rates(phone: TemplateReceiver, *given: object, **more: object) -> None:
    """Stars by the newest invitation; Zalo hears 200."""
    tracking = phone.invitations[-1].tracking_id
    delivery = await asyncio.to_thread(phone.rates, tracking, *given, **more)  # type: ignore[arg-type]
    assert delivery.accepted, delivery


async def test_stars_become_one_response_of_the_counter(
    campaign: Campaign, store: Store, phone: TemplateReceiver
) -> None:
    """One item, by receipt, after the result; the note is the comment, known reasons are tags."""
    assert await campaign.send(LAN) == "sent"
    await rates(phone, 4, "Cán bộ nhiệt tình", ("Thời gian chờ", "Thái độ tốt"))

    assert await store.write(closed) == [("micro.1", "4AA", "reasons:wait", 2, 1, 4)]
    assert await arrivals(store) == 1
    assert await rows(store, "comments", "invitations", "conversations") == [1, 0, 0]


async def test_a_rating_counts_once(
    campaign: Campaign, store: Store, phone: TemplateReceiver, fake: ZaloOa
) -> None:
    """Neither Zalo's repeat nor a second rating by the same invitation adds anything."""
    await campaign.send(LAN)
    await rates(phone, 5)
    await asyncio.to_thread(fake.webhook.redeliver, fake.webhook.deliveries[-1])
    fake.clock.advance(seconds=5)
    await asyncio.to_thread(phone.clicks, phone.invitations[-1].tracking_id, "Hài lòng")

    assert [row[1] for row in await store.write(closed)] == ["5--"]
    assert await arrivals(store) == 1


async def test_a_delivery_receipt_does_not_swallow_the_rating(
    campaign: Campaign, store: Store, phone: TemplateReceiver
) -> None:
    """Both carry the same message id; and the receipt's phone number is kept nowhere."""
    await campaign.send(LAN)
    tracking = phone.invitations[-1].tracking_id
    assert (await asyncio.to_thread(phone.receives, tracking)).accepted
    await rates(phone, 3)
    await store.close()

    assert PHONE.encode() not in raw(store.address)


async def test_the_number_is_kept_nowhere(
    campaign: Campaign, store: Store, phone: TemplateReceiver
) -> None:
    """Neither before nor after the answer, in the file or in its log."""
    await campaign.send(LAN)
    local = "0" + PHONE[2:]
    hashed = hashlib.sha256(PHONE.encode()).hexdigest()

    written = raw(store.address)
    assert not [each for each in (PHONE, local, hashed) if each.encode() in written]


async def test_an_answer_before_its_invitation_is_recorded_waits(
    campaign: Campaign, store: Store, channel: ZaloOaChannel, phone: TemplateReceiver, fake: ZaloOa
) -> None:
    """Parked, sealed; counted when the invitation turns up, and not twice."""
    await campaign.send(LAN)
    tracking = phone.invitations[-1].tracking_id
    await store.write(lambda tx: tx.connection.execute("delete from invitations").rowcount)
    await rates(phone, 2, "Chờ lâu quá")
    assert await store.write(closed) == []
    sealed = await store.write(
        lambda tx: tx.connection.execute("select sealed from parked_answers").fetchone()[0]
    )
    late = Invitation(tracking, COUNTER, TEMPLATE)
    number, around = channel.account.account_id, campaign.around
    await store.write(invite, around.survey, number, late, fake.clock.now())

    assert "Chờ".encode() not in sealed
    assert [row[1] for row in await store.write(closed)] == ["2-A"]
    assert await rows(store, "parked_answers", "invitations") == [0, 0]
    await rates(phone, 2)
    assert await arrivals(store) == 1


async def test_a_quick_reply_that_names_a_level_counts(
    campaign: Campaign, store: Store, phone: TemplateReceiver
) -> None:
    """Other words ask for nothing that we could do: nobody is named to answer."""
    await campaign.send(LAN)
    tracking = phone.invitations[-1].tracking_id
    assert (await asyncio.to_thread(phone.clicks, tracking, "Đánh giá ngay")).accepted
    assert await store.write(closed) == []
    assert (await asyncio.to_thread(phone.clicks, tracking, "Rất hài lòng")).accepted

    assert [row[1] for row in await store.write(closed)] == ["5--"]


async def test_a_forged_rating_is_refused(
    campaign: Campaign, store: Store, phone: TemplateReceiver, oa: OfficialAccount
) -> None:
    """Knowing the id is not enough: Zalo signs its events."""
    await campaign.send(LAN)
    body = b'{"app_id":"%s","oa_id":"%s","event_name":"user_feedback","message":{"rate":1,' % (
        APP_ID.encode(),
        OA_ID.encode(),
    ) + b'"msg_id":"x","tracking_id":"%s"},"timestamp":"%d"}' % (
        phone.invitations[-1].tracking_id.encode(),
        oa.clock.milliseconds(),
    )
    told = await asyncio.to_thread(oa.webhook.post, body, {"X-ZEvent-Signature": "mac=00"})

    assert told.status == 403
    assert await store.write(closed) == []


@pytest.mark.parametrize("message", [Message(TEMPLATE), Message(TEMPLATE, hashed=True)])
async def test_by_number_or_by_its_hash(
    campaign: Campaign, phone: TemplateReceiver, fake: ZaloOa, message: Message
) -> None:
    """The id has at most 48 letters and digits, the operator's fields go into the template."""
    campaign.message = message
    await campaign.send(LAN)
    (sent,) = phone.invitations

    assert sent.data == {"dossier": "H56.001"}
    assert len(sent.tracking_id) == 32
    assert [len(fake.calls(path)) for path in (BY_PHONE, BY_HASH)] == [
        int(not message.hashed),
        int(message.hashed),
    ]


async def test_a_trial_reaches_administrators_only(
    campaign: Campaign, oa: OfficialAccount, phone: TemplateReceiver
) -> None:
    """Before the template is approved for everybody."""
    campaign.message = Message(TEMPLATE, trial=True)
    assert (await campaign.send(LAN)).startswith("failed")
    oa.phone(administrator=True)

    assert await campaign.send(LAN) == "sent"


@pytest.mark.parametrize(
    "rule",
    [
        Oa.PHONE_INVALID,
        Oa.PHONE_INACTIVE,
        Oa.PHONE_NO_ACCOUNT,
        Oa.PHONE_CANNOT,
        Oa.PHONE_REFUSES,
        Oa.PHONE_REFUSES_OA,
    ],
)
async def test_who_cannot_be_reached_is_not_tried_again(
    campaign: Campaign, store: Store, phone: TemplateReceiver, fake: ZaloOa, rule: Oa
) -> None:
    """The line fails, its id is taken back, the next one goes on."""
    fake.fail(BY_PHONE, rule)

    assert (await campaign.send(LAN)).startswith("failed")
    assert await rows(store, "invitations") == [0]
    assert await campaign.send(LAN) == "sent"


@pytest.mark.parametrize(
    ("rule", "stop"),
    [
        (Oa.ZBS_MONEY, Spent),
        (Oa.ZBS_DAILY, Spent),
        (Oa.ZBS_TEMPLATE_DAILY, Spent),
        (Oa.TEMPLATE, CampaignOver),
        (Oa.TEMPLATE_DISABLED, CampaignOver),
        (Oa.ZBS_NIGHT, Night),
        (Oa.NOT_VERIFIED, Down),
        (Oa.ZBS_PROOF, Down),
    ],
)
async def test_what_concerns_everybody_ends_the_campaign(
    campaign: Campaign, store: Store, phone: TemplateReceiver, fake: ZaloOa, rule: Oa, stop: type
) -> None:
    """Money, the day, the template, the night: nobody else is tried, no id is left over."""
    fake.fail(BY_PHONE, rule)
    with pytest.raises(Outcome) as raised:
        await campaign.send(LAN)

    assert type(raised.value) is stop
    assert await rows(store, "invitations") == [0]


async def test_a_dead_token_is_renewed_for_templates_too(
    campaign: Campaign, phone: TemplateReceiver, fake: ZaloOa
) -> None:
    """The business host has codes of its own."""
    fake.fail(BY_PHONE, Oa.ZBS_TOKEN)

    assert await campaign.send(LAN) == "sent"


async def test_no_answer_is_not_repeated(
    campaign: Campaign, store: Store, phone: TemplateReceiver, fake: ZaloOa
) -> None:
    """It may have gone out: the id stays good, and nobody is invited twice."""
    fake.drop(BY_PHONE, carried_out=True)
    assert await campaign.send(LAN) == "unknown"
    await rates(phone, 5)

    assert len(await store.write(closed)) == 1


@pytest.mark.parametrize(
    ("hour", "night"), [(0, True), (5, True), (6, False), (21, False), (22, True), (23, True)]
)
async def test_nobody_is_invited_at_night(
    campaign: Campaign, phone: TemplateReceiver, fake: ZaloOa, hour: int, night: bool
) -> None:
    """By the clock of Viet Nam, before Zalo has to say so."""
    fake.clock.set(datetime(2026, 11, 2, tzinfo=UTC) + timedelta(hours=hour - 7, minutes=59))
    assert is_night(fake.clock.now()) is night
    if night:
        with pytest.raises(Night):
            await campaign.send(LAN)
    else:
        assert await campaign.send(LAN) == "sent"

    assert len(fake.calls(BY_PHONE)) == int(not night)


def test_the_operators_file() -> None:
    """Numbers in any writing; refused lines are named by their number, never by their words."""
    good, bad = read_invitees(
        b"phone,counter,dossier\n0900.000.001,381207,A\n+84 900 000 002,381207,-\n"
        b"12345,381207,C\n0900000003,381208,D\n"
    )

    assert [(each.line, each.phone, each.data) for each in good] == [
        (2, "84900000001", {"dossier": "A"}),
        (3, "84900000002", {"dossier": "-"}),
    ]
    assert [words.partition(" expected")[0] for words in bad] == [
        "line 4: phone:",
        "line 5: counter:",
    ]
    assert "900" not in repr(good) + repr(bad)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"sdt,counter\n", "line 1: phone: expected a column of this name"),
        (b"phone,counter\n\xff,381207\n", "line 1: expected a file in UTF-8"),
        (b"phone;counter\n12;381207\n", "line 2: phone: expected a number of Viet Nam"),
    ],
)
def test_a_file_that_no_list_can_be_read_from_is_told(raw: bytes, line: str) -> None:
    """Other columns, another encoding; semicolons, as Excel has, are read."""
    good, bad = read_invitees(raw)

    assert good == []
    assert [words[: len(line)] for words in bad] == [line]


def test_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    """Who was asked may have been reached; only what certainly did not go out is tried again."""
    path = tmp_path / "people.csv.sent"
    people = [Invitee(line, PHONE, COUNTER, {}) for line in (2, 3, 4, 5)]
    with Journal(path) as journal:
        journal.write(2, ASKED)
        journal.write(2, "sent")
        journal.write(3, ASKED)
        journal.write(4, ASKED)
        journal.write(4, NOT_SENT)

    assert [each.line for each in Journal(path).left(people)] == [4, 5]


def command(folder: Path, fake: ZaloOa, *words: str, typed: str = "") -> Result:
    """A command of an installation in *folder*."""
    environment = {
        "MOTCUA_DATABASE": address(folder / "motcua.db"),
        "MOTCUA_SECRET_KEY_FILE": str(folder / "motcua.key"),
        "MOTCUA_ZALO_OA_API": fake.url,
        "MOTCUA_ZALO_OAUTH_API": fake.url,
        "MOTCUA_ZALO_BUSINESS_API": fake.url,
    }
    return CliRunner().invoke(main, words, input=typed, env=environment)


def furnish(folder: Path, refresh: str) -> None:
    """A counter and the account."""

    async def work() -> None:
        opened = await Store(address(folder / "motcua.db"), load_keys(folder / "motcua.key")).open()
        told = {"oa_id": OA_ID, "app_id": APP_ID, "app_secret": APP_SECRET}
        told |= {"oa_secret": OA_SECRET, "refresh_token": refresh}
        await opened.write(add_counter)
        await opened.write(accounts.add_account, "zalo_oa", OA_ID, told)
        await opened.close()

    asyncio.run(work())


def test_the_commands_by_day_and_by_night(
    tmp_path: Path, fake: ZaloOa, oa: OfficialAccount, phone: TemplateReceiver
) -> None:
    """`send` invites once however often it runs, and not at night; `issue` prints ids."""
    furnish(tmp_path, oa.authorise().refresh)
    people = tmp_path / "people.csv"
    people.write_text(f"phone,counter\n{PHONE},{COUNTER}\n1,{COUNTER}\n0900000009,{COUNTER}\n")
    words = ("invitations", "send", str(people), "--template", TEMPLATE)
    night = is_night(datetime.now(UTC))
    first, again = (command(tmp_path, fake, *words) for _ in range(2))
    issued = ("issue", "--counter", COUNTER, "--template", TEMPLATE, "--count", "3")
    ids = command(tmp_path, fake, "invitations", *issued)

    assert len(set(ids.output.split())) == 3
    if night != is_night(datetime.now(UTC)):
        pytest.skip("the night began or ended meanwhile")
    if night:
        assert "22:00" in first.output
        return
    assert first.exit_code == 0, first.output
    assert "1 sent" in first.output
    assert "nothing to send" in again.output
    assert len(phone.invitations) == 1
    assert PHONE not in (tmp_path / "people.csv.sent").read_text()
    assert PHONE not in first.output + again.output


@pytest.mark.parametrize("by_code", [True, False])
def test_an_account_is_authorised_again(
    tmp_path: Path, fake: ZaloOa, oa: OfficialAccount, by_code: bool
) -> None:
    """After a revocation a person brings a code, or a refresh token of the API Explorer."""
    fake.clock.set(datetime.now(UTC))
    furnish(tmp_path, oa.authorise().refresh)
    oa.revokes()
    assert "authorize" in command(tmp_path, fake, "channels", "test", "zalo_oa", OA_ID).output
    oa.state.grant.killed = False
    flag, typed = (
        (["--code"], f"{oa.consents('verifier')}\nverifier\n")
        if by_code
        else ([], f"{oa.authorise().refresh}\n")
    )
    told = command(tmp_path, fake, "channels", "authorize", "zalo_oa", OA_ID, *flag, typed=typed)

    assert told.exit_code == 0, told.output
    assert oa.state.name in told.output
    assert "refresh-" not in told.output
    assert "code-" not in told.output
    assert OA_ID in command(tmp_path, fake, "channels", "test", "zalo_oa", OA_ID).output


def test_tokens_of_another_account_are_not_kept(
    tmp_path: Path, fake: ZaloOa, oa: OfficialAccount
) -> None:
    """Whoever is logged into the console decides whose tokens it hands out."""
    fake.clock.set(datetime.now(UTC))
    furnish(tmp_path, oa.authorise().refresh)
    wrong = fake.official("111").authorise().refresh
    words = ("channels", "authorize", "zalo_oa", OA_ID)
    told = command(tmp_path, fake, *words, typed=f"{wrong}\n")

    assert "belong to Official Account 111" in told.output
    assert "authorize" in command(tmp_path, fake, "channels", "test", "zalo_oa", OA_ID).output

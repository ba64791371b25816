"""An Official Account against the strict fake: buttons, windows, refusals, odd settings."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.decode import SAMPLE
from bot.channels.zalo_oa.signature import HEADER
from bot.keys import Keys
from handlers.messages import text
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter, arrivals, emptied, rows, until
from tests.patience import PATIENCE_S
from tests.peers.zalo.oa import APP_ID, APP_SECRET, OA_SECRET, ZaloOa
from tests.peers.zalo.oa_account import OfficialAccount
from tests.peers.zalo.oa_events import encoded, mac
from tests.peers.zalo.oa_people import OaRespondent
from tests.peers.zalo.oa_state import Sent
from tests.peers.zalo.posting import Delivery
from tests.peers.zalo.rules import Oa
from tests.peers.zalo.unconfirmed import Unconfirmed
from tests.server import Server
from tests.zalo.official import Grounds, hears, says, taps

pytestmark = pytest.mark.anyio

CS = "/v3.0/oa/message/cs"
OAUTH = "/v4/oa/access_token"
QUOTA = "/v3.0/oa/quota/message"
TABLES = ("conversations", "inbox", "outbox", "addresses", "dead_letters")
_people = count(1)


@pytest.fixture
def fake() -> Iterator[ZaloOa]:
    with ZaloOa() as made:
        yield made


@pytest.fixture
def grounds(store: Store, keys: Keys, fake: ZaloOa) -> Grounds:
    return Grounds(store, keys, fake)


@pytest.fixture
def oa(fake: ZaloOa) -> OfficialAccount:
    return fake.official()


@pytest.fixture
async def channel(grounds: Grounds, oa: OfficialAccount) -> AsyncIterator[ZaloOaChannel]:
    """An account at work, with one counter to rate."""
    await grounds.store.write(add_counter)
    made = await grounds.opened(oa)
    async with grounds.at_work(made):
        await grounds.connected(made)
        yield made


@pytest.fixture
def lan(oa: OfficialAccount) -> OaRespondent:
    return oa.respondent(f"24684588352919792{next(_people)}")


def titles(sent: Sent) -> list[str]:
    """What stands on the buttons."""
    return [button.title for button in sent.buttons]


def next_word(sent: Sent) -> str:
    """The first answer, or the way on that the text offers."""
    answers = [str(each.payload) for each in sent.buttons if "|." not in str(each.payload)]
    if answers:
        return answers[0]
    ways = [str(each.payload) for each in sent.buttons]
    onward = [way for end in (".done", ".skip") for way in ways if way.endswith(end)]
    return onward[0] if onward else "xong" if "“xong”" in sent.text else "1"


async def test_the_whole_survey_by_buttons(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """From the code to the thanks; nothing that Zalo refuses, and every echo is ignored."""
    sent = await says(lan, f"#{COUNTER}")
    assert titles(sent)[0] == "5 · Rất hài lòng"
    assert len(titles(sent)) == 5
    assert "“english”" in sent.text
    for _ in range(40):
        if "Mã phiếu của bạn" in sent.text:
            break
        sent = await says(lan, next_word(sent))

    assert "Mã phiếu của bạn" in sent.text
    assert await arrivals(store) == 1
    assert await rows(store, "closed_responses", "conversations") == [1, 0]
    await emptied(store, "outbox")
    assert all(each.accepted for each in await asyncio.to_thread(fake.webhook.flush))
    assert await rows(store, "closed_responses", "conversations", "outbox", "addresses") == [
        1, 0, 0, 0,
    ]  # fmt: skip
    assert fake.refusals() == []


async def test_a_tap_names_its_question(channel: ZaloOaChannel, lan: OaRespondent) -> None:
    """A tap on an old message corrects that answer; the question on screen stays."""
    first = await says(lan, f"#{COUNTER}")
    second = await taps(lan, "4 · Hài lòng")
    corrected = await says(lan, str(first.buttons[0].payload))

    assert text("vi", "chat.changed") in corrected.text
    assert titles(corrected) == titles(second)


async def test_numbers_and_words_do_what_buttons_do(
    channel: ZaloOaChannel, lan: OaRespondent
) -> None:
    """Every choice is typable, and what is no button stands in the text."""
    await says(lan, COUNTER)
    await says(lan, "5")
    third = await says(lan, "có")

    assert "“dừng”" in third.text or "Dừng" in titles(third)
    assert "Mã phiếu của bạn" in (await says(lan, "dừng")).text


async def test_a_follower_is_greeted(channel: ZaloOaChannel, lan: OaRespondent) -> None:
    """And so is who opens the chat."""
    for act in (lan.follows, lan.opens_chat):
        assert (await asyncio.to_thread(act)).accepted
        assert (await hears(lan)).text == text("vi", "chat.no_counter")


async def test_who_leaves_hears_nothing_more(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """`unfollow` closes the response as it is and empties the outbox; coming back restores it."""
    await says(lan, f"#{COUNTER}")
    await taps(lan, "4 · Hài lòng")
    fake.fail(CS, Oa.BAD_GATEWAY)
    await asyncio.to_thread(lan.says, "có")
    await asyncio.to_thread(lan.unfollows)
    await emptied(store, "outbox")

    assert await rows(store, "closed_responses", "conversations", "addresses") == [1, 0, 0]
    assert titles(await says(lan, f"#{COUNTER}"))


async def test_voice_and_pictures_are_answered_kindly(
    channel: ZaloOaChannel, lan: OaRespondent
) -> None:
    """Each brings a line, and the question once more."""
    first = await says(lan, f"#{COUNTER}")
    for act in (lan.sends_audio, lan.sends_image, lan.sends_sticker, lan.sends_location):
        assert (await asyncio.to_thread(act)).accepted
        again = await hears(lan)
        assert titles(again) == titles(first)


async def test_a_repeat_changes_nothing(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """Half an hour later, under the same key."""
    await says(lan, f"#{COUNTER}")
    await taps(lan, "4 · Hài lòng")
    tap = fake.webhook.deliveries[-1]
    await emptied(store, "outbox")  # or what is not yet known to be sent is sent again, so late
    fake.clock.advance(seconds=1800)
    again = await asyncio.to_thread(fake.webhook.redeliver, tap)

    assert again.accepted
    assert await asyncio.to_thread(lan.hears, 1, 0.5) == []
    assert await arrivals(store) == 1


async def test_a_late_digit_is_asked_again(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """Zalo repeats a digit after a later tap was answered: it names no question, so none gets it.

    A counter's code that comes late is as good as ever.
    """
    await says(lan, f"#{COUNTER}")
    url, fake.webhook.url = fake.webhook.url, ""
    lost = await asyncio.to_thread(lan.says, "1")
    code = await asyncio.to_thread(lan.says, f"#{COUNTER}")
    fake.clock.advance(seconds=2)
    fake.webhook.url = url
    second = await taps(lan, "4 · Hài lòng")
    await asyncio.to_thread(fake.webhook.redeliver, lost)
    asked = await hears(lan)
    await asyncio.to_thread(fake.webhook.redeliver, code)
    resumed = await hears(lan)

    assert asked.text.startswith(text("vi", "chat.stale"))
    assert titles(asked) == titles(second) == titles(resumed)
    assert not resumed.text.startswith(text("vi", "chat.stale"))


async def test_a_replay_older_than_any_repeat_is_refused(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """Rightly signed, of yesterday; the last real repeat is let in."""
    url, fake.webhook.url = fake.webhook.url, ""
    lost = [await asyncio.to_thread(lan.says, f"#{COUNTER}") for _ in range(2)]
    fake.webhook.url = url
    fake.clock.advance(seconds=111 * 60)
    assert (await asyncio.to_thread(fake.webhook.redeliver, lost[0])).accepted
    fake.clock.advance(seconds=10 * 60)

    assert (await asyncio.to_thread(fake.webhook.redeliver, lost[1])).status == 403
    assert await rows(store, "inbox") == [1]


def forged(lan: OaRespondent, oa: OfficialAccount, secret: str = OA_SECRET) -> Delivery:
    """A text of Lan's, signed with another secret."""
    event = oa.events().user_message(
        "user_send_text", lan.person.user_id, "5", {"text": f"#{COUNTER}", "msg_id": "f1"}
    )
    body = encoded(event)
    signature = mac(APP_ID, body, event["timestamp"], secret)
    return Delivery(body, {HEADER: f"mac={signature}"})


async def test_what_is_not_signed_is_refused(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, oa: OfficialAccount
) -> None:
    """One changed byte, another secret, no signature: 403, and nothing is stored."""
    good, url = forged(lan, oa), oa.webhook.url
    changed = good.body.replace(COUNTER.encode(), b"100009")
    calls = [
        (changed, dict(good.headers)),
        (good.body, {}),
        (good.body, dict(forged(lan, oa, APP_SECRET).headers)),
        (good.body, dict(forged(lan, oa, "guessed").headers)),
    ]
    async with httpx.AsyncClient(trust_env=False) as client:
        told = [await client.post(url, content=body, headers=sent) for body, sent in calls]

        assert [each.status_code for each in told] == [403] * 4
        assert await rows(store, *TABLES) == [0] * 5
        assert (await client.post(url, content=good.body, headers=good.headers)).is_success
    assert await rows(store, "conversations") == [1]


async def test_a_wrong_setting_is_named(
    channel: ZaloOaChannel,
    lan: OaRespondent,
    oa: OfficialAccount,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The log says which secret Zalo signs with; once, whatever comes."""
    wrong = forged(lan, oa, APP_SECRET)
    for _ in range(3):
        await asyncio.to_thread(oa.webhook.post, wrong.body, dict(wrong.headers))
    logged = capsys.readouterr().out

    assert logged.count("signed with the app secret in place of the OA secret") == 1
    assert APP_SECRET not in logged
    assert lan.person.user_id not in logged


async def test_the_consoles_tests_are_answered_and_not_stored(
    channel: ZaloOaChannel, store: Store, fake: ZaloOa
) -> None:
    """An empty call, a sample of another account, an event of an account that is not here."""
    pings = [fake.pings_empty, fake.pings_sample]
    stranger = fake.official("111", "a secret").respondent("7")

    assert [(await asyncio.to_thread(ping)).status for ping in pings] == [200, 200]
    assert (await asyncio.to_thread(stranger.says, "5")).status == 200
    assert await rows(store, *TABLES) == [0] * 5


async def test_the_sample_asks_nothing_of_an_unnamed_account(
    grounds: Grounds, oa: OfficialAccount, lan: OaRespondent
) -> None:
    """Without a configured id the account learns it from Zalo, and works."""
    await grounds.store.write(add_counter)
    made = await grounds.opened(oa, oa_id="")
    async with grounds.at_work(made):
        await grounds.connected(made)
        assert (await asyncio.to_thread(lan.says, SAMPLE)).accepted

        assert titles(await says(lan, f"#{COUNTER}"))
        entrance = made.entrance(COUNTER)
        assert entrance is not None
        assert entrance.link == f"https://zalo.me/{oa.state.oa_id}"
        assert entrance.say == f"#{COUNTER}"


@pytest.mark.parametrize(
    ("rule", "tables"),
    [
        (Oa.OVER_7_DAYS, [0, 1, 0]),
        (Oa.OUTSIDE_WINDOW, [0, 1, 0]),
        (Oa.FREE_REPLIES, [0, 1, 0]),
        (Oa.NOT_FOLLOWING, [0, 1, 0]),
        (Oa.BLOCKED, [0, 0, 0]),
        (Oa.BANNED, [0, 0, 0]),
        (Oa.RESTRICTED, [0, 0, 0]),
        (Oa.PARAMETER, [0, 1, 1]),
        (Oa.TEXT, [0, 1, 1]),
        (Oa.MESSAGE_TYPE, [0, 1, 1]),
        (Oa.POLICY, [0, 1, 1]),
    ],
)
async def test_what_a_refusal_leads_to(
    channel: ZaloOaChannel,
    store: Store,
    lan: OaRespondent,
    fake: ZaloOa,
    rule: Oa,
    tables: list[int],
) -> None:
    """Window closed: dropped, the conversation stays. Blocked: ended. Our bug: a dead letter."""
    fake.fail(CS, rule)
    await asyncio.to_thread(lan.says, f"#{COUNTER}")
    await until(lambda: fake.refusals())
    await emptied(store, "outbox")

    assert await rows(store, "outbox", "conversations", "dead_letters") == tables
    assert channel.status() == "connected"
    if tables[1]:
        assert titles(await says(lan, f"#{COUNTER}"))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Oa.NOT_VERIFIED, "not verified"),
        (Oa.TIER, "tier"),
        (Oa.NO_PERMISSION, "permission"),
        (Oa.DISABLED, "disabled"),
        (Oa.NO_MONEY, "money"),
        (Oa.OUT_OF_QUOTA, "used up"),
        (Oa.PROOF, "app secret"),
    ],
)
async def test_an_account_that_does_not_work_says_so_and_keeps_its_messages(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa, rule: Oa, words: str
) -> None:
    """An alarm for a person; what waits goes out when it is mended."""
    fake.fail(CS, rule)
    await asyncio.to_thread(lan.says, f"#{COUNTER}")
    await until(lambda: words in channel.status())

    assert await rows(store, "outbox", "dead_letters") == [1, 0]


async def test_a_generic_failure_is_tried_again(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """-200 and a gateway's error say nothing of the message."""
    fake.fail(CS, Oa.FAILED)
    fake.fail(CS, Oa.BAD_GATEWAY)

    assert titles(await says(lan, f"#{COUNTER}"))
    assert await rows(store, "dead_letters") == [0]


async def test_the_rate_is_waited_for(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """-32 keeps the message; it goes out later."""
    fake.fail(CS, Oa.OA_RATE)
    await asyncio.to_thread(lan.says, f"#{COUNTER}")
    await until(lambda: fake.refusals())

    assert await rows(store, "outbox", "dead_letters") == [1, 0]
    assert channel.status() == "connected"


async def test_an_old_reply_asks_whether_the_window_is_open(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent, fake: ZaloOa
) -> None:
    """After 48 hours nothing is sent that would be billed; who writes again is answered."""
    fake.fail(CS, Oa.BAD_GATEWAY)
    await asyncio.to_thread(lan.says, f"#{COUNTER}")
    await until(lambda: fake.refusals())
    fake.clock.advance(hours=49)
    await emptied(store, "outbox")

    assert len(fake.calls(CS)) == 1
    assert len(fake.calls(QUOTA)) == 1
    assert lan.messages == []
    assert titles(await says(lan, f"#{COUNTER}"))
    assert not lan.messages[-1].billed


@pytest.mark.parametrize(
    "doubts",
    [
        Unconfirmed(free_replies=None),
        Unconfirmed(beyond_free="billed"),
        Unconfirmed(window_rule=Oa.OUTSIDE_WINDOW),
        Unconfirmed(mac_prefix=""),
        Unconfirmed(api_echo_has_admin_id=True),
        Unconfirmed(per_second=20),
        Unconfirmed(mac_secret="app"),
        Unconfirmed(timestamp_header="timestamp"),
    ],
    ids=["unlimited", "billed", "-232", "no prefix", "admin id", "20 a second", "app", "header"],
)
async def test_what_is_unconfirmed_is_tried_both_ways(
    store: Store, keys: Keys, doubts: Unconfirmed
) -> None:
    """One question per answer works under each reading, free of charge."""
    with ZaloOa(unconfirmed=doubts, proof=True) as fake:
        grounds = Grounds(store, keys, fake)
        oa = fake.official(secret=APP_SECRET if doubts.mac_secret == "app" else OA_SECRET)
        await store.write(add_counter)
        made = await grounds.opened(oa)
        lan = oa.respondent("1")
        async with grounds.at_work(made):
            await grounds.connected(made)
            await says(lan, f"#{COUNTER}")
            await taps(lan, "4 · Hài lòng")
            await asyncio.to_thread(fake.webhook.flush)

            assert "Mã phiếu của bạn" in (await says(lan, "dừng")).text
        assert not any(sent.billed for sent in lan.messages)
        assert fake.refusals() == []


async def test_if_only_quoting_replies_were_free_ours_would_be_billed(
    store: Store, keys: Keys
) -> None:
    """The oldest reading: nothing fails, and the bill of the first day would show it."""
    with ZaloOa(unconfirmed=Unconfirmed(reply_must_quote=True)) as fake:
        grounds, oa = Grounds(store, keys, fake), fake.official()
        await store.write(add_counter)
        made = await grounds.opened(oa)
        async with grounds.at_work(made):
            await grounds.connected(made)

            assert (await says(oa.respondent("1"), f"#{COUNTER}")).billed


async def test_if_events_began_with_the_oa_id_the_log_would_say_so(
    store: Store, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused, because the published formula is the only one believed."""
    with ZaloOa(unconfirmed=Unconfirmed(mac_first="oa_id")) as fake:
        grounds, oa = Grounds(store, keys, fake), fake.official()
        made = await grounds.opened(oa)
        async with grounds.at_work(made):
            await grounds.connected(made)
            told = await asyncio.to_thread(oa.respondent("1").says, f"#{COUNTER}")

        assert told.status == 403
        assert "the OA id in place of the app id" in capsys.readouterr().out


async def test_the_address_is_sealed_and_goes_with_the_conversation(
    channel: ZaloOaChannel, store: Store, lan: OaRespondent
) -> None:
    """Nothing of a person can be read in the file, while the response is open and after."""
    await says(lan, f"#{COUNTER}")

    def everything(tx: Transaction) -> str:
        asked = [f"select * from {name}" for name in TABLES]  # noqa: S608
        held = [tx.connection.execute(each).fetchall() for each in asked]
        return json.dumps(held, default=lambda value: value.hex())

    assert lan.person.user_id not in await store.write(everything)
    await says(lan, "dừng")
    await emptied(store, "addresses")


@pytest.mark.drill
def test_the_served_installation_survives_its_death(tmp_path: Path, fake: ZaloOa) -> None:
    """Configured by the environment alone, killed in the middle of a response, started again."""
    oa = fake.official()
    settings = {
        "MOTCUA_ZALO_OA_APP_ID": APP_ID,
        "MOTCUA_ZALO_OA_SECRET": OA_SECRET,
        "MOTCUA_ZALO_OA_APP_SECRET": APP_SECRET,
        "MOTCUA_ZALO_OA_REFRESH_TOKEN": oa.authorise().refresh,
        "MOTCUA_ZALO_OA_API": fake.openapi,
        "MOTCUA_ZALO_OAUTH_API": fake.oauth,
        "MOTCUA_ZALO_BUSINESS_API": fake.business,
    }
    server = Server(tmp_path, settings).furnish()
    fake.webhook.url = f"{server.url}/channels/zalo-oa"
    lan = oa.respondent()
    try:
        server.start()
        assert lan.says(f"#{COUNTER}").accepted
        assert titles(lan.hears(1, PATIENCE_S)[0])[0] == "5 · Rất hài lòng"
        assert lan.taps("5 · Rất hài lòng")
        server.kill()
        server.start()
        lan.hears(1, PATIENCE_S)
        assert lan.says("dừng").accepted
        told = comes(lambda: any("Mã phiếu của bạn" in each.text for each in lan.hears()))
        ready = f"{server.url}/readyz"  # the account is connected after one question more
        connected = comes(lambda: '"zalo_oa":"connected"' in httpx.get(ready, trust_env=False).text)
        page = httpx.get(f"{server.url}/c/{COUNTER}", trust_env=False).text
    finally:
        server.stop()

    assert told, [each.text for each in lan.messages]
    assert f"https://zalo.me/{oa.state.oa_id}" in page
    assert connected
    assert len(fake.calls(OAUTH)) == 1
    log = (tmp_path / "server.log").read_text()
    assert not [word for word in ("access-", "refresh-", lan.person.user_id) if word in log]


def comes(true: Callable[[], bool]) -> bool:
    """Whether it comes true; who is killed before noting what was said says it once more."""
    end = time.monotonic() + PATIENCE_S
    while not (seen := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return seen

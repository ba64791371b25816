"""Large letters, simple words and recordings: for who cannot read the page as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.instruments import shipped
from handlers.audio import recordings
from tests.server import COUNTER, Server

SHORT = shipped()["short.1"]
MP3 = b"ID3\x04\x00 a recording"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The real server with one recording and some files that are none."""
    folder = tmp_path_factory.mktemp("aids")
    (folder / "audio" / "vi").mkdir(parents=True)
    (folder / "audio" / "vi" / "overall.mp3").write_bytes(MP3)
    (folder / "audio" / "secret.mp3").write_bytes(b"not offered")
    server = Server(folder, {"MOTCUA_AUDIO_DIR": str(folder / "audio")}).furnish().start()
    with httpx.Client(base_url=server.url, trust_env=False) as opened:
        yield opened
    server.stop()


def update(client: httpx.Client, number: int, simple: bool, **event: str) -> str:
    """One update of a conversation; what it asks."""
    told = {"conversation": "c" * 22, "update_id": str(number), "event": event, "simple": simple}
    answer = client.post("/api/v1/chat", json=told).raise_for_status()
    question: str = answer.json()["messages"][0]["question"]
    return question


def test_simple_words_are_asked_for_and_only_then(client: httpx.Client) -> None:
    """The same question, told in fewer and plainer words; its answer is the same item."""
    update(client, 1, True, start=COUNTER)
    first, *_ = (update(client, 2 + at, True, text=words) for at, words in enumerate(("5", "1")))
    asked = update(client, 4, True, text="2")
    normal = update(client, 9, False, text="quay lại")
    again = update(client, 10, True, text="2")
    item = SHORT.item("f_access")

    assert first != asked == again == item.simple["vi"]
    assert normal not in (item.simple["vi"], item.texts["vi"])
    assert item.text("vi") == item.texts["vi"] != item.text("vi", simple=True)


def test_a_question_without_simple_words_is_asked_as_it_is() -> None:
    """Nothing is left out for who asks for simple words."""
    overall = SHORT.item("overall")

    assert overall.text("vi", simple=True) == overall.texts["vi"]


def test_large_letters_stay_from_page_to_page(client: httpx.Client) -> None:
    """Without JavaScript too; the form carries it, and a link leads back."""
    html = {"accept": "text/html"}
    page = client.get(f"/c/{COUNTER}?lang=vi&large=1", headers=html).text
    plain = client.get(f"/c/{COUNTER}?lang=vi", headers=html).text

    assert 'class="large"' in page
    assert f'action="/c/{COUNTER}?lang=vi&large=1"' in page.replace("&amp;", "&")
    assert 'class="large"' not in plain
    assert "large=1" in plain


def test_a_recording_is_offered_where_there_is_one(client: httpx.Client) -> None:
    """In its language only, and as it is on disk."""
    html = {"accept": "text/html"}

    assert "/audio/vi/overall.mp3" in client.get(f"/c/{COUNTER}?lang=vi", headers=html).text
    assert "<audio" not in client.get(f"/c/{COUNTER}?lang=en", headers=html).text
    assert client.get("/audio/vi/overall.mp3").content == MP3


@pytest.mark.parametrize(
    "path", ["vi/secret", "..%2Fsecret", "vi/..%2F..%2Fmotcua", "en/overall", "vi/overall%00"]
)
def test_nothing_else_can_be_asked_for(path: str, client: httpx.Client) -> None:
    """Only what was found when the server started."""
    assert client.get(f"/audio/{path}.mp3").status_code == 404


def test_only_recordings_of_questions_are_found(tmp_path: Path) -> None:
    """A file is known by language and question; everything else is passed over."""
    for name in ("vi/overall.mp3", "vi/Ghi chú.mp3", "vi/overall.txt", "deep/vi/more.mp3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(MP3)

    assert set(recordings(tmp_path)) == {("vi", "overall")}
    assert recordings(None) == {}

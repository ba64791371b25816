"""Content packs: complete, unambiguous; and refused with file, key and reason if not."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from handlers.messages import told_by_packs
from sipas.commands import Command
from sipas.conversation import step
from sipas.events import Ask, Moment, Say, Scanned, Tapped, Typed
from sipas.items import Instrument, Tongue
from sipas.packs import Pack, PackError, check_messages, parse, with_pack
from sipas.reading import read_choice
from sipas.session import Session
from tests.test_transcripts import INSTRUMENTS, PLACES

FOLDER = files("sipas") / "languages"
SOURCES = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
PACKS = [parse(text, name) for name, text in SOURCES.items() if name.endswith(".toml")]
KO = SOURCES["ko.toml"]
NOON = Moment(41_545, "K7Q2M9PA", "1", "K7Q2M9PA4X")
LABEL_MOST = 100
each_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.language)


def spoken(pack: Pack) -> dict[str, Instrument]:
    return {ref: with_pack(each, pack) for ref, each in INSTRUMENTS.items()}


def test_the_drafts_are_there() -> None:
    """Korean, Chinese and Japanese, each marked as not reviewed."""
    assert {pack.language: pack.reviewed for pack in PACKS} == {
        "ko": False,
        "zh": False,
        "ja": False,
    }


@each_pack
def test_every_question_and_choice_is_told(pack: Pack) -> None:
    """In every questionnaire, in labels that a button can carry, each unlike its neighbours."""
    for instrument in INSTRUMENTS.values():
        items = with_pack(instrument, pack).by_key.values()
        for item in items:
            labels = [option.texts[pack.language] for option in item.options]
            assert len(set(labels)) == len(labels), item.key
            assert all(len(label) <= LABEL_MOST for label in labels), item.key
            assert item.texts[pack.language] != item.texts["en"]


@each_pack
def test_every_message_is_told_with_its_variables(pack: Pack) -> None:
    """As the English catalogue has them; a language is typed as its button reads."""
    check_messages(pack, told_by_packs())
    assert pack.name == pack.messages["this_language"]


@each_pack
def test_nothing_told_is_unknown(pack: Pack) -> None:
    """No question or option of the pack is left over from a questionnaire that is no more."""
    keys = {key for instrument in INSTRUMENTS.values() for key in instrument.by_key}
    codes = {
        (item.key, option.code)
        for instrument in INSTRUMENTS.values()
        for item in instrument.by_key.values()
        for option in item.options
    }

    assert set(pack.questions) == keys
    assert set(pack.options) == codes


@each_pack
def test_levels_are_typed_as_they_read(pack: Pack) -> None:
    """Each label is its level and no other; digits are too, also full-width ones."""
    instruments = spoken(pack)
    begun = step(instruments, Session(pack.language), Scanned(PLACES["100014"]), NOON)
    for level, label in enumerate(pack.levels, 1):
        for typed in (label, f" {label}。", str(level), chr(0xFF10 + level)):
            told = step(instruments, begun.session, Typed(typed), NOON)
            tapped = step(instruments, begun.session, Tapped("overall", str(level), "-"), NOON)
            assert told == tapped, typed


@each_pack
def test_the_language_is_chosen_by_its_own_name(pack: Pack) -> None:
    """Before the first scan and in the middle; commands then work in it."""
    instruments = spoken(pack)
    chosen = step(instruments, None, Typed(pack.name), NOON).session
    begun = step(instruments, None, Scanned(PLACES["381207"]), NOON).session
    turned = step(instruments, begun, Typed(pack.name), NOON)
    tapped = step(instruments, begun, Tapped(".lang", pack.language, "-"), NOON)
    answered = step(instruments, turned.session, Typed(pack.levels[3]), NOON)
    stopped = step(instruments, answered.session, Typed(pack.messages["button.stop"]), NOON)

    assert chosen.language == turned.session.language == pack.language
    assert turned == tapped
    assert isinstance(turned.screen[-1], Ask)
    assert stopped.facts


@each_pack
def test_a_level_is_an_answer_to_levels_only(pack: Pack) -> None:
    """Its label at another question is no number there; in a message it stays what was typed."""
    instruments = spoken(pack)
    begun = step(instruments, Session(pack.language), Scanned(PLACES["100014"]), NOON)
    rated = step(instruments, begun.session, Typed(pack.levels[3]), NOON)
    for label in pack.levels:
        lost = step(instruments, rated.session, Typed(label), NOON)
        assert lost.session.answers == rated.session.answers
        assert not lost.session.tags
    asked = step(instruments, rated.session, Typed(pack.messages["button.done"]), NOON)
    for words in (pack.levels[3], _word_for(pack, "ok")):
        told = step(instruments, asked.session, Typed(words), NOON)
        assert told.session.comment == words


@each_pack
@pytest.mark.parametrize(
    ("button", "wish"),
    [
        ("done", Command.DONE),
        ("kept", Command.AGREE),
        ("refuse", Command.REFUSE),
        ("na", Command.NOT_APPLICABLE),
        ("back", Command.BACK),
        ("skip", Command.SKIP),
        ("stop", Command.STOP),
    ],
)
def test_every_button_can_be_typed_as_it_reads(button: str, wish: Command, pack: Pack) -> None:
    """On channels with few buttons that is the only way."""
    words = pack.messages[f"button.{button}"].lower()
    assert Tongue(pack.name, pack.spoken).command(words) is wish


@each_pack
def test_every_choice_can_be_typed_as_it_reads(pack: Pack) -> None:
    """Also where the label is a word of the language for yes or no."""
    for instrument in spoken(pack).values():
        for item in instrument.by_key.values():
            labels = [option.texts[pack.language] for option in item.options]
            for place, label in enumerate(labels, 1):
                assert read_choice(label, len(labels), labels) == place, label
    held = spoken(pack)["sipas-g2-2026-service16.1"]
    for key in ("ev_contacts", "ev_agencies"):
        session = _at(held, pack.language, key)
        none = held.item(key).options[0]
        told = step({held.ref: held}, session, Typed(none.texts[pack.language]), NOON)
        tapped = step({held.ref: held}, session, Tapped(key, none.code, "-"), NOON)
        assert told == tapped, key


def _at(instrument: Instrument, language: str, key: str) -> Session:
    """A response in which every question before *key* was skipped."""
    known = {instrument.ref: instrument}
    now = step(known, Session(language), Scanned(PLACES["100023"]), NOON)
    now = step(known, now.session, Tapped("overall", "4", "-"), NOON)
    now = step(known, now.session, Tapped("more", "yes", "-"), NOON)
    for _ in instrument.questions:
        ask = now.screen[-1]
        assert isinstance(ask, Ask)
        if ask.question == key:
            break
        now = step(known, now.session, Tapped(ask.question, ".skip", "-"), NOON)
    return now.session


def _word_for(pack: Pack, word: str) -> str:
    told = tomllib.loads(SOURCES[pack.file])["spoken"][word]
    return str(told).split("|")[0]


@each_pack
def test_questions_about_us_are_understood_with_nothing_open(pack: Pack) -> None:
    """Help and privacy, in the language that was chosen."""
    instruments = spoken(pack)
    for key in ("help", "privacy"):
        told = step(instruments, Session(pack.language), Typed(_word_for(pack, key)), NOON)
        assert Say(key) in told.screen


def test_without_a_pack_its_language_is_not_spoken() -> None:
    """Nothing changes where no pack is switched on."""
    begun = step(INSTRUMENTS, None, Scanned(PLACES["381207"]), NOON).session

    assert step(INSTRUMENTS, begun, Tapped(".lang", "ko", "-"), NOON).session.language == "vi"
    assert step(INSTRUMENTS, None, Typed("한국어"), NOON).session.language == "vi"


FAULTS = {
    "not TOML": "language = ",
    "levels: expected five different labels": KO.replace('"매우 만족"]', '"만족"]'),
    "language: expected a text": KO.replace('language = "ko"', "language = 5"),
    "language: expected two letters": KO.replace('language = "ko"', 'language = "korean"'),
    "language: expected that of": KO.replace('language = "ko"', 'language = "vi"'),
    "levels: '1' reads as another level": KO.replace('"보통"', '"1"'),
    "levels: 'skip' is typed for skip": KO.replace('"보통"', '"skip"'),
    "levels: '그만' is typed for stop": KO.replace('"보통"', '"그만"'),
    "spoken.skpi: is no word": KO.replace("\nskip =", "\nskpi ="),
    "spoken: '그만' stands twice": KO.replace('\nskip = "', '\nskip = "그만|'),
    "questions.ev_agencies.options.1: over": KO.replace('"한 곳"', f'"{"한" * 101}"'),
    "questions.ev_agencies.options: two read": KO.replace('"한 곳"', '"없음"'),
    "messages: expected a table": KO.replace("[messages]", "[other]"),
    "messages.changed: expected a text": KO.replace('changed = "', 'changed = " "\nx = "'),
    "overall.text: expected a text": KO.replace("overall.text = ", "overall.words = "),
}


@pytest.mark.parametrize(
    "labels", ["5", "[1, 2, 3, 4, 5]", "[[1], 2]", '["a", "b", "c", "d", "e", "a"]']
)
def test_levels_are_five_texts(labels: str) -> None:
    """Nothing else, whatever TOML allows."""
    five = KO.splitlines()[4]
    assert five.startswith("levels = ")
    with pytest.raises(PackError, match=r"ko\.toml: levels: expected five"):
        parse(KO.replace(five, f"levels = {labels}"), "ko.toml")


@pytest.mark.parametrize("reason", FAULTS)
def test_a_broken_file_is_refused(reason: str) -> None:
    """With the file's name, the key and what is wrong with it."""
    with pytest.raises(PackError, match=f"^ko.toml: {reason}"):
        parse(FAULTS[reason], "ko.toml")


GAPS = {
    "questions.f_staff: is missing": KO.replace("f_staff.text", "f_stuff.text"),
    "questions.stage.options.result: is missing": KO.replace("result = ", "results = "),
    "questions.overall: unknown variable": KO.replace('overall.text = "', 'overall.text = "{quay}'),
    "questions.overall: bare names only": KO.replace('overall.text = "', 'overall.text = "{a!r}'),
    "questions.overall: expected '}'": KO.replace('overall.text = "', 'overall.text = "{'),
    "words.noi_tiep_nhan: is missing": KO.replace("[words]\nnoi_tiep_nhan", "[words]\nother"),
}


@pytest.mark.parametrize("reason", GAPS)
def test_a_gap_is_refused(reason: str) -> None:
    """A pack tells everything or is not used at all."""
    pack = parse(GAPS[reason], "ko.toml")
    with pytest.raises(PackError, match=f"^ko.toml: {reason}"):
        with_pack(INSTRUMENTS["short.1"], pack)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"changed": "x"}, "is not a message"),
        ({**PACKS[0].messages, "more": "x"}, "messages.more: is missing"),
        ({**PACKS[0].messages, "progress": "{number}"}, "messages.progress: expected"),
    ],
)
def test_messages_are_compared_with_a_complete_catalogue(
    known: dict[str, str], reason: str
) -> None:
    """A missing one, one too many, another variable: each is named."""
    with pytest.raises(PackError, match=reason):
        check_messages(PACKS[0], known)

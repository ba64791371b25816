"""`motcua doctor`, the metrics and the rules of deploy/alerts.yml: what an operator has to see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, Counter, Gauge, Histogram

from bot import metrics
from bot.examining import faults
from bot.federation.pulling import measure
from bot.settings import Settings
from bot.workers import Workers
from storage.accounts import Presence
from storage.examining import Account, State
from storage.nation import Province
from tests.databases import ON_POSTGRESQL
from tests.server import Server

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
SINCE = "heard_timestamp_seconds"
METRICS = {
    each._name: each
    for each in vars(metrics).values()
    if isinstance(each, Counter | Gauge | Histogram)
}
RULES = Path(__file__).parents[1] / "deploy" / "alerts.yml"
HEARD_AT = "2026-11-28T11:00:00+00:00"
WELL = Province(1, "38", "https://p.example", b"", "2026-01-01", "", "", "", HEARD_AT, "", None)
SOUND = State({"workers": AT + 5}, [], 0, [], "2026-11-28", [WELL])


def _bot(state: str, seconds: int = 0) -> Account:
    return Account("telegram", "1", Presence(1, "b", "", state, AT - seconds))


# What is wrong, and a word of what is said of it.
WRONG = [
    (SOUND._replace(leases={}), "no process expires"),
    (SOUND._replace(leases={"workers": AT - 1}), "no process expires"),
    (SOUND._replace(accounts=[Account("telegram", "1", None)]), "no process polls and sends"),
    (SOUND._replace(accounts=[_bot("connected", 600)]), "no process polls and sends"),
    (SOUND._replace(accounts=[_bot("not connected: down")]), "telegram 1 is not connected: down"),
    (SOUND._replace(late=3), "3 messages should have gone"),
    (SOUND._replace(letters=[("telegram", "telegram: blocked", 2)]), "2 of telegram not used"),
    (SOUND._replace(sealed="2026-11-30"), "set the clock"),
    (SOUND._replace(provinces=[WELL._replace(trouble="older")]), "38 is not believed (older)"),
    (SOUND._replace(provinces=[WELL._replace(heard_at=None)]), "38 was heard never"),
    (
        SOUND._replace(
            provinces=[WELL._replace(heard_at="2026-11-26T11:00:00+00:00", trouble="503")]
        ),
        "2026-11-26T11:00:00+00:00, then: 503: see whether p.example answers",
    ),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation whose key only its owner reads."""
    key = tmp_path / "motcua.key"
    key.touch(0o600)
    database = f"sqlite:///{tmp_path / 'm.db'}"
    return Settings.model_validate({"database": database, "secret_key_file": key})


@pytest.mark.parametrize(("found", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_said(found: State, said: str, settings: Settings) -> None:
    """One line for one fault, and none where all is well."""
    (line,) = map(str, faults(settings, True, found, NOW))

    assert said in line
    assert list(faults(settings, True, SOUND, NOW)) == []


def test_a_key_that_others_read_is_named(settings: Settings) -> None:
    """With what to do."""
    settings.secret_key_file.chmod(0o644)
    (line,) = map(str, faults(settings, True, SOUND, NOW))

    assert line == "motcua.key can be read by others on this machine: chmod 600"


def test_a_new_installation_is_sound(tmp_path: Path) -> None:
    """The command says so on a fresh database; where processes share it, somebody has to work."""
    done = Server(tmp_path).furnish().command("doctor")
    idle = "no process expires, releases and seals: start one with --role worker\n"

    assert done.stdout == (idle if ON_POSTGRESQL else "ok: nothing is wrong\n")
    assert done.returncode == int(ON_POSTGRESQL)


def test_provinces_are_measured_and_forgotten() -> None:
    """A centre's metrics tell how each stands; one that is removed tells nothing more."""
    silent = WELL._replace(code="01", heard_at=None, trouble="older")
    measure([WELL, silent])
    before = [_told(name, code) for name in (SINCE, "refused") for code in ("38", "01")]
    measure([WELL])

    added = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    assert before == [(NOW - timedelta(hours=1)).timestamp(), added, 0, 1]
    assert _told("refused", "01") is None


def _told(name: str, province: str) -> float | None:
    return REGISTRY.get_sample_value(f"motcua_province_{name}", {"province": province})


def test_rules_ask_for_what_there_is() -> None:
    """Each metric and label in the rules is one of /metrics, and each rule says what to do."""
    rules = RULES.read_text("utf-8").split("- alert: ")[1:]
    asked = "\n".join(expr for rule in rules for expr in re.findall("expr: (.*)", rule))
    used = re.findall(r"\b(motcua_\w+)(?:{(\w+)=)?", asked)
    grouped = {label for each in re.findall(r"by \((.*?)\)", asked) for label in each.split(", ")}
    labels = {name: _labels(name) for name, _ in used}

    assert len(rules) > 10 and all('summary: "' in rule for rule in rules)
    assert [each for each in used if each[1] and each[1] not in labels[each[0]]] == []
    assert all(hasattr(Workers, each) for each in re.findall(r'work=~"(.*?)"', asked)[0].split("|"))
    assert grouped <= set[str]().union(*labels.values())


def _labels(name: str) -> set[str]:
    """The labels of a metric by the name of its samples; KeyError where there is none."""
    made = METRICS[name.removesuffix("_bucket").removesuffix("_total")]
    return {*made._labelnames, *(["le"] if name.endswith("_bucket") else [])}

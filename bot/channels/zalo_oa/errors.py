"""What each of Zalo's error codes means for a message: one table.

Source: docs/reference/channels.md §5, all of it second-hand. The words go to the log and to
/readyz; Zalo's own are kept for the dead letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.outcomes import Down, Later, Outcome, Refused, Stopped, WindowClosed

REAUTHORISE = "the Official Account must be authorised again: motcua channels authorize"
RATE_S = 15.0  # the limit is by the minute
QUOTA_S = 3600.0


class TokenRefused(Outcome):
    """The access token is invalid or has ended: a fresh one may do."""


class Flaky(Outcome):
    """Zalo failed without saying why: a few more tries, then it is given up."""


class Night(Outcome):
    """Not between 22:00 and 06:00 in Viet Nam: the message waits for the morning."""


class NoReceiver(Outcome):
    """The number is invalid, or its owner cannot or will not receive this: never again."""


class Spent(Outcome):
    """No money, or the day's messages are used up: tomorrow, or when a person has paid."""


class CampaignOver(Outcome):
    """The template is not approved, or was disabled for complaints: a person must look."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code leads to, in words of our own."""

    make: Callable[[str], Outcome]
    words: str


def _down(words: str) -> Meaning:
    return Meaning(Down, words)


def _later(words: str) -> Outcome:
    return Later(RATE_S)


_OFF = _down("the Official Account or the app is disabled, or the API is not registered")
_BUG = Meaning(Refused, "Zalo refuses the message")
_GONE = Meaning(Stopped, "the respondent does not want to hear from us")
_CLOSED = Meaning(WindowClosed, "outside the window")
_TOKEN = Meaning(TokenRefused, "the access token is refused")
_PROOF = _down("Zalo refuses appsecret_proof: the app secret is wrong")
_MONEY = _down("the Zalo Cloud Account is missing or out of money")
_NOBODY = Meaning(NoReceiver, "the number cannot or will not receive it")
_DAY = Meaning(Spent, "no money, or the daily limit is reached")
_TEMPLATE = Meaning(CampaignOver, "the template is not approved, or disabled for complaints")

CODES: Mapping[int, Meaning] = {
    -32: Meaning(_later, "over the rate"),
    -100: Meaning(Flaky, "an attachment has expired"),
    -200: Meaning(Flaky, "Zalo failed"),
    **dict.fromkeys((-201, -210, -233, -240), _BUG),
    -248: Meaning(Refused, "Zalo's content policy refuses the message"),
    -211: _down("the Official Account's messages are used up"),
    # The recipient's own limit, and who does not follow: both end when they write again.
    **dict.fromkeys((-213, -218, -230, -232), _CLOSED),
    **dict.fromkeys((-217, -227, -244), _GONE),
    **dict.fromkeys((-216, -220, -124), _TOKEN),
    **dict.fromkeys((-204, -205, -209, -212, -219), _OFF),
    -221: _down("the Official Account is not verified"),
    -223: _down("a permission is not granted"),
    -224: _down("the Official Account's tier is too low"),
    -235: _down("the Official Account is of the wrong type"),
    **dict.fromkeys((-242, -1241), _PROOF),
    **dict.fromkeys((-320, -321), _MONEY),
    -14002: _down("the app is not active"),
    -14003: _down("the redirect address differs from the console"),
    **dict.fromkeys((-133, -234), Meaning(Night, "not between 22:00 and 06:00")),
    **dict.fromkeys((-108, -114, -118, -119, -139, -141), _NOBODY),
    **dict.fromkeys((-115, -137, -144, -147), _DAY),
    **dict.fromkeys((-131, -146), _TEMPLATE),
}


def outcome_of(code: int, said: str) -> Outcome:
    """The outcome of an answer whose `error` is not 0; an unknown code is our bug to look at.

    >>> str(outcome_of(-221, "The OA is not verified")), type(outcome_of(-999, "?")).__name__
    ('the Official Account is not verified', 'Refused')
    """
    meaning = CODES.get(code, _BUG)
    if meaning.make is Refused:
        return Refused(meaning.words, f"{code} {said}"[:200])
    return meaning.make(meaning.words)

"""What may become of a message besides being sent: the same few ways on every channel.

Source: docs/reference/channels.md §1.5 and §5. Their words go to the log and to /readyz, so they
never hold a token or an address.
"""

from __future__ import annotations


class Outcome(Exception):
    """Why a message was not shown, or a call not carried out."""


class Later(Outcome):
    """Nothing was done; ask again after *seconds*, and until then send nobody anything."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests, wait {seconds} s")
        self.seconds = seconds


class Unreachable(Outcome):
    """No answer: nobody knows whether it was done."""


class Down(Outcome):
    """The account itself does not work, until a person mends it."""


class Stopped(Outcome):
    """The respondent no longer wants to hear from us."""


class WindowClosed(Outcome):
    """The platform lets us write again when the respondent has written."""


class Refused(Outcome):
    """Our mistake, or a chat that is gone: it will never be taken.

    *said* is the platform's description, for the dead letter.
    """

    def __init__(self, words: str, said: str = "") -> None:
        super().__init__(words)
        self.said = said or words

"""Where a respondent who wished for an answer is told of it; sealed, apart from the case."""

from __future__ import annotations

import json
from typing import NamedTuple


class Contact(NamedTuple):
    """A conversation on a channel that pushes; its key is in hexadecimal digits.

    The response code goes along, so that what is sent can be answered by a button.
    """

    account_id: int
    conversation: str
    address: str
    language: str
    code: str

    def dump(self) -> str:
        """As it is sealed."""
        return json.dumps(self)

    @classmethod
    def load(cls, text: str) -> Contact:
        """What `dump` wrote."""
        return cls(*json.loads(text))

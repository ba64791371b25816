"""Where a respondent who wished for an answer is told of it; sealed, apart from the case."""

from __future__ import annotations

import json
from typing import NamedTuple


class Contact(NamedTuple):
    """A conversation on a channel that pushes; its key is in hexadecimal digits."""

    account_id: int
    conversation: str
    address: str
    language: str

    def dump(self) -> str:
        """As it is sealed."""
        return json.dumps(self)

    @classmethod
    def load(cls, text: str) -> Contact:
        """What `dump` wrote."""
        return cls(*json.loads(text))

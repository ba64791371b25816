"""JSON as platforms send it."""

from __future__ import annotations

import json
from typing import Any

import orjson


def loads(body: bytes) -> Any:
    """What a body says; the standard library reads what orjson refuses, such as half characters.

    Raises:
        ValueError, RecursionError: it is not JSON.
    """
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body)

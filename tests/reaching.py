"""Which tests touch a store: those from whose code `tests.databases.database` can be reached.

Nobody keeps a list. What a test, its fixtures and its parameters name is followed through the code
of the tests; what is reached though it is never called costs a second run and nothing else.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tests import databases

_KNOWN: dict[int, bool] = {id(databases.database): True}
_KEPT: list[Any] = []  # what is known by its id must not make room for another


def touches_a_store(item: pytest.Item) -> bool:
    """Whether it opens a database, or asks somebody who does.

    >>> from tests.server import Server
    >>> reaches(Server), reaches(_names)
    (True, False)
    """
    if not isinstance(item, pytest.Function):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs
    asked = [each.func for name in item.fixturenames for each in fixtures.get(name, ())]
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return any(reaches(each) for each in (item.function, *asked, *given))


def reaches(start: Any) -> bool:
    """Whether a function, a class or what holds some leads to the opening of a database."""
    seen, left = dict[int, Any](), [start]
    while left:
        one = left.pop()
        if _KNOWN.get(id(one)):
            _know(start, True)
            return True
        if id(one) not in seen and id(one) not in _KNOWN:
            seen[id(one)] = one
            left += _named(one)
    for each in seen.values():
        _know(each, False)
    return False


def _know(one: Any, touches: bool) -> None:
    _KNOWN[id(one)] = touches
    _KEPT.append(one)


def _named(one: Any) -> Iterable[Any]:
    """What the code of the tests names in *one*."""
    match one:
        case functools.partial():
            return (one.func, *one.args, *one.keywords.values())
        case staticmethod() | classmethod():
            return (one.__func__,)
        case property():
            return (one.fget,)
        case functools.cached_property():
            return (one.func,)
        case dict():
            return one.values()
        case list() | tuple() | set() | frozenset():
            return one
    own = str(getattr(one, "__module__", "")).startswith("tests")
    if not own:
        return ()
    if isinstance(one, type):
        return (*vars(one).values(), *one.__bases__)
    function = inspect.unwrap(one) if callable(one) else None
    return _of_code(function) if isinstance(function, FunctionType) else (type(one),)


def _of_code(function: FunctionType) -> Iterator[Any]:
    names = set(_names(function.__code__))
    for name in names & function.__globals__.keys():
        found = function.__globals__[name]
        if isinstance(found, ModuleType):
            yield from (vars(found)[each] for each in names & vars(found).keys())
        else:
            yield found
    for cell in function.__closure__ or ():
        yield cell.cell_contents
    yield from function.__defaults__ or ()


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _names(const)

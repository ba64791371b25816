"""What takes long of a big province is computed by a process of its own, where there is one.

Threads of one process pass the interpreter on at every statement of the writer, and so a second of
computing beside the chats takes many of those who wait for their answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import fields, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.service import Service, State
    from handlers.totals import Totals
    from storage.reads import Release

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Totals")

MANY_UNITS = 50
"""With fewer, computing takes no longer than asking somebody else to."""

NOT_TOLD = {"asked", "state", "pace"}


class Unreached(Exception):
    """Nobody else is there to compute it, or sees another tree: it is computed here."""


class Elsewhere(Protocol):
    """A process with a service of its own on the same database, which only reads."""

    async def __call__(
        self, now: datetime, work: Callable[Concatenate[Service, P], Awaitable[T]], *told: Any
    ) -> T:
        """What `work(service, *told)` gives there, if *now* is the present; both can be pickled.

        Raises:
            Unreached: it cannot be started, or ends again and again.
            Exception: as *work* does.
        """


class Question(NamedTuple):
    """A call of a method of some view of figures, of one state of the installation."""

    view: type[Totals]
    given: Mapping[str, Any]
    release: Release | None
    tree: str
    method: str
    told: tuple[Any, ...]
    named: Mapping[str, Any]


async def reached(
    other: Elsewhere | None,
    asked: Service,
    state: State,
    work: Callable[Concatenate[Service, P], Awaitable[T]],
    *told: Any,
) -> T:
    """What *work* gives elsewhere.

    Raises:
        Unreached: nobody else is there, or need be of so few units.
    """
    if other is None or len(state.directory.units) < MANY_UNITS:
        raise Unreached
    return await other(asked.clock(), work, *told)


def elsewhere(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """A method of a view of figures that is computed elsewhere, if it can be."""

    @wraps(method)
    async def asked(self: S, /, *told: P.args, **named: P.kwargs) -> T:
        given = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NOT_TOLD}
        state = self.state
        question = Question(
            type(self), given, state.release, state.tree, method.__name__, told, named
        )
        try:
            return await reached(self.asked.elsewhere, self.asked, state, answered, question)
        except Unreached:
            return await method(self, *told, **named)

    return asked


async def answered(service: Service, question: Question) -> Any:
    """In the other process: what the method gives there.

    Raises:
        Unreached: the tree has changed since.
    """
    state = await service.state()
    if state.tree != question.tree:
        raise Unreached
    view = question.view(service, replace(state, release=question.release), **question.given)
    return await getattr(view, question.method)(*question.told, **question.named)

"""One command of the operator: its name, its parameters, its help; and what a command gives back.

A command is an async function whose first two parameters are the ``House`` and the ``Actor`` who
asks; the others, by their names, annotations and defaults, are what can be typed: those before the
``*`` in their order or by name, those after it by name alone (``--for 2d``). What the annotations
may be is in ``voip.server.admin.kinds``. The docstring is the help. Nothing here reads a line or
runs anything: that is the desk's.
"""

import inspect
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec

from twisted.internet.defer import Deferred

from voip.core.deeds import Actor
from voip.core.errors import VoipError
from voip.server.admin.house import House

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
"""What can stand in a table, and in JSON. The end of a key says what it is, so that a table can
show it for people: ``_at`` and ``_until`` are UTC seconds since the epoch, ``_seconds`` seconds,
``_ms`` milliseconds, ``_percent`` and ``_bytes`` what they say, and an ``_id`` is hex in full, of
which a table shows the first letters.
"""

Row = Mapping[str, Value]


class CommandRefused(VoipError):
    """A command that cannot be done; its text is the sentence the operator reads."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command gives: a sentence about what it did, and rows or facts that it found.

    ``said`` is empty where there is only something to look at; ``rows`` is a table, and ``facts``
    are the properties of one thing. A fact that is a list of rows is a table of its own.
    """

    said: str = ""
    rows: tuple[Row, ...] | None = None
    facts: Row | None = None


Job = Coroutine[Deferred[Any], Any, Result]
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that can be typed after a command's name. ``kind`` is its annotation.

    ``is_flag``: it must be named, and has no place in the order of the others.
    """

    name: str
    kind: object
    default: object
    is_required: bool
    is_flag: bool

    @property
    def flag(self) -> str:
        """How it is typed by name: ``for_``, which Python's own ``for`` forbids, is ``--for``."""
        return "--" + self.name.rstrip("_").replace("_", "-")


Question = str | Callable[[Mapping[str, object]], str]


@dataclass(frozen=True, slots=True)
class Command:
    """``question`` is what is asked before it is done, with ``{parameter}`` in it, or made of the
    values; empty: nothing.

    ``on`` names the parameter that says whom or what it concerns, for the audit.
    """

    name: str
    run: Callable[..., Job]
    parameters: tuple[Parameter, ...]
    help: str
    question: Question = ""
    on: str = ""

    def asks(self, given: Mapping[str, object]) -> str:
        """What is asked before it is done with these values; empty: nothing."""
        values = {one.name: one.default for one in self.parameters} | dict(given)
        if callable(self.question):
            return self.question(values)
        return self.question.format_map(values)


def command(
    commands: dict[str, Command], *, question: Question = "", on: str = ""
) -> Callable[
    [Callable[Concatenate[House, Actor, P], Job]], Callable[Concatenate[House, Actor, P], Job]
]:
    """Put a function among ``commands``, under its own name."""

    def put(
        function: Callable[Concatenate[House, Actor, P], Job],
    ) -> Callable[Concatenate[House, Actor, P], Job]:
        signature = inspect.signature(function, eval_str=True)
        typed = tuple(signature.parameters.values())[_GIVEN:]
        commands[function.__name__] = Command(
            name=function.__name__,
            run=function,
            parameters=tuple(_parameter(one) for one in typed),
            help=inspect.getdoc(function) or "",
            question=question,
            on=on,
        )
        return function

    return put


_GIVEN: Final = 2  # the house and the actor


def _parameter(one: inspect.Parameter) -> Parameter:
    is_required = one.default is inspect.Parameter.empty
    default = None if is_required else one.default
    is_flag = one.kind is inspect.Parameter.KEYWORD_ONLY
    return Parameter(one.name, one.annotation, default, is_required, is_flag)

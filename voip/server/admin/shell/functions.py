"""The commands as functions of the Python shell: ``await kick("bob")``.

Each is recorded as itself, beside the line it was typed in. What it gives prints as the table that
the command shows, and is a list of dicts, a dict, or a sentence to go on with.
"""

import pydoc
from collections.abc import Callable, Mapping
from typing import Final

from twisted.internet.defer import Deferred

from voip.core.deeds import Actor, Deed
from voip.server.admin import tables
from voip.server.admin.command import Command, CommandRefused, Job, Result, Row
from voip.server.admin.exits import Exit
from voip.server.admin.house import House
from voip.server.admin.kinds import FOREVER
from voip.server.admin.line import Line, Typed, arguments, concerned, usage
from voip.server.admin.words import help_of, help_of_all
from voip.server.audit import DONE, recorded

HELP: Final = "help"
REFUSED: Final = "refused"
"""The outcome that the audit has for a command that could not be done."""
_NO_ERROR: Final = ""


class Rows(list[Row]):
    """A table. ``said`` is the sentence above it."""

    def __init__(self, result: Result, width: int) -> None:
        super().__init__(result.rows or ())
        self.said = result.said
        self._shown = tables.as_text(result, _NO_ERROR, width)

    def __repr__(self) -> str:
        return self._shown


class Facts(dict[str, object]):
    """What there is to say of one thing."""

    def __init__(self, result: Result, width: int) -> None:
        super().__init__(result.facts or {})
        self.said = result.said
        self._shown = tables.as_text(result, _NO_ERROR, width)

    def __repr__(self) -> str:
        return self._shown


class Said(str):
    """A sentence, shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


Given = Rows | Facts | Said
Function = Callable[..., Deferred[Given]]
"""It begins when it is called, so that one without ``await`` before it is done too."""


def functions(
    house: House, actor: Actor, commands: Mapping[str, Command], width: Callable[[], int]
) -> dict[str, Function]:
    """One for each command, by its name. ``width`` is the window's, when a result is shown.

    ``help`` is not among them: see ``help_for``.
    """
    return {
        name: _function(house, actor, one, width) for name, one in commands.items() if name != HELP
    }


def help_for(commands: Mapping[str, Command]) -> Callable[..., Said]:
    """``help``: about a command's function, about all of them, or about anything of Python's."""

    def help_(*about: object) -> Said:
        if not about:
            return Said(help_of_all(commands))
        one = commands.get(getattr(about[0], "__name__", ""))
        if one is not None:
            return Said(help_of(one))
        return Said(pydoc.plain(pydoc.render_doc(about[0])))

    return help_


def _function(house: House, actor: Actor, one: Command, width: Callable[[], int]) -> Function:
    async def do(*placed: object, **named: object) -> Given:
        typed = [Typed("", _text(value)) for value in placed]
        typed += [Typed(name, _text(value)) for name, value in named.items()]
        line = Line(one.name, tuple(typed))
        given = arguments(one, line)
        result = await recorded(
            house.audit,
            actor,
            Deed(one.name, concerned(one, line), _shown(one, placed, named)),
            lambda: _result(one.run(house, actor, **given)),
            lambda result: DONE if isinstance(result, Result) else REFUSED,
        )
        if not isinstance(result, Result):
            house.meters.command(one.name, Exit.REFUSED.name.lower())
            raise result
        house.meters.command(one.name, Exit.DONE.name.lower())
        return _value(result, width())

    def function(*placed: object, **named: object) -> Deferred[Given]:
        return Deferred.fromCoroutine(do(*placed, **named))

    function.__name__ = function.__qualname__ = one.name
    function.__doc__ = f"{usage(one)}\n\n{one.help}"
    return function


async def _result(job: Job) -> Result | CommandRefused:
    """What a command gives, or why it is refused."""
    try:
        return await job
    except CommandRefused as error:
        return error


def _value(result: Result, width: int) -> Given:
    if result.rows is not None:
        return Rows(result, width)
    if result.facts is not None:
        return Facts(result, width)
    return Said(result.said)


def _text(value: object) -> str:
    """A value as it would be typed."""
    match value:
        case None:
            return FOREVER
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _shown(one: Command, placed: tuple[object, ...], named: Mapping[str, object]) -> str:
    values = [*map(repr, placed), *(f"{name}={value!r}" for name, value in named.items())]
    return f"{one.name}({', '.join(values)})"

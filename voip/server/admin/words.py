"""The words an operator can choose from: the help, and what completes a line that is being typed.

Commands, names of parameters, and the people, calls and invites that are here or were shown lately.
Nothing is looked up in the store, so that a key pressed is answered at once.
"""

import inspect
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from voip.config import Limits
from voip.core.deeds import Actor
from voip.core.ids import Username
from voip.server.admin.command import Command, CommandRefused, Parameter, Result, Row, command
from voip.server.admin.house import House
from voip.server.admin.kinds import CallRef, CommandName, InviteName, LimitName, kind_of
from voip.server.admin.line import ABOUT_THE_ANSWER, brief, is_switch, near, usage

MAX_SEEN: Final = 500
"""Words of one kind that are kept from what was shown; those longest ago go first."""
MAX_CANDIDATES: Final = 200
CALL_LETTERS: Final = 8

_COLUMNS: Final[Mapping[str, object]] = {
    "user": Username,
    "call_id": CallRef,
    "name": InviteName,
}
"""What stands under a key of a result, as the kind that it can be typed as."""


@dataclass(frozen=True, slots=True)
class Completion:
    """``candidates`` are whole words, sorted, each to stand from ``start`` up to the cursor."""

    start: int
    candidates: tuple[str, ...]


class Vocabulary:
    """The words there are now, by kind."""

    def __init__(self, house: House, commands: Mapping[str, Command]) -> None:
        self._house = house
        self._commands = commands
        self._seen: dict[object, OrderedDict[str, None]] = {
            kind: OrderedDict() for kind in _COLUMNS.values()
        }

    def shown(self, result: Result) -> None:
        """Remember what an operator has before their eyes."""
        for row in (*(result.rows or ()), *([result.facts] if result.facts else ())):
            self._remember(row)

    def complete(self, text: str, cursor: int) -> Completion:
        """What could stand at the cursor, in the place of the word before it."""
        before = text[:cursor]
        found = re.search(r"[^\s(,\"'=]*$", before)
        start = cursor if found is None else min(found.start(), len(before))
        begun, word = before[:start], before[start:]
        name = re.match(r"\s*(\w[\w-]*)(?=[\s(])", begun)
        if name is None:
            words: Iterable[str] = () if begun.strip() else self._commands
        else:
            typed = self._commands.get(name[1].replace("-", "_"))
            words = () if typed is None else self._after(typed, begun[name.end() :], word)
        fitting = sorted({one for one in words if one.startswith(word)})
        return Completion(start, tuple(fitting[:MAX_CANDIDATES]))

    def _after(self, typed: Command, begun: str, word: str) -> Iterable[str]:
        is_call = begun.startswith("(")
        if word.startswith("-") and not is_call:
            return [
                *(one.flag for one in typed.parameters if one.flag not in begun),
                *ABOUT_THE_ANSWER,
            ]
        one = _parameter_at(typed, begun, is_call=is_call)
        return () if one is None else self._of(one.kind)

    def _of(self, kind: object) -> Iterable[str]:
        if kind is CommandName:
            return self._commands
        if kind is LimitName:
            return [field.name for field in fields(Limits)]
        if kind is bool:
            return ("yes", "no")
        seen = self._seen.get(kind, ())
        if kind is Username:
            online = [str(session.owner.username) for session in self._house.reception.sessions]
            return [*online, *seen]
        return seen

    def _remember(self, row: Row) -> None:
        for key, kind in _COLUMNS.items():
            value = row.get(key)
            if isinstance(value, str):
                seen = self._seen[kind]
                word = value[:CALL_LETTERS] if kind is CallRef else value
                seen[word] = None
                seen.move_to_end(word)
                if len(seen) > MAX_SEEN:
                    seen.popitem(last=False)


def _parameter_at(typed: Command, begun: str, *, is_call: bool) -> Parameter | None:
    """Which parameter is being typed after this beginning of a line."""
    named = re.search(r"(\w+)=[\"']?$" if is_call else r"--([\w-]+)[\s=][\"']?$", begun)
    if named is not None:
        name = named[1].replace("-", "_").rstrip("_")
        found = next((one for one in typed.parameters if one.name.rstrip("_") == name), None)
        if found is not None and not is_switch(found):
            return found
    if is_call:
        place = begun.count(",")
    else:
        switches = "|".join(
            [*ABOUT_THE_ANSWER, *(one.flag for one in typed.parameters if is_switch(one))]
        )
        place = len(re.sub(rf"(?:{switches})(?=\s)|--\S+\s+\S+", "", begun).split())
    places = [one for one in typed.parameters if not one.is_flag]
    if place >= len(places):
        return places[-1] if places and kind_of(places[-1].kind).takes_rest else None
    return places[place]


def help_of_all(commands: Mapping[str, Command]) -> str:
    """Every command with the first sentence of its help."""
    shown = [(usage(one), first_sentence(one)) for one in commands.values()]
    lines = [f"  {how}\n      {what}" for how, what in shown]
    return "\n".join([*lines, "", HELP_TAIL])


HELP_TAIL: Final = (
    "`help COMMAND` tells more. --json answers as JSON, --yes does not ask first; kick bob and\n"
    'kick("bob") are the same.'
)


def help_of(typed: Command) -> str:
    """How one command is typed and what it does."""
    asks = "\n\nIt asks first; --yes does it without." if typed.question else ""
    return f"{usage(typed)}\n\n{typed.help}{asks}"


def first_sentence(typed: Command) -> str:
    return inspect.cleandoc(typed.help).split("\n\n")[0].replace("\n", " ").split(". ")[0]


def put_help(commands: dict[str, Command]) -> None:
    """Put ``help`` among the commands that it is about."""

    @command(commands)
    async def help(  # noqa: A001 - the name it is typed by
        _house: House, _actor: Actor, name: CommandName = _NONE
    ) -> Result:
        """Say what can be typed, or how one command is typed and what it does."""
        if not name:
            return Result(said=help_of_all(commands))
        typed = commands.get(name.replace("-", "_"))
        if typed is None:
            raise CommandRefused(no_such_command(name, commands))
        return Result(said=help_of(typed))


_NONE: Final = CommandName("")


def no_such_command(name: str, commands: Mapping[str, Command]) -> str:
    """The sentence about a command that is not there."""
    guess = near(name, commands)
    hint = f"did you mean {guess}?" if guess else "`help` lists those there are"
    return f"there is no command {brief(name)}: {hint}"

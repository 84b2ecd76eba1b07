"""Where operators' lines are carried out: recorded, read, done, answered.

Every line goes the same way, by whichever door it came: it is recorded before anything is done, and
how it went is recorded after. What cannot be recorded is not done. The desk knows no commands by
name and no transport; a door hands it lines and shows its answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from twisted.logger import Logger

from voip.core.deeds import Actor, Deed, DeedId
from voip.server.admin import tables
from voip.server.admin.command import Command, CommandRefused, Result
from voip.server.admin.exits import Exit
from voip.server.admin.found import whole
from voip.server.admin.held import Held
from voip.server.admin.house import House
from voip.server.admin.line import (
    Line,
    LineRefused,
    arguments,
    concerned,
    first_word,
    read_line,
)
from voip.server.admin.words import Completion, Vocabulary, help_of, no_such_command
from voip.server.audit import DONE, FAILED, NotRecorded
from voip.store.interface import StoreUnavailable

INCIDENT_BYTES: Final = 6
UNKNOWN: Final = "unknown"
"""What a command that there is not is counted as."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` is for the asker, as text or as JSON; ``warning`` is told beside it, or empty."""

    exit: Exit
    text: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a line, and the word that the audit has for it."""

    word: str
    exit: Exit
    result: Result
    error: str = ""


class Desk:
    """The commands of one server."""

    log = Logger()

    def __init__(self, house: House, commands: Mapping[str, Command]) -> None:
        self._house = house
        self._commands = commands
        self._vocabulary = Vocabulary(house, commands)

    async def run(
        self, actor: Actor, line: str, *, is_confirmed: bool, as_json: bool, width: int
    ) -> Answer:
        """Carry a line out. ``width`` is the terminal's in columns; 0: there is none."""
        if not line.strip():
            return Answer(Exit.DONE, "")
        read, problem = _read(line)
        typed = self._commands.get(read.name)
        on = "" if typed is None else whole(self._house, typed, concerned(typed, read))
        held = Held(self._house.clock)
        try:
            deed = await self._house.audit.begin(actor, Deed(read.name, on, line))
        except NotRecorded as error:
            sentence = f"nothing was done: the audit cannot be written ({error})"
            done = _refused("", Exit.NOT_RECORDED, sentence)
        else:
            done = await self._outcome(actor, read, problem, held, is_confirmed=is_confirmed)
            done = await self._ended(deed, done)
        name = UNKNOWN if typed is None else typed.name  # what is typed can be anything
        self._house.meters.command(name, done.exit.name.lower())
        self._vocabulary.shown(done.result)
        if as_json or read.as_json:
            text = held.step(lambda: tables.as_json(done.result, done.error))
        else:
            text = held.step(lambda: tables.as_text(done.result, done.error, width))
        return Answer(done.exit, text, self._warning(read.name, held))

    def question(self, line: str) -> str:
        """What to ask before a line is run; empty: nothing."""
        read, problem = _read(line)
        typed = self._commands.get(read.name)
        if problem or typed is None or read.is_confirmed or read.wants_help:
            return ""
        try:
            given = arguments(typed, read)
        except LineRefused:
            return ""
        return typed.asks(given)

    def complete(self, text: str, cursor: int) -> Completion:
        """What could be typed at the cursor."""
        return self._vocabulary.complete(text, cursor)

    async def _outcome(
        self, actor: Actor, read: Line, problem: str, held: Held, *, is_confirmed: bool
    ) -> _Outcome:
        typed = self._commands.get(read.name)
        if problem:
            return _refused("not understood", Exit.USAGE, problem)
        if typed is None:
            sentence = no_such_command(read.name, self._commands)
            return _refused("no such command", Exit.USAGE, sentence)
        if read.wants_help:
            return _Outcome(DONE, Exit.DONE, Result(said=help_of(typed)))
        try:
            given = arguments(typed, read)
        except LineRefused as error:
            return _refused("not understood", Exit.USAGE, str(error))
        asks = typed.asks(given)
        if asks and not (is_confirmed or read.is_confirmed):
            sentence = f"{asks} Nothing was done: add --yes to do it."
            return _refused("not confirmed", Exit.USAGE, sentence)
        return await self._do(actor, typed, given, held)

    async def _do(
        self, actor: Actor, typed: Command, given: Mapping[str, object], held: Held
    ) -> _Outcome:
        try:
            result = await held.run(typed.run(self._house, actor, **given))
        except CommandRefused as error:
            return _refused("refused", Exit.REFUSED, str(error))
        except StoreUnavailable as error:
            sentence = f"the database cannot be used now ({error}); try again"
            return _refused("database unavailable", Exit.REFUSED, sentence)
        except Exception:  # noqa: BLE001 - a bug in a command must not reach the operator as one
            incident = self._house.random(INCIDENT_BYTES).hex()
            self.log.failure(
                "{command} failed, incident {incident}", command=typed.name, incident=incident
            )
            sentence = f"{typed.name} failed by a fault of the server; its log has {incident}"
            return _refused(FAILED, Exit.REFUSED, sentence)
        return _Outcome(DONE, Exit.DONE, result)

    async def _ended(self, deed: DeedId, done: _Outcome) -> _Outcome:
        try:
            await self._house.audit.end(deed, done.word)
        except NotRecorded as error:
            sentence = f'the audit has the line, but not that it went "{done.word}" ({error})'
            error_now = f"{done.error}; {sentence}" if done.error else sentence
            return replace(done, exit=Exit.NOT_RECORDED, error=error_now)
        return done

    def _warning(self, name: str, held: Held) -> str:
        if not held.is_long:
            return ""
        self.log.warn(  # noqa: G010 - Twisted's logger has no other
            "{command} held the server for {ms} ms", command=name, ms=held.milliseconds
        )
        return f"{name} held the server for {held.milliseconds} ms"


def _read(line: str) -> tuple[Line, str]:
    """A line, or the sentence about why it is none. Either spelling of a name is one name."""
    try:
        read = read_line(line)
    except LineRefused as error:
        return Line(first_word(line)), str(error)
    return replace(read, name=read.name.replace("-", "_")), ""


def _refused(word: str, exit_: Exit, sentence: str) -> _Outcome:
    return _Outcome(word, exit_, Result(), sentence)

"""The lines of somebody in the role ``python``: recorded, then run in the server itself.

A line that does not fit into the audit whole is not run. What it asks of the named commands is
recorded once more, as the commands it gives.
"""

from collections.abc import Callable, Mapping
from typing import Final

from twisted.logger import Logger

from voip.core.deeds import Actor, Deed
from voip.server.admin.command import Command
from voip.server.admin.exits import Exit
from voip.server.admin.held import HELD_SECONDS
from voip.server.admin.house import House
from voip.server.admin.shell.functions import HELP, functions, help_for
from voip.server.admin.shell.interpreter import Ended, Interpreter
from voip.server.admin.shell.lines import Found, Ran
from voip.server.audit import DONE, FAILED, EndNotRecorded, NotRecorded, recorded
from voip.server.audit_lines import MAX_LINE, safe

PYTHON: Final = "python"
"""What the audit calls a line of Python."""


class PythonLines:
    """One person's."""

    log = Logger()
    prompt = "python> "
    has_rows = True
    greeting = (
        "This is Python in the running server, and full control of it. What blocks here\n"
        "blocks every call. `house` is the server, and each command is a function, as\n"
        "in `await users()`. What you type is recorded. Ctrl-D leaves."
    )

    def __init__(
        self,
        actor: Actor,
        say: Callable[[str], None],
        house: House,
        commands: Mapping[str, Command],
    ) -> None:
        self._actor = actor
        self._say = say
        self._house = house
        self._width = 0
        names = functions(house, actor, commands, lambda: self._width)
        more = {"house": house, HELP: help_for(commands)}
        self._python = Interpreter({**names, **more}, say, house.clock, self._held)

    async def run(self, line: str, *, is_confirmed: bool, width: int) -> Ran:  # noqa: ARG002
        """Run Python (``Lines``). What it shows has been shown when this comes back."""
        ran = await self._recorded(line, width)
        self._house.meters.command(PYTHON, Exit(ran.exit).name.lower())
        return ran

    async def _recorded(self, line: str, width: int) -> Ran:
        if safe(line, MAX_LINE) != safe(line, 2 * len(line.encode("unicode_escape")) + MAX_LINE):
            return Ran(
                Exit.USAGE,
                f"nothing was done: the audit keeps {MAX_LINE} characters of a line, and this one "
                "is longer",
            )
        self._width = width
        deed = Deed(PYTHON, line=line)
        try:
            ended = await recorded(
                self._house.audit,
                self._actor,
                deed,
                lambda: self._python.run(line),
                lambda ended: FAILED if ended is Ended.FAILED else DONE,
            )
        except NotRecorded as error:
            sentence = f"nothing was done: the audit cannot be written ({error})"
            return Ran(Exit.NOT_RECORDED, sentence)
        except EndNotRecorded as error:
            sentence = f"the audit has the line, but not how it went ({error})"
            return Ran(Exit.NOT_RECORDED, sentence)
        code = Exit.REFUSED if ended is Ended.FAILED else Exit.DONE
        return Ran(code, "", is_last=ended is Ended.LEAVE)

    def _held(self, seconds: float) -> None:
        if seconds > HELD_SECONDS:
            milliseconds = round(seconds * 1000)
            self.log.warn(  # noqa: G010 - Twisted's logger has no other
                "python held the server for {ms} ms", ms=milliseconds
            )
            self._say(f"that held the server for {milliseconds} ms")

    def question(self, line: str) -> str:  # noqa: ARG002 - who types Python is not asked
        return ""

    def complete(self, text: str, cursor: int) -> Found:
        return self._python.complete(text, cursor)

    def is_whole(self, text: str) -> bool:
        return self._python.is_whole(text)

    def give_up(self) -> bool:
        """Break off what is awaited (``Lines``)."""
        self._python.break_off()
        return True

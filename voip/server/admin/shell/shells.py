"""All shells of a server: made here, whatever door they are opened by, and told what concerns all.

It knows who has which shell open; it does not know doors.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from twisted.internet.interfaces import IReactorTime

from voip.core.deeds import Actor, Role
from voip.server.admin.command import Command
from voip.server.admin.desk import Desk
from voip.server.admin.house import House
from voip.server.admin.shell.desk_lines import DeskLines
from voip.server.admin.shell.history import History
from voip.server.admin.shell.lines import Lines, Ran
from voip.server.admin.shell.python_lines import PythonLines
from voip.server.admin.shell.shell import Shell

HISTORIES: Final = "shell"
"""The folder of the histories, in the data directory."""

Say = Callable[[str], None]
MakeLines = Callable[[Actor, Say], Lines]
"""Makes what somebody's lines are run by; ``Say`` shows what comes beside their answers."""


class Shells:
    """The shells that are open."""

    def __init__(self, make_lines: MakeLines, data_dir: Path, reactor: IReactorTime) -> None:
        self._make_lines = make_lines
        self._histories = data_dir / HISTORIES
        self._reactor = reactor
        self._open: set[Shell] = set()

    def shell(self, actor: Actor) -> Shell:
        """A new shell, to be put into a ``Terminal``."""
        shell = Shell(
            lambda say: self._make_lines(actor, say),
            History(self._histories / _file_of(actor)),
            self._reactor,
            self._open.discard,
        )
        self._open.add(shell)
        return shell

    async def run(self, actor: Actor, line: str, width: int, say: Say) -> Ran:
        """Run one line without a shell. What would be asked must be answered by ``--yes``."""
        return await self._make_lines(actor, say).run(line, is_confirmed=False, width=width)

    def tell(self, text: str) -> None:
        """Show something in all of them, above the line being typed."""
        for shell in tuple(self._open):
            shell.say(text)

    def end_all(self, text: str) -> None:
        """Close all of them."""
        for shell in tuple(self._open):
            shell.end(text)

    def __len__(self) -> int:
        return len(self._open)


def open_shells(house: House, commands: Mapping[str, Command], reactor: IReactorTime) -> Shells:
    """The shells of a server: commands for operators, Python for the role of that name."""
    desk = Desk(house, commands)

    def make_lines(actor: Actor, say: Say) -> Lines:
        if actor.role is Role.PYTHON:
            return PythonLines(actor, say, house, commands)
        return DeskLines(actor, desk)

    shells = Shells(make_lines, house.data_dir, reactor)
    reception = house.reception

    def quiet() -> None:
        if reception.is_draining:
            shells.tell("No call is left; the server can be stopped.")

    reception.listen_quiet(quiet)
    house.live.on_change(lambda _: shells.tell("The settings have changed."))
    return shells


def _file_of(actor: Actor) -> str:
    """A file's name for somebody, whatever they are called; each role has its own."""
    name = re.sub(r"[^A-Za-z0-9@._-]", "_", actor.name)
    return f"history-{actor.role.value}-{name}"

"""The lines of an operator: commands, carried out by the desk."""

from typing import Final

from voip.core.deeds import Actor
from voip.server.admin.desk import Desk
from voip.server.admin.shell.lines import Found, Ran
from voip.server.admin.shell.places import broken

LEAVING: Final = frozenset({"exit", "exit()", "quit", "quit()", "logout"})
"""Words that end a shell; they do nothing else, and are no commands."""


class DeskLines:
    """One operator's."""

    prompt = "voip> "
    has_rows = False

    def __init__(self, actor: Actor, desk: Desk) -> None:
        self._actor = actor
        self._desk = desk
        self.greeting = (
            f"You are {actor.name}. `help` lists the commands, Tab completes, Ctrl-D leaves.\n"
            "What you type is recorded."
        )

    async def run(self, line: str, *, is_confirmed: bool, width: int) -> Ran:
        """Have a command carried out (``Lines``)."""
        if line.strip() in LEAVING:
            return Ran(0, "", is_last=True)
        answer = await self._desk.run(
            self._actor, line, is_confirmed=is_confirmed, as_json=False, width=width
        )
        return Ran(int(answer.exit), broken(answer.text, width), answer.warning)

    def question(self, line: str) -> str:
        return self._desk.question(line)

    def complete(self, text: str, cursor: int) -> Found:
        completion = self._desk.complete(text, cursor)
        return Found(completion.start, tuple(completion.candidates), ending=" ")

    def is_whole(self, text: str) -> bool:  # noqa: ARG002 - each line is
        return True

    def give_up(self) -> bool:
        """A command goes on, since half of one would be worse (``Lines``)."""
        return False

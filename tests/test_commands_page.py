"""The page of the operator's commands."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dev.commands_page import page
from voip.server.admin.commands import COMMANDS
from voip.server.admin.line import usage

PAGE = Path(__file__).resolve().parent.parent / "docs/commands.md"


class CommandsPageTests(SynchronousTestCase):
    """Documentation that cannot grow stale."""

    def test_the_page_is_fresh(self) -> None:
        """docs/commands.md is what the commands make it."""
        self.assertEqual(PAGE.read_text(), page())

    def test_every_command_stands_there(self) -> None:
        """With how it is typed; all but the help itself."""
        text = PAGE.read_text()
        for name, command in COMMANDS.items():
            self.assertEqual(f"\n### `{usage(command)}`\n" in text, name != "help", name)

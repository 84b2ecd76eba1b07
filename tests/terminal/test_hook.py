"""The person's own program: run without a shell, never waited for, and loud when it fails."""

import errno
import json
import sys

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.programs import ProgramStarter
from voip_terminal.hook import AT_ONCE, PATIENCE_SECONDS, Hook

EVENT = {"event": "ringing", "from": "bob", "nick": "$(reboot); 'Bob'"}
PYTHON = sys.executable


class HookTests(SynchronousTestCase):
    """Events and what becomes of them."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.programs = ProgramStarter(self.clock)
        self.complaints: list[str] = []
        self.hook = Hook(self.programs, self.complaints.append)

    def run_hook(self, command: str = PYTHON) -> None:
        self.hook.run(command, EVENT)

    def test_the_event_on_its_input(self) -> None:
        """The event is one line of JSON on the standard input, which then ends."""
        self.run_hook()
        (program,) = self.programs.started
        self.assertEqual(json.loads(program.given), EVENT)
        self.assertTrue(program.given.endswith(b"\n"))
        self.assertTrue(program.is_stdin_closed)

    def test_no_shell(self) -> None:
        """The command is words, with quotes as in a shell and nothing else of one."""
        self.run_hook(f"{PYTHON} 'two words' $HOME; `id` > file")
        (program,) = self.programs.started
        self.assertEqual(program.path, PYTHON)
        words = [PYTHON, "two words", "$HOME;", "`id`", ">", "file"]
        self.assertEqual(program.words, words)

    def test_what_cannot_be_run(self) -> None:
        """Every way in which it cannot begin is told, each time anew after one that went well."""
        cases = {
            "no-such-program-anywhere --x": "no-such-program-anywhere is no program",
            "'open quote": "its quotes do not match",
            "   ": "it is no program",
        }
        for command, told in cases.items():
            self.run_hook(command)
            self.assertEqual(self.complaints.pop(), told)
            self.run_hook()
            self.programs.started[-1].end()
        self.programs.refuses = OSError(errno.EAGAIN, "Resource temporarily unavailable")
        self.run_hook()
        self.assertEqual(self.complaints, ["Resource temporarily unavailable"])

    def test_loud_once(self) -> None:
        """A hook that fails every time complains once, until it has gone well again."""
        for _ in range(3):
            self.run_hook()
            self.programs.started[-1].complains(b"no display\x1b[2J\nat all")
            self.programs.started[-1].end(1)
        self.assertEqual(len(self.complaints), 1)
        self.assertTrue(self.complaints[0].startswith("no display"), self.complaints)
        self.assertTrue(self.complaints[0].isprintable())
        self.run_hook()
        self.programs.started[-1].end()
        self.run_hook()
        self.programs.started[-1].end(2)
        self.assertEqual(self.complaints[1:], ["it ended with an error"])

    def test_one_that_hangs(self) -> None:
        """A hook that does not end is ended, and told."""
        self.run_hook()
        self.clock.advance(PATIENCE_SECONDS)
        self.assertEqual(self.programs.started[0].signals, ["KILL"])
        self.assertEqual(self.complaints, ["it did not end in 30 s"])

    def test_one_that_leaves_something_behind(self) -> None:
        """What a hook has started may hold its pipes open for ever: the hook counts as ended."""
        for _ in range(AT_ONCE):
            self.run_hook()
            self.programs.started[-1].has_exited = True
        self.clock.advance(PATIENCE_SECONDS)
        self.assertEqual(self.complaints, [])
        self.run_hook()
        self.assertEqual(len(self.programs.started), AT_ONCE + 1)

    def test_few_at_once(self) -> None:
        """Hooks that hang do not pile up; when they are gone the next one runs."""
        for _ in range(AT_ONCE + 3):
            self.run_hook()
        self.assertEqual(len(self.programs.started), AT_ONCE)
        self.assertEqual(len(self.complaints), 1)
        for program in list(self.programs.started):
            program.end()
        self.run_hook()
        self.assertEqual(len(self.programs.started), AT_ONCE + 1)
        self.assertEqual(self.clock.getDelayedCalls()[0].getTime(), PATIENCE_SECONDS)

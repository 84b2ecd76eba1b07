"""Lines of the role ``python``: recorded first, then run."""

import gc

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from voip.core.deeds import Actor, Door, Role
from voip.server.admin.command import CommandRefused
from voip.server.admin.commands import COMMANDS
from voip.server.admin.exits import Exit
from voip.server.admin.shell.lines import Ran
from voip.server.admin.shell.python_lines import PythonLines
from voip.server.audit_lines import MAX_LINE

PIA = Actor("pia", Role.PYTHON, Door.SSH)


class PythonLinesTests(SynchronousTestCase):
    """A server in memory, and somebody at its Python."""

    def setUp(self) -> None:
        self.home = Home()
        self.said: list[str] = []
        self.lines = PythonLines(PIA, self.said.append, self.home.house, COMMANDS)

    def ran(self, text: str) -> Ran:
        """Run a line that is done at once."""
        self.said.clear()
        running = self.lines.run(text, is_confirmed=False, width=80)
        return self.successResultOf(Deferred.fromCoroutine(running))

    @property
    def shown(self) -> str:
        return "".join(self.said)

    def test_a_line_is_recorded_before_it_is_run(self) -> None:
        """As it was typed, and how it went."""
        self.ran("house.audit.lines.append(('ran', ''))")
        self.assertEqual([what for what, _ in self.home.audit.lines], ["begin", "ran", "end"])
        actor, deed = self.home.audit.begun[0]
        self.assertEqual((actor, deed.what), (PIA, "python"))
        self.assertEqual(self.ran("1/0"), Ran(Exit.REFUSED, ""))
        self.assertEqual(self.home.audit.lines[-1], ("end", "failed"))

    def test_what_cannot_be_recorded_is_not_run(self) -> None:
        """The reason is told."""
        self.home.audit.refuses_begin = "the disk is full"
        ran = self.ran("leak = 1")
        self.assertEqual(ran.exit, Exit.NOT_RECORDED)
        self.assertIn("nothing was done", ran.text)
        self.assertIn("the disk is full", ran.text)
        self.home.audit.refuses_begin = ""
        self.ran("leak")
        self.assertIn("NameError", self.shown)

    def test_what_went_unrecorded_after_is_told(self) -> None:
        """It was done, and that is said."""
        self.home.audit.refuses_end = "the disk is full"
        ran = self.ran("a = 1")
        self.assertEqual(ran.exit, Exit.NOT_RECORDED)
        self.assertIn("not how it went", ran.text)

    def test_a_line_too_long_for_the_audit_is_not_run(self) -> None:
        """Nothing is run that is recorded only in part."""
        for text in ("#" * (MAX_LINE + 1), "'\n'" * (MAX_LINE // 3)):
            self.assertEqual(self.ran(text).exit, Exit.USAGE)
        self.assertEqual(self.home.audit.lines, [])
        self.assertEqual(self.ran("#" * MAX_LINE).exit, Exit.DONE)

    def test_commands_are_functions(self) -> None:
        """Their results print as tables, and are lists of dicts to go on with."""
        self.ran("u = await users()\nu\n[r['user'] for r in u], u.said")
        self.assertIn("there is no such account\n([], ", self.shown)
        self.ran("s = await stats()\ns\ns['calls'] + 1")
        self.assertIn("calls  ", self.shown)
        self.assertTrue(self.shown.endswith("\n1\n"), self.shown)
        self.ran("t = await announce('hello all')\nt")
        self.assertNotIn("'", self.shown)

    def test_a_command_is_recorded_as_itself(self) -> None:
        """Beside the line it was typed in, with whom it concerns."""
        self.ran("await ban('bob', for_='2d')")
        deeds = [deed for _, deed in self.home.audit.begun]
        self.assertEqual([deed.what for deed in deeds], ["python", "ban"])
        self.assertEqual((deeds[1].on, deeds[1].line), ("bob", "ban('bob', for_='2d')"))
        self.assertEqual(self.shown, "there is nobody called bob")
        self.assertIn(("end", "refused"), self.home.audit.lines)
        counted = self.home.house.meters.commands
        self.assertEqual(counted, {("ban", "refused"): 1, ("python", "refused"): 1})

    def test_a_refusal_that_nobody_awaits_is_shown(self) -> None:
        """At once or when it comes, and it is no error of the server."""
        self.ran("ban('bob')")
        self.assertIn("there is nobody called bob", self.shown)
        slow: Deferred[None] = Deferred()
        self.lines._python.names["slow"] = slow
        self.ran("slow")
        slow.errback(CommandRefused("no"))
        self.assertIn("Deferred #0 failed: 'no'", self.shown)
        gc.collect()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_a_refusal_in_a_longer_text_has_its_place(self) -> None:
        """And no traceback through the server."""
        self.ran("a = 1\nawait ban('bob')")
        self.assertEqual(self.shown, "row 2: await ban('bob')\nthere is nobody called bob")

    def test_a_command_takes_what_could_be_typed(self) -> None:
        """Anything else is refused in the command's own words, and nothing is done."""
        self.ran("await ban('bob', for_='soon')")
        self.assertIn("is not a duration", self.shown)
        self.ran("await invite(uses=3, for_=None)")
        self.assertEqual([deed.what for _, deed in self.home.audit.begun].count("ban"), 0)
        self.ran("help(kick)")
        self.assertIn("kick NAME", self.shown)

    def test_what_held_the_server_is_told(self) -> None:
        """Here and in the log."""
        with capturedLogs() as events:
            self.lines._held(0.34)
            self.lines._held(0.01)
        self.assertEqual(self.said, ["that held the server for 340 ms"])
        self.assertEqual([event["ms"] for event in events], [340])

    def test_leaving_is_recorded_too(self) -> None:
        """It ends the shell and nothing else."""
        self.assertTrue(self.ran("exit()").is_last)
        self.assertEqual(self.home.audit.lines[-1], ("end", "done"))

    def test_what_is_awaited_is_broken_off(self) -> None:
        """By Ctrl-C."""
        waiting: Deferred[None] = Deferred()
        self.lines._python.names["waiting"] = waiting
        running = Deferred.fromCoroutine(
            self.lines.run("await waiting", is_confirmed=False, width=80)
        )
        self.assertTrue(self.lines.give_up())
        self.assertEqual(self.successResultOf(running).exit, Exit.REFUSED)
        self.assertEqual(self.said, ["broken off"])

    def test_it_asks_nothing_and_completes(self) -> None:
        """Who types Python knows what it does."""
        self.assertEqual(self.lines.question("await kick('bob')"), "")
        self.assertEqual(self.lines.complete("hous", 4).candidates, ("house",))
        self.assertFalse(self.lines.is_whole("if 1:"))

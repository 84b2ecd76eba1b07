"""Every line is recorded, done and answered; what cannot be recorded is not done."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from tests.server.admin.lines import COMMANDS, LINES
from voip.server.admin.command import Command, Result
from voip.server.admin.desk import Answer, Desk
from voip.server.admin.exits import Exit
from voip.server.admin.words import put_help


class DeskTests(SynchronousTestCase):
    """A desk in a house of memory, with two commands and the help."""

    def setUp(self) -> None:
        self.home = Home()
        self.audit = self.home.audit
        self.commands = dict(COMMANDS)
        put_help(self.commands)
        self.desk = Desk(self.home.house, self.commands)

    def run_line(
        self, line: str, *, is_confirmed: bool = True, as_json: bool = False, width: int = 0
    ) -> Answer:
        running = self.desk.run(
            OPERATOR, line, is_confirmed=is_confirmed, as_json=as_json, width=width
        )
        return self.successResultOf(Deferred.fromCoroutine(running))

    def test_a_line_is_recorded_done_and_answered(self) -> None:
        """With who, what, on whom, as it was typed, and how it went."""
        answer = self.run_line("ban Bob noise")
        self.assertEqual(answer.exit, Exit.DONE)
        self.assertTrue(answer.text.startswith("banned bob\nuser"), answer.text)
        ((actor, deed),) = self.audit.begun
        self.assertEqual((actor, deed.what, deed.on), (OPERATOR, "ban", "bob"))
        self.assertEqual(self.audit.lines, [("begin", "ban Bob noise"), ("end", "done")])

    def test_each_way_it_can_go_has_an_exit_and_an_outcome(self) -> None:
        """For scripts, and for whoever reads the audit."""
        for line, exit_, outcome, said in (
            ("ban nobody", Exit.REFUSED, "refused", "there is nobody called nobody"),
            ("ban locked", Exit.REFUSED, "database unavailable", "(locked); try again"),
            ("bann bob", Exit.USAGE, "no such command", 'no command "bann": did you mean ban?'),
            ("zzz", Exit.USAGE, "no such command", "`help` lists those there are"),
            ("ban", Exit.USAGE, "not understood", "NAME is missing: write ban NAME"),
            ("ban(", Exit.USAGE, "not understood", "write one call"),
            ("ban --help", Exit.DONE, "done", "ban NAME [REASON]"),
        ):
            answer = self.run_line(line)
            self.assertEqual(answer.exit, exit_, line)
            self.assertIn(said, answer.text)
            self.assertEqual(self.audit.lines[-2:], [("begin", line), ("end", outcome)])
            failed = json.loads(self.run_line(line, as_json=True).text)
            self.assertEqual(failed["ok"], exit_ is Exit.DONE)

    def test_nothing_typed_is_nothing_done(self) -> None:
        """An empty line leaves no trace."""
        self.assertEqual(self.run_line("  "), Answer(Exit.DONE, ""))
        self.assertEqual(self.audit.lines, [])

    def test_what_asks_first_is_not_done_without_a_yes(self) -> None:
        """The yes stands in the line, or comes with it."""
        refused = self.run_line("ban bob", is_confirmed=False)
        self.assertEqual(refused.exit, Exit.USAGE)
        self.assertIn("Nothing was done: add --yes", refused.text)
        self.assertEqual(self.audit.lines[-1], ("end", "not confirmed"))
        self.assertEqual(self.run_line("ban bob --yes", is_confirmed=False).exit, Exit.DONE)
        self.assertEqual(self.run_line("find", is_confirmed=False).exit, Exit.DONE)

    def test_the_question_names_what_it_is_about(self) -> None:
        """Nothing is asked of lines that ask nothing or cannot be done."""
        self.assertEqual(self.desk.question('ban("bob", "noise")'), "Ban bob for noise?")
        for line in ("find", "ban", "ban(", "zzz", "", "ban bob --yes", "ban --help"):
            self.assertEqual(self.desk.question(line), "", line)
        self.assertEqual(self.audit.lines, [])

    def test_what_cannot_be_recorded_is_not_done(self) -> None:
        """Whatever it is, and it is told."""
        self.audit.refuses_begin = "the disk is full"
        for line in ("ban bob", "find", "zzz", "help"):
            answer = self.run_line(line)
            self.assertEqual(answer.exit, Exit.NOT_RECORDED)
            self.assertEqual(
                answer.text,
                "nothing was done: the audit cannot be written (the disk is full)",
            )
        self.assertEqual(json.loads(self.run_line("find --json").text)["ok"], False)

    def test_what_was_done_and_has_no_end_in_the_audit_is_told(self) -> None:
        """Beside what it gave."""
        self.audit.refuses_end = "the disk is full"
        answer = self.run_line("ban bob --json")
        self.assertEqual(answer.exit, Exit.NOT_RECORDED)
        document = json.loads(answer.text)
        self.assertEqual(document["said"], "banned bob")
        self.assertIn('not that it went "done" (the disk is full)', document["error"])
        refused = self.run_line("ban nobody").text
        self.assertIn("nobody called nobody; the audit has the line, but not", refused)

    def test_a_fault_of_ours_is_an_incident(self) -> None:
        """The operator gets a number, the log what happened."""
        answer = self.run_line("find broken")
        self.assertEqual(answer.exit, Exit.REFUSED)
        self.assertEqual(self.audit.lines[-1], ("end", "failed"))
        incident = answer.text.rpartition(" ")[2]
        self.assertNotIn("ZeroDivision", answer.text)
        (logged,) = self.flushLoggedErrors(ZeroDivisionError)
        self.assertEqual(len(incident), 12)
        del logged

    def test_a_command_that_holds_the_server_up_is_told(self) -> None:
        """Beside the answer, and in the log."""

        async def slow(*_: object) -> Result:
            self.home.office.clock.advance(0.34)
            return Result("done")

        self.commands["slow"] = Command("slow", slow, (), "Be slow.")
        with capturedLogs() as events:
            answer = self.run_line("slow")
        self.assertEqual(answer.text, "done")
        self.assertEqual(answer.warning, "slow held the server for 340 ms")
        self.assertEqual([event["ms"] for event in events if "ms" in event], [340])
        self.assertEqual(self.run_line("find").warning, "")

    @settings(deadline=None, max_examples=200)
    @given(st.text(max_size=60) | LINES)
    def test_any_line_is_recorded_and_answered(self, line: str) -> None:
        """Once each, whatever stands in it."""
        self.audit.lines.clear()
        answer = self.run_line(line, as_json=True)
        if line.strip():
            self.assertEqual([kind for kind, _ in self.audit.lines], ["begin", "end"])
            self.assertEqual(json.loads(answer.text)["ok"], answer.exit is Exit.DONE)
        self.desk.question(line)
        for cursor in range(len(line) + 1):
            found = self.desk.complete(line, cursor)
            self.assertLessEqual(found.start, cursor)

    def test_names_may_be_written_with_a_dash(self) -> None:
        """Shells are used to it."""
        self.commands["un_ban"] = self.commands["ban"]
        self.assertEqual(self.run_line("un-ban bob").exit, Exit.DONE)

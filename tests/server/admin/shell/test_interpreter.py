"""Python typed line by line, in the running server."""

import sys

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.shell.interpreter import INDENT, KEPT_SOURCES, Ended, Interpreter


class InterpreterTests(SynchronousTestCase):
    """What is typed, and what is shown for it."""

    def setUp(self) -> None:
        self.now = 0.0
        self.said: list[str] = []
        self.held: list[float] = []
        self.later: Deferred[object] = Deferred()
        names: dict[str, object] = {"later": self.later, "wait": self.wait, "take": self.take}
        self.python = Interpreter(names, self.said.append, lambda: self.now, self.held.append)

    def wait(self) -> "Deferred[object]":
        """Something that comes later."""
        return self.later

    def take(self, seconds: float) -> None:
        """Hold the server up."""
        self.now += seconds

    @property
    def shown(self) -> str:
        return "".join(self.said)

    def run_text(self, source: str) -> Ended:
        """Run something that is done at once."""
        self.said.clear()
        return self.successResultOf(Deferred.fromCoroutine(self.python.run(source)))

    def test_values_are_shown_and_names_stay(self) -> None:
        """As in any Python shell."""
        self.assertIs(self.run_text("a = 6\nb = 7\na * b\nNone\n'text'"), Ended.DONE)
        self.assertEqual(self.shown, "42\n'text'\n")
        self.run_text("_ + '!'")
        self.assertEqual(self.shown, "'text!'\n")

    def test_what_is_printed_is_shown_here(self) -> None:
        """And not in the server's own output, by whatever way it is printed."""
        self.run_text("import sys\nprint('a', 1)\nsys.stdout.write('b')")
        self.assertEqual(self.shown, "a 1\nb")

    def test_await_works_anywhere(self) -> None:
        """At the top, in the middle of a line, in a loop."""
        running = Deferred.fromCoroutine(
            self.python.run("for a in range(2):\n    print(a, await wait())\nprint('end')")
        )
        self.assertNoResult(running)
        self.later.callback(21)
        self.assertIs(self.successResultOf(running), Ended.DONE)
        self.assertEqual(self.shown, "0 21\n1 21\nend\n")

    def test_prints_of_others_meanwhile_are_not_caught(self) -> None:
        """Only what the text does between its waits."""
        running = Deferred.fromCoroutine(self.python.run("await later\nprint('mine')"))
        sys.stdout.write("another's")
        self.later.callback(None)
        self.successResultOf(running)
        self.assertEqual(self.shown, "mine\n")

    def test_a_deferred_is_told_of_when_it_fires(self) -> None:
        """By its number."""
        self.run_text("later")
        self.assertEqual(self.shown, "<Deferred #0>\n")
        self.later.callback("come")
        self.assertIn("Deferred #0 called back: 'come'", self.shown)

    def test_a_traceback_begins_with_the_text(self) -> None:
        """And shows its lines; ours are not in it."""
        self.assertIs(self.run_text("def f():\n    return 1 / 0\nf()"), Ended.FAILED)
        self.assertIn("Traceback", self.shown)
        self.assertIn("return 1 / 0", self.shown)
        self.assertIn("ZeroDivisionError: division by zero", self.shown)
        self.assertNotIn("interpreter.py", self.shown)
        self.run_text("import json\njson.loads('{')")
        self.assertIn("json/decoder.py", self.shown)

    def test_an_error_after_a_wait_is_shown_too(self) -> None:
        """The same way."""
        running = Deferred.fromCoroutine(self.python.run("x = await later\nx.nothing"))
        self.later.callback(1)
        self.assertIs(self.successResultOf(running), Ended.FAILED)
        self.assertIn("'int' object has no attribute 'nothing'", self.shown)
        self.assertNotIn("defer.py", self.shown)

    def test_what_is_no_python_is_shown_as_such(self) -> None:
        """With the place."""
        self.assertIs(self.run_text("def f(:"), Ended.FAILED)
        self.assertIn("SyntaxError", self.shown)
        self.run_text("a\0b")
        self.assertIn("null bytes", self.shown)

    def test_exit_leaves_the_shell(self) -> None:
        """Not the server."""
        for text in ("exit()", "quit()", "raise SystemExit"):
            self.assertIs(self.run_text(text), Ended.LEAVE)

    def test_what_is_awaited_can_be_broken_off(self) -> None:
        """In one short word; with a traceback when the code itself cancelled it."""
        running = Deferred.fromCoroutine(self.python.run("await later"))
        self.python.break_off()
        self.assertIs(self.successResultOf(running), Ended.FAILED)
        self.assertEqual(self.shown, "broken off")
        self.later = Deferred()
        running = Deferred.fromCoroutine(self.python.run("await wait()"))
        self.later.cancel()
        self.successResultOf(running)
        self.assertIn("CancelledError", self.shown)

    def test_how_long_each_step_took_is_told(self) -> None:
        """Between waits, not with them."""
        running = Deferred.fromCoroutine(self.python.run("take(0.5); await later; take(0.25)"))
        self.now += 100.0
        self.later.callback(None)
        self.successResultOf(running)
        self.assertEqual(self.held, [0.5, 0.25])

    def test_sources_are_not_kept_for_ever(self) -> None:
        """A hundred, for tracebacks."""
        import linecache

        for _ in range(KEPT_SOURCES + 5):
            self.run_text("1")
        self.assertNotIn("<line 1>", linecache.cache)
        self.assertIn(f"<line {KEPT_SOURCES + 5}>", linecache.cache)

    def test_it_knows_when_a_text_is_whole(self) -> None:
        """An open block wants another row, and ends with an empty one."""
        for text in (
            "1",
            "",
            "f(",
            "await later",
            "if 1:\n    a\n",
            "if 1:\n    a\n    ",
            "a=1\nb=2",
        ):
            self.assertEqual(self.python.is_whole(text), text != "f(", text)
        for text in ("if 1:", "if 1:\n    a", "x = '''a", "def f():"):
            self.assertFalse(self.python.is_whole(text), text)
        self.assertTrue(self.python.is_whole("this is wrong"))

    def test_names_are_completed(self) -> None:
        """Own ones, built-in ones, attributes; hidden ones when asked for."""
        self.run_text("import os")

        def found(text: str) -> tuple[str, ...]:
            return self.python.complete(text, len(text)).candidates

        self.assertEqual(found("lat"), ("later",))
        self.assertEqual(found("print(pri"), ("print",))
        self.assertIn("pathsep", found("x = os.pa"))
        self.assertNotIn("__name__", found("os."))
        self.assertIn("__name__", found("os.__na"))
        self.assertEqual(found("nobody.x"), ())
        self.assertEqual(found("1 + "), ())
        self.assertEqual(found("if 1:\n"), (INDENT,))
        self.assertEqual(self.python.complete("os.pa", 5).start, 3)

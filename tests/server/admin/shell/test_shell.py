"""The shell: what a person types, and what they see of it."""

from twisted.internet.protocol import connectionDone
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.shell.seat import PretendedLines, Seat
from voip.server.admin.shell.shell import MAX_UNDER_WAY, MAX_WAITING_KEYS, PATIENCE_SECONDS


class Case(SynchronousTestCase):
    """A seat for each test."""

    has_rows = False

    def setUp(self) -> None:
        self.seat = Seat(PretendedLines(has_rows=self.has_rows))
        self.addCleanup(self.seat.close)


class AnswersTests(Case):
    """Lines that are run."""

    def test_it_greets_and_asks_for_a_line(self) -> None:
        """Without wiping what stood on the terminal before."""
        self.assertEqual(self.seat.rows, ["hello", "voip>"])
        self.assertNotIn("\x1bc", self.seat.raw)

    def test_a_line_is_run_and_answered_below(self) -> None:
        """With the width of the window, and a new prompt after."""
        self.seat.press("stats", "Enter")
        self.assertEqual(self.seat.rows[1:], ["voip> stats", "ran stats at 40", "voip>"])

    def test_an_empty_line_does_nothing(self) -> None:
        """It is not run."""
        self.seat.press("  ", "Enter")
        self.assertEqual(self.seat.ran, [])
        self.assertEqual(self.seat.rows[1:], ["voip>", "voip>"])

    def test_a_dangerous_line_is_asked_about(self) -> None:
        """Yes does it; Enter alone, anything else, Ctrl-C and Ctrl-D do not."""
        for answer, is_done in (
            ("y", True),
            ("YES", True),
            ("", False),
            ("n", False),
            ("yo", False),
        ):
            self.seat.press("kick bob", "Enter", answer, "Enter")
            self.assertEqual(self.seat.lines.ran == [("kick bob", True)], is_done, answer)
            self.seat.lines.ran.clear()
        for key in ("C-c", "C-d"):
            self.seat.press("kick bob", "Enter", key)
            self.assertEqual(self.seat.rows[-2:], ["Nothing was done.", "voip>"])
        self.assertEqual(self.seat.ran, [])
        self.assertIn("Really? [y/N] yo", self.seat.rows)

    def test_a_late_answer_comes_above_the_line_being_typed(self) -> None:
        """Under the words of the line it answers."""
        self.seat.press("slow backup", "Enter")
        self.seat.clock.advance(PATIENCE_SECONDS)
        self.seat.press("sta")
        self.assertEqual(self.seat.last, "voip> sta")
        self.seat.lines.answer("made")
        self.assertEqual(self.seat.rows[-3:], ["[slow backup]", "made", "voip> sta"])
        self.seat.press("ts", "Enter")
        self.assertEqual(self.seat.ran[-1], "stats")

    def test_what_is_typed_meanwhile_waits(self) -> None:
        """The next lines come in their order, once the first is answered."""
        self.seat.press("slow", "Enter", "one", "Enter", "tw")
        self.assertEqual(self.seat.ran, ["slow"])
        self.seat.lines.answer("first")
        self.assertEqual(self.seat.ran, ["slow", "one"])
        self.assertEqual(self.seat.rows[2:], ["first", "voip> one", "ran one at 40", "voip> tw"])

    def test_ctrl_c_gives_the_prompt_back(self) -> None:
        """What runs goes on, and what was typed meanwhile is forgotten."""
        self.seat.press("slow", "Enter", "kick bob", "Enter", "C-c")
        self.assertEqual(self.seat.last, "voip>")
        self.seat.lines.answer("done late")
        self.assertEqual(self.seat.rows[-3:], ["[slow]", "done late", "voip>"])
        self.assertEqual(self.seat.ran, ["slow"])

    def test_ctrl_c_may_break_off_what_runs(self) -> None:
        """Where lines can be: then its answer is waited for."""
        self.seat.lines.takes_giving_up = True
        self.seat.press("slow", "Enter", "C-c")
        self.assertEqual(self.seat.lines.given_up, 1)
        self.seat.lines.answer("broken off")
        self.assertEqual(self.seat.rows[-2:], ["broken off", "voip>"])

    def test_two_late_answers_are_told_apart(self) -> None:
        """Whichever comes first."""
        for line in ("slow one", "slow two"):
            self.seat.press(line, "Enter")
            self.seat.clock.advance(PATIENCE_SECONDS)
        self.seat.lines.answer("second", 1)
        self.seat.lines.answer("first", 0)
        self.assertEqual(
            self.seat.rows[-5:], ["[slow two]", "second", "[slow one]", "first", "voip>"]
        )

    def test_only_so_many_lines_are_under_way(self) -> None:
        """One more is not run, and that is told."""
        for _ in range(MAX_UNDER_WAY + 1):
            self.seat.press("slow", "Enter", "C-c")
        self.assertEqual(len(self.seat.ran), MAX_UNDER_WAY)
        self.assertIn("Too many lines", self.seat.window.text)

    def test_keys_without_end_are_not_kept(self) -> None:
        """It beeps, and remembers as many as it can."""
        self.seat.press("slow", "Enter", "x" * (MAX_WAITING_KEYS + 10))
        self.assertEqual(self.seat.raw.count("\a"), 10)

    def test_many_lines_pasted_at_once_are_run_one_by_one(self) -> None:
        """However many there are."""
        self.seat.type("slow\r" + "a\r" * 5000)
        self.seat.lines.answer("go")
        self.assertEqual(len(self.seat.ran), 5001)

    def test_a_bug_is_a_sentence(self) -> None:
        """The traceback goes to the log, and the shell goes on."""
        self.seat.press("bug", "Enter")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertIn("This failed on our side", self.seat.rows[-3])
        self.seat.press("stats", "Enter")
        self.assertEqual(self.seat.last, "voip>")

    def test_a_line_that_held_the_server_is_told(self) -> None:
        """Below its answer."""
        self.seat.press("heavy", "Enter")
        self.assertEqual(self.seat.rows[-3:-1], ["ran heavy", "that held the server"])

    def test_news_come_above_the_line(self) -> None:
        """Control characters in them are written out."""
        self.seat.press("typ")
        self.seat.shell.say("bob\x1b[2J says hi")
        self.assertEqual(self.seat.rows[-2:], ["bob\\x1b[2J says hi", "voip> typ"])


class LeavingTests(Case):
    """Every way out."""

    def test_ctrl_d_leaves_from_an_empty_line(self) -> None:
        """In the midst of one it deletes, as elsewhere."""
        self.seat.press("ab", "Home", "C-d")
        self.assertEqual(self.seat.last, "voip> b")
        self.seat.press("C-d", "C-d")
        self.assertTrue(self.seat.is_closed)
        self.assertTrue(self.seat.raw.endswith("\x1b[?2004l"), "pasting is as it was before")
        self.assertNotIn("\x1bc", self.seat.raw)

    def test_a_line_can_ask_to_leave(self) -> None:
        """``exit``, say."""
        self.seat.press("exit", "Enter")
        self.assertTrue(self.seat.is_closed)
        self.assertEqual(self.seat.ended, [self.seat.shell])

    def test_an_answer_after_the_end_goes_nowhere(self) -> None:
        """The line was done all the same."""
        self.seat.press("slow", "Enter")
        self.seat.terminal.connectionLost(connectionDone)
        self.seat.lines.answer("too late")
        self.assertEqual(self.seat.clock.getDelayedCalls(), [])
        self.assertNotIn("too late", self.seat.raw)

    def test_the_server_says_goodbye(self) -> None:
        """Below the line being typed."""
        self.seat.press("half a li")
        self.seat.shell.end("The server stops.")
        self.assertEqual(self.seat.rows[-2:], ["voip> half a li", "The server stops."])
        self.assertTrue(self.seat.is_closed)


class EditingTests(Case):
    """Keys."""

    def test_keys_of_readline(self) -> None:
        """Those that fingers know."""
        self.seat.press("one two three", "C-w", "C-w", "2 ", "C-y", "C-a", "0 ", "C-e", "!")
        self.assertEqual(self.seat.last, "voip> 0 one 2 two !")
        self.seat.press("M-b", "M-b", "C-k", "C-u", "C-y")
        self.assertEqual(self.seat.last, "voip> 0 one")
        self.seat.press("Home", "M-f", "M-d", "Left", "Right", "Delete", "Backspace", "x")
        self.assertEqual(self.seat.last, "voip> x")

    def test_letters_of_any_script_are_typed(self) -> None:
        """Also when their bytes come one by one."""
        for byte in "漢é".encode():
            self.seat.terminal.dataReceived(bytes((byte,)))
        self.assertEqual(self.seat.last, "voip> 漢é")
        self.seat.press("Backspace", "Backspace", "ok")
        self.assertEqual(self.seat.last, "voip> ok")

    def test_half_a_letter_is_none(self) -> None:
        """A key that comes in the midst of one ends it."""
        self.seat.terminal.dataReceived("漢".encode()[:2])
        self.seat.press("Left", "ok")
        self.assertEqual(self.seat.last, "voip> ok")

    def test_what_comes_at_once_is_painted_once(self) -> None:
        """A paste does not crawl over a slow line."""
        before = self.seat.written
        self.seat.type("a whole line of text")
        self.assertEqual(self.seat.written, before + 1)

    def test_a_paste_in_brackets_is_not_run(self) -> None:
        """Its line ends become blanks."""
        self.seat.press("PasteBegins", "kick bob\rkick\teve\n", "PasteEnds")
        self.assertEqual(self.seat.ran, [])
        self.assertEqual(self.seat.last, "voip> kick bob kick    eve")

    def test_unknown_keys_do_nothing(self) -> None:
        """Function keys, mouse reports, endless sequences."""
        for sequence in (
            "\x1b[15~",
            "\x1bOP",
            "\x1b[<0;1;1M",
            "\x1b[" + "1;" * 200,
            "\x00",
            "\x1bz",
        ):
            self.seat.type(sequence)
        self.seat.type("m")  # ends a sequence that was cut off, or is typed
        self.seat.press("C-u", "ok")
        self.assertEqual(self.seat.last, "voip> ok")

    def test_a_narrower_window_shows_the_line_again(self) -> None:
        """Wrapped at the new edge, with the cursor in its place."""
        self.seat.press("a line of some thirty letters!")
        self.seat.window.screen.resize(24, 20)
        self.seat.terminal.resize(20, 24)
        self.seat.press("C-l")
        self.assertEqual(self.seat.rows, ["voip> a line of some", " thirty letters!"])
        self.seat.terminal.resize(0, 0)
        self.seat.terminal.resize(2**32 - 1, 1)

    def test_older_lines_come_back(self) -> None:
        """Up and down, and what was being typed after them."""
        self.seat.press("one", "Enter", "two", "Enter", "new", "Up", "Up", "Up")
        self.assertEqual(self.seat.last, "voip> one")
        self.seat.press("Down", "Down", "Down")
        self.assertEqual(self.seat.last, "voip> new")

    def test_older_lines_are_found(self) -> None:
        """Ctrl-R, letters, Ctrl-R again for an older one; Enter runs it, Ctrl-C forgets."""
        self.seat.press("users bob", "Enter", "users eve", "Enter", "x", "C-r", "us")
        self.assertEqual(self.seat.last, "(search) us: users eve")
        self.seat.press("C-r", "C-r")
        self.assertEqual(self.seat.last, "(search) us: users bob")
        self.seat.press("z", "Backspace")
        self.assertEqual(self.seat.last, "(search) us: users eve")
        self.seat.press("C-c")
        self.assertEqual(self.seat.last, "voip> x")
        self.seat.press("C-r", "bob", "Enter")
        self.assertEqual(self.seat.ran[-1], "users bob")
        self.seat.press("C-r", "nothing like it", "Left")
        self.assertEqual(self.seat.last, "voip>")


class CompletionTests(Case):
    """Tab."""

    def test_the_only_word_is_put_in(self) -> None:
        """With a blank after it."""
        self.seat.press("us", "Tab", "x")
        self.assertEqual(self.seat.last, "voip> users x")

    def test_several_are_shown_above(self) -> None:
        """After what they have in common is put in."""
        self.seat.press("k", "Tab")
        self.assertEqual(self.seat.last, "voip> ki")
        self.seat.press("Tab")
        self.assertEqual(self.seat.rows[-2:], ["kick  kill", "voip> ki"])

    def test_nothing_beeps(self) -> None:
        """And changes nothing."""
        self.seat.press("zz", "Tab")
        self.assertEqual(self.seat.last, "voip> zz")
        self.assertIn("\a", self.seat.raw)


class RowsTests(Case):
    """Lines of several rows, as Python has them."""

    has_rows = True

    def test_enter_begins_another_row_until_the_text_is_whole(self) -> None:
        """Indented as the row before asks for."""
        self.seat.press("if a:", "Enter")
        self.assertEqual(self.seat.rows[1:], ["voip> if a:", "  ..."])
        self.seat.press("b", "Enter")
        self.assertEqual(self.seat.ran, ["if a:\n    b"])

    def test_a_pasted_text_keeps_its_rows(self) -> None:
        """And can be gone through before it is run."""
        self.seat.press("PasteBegins", "a = 1\rb = 2\r", "PasteEnds", "Up", "End", "0", "Enter")
        self.assertEqual(self.seat.ran, ["a = 10\nb = 2"])
        self.seat.press("Up", "Up", "Down", "Down", "Enter")
        self.assertEqual(self.seat.ran, ["a = 10\nb = 2"])

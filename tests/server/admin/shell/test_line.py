"""The line being typed, held against a plain model of one."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.columns import width_of
from voip.server.admin.shell.line import MAX_LINE, Line, typeable

LETTERS = st.lists(st.sampled_from([*"ab 1_-.漢\n\t", "e\u0301"]), min_size=1, max_size=6).map(
    "".join
)


class Model:
    """A line as two lists of clusters: a letter with the accents on it is one."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.after: list[str] = []

    def set(self, text: str, cursor: int) -> None:
        """Cut a text into clusters anew, the cursor where it is."""
        self.before = clusters(text[:cursor])
        self.after = clusters(text[cursor:])

    @property
    def text(self) -> str:
        return "".join(self.before + self.after)


def clusters(text: str) -> list[str]:
    found: list[str] = []
    for letter in text:
        if found and found[-1] != "\n" and width_of(letter) == 0:
            found[-1] += letter
        else:
            found.append(letter)
    return found


class LineMachine(RuleBasedStateMachine):
    """Any keys in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()
        self.model = Model()

    @rule(text=LETTERS)
    def insert(self, text: str) -> None:
        assert self.line.insert(text)
        self.model.before += clusters(typeable(text))

    @rule()
    def left(self) -> None:
        self.line.left()
        if self.model.before:
            self.model.after.insert(0, self.model.before.pop())

    @rule()
    def right(self) -> None:
        self.line.right()
        if self.model.after:
            self.model.before.append(self.model.after.pop(0))

    @rule()
    def backspace(self) -> None:
        self.line.backspace()
        if self.model.before:
            self.model.before.pop()

    @rule()
    def delete(self) -> None:
        self.line.delete()
        if self.model.after:
            self.model.after.pop(0)

    @rule()
    def home(self) -> None:
        self.line.home()
        while self.model.before and self.model.before[-1] != "\n":
            self.model.after.insert(0, self.model.before.pop())

    @rule()
    def end(self) -> None:
        self.line.end()
        while self.model.after and self.model.after[0] != "\n":
            self.model.before.append(self.model.after.pop(0))

    @rule()
    def cut_to_start(self) -> None:
        self.line.cut_to_start()
        while self.model.before and self.model.before[-1] != "\n":
            self.model.before.pop()

    @rule()
    def cut_to_end(self) -> None:
        self.line.cut_to_end()
        if self.model.after and self.model.after[0] == "\n":
            self.model.after.pop(0)
        else:
            while self.model.after and self.model.after[0] != "\n":
                self.model.after.pop(0)

    @rule()
    def cut_word_left(self) -> None:
        self.line.cut_word_left()
        while self.model.before and self.model.before[-1].isspace():
            self.model.before.pop()
        while self.model.before and not self.model.before[-1].isspace():
            self.model.before.pop()

    @rule()
    def words(self) -> None:
        """What only moves keeps the text, whatever a word is."""
        self.line.word_left()
        self.line.word_right()
        self.model.set(self.line.text, self.line.cursor)

    @rule()
    def cut_and_yank(self) -> None:
        """What was cut comes back."""
        text, cursor = self.line.text, self.line.cursor
        self.line.cut_to_end()
        if self.line.text != text:
            assert self.line.yank()
            assert self.line.text == text
        self.line.cursor = cursor

    @invariant()
    def they_are_the_same(self) -> None:
        assert self.line.text == self.model.text
        assert self.line.cursor == len("".join(self.model.before))


LineModelTests = LineMachine.TestCase


class LineTests(SynchronousTestCase):
    """Single verbs, by example."""

    def typed(self, text: str) -> Line:
        line = Line()
        line.insert(text)
        return line

    def test_words_end_at_blanks_or_at_signs(self) -> None:
        """Ctrl-W takes a path whole, Alt-Backspace a part of it."""
        line = self.typed("backup /var/tmp/a-b.tar")
        line.cut_part_left()
        self.assertEqual(line.text, "backup /var/tmp/a-b.")
        line.cut_word_left()
        self.assertEqual(line.text, "backup ")
        self.assertEqual(line.cut, "/var/tmp/a-b.")

    def test_the_word_to_the_right_is_cut(self) -> None:
        """Alt-D, from where the cursor is."""
        line = self.typed("kick bob now")
        line.home()
        line.word_right()
        self.assertEqual(line.cursor, len("kick"))
        line.cut_word_right()
        self.assertEqual((line.text, line.cut), ("kick now", " bob"))

    def test_cutting_nothing_keeps_what_was_cut(self) -> None:
        """As readline does."""
        line = self.typed("bob")
        line.cut_to_start()
        line.cut_to_start()
        line.yank()
        line.yank()
        self.assertEqual(line.text, "bobbob")

    def test_no_more_goes_in_than_can_be_recorded(self) -> None:
        """Neither typed, nor put back, nor completed."""
        line = self.typed("x" * MAX_LINE)
        self.assertFalse(line.insert("y"))
        self.assertFalse(line.replace(len(line.text) - 1, "yz"))
        self.assertTrue(line.replace(len(line.text) - 1, "y"))
        line.set("z" * (MAX_LINE + 1))
        self.assertEqual(len(line.text), MAX_LINE)

    def test_an_accent_joins_its_letter(self) -> None:
        """It is typed after it, and goes with it."""
        line = self.typed("cafe")
        line.insert("\u0301")
        line.left()
        self.assertEqual(line.cursor, 3)
        line.delete()
        self.assertEqual(line.text, "caf")

    def test_what_paints_is_not_taken_in(self) -> None:
        """Escape sequences from a paste lose their escape."""
        self.assertEqual(self.typed("a\x1b[31m\x07\u202eb\tc").text, "a[31mb    c")

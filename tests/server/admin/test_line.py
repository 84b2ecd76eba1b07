"""Lines are read in both spellings, held against a command, or refused in one sentence."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.lines import BAN, LINES
from tests.server.admin.lines import COMMANDS as TYPED
from voip.server.admin.commands import COMMANDS
from voip.server.admin.line import (
    MAX_LINE,
    Line,
    LineRefused,
    arguments,
    concerned,
    first_word,
    read_line,
    usage,
)

SAME: tuple[tuple[str, ...], ...] = (
    (
        'ban bob "bad words"',
        "ban bob bad words",
        "ban bob 'bad words'",
        'ban bob --reason "bad words"',
        'ban bob --reason="bad words"',
        "ban --reason 'bad words' bob",
        "ban --name bob bad words",
        'ban("bob", "bad words")',
        'ban("bob", reason="bad words")',
        " ban( 'bob', 'bad words' ) --yes ",
        'ban(reason="bad words", name="bob")',
        "ban -- bob bad words",
    ),
    (
        "ban bob --for 2d we're done",
        'ban bob "we\'re done" --for=48h',
        'ban("bob", "we\'re done", for_="2d")',
    ),
    (
        "find --online --limit 3 bo",
        "find bo --online=yes --limit=3",
        "find('bo', online=True, limit=3)",
    ),
    ("find", "find()", "find(online=False)"),
)


def given_by(line: str) -> dict[str, object]:
    """What a line hands to the command it names."""
    read = read_line(line)
    typed = TYPED[read.name]
    return {one.name: one.default for one in typed.parameters} | arguments(typed, read)


class LineTests(SynchronousTestCase):
    """From text to what a command is handed."""

    def refused(self, line: str) -> str:
        """The sentence about a line that cannot be."""

        def read() -> None:
            given = read_line(line)
            arguments(TYPED[given.name], given)

        return str(self.assertRaises(LineRefused, read))

    def test_each_spelling_means_the_same(self) -> None:
        """Words, quotes, names and calls."""
        for lines in SAME:
            first = given_by(lines[0])
            for line in lines[1:]:
                self.assertEqual(given_by(line), first, line)

    def test_an_apostrophe_is_a_letter_within_a_word(self) -> None:
        """Announcements are written without thinking of quotes."""
        self.assertEqual(given_by("ban bob it's over")["reason"], "it's over")
        self.assertEqual(given_by('ban bob "say \\"hi\\" \\\\ bye"')["reason"], 'say "hi" \\ bye')
        self.assertIn("the quote ' is not closed", self.refused("ban bob 'tis over"))
        self.assertIn('the quote " is not closed', self.refused('ban bob "a"b'))

    def test_what_concerns_the_answer_may_stand_anywhere(self) -> None:
        """--json, --yes and --help are no part of the command."""
        for line in ("--json ban --yes bob", "ban bob --json --yes", '--yes ban("bob") --json'):
            read = read_line(line)
            self.assertEqual(
                (read.name, read.as_json, read.is_confirmed), ("ban", True, True), line
            )
            self.assertEqual(given_by(line)["name"], "bob")
        self.assertTrue(read_line("ban --help").wants_help)
        self.assertEqual(given_by('ban bob "--json"')["reason"], "--json")
        self.assertEqual(given_by("ban bob -- use --json")["reason"], "use --json")

    def test_each_mistake_is_told_with_what_to_write(self) -> None:
        """One sentence, which shows the way."""
        for line, said in (
            ("ban", "NAME is missing: write ban NAME [REASON] [--for DURATION]"),
            ("ban b", '"b" is not a user name: 3 to 32 of a-z 0-9 - _ .'),
            ("ban bob --for", "--for needs DURATION after it"),
            ("ban bob --for --reason x", "--for needs DURATION after it"),
            ("ban bob --for soon", '"soon" is not a duration'),
            ("ban bob --fro 2d", 'ban has no "--fro": did you mean --for?'),
            ("ban bob --zzz 2d", 'ban has no "--zzz": write ban NAME'),
            ("ban bob --for 2d --for 3d", "--for is given twice"),
            ("find bo no more", '"no" is too much: write find [QUERY] [--online]'),
            ("find --online=perhaps", '"perhaps" is not a yes or no'),
            ("ban(bob)", "write one call with plain values"),
            ('ban("bob"', "write one call with plain values"),
            ('ban("bob", *x)', "write one call with plain values"),
            ('ban("bob", **x)', "write one call with plain values"),
            ('ban("bob", 1.5)', "write one call with plain values"),
            ('ban("bob")()', "write one call with plain values"),
            (f"ban({10**20})", "a number has at most 15 digits"),
            ("ban bob\nban joe", "a command is one line"),
            ("ban " + "x" * MAX_LINE, "a line has at most 4096 characters"),
        ):
            self.assertIn(said, self.refused(line), line)

    def test_whom_a_line_concerns_is_told_of_broken_ones_too(self) -> None:
        """The audit has the name, unless none can be read."""
        for line, name in (
            ("ban bob", "bob"),
            ("ban Bob --for soon", "bob"),
            ("ban", ""),
            ("ban b", ""),
            ("ban bob --zzz", ""),
        ):
            self.assertEqual(concerned(BAN, read_line(line)), name, line)
        self.assertEqual(concerned(TYPED["find"], read_line("find bob")), "")

    def test_the_first_word_is_found_in_anything(self) -> None:
        """Also in a line that is none."""
        for line, word in (("", ""), ('kick("bob', "kick"), ("--json x", "x"), ("'a b", "'a")):
            self.assertEqual(first_word(line), word)
        self.assertEqual(read_line("  "), Line(""))

    def test_every_example_in_the_help_can_be_typed(self) -> None:
        """What a docstring shows is what the command takes."""
        shown = 0
        for typed in COMMANDS.values():
            for line in typed.help.splitlines():
                if line.startswith("Example: "):
                    read = read_line(line.removeprefix("Example: "))
                    self.assertEqual(read.name, typed.name)
                    arguments(typed, read)
                    shown += 1
        self.assertGreater(shown, 10)

    def test_a_command_is_shown_as_it_is_typed(self) -> None:
        """Places in their order, then names; what may be left out stands in brackets."""
        self.assertEqual(usage(BAN), "ban NAME [REASON] [--for DURATION]")
        self.assertEqual(usage(TYPED["find"]), "find [QUERY] [--online] [--limit NUMBER]")

    @settings(deadline=None, max_examples=300)
    @given(st.text(max_size=60) | LINES)
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        """Nothing but a line, or a sentence, comes out."""
        first_word(text)
        for typed in TYPED.values():
            try:
                read = read_line(text)
                concerned(typed, read)
                arguments(typed, read)
            except LineRefused as error:
                self.assertTrue(str(error).isprintable(), str(error))
                self.assertLess(len(str(error)), 200)

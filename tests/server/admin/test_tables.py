"""Results as people read them, and as programs do."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.columns import width as columns
from voip.server.admin.command import Result, Value
from voip.server.admin.tables import as_json, as_text, heading, shown

AT = 1_700_000_000

SHOWN: tuple[tuple[str, Value, str], ...] = (
    ("nick", None, "-"),
    ("nick", "", "-"),
    ("nick", "a\x1b[2J\u202eb", "ab"),
    ("online", True, "yes"),
    ("online", False, "no"),
    ("calls", 3, "3"),
    ("loss", 1.25, "1.2"),
    ("loss_percent", 1.25, "1.2 %"),
    ("rtt_ms", 40, "40 ms"),
    ("created_at", AT, "2023-11-14 22:13:20"),
    ("at", AT, "2023-11-14 22:13:20"),
    ("ban_until", 10**18, str(10**18)),
    ("up_seconds", 0, "0 s"),
    ("up_seconds", 0.02, "20 ms"),
    ("up_seconds", 59, "59 s"),
    ("up_seconds", 60, "1 min"),
    ("up_seconds", 3725, "1 h 2 min"),
    ("up_seconds", 90_061, "1 d 1 h"),
    ("database_bytes", 512, "512 B"),
    ("database_bytes", 1536, "1.5 KiB"),
    ("database_bytes", 3 * 2**40, "3.0 TiB"),
    ("call_id", "0123456789abcdef", "01234567"),
    ("people", ["ann", "bob"], "ann, bob"),
    ("people", [], "-"),
    ("drops", {"late_seconds": 2, "lost": 1}, "late 2 s, lost 1"),
)

USERS = Result(
    rows=(
        {"user": "ann", "online": True, "calls": 2, "seen_at": AT},
        {"user": "bob", "online": False, "calls": 10, "seen_at": None},
    )
)
TABLE = """\
USER  ONLINE  CALLS  SEEN
ann   yes         2  2023-11-14 22:13:20
bob   no         10  -"""

ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["user", "note", "seen_at", "up_seconds", "call_id", "is_in"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
        max_size=5,
    ),
    max_size=5,
)


class TextTests(SynchronousTestCase):
    """For people."""

    def test_a_key_says_what_its_value_is(self) -> None:
        """Times, durations, sizes and ids are written for people."""
        for key, value, text in SHOWN:
            self.assertEqual(shown(key, value), text, (key, value))
        self.assertEqual(heading("last_seen_at"), "last seen")

    def test_rows_are_a_table(self) -> None:
        """Figures at the right, what is not there a dash."""
        self.assertEqual(as_text(USERS), TABLE)
        self.assertEqual(as_text(Result(rows=({"user": "ann"}, {"calls": 1}))).count("-"), 2)

    def test_a_table_keeps_to_the_terminal(self) -> None:
        """Long cells go on in the next line; nothing is left out."""
        result = Result(rows=({"user": "ann", "note": "one two three four five six seven"},))
        self.assertEqual(
            as_text(result, width=30),
            "USER  NOTE\nann   one two three four five\n      six seven",
        )
        self.assertIn("one two three four five six", as_text(result, width=0))

    def test_facts_stand_below_each_other(self) -> None:
        """With a table below where a fact is one."""
        result = Result(facts={"user": "ann", "devices_known": 2, "devices": [{"name": "laptop"}]})
        self.assertEqual(
            as_text(result),
            "user           ann\ndevices known  2\n\ndevices:\nNAME\nlaptop",
        )
        narrow = as_text(Result(facts={"note": "one two three four"}), width=20)
        self.assertEqual(narrow, "note  one two three\n      four")

    def test_what_was_said_comes_first(self) -> None:
        """And no rows are told, unless the sentence has told it."""
        self.assertEqual(as_text(Result("done")), "done")
        self.assertEqual(as_text(Result(rows=())), "none")
        self.assertEqual(as_text(Result("nobody", rows=())), "nobody")
        self.assertEqual(as_text(Result("2 people", USERS.rows)), f"2 people\n{TABLE}")
        self.assertEqual(as_text(Result("done"), "but"), "done\nbut")
        self.assertEqual(as_text(Result()), "")

    @given(ROWS, st.integers(0, 100))
    def test_any_rows_can_be_shown(
        self, rows: list[dict[str, str | int | None]], width: int
    ) -> None:
        """On lines that fit, as soon as there is room for the columns."""
        text = as_text(Result(rows=tuple(rows)), width=width)
        self.assertTrue(all(line.isprintable() for line in text.split("\n")), text)
        if width > 72:
            self.assertTrue(all(columns(line) <= width for line in text.split("\n")), text)


class JsonTests(SynchronousTestCase):
    """For programs."""

    def test_an_answer_is_one_line(self) -> None:
        """Values as they are, and only what the command gave."""
        for result, document in (
            (Result("done"), {"ok": True, "said": "done"}),
            (Result(), {"ok": True, "said": ""}),
            (USERS, {"ok": True, "said": "", "rows": list(USERS.rows or ())}),
            (Result(facts={"nick": "é\n"}), {"ok": True, "said": "", "facts": {"nick": "é\n"}}),
        ):
            text = as_json(result)
            self.assertEqual(json.loads(text), document)
            self.assertTrue(text.isascii() and text.isprintable(), text)

    def test_an_error_is_one_too(self) -> None:
        """With what was done, where something was."""
        self.assertEqual(json.loads(as_json(Result(), "no")), {"ok": False, "error": "no"})
        self.assertEqual(
            json.loads(as_json(Result("done"), "but")),
            {"ok": False, "error": "but", "said": "done"},
        )

"""Deeds as lines: whatever is typed, each is one line of JSON that no terminal stumbles over."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NOW_UTC
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.server.audit_lines import (
    MAX_LINE,
    MAX_WORD,
    line_of,
    outcome_line,
    safe,
    safe_actor,
    safe_deed,
)
from voip.store.operator import KeptDeed

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/audit.md"
ANYTHING = st.text(st.characters(), max_size=40)


class AuditLineTests(SynchronousTestCase):
    """What stands in the file."""

    def test_a_deed_and_its_outcome(self) -> None:
        """The fields that the documentation names, in their order."""
        actor = Actor("alice", Role.OPERATOR, Door.SSH, "127.0.0.0/24")
        deed = Deed("kick", on="bob", line='kick bob "bad words"')
        kept = KeptDeed(DeedId("0123456789abcdef"), NOW_UTC, actor, deed)
        self.assertEqual(
            line_of(kept).decode(),
            '{"deed": "0123456789abcdef", "at": "2023-11-14T22:13:20Z", "who": "alice", '
            '"role": "operator", "door": "ssh", "from": "127.0.0.0/24", "what": "kick", '
            '"on": "bob", "line": "kick bob \\"bad words\\""}\n',
        )
        self.assertEqual(
            outcome_line(kept.deed, NOW_UTC, "done").decode(),
            '{"deed": "0123456789abcdef", "at": "2023-11-14T22:13:20Z", "outcome": "done"}\n',
        )

    def test_the_page_tells_every_field(self) -> None:
        """And the words that roles and doors have in it."""
        deed = KeptDeed(DeedId("00"), NOW_UTC, Actor("a", Role.CALLER, Door.SSH), Deed("b"), "c")
        words = {*json.loads(line_of(deed)), *(role.value for role in Role)}
        words |= {door.value for door in Door}
        self.assertEqual({word for word in words if f"`{word}`" not in PAGE.read_text()}, set())

    def test_what_cannot_be_printed_is_written_as_an_escape(self) -> None:
        """Colours, directions and line ends are seen, and do nothing."""
        self.assertEqual(safe("a\x1b[31m\u202eb\nc\ud800"), "a\\x1b[31m\\u202eb\\nc\\ud800")
        self.assertEqual(safe("名前 é 🙂"), "名前 é 🙂")

    def test_a_long_text_is_cut(self) -> None:
        """And one sees that it was."""
        self.assertEqual(safe("a" * MAX_WORD), "a" * MAX_WORD)
        self.assertEqual(safe("a" * 200, 5), "aaaa…")
        self.assertEqual(safe("\n" * 5, 5), "\\n\\n…")
        self.assertEqual(len(safe_deed(Deed("run", line="x" * 9999)).line), MAX_LINE)

    @given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
    def test_any_text_makes_one_line(self, name: str, what: str, on: str, line: str) -> None:
        """Of JSON, in UTF-8, without anything that cannot be printed."""
        actor = safe_actor(Actor(name, Role.PYTHON, Door.SOCKET))
        kept = KeptDeed(DeedId("00"), NOW_UTC, actor, safe_deed(Deed(what, on, line)))
        written = line_of(kept).decode()
        self.assertEqual((written.count("\n"), written[-1]), (1, "\n"))
        self.assertTrue(written[:-1].isprintable())
        self.assertEqual(json.loads(written)["who"], actor.name)

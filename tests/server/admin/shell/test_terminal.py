"""The terminal: whatever bytes come, the shell behind it goes on."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.shell.seat import KEYS, PretendedLines, Seat
from voip.server.admin.shell.terminal import MAX_SEQUENCE

PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([key.encode() for name, key in KEYS.items() if name != "C-d"]),
    st.sampled_from(["漢", "e\u0301", "kick\r", "slow\r", "\x1b[", "\x1bO"]).map(str.encode),
)


class TerminalTests(SynchronousTestCase):
    """Any keys, any bytes, in any pieces."""

    @given(st.lists(PIECES, max_size=30), st.booleans(), st.integers(1, 90))
    def test_any_bytes(self, pieces: list[bytes], has_rows: bool, columns: int) -> None:
        """No error is logged, nothing but the shell's own sequences is shown, and it still runs
        what is typed."""
        seat = Seat(PretendedLines(has_rows=has_rows), columns)
        with capturedLogs() as events:
            for piece in pieces:
                seat.terminal.dataReceived(piece.replace(b"\x04", b""))
                seat.shell.say("news")
            # Out of a sequence, a paste, a search, a line that runs, a question.
            seat.press("x", "PasteEnds", "PasteEnds", "C-c", "C-c", "C-c")
            seat.press("ok", "Enter")
        self.assertEqual([e for e in events if e["log_level"] >= LogLevel.warn], [])
        self.assertEqual(seat.ran[-1], "ok")
        self.assertNotIn("\x1bc", seat.raw)
        seat.close()

    def test_a_sequence_without_end_is_not_kept(self) -> None:
        """Nobody waits for the rest."""
        seat = Seat()
        self.addCleanup(seat.close)
        seat.type("\x1b[" + "1" * (MAX_SEQUENCE + 1))
        seat.press("ok")
        self.assertEqual(seat.last, "voip> ok")

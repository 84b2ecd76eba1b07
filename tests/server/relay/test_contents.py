"""Sorting the frames of one datagram."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.server.relay.contents import Contents, group
from voip.wire.media_frames import Close, Media, Pad, Ping, Pong, Report, encode_frames

TOKEN = b"12345678"


class GroupTests(SynchronousTestCase):
    """Puts each frame where it goes."""

    def test_each_kind(self) -> None:
        """Speech and reports by stream, an answer for each PING, the tokens of PONGs."""
        one, again, two = Media(1, 0, 0, b"a"), Media(1, 0, 8, b"b"), Media(2, 0, 0, b"c")
        about, closing = Report(3, 4, 5), Close()
        frames = encode_frames([one, Ping(TOKEN), two, Pad(3), again, Pong(TOKEN), about, closing])
        self.assertEqual(
            group(frames),
            Contents(
                speech={1: [one, again], 2: [two]},
                reports={3: [about]},
                answers=[Pong(TOKEN)],
                tokens=[TOKEN],
                is_closing=True,
            ),
        )

    def test_what_stands_before_a_broken_frame_is_kept(self) -> None:
        """A broken frame is told, and does not undo the good ones."""
        contents = group(encode_frames([Ping(TOKEN), Close()]) + b"x")
        self.assertEqual(contents, Contents(answers=[Pong(TOKEN)], is_malformed=True))

    @settings(deadline=None)
    @given(st.binary(max_size=100))
    def test_nothing_grows(self, frames: bytes) -> None:
        """However the bytes are, what is sent on because of them is no longer than they were."""
        contents = group(frames)
        groups = [*contents.speech.values(), *contents.reports.values(), contents.answers]
        self.assertLessEqual(sum(len(encode_frames(g)) for g in groups), len(frames))

"""Texts through the pipe of the voice process."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice.pipe import MAX_TEXT_BYTES, PipeReader, framed
from voip.core.errors import LocalProtocolError


class PipeTests(SynchronousTestCase):
    """Framing, whatever way the bytes are cut."""

    @settings(deadline=None)
    @given(st.lists(st.binary(max_size=50), max_size=8), st.integers(1, 40))
    def test_texts_come_out_whole(self, texts: list[bytes], size: int) -> None:
        """In any chunks, the same texts come out in the same order."""
        data = b"".join(framed(text) for text in texts)
        reader = PipeReader()
        got = [
            text
            for at in range(0, len(data), size)
            for text in reader.receive(data[at : at + size])
        ]
        self.assertEqual(got, texts)

    def test_a_text_that_is_too_long_is_refused_unread(self) -> None:
        """Its length alone is enough to refuse it."""
        length = (MAX_TEXT_BYTES + 1).to_bytes(4, "big")
        self.assertRaises(LocalProtocolError, list, PipeReader().receive(length))
        longest = bytes(MAX_TEXT_BYTES)
        self.assertEqual(list(PipeReader().receive(framed(longest))), [longest])

"""Messages cut out of a stream of bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import ErrorCode, LocalProtocolError, RemoteProtocolError
from voip.wire.framing import FrameReader, frame


class Endless(bytes):
    """Bytes that claim to be 4 GiB long."""

    def __len__(self) -> int:
        return 2**32


class FrameTests(SynchronousTestCase):
    """One message as it travels."""

    def test_the_length_stands_before_it(self) -> None:
        """Four bytes, the highest first."""
        self.assertEqual(frame(b"abc"), b"\0\0\0\3abc")

    def test_a_message_that_no_length_tells(self) -> None:
        """4 GiB are a bug of ours."""
        with self.assertRaises(LocalProtocolError):
            frame(Endless())


class FrameReaderTests(SynchronousTestCase):
    """The receiving side."""

    @settings(deadline=None, max_examples=200)
    @given(st.lists(st.binary(max_size=20), max_size=6), st.data())
    def test_pieces_do_not_matter(self, payloads: list[bytes], data: st.DataObject) -> None:
        """However the stream is cut into pieces, the same messages come out."""
        stream = b"".join(map(frame, payloads))
        reader, received = FrameReader(20), list[bytes]()
        while stream:
            size = data.draw(st.integers(1, len(stream)))
            received += reader.receive(stream[:size])
            stream = stream[size:]
        self.assertEqual(received, payloads)

    def test_a_message_of_the_greatest_length(self) -> None:
        """The limit itself is within it."""
        self.assertEqual(list(FrameReader(3).receive(frame(b"abc"))), [b"abc"])

    def test_a_length_above_the_limit(self) -> None:
        """It is refused by its four bytes alone, after the messages before it are given."""
        reader = FrameReader(3)
        received = reader.receive(frame(b"abc") + b"\0\0\0\4")
        self.assertEqual(next(received), b"abc")
        with self.assertRaises(RemoteProtocolError) as caught:
            next(received)
        self.assertIs(caught.exception.code, ErrorCode.BAD_REQUEST)

    def test_nothing_comes_after_a_refusal(self) -> None:
        """What follows a refused length is not taken for messages."""
        reader = FrameReader(3)
        with self.assertRaises(RemoteProtocolError):
            list(reader.receive(b"\xff\xff\xff\xff"))
        self.assertEqual(list(reader.receive(frame(b"abc"))), [])

    def test_closing_between_two_messages(self) -> None:
        """When the first message ends the connection, the second, already there, is not given."""
        reader = FrameReader(3)
        received = []
        for payload in reader.receive(frame(b"bye") + frame(b"abc")):
            received.append(payload)
            reader.close()
        self.assertEqual(received, [b"bye"])

    def test_the_limit_grows_with_the_login(self) -> None:
        """A new limit counts from the next message on, even one that is there already."""
        reader = FrameReader(3)
        received = reader.receive(frame(b"abc") + frame(b"four"))
        next(received)
        reader.max_bytes = 4
        self.assertEqual(list(received), [b"four"])

    def test_bytes_are_kept_though_nobody_iterates(self) -> None:
        """What came in is not lost when its messages are asked for later."""
        reader = FrameReader(3)
        reader.receive(b"\0\0\0\3a")
        self.assertEqual(list(reader.receive(b"bc")), [b"abc"])

"""Datagrams inside a TLS connection."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import RemoteProtocolError
from voip.core.ids import Cid
from voip.wire.datagram import MAX_DATAGRAM, MediaKeys, Suite
from voip.wire.tunnel import (
    FRESH_SECONDS,
    MOST_WAITING,
    FreshQueue,
    TunnelOpen,
    TunnelReader,
    framed,
    is_proven,
    prove,
)

KEYS = MediaKeys(Suite.AES_128_GCM, b"k" * 16, b"i" * 12)
OTHER = MediaKeys(Suite.AES_128_GCM, b"o" * 16, b"i" * 12)
EXPORTER = b"e" * 32
CID = Cid(0x01020304)

datagrams = st.lists(st.binary(min_size=1, max_size=MAX_DATAGRAM), max_size=8)


class ProofTests(SynchronousTestCase):
    """Who may open a tunnel."""

    def test_only_the_holder_of_the_keys_on_this_connection(self) -> None:
        """Another key, another connection, another leg or a bit turned: not proven."""
        asked = prove(CID, KEYS, EXPORTER)
        self.assertTrue(is_proven(asked, KEYS, EXPORTER))
        self.assertFalse(is_proven(asked, OTHER, EXPORTER))
        self.assertFalse(is_proven(asked, KEYS, b"f" * 32))
        self.assertFalse(is_proven(replace(asked, cid=Cid(5)), KEYS, EXPORTER))
        turned = bytes([asked.proof[0] ^ 1]) + asked.proof[1:]
        self.assertFalse(is_proven(replace(asked, proof=turned), KEYS, EXPORTER))


class TunnelReaderTests(SynchronousTestCase):
    """Cutting what comes."""

    @given(datagrams, st.lists(st.integers(0, 4000), max_size=6))
    def test_any_chunks_give_what_was_sent(self, sent: list[bytes], cuts: list[int]) -> None:
        """However TCP cuts the bytes, the open and the datagrams come out whole and in order."""
        asked = TunnelOpen(CID, b"p" * 32)
        stream = framed(asked.encode()) + b"".join(framed(each) for each in sent)
        places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
        reader = TunnelReader()
        opened: TunnelOpen | None = None
        came: list[bytes] = []
        for start, end in pairwise(places):
            chunk = stream[start:end]
            if opened is None:
                opened = reader.receive_open(chunk)
                chunk = b""
            if opened is not None:
                came += reader.receive(chunk)
        self.assertEqual((opened, came), (asked, sent))

    def test_lengths_that_cannot_be(self) -> None:
        """Are refused by their two bytes, and nothing is kept of them."""
        for length in (0, MAX_DATAGRAM + 1, 0xFFFF):
            reader = TunnelReader()
            received = reader.receive(length.to_bytes(2, "big") + b"x")
            self.assertRaises(RemoteProtocolError, list, received)
            self.assertEqual(list(reader.receive(framed(b"a"))), [b"a"])
        for length in (0, 35, 37, MAX_DATAGRAM):
            reader = TunnelReader()
            self.assertRaises(RemoteProtocolError, reader.receive_open, length.to_bytes(2, "big"))

    @given(st.lists(st.binary(max_size=3000)))
    def test_random_bytes_are_datagrams_or_an_error(self, chunks: list[bytes]) -> None:
        """Nothing else comes out, and nothing but one datagram is ever kept."""
        reader = TunnelReader()
        try:
            for chunk in chunks:
                for datagram in reader.receive(chunk):
                    self.assertLessEqual(len(datagram), MAX_DATAGRAM)
        except RemoteProtocolError:
            pass


class FreshQueueTests(SynchronousTestCase):
    """What waits."""

    def test_in_order_while_fresh(self) -> None:
        """What has not waited too long comes out as it went in."""
        queue = FreshQueue()
        queue.put(b"a", 0.0)
        queue.put(b"b", FRESH_SECONDS)
        self.assertEqual(queue.take(FRESH_SECONDS), b"a")
        self.assertEqual(queue.take(FRESH_SECONDS), b"b")
        self.assertIsNone(queue.take(FRESH_SECONDS))

    def test_stale_speech_is_thrown_away(self) -> None:
        """It is counted, and what is fresh goes on."""
        queue = FreshQueue()
        queue.put(b"old", 1.0)
        queue.put(b"new", 1.05)
        self.assertEqual(queue.take(1.1), b"new")
        self.assertEqual((queue.stale, len(queue)), (1, 0))

    def test_there_is_a_most(self) -> None:
        """Whatever comes at once, so many wait."""
        queue = FreshQueue()
        for number in range(MOST_WAITING + 3):
            queue.put(number.to_bytes(2, "big"), 1.0)
        self.assertEqual((len(queue), queue.stale), (MOST_WAITING, 3))
        self.assertEqual(queue.take(1.0), (3).to_bytes(2, "big"))

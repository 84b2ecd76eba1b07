"""The outer seal of the media path."""

import struct
from itertools import count

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.wire.datagram import (
    MAX_DATAGRAM,
    MAX_FRAMES,
    OVERHEAD,
    PACKET_NUMBER_LIMIT,
    Dropped,
    MediaKeys,
    Opened,
    Opener,
    RekeyNeededError,
    Sealer,
    Suite,
    peek_cid,
)

CID = 0x0A0B0C0D
AES = MediaKeys(Suite.AES_128_GCM, bytes(range(16)), bytes(range(100, 112)))
CHACHA = MediaKeys(Suite.CHACHA20_POLY1305, bytes(range(32)), bytes(range(100, 112)))


def sealer_at(number: int, keys: MediaKeys = AES) -> Sealer:
    """A sealer whose next packet number is `number`."""
    sealer = Sealer(CID, keys)
    sealer._next = number
    return sealer


class MediaKeysTests(SynchronousTestCase):
    """Keys fit their suite and are never shown."""

    def test_lengths_are_checked(self) -> None:
        """A key or an iv of another length is refused."""
        self.assertRaises(ValueError, MediaKeys, Suite.AES_128_GCM, bytes(32), bytes(12))
        self.assertRaises(ValueError, MediaKeys, Suite.CHACHA20_POLY1305, bytes(16), bytes(12))
        self.assertRaises(ValueError, MediaKeys, Suite.AES_128_GCM, bytes(16), bytes(8))

    def test_generated_keys_draw_all_their_bytes(self) -> None:
        """Key and iv come from the random source, of the lengths the suite needs."""
        draws = count(1)
        keys = MediaKeys.generate(
            Suite.CHACHA20_POLY1305, lambda length: bytes([next(draws)] * length)
        )
        self.assertEqual(keys, MediaKeys(Suite.CHACHA20_POLY1305, b"\1" * 32, b"\2" * 12))

    def test_a_log_line_shows_no_key(self) -> None:
        """The representation holds neither key nor iv."""
        self.assertEqual(repr(AES), "MediaKeys(suite=<Suite.AES_128_GCM: 1>)")


class SealerTests(SynchronousTestCase):
    """Makes the datagram that protocol.md draws."""

    def test_layout(self) -> None:
        """Type, cid and number in clear; AES-128-GCM with them as AAD; nonce = iv XOR number."""
        sealer = sealer_at(0x01020304)
        datagram = sealer.seal(b"frames")
        self.assertEqual(datagram[:9], b"\x08\x0a\x0b\x0c\x0d\x01\x02\x03\x04")
        nonce = (int.from_bytes(AES.iv, "big") ^ 0x01020304).to_bytes(12, "big")
        self.assertEqual(AESGCM(AES.key).decrypt(nonce, datagram[9:], datagram[:9]), b"frames")
        self.assertEqual(len(datagram), len(b"frames") + OVERHEAD)

    def test_numbers_start_at_one_and_grow(self) -> None:
        """Each datagram has the next packet number, the first is 1."""
        sealer = Sealer(CID, AES)
        numbers = [struct.unpack("!I", sealer.seal(b"")[5:9])[0] for _ in range(3)]
        self.assertEqual(numbers, [1, 2, 3])

    def test_new_keys_are_due_at_the_limit(self) -> None:
        """The last number is sealed, then never again one."""
        sealer = sealer_at(PACKET_NUMBER_LIMIT - 1)
        sealer.seal(b"")
        self.assertRaises(RekeyNeededError, sealer.seal, b"")
        self.assertRaises(RekeyNeededError, sealer.seal, b"")

    def test_never_longer_than_a_path_allows(self) -> None:
        """Frames that would make more than 1200 bytes are refused and use no number up."""
        sealer = Sealer(CID, AES)
        self.assertRaises(ValueError, sealer.seal, bytes(MAX_FRAMES + 1))
        datagram = sealer.seal(bytes(MAX_FRAMES))
        self.assertEqual(len(datagram), MAX_DATAGRAM)
        self.assertEqual(datagram[5:9], b"\0\0\0\1")


class OpenerTests(SynchronousTestCase):
    """Opens what is genuine, once, and names why it doesn't open the rest."""

    def test_opens_what_was_sealed_under_either_suite(self) -> None:
        """Both suites carry frames through."""
        for keys in (AES, CHACHA):
            datagram = Sealer(CID, keys).seal(b"frames")
            self.assertEqual(Opener(CID, keys).open(datagram), Opened(1, True, b"frames"))

    def test_tells_which_is_newest(self) -> None:
        """A late packet is opened, but is not the newest."""
        sealer, opener = Sealer(CID, AES), Opener(CID, AES)
        first, second = sealer.seal(b"a"), sealer.seal(b"b")
        self.assertEqual(opener.open(second), Opened(2, True, b"b"))
        self.assertEqual(opener.open(first), Opened(1, False, b"a"))

    def test_replays_are_dropped(self) -> None:
        """The same datagram again, or one older than the window, is not opened."""
        sealer, opener = Sealer(CID, AES), Opener(CID, AES, window_width=4)
        first = sealer.seal(b"")
        opener.open(first)
        self.assertIs(opener.open(first), Dropped.REPLAYED)
        late = sealer.seal(b"")
        opener.open(sealer_at(6).seal(b""))
        self.assertIs(opener.open(late), Dropped.REPLAYED)

    def test_a_forged_packet_moves_nothing(self) -> None:
        """A forged number far ahead does not push genuine ones out of the window."""
        opener = Opener(CID, AES)
        forged = sealer_at(10**6, MediaKeys(AES.suite, bytes(16), AES.iv)).seal(b"x")
        self.assertIs(opener.open(forged), Dropped.FORGED)
        self.assertEqual(opener.open(Sealer(CID, AES).seal(b"y")), Opened(1, True, b"y"))

    def test_every_cause_has_its_name(self) -> None:
        """Length, type, key phase, cid and number are told apart before any key is used."""
        genuine = Sealer(CID, AES).seal(b"frames")
        cases = {
            Dropped.TOO_SHORT: genuine[: OVERHEAD - 1],
            Dropped.TOO_LONG: genuine + bytes(MAX_DATAGRAM),
            Dropped.NOT_OURS: b"\x80" + genuine[1:],
            Dropped.KEY_PHASE: b"\x09" + genuine[1:],
            Dropped.OTHER_CID: Sealer(CID + 1, AES).seal(b""),
        }
        for cause, data in cases.items():
            self.assertIs(Opener(CID, AES).open(data), cause)
        for number in (0, PACKET_NUMBER_LIMIT, 2**32 - 1):
            data = genuine[:5] + struct.pack("!I", number) + genuine[9:]
            self.assertIs(Opener(CID, AES).open(data), Dropped.BAD_NUMBER)

    def test_other_protocols_are_not_taken_for_ours(self) -> None:
        """No first byte that STUN, DTLS, TURN or RTP use (RFC 7983) is taken."""
        body = Sealer(CID, AES).seal(b"")[1:]
        ours = [b for b in range(256) if isinstance(peek_cid(bytes([b]) + body), int)]
        self.assertEqual(ours, [8])

    @settings(deadline=None)
    @given(
        st.binary(max_size=MAX_FRAMES), st.integers(0, 2**32 - 1), st.sampled_from([AES, CHACHA])
    )
    def test_round_trip(self, frames: bytes, cid: int, keys: MediaKeys) -> None:
        """Whatever the frames and the cid, they come through."""
        datagram = Sealer(cid, keys).seal(frames)
        self.assertEqual(peek_cid(datagram), cid)
        self.assertEqual(Opener(cid, keys).open(datagram), Opened(1, True, frames))

    @settings(deadline=None)
    @given(st.binary(max_size=60))
    def test_any_bytes_are_dropped_without_an_error(self, data: bytes) -> None:
        """Bytes that nobody sealed come back as a cause."""
        self.assertIsInstance(Opener(CID, AES).open(data), Dropped)
        framed = b"\x08" + CID.to_bytes(4, "big") + data
        self.assertIsInstance(Opener(CID, AES).open(framed), Dropped)

    @settings(deadline=None)
    @given(st.data())
    def test_any_changed_bit_is_noticed(self, data: st.DataObject) -> None:
        """One bit flipped anywhere, and the datagram is not opened."""
        datagram = bytearray(Sealer(CID, AES).seal(b"frames"))
        bit = data.draw(st.integers(0, len(datagram) * 8 - 1))
        datagram[bit // 8] ^= 1 << bit % 8
        self.assertIsInstance(Opener(CID, AES).open(bytes(datagram)), Dropped)

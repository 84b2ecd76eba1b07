"""SFrame, held against what RFC 9605 publishes."""

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.media.sframe import (
    COUNTER_LIMIT,
    FrameKey,
    Header,
    KeyUsedUpError,
    Receiver,
    Refused,
    Sender,
    SenderKey,
    Unsealed,
    decode_header,
)

U64 = st.integers(0, 2**64 - 1)

# RFC 9605 appendix C.1 has a vector for each pair of these numbers.
VECTOR_NUMBERS = [
    0,
    1,
    255,
    *(n for bits in range(8, 64, 8) for n in (2**bits, 2 ** (bits + 8) - 1)),
]

# Some of them in full, for a reader; all 289 by digest below.
HEADER_VECTORS = {
    (0, 0): "00",
    (0, 1): "01",
    (0, 255): "08ff",
    (0, 256): "090100",
    (0, 65535): "09ffff",
    (0, 65536): "0a010000",
    (0, 2**24): "0b01000000",
    (0, 2**32): "0c0100000000",
    (0, 2**40): "0d010000000000",
    (0, 2**48): "0e01000000000000",
    (0, 2**56): "0f0100000000000000",
    (0, 2**64 - 1): "0fffffffffffffffff",
    (1, 1): "11",
    (255, 0): "80ff",
    (255, 256): "89ff0100",
    (256, 16777215): "9a0100ffffff",
    (65536, 65535): "a9010000ffff",
    (2**32 - 1, 2**32 - 1): "bbffffffffffffffff",
    (2**64 - 1, 0): "f0ffffffffffffffff",
    (2**64 - 1, 2**64 - 1): "ff" * 17,
}
ALL_HEADERS_SHA256 = "ad10e6116ff2eed1668f3e35a7af7f908437a50cb9cdfd67fe2b347d765c6f90"
"""Of the encodings in the appendix's order (KID, then CTR), in hex, each with a newline."""


class HeaderTests(SynchronousTestCase):
    """The header of section 4.3."""

    def test_vectors_in_full(self) -> None:
        """Published headers are made and read byte by byte."""
        for (kid, ctr), encoded in HEADER_VECTORS.items():
            data = bytes.fromhex(encoded)
            self.assertEqual(Header(kid, ctr).encode().hex(), encoded)
            self.assertEqual(decode_header(data + b"rest"), (Header(kid, ctr), len(data)))

    def test_all_vectors(self) -> None:
        """All 289 published headers together have the digest of what we make."""
        made = [Header(kid, ctr).encode() for kid in VECTOR_NUMBERS for ctr in VECTOR_NUMBERS]
        lines = "".join(header.hex() + "\n" for header in made)
        self.assertEqual(len(made), 289)
        self.assertEqual(hashlib.sha256(lines.encode()).hexdigest(), ALL_HEADERS_SHA256)

    def test_a_short_or_wasteful_header_is_refused(self) -> None:
        """Cut off headers, and numbers in more bytes than they need, are no headers."""
        for encoded in ("", "80", "90ff", "08", "89ffff", "8007", "0807", "900008", "090008"):
            self.assertIsNone(decode_header(bytes.fromhex(encoded)), encoded)

    def test_numbers_of_64_bits_and_no_more(self) -> None:
        """A number beyond 64 bits, or below nothing, can't be encoded."""
        for header in (Header(2**64, 0), Header(0, 2**64), Header(-1, 0), Header(0, -1)):
            self.assertRaises(ValueError, header.encode)

    @settings(deadline=None)
    @given(U64, U64, st.binary(max_size=4))
    def test_round_trip(self, kid: int, ctr: int, rest: bytes) -> None:
        """Any numbers come through, whatever follows."""
        encoded = Header(kid, ctr).encode()
        self.assertEqual(decode_header(encoded + rest), (Header(kid, ctr), len(encoded)))

    @settings(deadline=None)
    @given(st.binary(max_size=20))
    def test_one_encoding_for_each_header(self, data: bytes) -> None:
        """What can be read is exactly what would be written."""
        parsed = decode_header(data)
        if parsed is not None:
            header, length = parsed
            self.assertEqual(header.encode(), data[:length])


class FrameKeyTests(SynchronousTestCase):
    """Derivation and AEAD of sections 4.4.2 to 4.4.4, by the vector of appendix C.3."""

    KID, CTR = 0x123, 0x4567
    BASE = bytes(range(16))
    METADATA = bytes.fromhex("4945544620534672616d65205747")
    PLAINTEXT = bytes.fromhex("64726166742d696574662d736672616d652d656e63")
    SEALED = bytes.fromhex(
        "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb"
    )

    def test_vector_sealed(self) -> None:
        """The published object is made from the published key, counter and plaintext."""
        key = FrameKey(self.KID, self.BASE)
        self.assertEqual(key.seal(self.CTR, self.PLAINTEXT, self.METADATA), self.SEALED)

    def test_vector_opened(self) -> None:
        """The published object opens, with its metadata only."""
        key = FrameKey(self.KID, self.BASE)
        header, sealed = self.SEALED[:5], self.SEALED[5:]
        self.assertEqual(key.open(self.CTR, header, sealed, self.METADATA), self.PLAINTEXT)
        self.assertIsNone(key.open(self.CTR, header, sealed))


class SenderKeyTests(SynchronousTestCase):
    """The sender keys of section 5.1."""

    def test_kid_holds_generation_and_step(self) -> None:
        """The three low bits are the ratchet step."""
        self.assertEqual(SenderKey(bytes(16), generation=5, step=3).kid, 0b101_011)

    def test_ratchet(self) -> None:
        """Each step is HKDF of the one before, under the label of the RFC, and 32 bytes long."""
        key = SenderKey(bytes(range(16)), generation=2).ratchet()
        secret = _hmac(b"", bytes(range(16)))
        self.assertEqual(key.base, _hmac(secret, b"SFrame 1.0 Ratchet\x01"))
        self.assertEqual((key.generation, key.step), (2, 1))
        self.assertNotEqual(key.ratchet().base, key.base)

    def test_the_step_never_wraps(self) -> None:
        """After the eighth step a new generation is due, so no KID names two keys."""
        key = SenderKey(bytes(16), generation=0)
        for _ in range(7):
            key = key.ratchet()
        self.assertEqual(key.step, 7)
        self.assertRaises(KeyUsedUpError, key.ratchet)

    def test_what_no_kid_can_carry_is_refused(self) -> None:
        """Short keys, and numbers out of range, are the caller's bug."""
        self.assertRaises(ValueError, SenderKey, bytes(15), 0)
        self.assertRaises(ValueError, SenderKey, bytes(16), 0, 8)
        self.assertRaises(ValueError, SenderKey, bytes(16), 2**61)
        self.assertRaises(ValueError, SenderKey, bytes(16), -1)

    def test_a_log_line_shows_no_key(self) -> None:
        """The representation holds no key."""
        self.assertEqual(repr(SenderKey(b"k" * 16, 1)), "SenderKey(generation=1, step=0)")


class ConversationTests(SynchronousTestCase):
    """One sender and one receiver."""

    def setUp(self) -> None:
        self.key = SenderKey(bytes(range(32)), generation=1)
        self.sender = Sender(self.key)
        self.receiver = Receiver()
        self.receiver.accept(self.key)

    def test_frames_come_through_with_their_counter(self) -> None:
        """Each frame opens to what was sealed; counters go up from 0."""
        frames = [self.sender.seal(word) for word in (b"one", b"two")]
        self.assertEqual(
            [self.receiver.open(frame) for frame in frames],
            [Unsealed(8, 0, b"one"), Unsealed(8, 1, b"two")],
        )
        self.assertEqual(self.sender.frames_sealed, 2)

    def test_overhead_is_what_the_datagram_budgets(self) -> None:
        """With the biggest key id and counter in use, 1 + 2 + 4 + 16 bytes come on top."""
        sender = Sender(SenderKey(bytes(16), generation=2**13 - 1, step=7))
        sender._next = COUNTER_LIMIT - 1
        self.assertEqual(len(sender.seal(bytes(80))), 80 + 23)
        self.assertRaises(KeyUsedUpError, sender.seal, b"")

    def test_a_frame_opens_once(self) -> None:
        """A replayed frame is refused, as is the redundant copy of one that came."""
        frame = self.sender.seal(b"word")
        self.receiver.open(frame)
        self.assertIs(self.receiver.open(frame), Refused.REPLAYED)

    def test_late_frames_open_within_the_window(self) -> None:
        """1024 frames may overtake one; after one more it is too old."""
        late, older = self.sender.seal(b"late"), Sender(self.key).seal(b"older")
        for _ in range(1023):
            newest = self.sender.seal(b"")
        self.receiver.open(newest)
        self.assertEqual(self.receiver.open(late), Unsealed(8, 0, b"late"))
        self.receiver.open(self.sender.seal(b""))
        self.assertIs(self.receiver.open(older), Refused.REPLAYED)

    def test_old_and_new_key_are_accepted_side_by_side(self) -> None:
        """While a new key spreads, frames of both open, each with its own counters."""
        ratcheted = self.key.ratchet()
        self.receiver.accept(ratcheted)
        self.assertEqual(self.receiver.open(self.sender.seal(b"old")), Unsealed(8, 0, b"old"))
        self.assertEqual(self.receiver.open(Sender(ratcheted).seal(b"new")), Unsealed(9, 0, b"new"))

    def test_a_key_that_is_forgotten_opens_nothing(self) -> None:
        """Once older keys are forgotten, their frames are of an unknown key; that of the same step
        and of later ones are not. Forgetting again does nothing."""
        step, generation = self.key.ratchet(), SenderKey(bytes(16), generation=2)
        self.receiver.accept(generation)
        keys = [self.key, step, step.ratchet(), generation]
        senders = [Sender(key) for key in keys]
        for forgotten in range(4):
            self.receiver.forget_older_than(keys[forgotten].kid)
            self.receiver.forget_older_than(keys[forgotten].kid)
            opened = [self.receiver.open(sender.seal(b"")) for sender in senders]
            self.assertEqual(
                [isinstance(one, Unsealed) for one in opened],
                [number >= forgotten for number in range(4)],
            )
            self.assertTrue(all(one is Refused.UNKNOWN_KEY for one in opened[:forgotten]))

    def test_following_the_ratchet(self) -> None:
        """A sender's next steps are heard without a message, whichever comes first; the steps
        before are still heard, each with its own counters."""
        ratcheted = self.key
        for _ in range(7):
            ratcheted = ratcheted.ratchet()
        frame = Sender(ratcheted).seal(b"last")
        self.assertEqual(self.receiver.open(frame), Unsealed(ratcheted.kid, 0, b"last"))
        self.assertIs(self.receiver.open(frame), Refused.REPLAYED)
        between = Sender(self.key.ratchet()).seal(b"between")
        self.assertEqual(self.receiver.open(between), Unsealed(9, 0, b"between"))
        self.assertEqual(self.receiver.open(self.sender.seal(b"old")), Unsealed(8, 0, b"old"))

    def test_a_forged_step(self) -> None:
        """A forged frame that names a later step is refused and changes nothing."""
        forged = Header(self.key.kid + 5, 0).encode() + bytes(20)
        self.assertIs(self.receiver.open(forged), Refused.FORGED)
        self.assertEqual(self.receiver.open(self.sender.seal(b"word")), Unsealed(8, 0, b"word"))

    def test_accepting_again_does_not_reopen_the_window(self) -> None:
        """A key that arrives twice does not make old frames fresh."""
        frame = self.sender.seal(b"")
        self.receiver.open(frame)
        self.receiver.accept(self.key)
        self.assertIs(self.receiver.open(frame), Refused.REPLAYED)

    def test_a_forged_frame_uses_no_counter_up(self) -> None:
        """After a forgery the genuine frame of that counter still opens."""
        frame = self.sender.seal(b"word")
        self.assertIs(self.receiver.open(frame[:-1] + b"\0"), Refused.FORGED)
        self.assertEqual(self.receiver.open(frame), Unsealed(8, 0, b"word"))

    def test_what_is_too_short_is_malformed(self) -> None:
        """No header, or no room for a tag, is told apart from a forgery."""
        self.assertIs(self.receiver.open(b""), Refused.MALFORMED)
        self.assertIs(self.receiver.open(self.sender.seal(b"")[:-1]), Refused.MALFORMED)

    def test_a_counter_that_no_sender_of_ours_reaches(self) -> None:
        """Whoever holds the key may write any counter; one beyond four bytes is refused."""
        key = FrameKey(self.key.kid, self.key.base)
        last = key.seal(COUNTER_LIMIT - 1, b"last")
        self.assertEqual(self.receiver.open(last), Unsealed(8, COUNTER_LIMIT - 1, b"last"))
        for counter in (COUNTER_LIMIT, 2**63, 2**64 - 1):
            self.assertIs(self.receiver.open(key.seal(counter, b"")), Refused.MALFORMED)

    def test_ratcheting_hides_the_past(self) -> None:
        """One who gets the ratcheted key only, as a newcomer does, opens nothing from before."""
        newcomer = Receiver()
        newcomer.accept(self.key.ratchet())
        before = self.sender.seal(b"before")
        self.assertIs(newcomer.open(before), Refused.UNKNOWN_KEY)
        relabelled = Header(self.key.ratchet().kid, 0).encode() + before[2:]
        self.assertIs(newcomer.open(relabelled), Refused.FORGED)

    @settings(deadline=None)
    @given(st.binary(max_size=60))
    def test_any_bytes_are_refused_without_an_error(self, data: bytes) -> None:
        """Bytes that nobody sealed come back as a cause."""
        self.assertIsInstance(self.receiver.open(data), Refused)
        self.assertIsInstance(self.receiver.open(b"\x88\x08" + data), Refused)

    @settings(deadline=None)
    @given(st.binary(max_size=1000), st.integers(0, 2**13 - 1), st.integers(0, 7))
    def test_round_trip(self, word: bytes, generation: int, step: int) -> None:
        """Any packet comes through under any key id."""
        key = SenderKey(bytes(16), generation, step)
        receiver = Receiver()
        receiver.accept(key)
        self.assertEqual(receiver.open(Sender(key).seal(word)), Unsealed(key.kid, 0, word))


def _hmac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 by its definition (RFC 2104), so that HKDF is checked against another hand."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).digest()

"""What devices say to each other: bytes and back."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import CALL_IDS, DEVICE_IDS, U32, sized
from voip.client.e2e_messages import (
    MAX_BASE_KEY_BYTES,
    MAX_SEALED_BYTES,
    MIN_BASE_KEY_BYTES,
    Direction,
    E2eMessage,
    Reveal,
    SealedSenderKey,
    SenderKey,
    decode,
    encode,
)
from voip.core.ids import CallId, DeviceId

REVEALS = st.builds(Reveal, sized(1216), sized(32), sized(64))
SEALED = st.builds(SealedSenderKey, st.binary(max_size=64))
SENDER_KEYS = st.builds(
    SenderKey,
    CALL_IDS,
    DEVICE_IDS,
    DEVICE_IDS,
    st.sampled_from(Direction),
    U32,
    sized(32),
    st.binary(min_size=MIN_BASE_KEY_BYTES, max_size=MAX_BASE_KEY_BYTES),
    sized(64),
)
MESSAGES: st.SearchStrategy[E2eMessage] = st.one_of(REVEALS, SEALED, SENDER_KEYS)

A_KEY = SenderKey(
    CallId(bytes(16)),
    DeviceId(bytes(32)),
    DeviceId(bytes(32)),
    Direction.CALLER_TO_CALLEE,
    0,
    bytes(32),
    bytes(16),
    bytes(64),
)


class E2eMessageTests(SynchronousTestCase):
    @settings(deadline=None, max_examples=100)
    @given(MESSAGES)
    def test_round_trip(self, message: E2eMessage) -> None:
        """What was written is read."""
        self.assertEqual(decode(encode(message)), message)

    @settings(deadline=None, max_examples=300)
    @given(st.one_of(st.binary(max_size=400), st.binary(max_size=400).map(b"\x01".__add__)))
    def test_any_bytes(self, data: bytes) -> None:
        """Any bytes are a message or none; a message has one way to be written."""
        message = decode(data)
        if message is not None:
            self.assertEqual(encode(message), data)

    @settings(deadline=None, max_examples=100)
    @given(MESSAGES, st.data())
    def test_nothing_is_cut_or_added(self, message: E2eMessage, data: st.DataObject) -> None:
        """A message that is too short or too long by anything is none."""
        written = encode(message)
        shorter = data.draw(st.integers(0, len(written) - 1))
        self.assertIsNone(decode(written[:shorter]))
        self.assertIsNone(decode(written + b"\0"))

    def test_another_version(self) -> None:
        """Another version or kind is not understood."""
        written = encode(A_KEY)
        self.assertIsNone(decode(b"\x02" + written[1:]))
        self.assertIsNone(decode(b"\x01\x09" + written[2:]))

    def test_no_direction(self) -> None:
        """There are two directions."""
        written = bytearray(encode(A_KEY))
        written[2 + 16 + 32 + 32] = 2
        self.assertIsNone(decode(bytes(written)))

    def test_a_huge_sealed_key(self) -> None:
        """What is longer than any sealed key is neither written nor read."""
        with self.assertRaises(ValueError):
            encode(SealedSenderKey(bytes(MAX_SEALED_BYTES + 1)))
        length = MAX_SEALED_BYTES + 1
        self.assertIsNone(decode(b"\x01\x02" + length.to_bytes(2, "big") + bytes(length)))

    def test_fields_of_the_wrong_size(self) -> None:
        """A field that does not fill its place is a mistake of ours, and loud."""
        for wrong in (
            replace(A_KEY, call_id=CallId(b"")),
            replace(A_KEY, base_key=bytes(MIN_BASE_KEY_BYTES - 1)),
            replace(A_KEY, generation=-1),
            replace(A_KEY, signature=b""),
            Reveal(b"", bytes(32), bytes(64)),
        ):
            with self.assertRaises(ValueError):
                encode(wrong)

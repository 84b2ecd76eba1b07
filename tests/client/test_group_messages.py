"""What devices of a conference say to each other: bytes and back."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import U32, sized
from voip.client import e2e_messages
from voip.client.e2e_messages import (
    MAX_BASE_KEY_BYTES,
    MAX_SEALED_BYTES,
    MIN_BASE_KEY_BYTES,
    Reveal,
)
from voip.client.group_messages import (
    GroupMessage,
    SealedFirst,
    SealedNext,
    SpeakerKey,
    decode,
    encode,
    is_for_group,
)

SPEAKER_KEYS = st.builds(
    SpeakerKey,
    U32,
    st.integers(0, 7),
    sized(32),
    st.one_of(st.just(b""), sized(32)),
    st.binary(min_size=MIN_BASE_KEY_BYTES, max_size=MAX_BASE_KEY_BYTES),
    sized(64),
)
MESSAGES: st.SearchStrategy[GroupMessage] = st.one_of(
    st.builds(SealedFirst, st.binary(max_size=64)),
    st.builds(SealedNext, U32, st.binary(max_size=64)),
    SPEAKER_KEYS,
)
A_KEY = SpeakerKey(1, 2, bytes(32), bytes(32), bytes(16), bytes(64))


class GroupMessageTests(SynchronousTestCase):
    @settings(deadline=None, max_examples=100)
    @given(MESSAGES)
    def test_round_trip(self, message: GroupMessage) -> None:
        """What was written is read; what is signed is all but the signature."""
        written = encode(message)
        self.assertEqual(decode(written), message)
        if isinstance(message, SpeakerKey):
            self.assertEqual(message.signed_part + message.signature, written)

    @settings(deadline=None, max_examples=300)
    @given(
        st.one_of(
            st.binary(max_size=300),
            st.builds(
                lambda kind, rest: bytes((1, kind)) + rest,
                st.integers(4, 6),
                st.binary(max_size=300),
            ),
        )
    )
    def test_any_bytes(self, data: bytes) -> None:
        """Any bytes are a message or none; a message has one way to be written."""
        message = decode(data)
        if message is not None:
            self.assertEqual(encode(message), data)

    @settings(deadline=None, max_examples=100)
    @given(MESSAGES, st.data())
    def test_nothing_is_cut_or_added(self, message: GroupMessage, data: st.DataObject) -> None:
        """A message that is too short or too long by anything is none."""
        written = encode(message)
        shorter = data.draw(st.integers(0, len(written) - 1))
        self.assertIsNone(decode(written[:shorter]))
        self.assertIsNone(decode(written + b"\0"))

    @settings(deadline=None, max_examples=100)
    @given(MESSAGES)
    def test_kinds_do_not_mix(self, message: GroupMessage) -> None:
        """What a conference says means nothing in a call of two, and the other way round."""
        self.assertIsNone(e2e_messages.decode(encode(message)))
        self.assertEqual(is_for_group(encode(message)), not isinstance(message, SpeakerKey))
        reveal = e2e_messages.encode(Reveal(bytes(1216), bytes(32), bytes(64)))
        self.assertIsNone(decode(reveal))
        self.assertFalse(is_for_group(reveal))

    def test_limits(self) -> None:
        """A field that does not fit its place is a mistake of ours, and loud."""
        for wrong in (
            replace(A_KEY, step=8),
            replace(A_KEY, roster=b""),
            replace(A_KEY, pair_secret=b"short"),
            replace(A_KEY, base_key=b"short"),
            SealedFirst(bytes(MAX_SEALED_BYTES + 1)),
            SealedNext(-1, b""),
        ):
            with self.assertRaises(ValueError):
                encode(wrong)
        for at, value in ((2 + 4, 8), (2 + 4 + 1 + 32, 31)):  # step, length of the pair secret
            written = bytearray(encode(A_KEY))
            written[at] = value
            self.assertIsNone(decode(bytes(written)))

    def test_secrets_are_not_shown(self) -> None:
        """What is printed by mistake gives no key away."""
        self.assertNotIn("key=", repr(A_KEY).replace("SpeakerKey", ""))
        self.assertNotIn("pair_secret", repr(A_KEY))

"""What two devices of a conference say to each other, one message after the other."""

import secrets
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.client.key_parties import person
from voip.client.call_keys import SPEAKER_KEY, CallKey, seal
from voip.client.device_identity import DeviceIdentity
from voip.client.e2e_messages import SIGNATURE_SIZE
from voip.client.group_messages import SealedFirst, SealedNext, SpeakerKey, decode, encode
from voip.client.pair_channel import PairChannel
from voip.core.ids import CallId, LegNumber, Username
from voip.core.login import transcript
from voip.media.sframe import SenderKey

CALL, OTHER_CALL = CallId(b"c" * 16), CallId(b"d" * 16)
COMMITMENT, ROSTER = b"m" * 32, b"r" * 32
ONE, TWO, THREE = LegNumber(1), LegNumber(2), LegNumber(3)
KEY = SenderKey(b"k" * 16, 3, 2)


class PairChannelTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ann, self.bob = person(Username("ann")), person(Username("bob"))
        self.bobs_key = CallKey(secrets.token_bytes)
        self.to_bob = self.channel(self.ann, ONE, TWO, self.bob)
        self.from_ann = self.channel(self.bob, TWO, ONE, self.ann)

    def channel(
        self,
        me: DeviceIdentity,
        own_leg: LegNumber,
        leg: LegNumber,
        other: DeviceIdentity,
        call: CallId = CALL,
        commitment: bytes = COMMITMENT,
    ) -> PairChannel:
        return PairChannel(me, own_leg, leg, other.device, other.public, call, commitment)

    def sealed(self, key: SenderKey = KEY) -> bytes:
        sealed = self.to_bob.seal(key, ROSTER, self.bobs_key.public, secrets.token_bytes)
        assert sealed is not None
        return sealed

    def opened(self, sealed: bytes) -> SpeakerKey | None:
        return self.from_ann.open(sealed, self.bobs_key)

    def test_one_after_the_other(self) -> None:
        """The first message carries a pair secret and is sealed to the call key, later ones are
        sealed by it; all give what was sealed."""
        first, second, third = self.sealed(), self.sealed(), self.sealed()
        self.assertIsInstance(decode(first), SealedFirst)
        self.assertIsInstance(decode(second), SealedNext)
        for sealed, has_secret in ((first, True), (second, False), (third, False)):
            message = self.opened(sealed)
            assert message is not None
            self.assertEqual(
                (message.generation, message.step, message.base_key, message.roster),
                (KEY.generation, KEY.step, KEY.base, ROSTER),
            )
            self.assertIs(bool(message.pair_secret), has_secret)
        self.assertLess(len(second), 256)

    def test_once(self) -> None:
        """Nothing opens twice, nor after what was said later; what is lost does not hinder."""
        sealed = [self.sealed() for _ in range(4)]
        opened = [self.opened(sealed[number]) is not None for number in (0, 0, 1, 1, 3, 2, 3, 0)]
        self.assertEqual(opened, [True, False, True, False, True, False, False, False])

    def test_without_the_first(self) -> None:
        """Later messages mean nothing to who has not got the first."""
        self.sealed()
        self.assertIsNone(self.opened(self.sealed()))

    def test_bound_to_everything(self) -> None:
        """Another call, commitment, leg or device, or the other direction, opens nothing."""
        first, second = self.sealed(), self.sealed()
        carol = person(Username("carol"))
        strangers = (
            self.channel(self.bob, TWO, ONE, self.ann, OTHER_CALL),
            self.channel(self.bob, TWO, ONE, self.ann, CALL, bytes(32)),
            self.channel(self.bob, THREE, ONE, self.ann),
            self.channel(self.bob, TWO, THREE, self.ann),
            self.channel(carol, TWO, ONE, self.ann),
            self.channel(self.bob, TWO, ONE, carol),
            self.channel(self.ann, ONE, TWO, self.bob),
        )
        for stranger in strangers:
            for sealed in (first, second):
                self.assertIsNone(stranger.open(sealed, self.bobs_key))
        self.assertIsNotNone(self.opened(first))

    def test_another_call_key(self) -> None:
        """Who holds another call key opens nothing; what is no key is sealed to by nobody."""
        self.assertIsNone(self.from_ann.open(self.sealed(), CallKey(secrets.token_bytes)))
        to_nobody = self.channel(self.ann, ONE, TWO, self.bob)
        self.assertIsNone(to_nobody.seal(KEY, ROSTER, b"no key", secrets.token_bytes))

    def test_a_first_message_without_a_secret(self) -> None:
        """A first message that gives no pair secret is none, though it is signed."""
        one, two = (number.to_bytes(4, "big") for number in (ONE, TWO))
        info = transcript(
            SPEAKER_KEY, CALL, COMMITMENT, self.ann.device + one, self.bob.device + two
        )
        for secret, is_heard in ((b"", False), (b"s" * 32, True)):
            message = SpeakerKey(1, 0, ROSTER, secret, KEY.base, bytes(64))
            signature = self.ann.sign(SPEAKER_KEY, info, message.signed_part)
            plaintext = encode(replace(message, signature=signature))
            ciphertext = seal(self.bobs_key.public, plaintext, info)
            assert ciphertext is not None
            heard = self.opened(encode(SealedFirst(ciphertext)))
            self.assertIs(heard is not None, is_heard)

    def test_signatures_differ(self) -> None:
        """Each message is signed for what it says."""
        messages = [self.opened(self.sealed(SenderKey(b"k" * 16, number))) for number in (1, 2)]
        signatures = {each.signature for each in messages if each is not None}
        self.assertEqual({len(each) for each in signatures}, {SIGNATURE_SIZE})
        self.assertEqual(len(signatures), 2)

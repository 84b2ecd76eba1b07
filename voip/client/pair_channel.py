"""What this device and one leg of a conference say to each other: sealed, signed, once.

The first message each way is sealed to the other's call key (HPKE) and carries a pair secret; later
ones are under that secret, with a counter that only grows. Everything is bound to the call, both
devices and both legs. Each direction has a secret of its own, so no key and counter meet twice.

    device --SealedFirst(pair secret, key)--> leg        device --SealedNext(1, key)--> leg ...

What is not genuine, or comes again, opens to nothing: whoever carries messages can lose them as
well, so there is nothing to be gained by it.
"""

from dataclasses import replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from voip.client.call_keys import SPEAKER_KEY, CallKey, Randomness, seal
from voip.client.device_identity import DeviceIdentity
from voip.client.e2e_messages import SIGNATURE_SIZE
from voip.client.group_messages import (
    PAIR_SECRET_SIZE,
    SealedFirst,
    SealedNext,
    SpeakerKey,
    decode,
    encode,
)
from voip.core.ids import CallId, DeviceId, LegNumber
from voip.core.login import is_signed, transcript
from voip.media.sframe import SenderKey

_NONCE_SIZE: Final = 12
_LEG_SIZE: Final = 4


class PairChannel:
    """See the head of this module. ``commitment`` is the call's."""

    def __init__(
        self,
        me: DeviceIdentity,
        own_leg: LegNumber,
        leg: LegNumber,
        device: DeviceId,
        device_public: bytes,
        call_id: CallId,
        commitment: bytes,
    ) -> None:
        self._me = me
        self._device_public = device_public
        ours = me.device + own_leg.to_bytes(_LEG_SIZE, "big")
        theirs = device + leg.to_bytes(_LEG_SIZE, "big")
        self._out = transcript(SPEAKER_KEY, call_id, commitment, ours, theirs)
        self._in = transcript(SPEAKER_KEY, call_id, commitment, theirs, ours)
        self._secret_out = b""
        self._secret_in = b""
        self._counter_out = 0
        self._counter_in = 0

    def seal(
        self, key: SenderKey, roster: bytes, public: bytes, random: Randomness
    ) -> bytes | None:
        """The next message, which gives a key; None when ``public`` is no call key."""
        secret = b"" if self._secret_out else random(PAIR_SECRET_SIZE)
        unsigned = SpeakerKey(
            key.generation, key.step, roster, secret, key.base, bytes(SIGNATURE_SIZE)
        )
        signature = self._me.sign(SPEAKER_KEY, self._out, unsigned.signed_part)
        plaintext = encode(replace(unsigned, signature=signature))
        if not secret:
            self._counter_out += 1
            cipher = ChaCha20Poly1305(self._secret_out)
            sealed = cipher.encrypt(_nonce(self._counter_out), plaintext, self._out)
            return encode(SealedNext(self._counter_out, sealed))
        ciphertext = seal(public, plaintext, self._out)
        if ciphertext is None:
            return None
        self._secret_out = secret
        return encode(SealedFirst(ciphertext))

    def open(self, sealed: bytes, key: CallKey) -> SpeakerKey | None:
        """The key in a genuine message that comes for the first time, or None."""
        match decode(sealed):
            case SealedFirst(ciphertext=ciphertext) if not self._secret_in:
                message = self._checked(key.open(ciphertext, self._in))
                if message is None or not message.pair_secret:
                    return None
                self._secret_in = message.pair_secret
                return message
            case SealedNext(counter, ciphertext) if self._secret_in and counter > self._counter_in:
                message = self._checked(self._decrypted(counter, ciphertext))
                if message is not None:
                    self._counter_in = counter
                return message
            case _:  # nonsense, of a call of two, or said before
                return None

    def _decrypted(self, counter: int, ciphertext: bytes) -> bytes | None:
        try:
            cipher = ChaCha20Poly1305(self._secret_in)
            return cipher.decrypt(_nonce(counter), ciphertext, self._in)
        except InvalidTag:
            return None

    def _checked(self, plaintext: bytes | None) -> SpeakerKey | None:
        """The message in it, when the leg's device signed it."""
        message = decode(plaintext) if plaintext is not None else None
        if not isinstance(message, SpeakerKey):
            return None
        payload = transcript(SPEAKER_KEY, self._in, message.signed_part)
        return message if is_signed(self._device_public, message.signature, payload) else None


def _nonce(counter: int) -> bytes:
    return counter.to_bytes(_NONCE_SIZE, "big")

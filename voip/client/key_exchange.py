"""The keys of one 1:1 call, agreed past a server that is not trusted.

The caller commits to its call key in Invite. Each ringing device shows a signed key of its own in
Alerting; the caller checks it and reveals its key to that leg. When both legs are active each sends
the other its SFrame base key, sealed to the other's call key and signed. So a device that did not
answer never holds a sender key, and whoever stood between had one guess at the words.

    caller   commit ------------- check leg key, reveal ------------- active: sender key ->
    callee          leg key ---------------------- check reveal ----- active: sender key ->

``CallerKeys`` and ``CalleeKeys`` take what the server tells (``CallView``s and sealed messages) and
give steps to carry out. Anything that does not fit ends the exchange with ``KeysFailed``; steps
decided in the same breath are dropped, so no key leaves with a failure. They know no sockets, no
voice engine and no files.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from voip.client.call_keys import (
    ROSTER,
    SENDER_KEY,
    TRANSCRIPT,
    CallKey,
    Randomness,
    digest,
    seal,
)
from voip.client.device_identity import DeviceIdentity
from voip.client.e2e_messages import (
    SIGNATURE_SIZE,
    Direction,
    Reveal,
    SealedSenderKey,
    SenderKey,
    decode,
    encode,
)
from voip.client.key_steps import (
    CheckedPerson,
    E2eStep,
    E2eTrouble,
    KeysFailed,
    KeysReady,
    KeysRefused,
    SendSealed,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.leg_identity import KnownKey
from voip.client.model import ClientError
from voip.client.words import words_of
from voip.core.calls import CallView, LegState, LegView
from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username
from voip.core.login import is_signed, transcript

BASE_KEY_SIZE = 16  # RFC 9605 section 4.4: as long as the key of AES_128_GCM_SHA256_128


@dataclass(frozen=True, slots=True)
class Partner:
    """The other side, checked: ``public`` is its call key."""

    leg: LegNumber
    username: Username
    device: DeviceId
    account_key: bytes
    device_public: bytes
    public: bytes


class KeyExchange(ABC):
    """What caller and callee have in common: watching the legs, and the sender keys."""

    own_direction: Direction

    def __init__(
        self,
        me: DeviceIdentity,
        call_id: CallId,
        commitment: bytes,
        known: KnownKey,
        random: Randomness,
        key: CallKey,
    ) -> None:
        self.call_id = call_id
        self.commitment = commitment
        self._me = me
        self._known = known
        self._random = random
        self._key = key
        self._partner: Partner | None = None  # whom sender keys are exchanged with
        self._partner_stream: StreamId | None = None  # set while both legs are active
        self._has_sent = False
        self._heard_generation: int | None = None
        self._is_over = False

    def view_changed(self, view: CallView) -> list[E2eStep]:
        """The call is like this now."""
        return self._guarded(lambda: self._view_changed(view))

    def sealed_arrived(self, from_leg: LegNumber, sealed: bytes) -> list[E2eStep]:
        """A leg, or a server that says so, sent this."""
        return self._guarded(lambda: self._sealed_arrived(from_leg, sealed))

    def waited_too_long(self) -> list[E2eStep]:
        """The call was answered long ago; without keys by now there will be none."""
        if self._is_over or self.is_ready:
            return []
        self.erase()
        return [KeysFailed(E2eTrouble.TOO_LATE)]

    @property
    def is_ready(self) -> bool:
        """Whether both directions have their keys."""
        return self._has_sent and self._heard_generation is not None

    def erase(self) -> None:
        """The call is over: forget the keys."""
        self._is_over = True
        self._key.erase()

    def _guarded(self, decide: Callable[[], list[E2eStep]]) -> list[E2eStep]:
        if self._is_over:
            return []
        try:
            return decide()
        except KeysRefused as refused:
            failed = refused.failed
        except ClientError:  # of ``known``
            failed = KeysFailed(E2eTrouble.UNKNOWN_CONTACTS)
        self.erase()
        return [failed]

    # ---- the legs ------------------------------------------------------------------------------

    def _view_changed(self, view: CallView) -> list[E2eStep]:
        if view.commitment != self.commitment:
            raise KeysRefused(E2eTrouble.COMMITMENT)
        live = [leg for leg in view.legs if leg.state is not LegState.LEFT]
        own = next((leg for leg in live if leg.device == self._me.device), None)
        if own is None:  # declined, answered elsewhere: nothing is said to anyone any more
            return []
        others = [leg for leg in live if leg is not own]
        if any(leg.is_gateway for leg in others):
            raise KeysRefused(E2eTrouble.GATEWAY)
        steps = self._check_legs(others)
        active = [leg for leg in others if leg.state is LegState.ACTIVE]
        if own.state is LegState.ACTIVE and active:
            if len(active) > 1:
                raise KeysRefused(E2eTrouble.GHOST)
            self._meet(active[0])
        return steps + self._send_key()

    @abstractmethod
    def _check_legs(self, others: list[LegView]) -> list[E2eStep]:
        """Check everyone else who is live, whatever their state."""

    @abstractmethod
    def _meet(self, leg: LegView) -> None:
        """This leg and the own one are active: it is the partner's, or a ghost's."""

    # ---- sender keys ---------------------------------------------------------------------------

    def _send_key(self) -> list[E2eStep]:
        partner = self._partner
        if partner is None or self._partner_stream is None or self._has_sent:
            return []
        base_key = self._random(BASE_KEY_SIZE)
        message = SenderKey(
            self.call_id,
            self._me.device,
            partner.device,
            self.own_direction,
            0,
            self._roster(partner),
            base_key,
            bytes(SIGNATURE_SIZE),
        )
        signature = self._me.sign(SENDER_KEY, message.signed_part)
        plaintext = encode(replace(message, signature=signature))
        ciphertext = seal(partner.public, plaintext, self._info(partner))
        if ciphertext is None:
            raise KeysRefused(E2eTrouble.BAD_MESSAGE)
        self._has_sent = True
        return [
            SendSealed(partner.leg, encode(SealedSenderKey(ciphertext))),
            UseSendKey(message.generation, base_key),
            *self._ready(partner),
        ]

    def _sealed_arrived(self, from_leg: LegNumber, sealed: bytes) -> list[E2eStep]:
        match decode(sealed):
            case Reveal() as reveal:
                return self._revealed(from_leg, reveal)
            case SealedSenderKey(ciphertext=ciphertext):
                return self._hear_key(from_leg, ciphertext)
            case _:  # nonsense, or a sender key that travelled in the open
                raise KeysRefused(E2eTrouble.BAD_MESSAGE)

    @abstractmethod
    def _revealed(self, from_leg: LegNumber, reveal: Reveal) -> list[E2eStep]:
        """Somebody shows the caller's key."""

    def _hear_key(self, from_leg: LegNumber, ciphertext: bytes) -> list[E2eStep]:
        partner, stream = self._partner, self._partner_stream
        if partner is None or stream is None or from_leg != partner.leg:
            raise KeysRefused(E2eTrouble.BAD_MESSAGE)
        plaintext = self._key.open(ciphertext, self._info(partner))
        message = decode(plaintext) if plaintext is not None else None
        if not isinstance(message, SenderKey) or not self._is_for_me(message, partner):
            raise KeysRefused(E2eTrouble.BAD_MESSAGE)
        payload = transcript(SENDER_KEY, message.signed_part)
        if not is_signed(partner.device_public, message.signature, payload):
            raise KeysRefused(E2eTrouble.SIGNATURE)
        if self._heard_generation is not None and message.generation <= self._heard_generation:
            raise KeysRefused(E2eTrouble.REPLAYED)
        is_first = self._heard_generation is None
        self._heard_generation = message.generation
        heard = UseReceiveKey(stream, message.generation, message.base_key)
        return [heard, *(self._ready(partner) if is_first else [])]

    def _is_for_me(self, message: SenderKey, partner: Partner) -> bool:
        return (
            message.call_id == self.call_id
            and message.from_device == partner.device
            and message.to_device == self._me.device
            and message.direction is not self.own_direction
            and message.roster == self._roster(partner)
        )

    def _ready(self, partner: Partner) -> list[E2eStep]:
        if not self.is_ready:
            return []
        known = self._known(partner.username)
        is_verified = known is not None and known.is_verified
        person = CheckedPerson(partner.username, partner.account_key, is_verified)
        return [KeysReady((person,), words_of(self._transcript(partner)))]

    def _transcript(self, partner: Partner) -> bytes:
        mine = (self._key.public, self._me.account_key)
        theirs = (partner.public, partner.account_key)
        is_caller = self.own_direction is Direction.CALLER_TO_CALLEE
        (caller, caller_account), (callee, callee_account) = (
            (mine, theirs) if is_caller else (theirs, mine)
        )
        return digest(
            TRANSCRIPT,
            self.call_id,
            self.commitment,
            caller,
            callee,
            caller_account,
            callee_account,
        )

    def _roster(self, partner: Partner) -> bytes:
        members = (
            (self._me.device, self._me.account_key),
            (partner.device, partner.account_key),
        )
        return digest(ROSTER, *(device + account for device, account in sorted(members)))

    def _info(self, partner: Partner) -> bytes:
        return transcript(SENDER_KEY, self._transcript(partner), self._roster(partner))

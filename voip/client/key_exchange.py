"""The keys of one 1:1 call, agreed past a server that is not trusted.

The caller commits to its call key in Invite. Each ringing device shows a signed key of its own in
Alerting; the caller checks it and reveals its key to that leg. When both legs are active each sends
the other its SFrame base key, sealed to the other's call key and signed. So a device that did not
answer never holds a sender key, and whoever stood between had one guess at the words. Later each
draws new keys now and then (``voip.client.sender_keys``). When the call becomes a conference,
``hand_over`` gives to ``voip.client.group_keys`` what was agreed.

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
from voip.client.roster import roster_hash
from voip.client.sender_keys import SenderKeys
from voip.client.words import words_of
from voip.core.calls import JOINED, CallView, LegState, LegView
from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username
from voip.core.login import is_signed, transcript
from voip.media.sframe import last_kid_of


@dataclass(frozen=True, slots=True)
class Partner:
    """The other side, checked: ``public`` is its call key."""

    leg: LegNumber
    username: Username
    device: DeviceId
    account_key: bytes
    device_public: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class Handover:
    """What the keys of a conference begin with. ``partner`` is whom the call was with before, who
    gave keys up to ``partner_kid``."""

    key: CallKey
    sender_keys: SenderKeys
    partner: Partner | None = None
    partner_kid: int | None = None


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
        self._partner_stream: StreamId | None = None  # set once both legs are in the call
        self._mine = SenderKeys(random)
        self._heard_generation: int | None = None
        self._is_over = False

    def view_changed(self, view: CallView, now: float) -> list[E2eStep]:
        """The call is like this now."""
        return self._guarded(lambda: self._view_changed(view, now))

    def sealed_arrived(self, from_leg: LegNumber, sealed: bytes, now: float) -> list[E2eStep]:
        """A leg, or a server that says so, sent this."""
        return self._guarded(lambda: self._sealed_arrived(from_leg, sealed, now))

    def handle_timer(self, now: float) -> list[E2eStep]:
        """Use the key that is due, and draw another one when the newest is worn."""
        return self._guarded(lambda: self._handle_timer(now))

    @property
    def next_timer(self) -> float | None:
        """When ``handle_timer`` is to be called; None while nothing is due at any time."""
        return None if self._is_over else self._mine.next_timer

    def frames_sent(self, total: int, now: float) -> list[E2eStep]:
        """The voice engine has sealed so many frames since the sound began."""
        self._mine.frames_sent(total)
        return self.handle_timer(now)

    def sound_began_anew(self, now: float) -> list[E2eStep]:
        """The engine's counter starts again: what was said under is not to be used any more."""
        if self._mine.newest is None:
            return []
        self._mine.stop()
        return self._guarded(lambda: self._give_key(now))

    def waited_too_long(self) -> list[E2eStep]:
        """The call was answered long ago; without keys by now there will be none."""
        if self._is_over or self.is_ready:
            return []
        self.erase()
        return [KeysFailed(E2eTrouble.TOO_LATE)]

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of anything any more."""
        return self._is_over

    @property
    def is_ready(self) -> bool:
        """Whether both directions have their keys."""
        return self._mine.newest is not None and self._heard_generation is not None

    def hand_over(self) -> Handover:
        """The call is a conference from now on; this exchange is over, its keys are not."""
        self._is_over = True
        kid = None if self._heard_generation is None else last_kid_of(self._heard_generation)
        return Handover(self._key, self._mine, self._partner, kid)

    def erase(self) -> None:
        """The call is over: forget the keys."""
        self._is_over = True
        self._key.erase()
        self._mine.erase()

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

    def _view_changed(self, view: CallView, now: float) -> list[E2eStep]:
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
        joined = [leg for leg in others if leg.state in JOINED]
        if own.state in JOINED and joined:
            if len(joined) > 1:
                raise KeysRefused(E2eTrouble.GHOST)
            self._meet(joined[0])
        return steps + self._first_key(now)

    @abstractmethod
    def _check_legs(self, others: list[LegView]) -> list[E2eStep]:
        """Check everyone else who is live, whatever their state."""

    @abstractmethod
    def _meet(self, leg: LegView) -> None:
        """This leg and the own one are in the call: it is the partner's, or a ghost's."""

    # ---- sender keys ---------------------------------------------------------------------------

    def _first_key(self, now: float) -> list[E2eStep]:
        is_due = self._partner is not None and self._partner_stream is not None
        return self._give_key(now) if is_due and self._mine.newest is None else []

    def _give_key(self, now: float) -> list[E2eStep]:
        """Draw a key and seal it for the partner."""
        partner = self._partner
        assert partner is not None  # or no first key had been due, nor one that could be worn
        is_first = self._mine.newest is None
        key = self._mine.draw(now)
        message = SenderKey(
            self.call_id,
            self._me.device,
            partner.device,
            self.own_direction,
            key.generation,
            self._roster(partner),
            key.base,
            bytes(SIGNATURE_SIZE),
        )
        signature = self._me.sign(SENDER_KEY, message.signed_part)
        plaintext = encode(replace(message, signature=signature))
        ciphertext = seal(partner.public, plaintext, self._info(partner))
        if ciphertext is None:
            raise KeysRefused(E2eTrouble.BAD_MESSAGE)
        return [
            SendSealed(partner.leg, encode(SealedSenderKey(ciphertext))),
            *self._use_due(now),
            *(self._ready(partner) if is_first else []),
        ]

    def _use_due(self, now: float) -> list[E2eStep]:
        key = self._mine.due(now)
        return [] if key is None else [UseSendKey(key.generation, key.base)]

    def _handle_timer(self, now: float) -> list[E2eStep]:
        steps = self._use_due(now)
        return steps + (self._give_key(now) if self._mine.is_worn(now) else [])

    def _sealed_arrived(self, from_leg: LegNumber, sealed: bytes, now: float) -> list[E2eStep]:
        match decode(sealed):
            case Reveal() as reveal:
                return self._revealed(from_leg, reveal, now)
            case SealedSenderKey(ciphertext=ciphertext):
                return self._hear_key(from_leg, ciphertext)
            case _:  # nonsense, or a sender key that travelled in the open
                raise KeysRefused(E2eTrouble.BAD_MESSAGE)

    @abstractmethod
    def _revealed(self, from_leg: LegNumber, reveal: Reveal, now: float) -> list[E2eStep]:
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
        return roster_hash(
            (
                (self._me.device, self._me.account_key),
                (partner.device, partner.account_key),
            )
        )

    def _info(self, partner: Partner) -> bytes:
        return transcript(SENDER_KEY, self._transcript(partner), self._roster(partner))

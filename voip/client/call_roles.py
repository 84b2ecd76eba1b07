"""The two ends of a key exchange: who calls commits and reveals, who is called answers with a key.

See ``voip.client.key_exchange`` for the whole of it. Views and messages of the server flow in,
steps flow out.
"""

from collections.abc import Collection
from dataclasses import replace

from voip.client.call_keys import REVEAL, CallKey, Randomness, commitment_to
from voip.client.device_identity import DeviceIdentity
from voip.client.e2e_messages import NONCE_SIZE, Direction, Reveal, encode
from voip.client.key_exchange import KeyExchange, Partner
from voip.client.key_steps import E2eStep, E2eTrouble, KeysRefused, SendSealed, ShowLegKey
from voip.client.leg_identity import KnownKey, checked_key, identify, shown_key
from voip.core.calls import CallView, LegKey, LegView
from voip.core.ids import CallId, LegNumber, Username
from voip.core.login import is_signed, transcript


class CallerKeys(KeyExchange):
    """The calling device: ``commitment`` goes into Invite."""

    own_direction = Direction.CALLER_TO_CALLEE

    def __init__(
        self,
        me: DeviceIdentity,
        call_id: CallId,
        callees: Collection[Username],
        known: KnownKey,
        random: Randomness,
    ) -> None:
        key = CallKey(random)
        self._nonce = random(NONCE_SIZE)
        super().__init__(
            me, call_id, commitment_to(call_id, key.public, self._nonce), known, random, key
        )
        self._callees = frozenset(callees)
        self._candidates: dict[LegNumber, Partner] = {}

    def _check_legs(self, others: list[LegView]) -> list[E2eStep]:
        steps: list[E2eStep] = []
        for leg in others:
            if leg.username not in self._callees:
                raise KeysRefused(E2eTrouble.GHOST)
            candidate = self._candidates.get(leg.number)
            if candidate is not None:
                _check_same(candidate, leg)
            elif leg.key is not None:
                steps.append(self._reveal_to(leg, leg.key))
        return steps

    def _reveal_to(self, leg: LegView, key: LegKey) -> SendSealed:
        certified = identify(self._known, leg)
        account_key, device_public = certified.account_public, certified.device_public
        same = [each for each in self._candidates.values() if each.username == leg.username]
        if any(each.account_key != account_key for each in same):
            raise KeysRefused(E2eTrouble.KEY_CHANGED)  # two accounts under one name
        public = checked_key(device_public, self.call_id, self.commitment, key)
        self._candidates[leg.number] = Partner(
            leg.number, leg.username, leg.device, account_key, device_public, public
        )
        signature = self._me.sign(
            REVEAL, self.call_id, self.commitment, self._key.public, key.public
        )
        return SendSealed(leg.number, encode(Reveal(self._key.public, self._nonce, signature)))

    def _meet(self, leg: LegView) -> None:
        if self._partner is not None and self._partner.leg != leg.number:
            raise KeysRefused(E2eTrouble.GHOST)
        # after glare the callee is active before its key is here: a later view brings it
        self._partner = self._candidates.get(leg.number)
        self._partner_stream = leg.stream

    def _revealed(self, from_leg: LegNumber, reveal: Reveal, now: float) -> list[E2eStep]:
        del from_leg, reveal, now  # whatever it says: only a caller reveals
        raise KeysRefused(E2eTrouble.BAD_MESSAGE)


class CalleeKeys(KeyExchange):
    """A called device. ``alert`` gives its key, once the call was told of."""

    own_direction = Direction.CALLEE_TO_CALLER

    def __init__(
        self, me: DeviceIdentity, view: CallView, known: KnownKey, random: Randomness
    ) -> None:
        super().__init__(me, view.call_id, view.commitment, known, random, CallKey(random))
        self._caller: Partner | None = None  # its ``public`` is empty until revealed
        self._has_alerted = False

    def _check_legs(self, others: list[LegView]) -> list[E2eStep]:
        caller = next((leg for leg in others if leg.number == CALLER_LEG), None)
        if caller is None:
            return []  # the call is ending
        if self._caller is None:
            certified = identify(self._known, caller)
            self._caller = Partner(
                caller.number,
                caller.username,
                caller.device,
                certified.account_public,
                certified.device_public,
                b"",
            )
        _check_same(self._caller, caller)
        if self._has_alerted:
            return []
        self._has_alerted = True
        return [ShowLegKey(shown_key(self._me, self.call_id, self.commitment, self._key.public))]

    def _meet(self, leg: LegView) -> None:
        if leg.number != CALLER_LEG:
            raise KeysRefused(E2eTrouble.GHOST)
        self._partner_stream = leg.stream

    def _revealed(self, from_leg: LegNumber, reveal: Reveal, now: float) -> list[E2eStep]:
        caller = self._caller
        if caller is None or from_leg != caller.leg:
            raise KeysRefused(E2eTrouble.BAD_MESSAGE)
        if self._partner is not None:
            raise KeysRefused(E2eTrouble.REPLAYED)
        if commitment_to(self.call_id, reveal.public, reveal.nonce) != self.commitment:
            raise KeysRefused(E2eTrouble.COMMITMENT)
        payload = transcript(REVEAL, self.call_id, self.commitment, reveal.public, self._key.public)
        if not is_signed(caller.device_public, reveal.signature, payload):
            raise KeysRefused(E2eTrouble.SIGNATURE)
        self._partner = replace(caller, public=reveal.public)
        return self._first_key(now)


CALLER_LEG = LegNumber(1)


def _check_same(partner: Partner, leg: LegView) -> None:
    """A leg keeps its person, its device and its key for as long as the call lasts."""
    has_other_key = (
        bool(partner.public) and leg.key is not None and leg.key.public != partner.public
    )
    if leg.device != partner.device or leg.username != partner.username or has_other_key:
        raise KeysRefused(E2eTrouble.SWAPPED)

"""Two devices that agree keys past a server that a test plays, honestly or not."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from voip.client.call_roles import CalleeKeys, CallerKeys
from voip.client.contact_keys import ContactKey
from voip.client.device_identity import DeviceIdentity, certify_device, new_key
from voip.client.key_steps import E2eStep, KeysFailed, SendSealed, ShowLegKey
from voip.core.calls import CallView, LegKey, LegState, LegView
from voip.core.ids import CallId, LegNumber, StreamId, Username

CALL_ID = CallId(b"call".ljust(16))
ONE, TWO, THREE = LegNumber(1), LegNumber(2), LegNumber(3)
ALICE, BOB, MALLORY = Username("alice"), Username("bob"), Username("mallory")


def person(username: Username) -> DeviceIdentity:
    """Somebody with a fresh account and device key."""
    return certify_device(
        username, "laptop", new_key(secrets.token_bytes), new_key(secrets.token_bytes)
    )


def leg_of(
    who: DeviceIdentity, number: LegNumber, state: LegState, key: LegKey | None = None
) -> LegView:
    """A leg as an honest server shows it."""
    return LegView(
        number,
        who.username,
        who.username.title(),
        who.device,
        who.certificate,
        who.name,
        state,
        StreamId(100 + number),
        key=key,
    )


class Conversation:
    """Alice calls Bob. ``view`` is what the server says; each side's steps are kept."""

    def __init__(self, bob: DeviceIdentity | None = None) -> None:
        self.alice, self.mallory = person(ALICE), person(MALLORY)
        self.bob_account = new_key(secrets.token_bytes)
        self.bob = bob or certify_device(
            BOB, "laptop", self.bob_account, new_key(secrets.token_bytes)
        )
        self.known: dict[Username, ContactKey] = {}
        self.caller = CallerKeys(self.alice, CALL_ID, [BOB], self.known.get, secrets.token_bytes)
        self.version = 0
        self.now = 0.0
        self.view = self.next_view(
            leg_of(self.alice, ONE, LegState.DIALING), leg_of(self.bob, TWO, LegState.INVITED)
        )
        self.callee = CalleeKeys(self.bob, self.view, self.known.get, secrets.token_bytes)
        self.caller_steps: list[E2eStep] = []
        self.callee_steps: list[E2eStep] = []

    def next_view(self, *legs: LegView) -> CallView:
        self.version += 1
        return CallView(CALL_ID, self.version, legs, self.caller.commitment)

    def tell_caller(self, view: CallView) -> None:
        self.caller_steps += self.caller.view_changed(view, self.now)

    def tell_callee(self, view: CallView) -> None:
        self.callee_steps += self.callee.view_changed(view, self.now)

    def to_callee(self, sealed: bytes, from_leg: LegNumber = ONE) -> None:
        self.callee_steps += self.callee.sealed_arrived(from_leg, sealed, self.now)

    def to_caller(self, sealed: bytes, from_leg: LegNumber = TWO) -> None:
        self.caller_steps += self.caller.sealed_arrived(from_leg, sealed, self.now)

    def ring(self) -> None:
        """Bob's device hears of the call and shows its key."""
        self.tell_caller(self.view)
        self.tell_callee(self.view)
        (shown,) = [step for step in self.callee_steps if isinstance(step, ShowLegKey)]
        self.view = self.with_states(LegState.DIALING, LegState.RINGING, shown.key)

    def with_states(
        self, caller: LegState, callee: LegState, key: LegKey | None = None
    ) -> CallView:
        key = key or self.view.legs[1].key
        return self.next_view(leg_of(self.alice, ONE, caller), leg_of(self.bob, TWO, callee, key))

    def reveal(self) -> None:
        """Alice sees the key and reveals hers."""
        self.ring()
        self.tell_caller(self.view)
        self.tell_callee(self.view)
        for step in sent(self.caller_steps):
            self.to_callee(step.sealed)

    def answer(self) -> tuple[bytes, bytes]:
        """Both are active; gives the sealed sender keys of both, which nobody has got yet."""
        self.view = self.with_states(LegState.ACTIVE, LegState.ACTIVE)
        self.tell_caller(self.view)
        self.tell_callee(self.view)
        return sent(self.caller_steps)[-1].sealed, sent(self.callee_steps)[-1].sealed

    def talk(self) -> None:
        """The whole way, honestly."""
        self.reveal()
        from_caller, from_callee = self.answer()
        self.to_callee(from_caller)
        self.to_caller(from_callee)


def sent(steps: Sequence[E2eStep]) -> list[SendSealed]:
    return [step for step in steps if isinstance(step, SendSealed)]


def failures(steps: Sequence[E2eStep]) -> list[KeysFailed]:
    return [step for step in steps if isinstance(step, KeysFailed)]


def with_leg(view: CallView, number: LegNumber, change: Callable[[LegView], LegView]) -> CallView:
    """A view in which one leg is other than it was."""
    legs = tuple(change(leg) if leg.number == number else leg for leg in view.legs)
    return replace(view, version=view.version + 1, legs=legs)


def with_ghost(view: CallView, ghost: LegView) -> CallView:
    """A view in which somebody more stands."""
    return replace(view, version=view.version + 1, legs=(*view.legs, ghost))

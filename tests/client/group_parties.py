"""A conference of devices past a server that a test plays, in a time of its own.

Each device speaks and hears by SFrame alone, and keeps every key it was ever given, as somebody
would who wants to hear more than they should.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.client.key_parties import CALL_ID, leg_of, person
from voip.client.call_keys import CallKey
from voip.client.contact_keys import ContactKey
from voip.client.device_identity import DeviceIdentity
from voip.client.group_keys import COLLECT_SECONDS, GroupKeys
from voip.client.key_exchange import Handover
from voip.client.key_steps import (
    E2eStep,
    KeysFailed,
    SendSealed,
    ShowLegKey,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.sender_keys import USE_AFTER_SECONDS, SenderKeys
from voip.core.calls import JOINED, CallView, LegState, LegView
from voip.core.ids import LegNumber, StreamId, Username
from voip.media.sframe import FrameKey, KeyUsedUpError, Sender, SenderKey, decode_header

COMMITMENT = bytes(range(32))
SETTLED_SECONDS = COLLECT_SECONDS + USE_AFTER_SECONDS
"""After a change: from then on everybody speaks under a key of those who are there."""


def other_kids(key: SenderKey) -> list[SenderKey]:
    """A key and everything that can be made of it."""
    keys = [key]
    while True:
        try:
            keys.append(keys[-1].ratchet())
        except KeyUsedUpError:
            return keys


@dataclass
class Device:
    """One leg's device. ``shown`` is the view of it that an honest server gives to all."""

    identity: DeviceIdentity
    shown: LegView
    keys: GroupKeys
    known: dict[Username, ContactKey]
    sender: Sender | None = None
    heard: list[tuple[StreamId, SenderKey]] = field(default_factory=list)
    steps: list[E2eStep] = field(default_factory=list)

    @property
    def leg(self) -> LegNumber:
        return self.shown.number

    def of(self, kind: type) -> list[E2eStep]:
        return [step for step in self.steps if isinstance(step, kind)]

    @property
    def failures(self) -> list[KeysFailed]:
        return [step for step in self.steps if isinstance(step, KeysFailed)]

    def speak(self) -> bytes:
        assert self.sender is not None
        return self.sender.seal(b"word")

    def can_open(self, speaker: "Device", frame: bytes) -> bool:
        """Whether any key it ever had of a speaker, or any it can make of one, opens a frame, by
        whatever KID the frame is called."""
        parsed = decode_header(frame)
        assert parsed is not None
        header, length = parsed
        return any(
            FrameKey(header.kid, each.base).open(header.ctr, frame[:length], frame[length:])
            is not None
            for stream, key in self.heard
            if stream == speaker.shown.stream
            for each in other_kids(key)
        )


class Gathering:
    """Everybody in the conference, those who left too. Views go to all who are in it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.version = 0
        self.devices: dict[LegNumber, Device] = {}
        self.people: dict[str, DeviceIdentity] = {}
        self.carried: list[tuple[LegNumber, LegNumber, bytes]] = []  # from, to, what
        self.is_cut = False  # nothing that is sealed arrives

    # ---- the honest server ---------------------------------------------------------------------

    def rings(
        self,
        name: str,
        *,
        is_listener: bool = False,
        handover: Handover | None = None,
        known: dict[Username, ContactKey] | None = None,
    ) -> Device:
        """Somebody is told of the conference, and shows a key."""
        identity = self.people.setdefault(name, person(Username(name)))
        number = LegNumber(len(self.devices) + 1)
        shown = leg_of(identity, number, LegState.RINGING)
        known = {} if known is None else known
        handover = handover or Handover(
            CallKey(secrets.token_bytes), SenderKeys(secrets.token_bytes)
        )
        keys = GroupKeys(identity, CALL_ID, COMMITMENT, known.get, secrets.token_bytes, handover)
        device = Device(identity, replace(shown, is_listener=is_listener), keys, known)
        self.devices[number] = device
        self.show()
        return device

    def joins(self, name: str, *, is_listener: bool = False) -> Device:
        """Somebody comes in."""
        device = self.rings(name, is_listener=is_listener)
        self.is_now(device, LegState.ACTIVE)
        return device

    def is_now(self, device: Device, state: LegState) -> None:
        device.shown = replace(device.shown, state=state)
        self.show()

    def leaves(self, device: Device) -> None:
        self.is_now(device, LegState.LEFT)

    def view(self) -> CallView:
        """The whole call, as an honest server has it; those who left are not in it any more."""
        self.version += 1
        legs = tuple(
            each.shown for each in self.devices.values() if each.shown.state is not LegState.LEFT
        )
        return CallView(CALL_ID, self.version, legs, COMMITMENT, is_conference=True)

    def show(self) -> None:
        view = self.view()
        for device in self.live():
            self.tell(device, view)

    def live(self) -> list[Device]:
        return [each for each in self.devices.values() if each.shown.state is not LegState.LEFT]

    def joined(self) -> list[Device]:
        return [each for each in self.devices.values() if each.shown.state in JOINED]

    # ---- what any server may do ----------------------------------------------------------------

    def tell(self, device: Device, view: CallView) -> None:
        self.take(device, device.keys.view_changed(view, self.now))

    def deliver(self, device: Device, from_leg: LegNumber, sealed: bytes) -> list[E2eStep]:
        steps = device.keys.sealed_arrived(from_leg, sealed, self.now)
        self.take(device, steps)
        return steps

    def pass_time(self, seconds: float) -> None:
        """Let time pass; timers are handled when they are due."""
        end = self.now + seconds
        while True:
            due = [
                (at, number)
                for number, each in self.devices.items()
                if (at := each.keys.next_timer) is not None and at <= end
            ]
            if not due:
                break
            at, number = min(due)
            self.now = max(self.now, at)
            device = self.devices[number]
            self.take(device, device.keys.handle_timer(self.now))
        self.now = end

    def settle(self) -> None:
        self.pass_time(SETTLED_SECONDS)

    def take(self, device: Device, steps: Sequence[E2eStep]) -> None:
        """Carry out what a device's keys ask for."""
        device.steps += steps
        for step in steps:
            match step:
                case ShowLegKey(key=key):
                    device.shown = replace(device.shown, key=key)
                    self.show()
                case SendSealed(to_leg=to_leg, sealed=sealed):
                    self.carried.append((device.leg, to_leg, sealed))
                    receiver = self.devices.get(to_leg)
                    is_there = receiver is not None and receiver.shown.state in JOINED
                    if receiver is not None and is_there and not self.is_cut:
                        self.deliver(receiver, device.leg, sealed)
                case UseSendKey(generation, base_key, ratchet_step):
                    device.sender = Sender(SenderKey(base_key, generation, ratchet_step))
                case UseReceiveKey(stream, generation, base_key, ratchet_step):
                    device.heard.append((stream, SenderKey(base_key, generation, ratchet_step)))
                case _:
                    pass


def changed(view: CallView, number: LegNumber, change: Callable[[LegView], LegView]) -> CallView:
    """A view in which one leg is other than it was."""
    legs = tuple(change(leg) if leg.number == number else leg for leg in view.legs)
    return replace(view, legs=legs)

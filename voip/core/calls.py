"""A call as everyone may see it: the words and the read-only views.

``CallView`` is what travels in a CallState message, what the admin shell prints and what a screen
draws. It is always the whole call and carries a version: whoever holds one replaces it only by a
newer one. It knows no sessions, no addresses and no clock.
"""

from dataclasses import dataclass, replace
from enum import Enum, unique
from typing import Final

from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username

CALLER: Final = LegNumber(1)
"""The number of the leg that started the call."""

LEG_KEY_SIZE: Final = 1216
"""Bytes of an X-Wing public key: ML-KEM-768's 1184 and X25519's 32."""


@unique
class LegState(Enum):
    """Where one device stands in a call."""

    DIALING = "dialing"  # the caller, until somebody answers
    INVITED = "invited"  # told of the call, has not said it rings
    RINGING = "ringing"
    ACTIVE = "active"
    HELD = "held"  # joined, and this device put the call on hold
    LEFT = "left"


CALLED: Final = frozenset({LegState.INVITED, LegState.RINGING})
JOINED: Final = frozenset({LegState.ACTIVE, LegState.HELD})
"""Where a leg stands that is in the call and does not merely ring or dial."""


@unique
class EndReason(Enum):
    """Why a leg left its call."""

    HANGUP = "hangup"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNAVAILABLE = "unavailable"  # offline, absent and (later) blocked look alike to a caller
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NETWORK_LOST = "network_lost"
    SERVER_STOP = "server_stop"
    FAILED = "failed"
    E2E_FAILED = "e2e_failed"
    KICKED = "kicked"  # the host of a conference put this leg out
    MERGED = "merged"  # this leg goes on in another call
    OPERATOR = "operator"  # the server's operator ended the call


@unique
class DeclineReason(Enum):
    """What a device may say instead of accepting."""

    DECLINED = "declined"  # the person said no: stops ringing on all their devices
    BUSY = "busy"  # this device is in a call already
    FAILED = "failed"  # this device cannot take calls now


@dataclass(frozen=True, slots=True)
class LegKey:
    """A leg's public key for this call, sent once.

    ``public`` is the X-Wing key, ``signature`` the device's Ed25519 signature over call, leg role
    and key. Checking them is the other client's business; the server only carries them.
    """

    public: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class LegView:
    """One leg of a call.

    ``certificate``, ``device_name`` and ``key`` travel to each receiver once: in later views they
    are empty, and ``filled_in`` puts them back.
    """

    number: LegNumber
    username: Username
    nick: str
    device: DeviceId
    certificate: bytes  # the device certificate the session logged in with
    device_name: str
    state: LegState
    stream: StreamId
    is_connected: bool = True
    is_muted: bool = False
    is_host: bool = False
    is_listener: bool = False  # has no open stream: hears and is not heard
    is_gateway: bool = False  # True: this leg is not end-to-end encrypted (none yet is)
    key: LegKey | None = None
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class CallView:
    """A whole call at one moment.

    ``commitment`` is the caller's SHA-256 commitment to the key it reveals once another leg has
    shown its own. ``answered_ms`` is how long ago, in milliseconds, two legs first were active;
    None before. ``merged_into`` is set once the call has ended for this receiver because its leg
    goes on in another call.
    """

    call_id: CallId
    version: int
    legs: tuple[LegView, ...]
    commitment: bytes
    is_conference: bool = False
    require_e2e: bool = True
    answered_ms: int | None = None
    is_locked: bool = False
    ended: EndReason | None = None
    merged_into: CallId | None = None

    def leg_of(self, device: DeviceId) -> LegView | None:
        """The newest leg that belongs to a device."""
        return next((leg for leg in reversed(self.legs) if leg.device == device), None)


def filled_in(view: CallView, before: CallView | None) -> CallView:
    """A view with what its receiver was told once before: certificates, names of devices, keys.

    A leg that shows one of them anew keeps what it shows: whoever checks keys sees a change.
    """
    if before is None:
        return view
    known = {(leg.number, leg.device): leg for leg in before.legs}
    legs = tuple(_filled_leg(leg, known.get((leg.number, leg.device))) for leg in view.legs)
    return replace(view, legs=legs)


def _filled_leg(leg: LegView, before: LegView | None) -> LegView:
    if before is None:
        return leg
    return replace(
        leg,
        certificate=leg.certificate or before.certificate,
        device_name=leg.device_name or before.device_name,
        key=leg.key or before.key,
    )

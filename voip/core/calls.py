"""A call as everyone may see it: the words and the read-only views.

``CallView`` is what travels in a CallState message, what the admin shell prints and what a screen
draws. It is always the whole call and carries a version: whoever holds one replaces it only by a
newer one. It knows no sessions, no addresses and no clock.
"""

from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username

LEG_KEY_SIZE: Final = 1216
"""Bytes of an X-Wing public key: ML-KEM-768's 1184 and X25519's 32."""


@unique
class LegState(Enum):
    """Where one device stands in a call."""

    DIALING = "dialing"  # the caller, until somebody answers
    INVITED = "invited"  # told of the call, has not said it rings
    RINGING = "ringing"
    ACTIVE = "active"
    LEFT = "left"


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
    """One leg of a call."""

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
    is_gateway: bool = False  # True: this leg is not end-to-end encrypted (none yet is)
    key: LegKey | None = None
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class CallView:
    """A whole call at one moment.

    ``commitment`` is the caller's SHA-256 commitment to the key it reveals once another leg has
    shown its own. ``answered_ms`` is how long ago, in milliseconds, two legs first were active;
    None before.
    """

    call_id: CallId
    version: int
    legs: tuple[LegView, ...]
    commitment: bytes
    is_conference: bool = False
    require_e2e: bool = True
    answered_ms: int | None = None
    ended: EndReason | None = None

    def leg_of(self, device: DeviceId) -> LegView | None:
        """The newest leg that belongs to a device."""
        return next((leg for leg in reversed(self.legs) if leg.device == device), None)

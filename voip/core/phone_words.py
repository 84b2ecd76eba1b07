"""What a phone says: the values that ``voip.core.phone`` gives out.

``PhoneCall`` is how one device sees one of its calls. The outputs are what the client is to do, in
the order given: ask the server something, ring, open the microphone, fetch a key. They know
no connection, no sound device and no key material but the public ``LegKey``.
"""

from dataclasses import dataclass
from enum import Enum, unique

from voip.core.call_messages import (
    Accept,
    Alerting,
    Cancel,
    Decline,
    Hold,
    Invite,
    Leave,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.calls import CallView, EndReason
from voip.core.ids import CallId, StreamId, Username

PhoneRequest = (
    Invite | Alerting | Accept | Decline | Cancel | Leave | SetMute | Hold | Unhold | Swap
)
"""What a phone may ask of the server."""


@unique
class PhoneCallState(Enum):
    """Where this device stands in a call, as its user sees it."""

    DIALLING = "dialling"  # the user called; nobody has answered yet
    RINGING = "ringing"  # somebody calls; this device sounds
    SILENCED = "silenced"  # still ringing for the server, silent here
    MEETING = "meeting"  # comes from the very person being dialled: waits for the server's word
    ACCEPTING = "accepting"  # the user said yes; the server has not yet shown both legs active
    TALKING = "talking"
    HELD = "held"  # the user put it on hold
    RESUMING = "resuming"  # on hold at the server, and the user wants to talk
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """One call as this device knows it now.

    ``peers`` are the people the user dialled, or who is calling. ``view`` is the newest whole call
    from the server, None until it came. ``end_reason`` is set when the state is ENDED.
    """

    call_id: CallId
    state: PhoneCallState
    is_incoming: bool
    peers: frozenset[Username]
    view: CallView | None = None
    is_muted: bool = False
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Send this request; hand request and answer back to ``Phone.answered``."""

    request: PhoneRequest


@dataclass(frozen=True, slots=True)
class Ring:
    """Begin to sound: somebody calls."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class StopRinging:
    call_id: CallId


@dataclass(frozen=True, slots=True)
class NeedKey:
    """Make this device's key for the call and give it to ``Phone.key_ready``."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class OpenMicrophone:
    """The user wanted to talk in this call and both sides are active: send on ``stream``."""

    call_id: CallId
    stream: StreamId


@dataclass(frozen=True, slots=True)
class CloseMicrophone:
    call_id: CallId


@dataclass(frozen=True, slots=True)
class Met:
    """Both dialled each other: the call dialled as ``dialled`` goes on as ``call_id``.

    ``dialled`` is over without a ``Changed`` of its own. In ``call_id`` this device is a callee.
    """

    dialled: CallId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class Changed:
    """A call began, changed or ended; after ENDED the phone knows it no more."""

    call: PhoneCall


@dataclass(frozen=True, slots=True)
class MuteMicrophone:
    """The host muted this device; the user may unmute."""

    call_id: CallId


PhoneOutput = (
    Ask
    | Ring
    | StopRinging
    | NeedKey
    | OpenMicrophone
    | CloseMicrophone
    | MuteMicrophone
    | Met
    | Changed
)
PhoneOutputs = tuple[PhoneOutput, ...]

"""The control messages about calls, as plain values: see ``voip.core.messages`` for all of them.

A request gets the answer named beside it, or a ``Refusal``. They know calls by their ids and legs
by their numbers; who asks is known from the session alone.
"""

from dataclasses import dataclass

from voip.core.calls import CallView, DeclineReason, LegKey
from voip.core.ids import CallId, LegNumber, Username

OWN_LEG = LegNumber(0)
"""Stands for the leg of who asks."""


@dataclass(frozen=True, slots=True)
class Invite:
    """Start a call -> InviteOk. The id may be another's: two people who call each other meet in
    the call that came first."""

    call_id: CallId
    callees: tuple[Username, ...]
    commitment: bytes  # 32 bytes
    is_conference: bool = False
    require_e2e: bool = True


@dataclass(frozen=True, slots=True)
class InviteOk:
    call_id: CallId


@dataclass(frozen=True, slots=True)
class Alerting:
    """This device rings (or, after glare, has joined): here is its key for the call -> Done."""

    call_id: CallId
    key: LegKey


@dataclass(frozen=True, slots=True)
class Accept:
    """-> Done; the first device of a user wins."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Decline:
    """-> Done."""

    call_id: CallId
    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class Cancel:
    """The caller gives up before an answer; crossing one, it means Leave -> Done."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Leave:
    """Hang up -> Done. ``e2e_failed`` says the keys of the other side did not hold."""

    call_id: CallId
    e2e_failed: bool = False


@dataclass(frozen=True, slots=True)
class SetMute:
    """Tell the others that this microphone is muted -> Done.

    ``leg`` 0 is one's own. The host of a conference may mute another's, who may unmute himself.
    """

    call_id: CallId
    is_muted: bool
    leg: LegNumber = OWN_LEG


@dataclass(frozen=True, slots=True)
class Hold:
    """Put this device's leg on hold: it neither sends nor hears -> Done."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Unhold:
    """Take a held call back -> Done; WRONG_STATE while another is dialled or talked in."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Swap:
    """Hold one call and take another back, in one step -> Done."""

    hold: CallId
    resume: CallId


@dataclass(frozen=True, slots=True)
class AddParticipant:
    """Call more people into a call, which becomes a conference -> Done.

    CALL_LOCKED once the host has locked it, CALL_FULL when there is no place for so many.
    """

    call_id: CallId
    callees: tuple[Username, ...]
    as_listeners: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """Bring everyone of ``other`` into ``call_id``, which becomes a conference -> Done.

    Who asks is joined in both, the host of ``other`` if that has one, and the host afterwards if
    ``call_id`` has none.
    """

    call_id: CallId
    other: CallId


@dataclass(frozen=True, slots=True)
class Kick:
    """The host puts a person out, with all their devices -> Done."""

    call_id: CallId
    username: Username


@dataclass(frozen=True, slots=True)
class SetLock:
    """The host lets nobody new in, or lets people in again -> Done."""

    call_id: CallId
    is_locked: bool


@dataclass(frozen=True, slots=True)
class EndForAll:
    """The host ends the conference -> Done."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class SealedPart:
    """What only one leg can open."""

    to_leg: LegNumber
    sealed: bytes


@dataclass(frozen=True, slots=True)
class E2eRelay:
    """Carry sealed messages to other legs unread -> Done.

    Each becomes an ``E2eArrived`` of its own; one for a leg that has left is dropped.
    """

    call_id: CallId
    parts: tuple[SealedPart, ...]  # 1 to 256, each of at most 8 KiB, 60 KiB in all


@dataclass(frozen=True, slots=True)
class QualityReport:
    """How the call sounds here, coarsely, for the server's log and figures -> Done."""

    call_id: CallId
    lost_per_mille: int
    jitter_ms: int
    rtt_ms: int


@dataclass(frozen=True, slots=True)
class CallChanged:
    """CallState on the wire: the whole call."""

    call: CallView


@dataclass(frozen=True, slots=True)
class E2eArrived:
    """A sealed message of another leg of the call."""

    call_id: CallId
    from_leg: LegNumber
    sealed: bytes

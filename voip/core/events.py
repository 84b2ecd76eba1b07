"""What happens to the switchboard. Adapters (control sessions, timers, tests) make these.

A request's sender is known from its session alone; no event carries a claim of who sent it.
"""

from dataclasses import dataclass

from voip.core.call_messages import (
    Accept,
    AddParticipant,
    Alerting,
    Cancel,
    Decline,
    E2eRelay,
    EndForAll,
    Hold,
    Invite,
    Kick,
    Leave,
    Merge,
    QualityReport,
    SetLock,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.ids import AccountId, CallId, DeviceId, SessionId, Username
from voip.core.people_messages import GetPerson, ListUsers, SetIdle, SetPresence
from voip.core.timers import TimerKey

SwitchboardRequest = (
    Invite
    | Alerting
    | Accept
    | Decline
    | Cancel
    | Leave
    | SetMute
    | Hold
    | Unhold
    | Swap
    | AddParticipant
    | Merge
    | Kick
    | SetLock
    | EndForAll
    | E2eRelay
    | QualityReport
    | SetPresence
    | SetIdle
    | ListUsers
    | GetPerson
)
"""The requests the switchboard decides; the rest belong to the session and the accounts."""


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A device logged in; its media leg is open.

    ``contacts`` and ``blocked`` are the names in the account's phone book as they were read for
    this login; of an account that has a session already the switchboard knows better.
    """

    session: SessionId
    account: AccountId
    username: Username
    nick: str
    device: DeviceId
    device_name: str
    certificate: bytes
    contacts: tuple[Username, ...] = ()
    blocked: tuple[Username, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionLost:
    """Its connection broke; it may come back within the grace time."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class SessionResumed:
    """It came back on a new connection."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """It logged out, was replaced or its grace time is over."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class NickChanged:
    """An account's shown name changed."""

    account: AccountId
    nick: str


@dataclass(frozen=True, slots=True)
class ContactPut:
    """Somebody stands in an account's phone book, as a contact or as blocked."""

    owner: Username
    username: Username
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class ContactRemoved:
    """Somebody stands in an account's phone book no more."""

    owner: Username
    username: Username


@dataclass(frozen=True, slots=True)
class Asked:
    """A logged-in session sent a request; exactly one ``Reply`` effect answers it."""

    session: SessionId
    request_id: int
    request: SwitchboardRequest


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the switchboard had started ran out."""

    key: TimerKey


@dataclass(frozen=True, slots=True)
class CallEndedByOperator:
    """The operator ends a call for everybody in it."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Draining:
    """From now on no call begins, or calls may begin again; those in progress go on."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class ServerStopping:
    """The service is going down: every call ends with SERVER_STOP."""


Event = (
    SessionOpened
    | SessionLost
    | SessionResumed
    | SessionClosed
    | NickChanged
    | ContactPut
    | ContactRemoved
    | Asked
    | TimerFired
    | CallEndedByOperator
    | Draining
    | ServerStopping
)

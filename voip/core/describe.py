"""Read-only views of what the switchboard holds, for the log, the admin shell and the tests.

What everybody in a call may see of it is its ``CallView``; what the server knows beside that, and
of the sessions, is here.
"""

from dataclasses import dataclass

from voip.core.call import Call
from voip.core.call_messages import QualityReport
from voip.core.calls import CallView, LegView
from voip.core.ids import AccountId, CallId, DeviceId, SessionId, Username
from voip.core.people import Presence


@dataclass(frozen=True, slots=True)
class SessionView:
    """One login of one device."""

    session: SessionId
    account: AccountId
    username: Username
    nick: str
    device: DeviceId
    device_name: str
    presence: Presence  # the account's, as others see it
    is_connected: bool  # False: lost, and may come back
    calls: tuple[CallId, ...]  # those it has a live leg in


@dataclass(frozen=True, slots=True)
class CallSort:
    """What calls are counted by."""

    is_conference: bool
    is_answered: bool


@dataclass(frozen=True, slots=True)
class LegDescription:
    """One leg of a call. ``joined_seconds_ago`` None: it has not joined, or has left.

    ``report`` is how the call sounds at this person's, as one of their devices said last.
    """

    leg: LegView
    session: SessionId
    joined_seconds_ago: float | None
    report: QualityReport | None


@dataclass(frozen=True, slots=True)
class CallDescription:
    """A call that has not ended, with its legs as far as they are not gone."""

    view: CallView
    started_seconds_ago: float
    legs: tuple[LegDescription, ...]


def describe_call(call: Call, now: float) -> CallDescription:
    """What there is to know of a call at this moment."""
    attendance = call.attendance
    legs: list[LegDescription] = []
    for seat in call.seats:
        joined_at = attendance.joined_at(seat.view)
        joined = None if joined_at is None else now - joined_at
        report = attendance.report_of(seat.username)
        legs.append(LegDescription(seat.view, seat.session, joined, report))
    return CallDescription(call.view(now), now - call.started_at, tuple(legs))

"""Who took part in a call and how: what is left of it for the log and the history.

It is shown the legs at each change and asked when the call has ended. A person may have several
devices, leave and be called again: it is one record. It knows no sessions and decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from voip.core.call_messages import QualityReport
from voip.core.calls import JOINED, EndReason, LegState, LegView
from voip.core.effects import Participant
from voip.core.ids import LegNumber, Username

# What is told of somebody whose devices left for different reasons: the first of these.
MOST_TELLING = (
    EndReason.E2E_FAILED,
    EndReason.DECLINED,
    EndReason.BUSY,
    EndReason.NO_ANSWER,
    EndReason.KICKED,
    EndReason.MERGED,
    EndReason.OPERATOR,
    EndReason.SERVER_STOP,
    EndReason.NETWORK_LOST,
    EndReason.CANCELLED,
    EndReason.FAILED,
)


def most_telling(reasons: Iterable[EndReason | None]) -> EndReason:
    """Why somebody is not there, of all that their devices said."""
    said = frozenset(reasons)
    return next((one for one in MOST_TELLING if one in said), EndReason.UNAVAILABLE)


PATIENCE = 3
"""How often somebody may say no to a call before it lets them rest: minds change, but not often."""


@dataclass(slots=True)
class _Person:
    is_caller: bool = False
    has_joined: bool = False
    joined_at: dict[LegNumber, float] = field(default_factory=dict)
    talked_seconds: float = 0.0
    last_reason: EndReason | None = None  # of a leg that had joined
    reasons: set[EndReason | None] = field(default_factory=set)  # of those that had not
    report: QualityReport | None = None
    declined: int = 0
    declined_at: float | None = None  # the last time, once it was too often


class Attendance:
    """The people of one call, the caller first, in the order in which they were called."""

    def __init__(self, caller: Username) -> None:
        self._people = {caller: _Person(is_caller=True)}
        self._over: set[LegNumber] = set()

    def called(self, usernames: Iterable[Username]) -> None:
        """Somebody is called, with devices or without."""
        for username in usernames:
            self._people.setdefault(username, _Person())

    def count_with(self, usernames: Iterable[Username]) -> int:
        """How many people they are, once these are called too."""
        return len(self._people.keys() | usernames)

    def declined_since(self, usernames: Iterable[Username], moment: float) -> float | None:
        """When one of these said no to this call once too often, unless before the moment."""
        people = (self._people.get(username) for username in usernames)
        times = [one.declined_at for one in people if one is not None]
        return max((at for at in times if at is not None and at > moment), default=None)

    def seen(self, legs: Iterable[LegView], now: float) -> None:
        """The legs as they are now; those that have left may be shown again."""
        for leg in legs:
            person = self._people[leg.username]
            if leg.state in JOINED and leg.number not in person.joined_at:
                person.has_joined = True
                person.joined_at[leg.number] = now
            elif leg.state is LegState.LEFT and leg.number not in self._over:
                self._over.add(leg.number)
                self._leg_left(person, leg, now)

    def measured(self, username: Username, report: QualityReport) -> None:
        """How it sounds at somebody's, as reported last."""
        self._people[username].report = report

    def joined_at(self, leg: LegView) -> float | None:
        """When a leg that is in the call joined it."""
        return self._people[leg.username].joined_at.get(leg.number)

    def report_of(self, username: Username) -> QualityReport | None:
        """How it sounds at somebody's, as reported last; None: not reported."""
        return self._people[username].report

    def records(self) -> tuple[Participant, ...]:
        """Everybody's part in a call that has ended."""
        return tuple(_record(username, person) for username, person in self._people.items())

    def _leg_left(self, person: _Person, leg: LegView, now: float) -> None:
        if leg.end_reason is EndReason.DECLINED:
            person.declined += 1
            if person.declined >= PATIENCE:
                person.declined_at = now
        joined_at = person.joined_at.pop(leg.number, None)
        if joined_at is None:
            person.reasons.add(leg.end_reason)
        else:
            person.talked_seconds += now - joined_at
            person.last_reason = leg.end_reason


def _record(username: Username, person: _Person) -> Participant:
    report = person.report
    return Participant(
        username=username,
        is_caller=person.is_caller,
        has_joined=person.has_joined,
        outcome=person.last_reason or most_telling(person.reasons),
        talked_seconds=person.talked_seconds,
        lost_per_mille=report.lost_per_mille if report is not None else 0,
        rtt_ms=report.rtt_ms if report is not None else 0,
        has_reported=report is not None,
    )

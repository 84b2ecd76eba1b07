"""What the server has done so far, in numbers: counters that its parts bump by plain calls.

    a conversation  -> answered   requests, refusals, logins, registrations
    the switchboard -> call_started, call_ended
    the desk        -> command
    the audit       -> audit.recorded, audit.failed

A call costs a microsecond or two, on the reactor's thread. No name of a person and no
address is kept, and the number of different labels is bounded by what is written in the code. Who
reads the figures, and in which format they leave, is not known here.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from voip.core.account_messages import Recover, RecoverFinish, Reset
from voip.core.calls import EndReason
from voip.core.deeds import Door
from voip.core.effects import CallEnded
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import Answer, AuthDevice, AuthFinish, Register, RegisterOk, Request, Resume
from voip.server.histogram import Histogram

DONE: Final = "ok"
"""The result of what was not refused; of the others it is the refusal's code."""

PENDING: Final = "pending"
"""An account was made that waits for an approval."""

MAX_COMMANDS: Final = 200
"""Names of commands that are counted one by one; there are some 30, and python lines one more."""
OTHER: Final = "other"

TALK_BOUNDS: Final = (10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 3600.0, 10800.0)
LOSS_BOUNDS: Final = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
"""A loss of 1 % is hardly heard, one of 5 % is, and one of 20 % tears words apart."""
ROUND_TRIP_BOUNDS: Final = (0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
AUDIT_BOUNDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)

_STEPS: Final[dict[type, str]] = {
    AuthFinish: "password",
    AuthDevice: "device",
    Resume: "resume",
    Recover: "recovery",
    RecoverFinish: "recovery",
    Reset: "reset",
}
_FAILURES: Final = {
    "password": (ErrorCode.WRONG_PASSWORD, ErrorCode.RATE_LIMITED),
    "device": (ErrorCode.UNKNOWN_DEVICE, ErrorCode.RATE_LIMITED),
    "resume": (ErrorCode.SESSION_GONE, ErrorCode.RATE_LIMITED),
    "recovery": (ErrorCode.WRONG_CODE, ErrorCode.RATE_LIMITED),
    "reset": (ErrorCode.WRONG_CODE, ErrorCode.RATE_LIMITED),
}
"""What goes wrong often enough to be there, as 0, before it has."""


@dataclass(slots=True)
class CallMeters:
    """Calls that began and ended, and how those who took part heard each other."""

    started: int = 0
    ended: Counter[tuple[bool, EndReason]] = field(default_factory=Counter)
    talk_seconds: Histogram = field(default_factory=lambda: Histogram(TALK_BOUNDS))
    loss: Histogram = field(default_factory=lambda: Histogram(LOSS_BOUNDS))
    round_trip_seconds: Histogram = field(default_factory=lambda: Histogram(ROUND_TRIP_BOUNDS))


@dataclass(slots=True)
class AuditMeters:
    """Lines of the audit, and whether it could be written last."""

    lines: int = 0
    failures: int = 0
    is_writable: bool = True
    seconds: Histogram = field(default_factory=lambda: Histogram(AUDIT_BOUNDS))
    refused: Counter[Door] = field(default_factory=Counter)  # also those that were not written down

    def recorded(self, seconds: float) -> None:
        """A line is safe on disk, which took so long."""
        self.lines += 1
        self.seconds.add(seconds)
        self.is_writable = True

    def failed(self) -> None:
        """A line could not be written."""
        self.failures += 1
        self.is_writable = False


class Meters:
    """All counters of one server."""

    def __init__(self) -> None:
        self.requests: Counter[type[Request]] = Counter()
        self.refusals: Counter[ErrorCode] = Counter()
        self.logins: Counter[tuple[str, str]] = Counter(
            {
                (step, result): 0
                for step, codes in _FAILURES.items()
                for result in (DONE, *(code.value for code in codes))
            }
        )
        self.registrations: Counter[str] = Counter({DONE: 0, PENDING: 0})
        self.commands: Counter[tuple[str, str]] = Counter()
        self.calls = CallMeters()
        self.audit = AuditMeters()

    def answered(self, request: Request, answer: Answer) -> None:
        """A request was answered."""
        kind = type(request)
        self.requests[kind] += 1
        result = DONE
        if isinstance(answer, Refusal):
            self.refused(answer.code)
            result = answer.code.value
        if kind is Register:
            is_pending = isinstance(answer, RegisterOk) and answer.is_pending
            self.registrations[PENDING if is_pending else result] += 1
        elif (step := _STEPS.get(kind)) is not None and (kind is not Recover or result != DONE):
            # A right recovery code is counted when it is used up, not when it is looked up.
            self.logins[step, result] += 1

    def refused(self, code: ErrorCode) -> None:
        """Somebody was refused something."""
        self.refusals[code] += 1

    def call_started(self) -> None:
        self.calls.started += 1

    def call_ended(self, ended: CallEnded) -> None:
        """A call is over; what its participants reported last is what they heard."""
        calls = self.calls
        calls.ended[ended.is_conference, ended.outcome] += 1
        if ended.talked_seconds:
            calls.talk_seconds.add(ended.talked_seconds)
        for one in ended.participants:
            if one.has_reported:
                calls.loss.add(one.lost_per_mille / 1000)
                calls.round_trip_seconds.add(one.rtt_ms / 1000)

    def command(self, name: str, exit_word: str) -> None:
        """An operator's command was run. ``name`` is that of a command there is."""
        key = name, exit_word
        if key not in self.commands and len(self.commands) >= MAX_COMMANDS:
            key = OTHER, exit_word
        self.commands[key] += 1

"""Which requests one connection of the server may make now, from Hello to the end.

Knows the order of the messages, neither names nor passwords. The adapter asks ``admit`` about each
request that comes in and tells ``answered`` about each answer that goes out; the stage follows
from these two alone::

    fresh --HelloOk--> greeted --AuthChallenge--> challenged --AuthKeys--> proven --AuthOk--> open
                          |                            '--refused--> greeted                  |
                          '--AuthOk (device key), ResumeOk-------------------------------> open
    open --AuthChallenge--> confirming --ChangePassword--> open            open --Logout--> over

A challenge is good for one proof, right or wrong. Before login one request is dealt with at a
time, so that a client cannot have a second guess while the first is being looked up.
"""

from enum import Enum, unique
from typing import assert_never

from voip.core.errors import ErrorCode, Refusal
from voip.core.limits import ConnectionLimits
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthDevice,
    AuthFinish,
    AuthKeys,
    AuthOk,
    AuthStart,
    ChangePassword,
    Hello,
    HelloOk,
    Logout,
    Ping,
    Register,
    Request,
    Resume,
    ResumeOk,
)


@unique
class Stage(Enum):
    """How far a connection has come."""

    FRESH = "fresh"
    GREETED = "greeted"
    CHALLENGED = "challenged"  # a login's nonce is out
    PROVEN = "proven"  # the password was right; the device is still to be named
    OPEN = "open"
    CONFIRMING = "confirming"  # open, and a password change's nonce is out
    OVER = "over"


_BEFORE_LOGIN: dict[Stage, tuple[type[Request], ...]] = {
    Stage.FRESH: (Hello,),
    Stage.GREETED: (Register, AuthStart, AuthDevice, Resume),
    Stage.CHALLENGED: (Register, AuthStart, AuthDevice, Resume, AuthFinish),
    Stage.PROVEN: (Register, AuthStart, AuthDevice, Resume),
}

_LOGIN_REQUESTS = (Register, AuthFinish, AuthDevice, Resume)


class SessionGate:
    """One connection's stage, and the limits that hang on it."""

    def __init__(self, limits: ConnectionLimits, now: float) -> None:
        self._limits = limits
        self._opened_at = now
        self._waits_for: Request | None = None
        self.stage = Stage.FRESH

    @property
    def is_open(self) -> bool:
        """Whether somebody is logged in here."""
        return self.stage in (Stage.OPEN, Stage.CONFIRMING)

    @property
    def max_frame_bytes(self) -> int:
        """The longest frame the client may send now."""
        if self.is_open:
            return self._limits.frame_bytes
        return self._limits.frame_bytes_before_login

    @property
    def login_deadline(self) -> float | None:
        """When to give the connection up for not having logged in; None once it has, or is over."""
        if self.is_open or self.stage is Stage.OVER:
            return None
        return self._opened_at + self._limits.login_deadline_seconds

    def admit(self, request: Request) -> ErrorCode | None:
        """Take a request on, or tell why not. A request taken on must get its ``answered``."""
        refused = self._problem_of(request)
        if refused is not None:
            return refused
        match self.stage:
            case Stage.OPEN | Stage.CONFIRMING:
                self._admit_open(request)
            case Stage.FRESH | Stage.GREETED | Stage.CHALLENGED | Stage.PROVEN:
                if not isinstance(request, Ping):
                    self._waits_for = request
            case Stage.OVER:  # pragma: no cover - refused above
                pass
            case _:
                assert_never(self.stage)
        return None

    def answered(self, request: Request, answer: Answer) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """The connection is going: nothing is admitted any more."""
        self.stage = Stage.OVER

    def _problem_of(self, request: Request) -> ErrorCode | None:
        raise NotImplementedError

    def _admit_open(self, request: Request) -> None:
        raise NotImplementedError

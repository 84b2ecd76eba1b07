"""Which requests one connection of the server may make now, from Hello to the end.

Knows the order of the messages, neither names nor passwords. The adapter asks ``admit`` about each
request that comes in and tells ``answered`` about each answer that goes out; the stage follows
from these two alone::

    fresh --HelloOk--> greeted --AuthChallenge--> challenged --AuthKeys--> proven --AuthOk--> open
    greeted --AuthOk (by device key), ResumeOk--> open
    challenged, proven --refused, RegisterOk, RecoverOk, Done--> greeted
    open --AuthChallenge--> confirming --Done or refused--> open --Logout--> over

A challenge is good for one proof, right or wrong. The steps of a login are dealt with one at a
time, so that a client cannot have a second guess while the first is being looked up.
"""

from enum import Enum, unique
from typing import assert_never

from voip.core.account_messages import (
    DeleteAccount,
    DeviceList,
    Recover,
    RecoverFinish,
    RecoverOk,
    Reset,
    SetRecovery,
)
from voip.core.call_messages import InviteOk
from voip.core.errors import ErrorCode, LocalProtocolError, Refusal
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
    Done,
    Hello,
    HelloOk,
    Logout,
    Ping,
    Pong,
    Register,
    RegisterOk,
    Request,
    Resume,
    ResumeOk,
)
from voip.core.people_messages import ContactPage, HistoryPage, PersonOk, UserPage


@unique
class Stage(Enum):
    """How far a connection has come."""

    FRESH = "fresh"
    GREETED = "greeted"
    CHALLENGED = "challenged"  # a login's nonce is out
    PROVEN = "proven"  # the password was right; the device is still to be named
    OPEN = "open"
    CONFIRMING = "confirming"  # open, and a nonce is out to confirm the password once more
    OVER = "over"


# Who is logged in shows with these that he still knows the password.
_CONFIRMED = (ChangePassword, SetRecovery, DeleteAccount)
# These are for somebody who is not logged in.
_ENTRIES = (Register, AuthFinish, AuthDevice, Resume, Recover, RecoverFinish, Reset)
# The requests whose answers move a connection on.
_STEPS = (Hello, AuthStart, *_ENTRIES, *_CONFIRMED)


class SessionGate:
    """One connection's stage, and the limits that hang on it."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
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

    def admit(self, request: Request) -> ErrorCode | None:
        """Take a request on, or tell why not. ``answered`` must follow for each one taken on.

        A Logout that is taken on ends everything at once; its Done may still be sent, and a refusal
        takes that back.
        """
        refused = self._refused(request)
        if refused is None:
            if isinstance(request, Logout):
                self.stage = Stage.OVER
            if isinstance(request, (Logout, *_STEPS)):
                self._waits_for = request
        return refused

    def answered(self, request: Request, answer: Answer) -> None:
        """Learn from the answer that goes out how far the connection has come."""
        if request is not self._waits_for:
            return
        self._waits_for = None
        if isinstance(request, Logout):
            if isinstance(answer, Refusal):
                self.stage = Stage.OPEN
            return
        match answer:
            case HelloOk() | RegisterOk() | RecoverOk():
                self.stage = Stage.GREETED
            case AuthChallenge():
                self.stage = Stage.CONFIRMING if self.is_open else Stage.CHALLENGED
            case AuthKeys():
                self.stage = Stage.PROVEN
            case AuthOk() | ResumeOk():
                self.stage = Stage.OPEN
            case Done() | Refusal():
                self._step_back()
            case (
                Pong()
                | UserPage()
                | PersonOk()
                | ContactPage()
                | HistoryPage()
                | InviteOk()
                | DeviceList()
            ):
                raise LocalProtocolError(f"{request} answered by {answer}")
            case _:
                assert_never(answer)

    def close(self) -> None:
        """The connection is going: nothing is admitted any more, and no late answer opens it."""
        self.stage = Stage.OVER
        self._waits_for = None

    def _step_back(self) -> None:
        """Use up what an answer without success, or a confirmed password, uses up."""
        if self.is_open:
            self.stage = Stage.OPEN
        elif self.stage is not Stage.FRESH:
            self.stage = Stage.GREETED

    def _refused(self, request: Request) -> ErrorCode | None:
        match self.stage:
            case Stage.FRESH:
                is_first = isinstance(request, Hello) and self._waits_for is None
                return None if is_first else ErrorCode.BAD_REQUEST
            case Stage.GREETED | Stage.CHALLENGED | Stage.PROVEN:
                return self._refused_before_login(request)
            case Stage.OPEN | Stage.CONFIRMING:
                return self._refused_when_open(request)
            case Stage.OVER:
                return ErrorCode.NOT_LOGGED_IN
            case _:
                assert_never(self.stage)

    def _refused_before_login(self, request: Request) -> ErrorCode | None:
        if isinstance(request, Ping):
            return None
        if not isinstance(request, _STEPS) or isinstance(request, _CONFIRMED):
            return ErrorCode.NOT_LOGGED_IN
        is_unasked = isinstance(request, AuthFinish) and self.stage is not Stage.CHALLENGED
        return self._refused_step(request, is_unasked)

    def _refused_when_open(self, request: Request) -> ErrorCode | None:
        if isinstance(request, _ENTRIES):
            return ErrorCode.ALREADY_LOGGED_IN
        if not isinstance(request, _STEPS):
            return None
        is_unasked = isinstance(request, _CONFIRMED) and self.stage is not Stage.CONFIRMING
        return self._refused_step(request, is_unasked)

    def _refused_step(self, request: Request, is_unasked: bool) -> ErrorCode | None:
        """A step needs its turn: greeted once, a challenge before a proof, one at a time."""
        is_out_of_turn = isinstance(request, Hello) or self._waits_for is not None or is_unasked
        return ErrorCode.WRONG_STATE if is_out_of_turn else None

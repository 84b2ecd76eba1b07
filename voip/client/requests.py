"""Which answer belongs to which question, over one connection after the other.

It knows requests that wait (``voip.wire.session_client.Pending``), notices already seen, and the
time-out after which a silent connection is given up. It does not decide when to connect. Requests
flow in and become Deferreds; frames flow in from the connection; new notices flow out.
"""

from collections.abc import Callable
from typing import assert_never

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from voip.client.connection import ControlConnection
from voip.core.errors import LocalProtocolError
from voip.core.messages import Answer, Notice, Ping, Request
from voip.wire.codec import AnswerFrame, NoticeFrame
from voip.wire.session_client import Pending, SeenNotices


class ConnectionOver(Exception):
    """The connection ended before an answer came, and asking again makes no sense."""


class Requests:
    """The questions of one client. ``noticed`` is told each notice once."""

    def __init__(self, clock: IReactorTime, noticed: Callable[[Notice], None]) -> None:
        self._clock = clock
        self._noticed = noticed
        self._pending = Pending()
        self._seen = SeenNotices()
        self._waiting: dict[int, Deferred[Answer]] = {}
        self._connection: ControlConnection | None = None
        self._is_held = True
        self._timer: IDelayedCall | None = None

    def attach(self, connection: ControlConnection) -> None:
        """Speak on this connection from now on; only ``ask_now`` until ``release``."""
        self.cut()  # what is held back begins to wait for an answer only when it is sent
        self._connection = connection

    def release(self) -> None:
        """A session is open on the connection: send what waited, again or for the first time."""
        self._is_held = False
        for request_id, request in self._pending.again(self._clock.seconds()):
            self._send(request_id, request)

    def ask(self, request: Request) -> Deferred[Answer]:
        """Ask within the session: goes out when there is one, again after a break if need be.

        Fails with ``ConnectionOver`` when the session ends before there is an answer, and with
        ``LocalProtocolError`` when the request cannot be written.
        """
        return self._ask(request, is_held=self._is_held)

    def ask_now(self, request: Request) -> Deferred[Answer]:
        """Ask on this very connection: what makes or checks a session."""
        return self._ask(request, is_held=self._connection is None)

    def cut(self) -> None:
        """The connection is over: fail what made sense on it alone, hold the rest."""
        self._connection = None
        self._is_held = True
        self._arm()
        for request_id, _ in self._pending.cut():
            self._fail(request_id, ConnectionOver())

    def forget_session(self) -> None:
        """The session is gone: everything still waiting fails, and notices count from 1 again."""
        self._seen = SeenNotices()
        for request_id in tuple(self._waiting):
            self._pending.answered(request_id)
            self._fail(request_id, ConnectionOver())
        self._arm()

    @property
    def last_seq(self) -> int:
        """The number of the last notice that was dealt with."""
        return self._seen.last_seq

    def heard(self, frame: AnswerFrame | NoticeFrame) -> None:
        """Take what a connection brought."""
        match frame:
            case AnswerFrame(request_id=request_id, answer=answer):
                if request_id == 0:  # a refusal of the whole connection, before any question
                    request_id = min(self._waiting, default=0)
                self._pending.answered(request_id)
                self._arm()
                waiting = self._waiting.pop(request_id, None)
                if waiting is not None:
                    waiting.callback(answer)
            case NoticeFrame(seq=seq, notice=notice):
                if self._seen.is_new(seq):
                    self._noticed(notice)
                if self._seen.is_ack_due and not self._is_held:
                    # nobody waits for the Pong: the number that goes with the Ping is the point
                    self.ask(Ping()).addErrback(lambda failure: failure.trap(ConnectionOver))
            case _:
                assert_never(frame)

    def _ask(self, request: Request, *, is_held: bool) -> Deferred[Answer]:
        request_id = self._pending.ask(request, self._clock.seconds())
        waiting: Deferred[Answer] = Deferred()
        self._waiting[request_id] = waiting
        if not is_held:
            self._send(request_id, request)
        return waiting

    def _send(self, request_id: int, request: Request) -> None:
        if self._connection is None:
            return
        try:
            self._connection.send(request_id, request, self._seen.ack())
        except LocalProtocolError as error:  # it cannot be written, on no connection
            self._pending.answered(request_id)
            self._fail(request_id, error)
        self._arm()

    def _fail(self, request_id: int, why: Exception) -> None:
        waiting = self._waiting.pop(request_id, None)
        if waiting is not None:
            waiting.errback(why)

    def _arm(self) -> None:
        """Look again when the request that waits longest has waited too long."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        due = self._pending.next_timeout()
        if due is not None and self._connection is not None:
            delay = max(0.0, due - self._clock.seconds())
            self._timer = self._clock.callLater(delay, self._give_up)

    def _give_up(self) -> None:
        """No answer in time: the connection is dead, whatever TCP still believes."""
        if self._connection is not None:
            self._connection.abort()

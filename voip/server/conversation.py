"""What one control connection says, from Hello to the end: each request to whoever answers it.

It knows messages and the order they may come in (``SessionGate``), neither bytes nor sockets: the
connection is a ``Line``. Every request gets exactly one answer. Who asks is known from what was
proven on this very connection, never from what a message claims.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.core.account_messages import (
    DeleteAccount,
    ListDevices,
    Recover,
    RecoverFinish,
    Reset,
    RevokeDevice,
    SetRecovery,
)
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import SessionId
from voip.core.limits import blur_address, milliseconds, source_of
from voip.core.messages import (
    PROTOCOL_VERSION,
    Answer,
    AuthDevice,
    AuthFinish,
    AuthOk,
    AuthStart,
    ChangePassword,
    Done,
    Hello,
    Logout,
    Notice,
    Ping,
    Pong,
    Register,
    Request,
    Resume,
    ResumeOk,
    SetProfile,
)
from voip.core.people_messages import (
    DeleteContact,
    DeleteHistory,
    ListContacts,
    ListHistory,
    ListUsers,
    MarkHistorySeen,
    PutContact,
    UserScope,
)
from voip.server.accounts import INCIDENT_BYTES
from voip.server.arrival import Arrival
from voip.server.logins import LoggedIn, Login
from voip.server.own_account import OwnAccount
from voip.server.people import KeptAnswer
from voip.server.premises import Premises
from voip.server.recorded_requests import RecordedRequests
from voip.server.recovery import Recovery
from voip.server.sessions import Session, SessionOwner
from voip.wire.codec import ClientFrame
from voip.wire.session import Begun
from voip.wire.session_gate import SessionGate

AnswerT = TypeVar("AnswerT", bound=Answer)


class Line(Protocol):
    """The connection under a conversation."""

    def send_answer(self, request_id: int, answer: Answer) -> None: ...

    def send_notice(self, seq: int, notice: Notice) -> None: ...

    def login_done(self) -> None:
        """Somebody is logged in: the limits of strangers no longer hold."""

    def close(self) -> None:
        """Send what was written, then close."""

    def abort(self) -> None:
        """Close now."""


class Conversation:
    """One connection's talk. ``address`` is the peer's; ``exporter`` names the TLS connection."""

    log = Logger()

    def __init__(self, premises: Premises, line: Line, address: str, exporter: bytes) -> None:
        self._premises = premises
        self._line = line
        self._address = address
        self._source = source_of(address)
        login = Login(premises.logins, self._source, exporter)
        self._records = RecordedRequests(premises.audit, premises.random, address)
        accounts, reception = premises.logins.accounts, premises.reception
        recovery = Recovery(premises.logins, self._source)
        self._arrival = Arrival(accounts, reception, login, recovery, self._records)
        self._own = OwnAccount(accounts, reception, login)
        self._limits = premises.limits
        self._gate = SessionGate(self._limits)
        self._session: Session | None = None
        self._asked: dict[int, Request] = {}
        self._pages_underway = 0

    @property
    def max_frame_bytes(self) -> int:
        """The longest frame the client may send now."""
        return self._gate.max_frame_bytes

    def receive(self, frame: ClientFrame) -> None:
        """Deal with a request. Raises ``RemoteProtocolError`` for one no correct client sends."""
        request_id, request = frame.request_id, frame.request
        session = self._session
        if session is not None:
            session.acknowledge(frame.ack)
            begun = session.begin(request_id, request)
            if begun is not Begun.NEW:
                self._asked_before(request_id, begun)
                return
        refused = self._gate.admit(request)
        if refused is not None:
            self._reply(request_id, Refusal(refused))
            return
        self._asked[request_id] = request
        wait = self._wait_for(request)
        if wait:
            slowed = Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=milliseconds(wait))
            self._reply(request_id, slowed)
            return
        try:
            self._deal_with(request_id, request)
        except Exception:  # noqa: BLE001 - the edge: a bug of ours ends one request, not the server
            self._failed(Failure(), request_id, session)

    def answer(self, request_id: int, answer: Answer) -> None:
        """Send the answer of a request (``sessions.Connection``)."""
        request = self._asked.pop(request_id, None)
        if request is not None:
            self._gate.answered(request, answer)
            self._premises.meters.answered(request, answer)
        self._line.send_answer(request_id, answer)

    def notify(self, seq: int, notice: Notice) -> None:
        """Send a notice (``sessions.Connection``)."""
        self._line.send_notice(seq, notice)

    def close(self) -> None:
        """The session ended it (``sessions.Connection``)."""
        self._leave()
        self._line.close()

    def abort(self) -> None:
        """Another connection took the session over (``sessions.Connection``)."""
        self._leave()
        self._line.abort()

    def lost(self) -> None:
        """The connection is gone."""
        session = self._session
        self._leave()
        if session is not None:
            self._premises.reception.lost(session)

    def _leave(self) -> None:
        self._gate.close()
        self._session = None
        self._asked.clear()

    def _wait_for(self, request: Request) -> float:
        premises, session = self._premises, self._session
        source = self._source if session is None else session.owner.account
        return premises.buckets.take(type(request).__name__, source, premises.logins.clock())

    def _asked_before(self, request_id: int, begun: Begun | Answer) -> None:
        match begun:
            case Begun.NEW | Begun.UNDERWAY:
                pass
            case Begun.FORGOTTEN:
                self._line.send_answer(request_id, Refusal(ErrorCode.BAD_REQUEST, field="id"))
            case Begun.CROWDED:
                refusal = Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=1000)
                self._line.send_answer(request_id, refusal)
            case _:
                self._line.send_answer(request_id, begun)

    def _reply(self, request_id: int, answer: Answer) -> None:
        """Answer, through the session if there is one, which remembers it."""
        self._reply_to(self._session, request_id, answer)

    def _reply_to(self, session: Session | None, request_id: int, answer: Answer) -> None:
        if session is None:
            self.answer(request_id, answer)
        else:
            session.answer(request_id, answer)

    def _reply_later(
        self,
        request_id: int,
        coming: Deferred[AnswerT],
        then: Callable[[], None] | None = None,
    ) -> None:
        """Answer when it has come: to the session that asked, whatever carries it by then.

        ``then`` follows on an answer that it is done.
        """
        session = self._session

        def came(answer: AnswerT) -> None:
            self._reply_to(session, request_id, answer)
            if then is not None and isinstance(answer, Done):
                then()

        coming.addCallback(came)
        coming.addErrback(self._failed, request_id, session)

    def _failed(self, failure: Failure, request_id: int, session: Session | None) -> None:
        """A bug of ours: tell the client its number in the log."""
        incident = self._premises.random(INCIDENT_BYTES).hex()
        self.log.failure("a request failed (incident {incident})", failure, incident=incident)
        self._reply_to(session, request_id, Refusal(ErrorCode.INTERNAL, incident=incident))

    def _deal_with(self, request_id: int, request: Request) -> None:
        session = self._session
        if session is not None:
            self._deal_with_open(session, request_id, request)
            return
        match request:
            case Hello():
                self._greet(request_id, request)
            case Ping():
                self.answer(request_id, Pong())
            case Register() | AuthStart() | AuthFinish() | Recover() | RecoverFinish() | Reset():
                self._reply_later(request_id, Deferred.fromCoroutine(self._arrival.asked(request)))
            case AuthDevice():
                self._log_in(request_id, request)
            case Resume():
                self._resume(request_id, request)
            case _:
                self.answer(request_id, Refusal(ErrorCode.NOT_LOGGED_IN))

    def _greet(self, request_id: int, hello: Hello) -> None:
        if not hello.proto_min <= PROTOCOL_VERSION <= hello.proto_max:
            self.answer(request_id, Refusal(ErrorCode.VERSION))
            self.close()
            return
        self.answer(request_id, self._premises.greeting(self._limits))

    def _log_in(self, request_id: int, request: AuthDevice) -> None:
        coming = Deferred.fromCoroutine(
            self._arrival.log_in(request, lambda proven: self._let_in(request_id, proven))
        )

        def came(answer: AuthOk | Refusal | None) -> None:
            if isinstance(answer, Refusal):
                self.answer(request_id, answer)

        coming.addCallback(came).addErrback(self._failed, request_id, None)

    def _let_in(self, request_id: int, proven: LoggedIn) -> AuthOk | Refusal | None:
        """Open a session; None: the connection went while the store was asked."""
        if request_id not in self._asked:
            return None
        account, device = proven.account, proven.device
        owner = SessionOwner(
            account=account.account,
            username=account.username,
            nick=account.nick,
            device=device.device,
            device_name=device.name,
            certificate=device.certificate,
        )
        opened = self._premises.reception.open(owner, proven.book)
        if isinstance(opened, Refusal):
            return opened
        self._enter(request_id, opened, opened.session, 0)
        self.log.info(
            "{username} logged in from {device_name} at {address}",
            username=owner.username,
            device_name=owner.device_name,
            address=blur_address(self._address),
        )
        return opened

    def _resume(self, request_id: int, request: Resume) -> None:
        resumed = self._premises.reception.resume(request)
        if isinstance(resumed, Refusal):
            self.answer(request_id, resumed)
            return
        session = self._enter(request_id, resumed, request.session, request.last_seq)
        self.log.info(
            "{username} is back at {address}",
            username=session.owner.username,
            address=blur_address(self._address),
        )

    def _enter(
        self, request_id: int, welcome: AuthOk | ResumeOk, session_id: SessionId, last_seq: int
    ) -> Session:
        """Answer and let the session speak here. Where that cannot be said, the session is lost:
        without a connection nothing else would ever end it."""
        reception = self._premises.reception
        try:
            self.answer(request_id, welcome)
            self._line.login_done()
            session = reception.attach(session_id, self, last_seq)
        except Exception:
            reception.lost(reception.sessions[session_id])
            raise
        self._session = session
        return session

    def _deal_with_open(self, session: Session, request_id: int, request: Request) -> None:
        """Requests of somebody who is logged in."""
        match request:
            case Ping():
                session.answer(request_id, Pong())
            case AuthStart() | ListDevices():
                asked = Deferred.fromCoroutine(self._own.asked(session, request))
                self._reply_later(request_id, asked)
            case (
                ChangePassword()
                | SetProfile()
                | SetRecovery()
                | RevokeDevice()
                | DeleteAccount()
                | Logout()
            ):
                who = session.owner.username
                doing = self._records.done(who, request, lambda: self._own.asked(session, request))
                asked = Deferred.fromCoroutine(doing)
                self._reply_later(request_id, asked, lambda: self._own.done(session, request))
            case (
                Hello()
                | Register()
                | AuthFinish()
                | AuthDevice()
                | Resume()
                | Recover()
                | RecoverFinish()
                | Reset()
            ):
                session.answer(request_id, Refusal(ErrorCode.ALREADY_LOGGED_IN))
            case ListUsers(scope=UserScope.EVERYONE) | ListContacts() | ListHistory():
                self._look_up(session, request_id, request)
            case PutContact() | DeleteContact() | DeleteHistory() | MarkHistorySeen():
                coming = Deferred.fromCoroutine(self._premises.people.asked(session.owner, request))
                self._reply_later(request_id, coming)
            case _:
                self._premises.reception.asked(session, request_id, request)

    def _look_up(
        self, session: Session, request_id: int, request: ListUsers | ListContacts | ListHistory
    ) -> None:
        """Pages are large: so many at once as there may be other requests, which are counted by the
        session."""
        if self._pages_underway >= self._limits.requests_underway:
            refusal = Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=1000)
            session.answer(request_id, refusal)
            return

        def looked_up(result: KeptAnswer | Failure) -> KeptAnswer | Failure:
            self._pages_underway -= 1
            return result

        self._pages_underway += 1
        coming = Deferred.fromCoroutine(self._premises.people.asked(session.owner, request))
        coming.addBoth(looked_up)
        self._reply_later(request_id, coming)

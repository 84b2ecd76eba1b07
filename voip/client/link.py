"""The line to a server: connected, logged in, lost, found again.

It knows one connection at a time, the session on it, and how to come back after a break: with
growing, jittered pauses, by Resume, and by the device key when the session is gone. It knows no
people and no calls. ``ConnectionView``s, notices and new sessions flow out to a ``LinkListener``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.address import Address
from voip.client.device_identity import DeviceIdentity
from voip.client.dialer import Dialer
from voip.client.greeting import greet, unless_refused
from voip.client.model import (
    ClientError,
    ConnectionView,
    Link,
    LinkError,
    LinkTrouble,
    ServerInfo,
)
from voip.client.requests import ConnectionOver, Requests
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import (
    Answer,
    AuthDevice,
    AuthOk,
    Notice,
    NoticeKind,
    Ping,
    Pong,
    Request,
    Resume,
    ResumeOk,
    ServerNotice,
)
from voip.core.names import MAX_ANNOUNCEMENT, clean_text

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

_FINAL = frozenset({LinkTrouble.CERTIFICATE_CHANGED, LinkTrouble.VERSION})
_NOT_NOW = frozenset(
    {
        ErrorCode.RATE_LIMITED,
        ErrorCode.TOO_MANY_SESSIONS,
        ErrorCode.SHUTTING_DOWN,
        ErrorCode.STORE_UNAVAILABLE,
        ErrorCode.INTERNAL,
    }
)
_TROUBLE_OF_NOTICE = {
    NoticeKind.SHUTDOWN: LinkTrouble.SERVER_STOPPED,
    NoticeKind.REPLACED: LinkTrouble.REPLACED,
    NoticeKind.KICKED: LinkTrouble.KICKED,
    NoticeKind.BANNED: LinkTrouble.BANNED,
}
_GOES_NOT_ON = frozenset({LinkTrouble.REPLACED, LinkTrouble.KICKED, LinkTrouble.BANNED})


class LinkListener(Protocol):
    """Who is told what happens on the line."""

    def link_changed(self, view: ConnectionView) -> None: ...

    def noticed(self, notice: Notice) -> None: ...

    def resumed(self, answer: ResumeOk) -> None:
        """The same session goes on over a new connection."""

    def reopened(self, answer: AuthOk) -> None:
        """The session was gone; the device key opened another."""

    def session_over(self) -> None:
        """Nobody is logged in any more."""


@dataclass(frozen=True, slots=True)
class _Session:
    identity: DeviceIdentity
    opened: AuthOk
    token: bytes


class ServerLink:
    """See the head of this module. ``random`` gives floats from 0.0 up to 1.0, for the jitter."""

    _log = Logger()

    def __init__(
        self,
        clock: IReactorTime,
        dialer: Dialer,
        random: Callable[[], float],
        listener: LinkListener,
    ) -> None:
        self._clock = clock
        self._dialer = dialer
        self._random = random
        self._listener = listener
        self._requests = Requests(clock, self._noticed)
        self.address: Address | None = None
        self._close_connection: Callable[[], None] | None = None
        self._session: _Session | None = None
        self._ping_seconds = 15
        self._ping: IDelayedCall | None = None
        self._retry: IDelayedCall | None = None
        self._failures = 0
        self._attempt = 0  # the newest dialling; older ones that come through late are dropped
        self._greetings = 0
        self._coming_back: _Session | None = None  # on an attempt that is still under way
        self._farewell: ServerNotice | None = None
        self.exporter = b""
        """What a login on the present connection is bound to."""
        self.server_host = ""
        """Where the connection led to: a name may stand for several addresses."""
        self.server_pin = ""
        """The key that the server showed on it."""
        self.view = ConnectionView(Link.OFFLINE)

    # ---- asking --------------------------------------------------------------------------------

    def request(self, request: Request) -> Deferred[Answer]:
        """Ask within the session; a refusal is an answer. Fails with ``ClientError`` NOT_LOGGED_IN
        without a session and SESSION_GONE when it ends before the answer."""
        if self._session is None:
            waiting: Deferred[Answer] = Deferred()
            waiting.errback(ClientError(ErrorCode.NOT_LOGGED_IN))
            return waiting
        return self._requests.ask(request).addErrback(_gone)

    async def be_ready(self) -> None:
        """Greet the server again if the connection went to rest; ``LinkError`` if that fails."""
        if self._close_connection is None:
            if self._session is not None:
                raise LinkError(LinkTrouble.LOST)  # it is being made again already
            await self._greet_again()

    async def ask_before_login(self, request: Request) -> Answer:
        """Ask on the connection itself, made anew if it went to rest.

        A refusal is raised as ``ClientError``, a failing line as ``LinkError``.
        """
        await self.be_ready()
        try:
            return unless_refused(await self._requests.ask_now(request))
        except ConnectionOver:
            raise LinkError(LinkTrouble.LOST) from None

    @property
    def identity(self) -> DeviceIdentity | None:
        """Who is logged in, also while the line is being made again."""
        return self._session.identity if self._session is not None else None

    # ---- connecting ----------------------------------------------------------------------------

    async def connect(self, address: Address) -> ServerInfo:
        """Leave the server before, if any, and greet another; ``LinkError`` says why not."""
        self.leave()
        self.address = address
        self._show(ConnectionView(Link.CONNECTING))
        return await self._greet_again()

    def logged_in(self, identity: DeviceIdentity, opened: AuthOk) -> None:
        """A session was opened on this connection."""
        self._session = _Session(identity, opened, opened.resume_token)
        self._failures = 0
        self._requests.release()
        self._show(replace(self.view, link=Link.LOGGED_IN, trouble=None, retry_in_seconds=None))
        self._send_ping()

    def leave(
        self, trouble: LinkTrouble | None = None, said: str = "", ban_seconds: int = 0
    ) -> None:
        """End session and connection, without a word to the server; ``said`` and ``ban_seconds``
        are the server's last words."""
        self._attempt += 1
        for timer in (self._ping, self._retry):
            if timer is not None and timer.active():
                timer.cancel()
        close, self._close_connection = self._close_connection, None
        had_session, self._session = self._session is not None, None
        self._requests.cut()
        self._requests.forget_session()
        if close is not None:
            close()
        view = ConnectionView(Link.OFFLINE, self.view.server, trouble)
        self._show(replace(view, said=said, ban_seconds=ban_seconds))
        if had_session:
            self._listener.session_over()

    def renew(self) -> None:
        """Take the session up on another connection, and with it another media path."""
        is_coming_back = self._session is self._coming_back
        if self._session is None or self._close_connection is None or is_coming_back:
            return  # there is none, or it is being taken up already
        if self._ping is not None and self._ping.active():
            self._ping.cancel()
        self._drop_connection()
        self._retry = self._clock.callLater(0.0, self._try_again)
        self._show(ConnectionView(Link.RECONNECTING, self.view.server, None, 0.0))

    # ---- inside --------------------------------------------------------------------------------

    def _show(self, view: ConnectionView) -> None:
        if view != self.view:
            self.view = view
            self._listener.link_changed(view)

    async def _greet_again(self) -> ServerInfo:
        self._greetings += 1
        greeting = self._greetings
        try:
            info = await self._greet()
        except (LinkError, ClientError) as error:
            if greeting == self._greetings:  # nobody has connected elsewhere meanwhile
                trouble = error.trouble if isinstance(error, LinkError) else None
                self._show(ConnectionView(Link.OFFLINE, self.view.server, trouble))
            raise
        self._show(ConnectionView(Link.CONNECTED, info))
        return info

    async def _greet(self) -> ServerInfo:
        """Dial and say Hello."""
        address = self.address
        if address is None:
            raise LinkError(LinkTrouble.NOT_REACHABLE)
        self._attempt += 1
        attempt = self._attempt
        self._farewell = None
        dialled = await self._dialer.dial(address)
        connection = dialled.connection
        if attempt != self._attempt:
            connection.abort()
            raise LinkError(LinkTrouble.LOST)
        connection.listen(self._requests.heard, lambda: self._lost(attempt))
        self._requests.attach(connection)
        self._close_connection = connection.abort
        try:
            hello = await greet(self._requests)
        except LinkError as error:
            self._drop_connection()
            raise LinkError(self._farewell_or(error.trouble)) from None
        self.exporter = dialled.channel.exporter
        self.server_host = connection.peer_host or address.host
        self.server_pin = dialled.channel.pin
        self._ping_seconds = hello.ping_seconds
        return ServerInfo(
            address.host,
            address.port,
            hello.server_name,
            hello.policy,
            dialled.channel.pin,
            dialled.is_new_pin,
            hello.motd,
        )

    def _farewell_or(self, trouble: LinkTrouble) -> LinkTrouble:
        farewell = self._farewell
        return trouble if farewell is None else _TROUBLE_OF_NOTICE[farewell.kind]

    def _drop_connection(self) -> None:
        self._attempt += 1
        close, self._close_connection = self._close_connection, None
        self._requests.cut()
        if close is not None:
            close()

    def _noticed(self, notice: Notice) -> None:
        if isinstance(notice, ServerNotice) and notice.kind in _TROUBLE_OF_NOTICE:
            self._farewell = notice
        self._listener.noticed(notice)

    def _lost(self, attempt: int) -> None:
        if attempt != self._attempt:
            return  # closed by ourselves
        self._close_connection = None
        if self._ping is not None and self._ping.active():
            self._ping.cancel()
        farewell = self._farewell
        trouble = self._farewell_or(LinkTrouble.LOST)
        if farewell is not None and trouble in _GOES_NOT_ON:
            self.leave(trouble, clean_text(farewell.text, MAX_ANNOUNCEMENT), farewell.seconds)
            return
        self._requests.cut()
        session = self._session
        if session is not None and session is self._coming_back:
            return  # whoever asks on this connection finds out by that
        if session is not None:
            self._retry_later(trouble)
        elif farewell is not None:
            self._show(ConnectionView(Link.OFFLINE, self.view.server, trouble))
        # else: not logged in yet, the server got tired of waiting; the next verb dials again

    def _retry_later(self, trouble: LinkTrouble) -> None:
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**self._failures)
        pause = longest * (0.5 + 0.5 * self._random())
        self._failures += 1
        self._retry = self._clock.callLater(pause, self._try_again)
        self._show(ConnectionView(Link.RECONNECTING, self.view.server, trouble, pause))

    def _try_again(self) -> None:
        session = self._session
        assert session is not None  # or the timer had been stopped
        self._show(replace(self.view, retry_in_seconds=None))
        attempt = Deferred.fromCoroutine(self._come_back(session))
        attempt.addErrback(lambda failure: self._log.failure("coming back failed", failure))

    async def _come_back(self, session: _Session) -> None:
        self._coming_back = session
        try:
            info = await self._greet()
            answer = await self._reopen(session)
        except LinkError as error:
            self._failed_to_come_back(session, error.trouble)
        except ConnectionOver:
            self._failed_to_come_back(session, LinkTrouble.LOST)
        except ClientError:  # the file of known servers cannot be read any more
            if session is self._session:
                self.leave(LinkTrouble.LOST)
        else:
            self._coming_back = None
            self._came_back(session, info, answer)
        finally:
            if session is self._coming_back:
                self._coming_back = None

    def _failed_to_come_back(self, session: _Session, trouble: LinkTrouble) -> None:
        if session is not self._session:
            return  # left meanwhile, or logged in anew
        if trouble in _FINAL:
            self.leave(trouble)
        else:
            self._retry_later(trouble)

    async def _reopen(self, session: _Session) -> Answer:
        """Take the session up again, or open another by the device key."""
        resume = Resume(session.opened.session, session.token, self._requests.last_seq)
        answer = await self._requests.ask_now(resume)
        if isinstance(answer, ResumeOk):
            return answer
        if isinstance(answer, Refusal) and answer.code in _NOT_NOW:
            return answer
        self._requests.forget_session()
        claim = session.identity.claim(self.exporter)
        return await self._requests.ask_now(AuthDevice(session.identity.username, claim))

    def _came_back(self, session: _Session, info: ServerInfo, answer: Answer) -> None:
        match answer:
            case ResumeOk():
                self._session = replace(session, token=answer.resume_token)
                self._listener.resumed(answer)
            case AuthOk():
                self._session = _Session(session.identity, answer, answer.resume_token)
                self._listener.reopened(answer)
            case Refusal(code=code) if code in _NOT_NOW:
                self._drop_connection()
                self._retry_later(LinkTrouble.NOT_REACHABLE)
                return
            case Refusal(code=ErrorCode.BANNED, retry_after_ms=left):
                self.leave(LinkTrouble.BANNED, ban_seconds=ceil(left / 1000))
                return
            case _:  # the device is not known any more: a password is needed
                self._session = None
                self._show(ConnectionView(Link.CONNECTED, info))
                self._listener.session_over()
                return
        self._failures = 0
        self._show(ConnectionView(Link.LOGGED_IN, info, rtt_ms=self.view.rtt_ms))
        self._requests.release()
        self._send_ping()

    def _send_ping(self) -> None:
        asked_at = self._clock.seconds()

        def ponged(answer: Answer) -> None:
            if isinstance(answer, Pong) and self._session is not None:
                rtt_ms = (self._clock.seconds() - asked_at) * 1000.0
                self._show(replace(self.view, rtt_ms=rtt_ms))

        self._ping = self._clock.callLater(self._ping_seconds, self._send_ping)
        pinged = self._requests.ask_now(Ping())
        pinged.addCallbacks(ponged, lambda failure: failure.trap(ConnectionOver))
        pinged.addErrback(lambda failure: self._log.failure("a ping went wrong", failure))


def _gone(failure: Failure) -> Answer:
    failure.trap(ConnectionOver)
    raise ClientError(ErrorCode.SESSION_GONE)

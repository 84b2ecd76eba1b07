"""Where the sessions meet the switchboard: logins open them, breaks lose them, requests reach it.

It hands every event with the time to the switchboard and its effects, in order, to ``Effects``. It
knows no bytes and no passwords: who comes here has proven who he is, and a request's sender is the
session it came on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from voip.core.contacts import Contact
from voip.core.describe import CallDescription, CallSort, SessionView
from voip.core.effects import CallEnded, CallStarted, Effect
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import (
    Asked,
    CallEndedByOperator,
    ContactPut,
    ContactRemoved,
    Draining,
    Event,
    NickChanged,
    ServerStopping,
    SessionClosed,
    SessionLost,
    SessionOpened,
    SessionResumed,
    SwitchboardRequest,
    TimerFired,
)
from voip.core.ids import SESSION_ID_SIZE, AccountId, CallId, DeviceId, SessionId, Username
from voip.core.messages import AuthOk, Notice, NoticeKind, Resume, ResumeOk, ServerNotice
from voip.core.names import MAX_ANNOUNCEMENT, clean_text, is_reserved
from voip.core.people import Person
from voip.core.switchboard import Switchboard
from voip.core.timers import TimerKey
from voip.server.effects import Effects
from voip.server.live import LiveSettings
from voip.server.media import MediaLegs, Random
from voip.server.relay.interface import Way
from voip.server.sessions import (
    RESUME_TOKEN_SIZE,
    Connection,
    Session,
    SessionEnd,
    SessionOwner,
    Sessions,
)
from voip.server.timers import Timers
from voip.store.people import NamesInBook


class Reception:
    """All sessions of one server and the switchboard between them."""

    log = Logger()

    def __init__(
        self,
        switchboard: Switchboard,
        media: MediaLegs,
        reactor: IReactorTime,
        clock: Callable[[], float],
        random: Random,
        live: LiveSettings,
    ) -> None:
        self.sessions = Sessions()
        self.is_stopping = False
        self.is_draining = False
        """Whether no call may begin; those in progress go on."""
        self._switchboard = switchboard
        self._media = media
        self._clock = clock
        self._random = random
        self._live = live
        self._timers = Timers[TimerKey](reactor, self._timer_fired)
        self._effects = Effects(
            self.sessions, media, self._timers, self._call_started, self._call_ended
        )
        self._listeners: list[Callable[[CallEnded], None]] = []
        self._started_listeners: list[Callable[[CallStarted], None]] = []
        self._quiet_listeners: list[Callable[[], None]] = []
        self._is_quieter = False  # a call has ended since the listeners for quiet were told
        self._events: deque[Event] = deque()
        self._is_deciding = False

    @property
    def is_quiet(self) -> bool:
        """Nobody is in a call."""
        return not self._switchboard.has_calls

    def count_calls(self) -> Mapping[CallSort, int]:
        """How many calls there are of each sort."""
        return self._switchboard.count_calls()

    def listen(self, call_ended: Callable[[CallEnded], None]) -> None:
        """Tell of each call that has ended, from now on."""
        self._listeners.append(call_ended)

    def listen_started(self, call_started: Callable[[CallStarted], None]) -> None:
        """Tell of each call that somebody began, from now on."""
        self._started_listeners.append(call_started)

    def listen_quiet(self, quiet: Callable[[], None]) -> None:
        """Tell each time that no call is left, from now on."""
        self._quiet_listeners.append(quiet)

    def refusal(self, account: AccountId, username: Username, device: DeviceId) -> Refusal | None:
        """Why no session can be opened for this device now; None: it can."""
        if self.is_stopping:
            return Refusal(ErrorCode.SHUTTING_DOWN)
        opened = self.sessions.of_account(account)
        others = sum(session.owner.device != device for session in opened)
        if others >= self._live.settings.limits.sessions_per_account and not is_reserved(username):
            return Refusal(ErrorCode.TOO_MANY_SESSIONS)
        return None

    def open(self, owner: SessionOwner, book: NamesInBook) -> AuthOk | Refusal:
        """Open a session for a device; one that it had already is over.

        ``book`` is the account's, as it was read before the login was done.
        Nothing is sent to it until ``attach``.
        """
        refused = self.refusal(owner.account, owner.username, owner.device)
        if refused is not None:
            return refused
        before = self.sessions.of_device(owner.account, owner.device)
        if before is not None:
            before.tell(ServerNotice(NoticeKind.REPLACED))
            self.close(before, SessionEnd.REPLACED)
        session = Session(
            SessionId(self._random(SESSION_ID_SIZE)), owner, self._live.connections, self._clock()
        )
        token = self._random(RESUME_TOKEN_SIZE)
        session.renew_token(token)
        self.sessions.add(session)
        media = self._media.open(session.id)
        self._happened(
            SessionOpened(
                session=session.id,
                account=owner.account,
                username=owner.username,
                nick=owner.nick,
                device=owner.device,
                device_name=owner.device_name,
                certificate=owner.certificate,
                contacts=book.contacts,
                blocked=book.blocked,
            )
        )
        if self.is_draining:
            session.tell(ServerNotice(NoticeKind.MAINTENANCE))
        return AuthOk(
            session=session.id,
            resume_token=token,
            device=owner.device,
            certificate=owner.certificate,
            media=media,
            snapshot=self._switchboard.snapshot(session.id, self._clock()),
        )

    def resume(self, request: Resume) -> ResumeOk | Refusal:
        """Take a session up again; its old connection, if it still hangs, is cut."""
        if self.is_stopping:
            return Refusal(ErrorCode.SHUTTING_DOWN)
        session = self.sessions.get(request.session)
        if (
            session is None
            or not session.knows_token(request.token)
            or session.missed_since(request.last_seq) is None
        ):
            return Refusal(ErrorCode.SESSION_GONE)
        if session.connection is not None:
            hanging, session.connection = session.connection, None
            hanging.abort()
            self._happened(SessionLost(session.id))
        token = self._random(RESUME_TOKEN_SIZE)
        session.renew_token(token)
        media = self._media.open(session.id)
        self._happened(SessionResumed(session.id))
        return ResumeOk(token, media, self._switchboard.snapshot(session.id, self._clock()))

    def attach(self, session_id: SessionId, connection: Connection, last_seq: int) -> Session:
        """Let a session speak on a connection, beginning with what it missed after ``last_seq``."""
        session = self.sessions[session_id]
        session.connection = connection
        for seq, notice in session.missed_since(last_seq) or ():
            connection.notify(seq, notice)
        return session

    def lost(self, session: Session) -> None:
        """The session's connection broke."""
        session.connection = None
        self._happened(SessionLost(session.id))

    def close(self, session: Session, end: SessionEnd) -> None:
        """End a session for good."""
        session.end = end
        self._happened(SessionClosed(session.id))

    def kick_all(
        self,
        account: AccountId,
        end: SessionEnd,
        spare: DeviceId | None = None,
        text: str = "",
        seconds: int = 0,
    ) -> int:
        """End the sessions of an account, but for that of one device; says how many they were.

        ``text`` is what the operator says to it, ``seconds`` how long a ban holds (0: for good).
        """
        kind = NoticeKind.BANNED if end is SessionEnd.BANNED else NoticeKind.KICKED
        notice = ServerNotice(kind, clean_text(text, MAX_ANNOUNCEMENT), seconds)
        opened = self.sessions.of_account(account)
        kicked = [session for session in opened if session.owner.device != spare]
        for session in kicked:
            self._kick(session, end, notice)
        return len(kicked)

    def kick_device(self, account: AccountId, device: DeviceId) -> None:
        """End the session of a device that is the account's no longer, if it has one."""
        session = self.sessions.of_device(account, device)
        if session is not None:
            self._kick(session, SessionEnd.REVOKED, ServerNotice(NoticeKind.KICKED))

    def _kick(self, session: Session, end: SessionEnd, notice: ServerNotice) -> None:
        session.tell(notice)
        self.close(session, end)

    # What the operator does; for accounts see ``kick_all``.

    def session_views_of(self, username: Username) -> tuple[SessionView, ...]:
        """The sessions of one account, the oldest first."""
        return self._switchboard.sessions_of(username)

    def end_call(self, call_id: CallId) -> None:
        """End a call for everybody in it; nothing happens where there is none of that id."""
        self._happened(CallEndedByOperator(call_id))

    def drain(self, is_on: bool) -> None:
        """Let no call begin any more, or again, and tell everybody; calls in progress go on."""
        if is_on is self.is_draining:
            return
        self.is_draining = is_on
        self._happened(Draining(is_on))
        self._tell_all(
            ServerNotice(NoticeKind.MAINTENANCE if is_on else NoticeKind.MAINTENANCE_OVER)
        )

    def announce(self, text: str) -> int:
        """Say something to everybody who is logged in, or may come back; says to how many.

        What is longer than ``MAX_ANNOUNCEMENT`` is cut off: the operator is to be told before.
        """
        cleaned = clean_text(text, MAX_ANNOUNCEMENT)
        return self._tell_all(ServerNotice(NoticeKind.ANNOUNCEMENT, cleaned))

    def _tell_all(self, notice: ServerNotice) -> int:
        for session in self.sessions:
            session.tell(notice)
        return len(self.sessions)

    def asked(self, session: Session, request_id: int, request: SwitchboardRequest) -> None:
        """Hand a request to the switchboard, which answers it."""
        self._happened(Asked(session.id, request_id, request))

    def nick_changed(self, account: AccountId, nick: str) -> None:
        self._happened(NickChanged(account, nick))

    def contact_put(self, owner: Username, contact: Contact) -> None:
        self._happened(ContactPut(owner, contact.username, contact.is_blocked))

    def contact_removed(self, owner: Username, username: Username) -> None:
        self._happened(ContactRemoved(owner, username))

    def tell(self, account: AccountId, notice: Notice) -> None:
        """Tell every session of an account something, now or when it is back."""
        for session in self.sessions.of_account(account):
            session.tell(notice)

    def people(self, names: Iterable[tuple[Username, str]], asker: Username) -> tuple[Person, ...]:
        """How some accounts, by user name and nick, are as one of them may see them."""
        return self._switchboard.people(names, asker)

    def count_others(self, asker: Username) -> int:
        """How many others one could find online."""
        return self._switchboard.count_others(asker)

    def describe_calls(
        self, wanted: Callable[[CallId], bool], most: int
    ) -> tuple[CallDescription, ...]:
        """Those calls that are wanted, the oldest first and so many of them, with what only the
        server knows; no others are looked at."""
        return self._switchboard.describe_calls(self._clock(), wanted, most)

    def way(self, session: SessionId) -> Way | None:
        """How a session's voice is reached now; None: it was not heard yet, or is gone."""
        return self._media.way(session)

    def stop(self) -> None:
        """End every call, then say goodbye to every session and close its connection."""
        self.is_stopping = True
        self._happened(ServerStopping())
        for session in self.sessions:
            session.tell(ServerNotice(NoticeKind.SHUTDOWN))
            self.close(session, SessionEnd.SERVER_STOP)
        self._timers.stop_all()

    def _call_started(self, started: CallStarted) -> None:
        for listener in self._started_listeners:
            listener(started)

    def _call_ended(self, ended: CallEnded) -> None:
        for listener in self._listeners:
            listener(ended)
        self._is_quieter = True

    def _timer_fired(self, key: TimerKey) -> None:
        self._happened(TimerFired(key))

    def _happened(self, event: Event) -> None:
        """Decide one event after another, also when carrying out one brings the next."""
        self._events.append(event)
        if self._is_deciding:
            return
        self._is_deciding = True
        try:
            while self._events:
                event = self._events.popleft()
                for effect in self._switchboard.receive(event, self._clock()):
                    self._carry_out(effect)
        finally:
            self._is_deciding = False
        if self._is_quieter and self.is_quiet:
            for quiet in self._quiet_listeners:
                quiet()
        self._is_quieter = False

    def _carry_out(self, effect: Effect) -> None:
        try:
            self._effects.carry_out(effect)
        except Exception:  # noqa: BLE001 - a bug of ours must not keep the other effects from others
            self.log.failure("an effect failed: {kind}", kind=type(effect).__name__)

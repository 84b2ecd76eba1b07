"""Where everything about calls and presence is decided: events in, effects out.

An adapter hands each event with the time to ``receive`` and carries out the effects in their order.
Who asks is known from the session of the event alone. It knows no sockets, no clock, no store.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import assert_never

from voip.core.call_limits import CallLimits
from voip.core.call_messages import Invite
from voip.core.calls import CallView
from voip.core.describe import CallDescription, CallSort, SessionView, describe_call
from voip.core.effects import Effect, EndSession, Reply, StartTimer, StopTimer, Tell
from voip.core.errors import ErrorCode, LocalProtocolError, Refusal
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
from voip.core.exchange import Decided, Exchange
from voip.core.ids import CallId, SessionId, Username
from voip.core.messages import Done, Snapshot
from voip.core.names import MAX_STATUS_TEXT, clean_text
from voip.core.people import Person, Presence
from voip.core.people_messages import (
    GetPerson,
    ListUsers,
    PersonOk,
    PresenceChanged,
    SetIdle,
    SetPresence,
)
from voip.core.presence import ASKABLE, PresenceBoard, Told
from voip.core.sessions import Sessions
from voip.core.timers import GraceOver, LonelyCall, NoAnswer, PresenceDue, TimerKey

MAX_PEOPLE_PER_NOTICE = 100


@dataclass(frozen=True, slots=True)
class SwitchboardLimits:
    """What one switchboard allows; seconds are seconds."""

    grace_seconds: float = 60.0  # 0: a lost session is over at once
    presence_seconds: float = 0.25  # presence changes are collected this long
    calls: CallLimits = field(default_factory=CallLimits)


class Switchboard:
    """All sessions, calls and presence of one node."""

    def __init__(self, limits: SwitchboardLimits | None = None) -> None:
        self._limits = limits = limits or SwitchboardLimits()
        self._sessions = Sessions()
        self._board = PresenceBoard()
        self._is_presence_due = False
        self._exchange = Exchange(self._sessions, limits.calls, self._board.may_ring)

    def receive(self, event: Event, now: float) -> list[Effect]:
        """Decide one event. ``now`` is monotonic seconds.

        Every ``Asked`` gets exactly one ``Reply``. Events of unknown sessions and timers that mean
        nothing any more have no effects. Nothing a client asks raises; opening a session twice
        does, ``LocalProtocolError``.
        """
        effects = self._decide(event, now)
        for username in self._exchange.take_touched():
            self._board.talks(username, self._exchange.is_in_call(username))
        if self._board.is_waiting and not self._is_presence_due:
            self._is_presence_due = True
            effects.append(StartTimer(PresenceDue(), self._limits.presence_seconds))
        return effects

    def snapshot(self, session: SessionId, now: float) -> Snapshot:
        """What an opened or resumed session starts from; KeyError for an unknown one."""
        opened = self._sessions.get(session)
        if opened is None:
            raise KeyError(session)
        username = opened.username
        return Snapshot(
            self._board.person(username, username), self._exchange.views_of(session, now)
        )

    def people(self, names: Iterable[tuple[Username, str]], asker: Username) -> tuple[Person, ...]:
        """How some accounts are as one of them may see them; offline, they have the nick given."""
        return tuple(self._known(username, nick, asker) for username, nick in names)

    def count_others(self, asker: Username) -> int:
        """How many others the asker could find online."""
        return self._board.count_others(asker)

    @property
    def has_calls(self) -> bool:
        """Whether anybody talks, or may soon."""
        return self._exchange.has_calls

    def calls(self, now: float) -> tuple[CallView, ...]:
        """Every call that has not ended, the oldest first."""
        return tuple(call.view(now) for call in self._exchange.calls)

    def count_calls(self) -> Mapping[CallSort, int]:
        """How many there are of each sort; it costs far less than looking at each."""
        return Counter(
            CallSort(call.is_conference, call.answered_at is not None)
            for call in self._exchange.calls
        )

    def describe_calls(
        self, now: float, wanted: Callable[[CallId], bool], most: int
    ) -> tuple[CallDescription, ...]:
        """Those that are wanted, the oldest first and so many of them, with what only the server
        knows; no others are looked at."""
        those = (call for call in self._exchange.calls if wanted(call.call_id))
        return tuple(describe_call(call, now) for call in islice(those, most))

    def sessions(self) -> tuple[SessionView, ...]:
        """Every session, by user name, the oldest first."""
        views = (self._describe(opened) for opened in self._sessions.all())
        return tuple(sorted(views, key=lambda view: view.username))

    def sessions_of(self, username: Username) -> tuple[SessionView, ...]:
        """Those of one account, the oldest first."""
        return tuple(self._describe(opened) for opened in self._sessions.of_name(username))

    def _known(self, username: Username, nick: str, asker: Username) -> Person:
        person = self._board.person(username, asker)
        return replace(person, nick=nick) if person.presence is Presence.OFFLINE else person

    def _describe(self, opened: SessionOpened) -> SessionView:
        return SessionView(
            session=opened.session,
            account=opened.account,
            username=opened.username,
            nick=opened.nick,
            device=opened.device,
            device_name=opened.device_name,
            presence=self._board.person(opened.username, opened.username).presence,
            is_connected=self._sessions.is_connected(opened.session),
            calls=self._exchange.call_ids_of(opened.session),
        )

    def _decide(self, event: Event, now: float) -> list[Effect]:
        match event:
            case SessionOpened():
                return self._open(event)
            case SessionLost(session=session):
                return self._lose(session, now)
            case SessionResumed(session=session):
                return self._resume(session, now)
            case SessionClosed(session=session):
                return self._close(session, now, is_lost=False)
            case NickChanged():
                return self._rename(event)
            case ContactPut() | ContactRemoved():
                return self._note_in_book(event)
            case Asked():
                return self._answer(event, now)
            case TimerFired(key=key):
                return self._fire(key, now)
            case CallEndedByOperator() | Draining() | ServerStopping():
                return self._operate(event, now)
            case _:
                assert_never(event)

    def _operate(
        self, event: CallEndedByOperator | Draining | ServerStopping, now: float
    ) -> list[Effect]:
        match event:
            case CallEndedByOperator(call_id=call_id):
                return self._exchange.ended_by_operator(call_id, now)
            case Draining(is_on=is_on):
                self._exchange.is_draining = is_on
                return []
            case ServerStopping():
                return self._exchange.stop(now)
            case _:
                assert_never(event)

    # Sessions.

    def _open(self, opened: SessionOpened) -> list[Effect]:
        if opened.session in self._sessions:
            raise LocalProtocolError("a session is opened once")
        is_first = not self._sessions.of_name(opened.username)
        self._sessions.open(opened)
        if is_first:
            self._board.came(opened.username, opened.nick, opened.contacts, opened.blocked)
        else:
            self._board.idles(opened.username, False)
        return []

    def _lose(self, session: SessionId, now: float) -> list[Effect]:
        if session not in self._sessions:
            return []
        self._sessions.lost(session)
        if self._limits.grace_seconds <= 0:
            return self._close(session, now, is_lost=True)
        timer = StartTimer(GraceOver(session), self._limits.grace_seconds)
        return [*self._exchange.lost(session, now), timer]

    def _resume(self, session: SessionId, now: float) -> list[Effect]:
        if self._sessions.is_connected(session):
            return []
        self._sessions.resumed(session)
        return [StopTimer(GraceOver(session)), *self._exchange.resumed(session, now)]

    def _close(self, session: SessionId, now: float, is_lost: bool) -> list[Effect]:
        opened = self._sessions.get(session)
        if opened is None:
            return []
        was_connected = self._sessions.is_connected(session)
        self._sessions.close(session)
        effects = self._exchange.closed(session, now, is_lost)
        if not self._sessions.of_name(opened.username):
            self._board.went(opened.username)
        else:
            self._board.idles(opened.username, self._sessions.is_idle(opened.username))
        stopped = [] if was_connected or is_lost else [StopTimer(GraceOver(session))]
        return [*stopped, *effects, EndSession(session)]

    def _rename(self, event: NickChanged) -> list[Effect]:
        """Legs keep the nick under which they joined."""
        for username in self._sessions.rename(event.account, event.nick):
            self._board.renamed(username, event.nick)
        return []

    def _note_in_book(self, event: ContactPut | ContactRemoved) -> list[Effect]:
        """The book of somebody offline comes with the next login."""
        if self._sessions.of_name(event.owner):
            match event:
                case ContactPut(owner, username, is_blocked):
                    self._board.contact_put(owner, username, is_blocked)
                case ContactRemoved(owner, username):
                    self._board.contact_removed(owner, username)
                case _:
                    assert_never(event)
        return []

    # Timers.

    def _fire(self, key: TimerKey, now: float) -> list[Effect]:
        match key:
            case NoAnswer(call_id=call_id, username=username):
                return self._exchange.rang_long_enough(call_id, username, now)
            case LonelyCall(call_id=call_id):
                return self._exchange.was_lonely(call_id, now)
            case GraceOver(session=session):
                if self._sessions.is_connected(session):
                    return []
                return self._close(session, now, is_lost=True)
            case PresenceDue():
                return self._tell_presence()
            case _:
                assert_never(key)

    def _tell_presence(self) -> list[Effect]:
        self._is_presence_due = False
        return [effect for told in self._board.due() for effect in self._tell(told)]

    def _tell(self, told: Told) -> Iterator[Effect]:
        """A lost session is left out: notices would pile up, and it asks anew when it is back."""
        size, people = MAX_PEOPLE_PER_NOTICE, told.people
        starts = range(0, len(people), size)
        notices = [PresenceChanged(people[start : start + size]) for start in starts]
        for username in told.audience:
            for session in self._sessions.connected(username):
                for notice in notices:
                    yield Tell(session, notice)

    # Requests.

    def _answer(self, asked: Asked, now: float) -> list[Effect]:
        opened = self._sessions.get(asked.session)
        if opened is None:
            gone = Refusal(ErrorCode.SESSION_GONE)
            return [Reply(asked.session, asked.request_id, gone)]
        answer, effects = self._ask(opened, asked.request, now)
        return [Reply(asked.session, asked.request_id, answer), *effects]

    def _ask(self, who: SessionOpened, request: SwitchboardRequest, now: float) -> Decided:
        match request:
            case SetPresence():
                return self._set_presence(who, request)
            case SetIdle(is_idle=is_idle):
                self._sessions.set_idle(who.session, is_idle)
                self._board.idles(who.username, self._sessions.is_idle(who.username))
                return Done(), []
            case ListUsers():
                return self._board.find(request, who.username), []
            case GetPerson(username=username):
                return PersonOk(self._board.person(username, who.username)), []
            case Invite():
                return self._exchange.invited(who, request, now)
            case _:
                return self._exchange.asked(who.session, request, now)

    def _set_presence(self, who: SessionOpened, request: SetPresence) -> Decided:
        if request.presence not in ASKABLE:
            return Refusal(ErrorCode.BAD_REQUEST, "presence"), []
        text = clean_text(request.text, MAX_STATUS_TEXT)
        self._board.was_set(who.username, request.presence, text)
        return Done(), []

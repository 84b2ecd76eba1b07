"""The part of the fake client core that has people, a phone book and past calls.

Each verb is recorded and does to the model at once what the server would have done.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from tests.terminal.wall import NOW
from voip.client.model import Change, Model
from voip.client.model_people import ContactView, PeopleControls
from voip.core.calls import EndReason
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import CallId, EntryId, Username
from voip.core.people import Person, Presence
from voip.core.people_messages import HistoryPage, UserPage, UserScope

T = TypeVar("T")


def contact(
    person: Person,
    alias: str = "",
    *,
    is_favourite: bool = False,
    notes: str = "",
    is_blocked: bool = False,
) -> ContactView:
    """A person in the phone book."""
    return ContactView(
        username=person.username,
        alias=alias,
        nick=person.nick,
        presence=person.presence,
        text=person.text,
        is_favourite=is_favourite,
        notes=notes,
        is_blocked=is_blocked,
    )


OLD_CALL_ID = CallId(b"o" * 16)


def past_call(
    number: int,
    *peers: str,
    ago: float = 0.0,
    is_incoming: bool = False,
    outcome: EndReason = EndReason.HANGUP,
    talked_seconds: int = 0,
    lost_per_mille: int = 0,
    rtt_ms: int = 24,
) -> HistoryEntry:
    """A call that began so many seconds before the wall clock of a ``Seat``."""
    return HistoryEntry(
        entry=EntryId(number),
        call_id=OLD_CALL_ID,
        is_incoming=is_incoming,
        is_missed=False,
        peers=tuple(map(Username, peers)),
        is_conference=len(peers) > 1,
        outcome=outcome,
        started_at=int(NOW.timestamp() - ago),
        talked_seconds=talked_seconds,
        lost_per_mille=lost_per_mille if talked_seconds else 0,
        rtt_ms=rtt_ms if talked_seconds else 0,
    )


def missed_call(
    peer: str, outcome: EndReason = EndReason.NO_ANSWER, number: int = 1, ago: float = 0.0
) -> HistoryEntry:
    """A call that nobody has answered, or looked at."""
    entry = past_call(number, peer, ago=ago, is_incoming=True, outcome=outcome)
    return replace(entry, is_missed=True, is_seen=False)


class FakePeople(ABC):
    """``PeopleControls`` over whatever keeps the model; ``past`` is the history, ``people`` are the
    others who have an account. Looking into the history changes nothing, so it is no wish of
    anybody's: it is recorded in ``looked_up``."""

    model: Model
    asked: list[tuple[object, ...]]
    refusals: dict[str, Exception]
    pages: list[UserPage]
    past: list[HistoryEntry]
    people: tuple[Person, ...]
    looked_up: list[tuple[object, ...]]

    @abstractmethod
    def change(self, change: Change, **fields: object) -> None:
        """Set fields of the model and tell the watchers."""

    @abstractmethod
    def _answer(self, verb: str, result: T, *arguments: object) -> Deferred[T]:
        """Record a verb and answer it as the test wants."""

    @abstractmethod
    def _asked(self, verb: str, *arguments: object, then: Callable[[], None]) -> Deferred[None]:
        """Record a verb, and do this once it is answered."""

    def contacts(self, *contacts: ContactView) -> None:
        """This is the phone book now."""
        self.change(Change.CONTACTS, contacts=tuple(sorted(contacts, key=_place)))

    def called(self, *entries: HistoryEntry) -> None:
        """These calls are past now, the newest last."""
        self.past = [*reversed(entries), *self.past]
        self._count_missed(newest_past_call=self.past[0])

    # ---- PeopleControls ----------------------------------------------------------------------

    def users(
        self,
        query: str,
        cursor: str = "",
        limit: int = 50,
        scope: UserScope = UserScope.ONLINE,
    ) -> Deferred[UserPage]:
        if self.pages:
            page = self.pages.pop(0)
        else:
            found = [p for p in self.people if query.lower() in p.nick.lower()]
            page = UserPage(tuple(found), "", len(found), len(self.people))
        if scope is UserScope.ONLINE:
            return self._answer("users", page, query, cursor)
        return self._answer("users", page, query, cursor, scope)

    def set_presence(self, presence: Presence, text: str) -> Deferred[None]:
        answer = self._answer("set_presence", None, presence, text)
        if self.model.me and "set_presence" not in self.refusals:
            self.change(Change.ME, me=replace(self.model.me, presence=presence, text=text))
        return answer

    def set_idle(self, is_idle: bool) -> None:
        self.asked.append(("set_idle", is_idle))

    def put_contact(
        self,
        username: str,
        alias: str = "",
        *,
        is_favourite: bool = False,
        notes: str = "",
        is_blocked: bool = False,
    ) -> Deferred[None]:
        def put() -> None:
            before = self._view(username)
            view = replace(
                before,
                alias=alias,
                is_favourite=is_favourite,
                notes=notes,
                is_blocked=is_blocked,
            )
            self._put(view)

        details = (alias, is_favourite, notes, is_blocked)
        return self._asked("put_contact", username, *details, then=put)

    def remove_contact(self, username: str) -> Deferred[None]:
        def removed() -> None:
            self.contacts(*(one for one in self.model.contacts if one.username != username))

        return self._asked("remove_contact", username, then=removed)

    def set_block(self, username: str, is_blocked: bool) -> Deferred[None]:
        def put() -> None:
            self._put(replace(self._view(username), is_blocked=is_blocked))

        return self._asked("set_block", username, is_blocked, then=put)

    def history(
        self, kind: HistoryKind = HistoryKind.ALL, query: str = "", cursor: str = ""
    ) -> Deferred[HistoryPage]:
        found = tuple(
            entry
            for entry in self.past
            if (kind is not HistoryKind.MISSED or entry.is_missed)
            and (kind is not HistoryKind.CONFERENCES or entry.is_conference)
            and any(query.lower() in name for name in entry.peers)
        )
        page = HistoryPage(found, "", self.model.unseen_missed)
        answer = self._answer("history", page, kind, query, cursor)
        self.looked_up.append(self.asked.pop()[1:])
        return answer

    def delete_history(self, entry: EntryId | None = None) -> Deferred[None]:
        def deleted() -> None:
            self.past = [one for one in self.past if entry is not None and one.entry != entry]
            self._count_missed()

        return self._asked("delete_history", entry, then=deleted)

    def mark_history_seen(self) -> Deferred[None]:
        def seen() -> None:
            self.past = [replace(entry, is_seen=True) for entry in self.past]
            self._count_missed()

        return self._asked("mark_history_seen", then=seen)

    def _view(self, username: str) -> ContactView:
        for one in self.model.contacts:
            if one.username == username:
                return one
        for person in self.people:
            if person.username == username:
                return contact(person)
        return contact(Person(Username(username), username, Presence.OFFLINE))

    def _put(self, view: ContactView) -> None:
        others = (one for one in self.model.contacts if one.username != view.username)
        self.contacts(*others, view)

    def _count_missed(self, **fields: object) -> None:
        unseen = sum(not entry.is_seen for entry in self.past)
        self.change(Change.HISTORY, unseen_missed=unseen, **fields)


def _place(view: ContactView) -> tuple[bool, str]:
    return not view.is_favourite, view.name.casefold()


def as_people_controls(fake: FakePeople) -> PeopleControls:
    """The type checker's word that this part of the fake is whole."""
    return fake

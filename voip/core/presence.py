"""Who is online, how they are, and who may know: changes are collected and told together.

It is told of accounts, not of sessions and calls: the switchboard says when an account's first
session opens, when its last closes, when it talks and when nobody touches it. ``due`` gives what
changed since the last time, to those online who have the person in their book, and to the person.
Who is blocked by somebody, and everybody for whom somebody is invisible, sees the same as when
that person is offline, and is told nothing more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from voip.core.books import Books
from voip.core.directory import Directory
from voip.core.ids import Username
from voip.core.people import Person, Presence
from voip.core.people_messages import ListUsers, UserPage

ASKABLE = frozenset(
    {
        Presence.AVAILABLE,
        Presence.AWAY,
        Presence.BUSY,
        Presence.DO_NOT_DISTURB,
        Presence.INVISIBLE,
    },
)
"""What a person may set; the others come by themselves."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """How one person is, beside the name."""

    nick: str
    presence: Presence = Presence.AVAILABLE
    text: str = ""
    is_in_call: bool = False
    is_idle: bool = False

    @property
    def is_visible(self) -> bool:
        return self.presence is not Presence.INVISIBLE

    def person(self, username: Username) -> Person:
        """As one's own devices see it; others too, unless it is invisible."""
        presence = self.presence
        if self.is_in_call and self.is_visible:
            presence = Presence.IN_CALL
        elif self.is_idle and presence is Presence.AVAILABLE:
            presence = Presence.AWAY
        return Person(username, self.nick, presence, self.text)


@dataclass(frozen=True, slots=True)
class Told:
    """Some people and the accounts that are told of them."""

    audience: tuple[Username, ...]
    people: tuple[Person, ...]


class PresenceBoard:
    """Everyone who is online."""

    def __init__(self) -> None:
        self._online: dict[Username, _Shown] = {}
        self._books = Books()
        self._told: dict[Username, Person] = {}  # to others
        self._told_self: dict[Username, Person] = {}
        self._changed: dict[Username, None] = {}
        self._seen_early: set[Username] = set()  # asked about between a change and its being told
        self._blocks_changed: dict[tuple[Username, Username], None] = {}
        self._directory = Directory()

    @property
    def is_waiting(self) -> bool:
        """Something changed that ``due`` has not given yet."""
        return bool(self._changed or self._blocks_changed)

    def came(
        self,
        username: Username,
        nick: str,
        contacts: Iterable[Username] = (),
        blocked: Iterable[Username] = (),
    ) -> None:
        """An account's first session opened."""
        self._books.open(username, contacts, blocked)
        shown = _Shown(nick)
        self._told_self[username] = shown.person(username)  # whoever comes is told at once
        self._show(username, shown)

    def went(self, username: Username) -> None:
        """An account's last session closed; what it had set is forgotten.

        Its book stays until ``due`` has told of it: who is blocked must not hear that it went.
        """
        if self._online.pop(username).is_visible:
            self._directory.remove(username)
        self._told_self.pop(username, None)
        self._changed[username] = None

    def renamed(self, username: Username, nick: str) -> None:
        self._show(username, replace(self._online[username], nick=nick))

    def was_set(self, username: Username, presence: Presence, text: str) -> None:
        """Somebody set how they are; ``text`` has been cleaned."""
        self._show(username, replace(self._online[username], presence=presence, text=text))

    def talks(self, username: Username, is_in_call: bool) -> None:
        """An account has a leg that dials or has joined, or has none any more."""
        shown = self._online.get(username)
        if shown is not None and shown.is_in_call != is_in_call:
            self._show(username, replace(shown, is_in_call=is_in_call))

    def idles(self, username: Username, is_idle: bool) -> None:
        """All devices of an account are idle, or one is used again."""
        shown = self._online[username]
        if shown.is_idle != is_idle:
            self._show(username, replace(shown, is_idle=is_idle))

    def contact_put(self, owner: Username, username: Username, is_blocked: bool) -> None:
        """Somebody stands in the book of an account that is online."""
        was_blocked = self._books.has_blocked(owner, username)
        self._books.put(owner, username, is_blocked=is_blocked)
        if was_blocked != is_blocked:
            self._blocks_changed[owner, username] = None

    def contact_removed(self, owner: Username, username: Username) -> None:
        """Somebody stands there no more."""
        if self._books.has_blocked(owner, username):
            self._blocks_changed[owner, username] = None
        self._books.remove(owner, username)

    def person(self, username: Username, asker: Username) -> Person:
        """How somebody is; who is absent and who does not exist look alike."""
        shown = self._online.get(username)
        if shown is None:
            return _nobody(username)
        if username == asker:
            return shown.person(username)
        if not shown.is_visible or self._books.has_blocked(username, asker):
            return _nobody(username)
        if username in self._changed:
            self._seen_early.add(username)
        return shown.person(username)

    def may_ring(self, callee: Username, caller: Username) -> bool:
        """Whether a call gets through to somebody: not what they wish to be left alone by."""
        shown = self._online.get(callee)
        is_silent = shown is not None and shown.presence is Presence.DO_NOT_DISTURB
        return not is_silent and not self._books.has_blocked(callee, caller)

    def due(self) -> list[Told]:
        """Who is not as was told last, and to whom to tell; who came and went in between is left
        out."""
        news: dict[Username, dict[Username, Person]] = {}
        for owner, username in self._blocks_changed:
            if self._is_block_news(owner, username) and self._books.watches(username, owner):
                news.setdefault(username, {})[owner] = self.person(owner, username)
        for username in self._changed:
            self._tell_others(username, news)
            self._tell_self(username, news)
            if username not in self._online:
                self._books.close(username)
        self._changed.clear()
        self._seen_early.clear()
        self._blocks_changed.clear()
        return _grouped(news)

    def find(self, asked: ListUsers, asker: Username) -> UserPage:
        """A page of the others who are online; who asks is neither listed nor counted."""
        hidden = {asker, *self._books.blockers(asker)}
        page = self._directory.search(asked.query, asked.cursor, asked.limit, hidden)
        people = tuple(self.person(username, asker) for username in page.usernames)
        return UserPage(people, page.next_cursor, page.total, self.count_others(asker))

    def count_others(self, asker: Username) -> int:
        """How many others the asker could find online."""
        hidden = {asker, *self._books.blockers(asker)}
        return len(self._directory) - sum(name in self._directory for name in hidden)

    def _show(self, username: Username, shown: _Shown) -> None:
        before = self._online.get(username)
        self._online[username] = shown
        if shown.is_visible:
            self._directory.put(username, shown.nick)
        elif before is not None and before.is_visible:
            self._directory.remove(username)
        self._changed[username] = None

    def _by_others(self, username: Username) -> Person:
        """How somebody is for those whom they have not blocked."""
        shown = self._online.get(username)
        if shown is None or not shown.is_visible:
            return _nobody(username)
        return shown.person(username)

    def _is_block_news(self, owner: Username, username: Username) -> bool:
        """Who is blocked loses sight of an owner that was told of, or seen, also when that one is
        gone by now; who is blocked no more sees an owner that is there."""
        if self._books.has_blocked(owner, username):
            return owner in self._told or owner in self._seen_early
        return self._by_others(owner).presence is not Presence.OFFLINE

    def _tell_others(
        self, username: Username, news: dict[Username, dict[Username, Person]]
    ) -> None:
        person = self._by_others(username)
        was_told = self._told.get(username, _nobody(username)) == person
        if was_told and username not in self._seen_early:
            return
        if person.presence is Presence.OFFLINE:
            self._told.pop(username, None)
        else:
            self._told[username] = person
        for watcher in self._books.watchers(username):
            if not self._books.has_blocked(username, watcher):
                news.setdefault(watcher, {})[username] = person

    def _tell_self(self, username: Username, news: dict[Username, dict[Username, Person]]) -> None:
        shown = self._online.get(username)
        if shown is None:
            return
        person = shown.person(username)
        if self._told_self.get(username) != person:
            told = self._told.get(username)
            person = told if told == person else person  # one value for all who are told
            self._told_self[username] = person
            news.setdefault(username, {})[username] = person


def _nobody(username: Username) -> Person:
    return Person(username, username, Presence.OFFLINE)


def _grouped(news: dict[Username, dict[Username, Person]]) -> list[Told]:
    """Those who are told the same people, together."""
    groups: dict[tuple[int, ...], tuple[list[Username], tuple[Person, ...]]] = {}
    for listener, people in news.items():
        same = tuple(map(id, people.values()))  # one value a person, shared by all who are told
        audience, _ = groups.setdefault(same, ([], tuple(people.values())))
        audience.append(listener)
    return [Told(tuple(audience), people) for audience, people in groups.values()]

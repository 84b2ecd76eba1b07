"""Who is online and how they are: what people set, "in call" by itself, and changes told together.

It is told of accounts, not of sessions and calls: the switchboard says when an account's first
session opens, when its last closes and when it talks. ``due`` gives what changed since the last
time, for whoever the audience is.
"""

from dataclasses import dataclass, replace

from voip.core.directory import Directory
from voip.core.ids import Username
from voip.core.people import Person, Presence
from voip.core.people_messages import ListUsers, UserPage

ASKABLE = frozenset(
    {Presence.AVAILABLE, Presence.AWAY, Presence.BUSY, Presence.DO_NOT_DISTURB, Presence.INVISIBLE}
)
"""What a person may set; the others come by themselves."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """How one person is, beside the name."""

    nick: str
    presence: Presence = Presence.AVAILABLE
    text: str = ""
    is_in_call: bool = False


class PresenceBoard:
    """Everyone who is online."""

    def __init__(self) -> None:
        self._online: dict[Username, _Shown] = {}
        self._told: dict[Username, Person] = {}
        self._changed: dict[Username, None] = {}
        self._directory = Directory()

    @property
    def is_waiting(self) -> bool:
        """Something changed that ``due`` has not given yet."""
        return bool(self._changed)

    def came(self, username: Username, nick: str) -> None:
        """An account's first session opened."""
        self._show(username, _Shown(nick))

    def went(self, username: Username) -> None:
        """An account's last session closed; what it had set is forgotten."""
        del self._online[username]
        self._directory.remove(username)
        self._changed[username] = None

    def renamed(self, username: Username, nick: str) -> None:
        self._show(username, replace(self._online[username], nick=nick))

    def was_set(self, username: Username, presence: Presence, text: str) -> None:
        """Somebody set how they are; ``text`` has been cleaned."""
        self._show(username, replace(self._online[username], presence=presence, text=text))

    def talks(self, username: Username, is_in_call: bool) -> None:
        """An account has a leg that dials or is active, or has none any more."""
        shown = self._online.get(username)
        if shown is not None and shown.is_in_call != is_in_call:
            self._show(username, replace(shown, is_in_call=is_in_call))

    def person(self, username: Username) -> Person:
        """How somebody is; who is absent and who does not exist look alike."""
        shown = self._online.get(username)
        if shown is None:
            return Person(username, username, Presence.OFFLINE)
        presence = Presence.IN_CALL if shown.is_in_call else shown.presence
        return Person(username, shown.nick, presence, shown.text)

    def due(self) -> tuple[Person, ...]:
        """Who is not as was told last; who came and went in between is left out."""
        people = tuple(self.person(username) for username in self._changed)
        self._changed.clear()
        told = tuple(one for one in people if self._last_told(one) != one)
        for person in told:
            self._remember(person)
        return told

    def find(self, asked: ListUsers, asker: Username) -> UserPage:
        """A page of the others who are online; who asks is neither listed nor counted."""
        page = self._directory.search(asked.query, asked.cursor, asked.limit, asker)
        people = tuple(self.person(username) for username in page.usernames)
        online = len(self._directory) - (asker in self._online)
        return UserPage(people, page.next_cursor, page.total, online)

    def _show(self, username: Username, shown: _Shown) -> None:
        self._online[username] = shown
        self._directory.put(username, shown.nick)
        self._changed[username] = None

    def _last_told(self, person: Person) -> Person:
        nobody = Person(person.username, person.username, Presence.OFFLINE)
        return self._told.get(person.username, nobody)

    def _remember(self, person: Person) -> None:
        if person.presence is Presence.OFFLINE:
            del self._told[person.username]
        else:
            self._told[person.username] = person

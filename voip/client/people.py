"""Who is online, kept fresh by what the server tells.

It knows people as values and their order, and asks for nobody. Texts of others are made safe to
show here, since a client need not trust its server.
"""

from collections.abc import Iterable
from dataclasses import replace

from voip.core.ids import Username
from voip.core.names import MAX_STATUS_TEXT, clean_nick, clean_text
from voip.core.people import Person, Presence


def shown(person: Person) -> Person:
    """A person whose texts can be drawn anywhere."""
    nick = clean_nick(person.nick) or person.username
    return replace(person, nick=nick, text=clean_text(person.text, MAX_STATUS_TEXT))


class PeopleOnline:
    """Everyone online but oneself, by name."""

    def __init__(self, me: Username) -> None:
        self._me = me
        self._people: dict[Username, Person] = {}

    def all(self) -> tuple[Person, ...]:
        return tuple(self._people[name] for name in sorted(self._people))

    def nick_of(self, username: Username) -> str:
        """The shown name of somebody; the account name when they are not online."""
        person = self._people.get(username)
        return person.nick if person is not None else username

    def told(self, people: Iterable[Person]) -> Person | None:
        """Take in what changed; gives oneself if that is among it."""
        me = None
        for person in people:
            if person.username == self._me:
                me = shown(person)
            elif person.presence is Presence.OFFLINE:
                self._people.pop(person.username, None)
            else:
                self._people[person.username] = shown(person)
        return me

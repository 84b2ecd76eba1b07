"""Asking the server for people, and the first of those who are online.

It knows people as values and how to ask for them page by page. Texts of others are made safe to
show here, since a client need not trust its server.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from twisted.internet.defer import Deferred

from voip.client.greeting import unless_refused
from voip.client.login import untrusted
from voip.core.directory import MAX_PAGE, MAX_QUERY
from voip.core.ids import Username
from voip.core.messages import Answer, Request
from voip.core.names import MAX_STATUS_TEXT, clean_nick, clean_text
from voip.core.people import Person, Presence
from voip.core.people_messages import ListUsers, UserPage, UserScope
from voip.wire.codec_people import MAX_CURSOR

PEOPLE_AT_FIRST = 200
PAGE_SIZE = 50


def shown(person: Person) -> Person:
    """A person whose texts can be drawn anywhere."""
    nick = clean_nick(person.nick) or person.username
    return replace(person, nick=nick, text=clean_text(person.text, MAX_STATUS_TEXT))


def sent_back(cursor: str) -> str:
    """A cursor as it can travel: the server's own words, of which nothing may be lost."""
    return cursor.encode("utf-8", "ignore").decode()[:MAX_CURSOR]


class AskServer(Protocol):
    """A request of the session; a refusal is an answer, a lost session a ``ClientError``."""

    def __call__(self, request: Request, /) -> Deferred[Answer]: ...


async def page_of_people(
    ask: AskServer,
    query: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
    scope: UserScope = UserScope.ONLINE,
) -> UserPage:
    """Ask the server who there is; ``ClientError`` when it refuses."""
    # what no server reads would end the connection; cut, it finds nobody
    query, cursor = clean_text(query, MAX_QUERY), sent_back(cursor)
    page = unless_refused(await ask(ListUsers(query, cursor, min(limit, MAX_PAGE), scope)))
    if not isinstance(page, UserPage):
        raise untrusted()
    return replace(page, people=tuple(shown(person) for person in page.people))


class PeopleOnline:
    """Everyone online but oneself, by name."""

    def __init__(self, me: Username, ask: AskServer) -> None:
        self._me = me
        self._ask = ask
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

    async def first_pages(self, found: Callable[[Sequence[Person]], None]) -> None:
        """Who is online, as far as a list is of use; the rest is found by asking for names."""
        cursor, count = "", 0
        while count < PEOPLE_AT_FIRST:
            page = await page_of_people(self._ask, "", cursor)
            found(page.people)
            cursor, count = page.next_cursor, count + len(page.people)
            if not cursor or not page.people:
                return

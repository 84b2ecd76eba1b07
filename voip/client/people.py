"""Asking the server for people, and for the names of those one meets.

It knows people as values and how to ask for them page by page. Texts of others are made safe to
show here, since a client need not trust its server.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from voip.client.greeting import unless_refused
from voip.client.login import untrusted
from voip.core.directory import MAX_PAGE, MAX_QUERY
from voip.core.ids import Username
from voip.core.messages import Answer, Request
from voip.core.names import MAX_STATUS_TEXT, clean_nick, clean_text
from voip.core.people import Person, Presence
from voip.core.people_messages import GetPerson, ListUsers, PersonOk, UserPage, UserScope
from voip.wire.codec_people import MAX_CURSOR

NAMES_MAXIMUM = 10_000
"""Names that are kept: more than one meets in calls for a very long time."""

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


class Names:
    """What people call themselves.

    Whoever is met in a call and has not been told of is asked for, one after the other, once;
    ``learned`` is called when there is an answer.
    """

    def __init__(self, ask: AskServer, learned: Callable[[], None]) -> None:
        self._ask = ask
        self._learned = learned
        self._nicks: dict[Username, str] = {}
        self._wanted: deque[Username] = deque()
        self._is_asking = False

    def of(self, username: Username) -> str:
        """The shown name of somebody; until it is known, the account's."""
        if username not in self._nicks:
            if len(self._nicks) >= NAMES_MAXIMUM:
                self._nicks.clear()
                self._wanted.clear()
            self._nicks[username] = username
            self._wanted.append(username)
            self._ask_next()
        return self._nicks[username]

    def told(self, people: Iterable[Person]) -> None:
        """Take in what the server tells; of who is offline it may tell no name."""
        for person in people:
            if person.presence is not Presence.OFFLINE and person.username in self._nicks:
                self._nicks[person.username] = shown(person).nick

    def _ask_next(self) -> None:
        if self._wanted and not self._is_asking:
            self._is_asking = True
            self._ask(GetPerson(self._wanted.popleft())).addBoth(self._answered)

    def _answered(self, answer: Answer | Failure) -> None:
        self._is_asking = False
        if isinstance(answer, Failure):  # the session is over, and with it what these names are for
            self._wanted.clear()
        if isinstance(answer, PersonOk):  # after a refusal or a lost line the account's name stays
            self.told([answer.person])
            self._learned()
        self._ask_next()

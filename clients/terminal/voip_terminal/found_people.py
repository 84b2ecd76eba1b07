"""Who is found: among one's contacts, among all with an account, or among those online.

Contacts are found here as one types. For the others the server is asked a moment after the last
letter, never twice at once, for the next page only when it is looked at, and now and then again
for the page one looks at: a server with very many people costs no more than a small one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, unique

from twisted.internet.interfaces import IDelayedCall

from voip.client.model_people import ContactView
from voip.core.people import Person
from voip.core.people_messages import UserPage, UserScope
from voip_terminal import matching
from voip_terminal.contact_list import shown_contact
from voip_terminal.stage import Stage

PAUSE_SECONDS = 0.15
"""How long the typing rests before the server is asked."""

AGAIN_SECONDS = 5.0
"""How old what the server told of a page may get."""


@unique
class Scope(Enum):
    """Among whom to look; the value is the word for it."""

    CONTACTS = "contacts"
    EVERYONE = "everyone"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class _Page:
    cursor: str
    found: UserPage


class FoundPeople:
    """The people who match; ``changed`` is called when they are others, ``is_wanted`` asked before
    the server is, ``place`` tells how many of them stand above the one that is looked at."""

    def __init__(
        self,
        stage: Stage,
        scope: Scope,
        changed: Callable[[], None],
        is_wanted: Callable[[], bool],
        place: Callable[[], int],
    ) -> None:
        self._stage = stage
        self._changed = changed
        self._is_wanted = is_wanted
        self._place = place
        self.scope = scope
        self.query = ""
        self._pages: list[_Page] = []
        self._is_asking = False
        self._pause: IDelayedCall | None = None
        self._again: IDelayedCall | None = None
        self._found_for: tuple[str, Scope] | None = None
        self.people: Sequence[Person] = ()

    @property
    def page(self) -> UserPage | None:
        """The last page the server gave; it has the counts."""
        return self._pages[-1].found if self._pages else None

    def are_of(self, query: str) -> bool:
        """Whether the people are those of this query, and not of the one before it."""
        return self._found_for == (query, self.scope)

    # ---- what is wanted ----------------------------------------------------------------------

    def look(self, query: str, scope: Scope) -> None:
        """Look for this, at once."""
        self._cancel_pause()
        self.query, self.scope = query, scope
        self._pages = []
        if scope is Scope.CONTACTS:
            self.refresh()
        elif not self._is_asking:
            self._ask("")

    def typed(self, query: str) -> None:
        """Look for this when the typing rests."""
        if self.scope is Scope.CONTACTS:
            self.look(query, self.scope)
            return
        self._cancel_pause()
        self._pause = self._stage.clock.callLater(PAUSE_SECONDS, self._rested, query)

    def _rested(self, query: str) -> None:
        self._pause = None
        if query != self.query:
            self.look(query, self.scope)

    def look_on(self) -> None:
        """The end of what is known is near: ask for more, if there is more."""
        page = self.page
        if page and page.next_cursor and not self._is_asking and self.scope is not Scope.CONTACTS:
            self._ask(page.next_cursor)

    def look_again(self) -> None:
        """Ask again for the page one looks at, once it is old."""
        if self._again is None and self._pages:
            self._again = self._stage.clock.callLater(AGAIN_SECONDS, self._got_old)

    def _got_old(self) -> None:
        self._again = None
        if not self._is_wanted() or self._is_asking or self.scope is Scope.CONTACTS:
            return
        place = self._place()
        for page in self._pages:
            if place < len(page.found.people):
                self._ask(page.cursor)
                return
            place -= len(page.found.people)

    def refresh(self) -> None:
        """The phone book has changed: take it as it is, and the newest presence from it."""
        contacts = self._stage.model.contacts
        if self.scope is Scope.CONTACTS:
            self._found_for = (self.query, self.scope)
            self.people = [_as_person(one) for one in _matching(contacts, self.query)]
        else:
            fresh = {one.username: one for one in contacts}
            self.people = [
                _as_known(person, fresh.get(person.username))
                for page in self._pages
                for person in page.found.people
            ]
        self._changed()

    def stop(self) -> None:
        """Ask nothing more."""
        self._cancel_pause()
        if self._again is not None:
            self._again.cancel()
            self._again = None

    def _cancel_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    # ---- asking the server -------------------------------------------------------------------

    def _ask(self, cursor: str) -> None:
        self._is_asking = True
        asked = (self.query, self.scope)
        scope = UserScope.EVERYONE if self.scope is Scope.EVERYONE else UserScope.ONLINE
        self._stage.ask(
            self._stage.controller.users(self.query, cursor, scope=scope),
            lambda page: self._arrived(asked, _Page(cursor, page)),
            self._failed,
        )

    def _arrived(self, asked: tuple[str, Scope], page: _Page) -> None:
        self._is_asking = False
        if not self._is_wanted() or self.scope is Scope.CONTACTS:
            return
        if asked != (self.query, self.scope):
            self._ask("")
            return
        self._found_for = asked
        known = [at for at, each in enumerate(self._pages) if each.cursor == page.cursor]
        if known:
            self._pages[known[0]] = page
            if page.found.next_cursor != self._next(known[0]):
                del self._pages[known[0] + 1 :]  # those after it are others now
        else:
            self._pages.append(page)
        self.refresh()

    def _next(self, at: int) -> str:
        return self._pages[at + 1].cursor if at + 1 < len(self._pages) else ""

    def _failed(self, error: Exception) -> None:
        self._is_asking = False
        self._stage.complain_of(error)


def _matching(contacts: Sequence[ContactView], query: str) -> list[ContactView]:
    wanted = matching.plain(query)
    if not wanted:
        return list(contacts)
    ranks = ((matching.rank(wanted, (one.alias, one.nick, one.username)), one) for one in contacts)
    found = [(how, one) for how, one in ranks if how is not None]
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _as_person(contact: ContactView) -> Person:
    return replace(contact.person, nick=shown_contact(contact))


def _as_known(person: Person, contact: ContactView | None) -> Person:
    """Somebody as one knows them: by one's own name, and how they are at this moment."""
    return person if contact is None or contact.is_blocked else _as_person(contact)

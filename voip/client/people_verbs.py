"""The verbs about people, the phone book and past calls, and what the server tells of them.

Part of ``Client``. It knows the link and the model, and nothing of calls in progress.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from voip.client.account_verbs import begun
from voip.client.greeting import unless_refused
from voip.client.link import ServerLink
from voip.client.login import untrusted
from voip.client.model import Change, ClientError, LinkError
from voip.client.people import PAGE_SIZE, Names, page_of_people, sent_back, shown
from voip.client.phone_book import PhoneBook
from voip.client.shown import Shown
from voip.core.contacts import MAX_CONTACTS, Contact, cleaned
from voip.core.directory import MAX_QUERY
from voip.core.errors import ErrorCode
from voip.core.history import HistoryKind
from voip.core.ids import EntryId, Username
from voip.core.messages import Request
from voip.core.names import MAX_STATUS_TEXT, as_username, clean_text
from voip.core.people import Person, Presence
from voip.core.people_messages import (
    ContactPage,
    ContactsChanged,
    DeleteContact,
    DeleteHistory,
    HistoryChanged,
    HistoryPage,
    ListContacts,
    ListHistory,
    MarkHistorySeen,
    PutContact,
    SetIdle,
    SetPresence,
    UserPage,
    UserScope,
)
from voip.wire.codec_book import MAX_NUMBER


class PeopleVerbs:
    """What is known of people belongs to whoever is logged in: ``_meet_people`` begins anew."""

    def __init__(self, link: ServerLink, shown: Shown, names_learned: Callable[[], None]) -> None:
        self._link = link
        self._shown = shown
        self._names_learned = names_learned
        self._is_idle = False
        self._names = Names(link.request, names_learned)
        self._book = PhoneBook()

    # ---- people --------------------------------------------------------------------------------

    def users(
        self,
        query: str,
        cursor: str = "",
        limit: int = PAGE_SIZE,
        scope: UserScope = UserScope.ONLINE,
    ) -> Deferred[UserPage]:
        return begun(page_of_people(self._link.request, query, cursor, limit, scope))

    def set_presence(self, presence: Presence, text: str) -> Deferred[None]:
        return begun(self._set_presence(presence, clean_text(text, MAX_STATUS_TEXT)))

    async def _set_presence(self, presence: Presence, text: str) -> None:
        await self._ask(SetPresence(presence, text))
        model = self._shown.model
        if model.me is not None:
            me = replace(model.me, presence=presence, text=text)
            self._shown.put(replace(model, me=me), Change.ME)

    def set_idle(self, is_idle: bool) -> None:
        if is_idle is not self._is_idle:
            self._is_idle = is_idle
            self._say_idle()

    def _say_idle(self) -> None:
        begun(self._ask(SetIdle(self._is_idle))).addErrback(unheard)

    # ---- the phone book ------------------------------------------------------------------------

    def put_contact(
        self,
        username: str,
        alias: str = "",
        *,
        is_favourite: bool = False,
        notes: str = "",
        is_blocked: bool = False,
    ) -> Deferred[None]:
        return begun(self._put_contact(username, alias, is_favourite, notes, is_blocked))

    async def _put_contact(
        self, username: str, alias: str, is_favourite: bool, notes: str, is_blocked: bool
    ) -> None:
        contact = Contact(_meant(username), alias, is_favourite, notes, is_blocked)
        await self._ask(PutContact(cleaned(contact)))

    def remove_contact(self, username: str) -> Deferred[None]:
        return begun(self._remove_contact(username))

    async def _remove_contact(self, username: str) -> None:
        await self._ask(DeleteContact(_meant(username)))

    def set_block(self, username: str, is_blocked: bool) -> Deferred[None]:
        return begun(self._set_block(username, is_blocked))

    async def _set_block(self, username: str, is_blocked: bool) -> None:
        meant = _meant(username)
        if not self._book.is_whole:  # else the rest of the entry would be lost
            await self._read_book()
        await self._ask(PutContact(replace(self._book.contact(meant), is_blocked=is_blocked)))

    # ---- past calls ----------------------------------------------------------------------------

    def history(
        self, kind: HistoryKind = HistoryKind.ALL, query: str = "", cursor: str = ""
    ) -> Deferred[HistoryPage]:
        return begun(self._history(kind, query, cursor))

    async def _history(self, kind: HistoryKind, query: str, cursor: str) -> HistoryPage:
        asked = ListHistory(kind, clean_text(query, MAX_QUERY), sent_back(cursor))
        page = unless_refused(await self._link.request(asked))
        if not isinstance(page, HistoryPage):
            raise untrusted()
        if page.unseen_missed != self._shown.model.unseen_missed:
            model = replace(self._shown.model, unseen_missed=page.unseen_missed)
            self._shown.put(model, Change.HISTORY)
        return page

    def delete_history(self, entry: EntryId | None = None) -> Deferred[None]:
        if entry is not None and not 0 < entry <= MAX_NUMBER:  # none is kept under such a number
            return fail(ClientError(ErrorCode.BAD_REQUEST, "entry"))
        return begun(self._ask(DeleteHistory(entry)))

    def mark_history_seen(self) -> Deferred[None]:
        return begun(self._ask(MarkHistorySeen()))

    # ---- what the server tells -----------------------------------------------------------------

    def _meet_people(self) -> None:
        """Somebody logged in, of whose people nothing is known yet."""
        self._names = Names(self._link.request, self._names_learned)
        self._book = PhoneBook()
        model = replace(self._shown.model, contacts=(), unseen_missed=0, newest_past_call=None)
        self._shown.put(model, Change.CONTACTS | Change.HISTORY)

    def _ask_for_people(self) -> None:
        """Read what is shown first, or what was not told during a break."""
        begun(self._read_book()).addErrback(unheard)
        self.history().addErrback(unheard)
        if self._is_idle:
            self._say_idle()

    def _name_of(self, username: Username) -> str:
        """What to call somebody of whom nothing but the user name is told."""
        return self._book.name_of(username) or self._names.of(username)

    def _people_changed(self, people: Sequence[Person]) -> None:
        """The server tells how people are: contacts, and oneself."""
        self._names.told(people)
        model, change = self._shown.model, Change(0)
        for person in people:
            if model.me is not None and person.username == model.me.username:
                model, change = replace(model, me=shown(person)), change | Change.ME
        if self._book.told(people):
            model, change = replace(model, contacts=self._book.all()), change | Change.CONTACTS
        if change:
            self._shown.put(model, change)

    def _contacts_changed(self, notice: ContactsChanged) -> None:
        self._book.changed(notice.put, notice.removed)
        self._show_book()

    def _history_changed(self, notice: HistoryChanged) -> None:
        model = self._shown.model
        newest = notice.added or model.newest_past_call
        model = replace(model, unseen_missed=notice.unseen_missed, newest_past_call=newest)
        self._shown.put(model, Change.HISTORY)

    async def _read_book(self) -> None:
        book, cursor, read = self._book, "", 0
        while read < 2 * MAX_CONTACTS:  # a book that changes meanwhile has some twice
            page = unless_refused(await self._link.request(ListContacts(cursor)))
            if not isinstance(page, ContactPage):
                raise untrusted()
            book.changed(page.contacts)
            read += len(page.contacts)
            cursor = page.next_cursor
            book.is_whole |= not cursor
            if book is self._book:
                self._show_book()
            if not cursor or not page.contacts:
                return

    def _show_book(self) -> None:
        model = replace(self._shown.model, contacts=self._book.all())
        self._shown.put(model, Change.CONTACTS)

    async def _ask(self, request: Request) -> None:
        unless_refused(await self._link.request(request))


def unheard(failure: Failure) -> None:
    """Asked without anybody waiting: a refusal or a lost line needs no word of its own."""
    failure.trap(ClientError, LinkError)


def _meant(username: str) -> Username:
    meant = as_username(username)
    if meant is None:
        raise ClientError(ErrorCode.NAME_NOT_ALLOWED, "username")
    return meant

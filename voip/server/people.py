"""What people keep of others: phone books, past calls, and looking among everyone.

It asks the store first and tells the switchboard and the account's other devices after, so that
nobody hears of what is not kept. Whose book it is comes from the session alone. It knows neither
bytes nor the order of messages.
"""

from collections.abc import Callable
from typing import Final, assert_never

from twisted.python.failure import Failure

from voip.core.contacts import cleaned, contact_problem
from voip.core.directory import MAX_PAGE
from voip.core.effects import CallEnded
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import EntryId, Username
from voip.core.messages import Done
from voip.core.past_calls import entries_of
from voip.core.people import Person, Presence
from voip.core.people_messages import (
    ContactPage,
    ContactsChanged,
    DeleteContact,
    DeleteHistory,
    HistoryChanged,
    HistoryPage,
    ListContacts,
    ListedContact,
    ListHistory,
    ListUsers,
    MarkHistorySeen,
    PutContact,
    UserPage,
)
from voip.server.accounts import Accounts
from voip.server.live import LiveSettings
from voip.server.reception import Reception
from voip.server.sessions import SessionOwner
from voip.store.interface import StoreUnavailable
from voip.store.people import BookFull, KeptContact, KeptEntry

CONTACTS_PER_PAGE: Final = 200
ENTRIES_PER_PAGE: Final = 50
MAX_DIGITS: Final = 18
"""Of an entry's number: what a database keeps in 64 bits has at least that many."""

KeptRequest = (
    ListUsers
    | ListContacts
    | PutContact
    | DeleteContact
    | ListHistory
    | DeleteHistory
    | MarkHistorySeen
)
KeptAnswer = UserPage | ContactPage | HistoryPage | Done | Refusal


class People:
    """Everyone's books and past calls. ``wall_clock`` gives UTC seconds since the epoch."""

    def __init__(
        self,
        accounts: Accounts,
        reception: Reception,
        live: LiveSettings,
        wall_clock: Callable[[], int],
    ) -> None:
        self._accounts = accounts
        self._store = accounts.store
        self._reception = reception
        self._live = live
        self._wall_clock = wall_clock
        reception.listen(self._call_ended)

    async def asked(self, owner: SessionOwner, request: KeptRequest) -> KeptAnswer:
        """Do what somebody who is logged in asks."""
        try:
            return await self._asked(owner, request)
        except StoreUnavailable:
            return self._accounts.store_failed(Failure())

    async def _asked(self, owner: SessionOwner, request: KeptRequest) -> KeptAnswer:
        match request:
            case ListUsers():
                return await self._list_everyone(owner, request)
            case ListContacts():
                return await self._list_contacts(owner, request)
            case PutContact():
                return await self._put_contact(owner, request)
            case DeleteContact():
                return await self._delete_contact(owner, request)
            case ListHistory():
                return await self._list_history(owner, request)
            case DeleteHistory():
                unseen = await self._store.delete_history(owner.account, request.entry)
                self._reception.tell(owner.account, HistoryChanged(None, unseen))
                return Done()
            case MarkHistorySeen():
                await self._store.mark_history_seen(owner.account)
                self._reception.tell(owner.account, HistoryChanged(None, 0))
                return Done()
            case _:
                assert_never(request)

    # Everyone.

    async def _list_everyone(self, owner: SessionOwner, asked: ListUsers) -> UserPage:
        limit = min(max(asked.limit, 1), MAX_PAGE)
        found = await self._store.find_names(asked.query, asked.cursor, limit, owner.username)
        people = self._reception.people(found.names, owner.username)
        online = self._reception.count_others(owner.username)
        return UserPage(people, found.next_cursor, found.total, online)

    # The phone book.

    async def _list_contacts(self, owner: SessionOwner, asked: ListContacts) -> ContactPage:
        size = CONTACTS_PER_PAGE
        kept = await self._store.contacts(owner.account, asked.cursor, size + 1)
        next_cursor = kept[size - 1].contact.username if len(kept) > size else ""
        listed = tuple(self._listed(one, owner.username) for one in kept[:size])
        return ContactPage(listed, next_cursor)

    async def _put_contact(self, owner: SessionOwner, asked: PutContact) -> Done | Refusal:
        field = contact_problem(asked.contact, owner.username)
        if field:
            return Refusal(ErrorCode.NAME_NOT_ALLOWED, field=field)
        contact = cleaned(asked.contact)
        most = self._live.settings.limits.contacts_per_account
        kept = await self._store.put_contact(owner.account, contact, most)
        if isinstance(kept, BookFull):
            return Refusal(ErrorCode.BOOK_FULL)
        self._reception.contact_put(owner.username, contact)
        changed = ContactsChanged(put=(self._listed(kept, owner.username),))
        self._reception.tell(owner.account, changed)
        return Done()

    async def _delete_contact(self, owner: SessionOwner, asked: DeleteContact) -> Done:
        if await self._store.delete_contact(owner.account, asked.username):
            self._reception.contact_removed(owner.username, asked.username)
            self._reception.tell(owner.account, ContactsChanged(removed=(asked.username,)))
        return Done()

    def _listed(self, kept: KeptContact, asker: Username) -> ListedContact:
        """Of whom one has blocked one is told nothing."""
        contact = kept.contact
        person = Person(contact.username, kept.nick, Presence.OFFLINE)
        if not contact.is_blocked:
            [person] = self._reception.people(((contact.username, kept.nick),), asker)
        return ListedContact(contact, person)

    # Past calls.

    async def _list_history(self, owner: SessionOwner, asked: ListHistory) -> HistoryPage | Refusal:
        cursor = asked.cursor
        if cursor and not (cursor.isdecimal() and len(cursor) <= MAX_DIGITS):
            return Refusal(ErrorCode.BAD_REQUEST, field="cursor")
        before = EntryId(int(cursor)) if cursor else None
        kept = await self._store.history(
            owner.account, asked.kind, asked.query.strip(), before, ENTRIES_PER_PAGE
        )
        next_cursor = str(kept.entries[-1].entry) if kept.has_more else ""
        return HistoryPage(kept.entries, next_cursor, kept.unseen_missed)

    def _call_ended(self, ended: CallEnded) -> None:
        """Keep it for all who took part or missed it, and tell those who are here."""
        keeping = self._store.add_history(ended.caller, entries_of(ended, self._wall_clock()))
        keeping.addCallbacks(self._tell_kept, self._not_kept)

    def _tell_kept(self, kept: tuple[KeptEntry, ...]) -> None:
        for one in kept:
            self._reception.tell(one.account, HistoryChanged(one.entry, one.unseen_missed))

    def _not_kept(self, failure: Failure) -> None:
        """The call was made all the same."""
        self._accounts.store_failed(failure)

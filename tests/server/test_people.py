"""Phone books, past calls and everyone, as sessions ask for them and are told."""

from dataclasses import replace

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import CALL, NOW_UTC, Office, Talk, code_of, invite
from tests.server.someone import ANN, BOB, Someone
from voip.core.call_messages import Accept, CallChanged, Cancel, Decline, Leave
from voip.core.calls import DeclineReason, EndReason
from voip.core.contacts import MAX_CONTACTS, Contact
from voip.core.errors import ErrorCode
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import AccountId, CallId, EntryId, Username
from voip.core.messages import Done, Logout
from voip.core.people import Person, Presence
from voip.core.people_messages import (
    ContactPage,
    ContactsChanged,
    DeleteContact,
    DeleteHistory,
    GetPerson,
    HistoryChanged,
    HistoryPage,
    ListContacts,
    ListedContact,
    ListHistory,
    ListUsers,
    MarkHistorySeen,
    PersonOk,
    PutContact,
    SetPresence,
    UserPage,
    UserScope,
)
from voip.server.people import CONTACTS_PER_PAGE, ENTRIES_PER_PAGE
from voip.store.interface import StoreUnavailable
from voip.store.memory import MemoryStore
from voip.store.people import BookFull, KeptContact, NamesInBook

CARL = Someone(Username("carl"), account_seed=b"c" * 32, device_seed=b"C" * 32)
HERE = Person(BOB.username, "Some One", Presence.AVAILABLE)
GONE = replace(HERE, presence=Presence.OFFLINE)


class BrokenBooks(MemoryStore):
    """Accounts can be read, and nothing else."""

    def contacts(
        self, account: AccountId, after: str, limit: int
    ) -> Deferred[tuple[KeptContact, ...]]:
        return fail(StoreUnavailable("disk I/O error"))

    def add_history(self, caller: Username, entries: object) -> Deferred[tuple[()]]:  # type: ignore[override]  # whatever is to be kept
        return fail(StoreUnavailable("disk I/O error"))


class NoBooks(MemoryStore):
    """The phone books cannot be read at all."""

    def names_in_book(self, account: AccountId) -> Deferred[NamesInBook]:
        return fail(StoreUnavailable("disk I/O error"))


class FullBooks(MemoryStore):
    """There is no room in any book of this size."""

    def put_contact(
        self, account: AccountId, contact: Contact, most: int
    ) -> Deferred[KeptContact | BookFull]:
        assert most == MAX_CONTACTS
        return MemoryStore.put_contact(self, account, contact, 0)


class PeopleTestCase(SynchronousTestCase):
    """Ann and bob have accounts."""

    def setUp(self) -> None:
        self.office = Office(self.make_store())
        self.office.register(ANN, BOB)

    def make_store(self) -> MemoryStore:
        return MemoryStore()

    def history(self, talk: Talk, kind: HistoryKind = HistoryKind.ALL) -> HistoryPage:
        page = talk.ask(ListHistory(kind))
        assert isinstance(page, HistoryPage)
        return page

    def newest(self, talk: Talk) -> HistoryEntry:
        return self.history(talk).entries[0]


class PhoneBookTests(PeopleTestCase):
    """One's own contacts."""

    def test_a_change_is_told_to_every_device_at_once(self) -> None:
        """With the person as the owner may see them; others hear nothing."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        phone = self.office.login(ANN.with_device(b"2" * 32))
        entry = Contact(BOB.username, " Bob\x07by ", True, "a\nb")
        self.assertEqual(ann.ask(PutContact(entry)), Done())
        listed = ListedContact(replace(entry, alias="Bobby", notes="a b"), HERE)
        for talk in (ann, phone):
            self.assertEqual(talk.told(ContactsChanged), [ContactsChanged(put=(listed,))])
            self.assertEqual(talk.ask(ListContacts()), ContactPage((listed,), ""))
        self.assertEqual(ann.ask(DeleteContact(BOB.username)), Done())
        self.assertEqual(
            phone.told(ContactsChanged)[1:], [ContactsChanged(removed=(BOB.username,))]
        )
        self.assertEqual(phone.ask(ListContacts()), ContactPage((), ""))
        self.assertEqual(bob.told(ContactsChanged), [])

    def test_forgetting_whom_one_does_not_know(self) -> None:
        """Is no error and no news."""
        ann = self.office.login(ANN)
        self.assertEqual(ann.ask(DeleteContact(BOB.username)), Done())
        self.assertEqual(ann.told(ContactsChanged), [])

    def test_whom_one_cannot_keep(self) -> None:
        """Oneself, and what is no name."""
        ann = self.office.login(ANN)
        for name in (ANN.username, Username("No Name"), Username("")):
            refused = ann.ask(PutContact(Contact(name)))
            self.assertIs(code_of(refused), ErrorCode.NAME_NOT_ALLOWED)

    def test_nobody_is_told_whether_there_is_such_an_account(self) -> None:
        """A stranger's name is kept like any."""
        ann = self.office.login(ANN)
        self.assertEqual(ann.ask(PutContact(Contact(Username("nobody")))), Done())
        [changed] = ann.told(ContactsChanged)
        assert isinstance(changed, ContactsChanged)
        nobody = Person(Username("nobody"), "nobody", Presence.OFFLINE)
        self.assertEqual(changed.put[0].person, nobody)

    def test_only_so_many_pages_are_asked_for_at_once(self) -> None:
        """Each is large: who asks for hundreds together is to wait for the first."""
        ann = self.office.login(ANN)
        waiting: list[Deferred[tuple[KeptContact, ...]]] = []

        def contacts(*_: object) -> Deferred[tuple[KeptContact, ...]]:
            waiting.append(Deferred())
            return waiting[-1]

        self.patch(self.office.store, "contacts", contacts)
        most = self.office.live.connections.requests_underway
        for _ in range(most):
            self.assertIsNone(ann.ask(ListContacts()))
        self.assertIs(code_of(ann.ask(ListContacts())), ErrorCode.RATE_LIMITED)
        waiting[0].callback(())
        self.assertIsNone(ann.ask(ListContacts()))
        self.assertEqual(len(waiting), most + 1)

    def test_a_large_book_comes_in_pages(self) -> None:
        """Each says where the next begins."""
        ann = self.office.login(ANN)
        store = self.office.store
        account = self.successResultOf(store.account(ANN.username))
        assert account is not None
        names = [Username(f"user{number:04}") for number in range(CONTACTS_PER_PAGE + 1)]
        for name in names:
            self.successResultOf(store.put_contact(account.account, Contact(name), MAX_CONTACTS))
        first = ann.ask(ListContacts())
        assert isinstance(first, ContactPage)
        self.assertEqual([one.contact.username for one in first.contacts], names[:-1])
        rest = ann.ask(ListContacts(first.next_cursor))
        assert isinstance(rest, ContactPage)
        self.assertEqual([one.contact.username for one in rest.contacts], names[-1:])
        self.assertEqual(rest.next_cursor, "")


class FullBookTests(PeopleTestCase):
    """A book has a bound."""

    def make_store(self) -> MemoryStore:
        return FullBooks()

    def test_no_room(self) -> None:
        """It is told, and nobody else hears of what was not kept."""
        ann = self.office.login(ANN)
        refused = ann.ask(PutContact(Contact(BOB.username)))
        self.assertIs(code_of(refused), ErrorCode.BOOK_FULL)
        self.assertEqual(ann.told(ContactsChanged), [])


class BrokenTests(PeopleTestCase):
    """The store cannot work."""

    def make_store(self) -> MemoryStore:
        return BrokenBooks()

    def test_it_is_told(self) -> None:
        """With an incident's number that stands in the log."""
        ann = self.office.login(ANN)
        self.assertIs(code_of(ann.ask(ListContacts())), ErrorCode.STORE_UNAVAILABLE)

    def test_a_call_that_cannot_be_kept_ends_like_any(self) -> None:
        """Nobody who calls hears of it."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        ann.ask(invite(BOB))
        self.assertEqual(bob.ask(Decline(CALL, DeclineReason.DECLINED)), Done())
        self.assertEqual(ann.told(HistoryChanged), [])

    def test_no_login_without_the_book(self) -> None:
        """Who is blocked must be known before anybody can call."""
        office = Office(NoBooks())
        office.register(ANN)
        talk = office.greet()
        challenge = talk.ask(ANN.start())
        talk.ask(ANN.finish(challenge, talk.exporter))  # type: ignore[arg-type]  # a challenge
        refused = talk.ask(ANN.enrol(talk.exporter))
        self.assertIs(code_of(refused), ErrorCode.STORE_UNAVAILABLE)


class BlockTests(PeopleTestCase):
    """Who is blocked can't tell."""

    def setUp(self) -> None:
        super().setUp()
        self.bob = self.office.login(BOB)

    def as_ann_finds(self, talk: Talk) -> tuple[object, ...]:
        """Everything that ann can ask about bob and about calling him, and how she is told."""
        answers: list[object] = [
            talk.ask(GetPerson(BOB.username)),
            talk.ask(ListUsers()),
            talk.ask(ListUsers("bo")),
            talk.ask(ListUsers("bo", scope=UserScope.EVERYONE)),
            talk.ask(PutContact(Contact(BOB.username))),
            talk.ask(ListContacts()),
            talk.ask(invite(BOB)),
            *talk.told(CallChanged),
        ]
        self.office.clock.advance(1)
        presence = [one for notice in talk.told(ContactsChanged) for one in notice.put]  # type: ignore[union-attr]  # of that kind
        return (*answers, *presence, *talk.told(HistoryChanged))

    def test_blocked_looks_like_offline(self) -> None:
        """Answers, notices and their number are the same; the caller's own history too."""
        self.bob.ask(PutContact(Contact(ANN.username, is_blocked=True)))
        blocked = self.as_ann_finds(self.office.login(ANN))
        self.assertEqual(self.bob.told(CallChanged), [])
        self.assertEqual(self.history(self.bob).entries, ())
        other = Office()
        other.register(ANN, BOB)
        self.office = other
        offline = self.as_ann_finds(other.login(ANN))
        self.assertEqual(blocked, offline)

    def test_the_block_is_known_after_a_new_login(self) -> None:
        """It comes with the book."""
        self.bob.ask(PutContact(Contact(ANN.username, is_blocked=True)))
        self.bob.ask(Logout())
        self.office.login(BOB)
        ann = self.office.login(ANN)
        absent = Person(BOB.username, BOB.username, Presence.OFFLINE)
        self.assertEqual(ann.ask(GetPerson(BOB.username)), PersonOk(absent))

    def test_of_whom_one_has_blocked_one_is_told_nothing(self) -> None:
        """Until the block ends."""
        self.office.login(ANN)
        for is_blocked, presence in ((True, Presence.OFFLINE), (False, Presence.AVAILABLE)):
            self.bob.ask(PutContact(Contact(ANN.username, is_blocked=is_blocked)))
            page = self.bob.ask(ListContacts())
            assert isinstance(page, ContactPage)
            self.assertIs(page.contacts[0].person.presence, presence)


class EveryoneTests(PeopleTestCase):
    """Looking among all accounts."""

    def test_who_is_offline_is_found_too(self) -> None:
        """With the shown name, and how many are online beside."""
        ann = self.office.login(ANN)
        page = ann.ask(ListUsers("bo", scope=UserScope.EVERYONE))
        self.assertEqual(page, UserPage((GONE,), "", total=1, online=0))
        self.office.login(BOB)
        page = ann.ask(ListUsers("some", limit=0, scope=UserScope.EVERYONE))
        self.assertEqual(page, UserPage((HERE,), "", total=1, online=1))


class HistoryTests(PeopleTestCase):
    """What is kept of calls."""

    def test_an_offline_person_finds_the_missed_call(self) -> None:
        """And the caller finds that nobody was there."""
        ann = self.office.login(ANN)
        ann.ask(invite(BOB))
        made = self.newest(ann)
        self.assertEqual((made.is_incoming, made.is_missed), (False, False))
        self.assertIs(made.outcome, EndReason.UNAVAILABLE)
        bob = self.office.login(BOB)
        page = self.history(bob, HistoryKind.MISSED)
        [missed] = page.entries
        self.assertEqual((missed.peers, missed.is_missed, missed.is_seen), (("ann",), True, False))
        self.assertEqual((missed.started_at, missed.call_id), (NOW_UTC, CALL))
        self.assertEqual(page.unseen_missed, 1)

    def test_do_not_disturb_leaves_a_missed_call(self) -> None:
        """Nothing rings; the caller sees the same as of somebody offline."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        bob.ask(SetPresence(Presence.DO_NOT_DISTURB))
        ann.ask(invite(BOB))
        self.assertEqual(bob.told(CallChanged), [])
        self.assertIs(self.newest(ann).outcome, EndReason.UNAVAILABLE)
        [changed] = bob.told(HistoryChanged)
        self.assertEqual(changed, HistoryChanged(self.newest(bob), 1))

    def test_a_call_that_was_talked_in(self) -> None:
        """Both have it, with the time, and neither missed it."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        ann.ask(invite(BOB))
        bob.ask(Accept(CALL))
        self.office.clock.advance(61)
        ann.ask(Leave(CALL))
        for talk, peer in ((ann, "bob"), (bob, "ann")):
            entry = self.newest(talk)
            self.assertEqual((entry.talked_seconds, entry.peers), (61, (peer,)))
            self.assertFalse(entry.is_missed)
            self.assertEqual(talk.told(HistoryChanged), [HistoryChanged(entry, 0)])

    def test_a_call_that_was_given_up(self) -> None:
        """It is missed; one that was declined is not."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        ann.ask(invite(BOB))
        ann.ask(Cancel(CALL))
        self.assertTrue(self.newest(bob).is_missed)
        second = replace(invite(BOB), call_id=CallId(b"2" * 16))
        ann.ask(second)
        bob.ask(Decline(second.call_id, DeclineReason.DECLINED))
        self.assertFalse(self.newest(bob).is_missed)
        self.assertEqual(self.history(bob).unseen_missed, 1)

    def test_all_devices_hear_what_one_does(self) -> None:
        """Looked at, forgotten."""
        ann = self.office.login(ANN)
        ann.ask(invite(BOB))
        bob, phone = self.office.login(BOB), self.office.login(BOB.with_device(b"2" * 32))
        entry = self.newest(bob).entry
        self.assertEqual(bob.ask(MarkHistorySeen()), Done())
        self.assertEqual(self.history(phone).unseen_missed, 0)
        self.assertEqual(bob.ask(DeleteHistory(EntryId(entry + 7))), Done())
        self.assertEqual(len(self.history(phone).entries), 1)
        self.assertEqual(bob.ask(DeleteHistory(entry)), Done())
        self.assertEqual(self.history(phone).entries, ())
        self.assertEqual(phone.told(HistoryChanged), [HistoryChanged(None, 0)] * 3)

    def test_pages(self) -> None:
        """A cursor that no page gave is refused."""
        ann = self.office.login(ANN)
        for number in range(ENTRIES_PER_PAGE + 1):
            self.office.clock.advance(10)
            ann.ask(replace(invite(BOB), call_id=CallId(number.to_bytes(16, "big"))))
        first = self.history(ann)
        self.assertEqual(len(first.entries), ENTRIES_PER_PAGE)
        rest = ann.ask(ListHistory(cursor=first.next_cursor))
        assert isinstance(rest, HistoryPage)
        self.assertEqual([len(rest.entries), rest.next_cursor], [1, ""])
        for cursor in ("x", "-1", "9" * 19):
            refused = ann.ask(ListHistory(cursor=cursor))
            self.assertIs(code_of(refused), ErrorCode.BAD_REQUEST)

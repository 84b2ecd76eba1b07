"""What every store must do for phone books, past calls and names: run against each of them."""

from typing import TypeVar

from twisted.internet.defer import Deferred

from tests.store.stores import NOON, an_account
from voip.core.calls import EndReason
from voip.core.contacts import Contact
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import AccountId, CallId, EntryId, Username
from voip.store.interface import Account
from voip.store.people import HISTORY_KEPT, BookFull, KeptContact, NamesInBook, Store

T = TypeVar("T")
ALICE, BOB, CARL, NOBODY = (Username(name) for name in ("alice", "bob", "carl", "nobody"))
NOT_YET = EntryId(0)


def a_call(
    number: int = 1,
    *peers: Username,
    is_missed: bool = False,
    is_conference: bool = False,
) -> HistoryEntry:
    """A past call, with bob unless others are named."""
    return HistoryEntry(
        entry=NOT_YET,
        call_id=CallId(number.to_bytes(16, "big")),
        is_incoming=is_missed,
        is_missed=is_missed,
        peers=peers or (BOB,),
        is_conference=is_conference,
        outcome=EndReason.NO_ANSWER if is_missed else EndReason.HANGUP,
        started_at=NOON + number,
        talked_seconds=0 if is_missed else 61,
        lost_per_mille=3,
        rtt_ms=20,
        is_seen=not is_missed,
    )


class PeoplePromises:
    """Mixed into a ``SynchronousTestCase`` that has a ``store``."""

    store: Store

    def now(self, answer: Deferred[T]) -> T:
        """The result of a Deferred that has fired."""
        return self.successResultOf(answer)  # type: ignore[attr-defined,no-any-return] # mixin

    def created(self, name: str, nick: str = "") -> AccountId:
        """A new account in the store."""
        account = self.now(self.store.create_account(an_account(name), NOON))
        assert isinstance(account, Account)
        if nick:
            self.now(self.store.set_nick(account.account, nick))
        return account.account

    def put(self, owner: AccountId, contact: Contact) -> KeptContact | BookFull:
        return self.now(self.store.put_contact(owner, contact, 3))

    def listed(self, owner: AccountId, after: str = "", limit: int = 10) -> list[Username]:
        return [one.contact.username for one in self.now(self.store.contacts(owner, after, limit))]

    def found(self, query: str) -> list[Username]:
        page = self.now(self.store.find_names(query, "", 50, NOBODY))
        assert page.total == len(page.names)
        return [username for username, _ in page.names]

    def add(self, *entries: HistoryEntry, owner: Username = ALICE) -> list[EntryId]:
        """Keep calls of bob's, the newest last."""
        kept = [self.now(self.store.add_history(BOB, [(owner, entry)])) for entry in entries]
        return [one.entry.entry for each in kept for one in each]

    def past(
        self, owner: AccountId, kind: HistoryKind = HistoryKind.ALL, query: str = ""
    ) -> list[EntryId]:
        kept = self.now(self.store.history(owner, kind, query, None, 50))
        return [entry.entry for entry in kept.entries]

    # ---- phone books ---------------------------------------------------------------------------

    def test_a_contact_is_read_as_it_was_written(self) -> None:
        """With the shown name of the account, or the user name where there is none."""
        alice = self.created("alice")
        self.created("bob", "Bob Martin")
        bob = Contact(BOB, "Bobby", True, "from work", False)
        assert self.put(alice, bob) == KeptContact(bob, "Bob Martin")
        stranger = Contact(NOBODY, is_blocked=True)
        assert self.put(alice, stranger) == KeptContact(stranger, "nobody")
        kept = self.now(self.store.contacts(alice, "", 10))
        assert kept == (KeptContact(bob, "Bob Martin"), KeptContact(stranger, "nobody"))
        assert self.now(self.store.names_in_book(alice)) == NamesInBook((BOB,), (NOBODY,))

    def test_a_contact_is_replaced_whole(self) -> None:
        """What is not written again is gone."""
        alice = self.created("alice")
        self.put(alice, Contact(BOB, "Bobby", True, "from work", True))
        self.put(alice, Contact(BOB))
        assert self.now(self.store.contacts(alice, "", 10)) == (KeptContact(Contact(BOB), BOB),)

    def test_each_book_is_its_owner_s(self) -> None:
        """One account's entries are not another's."""
        alice, bob = self.created("alice"), self.created("bob")
        self.put(alice, Contact(CARL))
        assert self.listed(bob) == []
        assert not self.now(self.store.delete_contact(bob, CARL))
        assert self.now(self.store.delete_contact(alice, CARL))
        assert self.listed(alice) == []
        assert self.now(self.store.names_in_book(bob)) == NamesInBook((), ())

    def test_a_book_is_full_at_its_bound(self) -> None:
        """Another entry finds no room; those that are there can still be changed."""
        alice = self.created("alice")
        for name in ("aa1", "aa2", "aa3"):
            self.put(alice, Contact(Username(name)))
        assert self.put(alice, Contact(BOB)) == BookFull()
        assert isinstance(self.put(alice, Contact(Username("aa2"), "again")), KeptContact)

    def test_a_book_is_read_in_pages(self) -> None:
        """By user name, from where the page before ended."""
        alice = self.created("alice")
        for name in (CARL, BOB, NOBODY):
            self.put(alice, Contact(name))
        assert self.listed(alice, "", 2) == [BOB, CARL]
        assert self.listed(alice, CARL, 2) == [NOBODY]

    def test_what_an_account_kept_goes_with_it(self) -> None:
        """Book, past calls and words; who comes later under that name begins with nothing."""
        alice = self.created("alice")
        self.put(alice, Contact(BOB))
        self.add(a_call())
        assert self.now(self.store.delete_account(alice, an_account().verifier))
        assert self.put(alice, Contact(BOB)) == BookFull()
        assert self.found("ali") == []
        again = self.created("alice")
        assert self.listed(again) == []
        assert self.past(again) == []
        assert self.past(alice) == []

    # ---- names ---------------------------------------------------------------------------------

    def test_everybody_is_listed_by_user_name(self) -> None:
        """In pages, without who asks; who comes in between is neither twice nor left out."""
        for name in ("dora", "bob", "alice", "carl"):
            self.created(name)
        first = self.now(self.store.find_names("", "", 2, CARL))
        assert [username for username, _ in first.names] == ["alice", "bob"]
        assert first.total == 3
        self.created("aaron")
        rest = self.now(self.store.find_names("", first.next_cursor, 2, CARL))
        assert rest.names == ((Username("dora"), "Dora"),)
        assert rest.next_cursor == ""

    def test_people_are_found_by_any_word_of_their_names(self) -> None:
        """By the beginning of the user name, its parts, the nick's words; in any case."""
        self.created("bob", "Robert MARTIN")
        self.created("ann-mary", "Ännchen")
        assert self.found("mar") == ["bob", "ann-mary"] or self.found("mar") == ["ann-mary", "bob"]
        assert self.found("Rob") == self.found("bo") == ["bob"]
        assert self.found("änn") == ["ann-mary"]
        assert self.found("mart rob") == ["bob"]
        assert self.found("mart ann") == []
        assert self.found("artin") == []

    def test_nobody_is_found_twice(self) -> None:
        """Whose names have several such words is on one page only."""
        self.created("martin", "Martina Marten")
        self.created("mara")
        seen: list[str] = []
        cursor = ""
        while True:
            page = self.now(self.store.find_names("mar", cursor, 1, NOBODY))
            assert page.total == 2
            seen += [username for username, _ in page.names]
            cursor = page.next_cursor
            if not cursor:
                break
        assert sorted(seen) == ["mara", "martin"]

    def test_a_new_nick_is_found_and_the_old_one_is_not(self) -> None:
        """The words follow the name."""
        alice = self.created("alice", "Wonderland")
        self.now(self.store.set_nick(alice, "Looking Glass"))
        assert self.found("wonder") == []
        assert self.found("glass") == ["alice"]
        self.now(self.store.set_nick(AccountId(999), "Nobody's"))
        assert self.found("nobody") == []

    # ---- past calls ----------------------------------------------------------------------------

    def test_a_past_call_is_kept_as_it_was_told(self) -> None:
        """For each of those who have an account, under a number of its own."""
        alice = self.created("alice")
        bob = self.created("bob")
        missed = a_call(is_missed=True)
        kept = self.now(
            self.store.add_history(BOB, [(BOB, a_call()), (ALICE, missed), (NOBODY, missed)])
        )
        assert [(one.account, one.unseen_missed) for one in kept] == [(bob, 0), (alice, 1)]
        read = self.now(self.store.history(alice, HistoryKind.ALL, "", None, 50))
        assert read.entries == (kept[1].entry,)
        assert (read.has_more, read.unseen_missed) == (False, 1)
        assert kept[1].entry.peers == missed.peers
        assert kept[1].entry.entry > kept[0].entry.entry

    def test_a_blocked_caller_leaves_no_missed_call(self) -> None:
        """But a call that was talked in is kept."""
        alice = self.created("alice")
        self.created("bob")
        self.put(alice, Contact(BOB, is_blocked=True))
        assert self.add(a_call(1, is_missed=True)) == []
        assert len(self.add(a_call(2))) == 1
        self.put(alice, Contact(BOB))
        assert len(self.add(a_call(3, is_missed=True))) == 1

    def test_kinds(self) -> None:
        """All, the missed ones, the conferences."""
        alice = self.created("alice")
        talk, missed, meeting = self.add(
            a_call(1), a_call(2, is_missed=True), a_call(3, is_conference=True)
        )
        assert self.past(alice) == [meeting, missed, talk]
        assert self.past(alice, HistoryKind.MISSED) == [missed]
        assert self.past(alice, HistoryKind.CONFERENCES) == [meeting]

    def test_past_calls_are_found_by_who_took_part(self) -> None:
        """By user name, by one's own name for somebody, by how they call themselves."""
        alice = self.created("alice")
        self.created("bob", "Robert")
        self.created("carl", "Charles")
        self.put(alice, Contact(CARL, "Uncle"))
        self.put(alice, Contact(BOB))
        one, both = self.add(a_call(1, BOB), a_call(2, BOB, CARL))
        assert self.past(alice, query="BO") == [both, one]
        assert self.past(alice, query="unc") == [both]
        assert self.past(alice, query="charl") == [both]
        assert self.past(alice, query="robert") == [both, one]
        assert self.past(alice, query="%") == []

    def test_past_calls_come_in_pages(self) -> None:
        """The newest first, from before a number."""
        alice = self.created("alice")
        numbers = self.add(*(a_call(number) for number in range(3)))
        first = self.now(self.store.history(alice, HistoryKind.ALL, "", None, 2))
        assert [entry.entry for entry in first.entries] == [numbers[2], numbers[1]]
        assert first.has_more
        rest = self.now(self.store.history(alice, HistoryKind.ALL, "", numbers[1], 2))
        assert [entry.entry for entry in rest.entries] == [numbers[0]]
        assert not rest.has_more

    def test_the_oldest_goes_when_there_are_too_many(self) -> None:
        """The newest thousand stay."""
        alice = self.created("alice")
        self.created("bob")
        calls = [(ALICE, a_call(number)) for number in range(HISTORY_KEPT + 2)]
        numbers = [one.entry.entry for one in self.now(self.store.add_history(BOB, calls))]
        kept = self.now(self.store.history(alice, HistoryKind.ALL, "", None, HISTORY_KEPT + 2))
        assert [entry.entry for entry in kept.entries] == numbers[:1:-1]

    def test_looking_at_missed_calls(self) -> None:
        """Seen ones are counted no more, the calls stay, another's count stays."""
        alice = self.created("alice")
        carl = self.created("carl")
        self.add(a_call(1, is_missed=True), owner=CARL)
        self.add(a_call(1, is_missed=True), a_call(2, is_missed=True))
        self.now(self.store.mark_history_seen(alice))
        kept = self.now(self.store.history(alice, HistoryKind.MISSED, "", None, 50))
        assert [entry.is_seen for entry in kept.entries] == [True, True]
        assert kept.unseen_missed == 0
        assert self.now(self.store.history(carl, HistoryKind.ALL, "", None, 50)).unseen_missed == 1

    def test_past_calls_can_be_forgotten(self) -> None:
        """One, or all; nobody forgets another's."""
        alice, bob = self.created("alice"), self.created("bob")
        first, second = self.add(a_call(1, is_missed=True), a_call(2, is_missed=True))
        assert self.now(self.store.delete_history(bob, first)) == 0
        assert self.past(alice) == [second, first]
        assert self.now(self.store.delete_history(alice, first)) == 1
        assert self.past(alice) == [second]
        assert self.now(self.store.delete_history(alice, None)) == 0
        assert self.past(alice) == []

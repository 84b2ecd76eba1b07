"""Real clients against the real server: phone books, invisible, idle, past calls."""

from tests.client.memory_network import PASSWORD
from tests.client.pair import PairTestCase
from voip.client import people_verbs
from voip.client.client import Client
from voip.client.model import Change
from voip.client.model_people import ContactView
from voip.core.contacts import MAX_ALIAS, MAX_NOTES, Contact
from voip.core.errors import ErrorCode
from voip.core.history import HistoryKind
from voip.core.ids import Username
from voip.core.people import Person, Presence
from voip.core.people_messages import ContactPage, ListContacts, ListedContact, UserScope
from voip.server.people import CONTACTS_PER_PAGE, People
from voip.server.sessions import SessionOwner


class ContactTests(PairTestCase):
    """One's own book on every device."""

    def on_phone(self, name: str) -> Client:
        """The same account on another computer."""
        phone = self.connected(f"phone of {name}")
        self.done(phone.login(name, PASSWORD))
        self.network.settle()
        return phone

    def test_a_contact_is_on_every_device_at_once(self) -> None:
        """Written on one, shown on the other, and taken out again."""
        alice, bob = self.registered("alice"), self.registered("bob")
        phone = self.on_phone("alice")
        seen: list[Change] = []
        phone.watch(seen.append)
        self.done(alice.put_contact(" Bob", "Bobby", is_favourite=True, notes="from work"))
        self.network.settle()
        entry = ContactView(
            username=bob.model.me.username,  # type: ignore[union-attr]  # logged in
            alias="Bobby",
            nick="Bob",
            presence=Presence.AVAILABLE,
            text="",
            is_favourite=True,
            notes="from work",
            is_blocked=False,
        )
        self.assertEqual(alice.model.contacts, (entry,))
        self.assertEqual(phone.model.contacts, (entry,))
        self.assertIn(Change.CONTACTS, seen)
        self.done(phone.remove_contact("bob"))
        self.network.settle()
        self.assertEqual(alice.model.contacts, ())

    def test_contacts_are_there_after_a_login(self) -> None:
        """All pages of them, with how they are."""
        alice = self.registered("alice")
        for number in range(CONTACTS_PER_PAGE + 1):
            self.network.pass_time(1)
            self.done(alice.put_contact(f"user{number:04}"))
        self.registered("user0007")
        phone = self.on_phone("alice")
        self.assertEqual(len(phone.model.contacts), CONTACTS_PER_PAGE + 1)
        online = [one.username for one in phone.model.contacts if one.presence.value != "offline"]
        self.assertEqual(online, ["user0007"])

    def test_a_book_without_an_end(self) -> None:
        """A server that always has another page is not asked for good."""
        self.patch(people_verbs, "MAX_CONTACTS", 20)
        asked: list[str] = []

        async def endless(_: People, owner: SessionOwner, request: ListContacts) -> ContactPage:
            asked.append(request.cursor)
            person = Person(owner.username, "x", Presence.OFFLINE)
            return ContactPage((ListedContact(Contact(owner.username), person),), "more")

        self.patch(People, "_list_contacts", endless)
        self.registered("alice")
        self.network.settle()
        self.assertEqual(len(asked), 40)

    def test_blocking_keeps_the_rest_of_the_entry(self) -> None:
        """Also right after a login, when the book has not been read yet."""
        alice = self.registered("alice")
        self.done(alice.put_contact("bob", "Bobby", notes="from work"))
        phone = self.connected("phone")
        self.done(phone.login("alice", PASSWORD))
        blocking = phone.set_block("bob", True)
        self.done(blocking)
        self.network.settle()
        (bob,) = alice.model.contacts
        self.assertEqual((bob.alias, bob.notes, bob.is_blocked), ("Bobby", "from work", True))
        self.done(alice.set_block("stranger", True))
        self.done(alice.set_block("bob", False))
        self.network.settle()
        blocked = {one.username: one.is_blocked for one in phone.model.contacts}
        self.assertEqual(blocked, {"bob": False, "stranger": True})

    def test_texts_that_cannot_travel(self) -> None:
        """What is too long is cut; what is no user name is refused here."""
        alice = self.registered("alice")
        self.done(alice.put_contact("bob", "a" * 300, notes="\ud83d" + "n" * 3000))
        (bob,) = alice.model.contacts
        self.assertEqual((len(bob.alias), len(bob.notes)), (MAX_ALIAS, MAX_NOTES))
        for verb in (alice.put_contact, alice.remove_contact):
            self.refused(verb("no name"), ErrorCode.NAME_NOT_ALLOWED)
        self.refused(alice.set_block("no name", True), ErrorCode.NAME_NOT_ALLOWED)
        self.refused(alice.put_contact("alice"), ErrorCode.NAME_NOT_ALLOWED)

    def test_nothing_of_it_stays_after_a_log_out(self) -> None:
        """The next person at this computer begins with their own."""
        alice = self.registered("alice")
        self.done(alice.put_contact("bob"))
        self.done(alice.logout())
        self.assertEqual(alice.model.contacts, ())
        self.refused(alice.put_contact("bob"), ErrorCode.NOT_LOGGED_IN)


class PresenceTests(PairTestCase):
    """How one is seen by whoever has one in the book."""

    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")
        self.done(self.alice.put_contact("bob"))

    def bob_is(self) -> Presence:
        self.network.pass_time(5)
        return self.alice.model.contacts[0].presence

    def test_invisible(self) -> None:
        """Offline to others, invisible to oneself, and found by nobody."""
        self.done(self.bob.set_presence(Presence.INVISIBLE, ""))
        self.assertIs(self.bob_is(), Presence.OFFLINE)
        assert self.bob.model.me is not None
        self.assertIs(self.bob.model.me.presence, Presence.INVISIBLE)
        self.assertEqual(self.done(self.alice.users("bo")).people, ())

    def test_idle(self) -> None:
        """Away while nobody touches the device; said again after a new login."""
        self.bob.set_idle(True)
        self.bob.set_idle(True)
        self.assertIs(self.bob_is(), Presence.AWAY)
        self.done(self.bob.logout())
        self.assertIs(self.bob_is(), Presence.OFFLINE)
        self.done(self.bob.login_with_device("bob"))
        self.assertIs(self.bob_is(), Presence.AWAY)
        self.bob.set_idle(False)
        self.assertIs(self.bob_is(), Presence.AVAILABLE)

    def test_what_changed_during_a_break_is_read_anew(self) -> None:
        """Presence is not kept for those who are away."""
        self.network.cut()
        bob = self.successResultOf(self.network.server.store.account(Username("bob")))
        assert bob is not None
        self.network.server.reception.nick_changed(bob.account, "Robert")
        self.network.pass_time(5)
        self.assertEqual(self.alice.model.contacts[0].nick, "Robert")


class EveryoneTests(PairTestCase):
    def test_who_is_offline_is_found(self) -> None:
        """Among everyone, not among those online."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.done(bob.logout())
        self.assertEqual(self.done(alice.users("bo")).people, ())
        found = self.done(alice.users("bo", scope=UserScope.EVERYONE))
        self.assertEqual([one.username for one in found.people], ["bob"])

    def test_everyone_in_pages(self) -> None:
        """A cursor goes back as it came, whatever stands in it."""
        alice = self.registered("alice")
        for name in ("bob", "carl"):
            self.registered(name)
        first = self.done(alice.users("", "", 1, UserScope.EVERYONE))
        rest = self.done(alice.users("", first.next_cursor, 1, UserScope.EVERYONE))
        seen = [one.username for one in (*first.people, *rest.people)]
        self.assertEqual((seen, rest.next_cursor), (["bob", "carl"], ""))


class HistoryTests(PairTestCase):
    def test_a_missed_call_is_found_after_login(self) -> None:
        """Counted until it was looked at, on every device; forgotten when told to."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.done(bob.logout())
        self.done(alice.call(["bob"]))
        self.network.settle()
        self.done(bob.login_with_device("bob"))
        self.network.settle()
        self.assertEqual(bob.model.unseen_missed, 1)
        page = self.done(bob.history(HistoryKind.MISSED, "ali"))
        (missed,) = page.entries
        self.assertEqual(missed.peers, ("alice",))
        self.assertEqual(self.done(bob.history(query="carl")).entries, ())
        self.done(bob.mark_history_seen())
        self.network.settle()
        self.assertEqual(bob.model.unseen_missed, 0)
        self.done(bob.delete_history(missed.entry))
        self.done(bob.delete_history())
        self.assertEqual(self.done(bob.history()).entries, ())

    def test_a_call_is_told_when_it_is_past(self) -> None:
        """The newest is in the model, and a watcher is called."""
        alice, bob = self.registered("alice"), self.registered("bob")
        seen: list[Change] = []
        bob.watch(seen.append)
        call_id = self.in_call(alice, bob, "bob")
        self.done(alice.hang_up(call_id))
        self.network.settle()
        newest = bob.model.newest_past_call
        assert newest is not None
        self.assertEqual((newest.call_id, newest.is_missed), (call_id, False))
        self.assertIn(Change.HISTORY, seen)

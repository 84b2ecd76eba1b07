"""The phone book as a device has it."""

from twisted.trial.unittest import SynchronousTestCase

from voip.client.phone_book import PhoneBook
from voip.core.contacts import MAX_CONTACTS, Contact
from voip.core.ids import Username
from voip.core.people import Person, Presence
from voip.core.people_messages import ListedContact

ALICE, BOB, CARL = (Username(name) for name in ("alice", "bob", "carl"))


def listed(
    username: Username, alias: str = "", nick: str = "", *, is_favourite: bool = False
) -> ListedContact:
    person = Person(username, nick or username.title(), Presence.AVAILABLE, "here")
    return ListedContact(Contact(username, alias, is_favourite, "notes", False), person)


class PhoneBookTests(SynchronousTestCase):
    """Contacts in their order, kept fresh."""

    def setUp(self) -> None:
        self.book = PhoneBook()
        self.book.changed([listed(CARL), listed(ALICE, "Zoe"), listed(BOB)])

    def names(self) -> list[str]:
        return [view.name for view in self.book.all()]

    def test_the_order_is_as_shown(self) -> None:
        """By alias or nick, in any case; favourites first."""
        self.assertEqual(self.names(), ["Bob", "Carl", "Zoe"])
        self.book.changed([listed(ALICE, "zoe", is_favourite=True)])
        self.assertEqual(self.names(), ["zoe", "Bob", "Carl"])
        self.book.changed([listed(BOB, "")], removed=[CARL, Username("nobody")])
        self.assertEqual(self.names(), ["zoe", "Bob"])

    def test_presence_is_taken_in(self) -> None:
        """Of contacts alone; a new nick changes the order."""
        self.assertFalse(self.book.told([Person(Username("dora"), "Dora", Presence.AWAY)]))
        self.assertTrue(self.book.told([Person(BOB, "Robert", Presence.AWAY, "\x1b[2Jlunch")]))
        self.assertEqual(self.names(), ["Carl", "Robert", "Zoe"])
        self.assertEqual(self.book.all()[1].person, Person(BOB, "Robert", Presence.AWAY, "lunch"))

    def test_who_goes_keeps_the_name(self) -> None:
        """The server tells of somebody offline by the user name alone."""
        self.book.told([Person(BOB, BOB, Presence.OFFLINE)])
        bob = self.book.all()[0]
        self.assertEqual((bob.nick, bob.presence, bob.text), ("Bob", Presence.OFFLINE, ""))

    def test_what_somebody_is_called(self) -> None:
        """Whoever is not in the book is not known."""
        self.assertEqual(self.book.name_of(ALICE), "Zoe")
        self.assertEqual(self.book.name_of(BOB), "Bob")
        self.assertIsNone(self.book.name_of(Username("dora")))

    def test_an_entry_as_it_is_written(self) -> None:
        """What stands there, or a blank one."""
        self.assertEqual(self.book.contact(ALICE), Contact(ALICE, "Zoe", False, "notes", False))
        self.assertEqual(self.book.contact(Username("dora")), Contact(Username("dora")))

    def test_there_is_an_end_of_contacts(self) -> None:
        """Whatever a server tells; known ones still change."""
        many = [listed(Username(f"user-{number}")) for number in range(MAX_CONTACTS)]
        self.book.changed(many)
        self.book.changed([listed(Username("dora")), listed(BOB, "Rob")])
        self.assertEqual(len(self.book.all()), MAX_CONTACTS)
        self.assertIsNone(self.book.name_of(Username("dora")))
        self.assertEqual(self.book.name_of(BOB), "Rob")

    def test_texts_can_be_drawn_anywhere(self) -> None:
        """Whatever a server sends."""
        self.book.changed([listed(BOB, "\x1b]0;x\x07Bobby", "\u202eB")])
        bob = next(view for view in self.book.all() if view.username == BOB)
        self.assertEqual((bob.alias, bob.nick), ("Bobby", "B"))

"""Real clients against the real server: who is online, and what those one meets are called."""

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase

from tests.client.memory_network import ADDRESS, PASSWORD
from tests.client.pair import PairTestCase
from voip.client.client import Client
from voip.client.model import Change, ClientError, Link
from voip.client.people import NAMES_MAXIMUM, Names
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.messages import Answer, Request
from voip.core.people import Person, Presence
from voip.core.people_messages import GetPerson, PersonOk


class PeopleTests(PairTestCase):
    def names(self, client: Client) -> list[str]:
        """Who is online, as the server tells."""
        return [person.username for person in self.done(client.users("")).people]

    def test_people_come_and_go(self) -> None:
        """Who logs in can be found, who logs out cannot; oneself is not among them."""
        alice = self.registered("alice")
        bob = self.registered("bob")
        self.assertEqual(self.names(alice), ["bob"])
        self.assertEqual(self.names(bob), ["alice"])
        self.done(bob.logout())
        self.network.pass_time(5)
        self.assertEqual(self.names(alice), [])

    def test_status(self) -> None:
        """A status and its text are seen by those who have one as a contact, and by oneself."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.done(alice.put_contact("bob"))
        self.done(bob.set_presence(Presence.BUSY, "until 17:00"))
        self.network.pass_time(5)
        (seen,) = alice.model.contacts
        self.assertEqual((seen.presence, seen.text), (Presence.BUSY, "until 17:00"))
        assert bob.model.me is not None
        self.assertIs(bob.model.me.presence, Presence.BUSY)

    def test_texts_that_cannot_travel(self) -> None:
        """What is too long, or no Unicode, is cut to what may be shown; the line stays up."""
        alice = self.registered("alice")
        self.done(alice.set_nick("Al\ud83dice"))
        self.done(alice.set_presence(Presence.AWAY, "\ud83d" + "t" * 2000))
        for query, cursor, limit in (("q" * 300, "", 50), ("\ud83d", "c" * 300, 10**12)):
            self.done(alice.users(query, cursor, limit))
        assert alice.model.me is not None
        self.assertEqual((alice.model.me.nick, alice.model.me.text), ("Alice", "t" * 80))
        self.assertIs(alice.model.connection.link, Link.LOGGED_IN)

    def test_nick(self) -> None:
        """A new nick is seen by others and by oneself."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.done(alice.put_contact("bob"))
        self.done(bob.set_nick("Bobby"))
        self.network.pass_time(5)
        self.assertEqual([contact.nick for contact in alice.model.contacts], ["Bobby"])
        assert bob.model.me is not None
        self.assertEqual(bob.model.me.nick, "Bobby")

    def test_bad_nick(self) -> None:
        """A nick that cannot be shown is refused."""
        self.refused(self.registered("alice").set_nick("\x00"), ErrorCode.NICK_NOT_ALLOWED)

    def test_search(self) -> None:
        """Names are searched at the server."""
        alice = self.registered("alice")
        self.registered("bob")
        page = self.done(alice.users("bo"))
        self.assertEqual([person.username for person in page.people], ["bob"])

    def test_watching(self) -> None:
        """A watcher is told what changed until it stops."""
        client = self.stranger("alice")
        seen: list[Change] = []
        stop = client.watch(seen.append)
        self.done(client.connect(ADDRESS))
        self.assertIn(Change.CONNECTION, seen)
        stop()
        stop()
        seen.clear()
        self.done(client.register("alice", "A", PASSWORD))
        self.assertEqual(seen, [])

    def test_a_stranger_who_calls(self) -> None:
        """Whoever calls without being a contact has their name, as soon as the server tells it."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.done(bob.set_nick("Bobby"))
        self.done(bob.call(["alice"]))
        (peer,) = alice.model.calls[0].peers
        self.assertEqual((peer.username, peer.nick), ("bob", "Bobby"))


class NamesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.asked: list[tuple[str, Deferred[Answer]]] = []
        self.learned = 0
        self.is_over = False
        self.names = Names(self.ask, self.learn)

    def ask(self, request: Request) -> Deferred[Answer]:
        assert isinstance(request, GetPerson)
        if self.is_over:
            return fail(ClientError(ErrorCode.NOT_LOGGED_IN))
        answer: Deferred[Answer] = Deferred()
        self.asked.append((request.username, answer))
        return answer

    def learn(self) -> None:
        self.learned += 1

    def answer(self, nick: str, presence: Presence = Presence.AVAILABLE) -> None:
        name, answer = self.asked[-1]
        answer.callback(PersonOk(Person(Username(name), nick, presence)))

    def of(self, name: str) -> str:
        return self.names.of(Username(name))

    def test_one_after_the_other(self) -> None:
        """Each name is asked for once, never two at a time, and stands until it is known."""
        self.assertEqual(
            [self.of("bob"), self.of("carol"), self.of("bob")], ["bob", "carol", "bob"]
        )
        self.assertEqual([name for name, _ in self.asked], ["bob"])
        self.answer("Bob\x1b[2J")
        self.assertEqual([name for name, _ in self.asked], ["bob", "carol"])
        self.answer("Carol")
        self.assertEqual((self.of("bob"), self.of("carol")), ("Bob", "Carol"))
        self.assertEqual((self.learned, len(self.asked)), (2, 2))

    def test_what_is_not_told(self) -> None:
        """After a refusal, and of who is offline, the account's name stays."""
        self.of("bob")
        self.of("carol")
        self.asked[0][1].callback(Refusal(ErrorCode.RATE_LIMITED))
        self.answer("carol", Presence.OFFLINE)
        self.assertEqual((self.of("bob"), self.of("carol")), ("bob", "carol"))
        self.names.told([Person(Username("bob"), "Bob", Presence.AWAY)])
        self.assertEqual(self.of("bob"), "Bob")

    def test_the_line_is_lost(self) -> None:
        """Once the session is over nobody is asked for any more, however many were wanted."""
        for at in range(NAMES_MAXIMUM):
            self.of(f"user{at}")
        self.is_over = True
        self.asked[0][1].errback(ClientError(ErrorCode.SESSION_GONE))
        self.is_over = False
        self.of("carol")
        self.assertEqual([name for name, _ in self.asked], ["user0", "carol"])

    def test_bounded(self) -> None:
        """However many are met, no more than so many names are kept, or wait to be asked for."""
        for at in range(NAMES_MAXIMUM + 5):
            self.of(f"user{at}")
        self.answer("One")
        self.assertEqual(self.of("user0"), "user0")
        while not self.asked[-1][1].called:
            self.answer("Somebody")
        self.assertEqual(len(self.asked), 7)

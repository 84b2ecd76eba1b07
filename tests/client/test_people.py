"""Real clients against the real server: who is online."""

from tests.client.memory_network import ADDRESS, PASSWORD
from tests.client.pair import PairTestCase
from voip.client.model import Change, Link
from voip.core.errors import ErrorCode
from voip.core.people import Presence


class PeopleTests(PairTestCase):
    def names(self, client: object) -> list[str]:
        return [person.username for person in client.model.people]  # type: ignore[attr-defined]

    def test_people_come_and_go(self) -> None:
        """The list is kept fresh: who logs in appears, who logs out goes, oneself is not in it."""
        alice = self.registered("alice")
        bob = self.registered("bob")
        self.network.pass_time(5)
        self.assertEqual(self.names(alice), ["bob"])
        self.assertEqual(self.names(bob), ["alice"])
        self.done(bob.logout())
        self.network.pass_time(5)
        self.assertEqual(self.names(alice), [])

    def test_status(self) -> None:
        """A status and its text are seen by others and by oneself."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.done(bob.set_presence(Presence.BUSY, "until 17:00"))
        self.network.pass_time(5)
        (seen,) = alice.model.people
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
        self.done(bob.set_nick("Bobby"))
        self.network.pass_time(5)
        self.assertEqual([person.nick for person in alice.model.people], ["Bobby"])
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

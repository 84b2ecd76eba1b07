"""Real clients against the real server: accounts, people, and the line between them."""

from dataclasses import replace

from twisted.internet.task import Clock

from tests.client.memory_network import ADDRESS, PASSWORD, MemoryServer, make_certificate
from tests.client.pair import PairTestCase
from voip.client.link import FIRST_PAUSE_SECONDS
from voip.client.model import Change, ClientError, Link, LinkError, LinkTrouble
from voip.client.private_files import DataFileError
from voip.client.voice.commands import DropPath, UsePath
from voip.core.errors import ErrorCode
from voip.core.limits import ConnectionLimits
from voip.core.messages import RegistrationPolicy
from voip.core.people import Presence


class RegisterTests(PairTestCase):
    def test_registering_logs_in(self) -> None:
        """Whoever makes an account is logged in with it."""
        client = self.registered("alice")
        me = client.model.me
        assert me is not None
        self.assertEqual((me.username, me.nick), ("alice", "Alice"))
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)

    def test_the_media_path_is_the_servers(self) -> None:
        """The voice engine is told where to send, with the host the person typed."""
        self.registered("alice")
        (path,) = self.voices["alice"].told(UsePath)
        self.assertEqual(path.host, ADDRESS)

    def test_taken_name(self) -> None:
        """A name somebody has is refused, and the field is named."""
        self.registered("alice")
        doing = self.connected("other").register("alice", "A", PASSWORD)
        self.refused(doing, ErrorCode.NAME_TAKEN)

    def test_impossible_name(self) -> None:
        """A name nobody can have is refused before the server is asked."""
        doing = self.connected("other").register("a b", "A", PASSWORD)
        self.refused(doing, ErrorCode.NAME_NOT_ALLOWED)

    def test_bad_nick(self) -> None:
        """A nick of control characters is refused."""
        doing = self.connected("other").register("alice", "\x1b[2J", PASSWORD)
        self.refused(doing, ErrorCode.NICK_NOT_ALLOWED)

    def test_short_password(self) -> None:
        """A password that is none is refused, and never leaves the computer."""
        doing = self.connected("other").register("alice", "A", "short")
        self.network.settle()
        error = self.failureResultOf(doing, ClientError).value
        self.assertEqual((error.code, error.field), (ErrorCode.BAD_REQUEST, "password"))


class ClosedRegistrationTests(PairTestCase):
    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, RegistrationPolicy.CLOSED)

    def test_registration_is_closed(self) -> None:
        """The policy is shown when connecting, and holds."""
        client = self.stranger("alice")
        info = self.done(client.connect(ADDRESS))
        self.assertIs(info.policy, RegistrationPolicy.CLOSED)
        self.refused(client.register("alice", "A", PASSWORD), ErrorCode.REGISTRATION_CLOSED)


class LoginTests(PairTestCase):
    def test_wrong_password(self) -> None:
        """A wrong password is refused, and so is a name nobody has, alike."""
        self.done(self.registered("alice").logout())
        other = self.connected("other")
        self.refused(other.login("alice", "not the password"), ErrorCode.WRONG_PASSWORD)
        self.refused(other.login("nobody", "not the password"), ErrorCode.WRONG_PASSWORD)

    def test_second_device(self) -> None:
        """The password alone lets another computer in, with the same account key."""
        self.registered("alice")
        other = self.connected("other")
        self.done(other.login("alice", PASSWORD))
        self.assertIs(other.model.connection.link, Link.LOGGED_IN)

    def test_device_key(self) -> None:
        """After the first login the device's key is enough, also in a new process."""
        self.done(self.registered("alice").logout())
        again = self.connected("alice")
        self.assertEqual(list(again.known_accounts(ADDRESS)), ["alice"])
        self.done(again.login_with_device("alice"))
        self.assertIs(again.model.connection.link, Link.LOGGED_IN)

    def test_a_device_stays_the_same_device(self) -> None:
        """Logging in by password again does not make a second device of this computer."""
        client = self.registered("alice")
        self.done(client.logout())
        self.done(client.connect(ADDRESS))
        self.done(client.login("alice", PASSWORD))
        devices = self.successResultOf(
            self.network.server.store.account(client.model.me.username)  # type: ignore[union-attr]
        )
        assert devices is not None
        kept = self.successResultOf(self.network.server.store.devices(devices.account))
        self.assertEqual(len(kept), 1)

    def test_no_device_key(self) -> None:
        """Without a key here the device login is refused before the server is asked."""
        self.refused(self.connected("other").login_with_device("alice"), ErrorCode.UNKNOWN_DEVICE)

    def test_twice(self) -> None:
        """Who is logged in cannot log in again."""
        client = self.registered("alice")
        self.refused(client.login("alice", PASSWORD), ErrorCode.ALREADY_LOGGED_IN)

    def test_not_connected(self) -> None:
        """Verbs before connecting are refused."""
        client = self.stranger("alice")
        self.refused(client.login("alice", PASSWORD), ErrorCode.NOT_LOGGED_IN)
        self.refused(client.users(""), ErrorCode.NOT_LOGGED_IN)
        self.refused(client.call(["bob"]), ErrorCode.NOT_LOGGED_IN)
        self.refused(client.change_password("a", "b"), ErrorCode.NOT_LOGGED_IN)

    def test_a_broken_key_file_is_told(self) -> None:
        """A key file that makes no sense is told by its path and left as it is."""
        self.done(self.registered("alice").logout())
        (path,) = self.network.data_dir.glob("alice/servers/*/devices/alice.json")
        path.write_text("{")
        again = self.connected("alice")
        error = self.failureResultOf(again.login_with_device("alice"), DataFileError).value
        self.assertEqual(error.path, path)
        self.assertEqual(path.read_text(), "{")

    def test_slow_typing(self) -> None:
        """The server tires of a stranger after 20 s; the login connects anew by itself."""
        self.registered("alice")
        other = self.connected("other")
        self.network.pass_time(60)
        self.done(other.login("alice", PASSWORD))

    def test_logout(self) -> None:
        """Logging out ends the session, the path and the list of people."""
        client = self.registered("alice")
        self.registered("bob")
        self.done(client.logout())
        self.assertIsNone(client.model.me)
        self.assertEqual(client.model.people, ())
        self.assertIs(client.model.connection.link, Link.OFFLINE)
        self.assertEqual(len(self.voices["alice"].told(DropPath)), 1)


class ChangePasswordTests(PairTestCase):
    def test_new_password(self) -> None:
        """After a change the new password opens the account, with the same account key."""
        client = self.registered("alice")
        self.done(client.change_password(PASSWORD, "another good one"))
        other = self.connected("other")
        self.refused(other.login("alice", PASSWORD), ErrorCode.WRONG_PASSWORD)
        self.done(other.login("alice", "another good one"))

    def test_wrong_old_password(self) -> None:
        """The old password must be right."""
        client = self.registered("alice")
        doing = client.change_password("not the password", "another good one")
        self.refused(doing, ErrorCode.WRONG_PASSWORD)

    def test_bad_new_password(self) -> None:
        """The new password must be one."""
        client = self.registered("alice")
        self.refused(client.change_password(PASSWORD, "aaaaaaaaa"), ErrorCode.BAD_REQUEST)


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


class TrustTests(PairTestCase):
    def test_first_use(self) -> None:
        """The first key is trusted and said to be new; the second time it is known."""
        client = self.stranger("alice")
        first = self.done(client.connect(ADDRESS))
        again = self.done(client.connect(ADDRESS))
        self.assertEqual((first.is_new_pin, again.is_new_pin), (True, False))
        self.assertEqual(first.pin, self.network.server.certificate.pin)

    def test_changed_certificate(self) -> None:
        """Another key ends the connection before a word is said, and both are told."""
        old = self.network.server.certificate.pin
        self.connected("alice")
        self.network.server.certificate = make_certificate()
        self.network.listen()
        again = self.stranger("alice")
        connecting = again.connect(ADDRESS)
        self.network.settle()
        error = self.failureResultOf(connecting, LinkError).value
        new = self.network.server.certificate.pin
        self.assertIs(error.trouble, LinkTrouble.CERTIFICATE_CHANGED)
        self.assertEqual((error.expected_pin, error.seen_pin), (old, new))
        self.assertIs(again.model.connection.trouble, LinkTrouble.CERTIFICATE_CHANGED)
        again.accept_new_pin(ADDRESS, new)
        self.done(again.connect(ADDRESS))

    def test_pin_in_the_address(self) -> None:
        """A pin in the address must be the server's, also the first time."""
        client = self.stranger("alice")
        connecting = client.connect(f"voip://{ADDRESS}?pin={'00' * 32}")
        self.network.settle()
        error = self.failureResultOf(connecting, LinkError).value
        self.assertIs(error.trouble, LinkTrouble.CERTIFICATE_CHANGED)

    def test_not_an_address(self) -> None:
        """What is no address is told as such."""
        error = self.failureResultOf(self.stranger("alice").connect("a b"), LinkError).value
        self.assertIs(error.trouble, LinkTrouble.BAD_ADDRESS)

    def test_nobody_there(self) -> None:
        """A server that is not there is not reachable."""
        self.network.is_reachable = False
        error = self.failureResultOf(self.stranger("alice").connect(ADDRESS), LinkError).value
        self.assertIs(error.trouble, LinkTrouble.NOT_REACHABLE)


class ReconnectTests(PairTestCase):
    def test_a_cut_is_healed(self) -> None:
        """After a cut the same session goes on by itself, on a new media leg."""
        client = self.registered("alice")
        self.network.cut()
        connection = client.model.connection
        self.assertIs(connection.link, Link.RECONNECTING)
        self.assertIs(connection.trouble, LinkTrouble.LOST)
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(len(self.voices["alice"].told(UsePath)), 2)
        self.assertEqual(len(self.network.server.reception.sessions), 1)

    def test_what_was_asked_meanwhile_is_answered(self) -> None:
        """A verb during the break waits for its end and is done once."""
        client = self.registered("alice")
        self.network.cut()
        asking = client.set_nick("Ally")
        self.assertNoResult(asking)
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.successResultOf(asking)

    def test_pauses_grow(self) -> None:
        """While the server is away the client tries again ever more slowly, and comes back."""
        client = self.registered("alice")
        self.network.is_reachable = False
        self.network.cut()
        pauses = []
        for _ in range(8):
            pauses.append(client.model.connection.retry_in_seconds or 0.0)
            self.network.pass_time(pauses[-1], step=pauses[-1])
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual(pauses[-1], 22.5)
        self.network.is_reachable = True
        self.network.pass_time(30)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)

    def test_a_session_that_is_gone(self) -> None:
        """After more than the server's patience the device key opens another session."""
        client = self.registered("alice")
        self.network.is_reachable = False
        self.network.cut()
        asking = client.users("")
        self.network.pass_time(120)
        self.network.is_reachable = True
        self.network.pass_time(40)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)
        self.failureResultOf(asking, ClientError)

    def test_a_changed_key_ends_the_trying(self) -> None:
        """A server that comes back with another key is not talked to."""
        client = self.registered("alice")
        self.network.cut()
        self.network.server.certificate = make_certificate()
        self.network.listen()
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        connection = client.model.connection
        self.assertEqual(
            (connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.CERTIFICATE_CHANGED)
        )
        self.assertIsNone(client.model.me)

    def test_server_stop(self) -> None:
        """A server that goes down says so; the client waits for it to come back."""
        client = self.registered("alice")
        self.network.server.reception.stop()
        self.network.settle()
        connection = client.model.connection
        self.assertEqual(
            (connection.link, connection.trouble), (Link.RECONNECTING, LinkTrouble.SERVER_STOPPED)
        )

    def test_replaced(self) -> None:
        """The same device logging in elsewhere ends this login, and no fight begins."""
        first = self.registered("alice")
        second = self.connected("alice")
        self.done(second.login_with_device("alice"))
        self.network.pass_time(5)
        connection = first.model.connection
        self.assertEqual(
            (connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.REPLACED)
        )
        self.assertIs(second.model.connection.link, Link.LOGGED_IN)

    def test_round_trips_are_measured(self) -> None:
        """Pings tell the round trip, and keep the session alive."""
        client = self.registered("alice")
        self.network.pass_time(200)
        self.assertEqual(client.model.connection.rtt_ms, 0.0)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)

    def test_silence(self) -> None:
        """A server that answers nothing any more is given up, and found again."""
        client = self.registered("alice")
        self.network.is_silent = True
        self.network.pass_time(40)
        self.assertIs(client.model.connection.link, Link.RECONNECTING)

    def test_close(self) -> None:
        """Closing logs out and stops the voice engine."""
        client = self.registered("alice")
        self.done(client.close())
        self.assertTrue(self.voices["alice"].is_closed)
        self.assertEqual(len(self.network.server.reception.sessions), 0)


class CrowdedServerTests(PairTestCase):
    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, limits=replace(ConnectionLimits(), fresh_per_source=0))

    def test_a_crowded_server_is_no_stranger(self) -> None:
        """A server that refuses for being full is not taken for something else."""
        connecting = self.stranger("alice").connect(ADDRESS)
        self.network.settle()
        error = self.failureResultOf(connecting, LinkError).value
        self.assertIs(error.trouble, LinkTrouble.NOT_REACHABLE)

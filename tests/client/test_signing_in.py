"""Real clients against the real server: making accounts and logging in."""

from twisted.internet.task import Clock

from tests.client.memory_network import ADDRESS, PASSWORD, SERVER_HOST, MemoryServer
from tests.client.pair import PairTestCase
from voip.client.model import ClientError, Link
from voip.client.private_files import DataFileError
from voip.client.voice.commands import DropPath, UsePath
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import RegistrationPolicy
from voip.core.recovery import CODES


class RegisterTests(PairTestCase):
    def test_registering_logs_in(self) -> None:
        """Whoever makes an account is logged in with it."""
        client = self.registered("alice")
        me = client.model.me
        assert me is not None
        self.assertEqual((me.username, me.nick), ("alice", "Alice"))
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)

    def test_a_password_is_stretched_once(self) -> None:
        """Argon2id is not run again for the login that follows; a later login runs it."""
        client = self.registered("alice")
        self.assertEqual(self.network.slow_works, 1)
        self.done(client.logout())
        self.done(client.connect(ADDRESS))
        self.done(client.login("alice", PASSWORD))
        self.assertEqual(self.network.slow_works, 2)

    def test_the_media_path_is_the_servers(self) -> None:
        """The voice engine is told to send where the connection led to."""
        self.registered("alice")
        (path,) = self.voices["alice"].told(UsePath)
        self.assertEqual(path.host, SERVER_HOST)

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


class InviteRegistrationTests(PairTestCase):
    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, RegistrationPolicy.INVITE)

    def test_an_invite_lets_one_in(self) -> None:
        """The policy is shown when connecting; without an invite, or with a used one, it holds."""
        text, _ = self.done(self.network.server.accounts.make_invite("olga", 1, 60, ""))
        alice, bob = self.stranger("alice"), self.connected("bob")
        info = self.done(alice.connect(ADDRESS))
        self.assertIs(info.policy, RegistrationPolicy.INVITE)
        self.refused(alice.register("alice", "A", PASSWORD), ErrorCode.INVITE_NEEDED)
        made = self.done(alice.register("alice", "A", PASSWORD, text.lower()))
        self.assertFalse(made.is_pending)
        self.assertIs(alice.model.connection.link, Link.LOGGED_IN)
        self.refused(bob.register("bob", "B", PASSWORD, text), ErrorCode.INVITE_NOT_VALID)


class ApprovalRegistrationTests(PairTestCase):
    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, RegistrationPolicy.APPROVAL)

    def test_one_waits_for_the_operator(self) -> None:
        """The codes are given, one is not logged in; after the approval one logs in."""
        client = self.connected("alice")
        made = self.done(client.register("alice", "A", PASSWORD))
        self.assertTrue(made.is_pending)
        self.assertEqual(len(made.codes), CODES)
        self.assertIs(client.model.connection.link, Link.CONNECTED)
        self.refused(client.login("alice", PASSWORD), ErrorCode.NOT_APPROVED)
        self.network.server.store.approve(Username("alice"))
        self.done(client.login("alice", PASSWORD))
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)


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
        """Logging out ends the session, the path and the phone book."""
        client = self.registered("alice")
        self.done(client.put_contact("bob"))
        self.done(client.logout())
        self.assertIsNone(client.model.me)
        self.assertEqual(client.model.contacts, ())
        self.assertIs(client.model.connection.link, Link.OFFLINE)
        self.assertEqual(len(self.voices["alice"].told(DropPath)), 1)

    def test_whoever_comes_next(self) -> None:
        """Another account on the same screen is shown nothing of the call that ended before."""
        client, bob = self.registered("alice"), self.registered("bob")
        self.done(client.hang_up(self.in_call(client, bob, "bob")))
        self.done(client.logout())
        self.assertIsNotNone(client.model.last_ended)
        self.done(client.register("carol", "Carol", PASSWORD))
        self.assertIsNone(client.model.last_ended)


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

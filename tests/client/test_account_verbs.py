"""One's own devices, and the end of an account."""

from tests.client.memory_network import ADDRESS, PASSWORD
from tests.client.pair import PairTestCase
from voip.client.client import Client
from voip.client.model import ClientError, Link, LinkTrouble, Security
from voip.core.account_messages import OwnDevice
from voip.core.errors import ErrorCode
from voip.core.ids import DeviceId


class DevicesTests(PairTestCase):
    """Alice on two computers."""

    def setUp(self) -> None:
        super().setUp()
        self.laptop = self.registered("alice")
        self.other = self.connected("other")
        self.done(self.other.login("alice", PASSWORD))

    def devices(self) -> dict[str, OwnDevice]:
        return {each.name: each for each in self.done(self.laptop.devices())}

    def test_they_are_listed(self) -> None:
        """By name, and which of them is this one."""
        devices = self.devices()
        self.assertEqual(
            {name: each.is_this for name, each in devices.items()},
            {"alice's computer": True, "other's computer": False},
        )

    def test_a_removed_one_is_out(self) -> None:
        """It is told, and its key opens nothing any more; the password does."""
        self.done(self.laptop.revoke_device(self.devices()["other's computer"].device))
        connection = self.other.model.connection
        self.assertEqual((connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.KICKED))
        self.done(self.other.connect(ADDRESS))
        self.refused(self.other.login_with_device("alice"), ErrorCode.UNKNOWN_DEVICE)
        self.done(self.other.login("alice", PASSWORD))
        self.assertEqual(len(self.devices()), 2)

    def test_one_that_was_away_when_it_was_removed(self) -> None:
        """Coming back it is not let in, and says so by being connected only."""
        away = self.devices()["other's computer"].device
        self.done(self.other.logout())
        self.done(self.laptop.revoke_device(away))
        self.done(self.other.connect(ADDRESS))
        self.refused(self.other.login_with_device("alice"), ErrorCode.UNKNOWN_DEVICE)

    def test_one_that_there_is_not(self) -> None:
        """The field is named."""
        error = self.error_of(self.laptop, DeviceId(bytes(32)))
        self.assertEqual((error.code, error.field), (ErrorCode.UNKNOWN_DEVICE, "device"))

    def error_of(self, client: Client, device: DeviceId) -> ClientError:
        doing = client.revoke_device(device)
        self.network.settle()
        return self.failureResultOf(doing, ClientError).value  # type: ignore[no-any-return]

    def test_nobody_is_logged_in(self) -> None:
        """Then there are no devices to tell of."""
        stranger = self.connected("stranger")
        self.refused(stranger.devices(), ErrorCode.NOT_LOGGED_IN)
        self.refused(stranger.revoke_device(DeviceId(bytes(32))), ErrorCode.NOT_LOGGED_IN)
        self.refused(stranger.delete_account(PASSWORD), ErrorCode.NOT_LOGGED_IN)


class DeletionTests(PairTestCase):
    """Alice leaves for good."""

    def setUp(self) -> None:
        super().setUp()
        self.alice = self.registered("alice")

    def test_nothing_is_left(self) -> None:
        """One is logged out, the key files are gone, and the password opens nothing."""
        folder = self.network.data_dir / "alice"
        self.assertEqual(len(list(folder.glob("servers/*/devices/alice.json"))), 1)
        self.done(self.alice.delete_account(PASSWORD))
        connection = self.alice.model.connection
        self.assertEqual((connection.link, connection.trouble), (Link.OFFLINE, None))
        self.assertIsNone(self.alice.model.me)
        self.assertEqual(list(folder.glob("servers/*/*/alice.json")), [])
        self.assertEqual(list(self.alice.known_accounts(ADDRESS)), [])
        self.done(self.alice.connect(ADDRESS))
        self.refused(self.alice.login("alice", PASSWORD), ErrorCode.WRONG_PASSWORD)

    def test_it_needs_the_password(self) -> None:
        """A wrong one deletes nothing, and one stays logged in."""
        self.refused(self.alice.delete_account("not the password"), ErrorCode.WRONG_PASSWORD)
        self.assertIs(self.alice.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(list(self.alice.known_accounts(ADDRESS)), ["alice"])

    def test_other_devices_are_out(self) -> None:
        """They are told, and do not come back."""
        other = self.connected("other")
        self.done(other.login("alice", PASSWORD))
        self.done(self.alice.delete_account(PASSWORD))
        self.assertIs(other.model.connection.trouble, LinkTrouble.KICKED)
        self.assertEqual(len(self.network.server.connections), 0)

    def test_whoever_takes_the_name_is_somebody_else(self) -> None:
        """Bob, who knew Alice, is stopped: the new Alice shows another key."""
        bob = self.registered("bob")
        call = self.in_call(bob, self.alice, "alice")
        self.done(bob.hang_up(call))
        self.done(self.alice.delete_account(PASSWORD))
        thief = self.connected("thief")
        self.done(thief.register("alice", "Alice", "a password of mine"))
        self.done(bob.call(["alice"]))
        ended = bob.model.last_ended
        if ended is None or ended.security is not Security.KEY_CHANGED:
            self.done(thief.accept(thief.model.calls[0].call_id))
        ended = bob.model.last_ended
        assert ended is not None
        self.assertIs(ended.security, Security.KEY_CHANGED)

"""Trust on first use of servers."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip.client.address import Address
from voip.client.known_servers import FILE_NAME, KnownServers
from voip.client.model import LinkError, LinkTrouble
from voip.client.private_files import DataFileError

OLD, NEW = "aa" * 32, "bb" * 32
HOME = Address("home.example.org")


class KnownServersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.data_dir = Path(self.mktemp())
        self.known = KnownServers(self.data_dir)

    def test_first_use(self) -> None:
        """The first key is remembered, and is not new the second time, nor in a new process."""
        self.assertTrue(self.known.expect(HOME, OLD))
        self.assertFalse(KnownServers(self.data_dir).expect(HOME, OLD))
        self.assertEqual(self.known.pin_of(HOME), OLD)

    def test_each_server_has_its_own(self) -> None:
        """Another port of the same host is another server."""
        self.known.expect(HOME, OLD)
        self.assertTrue(self.known.expect(Address(HOME.host, 7), NEW))

    def test_a_changed_key(self) -> None:
        """Another key is refused with both pins, and the known one stays."""
        self.known.expect(HOME, OLD)
        with self.assertRaises(LinkError) as caught:
            self.known.expect(HOME, NEW)
        error = caught.exception
        self.assertIs(error.trouble, LinkTrouble.CERTIFICATE_CHANGED)
        self.assertEqual((error.expected_pin, error.seen_pin), (OLD, NEW))
        self.assertEqual(self.known.pin_of(HOME), OLD)

    def test_accepting_a_new_key(self) -> None:
        """What a person has checked is expected from then on."""
        self.known.expect(HOME, OLD)
        self.known.accept_new_pin(HOME, NEW)
        self.assertFalse(self.known.expect(HOME, NEW))
        with self.assertRaises(ValueError):
            self.known.accept_new_pin(HOME, "nonsense")

    def test_a_pin_in_the_address(self) -> None:
        """A pin that was told ahead must be seen, and is remembered when it is."""
        with self.assertRaises(LinkError):
            self.known.expect(Address(HOME.host, pin=NEW), OLD)
        self.assertEqual(self.known.pin_of(HOME), "")
        self.assertTrue(self.known.expect(Address(HOME.host, pin=NEW), NEW))
        self.assertEqual(self.known.pin_of(HOME), NEW)

    def test_a_pin_in_the_address_beats_the_file(self) -> None:
        """Whoever types the new pin has checked it."""
        self.known.expect(HOME, OLD)
        self.assertFalse(self.known.expect(Address(HOME.host, pin=NEW), NEW))
        self.assertEqual(self.known.pin_of(HOME), NEW)

    def test_a_broken_file(self) -> None:
        """A file that makes no sense trusts nobody and is left alone."""
        self.data_dir.mkdir()
        for text in ('{"version": 1}', '{"version": 1, "servers": {"a": "nonsense"}}'):
            (self.data_dir / FILE_NAME).write_text(text)
            with self.assertRaises(DataFileError):
                self.known.expect(HOME, OLD)
            self.assertEqual((self.data_dir / FILE_NAME).read_text(), text)

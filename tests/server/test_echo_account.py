"""The account echo: made once, and nobody else's."""

from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office
from tests.server.someone import Counted, Someone
from voip.core.login import CertifiedDevice, read_certificate
from voip.core.messages import AuthOk
from voip.server.data_dir import CannotStart, open_data_dir
from voip.server.echo_account import USERNAME, EchoKeys, ensure_account, load_or_make_keys
from voip.store.interface import AccountStore


class EchoAccountTests(SynchronousTestCase):
    """An ordinary account, but for its password."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = open_data_dir(Path(place.name) / "data")
        self.addCleanup(self.directory.close)
        self.keys = load_or_make_keys(self.directory, Counted())

    def ensure(self, store: AccountStore, keys: EchoKeys) -> None:
        self.successResultOf(Deferred.fromCoroutine(ensure_account(store, keys, 1)))

    def test_its_device_logs_in(self) -> None:
        """The keys that are handed out open a session."""
        office = Office()
        self.ensure(office.store, self.keys)
        echo = Someone(
            USERNAME,
            account_seed=self.keys.account_private,
            device_seed=self.keys.device_private,
            device_name=self.keys.device_name,
        )
        self.assertIsInstance(office.greet().ask(echo.known_device(EXPORTER)), AuthOk)

    def test_its_certificate_holds(self) -> None:
        """Whoever calls it can check whose device answers."""
        certified = read_certificate(self.keys.certificate, self.keys.device_name)
        expected = CertifiedDevice(self.keys.account_public, self.keys.device_public)
        self.assertEqual(certified, expected)

    def test_keys_and_account_stay_over_starts(self) -> None:
        """A second start changes nothing that people have trusted."""
        again = load_or_make_keys(self.directory, Counted())
        self.assertEqual(again, self.keys)
        office = Office()
        self.ensure(office.store, self.keys)
        self.ensure(office.store, again)
        self.assertEqual(self.successResultOf(office.store.count_accounts()), 1)

    def test_lost_keys_are_told(self) -> None:
        """With other keys than the account's there is no echo, and a sentence says why."""
        office = Office()
        self.ensure(office.store, self.keys)
        (self.directory.path / "echo" / "account.key").unlink()
        other = load_or_make_keys(self.directory, lambda size: b"o" * size)
        failure = self.failureResultOf(
            Deferred.fromCoroutine(ensure_account(office.store, other, 1)), CannotStart
        )
        self.assertIn("put back both", str(failure.value))

    def test_a_damaged_key_stops_the_start(self) -> None:
        """Half a key is not replaced behind the operator's back."""
        (self.directory.path / "echo" / "device.key").write_bytes(b"half")
        error = self.assertRaises(CannotStart, load_or_make_keys, self.directory, Counted())
        self.assertIn("device.key is damaged", str(error))

    def test_keys_are_not_shown(self) -> None:
        """They do not end up in a log by way of a repr."""
        self.assertNotIn(repr(self.keys.account_private), repr(self.keys))
        self.assertNotIn(repr(self.keys.device_private), repr(self.keys))

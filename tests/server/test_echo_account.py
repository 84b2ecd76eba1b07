"""The account echo: made once, and nobody else's."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office
from tests.server.someone import Counted, Someone
from voip.core.login import CertifiedDevice, read_certificate
from voip.core.messages import AuthOk
from voip.server.data_dir import CannotStart, open_data_dir
from voip.server.echo_account import LINES, USERNAME, EchoKeys, ensure_account, load_or_make_keys
from voip.store.interface import AccountStore


class EchoAccountTests(SynchronousTestCase):
    """An ordinary account, but for its password."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = open_data_dir(Path(place.name) / "data")
        self.addCleanup(self.directory.close)
        self.keys = load_or_make_keys(self.directory, Counted())

    def ensure(self, store: AccountStore, keys: Sequence[EchoKeys]) -> None:
        self.successResultOf(Deferred.fromCoroutine(ensure_account(store, keys, 1)))

    def test_all_its_lines_log_in(self) -> None:
        """The keys that are handed out open sessions at once, whatever an account may have."""
        office = Office(sessions_per_account=1)
        self.ensure(office.store, self.keys)
        for line in self.keys:
            echo = Someone(USERNAME, device_seed=line.device_private, device_name=line.device_name)
            self.assertIsInstance(office.greet().ask(echo.known_device(EXPORTER)), AuthOk)
        self.assertEqual(len(office.reception.sessions), LINES)

    def test_its_certificates_hold(self) -> None:
        """Whoever calls it can check whose device answers."""
        for line in self.keys:
            certified = read_certificate(line.certificate, line.device_name)
            expected = CertifiedDevice(line.account_public, line.device_public)
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
        (self.directory.path / "echo" / "line-1.key").write_bytes(b"half")
        error = self.assertRaises(CannotStart, load_or_make_keys, self.directory, Counted())
        self.assertIn("line-1.key is damaged", str(error))

    def test_keys_are_not_shown(self) -> None:
        """They do not end up in a log by way of a repr."""
        for line in self.keys:
            self.assertNotIn(repr(line.device_private), repr(line))

"""The account that lives in the server, as far as no call is needed."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.server.someone import Counted
from tests.server.tls_pair import certificate
from voip.client.address import Address
from voip.client.known_servers import KnownServers
from voip.config import ListenAddress
from voip.echo import Echo
from voip.server.certificate import ALPN_CONTROL, ServerCertificate, TlsRules, self_sign
from voip.server.daemon import Listening
from voip.server.data_dir import open_data_dir
from voip.server.echo_account import load_or_make_keys

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


class KeyTests(SynchronousTestCase):
    """Which server it takes for its own."""

    def test_it_follows_the_servers_key(self) -> None:
        """A changed key is no surprise to what lives in the same process; each line knows it."""
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        directory = open_data_dir(Path(place.name) / "data")
        self.addCleanup(directory.close)
        keys = load_or_make_keys(directory, Counted())
        tls = TlsRules(certificate(), (ALPN_CONTROL,))
        folder = Path(place.name) / "echo"
        address = ListenAddress("127.0.0.1", 5061)
        Echo(MemoryReactorClock(), folder, Listening(address, tls, keys))
        self.assertEqual(self.expected(folder), {certificate().pin})
        other = another()
        tls.change(other)
        self.assertEqual(self.expected(folder), {other.pin})

    def expected(self, folder: Path) -> set[str]:
        """The keys that the lines expect."""
        lines = list(folder.iterdir())
        self.assertTrue(lines)
        return {KnownServers(line).pin_of(Address("127.0.0.1", 5061)) for line in lines}


def another() -> ServerCertificate:
    """A certificate of a key that was just made."""
    key = ec.generate_private_key(ec.SECP256R1())
    return ServerCertificate(x509.load_pem_x509_certificate(self_sign(key, NOW)), key)

"""The certificate: made once, read again, refused when it makes no sense."""

import contextlib
import datetime as dt
import hashlib
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from OpenSSL import SSL
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.trial.unittest import SynchronousTestCase

from tests.server.tls_pair import certificate
from voip.server.certificate import (
    ALPN_CONTROL,
    BrokenCertificate,
    ServerCertificate,
    TlsRules,
    load_again,
    load_or_make,
    make_key,
    self_sign,
)
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY, CannotStart, open_data_dir

DER = serialization.Encoding.DER
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


class CertificateTests(SynchronousTestCase):
    """What clients pin."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = open_data_dir(Path(place.name) / "data")
        self.addCleanup(self.directory.close)

    def sentence(self) -> str:
        return str(self.assertRaises(CannotStart, load_or_make, self.directory, NOW))

    def test_the_first_start_makes_a_p256_key(self) -> None:
        """Self-signed, valid before now for clocks that are behind, and for decades."""
        made = load_or_make(self.directory, NOW)
        self.assertIsInstance(made.key.curve, ec.SECP256R1)
        self.assertLess(made.certificate.not_valid_before_utc, NOW)
        self.assertGreater(made.certificate.not_valid_after_utc.year, 2050)

    def test_the_pin_stays_over_starts(self) -> None:
        """The second start has the key of the first."""
        first = load_or_make(self.directory, NOW)
        self.assertEqual(load_or_make(self.directory, NOW).pin, first.pin)

    def test_the_pin_is_of_the_public_key(self) -> None:
        """SHA-256 of the SPKI in hex, so that a renewed certificate keeps it."""
        made = load_or_make(self.directory, NOW)
        spki = made.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.assertEqual(made.pin, hashlib.sha256(spki).hexdigest())
        (self.directory.path / CERTIFICATE).unlink()
        later = load_or_make(self.directory, NOW + dt.timedelta(days=400))
        self.assertNotEqual(later.certificate, made.certificate)
        self.assertEqual(later.pin, made.pin)

    def test_files_that_make_no_sense_are_told(self) -> None:
        """Garbage, or another kind of key, is one sentence and is left as it is."""
        other = pem(ed25519.Ed25519PrivateKey.generate())
        for content in (b"garbage", other):
            (self.directory.path / CERTIFICATE_KEY).write_bytes(content)
            self.assertIn(f"In {self.directory.path} {CERTIFICATE_KEY} is ", self.sentence())
            self.assertEqual((self.directory.path / CERTIFICATE_KEY).read_bytes(), content)

    def test_a_key_of_another_certificate_is_told(self) -> None:
        """A half-restored copy is noticed before a client is turned away."""
        load_or_make(self.directory, NOW)
        (self.directory.path / CERTIFICATE_KEY).write_bytes(make_key())
        self.assertIn("do not belong together", self.sentence())


class RenewedTests(SynchronousTestCase):
    """Certificate and key, read again while the server runs."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name)
        self.key = make_key()
        self.write(self.key)

    def write(self, key: bytes, certificate: bytes | None = None) -> None:
        (self.path / CERTIFICATE_KEY).write_bytes(key)
        (self.path / CERTIFICATE).write_bytes(certificate or self_sign(read(key), NOW))

    def sentence(self) -> str:
        return str(self.assertRaises(BrokenCertificate, load_again, self.path))

    def test_a_renewed_certificate_keeps_the_pin(self) -> None:
        """Of the same key there is another certificate."""
        before = load_again(self.path)
        self.write(self.key, self_sign(read(self.key), NOW + dt.timedelta(days=60)))
        after = load_again(self.path)
        self.assertNotEqual(after.certificate, before.certificate)
        self.assertEqual(after.pin, before.pin)

    def test_curves_that_tls_knows(self) -> None:
        """P-384 and P-521 are taken, as other authorities make them."""
        for curve in (ec.SECP384R1(), ec.SECP521R1()):
            self.write(pem(ec.generate_private_key(curve)))
            self.assertEqual(load_again(self.path).key.curve.name, curve.name)

    def test_each_fault_has_its_clause(self) -> None:
        """Missing, half written, locked, of another kind, or one without the other."""
        (self.path / CERTIFICATE).write_bytes(self_sign(read(make_key()), NOW))
        self.assertIn("do not belong together", self.sentence())
        (self.path / CERTIFICATE).write_bytes(b"-----BEGIN CERTIFICATE-----\n")
        self.assertEqual(self.sentence(), f"{CERTIFICATE} is no certificate in PEM")
        (self.path / CERTIFICATE).unlink()
        self.assertIn(f"{CERTIFICATE} cannot be read (no such file", self.sentence())
        locked = read(self.key).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
        other_kinds = (
            ed25519.Ed25519PrivateKey.generate(),
            rsa.generate_private_key(65537, 2048),
            ec.generate_private_key(ec.SECP256K1()),
        )
        self.write(self.key)
        for key, said in (
            (b"", "is no private key in PEM"),
            (locked, "is locked by a passphrase"),
            *((pem(key), "is of another kind than is used here") for key in other_kinds),
        ):
            (self.path / CERTIFICATE_KEY).write_bytes(key)
            self.assertTrue(self.sentence().startswith(f"{CERTIFICATE_KEY} {said}"), said)


def read(key: bytes) -> ec.EllipticCurvePrivateKey:
    """A key from its PEM."""
    private = serialization.load_pem_private_key(key, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return private


def pem(key: PrivateKeyTypes) -> bytes:
    """A key's PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


class TlsRulesTests(SynchronousTestCase):
    """What the server agrees to in a handshake."""

    def handshake(self, rules: TlsRules, context: ssl.SSLContext, before: object) -> ssl.SSLObject:
        """The client's end after a whole handshake, with what it tried to take up again."""
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(to_client, to_server, session=before)  # type: ignore[arg-type]
        server = rules.serverConnectionForTLS(TLSMemoryBIOProtocol.__new__(TLSMemoryBIOProtocol))
        server.set_accept_state()
        for step in (
            client.do_handshake,
            server.do_handshake,
            client.do_handshake,
            server.do_handshake,
            lambda: client.read(1),
        ):
            with contextlib.suppress(ssl.SSLWantReadError, SSL.WantReadError):
                step()
            if sent := to_server.read():
                server.bio_write(sent)
            with contextlib.suppress(SSL.WantReadError):
                to_client.write(server.bio_read(65536))
        with contextlib.suppress(ssl.SSLWantReadError):
            client.read(1)
        return client

    def test_no_session_is_taken_up_again(self) -> None:
        """Each connection shows its certificate and makes keys of its own."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols([ALPN_CONTROL.decode()])
        rules = TlsRules(certificate(), (ALPN_CONTROL,))
        first = self.handshake(rules, context, None)
        self.assertEqual(first.selected_alpn_protocol(), "voip/1")
        second = self.handshake(rules, context, first.session)
        self.assertEqual(second.version(), "TLSv1.3")
        self.assertIs(second.session_reused, False)

    def test_another_certificate_is_for_new_connections(self) -> None:
        """Each sees the one that is in force when it is made; what was open goes on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols([ALPN_CONTROL.decode()])
        first = certificate()
        rules = TlsRules(first, (ALPN_CONTROL,))
        before = self.handshake(rules, context, None)
        second = ServerCertificate(
            x509.load_pem_x509_certificate(self_sign(first.key, NOW)), first.key
        )
        told: list[ServerCertificate] = []
        rules.on_change(told.append)
        rules.change(second)
        self.assertEqual(told, [second])
        after = self.handshake(rules, context, None)
        shown = [each.getpeercert(binary_form=True) for each in (before, after)]
        expected = [each.certificate.public_bytes(DER) for each in (first, second)]
        self.assertEqual(shown, expected)
        self.assertIs(rules.certificate, second)

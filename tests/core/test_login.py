"""From a password to keys, and what keys sign."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core import login
from voip.core.errors import RemoteProtocolError
from voip.core.ids import Username
from voip.core.scram import client_proof, make_verifier, verify_proof

ANNA = Username("anna")
KDF = login.default_kdf(bytes(range(16)))
ACCOUNT = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
ACCOUNT_PUBLIC = ACCOUNT.public_key().public_bytes_raw()
DEVICE = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
DEVICE_PUBLIC = DEVICE.public_key().public_bytes_raw()
EXPORTER = b"e" * 32


class KdfTests(SynchronousTestCase):
    """Argon2id as a server asks for it."""

    def test_fair_parameters(self) -> None:
        """The default and anything stronger up to the limits."""
        login.check_kdf(KDF)
        login.check_kdf(replace(KDF, memory_kib=1024 * 1024, passes=16, lanes=4))

    def test_unfair_parameters(self) -> None:
        """Weaker ones help a guesser, absurd ones stall a client: both are refused."""
        for unfair in (
            replace(KDF, salt=b"short"),
            replace(KDF, memory_kib=19 * 1024 - 1),
            replace(KDF, memory_kib=1024 * 1024 + 1),
            replace(KDF, passes=1),
            replace(KDF, passes=17),
            replace(KDF, lanes=0),
            replace(KDF, lanes=5),
        ):
            with self.assertRaises(RemoteProtocolError):
                login.run_argon2("correct horse", unfair)

    def test_a_known_answer(self) -> None:
        """The same password and salt give these bytes for as long as accounts live."""
        self.assertEqual(
            login.run_argon2("correct horse", KDF).hex(),
            "d00b90c40f918cf889780d7d3a9ec3c2b1719df87dc5e4d4d93ea6163db04e17",
        )

    def test_two_keyboards(self) -> None:
        """An accent typed as one character or as two is one password."""
        composed = login.run_argon2("r\u00e9sum\u00e9 2024", KDF)
        self.assertEqual(login.run_argon2("re\u0301sume\u0301 2024", KDF), composed)
        self.assertNotEqual(login.run_argon2("resume 2024", KDF), composed)

    def test_a_broken_locale(self) -> None:
        """A lone surrogate, as a terminal may give, is a password like any other."""
        self.assertEqual(len(login.run_argon2("\udcff-password", KDF)), 32)


class SecretsTests(SynchronousTestCase):
    """The two keys of a password."""

    def test_two_different_keys(self) -> None:
        """The one that logs in does not open the account key."""
        secrets = login.derive_secrets(b"o" * 32)
        self.assertNotEqual(secrets.salted_password, secrets.sealing_key)
        self.assertEqual([len(secrets.salted_password), len(secrets.sealing_key)], [32, 32])
        self.assertEqual(secrets, login.derive_secrets(b"o" * 32))
        self.assertNotEqual(secrets, login.derive_secrets(b"p" * 32))

    def test_they_do_not_stand_in_a_log(self) -> None:
        """Printing the secrets shows none."""
        self.assertEqual(repr(login.derive_secrets(b"o" * 32)), "LoginSecrets()")

    def test_a_login_from_the_password_on(self) -> None:
        """What was registered is proven by the same password and not by another."""
        right, wrong = (
            login.derive_secrets(login.run_argon2(password, KDF)).salted_password
            for password in ("correct horse", "correct house")
        )
        verifier = make_verifier(right, KDF)
        self.assertTrue(verify_proof(verifier, b"message", client_proof(right, b"message")))
        self.assertFalse(verify_proof(verifier, b"message", client_proof(wrong, b"message")))


class PayloadTests(SynchronousTestCase):
    """The bytes that get signed."""

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
    def test_no_two_lists_of_parts_give_the_same_bytes(
        self, left: list[bytes], right: list[bytes]
    ) -> None:
        """A part cannot borrow bytes from its neighbour."""
        same = login.transcript(b"context", *left) == login.transcript(b"context", *right)
        self.assertEqual(same, left == right)

    def test_each_purpose_has_its_own(self) -> None:
        """A signature made for one thing is no good for another."""
        auth = login.auth_payload(ANNA, DEVICE_PUBLIC, EXPORTER)
        self.assertNotEqual(auth, login.auth_payload(Username("ben"), DEVICE_PUBLIC, EXPORTER))
        self.assertNotEqual(auth, login.auth_payload(ANNA, DEVICE_PUBLIC, EXPORTER[:-1] + b"x"))
        self.assertNotEqual(auth, login.auth_payload(ANNA, ACCOUNT_PUBLIC, EXPORTER))
        self.assertNotEqual(auth, login.certificate_payload(ACCOUNT_PUBLIC, DEVICE_PUBLIC, "anna"))

    def test_device_id(self) -> None:
        """SHA-256 of the public key."""
        self.assertEqual(
            login.device_id_of(b"abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        )


class SignatureTests(SynchronousTestCase):
    """Ed25519 signatures and certificates."""

    def test_signed_or_not(self) -> None:
        """A signature holds for its key and bytes alone; malformed ones are just not good."""
        signature = DEVICE.sign(b"bytes")
        self.assertTrue(login.is_signed(DEVICE_PUBLIC, signature, b"bytes"))
        self.assertFalse(login.is_signed(DEVICE_PUBLIC, signature, b"other"))
        self.assertFalse(login.is_signed(ACCOUNT_PUBLIC, signature, b"bytes"))
        self.assertFalse(login.is_signed(DEVICE_PUBLIC, signature[:-1], b"bytes"))
        self.assertFalse(login.is_signed(b"no key", signature, b"bytes"))

    def test_a_certificate_tells_whose_device_it_is(self) -> None:
        """Both keys can be read from it."""
        certificate = login.make_certificate(ACCOUNT, DEVICE_PUBLIC, "laptop")
        self.assertEqual(len(certificate), login.CERTIFICATE_SIZE)
        self.assertEqual(
            login.read_certificate(certificate, "laptop"),
            login.CertifiedDevice(ACCOUNT_PUBLIC, DEVICE_PUBLIC),
        )

    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, login.CERTIFICATE_SIZE - 1), st.integers(1, 255))
    def test_a_changed_certificate(self, place: int, change: int) -> None:
        """One byte of it changed, and it is worth nothing."""
        certificate = bytearray(login.make_certificate(ACCOUNT, DEVICE_PUBLIC, "laptop"))
        certificate[place] ^= change
        self.assertIsNone(login.read_certificate(bytes(certificate), "laptop"))

    def test_a_certificate_for_something_else(self) -> None:
        """Another name for the device, or bytes that are no certificate."""
        certificate = login.make_certificate(ACCOUNT, DEVICE_PUBLIC, "laptop")
        self.assertIsNone(login.read_certificate(certificate, "desktop"))
        self.assertIsNone(login.read_certificate(certificate[:-1], "laptop"))
        self.assertIsNone(login.read_certificate(b"", "laptop"))

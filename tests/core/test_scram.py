"""Passwords shown to be known without being shown."""

from base64 import b64encode
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core import scram
from voip.core.errors import RemoteProtocolError
from voip.core.ids import Username
from voip.core.login import default_kdf

ANNA = Username("anna")
KDF = default_kdf(b"s" * 16)
SALTED = b"p" * 32
NONCE = b"c" * 24 + b"s" * 24
EXPORTER = b"e" * 32
MESSAGE = scram.auth_message(ANNA, NONCE, KDF, EXPORTER)
VERIFIER = scram.make_verifier(SALTED, KDF)


class ProofTests(SynchronousTestCase):
    """The client's side against the server's."""

    def test_the_published_example(self) -> None:
        """RFC 7677 section 3: the exchange for "user" with password "pencil"."""
        salted = bytes.fromhex("c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d")
        message = (
            b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
            b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        )
        self.assertEqual(
            b64encode(scram.client_proof(salted, message)),
            b"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        )
        verifier = scram.make_verifier(salted, KDF)
        self.assertEqual(
            b64encode(scram.server_signature(verifier, message)),
            b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        )

    def test_the_right_password(self) -> None:
        """The server believes the client and the client the server."""
        self.assertTrue(scram.verify_proof(VERIFIER, MESSAGE, scram.client_proof(SALTED, MESSAGE)))
        signature = scram.server_signature(VERIFIER, MESSAGE)
        self.assertTrue(scram.verify_server(SALTED, MESSAGE, signature))

    @settings(deadline=None, max_examples=100)
    @given(st.binary(max_size=40), st.binary(max_size=80))
    def test_a_wrong_proof(self, salted: bytes, proof: bytes) -> None:
        """Another password, or any bytes of any length, prove nothing to either side."""
        guess = scram.client_proof(salted, MESSAGE)
        self.assertFalse(scram.verify_proof(VERIFIER, MESSAGE, guess))
        self.assertFalse(scram.verify_proof(VERIFIER, MESSAGE, proof))
        self.assertFalse(scram.verify_server(SALTED, MESSAGE, proof))

    def test_a_proof_serves_for_one_exchange(self) -> None:
        """Another name, nonce, cost or TLS connection needs another proof."""
        proof = scram.client_proof(SALTED, MESSAGE)
        for message in (
            scram.auth_message(Username("anne"), NONCE, KDF, EXPORTER),
            scram.auth_message(ANNA, NONCE[::-1], KDF, EXPORTER),
            scram.auth_message(ANNA, NONCE, replace(KDF, passes=3), EXPORTER),
            scram.auth_message(ANNA, NONCE, replace(KDF, salt=b"t" * 16), EXPORTER),
            scram.auth_message(ANNA, NONCE, KDF, EXPORTER[::-1] + b"x"),
        ):
            self.assertFalse(scram.verify_proof(VERIFIER, message, proof))

    def test_a_stolen_verifier_logs_nobody_in(self) -> None:
        """No key the server keeps makes a proof."""
        for stolen in (VERIFIER.stored_key, VERIFIER.server_key):
            proof = scram.client_proof(stolen, MESSAGE)
            self.assertFalse(scram.verify_proof(VERIFIER, MESSAGE, proof))
            self.assertFalse(scram.verify_proof(VERIFIER, MESSAGE, stolen))


class FakeVerifierTests(SynchronousTestCase):
    """Names that nobody has."""

    def test_the_same_at_each_try(self) -> None:
        """A salt that changed would tell that there is no such account."""
        self.assertEqual(scram.fake_verifier(b"k", ANNA), scram.fake_verifier(b"k", ANNA))

    def test_another_for_each_name_and_server(self) -> None:
        """As real salts are."""
        salts = {
            scram.fake_verifier(secret, Username(name)).kdf.salt
            for secret in (b"k", b"l")
            for name in ("anna", "ben")
        }
        self.assertEqual(len(salts), 4)

    def test_it_looks_like_a_real_one(self) -> None:
        """Same cost, same sizes."""
        fake = scram.fake_verifier(b"k", ANNA)
        self.assertEqual(replace(fake.kdf, salt=KDF.salt), KDF)
        self.assertEqual(len(fake.kdf.salt), len(KDF.salt))
        self.assertEqual(len(fake.stored_key), len(VERIFIER.stored_key))
        self.assertEqual(len(fake.server_key), len(VERIFIER.server_key))

    @settings(deadline=None, max_examples=50)
    @given(st.binary(max_size=40))
    def test_no_proof_fits(self, salted: bytes) -> None:
        """Whatever the password."""
        fake = scram.fake_verifier(b"k", ANNA)
        self.assertFalse(scram.verify_proof(fake, MESSAGE, scram.client_proof(salted, MESSAGE)))


class NonceTests(SynchronousTestCase):
    """The client's look at the server's nonce."""

    def test_ours_with_theirs_behind(self) -> None:
        """A good challenge repeats the client's nonce and adds as much."""
        scram.check_nonce(b"c" * 24, NONCE)

    def test_anything_else(self) -> None:
        """A nonce of another exchange, or one the server added nothing to, is refused."""
        for nonce in (b"", b"c" * 24, b"x" * 48, NONCE[:-1], NONCE + b"s"):
            with self.assertRaises(RemoteProtocolError):
                scram.check_nonce(b"c" * 24, nonce)

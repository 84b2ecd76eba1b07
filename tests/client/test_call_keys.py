"""The ephemeral keys of a call."""

import secrets

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.call_keys import CallKey, commitment_to, digest, seal
from voip.client.e2e_messages import PUBLIC_SIZE
from voip.core.ids import CallId


class CallKeyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.key = CallKey(secrets.token_bytes)

    def sealed(self, plaintext: bytes, info: bytes = b"info") -> bytes:
        ciphertext = seal(self.key.public, plaintext, info)
        assert ciphertext is not None
        return ciphertext

    def test_what_was_sealed_is_opened(self) -> None:
        """Only the holder of the key, with the same context, reads it."""
        ciphertext = self.sealed(b"secret")
        self.assertEqual(self.key.open(ciphertext, b"info"), b"secret")
        self.assertIsNone(self.key.open(ciphertext, b"other"))
        self.assertIsNone(CallKey(secrets.token_bytes).open(ciphertext, b"info"))

    def test_the_public_half(self) -> None:
        """A public key has the size of X-Wing's and comes of the randomness alone."""
        self.assertEqual(len(self.key.public), PUBLIC_SIZE)
        self.assertEqual(CallKey(bytes).public, CallKey(bytes).public)

    def test_an_erased_key(self) -> None:
        """After the call nothing can be read any more."""
        ciphertext = self.sealed(b"secret")
        self.key.erase()
        self.assertIsNone(self.key.open(ciphertext, b"info"))

    @settings(deadline=None, max_examples=50)
    @given(st.binary(max_size=1300))
    def test_any_ciphertext(self, ciphertext: bytes) -> None:
        """Nonsense opens to nothing."""
        self.assertIsNone(self.key.open(ciphertext, b"info"))

    def test_no_public_key(self) -> None:
        """What is no key, or a curve point of small order, is sealed to by nobody."""
        for public in (b"", bytes(PUBLIC_SIZE - 1), self.key.public[:-32] + bytes(32)):
            self.assertIsNone(seal(public, b"secret", b"info"))


class CommitmentTests(SynchronousTestCase):
    def test_it_binds_everything(self) -> None:
        """Another call, key or nonce gives another commitment."""
        values = {
            commitment_to(CallId(call), public, nonce)
            for call in (b"a" * 16, b"b" * 16)
            for public in (b"a" * 1216, b"b" * 1216)
            for nonce in (b"a" * 32, b"b" * 32)
        }
        self.assertEqual({len(value) for value in values}, {32})
        self.assertEqual(len(values), 8)

    def test_parts_do_not_run_together(self) -> None:
        """Where one part ends and the next begins is part of the hash."""
        self.assertNotEqual(digest(b"c", b"ab", b"c"), digest(b"c", b"a", b"bc"))

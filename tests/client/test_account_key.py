"""The account key at rest."""

import secrets
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.account_key import SEALED_SIZE, open_account_key, seal_account_key
from voip.client.device_identity import new_key
from voip.core.credentials import AccountKeys

SEALING_KEY = b"k" * 32


class AccountKeyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.account = new_key(secrets.token_bytes)
        self.keys = seal_account_key(self.account, SEALING_KEY, secrets.token_bytes)

    def test_the_password_opens_it(self) -> None:
        """Under the same sealing key the private key comes back; under another nothing does."""
        opened = open_account_key(self.keys, SEALING_KEY)
        assert opened is not None
        self.assertEqual(opened.private_bytes_raw(), self.account.private_bytes_raw())
        self.assertIsNone(open_account_key(self.keys, b"x" * 32))
        self.assertEqual(len(self.keys.sealed), SEALED_SIZE)

    def test_it_is_bound_to_its_public_half(self) -> None:
        """A sealed key that is handed out as another's is refused."""
        self.assertIsNone(open_account_key(replace(self.keys, public=bytes(32)), SEALING_KEY))

    def test_a_private_half_of_another_account(self) -> None:
        """What was sealed with a public half that is not its own is refused."""
        other = new_key(secrets.token_bytes)

        class Liar:
            """An account key that shows another's public half."""

            def public_key(self) -> object:
                return other.public_key()

            def private_bytes_raw(self) -> bytes:
                return bytes(32)

        keys = seal_account_key(Liar(), SEALING_KEY, secrets.token_bytes)  # type: ignore[arg-type]
        self.assertIsNone(open_account_key(keys, SEALING_KEY))

    @settings(deadline=None, max_examples=100)
    @given(st.binary(max_size=80))
    def test_any_bytes(self, sealed: bytes) -> None:
        """Nonsense opens to nothing."""
        self.assertIsNone(open_account_key(AccountKeys(bytes(32), sealed), SEALING_KEY))

"""Recovery codes as a client makes them."""

import secrets

from twisted.trial.unittest import SynchronousTestCase

from voip.client.account_key import open_account_key
from voip.client.device_identity import new_key
from voip.client.recovery_codes import new_codes
from voip.core.credentials import AccountKeys
from voip.core.ids import Username
from voip.core.recovery import CODES, derive_recovery, hash_token

ALICE, BOB = Username("alice"), Username("bob")


class NewCodesTests(SynchronousTestCase):
    """Eight at a time."""

    def setUp(self) -> None:
        self.account = new_key(secrets.token_bytes)
        self.made = new_codes(self.account, ALICE, secrets.token_bytes)

    def test_each_code_opens_its_copy_and_no_other(self) -> None:
        """What comes out is the account key; under another name nothing does."""
        public = self.account.public_key().public_bytes_raw()
        for at, code in enumerate(self.made.codes):
            key = derive_recovery(code, ALICE).sealing_key
            opened = [
                open_account_key(AccountKeys(public, copy.sealed), key) for copy in self.made.copies
            ]
            self.assertEqual([each is not None for each in opened], [at == n for n in range(CODES)])
            own = opened[at]
            assert own is not None
            self.assertEqual(own.private_bytes_raw(), self.account.private_bytes_raw())
            strange = derive_recovery(code, BOB).sealing_key
            kept = AccountKeys(public, self.made.copies[at].sealed)
            self.assertIsNone(open_account_key(kept, strange))

    def test_copies_are_found_by_the_hash_of_the_token(self) -> None:
        """In the order of the codes."""
        hashes = [hash_token(derive_recovery(code, ALICE).token) for code in self.made.codes]
        self.assertEqual([copy.token_hash for copy in self.made.copies], hashes)

    def test_codes_are_not_shown_by_accident(self) -> None:
        """Not in a log, not in a traceback."""
        self.assertNotIn(self.made.codes[0], repr(self.made))

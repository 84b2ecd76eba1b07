"""Trust on first use of people."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip.client.contact_keys import ContactKey, ContactKeys
from voip.client.private_files import DataFileError
from voip.core.ids import Username

BOB = Username("bob")
FIRST, SECOND = bytes(32), bytes([1]) * 32


class ContactKeysTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()) / "alice.json"
        self.contacts = ContactKeys(self.path)

    def test_nobody_is_known_at_first(self) -> None:
        """Before the first call nothing is known."""
        self.assertIsNone(self.contacts.of(BOB))

    def test_the_first_key_stays(self) -> None:
        """The key of the first call is remembered, and no later call replaces it."""
        self.contacts.trust_first(BOB, FIRST)
        self.contacts.trust_first(BOB, SECOND)
        self.assertEqual(ContactKeys(self.path).of(BOB), ContactKey(FIRST))

    def test_verified(self) -> None:
        """Compared words make the key verified, and meeting again does not undo it."""
        self.contacts.trust_first(BOB, FIRST)
        self.contacts.mark_verified(BOB, FIRST)
        self.contacts.trust_first(BOB, FIRST)
        self.assertEqual(self.contacts.of(BOB), ContactKey(FIRST, is_verified=True))

    def test_a_broken_file(self) -> None:
        """A file that makes no sense is told and left alone; nobody is trusted anew."""
        for people in ("[]", '{"bob": 1}', '{"bob": {"account_key": "00", "verified": true}}'):
            self.path.parent.mkdir(exist_ok=True)
            text = f'{{"version": 1, "people": {people}}}'
            self.path.write_text(text)
            with self.assertRaises(DataFileError):
                self.contacts.trust_first(BOB, FIRST)
            self.assertEqual(self.path.read_text(), text)

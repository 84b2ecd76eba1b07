"""Trust on first use of people."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip.client.contact_keys import ContactKey, ContactKeys
from voip.client.key_steps import CheckedPerson
from voip.client.private_files import DataFileError
from voip.core.ids import Username

BOB = Username("bob")
FIRST, SECOND = bytes(32), bytes([1]) * 32
BOB_FIRST = CheckedPerson(BOB, FIRST, is_verified=False)
BOB_SECOND = CheckedPerson(BOB, SECOND, is_verified=False)


class ContactKeysTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()) / "alice.json"
        self.contacts = ContactKeys(self.path)

    def test_nobody_is_known_at_first(self) -> None:
        """Before the first call nothing is known."""
        self.assertIsNone(self.contacts.everybody().get(BOB))

    def test_the_first_key_stays(self) -> None:
        """The key of the first call is remembered, and no later call replaces it."""
        self.contacts.trust_first([BOB_FIRST])
        self.contacts.trust_first([BOB_SECOND])
        self.assertEqual(ContactKeys(self.path).everybody().get(BOB), ContactKey(FIRST))

    def test_verified(self) -> None:
        """Compared words make the key verified, and meeting again does not undo it."""
        self.contacts.trust_first([BOB_FIRST])
        self.contacts.mark_verified([BOB_FIRST])
        self.contacts.trust_first([BOB_FIRST])
        self.assertEqual(self.contacts.everybody().get(BOB), ContactKey(FIRST, is_verified=True))

    def test_everybody_at_once(self) -> None:
        """The people of a conference are met, and compared, together; a known key stays."""
        carol = CheckedPerson(Username("carol"), SECOND, is_verified=False)
        self.contacts.trust_first([BOB_FIRST])
        self.contacts.trust_first([BOB_SECOND, carol])
        self.assertEqual(self.contacts.everybody().get(BOB), ContactKey(FIRST))
        self.assertEqual(self.contacts.everybody().get(carol.username), ContactKey(SECOND))
        self.assertEqual(set(self.contacts.everybody()), {BOB, carol.username})
        self.contacts.mark_verified([BOB_FIRST, carol])
        self.assertEqual(self.contacts.everybody().get(BOB), ContactKey(FIRST, is_verified=True))
        self.assertEqual(
            self.contacts.everybody().get(carol.username), ContactKey(SECOND, is_verified=True)
        )

    def test_a_new_key(self) -> None:
        """A key that the person has checked takes the place of the old one, not yet compared."""
        self.contacts.mark_verified([BOB_FIRST])
        self.contacts.trust_new(BOB_SECOND)
        self.assertEqual(self.contacts.everybody().get(BOB), ContactKey(SECOND))

    def test_a_broken_file(self) -> None:
        """A file that makes no sense is told and left alone; nobody is trusted anew."""
        for people in ("[]", '{"bob": 1}', '{"bob": {"account_key": "00", "verified": true}}'):
            self.path.parent.mkdir(exist_ok=True)
            text = f'{{"version": 1, "people": {people}}}'
            self.path.write_text(text)
            with self.assertRaises(DataFileError):
                self.contacts.trust_first([BOB_FIRST])
            self.assertEqual(self.path.read_text(), text)

"""What may stand in a phone book."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB
from voip.core.contacts import MAX_ALIAS, MAX_NOTES, Contact, cleaned, contact_problem
from voip.core.ids import Username


class ContactTests(SynchronousTestCase):
    """One entry."""

    def test_whose_name_it_may_be(self) -> None:
        """Anybody's but one's own, and a name that somebody can have."""
        self.assertEqual(contact_problem(Contact(BOB), ANNA), "")
        self.assertEqual(contact_problem(Contact(ANNA), ANNA), "username")
        self.assertEqual(contact_problem(Contact(Username("No Name")), ANNA), "username")

    @given(st.text(max_size=600), st.text(max_size=600))
    def test_texts_are_made_safe(self, alias: str, notes: str) -> None:
        """On one line, without control characters, of a bounded length; the rest stays."""
        clean = cleaned(Contact(BOB, alias, True, notes, True))
        self.assertLessEqual(len(clean.alias), MAX_ALIAS)
        self.assertLessEqual(len(clean.notes), MAX_NOTES)
        self.assertTrue((clean.alias + clean.notes).isprintable())
        self.assertEqual((clean.is_favourite, clean.is_blocked), (True, True))
        self.assertEqual(cleaned(clean), clean)

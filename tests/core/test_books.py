"""Whose phone book holds whom."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, CARL
from voip.core.books import Books
from voip.core.ids import Username

NAMES = st.sampled_from((ANNA, BOB, CARL))
STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "block", "remove", "open", "close")), NAMES, NAMES)
)


class BooksTests(SynchronousTestCase):
    """Both ways round, the books say the same."""

    def test_a_book_is_opened_and_closed(self) -> None:
        """Who watches, who has blocked, and nothing of it once the account went."""
        books = Books()
        books.open(ANNA, (BOB,), (CARL,))
        self.assertEqual(set(books.watchers(BOB)), {ANNA})
        self.assertEqual(set(books.watchers(CARL)), set())
        self.assertEqual(set(books.blockers(CARL)), {ANNA})
        self.assertTrue(books.watches(ANNA, BOB))
        self.assertTrue(books.has_blocked(ANNA, CARL))
        books.close(ANNA)
        self.assertEqual((set(books.watchers(BOB)), set(books.blockers(CARL))), (set(), set()))
        self.assertFalse(books.has_blocked(ANNA, CARL))

    @settings(deadline=None)
    @given(STEPS)
    def test_both_ways_round_agree(self, steps: list[tuple[str, Username, Username]]) -> None:
        """Whatever happens in whatever order, as in a plain table of entries."""
        books = Books()
        table: dict[tuple[Username, Username], bool] = {}
        for step, owner, other in steps:
            if step in ("open", "close"):
                table = {key: value for key, value in table.items() if key[0] != owner}
            match step:
                case "put" | "block":
                    books.put(owner, other, is_blocked=step == "block")
                    table[owner, other] = step == "block"
                case "remove":
                    books.remove(owner, other)
                    table.pop((owner, other), None)
                case "open":
                    books.open(owner, (other,), ())
                    table[owner, other] = False
                case _:
                    books.close(owner)
        for name in (ANNA, BOB, CARL):
            watchers = {owner for (owner, other), b in table.items() if other == name and not b}
            blockers = {owner for (owner, other), b in table.items() if other == name and b}
            self.assertEqual(set(books.watchers(name)), watchers)
            self.assertEqual(set(books.blockers(name)), blockers)
            for owner in (ANNA, BOB, CARL):
                self.assertEqual(books.watches(owner, name), table.get((owner, name)) is False)
                self.assertEqual(books.has_blocked(owner, name), table.get((owner, name)) is True)

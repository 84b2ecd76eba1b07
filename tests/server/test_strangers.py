"""Counting connections that have not logged in."""

from twisted.trial.unittest import SynchronousTestCase

from voip.server.strangers import Guest, Strangers


class StrangersTests(SynchronousTestCase):
    """Each source apart."""

    def test_a_source_is_crowded_beyond_its_limit(self) -> None:
        """The limit itself is still served; twice the limit is a flood."""
        strangers = Strangers(lambda: 1)
        states = []
        for _ in range(3):
            strangers.enter("a")
            states.append((strangers.is_crowded("a"), strangers.is_flooded("a")))
        self.assertEqual(states, [(False, False), (True, False), (True, True)])
        self.assertFalse(strangers.is_crowded("b"))

    def test_the_limit_may_change(self) -> None:
        """What is asked next is by the new one."""
        most = 1
        strangers = Strangers(lambda: most)
        for _ in range(3):
            strangers.enter("a")
        most = 3
        self.assertFalse(strangers.is_crowded("a"))
        most = 1
        self.assertTrue(strangers.is_flooded("a"))

    def test_sources_that_left_cost_nothing(self) -> None:
        """The table holds only who is here."""
        strangers = Strangers(lambda: 1)
        for source in ("a", "a", "b"):
            strangers.enter(source)
        self.assertEqual((len(strangers), strangers.connections), (2, 3))
        for source in ("a", "b", "a"):
            strangers.leave(source)
        self.assertEqual(len(strangers), 0)


class GuestTests(SynchronousTestCase):
    """One connection at the door."""

    def test_counts_until_it_is_known(self) -> None:
        """Once, however often that is said."""
        strangers = Strangers(lambda: 1)
        first, second = Guest(strangers, "a"), Guest(strangers, "a")
        self.assertTrue(second.is_crowded)
        self.assertFalse(second.is_flooded)
        self.assertTrue(Guest(strangers, "a").is_flooded)
        self.assertTrue(first.is_stranger)
        first.known()
        first.known()
        self.assertFalse(first.is_stranger)
        self.assertFalse(second.is_flooded)

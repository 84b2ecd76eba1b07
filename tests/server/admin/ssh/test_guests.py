"""How many may wait at the door of the admin shell."""

from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.ssh.guests import (
    CONNECTIONS,
    FAILED_AT_ONCE,
    IN_ALL,
    PER_SOURCE,
    Guests,
)


class GuestsTests(SynchronousTestCase):
    """Bounds on strangers, and on everybody."""

    def setUp(self) -> None:
        self.guests = Guests()
        self.now = 0.0

    def enter(self, source: str) -> str:
        """Somebody comes, long after the one before."""
        self.now += 1000.0
        return self.guests.enter(source, self.now)

    def test_one_source_has_few_strangers(self) -> None:
        """The others still come in; who leaves makes room."""
        for _ in range(PER_SOURCE):
            self.assertEqual(self.enter("a"), "")
        self.assertIn("not logged in", self.enter("a"))
        self.assertEqual(self.enter("b"), "")
        self.guests.left("a", self.now, was_logged_in=False)
        self.assertEqual(self.enter("a"), "")

    def test_all_sources_together_have_few(self) -> None:
        """Many sources are no way around."""
        for number in range(IN_ALL):
            self.assertEqual(self.enter(str(number)), "")
        self.assertIn("not logged in", self.enter("one more"))

    def test_who_has_logged_in_is_no_stranger(self) -> None:
        """But one of the connections there may be."""
        for _ in range(CONNECTIONS):
            self.assertEqual(self.enter("a"), "")
            self.guests.logged_in("a")
        self.assertEqual(self.enter("a"), "too many connections")
        self.guests.left("a", self.now, was_logged_in=True)
        self.assertEqual(self.enter("a"), "")

    def test_a_flood_that_leaves_at_once_is_slowed_too(self) -> None:
        """Each would cost a key exchange."""
        served = 0
        for _ in range(100):
            if not self.guests.enter("a", 0.0):
                served += 1
                self.guests.left("a", 0.0, was_logged_in=False)
        self.assertEqual(served, FAILED_AT_ONCE + 1)
        self.assertIn("in a short time", self.guests.enter("b", 0.2))
        self.assertEqual(self.guests.enter("b", 0.3), "")

    def test_who_logs_in_may_come_as_often_as_they_like(self) -> None:
        """A script that gives a hundred commands in a row."""
        for _ in range(100):
            self.assertEqual(self.guests.enter("a", 0.0), "")
            self.guests.logged_in("a")
            self.guests.left("a", 0.0, was_logged_in=True)

"""What operators run is counted, by commands there are and how they ended."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from voip.server.admin.commands import COMMANDS
from voip.server.admin.desk import UNKNOWN, Desk


class CountedTests(SynchronousTestCase):
    """A desk whose house has meters."""

    def test_each_line_is_counted_once(self) -> None:
        """A command that there is not is counted without its name, which can be anything."""
        home = Home()
        desk = Desk(home.house, COMMANDS)
        for line in ("stats", "stats", "user nobody", "kick", "nonsense", "rubbish", ""):
            running = desk.run(OPERATOR, line, is_confirmed=True, as_json=True, width=0)
            self.successResultOf(Deferred.fromCoroutine(running))
        self.assertEqual(
            home.house.meters.commands,
            {
                ("stats", "done"): 2,
                ("user", "refused"): 1,
                ("kick", "usage"): 1,
                (UNKNOWN, "usage"): 2,
            },
        )

"""What the operator sees of the server."""

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from tests.server.offices import NOW_UTC, invite
from tests.server.someone import ANN, BOB
from voip.config import Limits, Settings
from voip.core.deeds import Deed, DeedId
from voip.server.admin.command import Row
from voip.server.relay.interface import DropCause, RelayDrop, RelayStats
from voip.store.operator import KeptDeed


class StatsTests(SynchronousTestCase):
    """The server in figures."""

    def test_the_figures(self) -> None:
        """Time, people, calls, packets, and drops by cause, the most frequent first."""
        home = Home()
        office = home.office
        office.register(ANN, BOB)
        ann = office.login(ANN)
        office.login(BOB).conversation.lost()
        ann.ask(invite(BOB))
        drops: dict[DropCause, int] = {
            RelayDrop.GATED: 3,
            RelayDrop.MALFORMED: 0,
            RelayDrop.HELD_BACK: 8,
        }
        office.relay.figures = RelayStats("noted", 2, 10, 1000, 20, 2000, 5, drops)
        facts = home.do("stats").facts
        assert facts is not None
        expected = {"accounts": 2, "people_online": 2, "sessions": 2, "sessions_lost": 1}
        expected |= {"calls": 1, "conferences": 0, "connections": 0, "draining": False}
        expected |= {"relay_packets_in": 10, "relay_out_bytes": 2000, "up_seconds": 60}
        self.assertEqual(facts, {**facts, **expected})
        self.assertGreater(cast("int", facts["memory_bytes"]), 10_000_000)
        causes = [row["cause"] for row in cast("list[Row]", facts["drops"])]
        self.assertEqual(causes, ["held_back", "gated", "receive_buffer_full"])


class AuditTests(SynchronousTestCase):
    """The lines of the audit."""

    def setUp(self) -> None:
        self.home = Home()
        lines = (("kick", "bob", 7200), ("ban", "bob", 3600), ("kick", "ann", 60))
        self.home.office.store.begin_deeds(
            [
                KeptDeed(DeedId(f"{ago:016x}"), NOW_UTC - ago, OPERATOR, Deed(what, on, what))
                for what, on, ago in lines
            ]
        )
        self.home.office.store.end_deeds([(DeedId(f"{60:016x}"), "done")])

    def deeds(self, **given: object) -> list[tuple[object, object]]:
        return [(row["what"], row["on"]) for row in self.home.do("audit", **given).rows or ()]

    def test_the_newest_first(self) -> None:
        """Who, by which door, what, on whom, and how it went."""
        result = self.home.do("audit")
        self.assertEqual(result.said, "3 lines")
        first = (result.rows or ())[0]
        expected = {"who": "olga", "role": "operator", "door": "socket", "outcome": "done"}
        self.assertEqual(first, {**first, **expected, "what": "kick", "on": "ann"})

    def test_some_of_them(self) -> None:
        """By who, what, on whom, since when, and so many."""
        self.assertEqual(self.deeds(what="kick"), [("kick", "ann"), ("kick", "bob")])
        self.assertEqual(self.deeds(on="bob", since=3600), [("ban", "bob")])
        self.assertEqual(self.deeds(limit=1), [("kick", "ann")])
        self.assertEqual(self.home.do("audit", who="eve").said, "nothing of that kind was done")


class LimitsTests(SynchronousTestCase):
    """The limits."""

    def test_each_limit(self) -> None:
        """Its value now, in the settings, what it allows and what it bounds."""
        home = Home(settings=Settings(limits=Limits(login_seconds=9)))
        home.house.live.set_limits(Limits(login_seconds=5))
        rows = {row["limit"]: row for row in home.do("limits").rows or ()}
        self.assertEqual(set(rows), set(Limits.__dataclass_fields__))
        login = rows["login_seconds"]
        self.assertEqual((login["now"], login["settings"]), (5, 9))
        self.assertEqual(login["allowed"], "1 to 600")
        self.assertIn("before it is closed", cast("str", login["bounds"]))

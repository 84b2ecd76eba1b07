"""What the operator sees of calls."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import CALL, NOW_UTC, invite, other_device
from tests.server.someone import ANN, BOB, Someone
from voip.core.call_messages import Accept, AddParticipant, Hold, QualityReport, SetLock, SetMute
from voip.core.ids import CallId, Username
from voip.server.admin.command import CommandRefused, Row
from voip.server.relay.interface import Way

CAT = Someone(Username("cat"), account_seed=b"c" * 32, device_seed=b"C" * 32)
OTHER_CALL = CallId(b"c" * 3 + b"d" * 13)


class LookCallsCase(SynchronousTestCase):
    """Ann rings Bob, who has two devices; Cat is there too."""

    def setUp(self) -> None:
        self.home = Home()
        office = self.home.office
        office.register(ANN, BOB, CAT)
        self.ann, self.bob, self.cat = (office.login(who) for who in (ANN, BOB, CAT))
        self.phone = office.login(other_device(BOB))
        self.ann.ask(invite(BOB))
        office.clock.advance(5.0)

    def only(self) -> Row:
        [row] = self.home.do("calls").rows or ()
        return row

    def call(self, ref: str = "6363") -> tuple[Row, list[Row]]:
        result = self.home.do("call", call=ref)
        assert result.facts is not None
        return result.facts, list(result.rows or ())


class CallsTests(LookCallsCase):
    """The list of calls."""

    def test_a_call_that_rings(self) -> None:
        """Since when, and between whom."""
        row = self.only()
        self.assertEqual((row["state"], row["kind"]), ("ringing", "call"))
        self.assertEqual((row["people"], row["call_id"]), (["ann", "bob"], CALL.hex()))
        self.assertEqual((row["since_at"], row["talk_seconds"]), (NOW_UTC - 5, None))

    def test_a_call_in_which_people_talk(self) -> None:
        """For how long; and one that both put on hold."""
        self.bob.ask(Accept(CALL))
        self.home.office.clock.advance(60.0)
        self.assertEqual((self.only()["state"], self.only()["talk_seconds"]), ("talking", 60))
        for talk in (self.ann, self.bob):
            talk.ask(Hold(CALL))
        self.assertEqual(self.only()["state"], "held")

    def test_a_conference(self) -> None:
        """Who its host is, and whether it is locked."""
        self.bob.ask(Accept(CALL))
        self.ann.ask(AddParticipant(CALL, (CAT.username,)))
        self.ann.ask(SetLock(CALL, is_locked=True))
        row = self.only()
        self.assertEqual((row["kind"], row["host"]), ("conference", "ann"))
        self.assertIs(self.call()[0]["locked"], True)
        self.assertEqual(row["people"], ["ann", "bob", "cat"])
        self.assertEqual(self.home.do("calls").said, "1 call, 1 conference among them")

    def test_the_first_of_many(self) -> None:
        """With how to see them all; and none."""
        self.cat.ask(replace(invite(ANN), call_id=OTHER_CALL))
        result = self.home.do("calls", limit=1)
        self.assertEqual(len(result.rows or ()), 1)
        self.assertIn("the first 1, for more add --limit 2", result.said)
        self.assertEqual(Home().do("calls").said, "nobody is in a call")


class CallTests(LookCallsCase):
    """One call from near."""

    def test_each_device(self) -> None:
        """Its state, its path, how long it is in, and how it sounds there."""
        self.bob.ask(Accept(CALL))
        self.bob.ask(QualityReport(CALL, 12, 3, 40))
        self.bob.ask(SetMute(CALL, is_muted=True))
        self.ann.ask(Hold(CALL))
        self.home.office.relay.ways[self.bob.opened.media.cid] = Way.UDP
        self.home.office.clock.advance(60.0)
        facts, rows = self.call()
        self.assertEqual((facts["call_id"], facts["talk_seconds"]), (CALL.hex(), 60))
        ann, bob = rows  # Bob's other device rings no longer
        self.assertEqual((ann["state"], ann["muted"]), ("held", False))
        self.assertEqual((bob["state"], bob["muted"]), ("active", True))
        self.assertEqual((ann["path"], bob["path"]), ("", "udp"))
        self.assertEqual((ann["loss_percent"], bob["loss_percent"]), (None, 1.2))
        self.assertEqual((bob["rtt_ms"], bob["jitter_ms"], bob["in_call_seconds"]), (40, 3, 60))

    def test_host_and_listeners(self) -> None:
        """Their part stands beside them."""
        self.bob.ask(Accept(CALL))
        self.ann.ask(AddParticipant(CALL, (CAT.username,), as_listeners=True))
        self.cat.ask(Accept(CALL))
        _, rows = self.call()
        roles = {(row["user"], row["role"]) for row in rows}
        self.assertLessEqual({("ann", "host"), ("cat", "listener"), ("bob", "")}, roles)

    def test_a_call_is_found_by_the_beginning_of_its_id(self) -> None:
        """Which must be of one call alone; a call that ended is not found."""
        self.cat.ask(replace(invite(ANN), call_id=OTHER_CALL))
        self.assertEqual(self.call("63636364")[0]["call_id"], OTHER_CALL.hex())
        with self.assertRaisesRegex(CommandRefused, "more calls than one begin with 6363: 6363"):
            self.call("6363")
        with self.assertRaisesRegex(CommandRefused, "there is no call abcd"):
            self.call("abcd")

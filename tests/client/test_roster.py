"""Who is in a conference, as a hash and as digits."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import DEVICE_IDS, sized
from voip.client.key_steps import E2eTrouble, KeysRefused
from voip.client.roster import RosterEntry, SeenRosters, roster_code, roster_hash
from voip.core.ids import DeviceId, Username

ANN = RosterEntry(Username("ann"), DeviceId(bytes(32)), bytes(32), bytes(1216))
BOB = RosterEntry(Username("bob"), DeviceId(b"b" * 32), b"b" * 32, b"b" * 1216)
KNOWN_CODE = "171782712192589500558809544787"  # computed by hand with hashlib too


class RosterHashTests(SynchronousTestCase):
    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.tuples(DEVICE_IDS, sized(32)), unique=True))
    def test_order_does_not_matter(self, entries: list[tuple[DeviceId, bytes]]) -> None:
        """Everybody sorts alike; one more or less is another hash."""
        self.assertEqual(roster_hash(entries), roster_hash(reversed(entries)))
        if entries:
            self.assertNotEqual(roster_hash(entries), roster_hash(entries[1:]))


class RosterCodeTests(SynchronousTestCase):
    def test_thirty_digits(self) -> None:
        """The code is always of the same length, and the same for everybody."""
        code = roster_code([ANN, BOB])
        self.assertRegex(code, r"^\d{30}$")
        self.assertEqual(code, roster_code([BOB, ANN]))

    def test_it_binds_everything(self) -> None:
        """Another name, device, account or call key of anybody gives another code."""
        others = (
            replace(BOB, username=Username("bobby")),
            replace(BOB, device=DeviceId(b"c" * 32)),
            replace(BOB, account_key=b"c" * 32),
            replace(BOB, call_public=b"c" * 1216),
        )
        codes = {roster_code([ANN, other]) for other in (BOB, *others)}
        codes.add(roster_code([ANN]))
        self.assertEqual(len(codes), 6)

    def test_it_stays_as_it_is(self) -> None:
        """Two versions of the program show one code for the same people."""
        self.assertEqual(roster_code([ANN, BOB]), KNOWN_CODE)


class SeenRostersTests(SynchronousTestCase):
    def refused(self, rosters: SeenRosters, now: float) -> None:
        with self.assertRaises(KeysRefused) as caught:
            rosters.check(now)
        self.assertIs(caught.exception.failed.trouble, E2eTrouble.ROSTER)

    def test_shown_before(self) -> None:
        """What was shown may be claimed, for as long as it is remembered."""
        rosters = SeenRosters(kept=2)
        for roster in (b"a", b"b", b"b"):
            rosters.shown(roster)
        rosters.claimed(b"a", 0.0)
        self.assertIsNone(rosters.next_timer)
        rosters.check(100.0)
        rosters.shown(b"c")
        rosters.claimed(b"a", 0.0)
        self.assertEqual(rosters.next_timer, 5.0)
        rosters.check(4.9)
        self.refused(rosters, 5.0)

    def test_shown_in_time(self) -> None:
        """What is shown after it was claimed is no lie, whoever claims it again."""
        rosters = SeenRosters()
        rosters.claimed(b"a", 0.0)
        rosters.claimed(b"a", 4.0)
        self.assertEqual(rosters.next_timer, 5.0)
        rosters.shown(b"a")
        rosters.check(5.0)

    def test_too_many(self) -> None:
        """Claims are bounded."""
        rosters = SeenRosters(kept=2)
        rosters.claimed(b"a", 0.0)
        rosters.claimed(b"b", 0.0)
        with self.assertRaises(KeysRefused):
            rosters.claimed(b"c", 0.0)

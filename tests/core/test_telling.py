"""How a device that comes back is told of more calls than one message has room for."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.conference_lab import ONE, TWO, Exchanged
from tests.core.people_lab import BOB, CARL, KEY, session_id
from voip.core.call_limits import CallLimits
from voip.core.call_messages import Accept, Alerting, Hold
from voip.core.calls import CallView
from voip.core.events import SessionLost, SessionResumed


class ReturnTests(SynchronousTestCase):
    """Anna holds Bob, who has two devices, and talks to Carl. She loses her connection and comes
    back."""

    def come_back(self, room: int) -> tuple[CallView, ...]:
        """What the resumed session starts from, when so many keys are told in it."""
        self.desk = desk = Exchanged(CallLimits(max_keys_told=room))
        desk.invite("a1", BOB)
        desk.done("b1", Alerting(ONE, KEY), Accept(ONE))
        desk.done("a1", Hold(ONE))
        desk.invite("a1", CARL, call=TWO)
        desk.done("c1", Alerting(TWO, KEY), Accept(TWO))
        desk.happen(SessionLost(session_id("a1")))
        desk.happen(SessionResumed(session_id("a1")))
        return desk.switchboard.snapshot(session_id("a1"), desk.now).calls

    def test_calls_for_which_there_is_room_are_told_whole(self) -> None:
        """With all keys, and nothing of it again."""
        calls = self.come_back(room=5)
        self.assertEqual([[leg.key for leg in one.legs] for one in calls][1], [None, KEY])
        self.assertEqual(calls[1], self.desk.call(TWO))
        self.assertFalse(any(leg.certificate for leg in self.desk.told_of("a1", TWO).legs))

    def test_the_keys_of_the_others_follow(self) -> None:
        """Such a call is told without keys at first, then whole and as newer than that; who else is
        in it is told what changed alone."""
        held, talked_in = self.come_back(room=4)
        self.assertEqual(held, self.desk.call(ONE))
        self.assertEqual([leg.key for leg in talked_in.legs], [None, None])
        self.assertTrue(all(leg.certificate for leg in talked_in.legs))
        follows = self.desk.told_of("a1", TWO)
        self.assertEqual(follows, self.desk.call(TWO))
        self.assertEqual(follows.version, talked_in.version + 1)
        self.assertFalse(any(leg.certificate for leg in self.desk.told_of("c1", TWO).legs))

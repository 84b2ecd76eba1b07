"""A call of this device that goes on in another one."""

from dataclasses import replace

from tests.core.people_lab import (
    ANNA,
    BOB,
    CARL,
    COMMITMENT,
    KEY,
    call_id,
    call_view,
    leg_view,
)
from tests.core.phone_lab import (
    ACTIVE,
    CALL,
    INVITED,
    LEFT,
    OTHER,
    TalkingCase,
    done,
    ended,
    incoming,
    merged,
    mine,
    outgoing,
)
from voip.core.call_messages import (
    Alerting,
    Leave,
)
from voip.core.calls import CallView, EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import StreamId
from voip.core.phone_words import (
    Ask,
    CloseMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneCallState,
    StopRinging,
)

HELD, RESUMING, TALKING = PhoneCallState.HELD, PhoneCallState.RESUMING, PhoneCallState.TALKING
NO_SUCH_CALL = Refusal(ErrorCode.NO_SUCH_CALL)
OPEN, CLOSE = OpenMicrophone(CALL, StreamId(10)), CloseMicrophone(CALL)
THIRD = call_id(3)


class MergeTests(TalkingCase):
    """A call of this device goes on in another."""

    def into(self, version: int, state: LegState = ACTIVE) -> CallView:
        """The second call, with all three of them."""
        view = call_view(
            2,
            version,
            leg_view(1, CARL, "c1", ACTIVE),
            leg_view(2, ANNA, "a1", state),
            leg_view(3, BOB, "b1", ACTIVE),
        )
        return replace(view, is_conference=True)

    def test_a_talk_goes_on_in_an_unknown_call(self) -> None:
        """The wish to talk moves; the microphone opens when the leg there is active."""
        self.phone.muted(CALL, True)
        outputs = self.phone.call_changed(merged(mine(LEFT, 2), into=2))
        self.assertEqual(done(outputs), [CLOSE, NeedKey(OTHER)])
        self.assertEqual(ended(outputs), [EndReason.MERGED])
        opened = done(self.phone.call_changed(self.into(1)))
        self.assertEqual(opened, [OpenMicrophone(OTHER, StreamId(20))])
        call = self.phone.call(OTHER)
        assert call is not None
        self.assertTrue(call.is_muted)

    def test_a_held_call_goes_on_held(self) -> None:
        """Nothing opens."""
        self.on_hold()
        self.phone.call_changed(merged(mine(LEFT, 3), into=2))
        self.assertEqual(done(self.phone.call_changed(self.into(1, LegState.HELD))), [])
        self.assertIs(self.state(OTHER), HELD)

    def test_into_a_call_that_is_held_here(self) -> None:
        """What was talked in is talked in there."""
        self.on_hold()
        self.phone.call_changed(incoming(INVITED, 2, caller=CARL))
        self.phone.accepted(OTHER)
        self.phone.call_changed(incoming(ACTIVE, 2, version=2, caller=CARL))
        over = incoming(LEFT, 2, version=3, caller=CARL)
        outputs = self.phone.call_changed(merged(over, into=1))
        self.assertEqual(done(outputs), [CloseMicrophone(OTHER)])
        self.assertIs(self.state(CALL), RESUMING)
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 3))), [OPEN])

    def test_into_a_call_that_rings_here(self) -> None:
        """It stops ringing: talked in, or held."""
        for is_held in (False, True):
            self.setUp()
            if is_held:
                self.on_hold()
            self.phone.call_changed(incoming(INVITED, 2, caller=CARL))
            outputs = self.phone.call_changed(merged(mine(LEFT, 3), into=2))
            self.assertIn(StopRinging(OTHER), done(outputs))
            self.assertIs(self.state(OTHER), HELD if is_held else RESUMING)

    def test_into_a_call_of_somebody_else_that_rings_here(self) -> None:
        """What was wanted was to talk to Bob: the server cannot answer Carl's call in his stead."""
        self.phone.call_changed(incoming(INVITED, 2, caller=CARL))
        self.phone.call_changed(merged(mine(LEFT, 3), into=2))
        outputs = self.phone.call_changed(incoming(ACTIVE, 2, version=2, caller=CARL))
        self.assertEqual(done(outputs), [Ask(Leave(OTHER, e2e_failed=True))])

    def test_into_a_call_that_was_left_here(self) -> None:
        """It goes on for the sake of the one that was talked in."""
        self.on_hold()
        self.dial(2, CARL)
        self.phone.hung_up(OTHER)
        self.phone.taken_back(CALL)
        self.phone.call_changed(mine(ACTIVE, 3))
        self.phone.call_changed(merged(mine(LEFT, 4), into=2))
        self.assertIs(self.state(OTHER), RESUMING)

    def test_called_again_after_hanging_up_unseen(self) -> None:
        """Who hangs up before the other call shows their leg is called into it by another leg,
        whether or not that one is shown late."""
        again = call_view(2, 3, leg_view(1, CARL, "c1", ACTIVE), leg_view(4, ANNA, "a1", INVITED))
        for is_shown in (True, False):
            self.setUp()
            self.phone.call_changed(merged(mine(LEFT, 2), into=2))
            self.phone.hung_up(OTHER)
            if is_shown:
                self.assertEqual(self.phone.call_changed(self.into(1)), ())
            self.phone.call_changed(replace(again, is_conference=True))
            self.assertIs(self.state(OTHER), PhoneCallState.RINGING)

    def test_what_moves_no_consent(self) -> None:
        """A call that only rings, one that ends otherwise, one that is over here already."""
        self.phone.hung_up(CALL)
        self.phone.call_changed(merged(mine(LEFT, 2), into=2))
        self.assertIsNone(self.state(OTHER))
        self.phone.call_changed(incoming(INVITED, 3))
        self.phone.call_changed(merged(incoming(LEFT, 3, version=2), into=2))
        self.assertIsNone(self.state(OTHER))
        self.phone = type(self.phone)(self.phone._device)
        self.dial()
        self.phone.call_changed(mine(ACTIVE, 1))
        self.phone.call_changed(replace(outgoing(LEFT, 2), merged_into=OTHER))
        self.assertIsNone(self.state(OTHER))
        self.assertEqual(self.phone.call_changed(self.into(1)), (Ask(Leave(OTHER)),))

    def test_a_merge_during_a_break(self) -> None:
        """The snapshot tells the end of the one before the other."""
        outputs = self.phone.resumed([merged(mine(LEFT, 2), into=2), self.into(1)])
        self.assertEqual(
            done(outputs), [CLOSE, NeedKey(OTHER), OpenMicrophone(OTHER, StreamId(20))]
        )

    def test_another_leg_of_the_same_call(self) -> None:
        """Who was out of it while away, and was merged in again, shows a key for the new leg."""
        alerting = Alerting(OTHER, KEY)
        self.phone.dialled((CARL,), OTHER, COMMITMENT, is_conference=True)
        self.phone.call_changed(self.as_leg(4, version=1))
        self.assertEqual(done(self.phone.key_ready(OTHER, KEY)), [Ask(alerting)])
        self.assertEqual(done(self.phone.key_ready(OTHER, KEY)), [])
        self.phone.call_changed(self.as_leg(5, version=2))
        self.assertEqual(done(self.phone.key_ready(OTHER, KEY)), [Ask(alerting)])

    def as_leg(self, number: int, version: int) -> CallView:
        view = call_view(
            2, version, leg_view(2, CARL, "c1", ACTIVE), leg_view(number, ANNA, "a1", ACTIVE)
        )
        return replace(view, is_conference=True)

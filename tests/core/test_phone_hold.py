"""Several calls of one device: hold, take back, a second call, and conferences."""

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
    DIALING,
    INVITED,
    LEFT,
    OTHER,
    WRONG_STATE,
    TalkingCase,
    done,
    ended,
    incoming,
    merged,
    mine,
)
from voip.core.call_messages import (
    Accept,
    Alerting,
    Hold,
    Invite,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.calls import CallView, EndReason, LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import StreamId
from voip.core.messages import Done
from voip.core.phone_words import (
    Ask,
    CloseMicrophone,
    MuteMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneCallState,
    Ring,
    StopRinging,
)

HELD, RESUMING, TALKING = PhoneCallState.HELD, PhoneCallState.RESUMING, PhoneCallState.TALKING
NO_SUCH_CALL = Refusal(ErrorCode.NO_SUCH_CALL)
OPEN, CLOSE = OpenMicrophone(CALL, StreamId(10)), CloseMicrophone(CALL)
THIRD = call_id(3)


class HoldTests(TalkingCase):
    """One call on hold."""

    def test_the_microphone_closes_at_once(self) -> None:
        """Before the server has said a word; again it cannot be held."""
        self.assertEqual(done(self.phone.held(CALL)), [CLOSE, Ask(Hold(CALL))])
        self.assertIs(self.state(), HELD)
        self.assertEqual(self.phone.held(CALL), WRONG_STATE)
        self.assertEqual(self.phone.held(OTHER), NO_SUCH_CALL)

    def test_taking_back_waits_for_the_server(self) -> None:
        """The microphone opens when the leg is active again."""
        self.on_hold()
        self.assertEqual(done(self.phone.taken_back(CALL)), [Ask(Unhold(CALL))])
        self.assertIs(self.state(), RESUMING)
        self.assertEqual(self.phone.answered(Unhold(CALL), Done()), ())
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 3))), [OPEN])

    def test_what_cannot_be_taken_back(self) -> None:
        """A call that is not held, or not there; and none while another is dialled."""
        self.assertEqual(self.phone.taken_back(CALL), WRONG_STATE)
        self.assertEqual(self.phone.taken_back(OTHER), NO_SUCH_CALL)
        self.on_hold()
        self.dial(2, CARL)
        self.assertEqual(self.phone.taken_back(CALL), WRONG_STATE)

    def test_a_server_that_takes_back_by_itself(self) -> None:
        """Nothing opens; it is told to hold once more, once for each such news."""
        self.on_hold()
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 3))), [Ask(Hold(CALL))])
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 4))), [])
        self.assertEqual(self.phone.answered(Hold(CALL), WRONG_STATE), ())
        self.assertIs(self.state(), HELD)

    def test_news_from_before_the_hold(self) -> None:
        """They open nothing and ask nothing."""
        self.phone.held(CALL)
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 2))), [])

    def test_holding_and_taking_back_before_the_server_knows(self) -> None:
        """Whatever is shown in between, in the end the user talks."""
        self.phone.held(CALL)
        self.phone.taken_back(CALL)
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 2))), [OPEN])
        self.phone.answered(Hold(CALL), Done())
        self.assertEqual(done(self.phone.call_changed(mine(LegState.HELD, 3))), [CLOSE])
        self.phone.answered(Unhold(CALL), Done())
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 4))), [OPEN])

    def test_a_server_that_holds_by_itself(self) -> None:
        """The microphone closes, and the user may take the call back."""
        self.assertEqual(done(self.phone.call_changed(mine(LegState.HELD, 2))), [CLOSE])
        self.assertIs(self.state(), HELD)
        self.assertEqual(done(self.phone.taken_back(CALL)), [Ask(Unhold(CALL))])

    def test_it_cannot_be_taken_back(self) -> None:
        """It stays on hold; refused for being active already, it is talked in."""
        self.on_hold()
        self.phone.taken_back(CALL)
        self.assertEqual(done(self.phone.answered(Unhold(CALL), WRONG_STATE)), [])
        self.assertIs(self.state(), HELD)
        self.phone.taken_back(CALL)
        self.phone.held(CALL)
        self.phone.taken_back(CALL)
        self.phone.answered(Unhold(CALL), WRONG_STATE)
        self.assertIs(self.state(), RESUMING)

    def test_it_ended_before_the_answer(self) -> None:
        """Late answers mean nothing."""
        self.phone.held(CALL)
        self.phone.muted(CALL, True)
        self.phone.hung_up(CALL)
        for request in (Hold(CALL), Unhold(CALL), SetMute(CALL, True), Swap(CALL, OTHER)):
            self.assertEqual(self.phone.answered(request, WRONG_STATE), ())

    def test_holding_before_anything_is_known(self) -> None:
        """A refused wish leaves a call without a view as it is."""
        self.phone.call_changed(merged(mine(LEFT, 2), into=2))
        self.phone.held(OTHER)
        self.phone.taken_back(OTHER)
        self.assertEqual(self.phone.answered(Hold(OTHER), Done()), ())
        self.assertEqual(self.phone.answered(Unhold(OTHER), WRONG_STATE), ())


class SecondCallTests(TalkingCase):
    """Another call beside the one that is talked in."""

    def test_dialling_holds_the_other(self) -> None:
        """The microphone closes first, then the server is asked for both, in order."""
        outputs = done(self.phone.dialled((CARL,), OTHER, COMMITMENT))
        invite = Ask(Invite(OTHER, (CARL,), COMMITMENT))
        self.assertEqual(outputs, [CLOSE, Ask(Hold(CALL)), invite])

    def test_answering_holds_the_other(self) -> None:
        """And the microphone opens in the new one when it is active."""
        self.phone.call_changed(incoming(INVITED, 2, caller=CARL))
        outputs = done(self.phone.accepted(OTHER))
        self.assertEqual(outputs, [CLOSE, Ask(Hold(CALL)), StopRinging(OTHER), Ask(Accept(OTHER))])
        opened = done(self.phone.call_changed(incoming(ACTIVE, 2, version=2, caller=CARL)))
        self.assertEqual(opened, [OpenMicrophone(OTHER, StreamId(20))])
        self.assertEqual((self.state(CALL), self.state(OTHER)), (HELD, TALKING))

    def test_what_is_not_ringing_holds_nothing(self) -> None:
        """A wish that does not fit leaves the talk as it is."""
        self.assertEqual(self.phone.accepted(CALL), WRONG_STATE)
        self.assertEqual(self.phone.accepted(OTHER), NO_SUCH_CALL)
        self.assertIs(self.state(), TALKING)

    def test_swapping(self) -> None:
        """One request holds the one and takes the other back."""
        self.on_hold()
        self.phone.call_changed(incoming(INVITED, 2, caller=CARL))
        self.phone.accepted(OTHER)
        self.phone.call_changed(incoming(ACTIVE, 2, version=2, caller=CARL))
        outputs = done(self.phone.taken_back(CALL))
        self.assertEqual(outputs, [CloseMicrophone(OTHER), Ask(Swap(hold=OTHER, resume=CALL))])
        self.assertEqual((self.state(CALL), self.state(OTHER)), (RESUMING, HELD))
        self.assertEqual(self.phone.answered(Swap(OTHER, CALL), Done()), ())
        self.assertEqual(done(self.phone.call_changed(mine(ACTIVE, 3))), [OPEN])

    def test_a_refused_swap(self) -> None:
        """The one stays on hold, and the other, which is active still, is held all the same."""
        self.on_hold()
        self.phone.call_changed(incoming(INVITED, 2, caller=CARL))
        self.phone.accepted(OTHER)
        self.phone.call_changed(incoming(ACTIVE, 2, version=2, caller=CARL))
        self.phone.taken_back(CALL)
        outputs = done(self.phone.answered(Swap(OTHER, CALL), WRONG_STATE))
        self.assertEqual(outputs, [Ask(Hold(OTHER))])
        self.assertEqual((self.state(CALL), self.state(OTHER)), (HELD, HELD))

    def test_holding_outlives_the_other_call(self) -> None:
        """The end of the second takes nothing back."""
        self.on_hold()
        self.dial(2, CARL)
        self.phone.hung_up(OTHER)
        self.assertIs(self.state(), HELD)


class ConferenceTests(TalkingCase):
    """A call of more than two."""

    def conference(self, version: int, *others: LegState) -> CallView:
        """Anna's leg, active, and one for each of bob and carl."""
        people = ((2, BOB, "b1"), (3, CARL, "c1"))
        legs = [leg_view(*who, state) for who, state in zip(people, others, strict=False)]
        view = call_view(1, version, leg_view(1, ANNA, "a1", ACTIVE), *legs)
        return replace(view, is_conference=True)

    def test_newcomers_are_no_strangers(self) -> None:
        """The talk goes on, and the caller too shows a key."""
        outputs = done(self.phone.call_changed(self.conference(2, ACTIVE, INVITED)))
        self.assertEqual(outputs, [NeedKey(CALL)])
        self.assertEqual(self.phone.key_ready(CALL, KEY), (Ask(Alerting(CALL, KEY)),))
        self.assertEqual(done(self.phone.call_changed(self.conference(3, ACTIVE, ACTIVE))), [])
        self.assertIs(self.state(), TALKING)

    def test_alone_for_a_while(self) -> None:
        """Who is alone in a conference may hold it and take it back."""
        self.phone.call_changed(self.conference(2, ACTIVE, ACTIVE))
        self.phone.call_changed(self.conference(3))
        self.phone.held(CALL)
        self.phone.answered(Hold(CALL), Done())
        self.phone.taken_back(CALL)
        self.phone.answered(Unhold(CALL), Done())
        self.assertEqual(done(self.phone.call_changed(self.conference(4))), [OPEN])

    def test_called_again_after_a_break(self) -> None:
        """Who was put out while away, and called in once more, is in it no longer: it rings."""
        again = leg_view(4, ANNA, "a1", INVITED)
        view = call_view(1, 3, leg_view(2, BOB, "b1", ACTIVE), again)
        outputs = self.phone.resumed([replace(view, is_conference=True)])
        self.assertEqual(ended(outputs), [EndReason.NETWORK_LOST])
        self.assertEqual(done(outputs), [CLOSE, Ring(CALL), NeedKey(CALL)])

    def test_late_answers_of_before_a_break(self) -> None:
        """What was asked of the call that is over here says nothing of the one that rings."""
        self.phone.muted(CALL, True)
        self.phone.held(CALL)
        again = leg_view(4, ANNA, "a1", INVITED)
        view = call_view(1, 3, leg_view(2, BOB, "b1", ACTIVE), again)
        self.phone.resumed([replace(view, is_conference=True)])
        self.phone.accepted(CALL)
        self.phone.answered(SetMute(CALL, is_muted=True), Done())
        self.phone.answered(Hold(CALL), Done())
        mine = replace(again, state=ACTIVE)
        view = replace(view, is_conference=True, version=4, legs=(view.legs[0], mine))
        self.phone.call_changed(view)
        mine = replace(mine, is_muted=True)
        muted = replace(view, version=5, legs=(view.legs[0], mine))
        self.assertEqual(done(self.phone.call_changed(muted)), [MuteMicrophone(CALL)])
        held = replace(mine, state=LegState.HELD)
        self.phone.call_changed(replace(view, version=6, legs=(view.legs[0], held)))
        self.assertIs(self.state(), HELD)

    def test_the_host_mutes(self) -> None:
        """It is told once, and the user unmutes himself."""
        view = self.conference(2, ACTIVE, ACTIVE)
        muted = replace(view, legs=(replace(view.legs[0], is_muted=True), *view.legs[1:]))
        outputs = done(self.phone.call_changed(muted))
        self.assertEqual(outputs, [NeedKey(CALL), MuteMicrophone(CALL)])
        self.assertEqual(done(self.phone.call_changed(replace(muted, version=3))), [])
        unmuting = done(self.phone.muted(CALL, False))
        self.assertEqual(unmuting, [Ask(SetMute(CALL, is_muted=False))])
        self.assertEqual(done(self.phone.call_changed(replace(muted, version=4))), [])
        self.phone.answered(SetMute(CALL, is_muted=False), Done())
        self.assertEqual(done(self.phone.call_changed(replace(view, version=5))), [])

    def test_being_called_into_one(self) -> None:
        """Those who are in it are calling; it meets no call that is dialled."""
        self.phone.hung_up(CALL)
        self.dial(3, CARL)
        ringing = leg_view(3, ANNA, "a1", INVITED)
        view = call_view(
            2, 1, leg_view(1, BOB, "b1", ACTIVE), leg_view(2, CARL, "c1", ACTIVE), ringing
        )
        outputs = done(self.phone.call_changed(replace(view, is_conference=True)))
        self.assertEqual(outputs[0], Ring(OTHER))
        call = self.phone.call(OTHER)
        assert call is not None
        self.assertEqual(call.peers, {BOB, CARL})

    def test_dialling_back_into_one(self) -> None:
        """It is another call: the conference rings on."""
        self.phone.hung_up(CALL)
        view = call_view(2, 1, leg_view(1, BOB, "b1", DIALING), leg_view(2, ANNA, "a1", INVITED))
        self.phone.call_changed(replace(view, is_conference=True))
        self.assertEqual(len(self.dial(3, BOB)), 1)
        self.assertIs(self.state(OTHER), PhoneCallState.RINGING)

    def test_dialling_several(self) -> None:
        """Or one, in a conference."""
        self.phone.hung_up(CALL)
        outputs = done(self.phone.dialled((BOB, CARL), OTHER, COMMITMENT))
        self.assertEqual(outputs, [Ask(Invite(OTHER, (BOB, CARL), COMMITMENT))])
        self.phone.hung_up(OTHER)
        outputs = done(self.phone.dialled((BOB,), THIRD, COMMITMENT, is_conference=True))
        self.assertEqual(outputs, [Ask(Invite(THIRD, (BOB,), COMMITMENT, is_conference=True))])

"""One device's calls and the microphone rule."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import (
    ANNA,
    BOB,
    CARL,
    COMMITMENT,
    KEY,
    call_id,
    call_view,
    device_id,
    leg_view,
)
from tests.core.phone_lab import (
    ACTIVE,
    BUSY,
    CALL,
    DIALING,
    INVITED,
    LEFT,
    OTHER,
    RINGING,
    STEPS,
    WRONG_STATE,
    AnnasPhone,
    Listener,
    done,
    ended,
    incoming,
    incoming_two,
    outgoing,
)
from voip.core.call_messages import (
    Accept,
    Alerting,
    Cancel,
    Decline,
    Invite,
    InviteOk,
    Leave,
    SetMute,
)
from voip.core.calls import DeclineReason, EndReason
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import StreamId
from voip.core.messages import Done
from voip.core.phone import CALLS_REMEMBERED, Phone
from voip.core.phone_words import (
    Ask,
    Changed,
    CloseMicrophone,
    Met,
    NeedKey,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutput,
    Ring,
    StopRinging,
)


class OutgoingTests(AnnasPhone):
    """Calls the user makes."""

    def test_dialling(self) -> None:
        """The server is asked; the call shows at once, before its answer."""
        outputs = self.phone.dialled((BOB,), CALL, COMMITMENT, require_e2e=False)
        shown = PhoneCall(CALL, PhoneCallState.DIALLING, False, frozenset({BOB}))
        invite = Invite(CALL, (BOB,), COMMITMENT, require_e2e=False)
        self.assertEqual(outputs, (Ask(invite), Changed(shown)))
        self.assertEqual(self.phone.calls(), (shown,))
        self.assertEqual(self.phone.answered(invite, InviteOk(CALL)), ())

    def test_an_answer_opens_the_microphone(self) -> None:
        """On this leg's stream, once; later news leave it as it is."""
        self.dial()
        self.assertEqual(done(self.phone.call_changed(outgoing(DIALING))), [])
        opened = done(self.phone.call_changed(outgoing(ACTIVE, 2)))
        self.assertEqual(opened, [OpenMicrophone(CALL, StreamId(10))])
        self.assertEqual(done(self.phone.call_changed(outgoing(ACTIVE, 3))), [])

    def test_not_while_alone(self) -> None:
        """One's own leg being active is not enough."""
        self.dial()
        alone = call_view(1, 1, leg_view(1, ANNA, "a1", ACTIVE))
        self.assertEqual(done(self.phone.call_changed(alone)), [])

    def test_old_news_are_left_aside(self) -> None:
        """A version that is not newer says nothing."""
        self.dial()
        self.phone.call_changed(outgoing(DIALING, 5))
        self.assertEqual(self.phone.call_changed(outgoing(ACTIVE, 5)), ())
        self.assertEqual(self.phone.call_changed(outgoing(LEFT, 4)), ())

    def test_the_callee_says_no(self) -> None:
        """The call ends with the server's reason, and late news of it say nothing."""
        self.dial()
        self.assertEqual(ended(self.phone.call_changed(outgoing(LEFT))), [EndReason.DECLINED])
        self.assertEqual(self.phone.calls(), ())
        self.assertEqual(self.phone.call_changed(outgoing(ACTIVE, 9)), ())

    def test_hanging_up_by_state(self) -> None:
        """Cancel while dialling, Leave while talking; the microphone closes first."""
        self.dial()
        self.assertEqual(done(self.phone.hung_up(CALL)), [Ask(Cancel(CALL))])
        self.dial(2)
        self.phone.call_changed(incoming_two(ACTIVE))
        left = [CloseMicrophone(OTHER), Ask(Leave(OTHER))]
        self.assertEqual(done(self.phone.hung_up(OTHER)), left)

    def test_the_server_refuses(self) -> None:
        """The call is over here."""
        self.dial()
        refusal = Refusal(ErrorCode.RATE_LIMITED)
        outputs = self.phone.answered(Invite(CALL, (BOB,), COMMITMENT), refusal)
        self.assertEqual(ended(outputs), [EndReason.FAILED])

    def test_one_call_at_a_time(self) -> None:
        """While one is dialled another cannot be, nor the same once more."""
        self.dial()
        self.assertEqual(self.phone.dialled((CARL,), OTHER, COMMITMENT), WRONG_STATE)
        exists = Refusal(ErrorCode.CALL_EXISTS)
        self.assertEqual(self.phone.dialled((CARL,), CALL, COMMITMENT), exists)
        self.phone.hung_up(CALL)
        self.assertEqual(self.phone.dialled((CARL,), CALL, COMMITMENT), exists)

    def test_a_view_without_this_device(self) -> None:
        """A call one has no leg in is over."""
        self.dial()
        strange = call_view(1, 1, leg_view(2, BOB, "b1", INVITED))
        self.assertEqual(ended(self.phone.call_changed(strange)), [EndReason.FAILED])


class IncomingTests(AnnasPhone):
    """Calls that come in."""

    def test_it_rings_and_wants_a_key(self) -> None:
        """The key goes to the server by Alerting, once."""
        self.assertEqual(
            done(self.phone.call_changed(incoming(INVITED))), [Ring(CALL), NeedKey(CALL)]
        )
        self.assertEqual(self.phone.key_ready(CALL, KEY), (Ask(Alerting(CALL, KEY)),))
        self.assertEqual(self.phone.key_ready(CALL, KEY), ())
        self.assertEqual(self.phone.key_ready(OTHER, KEY), ())

    def test_answering(self) -> None:
        """The microphone waits for the server's word that both are active."""
        self.phone.call_changed(incoming(INVITED))
        self.assertEqual(done(self.phone.accepted(CALL)), [StopRinging(CALL), Ask(Accept(CALL))])
        self.assertEqual(done(self.phone.call_changed(incoming(RINGING, version=2))), [])
        opened = done(self.phone.call_changed(incoming(ACTIVE, version=3)))
        self.assertEqual(opened, [OpenMicrophone(CALL, StreamId(20))])
        self.assertEqual(self.phone.accepted(CALL), WRONG_STATE)

    def test_the_server_refuses_the_answer(self) -> None:
        """The call is over and the leg is made sure to be gone; once it talks, it is too late."""
        self.phone.call_changed(incoming(INVITED))
        self.phone.accepted(CALL)
        outputs = self.phone.answered(Accept(CALL), WRONG_STATE)
        self.assertEqual(done(outputs), [Ask(Leave(CALL))])
        self.assertEqual(self.phone.answered(Accept(CALL), WRONG_STATE), ())
        self.phone.call_changed(incoming(INVITED, 2))
        self.phone.accepted(OTHER)
        self.phone.call_changed(incoming(ACTIVE, 2, version=2))
        self.assertEqual(self.phone.answered(Accept(OTHER), WRONG_STATE), ())
        self.assertEqual(self.phone.answered(Accept(OTHER), Done()), ())

    def test_saying_no(self) -> None:
        """With a reason; and ignoring only silences."""
        self.phone.call_changed(incoming(INVITED))
        self.assertEqual(done(self.phone.ignored(CALL)), [StopRinging(CALL)])
        self.assertIs(self.state(), PhoneCallState.SILENCED)
        declined = done(self.phone.declined(CALL))
        self.assertEqual(declined, [Ask(Decline(CALL, DeclineReason.DECLINED))])
        self.assertEqual(self.phone.declined(CALL), Refusal(ErrorCode.NO_SUCH_CALL))

    def test_the_caller_gives_up(self) -> None:
        """The ringing stops."""
        self.phone.call_changed(incoming(INVITED))
        outputs = self.phone.call_changed(incoming(LEFT, version=2))
        self.assertEqual(done(outputs), [StopRinging(CALL)])
        self.assertEqual(ended(outputs), [EndReason.CANCELLED])

    def test_a_call_that_was_over_before_it_came(self) -> None:
        """Nothing rings."""
        self.assertEqual(self.phone.call_changed(incoming(LEFT)), ())
        self.assertEqual(self.phone.call_changed(call_view(2, 1)), ())

    def test_another_call_rings_while_one_is_busy(self) -> None:
        """It can be answered once the other is held; while it is only dialled, it cannot."""
        self.dial(2, CARL)
        rings = done(self.phone.call_changed(incoming(INVITED)))
        self.assertEqual(rings, [Ring(CALL), NeedKey(CALL)])
        self.assertEqual(self.phone.accepted(CALL), WRONG_STATE)

    def test_others_ring_on(self) -> None:
        """Answering one call, or dialling, does not turn the others away."""
        for number, caller in ((1, BOB), (2, CARL)):
            self.phone.call_changed(incoming(INVITED, number, caller=caller))
        self.assertEqual(done(self.phone.accepted(CALL)), [StopRinging(CALL), Ask(Accept(CALL))])
        self.phone.hung_up(CALL)
        self.assertEqual(len(self.dial(5, BOB)), 1)

    def test_too_many_ring(self) -> None:
        """A bounded number, whatever the server sends."""
        phone = Phone(device_id("a1"), max_ringing=1)
        phone.call_changed(incoming(INVITED))
        crowded = phone.call_changed(incoming(INVITED, 2))
        self.assertEqual(crowded, (Ask(Decline(OTHER, BUSY)),))

    def test_muting(self) -> None:
        """The others are told while one talks, and not while it rings."""
        self.phone.call_changed(incoming(INVITED))
        self.assertEqual(self.phone.muted(CALL, True), WRONG_STATE)
        self.phone.accepted(CALL)
        self.assertEqual(done(self.phone.muted(CALL, True)), [Ask(SetMute(CALL, is_muted=True))])


class GlareTests(AnnasPhone):
    """Both dial each other."""

    def answer(self, answer: InviteOk | Refusal) -> list[PhoneOutput]:
        return done(self.phone.answered(Invite(OTHER, (BOB,), COMMITMENT), answer))

    def test_meeting_in_a_call_that_came_first(self) -> None:
        """It does not ring; after the server's word the microphone may open in it."""
        self.dial(2)
        self.assertEqual(done(self.phone.call_changed(incoming(INVITED))), [])
        self.assertIs(self.state(), PhoneCallState.MEETING)
        self.assertEqual(done(self.phone.call_changed(incoming(ACTIVE, version=2))), [])
        met = self.answer(InviteOk(CALL))
        self.assertEqual(met, [Met(OTHER, CALL), NeedKey(CALL), OpenMicrophone(CALL, StreamId(20))])
        self.assertIsNone(self.state(OTHER))

    def test_meeting_in_a_call_not_yet_seen(self) -> None:
        """The view that follows opens the microphone, if it is of whom the user dialled."""
        self.dial(2)
        self.assertEqual(self.answer(InviteOk(CALL)), [Met(OTHER, CALL), NeedKey(CALL)])
        opened = done(self.phone.call_changed(incoming(ACTIVE)))
        self.assertEqual(opened, [OpenMicrophone(CALL, StreamId(20))])

    def test_meeting_once_the_talk_has_begun(self) -> None:
        """A server that names another call then is not believed: that one is left."""
        self.dial(2)
        self.phone.call_changed(incoming_two(ACTIVE))
        self.assertEqual(self.answer(InviteOk(CALL)), [Ask(Leave(CALL))])
        self.assertIs(self.state(OTHER), PhoneCallState.TALKING)

    def test_meeting_somebody_else(self) -> None:
        """A server that puts another person there opens nothing."""
        self.dial(2)
        self.answer(InviteOk(CALL))
        outputs = self.phone.call_changed(incoming(ACTIVE, caller=CARL))
        self.assertEqual(done(outputs), [Ask(Leave(CALL, e2e_failed=True))])

    def test_meeting_in_a_call_that_rings_from_another(self) -> None:
        """What the server names cannot be meant: both calls are over."""
        for caller in (BOB, CARL):
            self.phone = Phone(device_id("a1"))
            self.dial(2, BOB)
            self.phone.answered(Invite(OTHER, (BOB,), COMMITMENT), InviteOk(OTHER))
            self.phone.hung_up(OTHER)
            self.phone.call_changed(incoming(INVITED, caller=caller))
            self.assertEqual(self.answer(InviteOk(CALL)), [StopRinging(CALL), Ask(Leave(CALL))])

    def test_dialling_who_rings(self) -> None:
        """The ringing stops and waits for the server's word."""
        self.phone.call_changed(incoming(INVITED))
        self.assertEqual(self.dial(2)[0], StopRinging(CALL))
        self.assertEqual(self.answer(InviteOk(CALL)), [Met(OTHER, CALL)])

    def test_it_does_not_come_to_that(self) -> None:
        """The other call rings, whether the Invite was refused or stands."""
        for answer in (WRONG_STATE, InviteOk(OTHER)):
            self.setUp()
            self.dial(2)
            self.phone.call_changed(incoming(INVITED))
            self.assertEqual(self.answer(answer), [Ring(CALL), NeedKey(CALL)])

    def test_hanging_up_before_the_answer(self) -> None:
        """The call they met in is left as soon as it is known, seen or not."""
        for is_seen in (True, False):
            self.setUp()
            self.dial(2)
            if is_seen:
                self.phone.call_changed(incoming(INVITED))
            self.assertEqual(done(self.phone.hung_up(OTHER)), [Ask(Cancel(OTHER))])
            self.assertEqual(self.answer(InviteOk(CALL)), [Ask(Leave(CALL))])
            self.assertEqual(self.phone.calls(), ())

    def test_hanging_up_and_answering_after_all(self) -> None:
        """What the user has accepted by now goes on."""
        self.dial(2)
        self.phone.hung_up(OTHER)
        self.phone.call_changed(incoming(INVITED))
        self.phone.accepted(CALL)
        self.assertEqual(self.answer(InviteOk(CALL)), [])
        self.assertIs(self.state(), PhoneCallState.ACCEPTING)

    def test_other_calls_of_the_same_person(self) -> None:
        """One is met, the others ring."""
        for is_hung_up in (False, True):
            self.setUp()
            for number in (1, 3):
                self.phone.call_changed(incoming(INVITED, number))
            self.dial(2)
            if is_hung_up:
                self.phone.hung_up(OTHER)
            outputs = self.answer(InviteOk(CALL))
            self.assertEqual(outputs[-1], Ring(call_id(3)))


class ConnectionTests(AnnasPhone):
    """Coming back, and not."""

    def test_a_call_that_ended_meanwhile(self) -> None:
        """What the snapshot does not hold is over; what it holds is taken as news."""
        self.phone.call_changed(incoming(INVITED))
        self.phone.accepted(CALL)
        self.phone.call_changed(incoming(ACTIVE, version=2))
        self.assertEqual(self.phone.resumed([incoming(ACTIVE, version=2)]), ())
        outputs = self.phone.resumed([incoming(INVITED, 2, caller=CARL)])
        self.assertEqual(ended(outputs), [EndReason.NETWORK_LOST])
        self.assertEqual(done(outputs), [CloseMicrophone(CALL), Ring(OTHER), NeedKey(OTHER)])

    def test_an_invite_on_its_way_stays(self) -> None:
        """Its answer will come."""
        self.dial()
        self.assertEqual(self.phone.resumed([]), ())
        self.assertIs(self.state(), PhoneCallState.DIALLING)
        self.phone.answered(Invite(CALL, (BOB,), COMMITMENT), InviteOk(CALL))
        self.assertEqual(ended(self.phone.resumed([])), [EndReason.NETWORK_LOST])

    def test_a_call_that_was_left_here(self) -> None:
        """It is left once more when the server still has it, and not when it left there too."""
        self.dial()
        self.phone.hung_up(CALL)
        self.assertEqual(self.phone.resumed([outgoing(DIALING)]), (Ask(Leave(CALL)),))
        self.assertEqual(self.phone.resumed([outgoing(LEFT)]), ())

    def test_gone_for_good(self) -> None:
        """Everything is over, closed and silent."""
        self.phone.call_changed(incoming(INVITED))
        self.phone.call_changed(incoming(INVITED, 2))
        self.phone.accepted(CALL)
        self.phone.call_changed(incoming(ACTIVE, version=2))
        over = done(self.phone.disconnected())
        self.assertEqual(over, [CloseMicrophone(CALL), StopRinging(OTHER)])
        self.assertEqual(self.phone.calls(), ())


class MicrophoneRuleTests(SynchronousTestCase):
    """No message can open the microphone."""

    @settings(deadline=None, max_examples=400)
    @given(st.lists(STEPS, max_size=25))
    def test_whatever_the_server_sends(self, steps: list[tuple[str, object]]) -> None:
        """It opens only in a call the user dialled or accepted, with whom he meant."""
        listener = Listener()
        for kind, what in steps:
            listener.step(kind, what)
            talking = [
                call.call_id
                for call in listener.phone.calls()
                if call.state is PhoneCallState.TALKING
            ]
            self.assertEqual(talking, [] if listener.open is None else [listener.open])

    def test_a_call_forced_upon_it(self) -> None:
        """A ringing call that the server calls active ends; an unknown one is left."""
        phone = Phone(device_id("a1"))
        phone.call_changed(incoming(INVITED))
        forced = phone.call_changed(incoming(ACTIVE, version=2))
        self.assertEqual(done(forced), [StopRinging(CALL), Ask(Leave(CALL))])
        self.assertEqual(phone.call_changed(incoming(ACTIVE, 2)), (Ask(Leave(OTHER)),))
        self.assertEqual(phone.call_changed(incoming(ACTIVE, 2, version=2)), ())

    def test_somebody_added_in_silence(self) -> None:
        """An active leg of whom the user neither dialled nor saw calling ends the call."""
        phone = Phone(device_id("a1"))
        phone.dialled((BOB,), CALL, COMMITMENT)
        phone.call_changed(outgoing(ACTIVE))
        ghost = outgoing(ACTIVE, 2).legs
        view = call_view(1, 2, *ghost, leg_view(3, CARL, "c1", ACTIVE))
        outputs = phone.call_changed(view)
        self.assertEqual(done(outputs), [CloseMicrophone(CALL), Ask(Leave(CALL, e2e_failed=True))])

    def test_only_so_many_ended_calls_are_remembered(self) -> None:
        """An old one that comes again is a new call, which rings and no more."""
        phone = Phone(device_id("a1"))
        for number in range(1, CALLS_REMEMBERED + 2):
            phone.call_changed(incoming(INVITED, number))
            phone.declined(call_id(number))
        self.assertEqual(phone.call_changed(incoming(INVITED, 2)), ())
        self.assertEqual(done(phone.call_changed(incoming(INVITED, 1)))[0], Ring(CALL))

"""All calls of one node: the rules across calls, asked for through the switchboard's door."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import (
    ANNA,
    BOB,
    CARL,
    COMMITMENT,
    KEY,
    Desk,
    call_id,
    invite,
    opened,
    session_id,
)
from voip.core.call_limits import CallLimits
from voip.core.call_messages import (
    Accept,
    AddParticipant,
    Alerting,
    Cancel,
    Decline,
    E2eArrived,
    E2eRelay,
    Invite,
    InviteOk,
    Leave,
    QualityReport,
    SealedPart,
    SetMute,
)
from voip.core.calls import DeclineReason, EndReason, LegKey, LegState
from voip.core.effects import CallEnded, CallStarted, SetReceivers, StartTimer, StopTimer
from voip.core.errors import ErrorCode, Refusal
from voip.core.events import (
    Asked,
    CallEndedByOperator,
    Draining,
    ServerStopping,
    SessionClosed,
    TimerFired,
)
from voip.core.ids import CallId, LegNumber, SessionId, Username
from voip.core.messages import Done
from voip.core.switchboard import Switchboard, SwitchboardLimits
from voip.core.timers import NoAnswer

CALL, OTHER = call_id(1), call_id(2)
WRONG_STATE = Refusal(ErrorCode.WRONG_STATE)
NO_SUCH_CALL = Refusal(ErrorCode.NO_SUCH_CALL)


class InviteTests(SynchronousTestCase):
    """Who may start a call."""

    def setUp(self) -> None:
        self.desk = Desk()

    def test_a_call_begins(self) -> None:
        """The caller has his answer, the log its line, the timer runs, each device is told."""
        self.assertEqual(self.desk.ask("a1", invite(BOB)), InviteOk(CALL))
        started, timer, *_ = self.desk.effects
        self.assertEqual(started, CallStarted(CALL, ANNA, (BOB,)))
        self.assertEqual(timer, StartTimer(NoAnswer(CALL, BOB), 45.0))
        for device in ("a1", "b1", "b2"):
            self.assertEqual(
                self.desk.states(device), [LegState.DIALING, LegState.INVITED, LegState.INVITED]
            )

    def test_offline_and_absent_look_alike(self) -> None:
        """The call is taken and ends at once as unavailable, without a timer."""
        self.desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        self.desk.switchboard.receive(SessionClosed(session_id("c1")), 0.0)
        seen = []
        for number, name in enumerate((CARL, Username("nobody")), 1):
            self.assertEqual(self.desk.ask("a1", invite(name, number)), InviteOk(call_id(number)))
            view = self.desk.view("a1")
            self.assertIs(view.ended, EndReason.UNAVAILABLE)
            seen.append([(leg.state, leg.end_reason) for leg in view.legs])
            timers = [one.key for one in self.desk.effects if isinstance(one, StartTimer)]
            self.assertFalse([key for key in timers if isinstance(key, NoAnswer)])
        self.assertEqual(seen[0], seen[1])

    def test_what_no_correct_client_sends(self) -> None:
        """Each flaw is named by its field; nothing begins."""
        flawed = {
            "call_id": Invite(CallId(b"short"), (BOB,), COMMITMENT),
            "commitment": Invite(CALL, (BOB,), b"short"),
            "callees": Invite(CALL, (BOB, BOB), COMMITMENT),
        }
        for field, request in flawed.items():
            refusal = Refusal(ErrorCode.BAD_REQUEST, field)
            self.assertEqual(self.desk.ask("a1", request), refusal)
            self.assertEqual(self.desk.effects, [])
        for callees in ((), (ANNA,), (BOB, ANNA)):
            refusal = Refusal(ErrorCode.BAD_REQUEST, "callees")
            self.assertEqual(self.desk.ask("a1", Invite(CALL, callees, COMMITMENT)), refusal)

    def test_the_same_invite_again(self) -> None:
        """It has the same answer and does nothing, even when the call is over."""
        self.desk.ask("a1", invite(BOB))
        self.assertEqual(self.desk.ask("a1", invite(BOB)), InviteOk(CALL))
        self.assertEqual(self.desk.effects, [])
        self.desk.ask("a1", Cancel(CALL))
        self.assertEqual(self.desk.ask("a1", invite(BOB)), InviteOk(CALL))
        self.assertEqual(self.desk.effects, [])

    def test_anothers_call_id(self) -> None:
        """A call's id is taken while the call lives."""
        self.desk.ask("a1", invite(BOB))
        self.desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        self.assertEqual(self.desk.ask("c1", invite(BOB)), Refusal(ErrorCode.CALL_EXISTS))

    def test_one_call_at_a_time(self) -> None:
        """Who dials or talks cannot start or take another; who rings can."""
        self.desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        self.desk.ask("a1", invite(BOB))
        self.assertEqual(self.desk.ask("a1", invite(CARL, 2)), WRONG_STATE)
        self.desk.ask("c1", invite(BOB, 2))
        self.assertEqual(self.desk.ask("b1", Accept(CALL)), Done())
        self.assertEqual(self.desk.ask("b1", Accept(OTHER)), WRONG_STATE)
        self.assertEqual(self.desk.ask("b1", invite(CARL, 3)), WRONG_STATE)
        self.assertEqual(self.desk.ask("b2", Accept(OTHER)), Done())

    def test_too_many_devices(self) -> None:
        """A call has a largest number of legs, and is refused beyond it."""
        desk = Desk(Switchboard(SwitchboardLimits(calls=CallLimits(max_legs=2))))
        self.assertEqual(desk.ask("a1", invite(BOB)), Refusal(ErrorCode.CALL_FULL))
        self.assertEqual(desk.ask("b1", invite(ANNA)), InviteOk(CALL))

    def test_a_device_rings_for_a_few_only(self) -> None:
        """One more call finds that device busy; a call it talks in does not count."""
        desk = Desk(Switchboard(SwitchboardLimits(calls=CallLimits(max_ringing=1))))
        for name in ("c1", "d1", "e1"):
            desk.switchboard.receive(opened(Username(name), name), 0.0)
        desk.ask("c1", invite(ANNA, 1))
        desk.ask("d1", invite(ANNA, 2))
        self.assertEqual(desk.reasons("d1"), [EndReason.BUSY, EndReason.BUSY])
        desk.ask("a1", Accept(call_id(1)))
        desk.ask("e1", invite(ANNA, 3))
        self.assertEqual(desk.states("e1"), [LegState.DIALING, LegState.INVITED])

    def test_none_begins_while_the_server_stops(self) -> None:
        """Calls end for that reason and new ones are refused."""
        self.desk.ask("a1", invite(BOB))
        self.desk.effects = self.desk.switchboard.receive(ServerStopping(), 0.0)
        self.assertEqual(self.desk.reasons("b1"), [EndReason.SERVER_STOP] * 3)
        self.assertEqual(self.desk.ask("a1", invite(BOB, 2)), Refusal(ErrorCode.SHUTTING_DOWN))

    def test_none_begins_during_maintenance(self) -> None:
        """What is in progress goes on: it can be answered, also by calling back, and added to."""
        self.desk.ask("a1", invite(BOB))
        self.assertEqual(self.desk.switchboard.receive(Draining(is_on=True), 0.0), [])
        self.assertEqual(self.desk.ask("b2", invite(CARL, 2)), Refusal(ErrorCode.MAINTENANCE))
        self.assertEqual(self.desk.ask("b1", invite(ANNA, 3)), InviteOk(CALL))
        self.desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        self.assertEqual(self.desk.ask("a1", AddParticipant(CALL, (CARL,))), Done())
        self.desk.switchboard.receive(Draining(is_on=False), 0.0)
        self.assertEqual(self.desk.ask("b2", invite(CARL, 2)), InviteOk(OTHER))

    def test_one_that_the_operator_ends(self) -> None:
        """Everybody in it is told why; what has ended is nobody's concern."""
        self.desk.ask("a1", invite(BOB))
        self.desk.ask("b1", Accept(CALL))
        ending = CallEndedByOperator(CALL)
        self.desk.effects = self.desk.switchboard.receive(ending, 0.0)
        self.assertEqual(self.desk.reasons("a1")[:2], [EndReason.OPERATOR] * 2)
        [ended] = [one for one in self.desk.effects if isinstance(one, CallEnded)]
        self.assertEqual(
            [ended.outcome, *(one.outcome for one in ended.participants)], [EndReason.OPERATOR] * 3
        )
        self.assertEqual(self.desk.switchboard.receive(ending, 0.0), [])


def sealed(to_leg: int, message: bytes) -> E2eRelay:
    """One sealed message for one leg."""
    return E2eRelay(CALL, (SealedPart(LegNumber(to_leg), message),))


class GlareTests(SynchronousTestCase):
    """Two people who call each other meet in the call that came first."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.desk.ask("a1", invite(BOB, 1))

    def test_the_second_invite_accepts_the_first(self) -> None:
        """Its answer names the first call, in which both talk; the other device stops."""
        self.assertEqual(self.desk.ask("b1", invite(ANNA, 2)), InviteOk(CALL))
        self.assertEqual(self.desk.states("a1"), [LegState.ACTIVE, LegState.ACTIVE, LegState.LEFT])
        self.assertIn(StopTimer(NoAnswer(CALL, BOB)), self.desk.effects)
        self.assertEqual(len(self.desk.switchboard.calls(0.0)), 1)

    def test_its_key_follows(self) -> None:
        """Once, by Alerting, though nothing rang."""
        self.desk.ask("b1", invite(ANNA, 2))
        self.assertEqual(self.desk.ask("b1", Alerting(CALL, KEY)), Done())
        self.assertEqual(self.desk.view("a1").legs[1].key, KEY)
        self.assertEqual(self.desk.ask("b1", Alerting(CALL, KEY)), WRONG_STATE)

    def test_asked_again_it_answers_the_same(self) -> None:
        """The repeated Invite is not a second acceptance."""
        self.desk.ask("b1", invite(ANNA, 2))
        self.assertEqual(self.desk.ask("b1", invite(ANNA, 2)), InviteOk(CALL))
        self.assertEqual(self.desk.effects, [])

    def test_calling_somebody_else_is_no_glare(self) -> None:
        """A device that rings may call a third person."""
        self.desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        self.assertEqual(self.desk.ask("b1", invite(CARL, 2)), InviteOk(OTHER))


class RequestTests(SynchronousTestCase):
    """Requests about a call that is there."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        self.desk.ask("a1", invite(BOB))

    def test_a_talk_from_ringing_to_hanging_up(self) -> None:
        """Each step is answered by Done and told to all."""
        self.assertEqual(self.desk.ask("b1", Alerting(CALL, KEY)), Done())
        self.assertEqual(self.desk.states("a1")[1], LegState.RINGING)
        self.desk.now += 1
        self.assertEqual(self.desk.ask("b1", Accept(CALL)), Done())
        self.assertIn(StopTimer(NoAnswer(CALL, BOB)), self.desk.effects)
        self.assertEqual(self.desk.ask("b1", SetMute(CALL, is_muted=True)), Done())
        self.assertTrue(self.desk.view("a1").legs[1].is_muted)
        self.assertEqual(self.desk.ask("a1", QualityReport(CALL, 0, 1, 2)), Done())
        self.assertEqual(self.desk.effects, [])
        self.desk.now += 2.5
        self.assertEqual(self.desk.ask("a1", Leave(CALL)), Done())
        ended = self.desk.effects[-1]
        assert isinstance(ended, CallEnded)
        self.assertEqual((ended.call_id, ended.caller), (CALL, ANNA))
        self.assertEqual((ended.outcome, ended.talked_seconds), (EndReason.HANGUP, 2.5))

    def test_how_it_sounds_is_told_where_it_sounds(self) -> None:
        """Another device of the same person changes nothing of what is kept."""
        self.desk.ask("b1", Accept(CALL))
        self.desk.ask("b1", QualityReport(CALL, 12, 3, 40))
        self.assertEqual(self.desk.ask("b2", QualityReport(CALL, 1000, 3, 4000)), WRONG_STATE)
        self.desk.ask("a1", Leave(CALL))
        [ended] = [one for one in self.desk.effects if isinstance(one, CallEnded)]
        bob = ended.participants[1]
        self.assertEqual((bob.has_reported, bob.lost_per_mille, bob.rtt_ms), (True, 12, 40))

    def test_saying_no(self) -> None:
        """Declining ends the call, and its timer."""
        self.assertEqual(self.desk.ask("b2", Decline(CALL, DeclineReason.DECLINED)), Done())
        self.assertIn(StopTimer(NoAnswer(CALL, BOB)), self.desk.effects)
        self.assertEqual(self.desk.reasons("a1"), [EndReason.DECLINED] * 3)

    def test_keys_that_do_not_hold(self) -> None:
        """Leaving for that is told, even while it rings."""
        self.assertEqual(self.desk.ask("a1", Leave(CALL, e2e_failed=True)), Done())
        self.assertEqual(self.desk.reasons("b1"), [EndReason.E2E_FAILED] * 3)

    def test_what_a_leg_cannot_do_now(self) -> None:
        """It is refused and nothing happens."""
        self.desk.ask("b2", Decline(CALL, DeclineReason.BUSY))
        for device, request in (
            ("a1", Accept(CALL)),
            ("a1", Alerting(CALL, KEY)),
            ("b1", Cancel(CALL)),
            ("b1", SetMute(CALL, is_muted=True)),
            ("b2", Accept(CALL)),
            ("b2", QualityReport(CALL, 0, 0, 0)),
        ):
            self.assertEqual(self.desk.ask(device, request), WRONG_STATE, request)
            self.assertEqual(self.desk.effects, [])

    def test_a_call_one_is_not_in_looks_absent(self) -> None:
        """A stranger learns nothing from a call id."""
        for request in (Accept(CALL), Leave(CALL), sealed(1, b"")):
            self.assertEqual(self.desk.ask("c1", request), NO_SUCH_CALL)
        self.assertEqual(self.desk.ask("c1", Accept(OTHER)), NO_SUCH_CALL)

    def test_a_call_that_ended_is_gone(self) -> None:
        """Nothing of it stays; its streams can be had again."""
        self.desk.ask("a1", Cancel(CALL))
        self.assertEqual(self.desk.switchboard.calls(0.0), ())
        self.assertEqual(self.desk.ask("b1", Accept(CALL)), NO_SUCH_CALL)

    def test_keys_of_another_size(self) -> None:
        """They would travel to everybody at each change, and serve nobody."""
        refusal = Refusal(ErrorCode.BAD_REQUEST, "key")
        for public, signature in ((1217, 64), (1215, 64), (1216, 65), (1216, 63)):
            key = LegKey(bytes(public), bytes(signature))
            self.assertEqual(self.desk.ask("b1", Alerting(CALL, key)), refusal)
        self.assertEqual(self.desk.ask("b1", Alerting(CALL, KEY)), Done())

    def test_sealed_messages(self) -> None:
        """They reach the other leg alone, up to a size."""
        self.assertEqual(self.desk.ask("b2", sealed(1, bytes(8192))), Done())
        arrived = E2eArrived(CALL, LegNumber(3), bytes(8192))
        self.assertEqual(self.desk.told("a1"), [arrived])
        self.assertEqual(len(self.desk.effects), 1)
        self.assertEqual(self.desk.ask("b2", sealed(7, b"")), WRONG_STATE)
        refusal = Refusal(ErrorCode.BAD_REQUEST, "sealed")
        self.assertEqual(self.desk.ask("b2", sealed(1, bytes(8193))), refusal)

    def test_nobody_answers(self) -> None:
        """The timer ends the call; a timer that means nothing any more does nothing."""
        fired = TimerFired(NoAnswer(CALL, BOB))
        self.desk.effects = self.desk.switchboard.receive(fired, 0.0)
        self.assertEqual(self.desk.reasons("b1"), [EndReason.NO_ANSWER] * 3)
        self.assertNotIn(StopTimer(NoAnswer(CALL, BOB)), self.desk.effects)
        self.assertEqual(self.desk.switchboard.receive(fired, 0.0), [])

    def test_a_call_that_leaves_does_not_free_a_talker(self) -> None:
        """Who talks stays engaged when another call stops ringing there."""
        self.desk.ask("c1", invite(BOB, 2))
        self.desk.ask("b1", Accept(CALL))
        self.desk.ask("c1", Cancel(OTHER))
        self.assertEqual(self.desk.ask("b1", invite(CARL, 3)), WRONG_STATE)


CALL_IDS = st.sampled_from([CALL, OTHER])
REQUESTS = st.one_of(
    st.builds(Accept, CALL_IDS),
    st.builds(Alerting, CALL_IDS, st.just(KEY)),
    st.builds(Decline, CALL_IDS, st.sampled_from(DeclineReason)),
    st.builds(Cancel, CALL_IDS),
    st.builds(Leave, CALL_IDS, st.booleans()),
    st.builds(SetMute, CALL_IDS, st.booleans()),
    st.builds(QualityReport, CALL_IDS, st.just(0), st.just(0), st.just(0)),
    st.builds(
        E2eRelay,
        CALL_IDS,
        st.integers(1, 3).map(lambda leg: (SealedPart(LegNumber(leg), b"x"),)),
    ),
)


class IdentityTests(SynchronousTestCase):
    """Who acts is known from the session alone."""

    @settings(deadline=None, max_examples=150)
    @given(st.lists(st.tuples(st.sampled_from(["a1", "b1", "b2"]), REQUESTS), max_size=8), REQUESTS)
    def test_a_stranger_touches_nothing(
        self, before: list[tuple[str, object]], request: Accept
    ) -> None:
        """Whatever state a call is in, one who is not in it changes and hears nothing of it."""
        desk = Desk()
        desk.switchboard.receive(opened(CARL, "c1"), 0.0)
        desk.ask("a1", invite(BOB))
        for device, earlier in before:
            desk.ask(device, earlier)  # type: ignore[arg-type]
        calls = desk.switchboard.calls(desk.now)
        self.assertEqual(desk.ask("c1", request), NO_SUCH_CALL)
        self.assertEqual(desk.effects, [])
        self.assertEqual(desk.switchboard.calls(desk.now), calls)

    @settings(deadline=None, max_examples=150)
    @given(
        st.lists(st.tuples(st.sampled_from(["a1", "b1", "b2"]), REQUESTS), max_size=8),
        st.sampled_from(["a1", "b1", "b2"]),
        st.sampled_from([Alerting(CALL, KEY), SetMute(CALL, is_muted=True)]),
    )
    def test_what_one_says_of_oneself_stays_with_oneself(
        self, before: list[tuple[str, object]], device: str, request: Alerting | SetMute
    ) -> None:
        """A key or a mute shows on the sender's leg and on no other."""
        desk = Desk()
        desk.ask("a1", invite(BOB))
        for sender, earlier in before:
            desk.ask(sender, earlier)  # type: ignore[arg-type]
        views = desk.switchboard.calls(desk.now)
        desk.ask(device, request)
        for old, new in zip(views, desk.switchboard.calls(desk.now), strict=True):
            pairs = zip(old.legs, new.legs, strict=True)
            changed = [leg.device_name for was, leg in pairs if was != leg]
            self.assertIn(changed, ([], [device]))

    def test_an_unknown_session_is_told_so(self) -> None:
        """It must log in again; nothing else happens."""
        asked = Asked(SessionId(bytes(16)), 3, invite(BOB))
        [reply] = Desk().switchboard.receive(asked, 0.0)
        self.assertEqual(reply.answer, Refusal(ErrorCode.SESSION_GONE))  # type: ignore[union-attr]


class StreamEffectTests(SynchronousTestCase):
    """What the relay is told."""

    def test_only_the_two_who_talk(self) -> None:
        """Opened at the answer, closed at the end, never before."""
        desk = Desk()
        desk.ask("a1", invite(BOB))
        self.assertFalse([one for one in desk.effects if isinstance(one, SetReceivers)])
        desk.ask("b1", Accept(CALL))
        receivers = [one.receivers for one in desk.effects if isinstance(one, SetReceivers)]
        self.assertEqual(receivers, [(session_id("b1"),), (session_id("a1"),)])
        desk.ask("b1", Leave(CALL))
        receivers = [one.receivers for one in desk.effects if isinstance(one, SetReceivers)]
        self.assertEqual(receivers, [(), ()])

"""Effects: each is carried out, and none of them hurts when its session is gone."""

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NotedRelay
from tests.server.someone import Counted
from voip.core.calls import EndReason
from voip.core.effects import (
    CallEnded,
    CallStarted,
    Effect,
    EndSession,
    Participant,
    Reply,
    SetGate,
    SetReceivers,
    StartTimer,
    StopTimer,
    Tell,
)
from voip.core.ids import CallId, SessionId, StreamId, Username
from voip.core.messages import Done, NoticeKind, ServerNotice
from voip.core.timers import PresenceDue, TimerKey
from voip.server.effects import Effects
from voip.server.media import MediaLegs
from voip.server.sessions import Sessions
from voip.server.timers import Timers
from voip.server.tunnels import Tunnels

GONE = SessionId(b"g" * 16)


def participants(callee: str, outcome: EndReason) -> tuple[Participant, ...]:
    """Ann, who called, and whom she called."""
    return (
        Participant(Username("ann"), True, True, outcome),
        Participant(Username(callee), False, True, outcome),
    )


class EffectsTests(SynchronousTestCase):
    """The hands of the switchboard; what they do for sessions is tested with conversations."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.fired: list[TimerKey] = []
        self.started: list[CallStarted] = []
        self.ended: list[CallEnded] = []
        relay = NotedRelay()
        media = MediaLegs(relay, Tunnels(relay), Counted(), "", 1)
        timers = Timers[TimerKey](self.clock, self.fired.append)
        self.effects = Effects(Sessions(), media, timers, self.started.append, self.ended.append)

    def test_effects_for_sessions_that_are_gone_do_nothing(self) -> None:
        """No error and no word in the log."""
        effects: list[Effect] = [
            Reply(GONE, 1, Done()),
            Tell(GONE, ServerNotice(NoticeKind.INFO)),
            SetReceivers(GONE, StreamId(1), (GONE,)),
            SetGate(GONE, StreamId(1), is_open=False),
            EndSession(GONE),
        ]
        with capturedLogs() as events:
            for effect in effects:
                self.effects.carry_out(effect)
        self.assertEqual(list(events), [])

    def test_timers_start_and_stop(self) -> None:
        """A stopped timer does not fire."""
        self.effects.carry_out(StartTimer(PresenceDue(), 1))
        self.effects.carry_out(StopTimer(PresenceDue()))
        self.clock.advance(2)
        self.effects.carry_out(StartTimer(PresenceDue(), 1))
        self.clock.advance(2)
        self.assertEqual(self.fired, [PresenceDue()])

    def test_a_call_s_end_is_logged_with_outcome_and_length(self) -> None:
        """Who called whom, how it went and for how long: readable by field."""
        ended = CallEnded(
            call_id=CallId(b"\xca" * 16),
            is_conference=False,
            caller=Username("ann"),
            participants=participants("bob", EndReason.HANGUP),
            outcome=EndReason.HANGUP,
            started_seconds_ago=70.0,
            talked_seconds=61.27,
        )
        with capturedLogs() as events:
            self.effects.carry_out(ended)
        event = events[0]
        self.assertEqual(
            (event["caller"], event["callees"], event["outcome"], event["seconds"]),
            ("ann", "bob", "hangup", 61.3),
        )
        self.assertEqual(self.ended, [ended])

    def test_a_call_s_beginning_is_told(self) -> None:
        """To who wants to know."""
        started = CallStarted(CallId(b"c" * 16), Username("ann"), (Username("bob"),))
        self.effects.carry_out(started)
        self.assertEqual(self.started, [started])

    def test_a_called_name_cannot_write_to_the_log_s_reader(self) -> None:
        """What somebody calls another is cleaned before it is logged, at both ends of the call."""
        forged = Username("\x1b[2Jbob\nmallory registered")
        call = CallId(b"c" * 16)
        with capturedLogs() as events:
            self.effects.carry_out(CallStarted(call, Username("ann"), (forged,)))
            self.effects.carry_out(
                CallEnded(
                    call_id=call,
                    is_conference=False,
                    caller=Username("ann"),
                    participants=participants(forged, EndReason.UNAVAILABLE),
                    outcome=EndReason.UNAVAILABLE,
                    started_seconds_ago=1.0,
                    talked_seconds=0.0,
                )
            )
        self.assertEqual([event["callees"] for event in events], ["bob mallory registered"] * 2)

"""Stream numbers and routes."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import call_id, session_id
from voip.core.effects import SetGate, SetReceivers
from voip.core.ids import StreamId
from voip.core.streams import LAST_STREAM, Routes, StreamNumbers, Voice

A, B, C = (Voice(session_id(name), StreamId(n)) for n, name in enumerate("abc", 1))


class StreamNumbersTests(SynchronousTestCase):
    """Numbers for the voices of a node."""

    def test_they_are_u16_and_not_zero(self) -> None:
        """There are 65535 of them."""
        self.assertEqual(StreamNumbers().free, LAST_STREAM)
        self.assertEqual(StreamNumbers().take(), 1)

    def test_a_freed_number_rests(self) -> None:
        """The circle goes on before it comes back, and steps over what is taken."""
        numbers = StreamNumbers(last=3)
        self.assertEqual([numbers.take(), numbers.take()], [1, 2])
        numbers.give_back(StreamId(1))
        self.assertEqual(numbers.free, 2)
        self.assertEqual([numbers.take(), numbers.take()], [3, 1])
        self.assertEqual(numbers.free, 0)
        numbers.give_back(StreamId(3))
        self.assertEqual(numbers.take(), 3)


class RoutesTests(SynchronousTestCase):
    """Who hears whom in a call."""

    def test_nobody_is_heard_alone(self) -> None:
        """One who talks to nobody has no open stream."""
        self.assertEqual(Routes().update([A], None), [])

    def test_two_hear_each_other(self) -> None:
        """Each stream goes to the other and not back."""
        self.assertEqual(Routes().update([A, B], None), [to(A, B), to(B, A)])

    def test_only_what_changed_is_said(self) -> None:
        """A third one changes all, the same again changes nothing."""
        routes = Routes()
        routes.update([A, B], None)
        self.assertEqual(routes.update([A, B], None), [])
        self.assertEqual(len(routes.update([A, B, C], None)), 3)

    def test_who_leaves_is_closed_first(self) -> None:
        """No stream stays open, neither of who left nor of who is alone then."""
        routes = Routes()
        routes.update([A, B, C], None)
        self.assertEqual(routes.update([A, B], None), [to(C), to(A, B), to(B, A)])
        self.assertEqual(routes.update([B], None), [to(A), to(B)])

    def test_who_holds_neither_hears_nor_is_heard(self) -> None:
        """The gate is shut before any stream is opened, and opened when the call is taken back."""
        routes = Routes()
        held = replace(A, is_active=False)
        routes.update([A, B], None)
        self.assertEqual(routes.update([held, B], None), [to(B), gate(A, False)])
        self.assertEqual(routes.update([A, B], None), [gate(A, True), to(B, A)])
        self.assertEqual(Routes().update([held, B], None), [gate(A, False), to(A, B)])

    def test_both_hold(self) -> None:
        """Nothing is open, and a gate shut stays so."""
        routes = Routes()
        held = [replace(A, is_active=False), replace(B, is_active=False)]
        self.assertEqual(routes.update(held, None), [gate(A, False), gate(B, False)])

    def test_who_is_muted_hears_and_is_not_heard(self) -> None:
        """Only the gate moves."""
        routes = Routes()
        routes.update([A, B], None)
        muted = replace(A, is_muted=True)
        self.assertEqual(routes.update([muted, B], None), [gate(A, False)])
        self.assertEqual(routes.update([B], None), [to(A), to(B), gate(A, True)])

    def test_a_listener_has_no_stream(self) -> None:
        """It hears all and is heard by nobody."""
        listener = replace(C, is_listener=True)
        self.assertEqual(Routes().update([A, B, listener], None), [to(A, B, C), to(B, A, C)])

    def test_a_conference_is_a_room(self) -> None:
        """Every stream is told again with it, once."""
        routes, room = Routes(), call_id(1)
        routes.update([A, B], None)
        expected = [replace(to(A, B), room=room), replace(to(B, A), room=room)]
        self.assertEqual(routes.update([A, B], room), expected)
        self.assertEqual(routes.update([A, B], room), [])


def to(sender: Voice, *receivers: Voice) -> SetReceivers:
    sessions = tuple(one.session for one in receivers)
    return SetReceivers(sender.session, sender.stream, sessions)


def gate(sender: Voice, is_open: bool) -> SetGate:
    return SetGate(sender.session, sender.stream, is_open)

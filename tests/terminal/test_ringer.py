"""What sounds while it rings, here or there."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import FakeController, as_controller, call_with, person
from voip.client.model import CallInfo, Change
from voip.client.voice.commands import Tone
from voip.core.calls import LegState
from voip.core.ids import CallId
from voip_terminal.ringer import Ringer
from voip_terminal.settings.values import Notify

BOB = person("bob")


def dialled(there: LegState) -> CallInfo:
    """A call to Bob, whose device stands like this."""
    call = call_with(BOB, LegState.DIALING)
    return replace(call, peers=(replace(call.peers[0], state=there),))


class RingerTests(SynchronousTestCase):
    """Calls come and go; the tones that were asked for are kept in order."""

    def setUp(self) -> None:
        self.fake = FakeController()
        self.notify = Notify()
        self.ringer = Ringer(as_controller(self.fake), lambda: self.notify)

    def tones_after(self, *calls: CallInfo) -> list[Tone | None]:
        """All tones so far, once these are the calls."""
        self.fake.change(Change.CALLS, calls=calls)
        self.ringer.follow()
        return self.fake.sound.tones

    def test_a_call_that_comes_in_rings_until_it_is_answered(self) -> None:
        """The tone is asked for once and ends at once."""
        rings = call_with(BOB, LegState.RINGING, is_incoming=True)
        self.assertEqual(self.tones_after(rings), [Tone.RING])
        self.assertEqual(self.tones_after(replace(rings, is_muted=True)), [Tone.RING])
        talks = replace(rings, state=LegState.ACTIVE)
        self.assertEqual(self.tones_after(talks), [Tone.RING, None])

    def test_a_silenced_call_does_not_sound(self) -> None:
        """Ignoring a call ends its ring."""
        rings = call_with(BOB, LegState.RINGING, is_incoming=True)
        self.tones_after(rings)
        self.assertEqual(self.tones_after(replace(rings, is_silenced=True))[-1], None)

    def test_a_second_call_is_soft(self) -> None:
        """Whoever talks is not deafened by the next one who calls."""
        talks = call_with(BOB, LegState.ACTIVE)
        rings = replace(
            call_with(person("carol"), LegState.RINGING, is_incoming=True),
            call_id=CallId(b"2" * 16),
        )
        self.assertEqual(self.tones_after(talks, rings), [Tone.WAITING])

    def test_ring_back_tells_that_it_rings_there(self) -> None:
        """Not before it does: silence says that nobody's device has answered yet."""
        self.assertEqual(self.tones_after(dialled(LegState.INVITED)), [])
        self.assertEqual(self.tones_after(dialled(LegState.RINGING)), [Tone.RING_BACK])
        self.assertEqual(self.tones_after()[-1], None)

    def test_who_wants_no_tones_gets_none(self) -> None:
        """And one that sounds ends when that is chosen."""
        rings = call_with(BOB, LegState.RINGING, is_incoming=True)
        self.tones_after(rings)
        self.notify = Notify(tones=False)
        self.assertEqual(self.tones_after(rings)[-1], None)

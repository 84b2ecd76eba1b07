"""How loud people are played, and that the voice engine knows it in every call."""

from twisted.trial.unittest import SynchronousTestCase

from voip.client.loudness import LOUDEST_DB, QUIETEST_DB, LoudnessOfPeople
from voip.client.voice.commands import SILENT_DB, SetVolume
from voip.core.ids import CallId, StreamId, Username

CALL, OTHER = CallId(b"1" * 16), CallId(b"2" * 16)
BOB, CAROL = Username("bob"), Username("carol")


class LoudnessTests(SynchronousTestCase):
    """Bob and Carol, in one call after the other."""

    def setUp(self) -> None:
        self.told: list[SetVolume] = []
        self.people = LoudnessOfPeople(self.told.append)

    def test_a_change_is_heard_at_once(self) -> None:
        """In the call that is on, and of the one person alone."""
        self.people.follow(CALL, {StreamId(1): BOB, StreamId(2): CAROL})
        self.people.set_volume(BOB, -6.0)
        self.assertEqual(self.told, [SetVolume(StreamId(1), -6.0)])

    def test_the_next_call_is_as_the_last_was(self) -> None:
        """A person stays as loud in a call that comes later, and is told of once in it."""
        self.people.set_volume(BOB, 3.0)
        self.people.follow(CALL, {StreamId(1): BOB, StreamId(2): CAROL})
        self.people.follow(CALL, {StreamId(1): BOB})
        self.people.follow(None, {})
        self.people.follow(OTHER, {StreamId(1): BOB})
        self.assertEqual(self.told, [SetVolume(StreamId(1), 3.0)] * 2)

    def test_muted_here_is_silent_and_comes_back_as_loud_as_before(self) -> None:
        """Muting somebody forgets no volume."""
        self.people.follow(CALL, {StreamId(1): BOB})
        self.people.set_volume(BOB, 3.0)
        self.people.set_muted(BOB, True)
        self.assertTrue(self.people.of(BOB).is_muted)
        self.people.set_muted(BOB, False)
        gains = [command.gain_db for command in self.told]
        self.assertEqual(gains, [3.0, SILENT_DB, 3.0])

    def test_absurd_volumes_are_bounded(self) -> None:
        """Whatever a face asks for, nobody's ears are hurt."""
        self.people.set_volume(BOB, 1e9)
        self.assertEqual(self.people.of(BOB).volume_db, LOUDEST_DB)
        self.people.set_volume(BOB, -1e9)
        self.assertEqual(self.people.of(BOB).volume_db, QUIETEST_DB)

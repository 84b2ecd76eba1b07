"""One end of the media path: does the server answer, and how soon."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import config, predictable
from voip.client.voice.commands import PathUp, Trouble, UdpUse, UseNetwork, VoiceTrouble
from voip.client.voice.path import MediaPath
from voip.wire.media_frames import Close, Media, Pad, Ping, Report


def ends(use: UdpUse = UdpUse.ON) -> tuple[MediaPath, MediaPath]:
    """The near end and the far one."""
    network = UseNetwork(use)
    return (
        MediaPath(config(), 0.0, predictable, network),
        MediaPath(config(is_far=True), 0.0, predictable, network),
    )


class PathTests(SynchronousTestCase):
    """PINGs, their answers, and silence."""

    def test_an_answer_means_that_the_path_is_up(self) -> None:
        """The first PONG is told once, with the round trip."""
        near, far = ends()
        (ping,) = near.handle_timer(0.0, is_talking=False)
        _, (pong,) = far.receive(ping, 0.020)
        self.assertEqual(near.receive(pong, 0.040), ([], []))
        self.assertEqual(near.take_reports(), [PathUp(40.0)])
        (ping,) = near.handle_timer(20.0, is_talking=False)
        near.receive(far.receive(ping, 20.0)[1][0], 20.080)
        self.assertEqual(near.take_reports(), [])

    def test_the_round_trip_is_that_of_most(self) -> None:
        """The median of the last five: one late answer, even the first, is soon of no account."""
        near, far = ends()
        shown = []
        for second, took in enumerate((0.090, 0.002, 0.004, 0.080, 0.003, 0.005, 0.070, 0.060)):
            (ping,) = near.handle_timer(float(second), is_talking=True)
            near.receive(far.receive(ping, float(second))[1][0], second + took)
            shown.append(round((near.rtt or 0.0) * 1000))
        self.assertEqual(shown, [90, 46, 4, 42, 4, 4, 5, 60])

    def test_the_rhythm_of_pings(self) -> None:
        """Half a second until one is answered, then a second in a call and the keep-alive else."""
        near, far = ends()
        (ping,) = near.handle_timer(0.0, is_talking=False)
        self.assertEqual(near.handle_timer(0.4, is_talking=False), [])
        self.assertEqual(near.next_ping_at, 0.5)
        near.receive(far.receive(ping, 0.4)[1][0], 0.4)
        near.handle_timer(0.5, is_talking=True)
        self.assertEqual(near.next_ping_at, 1.0)
        (ping,) = near.handle_timer(1.0, is_talking=True)
        near.receive(far.receive(ping, 1.1)[1][0], 1.1)
        self.assertEqual(near.handle_timer(1.2, is_talking=False), [])
        self.assertEqual(near.next_ping_at, 16.0)
        near.hurry(2.0)
        self.assertEqual(near.next_ping_at, 2.0)
        near.use_network(UseNetwork(UdpUse.ON, keepalive_seconds=7), 2.0)
        (ping,) = near.handle_timer(2.0, is_talking=False)
        near.receive(far.receive(ping, 2.0)[1][0], 2.0)
        self.assertEqual(near.next_ping_at, 9.0)

    def test_a_question_without_an_answer_is_asked_again(self) -> None:
        """After a second, then twice a second, long before the keep-alive is due."""
        near, far = ends()
        (ping,) = near.handle_timer(0.0, is_talking=False)
        near.receive(far.receive(ping, 0.0)[1][0], 0.0)
        near.handle_timer(15.0, is_talking=False)
        self.assertEqual(near.next_ping_at, 16.0)
        near.handle_timer(16.0, is_talking=False)
        self.assertEqual(near.next_ping_at, 16.5)

    def test_silence_is_told_after_five_seconds(self) -> None:
        """Without any answer UDP is told to be blocked, once; an answer after all is told too."""
        near, far = ends()
        pings = []
        for step in range(40):
            pings += near.handle_timer(step * 0.25, is_talking=True)
            if step * 0.25 < 5.0:
                self.assertEqual(near.take_reports(), [])
        self.assertEqual(near.take_reports(), [Trouble(VoiceTrouble.UDP_BLOCKED)])
        near.receive(far.receive(pings[-1], 10.0)[1][0], 10.0)
        self.assertIsInstance(near.take_reports()[0], PathUp)

    def test_a_path_that_falls_silent_later_is_told(self) -> None:
        """Five seconds after a question that stays unanswered, long after the path was up."""
        near, far = ends()
        near.receive(far.receive(near.handle_timer(0.0, True)[0], 0.0)[1][0], 0.0)
        near.take_reports()
        for second in range(1, 6):
            near.handle_timer(float(second), is_talking=True)
            self.assertEqual(near.take_reports(), [])
        near.handle_timer(6.0, is_talking=True)
        self.assertEqual(near.take_reports(), [Trouble(VoiceTrouble.UDP_BLOCKED)])

    def test_an_answer_to_nothing_is_nothing(self) -> None:
        """A PONG whose token was not asked, or asked too long ago, changes nothing."""
        near, far = ends()
        (first,) = near.handle_timer(0.0, is_talking=False)
        for number in range(1, 9):
            near.handle_timer(number * 0.5, is_talking=False)
        near.receive(far.receive(first, 4.0)[1][0], 4.0)
        self.assertIsNone(near.rtt)

    def test_frames_of_a_call_come_through(self) -> None:
        """MEDIA and REPORT are given on, padding and a goodbye are not, a PING is answered."""
        near, far = ends()
        media, report = Media(1, 20, 8, b"sealed"), Report(1, 5, 3)
        data = near.seal((Pad(3), media, Ping(b"12345678"), report, Close()))
        frames, answers = far.receive(data, 0.0)
        self.assertEqual(frames, [media, report])
        self.assertEqual(len(answers), 1)

    def test_a_datagram_counts_once(self) -> None:
        """A copy of it is dropped and counted."""
        near, far = ends()
        data = near.seal((Media(1, 20, 8, b"sealed"),))
        self.assertEqual(len(far.receive(data, 0.0)[0]), 1)
        self.assertEqual(far.receive(data, 0.0), ([], []))
        self.assertEqual(far.dropped, 1)

    def test_a_broken_frame_is_counted(self) -> None:
        """What comes before it in the datagram is still taken."""
        near, far = ends()
        whole = Media(1, 20, 8, b"sealed")
        data = near._sealer.seal(b"\x30\x00\x0b\x00\x01\x14\x00\x08sealed\xff")
        self.assertEqual(far.receive(data, 0.0)[0], [whole])
        self.assertEqual(far.dropped, 1)

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def test_noise_changes_nothing(self, data: bytes) -> None:
        """Whatever the bytes, they are counted and not answered."""
        near, _ = ends()
        self.assertEqual(near.receive(data, 0.0), ([], []))
        self.assertEqual(near.dropped, 1)

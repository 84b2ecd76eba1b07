"""The jitter buffer when nothing comes, or starts anew."""

from twisted.trial.unittest import SynchronousTestCase

from tests.media.listener import STEPS, WRAP, Listener, Sent, stalled, stream
from voip.media.levels import rms


class SilenceTests(SynchronousTestCase):
    """When nothing comes for long, and how it begins again."""

    def test_nothing_at_all_is_silence(self) -> None:
        """Block by block."""
        listener = Listener()
        self.assertEqual(rms(listener.hear(0.5)), 0)
        self.assertEqual(listener.stats.concealed, 0)

    def test_a_path_cut_off_becomes_silent(self) -> None:
        """After a fifth of a second."""
        listener = Listener()
        listener.hear(2.3, stream(100))
        self.assertEqual(rms(listener.hear(3.0)), 0)
        self.assertLessEqual(listener.stats.concealed, 20)

    def test_a_mute_of_any_length_is_no_loss(self) -> None:
        """The stream begins anew at its target, after a tenth of a second or an hour."""
        for pause in (0.1, 0.3, 5.0, 3600.0):
            listener = Listener()
            listener.hear(2.0 + min(pause, 0.5), stream(100))
            steps = round(pause / 0.0025)
            later = [
                Sent(
                    sent.sequence,
                    (sent.sequence * STEPS + steps) % WRAP,
                    sent.at + pause,
                    sent.data,
                    sent.is_first,
                )
                for sent in stream(200, first=100, begin=2.0)
            ]
            listener.now = 2.0 + pause
            listener.hear(pause + 5.9, later)
            stats = listener.stats
            self.assertEqual((stats.lost, stats.late), (0, 0), pause)
            self.assertLess(stats.buffer_ms, 75, pause)

    def test_a_pause_brings_the_delay_to_its_target(self) -> None:
        """A short mute is silence anyway, so nothing is lost by beginning anew."""
        listener = Listener()
        listener.hear(4.0, stream(200))
        self.assertGreater(listener.stats.buffer_ms, 35)
        again = [
            Sent(sent.sequence, sent.timestamp + 60, sent.at + 0.15, sent.data, sent.is_first)
            for sent in stream(100, first=200, begin=4.0)
        ]
        listener.hear(5.9, again)
        self.assertLess(listener.stats.buffer_ms, 32)

    def test_a_sink_that_starts_late_hears_the_newest(self) -> None:
        """What was said in two seconds before it started is not played after."""
        listener = Listener()
        for sent in stream(100):
            listener.put(sent)
        listener.now = 2.0
        listener.hear(5.0, [sent for sent in stream(300) if sent.sequence >= 100])
        self.assertLess(listener.stats.buffer_ms, 100)

    def test_a_path_that_stood_still_for_long_is_not_caught_up_with(self) -> None:
        """Of two seconds that come at once, what is older than the target is dropped."""
        listener = Listener()
        sent = stalled(stream(500), 3.0, 5.0)
        listener.hear(6.0, sent)
        self.assertGreater(listener.stats.late, 50)
        self.assertLess(listener.stats.buffer_ms, 450)
        listener.hear(9.9)
        self.assertLess(listener.stats.buffer_ms, 450)

    def test_a_backlog_while_playing_is_cut(self) -> None:
        """A sound card that stands still for a second does not leave a second of delay."""
        listener = Listener()
        sent = stream(500)
        listener.hear(2.0, sent[:100])
        for packet in sent[100:150]:
            listener.put(packet)
        listener.now = 3.0
        listener.hear(3.5, sent[150:])
        self.assertLess(listener.stats.buffer_ms, 150)
        self.assertGreater(listener.stats.late, 20)

    def test_a_sender_that_counts_anew_is_heard(self) -> None:
        """Far back in sequence, and with other timestamps."""
        listener = Listener()
        listener.hear(2.0, stream(100, first=5000))
        anew = [
            Sent(sent.sequence, (sent.timestamp + 7777) % WRAP, sent.at + 2.0, sent.data)
            for sent in stream(200)
        ]
        listener.hear(4.0, anew)
        before = listener.stats
        heard = listener.hear(5.9)
        self.assertGreater(rms(heard), 300)
        self.assertEqual((listener.stats.lost, listener.stats.late), (before.lost, before.late))

    def test_a_sender_whose_clock_jumps_is_heard(self) -> None:
        """A second forward, or half a minute back, without a gap in sequence or time."""
        for jump in (400, -12_000):
            listener = Listener()
            listener.hear(2.0, stream(100))
            jumped = [
                Sent(sent.sequence, (sent.timestamp + jump) % WRAP, sent.at, sent.data)
                for sent in stream(200, first=100, begin=2.0)
            ]
            listener.hear(3.0, jumped)
            before = listener.stats
            heard = listener.hear(5.9)
            self.assertGreater(rms(heard), 300)
            self.assertEqual((listener.stats.lost, listener.stats.late), (before.lost, before.late))

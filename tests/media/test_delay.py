"""How the delay of a jitter buffer is led."""

import itertools

from twisted.trial.unittest import SynchronousTestCase

from voip.media.delay import FIRST_TARGET_MS, LEAST_TARGET_MS, DelayControl


def control(delay: float, spread: float = 0.0, packets: int = 1000) -> DelayControl:
    """On a known path, with this delay now."""
    led = DelayControl()
    led.retarget(spread, packets, False)
    led.measure(delay)
    return led


def first_wish(led: DelayControl, is_pause: bool, frames: int = 10) -> float:
    """What it wants in the next frames."""
    return next((wish for _ in range(frames) if (wish := led.wish(is_pause))), 0.0)


class TargetTests(SynchronousTestCase):
    """DelayControl.retarget."""

    def test_an_unknown_path_gets_more_than_an_even_one(self) -> None:
        """After 2 s the least is enough."""
        led = DelayControl()
        led.retarget(0.0, 10, False)
        self.assertEqual(led.target_ms, FIRST_TARGET_MS)
        led.retarget(0.0, 1000, False)
        self.assertEqual(led.target_ms, LEAST_TARGET_MS)

    def test_redundancy_needs_a_frame_more(self) -> None:
        """What rebuilds a packet comes 20 ms after it."""
        led = DelayControl()
        led.retarget(50.0, 1000, True)
        self.assertEqual(led.target_ms, 70.0)

    def test_nobody_waits_longer_than_400_ms(self) -> None:
        """Talking is impossible then anyway."""
        led = DelayControl()
        led.retarget(900.0, 1000, True)
        self.assertEqual(led.target_ms, 400.0)

    def test_bounds_of_the_person_hold(self) -> None:
        """From the first packet on, whatever the path needs."""
        led = DelayControl(least_ms=80.0, most_ms=120.0)
        self.assertEqual((led.target_ms, led.delay_ms), (80.0, 80.0))
        for spread, packets, target in ((0.0, 10, 80.0), (0.0, 1000, 80.0), (300.0, 1000, 120.0)):
            led.retarget(spread, packets, False)
            self.assertEqual(led.target_ms, target)

    def test_a_coarse_playback_clock_is_waited_for(self) -> None:
        """A sound card that takes 40 ms at once needs some more in store."""
        led = control(60.0)
        for _ in range(50):
            for short in (-20.0, 0.0, 20.0):
                led.measure(60.0 + short)
        led.retarget(30.0, 1000, False)
        self.assertGreater(led.target_ms, 38.0)


class WishTests(SynchronousTestCase):
    """DelayControl.wish."""

    def test_nothing_is_wished_before_anything_is_measured(self) -> None:
        """Nor after a restart."""
        led = control(300.0)
        led.restart()
        self.assertEqual(first_wish(led, is_pause=True), 0.0)

    def test_near_the_target_all_is_well(self) -> None:
        """In speech and in pauses."""
        for is_pause in (True, False):
            self.assertEqual(first_wish(control(22.0), is_pause), 0.0)

    def test_too_short_is_mended_everywhere(self) -> None:
        """With a wish to grow."""
        for is_pause in (True, False):
            self.assertGreater(first_wish(control(30.0, spread=60.0), is_pause), 0.0)

    def test_too_long_is_left_alone_for_a_while(self) -> None:
        """25 ms over the target are given back in a pause after ten calm seconds."""
        led = control(45.0)
        self.assertEqual(first_wish(led, is_pause=True, frames=400), 0.0)
        self.assertEqual(first_wish(led, is_pause=False, frames=400), 0.0)
        self.assertEqual(first_wish(led, is_pause=True), -25.0)

    def test_trouble_ends_the_calm(self) -> None:
        """A stall shows that the delay was needed."""
        led = control(45.0)
        first_wish(led, is_pause=False, frames=600)
        led.moved(1.0)
        self.assertEqual(first_wish(led, is_pause=True), 0.0)

    def test_far_too_long_is_mended_in_speech(self) -> None:
        """Down to 30 ms over, with frames between the joints."""
        led = control(200.0)
        joints = []
        for frame in range(200):
            if led.wish(is_pause=False) < 0:
                led.joined(-10.0)
                joints.append(frame)
        self.assertTrue(40.0 <= led.delay_ms <= 50.0)
        self.assertTrue(all(later - earlier > 3 for earlier, later in itertools.pairwise(joints)))


class MeasureTests(SynchronousTestCase):
    """DelayControl.measure."""

    def test_the_first_measurement_stands_and_the_rest_are_filtered(self) -> None:
        """One reading moves it by a sixteenth."""
        led = control(50.0)
        self.assertEqual(led.delay_ms, 50.0)
        led.measure(66.0)
        self.assertEqual(led.delay_ms, 51.0)

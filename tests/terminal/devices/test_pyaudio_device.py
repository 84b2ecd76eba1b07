"""The sound card behind the interface, where there is none: what a person is told.

Sound that really comes through a card is tested in tests/system/test_sound_card.py.
"""

import json
import subprocess
import sys
from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.no_sound import no_sound
from voip_terminal.devices.pyaudio_device import (
    GONE_AFTER_SECONDS,
    STARTED_AFTER_CALLS,
    STARTS_WITHIN_SECONDS,
    Pulse,
    again_if_slow,
)

PROGRAM = """
import json
from voip.client.voice.devices import DeviceError
from voip_terminal.devices.pyaudio_device import open_devices
told = []
devices = open_devices()
for words in (("mic", "speaker"), ("mic:USB", "speaker:USB"), ("silence", "null")):
    for open_it, word in zip((devices.open_microphone, devices.open_speaker), words):
        try:
            told.append(open_it(word, lambda: None).name)
        except DeviceError as error:
            told.append(error.what.value)
told.append([devices.names().microphones, devices.names().speakers])
print(json.dumps(told))
"""


class NoCardTests(SynchronousTestCase):
    """In a process of its own, as PortAudio prints on stderr."""

    def test_a_missing_device_is_told(self) -> None:
        """No default device and no device of that name are told as what is missing; words for
        plain devices need no card."""
        program = [sys.executable, "-c", PROGRAM]
        with no_sound() as environment:
            answer = subprocess.run(program, env=environment, capture_output=True, check=True)
        missing = ["no_microphone", "no_speaker"]
        self.assertEqual(
            json.loads(answer.stdout), [*missing, *missing, "silence", "null", [[], []]]
        )


class SlowServerTests(SynchronousTestCase):
    """A sound server that is too busy to start a stream at once."""

    def setUp(self) -> None:
        self.asked = 0

    def opener(self, *outcomes: OSError | None) -> Callable[[], str]:
        """What comes of each attempt: an error, or a stream."""
        coming = iter(outcomes)

        def open_it() -> str:
            self.asked += 1
            error = next(coming)
            if error is not None:
                raise error
            return "stream"

        return open_it

    def test_a_stream_that_starts_too_slowly_is_asked_for_once_more(self) -> None:
        """The second attempt counts, whatever comes of it."""
        slow = OSError(-9987, "Wait timed out")
        self.assertEqual(again_if_slow(self.opener(slow, None)), "stream")
        self.assertRaises(OSError, again_if_slow, self.opener(slow, slow))
        self.assertEqual(self.asked, 4)

    def test_any_other_error_is_told_at_once(self) -> None:
        """A busy device does not get less busy by asking."""
        self.assertRaises(OSError, again_if_slow, self.opener(OSError(-9985, "Device unavailable")))
        self.assertEqual(self.asked, 1)


class PulseTests(SynchronousTestCase):
    """When a card counts as gone."""

    def test_a_card_that_starts_late_is_not_gone(self) -> None:
        """It has not been unplugged by not having begun, nor by pausing once its buffers are full:
        a sound server may do so for seconds."""
        for calls in (0, STARTED_AFTER_CALLS - 1):
            pulse = Pulse()
            self.assertFalse(pulse.has_stopped(calls, 100.0))
            self.assertFalse(pulse.has_stopped(calls, 100.0 + STARTS_WITHIN_SECONDS))
            self.assertTrue(pulse.has_stopped(calls, 100.1 + STARTS_WITHIN_SECONDS))

    def test_a_card_that_stopped_calling_is_gone(self) -> None:
        """Once it has begun, a shorter silence tells."""
        pulse = Pulse()
        pulse.has_stopped(0, 100.0)
        calls = STARTED_AFTER_CALLS
        self.assertFalse(pulse.has_stopped(calls, 110.0))
        self.assertFalse(pulse.has_stopped(calls, 110.0 + GONE_AFTER_SECONDS))
        self.assertTrue(pulse.has_stopped(calls, 110.1 + GONE_AFTER_SECONDS))

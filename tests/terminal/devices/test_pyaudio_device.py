"""The sound card behind the interface, where there is none: what a person is told.

Sound that really comes through a card is tested in tests/system/test_sound_card.py.
"""

import json
import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.no_sound import no_sound

PROGRAM = """
import json
from voip.client.voice.devices import DeviceError
from voip_terminal.devices.pyaudio_device import open_devices
told = []
for audio_in, audio_out in (("mic", "speaker"), ("mic:USB", "speaker:USB"), ("silence", "null")):
    devices = open_devices(audio_in, audio_out)
    for open_it in (devices.open_microphone, devices.open_speaker):
        try:
            told.append(open_it(lambda: None).name)
        except DeviceError as error:
            told.append(error.what.value)
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
        self.assertEqual(json.loads(answer.stdout), [*missing, *missing, "silence", "null"])

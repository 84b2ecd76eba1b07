"""Which engine a client gets, and where it runs."""

import sys

from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import FakeReactor
from voip.client.voice.engine import LocalVoiceEngine
from voip.client.voice.process_engine import ProcessVoiceEngine
from voip_terminal.voice import make_engine


class MakeEngineTests(SynchronousTestCase):
    """Files and silence here, sound cards in a process of their own."""

    def setUp(self) -> None:
        """A reactor that starts nothing."""
        self.reactor = FakeReactor()

    def test_files_and_silence_run_here(self) -> None:
        """No process is started for them, and no file is opened yet."""
        engine = make_engine(self.reactor, "/nowhere/in.wav", "null")
        self.assertIsInstance(engine, LocalVoiceEngine)
        self.assertEqual(self.reactor.processes, [])

    def test_a_sound_card_runs_in_its_own_process(self) -> None:
        """One real device is enough; the words go on the command line."""
        for audio_in, audio_out in (
            ("mic", "speaker"),
            ("mic:USB", "null"),
            ("silence", "speaker"),
        ):
            engine = make_engine(self.reactor, audio_in, audio_out, interface="127.0.0.5")
            self.assertIsInstance(engine, ProcessVoiceEngine)
            args = self.reactor.processes[-1].args
            self.assertEqual(args[0], sys.executable)
            self.assertEqual(args[-4:], (audio_in, audio_out, "127.0.0.5", ""))

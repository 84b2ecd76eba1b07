"""The names of the sound devices, from the process that looks for them."""

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import ProcessDone
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.no_sound import no_sound
from voip_terminal.devices.listing import (
    MAX_ANSWER_BYTES,
    DeviceNames,
    DeviceQuestion,
    encode_names,
    parse_names,
)

names = st.lists(st.text(max_size=20), max_size=5).map(tuple)


class ListingTests(SynchronousTestCase):
    """Both ends of the answer."""

    @settings(deadline=None)
    @given(names, names)
    def test_names_arrive(self, microphones: tuple[str, ...], speakers: tuple[str, ...]) -> None:
        """Whatever devices are called."""
        told = DeviceNames(microphones, speakers)
        self.assertEqual(parse_names(encode_names(told)), told)

    @settings(deadline=None)
    @given(st.binary(max_size=40))
    def test_noise_names_no_device(self, line: bytes) -> None:
        """A child that says something else knows no devices; nothing is raised."""
        self.assertEqual(parse_names(line), DeviceNames())

    def test_the_answer_comes_at_the_end(self) -> None:
        """Chunks are put together, stderr is left aside."""
        question = DeviceQuestion()
        said = encode_names(DeviceNames(("a",), ("b",)))
        question.outReceived(said[:9])
        question.errReceived(b"ALSA lib: nonsense")
        question.outReceived(said[9:])
        self.assertNoResult(question.answer)
        question.processEnded(Failure(ProcessDone(0)))
        self.assertEqual(self.successResultOf(question.answer), DeviceNames(("a",), ("b",)))

    def test_an_endless_answer_is_none(self) -> None:
        """No more is kept than any list of devices takes."""
        question = DeviceQuestion()
        for _ in range(3):
            question.outReceived(b"x" * MAX_ANSWER_BYTES)
        question.processEnded(Failure(ProcessDone(0)))
        self.assertEqual(self.successResultOf(question.answer), DeviceNames())

    def test_the_program_says_one_line(self) -> None:
        """Where there is no sound at all it names nothing, and does not fail."""
        program = [sys.executable, "-m", "voip_terminal.devices.listing"]
        with no_sound() as environment:
            answer = subprocess.run(program, env=environment, capture_output=True, check=True)
        self.assertEqual(parse_names(answer.stdout), DeviceNames())
        self.assertEqual(answer.stdout.count(b"\n"), 1)

"""What people hear of each other in a conference: quality, loudness and loss, in simulated time."""

from collections.abc import Sequence

import numpy as np
import pytest
from twisted.trial.unittest import SynchronousTestCase

from bench.score import score
from tests.system.pretended_room import PretendedRoom
from voip.media.samples import BLOCK_SAMPLES, FULL_SCALE, SAMPLE_RATE, Samples, silence
from voip.media.speech import FEMALE, MALE
from voip.media.wav import read_wav

pytestmark = pytest.mark.alone

PESQ_FLOOR = 3.5
_PAUSE = SAMPLE_RATE // 2
NOISE = 20.0
"""Of a quiet room, about -64 dBov: it is heard, too, and should not be what is rated."""


def blocks(sound: Samples) -> Sequence[Samples]:
    """Cut into blocks of 10 ms."""
    whole = len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return list(sound[:whole].reshape(-1, BLOCK_SAMPLES))


def sentences() -> list[Samples]:
    """What three people have to say."""
    male, female = read_wav(MALE), read_wav(FEMALE)
    return [male, female, (np.concatenate([female, male]) * 0.6).astype(np.int16)]


def turns(said: Sequence[Samples]) -> tuple[list[Samples], list[int]]:
    """One after the other, with pauses: what each says all the time, and where each begins."""
    begins, at = [], _PAUSE
    for sentence in said:
        begins.append(at)
        at += len(sentence) + _PAUSE
    at += -at % BLOCK_SAMPLES
    whole = [silence(at) for _ in said]
    for sound, begin, sentence in zip(whole, begins, said, strict=True):
        sound[begin : begin + len(sentence)] = sentence
    return whole, begins


class ThreePeopleTests(SynchronousTestCase):
    """Who hears whom, and how well."""

    def heard_in_turn(self, noisy: int) -> None:
        """Three speak in turn, with so many others in noisy rooms; all hear both others well."""
        said = sentences()
        whole, begins = turns(said)
        noise = np.random.default_rng(3)
        others = [
            np.rint(noise.normal(0, NOISE, len(whole[0]))).astype(np.int16) for _ in range(noisy)
        ]
        room = PretendedRoom(len(said) + noisy)
        self.addCleanup(room.close)
        heard = room.run([blocks(sound) for sound in (*whole, *others)])
        for listener in range(3):
            for speaker in {0, 1, 2} - {listener}:
                begin = begins[speaker]
                part = heard[listener][begin : begin + len(said[speaker]) + _PAUSE]
                rated = score(said[speaker], part, within_seconds=0.4)
                self.assertGreaterEqual(rated.pesq_wb, PESQ_FLOOR, (listener, speaker))
        for number in range(3 + noisy):
            self.assertEqual(room.figures(number).loss_total, 0.0, number)

    def test_each_is_heard_well_when_the_others_are_silent(self) -> None:
        """PESQ-WB of at least 3.5 for each of the two others, and nothing counts as lost."""
        self.heard_in_turn(noisy=0)

    def test_a_room_with_others_in_it_changes_nothing(self) -> None:
        """Three more, whose rooms are not silent: the relay passes those who speak from their
        first syllable on, and what it holds back is no loss."""
        self.heard_in_turn(noisy=3)

    def test_all_at_once_are_not_clipped(self) -> None:
        """Three loud voices at the same time: nothing is cut off, and nobody is drowned."""
        loud = [(read_wav(MALE) * 1.4).clip(-FULL_SCALE, FULL_SCALE).astype(np.int16)] * 2
        loud.append(np.roll(read_wav(FEMALE), 4_800))
        length = min(map(len, loud))
        room = PretendedRoom(3)
        self.addCleanup(room.close)
        heard = room.run([blocks(sound[:length]) for sound in loud])
        for ears in heard:
            self.assertEqual(int((np.abs(ears.astype(int)) >= FULL_SCALE).sum()), 0)
            self.assertGreater(int(np.abs(ears.astype(int)).max()), FULL_SCALE / 2)

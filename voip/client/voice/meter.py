"""A microphone that is only measured, to show in the settings that it hears: nothing of it is kept
or leaves.

Knows a microphone and its blocks; neither calls nor the network.
"""

import numpy as np

from voip.client.voice.chosen import ChosenDevices
from voip.client.voice.commands import Levels
from voip.media.levels import SILENCE_DB, decibels
from voip.media.samples import Samples


class Meter:
    """Opened when it is made, until `stop`."""

    def __init__(self, chosen: ChosenDevices) -> None:
        self._microphone = chosen.open_microphone()
        self._blocks: list[Samples] = []

    def move(self, due: int) -> None:
        """Let `due` beats pass."""
        self._blocks.extend(self._microphone.read(due))
        self._microphone.take_lost()

    def levels(self) -> Levels:
        """How loud it was since the last time."""
        blocks, self._blocks = self._blocks, []
        return Levels(decibels(np.concatenate(blocks)) if blocks else SILENCE_DB, ())

    def stop(self) -> None:
        """Close the microphone."""
        self._microphone.stop()

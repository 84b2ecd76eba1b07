"""Which tone sounds for the calls there are: a ring, a ring-back, a soft one while one talks.

It follows the model and tells the voice engine only when the tone changes, so a tone ends at once
with what it was for. It makes no sound itself.
"""

from collections.abc import Callable

from voip.client.model import Controller, Model
from voip.client.voice.commands import Tone
from voip.core.calls import LegState
from voip_terminal.calls import current, ringing, talking
from voip_terminal.settings.values import Notify


class Ringer:
    """``wanted`` gives the settings as they are now."""

    def __init__(self, controller: Controller, wanted: Callable[[], Notify]) -> None:
        self._controller = controller
        self._wanted = wanted
        self._tone: Tone | None = None

    def follow(self) -> None:
        """The model, or a setting, has changed."""
        tone = tone_for(self._controller.model) if self._wanted().tones else None
        if tone is not self._tone:
            self._tone = tone
            self._controller.sound.play_tone(tone)


def tone_for(model: Model) -> Tone | None:
    """What is to be heard beside voices."""
    if ringing(model) is not None:
        return Tone.RING if talking(model) is None else Tone.WAITING
    call = current(model)
    if call is None or call.state is not LegState.DIALING:
        return None
    rings_there = any(peer.state is LegState.RINGING for peer in call.peers)
    return Tone.RING_BACK if rings_there else None

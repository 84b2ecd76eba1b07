"""What others see of oneself, told at once when a call of this computer begins or ends.

The server knows it anyway and tells it a moment later, gathered with other changes. Until it does,
the top line goes by the calls in the model. It knows the model and a clock, and no screen.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from voip.client.model import Model
from voip.core.people import Presence
from voip_terminal.calls import joined

PATIENCE_SECONDS: Final = 1.5
"""So long after a call the server may take to tell; then it is right: one talks elsewhere too."""


class OwnPresence:
    """Follows the model; ``seen`` gives it with oneself as one is now."""

    def __init__(self, clock: IReactorTime, redraw: Callable[[], None]) -> None:
        self._clock = clock
        self._redraw = redraw
        self.before = Presence.AVAILABLE
        """What was told last, but for calls: what one has set, or away for having been idle."""
        self._is_in_call = False
        self._waiting: IDelayedCall | None = None

    def follow(self, model: Model) -> None:
        """The model has changed."""
        if model.me is not None and model.me.presence is not Presence.IN_CALL:
            self.before = model.me.presence
        was_in_call, self._is_in_call = self._is_in_call, bool(joined(model))
        if was_in_call and not self._is_in_call:
            self.stop()
            self._waiting = self._clock.callLater(PATIENCE_SECONDS, self._waited)

    def seen(self, model: Model) -> Model:
        """The model, with what is known already of one's own presence."""
        if model.me is None:
            return model
        if self._is_in_call:
            return replace(model, me=replace(model.me, presence=Presence.IN_CALL))
        if self._waiting is not None and model.me.presence is Presence.IN_CALL:
            return replace(model, me=replace(model.me, presence=self.before))
        return model

    def _waited(self) -> None:
        self._waiting = None
        self._redraw()

    def stop(self) -> None:
        """Wait no more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

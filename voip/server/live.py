"""The settings in force, which may change while the server runs.

Whoever needs one asks here each time it is used, or asks to be told of changes. It knows neither
files nor signals: who read new settings hands them to ``change``.
"""

from collections.abc import Callable

from voip.config import Settings
from voip.core.limits import ConnectionLimits


class LiveSettings:
    """One server's settings as they are now."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connections = settings.limits.of_connections()
        self._listeners: list[Callable[[Settings], None]] = []

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._settings

    @property
    def connections(self) -> ConnectionLimits:
        """The limits of connections that are made from now on."""
        return self._connections

    def on_change(self, listener: Callable[[Settings], None]) -> None:
        """Tell of each change, from now on."""
        self._listeners.append(listener)

    def change(self, settings: Settings) -> None:
        """Put others in force."""
        self._settings = settings
        self._connections = settings.limits.of_connections()
        for listener in self._listeners:
            listener(settings)

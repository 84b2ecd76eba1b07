"""The settings in force, which may change while the server runs.

Whoever needs one asks here each time it is used, or asks to be told of changes. It knows neither
files nor signals: who read new settings hands them to ``change``.
"""

from collections.abc import Callable
from dataclasses import replace

from voip.config import Limits, Settings
from voip.core.limits import ConnectionLimits


class LiveSettings:
    """One server's settings as they are now, and as they were written down last. ``fixed`` has the
    limits of connections that are no settings."""

    def __init__(self, settings: Settings, fixed: ConnectionLimits | None = None) -> None:
        self._written = settings
        self._settings = settings
        self._fixed = fixed or ConnectionLimits()
        self._connections = settings.limits.of_connections(self._fixed)
        self._listeners: list[Callable[[Settings], None]] = []

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._settings

    @property
    def written(self) -> Settings:
        """As the file and the command line have them."""
        return self._written

    @property
    def connections(self) -> ConnectionLimits:
        """The limits of connections that are made from now on."""
        return self._connections

    def on_change(self, listener: Callable[[Settings], None]) -> None:
        """Tell of each change, from now on; others that are the same are none."""
        self._listeners.append(listener)

    def change(self, settings: Settings) -> None:
        """Put others in force, which were read anew."""
        self._written = settings
        self._put_in_force(settings)

    def set_limits(self, limits: Limits) -> None:
        """Put other limits in force, which nothing but this server knows, until the next change."""
        self._put_in_force(replace(self._settings, limits=limits))

    def _put_in_force(self, settings: Settings) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        self._connections = settings.limits.of_connections(self._fixed)
        for listener in self._listeners:
            listener(settings)

"""How much the log tells: the weight that an event must have, for every observer there is.

twistd knows nothing of our settings and sets its observers up by itself, in one of its forms even
after it has started the service; so each of them is put behind a filter once the reactor runs, and
taken out again when the service stops. What the events say is their own affair.
"""

from collections.abc import Sequence
from typing import Final

from twisted.application.service import Service
from twisted.internet.interfaces import IReactorCore
from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    LogPublisher,
)

from voip.config import LogThreshold, Settings
from voip.server.live import LiveSettings

_LEVELS: Final = {
    LogThreshold.DEBUG: LogLevel.debug,
    LogThreshold.INFO: LogLevel.info,
    LogThreshold.WARN: LogLevel.warn,
    LogThreshold.ERROR: LogLevel.error,
}
_EVERYWHERE: Final = ""


class LogLevelService(Service):
    """Keeps what weighs too little from all who observe ``publisher`` once the reactor runs, but
    for the ``spared``, who count and tell nobody."""

    name = "log level"

    def __init__(
        self,
        reactor: IReactorCore,
        publisher: LogPublisher,
        live: LiveSettings,
        spared: Sequence[ILogObserver] = (),
    ) -> None:
        self._reactor = reactor
        self._publisher = publisher
        self._spared = spared
        self._least = LogLevelFilterPredicate()
        self._behind: list[tuple[ILogObserver, ILogObserver]] = []
        self._changed(live.settings)
        live.on_change(self._changed)

    def startService(self) -> None:
        Service.startService(self)
        self._reactor.callWhenRunning(self._filter)

    def _filter(self) -> None:
        if not self.running or self._behind:
            return
        # There is no public way to learn who observes, and no way at all to be told of it.
        for observer in tuple(self._publisher._observers):  # noqa: SLF001
            if observer in self._spared:
                continue
            filtered = FilteringLogObserver(observer, [self._least])
            self._behind.append((observer, filtered))
            self._replace(observer, filtered)

    def stopService(self) -> None:
        Service.stopService(self)
        for observer, filtered in self._behind:
            self._replace(filtered, observer)
        self._behind.clear()

    def _replace(self, observer: ILogObserver, other: ILogObserver) -> None:
        self._publisher.removeObserver(observer)
        self._publisher.addObserver(other)

    def _changed(self, settings: Settings) -> None:
        self._least.setLogLevelForNamespace(_EVERYWHERE, _LEVELS[settings.log_level])

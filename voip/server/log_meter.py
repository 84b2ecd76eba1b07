"""How much the log had to tell, by how bad it was.

A mistake of the server's own is critical, what an operator should mend is an error, and a peer that
misbehaved a warning. It knows nothing of what is written, nor of who reads it.
"""

from collections import Counter

from twisted.application.service import Service
from twisted.logger import ILogObserver, LogEvent, LogLevel, LogPublisher
from zope.interface import implementer


@implementer(ILogObserver)
class LogMeter(Service):
    """Counts the events of a log as long as it runs."""

    name = "log meter"

    def __init__(self, publisher: LogPublisher) -> None:
        self.events: Counter[str] = Counter()
        for level in LogLevel.iterconstants():
            self.events[level.name] = 0
        self._publisher = publisher

    def startService(self) -> None:
        Service.startService(self)
        self._publisher.addObserver(self)

    def stopService(self) -> None:
        Service.stopService(self)
        self._publisher.removeObserver(self)

    def __call__(self, event: LogEvent) -> None:
        level = event.get("log_level")
        if level is not None:
            self.events[level.name] += 1

"""The JSON log: one event a line, for whoever reads logs with a program.

Events have constant texts and values by keyword, so that twistd's own text log and this file are
made from the same events; what they say is their own affair. Twisted's notices about its machinery
(a port begun, a factory stopped) say nothing to an operator and are left out here.
"""

from pathlib import Path

from twisted.application.service import Service
from twisted.logger import ILogObserver, LogEvent, LogLevel, eventAsJSON, globalLogPublisher
from twisted.python.logfile import LogFile
from zope.interface import implementer

ROTATE_BYTES = 16 * 1024 * 1024
ROTATED_KEPT = 8


def is_kept(event: LogEvent) -> bool:
    """Ours, and whatever went wrong anywhere; how much of ours is not settled here."""
    is_ours = str(event.get("log_namespace", "")).startswith("voip.")
    return is_ours or bool(event.get("log_level", LogLevel.info) >= LogLevel.warn)


@implementer(ILogObserver)
class JsonLog(Service):
    """Writes the file while it runs; 0600, since it names who called whom."""

    name = "log"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: LogFile | None = None

    def startService(self) -> None:
        Service.startService(self)
        self._file = LogFile(
            self._path.name,
            str(self._path.parent),
            rotateLength=ROTATE_BYTES,
            maxRotatedFiles=ROTATED_KEPT,
            defaultMode=0o600,
        )
        globalLogPublisher.addObserver(self)

    def stopService(self) -> None:
        Service.stopService(self)
        globalLogPublisher.removeObserver(self)
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def __call__(self, event: LogEvent) -> None:
        """Write an event (``ILogObserver``)."""
        if self._file is not None and is_kept(event):
            self._file.write(eventAsJSON(event) + "\n")

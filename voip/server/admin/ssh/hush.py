"""Conch's own log messages, left out: a logger that passes on what is broken and nothing else.

Conch writes an error for each client that says goodbye and a line for each packet it does not
know, with what strangers sent in it. What an operator should know of a connection is said by
``voip.server.admin.ssh`` itself.
"""

from twisted.logger import Logger, LogLevel


class HushedLogger(Logger):
    """Passes on failures."""

    def emit(self, level: LogLevel, format: str | None = None, **kwargs: object) -> None:  # noqa: A002
        if level is LogLevel.critical:
            super().emit(level, format, **kwargs)

"""The lines an operator typed before, kept in a file of the data directory (0600).

One entry a line; line ends in an entry, and backslashes, are escaped. Losing it is no harm: what
was done is in the audit. A file that cannot be read or written is told once to the log.
"""

import os
from pathlib import Path
from typing import Final

from twisted.logger import Logger

MAX_ENTRIES: Final = 1000
MAX_FILE: Final = 1024 * 1024
"""It is written anew with the newest entries when it has grown beyond."""


class History:
    """One person's lines, the newest last."""

    log = Logger()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_broken = False
        self.entries: list[str] = self._read()

    def add(self, line: str) -> None:
        """Remember a line, unless it is empty or the same as the last."""
        if not line.strip() or self.entries[-1:] == [line]:
            return
        self.entries.append(line)
        del self.entries[:-MAX_ENTRIES]
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > MAX_FILE:
                self._write("".join(map(_escaped, self.entries)), os.O_TRUNC)
            else:
                self._write(_escaped(line), os.O_APPEND)
        except OSError as error:
            self._tell(error)

    def find(self, part: str, before: int) -> int:
        """The newest entry that has ``part`` in it, older than the one numbered ``before``; -1."""
        for at in range(min(before, len(self.entries)) - 1, -1, -1):
            if part in self.entries[at]:
                return at
        return -1

    def _write(self, text: str, how: int) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)

    def _read(self) -> list[str]:
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                lines = file.read(2 * MAX_FILE).split("\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            self._tell(error)
            return []
        return [_plain(line) for line in lines if line][-MAX_ENTRIES:]

    def _tell(self, error: OSError) -> None:
        if not self._is_broken:
            self._is_broken = True
            self.log.warn(  # noqa: G010 - Twisted's logger has no other
                "{path} cannot be used: {reason}; lines typed are not remembered",
                path=str(self._path),
                reason=(error.strerror or str(error)).lower(),
            )


def _escaped(entry: str) -> str:
    return entry.replace("\\", "\\\\").replace("\n", "\\n") + "\n"


def _plain(line: str) -> str:
    return line.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")

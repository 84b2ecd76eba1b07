"""The file of the audit: lines are there for good once ``append`` has come back, or not at all.

It works in the thread that calls it and knows nothing of what the lines say. A line that could not
be written whole is cut off again, so that a full disk leaves no half ones; the torn last line of a
crash is closed by a newline. When the file has grown it is renamed, never over another, and a new
one begun; a file that somebody else moved away (logrotate) is let go of at the next line. Nothing
is ever deleted here.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

AUDIT: Final = "audit.jsonl"
ROTATE_BYTES: Final = 16 * 1024 * 1024
"""A file that can still be looked through; some 60,000 deeds."""
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class AuditFile:
    """The file ``audit.jsonl`` of a directory. ``wall_clock`` is UTC seconds since the epoch."""

    def __init__(
        self, directory: Path, wall_clock: Callable[[], int], rotate_bytes: int = ROTATE_BYTES
    ) -> None:
        self.path = directory / AUDIT
        self._wall_clock = wall_clock
        self._rotate_bytes = rotate_bytes
        self._descriptor: int | None = None

    def append(self, lines: bytes) -> None:
        """Write whole lines and wait until they are on the disk.

        Raises ``OSError``; then nothing of them is left.
        """
        descriptor, size = self._opened()
        if size >= self._rotate_bytes:
            self._rotate()
            descriptor, size = self._opened()
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            lines = b"\n" + lines
        try:
            left = memoryview(lines)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        except OSError:
            self._cut_off(descriptor, size)
            raise

    def close(self) -> None:
        """Let go of the file; ``append`` opens it again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _opened(self) -> tuple[int, int]:
        """The file that has the name now, and how long it is."""
        if self._descriptor is not None:
            kept = os.fstat(self._descriptor)
            if self._is_at_its_place(kept):
                return self._descriptor, kept.st_size
            self.close()
        descriptor = self._descriptor = os.open(self.path, _FLAGS, 0o600)
        self._keep_names()
        return descriptor, os.fstat(descriptor).st_size

    def _is_at_its_place(self, kept: os.stat_result) -> bool:
        try:
            named = self.path.stat(follow_symlinks=False)
        except FileNotFoundError:
            return False
        return (named.st_dev, named.st_ino) == (kept.st_dev, kept.st_ino)

    def _rotate(self) -> None:
        """Give the file a name of its own; the next one begins empty."""
        self.close()
        stamp = datetime.fromtimestamp(self._wall_clock(), UTC).strftime("%Y%m%dT%H%M%SZ")
        names = (self.path.with_name(f"audit-{stamp}-{number}.jsonl") for number in count(1))
        with suppress(FileNotFoundError):  # somebody else has moved it away just now
            self.path.rename(next(name for name in names if not name.exists()))
        self._keep_names()

    def _keep_names(self) -> None:
        """A new name is on the disk once its directory is."""
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def _cut_off(self, descriptor: int, size: int) -> None:
        """Take back what was written of lines that failed.

        Where not even that can be done, the file is opened anew and a torn line closed.
        """
        try:
            os.ftruncate(descriptor, size)
        except OSError:
            self.close()

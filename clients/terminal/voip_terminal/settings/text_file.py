"""The settings file on disk.

It knows how to replace it so that a crash leaves the old or the new one, and nothing of what it
says.
"""

import os
from pathlib import Path


class TextFile:
    """A text at a path, in a folder that may have to be made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)

    def read(self) -> str:
        """The whole text; empty without a file."""
        try:
            return self._path.read_text("utf-8")
        except FileNotFoundError:
            return ""

    def write(self, text: str) -> None:
        """Replace it. A link stays a link, a file keeps its rights; a new one is the owner's."""
        target = self._path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = target.with_name(target.name + ".new")
        fresh.unlink(missing_ok=True)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        fresh.replace(target)

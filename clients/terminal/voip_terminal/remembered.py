"""What the terminal client remembers between two runs: the server and the account used last.

A small JSON file, kept beside the client's keys: what happened, not what a person set, which stands
in the settings and comes first. It holds no secret; a file that cannot be read or written only
costs some typing.
"""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LastUse:
    address: str = ""
    account: str = ""


class Remembered(Protocol):
    """Where the last use is kept."""

    def load(self) -> LastUse: ...

    def save(self, last: LastUse) -> None: ...


class RememberedFile:
    """The last use in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> LastUse:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return LastUse()
        if not isinstance(kept, dict):
            return LastUse()
        return LastUse(str(kept.get("address", "")), str(kept.get("account", "")))

    def save(self, last: LastUse) -> None:
        kept = json.dumps({"address": last.address, "account": last.account})
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.write_text(kept + "\n", "utf-8")

"""Small JSON files that only their owner may read.

It knows directories of mode 0700, files of mode 0600 and how to replace one so that a crash leaves
either the old or the new. It knows nothing of what is in them but that it is a JSON object with a
version. A file that cannot be read is told by its path and never overwritten.
"""

import json
import os
from pathlib import Path
from typing import cast

from voip.client.model import ClientError
from voip.core.errors import ErrorCode

FILE_VERSION = 1
MAX_FILE_BYTES = 4 * 1024 * 1024  # some ten thousand contacts; more is not one of ours

JsonObject = dict[str, object]


class DataFileError(ClientError):
    """A file of the client's own cannot be read or written; ``path`` tells which.

    To a face it is a ``ClientError`` STORE_UNAVAILABLE whose ``field`` is the path.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(ErrorCode.STORE_UNAVAILABLE, field=str(path))
        self.path = path


def make_private_directory(path: Path) -> None:
    """Make a directory, and those above it, for the owner alone; existing ones stay as they are."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    try:
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError as failure:
        raise DataFileError(path) from failure


def read_private_file(path: Path) -> JsonObject | None:
    """The object in a file, or None when there is no such file."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise DataFileError(path) from failure
    if len(data) > MAX_FILE_BYTES:
        raise DataFileError(path)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as failure:
        raise DataFileError(path) from failure
    if not isinstance(content, dict) or content.get("version") != FILE_VERSION:
        raise DataFileError(path)
    return cast("JsonObject", content)


def write_private_file(path: Path, content: JsonObject) -> None:
    """Replace a file's object; after a crash the old or the new one is there, never half of it."""
    make_private_directory(path.parent)
    text = json.dumps({"version": FILE_VERSION, **content}, indent=1, ensure_ascii=False)
    data = f"{text}\n".encode()
    if len(data) > MAX_FILE_BYTES:  # nobody could read it again
        raise DataFileError(path)
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        # O_EXCL: nobody's link or file stands in the way between the two calls
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as failure:
        raise DataFileError(path) from failure


def remove_private_file(path: Path) -> None:
    """Have no such file any more."""
    try:
        path.unlink(missing_ok=True)
    except OSError as failure:
        raise DataFileError(path) from failure


def hex_field(content: JsonObject, name: str, size: int | None = None) -> bytes:
    """A field that holds bytes in hex; ``ValueError`` when it does not, or not ``size`` of them."""
    value = content.get(name)
    if not isinstance(value, str):
        raise ValueError(name)
    data = bytes.fromhex(value)
    if size is not None and len(data) != size:
        raise ValueError(name)
    return data

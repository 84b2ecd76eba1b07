"""An environment in which ALSA knows one card, which is not there."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# PortAudio gives up with an assertion where ALSA knows no card at all.
_GONE = 'pcm.gone { type hw card 97 hint { show on description "gone" } }\n'


@contextmanager
def no_sound() -> Iterator[Mapping[str, str]]:
    """For a child process that is to find no sound device."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asoundrc"
        path.write_text(_GONE)
        yield {**os.environ, "ALSA_CONFIG_PATH": str(path)}

"""The words by which people choose what to hear with and to play on.

`mic`, `speaker` for the default ones of the system, `mic:NAME`, `speaker:NAME`, `silence`, `null`,
or the path of a WAV file. Loads no sound library and no numpy: programs read them as they start.
"""

from typing import Final

MICROPHONE: Final = "mic"
SPEAKER: Final = "speaker"
SILENCE: Final = "silence"
NULL: Final = "null"


def is_card(words: str, kind: str) -> bool:
    """Whether `words` ask for a real device of `kind`: `mic` or `mic:NAME`."""
    return words == kind or is_named(words, kind)


def is_named(words: str, kind: str) -> bool:
    """Whether they ask for one by its name."""
    return words.startswith(f"{kind}:")


def words_for(kind: str, name: str) -> str:
    """The words for a real device by its name; without one for what the system chose."""
    return f"{kind}:{name}" if name else kind

"""How loud somebody is played: the steps there are, and what they are called."""

STEP_DB = 3.0
"""The least difference one hears at once."""

LEAST_DB = -30.0
MOST_DB = 12.0
"""More would only bring up the noise behind a voice."""


def louder(volume_db: float, steps: int) -> float:
    """The volume so many steps up, or down, within the bounds."""
    return max(LEAST_DB, min(MOST_DB, volume_db + steps * STEP_DB))


def volume_word(volume_db: float) -> str:
    """A volume as one reads it."""
    return f"volume {volume_db:+.0f} dB" if volume_db else "normal volume"

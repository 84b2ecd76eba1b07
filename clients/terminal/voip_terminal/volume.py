"""How loud somebody is played: the steps there are, what they are called, and that they last."""

from voip.client.loudness import LOUDEST_DB, QUIETEST_DB
from voip.client.model import Peer
from voip_terminal import sentences
from voip_terminal.settings.service import NotKept
from voip_terminal.stage import Stage

STEP_DB = 3.0
"""The least difference one hears at once."""


def louder(volume_db: float, steps: int) -> float:
    """The volume so many steps up, or down, within the bounds."""
    return max(QUIETEST_DB, min(LOUDEST_DB, volume_db + steps * STEP_DB))


def volume_word(volume_db: float) -> str:
    """A volume as one reads it."""
    return f"volume {volume_db:+.0f} dB" if volume_db else "normal volume"


def play(stage: Stage, peer: Peer, steps: int) -> None:
    """Play somebody louder, or quieter, now and in every call; it is carried out as a setting."""
    volume_db = louder(peer.volume_db, steps)
    try:
        stage.settings.set("volumes", peer.username, round(volume_db) or None)
    except NotKept as error:
        stage.complain(str(error))
        return
    stage.say(f"{sentences.name_of(peer)}: {volume_word(volume_db)}.")

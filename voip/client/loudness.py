"""How loud each person is played on this device, whatever call and device they speak from.

It remembers people by name and knows, of the call that is talked in, which stream is whose. The
voice engine forgets its volumes with each call: whatever differs from how a voice came is told it
again. It knows no files; a face that wants a volume to last keeps it itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voip.client.voice.commands import SILENT_DB, SetVolume
from voip.core.ids import CallId, StreamId, Username

QUIETEST_DB, LOUDEST_DB = -30, 12
"""Between these a voice can be set; louder would only clip."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How one person is played: so much louder, and whether at all."""

    volume_db: float = 0.0
    is_muted: bool = False

    @property
    def gain_db(self) -> float:
        """What the voice is turned up by; of one that is muted here nothing is left."""
        return SILENT_DB if self.is_muted else self.volume_db


AS_IT_CAME = Loudness()


class LoudnessOfPeople:
    """Who is played how; ``tell`` carries a command to the voice engine."""

    def __init__(self, tell: Callable[[SetVolume], None]) -> None:
        self._tell = tell
        self._people: dict[Username, Loudness] = {}
        self._call: CallId | None = None
        self._streams: dict[StreamId, Username] = {}

    def of(self, username: Username) -> Loudness:
        return self._people.get(username, AS_IT_CAME)

    def set_volume(self, username: Username, volume_db: float) -> None:
        """Play somebody so much louder (or, negative, quieter) than their voice comes."""
        bounded = float(min(max(volume_db, QUIETEST_DB), LOUDEST_DB))
        self._set(username, replace(self.of(username), volume_db=bounded))

    def set_muted(self, username: Username, is_muted: bool) -> None:
        """Play somebody no more, or again as loud as before."""
        self._set(username, replace(self.of(username), is_muted=is_muted))

    def follow(self, call_id: CallId | None, streams: Mapping[StreamId, Username]) -> None:
        """Whose voice each stream of the call that is talked in is; None: there is none."""
        known = self._streams if call_id == self._call else {}
        self._call, self._streams = call_id, dict(streams)
        for stream, username in streams.items():
            gain_db = self.of(username).gain_db
            if known.get(stream) != username and gain_db:
                self._tell(SetVolume(stream, gain_db))

    def _set(self, username: Username, loudness: Loudness) -> None:
        self._people[username] = loudness
        for stream, speaker in self._streams.items():
            if speaker == username:
                self._tell(SetVolume(stream, loudness.gain_db))

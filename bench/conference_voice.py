"""One loud voice of the conference bench, as a voice process: says numbered packets, notes all.

    python -m bench.conference_voice FOLDER

A person's voice runs in a process of its own, so that nothing of the client can make a gap in it;
this one does so too. It speaks 80 bytes every 20 ms in Opus' place, and keeps of each packet of
another loud voice when it came. When the call stops it writes that into FOLDER, one file a call:
`heard.json`, [[stream, number, seconds], ...] with the clock of the machine (CLOCK_MONOTONIC).
"""

import json
import secrets
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from twisted.internet.posixbase import PosixReactorBase
from twisted.internet.stdio import StandardIO
from twisted.internet.task import LoopingCall

from voip.client.voice.packet_engine import Packet, PacketEngine
from voip.client.voice.priority import be_quick
from voip.client.voice.voice_process import EngineEnd, print_to
from voip.core.ids import StreamId

FRAME_SECONDS: Final = 0.02
PACKET_BYTES: Final = 80
LOUD: Final = 10
SOFT: Final = 60
"""Levels of RFC 6464: who speaks, and who only has noise around."""

FILE: Final = "heard.json"
_STAMP = struct.Struct("!8sQ")
_MARK: Final = b"loudbyte"


class Voice:
    """Says a packet every 20 ms, from the start of the call."""

    def __init__(self, say: Callable[[Packet], None], level: int) -> None:
        self._say = say
        self._level = level
        self._padding = secrets.token_bytes(PACKET_BYTES - _STAMP.size)
        self.said = 0
        self._loop = LoopingCall.withCount(self._speak)
        self._loop.start(FRAME_SECONDS)

    def stop(self) -> None:
        """Say no more."""
        self._loop.stop()

    def _speak(self, frames: int) -> None:
        # After a standstill the frames of it come at once, as from a microphone.
        for _ in range(frames):
            opus = _STAMP.pack(_MARK, self.said) + self._padding
            self._say(Packet(opus, self._level, self.said * 8 % (1 << 16), self.said == 0))
            self.said += 1


def number_of(packet: Packet) -> int | None:
    """The number that a `Voice` gave to a packet; None for other sound."""
    if len(packet.opus) != PACKET_BYTES or not packet.opus.startswith(_MARK):
        return None
    return int(_STAMP.unpack_from(packet.opus)[1])


class NotingVoice(Voice):
    """Keeps what it hears of the loud ones, and writes it down in the end."""

    def __init__(self, say: Callable[[Packet], None], folder: Path) -> None:
        super().__init__(say, LOUD)
        self._folder = folder
        self._heard: list[tuple[int, int, float]] = []

    def heard(self, stream: StreamId, packet: Packet) -> None:
        """Note a packet."""
        number = number_of(packet)
        if number is not None and packet.level == LOUD:
            self._heard.append((stream, number, time.monotonic()))

    def stop(self) -> None:
        """Write it down, whole: who looks for the file finds all of it."""
        super().stop()
        part = self._folder / f"{FILE}.part"
        part.write_text(json.dumps(self._heard))
        part.rename(self._folder / FILE)


def main() -> None:
    """Run until stdin ends."""
    folder = Path(sys.argv[1])
    print_to(str(folder / "voice.log"))

    from twisted.internet import reactor as installed  # noqa: TID251 - a program of its own

    reactor = cast("PosixReactorBase", installed)
    engine = PacketEngine(reactor, lambda say: NotingVoice(say, folder))

    def ended() -> None:
        engine.close()
        reactor.stop()

    StandardIO(EngineEnd(engine, ended))
    be_quick()
    reactor.run(installSignalHandlers=False)


if __name__ == "__main__":
    main()

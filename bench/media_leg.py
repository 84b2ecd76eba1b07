"""One simulated leg of the media path: seals what it says, opens and verifies what it hears.

Does the whole work of a client but Opus: outer seal, SFrame, path checks, replay. Sans-IO: the
load program owns sockets and time. Used with or without signalling, as keys are handed in.
"""

from collections import Counter
from dataclasses import dataclass, field

from voip.media.sframe import Receiver, Refused, Sender, SenderKey
from voip.wire.datagram import Dropped, MediaKeys, Opener, Sealer
from voip.wire.media_frames import Malformed, Media, Pad, Ping, Pong, encode_frames, parse_frames

_TIMESTAMP_STEP = 8  # 20 ms in units of 2.5 ms
_LEVEL = 0x80 | 30  # speech at -30 dBov
_HELLO_PADDING = 150  # so that the relay's limit of three lets the first audio through


@dataclass(slots=True)
class Heard:
    """What one datagram brought: opened speech, and a datagram to send back at once, if any."""

    payloads: list[bytes] = field(default_factory=list)
    answer: bytes | None = None


class MediaLeg:
    """One leg that speaks on `stream` and hears one other participant."""

    def __init__(
        self,
        cid: int,
        keys_out: MediaKeys,
        keys_in: MediaKeys,
        stream: int,
        own_key: SenderKey,
        other_key: SenderKey,
    ) -> None:
        self.stream = stream
        self.is_path_proven = False
        """Whether the relay has challenged this leg's address and was answered."""
        self.refused: Counter[Dropped | Refused | str] = Counter()
        """What came and was not good, by cause."""
        self._sealer = Sealer(cid, keys_out)
        self._opener = Opener(cid, keys_in)
        self._sender = Sender(own_key)
        self._receiver = Receiver()
        self._receiver.accept(other_key)
        self._timestamp = 0

    def hello(self, token: bytes) -> bytes:
        """Give the datagram that makes the leg known to the relay; repeat it until proven."""
        return self._sealer.seal(encode_frames([Ping(token), Pad(_HELLO_PADDING)]))

    def speak(self, payload: bytes) -> bytes:
        """Give the datagram of the next 20 ms."""
        media = Media(self.stream, _LEVEL, self._timestamp, self._sender.seal(payload))
        self._timestamp = (self._timestamp + _TIMESTAMP_STEP) & 0xFFFF
        return self._sealer.seal(encode_frames([media]))

    def receive(self, data: bytes) -> Heard:
        """Open a datagram from the relay, verify all of it, answer its path checks."""
        heard = Heard()
        opened = self._opener.open(data)
        if isinstance(opened, Dropped):
            self.refused[opened] += 1
            return heard
        for frame in parse_frames(opened.frames):
            match frame:
                case Media():
                    self._hear(frame.sframe, heard)
                case Ping():
                    self.is_path_proven = True
                    heard.answer = self._sealer.seal(encode_frames([Pong(frame.token)]))
                case Malformed():
                    self.refused[frame.reason] += 1
                case _:
                    pass
        return heard

    def _hear(self, sframe: bytes, heard: Heard) -> None:
        unsealed = self._receiver.open(sframe)
        if isinstance(unsealed, Refused):
            self.refused[unsealed] += 1
        else:
            heard.payloads.append(unsealed.plaintext)

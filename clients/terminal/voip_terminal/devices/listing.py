"""The names of the sound devices, asked of a process of its own and told as one line of JSON.

Both ends: `main` runs in the child (`python -m voip_terminal.devices.listing`) and is the only
part that loads a sound library; `DeviceQuestion` listens in the parent.
"""

import json
import sys
from dataclasses import dataclass

from twisted.internet.defer import Deferred
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

MAX_ANSWER_BYTES = 65_536  # hundreds of devices; more is no answer of ours


@dataclass(frozen=True, slots=True)
class DeviceNames:
    """What one can say after `mic:` and `speaker:`; the first of each is the default."""

    microphones: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()


class DeviceQuestion(ProcessProtocol):
    """Collects the child's answer; what it prints on stderr is left aside.

    `answer` never fails: a child that can't be started or breaks knows no devices.
    """

    def __init__(self) -> None:
        self.answer: Deferred[DeviceNames] = Deferred()
        self._text = b""

    def outReceived(self, data: bytes) -> None:
        """Keep what the child says, up to a limit."""
        if len(self._text) + len(data) <= MAX_ANSWER_BYTES:
            self._text += data

    def errReceived(self, data: bytes) -> None:
        """Sound libraries chatter here."""

    def processEnded(self, reason: Failure) -> None:  # noqa: ARG002 - Twisted gives it
        """All was said: read it."""
        self.answer.callback(parse_names(self._text))


def encode_names(names: DeviceNames) -> bytes:
    """Give the one line that the child says."""
    named = {"microphones": names.microphones, "speakers": names.speakers}
    return json.dumps(named).encode() + b"\n"


def parse_names(line: bytes) -> DeviceNames:
    """Read that line; anything else means that no device is known."""
    try:
        named = json.loads(line)
        return DeviceNames(tuple(named["microphones"]), tuple(named["speakers"]))
    except (ValueError, KeyError, TypeError):
        return DeviceNames()


def main() -> None:
    """Look for devices and say what was found."""
    from voip_terminal.devices.pyaudio_device import name_devices

    sys.stdout.buffer.write(encode_names(name_devices()))


if __name__ == "__main__":
    main()

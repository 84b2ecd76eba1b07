"""What a voice engine can be told and what it tells: the whole of its interface, as plain values.

The engine owns the media socket, the devices, Opus, SFrame and the jitter buffers. It knows no
control connection, no people and no call states: only streams and keys. The same values go to an
engine in this process by a call, and to one in a process of its own through a pipe.

Nothing here lets a microphone be heard but ``StartTalking``, and only ``voip.core.phone`` decides
to send it; ``StartMeter`` opens one to show how loud it is, and nothing of that leaves the device.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final, Protocol

from voip.core.ids import CallId, StreamId
from voip.core.media_config import MediaConfig

SILENT_DB: Final = -127.0
"""A level in dBFS at which there is nothing to hear; RFC 6464 goes no lower."""


@unique
class UdpUse(Enum):
    """By what voices travel to the server and back."""

    AUTO = "auto"  # by UDP, and through the tunnel while UDP does not pass
    ON = "on"  # by UDP alone
    OFF = "off"  # through the tunnel alone


@dataclass(frozen=True, slots=True)
class UsePath:
    """Send and receive through this media leg from now on.

    ``host`` and ``port`` are those of the control connection, ``pin`` is the key that the server
    showed there, by which it is known again at the end of a tunnel; without a pin there is none.
    """

    media: MediaConfig
    host: str
    port: int = 0
    pin: str = ""


@dataclass(frozen=True, slots=True)
class UseNetwork:
    """How to reach the server, and how long voices wait for late packets; it holds until the next.

    ``keepalive_seconds`` is between two PINGs while nobody talks; 0: as the server says.
    """

    udp: UdpUse = UdpUse.AUTO
    keepalive_seconds: int = 0
    jitter_min_ms: int = 20
    jitter_max_ms: int = 400


@dataclass(frozen=True, slots=True)
class DropPath:
    """Logged out: close the socket and forget the path's keys."""


@dataclass(frozen=True, slots=True)
class StartTalking:
    """The call is answered: open the devices and send what the microphone hears on ``stream``.

    Nothing is sent before the first ``SendKey`` of this call. A call that was on before is stopped:
    none of its keys and none of its sound is left.
    """

    call_id: CallId
    stream: StreamId


@dataclass(frozen=True, slots=True)
class SendKey:
    """The SFrame base key that this device sends under from now on, and its ratchet step."""

    call_id: CallId
    generation: int
    base_key: bytes
    step: int = 0


@dataclass(frozen=True, slots=True)
class ReceiveKey:
    """The SFrame base key under which ``stream`` is heard, from this ratchet step on."""

    call_id: CallId
    stream: StreamId
    generation: int
    base_key: bytes
    step: int = 0


@dataclass(frozen=True, slots=True)
class DropStream:
    """Somebody left: forget their keys and their jitter buffer."""

    call_id: CallId
    stream: StreamId


@dataclass(frozen=True, slots=True)
class SetMicrophone:
    """Mute: what the microphone hears is not sent, and its level reads silent to others."""

    is_muted: bool


@dataclass(frozen=True, slots=True)
class StopTalking:
    """The call is over, or on hold: close the devices, erase its keys."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class SetVolume:
    """How loud one speaker of the call that is on is played here; 0.0 is as it came.

    It holds until the call stops. Out of the range that there is, the nearest is taken.
    """

    stream: StreamId
    gain_db: float


@dataclass(frozen=True, slots=True)
class SetDeafened:
    """Play nothing of what the others say, in this call and later ones, or play it again."""

    is_deafened: bool


@dataclass(frozen=True, slots=True)
class UseDevices:
    """Hear with and play on these from now on, in a call that is on too.

    The words are those of ``--audio-in`` and ``--audio-out``. ``ring_on`` is where ``Tone.RING``
    is played, empty for ``audio_out``.
    """

    audio_in: str
    audio_out: str
    ring_on: str = ""


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Tell which devices there are, by a ``DeviceList``."""


@dataclass(frozen=True, slots=True)
class StartMeter:
    """Tell the microphone's level ten times a second without a call, by ``Levels``."""


@dataclass(frozen=True, slots=True)
class StopMeter:
    """Close the microphone, unless a call needs it."""


@unique
class Tone(Enum):
    """Sounds that the program makes itself."""

    RING = "ring"
    """Somebody calls: on the device that rings."""
    RING_BACK = "ring_back"
    """It rings at the other end: where the call will be heard."""
    WAITING = "waiting"
    """Somebody calls while a call is on: soft, where the call is heard."""


@dataclass(frozen=True, slots=True)
class PlayTone:
    """Repeat this tone until another is asked for, or none."""

    tone: Tone | None


VoiceCommand = (
    UsePath
    | UseNetwork
    | DropPath
    | StartTalking
    | SendKey
    | ReceiveKey
    | DropStream
    | SetMicrophone
    | StopTalking
    | SetVolume
    | SetDeafened
    | UseDevices
    | ListDevices
    | StartMeter
    | StopMeter
    | PlayTone
)


@unique
class VoiceTrouble(Enum):
    """What can go wrong with sound or its path; each has a sentence on the screen."""

    NO_MICROPHONE = "no_microphone"
    NO_SPEAKER = "no_speaker"
    NO_SOUND = "no_sound"  # neither
    DEVICE_BUSY = "device_busy"
    DEVICE_GONE = "device_gone"
    # What was chosen by name isn't there: `detail` is the name, and the default is in use.
    DEVICE_MISSING = "device_missing"
    AUDIO_FILE = "audio_file"
    UDP_BLOCKED = "udp_blocked"  # and no tunnel is to be used
    TUNNEL_BLOCKED = "tunnel_blocked"  # neither way passes, or the only one that is to be used
    # The engine runs again but has no path and no keys, as none may be used from the start again:
    # it is of use after a new UsePath (resume the session), StartTalking and new keys.
    ENGINE_AGAIN = "engine_again"
    ENGINE_DIED = "engine_died"  # too often: it does not run again


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person should know; the call goes on with what still works."""

    what: VoiceTrouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """Ten times a second while talking or metering: dBFS, ``SILENT_DB`` is silence."""

    microphone_db: float
    streams_db: tuple[tuple[StreamId, float], ...]


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Once a second while talking.

    ``loss`` is the share of the other side's packets that never came, over the last seconds, and
    ``loss_total`` the same over the whole call; ``sent``/``received`` are packets since its start.
    ``mouth_to_ear_ms`` is an estimate from the round trip, the frame, the buffers and the devices.
    ``undecryptable`` counts packets that no key opened.
    """

    call_id: CallId
    codec: str
    path: str  # "udp" or "tls"
    loss: float
    loss_total: float
    jitter_ms: float
    rtt_ms: float
    buffer_ms: float
    mouth_to_ear_ms: float
    sent: int
    received: int
    concealed_ms: float
    repaired: int
    undecryptable: int
    seconds_heard: float


@dataclass(frozen=True, slots=True)
class PathUp:
    """The server answered on the media path, or on another way than before: "udp" or "tls"."""

    rtt_ms: float
    path: str = "udp"


@dataclass(frozen=True, slots=True)
class DevicesInUse:
    """What is being heard with and spoken into; "none" where there is no such device."""

    microphone: str
    speaker: str


@dataclass(frozen=True, slots=True)
class DeviceList:
    """The devices there are, by the names that ``mic:`` and ``speaker:`` take."""

    microphones: tuple[str, ...]
    speakers: tuple[str, ...]


VoiceReport = Trouble | Levels | CallFigures | PathUp | DevicesInUse | DeviceList


class VoiceEngine(Protocol):
    """Whatever carries out the commands.

    ``listen`` sets the one receiver of reports, which is called in the reactor's thread. ``close``
    ends the engine; nothing may be commanded after it.
    """

    def listen(self, receiver: Callable[[VoiceReport], None]) -> None: ...

    def command(self, command: VoiceCommand) -> None: ...

    def close(self) -> None: ...

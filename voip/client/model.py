"""What a face of the client shows: one frozen value, made anew at each change.

A face (screen, JSON lines, tests) reads ``Model`` and calls ``Controller``; it knows no sockets, no
keys and no protocol. ``Model`` holds no texts but people's own: a face has the sentences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, Flag, auto, unique
from typing import Protocol

from twisted.internet.defer import Deferred

from voip.client.model_account import AccountControls
from voip.client.model_people import ContactView, PeopleControls
from voip.client.voice.commands import (
    SILENT_DB,
    CallFigures,
    DeviceList,
    DevicesInUse,
    Tone,
    VoiceTrouble,
)
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.history import HistoryEntry
from voip.core.ids import CallId, Username
from voip.core.messages import RegistrationPolicy
from voip.core.people import Person


@unique
class Link(Enum):
    """Where the control connection stands."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    CONNECTED = "connected"  # talking to the server, not logged in
    LOGGED_IN = "logged_in"
    RECONNECTING = "reconnecting"  # was logged in; trying again by itself


@unique
class LinkTrouble(Enum):
    """Why there is no connection."""

    BAD_ADDRESS = "bad_address"  # what was typed is no address
    NAME_NOT_FOUND = "name_not_found"
    NOT_REACHABLE = "not_reachable"  # refused, no route, timed out
    CERTIFICATE_CHANGED = "certificate_changed"
    NOT_A_VOIP_SERVER = "not_a_voip_server"
    VERSION = "version"
    LOST = "lost"
    SERVER_STOPPED = "server_stopped"
    REPLACED = "replaced"
    KICKED = "kicked"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """The server one is connected to. ``pin`` is the SHA-256 of its public key, in hex."""

    host: str
    port: int
    name: str
    policy: RegistrationPolicy
    pin: str
    is_new_pin: bool  # trusted now for the first time
    motd: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """``said`` are the operator's words to a session that ended; ``ban_seconds`` is how long a ban
    holds from then on, 0 for good."""

    link: Link
    server: ServerInfo | None = None
    trouble: LinkTrouble | None = None
    retry_in_seconds: float | None = None
    rtt_ms: float | None = None
    said: str = ""
    ban_seconds: int = 0


@unique
class Security(Enum):
    """How far a call's encryption is known to hold."""

    PENDING = "pending"  # keys are not exchanged yet
    ENCRYPTED = "encrypted"  # end to end, words not compared
    VERIFIED = "verified"  # end to end, and this account key was compared before
    KEY_CHANGED = "key_changed"  # the peer's account key is not the one known: the call is stopped


@dataclass(frozen=True, slots=True)
class Peer:
    """Another person in a call: one entry, however many of their devices ring.

    ``is_speaking``: heard just now, by the level of what arrives. ``is_held``: they put the call
    on hold. ``volume_db`` and ``is_muted_here`` are how this device plays them; nobody else knows.
    """

    username: Username
    nick: str
    device_name: str
    state: LegState
    is_connected: bool
    is_muted: bool
    level_db: float = SILENT_DB
    is_speaking: bool = False
    is_held: bool = False
    is_listener: bool = False
    is_host: bool = False
    volume_db: float = 0.0
    is_muted_here: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who is out of a conference, or did not come to it, and why."""

    username: Username
    nick: str
    reason: EndReason


@dataclass(frozen=True, slots=True)
class CallInfo:
    """One call of this device.

    ``state`` is this device's own leg. ``is_incoming`` is True for a call that rings here.
    ``started_at`` is the reactor's ``seconds()`` when this leg became active, or began to ring
    before that. ``is_silenced``: rings no more here, because it was ignored or is being answered.
    ``words`` are the four words to compare, empty until the keys are there; in a conference they
    stay empty and ``code`` holds 30 digits instead, the same for everybody in it. ``is_held``: this
    device put the call on hold; ``is_held_by_peers``: everybody else did. ``is_host`` and
    ``is_listener`` are about this device's own leg. ``key_changed_of``: for
    whose new account key the call was stopped, if they are known by another one. ``gone``: whoever
    is in a conference no more.
    """

    call_id: CallId
    is_incoming: bool
    state: LegState
    peers: tuple[Peer, ...]
    started_at: float
    is_muted: bool = False
    security: Security = Security.PENDING
    words: tuple[str, ...] = ()
    figures: CallFigures | None = None
    microphone_db: float = SILENT_DB
    end_reason: EndReason | None = None
    talked_seconds: float = 0.0
    is_silenced: bool = False
    is_held: bool = False
    is_held_by_peers: bool = False
    is_conference: bool = False
    is_host: bool = False
    is_locked: bool = False
    is_listener: bool = False
    code: str = ""
    key_changed_of: Username | None = None
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True)
class AudioView:
    """The devices, those one may choose from (known once asked for), and what troubles them.
    ``is_deafened``: nothing is played in the call that is talked in. ``microphone_db`` is told
    while the meter is on, without a call too. ``path`` is how voices travel, "udp" or "tls"; empty
    before the server answered on it."""

    devices: DevicesInUse | None = None
    trouble: VoiceTrouble | None = None
    trouble_detail: str = ""
    is_deafened: bool = False
    choices: DeviceList | None = None
    microphone_db: float = SILENT_DB
    path: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the operator said to everybody; the later, the higher its number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Model:
    """Everything a face shows. ``last_ended`` is the call that ended last, for its closing line.

    ``announcements`` are the last ones since the login, the newest last; ``is_maintenance``: no
    call can begin for now.
    """

    connection: ConnectionView = field(default_factory=lambda: ConnectionView(Link.OFFLINE))
    me: Person | None = None
    contacts: tuple[ContactView, ...] = ()  # favourites first, then by the name that is shown
    unseen_missed: int = 0  # missed calls that nobody has looked at
    newest_past_call: HistoryEntry | None = None  # the last one added since the login
    calls: tuple[CallInfo, ...] = ()  # at most one that is not ringing
    last_ended: CallInfo | None = None
    audio: AudioView = field(default_factory=AudioView)
    announcements: tuple[Announcement, ...] = ()
    is_maintenance: bool = False


class Change(Flag):
    """What changed, coarsely."""

    CONNECTION = auto()
    ME = auto()
    CONTACTS = auto()  # the phone book, or how somebody in it is
    HISTORY = auto()  # a call was added to the past ones, or some were deleted or looked at
    CALLS = auto()  # a call began, changed state or ended
    FIGURES = auto()  # levels and figures only
    AUDIO = auto()
    OPERATOR = auto()  # announcements, or maintenance


class ClientError(Exception):
    """A verb was refused, by the server or before it was asked.

    A face has the sentence for ``code``; ``field`` names what to change, ``retry_after_ms`` when to
    try again, ``incident`` what to tell the operator.
    """

    def __init__(
        self, code: ErrorCode, field: str = "", retry_after_ms: int = 0, incident: str = ""
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.field = field
        self.retry_after_ms = retry_after_ms
        self.incident = incident


class LinkError(Exception):
    """``connect`` did not succeed; ``expected_pin`` and ``seen_pin`` tell of a changed key."""

    def __init__(
        self, trouble: LinkTrouble, expected_pin: str = "", seen_pin: str = "", detail: str = ""
    ) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.expected_pin = expected_pin
        self.seen_pin = seen_pin
        self.detail = detail


class CallControls(Protocol):
    """The verbs of several calls at once and of calls with several people."""

    def hold(self, call_id: CallId) -> Deferred[None]:
        """Put a call on hold: nothing is heard either way until it is resumed."""

    def resume(self, call_id: CallId) -> Deferred[None]:
        """Take a held call back; one that is talked in is put on hold in the same step."""

    def swap(self) -> Deferred[None]:
        """Hold the call that is talked in and resume the other; WRONG_STATE unless exactly one
        other is on hold."""

    def add(
        self, call_id: CallId, usernames: Sequence[str], *, as_listeners: bool = False
    ) -> Deferred[None]:
        """Invite more people into a call, which makes it a conference."""

    def merge(self, call_id: CallId, other: CallId) -> Deferred[None]:
        """Move everybody of ``other`` into ``call_id``."""

    def kick(self, call_id: CallId, username: str) -> Deferred[None]:
        """Remove somebody from a conference; for its host."""

    def mute_peer(self, call_id: CallId, username: str) -> Deferred[None]:
        """Turn somebody's microphone off for everybody, until they turn it on; for the host."""

    def set_lock(self, call_id: CallId, is_locked: bool) -> Deferred[None]:
        """Let nobody else into a conference, or let people in again; for its host."""

    def end_for_all(self, call_id: CallId) -> Deferred[None]:
        """End a conference for everybody; for its host."""

    def set_volume(self, username: str, volume_db: float) -> None:
        """Play somebody louder or quieter here."""

    def set_muted_here(self, username: str, is_muted: bool) -> None:
        """Play somebody no more here, or again; nobody else knows."""

    def set_deafened(self, is_deafened: bool) -> None:
        """Play nobody at all in the call that is talked in, or everybody again. It ends when that
        call does, or is put on hold."""


class SoundControls(Protocol):
    """The verbs of sound devices, in a call and without one."""

    def list_devices(self) -> None:
        """Look which devices there are: ``AudioView.choices`` tells."""

    def use_devices(self, audio_in: str, audio_out: str, ring_on: str = "") -> None:
        """Hear with and play on these from now on, in the words of ``--audio-in`` and
        ``--audio-out``; it rings on ``ring_on``, or where one hears if that is empty."""

    def set_meter(self, is_on: bool) -> None:
        """Measure the microphone without a call: ``AudioView.microphone_db`` tells."""

    def play_tone(self, tone: Tone | None) -> None:
        """Play a tone until another one, or None, is played."""


class Controller(AccountControls, PeopleControls, CallControls, Protocol):
    """The verbs. Each Deferred fires when the server has answered, or fails with ``ClientError``
    (``LinkError`` for connect)."""

    @property
    def model(self) -> Model: ...

    @property
    def sound(self) -> SoundControls: ...

    def watch(self, changed: Callable[[Change], None]) -> Callable[[], None]:
        """Be called at each change; returns what ends that."""

    def connect(self, address: str) -> Deferred[ServerInfo]:
        """``host``, ``host:port``, ``[v6]:port`` or ``voip://host:port?pin=HEX``."""

    def accept_new_pin(self, address: str, pin: str) -> None:
        """The person has checked a changed certificate and trusts it from now on."""

    def call(self, usernames: Sequence[str]) -> Deferred[CallId]: ...

    def accept(self, call_id: CallId) -> Deferred[None]: ...

    def decline(self, call_id: CallId) -> Deferred[None]: ...

    def ignore(self, call_id: CallId) -> None:
        """Stop ringing here; the person's other devices ring on."""

    def hang_up(self, call_id: CallId) -> Deferred[None]:
        """Leave a call in any state: cancel while it rings there, hang up while talking."""

    def set_muted(self, is_muted: bool) -> None: ...

    def mark_verified(self, call_id: CallId) -> None:
        """The words or the code were compared and match: remember the account key of everybody in
        the call as verified. WRONG_STATE while there are none, or new ones since a moment ago."""

    def trust_new_key(self, username: str) -> None:
        """The person has checked that somebody's account key is a new one and trusts it from now
        on; it counts as not yet compared. The key is that of the call that was stopped for it;
        WRONG_STATE when there was none."""

    def close(self) -> Deferred[None]:
        """Hang up, disconnect, stop the voice engine."""

"""Every control message as plain values: what a client may ask, what a server answers and tells.

Those about accounts, calls and people are in ``account_messages``, ``call_messages`` and
``people_messages``. The wire codec turns all of them into protobuf and back; the core, the sessions
and every test speak only these. A request gets exactly one answer: the message named beside it, or
a ``Refusal``. A notice is told without being asked for. Nobody's address is in any of them but the
server's own.
"""

from dataclasses import dataclass
from enum import Enum, unique

from voip.core.account_messages import AccountAnswer, AccountRequest
from voip.core.call_messages import (
    Accept,
    AddParticipant,
    Alerting,
    CallChanged,
    Cancel,
    Decline,
    E2eArrived,
    E2eRelay,
    EndForAll,
    Hold,
    Invite,
    InviteOk,
    Kick,
    Leave,
    Merge,
    QualityReport,
    SetLock,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.calls import CallView
from voip.core.credentials import AccountKeys, DeviceClaim, KdfParameters, RecoveryCopy, Verifier
from voip.core.errors import Refusal
from voip.core.ids import DeviceId, SessionId, Username
from voip.core.media_config import MediaConfig
from voip.core.people import Person
from voip.core.people_messages import (
    ContactPage,
    ContactsChanged,
    DeleteContact,
    DeleteHistory,
    GetPerson,
    HistoryChanged,
    HistoryPage,
    ListContacts,
    ListHistory,
    ListUsers,
    MarkHistorySeen,
    PersonOk,
    PresenceChanged,
    PutContact,
    SetIdle,
    SetPresence,
    UserPage,
)

PROTOCOL_VERSION = 1


@unique
class RegistrationPolicy(Enum):
    """Who may make an account."""

    OPEN = "open"
    INVITE = "invite"  # who has an invite of the operator's
    APPROVAL = "approval"  # everybody, but the operator lets each one in
    CLOSED = "closed"


@unique
class NoticeKind(Enum):
    """What the server says about the session itself."""

    INFO = "info"
    SHUTDOWN = "shutdown"
    REPLACED = "replaced"  # the same device logged in again elsewhere
    KICKED = "kicked"  # the session ends: by the account's owner, or by the operator with his words
    BANNED = "banned"  # the session ends, and none opens for ``seconds``; 0: for good
    ANNOUNCEMENT = "announcement"  # a word of the operator to everybody
    MAINTENANCE = "maintenance"  # no new calls from now on
    MAINTENANCE_OVER = "maintenance_over"  # calls may begin again


# ---- session -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hello:
    """First message on a connection -> HelloOk."""

    proto_min: int
    proto_max: int
    client: str
    capabilities: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class HelloOk:
    proto: int
    server_name: str
    capabilities: tuple[str, ...]
    max_frame_bytes: int
    ping_seconds: int
    policy: RegistrationPolicy
    next_spki: bytes = b""  # SHA-256 of the SPKI the server will change to
    motd: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Make an account; does not log in -> RegisterOk.

    ``invite`` is one as ``voip.core.recovery`` reads it, where the policy asks for it.
    """

    username: Username
    nick: str
    verifier: Verifier
    keys: AccountKeys
    invite: str = ""
    recovery: tuple[RecoveryCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterOk:
    username: Username
    is_pending: bool = False  # nobody logs in to it before the operator approves it


@dataclass(frozen=True, slots=True)
class AuthStart:
    """Begin a password login -> AuthChallenge, for unknown names too."""

    username: Username
    client_nonce: bytes  # 24 bytes


@dataclass(frozen=True, slots=True)
class AuthChallenge:
    nonce: bytes  # client_nonce + 24 bytes of the server
    kdf: KdfParameters


@dataclass(frozen=True, slots=True)
class AuthFinish:
    """The SCRAM proof, bound to the TLS exporter -> AuthKeys. The session is not open yet: the
    client first unseals its account key and certifies its device."""

    proof: bytes


@dataclass(frozen=True, slots=True)
class AuthKeys:
    server_signature: bytes
    keys: AccountKeys


@dataclass(frozen=True, slots=True)
class AuthDevice:
    """Open the session -> AuthOk.

    After AuthFinish it enrols the device. On a fresh connection it is the device-key login: the
    device must be known and its certificate may be left empty.
    """

    username: Username
    device: DeviceClaim


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state a fresh or resumed session starts from."""

    me: Person
    calls: tuple[CallView, ...]


@dataclass(frozen=True, slots=True)
class AuthOk:
    session: SessionId
    resume_token: bytes
    device: DeviceId
    certificate: bytes
    media: MediaConfig
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Resume:
    """Take a session up again on a new connection -> ResumeOk or SESSION_GONE."""

    session: SessionId
    token: bytes
    last_seq: int


@dataclass(frozen=True, slots=True)
class ResumeOk:
    resume_token: bytes
    media: MediaConfig
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there -> Pong."""


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Logout:
    """End the session now -> Done, then the server closes."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer that says only yes."""


# ---- account -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Follows an AuthStart on the logged-in session (same nonce rules); ``proof`` is of the old
    password -> Done. ``keys`` is the account key sealed anew; its public half must not change."""

    proof: bytes
    verifier: Verifier
    keys: AccountKeys
    revoke_others: bool = False


@dataclass(frozen=True, slots=True)
class SetProfile:
    """Change the shown name -> Done."""

    nick: str


# ---- told without being asked ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServerNotice:
    kind: NoticeKind
    text: str = ""
    seconds: int = 0


# Every codec and session matches on these exhaustively.
Request = (
    Hello
    | Register
    | AuthStart
    | AuthFinish
    | AuthDevice
    | Resume
    | Ping
    | Logout
    | ChangePassword
    | SetProfile
    | AccountRequest
    | SetPresence
    | SetIdle
    | ListUsers
    | GetPerson
    | ListContacts
    | PutContact
    | DeleteContact
    | ListHistory
    | DeleteHistory
    | MarkHistorySeen
    | Invite
    | Alerting
    | Accept
    | Decline
    | Cancel
    | Leave
    | SetMute
    | Hold
    | Unhold
    | Swap
    | AddParticipant
    | Merge
    | Kick
    | SetLock
    | EndForAll
    | E2eRelay
    | QualityReport
)
Answer = (
    HelloOk
    | RegisterOk
    | AuthChallenge
    | AuthKeys
    | AuthOk
    | ResumeOk
    | Pong
    | Done
    | AccountAnswer
    | UserPage
    | PersonOk
    | ContactPage
    | HistoryPage
    | InviteOk
    | Refusal
)
Notice = (
    CallChanged | E2eArrived | PresenceChanged | ContactsChanged | HistoryChanged | ServerNotice
)

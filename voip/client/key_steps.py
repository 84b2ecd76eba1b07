"""What the keys of a call ask for: the steps that ``KeyExchange`` and ``GroupKeys`` give.

They are carried out in order. ``E2eTrouble`` says why keys do not hold; ``KeysRefused`` carries it
inside and never leaves the package of keys. Nothing here decides or sends anything.
"""

from dataclasses import dataclass, field
from enum import Enum, unique

from voip.core.calls import LegKey
from voip.core.ids import LegNumber, StreamId, Username


@unique
class E2eTrouble(Enum):
    """Why the keys of a call do not hold."""

    BAD_MESSAGE = "bad_message"
    CERTIFICATE = "certificate"  # no account key vouches for the device
    SIGNATURE = "signature"
    COMMITMENT = "commitment"  # changed, or not what was revealed
    REPLAYED = "replayed"
    SWAPPED = "swapped"  # a leg's device or key is not the one it had
    GHOST = "ghost"  # a leg that nobody called
    GATEWAY = "gateway"
    KEY_CHANGED = "key_changed"  # not the account key this person is known by
    ROSTER = "roster"  # somebody in the conference is shown other people than this device
    DOWNGRADED = "downgraded"  # a conference that is to be a call of two again
    TOO_LATE = "too_late"
    UNKNOWN_CONTACTS = "unknown_contacts"  # the file of known account keys cannot be read


@dataclass(frozen=True, slots=True)
class ShowLegKey:
    """Put this key in Alerting."""

    key: LegKey


@dataclass(frozen=True, slots=True)
class SendSealed:
    """Send this to a leg by E2eRelay."""

    to_leg: LegNumber
    sealed: bytes


@dataclass(frozen=True, slots=True)
class UseSendKey:
    """Speak under this key from now on; ``step`` is its ratchet step (RFC 9605 section 5.1)."""

    generation: int
    base_key: bytes = field(repr=False)
    step: int = 0


@dataclass(frozen=True, slots=True)
class UseReceiveKey:
    """Hear a stream under this key, and under its later steps, from now on."""

    stream: StreamId
    generation: int
    base_key: bytes = field(repr=False)
    step: int = 0


@dataclass(frozen=True, slots=True)
class DropReceiver:
    """Whoever spoke on this stream has left: forget their keys."""

    stream: StreamId


@dataclass(frozen=True, slots=True)
class CheckedPerson:
    """Somebody in the call. ``is_verified``: this account key was compared before."""

    username: Username
    account_key: bytes
    is_verified: bool


@dataclass(frozen=True, slots=True)
class KeysReady:
    """These are the people whose keys hold. A call of two has ``words``, a conference has ``code``:
    30 digits, new ones whenever somebody comes or goes."""

    people: tuple[CheckedPerson, ...]
    words: tuple[str, ...] = ()
    code: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether every account key was compared before."""
        return all(person.is_verified for person in self.people)


@dataclass(frozen=True, slots=True)
class KeysFailed:
    """The keys do not hold: leave the call. ``changed``: who came with another account key than
    the known one, and this new key."""

    trouble: E2eTrouble
    changed: CheckedPerson | None = None


class KeysRefused(Exception):
    """Ends the keys of a call; never leaves them."""

    def __init__(self, trouble: E2eTrouble, changed: CheckedPerson | None = None) -> None:
        super().__init__(trouble.value)
        self.failed = KeysFailed(trouble, changed)


E2eStep = (
    ShowLegKey | SendSealed | UseSendKey | UseReceiveKey | DropReceiver | KeysReady | KeysFailed
)

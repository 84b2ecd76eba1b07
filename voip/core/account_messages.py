"""The control messages about one's own account: recovery codes, devices, the end of it.

Plain values like all of ``voip.core.messages``, which gathers them with the others. What needs the
password proves it over an AuthStart on the open session, as ChangePassword does.
"""

from dataclasses import dataclass, field

from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.ids import DeviceId, Username


@dataclass(frozen=True, slots=True)
class SetRecovery:
    """Replace all recovery codes; ``proof`` is of the password -> Done."""

    proof: bytes
    copies: tuple[RecoveryCopy, ...]


@dataclass(frozen=True, slots=True)
class Recover:
    """Show that one knows a recovery code, before any login -> RecoverOk.

    WRONG_CODE for names nobody has too. The code is not used up by it.
    """

    username: Username
    token: bytes = field(repr=False)  # 32 bytes


@dataclass(frozen=True, slots=True)
class RecoverOk:
    keys: AccountKeys  # sealed under the code's key


@dataclass(frozen=True, slots=True)
class RecoverFinish:
    """Use the code up for a new password; every device has to log in by it -> Done.

    ``keys`` is the account key sealed anew; its public half must not change.
    """

    username: Username
    token: bytes = field(repr=False)
    verifier: Verifier
    keys: AccountKeys


@dataclass(frozen=True, slots=True)
class Reset:
    """Use a reset token of the operator's up: a new password, a new account key and new recovery
    codes, before any login -> Done; every device has to log in anew.

    WRONG_CODE for names nobody has too.
    """

    username: Username
    token: bytes = field(repr=False)  # 32 bytes
    verifier: Verifier
    keys: AccountKeys
    recovery: tuple[RecoveryCopy, ...]


@dataclass(frozen=True, slots=True)
class ListDevices:
    """One's own devices -> DeviceList."""


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A device that may log in by its own key. Times are UTC seconds since the epoch."""

    device: DeviceId
    name: str
    added_at: int
    seen_at: int  # its last login
    is_online: bool
    is_this: bool


@dataclass(frozen=True, slots=True)
class DeviceList:
    devices: tuple[OwnDevice, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class RevokeDevice:
    """Forget a device and end its session -> Done; UNKNOWN_DEVICE when there is none."""

    device: DeviceId


@dataclass(frozen=True, slots=True)
class DeleteAccount:
    """Delete the account and all that is kept of it; ``proof`` is of the password -> Done, after
    which every session of it ends."""

    proof: bytes


AccountRequest = (
    SetRecovery | Recover | RecoverFinish | Reset | ListDevices | RevokeDevice | DeleteAccount
)
AccountAnswer = RecoverOk | DeviceList

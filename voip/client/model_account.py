"""The verbs about one's own account: part of ``Controller``.

It promises; ``voip.client.signing_in`` keeps the promises. Recovery codes are given to whoever made
them and kept nowhere: a face shows them once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from twisted.internet.defer import Deferred

from voip.core.account_messages import OwnDevice
from voip.core.ids import DeviceId


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What came of a registration: the recovery codes, and whether one is logged in or waits for
    the operator's approval."""

    codes: tuple[str, ...] = field(repr=False)
    is_pending: bool = False


class AccountControls(Protocol):
    """The verbs that make an account, let one in, and change or end it."""

    def register(
        self, username: str, nick: str, password: str, invite: str = ""
    ) -> Deferred[SignedUp]:
        """Make an account and log in with it, unless the operator is to approve it first."""

    def login(self, username: str, password: str) -> Deferred[None]: ...

    def login_with_device(self, username: str) -> Deferred[None]:
        """By this device's key; UNKNOWN_DEVICE when it has none for that account here."""

    def known_accounts(self, address: str) -> Sequence[str]:
        """Accounts whose device key is on this computer, the last used first."""

    def logout(self) -> Deferred[None]: ...

    def recover(self, username: str, code: str, new: str) -> Deferred[tuple[str, ...]]:
        """Set a new password by a recovery code or a reset token, which is used up, and log in;
        every device has to log in again. A token brings a new account key, which contacts see, and
        new recovery codes, which are given; else there are none. WRONG_CODE for what opens nothing;
        BAD_REQUEST with ``field`` ``"code"`` for what is neither."""

    def set_nick(self, nick: str) -> Deferred[None]: ...

    def change_password(self, old: str, new: str) -> Deferred[None]: ...

    def recovery_codes(self, password: str) -> Deferred[tuple[str, ...]]:
        """Make new recovery codes, in the place of all that there are."""

    def devices(self) -> Deferred[tuple[OwnDevice, ...]]:
        """The devices that may log in by a key of their own, the oldest first."""

    def revoke_device(self, device: DeviceId) -> Deferred[None]:
        """Forget a device and end its session; it needs the password to come back."""

    def delete_account(self, password: str) -> Deferred[None]:
        """Delete the account with all that server and computer keep of it, and be logged out."""

"""The part of the fake client core that has an account.

Each verb is recorded and does to the model at once what the server would have done.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from voip.client.model import Link, Model
from voip.client.model_account import AccountControls, SignedUp
from voip.core.account_messages import OwnDevice
from voip.core.ids import DeviceId
from voip.core.recovery import RESET, read_token

T = TypeVar("T")

CODES = tuple(f"{letter * 4}-0123-4567-89AB-CDEF" for letter in "ABCDEFGH")
LAPTOP = OwnDevice(
    DeviceId(b"\x1a" * 32), "laptop", 1_700_000_000, 1_789_000_000, is_online=True, is_this=True
)
PHONE = OwnDevice(
    DeviceId(b"\x2b" * 32), "phone", 1_710_000_000, 1_788_000_000, is_online=False, is_this=False
)


class FakeAccount(ABC):
    """``AccountControls`` over whatever keeps the model."""

    model: Model
    known: list[str]
    refusals: dict[str, Exception]
    holds: dict[str, Deferred[object]]
    own_devices: list[OwnDevice]
    waits_for_approval = False

    @abstractmethod
    def signed_in(self, username: str = "alice") -> None:
        """Be logged in."""

    @abstractmethod
    def connection(self, link: Link, **fields: object) -> None:
        """Have the line like this."""

    @abstractmethod
    def _answer(self, verb: str, result: T, *arguments: object) -> Deferred[T]:
        """Record a verb and answer it as the test wants."""

    def _logging_in(self, verb: str, username: str, result: T, *arguments: object) -> Deferred[T]:
        answer = self._answer(verb, result, username, *arguments)
        if verb not in self.refusals and verb not in self.holds:
            self.signed_in(username)
        return answer

    def _logging_out(self, verb: str, *arguments: object) -> Deferred[None]:
        answer = self._answer(verb, None, *arguments)
        if verb not in self.refusals:
            self.model = replace(self.model, me=None, contacts=())
            self.connection(Link.OFFLINE)
        return answer

    def register(
        self, username: str, nick: str, password: str, invite: str = ""
    ) -> Deferred[SignedUp]:
        if self.waits_for_approval:
            made = SignedUp(CODES, is_pending=True)
            return self._answer("register", made, username, nick, password, invite)
        return self._logging_in("register", username, SignedUp(CODES), nick, password, invite)

    def login(self, username: str, password: str) -> Deferred[None]:
        return self._logging_in("login", username, None, password)

    def login_with_device(self, username: str) -> Deferred[None]:
        return self._logging_in("login_with_device", username, None)

    def recover(self, username: str, code: str, new: str) -> Deferred[tuple[str, ...]]:
        codes = CODES if read_token(RESET, code) else ()
        return self._logging_in("recover", username, codes, code, new)

    def known_accounts(self, address: str) -> Sequence[str]:
        if "known_accounts" in self.refusals:
            raise self.refusals["known_accounts"]
        return tuple(self.known)

    def logout(self) -> Deferred[None]:
        return self._logging_out("logout")

    def set_nick(self, nick: str) -> Deferred[None]:
        return self._answer("set_nick", None, nick)

    def change_password(self, old: str, new: str) -> Deferred[None]:
        return self._answer("change_password", None, old, new)

    def recovery_codes(self, password: str) -> Deferred[tuple[str, ...]]:
        return self._answer("recovery_codes", CODES, password)

    def devices(self) -> Deferred[tuple[OwnDevice, ...]]:
        return self._answer("devices", tuple(self.own_devices))

    def revoke_device(self, device: DeviceId) -> Deferred[None]:
        if "revoke_device" not in self.refusals:
            self.own_devices = [each for each in self.own_devices if each.device != device]
        return self._answer("revoke_device", None, device)

    def delete_account(self, password: str) -> Deferred[None]:
        return self._logging_out("delete_account", password)


def as_account_controls(fake: FakeAccount) -> AccountControls:
    """The type checker's word that the fake is whole."""
    return fake

"""The account verbs: make an account, log in, recover, change or delete it, with this computer's
keys.

It knows which connection each needs and which key file comes of it. The messages are
``voip.client.login``'s, the files ``voip.client.keyring``'s. An opened session flows out through
``opened``, in the very moment the server's answer came, since notices follow at once.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from twisted.internet.interfaces import IReactorTime

from voip.client.device_identity import DeviceIdentity
from voip.client.dialer import Dialer
from voip.client.greeting import open_side_line, unless_refused
from voip.client.keyring import Keyring
from voip.client.link import ServerLink
from voip.client.login import (
    Means,
    Stretched,
    Unlocked,
    check_new_password,
    deletion,
    login_with_device,
    login_with_password,
    password_change,
    register,
    unlock,
    untrusted,
)
from voip.client.model import ClientError
from voip.client.model_account import SignedUp
from voip.client.recovery import recover, recovery_change
from voip.client.recovery_codes import new_codes
from voip.client.steady_line import SteadyLine
from voip.core.account_messages import DeviceList, ListDevices, OwnDevice, RevokeDevice
from voip.core.errors import ErrorCode
from voip.core.ids import DeviceId, Username
from voip.core.messages import AuthOk
from voip.core.names import MAX_DEVICE_NAME, as_username, clean_text


class SigningIn:
    """The verbs, for one attempt at the server that is connected now; each raises ``ClientError``,
    or ``LinkError`` when the line does not hold."""

    def __init__(
        self,
        clock: IReactorTime,
        data_dir: Path,
        dialer: Dialer,
        link: ServerLink,
        means: Means,
        opened: Callable[[DeviceIdentity, AuthOk], None],
    ) -> None:
        self._clock = clock
        self._data_dir = data_dir
        self._dialer = dialer
        self._link = link
        self._line = SteadyLine(link)
        self._address = link.address
        self._means = means
        self._opened = opened

    async def register(self, typed: str, nick: str, password: str, invite: str) -> SignedUp:
        """Make an account and log in with it, if that may be; gives its recovery codes, which
        nobody can show again. Without a nick the name is shown."""
        username = self._ready_for(typed)
        made = await register(self._line, self._means, username, nick or username, password, invite)
        if not made.is_pending:
            await self._login(username, password, made.stretched)
        return SignedUp(made.recovery.codes, made.is_pending)

    async def recover(self, typed: str, code: str, new: str) -> tuple[str, ...]:
        """Set a new password by a recovery code or a reset token, and log in with it; gives the new
        recovery codes that a token brings."""
        username = self._ready_for(typed)
        recovered = await recover(self._line, self._means, username, code, new)
        await self._login(username, new, recovered.stretched)
        return recovered.codes

    async def login(self, typed: str, password: str) -> None:
        """Log in and keep the device key, so that the password is not asked again here."""
        await self._login(self._ready_for(typed), password)

    async def _login(
        self, username: Username, password: str, stretched: Stretched | None = None
    ) -> None:
        keyring = self._keyring()
        kept = keyring.device_of(username)
        identity, opened = await login_with_password(
            self._line, self._means, username, password, kept, stretched
        )
        self._opened(identity, opened)
        keyring.keep(identity)

    async def login_with_device(self, typed: str) -> None:
        """Log in by the key kept here; ``ClientError`` UNKNOWN_DEVICE without one."""
        username = self._ready_for(typed)
        keyring = self._keyring()
        identity = keyring.device_of(username)
        if identity is None:
            raise ClientError(ErrorCode.UNKNOWN_DEVICE, "username")
        self._opened(identity, await login_with_device(self._line, identity))
        keyring.used(username)

    async def change_password(self, old: str, new: str) -> None:
        """Change the password of who is logged in, and seal the account key under the new one."""
        username = self._logged_in()
        check_new_password(new, username)
        unlocked = await self._unlock(username, old)
        change = await password_change(self._line, self._means, username, unlocked, old, new)
        unless_refused(await self._line.request(change))

    async def recovery_codes(self, password: str) -> tuple[str, ...]:
        """Make new recovery codes, in the place of all others; nobody can show them again."""
        username = self._logged_in()
        unlocked = await self._unlock(username, password)
        made = new_codes(unlocked.account, username, self._means.random)
        change = await recovery_change(self._line, self._means, username, password, unlocked, made)
        unless_refused(await self._line.request(change))
        return made.codes

    async def devices(self) -> tuple[OwnDevice, ...]:
        """The devices of who is logged in, the oldest first."""
        answer = unless_refused(await self._line.request(ListDevices()))
        if not isinstance(answer, DeviceList):
            raise untrusted()
        return tuple(
            replace(device, name=clean_text(device.name, MAX_DEVICE_NAME))
            for device in answer.devices
        )

    async def revoke_device(self, device: DeviceId) -> None:
        """Forget a device; this one is logged out by it."""
        unless_refused(await self._line.request(RevokeDevice(device)))

    async def delete_account(self, password: str) -> None:
        """Delete the account of who is logged in, and what this computer keeps of it."""
        username = self._logged_in()
        request = await deletion(self._line, self._means, username, password)
        unless_refused(await self._line.request(request))
        self._link.leave()
        self._keyring().forget(username)

    def _logged_in(self) -> Username:
        if self._link.identity is None:
            raise ClientError(ErrorCode.NOT_LOGGED_IN)
        return self._link.identity.username

    async def _unlock(self, username: Username, password: str) -> Unlocked:
        """The account key of who is logged in.

        An open session is not given the sealed key, so a connection beside it asks.
        """
        assert self._address is not None
        side = await open_side_line(self._clock, self._dialer, self._address)
        try:
            return await unlock(side, self._means, username, password)
        finally:
            side.close()

    def _ready_for(self, typed: str) -> Username:
        """The name somebody typed, when this is the time to log in."""
        if self._link.identity is not None:
            raise ClientError(ErrorCode.ALREADY_LOGGED_IN)
        username = as_username(typed)
        if username is None:
            raise ClientError(ErrorCode.NAME_NOT_ALLOWED, "username")
        return username

    def _keyring(self) -> Keyring:
        if self._address is None:
            raise ClientError(ErrorCode.NOT_LOGGED_IN)
        return Keyring(self._data_dir, self._address)

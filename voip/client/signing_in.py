"""The account verbs: make an account, log in, change the password, with this computer's keys.

It knows which connection each needs and which key file comes of it. The messages are
``voip.client.login``'s, the files ``voip.client.keyring``'s. An opened session flows out through
``opened``, in the very moment the server's answer came, since notices follow at once.
"""

from collections.abc import Callable
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
    check_new_password,
    fetch_account_key,
    login_with_device,
    login_with_password,
    password_change,
    register,
)
from voip.client.model import ClientError
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import AuthOk
from voip.core.names import as_username


class SigningIn:
    """The verbs; each raises ``ClientError``, or ``LinkError`` when the line does not hold."""

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
        self._means = means
        self._opened = opened

    async def register(self, typed: str, nick: str, password: str, invite: str) -> None:
        """Make an account and log in with it; without a nick the name is shown."""
        username = self._ready_for(typed)
        stretched = await register(
            self._link, self._means, username, nick or username, password, invite
        )
        await self._login(username, password, stretched)

    async def login(self, typed: str, password: str) -> None:
        """Log in and keep the device key, so that the password is not asked again here."""
        await self._login(self._ready_for(typed), password)

    async def _login(
        self, username: Username, password: str, stretched: Stretched | None = None
    ) -> None:
        keyring = self._keyring()
        kept = keyring.device_of(username)
        identity, opened = await login_with_password(
            self._link, self._means, username, password, kept, stretched
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
        self._opened(identity, await login_with_device(self._link, identity))
        keyring.used(username)

    async def change_password(self, old: str, new: str) -> None:
        """Change the password of who is logged in, and seal the account key under the new one."""
        identity, address = self._link.identity, self._link.address
        if identity is None or address is None:
            raise ClientError(ErrorCode.NOT_LOGGED_IN)
        username = identity.username
        check_new_password(new, username)
        # an open session is not given the sealed account key, so a connection beside it asks
        side = await open_side_line(self._clock, self._dialer, address)
        try:
            account = await fetch_account_key(side, self._means, username, old)
        finally:
            side.close()
        change = await password_change(self._link, self._means, username, account, old, new)
        unless_refused(await self._link.request(change))

    def _ready_for(self, typed: str) -> Username:
        """The name somebody typed, when this is the time to log in."""
        if self._link.identity is not None:
            raise ClientError(ErrorCode.ALREADY_LOGGED_IN)
        username = as_username(typed)
        if username is None:
            raise ClientError(ErrorCode.NAME_NOT_ALLOWED, "username")
        return username

    def _keyring(self) -> Keyring:
        if self._link.address is None:
            raise ClientError(ErrorCode.NOT_LOGGED_IN)
        return Keyring(self._data_dir, self._link.address)

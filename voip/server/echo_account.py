"""The account `echo`, which lives in the server: made at the first start, its keys kept with it.

It is an ordinary account with a certified device, but it has no password verifier, so its device
key is the only way in. Who answers its calls is a client like any other, which gets the keys from
here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.core import login
from voip.core.errors import LocalProtocolError
from voip.core.ids import Username
from voip.core.messages import AccountKeys
from voip.server.data_dir import ECHO, CannotStart, DataDirectory
from voip.store.interface import AccountStore, Device, NameTaken, NewAccount

USERNAME: Final = Username("echo")
NICK: Final = "Echo test"
DEVICE_NAME: Final = "server"

Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class EchoKeys:
    """The keys of the account and its one device, raw Ed25519: what its client logs in with.

    ``certificate`` vouches for the device under ``device_name`` (``voip.core.login``).
    """

    username: Username
    device_name: str
    certificate: bytes
    account_private: bytes = field(repr=False)
    device_private: bytes = field(repr=False)

    @property
    def account_public(self) -> bytes:
        return _public_of(self.account_private)

    @property
    def device_public(self) -> bytes:
        return _public_of(self.device_private)


def load_or_make_keys(directory: DataDirectory, random: Random) -> EchoKeys:
    """The keys kept in ``echo/``, made if there are none. Raises ``CannotStart``."""
    account = _kept_key(directory, "account.key", random)
    device = _kept_key(directory, "device.key", random)
    certificate = login.make_certificate(
        Ed25519PrivateKey.from_private_bytes(account), _public_of(device), DEVICE_NAME
    )
    return EchoKeys(USERNAME, DEVICE_NAME, certificate, account, device)


async def ensure_account(store: AccountStore, keys: EchoKeys, now: int) -> None:
    """Have the account and its device in the store. Raises ``CannotStart`` when the account there
    has other keys than those in the data directory; ``now`` is UTC seconds."""
    account = await store.account(USERNAME)
    if account is None:
        new = NewAccount(USERNAME, NICK, None, AccountKeys(keys.account_public, b""))
        made = await store.create_account(new, now)
        if isinstance(made, NameTaken):
            raise LocalProtocolError("the store takes a name that it did not have a moment ago")
        account = made
    if account.keys.public != keys.account_public:
        raise CannotStart(
            f"The keys in {ECHO}/ are not those of the account {USERNAME} in the database: "
            "put back both from one copy of the data directory."
        )
    device = Device(
        device=login.device_id_of(keys.device_public),
        public=keys.device_public,
        certificate=keys.certificate,
        name=keys.device_name,
        added_at=now,
        seen_at=now,
    )
    await store.put_device(account.account, device)


def _kept_key(directory: DataDirectory, name: str, random: Random) -> bytes:
    key = directory.secret(f"{ECHO}/{name}", lambda: random(login.KEY_SIZE))
    if len(key) != login.KEY_SIZE:
        raise CannotStart(f"{directory.path / ECHO / name} is damaged: put it back from a copy.")
    return key


def _public_of(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

"""The account `echo`, which lives in the server: made at the first start, its keys kept with it.

It is an ordinary account with a few certified devices, its lines, each of which can be in one call;
but it has no password verifier, so its device keys are the only way in. Who answers its calls is a
client like any other, which gets the keys from here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voip.core import login
from voip.core.credentials import AccountKeys
from voip.core.errors import LocalProtocolError
from voip.core.ids import Username
from voip.server.data_dir import ECHO, CannotStart, DataDirectory
from voip.store.interface import Account, AccountStore, Device, NewAccount

USERNAME: Final = Username("echo")
NICK: Final = "Echo test"
DEVICE_NAME: Final = "server"
LINES: Final = 4
"""How many people can call it at once."""

Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class EchoKeys:
    """One line: a device with its raw Ed25519 key, which its client logs in with.

    ``certificate`` vouches for the device under ``device_name`` (``voip.core.login``).
    """

    username: Username
    account_public: bytes
    device_name: str
    certificate: bytes
    device_private: bytes = field(repr=False)

    @property
    def device_public(self) -> bytes:
        return _public_of(self.device_private)


def load_or_make_keys(directory: DataDirectory, random: Random) -> tuple[EchoKeys, ...]:
    """The keys of all lines, kept in ``echo/``, made if there are none. Raises ``CannotStart``."""
    account = Ed25519PrivateKey.from_private_bytes(_kept_key(directory, "account.key", random))
    return tuple(
        _line(account, _kept_key(directory, f"line-{number}.key", random))
        for number in range(1, LINES + 1)
    )


async def ensure_account(store: AccountStore, lines: Sequence[EchoKeys], now: int) -> None:
    """Have the account and its devices in the store. Raises ``CannotStart`` when the account there
    has another key than the one in the data directory; ``now`` is UTC seconds."""
    public = lines[0].account_public
    account = await store.account(USERNAME)
    if account is None:
        made = await store.create_account(
            NewAccount(USERNAME, NICK, None, AccountKeys(public, b"")), now
        )
        if not isinstance(made, Account):
            raise LocalProtocolError("the store takes a name that it did not have a moment ago")
        account = made
    if account.keys.public != public:
        raise CannotStart(
            f"The keys in {ECHO}/ are not those of the account {USERNAME} in the database: "
            "put back both from one copy of the data directory."
        )
    for line in lines:
        device = Device(
            device=login.device_id_of(line.device_public),
            public=line.device_public,
            certificate=line.certificate,
            name=line.device_name,
            added_at=now,
            seen_at=now,
        )
        await store.add_device(account.account, device, account.verifier)


def _line(account: Ed25519PrivateKey, device: bytes) -> EchoKeys:
    certificate = login.make_certificate(account, _public_of(device), DEVICE_NAME)
    public = account.public_key().public_bytes_raw()
    return EchoKeys(USERNAME, public, DEVICE_NAME, certificate, device)


def _kept_key(directory: DataDirectory, name: str, random: Random) -> bytes:
    key = directory.secret(f"{ECHO}/{name}", lambda: random(login.KEY_SIZE))
    if len(key) != login.KEY_SIZE:
        raise CannotStart(f"{directory.path / ECHO / name} is damaged: put it back from a copy.")
    return key


def _public_of(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

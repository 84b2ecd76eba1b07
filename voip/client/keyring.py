"""This computer's device keys, by server and account.

It knows the files under the data directory: ``servers/HOST_PORT/accounts.json`` (the last used
first), ``devices/NAME.json`` and ``contacts/NAME.json`` beside it. Keys lie there as they are,
protected by the file's mode, as an SSH key without a passphrase is. It speaks to no server. A file
that does not make sense raises ``DataFileError`` and is left alone.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from voip.client.address import Address
from voip.client.contact_keys import ContactKeys
from voip.client.device_identity import DeviceIdentity, read_identity
from voip.client.private_files import (
    DataFileError,
    hex_field,
    make_private_directory,
    read_private_file,
    remove_private_file,
    write_private_file,
)
from voip.core.ids import Username


class Keyring:
    """The keys for one server."""

    def __init__(self, data_dir: Path, address: Address) -> None:
        make_private_directory(data_dir)
        # quoted, so that no host or name can point out of the directory
        host, _, port = address.key.rpartition(":")
        self._directory = data_dir / "servers" / f"{quote(host, safe='')}_{port}"
        self._accounts = self._directory / "accounts.json"

    def accounts(self) -> Sequence[Username]:
        """Who has a device key here, the last used first."""
        content = read_private_file(self._accounts)
        names = content.get("accounts") if content is not None else []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise DataFileError(self._accounts)
        return tuple(Username(name) for name in names)

    def device_of(self, username: Username) -> DeviceIdentity | None:
        """This computer's device key for an account, or None."""
        path = self._path("devices", username)
        content = read_private_file(path)
        if content is None:
            return None
        try:
            name = content.get("name")
            if not isinstance(name, str):
                raise ValueError(name)
            certificate = hex_field(content, "certificate")
            identity = read_identity(username, name, certificate, hex_field(content, "private"))
        except ValueError as failure:
            raise DataFileError(path) from failure
        if identity is None:
            raise DataFileError(path)
        return identity

    def keep(self, identity: DeviceIdentity) -> None:
        """Remember a device key, in the place of an older one of the same account."""
        write_private_file(
            self._path("devices", identity.username),
            {
                "name": identity.name,
                "certificate": identity.certificate.hex(),
                "private": identity.private.private_bytes_raw().hex(),
            },
        )
        self.used(identity.username)

    def used(self, username: Username) -> None:
        """This account was logged in with just now."""
        others = [name for name in self.accounts() if name != username]
        write_private_file(self._accounts, {"accounts": [username, *others]})

    def forget(self, username: Username) -> None:
        """Keep nothing of an account that is no more."""
        others = [name for name in self.accounts() if name != username]
        for folder in ("devices", "contacts"):
            remove_private_file(self._path(folder, username))
        write_private_file(self._accounts, {"accounts": others})

    def contacts_of(self, username: Username) -> ContactKeys:
        """The account keys of the people this account has talked to."""
        return ContactKeys(self._path("contacts", username))

    def _path(self, folder: str, username: Username) -> Path:
        return self._directory / folder / f"{quote(username, safe='')}.json"

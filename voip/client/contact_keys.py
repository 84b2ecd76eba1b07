"""Whose account key is whose: trust on first use for people.

It knows, for one account of ours on one server, the account key that each person showed in the
first call, and whether its words were compared since. It checks no certificate and makes no call.
"""

from dataclasses import dataclass
from pathlib import Path

from voip.client.private_files import (
    DataFileError,
    hex_field,
    read_private_file,
    write_private_file,
)
from voip.core.ids import Username

ACCOUNT_KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class ContactKey:
    """A person's Ed25519 account key; ``is_verified``: the words of a call under it matched."""

    account_key: bytes
    is_verified: bool = False


class ContactKeys:
    """The known account keys, in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, username: Username) -> ContactKey | None:
        """What is known of a person; None before the first call."""
        return self._read().get(username)

    def trust_first(self, username: Username, account_key: bytes) -> None:
        """Remember the key of a person met for the first time; a known one stays as it is."""
        known = self._read()
        if username not in known:
            self._write(known | {username: ContactKey(account_key)})

    def mark_verified(self, username: Username, account_key: bytes) -> None:
        """The words matched in a call under this key."""
        self._write(self._read() | {username: ContactKey(account_key, is_verified=True)})

    def _read(self) -> dict[Username, ContactKey]:
        content = read_private_file(self._path)
        if content is None:
            return {}
        people = content.get("people")
        try:
            if not isinstance(people, dict):
                raise ValueError(people)
            return {Username(name): _contact(value) for name, value in people.items()}
        except ValueError as failure:
            raise DataFileError(self._path) from failure

    def _write(self, known: dict[Username, ContactKey]) -> None:
        people = {
            name: {"account_key": each.account_key.hex(), "verified": each.is_verified}
            for name, each in sorted(known.items())
        }
        write_private_file(self._path, {"people": people})


def _contact(value: object) -> ContactKey:
    if not isinstance(value, dict) or not isinstance(value.get("verified"), bool):
        raise ValueError(value)
    return ContactKey(hex_field(value, "account_key", ACCOUNT_KEY_SIZE), value["verified"])

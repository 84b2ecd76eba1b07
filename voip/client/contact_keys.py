"""Whose account key is whose: trust on first use for people.

It knows, for one account of ours on one server, the account key that each person showed in the
first call, and whether its words or its code were compared since. It checks no certificate and
makes no call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from voip.client.key_steps import CheckedPerson
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

    def everybody(self) -> Mapping[Username, ContactKey]:
        """What is known of each person; nothing of somebody before the first call."""
        return self._read()

    def trust_first(self, people: Iterable[CheckedPerson]) -> None:
        """Remember the keys of people met for the first time; known ones stay as they are."""
        known = self._read()
        new = {
            each.username: ContactKey(each.account_key)
            for each in people
            if each.username not in known
        }
        if new:
            self._write(known | new)

    def mark_verified(self, people: Iterable[CheckedPerson]) -> None:
        """The words, or the code, matched in a call under these keys."""
        verified = {
            each.username: ContactKey(each.account_key, is_verified=True) for each in people
        }
        self._write(self._read() | verified)

    def trust_new(self, person: CheckedPerson) -> None:
        """From now on somebody is known by another key, which nobody has compared yet."""
        self._write(self._read() | {person.username: ContactKey(person.account_key)})

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

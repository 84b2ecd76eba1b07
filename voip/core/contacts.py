"""The phone book: what an account keeps about another, and what may stand there.

It knows one contact at a time; ``voip.core.books`` knows whose book holds whom.
"""

from dataclasses import dataclass, replace

from voip.core.ids import Username
from voip.core.names import MAX_NICK, clean_text, username_problem

MAX_CONTACTS = 5000
"""Entries of one phone book, the blocked among them."""
MAX_ALIAS = MAX_NICK
MAX_NOTES = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """One entry of a phone book; ``alias`` is the owner's own name for that person, or empty."""

    username: Username
    alias: str = ""
    is_favourite: bool = False
    notes: str = ""
    is_blocked: bool = False


def contact_problem(contact: Contact, owner: Username) -> str:
    """The field of a contact that cannot stand in the book; empty: none."""
    is_name = username_problem(contact.username) is None
    return "" if is_name and contact.username != owner else "username"


def cleaned(contact: Contact) -> Contact:
    """A contact whose texts can be shown anywhere."""
    alias = clean_text(contact.alias, MAX_ALIAS)
    return replace(contact, alias=alias, notes=clean_text(contact.notes, MAX_NOTES))

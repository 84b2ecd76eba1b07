"""The phone book as a list: favourites, the others, the blocked; one row each.

It knows how a contact is shown and grouped, and nothing of keys.
"""

from collections.abc import Sequence

from voip.client.model_people import ContactView
from voip.core.ids import Username
from voip.core.people import Presence
from voip_terminal.glyphs import Glyphs
from voip_terminal.paint import Line, clean, column
from voip_terminal.row_list import PRESENCE_COLS, Heading
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS


def shown_contact(contact: ContactView) -> str:
    """What to call somebody: one's own name for them, or theirs, or else the account's."""
    return clean(contact.name).strip() or clean(contact.username)


def username_of(contact: ContactView) -> Username:
    return contact.username


def is_online(contact: ContactView) -> bool:
    return contact.presence is not Presence.OFFLINE and not contact.is_blocked


def grouped(contacts: Sequence[ContactView], glyphs: Glyphs) -> list[ContactView | Heading]:
    """The rows of the list; there are headings once there is more than one group."""
    groups = {
        f"{glyphs.favourite} Favourites": [
            one for one in contacts if one.is_favourite and not one.is_blocked
        ],
        "All others": [one for one in contacts if not one.is_favourite and not one.is_blocked],
        f"{glyphs.no} Blocked": [one for one in contacts if one.is_blocked],
    }
    filled = {name: group for name, group in groups.items() if group}
    rows: list[ContactView | Heading] = []
    for name, group in filled.items():
        if len(filled) > 1:
            rows.append(Heading(name))
        rows += group
    return rows


def sign_of(contact: ContactView, glyphs: Glyphs) -> str:
    """The sign before a name."""
    return glyphs.no if contact.is_blocked else glyphs.presence(contact.presence)


def word_of(contact: ContactView) -> str:
    """How somebody is."""
    return "blocked" if contact.is_blocked else PRESENCE_WORDS[contact.presence]


def row_of_contact(contact: ContactView, cols: int, glyphs: Glyphs) -> Line:
    """Sign, name, presence."""
    name_cols = cols - 3 - PRESENCE_COLS
    return [
        (None, f"{sign_of(contact, glyphs)} "),
        (None, column(shown_contact(contact), name_cols, glyphs.cut)),
        (None, " "),
        (Style.DIM, column(word_of(contact), PRESENCE_COLS, glyphs.cut)),
    ]

"""One's own phone book as this device has it, in the order in which it is shown.

It takes in pages, changes and presence as they are told, and gives ``ContactView`` values. It asks
nobody. Texts are made safe to show here, since a client need not trust its server.
"""

from collections.abc import Iterable
from dataclasses import replace

from voip.client.model_people import ContactView
from voip.client.people import shown
from voip.core.contacts import MAX_CONTACTS, Contact, cleaned
from voip.core.ids import Username
from voip.core.people import Person, Presence
from voip.core.people_messages import ListedContact


class PhoneBook:
    """The contacts of whoever is logged in."""

    def __init__(self) -> None:
        self._views: dict[Username, ContactView] = {}
        self._order: list[Username] = []
        self.is_whole = False
        """Every page has been read."""

    def all(self) -> tuple[ContactView, ...]:
        """Favourites first, then by the name that is shown."""
        return tuple(self._views[name] for name in self._order)

    def name_of(self, username: Username) -> str | None:
        """What somebody is called here; None of who is not in the book."""
        view = self._views.get(username)
        return None if view is None else view.name

    def contact(self, username: Username) -> Contact:
        """The entry of somebody, or a blank one."""
        view = self._views.get(username)
        if view is None:
            return Contact(username)
        return Contact(username, view.alias, view.is_favourite, view.notes, view.is_blocked)

    def changed(self, put: Iterable[ListedContact], removed: Iterable[Username] = ()) -> None:
        """Entries were written or taken out."""
        for username in removed:
            self._views.pop(username, None)
        for one in put:
            # a server keeps no more, and one that tells of more is not to fill the memory
            if one.contact.username in self._views or len(self._views) < MAX_CONTACTS:
                self._views[one.contact.username] = _view(one)
        self._sort()

    def told(self, people: Iterable[Person]) -> bool:
        """Take in how people are; False: none of them is in the book."""
        known = [person for person in people if person.username in self._views]
        has_new_name = False
        for person in known:
            before = self._views[person.username]
            nick = before.nick
            if person.presence is not Presence.OFFLINE:  # who is offline is told without a name
                nick = shown(person).nick
            has_new_name |= nick != before.nick
            self._views[person.username] = replace(
                before, nick=nick, presence=person.presence, text=shown(person).text
            )
        if has_new_name:
            self._sort()
        return bool(known)

    def _sort(self) -> None:
        self._order = sorted(self._views, key=self._place)

    def _place(self, username: Username) -> tuple[bool, str, Username]:
        view = self._views[username]
        return not view.is_favourite, view.name.casefold(), username


def _view(listed: ListedContact) -> ContactView:
    contact, person = cleaned(listed.contact), shown(listed.person)
    return ContactView(
        username=contact.username,
        alias=contact.alias,
        nick=person.nick,
        presence=person.presence,
        text=person.text,
        is_favourite=contact.is_favourite,
        notes=contact.notes,
        is_blocked=contact.is_blocked,
    )

"""The phone book and past calls: protobuf to core and back.

Knows the second half of ``people.proto`` and its bounds. ``to_...`` makes protobuf and trusts its
own side; ``from_...`` reads a peer's and raises ``BadFrame`` for what is out of bounds.
"""

from collections.abc import Iterable, Sequence

from voip.core import people_messages as messages
from voip.core.contacts import Contact
from voip.core.history import MAX_PEERS, HistoryEntry, HistoryKind
from voip.core.ids import EntryId
from voip.wire.codec_calls import END_REASONS, MAX_PER_MILLE
from voip.wire.codec_checks import MAX_NICK, Words, call_id, few, text, username, usernames, within
from voip.wire.codec_people import MAX_CURSOR, MAX_QUERY, from_person, to_person
from voip.wire.v1 import people_pb2

MAX_NOTES = 2048
MAX_CONTACTS = 200
MAX_ENTRIES = 50
# What a database keeps in 64 bits with a sign.
MAX_NUMBER = 2**63 - 1

KINDS = Words(
    {
        HistoryKind.ALL: people_pb2.HISTORY_KIND_ALL,
        HistoryKind.MISSED: people_pb2.HISTORY_KIND_MISSED,
        HistoryKind.CONFERENCES: people_pb2.HISTORY_KIND_CONFERENCES,
    }
)


def to_contact(contact: Contact) -> people_pb2.Contact:
    return people_pb2.Contact(
        username=contact.username,
        alias=contact.alias,
        is_favourite=contact.is_favourite,
        notes=contact.notes,
        is_blocked=contact.is_blocked,
    )


def from_contact(contact: people_pb2.Contact) -> Contact:
    return Contact(
        username=username(contact.username),
        alias=text(contact.alias, MAX_NICK),
        is_favourite=contact.is_favourite,
        notes=text(contact.notes, MAX_NOTES),
        is_blocked=contact.is_blocked,
    )


def _to_listed(
    contacts: Iterable[messages.ListedContact],
) -> list[people_pb2.ListedContact]:
    return [
        people_pb2.ListedContact(contact=to_contact(one.contact), person=to_person(one.person))
        for one in contacts
    ]


def _from_listed(
    contacts: Sequence[people_pb2.ListedContact],
) -> tuple[messages.ListedContact, ...]:
    return tuple(
        messages.ListedContact(from_contact(one.contact), from_person(one.person))
        for one in few(contacts, MAX_CONTACTS)
    )


def from_list_contacts(request: people_pb2.ListContacts) -> messages.ListContacts:
    return messages.ListContacts(text(request.cursor, MAX_CURSOR))


def to_contact_page(page: messages.ContactPage) -> people_pb2.ContactPage:
    return people_pb2.ContactPage(contacts=_to_listed(page.contacts), next_cursor=page.next_cursor)


def from_contact_page(page: people_pb2.ContactPage) -> messages.ContactPage:
    return messages.ContactPage(_from_listed(page.contacts), text(page.next_cursor, MAX_CURSOR))


def from_put_contact(request: people_pb2.PutContact) -> messages.PutContact:
    return messages.PutContact(from_contact(request.contact))


def from_delete_contact(request: people_pb2.DeleteContact) -> messages.DeleteContact:
    return messages.DeleteContact(username(request.username))


def to_contacts_changed(notice: messages.ContactsChanged) -> people_pb2.ContactsChanged:
    return people_pb2.ContactsChanged(put=_to_listed(notice.put), removed=notice.removed)


def from_contacts_changed(notice: people_pb2.ContactsChanged) -> messages.ContactsChanged:
    return messages.ContactsChanged(
        _from_listed(notice.put), usernames(few(notice.removed, MAX_CONTACTS))
    )


def _to_entry(entry: HistoryEntry) -> people_pb2.HistoryEntry:
    return people_pb2.HistoryEntry(
        entry=entry.entry,
        call_id=entry.call_id,
        is_incoming=entry.is_incoming,
        is_missed=entry.is_missed,
        peers=entry.peers,
        is_conference=entry.is_conference,
        outcome=END_REASONS.number(entry.outcome),
        started_at=entry.started_at,
        talked_seconds=entry.talked_seconds,
        lost_per_mille=entry.lost_per_mille,
        rtt_ms=entry.rtt_ms,
        is_seen=entry.is_seen,
    )


def from_entry(entry: people_pb2.HistoryEntry) -> HistoryEntry:
    return HistoryEntry(
        entry=EntryId(within(entry.entry, 1, MAX_NUMBER)),
        call_id=call_id(entry.call_id),
        is_incoming=entry.is_incoming,
        is_missed=entry.is_missed,
        peers=usernames(few(entry.peers, MAX_PEERS)),
        is_conference=entry.is_conference,
        outcome=END_REASONS.word(entry.outcome),
        started_at=within(entry.started_at, 0, MAX_NUMBER),
        talked_seconds=entry.talked_seconds,
        lost_per_mille=within(entry.lost_per_mille, 0, MAX_PER_MILLE),
        rtt_ms=entry.rtt_ms,
        is_seen=entry.is_seen,
    )


def to_list_history(request: messages.ListHistory) -> people_pb2.ListHistory:
    return people_pb2.ListHistory(
        kind=KINDS.number(request.kind), query=request.query, cursor=request.cursor
    )


def from_list_history(request: people_pb2.ListHistory) -> messages.ListHistory:
    return messages.ListHistory(
        kind=KINDS.word(request.kind),
        query=text(request.query, MAX_QUERY),
        cursor=text(request.cursor, MAX_CURSOR),
    )


def to_history_page(page: messages.HistoryPage) -> people_pb2.HistoryPage:
    return people_pb2.HistoryPage(
        entries=[_to_entry(entry) for entry in page.entries],
        next_cursor=page.next_cursor,
        unseen_missed=page.unseen_missed,
    )


def from_history_page(page: people_pb2.HistoryPage) -> messages.HistoryPage:
    return messages.HistoryPage(
        entries=tuple(from_entry(entry) for entry in few(page.entries, MAX_ENTRIES)),
        next_cursor=text(page.next_cursor, MAX_CURSOR),
        unseen_missed=page.unseen_missed,
    )


def from_delete_history(request: people_pb2.DeleteHistory) -> messages.DeleteHistory:
    entry = within(request.entry, 0, MAX_NUMBER)
    return messages.DeleteHistory(EntryId(entry) if entry else None)


def to_history_changed(notice: messages.HistoryChanged) -> people_pb2.HistoryChanged:
    return people_pb2.HistoryChanged(
        added=None if notice.added is None else _to_entry(notice.added),
        unseen_missed=notice.unseen_missed,
    )


def from_history_changed(notice: people_pb2.HistoryChanged) -> messages.HistoryChanged:
    return messages.HistoryChanged(
        from_entry(notice.added) if notice.HasField("added") else None, notice.unseen_missed
    )

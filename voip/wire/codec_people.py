"""Presence, people and lists of people: protobuf to core and back.

Knows the first half of ``people.proto`` and its bounds; ``codec_book`` knows the other. ``to_...``
makes protobuf and trusts its own side; ``from_...`` reads a peer's and raises ``BadFrame`` for what
is out of bounds.
"""

from collections.abc import Iterable, Sequence

from voip.core import people_messages
from voip.core.people import Person, Presence
from voip.core.people_messages import UserScope
from voip.wire.codec_checks import (
    MAX_NICK,
    MAX_PEOPLE,
    MAX_STATUS_TEXT,
    Words,
    few,
    text,
    username,
)
from voip.wire.v1 import people_pb2

MAX_QUERY = 256
MAX_CURSOR = 128

PRESENCES = Words(
    {
        Presence.OFFLINE: people_pb2.PRESENCE_OFFLINE,
        Presence.AVAILABLE: people_pb2.PRESENCE_AVAILABLE,
        Presence.AWAY: people_pb2.PRESENCE_AWAY,
        Presence.BUSY: people_pb2.PRESENCE_BUSY,
        Presence.DO_NOT_DISTURB: people_pb2.PRESENCE_DO_NOT_DISTURB,
        Presence.IN_CALL: people_pb2.PRESENCE_IN_CALL,
        Presence.INVISIBLE: people_pb2.PRESENCE_INVISIBLE,
    }
)
SCOPES = Words(
    {
        UserScope.ONLINE: people_pb2.USER_SCOPE_ONLINE,
        UserScope.EVERYONE: people_pb2.USER_SCOPE_EVERYONE,
    }
)


def to_person(person: Person) -> people_pb2.Person:
    return people_pb2.Person(
        username=person.username,
        nick=person.nick,
        presence=PRESENCES.number(person.presence),
        text=person.text,
    )


def from_person(person: people_pb2.Person) -> Person:
    return Person(
        username=username(person.username, shortest=1),
        nick=text(person.nick, MAX_NICK),
        presence=PRESENCES.word(person.presence),
        text=text(person.text, MAX_STATUS_TEXT),
    )


def _to_people(people: Iterable[Person]) -> list[people_pb2.Person]:
    return [to_person(person) for person in people]


def _from_people(people: Sequence[people_pb2.Person]) -> tuple[Person, ...]:
    return tuple(from_person(person) for person in few(people, MAX_PEOPLE))


def to_set_presence(request: people_messages.SetPresence) -> people_pb2.SetPresence:
    return people_pb2.SetPresence(presence=PRESENCES.number(request.presence), text=request.text)


def from_set_presence(request: people_pb2.SetPresence) -> people_messages.SetPresence:
    return people_messages.SetPresence(
        presence=PRESENCES.word(request.presence), text=text(request.text, MAX_STATUS_TEXT)
    )


def to_presence_event(notice: people_messages.PresenceChanged) -> people_pb2.PresenceEvent:
    return people_pb2.PresenceEvent(people=_to_people(notice.people))


def from_presence_event(notice: people_pb2.PresenceEvent) -> people_messages.PresenceChanged:
    return people_messages.PresenceChanged(_from_people(notice.people))


def to_list_users(request: people_messages.ListUsers) -> people_pb2.ListUsers:
    return people_pb2.ListUsers(
        query=request.query,
        cursor=request.cursor,
        limit=request.limit,
        scope=SCOPES.number(request.scope),
    )


def from_list_users(request: people_pb2.ListUsers) -> people_messages.ListUsers:
    return people_messages.ListUsers(
        query=text(request.query, MAX_QUERY),
        cursor=text(request.cursor, MAX_CURSOR),
        limit=request.limit,
        scope=SCOPES.word(request.scope),
    )


def to_user_page(page: people_messages.UserPage) -> people_pb2.UserPage:
    return people_pb2.UserPage(
        people=_to_people(page.people),
        next_cursor=page.next_cursor,
        total=page.total,
        online=page.online,
    )


def from_user_page(page: people_pb2.UserPage) -> people_messages.UserPage:
    return people_messages.UserPage(
        people=_from_people(page.people),
        next_cursor=text(page.next_cursor, MAX_CURSOR),
        total=page.total,
        online=page.online,
    )


def from_get_person(request: people_pb2.GetPerson) -> people_messages.GetPerson:
    return people_messages.GetPerson(username(request.username, shortest=1))


def from_person_ok(answer: people_pb2.PersonOk) -> people_messages.PersonOk:
    return people_messages.PersonOk(from_person(answer.person))

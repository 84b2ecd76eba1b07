"""The words of the JSON face: which commands there are, what each takes and gives, which events.

This table is what the face checks lines against and what ``docs/json.md`` is held to by a test. It
knows names and types of fields and does nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique

Json = dict[str, object]

MOST_DECIBELS = 1000
"""Far more than any sound; Python's JSON reads NaN and Infinity as well, which are no number."""


@unique
class Kind(Enum):
    """What a field of a command may hold."""

    TEXT = "text"
    NUMBER = "number"
    DECIBELS = "decibels"
    FLAG = "true or false"
    VALUE = "text, whole number, true or false"
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a command."""

    name: str
    kind: Kind = Kind.TEXT
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Verb:
    """A command: the fields it takes, and those its answer has beside ``id`` and ``ok``."""

    takes: tuple[Field, ...] = ()
    gives: tuple[str, ...] = ()


def _optional(name: str, kind: Kind = Kind.TEXT) -> Field:
    return Field(name, kind, is_needed=False)


_CALL = (_optional("call_id"),)

VERBS: Mapping[str, Verb] = {
    "register": Verb(
        (Field("username"), _optional("nick"), Field("password"), _optional("invite")),
        ("codes", "is_pending"),
    ),
    "login": Verb((Field("username"), _optional("password"))),
    "recover": Verb((Field("username"), Field("code"), Field("password")), ("codes",)),
    "logout": Verb(),
    "quit": Verb(),
    "users": Verb(
        (
            _optional("query"),
            _optional("cursor"),
            _optional("limit", Kind.NUMBER),
            _optional("scope"),
        ),
        ("people", "next_cursor", "total", "online"),
    ),
    "contacts": Verb((), ("contacts",)),
    "contact-add": Verb(
        (
            Field("username"),
            _optional("alias"),
            _optional("favourite", Kind.FLAG),
            _optional("notes"),
            _optional("blocked", Kind.FLAG),
        )
    ),
    "contact-remove": Verb((Field("username"),)),
    "block": Verb((Field("username"),)),
    "unblock": Verb((Field("username"),)),
    "history": Verb(
        (_optional("kind"), _optional("query"), _optional("cursor")),
        ("entries", "next_cursor", "unseen_missed"),
    ),
    "history-remove": Verb((_optional("entry", Kind.NUMBER), _optional("all", Kind.FLAG))),
    "history-seen": Verb(),
    "presence": Verb((Field("presence"), _optional("text"))),
    "idle": Verb((Field("is_idle", Kind.FLAG),)),
    "nick": Verb((Field("nick"),)),
    "password": Verb((Field("old"), Field("new"))),
    "recovery": Verb((Field("password"),), ("codes",)),
    "devices": Verb((), ("devices",)),
    "revoke": Verb((Field("device"),)),
    "delete-account": Verb((Field("password"),)),
    "call": Verb((Field("to", Kind.TEXTS),), ("call_id",)),
    "accept": Verb(_CALL),
    "decline": Verb(_CALL),
    "hangup": Verb(_CALL),
    "hold": Verb(_CALL),
    "resume": Verb(_CALL),
    "swap": Verb(),
    "add": Verb((*_CALL, Field("to", Kind.TEXTS), _optional("listeners", Kind.FLAG))),
    "merge": Verb((*_CALL, _optional("other"))),
    "kick": Verb((*_CALL, Field("username"))),
    "lock": Verb(_CALL),
    "unlock": Verb(_CALL),
    "end": Verb(_CALL),
    "mute": Verb((*_CALL, _optional("username"))),
    "unmute": Verb(),
    "deafen": Verb(),
    "undeafen": Verb(),
    "volume": Verb((Field("username"), Field("db", Kind.DECIBELS))),
    "mute-here": Verb((Field("username"),)),
    "unmute-here": Verb((Field("username"),)),
    "verify": Verb(_CALL),
    "trust": Verb((Field("username"),)),
    "sound-devices": Verb(
        (),
        (
            "microphones",
            "speakers",
            "microphone",
            "speaker",
            "ring_on",
            "audio_in",
            "audio_out",
            "in_use",
        ),
    ),
    "use-devices": Verb((_optional("microphone"), _optional("speaker"))),
    "meter": Verb((Field("is_on", Kind.FLAG),)),
    "settings": Verb((), ("path", "settings", "troubles")),
    "set": Verb((Field("section"), Field("name"), _optional("value", Kind.VALUE))),
    "info": Verb(
        (),
        (
            "versions",
            "opus",
            "engine",
            "server",
            "account",
            "accounts",
            "link",
            "devices",
            "trouble",
            "figures",
            "answered_at",
        ),
    ),
}

EVENTS: Mapping[str, Sequence[str]] = {
    "connected": ("server", "host", "port", "pin", "is_new_pin", "policy", "motd", "logged_in"),
    "disconnected": (
        "trouble",
        "retry_in_seconds",
        "expected_pin",
        "seen_pin",
        "said",
        "ban_seconds",
    ),
    "announcement": ("text",),
    "maintenance": ("is_on",),
    "contacts": ("contacts", "removed"),
    "history": ("added", "unseen_missed"),
    "ringing": ("call_id", "from", "nick", "device"),
    "call": (
        "call_id",
        "state",
        "is_incoming",
        "peers",
        "seconds",
        "is_muted",
        "is_held_by_peers",
        "is_conference",
        "is_host",
        "is_locked",
        "is_listener",
        "e2e",
        "words",
        "code",
        "codec",
        "path",
        "loss",
        "loss_total",
        "jitter_ms",
        "rtt_ms",
        "buffer_ms",
        "mouth_to_ear_ms",
        "seconds_heard",
    ),
    "meter": ("microphone_db",),
    "ended": ("call_id", "reason", "seconds", "peers", "e2e"),
}


def text_of(command: Json, name: str) -> str:
    """A field that holds text; empty when it is left out."""
    return str(command.get(name, ""))


def problem_of(command: Json) -> str:
    """The field of a command that is unknown, missing or of the wrong kind; empty: none."""
    verb = VERBS[str(command["do"])]
    fields = {field.name: field for field in verb.takes}
    for name, value in command.items():
        if name not in ("id", "do") and not (name in fields and _fits(value, fields[name].kind)):
            return name
    missing = (field.name for field in verb.takes if field.is_needed and field.name not in command)
    return next(missing, "")


def _fits(value: object, kind: Kind) -> bool:
    match kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and value > 0
        case Kind.DECIBELS:
            if not isinstance(value, int | float) or isinstance(value, bool):
                return False
            return -MOST_DECIBELS <= value <= MOST_DECIBELS
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.VALUE:
            return isinstance(value, str | int)
        case Kind.TEXTS:
            return isinstance(value, list) and all(isinstance(each, str) for each in value)

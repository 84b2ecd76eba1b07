"""Voice commands and reports as JSON, for the pipe to an engine in a process of its own.

Every class of the two unions travels under its own name, its fields by the types they are
annotated with; bytes are hexadecimal. What the unions name is all there is, so a new command
travels as soon as it is in `commands`. Both ends are of one version: a text that does not fit is a
bug of ours, told as LocalProtocolError.
"""

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import NewType, cast, get_args, get_origin, get_type_hints

from voip.client.voice.commands import VoiceCommand, VoiceReport
from voip.core.errors import LocalProtocolError

_COMMANDS: dict[str, type] = {kind.__name__: kind for kind in get_args(VoiceCommand)}
_REPORTS: dict[str, type] = {kind.__name__: kind for kind in get_args(VoiceReport)}


def encode(value: VoiceCommand | VoiceReport) -> bytes:
    """Give the JSON text of a command or report."""
    text = json.dumps([type(value).__name__, _plain(value)], separators=(",", ":"))
    return text.encode()


def decode_command(text: bytes) -> VoiceCommand:
    """Read what `encode` gave for a command; LocalProtocolError for anything else."""
    return cast("VoiceCommand", _decode(text, _COMMANDS))


def decode_report(text: bytes) -> VoiceReport:
    """Read what `encode` gave for a report; LocalProtocolError for anything else."""
    return cast("VoiceReport", _decode(text, _REPORTS))


def _decode(text: bytes, kinds: dict[str, type]) -> object:
    try:
        name, plain = json.loads(text)
        return _typed(kinds[name], plain)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        # Not the text: it may hold keys.
        raise LocalProtocolError(f"no voice command or report: {type(error).__name__}") from None


def _plain(value: object) -> object:
    """As JSON can say it."""
    match value:
        case bytes():
            return value.hex()
        case Enum():
            return value.value
        case tuple():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            return [_plain(getattr(value, field.name)) for field in fields(value)]
        case bool() | int() | float() | str() | None:
            return value
        case _:
            raise LocalProtocolError(f"a {type(value).__name__} does not travel to the engine")


def _typed(wanted: object, plain: object) -> object:
    """`plain` as the annotation `wanted` wants it; ValueError or TypeError when it is not that."""
    if isinstance(wanted, NewType):
        return _typed(wanted.__supertype__, plain)
    if get_origin(wanted) is tuple:
        return _typed_tuple(get_args(wanted), _list(plain))
    if isinstance(wanted, UnionType):
        return _typed_or_none(get_args(wanted), plain)
    if not isinstance(wanted, type):
        raise TypeError(wanted)
    if wanted is bytes:
        return bytes.fromhex(str(plain))
    if is_dataclass(wanted):
        types = _field_types(wanted)
        return wanted(*(_typed(*pair) for pair in zip(types, _list(plain), strict=True)))
    if issubclass(wanted, Enum):
        return wanted(plain)
    if wanted is float and type(plain) is int:
        return float(plain)
    if type(plain) is not wanted:
        raise TypeError(plain)
    return plain


def _typed_tuple(arguments: tuple[object, ...], items: list[object]) -> tuple[object, ...]:
    if len(arguments) == 2 and arguments[1] is ...:
        return tuple(_typed(arguments[0], item) for item in items)
    return tuple(_typed(*pair) for pair in zip(arguments, items, strict=True))


def _typed_or_none(arguments: tuple[object, ...], plain: object) -> object:
    (kind,) = (argument for argument in arguments if argument is not NoneType)
    return None if plain is None else _typed(kind, plain)


def _list(plain: object) -> list[object]:
    if not isinstance(plain, list):
        raise TypeError(plain)
    return plain


@cache
def _field_types(kind: type) -> tuple[object, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))

"""Damaging one field of a protobuf message at a time, for the tests of the codec."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TypeVar

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import Message
from twisted.trial.unittest import SynchronousTestCase

from voip.wire.codec_checks import BadFrame

Sent = TypeVar("Sent", bound=Message)


def damaged(good: Sent, path: str, value: object) -> Sent:
    """A copy of a message with another value in one field; dots lead into sub-messages."""
    copy = type(good)()
    copy.CopyFrom(good)
    *parents, name = path.split(".")
    place: object = copy
    for parent in parents:
        place = getattr(place, parent)
    if isinstance(value, list):
        field = getattr(place, name)
        del field[:]
        field.extend(value)
    else:
        setattr(place, name, value)
    return copy


class FieldTests(SynchronousTestCase):
    """Base of the tests of a group of messages."""

    def assert_bounds(
        self, take: Callable[[Sent], object], good: Sent, bad: Mapping[str, Sequence[object]]
    ) -> None:
        """``good`` is taken; it is refused with any of the ``bad`` values in the field named."""
        take(good)
        for path, values in bad.items():
            for value in values:
                with self.assertRaises(BadFrame, msg=f"{path} = {value!r:.40}"):
                    take(damaged(good, path, value))

    def assert_all_words(
        self, numbers: Mapping[Enum, int], enum: EnumDescriptor, prefix: str
    ) -> None:
        """The core's words and the wire's values are the same, but for the one unspecified."""
        self.assertEqual(
            {f"{prefix}_{word.name}": number for word, number in numbers.items()},
            {value.name: value.number for value in enum.values if value.number != 0},
        )

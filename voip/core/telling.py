"""How a call is told to those in it: whole, by version, and what never changes only once.

Certificates, names of devices and keys are large and stay as they are: who is told of a call for
the first time gets all of them, who was told before only those that are new. Everyone who knows
the same is told the same object, so that it needs to be encoded once. It knows seats and views, no
rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from voip.core.call_messages import CallChanged
from voip.core.calls import CallView
from voip.core.effects import Tell
from voip.core.ids import LegNumber
from voip.core.seat import Seat


def outline(view: CallView) -> CallView:
    """A call without its keys, for a message that has no room for them. It is one version older
    than what it shows, so that who is told the whole of that version next takes it in."""
    legs = tuple(replace(leg, key=None) for leg in view.legs)
    return replace(view, version=view.version - 1, legs=legs)


class Telling:
    """What the receivers of one call have been told."""

    def __init__(self) -> None:
        self._told: set[LegNumber] = set()  # receivers that know the call
        self._keys: dict[LegNumber, bool] = {}  # legs that were told in full, with a key or without

    def tell(self, view: CallView, seats: Sequence[Seat]) -> list[Tell]:
        """The view for each seat that was live when it was told last; its legs are the seats'."""
        news = CallChanged(self._news(view, seats))
        whole = CallChanged(view)
        tells = [Tell(seat.session, news if seat.number in self._told else whole) for seat in seats]
        self._told.update(seat.number for seat in seats)
        return tells

    def tell_whole(self, number: LegNumber) -> None:
        """This receiver is told everything the next time, whatever it knows."""
        self._told.discard(number)

    def forget(self, numbers: Iterable[LegNumber]) -> None:
        """These legs have left and were told so."""
        for number in numbers:
            self._told.discard(number)
            self._keys.pop(number, None)

    def _news(self, view: CallView, seats: Sequence[Seat]) -> CallView:
        legs = []
        for leg, seat in zip(view.legs, seats, strict=True):
            has_key = leg.key is not None
            legs.append(seat.bare if self._keys.get(seat.number) == has_key else leg)
            self._keys[seat.number] = has_key
        return replace(view, legs=tuple(legs))

"""The keys of one call for as long as it lasts: of a call of two, and of what becomes of it.

It begins with a ``KeyExchange``; once the server shows a conference, ``GroupKeys`` go on with the
same key pair, and there is no way back. It also knows whether the voice engine carries this call
now: keys wait until it does. A key that was spoken under before the sound stopped is never given to
the engine again, as its counter would start anew and two words share a nonce.

Views, messages and the time flow in, steps to carry out flow out, as for the two it holds.
"""

from collections import deque
from collections.abc import Collection
from typing import Final

from voip.client.call_keys import CallKey, Randomness
from voip.client.call_roles import CalleeKeys, CallerKeys
from voip.client.device_identity import DeviceIdentity
from voip.client.group_keys import EARLY_KEPT, GroupKeys
from voip.client.group_messages import is_for_group
from voip.client.key_exchange import Handover, KeyExchange
from voip.client.key_steps import DropReceiver, E2eStep, UseReceiveKey, UseSendKey
from voip.client.leg_identity import KnownKey
from voip.client.sender_keys import USE_AFTER_SECONDS, SenderKeys
from voip.core.calls import CallView
from voip.core.ids import CallId, LegNumber, StreamId, Username

_GENERATIONS_HEARD: Final = 2
"""Of one speaker: the newest, and the one that is in use until it is."""

_OLD_SECONDS: Final = 2 * USE_AFTER_SECONDS
"""After the next one came nothing is said any more under the key before."""


class KeysOfCall:
    """See the head of this module."""

    def __init__(
        self,
        me: DeviceIdentity,
        known: KnownKey,
        random: Randomness,
        keys: KeyExchange | GroupKeys,
    ) -> None:
        self._me = me
        self._known = known
        self._random = random
        self._keys = keys
        self._early: deque[tuple[LegNumber, bytes]] = deque(maxlen=EARLY_KEPT)
        self._has_sound = False
        self._send_key: UseSendKey | None = None
        self._is_send_key_given = False
        self._heard: dict[StreamId, deque[tuple[float, UseReceiveKey]]] = {}

    @classmethod
    def dialled(
        cls,
        me: DeviceIdentity,
        call_id: CallId,
        callees: Collection[Username],
        known: KnownKey,
        random: Randomness,
    ) -> "KeysOfCall":
        """Of a call this device makes; ``commitment`` goes into Invite."""
        return cls(me, known, random, CallerKeys(me, call_id, callees, known, random))

    @classmethod
    def told_of(
        cls, me: DeviceIdentity, view: CallView, known: KnownKey, random: Randomness
    ) -> "KeysOfCall":
        """Of a call this device is told of."""
        if not view.is_conference:
            return cls(me, known, random, CalleeKeys(me, view, known, random))
        return cls(me, known, random, _group_of(me, view, known, random))

    @property
    def commitment(self) -> bytes:
        return self._keys.commitment

    def view_changed(self, view: CallView, now: float) -> list[E2eStep]:
        """The call is like this now."""
        keys = self._keys
        if isinstance(keys, GroupKeys) and keys.is_in_anew(view):
            return self._in_anew(view, now)
        if isinstance(keys, GroupKeys) or not view.is_conference or keys.is_over:
            return self._passed(keys.view_changed(view, now), now)
        group = GroupKeys(
            self._me, keys.call_id, keys.commitment, self._known, self._random, keys.hand_over()
        )
        self._keys = group
        steps = group.view_changed(view, now)
        for from_leg, sealed in self._early:
            steps += group.sealed_arrived(from_leg, sealed, now)
        self._early.clear()
        return self._passed(steps, now)

    def older_view(self, view: CallView) -> None:
        """The call was like this before the newest view: it came late, after a break."""
        if isinstance(self._keys, GroupKeys):
            self._keys.older_view(view)

    def sealed_arrived(self, from_leg: LegNumber, sealed: bytes, now: float) -> list[E2eStep]:
        """A leg, or a server that says so, sent this."""
        if isinstance(self._keys, KeyExchange) and is_for_group(sealed):
            self._early.append((from_leg, sealed))  # the view of the conference is on its way
            return []
        return self._passed(self._keys.sealed_arrived(from_leg, sealed, now), now)

    def handle_timer(self, now: float) -> list[E2eStep]:
        """Do what is due by now."""
        return self._passed(self._keys.handle_timer(now), now)

    @property
    def next_timer(self) -> float | None:
        """When ``handle_timer`` is to be called; None while nothing is due at any time."""
        return self._keys.next_timer

    def frames_sent(self, total: int, now: float) -> list[E2eStep]:
        """The voice engine has sealed so many frames since the sound began."""
        return self._passed(self._keys.frames_sent(total, now), now)

    def waited_too_long(self) -> list[E2eStep]:
        """The call was answered long ago; without keys by now there will be none. In a conference
        people come at any time, and ``handle_timer`` sees to it."""
        keys = self._keys
        return keys.waited_too_long() if isinstance(keys, KeyExchange) else []

    def sound_began(self, now: float) -> list[E2eStep]:
        """The voice engine carries this call from now on: give it the keys."""
        self._has_sound = True
        steps: list[E2eStep] = []
        for keys in self._heard.values():
            newest_at, _ = keys[-1]
            in_use = keys if now < newest_at + _OLD_SECONDS else [keys[-1]]
            steps += [key for _, key in in_use]
        if self._send_key is None:
            return steps
        if self._is_send_key_given:
            return steps + self._passed(self._keys.sound_began_anew(now), now)
        return steps + self._passed([self._send_key], now)

    def sound_ended(self) -> None:
        """The voice engine carries this call no more and has forgotten its keys."""
        self._has_sound = False

    def erase(self) -> None:
        """The call is over: forget the keys."""
        self._keys.erase()
        self._send_key = None
        self._heard.clear()
        self._early.clear()

    def _in_anew(self, view: CallView, now: float) -> list[E2eStep]:
        """This device was out of the conference and has another leg in it: nobody has the keys of
        the leg before any more, nor is it to have what was said meanwhile."""
        self._keys.erase()
        self._send_key = None
        gone: list[E2eStep] = [DropReceiver(stream) for stream in self._heard]
        self._keys = _group_of(self._me, view, self._known, self._random)
        return self._passed(gone + self._keys.view_changed(view, now), now)

    def _passed(self, steps: list[E2eStep], now: float) -> list[E2eStep]:
        """Note the keys; those for the engine wait until it carries this call."""
        return [step for step in steps if not self._is_for_engine(step, now) or self._has_sound]

    def _is_for_engine(self, step: E2eStep, now: float) -> bool:
        match step:
            case UseSendKey():
                self._send_key, self._is_send_key_given = step, self._has_sound
            case UseReceiveKey(stream=stream):
                heard = self._heard.setdefault(stream, deque(maxlen=_GENERATIONS_HEARD))
                heard.append((now, step))
            case DropReceiver(stream=stream):
                self._heard.pop(stream, None)
            case _:
                return False
        return True


def _group_of(me: DeviceIdentity, view: CallView, known: KnownKey, random: Randomness) -> GroupKeys:
    """The keys of somebody who is new in a conference."""
    handover = Handover(CallKey(random), SenderKeys(random))
    return GroupKeys(me, view.call_id, view.commitment, known, random, handover)

"""The keys of a conference, agreed past a server that is not trusted.

Every joined leg shows a signed call key. Who speaks gives each of the others, by a message for
nobody else, the key they speak under (``voip.client.pair_channel``), and another one when the
people change (``voip.client.sender_keys``):

    somebody comes      the next step; the newcomer alone is given it, the others follow by the KID
    somebody goes       the next generation, given to all who are left and used 500 ms later
    step 7 is reached, 30 minutes or 2^20 frames have passed, a call of two became a conference:
                        the next generation as well

So a newcomer hears nothing of what was said before, and who has left nothing of what is said
after. Each message names the roster it was made for; see ``voip.client.roster``. A listener has no
key of its own. What changes is answered at once, unless keys were given within 250 ms: then it
waits, so that a crowd that comes together is answered together.

It is handed views, messages and the time, in the manner of aioquic's connection, and gives steps;
``next_timer`` says when ``handle_timer`` is due. A view that does not hold ends everything with
``KeysFailed``; a message that is not genuine is as good as lost. It knows no sockets and no files.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

from voip.client.call_keys import CallKey, Randomness
from voip.client.device_identity import DeviceIdentity
from voip.client.group_members import GroupMembers, Member
from voip.client.key_exchange import Handover
from voip.client.key_steps import (
    DropReceiver,
    E2eStep,
    E2eTrouble,
    KeysFailed,
    KeysReady,
    KeysRefused,
    SendSealed,
    ShowLegKey,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.leg_identity import KnownKey, shown_key
from voip.client.model import ClientError
from voip.client.roster import RosterEntry, SeenRosters, roster_code
from voip.core.calls import JOINED, CallView, LegState, LegView
from voip.core.ids import CallId, LegNumber
from voip.media.sframe import SenderKey

COLLECT_SECONDS: Final = 0.25
"""Changes of the people are gathered so long after keys were given out."""

HEARD_WITHIN_SECONDS: Final = 15.0
"""Whoever hears nobody by then, though people are there who speak, leaves."""

EARLY_SECONDS: Final = 5.0
EARLY_KEPT: Final = 256
"""Messages of legs that no view has shown as joined yet: one from each of a full conference."""


@dataclass(frozen=True, slots=True)
class _Early:
    from_leg: LegNumber
    sealed: bytes
    until: float


class GroupKeys:
    """See the head of this module. ``handover`` is what a call of two, or nothing, left."""

    def __init__(
        self,
        me: DeviceIdentity,
        call_id: CallId,
        commitment: bytes,
        known: KnownKey,
        random: Randomness,
        handover: Handover,
    ) -> None:
        self.call_id = call_id
        self.commitment = commitment
        self._me = me
        self._random = random
        self._key: CallKey = handover.key
        self._mine = handover.sender_keys
        self._members = GroupMembers(
            me, call_id, commitment, known, handover.partner, handover.partner_kid
        )
        self._rosters = SeenRosters()
        self._early: deque[_Early] = deque(maxlen=EARLY_KEPT)
        self._has_shown_key = False
        self._own_leg: LegNumber | None = None
        self._is_joined = False
        self._is_listener = False
        self._is_renewal_due = self._mine.newest is not None  # a call of two had a key
        self._acted_at = -inf
        self._act_at: float | None = None
        self._late_at: float | None = None  # people speak, and no key of any is here
        self._ready_for: list[RosterEntry] = []
        self._is_over = False

    # ---- what happens --------------------------------------------------------------------------

    def view_changed(self, view: CallView, now: float) -> list[E2eStep]:
        """The call is like this now."""
        return self._guarded(lambda: self._view_changed(view, now))

    def is_in_anew(self, view: CallView) -> bool:
        """Whether this device's leg of before is over, and it has a later one."""
        own = view.leg_of(self._me.device)
        return own is not None and self._own_leg is not None and own.number > self._own_leg

    def older_view(self, view: CallView) -> None:
        """The call was like this before the newest view: it came late, after a break."""
        roster = self._members.roster_of(view)
        if roster is not None:
            self._rosters.shown(roster)

    def sealed_arrived(self, from_leg: LegNumber, sealed: bytes, now: float) -> list[E2eStep]:
        """A leg, or a server that says so, sent this."""
        return self._guarded(lambda: self._sealed_arrived(from_leg, sealed, now))

    def handle_timer(self, now: float) -> list[E2eStep]:
        """Do what is due by now."""
        return self._guarded(lambda: self._handle_timer(now))

    @property
    def next_timer(self) -> float | None:
        """When ``handle_timer`` is to be called; None while nothing is due at any time."""
        if self._is_over or not self._is_joined:
            return None
        times = (self._act_at, self._late_at, self._rosters.next_timer, self._mine.next_timer)
        return min((each for each in times if each is not None), default=None)

    def frames_sent(self, total: int, now: float) -> list[E2eStep]:
        """The voice engine has sealed so many frames since the sound began."""
        self._mine.frames_sent(total)
        return self.handle_timer(now)

    def sound_began_anew(self, now: float) -> list[E2eStep]:
        """The engine's counter starts again: what was said under is not to be used any more."""
        return self._guarded(lambda: self._sound_began_anew(now))

    def erase(self) -> None:
        """The call is over: forget the keys."""
        self._is_over = True
        self._key.erase()
        self._mine.erase()
        self._early.clear()

    def _guarded(self, decide: Callable[[], list[E2eStep]]) -> list[E2eStep]:
        if self._is_over:
            return []
        try:
            return decide()
        except KeysRefused as refused:
            failed = refused.failed
        except ClientError:  # of ``known``
            failed = KeysFailed(E2eTrouble.UNKNOWN_CONTACTS)
        self.erase()
        return [failed]

    # ---- the legs ------------------------------------------------------------------------------

    def _view_changed(self, view: CallView, now: float) -> list[E2eStep]:
        if view.commitment != self.commitment:
            raise KeysRefused(E2eTrouble.COMMITMENT)
        if not view.is_conference:
            raise KeysRefused(E2eTrouble.DOWNGRADED)
        own = view.leg_of(self._me.device)
        if own is None or own.state is LegState.LEFT:
            self._is_joined = False  # nothing is said to anyone any more
            return []
        if self._own_leg not in (None, own.number):
            raise KeysRefused(E2eTrouble.SWAPPED)
        self._own_leg = own.number
        self._is_joined = own.state in JOINED
        self._is_listener = own.is_listener
        gone = self._members.view_changed(view, own)
        self._rosters.shown(self._members.roster(self._is_joined))
        steps: list[E2eStep] = [*self._show_key(own)]
        steps += [DropReceiver(each.stream) for each in gone if not each.is_listener]
        if any(each.given_kid is not None for each in gone):
            self._is_renewal_due = True
        steps += self._plan(now) + self._hear_early(now)
        self._expect_to_hear(now)
        return steps

    def _expect_to_hear(self, now: float) -> None:
        """Set the time by which a key of anybody must be here."""
        speakers = [each for each in self._members if not each.is_listener]
        is_heard = any(each.heard_kid is not None for each in speakers)
        if not self._is_joined or not speakers or is_heard:
            self._late_at = None
        elif self._late_at is None:
            self._late_at = now + HEARD_WITHIN_SECONDS

    def _show_key(self, own: LegView) -> list[ShowLegKey]:
        if own.key is not None and own.key.public != self._key.public:
            raise KeysRefused(E2eTrouble.SWAPPED)
        if self._has_shown_key or own.key is not None:
            return []
        self._has_shown_key = True
        return [ShowLegKey(shown_key(self._me, self.call_id, self.commitment, self._key.public))]

    # ---- giving keys ---------------------------------------------------------------------------

    def _plan(self, now: float) -> list[E2eStep]:
        """Give keys at once to whoever lacks them, unless some were given just now."""
        if not self._is_joined:
            return []
        is_key_due = self._is_renewal_due or bool(self._newcomers())
        if self._is_listener or not is_key_due:
            return self._ready()
        self._act_at = self._acted_at + COLLECT_SECONDS
        return self._act(now) if self._act_at <= now else []

    def _act(self, now: float) -> list[E2eStep]:
        """Give everybody the key they are to have."""
        self._acted_at = now
        self._act_at = None
        steps: list[E2eStep] = [*self._use_due(now)]
        key, receivers = self._next_key(now)
        self._is_renewal_due = False
        roster = self._members.roster(self._is_joined)
        steps += [self._give(key, each, roster) for each in receivers]
        return steps + self._use_due(now) + self._ready()

    def _next_key(self, now: float) -> tuple[SenderKey, list[Member]]:
        """The key to be given now, and to whom."""
        newest = self._mine.newest
        if newest is None or self._is_renewal_due:
            return self._mine.draw(now), self._keyed()
        newcomers = self._newcomers()
        if not newcomers or self._mine.is_waiting:  # nothing was said yet under one that waits
            return newest, newcomers
        if self._mine.can_ratchet:
            return self._mine.ratchet(now), newcomers
        return self._mine.draw(now), self._keyed()

    def _give(self, key: SenderKey, member: Member, roster: bytes) -> SendSealed:
        sealed = member.channel.seal(key, roster, member.public, self._random)
        if sealed is None:
            raise KeysRefused(E2eTrouble.BAD_MESSAGE)
        member.given_kid = key.kid
        return SendSealed(member.leg, sealed)

    def _use_due(self, now: float) -> list[E2eStep]:
        key = self._mine.due(now)
        return [] if key is None else [UseSendKey(key.generation, key.base, key.step)]

    def _newcomers(self) -> list[Member]:
        return [each for each in self._keyed() if each.given_kid is None]

    def _keyed(self) -> list[Member]:
        return [each for each in self._members if each.public]

    def _ready(self) -> list[E2eStep]:
        """Tell who is here and what to compare, once everybody has shown and got their keys."""
        members = list(self._members)
        is_settled = all(
            each.public and (self._is_listener or each.given_kid is not None) for each in members
        )
        entries = self._members.entries(self._key.public)
        if not members or not is_settled or entries == self._ready_for:
            return []
        self._ready_for = entries
        return [KeysReady(self._members.people(), code=roster_code(entries))]

    def _sound_began_anew(self, now: float) -> list[E2eStep]:
        self._mine.stop()
        self._is_renewal_due = True
        return self._act(now) if self._is_joined and not self._is_listener else []

    def _handle_timer(self, now: float) -> list[E2eStep]:
        if not self._is_joined:
            return []
        self._rosters.check(now)
        if self._late_at is not None and self._late_at <= now:
            raise KeysRefused(E2eTrouble.TOO_LATE)
        steps = self._use_due(now)
        if self._mine.is_worn(now):
            self._is_renewal_due = True
            self._act_at = now
        if self._act_at is not None and self._act_at <= now:
            steps += self._act(now)
        return steps

    # ---- hearing keys --------------------------------------------------------------------------

    def _sealed_arrived(self, from_leg: LegNumber, sealed: bytes, now: float) -> list[E2eStep]:
        member = self._members.get(from_leg)
        if member is None or not self._is_joined:
            self._early.append(_Early(from_leg, sealed, now + EARLY_SECONDS))
            return []
        return self._hear(member, sealed, now)

    def _hear_early(self, now: float) -> list[E2eStep]:
        """Take the messages that came before the view that shows their sender."""
        steps: list[E2eStep] = []
        for early in [self._early.popleft() for _ in range(len(self._early))]:
            if early.until > now:
                steps += self._sealed_arrived(early.from_leg, early.sealed, now)
        return steps

    def _hear(self, member: Member, sealed: bytes, now: float) -> list[E2eStep]:
        message = None if member.is_listener else member.channel.open(sealed, self._key)
        if message is None:
            return []
        key = SenderKey(message.base_key, message.generation, message.step)
        if member.heard_kid is not None and key.kid <= member.heard_kid:
            return []
        self._rosters.claimed(message.roster, now)
        member.heard_kid = key.kid
        self._late_at = None
        return [UseReceiveKey(member.stream, key.generation, key.base, key.step)]

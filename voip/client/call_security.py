"""The keys of this device's calls at work: what ``KeysOfCall`` asks for is carried out here.

Sealed messages go to the server, keys to the voice engine, people and codes into the record of the
call, and a call whose keys do not hold is left. It knows the clock, ``ask`` and ``command``; what
else a call is made of is ``voip.client.calls``'s.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Final, assert_never

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.call_keys import Randomness
from voip.client.call_record import CallRecord
from voip.client.contact_keys import ContactKey, ContactKeys
from voip.client.device_identity import DeviceIdentity
from voip.client.key_steps import (
    CheckedPerson,
    DropReceiver,
    E2eStep,
    E2eTrouble,
    KeysFailed,
    KeysReady,
    SendSealed,
    ShowLegKey,
    UseReceiveKey,
    UseSendKey,
)
from voip.client.keys_of_call import KeysOfCall
from voip.client.model import Change, ClientError, Security
from voip.client.people import AskServer
from voip.client.voice.commands import DropStream, ReceiveKey, SendKey, VoiceCommand
from voip.core.call_messages import E2eRelay, SealedPart
from voip.core.calls import CallView, LegKey
from voip.core.errors import ErrorCode
from voip.core.ids import CallId, LegNumber, Username

KEYS_WITHIN_SECONDS: Final = 15.0
"""A call of two that both have joined and that has no keys by then is ended: nobody is heard."""

COMPARE_SECONDS: Final = 3.0
"""Nobody compares words or digits faster: those that are newer are not what was compared."""

MOST_PARTS: Final = 256
MOST_RELAY_BYTES: Final = 60 * 1024
"""What one E2eRelay may carry."""


class CallSecurity:
    """See the head of this module. ``show_key`` puts a key into Alerting, ``leave`` ends a call
    whose keys do not hold; each call's record is handed in until ``forget``."""

    _log = Logger()

    def __init__(
        self,
        clock: IReactorTime,
        identity: DeviceIdentity,
        contacts: ContactKeys,
        ask: AskServer,
        command: Callable[[VoiceCommand], None],
        random: Randomness,
        changed: Callable[[Change], None],
        show_key: Callable[[CallId, LegKey], None],
        leave: Callable[[CallId], None],
    ) -> None:
        self._clock = clock
        self._identity = identity
        self._contacts = contacts
        self._ask = ask
        self._command = command
        self._random = random
        self._changed = changed
        self._show_key = show_key
        self._leave = leave
        self._waiting: dict[CallId, list[E2eStep]] = {}  # until the phone has seen the view, too
        self._to_do: deque[tuple[CallRecord, E2eStep]] = deque()
        self._is_busy = False
        self.sounding: CallId | None = None
        """Which call the voice engine carries."""
        self._timers: dict[CallId, IDelayedCall] = {}
        self._deadlines: dict[CallId, IDelayedCall] = {}
        self._book: Mapping[Username, ContactKey] | None = None  # until the steps are taken
        self._changed_keys: dict[Username, CheckedPerson] = {}  # for whose sake calls were stopped

    # ---- a call's life -------------------------------------------------------------------------

    def dialled(self, call_id: CallId, callees: Collection[Username]) -> KeysOfCall:
        """The keys of a call that is about to be made, for its record."""
        return KeysOfCall.dialled(self._identity, call_id, callees, self._known, self._random)

    def told_of(self, record: CallRecord, view: CallView) -> None:
        """Make this device's key for a call that came in, or into which another was merged."""
        now = self._clock.seconds()
        keys = record.keys = KeysOfCall.told_of(self._identity, view, self._known, self._random)
        steps = keys.sound_began(now) if self.sounding == record.call_id else []
        self._take_steps(record, steps + keys.view_changed(view, now))

    def view_changed(self, record: CallRecord, view: CallView) -> bool:
        """The call is like this now. What the keys ask for waits until ``view_seen``; False when
        they do not hold and the call was left."""
        if record.keys is None:
            return True
        steps = record.keys.view_changed(view, self._clock.seconds())
        if any(isinstance(step, KeysFailed) for step in steps):
            self._take_steps(record, steps)
            return False
        self._waiting.setdefault(record.call_id, []).extend(steps)
        return True

    def view_seen(self, record: CallRecord) -> None:
        """The phone has seen the view as well."""
        self._take_steps(record, [])

    def older_view(self, record: CallRecord, view: CallView) -> None:
        """A view that came later than a newer one."""
        if record.keys is not None:
            record.keys.older_view(view)

    def sealed_arrived(self, record: CallRecord, from_leg: LegNumber, sealed: bytes) -> None:
        """Another leg, or the server in its name, says something about keys."""
        if record.keys is not None:
            now = self._clock.seconds()
            self._take_steps(record, record.keys.sealed_arrived(from_leg, sealed, now))

    def joined(self, record: CallRecord) -> None:
        """This device is in the call, with somebody else: the keys have to come soon."""
        if record.call_id not in self._deadlines:
            self._deadlines[record.call_id] = self._clock.callLater(
                KEYS_WITHIN_SECONDS, self._keys_are_late, record
            )

    def sound_began(self, record: CallRecord) -> None:
        """The voice engine was told to carry this call."""
        self.sounding = record.call_id
        if record.keys is not None:
            self._take_steps(record, record.keys.sound_began(self._clock.seconds()))

    def sound_ended(self, record: CallRecord) -> None:
        """The voice engine was told to carry this call no more."""
        if self.sounding == record.call_id:
            self.sounding = None
        if record.keys is not None:
            record.keys.sound_ended()

    def frames_sent(self, record: CallRecord, total: int) -> None:
        """The voice engine has sent so many packets in this call since the sound began."""
        if record.keys is not None:
            self._take_steps(record, record.keys.frames_sent(total, self._clock.seconds()))

    def forget(self, record: CallRecord) -> None:
        """The call is over: so are its keys."""
        if record.keys is not None:
            record.keys.erase()
            record.keys = None
        self._waiting.pop(record.call_id, None)
        for timers in (self._timers, self._deadlines):
            timer = timers.pop(record.call_id, None)
            if timer is not None and timer.active():
                timer.cancel()

    # ---- what a person says of keys ------------------------------------------------------------

    def mark_verified(self, record: CallRecord) -> None:
        """Remember everybody's account key as compared; WRONG_STATE without keys to compare, or
        when the people have changed a moment ago: a server chooses when to let somebody in."""
        changed_at = record.people_changed_at
        is_too_soon = (
            changed_at is not None and self._clock.seconds() - changed_at < COMPARE_SECONDS
        )
        if not record.people or is_too_soon:
            raise ClientError(ErrorCode.WRONG_STATE)
        self._contacts.mark_verified(record.people)
        record.security = Security.VERIFIED
        self._changed(Change.CALLS)

    def trust_new_key(self, username: Username) -> None:
        """Trust the key for whose sake a call was stopped; WRONG_STATE without such a call."""
        person = self._changed_keys.get(username)
        if person is None:
            raise ClientError(ErrorCode.WRONG_STATE)
        self._contacts.trust_new(person)
        del self._changed_keys[username]

    def _known(self, username: Username) -> ContactKey | None:
        """What is known of a person; the file is read once for all the people of a view."""
        if self._book is None:
            self._book = self._contacts.everybody()
        return self._book.get(username)

    # ---- steps ---------------------------------------------------------------------------------

    def _take_steps(self, record: CallRecord, steps: list[E2eStep]) -> None:
        """Carry these out after all that came before them, also when carrying one out brings
        others: what is sealed must arrive in the order in which it was."""
        waiting = self._waiting.pop(record.call_id, [])
        self._to_do += [(record, step) for step in (*waiting, *steps)]
        self._book = None
        if not self._is_busy:
            self._work_off()
        self._watch(record)

    def _work_off(self) -> None:
        self._is_busy = True
        try:
            while self._to_do:
                record, step = self._to_do.popleft()
                if record.keys is None:
                    continue  # the call is over
                if isinstance(step, SendSealed):
                    self._send(record, step)
                else:
                    self._take_step(record, step)
        finally:
            self._is_busy = False

    def _send(self, record: CallRecord, first: SendSealed) -> None:
        """Send this, and what else is sealed for the same call next to it."""
        sealed = [first]
        while self._to_do:
            other, step = self._to_do[0]
            if other is not record or not isinstance(step, SendSealed):
                break
            sealed.append(step)
            self._to_do.popleft()
        for batch in batches([SealedPart(each.to_leg, each.sealed) for each in sealed]):
            # a refusal means that a leg has just left, which the next view tells
            self._ask(E2eRelay(record.call_id, batch)).addErrback(_nobody_waits)

    def _take_step(
        self,
        record: CallRecord,
        step: ShowLegKey | UseSendKey | UseReceiveKey | DropReceiver | KeysReady | KeysFailed,
    ) -> None:
        call_id = record.call_id
        match step:
            case ShowLegKey(key=key):
                self._show_key(call_id, key)
            case UseSendKey(generation, base_key, ratchet_step):
                self._command(SendKey(call_id, generation, base_key, ratchet_step))
            case UseReceiveKey(stream, generation, base_key, ratchet_step):
                self._command(ReceiveKey(call_id, stream, generation, base_key, ratchet_step))
            case DropReceiver(stream=stream):
                self._command(DropStream(call_id, stream))
            case KeysReady():
                self._keys_are_ready(record, step)
            case KeysFailed():
                self._keys_failed(record, step)
            case _:
                assert_never(step)

    def _keys_are_ready(self, record: CallRecord, ready: KeysReady) -> None:
        if record.people and (record.words, record.code) != (ready.words, ready.code):
            record.people_changed_at = self._clock.seconds()
        record.words = ready.words
        record.code = ready.code
        record.people = ready.people
        record.security = Security.VERIFIED if ready.is_verified else Security.ENCRYPTED
        try:
            self._contacts.trust_first(ready.people)
        except ClientError as error:  # a full disk ends no call; the next one asks again
            self._log.warn("cannot remember a contact's key: {path}", path=error.field)
        self._changed(Change.CALLS)

    def _keys_failed(self, record: CallRecord, failed: KeysFailed) -> None:
        self._log.warn("the keys of a call do not hold: {trouble}", trouble=failed.trouble.value)
        if failed.trouble is E2eTrouble.KEY_CHANGED:
            record.security = Security.KEY_CHANGED
        if failed.changed is not None:
            self._changed_keys[failed.changed.username] = failed.changed
            record.key_changed_of = failed.changed.username
        self._leave(record.call_id)

    # ---- timers --------------------------------------------------------------------------------

    def _keys_are_late(self, record: CallRecord) -> None:
        if record.keys is not None:
            self._take_steps(record, record.keys.waited_too_long())

    def _watch(self, record: CallRecord) -> None:
        """Have the keys called when their next timer is due."""
        timer = self._timers.pop(record.call_id, None)
        if timer is not None and timer.active():
            timer.cancel()
        due = record.keys.next_timer if record.keys is not None else None
        if due is not None:
            wait = max(0.0, due - self._clock.seconds())
            self._timers[record.call_id] = self._clock.callLater(wait, self._timer_is_due, record)

    def _timer_is_due(self, record: CallRecord) -> None:
        if record.keys is not None:
            self._take_steps(record, record.keys.handle_timer(self._clock.seconds()))


def batches(
    parts: list[SealedPart],
    most_parts: int = MOST_PARTS,
    most_bytes: int = MOST_RELAY_BYTES,
) -> list[tuple[SealedPart, ...]]:
    """The parts in as few requests as carry them."""
    made: list[tuple[SealedPart, ...]] = []
    batch: list[SealedPart] = []
    size = 0
    for part in parts:
        if batch and (len(batch) == most_parts or size + len(part.sealed) > most_bytes):
            made.append(tuple(batch))
            batch, size = [], 0
        batch.append(part)
        size += len(part.sealed)
    return [*made, tuple(batch)] if batch else made


def _nobody_waits(failure: Failure) -> None:
    failure.trap(ClientError)

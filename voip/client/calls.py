"""The calls of one logged-in device: phone, keys and voice brought together.

``voip.core.phone`` decides, a ``KeyExchange`` per call agrees the keys, the voice engine carries
the sound; here each is told what the others found. It knows no connection but ``ask`` and no screen
but ``changed``. What a key exchange objects to ends the call before the phone sees it. Whatever
comes of an output, or of a face that acts on a change at once, waits until the outputs before it
are carried out.
"""

from collections.abc import Callable, Sequence
from typing import assert_never

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.call_keys import Randomness
from voip.client.call_record import CallRecord, NickOf
from voip.client.call_roles import CalleeKeys, CallerKeys
from voip.client.contact_keys import ContactKey, ContactKeys
from voip.client.device_identity import DeviceIdentity
from voip.client.key_exchange import KeyExchange
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
from voip.client.model import CallInfo, Change, ClientError, Security
from voip.client.output_queue import OutputQueue, PhoneDeed
from voip.client.people import AskServer
from voip.client.voice.commands import (
    CallFigures,
    DropStream,
    Levels,
    ReceiveKey,
    SendKey,
    SetMicrophone,
    StartTalking,
    StopTalking,
    VoiceCommand,
)
from voip.core.call_messages import (
    E2eArrived,
    E2eRelay,
    InviteOk,
    SealedPart,
)
from voip.core.calls import CallView
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CALL_ID_SIZE, CallId, LegNumber, Username
from voip.core.messages import Answer
from voip.core.phone import Phone
from voip.core.phone_words import (
    Changed,
    CloseMicrophone,
    Met,
    NeedKey,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutputs,
    PhoneRequest,
    Ring,
    StopRinging,
)

KEYS_WITHIN_SECONDS = 15.0
"""A call that both sides have joined and that has no keys by then is ended: nobody is heard."""


class Calls:
    """See the head of this module."""

    _log = Logger()

    def __init__(
        self,
        clock: IReactorTime,
        identity: DeviceIdentity,
        contacts: ContactKeys,
        ask: AskServer,
        command: Callable[[VoiceCommand], None],
        random: Randomness,
        nick_of: NickOf,
        changed: Callable[[Change], None],
    ) -> None:
        self._clock = clock
        self._identity = identity
        self._contacts = contacts
        self._ask = ask
        self._command = command
        self._random = random
        self._nick_of = nick_of
        self._changed = changed
        self._phone = Phone(identity.device)
        self._records: dict[CallId, CallRecord] = {}
        self._timers: dict[CallId, IDelayedCall] = {}
        self._outputs = OutputQueue(self._ask_for_phone, self._carry_out_one, self._worked_off)
        self._has_changed = False
        self._changed_keys: dict[Username, CheckedPerson] = {}  # for whose sake calls were stopped
        self.last_ended: CallInfo | None = None

    # ---- what a person wants -------------------------------------------------------------------

    def call(self, callees: Sequence[Username]) -> Deferred[CallId]:
        """Invite people; fires with the id of the call, which is theirs when they called first."""
        call_id = CallId(self._random(CALL_ID_SIZE))
        keys = CallerKeys(self._identity, call_id, callees, self._known, self._random)
        outputs = self._phone.dialled(tuple(callees), call_id, keys.commitment)
        if isinstance(outputs, Refusal):
            keys.erase()
            raise _error(outputs)
        self._keep(call_id, keys)

        def invited(answer: Answer | None) -> CallId:
            return answer.call_id if isinstance(answer, InviteOk) else call_id

        return self._carry_out(outputs).addCallback(invited)

    def accept(self, call_id: CallId) -> Deferred[None]:
        return self._wish(self._phone.accepted(call_id))

    def decline(self, call_id: CallId) -> Deferred[None]:
        return self._wish(self._phone.declined(call_id))

    def ignore(self, call_id: CallId) -> None:
        outputs = self._phone.ignored(call_id)
        if not isinstance(outputs, Refusal):  # a call that is over is ignored well enough
            self._carry_out(outputs).addErrback(self._refused)

    def hang_up(self, call_id: CallId) -> Deferred[None]:
        return self._wish(self._phone.hung_up(call_id))

    def set_muted(self, is_muted: bool) -> None:
        """Mute the call that is talked in, if there is one."""
        for call in self._phone.calls():
            if call.state is PhoneCallState.TALKING:
                self._command(SetMicrophone(is_muted))
                outputs = self._phone.muted(call.call_id, is_muted)
                if not isinstance(outputs, Refusal):
                    self._carry_out(outputs).addErrback(self._refused)

    def mark_verified(self, call_id: CallId) -> None:
        """Remember the other's account key as compared; ``ClientError`` without keys to compare."""
        record = self._records.get(call_id)
        if record is None or not record.people:
            raise ClientError(ErrorCode.NO_SUCH_CALL if record is None else ErrorCode.WRONG_STATE)
        self._contacts.mark_verified(record.people)
        record.security = Security.VERIFIED
        self._changed(Change.CALLS)

    def trust_new_key(self, username: Username) -> None:
        """Trust the key for whose sake a call was stopped; ``ClientError`` without such a call."""
        person = self._changed_keys.get(username)
        if person is None:
            raise ClientError(ErrorCode.WRONG_STATE)
        self._contacts.trust_new(person)
        del self._changed_keys[username]

    # ---- what the server says ------------------------------------------------------------------

    def call_changed(self, view: CallView) -> None:
        """A call as the server has it now. The keys are asked first: a call in which somebody
        stands who should not is left, whatever else the server says of it."""
        record = self._records.get(view.call_id)
        known = record.call.view if record is not None else None
        if known is not None and view.version <= known.version:
            return
        keys = record.keys if record is not None else None
        steps = keys.view_changed(view) if keys is not None else []
        if any(isinstance(step, KeysFailed) for step in steps):
            self._take_steps(view.call_id, steps)
            return
        self._do(self._phone.call_changed(view))
        self._take_steps(view.call_id, steps)

    def e2e_arrived(self, notice: E2eArrived) -> None:
        """Another leg, or the server in its name, says something about keys."""
        record = self._records.get(notice.call_id)
        if record is not None and record.keys is not None:
            steps = record.keys.sealed_arrived(notice.from_leg, notice.sealed)
            self._take_steps(notice.call_id, steps)

    def resumed(self, calls: Sequence[CallView]) -> None:
        """The session came back; calls it does not know of are over."""
        for view in calls:
            self.call_changed(view)
        self._do(self._phone.resumed(calls))

    def disconnected(self) -> None:
        """The session is over, or gone for longer than the server waits: so are the calls."""
        self._do(self._phone.disconnected())

    # ---- what the voice engine says ------------------------------------------------------------

    def figures(self, figures: CallFigures) -> None:
        """How a call sounds; told to the server now and then, coarsely."""
        record = self._records.get(figures.call_id)
        if record is None:
            return
        report = record.measured(figures)
        if report is not None:
            self._ask(report).addErrback(self._refused)
        self._changed(Change.FIGURES)

    def levels(self, levels: Levels) -> None:
        """How loud everyone is, in the call that is talked in."""
        for record in self._records.values():
            if record.call.state is PhoneCallState.TALKING:
                record.microphone_db = levels.microphone_db
                record.levels = dict(levels.streams_db)
        self._changed(Change.FIGURES)

    # ---- what a face sees ----------------------------------------------------------------------

    def infos(self) -> tuple[CallInfo, ...]:
        """The calls, the oldest first."""
        return tuple(self._info(each) for each in self._records.values() if each.is_shown)

    def _info(self, record: CallRecord) -> CallInfo:
        return record.info(self._identity.device, self._nick_of, self._clock.seconds())

    # ---- the phone's outputs -------------------------------------------------------------------

    def _wish(self, outputs: PhoneOutputs | Refusal) -> Deferred[None]:
        if isinstance(outputs, Refusal):
            raise _error(outputs)
        return self._carry_out(outputs).addCallback(lambda _: None)

    def _do(self, outputs: PhoneOutputs) -> None:
        self._carry_out(outputs).addErrback(self._refused)

    def _carry_out(self, outputs: PhoneOutputs) -> Deferred[Answer | None]:
        """Do what the phone says; fires with the last answer asked for, if any."""
        return self._outputs.carry_out(outputs)

    def _worked_off(self) -> None:
        if self._has_changed:
            self._has_changed = False
            self._changed(Change.CALLS)

    def _carry_out_one(self, output: PhoneDeed) -> None:
        match output:
            case NeedKey(call_id=call_id):
                self._record_of(call_id).is_key_wanted = True
                self._make_key(call_id)
            case OpenMicrophone(call_id=call_id, stream=stream):
                self._command(SetMicrophone(False))
                self._command(StartTalking(call_id, stream))
            case CloseMicrophone(call_id=call_id):
                self._command(StopTalking(call_id))
            case Met(dialled=dialled):
                self._forget(dialled)
            case Changed(call=call):
                self._call_is(call)
            case Ring() | StopRinging():
                pass  # the state of the call says that it rings
            case _:
                assert_never(output)

    def _ask_for_phone(self, request: PhoneRequest) -> Deferred[Answer | None]:
        def answered(answer: Answer) -> Answer | None:
            self._do(self._phone.answered(request, answer))
            if isinstance(answer, Refusal):
                raise _error(answer)
            return answer

        return self._ask(request).addCallback(answered)

    def _record_of(self, call_id: CallId) -> CallRecord:
        if call_id not in self._records:
            self._keep(call_id, None)
        return self._records[call_id]

    def _keep(self, call_id: CallId, keys: KeyExchange | None) -> None:
        nothing = PhoneCall(call_id, PhoneCallState.DIALLING, False, frozenset())
        self._records[call_id] = CallRecord(nothing, keys, self._clock.seconds())

    def _call_is(self, call: PhoneCall) -> None:
        self._has_changed = True
        record = self._record_of(call.call_id)
        record.call = call
        if call.state is PhoneCallState.ENDED:
            self.last_ended = self._info(record)
            self._forget(call.call_id)
            self._changed(Change.CALLS)  # at once, so that a face sees each ending
            return
        if call.state is PhoneCallState.TALKING and record.answered_at is None:
            record.answered_at = self._clock.seconds()
            self._timers[call.call_id] = self._clock.callLater(
                KEYS_WITHIN_SECONDS, self._keys_are_late, call.call_id
            )
        self._make_key(call.call_id)

    def _forget(self, call_id: CallId) -> None:
        record = self._records.pop(call_id, None)
        if record is not None and record.keys is not None:
            record.keys.erase()
        timer = self._timers.pop(call_id, None)
        if timer is not None and timer.active():
            timer.cancel()

    # ---- the keys' steps -----------------------------------------------------------------------

    def _known(self, username: Username) -> ContactKey | None:
        return self._contacts.of(username)

    def _make_key(self, call_id: CallId) -> None:
        """Make this device's key for a call, once the phone wants it and the call is known: after
        glare the answer to the Invite may come before the view."""
        call, record = self._phone.call(call_id), self._records[call_id]
        if not record.is_key_wanted or record.keys is not None or call is None or call.view is None:
            return
        record.keys = CalleeKeys(self._identity, call.view, self._known, self._random)
        self._take_steps(call_id, record.keys.view_changed(call.view))

    def _keys_are_late(self, call_id: CallId) -> None:
        record = self._records.get(call_id)
        if record is not None and record.keys is not None:
            self._take_steps(call_id, record.keys.waited_too_long())

    def _take_steps(self, call_id: CallId, steps: list[E2eStep]) -> None:
        for step in steps:
            record = self._records.get(call_id)
            if record is None:
                return  # ended by a step before
            self._take_step(record, step)

    def _take_step(self, record: CallRecord, step: E2eStep) -> None:
        call_id = record.call_id
        match step:
            case ShowLegKey(key=key):
                self._do(self._phone.key_ready(call_id, key))
            case SendSealed(to_leg=to_leg, sealed=sealed):
                self._send_sealed(call_id, to_leg, sealed)
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

    def _send_sealed(self, call_id: CallId, to_leg: LegNumber, sealed: bytes) -> None:
        # a refusal means that the leg has just left, which the next view tells
        part = SealedPart(to_leg, sealed)
        self._ask(E2eRelay(call_id, (part,))).addErrback(self._refused)

    def _keys_are_ready(self, record: CallRecord, ready: KeysReady) -> None:
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
        outputs = self._phone.hung_up(record.call_id, e2e_failed=True)
        if not isinstance(outputs, Refusal):
            self._do(outputs)

    def _refused(self, failure: Failure) -> None:
        """Nobody waits for this answer; the next view of the call shows how things stand."""
        failure.trap(ClientError)


def _error(refusal: Refusal) -> ClientError:
    return ClientError(refusal.code, refusal.field, refusal.retry_after_ms, refusal.incident)

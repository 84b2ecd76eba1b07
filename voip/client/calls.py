"""The calls of one logged-in device: phone, keys and voice brought together.

``voip.core.phone`` decides, ``CallSecurity`` agrees the keys of each call, the voice engine carries
the sound; here each is told what the others found. It knows no connection but ``ask`` and no screen
but ``changed``. What the keys object to ends the call before the phone sees it. Whatever
comes of an output, or of a face that acts on a change at once, waits until the outputs before it
are carried out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from voip.client.call_keys import Randomness
from voip.client.call_record import CallRecord
from voip.client.call_security import CallSecurity
from voip.client.call_shown import NickOf, call_info, speakers
from voip.client.contact_keys import ContactKeys
from voip.client.device_identity import DeviceIdentity
from voip.client.greeting import unless_refused
from voip.client.keys_of_call import KeysOfCall
from voip.client.loudness import LoudnessOfPeople
from voip.client.model import CallInfo, Change, ClientError
from voip.client.output_queue import OutputQueue, PhoneDeed
from voip.client.people import AskServer
from voip.client.voice.commands import (
    CallFigures,
    Levels,
    SetMicrophone,
    StartTalking,
    StopTalking,
    VoiceCommand,
)
from voip.core.call_messages import E2eArrived, InviteOk
from voip.core.calls import JOINED, CallView, DeclineReason, EndReason, LegKey, filled_in
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import CALL_ID_SIZE, CallId, LegNumber, StreamId, Username
from voip.core.messages import Answer, Request
from voip.core.phone import Phone
from voip.core.phone_words import (
    Changed,
    CloseMicrophone,
    Met,
    MuteMicrophone,
    NeedKey,
    OpenMicrophone,
    PhoneCall,
    PhoneCallState,
    PhoneOutputs,
    PhoneRequest,
    Ring,
    StopRinging,
)

_NOT_ANSWERED = frozenset(
    {EndReason.UNAVAILABLE, EndReason.BUSY, EndReason.DECLINED, EndReason.NO_ANSWER}
)


class Calls:
    """See the head of this module."""

    def __init__(
        self,
        clock: IReactorTime,
        identity: DeviceIdentity,
        contacts: ContactKeys,
        ask: AskServer,
        command: Callable[[VoiceCommand], None],
        random: Randomness,
        nick_of: NickOf,
        loudness: LoudnessOfPeople,
        changed: Callable[[Change], None],
    ) -> None:
        self._clock = clock
        self._identity = identity
        self._contacts = contacts
        self._ask = ask
        self._command = command
        self._random = random
        self._nick_of = nick_of
        self._loudness = loudness
        self._changed = changed
        self._phone = Phone(identity.device)
        self._security = CallSecurity(
            clock, identity, contacts, ask, command, random, changed, self._show_key, self._distrust
        )
        self._records: dict[CallId, CallRecord] = {}
        self._outputs = OutputQueue(self._ask_for_phone, self._carry_out_one, self._worked_off)
        self._has_changed = False
        self.last_ended: CallInfo | None = None

    # ---- what a person wants -------------------------------------------------------------------

    def call(self, callees: Sequence[Username]) -> Deferred[CallId]:
        """Invite people; fires with the id of the call, which is theirs when they called first."""
        call_id = CallId(self._random(CALL_ID_SIZE))
        keys = self._security.dialled(call_id, callees)
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

    def decline(self, call_id: CallId, reason: DeclineReason) -> Deferred[None]:
        return self._wish(self._phone.declined(call_id, reason)).addErrback(_unless_over)

    def ignore(self, call_id: CallId) -> None:
        outputs = self._phone.ignored(call_id)
        if not isinstance(outputs, Refusal):  # a call that is over is ignored well enough
            self._carry_out(outputs).addErrback(self._refused)

    def hang_up(self, call_id: CallId) -> Deferred[None]:
        return self._wish(self._phone.hung_up(call_id)).addErrback(_unless_over)

    def hold(self, call_id: CallId) -> Deferred[None]:
        return self._wish(self._phone.held(call_id))

    def resume(self, call_id: CallId) -> Deferred[None]:
        return self._wish(self._phone.taken_back(call_id))

    def swap(self) -> Deferred[None]:
        """Hold the call that is talked in and take the other back, when only one can be meant."""
        calls = self._phone.calls()
        held = [call for call in calls if call.state is PhoneCallState.HELD]
        is_talking = any(call.state is PhoneCallState.TALKING for call in calls)
        if not is_talking or len(held) != 1:
            raise ClientError(ErrorCode.WRONG_STATE)
        return self.resume(held[0].call_id)

    def set_muted(self, is_muted: bool) -> None:
        """Mute the call that is talked in, if there is one."""
        for call in self._phone.calls():
            if call.state is PhoneCallState.TALKING:
                self._command(SetMicrophone(is_muted))
                outputs = self._phone.muted(call.call_id, is_muted)
                if not isinstance(outputs, Refusal):
                    self._carry_out(outputs).addErrback(self._refused)

    def ask(self, request: Request) -> Deferred[None]:
        """Ask what the server alone decides; the next view of the call shows what came of it."""
        return self._ask(request).addCallback(unless_refused).addCallback(lambda _: None)

    def joined_leg_of(self, call_id: CallId, username: Username) -> LegNumber:
        """The leg by which somebody is in a call; ``ClientError`` when they are in none."""
        call = self._phone.call(call_id)
        legs = call.view.legs if call is not None and call.view is not None else ()
        for leg in legs:
            if leg.username == username and leg.state in JOINED:
                return leg.number
        raise ClientError(ErrorCode.WRONG_STATE, "username")

    def mark_verified(self, call_id: CallId) -> None:
        """Remember the other's account key as compared; ``ClientError`` without keys to compare."""
        record = self._records.get(call_id)
        if record is None:
            raise ClientError(ErrorCode.NO_SUCH_CALL)
        self._security.mark_verified(record)

    def trust_new_key(self, username: Username) -> None:
        """Trust the key for whose sake a call was stopped; ``ClientError`` without such a call."""
        self._security.trust_new_key(username)

    # ---- what the server says ------------------------------------------------------------------

    def call_changed(self, view: CallView) -> None:
        """A call as the server has it now. The keys are asked first: a call in which somebody
        stands who should not is left, whatever else the server says of it."""
        self._ended_before(view)
        record = self._records.get(view.call_id)
        known = record.call.view if record is not None else None
        view = filled_in(view, known)
        if record is not None and known is not None and view.version <= known.version:
            self._security.older_view(record, view)
            return
        if record is not None and not self._security.view_changed(record, view):
            return
        self._do(self._phone.call_changed(view))
        if record is not None:
            self._security.view_seen(record)

    def _ended_before(self, view: CallView) -> None:
        """The user stopped calling, while the news came that nobody answers: they are told that."""
        ended, mine = self.last_ended, view.leg_of(self._identity.device)
        if ended is None or mine is None or ended.call_id != view.call_id:
            return
        if ended.end_reason is EndReason.CANCELLED and mine.end_reason in _NOT_ANSWERED:
            self.last_ended = replace(ended, end_reason=mine.end_reason)
            self._changed(Change.CALLS)

    def e2e_arrived(self, notice: E2eArrived) -> None:
        """Another leg, or the server in its name, says something about keys."""
        record = self._records.get(notice.call_id)
        if record is not None:
            self._security.sealed_arrived(record, notice.from_leg, notice.sealed)

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
        self._security.frames_sent(record, figures.sent)
        self._changed(Change.FIGURES)

    def levels(self, levels: Levels) -> None:
        """How loud everyone is, in the call that is talked in."""
        for record in self._records.values():
            if record.call.state is PhoneCallState.TALKING:
                record.microphone_db = levels.microphone_db
                record.levels = dict(levels.streams_db)
        self._changed(Change.FIGURES)

    def sound_began_anew(self) -> None:
        """The voice engine is another one, which knows neither the call nor its keys."""
        sounding = self._security.sounding
        record = self._records.get(sounding) if sounding is not None else None
        view = record.call.view if record is not None else None
        mine = view.leg_of(self._identity.device) if view is not None else None
        if record is None or view is None or mine is None:
            return
        self._security.sound_ended(record)
        self._begin_sound(record, mine.stream)
        self._loudness.follow(None, {})
        self._loudness.follow(record.call_id, speakers(view, self._identity.device))

    # ---- what a face sees ----------------------------------------------------------------------

    def infos(self) -> tuple[CallInfo, ...]:
        """The calls, the oldest first."""
        return tuple(self._info(each) for each in self._records.values() if each.is_shown)

    def _info(self, record: CallRecord) -> CallInfo:
        now, loudness_of = self._clock.seconds(), self._loudness.of
        return call_info(record, self._identity.device, self._nick_of, loudness_of, now)

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
                call = self._phone.call(call_id)
                self._command(SetMicrophone(call is not None and call.is_muted))
                self._begin_sound(self._record_of(call_id), stream)
            case CloseMicrophone(call_id=call_id):
                self._command(StopTalking(call_id))
                self._loudness.follow(None, {})
                self._security.sound_ended(self._record_of(call_id))
            case MuteMicrophone():
                self._command(SetMicrophone(True))
            case Met(dialled=dialled):
                self._forget(dialled)
            case Changed(call=call):
                self._call_is(call)
            case Ring() | StopRinging():
                pass  # the state of the call says that it rings
            case _:
                assert_never(output)

    def _begin_sound(self, record: CallRecord, stream: StreamId) -> None:
        self._command(StartTalking(record.call_id, stream))
        self._security.sound_began(record)

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

    def _keep(self, call_id: CallId, keys: KeysOfCall | None) -> None:
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
            self._security.joined(record)
        if call.state is PhoneCallState.TALKING and call.view is not None:
            self._loudness.follow(call.call_id, speakers(call.view, self._identity.device))
        self._make_key(call.call_id)

    def _forget(self, call_id: CallId) -> None:
        record = self._records.pop(call_id, None)
        if record is not None:
            self._security.forget(record)

    # ---- keys ----------------------------------------------------------------------------------

    def _make_key(self, call_id: CallId) -> None:
        """Make this device's key for a call, once the phone wants it and the call is known: after
        glare the answer to the Invite may come before the view."""
        call, record = self._phone.call(call_id), self._records[call_id]
        if not record.is_key_wanted or record.keys is not None or call is None or call.view is None:
            return
        self._security.told_of(record, call.view)

    def _show_key(self, call_id: CallId, key: LegKey) -> None:
        self._do(self._phone.key_ready(call_id, key))

    def _distrust(self, call_id: CallId) -> None:
        """The keys of a call do not hold: leave it."""
        outputs = self._phone.hung_up(call_id, e2e_failed=True)
        if not isinstance(outputs, Refusal):
            self._do(outputs)

    def _refused(self, failure: Failure) -> None:
        """Nobody waits for this answer; the next view of the call shows how things stand."""
        failure.trap(ClientError)


def _unless_over(failure: Failure) -> None:
    """The call that was to end has ended by itself meanwhile."""
    error = failure.value
    if not isinstance(error, ClientError) or error.code is not ErrorCode.NO_SUCH_CALL:
        failure.raiseException()


def _error(refusal: Refusal) -> ClientError:
    return ClientError(refusal.code, refusal.field, refusal.retry_after_ms, refusal.incident)

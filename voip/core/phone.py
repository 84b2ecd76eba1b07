"""The client's side of calling, without any I/O: what one device knows of its calls.

Three things flow in: what the user wants (``dialled``, ``accepted`` ...), what the server says
(``call_changed``, ``answered``, ``resumed``) and the device's public keys (``key_ready``). Outputs
flow out, to be carried out in order. A user's wish that does not fit gives a ``Refusal`` instead.

The microphone rule lives here: ``OpenMicrophone`` comes only for a call that the local user dialled
or accepted, with nobody active in it but those he dialled or saw calling, whatever the server says.
"""

from collections.abc import Iterable

from voip.core.calls import CallView, DeclineReason, LegKey
from voip.core.errors import Refusal
from voip.core.ids import CallId, DeviceId, Username
from voip.core.messages import Answer
from voip.core.phone_words import PhoneCall, PhoneOutputs, PhoneRequest

DEFAULT_MAX_RINGING = 4
"""Calls that may ring here at once; one more is declined as busy."""


class Phone:
    """Every call of one device; made when it is logged in."""

    def __init__(self, device: DeviceId, max_ringing: int = DEFAULT_MAX_RINGING) -> None:
        raise NotImplementedError

    # What the user wants.

    def dialled(
        self,
        callees: tuple[Username, ...],
        call_id: CallId,
        commitment: bytes,
        require_e2e: bool = True,
    ) -> PhoneOutputs | Refusal:
        """Call somebody; ``call_id`` is 16 fresh random bytes. WRONG_STATE during another call.

        Calls that ring here are declined as busy, but for one from the same person: the server
        then says whether the two calls meet (``Met``).
        """
        raise NotImplementedError

    def accepted(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Answer; other ringing calls are declined as busy. WRONG_STATE during another call."""
        raise NotImplementedError

    def declined(
        self, call_id: CallId, reason: DeclineReason = DeclineReason.DECLINED
    ) -> PhoneOutputs | Refusal:
        """Say no to a ringing call."""
        raise NotImplementedError

    def ignored(self, call_id: CallId) -> PhoneOutputs | Refusal:
        """Stop sounding here; the call can still be accepted and other devices ring on."""
        raise NotImplementedError

    def hung_up(self, call_id: CallId, e2e_failed: bool = False) -> PhoneOutputs | Refusal:
        """Leave a call in any state; the microphone closes at once, before the server answers.

        Asks Cancel while dialling, Decline while ringing, Leave while talking, and always Leave
        when ``e2e_failed``.
        """
        raise NotImplementedError

    def muted(self, call_id: CallId, is_muted: bool) -> PhoneOutputs | Refusal:
        """Tell the others. Muting the sound itself is the voice engine's."""
        raise NotImplementedError

    # What the key machinery has.

    def key_ready(self, call_id: CallId, key: LegKey) -> PhoneOutputs:
        """This device's key for a call: asks Alerting, once for each call.

        The caller shows its key by this too, when it reveals what it committed to. Nothing comes
        of a key for a call that is over.
        """
        raise NotImplementedError

    # What the server says.

    def call_changed(self, view: CallView) -> PhoneOutputs:
        """A call as the server has it now; an older one than the known is left aside."""
        raise NotImplementedError

    def answered(self, request: PhoneRequest, answer: Answer) -> PhoneOutputs:
        """The server's answer to what an ``Ask`` held."""
        raise NotImplementedError

    def resumed(self, calls: Iterable[CallView]) -> PhoneOutputs:
        """The session came back with this snapshot: calls it does not hold are over.

        A call whose Invite has not been answered yet stays; its answer will come.
        """
        raise NotImplementedError

    def disconnected(self) -> PhoneOutputs:
        """The session is gone for good, or away for longer than the server waits: all is over.

        Nothing needs to be said of a short break.
        """
        raise NotImplementedError

    # What there is.

    def calls(self) -> tuple[PhoneCall, ...]:
        """The calls that are not over, the oldest first; at most one is not ringing."""
        raise NotImplementedError

    def call(self, call_id: CallId) -> PhoneCall | None:
        """One call that is not over."""
        raise NotImplementedError

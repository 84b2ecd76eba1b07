"""The verbs of a call that goes on, whatever screen one is on."""

from collections.abc import Collection

from voip.client.model import CallInfo, Security
from voip.core.calls import LegState
from voip_terminal.calls import current
from voip_terminal.keys import Verb
from voip_terminal.stage import Stage


class CallVerbs:
    """Mute, hang up, stop calling, words match."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def verbs(self) -> Collection[Verb]:
        call = current(self._stage.model)
        if call is None:
            return ()
        if call.state is not LegState.ACTIVE:
            return (Verb.CANCEL,)
        can = [Verb.MUTE, Verb.HANG_UP]
        if call.words and call.security is Security.ENCRYPTED:
            can.append(Verb.WORDS_MATCH)
        return can

    def do(self, verb: Verb) -> None:
        call = current(self._stage.model)
        if call is None:
            return
        controller = self._stage.controller
        match verb:
            case Verb.MUTE:
                self._mute(call)
            case Verb.HANG_UP | Verb.CANCEL:
                self._stage.ask(controller.hang_up(call.call_id), lambda _: None)
            case Verb.WORDS_MATCH:
                controller.mark_verified(call.call_id)
                self._stage.say("Verified: from now on you are told if their key changes.")
            case _:
                raise ValueError(verb)

    def _mute(self, call: CallInfo) -> None:
        self._stage.controller.set_muted(not call.is_muted)
        off = "Your microphone is off; Space turns it on."
        self._stage.say("Your microphone is on." if call.is_muted else off)

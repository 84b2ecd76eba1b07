"""The verbs of a call, whatever screen one is on: to begin one, and those of one that goes on."""

from collections.abc import Collection, Sequence

from voip.client.model import CallInfo, Security
from voip.core.calls import LegState
from voip.core.ids import Username
from voip_terminal import commands
from voip_terminal.calls import current
from voip_terminal.commands import Command
from voip_terminal.keys import Verb
from voip_terminal.paint import clean
from voip_terminal.people_list import shown_name
from voip_terminal.stage import Stage


def call(stage: Stage, username: Username, name: str) -> None:
    """Call somebody, and say what came of asking."""
    stage.say(f"Calling {name}")
    stage.ask(stage.controller.call([username]), lambda _: stage.home())


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

    def by_name(self) -> Sequence[Command]:
        """A command for everybody whom one may call now."""
        if current(self._stage.model) is not None:
            return ()
        sign = self._stage.glyphs.presence
        return [
            commands.of_person(
                person.username, shown_name(person), sign(person.presence), self.call
            )
            for person in self._stage.model.people
        ]

    def call(self, username: Username) -> None:
        call(self._stage, username, clean(username))

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

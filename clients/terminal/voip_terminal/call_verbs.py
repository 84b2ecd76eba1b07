"""The verbs of calls, whatever screen one is on: to begin one, and those of the ones that go on.

Hold and take back, switch and join act on the calls by their place in the model; the others on the
call that is talked in. What is about one person of a conference is the roster's.
"""

from collections.abc import Collection, Sequence

from voip.client.model import CallInfo, ClientError, Security
from voip.core.calls import LegState
from voip.core.ids import CallId, Username
from voip_terminal import commands, sentences
from voip_terminal.adding import open_call
from voip_terminal.calls import (
    can_begin,
    current,
    held,
    is_echo_test,
    is_unanswered,
    shown,
    talking,
    to_leave,
)
from voip_terminal.commands import Command
from voip_terminal.contact_list import shown_contact, sign_of
from voip_terminal.keys import Verb
from voip_terminal.paint import clean
from voip_terminal.screens.add_people import AddPeopleBox
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.stage import Stage
from voip_terminal.volume import play

NUMBERED = 9
"""So many calls have a key."""


def call(stage: Stage, username: Username, name: str) -> None:
    """Call somebody, and say what came of asking; who talks is asked before, and held meanwhile."""
    call_all(stage, [username], name)


def call_all(stage: Stage, usernames: Sequence[Username], name: str) -> None:
    """The same with several people at once; ``name`` stands for all of them."""

    def begin() -> None:
        stage.say(f"Calling {name}")
        stage.ask(stage.controller.call(usernames), lambda _: stage.home())

    talks = talking(stage.model)
    if talks is None:
        begin()
        return
    told = f"The call with {sentences.who(talks)} is put on hold meanwhile."
    stage.open(ConfirmBox(stage, f"Call {name}?", told, "call", begin))


class CallVerbs:
    """What can be done with the calls now, and the doing of it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._held_last: CallId | None = None

    def verbs(self) -> Collection[Verb]:
        model = self._stage.model
        can: set[Verb] = set()
        call, leaving = current(model), to_leave(model)
        if leaving is not None:
            can.add(_leave_verb(leaving))
        if len(shown(model)) > 1:
            can.add(Verb.GO_TO)
        if call is None and held(model):
            can.add(Verb.TAKE_BACK)
        if call is not None and call.state is LegState.ACTIVE:
            can |= self._while_talking(call)
        return can

    def _while_talking(self, call: CallInfo) -> set[Verb]:
        can = set() if call.is_listener else {Verb.MUTE}
        has_words = bool(call.words or call.code) and not is_echo_test(call)
        if has_words and call.security is Security.ENCRYPTED:
            can.add(Verb.WORDS_MATCH)
        can |= {Verb.HOLD, Verb.DEAFEN}
        if open_call(self._stage) is not None:
            can.add(Verb.ADD)
        if not call.is_conference:
            can |= {Verb.QUIETER, Verb.LOUDER}
        others = held(self._stage.model)
        if len(others) == 1:
            can.add(Verb.SWAP)
        if others and not call.is_locked and (others[0].is_host or not others[0].is_conference):
            can.add(Verb.JOIN)
        return can

    def by_name(self) -> Sequence[Command]:
        """A command for everybody whom one may call now."""
        if not can_begin(self._stage.model):
            return ()
        glyphs = self._stage.glyphs
        return [
            commands.of_person(one.username, shown_contact(one), sign_of(one, glyphs), self.call)
            for one in self._stage.model.contacts
            if not one.is_blocked
        ]

    def call(self, username: Username) -> None:
        call(self._stage, username, clean(username))

    def do(self, verb: Verb, key: str) -> None:
        model, controller = self._stage.model, self._stage.controller
        call = current(model)
        match verb:
            case Verb.HANG_UP | Verb.CANCEL | Verb.LEAVE:
                leaving = to_leave(model)
                if leaving is not None:
                    self._stage.ask(controller.hang_up(leaving.call_id), lambda _: None)
            case Verb.TAKE_BACK:
                last = [each for each in held(model) if each.call_id == self._held_last]
                self._resume((last or held(model))[0])
            case Verb.GO_TO:
                self._go_to(int(key))
            case _ if call is not None:
                self._do_talking(verb, call)

    def _do_talking(self, verb: Verb, call: CallInfo) -> None:
        stage, controller = self._stage, self._stage.controller
        match verb:
            case Verb.MUTE:
                self._mute(call)
            case Verb.DEAFEN:
                self._deafen()
            case Verb.HOLD:
                back = stage.keys.label(Verb.TAKE_BACK)
                told = f"On hold: {sentences.who(call)}. {back} takes the call back."
                self._held_last = call.call_id
                stage.ask(controller.hold(call.call_id), lambda _: stage.say(told))
            case Verb.SWAP:
                stage.ask(controller.swap(), lambda _: None)
            case Verb.JOIN:
                other = held(stage.model)[0]
                told = f"{sentences.who(call)} and {sentences.who(other)} are in one call now."
                asked = controller.merge(call.call_id, other.call_id)
                stage.ask(asked, lambda _: stage.say(told))
            case Verb.ADD:
                stage.open(AddPeopleBox(stage, call.call_id))
            case Verb.WORDS_MATCH:
                self._verify(call)
            case Verb.QUIETER | Verb.LOUDER:
                for peer in call.peers[:1]:
                    play(stage, peer, 1 if verb is Verb.LOUDER else -1)
            case _:
                raise ValueError(verb)

    def _go_to(self, number: int) -> None:
        """Talk in the call of this number: answer it, or take it back; the other is held."""
        calls = shown(self._stage.model)
        if number > len(calls):
            self._stage.complain(f"There is no call {number}: the last one is {len(calls)}.")
            return
        call = calls[number - 1]
        if call.is_held:
            self._resume(call)
        elif is_unanswered(call):
            self._answer(call)

    def _resume(self, call: CallInfo) -> None:
        self._stage.ask(self._stage.controller.resume(call.call_id), lambda _: None)

    def _answer(self, call: CallInfo) -> None:
        if not can_begin(self._stage.model):
            stop = self._stage.keys.label(Verb.CANCEL)
            self._stage.complain(f"You are calling somebody: stop that first, with {stop}.")
            return
        self._stage.ask(self._stage.controller.accept(call.call_id), lambda _: None)

    def _mute(self, call: CallInfo) -> None:
        self._stage.controller.set_muted(not call.is_muted)
        off = f"Your microphone is off; {self._stage.keys.label(Verb.MUTE)} turns it on."
        self._stage.say("Your microphone is on." if call.is_muted else off)

    def _verify(self, call: CallInfo) -> None:
        try:
            self._stage.controller.mark_verified(call.call_id)
        except ClientError as error:  # the file of known keys cannot be read or written
            self._stage.complain_of(error)
        else:
            self._stage.say("Verified: from now on you are told if their key changes.")

    def _deafen(self) -> None:
        is_deafened = not self._stage.model.audio.is_deafened
        self._stage.controller.set_deafened(is_deafened)
        again = self._stage.keys.label(Verb.DEAFEN)
        off = f"You hear nobody; {again} turns the sound on. Your microphone is as it was."
        self._stage.say(off if is_deafened else "You hear everybody again.")


def _leave_verb(call: CallInfo) -> Verb:
    if call.state is LegState.DIALING:
        return Verb.CANCEL
    return Verb.LEAVE if call.is_conference else Verb.HANG_UP

"""Somebody whose account key is not the known one: an explanation, and a typed yes.

The call was stopped, and nothing was said in it. Trusting the new key needs the word typed in full,
so that no key pressed in a hurry trusts somebody who poses as the other.
"""

from collections.abc import Collection

from voip.client.model import ClientError
from voip.core.ids import Username
from voip_terminal import sentences
from voip_terminal.forms import Field, Form, Part
from voip_terminal.keys import Verb
from voip_terminal.paint import wrap
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage

CONFIRMATION = "trust"


class NewKeyBox(FormBox):
    """What a changed key may mean; ``who`` is how the person is called."""

    title = "The call was stopped"
    act = "trust the new key"

    def __init__(self, stage: Stage, username: Username, who: str) -> None:
        super().__init__(stage)
        self._username = username
        self._who = who
        self._word = Field("If they did, type trust", stage.glyphs, label_cols=24, cols=10)
        told = sentences.KEY_CHANGED.format(who=who)
        parts: list[Part] = ["", *wrap(told, self.cols - 2), "", self._word, ""]
        self.lay_out(Form(parts), len(parts))

    def verbs(self) -> Collection[Verb]:
        is_confirmed = self._word.text.strip().lower() == CONFIRMATION
        return {Verb.CONFIRM, Verb.BACK} if is_confirmed else {Verb.BACK}

    def submit(self) -> None:
        try:
            self.stage.controller.trust_new_key(self._username)
        except ClientError as error:
            self.stage.complain_of(error)
            return
        self.stage.back()
        self.stage.say(sentences.KEY_TRUSTED.format(who=self._who))

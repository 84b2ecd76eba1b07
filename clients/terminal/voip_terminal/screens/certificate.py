"""A server that shows another key than the one known: an explanation, and a typed yes.

Nothing was sent to it. Going on needs the word typed in full, so that no key pressed in a hurry
trusts somebody in the middle.
"""

from collections.abc import Callable, Collection

import urwid

from voip.client.model import ClientError
from voip_terminal.forms import Field, Form, centred
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import clean
from voip_terminal.screens.form_screen import FormScreen
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import fingerprint

COLS = 66
CONFIRMATION = "trust"


class CertificateScreen(FormScreen):
    """Both fingerprints, and what they mean."""

    context = Context.CERTIFICATE
    enter = Verb.TRUST

    def __init__(
        self, stage: Stage, address: str, expected: str, seen: str, again: Callable[[], None]
    ) -> None:
        super().__init__(stage)
        self._address = address
        self._seen = seen
        self._again = again
        self._word = Field("To go on, type trust", stage.glyphs, label_cols=22, cols=10)
        self.form = Form(
            [
                [(Style.TROUBLE, f"! The key of {clean(address)} has changed")],
                "",
                "Nothing was sent to it. Either its operator has made a new key, or",
                "somebody stands between you and the server and poses as it.",
                "",
                "Ask the operator, not by a call through this server, to read out",
                "the key's fingerprint, and compare it with the new one here.",
                "",
                [(Style.HEADING, "Known until now (SHA-256)")],
                *_rows(expected),
                "",
                [(Style.HEADING, "New")],
                *_rows(seen),
                "",
                self._word,
            ]
        )
        self._widget = centred(self.form, COLS)

    @property
    def widget(self) -> urwid.Widget:
        return self._widget

    @property
    def _is_confirmed(self) -> bool:
        return self._word.text.strip().lower() == CONFIRMATION

    def verbs(self) -> Collection[Verb]:
        return {Verb.BACK, Verb.TRUST} if self._is_confirmed else {Verb.BACK}

    def submit(self) -> None:
        try:
            self.stage.controller.accept_new_pin(self._address, self._seen)
        except ClientError as error:  # the file of known servers cannot be written
            self.stage.complain_of(error)
            return
        self.stage.back()
        self._again()


def _rows(pin: str) -> list[str]:
    return [f"  {row}" for row in fingerprint(clean(pin))]

"""The recovery codes, shown once: after registering, and when new ones were made.

It stands in the place of the screen, not in a box, so that help or another box does not take it
away; and it asks before it goes, since nobody can show the codes again. Enter does nothing here:
whoever presses it again while the account is made would put codes away that they never saw.
"""

from collections.abc import Collection, Sequence

import urwid

from voip.client.model import Change
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, wrap
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.stage import Stage
from voip_terminal.theme import Style

MARGIN = 3
TEXT_COLS = 70

WHY = (
    "Forgot your password? Nobody can tell it to you, and there is no e-mail. Any one of these "
    "codes then sets a new one, once. Whoever has a code can do the same."
)
WRITE = (
    "Write them down now and keep them where you keep your keys. They are shown this once, and "
    "kept nowhere else."
)
SURE = "Nobody can show these codes again. You can make new ones later, with your password."


class RecoveryCodesScreen:
    """The codes, and one key."""

    context = Context.CODES
    takes_question_mark = False
    is_typing = False
    is_lasting = True

    def __init__(self, stage: Stage, codes: Sequence[str]) -> None:
        self._stage = stage
        self._codes = tuple(codes)
        self.widget: urwid.Widget = Area(self._paint)

    def verbs(self) -> Collection[Verb]:
        return {Verb.CONFIRM}

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - one verb, one key
        stage = self._stage
        title, act = "Are they written down?", "they are"
        stage.open(ConfirmBox(stage, title, SURE, act, lambda: stage.close(self)))

    def refresh(self, change: Change) -> None:
        """The codes stay as they are."""

    def _paint(self, _cols: int, _rows: int) -> Sequence[Line]:
        blank = " " * MARGIN
        half = (len(self._codes) + 1) // 2
        numbered = [f"{at}  {code}" for at, code in enumerate(self._codes, 1)]
        return [
            [],
            [(Style.HEADING, f"{blank}Your recovery codes")],
            [],
            *([(None, blank + row)] for row in wrap(WHY, TEXT_COLS)),
            [],
            *(
                [(Style.KEY, f"{blank}   {left}"), (Style.KEY, f"      {right}")]
                for left, right in zip(numbered[:half], [*numbered[half:], ""], strict=False)
            ),
            [],
            *([(None, blank + row)] for row in wrap(WRITE, TEXT_COLS)),
        ]

"""The calls as a list with their numbers: which is talked in, which are held, which ring.

It paints; the keys of the numbers are in ``call_verbs``.
"""

from voip.client.model import CallInfo, Security
from voip.core.calls import LegState
from voip_terminal import sentences
from voip_terminal.calls import is_unanswered, rings_here, shown, talking
from voip_terminal.glyphs import Glyphs
from voip_terminal.meters import quality_sign
from voip_terminal.paint import Line, Piece, column, spread
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import clock

STATE_COLS = 12
TIME_COLS = 8
WIDE_COLS = 60
"""From this width on the line and the encryption of each call are there too."""

QUALITY_COLS = 12


class CallList:
    """Paints the list."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def paint(self, cols: int) -> list[Line]:
        """A heading and a line for each call."""
        model = self._stage.model
        now = talking(model)
        lines: list[Line] = [[(Style.HEADING, "Calls")]]
        for number, call in enumerate(shown(model), 1):
            lines.append(self._row(number, call, cols, is_now=call is now))
        return lines

    def _row(self, number: int, call: CallInfo, cols: int, *, is_now: bool) -> Line:
        glyphs = self._stage.glyphs
        elapsed = clock(self._stage.clock.seconds() - call.started_at)
        end: list[Piece] = [
            (_state_style(call), column(state_word(call), STATE_COLS, "")),
            (None, elapsed.rjust(TIME_COLS)),
        ]
        if cols >= WIDE_COLS:
            end += _more(call, glyphs)
        pointer = glyphs.pointer if is_now else " "
        room = cols - 5 - sum(len(text) for _, text in end)
        name = column(sentences.who(call), room, glyphs.cut)
        style = Style.HEADING if is_now else None
        return spread([(None, f"{pointer} "), (Style.KEY, f"{number} "), (style, name)], end, cols)


def state_word(call: CallInfo) -> str:
    """Where a call stands, in a word or two."""
    if rings_here(call):
        return "ringing"
    if is_unanswered(call):
        return "ignored"
    if call.is_held:
        return "on hold"
    if call.state is not LegState.ACTIVE:
        return "calling"
    return "holds you" if call.is_held_by_peers else "talking"


def _state_style(call: CallInfo) -> Style | None:
    return Style.FAIR if call.is_held or call.is_held_by_peers or rings_here(call) else None


def _more(call: CallInfo, glyphs: Glyphs) -> list[Piece]:
    """How good the line is, and whether it is encrypted and verified."""
    if call.state is not LegState.ACTIVE or call.figures is None:
        return [(None, " " * (QUALITY_COLS + 11))]
    ((style, sign),) = quality_sign(call.figures, glyphs)
    words = {
        Security.PENDING: "agreeing",
        Security.ENCRYPTED: "encrypted",
        Security.VERIFIED: "verified",
        Security.KEY_CHANGED: "stopped",
    }
    return [
        (None, "  "),
        (style, column(sign, QUALITY_COLS, "")),
        (Style.DIM, column(words[call.security], 9, "")),
    ]

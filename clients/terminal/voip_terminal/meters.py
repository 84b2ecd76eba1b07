"""Bars: how loud a voice is, how good a line is.

A level bar keeps its loudest moment for a while, as the needle of a meter would. It is told the
time and knows no clock.
"""

from voip.client.voice.commands import CallFigures
from voip_terminal.glyphs import Glyphs
from voip_terminal.paint import Line
from voip_terminal.theme import Style
from voip_terminal.wording import Quality, quality

QUIETEST_DB = -60.0
"""What an empty bar means; speech is at -30 to -10."""

PEAK_SECONDS = 1.5
"""How long the loudest moment stays marked."""


class LevelMeter:
    """One voice's bar."""

    def __init__(self) -> None:
        self._peak_db = QUIETEST_DB
        self._peak_at = 0.0

    def paint(self, level_db: float, cols: int, now: float, glyphs: Glyphs) -> Line:
        """The bar in ``cols`` columns and the figure behind it, ten columns more."""
        if level_db >= self._peak_db or now - self._peak_at > PEAK_SECONDS:
            self._peak_db, self._peak_at = level_db, now
        full = _columns(level_db, cols)
        peak = _columns(self._peak_db, cols)
        bar = level_bar(level_db, cols, glyphs)
        if full < peak:
            bar = bar[: peak - 1] + glyphs.peak + bar[peak:]
        figure = "    quiet" if level_db < QUIETEST_DB else f" {level_db:5.0f} dB"
        return [(Style.LEVEL, bar), (Style.DIM, figure)]


def level_bar(level_db: float, cols: int, glyphs: Glyphs) -> str:
    """A bar alone, without a figure and without a memory."""
    full = _columns(level_db, cols)
    return glyphs.full * full + glyphs.empty * (cols - full)


def _columns(level_db: float, cols: int) -> int:
    share = (level_db - QUIETEST_DB) / -QUIETEST_DB
    return max(0, min(cols, round(share * cols)))


_BARS = {Quality.GOOD: 4, Quality.FAIR: 2, Quality.POOR: 1}
_STYLES = {Quality.GOOD: Style.GOOD, Quality.FAIR: Style.FAIR, Quality.POOR: Style.BAD}


def bars(count: int, glyphs: Glyphs) -> str:
    """So many of the four rising bars."""
    return glyphs.bars[:count] + glyphs.no_bar * (4 - count)


def quality_bars(how: Quality, glyphs: Glyphs) -> str:
    """The four bars of a line."""
    return bars(_BARS[how], glyphs)


def quality_sign(figures: CallFigures, glyphs: Glyphs) -> Line:
    """The four bars and the word for a line."""
    how = quality(figures)
    return [(_STYLES[how], f"{bars(_BARS[how], glyphs)} {how.value}")]


def round_trip_bars(rtt_ms: float, glyphs: Glyphs) -> str:
    """The four bars for the way to the server."""
    bounds = (80.0, 200.0, 400.0)
    return bars(4 - sum(rtt_ms > bound for bound in bounds), glyphs)

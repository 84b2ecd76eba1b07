"""The signs that screens are drawn with: one set in Unicode, one in ASCII.

Every sign is one column wide in both sets, but for ``yes``, so a screen has the same shape in
either. No emoji: terminals disagree about their width. It knows no screens and no colours.
"""

from dataclasses import dataclass

from voip.core.people import Presence


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs. ``bars`` and ``corners`` hold several."""

    is_ascii: bool
    available: str
    away: str
    busy: str
    offline: str
    pointer: str  # before the focused row
    vertical: str
    horizontal: str
    bars: str  # of the quality sign, rising
    no_bar: str
    full: str  # of a level meter
    empty: str
    peak: str
    no: str
    dot: str  # between words
    cut: str  # where a text was shortened
    mask: str  # instead of a password's letters
    favourite: str
    outgoing: str  # which way a call went
    incoming: str
    chosen: str  # the chosen one of several
    speaks: str  # after whoever is heard just now
    corners: tuple[str, str, str, str]  # of a box: top left, top right, bottom left and right

    @property
    def yes(self) -> str:
        """Before what is well. In ASCII it is a word: every letter and sign stands for something
        else. Nothing may stand below it in a column of its own."""
        return "ok" if self.is_ascii else "✓"

    def presence(self, presence: Presence) -> str:
        """The sign before a name."""
        return {
            Presence.OFFLINE: self.offline,
            Presence.AVAILABLE: self.available,
            Presence.AWAY: self.away,
            Presence.BUSY: self.busy,
            Presence.DO_NOT_DISTURB: self.busy,
            Presence.IN_CALL: self.busy,
            Presence.INVISIBLE: self.away,
        }[presence]


UNICODE = Glyphs(
    is_ascii=False,
    available="●",
    away="◐",
    busy="⊘",
    offline="○",
    pointer="▶",
    vertical="│",
    horizontal="─",
    bars="▂▄▆█",
    no_bar="·",
    full="█",
    empty="·",
    peak="▏",
    no="✗",
    dot="·",
    cut="…",
    mask="•",
    favourite="★",
    outgoing="→",
    incoming="←",
    chosen="•",
    speaks="»",
    corners=("┌", "┐", "└", "┘"),
)

ASCII = Glyphs(
    is_ascii=True,
    available="+",
    away="~",
    busy="x",
    offline=".",
    pointer=">",
    vertical="|",
    horizontal="-",
    bars="_-=#",
    no_bar=".",
    full="#",
    empty="-",
    peak="|",
    no="x",
    dot="-",
    cut="~",
    mask="*",
    favourite="*",
    outgoing=">",
    incoming="<",
    chosen="*",
    speaks=")",
    corners=("+", "+", "+", "+"),
)

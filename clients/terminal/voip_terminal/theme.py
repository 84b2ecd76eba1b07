"""The styles of the screens, for monochrome, 16 and 256 colours.

A style is a name that widgets use; the palette says how it looks. Nothing is told by colour alone:
whatever a style means, a word or a sign says too. It knows no screens.
"""

from enum import StrEnum, unique


@unique
class Style(StrEnum):
    """What a piece of the screen is."""

    TOP = "top"  # the first line
    HEADING = "heading"
    DIM = "dim"
    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
    FOCUS = "focus"  # the row the keys act on
    FIELD = "field"
    FIELD_FOCUS = "field focus"
    STATUS = "status"
    TROUBLE = "trouble"
    KEY = "key"  # a key's name in the last line
    HINT = "hint"  # what the key does
    LINE = "line"  # rules and frames
    LEVEL = "level"
    WORDS = "words"  # the four words


Entry = tuple[str, str, str, str, str, str]

# (style, 16-colour foreground, background, monochrome, 256-colour foreground, background)
PALETTE: tuple[Entry, ...] = (
    (Style.TOP, "white,bold", "dark blue", "standout", "#fff,bold", "h17"),
    (Style.HEADING, "default,bold", "default", "bold", "default,bold", "default"),
    (Style.DIM, "dark gray", "default", "default", "g58", "default"),
    (Style.GOOD, "dark green", "default", "default", "#5b5", "default"),
    (Style.FAIR, "brown", "default", "default", "#db5", "default"),
    (Style.BAD, "light red", "default", "bold", "#f66", "default"),
    (Style.FOCUS, "black", "light gray", "standout", "#fff", "#258"),
    (Style.FIELD, "default,underline", "default", "underline", "default", "g19"),
    (Style.FIELD_FOCUS, "black", "light gray", "standout", "#fff", "#258"),
    (Style.STATUS, "default", "default", "default", "default", "default"),
    (Style.TROUBLE, "light red,bold", "default", "bold", "#f66,bold", "default"),
    (Style.KEY, "default,bold", "default", "bold", "default,bold", "default"),
    (Style.HINT, "default", "default", "default", "g70", "default"),
    (Style.LINE, "dark gray", "default", "default", "g42", "default"),
    (Style.LEVEL, "dark cyan", "default", "default", "#5bd", "default"),
    (Style.WORDS, "default,bold", "default", "bold", "#fe9,bold", "default"),
)

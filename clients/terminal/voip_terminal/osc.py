"""What asks a terminal for a desktop notification, as the terminals at hand understand it.

OSC 777 names a title and a text, OSC 9 a text alone; tmux and screen pass either on when it is
wrapped. A terminal that knows neither shows nothing. It writes nothing itself.
"""

from collections.abc import Mapping

from voip_terminal.paint import clean

TEXT_MAXIMUM = 120
"""Characters that are ever sent: longer texts do not fit on a notification."""

SILENT_TERMS = frozenset({"dumb", "linux", "vt52", "vt100"})
"""Terminals that could take the sequence for text."""

TITLE = "voip"


def notification(text: str, environ: Mapping[str, str]) -> str:
    """The bytes to write, as text; empty where they would only do harm."""
    term = environ.get("TERM", "dumb")
    if term in SILENT_TERMS:
        return ""
    shown = clean(text)[:TEXT_MAXIMUM].replace(";", ",")
    if _takes_titles(term, environ):
        asked = f"\x1b]777;notify;{TITLE};{shown}\x07"
    else:
        # the name in front keeps the text from being one of ConEmu's numbered commands
        asked = f"\x1b]9;{TITLE}: {shown}\x07"
    return _passed_on(asked, term, environ)


def _takes_titles(term: str, environ: Mapping[str, str]) -> bool:
    return term.startswith(("foot", "rxvt")) or bool(environ.get("VTE_VERSION"))


def _passed_on(asked: str, term: str, environ: Mapping[str, str]) -> str:
    """Wrapped for the program between this one and the terminal."""
    if environ.get("TMUX"):
        doubled = asked.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if environ.get("STY") or term.startswith("screen"):
        return f"\x1bP{asked}\x1b\\"
    return asked

"""Somebody with a headset who sits at a terminal with ``voip`` in it: what they do, what they see.

Does everything by keys and believes only the screen. It knows the words of the screens and where
the person's headset is; it knows neither the server nor how a client works inside.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.system.terminal_seat import TerminalSeat

WIDE = 120, 40
PASSWORD = "correct horse battery"
RING_SECONDS = 20.0
DEVICE_SECONDS = 30.0
"""Opening a sound card takes seconds on a busy machine."""

_WORDS = re.compile(r"E2E ✓ +(.+)")
_FIGURES = re.compile(
    r"jitter (?P<jitter_ms>\d+) ms +buffer (?P<buffer_ms>\d+) ms(?s:.*?)"
    r"whole call (?P<loss_percent>[\d.]+)% lost +(?P<repaired>\d+) repaired"
    r" +(?P<filled_in_ms>\d+) ms filled in"
)


class Caller(AbstractContextManager["Caller"]):
    """One person. ``name`` is their account, ``shown`` what others read."""

    def __init__(
        self,
        name: str,
        address: str,
        folder: Path,
        headset: Mapping[str, str],
        size: tuple[int, int] = WIDE,
    ) -> None:
        self.name = name
        self.shown = f"{name.title()} Martin"
        home = folder / name
        home.mkdir()
        self.screen = TerminalSeat(
            home,
            [address, "--data-dir", str(home / "voip")],
            size=size,
            environ={**headset, "HOME": str(home)},
        )

    def __enter__(self) -> Self:
        self.screen.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.screen.__exit__(kind, error, trace)

    def register(self) -> None:
        """From the first screen to being signed in."""
        self.screen.wait_for("Create an account", "TLS 1.3, new here")
        self.screen.tab_to("< Create an account >")
        self.screen.press("Enter")
        self.screen.wait_for("Create an account on 127.0.0.1", "Shown name")
        for text in (self.name, self.shown, PASSWORD, PASSWORD):
            self.screen.type(text)
            self.screen.press("Tab")
        self.screen.wait_for("✓ allowed", "✓ the same")
        self.screen.press("Enter")
        self.screen.wait_for("Your recovery codes")
        self.screen.press("w")
        self.screen.wait_for("Nobody can show these codes again")
        self.screen.press("Enter")
        self.screen.wait_for("Contacts", f"{self.name}  ● available")

    def call(self, other: "Caller") -> None:
        """Find them in the list and call; returns when it rings there."""
        self.screen.press("/")
        self.screen.wait_for("Find  [")
        self.screen.type(other.name)
        self.screen.wait_for(f'online match "{other.name}"', f"▶● {other.shown}")
        self.screen.press("Enter")
        self.screen.wait_for(f"Calling {other.shown}", "it rings there", seconds=RING_SECONDS)

    def answer(self, other: "Caller") -> None:
        """Take the call that rings here."""
        self.screen.wait_for("Incoming call", "a answer", f"{other.shown}  ({other.name})")
        self.screen.press("a")

    def words(self, other: "Caller") -> tuple[str, ...]:
        """The words to read aloud, once the call is up and encrypted."""
        up = f"You are talking to {other.shown}."
        seen = self.screen.wait_to_see(
            lambda screen: up in screen and _WORDS.search(screen) is not None, f"{up} and words"
        )
        found = _WORDS.search(seen)
        assert found is not None
        return tuple(word for word in found.group(1).split() if word.isalpha())

    def wait_for_the_line(self) -> None:
        """Until the figures of the sound are there."""
        texts = "Opus 48 kHz", "over UDP", "mouth to ear", "% lost"
        self.screen.wait_for(*texts, seconds=DEVICE_SECONDS)

    def figures(self) -> dict[str, float]:
        """What a wide screen tells of the sound of the call."""
        seen = self.screen.wait_to_see(
            lambda screen: _FIGURES.search(screen) is not None, "the figures of the whole call"
        )
        found = _FIGURES.search(seen)
        assert found is not None
        return {name: float(figure) for name, figure in found.groupdict().items()}

    def hears(self, other: "Caller") -> bool:
        """Does the bar of the other move?"""
        row = rf"│  {other.name[:6]} +[^│\n]*-\d+ dB"
        return re.search(row, self.screen.text) is not None

    def hang_up(self) -> None:
        """End the call."""
        self.screen.press("C-x")

    def sees_the_end(self, other: "Caller") -> None:
        """The call is over, and it says so."""
        self.screen.wait_for(
            f"The call with {other.shown} ended after 0:", f"{self.name}  ● available"
        )

    def quit(self) -> int:
        """Leave; the exit code."""
        self.screen.press("C-q")
        self.screen.wait_until_over()
        return self.screen.exit_code

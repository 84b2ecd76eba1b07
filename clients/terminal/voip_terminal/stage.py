"""What a screen may ask of the thing that shows it, what it must be, and what lies around all.

``Ui`` is the stage of the real client. A screen knows the controller and its model through the
stage, and nothing of terminals, event loops or other screens' insides.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol, TypeVar, runtime_checkable

import urwid
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from voip.client.model import Change, Controller, Model
from voip.client.voice.commands import UseDevices
from voip.core.people import Presence
from voip_terminal.glyphs import Glyphs
from voip_terminal.key_table import KeyTable
from voip_terminal.keys import Context, Verb
from voip_terminal.remembered import Remembered
from voip_terminal.settings.service import Settings
from voip_terminal.wall_clock import WallClock

T = TypeVar("T")


class Screen(Protocol):
    """One screen or box: a widget, a context for its keys, and what it does with their verbs."""

    @property
    def context(self) -> Context: ...

    @property
    def widget(self) -> urwid.Widget:
        """A box widget for a screen; for a box on top of one, its inside."""

    @property
    def takes_question_mark(self) -> bool:
        """Does the field that has the focus take ``?`` as text?"""

    @property
    def is_typing(self) -> bool:
        """Does a field have the focus?"""

    def verbs(self) -> Collection[Verb]:
        """What works right now; the last line shows no other keys."""

    def do(self, verb: Verb, key: str) -> None:
        """Carry out one of ``verbs()``."""

    def refresh(self, change: Change) -> None:
        """The model has changed."""


@runtime_checkable
class Lasting(Protocol):
    """A screen that only the person takes away: a call that is answered does not."""

    @property
    def is_lasting(self) -> bool: ...


@runtime_checkable
class Closing(Protocol):
    """A screen or box that wants to know when it is shown no more."""

    def closed(self) -> None: ...


class Box(Screen, Protocol):
    """A screen that lies on top of another one, in a frame."""

    @property
    def act(self) -> str:
        """What Enter does here, in a word or two for the last line."""

    @property
    def title(self) -> str: ...

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, the frame not counted."""


class Stage(Protocol):
    """What a screen stands on."""

    @property
    def controller(self) -> Controller: ...

    @property
    def model(self) -> Model: ...

    @property
    def glyphs(self) -> Glyphs: ...

    @property
    def keys(self) -> KeyTable: ...

    @property
    def clock(self) -> IReactorTime: ...

    @property
    def remembered(self) -> Remembered: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def devices(self) -> UseDevices:
        """The sound devices in use, by the command line or by the settings."""

    @property
    def wall(self) -> WallClock: ...

    @property
    def own_presence(self) -> Presence:
        """How one is when one is not in a call."""

    @property
    def version(self) -> str: ...

    @property
    def is_remote(self) -> bool:
        """Does the person sit at another computer than this program runs on?"""

    def say(self, sentence: str) -> None:
        """Tell something in the line above the last."""

    def complain(self, sentence: str) -> None:
        """Tell of something that went wrong; it stays longer."""

    def complain_of(self, error: Exception) -> None:
        """Tell what a verb failed with."""

    def show(self, screen: Screen) -> None:
        """Put a screen in the place of the one shown; ``back`` brings that one back."""

    def open(self, box: Box) -> None:
        """Lay a box on top of the screen."""

    def back(self) -> None:
        """Close the topmost box, or else the screen."""

    def close(self, screen: Screen) -> None:
        """Close this box or screen, if it is still there."""

    def is_open(self, screen: Screen) -> bool:
        """Is this box or screen still there, shown or under others?"""

    def home(self) -> None:
        """Close everything down to the first screen but what is ``Lasting``."""

    def ask(
        self,
        deferred: Deferred[T],
        done: Callable[[T], object],
        refused: Callable[[Exception], object] | None = None,
    ) -> None:
        """Carry on when the server has answered; ``refused`` stands in for telling the sentence."""

    def quit(self) -> None:
        """Hang up, disconnect and end the program."""


class Surroundings(Protocol):
    """What the client wants of whatever shows it."""

    def bell(self) -> None: ...

    def set_title(self, title: str) -> None: ...

    def notify(self, text: str) -> None:
        """Ask the terminal for a desktop notification."""

    def run_hook(self, command: str, event: Mapping[str, object]) -> None:
        """Run a program of the person's own, which gets the event."""

    def redraw(self) -> None:
        """Something changed: draw soon."""

    def repaint(self) -> None:
        """Draw everything anew, whatever the terminal shows."""

    @property
    def wall(self) -> WallClock: ...

    def end(self) -> None:
        """The person wants to leave."""

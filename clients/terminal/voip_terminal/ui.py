"""The whole full-screen client as one widget: the stage on which the screens stand.

It follows the model from signing in to the main screen and back, keeps the boxes in order, gives
keys to the focused field first and to the table of keys second, and tells what happened in the
line above the last. It knows no terminal, no event loop and no socket; what it wants of the
terminal (a bell, a title, to end) it asks of ``Surroundings``.
"""

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar, TypeVar

import urwid
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from voip.client.model import Change, Controller, Link, Model
from voip.client.voice.commands import UseDevices
from voip.core.people import Presence
from voip_terminal import commands, sentences
from voip_terminal.announcer import Announcer
from voip_terminal.attention import Attention
from voip_terminal.call_verbs import CallVerbs
from voip_terminal.calls import joined, ringing
from voip_terminal.commands import Command
from voip_terminal.deck import Deck
from voip_terminal.frame import (
    LEAST_COLS,
    LEAST_ROWS,
    StatusLine,
    small_view,
    top_line,
)
from voip_terminal.glyphs import Glyphs
from voip_terminal.idle import Idle
from voip_terminal.key_table import KeyTable
from voip_terminal.keys import Context, Key, Verb, is_urgent
from voip_terminal.operator_news import OperatorNews
from voip_terminal.own_presence import OwnPresence
from voip_terminal.paint import Area, Line
from voip_terminal.remembered import Remembered
from voip_terminal.ring_guard import RingGuard
from voip_terminal.ringer import Ringer
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.screens.connect import ConnectScreen
from voip_terminal.screens.help import HelpScreen
from voip_terminal.screens.incoming import IncomingBox
from voip_terminal.screens.main import MainScreen
from voip_terminal.screens.palette import PaletteBox
from voip_terminal.settings.service import Settings
from voip_terminal.sound_settings import SoundSettings
from voip_terminal.stage import Box, Screen, Surroundings
from voip_terminal.telling import Telling

T = TypeVar("T")

EDITING_KEYS = frozenset({"backspace", "delete", "ctrl k", "ctrl u", "ctrl w"})
"""Keys that change what stands in a field, beside letters."""


class Ui(urwid.Widget):
    """The stage, and the box widget a main loop shows."""

    _sizing = frozenset([urwid.BOX])
    _selectable = True
    no_cache: ClassVar[list[str]] = ["render"]

    def __init__(
        self,
        controller: Controller,
        clock: IReactorTime,
        glyphs: Glyphs,
        remembered: Remembered,
        settings: Settings,
        devices: UseDevices,
        surroundings: Surroundings,
        *,
        address: str = "",
        account: str = "",
        version: str = "",
        is_remote: bool = False,
    ) -> None:
        super().__init__()
        self.controller = controller
        self.clock = clock
        self.glyphs = glyphs
        self.keys = KeyTable(lambda: settings.current.keys)
        self.remembered = remembered
        self.settings = settings
        self.wall = surroundings.wall
        self.version = version
        self.is_remote = is_remote
        self._surroundings = surroundings
        self._telling = Telling(controller, clock, surroundings)
        self._calls = CallVerbs(self)
        self._attention = Attention(surroundings, clock, lambda: settings.current.notify)
        self._announcer = Announcer(self, self._attention, surroundings.redraw)
        self._ringer = Ringer(controller, lambda: settings.current.notify)
        self._idle = Idle(clock, controller.set_idle)
        self._own = OwnPresence(clock, surroundings.redraw)
        self._sound = SoundSettings(controller, settings, devices)
        self._incoming = IncomingBox(self)
        self._news = OperatorNews(self)
        self._guard = RingGuard(clock, surroundings.redraw)
        self._is_small = False
        last = remembered.load()
        if address:
            last = type(last)(address, account or (last.account if address == last.address else ""))
        elif account:
            last = type(last)(last.address, account)
        self._last = last
        self._status = StatusLine(lambda: self._telling.told)
        self._shown: urwid.Widget = urwid.SolidFill()
        first = self._first()
        self._deck = Deck(first, glyphs)
        self._unwatch = controller.watch(self._changed)
        self._begin(first)
        if settings.troubles:
            count = len(settings.troubles)
            self.complain((f"1 of {count}: " if count > 1 else "") + settings.troubles[0])

    def _first(self) -> Screen:
        """The first screen for what the model says."""
        return MainScreen(self) if self._is_inside else ConnectScreen(self, self._last)

    def _begin(self, first: Screen) -> None:
        self._lay_out()
        if isinstance(first, ConnectScreen):
            first.begin()

    @property
    def model(self) -> Model:
        return self.controller.model

    @property
    def devices(self) -> UseDevices:
        return self._sound.used

    @property
    def own_presence(self) -> Presence:
        return self._own.before

    @property
    def _is_inside(self) -> bool:
        return self.model.connection.link in {Link.LOGGED_IN, Link.RECONNECTING}

    # ---- the stage -------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        self._telling.say(sentence)

    def complain(self, sentence: str) -> None:
        self._telling.complain(sentence)

    def complain_of(self, error: Exception) -> None:
        self._telling.complain_of(error)

    def told_seconds_ago(self) -> float:
        """How long the present sentence stands there."""
        return self._telling.seconds_ago()

    def show(self, screen: Screen) -> None:
        self._telling.forget_complaint()
        self._deck.show(screen)
        self._lay_out()

    def open(self, box: Box) -> None:
        self._deck.open(box)
        self._lay_out()

    def back(self) -> None:
        self._telling.forget_complaint()
        self._deck.back()
        self._lay_out()

    def close(self, screen: Screen) -> None:
        self._deck.close(screen)
        self._lay_out()

    def is_open(self, screen: Screen) -> bool:
        return any(each is screen for each in self._deck)

    def home(self) -> None:
        self._telling.forget_complaint()
        self._deck.home()
        self._lay_out()

    def ask(
        self,
        deferred: Deferred[T],
        done: Callable[[T], object],
        refused: Callable[[Exception], object] | None = None,
    ) -> None:
        self._telling.ask(deferred, done, refused)

    def quit(self) -> None:
        self._surroundings.end()

    def bug(self, failure: Failure) -> None:
        """Something of ours raised: tell it plainly, write it to the log, go on."""
        self._telling.bug(failure)

    # ---- following the model ---------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        try:
            self._follow(change)
        except Exception:  # noqa: BLE001 - the client goes on under a screen that fails
            self.bug(Failure())
        self._surroundings.redraw()

    def _follow(self, change: Change) -> None:
        is_main = isinstance(self._deck.first, MainScreen)
        is_other = is_main != self._is_inside
        if is_other:
            self._last = self.remembered.load()
            self._deck.restart(self._first())
        self._own.follow(self.model)
        if change & (Change.CONNECTION | Change.ME):
            self._sound.follow()
        self._idle.inside(self._is_inside)
        if self.model.calls:
            self._idle.touched()
        if Change.CALLS in change:
            rings = ringing(self.model)
            self._guard.follow(rings.call_id if rings else None)
            self._ringer.follow()
        for screen in self._deck:
            screen.refresh(change)
        self._announcer.follow(change)
        self._lay_out()
        if is_other:  # last: it asks the server anew, which forgets why the line ended
            self._begin(self._deck.first)

    # ---- keys ------------------------------------------------------------------------------

    @property
    def is_typing(self) -> bool:
        """Would a letter go into a field now?"""
        return not self._guard.rings and not self._is_small and self._deck.front.is_typing

    def _contexts(self, shown: Screen | None = None) -> Sequence[Context]:
        if self._guard.rings:
            return (Context.RINGING, Context.EVERYWHERE)
        if self._is_small:
            return (Context.IN_CALL, Context.EVERYWHERE)
        front = (shown or self._deck.front).context
        if front is Context.MAIN:
            return (Context.IN_CALL, front, Context.EVERYWHERE)
        return (front, Context.IN_CALL, Context.EVERYWHERE)

    def _working(self, shown: Screen | None = None) -> Collection[Verb]:
        """What can be done now: on the screen in front, or on this one under a box."""
        can = {Verb.QUIT, Verb.REDRAW}
        if self._guard.rings:
            return can if self._guard.is_shut else can | {*self._incoming.verbs()}
        can |= {*self._calls.verbs()}
        if self._is_small:
            return can - {Verb.ADD}  # its box would not be seen
        front = self._deck.front
        if not isinstance(front, HelpScreen):
            can.add(Verb.HELP)
        if self._is_inside and self._deck.box is None:
            can.add(Verb.PALETTE)
        if self._is_inside and (shown or self._deck.box is None):
            can |= {*self._news.verbs()}
        return can | {*(shown or front).verbs()}

    def _find(self, name: str) -> Key | None:
        """What a key does now."""
        return self.keys.find(name, self._contexts(), self._working())

    def focused(self, has_focus: bool) -> None:
        """The terminal tells whether it is in front."""
        self._attention.focused(has_focus)
        self._idle.touched()

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        self._attention.touched()
        self._idle.touched()
        self._look_at(size)
        if self._guard.rings:
            self._ringing_key(key)
            return None
        found = self._find(key) if is_urgent(key) else None
        if found is None:
            told = self._telling.told
            is_edit = self._deck.front.is_typing and (len(key) == 1 or key in EDITING_KEYS)
            rest = key if self._is_small else self._shown.keypress(size, key)
            if rest is None:
                if is_edit:
                    self._telling.typed_on(told)
                return None
            found = self._find(rest)
        if found is None:
            return key
        self._do(found, key)
        return None

    def _ringing_key(self, key: str) -> None:
        found = self._find(key)
        if found is not None:
            self._do(found, key)
            return
        self._guard.pressed()
        if self.keys.find(key, self._contexts(), self._incoming.verbs()) is not None:
            self.say(sentences.TOO_EARLY)

    def _do(self, key: Key, name: str) -> None:
        verb = key.verb
        if verb is Verb.QUIT:
            self._leave()
        elif verb is Verb.REDRAW:
            self._surroundings.repaint()
        elif verb is Verb.HELP:
            self._deck.close_boxes()
            self.show(HelpScreen(self))
        elif verb is Verb.PALETTE:
            self.open(PaletteBox(self, self._commands, self._calls.call))
        elif verb is Verb.OPERATOR:
            self._news.open()
        elif key.context is Context.RINGING:
            self._incoming.do(verb, name)
        elif key.context is Context.IN_CALL:
            self._calls.do(verb, name)
        else:
            self._deck.front.do(verb, name)
        self._lay_out()

    def _commands(self) -> Sequence[Command]:
        """What can be done by name on the screen under the palette."""
        shown = self._deck.screen
        working = self.keys.working(self._contexts(shown), self._working(shown))
        can = commands.of_keys(working, lambda key: self._do(key, key.names[0]))
        return [*can, *self._calls.by_name()]

    def _leave(self) -> None:
        if not joined(self.model) or self._deck.box:
            self.quit()
            return
        told = "Whatever call you are in is hung up, and you go offline."
        self.open(ConfirmBox(self, "Hang up and quit?", told, "hang up and quit", self.quit))

    # ---- drawing ---------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Put the frame, the screen and the boxes together."""
        body = self._deck.laid_out(self._incoming if self._guard.rings else None)
        self._shown = frame = urwid.Pile(
            [
                (1, Area(lambda cols, _rows: [self._top(cols)])),
                body,
                ("pack", self._status),
                (1, Area(lambda cols, _rows: [self._hints(cols)])),
            ],
            focus_item=1,
        )
        if self._news.is_shown:
            frame.contents.insert(1, (self._news.bar, frame.options("pack")))
        self._invalidate()

    def _top(self, cols: int) -> Line:
        return top_line(self._own.seen(self.model), cols, self.glyphs)

    def _hints(self, cols: int) -> Line:
        box = self._deck.box
        act = box.act if box else ""
        return self.keys.hints(self._contexts(), self._working(), cols, self._is_text, act)

    def _is_text(self, name: str) -> bool:
        """Would this key go into a field as text?"""
        if not self.is_typing or len(name) > 1:
            return False
        return name != "?" or self._deck.front.takes_question_mark

    def _look_at(self, size: tuple[int, int]) -> None:
        self._is_small = size[0] < LEAST_COLS or size[1] < LEAST_ROWS

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        self._look_at(size)
        if self._is_small:
            return Area(self._paint_small).render(size)
        return self._shown.render(size, focus)

    def _paint_small(self, cols: int, rows: int) -> Sequence[Line]:
        now = self.clock.seconds()
        hints = self._hints(cols)
        return small_view(self._own.seen(self.model), now, cols, rows, self.glyphs, hints)

    def stop(self) -> None:
        """The screen goes away: look at the model no more."""
        self._unwatch()
        self._own.stop()
        self._guard.stop()
        self._sound.stop()
        self._idle.stop()
        self._announcer.stop()

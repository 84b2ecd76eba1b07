"""The box with one's own devices: which may sign in by a key of their own, and removing one."""

from collections.abc import Callable, Collection, Sequence

import urwid

from voip.client.model import Change
from voip.core.account_messages import OwnDevice
from voip.core.people import Presence
from voip_terminal.keys import Context, Verb
from voip_terminal.paint import Area, Line, column
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.stage import Stage
from voip_terminal.theme import Style
from voip_terminal.wording import day, key_of_device

COLS = 72
LISTED_ROWS = 9
NAME_COLS = 26

MOVES = {"up": -1, "down": 1, "page up": -LISTED_ROWS, "page down": LISTED_ROWS}

ASKING = " Asking the server which they are."
TOLD = " Each signs in by a key of its own. Enter removes one that is lost."
REMOVE = (
    "It is signed out at once, and a call it is in is hung up. To come back it needs the "
    "password: change that too if somebody else knows it."
)


class DevicesBox:
    """A list; the pointer is on the one that Enter removes."""

    context = Context.DIALOG
    takes_question_mark = False
    is_typing = False
    title = "Your devices"
    act = "remove"
    size = (COLS, LISTED_ROWS + 3)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._devices: tuple[OwnDevice, ...] | None = None
        self._at = 0
        self.widget: urwid.Widget = _Listing(self._paint, self._move, lambda: self._cursor_row)
        self._look()

    def _look(self) -> None:
        self._stage.ask(self._stage.controller.devices(), self._listed)

    def _listed(self, devices: tuple[OwnDevice, ...]) -> None:
        self._devices = devices
        self._move(0)

    @property
    def _chosen(self) -> OwnDevice | None:
        return self._devices[self._at] if self._devices else None

    # ---- keys ------------------------------------------------------------------------------

    def verbs(self) -> Collection[Verb]:
        can = {Verb.BACK}
        chosen = self._chosen
        if chosen is not None and not chosen.is_this:  # this one is left by logging out
            can.add(Verb.CONFIRM)
        return can

    def do(self, verb: Verb, key: str) -> None:  # noqa: ARG002 - no verb here has several keys
        chosen = self._chosen
        if verb is Verb.CONFIRM and chosen is not None:
            self._offer_to_remove(chosen)
        else:
            self._stage.close(self)

    def _offer_to_remove(self, device: OwnDevice) -> None:
        stage = self._stage

        def removed() -> None:
            stage.say(f"{device.name} is removed: it cannot sign in by its key any more.")
            self._look()

        def remove() -> None:
            asked = stage.controller.revoke_device(device.device)
            stage.ask(asked, lambda _: removed())

        stage.open(ConfirmBox(stage, f"Remove {device.name}?", REMOVE, "remove it", remove))

    def _move(self, step: int) -> None:
        self._at = max(0, min(len(self._devices or ()) - 1, self._at + step))

    def refresh(self, change: Change) -> None:
        """Devices are asked for, not told."""

    # ---- what is shown ---------------------------------------------------------------------

    @property
    def _top(self) -> int:
        """The first device that is listed."""
        return max(0, min(self._at - LISTED_ROWS // 2, len(self._devices or ()) - LISTED_ROWS))

    @property
    def _cursor_row(self) -> int:
        return 1 + self._at - self._top

    def _paint(self, cols: int, _rows: int) -> Sequence[Line]:
        if self._devices is None:
            return [[], [(Style.DIM, ASKING)]]
        shown = self._devices[self._top : self._top + LISTED_ROWS]
        rows = [self._row(each, cols, each is self._chosen) for each in shown]
        blank: list[Line] = [[]] * (LISTED_ROWS - len(rows))
        return [[], *rows, *blank, [], [(Style.DIM, TOLD)]]

    def _row(self, device: OwnDevice, cols: int, is_chosen: bool) -> Line:
        glyphs = self._stage.glyphs
        sign = glyphs.presence(Presence.AVAILABLE if device.is_online else Presence.OFFLINE)
        seen = "online" if device.is_online else f"last here {day(device.seen_at)}"
        where = "this computer" if device.is_this else seen
        pointer = glyphs.pointer if is_chosen else " "
        name = column(device.name, NAME_COLS, glyphs.cut)
        text = f" {pointer} {sign} {name}  key {key_of_device(device.device)}  {where}"
        return [(Style.FOCUS if is_chosen else None, column(text, cols, glyphs.cut))]


class _Listing(Area):
    """The block that has the focus; the arrow keys choose."""

    _selectable = True

    def __init__(
        self,
        paint: Callable[[int, int], Sequence[Line]],
        move: Callable[[int], None],
        cursor_row: Callable[[], int],
    ) -> None:
        super().__init__(paint)
        self._move = move
        self._cursor_row = cursor_row

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        self._cursor = (1, self._cursor_row())
        return super().render(size, focus)

    def get_cursor_coords(self, size: tuple[int, int]) -> tuple[int, int]:  # noqa: ARG002 - the size matters not
        return 1, self._cursor_row()

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]  # noqa: ARG002 - the size matters not
        if key not in MOVES:
            return key
        self._move(MOVES[key])
        self._invalidate()
        return None

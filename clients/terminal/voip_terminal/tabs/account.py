"""Who one is, what others see, and the devices that may sign in."""

from collections.abc import Callable, Sequence

from voip.client.model import Change
from voip.core.account_messages import OwnDevice
from voip.core.people import Presence
from voip_terminal.paint import Line, Piece, clean, column
from voip_terminal.row_list import shown_name
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.screens.confirmed import DeleteAccountBox, NewCodesBox
from voip_terminal.screens.nickname import NicknameBox
from voip_terminal.screens.password import PasswordBox
from voip_terminal.screens.presence import PresenceBox
from voip_terminal.stage import Box, Stage
from voip_terminal.tabs.rows import Heading, Part, SettingRow
from voip_terminal.theme import Style
from voip_terminal.wording import PRESENCE_WORDS, day, key_of_device

NAME_COLS = 24
WIDE_COLS = 80
"""From this width on one reads since when a device may sign in."""

REMOVE = (
    "It is signed out at once, and a call it is in is hung up. To come back it needs the "
    "password: change that too if somebody else knows it."
)


class AccountTab:
    """The devices are asked for when it is opened, and after each change of them."""

    name = "Account"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._devices: tuple[OwnDevice, ...] | None = None
        self._told = "asking the server"
        self._is_open = False

    def opened(self) -> None:
        self._is_open = True
        self._ask_devices()

    def closed(self) -> None:
        self._is_open = False

    def refresh(self, change: Change) -> None:
        """The person is painted from the model; of devices nobody tells."""

    def _ask_devices(self) -> None:
        self._stage.ask(self._stage.controller.devices(), self._devices_are, self._refused)

    def _devices_are(self, devices: tuple[OwnDevice, ...]) -> None:
        self._devices = devices

    def _refused(self, error: Exception) -> None:
        self._told = "the server did not tell"
        if self._is_open:
            self._stage.complain_of(error)

    def parts(self) -> Sequence[Part]:
        return [
            self._signed_in,
            self._box_row(
                "Shown name",
                self._nick,
                lambda: NicknameBox(self._stage),
                "What others see; your account name stays the same.",
            ),
            self._box_row(
                "Presence",
                self._presence,
                lambda: PresenceBox(self._stage),
                "What others see of how you are, and a text of yours.",
            ),
            self._box_row(
                "Password",
                lambda: [(None, "< Change >")],
                lambda: PasswordBox(self._stage),
                "The password is for new devices; this one signs in by its own key.",
            ),
            self._box_row(
                "Recovery codes",
                lambda: [(None, "< Make new ones >")],
                lambda: NewCodesBox(self._stage),
                "With one of them you set a new password when you have forgotten it.",
            ),
            _blank,
            Heading("Devices that may sign in"),
            *self._device_rows(),
            _blank,
            self._box_row(
                "Delete",
                lambda: [(None, "< Delete my account >")],
                lambda: DeleteAccountBox(self._stage),
                "Your account, contacts and past calls go for good. The password is asked.",
            ),
        ]

    def _signed_in(self, _cols: int) -> Line:
        me = self._stage.model.me
        return [(None, f"signed in as {clean(me.username)}" if me else "not signed in")]

    def _nick(self) -> Line:
        me = self._stage.model.me
        return [(None, shown_name(me) if me else "")]

    def _presence(self) -> Line:
        me = self._stage.model.me
        presence = me.presence if me else Presence.OFFLINE
        sign = self._stage.glyphs.presence(presence)
        told: list[Piece] = [(None, f"{sign} {PRESENCE_WORDS[presence]}")]
        if me and (text := clean(me.text).strip()):
            told.append((Style.DIM, f'  "{text}"'))
        return told

    def _box_row(
        self, label: str, paint: Callable[[], Line], box: Callable[[], Box], about: str
    ) -> SettingRow:
        return SettingRow(
            label, lambda _cols: paint(), press=lambda: self._stage.open(box()), about=about
        )

    # ---- devices ---------------------------------------------------------------------------

    def _device_rows(self) -> Sequence[Part]:
        if self._devices is None:
            return [lambda _cols: [(Style.DIM, self._told)]]
        return [self._device_row(device) for device in self._devices]

    def _device_row(self, device: OwnDevice) -> SettingRow:
        cut = self._stage.glyphs.cut
        name = clean(device.name).strip() or "unnamed"
        glyphs = self._stage.glyphs
        sign = glyphs.available if device.is_online or device.is_this else glyphs.offline

        def paint(cols: int) -> Line:
            shown = column(name, NAME_COLS, cut)
            added = f"added {day(device.added_at)}  " if cols >= WIDE_COLS else ""
            told = f"key {key_of_device(device.device)}  {added}{_seen(device)}"
            return [(None, f"{sign} {shown} "), (Style.DIM, told)]

        if device.is_this:
            about = "This computer. Log out to leave it."
            return SettingRow("", paint, about=about)
        about = "Enter removes it: it is signed out, and needs the password to come back."
        return SettingRow("", paint, press=lambda: self._offer_revoke(device, name), about=about)

    def _offer_revoke(self, device: OwnDevice, name: str) -> None:
        stage = self._stage

        def revoked(_: None) -> None:
            stage.say(f"{name} is removed: it cannot sign in by its key any more.")
            self._ask_devices()

        def revoke() -> None:
            stage.ask(stage.controller.revoke_device(device.device), revoked)

        stage.open(ConfirmBox(stage, f"Remove {name}?", REMOVE, "remove it", revoke))


def _seen(device: OwnDevice) -> str:
    if device.is_this:
        return "this computer"
    return "online" if device.is_online else f"seen {day(device.seen_at)}"


def _blank(_cols: int) -> Line:
    return []

"""The server one is on, and how voices travel to it."""

from collections.abc import Sequence
from enum import Enum

from voip.client.model import Change
from voip.client.voice.commands import UdpUse
from voip_terminal.calls import talking
from voip_terminal.meters import quality_sign, round_trip_bars
from voip_terminal.paint import Line, Piece, clean
from voip_terminal.stage import Stage
from voip_terminal.tabs.rows import Part
from voip_terminal.tabs.tab import SettingsOf
from voip_terminal.theme import Style
from voip_terminal.wording import percent

LAST_USED = "the one used last"


class NetworkTab:
    """What is set for the next connection, and what the present one is like."""

    name = "Network"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._settings = SettingsOf(stage, "network")

    def opened(self) -> None:
        """Nothing has to begin."""

    def closed(self) -> None:
        """Nothing has to end."""

    def refresh(self, change: Change) -> None:
        """It paints from the model."""

    def parts(self) -> Sequence[Part]:
        settings = self._settings
        return [
            self._connection,
            self._key,
            self._media,
            _blank,
            settings.text("server", "Server", LAST_USED),
            settings.text("account", "Account", LAST_USED),
            settings.text("pin", "Its key (SHA-256)", "the one it showed the first time"),
            _blank,
            settings.choice("udp", "Voices by UDP", tuple(UdpUse), _udp_word),
            settings.number("keepalive_seconds", "Sign of life", 1, "s", "as the server says"),
            settings.number("jitter_min_ms", "Buffer at least", 20, "ms"),
            settings.number("jitter_max_ms", "Buffer at most", 20, "ms"),
        ]

    def _connection(self, _cols: int) -> Line:
        """The server, and how far away it is."""
        connection = self._stage.model.connection
        server, glyphs = connection.server, self._stage.glyphs
        if server is None:
            return [(Style.FAIR, "not connected")]
        told: list[Piece] = [
            (Style.GOOD, f"{glyphs.yes} TLS 1.3"),
            (None, f"  {clean(server.host)}, port {server.port}"),
        ]
        if connection.rtt_ms is not None:
            bars = round_trip_bars(connection.rtt_ms, glyphs)
            told.append((None, f"  {bars} {connection.rtt_ms:.0f} ms"))
        return told

    def _key(self, _cols: int) -> Line:
        server = self._stage.model.connection.server
        if server is None:
            return []
        how = "trusted for the first time" if server.is_new_pin else "the one known"
        return [(Style.DIM, f"its key {server.pin[:8].upper()}...{server.pin[-8:].upper()}, {how}")]

    def _media(self, _cols: int) -> Line:
        """How the call that goes on travels."""
        call = talking(self._stage.model)
        if call is None or call.figures is None:
            way = clean(self._stage.model.audio.path).upper()
            how = f"voices go by {way}; " if way else ""
            return [(Style.DIM, f"{how}nobody else ever sees your address")]
        figures = call.figures
        sign = quality_sign(figures, self._stage.glyphs)
        lost = f"{percent(figures.loss)} lost"
        return [(None, f"this call by {clean(figures.path).upper()}  "), *sign, (None, f"  {lost}")]


def _udp_word(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else ""


def _blank(_cols: int) -> Line:
    return []

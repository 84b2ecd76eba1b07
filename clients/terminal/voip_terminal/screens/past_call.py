"""The box that tells all there is to know of one past call."""

from collections.abc import Collection, Mapping

from voip.core.history import HistoryEntry
from voip.core.ids import Username
from voip_terminal import past_calls
from voip_terminal.forms import Button, Form, Part
from voip_terminal.keys import Verb
from voip_terminal.paint import clean, wrap
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage
from voip_terminal.wall_clock import in_full
from voip_terminal.wording import clock, percent

LABEL_COLS = 12
PEERS_ROWS = 4
"""Rows of names that fit; a conference may have had more people."""


class PastCallBox(FormBox):
    """When, with whom, how long, how good and how it ended."""

    title = "Past call"

    def __init__(self, stage: Stage, entry: HistoryEntry, names: Mapping[Username, str]) -> None:
        super().__init__(stage)
        lines = [
            _row("Call", past_calls.direction(entry)),
            *self._with(entry, names),
            _row("Began", in_full(entry.started_at, stage.wall)),
            _row("End", past_calls.outcome(entry)),
        ]
        if entry.talked_seconds:
            lines += [
                _row("Length", clock(entry.talked_seconds)),
                _row("Lost", percent(entry.lost_per_mille / 1000)),
                _row("Round trip", f"{entry.rtt_ms} ms"),
            ]
        parts: list[Part] = ["", *lines, "", [Button("Close", stage.back)]]
        self.lay_out(Form(parts), len(parts))

    def _with(self, entry: HistoryEntry, names: Mapping[Username, str]) -> list[str]:
        room = self.cols - 2 - LABEL_COLS
        told = ", ".join(_named(username, names) for username in entry.peers) or "nobody"
        rows = wrap(told, room)
        if len(rows) > PEERS_ROWS:
            rows = [*rows[: PEERS_ROWS - 1], f"and more, {len(entry.peers)} in all"]
        return [_row("With" if at == 0 else "", row) for at, row in enumerate(rows)]

    def verbs(self) -> Collection[Verb]:
        return {Verb.PRESS, Verb.BACK}

    def submit(self) -> None:
        self.stage.back()


def _row(label: str, value: str) -> str:
    return f"{label:<{LABEL_COLS}}{value}"


def _named(username: Username, names: Mapping[Username, str]) -> str:
    name = clean(names.get(username, ""))
    return f"{name} ({clean(username)})" if name and name != username else clean(username)

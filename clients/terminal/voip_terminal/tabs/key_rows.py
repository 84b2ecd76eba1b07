"""The keys, each of which may be another one."""

from collections.abc import Iterator, Sequence

from voip.client.model import Change
from voip_terminal.chosen_keys import can_change, problem_with
from voip_terminal.keys import KEYS, Context, Key, Verb
from voip_terminal.paint import Line, column
from voip_terminal.screens.edit_setting import EditSettingBox
from voip_terminal.settings.values import OPEN_TABLES
from voip_terminal.stage import Stage
from voip_terminal.tabs.rows import Heading, Part, SettingRow
from voip_terminal.tabs.tab import change
from voip_terminal.theme import Style

KEY_COLS = 12


class KeysTab:
    """What can be done, by the part of the client in which a key does it."""

    name = "Keys"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def opened(self) -> None:
        """Nothing has to begin."""

    def closed(self) -> None:
        """Nothing has to end."""

    def refresh(self, change: Change) -> None:
        """Nothing here comes from the model."""

    def parts(self) -> Sequence[Part]:
        return list(self._parts())

    def _parts(self) -> Iterator[Part]:
        seen: set[Verb] = set()
        for context in Context:
            keys = [key for key in KEYS if key.context is context and can_change(key)]
            fresh = {key.verb: key for key in reversed(keys) if key.verb not in seen}
            if fresh:
                yield Heading(context.value)
            for key in reversed(fresh.values()):
                seen.add(key.verb)
                yield self._row(key)

    def _row(self, key: Key) -> SettingRow:
        keys = self._stage.keys
        about = (
            f"Enter types another key for this: {OPEN_TABLES['keys'].note.allowed}. Empty for "
            f"{key.label} again."
        )

        def paint(_cols: int) -> Line:
            label = column(keys.label(key.verb), KEY_COLS, self._stage.glyphs.cut)
            is_changed = keys.label(key.verb) != key.label
            was = f"  (was {key.label})" if is_changed else ""
            return [(Style.KEY, label), (None, key.about), (Style.DIM, was)]

        return SettingRow(key.verb.value, paint, None, lambda: self._edit(key, about), about)

    def _edit(self, key: Key, about: str) -> None:
        now = self._stage.keys.label(key.verb)
        title = f"The key for: {key.verb.value}"
        box = EditSettingBox(self._stage, title, now, about, lambda text: self._typed(key, text))
        self._stage.open(box)

    def _typed(self, key: Key, text: str) -> bool:
        stage, name = self._stage, key.verb.name.lower()
        if not text or text == key.label:
            return change(stage, "keys", name, None)
        problem = problem_with(stage.settings.current.keys, key.verb, text)
        if problem:
            stage.complain(problem)
            return False
        return change(stage, "keys", name, text)

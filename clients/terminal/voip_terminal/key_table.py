"""The keys as they are for this person: the one table, with what the settings change of it.

It finds what a key does, makes the last line, and tells what a key is called.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from voip_terminal.chosen_keys import keys_with
from voip_terminal.keys import KEYS, Context, Key, Verb
from voip_terminal.paint import Line, Piece, width
from voip_terminal.settings.key_names import KeyName
from voip_terminal.theme import Style


class KeyTable:
    """``changes`` tells what the settings say now."""

    def __init__(self, changes: Callable[[], Mapping[Verb, KeyName]]) -> None:
        self._changes = changes
        self._made_of: Mapping[Verb, KeyName] | None = None
        self._keys: tuple[Key, ...] = KEYS

    @property
    def keys(self) -> tuple[Key, ...]:
        """The whole table."""
        changes = self._changes()
        if changes is not self._made_of:
            self._made_of = changes
            self._keys = keys_with(changes)
        return self._keys

    def of(self, context: Context) -> list[Key]:
        """The keys of one context, in the order of the table."""
        return [key for key in self.keys if key.context is context]

    def label(self, verb: Verb) -> str:
        """What the key for this is called."""
        return next(key.label for key in self.keys if key.verb is verb)

    def working(self, contexts: Sequence[Context], can: Collection[Verb]) -> list[Key]:
        """The keys that do something here, the nearest context first."""
        return [key for context in contexts for key in self.of(context) if key.verb in can]

    def find(self, name: str, contexts: Sequence[Context], can: Collection[Verb]) -> Key | None:
        """What a key does here: the first context counts first."""
        working = self.working(contexts, can)
        return next((key for key in working if name in key.names), None)

    def hints(
        self,
        contexts: Sequence[Context],
        can: Collection[Verb],
        cols: int,
        is_text: Callable[[str], bool],
        act: str = "",
    ) -> Line:
        """The last line: the keys that work here, as many as fit; help is never dropped.

        ``is_text`` tells of a key whether the field that has the focus takes it as text; ``act`` is
        what Enter does in the box that lies on top.
        """
        help_pieces: list[Piece] = []
        if Verb.HELP in can:
            help_pieces = [(Style.KEY, " F1" if is_text("?") else " ?"), (Style.HINT, " help ")]
        left = cols - sum(width(text) for _, text in help_pieces)
        line: list[Piece] = []
        for key in self._shown(contexts, can, is_text):
            short = act if act and key.verb is Verb.CONFIRM else key.short
            pieces: list[Piece] = [(Style.KEY, f" {key.label}"), (Style.HINT, f" {short} ")]
            left -= sum(width(text) for _, text in pieces)
            if left < 0:
                break
            line += pieces
        return [*line, *help_pieces]

    def _shown(
        self,
        contexts: Sequence[Context],
        can: Collection[Verb],
        is_text: Callable[[str], bool],
    ) -> list[Key]:
        taken: set[str] = set()
        shown: list[Key] = []
        told: set[tuple[Verb, str]] = set()
        for key in self.working(contexts, can):
            if taken & set(key.names) or all(is_text(name) for name in key.names):
                continue
            taken |= set(key.names)
            is_told = (key.verb, key.short) in told
            if key.short and key.verb is not Verb.HELP and not is_told:
                told.add((key.verb, key.short))
                shown.append(key)
        return shown

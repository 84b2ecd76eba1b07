"""Commands by their names: what a key does here, and everybody one may call.

They come from the one table of keys and from people; nothing can be done by name that cannot be
done by a key. It finds commands by the letters one types and knows no widgets.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from voip.core.ids import Username
from voip.core.names import as_username
from voip_terminal.keys import Key, Verb
from voip_terminal.paint import clean

CALL = "call "

FOUND_MAXIMUM = 50
"""Commands that are ever listed; who wants another one types another letter."""

KEYS_ONLY = frozenset(
    {
        Verb.PALETTE,
        Verb.CALL,  # people have a command each
        Verb.NEXT,
        Verb.PREVIOUS,
        Verb.SWITCH,
        Verb.BACK,
        Verb.CONFIRM,
        Verb.PRESS,
        Verb.CHAPTER,
        Verb.GO_TO,
    }
)
"""What makes no sense but as a key: moving about, closing, saying yes."""


@dataclass(frozen=True, slots=True)
class Command:
    """``words`` name it, ``label`` is its key, ``about`` says what it does; ``also`` finds it."""

    words: str
    label: str
    about: str
    run: Callable[[], None]
    also: tuple[str, ...] = ()


def of_keys(shown: Iterable[Key], do: Callable[[Key], None]) -> list[Command]:
    """The keys that work here, each once."""
    commands: dict[Verb, Command] = {}
    for key in shown:
        if key.verb in KEYS_ONLY or key.verb in commands:
            continue
        run = _doing(do, key)
        commands[key.verb] = Command(key.verb.value, key.label, key.about, run, (key.short,))
    return list(commands.values())


def _doing(do: Callable[[Key], None], key: Key) -> Callable[[], None]:
    return lambda: do(key)


def of_person(
    username: Username, name: str, sign: str, call: Callable[[Username], None]
) -> Command:
    """Calling somebody, found by the account's name and by the one that is shown."""
    words = CALL + clean(username)
    return Command(words, "", f"{sign} {name}", lambda: call(username), (CALL + name,))


def find(
    typed: str, commands: Sequence[Command], call: Callable[[Username], None]
) -> Sequence[Command]:
    """Those that match, the best first; ``call NAME`` may name any account."""
    wanted = plain(typed)
    ranks = ((_rank(wanted, command), command) for command in commands)
    ranked = sorted(
        ((rank, command) for rank, command in ranks if rank is not None),
        key=lambda found: found[0],
    )
    found = [command for _, command in islice(ranked, FOUND_MAXIMUM)]
    stranger = as_username(wanted.removeprefix(CALL)) if wanted.startswith(CALL) else None
    if stranger and all(command.words != CALL + stranger for command in found):
        found.append(Command(CALL + stranger, "", "an account name", lambda: call(stranger)))
    return found


def plain(text: str) -> str:
    """A text as it is compared: small letters without accents, one space between words."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


Rank = tuple[int, int]


def _rank(wanted: str, command: Command) -> Rank | None:
    """How well it matches; the smallest is the best.

    0: it begins so; 1: one of its words does; 2: a word of what it does; 3: the letters come in
    this order, the better the closer together.
    """
    named = [_rank_in(wanted, plain(text)) for text in (command.words, *command.also)]
    ranks = [rank for rank in named if rank is not None]
    if f" {wanted}" in f" {plain(command.about)}":
        ranks.append((2, 0))
    return min(ranks, default=None)


def _rank_in(wanted: str, text: str) -> Rank | None:
    if text.startswith(wanted):
        return 0, 0
    if f" {wanted}" in text:
        return 1, 0
    first = at = text.find(wanted[0])
    for letter in wanted[1:].replace(" ", ""):
        at = text.find(letter, at + 1) if at >= 0 else at
    return (3, at - first) if at >= 0 else None

"""Commands by their names: what a key does here, and everybody one may call.

They come from the one table of keys and from people; nothing can be done by name that cannot be
done by a key. It finds commands by the letters one types and knows no widgets.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from voip.core.ids import Username
from voip.core.names import as_username
from voip_terminal.keys import Key, Verb
from voip_terminal.matching import Rank, has_word, plain, rank
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
        Verb.SCOPE,
        Verb.FILTER,
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
        ((how, command) for how, command in ranks if how is not None), key=lambda found: found[0]
    )
    found = [command for _, command in islice(ranked, FOUND_MAXIMUM)]
    stranger = as_username(wanted.removeprefix(CALL)) if wanted.startswith(CALL) else None
    if stranger and all(command.words != CALL + stranger for command in found):
        found.append(Command(CALL + stranger, "", "an account name", lambda: call(stranger)))
    return found


def _rank(wanted: str, command: Command) -> Rank | None:
    """A word of what it does counts for less than its name, letters spread out for less still."""
    ranks = [rank(wanted, (command.words, *command.also))]
    if has_word(wanted, command.about):
        ranks.append((2, 0))
    return min((each for each in ranks if each is not None), default=None)

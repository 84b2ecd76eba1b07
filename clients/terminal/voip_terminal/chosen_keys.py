"""The keys that a person chose instead of others: what may be chosen, and the table with it.

The first name of a key is what can be changed; what moves about, says yes or goes back stays. It
knows no screen and no settings file.
"""

from collections.abc import Mapping
from dataclasses import replace

from voip_terminal.keys import KEYS, Context, Key, Verb
from voip_terminal.settings.key_names import KeyName, read_key

_MOVING = frozenset({"enter", "tab", "shift tab", "esc", "left", "right", "1"})
"""Keys that mean the same on every screen, and the rows of numbers."""


def can_change(key: Key) -> bool:
    """May another key do this? Not where fields or boxes rely on it."""
    return key.verb is not Verb.HELP and key.names[0] not in _MOVING


def keys_with(chosen: Mapping[Verb, KeyName]) -> tuple[Key, ...]:
    """The whole table with these keys in it."""
    return tuple(_changed(key, chosen) for key in KEYS)


def problem_with(chosen: Mapping[Verb, KeyName], verb: Verb, text: str) -> str:
    """Why a key cannot be chosen for this, as a sentence: it does something else there already.

    Empty when it can, as the one it has from the start, and for what is no key: the settings say
    what is wrong with that.
    """
    try:
        wanted = read_key(text).name
    except ValueError:
        return ""
    own = [each for each in KEYS if each.verb is verb]
    if any(wanted == each.names[0] for each in own):
        return ""
    places = {each.context for each in own} | {Context.EVERYWHERE}
    for key in keys_with(chosen):
        if key.verb is not verb and key.context in places and wanted in key.names:
            return f"{key.label} is taken: {key.about}."
    return ""


def _changed(key: Key, chosen: Mapping[Verb, KeyName]) -> Key:
    name = chosen.get(key.verb)
    if name is None or not can_change(key):
        return key
    return replace(key, names=(name.name, *key.names[1:]), label=name.label)

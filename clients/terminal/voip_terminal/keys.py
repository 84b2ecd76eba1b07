"""The one table of keys, from which the last line, the help screen and ``docs/keys.md`` come.

A screen has a context and verbs; a key does a verb in a context. No key is handled anywhere else,
but for moving about in a list or a field. What a person has changed is in ``key_table``. It knows
no screens and no model.
"""

from dataclasses import dataclass
from enum import Enum, unique


@unique
class Context(Enum):
    """Where a key works; the value heads its part of the help."""

    EVERYWHERE = "Everywhere"
    MAIN = "Your contacts"
    IN_CALL = "In a call"
    ROSTER = "People of a conference"
    RINGING = "Somebody calls you"
    PEOPLE = "Finding people"
    HISTORY = "Past calls"
    PALETTE = "Choosing a command"
    SETTINGS = "In the settings"
    HELP = "In this help"
    SIGN_IN = "Signing in"
    REGISTER = "Creating an account"
    DIALOG = "In a box"
    CERTIFICATE = "The server's key has changed"
    CODES = "Your recovery codes"


@unique
class Verb(Enum):
    """What a key does."""

    ANSWER = "answer"
    DECLINE = "decline"
    IGNORE = "ignore"
    CANCEL = "cancel"
    HANG_UP = "hang up"
    MUTE = "mute"
    DEAFEN = "deafen"
    HOLD = "hold"
    TAKE_BACK = "take back"
    SWAP = "swap"
    GO_TO = "go to call"
    JOIN = "join"
    ADD = "add"
    INVITE = "invite"
    LEAVE = "leave"
    QUIETER = "quieter"
    LOUDER = "louder"
    MUTE_HERE = "mute here"
    MUTE_PEER = "mute peer"
    KICK = "kick"
    LOCK = "lock"
    END_FOR_ALL = "end for all"
    WORDS_MATCH = "words match"
    CALL = "call"
    FIND = "find"
    PEOPLE = "people"
    ADD_CONTACT = "add contact"
    EDIT_CONTACT = "edit contact"
    FAVOURITE = "favourite"
    BLOCK = "block"
    SCOPE = "whom"
    HISTORY = "history"
    FILTER = "filter"
    DETAILS = "details"
    DELETE = "delete"
    DELETE_ALL = "delete all"
    PRESENCE = "presence"
    NICKNAME = "nickname"
    PASSWORD = "password"  # noqa: S105 - a verb, not a secret
    LOG_OUT = "log out"
    SWITCH = "switch"
    SIGN_IN = "sign in"
    CREATE = "create"
    PRESS = "press"
    NEXT = "next"
    PREVIOUS = "previous"
    SHOW_PASSWORD = "show password"  # noqa: S105 - a verb, not a secret
    TRUST = "trust"
    CONFIRM = "confirm"
    PALETTE = "command"
    OPERATOR = "operator"
    COMPLETE = "complete"
    CHAPTER = "chapter"
    SETTINGS = "settings"
    TAB = "tab"
    CHANGE = "change"
    UNDO = "undo"
    BACK = "back"
    REDRAW = "redraw"
    QUIT = "quit"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the table.

    ``names`` are what urwid calls the keys; ``label`` and ``short`` stand in the last line (no
    ``short``: not shown there); ``about`` is the line of help.
    """

    names: tuple[str, ...]
    label: str
    context: Context
    verb: Verb
    short: str
    about: str


def _key(names: str, label: str, context: Context, verb: Verb, short: str, about: str) -> Key:
    return Key(tuple(names.split("|")), label, context, verb, short, about)


KEYS: tuple[Key, ...] = (
    _key("a", "a", Context.RINGING, Verb.ANSWER, "answer", "answer"),
    _key("d", "d", Context.RINGING, Verb.DECLINE, "decline", "decline on all devices"),
    _key("i", "i", Context.RINGING, Verb.IGNORE, "ignore", "ignore, here only"),
    _key("m", "m", Context.ROSTER, Verb.MUTE_HERE, "", "mute for me"),
    _key("M", "M", Context.ROSTER, Verb.MUTE_PEER, "", "mic off (host)"),
    _key("[", "[", Context.ROSTER, Verb.QUIETER, "", "quieter"),
    _key("]", "]", Context.ROSTER, Verb.LOUDER, "", "louder"),
    _key("K", "K", Context.ROSTER, Verb.KICK, "", "remove (host)"),
    _key("L", "L", Context.ROSTER, Verb.LOCK, "", "lock (host)"),
    _key("E", "E", Context.ROSTER, Verb.END_FOR_ALL, "", "end call (host)"),
    _key("tab", "Tab", Context.ROSTER, Verb.SWITCH, "list", "to the list at the left"),
    _key(" ", "Space", Context.IN_CALL, Verb.MUTE, "mute", "microphone off or on"),
    _key("h", "h", Context.IN_CALL, Verb.HOLD, "hold", "put the call on hold"),
    _key("h", "h", Context.IN_CALL, Verb.TAKE_BACK, "take back", "take it back from hold"),
    _key("x", "x", Context.IN_CALL, Verb.SWAP, "swap", "swap with the held call"),
    _key(
        "1|2|3|4|5|6|7|8|9",
        "1-9",
        Context.IN_CALL,
        Verb.GO_TO,
        "go to call",
        "switch, hold the other",
    ),
    _key("j", "j", Context.IN_CALL, Verb.JOIN, "join", "join both in one call"),
    _key("ctrl x", "Ctrl-X", Context.IN_CALL, Verb.HANG_UP, "hang up", "hang up"),
    _key("ctrl x", "Ctrl-X", Context.IN_CALL, Verb.LEAVE, "leave", "leave the conference"),
    _key("ctrl x", "Ctrl-X", Context.IN_CALL, Verb.CANCEL, "stop calling", "stop calling"),
    _key("+", "+", Context.IN_CALL, Verb.ADD, "add", "add people to the call"),
    _key("v", "v", Context.IN_CALL, Verb.WORDS_MATCH, "words match", "words or code match"),
    _key("[", "[", Context.IN_CALL, Verb.QUIETER, "", "play them quieter"),
    _key("]", "]", Context.IN_CALL, Verb.LOUDER, "", "play them louder"),
    _key("D", "D", Context.IN_CALL, Verb.DEAFEN, "", "hear nobody, or again"),
    _key("enter", "Enter", Context.MAIN, Verb.CALL, "call", "call the person"),
    _key("c", "c", Context.MAIN, Verb.INVITE, "", "add them to the call"),
    _key("tab", "Tab", Context.MAIN, Verb.SWITCH, "conference", "to the conference's people"),
    _key("/", "/", Context.MAIN, Verb.FIND, "find", "find a person by name"),
    _key("d", "d", Context.MAIN, Verb.PEOPLE, "people", "who is online, or registered"),
    _key("h", "h", Context.MAIN, Verb.HISTORY, "history", "past and missed calls"),
    _key("H", "H", Context.MAIN, Verb.HISTORY, "history", "the same, in a call too"),
    _key("p", "p", Context.MAIN, Verb.PRESENCE, "presence", "what others see of you"),
    _key("n", "n", Context.MAIN, Verb.NICKNAME, "", "change your shown name"),
    _key("w", "w", Context.MAIN, Verb.PASSWORD, "", "change your password"),
    _key("s", "s", Context.MAIN, Verb.SETTINGS, "settings", "sound, network, look, keys"),
    _key("L", "L", Context.MAIN, Verb.LOG_OUT, "", "log out of this server"),
    _key("a", "a", Context.MAIN, Verb.ADD_CONTACT, "add", "add a contact by name"),
    _key("e", "e", Context.MAIN, Verb.EDIT_CONTACT, "", "edit or remove it"),
    _key("f", "f", Context.MAIN, Verb.FAVOURITE, "", "a favourite, or none"),
    _key("x", "x", Context.MAIN, Verb.BLOCK, "", "block, or let in again"),
    _key("enter", "Enter", Context.PEOPLE, Verb.CALL, "call", "call the person"),
    _key("a", "a", Context.PEOPLE, Verb.ADD_CONTACT, "add contact", "add to your contacts"),
    _key("e", "e", Context.PEOPLE, Verb.EDIT_CONTACT, "edit", "edit the contact"),
    _key("x", "x", Context.PEOPLE, Verb.BLOCK, "block", "block, or let in again"),
    _key("tab", "Tab", Context.PEOPLE, Verb.SCOPE, "list", "contacts, everyone or online"),
    _key("/", "/", Context.PEOPLE, Verb.FIND, "find", "type another name"),
    _key("esc", "Esc", Context.PEOPLE, Verb.BACK, "back", "empty search, then back"),
    _key("enter", "Enter", Context.HISTORY, Verb.CALL, "call back", "call back"),
    _key("i", "i", Context.HISTORY, Verb.DETAILS, "details", "all about the call"),
    _key("tab", "Tab", Context.HISTORY, Verb.FILTER, "filter", "all, missed or conferences"),
    _key("/", "/", Context.HISTORY, Verb.FIND, "find", "find calls with somebody"),
    _key("x", "x", Context.HISTORY, Verb.DELETE, "delete", "delete the call here"),
    _key("X", "X", Context.HISTORY, Verb.DELETE_ALL, "", "delete all past calls"),
    _key("a", "a", Context.HISTORY, Verb.ADD_CONTACT, "add contact", "add to your contacts"),
    _key("esc", "Esc", Context.HISTORY, Verb.BACK, "back", "empty search, then back"),
    _key("tab", "Tab", Context.SIGN_IN, Verb.NEXT, "next field", "next field"),
    _key("shift tab", "Shift-Tab", Context.SIGN_IN, Verb.PREVIOUS, "", "field before"),
    _key("enter", "Enter", Context.SIGN_IN, Verb.SIGN_IN, "sign in", "sign in"),
    _key("enter", "Enter", Context.SIGN_IN, Verb.PRESS, "choose", "press the button"),
    _key("f2", "F2", Context.SIGN_IN, Verb.SHOW_PASSWORD, "show", "show or hide password"),
    _key("tab", "Tab", Context.REGISTER, Verb.NEXT, "next field", "next field"),
    _key("shift tab", "Shift-Tab", Context.REGISTER, Verb.PREVIOUS, "", "field before"),
    _key("enter", "Enter", Context.REGISTER, Verb.CREATE, "create", "create the account"),
    _key("enter", "Enter", Context.REGISTER, Verb.PRESS, "choose", "press the button"),
    _key("f2", "F2", Context.REGISTER, Verb.SHOW_PASSWORD, "show", "show or hide password"),
    _key("esc", "Esc", Context.REGISTER, Verb.BACK, "back", "back to signing in"),
    _key(
        "enter",
        "Enter",
        Context.CERTIFICATE,
        Verb.TRUST,
        "trust the new key",
        "go on, once typed",
    ),
    _key("esc", "Esc", Context.CERTIFICATE, Verb.BACK, "do not connect", "stay away"),
    _key("w", "w", Context.CODES, Verb.CONFIRM, "I have written them down", "go on"),
    _key("tab", "Tab", Context.DIALOG, Verb.NEXT, "next field", "next field"),
    _key("shift tab", "Shift-Tab", Context.DIALOG, Verb.PREVIOUS, "", "field before"),
    _key("enter", "Enter", Context.DIALOG, Verb.CONFIRM, "confirm", "do what the box says"),
    _key("f2", "F2", Context.DIALOG, Verb.SHOW_PASSWORD, "show", "show or hide passwords"),
    _key("esc", "Esc", Context.DIALOG, Verb.BACK, "close", "close, change nothing"),
    _key("enter", "Enter", Context.PALETTE, Verb.CONFIRM, "run", "do the chosen command"),
    _key("tab", "Tab", Context.PALETTE, Verb.COMPLETE, "complete", "fill in its name"),
    _key("esc", "Esc", Context.PALETTE, Verb.BACK, "close", "close, do nothing"),
    _key("1|2|3|4|5", "1-5", Context.SETTINGS, Verb.TAB, "part", "another part"),
    _key("tab", "Tab", Context.SETTINGS, Verb.NEXT, "", "next row"),
    _key("shift tab", "Shift-Tab", Context.SETTINGS, Verb.PREVIOUS, "", "row before"),
    _key("left|right", "<- ->", Context.SETTINGS, Verb.CHANGE, "change", "change the row"),
    _key("enter| ", "Enter", Context.SETTINGS, Verb.PRESS, "choose", "turn, type or do it"),
    _key("u", "u", Context.SETTINGS, Verb.UNDO, "undo", "take the last change back"),
    _key("esc|q", "Esc", Context.SETTINGS, Verb.BACK, "back", "leave the settings"),
    _key("1|2|3|4|5|6", "1-6", Context.HELP, Verb.CHAPTER, "chapter", "another chapter"),
    _key("esc|q|?|f1", "Esc", Context.HELP, Verb.BACK, "close", "close the help"),
    _key(":", ":", Context.EVERYWHERE, Verb.PALETTE, "command", "a command, as: call bob"),
    _key("ctrl p", "Ctrl-P", Context.EVERYWHERE, Verb.PALETTE, "", "a command, in fields too"),
    _key("o", "o", Context.EVERYWHERE, Verb.OPERATOR, "", "what the operator said"),
    _key("ctrl l", "Ctrl-L", Context.EVERYWHERE, Verb.REDRAW, "", "draw the screen anew"),
    _key("ctrl q", "Ctrl-Q", Context.EVERYWHERE, Verb.QUIT, "quit", "quit and hang up"),
    _key("?|f1", "?", Context.EVERYWHERE, Verb.HELP, "help", "this help; F1 in fields"),
)


def is_urgent(name: str) -> bool:
    """Is this a key that no field takes as text, so that it works before any field sees it?"""
    return name.startswith("ctrl ") or name == "esc" or (name[0] == "f" and name[1:].isdigit())


def of(context: Context) -> list[Key]:
    """The keys of one context, in the order of the table."""
    return [key for key in KEYS if key.context is context]


def as_markdown() -> str:
    """``docs/keys.md``."""
    parts = [
        "# Keys of the terminal client",
        "",
        "Made by `make generate` from the table in `clients/terminal/voip_terminal/keys.py`.",
        "The last line of the screen always shows the keys that work where you are.",
    ]
    for context in Context:
        parts += ["", f"## {context.value}", "", "| key | does |", "|---|---|"]
        parts += [f"| `{key.label}` | {key.about} |" for key in of(context)]
    return "\n".join(parts) + "\n"

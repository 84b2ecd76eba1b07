"""What an operator types, read: a command's name, what stands after it, and what concerns the
answer alone.

Two spellings mean the same: ``kick bob --reason "bad words"`` and ``kick("bob", reason="bad
words")``. In the first a quote begins where a word does, so that an apostrophe is a letter, and
after ``--`` nothing is read as a name. A line is read without knowing any command; ``arguments``
then holds it against one. Nothing is run here, and nothing but ``LineRefused`` comes out.
"""

import ast
import difflib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from voip.core.errors import VoipError
from voip.core.names import clean_text
from voip.server.admin.command import Command, Parameter
from voip.server.admin.kinds import FOREVER, WrongValue, kind_of, read

MAX_LINE: Final = 4096
"""Characters: what a line of the audit holds, many times what a command needs."""

LONGEST_REPEATED: Final = 40
"""Characters of something wrong that a sentence repeats."""

SWITCHED_ON: Final = "yes"
"""The value of a switch that is named and given none."""


_JSON: Final = "--json"
_YES: Final = "--yes"
_HELP: Final = "--help"
ABOUT_THE_ANSWER: Final = (_JSON, _YES, _HELP)
"""What may stand anywhere in a line."""


class LineRefused(VoipError):
    """A line that cannot be understood; its text is a sentence that says what to write."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing after the command's name: a value, by name (``reason``) or by its place (an empty
    name). A name without a value has the next place's, unless it is a switch."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read. ``name`` is empty where nothing was typed that could be one."""

    name: str
    typed: tuple[Typed, ...] = ()
    as_json: bool = False
    is_confirmed: bool = False
    wants_help: bool = False


def first_word(text: str) -> str:
    """What seems to be the command's name, also of a line that cannot be read."""
    words = (word for word in text.split() if word not in ABOUT_THE_ANSWER)
    first = next(words, "")
    called = re.match(r"\w+(?=\()", first)
    return called[0] if called else first


def read_line(text: str) -> Line:
    """Read a line. Raises ``LineRefused``."""
    if len(text) > MAX_LINE:
        raise LineRefused(f"a line has at most {MAX_LINE} characters")
    if "\n" in text.strip() or "\0" in text:
        raise LineRefused("a command is one line of text")
    call, about = _split_call(text)
    if call:
        name, typed = _read_call(call)
    else:
        name, typed, about = _read_words(text)
    return Line(
        name, typed, as_json=_JSON in about, is_confirmed=_YES in about, wants_help=_HELP in about
    )


def arguments(command: Command, line: Line) -> dict[str, object]:
    """What is handed to a command, by its parameters' names. Raises ``LineRefused``."""
    values = _values(command, line)
    try:
        read_ones = {
            one.name: read(one.kind, values[one.name])
            for one in command.parameters
            if one.name in values
        }
    except WrongValue as error:
        raise LineRefused(str(error)) from None
    for one in command.parameters:
        if one.is_required and one.name not in values:
            raise LineRefused(f"{_shown(one, is_bare=True)} is missing: write {usage(command)}")
    return read_ones


def concerned(command: Command, line: Line) -> str:
    """Whom or what a line concerns, as the audit has it; empty where that cannot be read."""
    try:
        value = _values(command, line).get(command.on)
        kind = next((one.kind for one in command.parameters if one.name == command.on), None)
        return "" if value is None or kind is None else str(read(kind, value))
    except (LineRefused, WrongValue):
        return ""


def usage(command: Command) -> str:
    """How a command is typed, in one line."""
    return " ".join([command.name, *(_shown(one) for one in command.parameters)])


def is_switch(parameter: Parameter) -> bool:
    """Whether its name alone says it, and no value follows."""
    return parameter.is_flag and parameter.kind is bool


def _shown(one: Parameter, *, is_bare: bool = False) -> str:
    word = kind_of(one.kind).word
    if is_switch(one):
        shown = one.flag
    elif one.is_flag:
        shown = f"{one.flag} {word}"
    else:
        shown = one.name.upper() if word in _SAYS_LITTLE else word
    return shown if is_bare or one.is_required else f"[{shown}]"


_SAYS_LITTLE: Final = ("TEXT", "NUMBER")
"""Words of kinds in whose place the parameter's own name is shown."""


def _split_call(text: str) -> tuple[str, list[str]]:
    """A line as a call and what stands before and after it; no call where it is not one."""
    flag = "|".join(ABOUT_THE_ANSWER)
    found = re.fullmatch(
        rf"((?:(?:{flag})\s+)*)([^\W\d]\w*\(.*?)((?:\s+(?:{flag}))*)", text.strip(), re.DOTALL
    )
    return (found[2], [*found[1].split(), *found[3].split()]) if found else ("", [])


def _read_words(text: str) -> tuple[str, tuple[Typed, ...], list[str]]:
    name = ""
    typed: list[Typed] = []
    about: list[str] = []
    words = _words(text)
    for word, is_quoted in words:
        if not is_quoted and word == "--":
            typed.extend(Typed("", rest) for rest, _ in words)
        elif not is_quoted and word in ABOUT_THE_ANSWER:
            about.append(word)
        elif not name:
            name = word
        elif not is_quoted and word.startswith("--"):
            flag, equals, value = word[2:].partition("=")
            typed.append(Typed(flag.replace("-", "_"), value if equals else None))
        else:
            typed.append(Typed("", word))
    return name, tuple(typed), about


_QUOTED: Final = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"(?=\s|$)'),
    "'": re.compile(r"'([^']*)'(?=\s|$)"),
}
_NAMED_QUOTE: Final = re.compile(r"(--[\w-]+=)(?=[\"'])")


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a line, and whether a word was quoted whole."""
    at = 0
    while (at := _skip_space(text, at)) < len(text):
        before = named[1] if (named := _NAMED_QUOTE.match(text, at)) else ""
        start = at + len(before)
        quote = text[start]
        if quote not in _QUOTED:
            found = re.compile(r"\S+").match(text, at)
            assert found is not None
            yield found[0], False
        else:
            found = _QUOTED[quote].match(text, start)
            if found is None:
                raise LineRefused(f"the quote {quote} is not closed, or something follows it")
            inner = re.sub(r"\\(.)", r"\1", found[1]) if quote == '"' else found[1]
            yield before + inner, not before
        at = found.end()


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _read_call(text: str) -> tuple[str, tuple[Typed, ...]]:
    """A line in Python's spelling; it is read as Python reads it, and never run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about "\\d" in a text
            call = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LineRefused(_NOT_A_CALL) from None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise LineRefused(_NOT_A_CALL)
    typed = [Typed("", _constant(one)) for one in call.args]
    for one in call.keywords:
        if one.arg is None:
            raise LineRefused(_NOT_A_CALL)
        typed.append(Typed(one.arg, _constant(one.value)))
    return call.func.id, tuple(typed)


_NOT_A_CALL: Final = """write one call with plain values, as in kick("bob", reason="noise")"""


def _constant(node: ast.expr) -> str:
    try:
        value: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise LineRefused(_NOT_A_CALL) from None
    match value:
        case bool():
            return SWITCHED_ON if value else "no"
        case str():
            return value
        case int():
            return _number(value)
        case None:
            return FOREVER
        case _:
            raise LineRefused(_NOT_A_CALL)


def _number(value: int) -> str:
    if abs(value) >= 10**15:  # longer than any kind reads; str() of the longest would raise
        raise LineRefused("a number has at most 15 digits")
    return str(value)


def _values(command: Command, line: Line) -> dict[str, str]:
    """What was typed, by the names of the parameters it belongs to."""
    named = {one.name.rstrip("_"): one for one in command.parameters}
    values: dict[str, str] = {}
    placed: list[str] = []
    waiting: Parameter | None = None  # its value is the next place's
    for typed in line.typed:
        if not typed.name and waiting is None:
            placed.append(typed.value or "")
        elif not typed.name and waiting is not None:
            _put(values, waiting, typed.value or "")
            waiting = None
        else:
            _no_value_for(waiting)
            one = named.get(typed.name.rstrip("_"))
            if one is None:
                raise LineRefused(_no_such_name(command, typed.name, named))
            waiting = one if typed.value is None and not is_switch(one) else None
            if waiting is None:
                _put(values, one, SWITCHED_ON if typed.value is None else typed.value)
    _no_value_for(waiting)
    _place(command, placed, values)
    return values


def _place(command: Command, placed: list[str], values: dict[str, str]) -> None:
    """Give what has no name to the parameters that have none yet, in their order."""
    free = [one for one in command.parameters if not one.is_flag and one.name not in values]
    for number, one in enumerate(free):
        if kind_of(one.kind).takes_rest and placed[number:]:
            _put(values, one, " ".join(placed[number:]))
            return
        if number < len(placed):
            _put(values, one, placed[number])
    if len(placed) > len(free):
        raise LineRefused(f"{brief(placed[len(free)])} is too much: write {usage(command)}")


def _put(values: dict[str, str], one: Parameter, value: str) -> None:
    if one.name in values:
        raise LineRefused(f"{one.flag} is given twice")
    values[one.name] = value


def _no_value_for(waiting: Parameter | None) -> None:
    if waiting is not None:
        raise LineRefused(f"{waiting.flag} needs {kind_of(waiting.kind).word} after it")


def _no_such_name(command: Command, name: str, named: Mapping[str, Parameter]) -> str:
    guess = near(name, named)
    hint = f"did you mean {named[guess].flag}?" if guess else f"write {usage(command)}"
    return f"{command.name} has no {brief('--' + name.replace('_', '-'))}: {hint}"


def near(typed: str, names: Iterable[str]) -> str:
    """The one of some names that was probably meant; empty: none."""
    return next(iter(difflib.get_close_matches(typed, names, 1)), "")


def brief(typed: str) -> str:
    """What was typed, as a sentence repeats it."""
    return f'"{clean_text(typed, LONGEST_REPEATED)}"'

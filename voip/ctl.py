"""``voipctl``: the operator's commands from the shell, from scripts and from cron.

    voipctl [--data-dir DIR | --config FILE] COMMAND ...

A command goes to the server over the admin unix socket in its data directory, and is carried out
and recorded there. A few are done here: ``shell``, ``health``, ``check-config``, ``restore``, and
``backup`` where no server runs. Stdout has the answer and nothing else; what went wrong is on
stderr, in one sentence, and in the exit code.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, TextIO

from voip.config_file import check, choose
from voip.core.errors import VoipError
from voip.ctl_link import OTHER_VERSION, Link, NobodyThere, Unreachable, connect
from voip.server.admin.exits import Exit
from voip.setting import BrokenSetting

HELP: Final = """\
voipctl [--data-dir DIR | --config FILE] COMMAND ...

Carries out a command of the operator in the server that runs on this machine.
`voipctl help` lists the commands of the server, `voipctl help COMMAND` tells
more. These are done by voipctl itself:

  shell [--python]     the admin shell, with history and completion
  health               say whether new calls can begin; not recorded, exit 1: no
  check-config FILE    say whether a settings file can be used, and what it sets
  backup FILE          copy all of a server that runs, or that does not
  restore FILE         make a data directory from a copy

  -d, --data-dir DIR   where the server keeps its data
  -c, --config FILE    its settings, which may say where
      --json           answer as one line of JSON
      --yes            do not ask first
      --version        which version this is

Exit codes: 0 done, 1 refused, 2 not understood or not confirmed, 3 not recorded,
4 no server answers.
"""
INTERRUPTED: Final = 130
"""As a shell has it for whatever ends by Ctrl-C."""


class Wrong(VoipError):
    """A command line that cannot be understood; the text is the sentence a person reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says. ``words`` are the command's, as they go to the server."""

    words: tuple[str, ...]
    data_dir: str = ""
    config: str = ""

    @property
    def as_json(self) -> bool:
        mark = self.words.index("--") if "--" in self.words else len(self.words)
        return "--json" in self.words[:mark]

    @property
    def name(self) -> str:
        """The command, in the spelling with a dash."""
        return next((w for w in self.words if not w.startswith("-")), "").replace("_", "-")

    def place(self) -> Path:
        """The data directory. Raises ``BrokenSetting``."""
        return choose(self.config, self.data_dir, "", source="voipctl").data_dir

    def file(self, command: str) -> Path:
        """The one file that a command of voipctl's own is about."""
        given = [word for word in self.words if word not in ("--json", "--yes")][1:]
        if len(given) != 1 or given[0].startswith("--"):
            raise Wrong(f"write voipctl {command} FILE")
        return Path(given[0]).expanduser().absolute()


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    as_json = False
    try:
        asked = read_arguments(sys.argv[1:] if arguments is None else arguments)
        as_json = asked.as_json
        return _do(asked)
    except (Wrong, BrokenSetting) as error:
        return _failed(str(error), Exit.USAGE, as_json=as_json)
    except Unreachable as error:
        return _failed(str(error), Exit.UNREACHABLE, as_json=as_json)
    except KeyboardInterrupt:
        return _failed("interrupted; what was asked may still be done", INTERRUPTED)


def read_arguments(arguments: Sequence[str]) -> Asked:
    """Where the server is, and what is asked of it. Raises ``Wrong``."""
    words: list[str] = []
    found = {"--data-dir": "", "--config": ""}
    left = iter(arguments)
    for word in left:
        name, equals, value = _whole_name(word, is_first=not words).partition("=")
        if word == "--":
            words += [word, *left]
        elif name in found:
            found[name] = value if equals else _next(left, name)
        elif word.startswith("-") and not words and word not in ("--json", "--yes"):
            words = ["--version" if word in ("--version", "-V") else "--help"]
            break
        else:
            words.append(word)
    return Asked(tuple(words), found["--data-dir"], found["--config"])


def line_of(words: Sequence[str]) -> str:
    """The words of a command line as one line, quoted where they would fall apart.

    A single word with blanks or a bracket is a line already, with flags behind it too:
    ``voipctl 'kick("bob")' --yes``.
    """
    is_line = bool(words) and re.search(r"[\s(]", words[0]) is not None
    if is_line and all(re.fullmatch("--[a-z]+", word) for word in words[1:]):
        return " ".join(words)
    return " ".join(_quoted(word) for word in words)


def _whole_name(word: str, *, is_first: bool) -> str:
    """Short names mean something before the command only."""
    return {"-d": "--data-dir", "-c": "--config"}.get(word, word) if is_first else word


def _next(left: Iterator[str], name: str) -> str:
    value = next(left, "")
    if not value:
        raise Wrong(f"{name} needs a path after it")
    return value


def _quoted(word: str) -> str:
    flag = re.match(r"--[\w-]+=", word)
    start = flag.end() if flag else 0
    value = word[start:]
    if value and not re.search(r"\s", value) and value[0] not in "\"'":
        return word
    escaped = re.sub(r'([\\"])', r"\\\1", value)
    return f'{word[:start]}"{escaped}"'


def _do(asked: Asked) -> int:
    if not asked.name:
        is_version = asked.words == ("--version",)
        text = f"voipctl {version('voip')}" if is_version else HELP.rstrip()
        if asked.words in (("--help",), ("--version",)):
            return _print(text, Exit.DONE)
        raise Wrong("name a command; voipctl --help tells more, voipctl help lists them")
    match asked.name:
        case "check-config":
            file = asked.config or str(asked.file("check-config"))
            return _told(asked, lambda: check(Path(file)))
        case "shell":
            return _shell(asked)
        case "health":
            return _health(asked)
        case "backup":
            return _back_up(asked)
        case "restore":
            return _restore(asked)
        case _:
            return _carry_out(asked.place(), line_of(asked.words), as_json=asked.as_json)


def _shell(asked: Asked) -> int:
    if not set(asked.words) <= {"shell", "--python"}:
        raise Wrong("write voipctl shell, or voipctl shell --python")
    if not (os.isatty(0) and os.isatty(1)):
        raise Wrong("the shell needs a terminal; without one, give commands: voipctl users --json")
    from voip import ctl_shell

    link = connect(asked.place())
    try:
        last = ctl_shell.run(link, is_python="--python" in asked.words)
    except ctl_shell.Stopped as error:
        return _failed(str(error), error.code)
    finally:
        link.close()
    match last:
        case {"end": int() as code}:
            return code
        case {"exit": int() as code, "text": str() as text}:
            return _failed(text, code)
        case _:
            raise Unreachable(OTHER_VERSION)


def _health(asked: Asked) -> int:
    from voip import ctl_health  # HTTP, which no other command needs

    if set(asked.words) - {"--json"} != {"health"}:
        raise Wrong("write voipctl health")
    is_ready, said = ctl_health.ask(asked.place())
    answer = json.dumps({"ok": is_ready, "said": said}) if asked.as_json else said
    return _print(answer, Exit.DONE if is_ready else Exit.REFUSED)


def _back_up(asked: Asked) -> int:
    """By the server, so that it is recorded there; or here, if none runs."""
    if {"--help", "-h"} & set(asked.words):
        return _carry_out(asked.place(), "help backup", as_json=asked.as_json)
    data_dir, file = asked.place(), asked.file("backup")
    flags = [word for word in asked.words if word in ("--json", "--yes")]
    try:
        return _carry_out(data_dir, line_of(["backup", str(file), *flags]), as_json=asked.as_json)
    except NobodyThere:
        from voip import ctl_copies  # the whole store, which no other command needs

        return _told(asked, lambda: ctl_copies.back_up(data_dir, file))


def _restore(asked: Asked) -> int:
    from voip import ctl_copies

    data_dir, file = asked.place(), asked.file("restore")
    return _told(asked, lambda: ctl_copies.restore(file, data_dir))


def _told(asked: Asked, do: Callable[[], str]) -> int:
    """Do something here, and say what was done or why not."""
    from voip.ctl_copies import NotWritten

    try:
        said = do()
    except NotWritten as error:
        return _failed(str(error), Exit.NOT_RECORDED, as_json=asked.as_json)
    except VoipError as error:
        return _failed(str(error), Exit.REFUSED, as_json=asked.as_json)
    return _print(json.dumps({"ok": True, "said": said}) if asked.as_json else said, Exit.DONE)


def _carry_out(data_dir: Path, line: str, *, as_json: bool) -> int:
    link = connect(data_dir)
    try:
        is_confirmed = _is_confirmed(link, line)
        if is_confirmed is None:
            return _failed("nothing was done", Exit.REFUSED, as_json=as_json)
        width = os.get_terminal_size(1).columns if os.isatty(1) else 0
        answer = link.ask({"line": line, "json": as_json, "yes": is_confirmed, "width": width})
    finally:
        link.close()
    match answer:
        case {"exit": int() as code, "text": str() as text, "warning": str() as warning}:
            if warning:
                _tell(f"voipctl: {warning}\n")
            if code == Exit.DONE or as_json:
                return _print(text, code)
            return _failed(text, code)
        case _:
            raise Unreachable(OTHER_VERSION)


def _is_confirmed(link: Link, line: str) -> bool | None:
    """Whether somebody at a terminal said yes; False: nobody was asked; None: they said no."""
    if not (os.isatty(0) and os.isatty(2)):
        return False
    question = link.ask({"question": line}).get("question")
    if not question:
        return False
    _tell(f"{question} [y/N] ")
    return True if sys.stdin.readline().strip().lower() in ("y", "yes") else None


def _print(text: str, code: int) -> int:
    """Write an answer; whoever reads it may have had enough."""
    try:
        if text:
            _write(sys.stdout, text + "\n")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that the exit does not try again
    return code


def _failed(sentence: str, code: int, *, as_json: bool = False) -> int:
    if as_json:
        return _print(json.dumps({"ok": False, "error": sentence}), code)
    _tell(f"voipctl: {sentence}\n")
    return code


def _tell(text: str) -> None:
    _write(sys.stderr, text)


def _write(stream: TextIO | None, text: str) -> None:
    """Write to a stream that may be closed, or may not know every letter."""
    if stream is not None:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()


if __name__ == "__main__":
    sys.exit(main())

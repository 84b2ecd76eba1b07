"""``voipctl``: the operator's commands from the shell, from scripts and from cron.

    voipctl [--data-dir DIR | --config FILE] COMMAND ...

The command goes to the server over the admin unix socket in its data directory and is carried out,
and recorded, there. Stdout has the answer and nothing else; what went wrong is on stderr, in one
sentence, and in the exit code.
"""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from voip.config_file import choose
from voip.ctl_link import Link, Unreachable, connect
from voip.server.admin.exits import Exit
from voip.setting import BrokenSetting

ABOUT: Final = """\
Carries out a command of the operator in the server that runs on this machine.
`voipctl help` lists the commands of the server, `voipctl help COMMAND` tells more.
--json answers as JSON and --yes does not ask first; both may stand anywhere.
Exit codes: 0 done, 1 refused, 2 not understood or not confirmed, 3 not recorded,
4 no server answers."""
INTERRUPTED: Final = 130
"""As a shell has it for whatever ends by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    options = _options().parse_args(arguments)
    words: list[str] = options.command
    try:
        data_dir = choose(options.config or "", options.data_dir or "", "", source="").data_dir
        return _carry_out(data_dir, line_of(words))
    except BrokenSetting as error:
        return _failed(str(error), Exit.USAGE)
    except Unreachable as error:
        return _failed(str(error), Exit.UNREACHABLE)
    except KeyboardInterrupt:
        return _failed("interrupted; what was asked may still be done", INTERRUPTED)


def line_of(words: Sequence[str]) -> str:
    """The words of a command line as one line, quoted where they would fall apart.

    A single word with blanks or a bracket is a line already: ``voipctl 'kick("bob")'``.
    """
    if len(words) == 1 and re.search(r"[\s(]", words[0]):
        return words[0]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    flag = re.match(r"--[\w-]+=", word)
    start = flag.end() if flag else 0
    value = word[start:]
    if value and not re.search(r"\s", value) and value[0] not in "\"'":
        return word
    escaped = re.sub(r'([\\"])', r"\\\1", value)
    return f'{word[:start]}"{escaped}"'


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="voipctl", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("-d", "--data-dir", metavar="DIR", help="where the server keeps its data")
    options.add_argument("-c", "--config", metavar="FILE", help="its settings, which say where")
    options.add_argument("--version", action="version", version=f"voipctl {version('voip')}")
    options.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND ...")
    return options


def _carry_out(data_dir: Path, line: str) -> int:
    link = connect(data_dir)
    try:
        is_confirmed = _is_confirmed(link, line)
        if is_confirmed is None:
            return _failed("nothing was done", Exit.REFUSED)
        width = os.get_terminal_size(1).columns if sys.stdout.isatty() else 0
        answer = link.ask({"line": line, "json": False, "yes": is_confirmed, "width": width})
    finally:
        link.close()
    match answer:
        case {"exit": int() as code, "text": str() as text}:
            warning = answer.get("warning")
            if warning:
                _tell(f"voipctl: {warning}\n")
            is_for_programs = text.startswith("{")
            if code == Exit.DONE or is_for_programs:
                return _print(text, code)
            return _failed(text, code)
        case _:
            raise Unreachable("the server's answer is not understood; it is of another version")


def _is_confirmed(link: Link, line: str) -> bool | None:
    """Whether somebody at a terminal said yes; False: nobody was asked; None: they said no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
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
            sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that the exit does not try again
    return code


def _failed(sentence: str, code: int) -> int:
    _tell(f"voipctl: {sentence}\n")
    return code


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

"""``docs/commands.md`` from the operator's commands; ``--check`` only tells whether it is fresh."""

import sys
import textwrap
from collections.abc import Iterator

from dev.fresh_page import write_or_check
from voip.server.admin.command import Command
from voip.server.admin.commands import COMMANDS, SECTIONS
from voip.server.admin.exits import Exit
from voip.server.admin.kinds import KINDS
from voip.server.admin.line import usage

HEAD = """\
# The operator's commands

<!-- Made by `make generate` from voip/server/admin. -->

They are the same in `voipctl` on the server's machine, in its `voipctl shell`, and over SSH
(`ssh -p PORT operator@127.0.0.1`, alone or with a command behind it). `help` lists them and
`help COMMAND` tells what stands here.

- `kick bob too loud`, `kick bob --reason "too loud"` and `kick("bob", reason="too loud")` are the
  same. The last text of a command needs no quotes.
- What cannot be taken back asks first; `--yes` says yes beforehand, for scripts.
- `--json` answers with one JSON document: `{"ok": true, "said": "...", "rows": [...], "facts":
  {...}}`, of which only what there is, or `{"ok": false, "error": "..."}`. Values are whole there:
  ids in full, times as seconds since 1970 in UTC, durations in seconds, sizes in bytes. Tables
  shorten ids and write times in UTC.
- Every line is written to the audit before anything is done, with who typed it, and how it went
  after. What cannot be recorded is not done.

An operator sees who has an account, who is online, those who are invisible too, and who is in a
call with whom. Nobody's phone book, past calls, status text, password, keys or whole address can be
seen by a command, and what is said in a call by nobody but its people.

| exit code | of `voipctl` and `ssh` |
| --- | --- |
"""

EXITS = {
    Exit.DONE: "done",
    Exit.REFUSED: "refused, or failed: the sentence says why",
    Exit.USAGE: "not understood, or not confirmed",
    Exit.NOT_RECORDED: "the audit cannot be written: the sentence says whether anything was done",
    Exit.UNREACHABLE: "no server answers",
}

VALUES = """
What is typed for the words in capitals:

| word | is |
| --- | --- |
"""


def page() -> str:
    """The whole page."""
    exits = [f"| {code.value} | {EXITS[code]} |\n" for code in Exit]
    typed = {one.kind for command in COMMANDS.values() for one in command.parameters}
    kinds = {kind.word: kind.allowed for key, kind in reversed([*KINDS.items()]) if key in typed}
    del kinds["YES"]  # a switch, whose name alone is typed
    values = [f"| `{word}` | {kinds[word]} |\n" for word in sorted(kinds)]
    parts = [HEAD, *exits, VALUES, *values]
    for title, commands in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        for command in commands.values():
            parts += _of(command)
    return "".join(parts)


def main() -> int:
    """Write or check the page; returns the exit code."""
    return write_or_check("docs/commands.md", page(), __doc__)


def _of(command: Command) -> Iterator[str]:
    about, example = command.help.rsplit("\n\nExample: ", 1)
    yield f"\n### `{usage(command)}`\n"
    for paragraph in about.split("\n\n"):
        yield f"\n{textwrap.fill(' '.join(paragraph.split()), 100)}\n"
    if command.question:
        yield "\nIt asks first.\n"
    yield f"\n    {example}\n"


if __name__ == "__main__":
    sys.exit(main())

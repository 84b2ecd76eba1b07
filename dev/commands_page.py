"""``docs/commands.md`` from the operator's commands; ``--check`` only tells whether it is fresh."""

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.fresh_page import write_or_check
from tests.server.admin.walks import WALKS, World
from tests.server.test_backups import make_database
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
    in_json = _json_keys()
    parts = [HEAD, *exits, VALUES, *values]
    for title, commands in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        for command in commands.values():
            parts += _of(command, in_json.get(command.name, ""))
    return "".join(parts)


def main() -> int:
    """Write or check the page; returns the exit code."""
    return write_or_check("docs/commands.md", page(), __doc__)


def _json_keys() -> dict[str, str]:
    """What the JSON of each command has, as it is found by walking through all of them."""
    keys: dict[str, dict[str, str]] = {}
    with TemporaryDirectory() as data, TemporaryDirectory() as outside:
        store = make_database(Path(data))
        for walk in WALKS:
            world = World(Path(data), Path(outside))
            document = json.loads(world.run(walk.typed(world), as_json=True).text)
            found = keys.setdefault(walk.line.split()[0], {})
            for row in document.get("rows", ())[:1]:
                found |= {f"rows.{key}": f"`{key}`" for key in row}
            for key, value in document.get("facts", {}).items():
                longest = max(found.get(f"facts.{key}", ""), _fact(key, value), key=len)
                found[f"facts.{key}"] = longest
        store.close()
    return {name: _sentence(found) for name, found in keys.items() if found}


def _fact(key: str, value: object) -> str:
    match value:
        case [dict() as row, *_]:
            return f"`{key}` (each {', '.join(f'`{one}`' for one in row)})"
        case _:
            return f"`{key}`"


def _sentence(found: dict[str, str]) -> str:
    parts: list[str] = []
    for table, about in (("facts", "`facts` has"), ("rows", "each of `rows` has")):
        names = [shown for key, shown in found.items() if key.startswith(f"{table}.")]
        if names:
            parts.append(f"{about} {', '.join(names)}")
    return f"In JSON {'; '.join(parts)}."


def _of(command: Command, in_json: str) -> Iterator[str]:
    about, example = command.help.rsplit("\n\nExample: ", 1)
    yield f"\n### `{usage(command)}`\n"
    for paragraph in about.split("\n\n"):
        yield f"\n{textwrap.fill(' '.join(paragraph.split()), 100)}\n"
    if command.question:
        yield "\nIt asks first.\n"
    if in_json:
        yield f"\n{textwrap.fill(in_json, 100, break_on_hyphens=False)}\n"
    yield f"\n    {example}\n"


if __name__ == "__main__":
    sys.exit(main())

"""``docs/configuration.md`` from the settings; ``--check`` only tells whether it is fresh.

It knows how a setting's note becomes prose and a commented sample, and nothing of what any setting
means.
"""

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields

from dev.fresh_page import write_or_check
from voip.config import Settings
from voip.config_file import NEEDS_RESTART, TABLES, Table
from voip.setting import SettingNote, as_toml, notes_of

HEAD = """\
# Configuration

<!-- Made by `make generate` from voip/config.py. -->

The server needs no settings. What is set comes from the command line first, then from one TOML
file, then from the defaults below.

| | `twistd voip`, `python -m twisted voip` | `twistd -ny voip.tac` |
| --- | --- | --- |
| settings file | `--config FILE` | `VOIP_CONFIG` |
| data directory | `--data-dir DIR` | `VOIP_DATA_DIR` |
| address | `--listen HOST:PORT` | `VOIP_LISTEN` |

A setting that cannot be used, a port that is taken and a data directory that cannot be written are
each told in one sentence, and the server exits with code 1 before it goes into the background.

A running server reads the file again when it gets SIGHUP (`systemctl reload voip`, or `reload` in
the operator's shell). What is other is in force for whatever happens next, and nobody is cut off:
connections, calls and logins go on. A file with a mistake in it changes nothing, and the log says
which line it is; `voipctl check-config FILE` says it before. Settings that need a restart say so
below.

## Settings
"""

SAMPLE_HEAD = """\

## A sample with every default

```toml
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, *_table(Settings)]
    sample = [SAMPLE_HEAD, *_sample(Settings)]
    for table, kind in TABLES.items():
        parts += [f"\n## `[{table}]`\n", *_table(kind, f"{table}.")]
        sample += [f"[{table}]\n\n", *_sample(kind)]
    return "".join(parts) + "".join(sample).rstrip() + "\n```\n"


def main() -> int:
    """Write or check the page; returns the exit code."""
    return write_or_check("docs/configuration.md", page(), __doc__)


def _table(kind: Table, table: str = "") -> Iterator[str]:
    for name, note in notes_of(kind):
        yield f"\n### `{name}`\n\n{note.doc}\n\n"
        yield f"Allowed: {note.allowed}. Default: `{_default(kind, name, note)}`."
        yield " Needs a restart.\n" if f"{table}{name}" in NEEDS_RESTART else "\n"


def _sample(kind: Table) -> Iterator[str]:
    for name, note in notes_of(kind):
        yield textwrap.fill(note.doc, 96, initial_indent="# ", subsequent_indent="# ") + "\n"
        yield f"#{name} = {_default(kind, name, note)}\n\n"


def _default(kind: Table, name: str, note: SettingNote) -> str:
    """The default as it would stand in the file."""
    if note.shown_default:
        return f'"{note.shown_default}"'
    return as_toml(next(each.default for each in fields(kind) if each.name == name))


if __name__ == "__main__":
    sys.exit(main())

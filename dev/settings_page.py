"""``docs/settings.md`` from the client's settings; ``--check`` only tells whether it is fresh.

It knows how a section and its notes become prose and a commented sample, and nothing of what any
setting means.
"""

import sys
import textwrap
from collections.abc import Iterator

from dev.fresh_page import write_or_check
from voip.setting import notes_of
from voip_terminal.settings.file import plain_of, shown
from voip_terminal.settings.values import OPEN_TABLES, TABLES

HEAD = """\
# Settings of the client

<!-- Made by `make generate` from clients/terminal/voip_terminal/settings/values.py. -->

The client needs no settings. They are changed in its settings screens, or in one TOML file that
both read: `settings.toml` in the folder `voip` of your configuration (`~/.config/voip` on Linux),
or the file that `--config` names. A change in a screen keeps what else stands in the file, comments
too.

The command line comes first, then the file, then the defaults below. A value that cannot be used is
told with its line when the client starts, and its default is used.
"""

SAMPLE_HEAD = """
## A sample with every default

```toml
"""


def page() -> str:
    """The whole page."""
    return "".join([HEAD, *_sections(), SAMPLE_HEAD, *_sample()]).rstrip() + "\n```\n"


def main() -> int:
    """Write or check the page; returns the exit code."""
    return write_or_check("docs/settings.md", page(), __doc__)


def _sections() -> Iterator[str]:
    for section, kind in TABLES.items():
        yield f"\n## `[{section}]`\n"
        for name, note in notes_of(kind):
            yield f"\n### `{name}`\n\n{note.doc}\n\n"
            default = shown(plain_of(getattr(kind(), name)))
            yield f"Allowed: {note.allowed}. Default: `{default}`.\n"
    for section, table in OPEN_TABLES.items():
        yield f"\n## `[{section}]`\n\n{table.doc}\n\n"
        yield f"Each line is {table.names}, and {table.note.allowed}, as in `{table.sample}`.\n"


def _sample() -> Iterator[str]:
    for section, kind in TABLES.items():
        yield f"[{section}]\n\n"
        for name, note in notes_of(kind):
            yield _comment(note.doc)
            yield f"#{name} = {shown(plain_of(getattr(kind(), name)))}\n\n"
    for section, table in OPEN_TABLES.items():
        yield f"[{section}]\n\n{_comment(table.doc)}#{table.sample}\n\n"


def _comment(text: str) -> str:
    return textwrap.fill(text, 96, initial_indent="# ", subsequent_indent="# ") + "\n"


if __name__ == "__main__":
    sys.exit(main())

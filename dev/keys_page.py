"""``docs/keys.md`` from the client's table of keys; ``--check`` only tells whether it is fresh."""

import argparse
import sys
from pathlib import Path

from voip_terminal.keys import as_markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "keys.md"


def main() -> int:
    """Write or check the page; returns the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing")
    page = as_markdown()
    if not options.parse_args().check:
        PAGE.write_text(page, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == page:
        return 0
    sys.stdout.write("docs/keys.md is not what the table of keys says: make generate\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""``docs/keys.md`` from the client's table of keys; ``--check`` only tells whether it is fresh."""

import sys

from dev.fresh_page import write_or_check
from voip_terminal.keys import as_markdown


def main() -> int:
    """Write or check the page; returns the exit code."""
    return write_or_check("docs/keys.md", as_markdown(), __doc__)


if __name__ == "__main__":
    sys.exit(main())

"""Makes ``docs/keys.md`` from the client's table of keys.

Run from the repository: ``python docs/make_keys.py``. A test fails when the page is not fresh.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "clients" / "terminal")]

from voip_terminal.keys import as_markdown  # noqa: E402 - the path is set above

if __name__ == "__main__":
    (ROOT / "docs" / "keys.md").write_text(as_markdown(), "utf-8")

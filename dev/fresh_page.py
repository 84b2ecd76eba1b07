"""A file that is made from the code: written, or only held against it."""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def write_or_check(name: str, page: str, about: str | None) -> int:
    """Do what the command line says with the file of this name; returns the exit code, 1 when it
    is not fresh. ``about`` is what ``--help`` tells."""
    path = HERE / name
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--check", action="store_true", help="write nothing")
    if not options.parse_args().check:
        path.write_text(page, "utf-8")
        return 0
    if path.exists() and path.read_text("utf-8") == page:
        return 0
    sys.stdout.write(f"{name} is not what it is made from says: make generate\n")
    return 1

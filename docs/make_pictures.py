"""Makes the pictures in ``docs/pictures`` from scripted runs of the real screen.

Run from the repository: ``python docs/make_pictures.py``. A test fails when they are not fresh.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "clients" / "terminal")]

from tests.terminal.scenes import SCENES, picture  # noqa: E402 - the path is set above


def main() -> None:
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    for name in SCENES:
        (folder / f"{name}.svg").write_text(picture(name), "utf-8")


if __name__ == "__main__":
    main()

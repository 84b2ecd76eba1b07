"""``make pictures``: the pictures in ``docs/pictures``, from scripted runs of the real screen.

A test fails when they are not fresh.
"""

from pathlib import Path

from tests.terminal.scenes import SCENES, picture

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def main() -> None:
    """Write every scene's picture."""
    FOLDER.mkdir(exist_ok=True)
    for name in SCENES:
        (FOLDER / f"{name}.svg").write_text(picture(name), "utf-8")


if __name__ == "__main__":
    main()

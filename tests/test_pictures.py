"""The pictures in the documentation are what the client shows now."""

from pathlib import Path
from xml.etree import ElementTree as ET

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import SCENES, picture

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"


class PictureTests(SynchronousTestCase):
    """Scripted runs as SVG."""

    def test_fresh(self) -> None:
        """Each picture is what make pictures makes, and none is left over."""
        for name in SCENES:
            kept = (FOLDER / f"{name}.svg").read_text("utf-8")
            self.assertEqual(kept, picture(name), f"{name}: run make pictures")
        self.assertEqual({path.stem for path in FOLDER.glob("*.svg")}, set(SCENES))

    def test_words_of_the_call(self) -> None:
        """The picture of a call is well-formed and tells who, how long and the four words."""
        root = ET.fromstring(picture("in-call"))
        told = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
        for word in ("Bob Martin", "2:13", "orbit", "tennis", "Opus", "UDP", "jitter"):
            self.assertIn(word, told)

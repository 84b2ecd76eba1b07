"""What is remembered between two runs."""

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.folders import temporary
from voip_terminal.remembered import LastUse, RememberedFile


class RememberedFileTests(SynchronousTestCase):
    """The small file beside the keys."""

    def setUp(self) -> None:
        self.path = temporary(self) / "deep" / "terminal.json"

    def test_comes_back(self) -> None:
        """What is saved is there the next time, in folders made for it."""
        last = LastUse("call.example.org:5061", "alice")
        RememberedFile(self.path).save(last)
        self.assertEqual(RememberedFile(self.path).load(), last)

    def test_nothing_yet(self) -> None:
        """Without a file nothing is filled in."""
        self.assertEqual(RememberedFile(self.path).load(), LastUse())

    def test_broken(self) -> None:
        """A broken file costs some typing and nothing else."""
        self.path.parent.mkdir(parents=True)
        for content in ("{", "[]", "\x00"):
            self.path.write_text(content)
            self.assertEqual(RememberedFile(self.path).load(), LastUse())

    def test_cannot_write(self) -> None:
        """A folder that cannot be written to is no reason to stop."""
        self.path.parent.parent.mkdir(parents=True)
        self.path.parent.write_text("a file where a folder should be")
        RememberedFile(self.path).save(LastUse("a", "b"))

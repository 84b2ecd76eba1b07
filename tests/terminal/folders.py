"""Folders for one test."""

from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase


def temporary(test: SynchronousTestCase) -> Path:
    """A folder that is not there yet, in one that goes away with the test."""
    kept = TemporaryDirectory(prefix="voip-")
    test.addCleanup(kept.cleanup)
    return Path(kept.name) / "folder"

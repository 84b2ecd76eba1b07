"""The program as it is started, where it needs no terminal."""

import io
from contextlib import redirect_stderr

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.folders import temporary
from voip_terminal.app import main


class StartTests(SynchronousTestCase):
    """Starting ``voip``."""

    def test_no_terminal(self) -> None:
        """Without a terminal it says what to use instead, and makes no folder."""
        folder = temporary(self)
        told = io.StringIO()
        with redirect_stderr(told):
            code = main(["call.example.org", "--data-dir", str(folder)])
        self.assertEqual(code, 1)
        self.assertIn("voip json ADDRESS", told.getvalue())
        self.assertFalse(folder.exists())

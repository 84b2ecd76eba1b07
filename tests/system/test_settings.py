"""The settings file, as the programs read it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import JsonClient
from tests.harness.node import Node

SILENT = ("--audio-in", "silence", "--audio-out", "null")
WRONG = '# mine\n[network]\njitter_max_ms = 5\nudp = "sometimes"\n'


class JsonFaceTests(SynchronousTestCase):
    """``voip json`` with a settings file."""

    def test_wrong_values_are_told_on_stderr_and_the_defaults_used(self) -> None:
        """With file, line and what is used instead; stdout has nothing but JSON."""
        with TemporaryDirectory() as folder:
            data = Path(folder) / "alice"
            data.mkdir()
            (data / "settings.toml").write_text(WRONG)
            with (
                Node(Path(folder) / "server") as node,
                JsonClient(node.address, data, SILENT) as alice,
            ):
                alice.event("connected")
                told = alice.error_path.read_text().splitlines()
            wrong_number, wrong_word = told
            self.assertEqual(
                wrong_number,
                f"voip: {data}/settings.toml, line 3: jitter_max_ms must be a whole number "
                "from 100 to 400, not 5; 400 is used.",
            )
            self.assertEqual(
                wrong_word,
                f'voip: {data}/settings.toml, line 4: udp must be "auto", "on" or "off", '
                "not 'sometimes'; \"auto\" is used.",
            )
            self.assertEqual((data / "settings.toml").read_text(), WRONG)

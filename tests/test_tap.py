"""`twistd voip` without running it: options, and every start that cannot be."""

import gc
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase

from voip.server.daemon import Daemon
from voip.server.data_dir import DATABASE
from voip.tap import Options, makeService, service_from_environment

ROOT = Path(__file__).resolve().parent.parent


class TapTests(SynchronousTestCase):
    """From options to a service."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.addCleanup(gc.unfreeze)
        self.addCleanup(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP))
        self.data = Path(place.name) / "data"

    def options(self, *arguments: str) -> Options:
        options = Options()
        options.parseOptions(["--data-dir", str(self.data), "--listen", "127.0.0.1:0", *arguments])
        return options

    def sentence(self, options: Options) -> str:
        """What stands on stderr when there is no start."""
        error = self.assertRaises(SystemExit, makeService, options)
        assert isinstance(error, SystemExit)
        said = str(error.code)
        self.assertTrue(said.startswith("voip: "), said)
        self.assertNotIn("\n", said)
        return said

    def test_the_help_names_no_empty_default(self) -> None:
        """What is not given has no default that one could type."""
        self.assertNotIn("[default", str(Options()))

    def test_a_start_makes_everything_ready(self) -> None:
        """Directory, database, keys and ports are there before the background is."""
        service = makeService(self.options())
        self.assertIsInstance(service, Daemon)
        self.assertTrue((self.data / DATABASE).exists())
        self.successResultOf(service.stopService())

    def test_what_is_there_from_the_start_is_spared_by_the_collector(self) -> None:
        """A full collection looks at sessions and calls, and makes no gap in what people hear."""
        gc.unfreeze()
        service = makeService(self.options())
        still_looked_at = len(gc.get_objects())
        self.assertGreater(gc.get_freeze_count(), 10 * still_looked_at)
        self.successResultOf(service.stopService())

    def test_the_environment_says_the_same(self) -> None:
        """For voip.tac."""
        environment = {"VOIP_DATA_DIR": str(self.data), "VOIP_LISTEN": "127.0.0.1:0"}
        self.successResultOf(service_from_environment(environment).stopService())
        error = self.assertRaises(SystemExit, service_from_environment, {"VOIP_LISTEN": "nowhere"})
        self.assertIn("voip: VOIP_LISTEN: listen must be", str(error))

    def test_a_broken_setting_is_a_sentence(self) -> None:
        """With the file and the line."""
        config = self.data.with_name("voip.toml")
        config.write_text("[limits]\nping_seconds = 0\n")
        said = self.sentence(self.options("--config", str(config)))
        self.assertIn(f"{config}, line 2: limits.ping_seconds", said)

    def test_a_port_in_use_is_a_sentence_and_holds_nothing(self) -> None:
        """The data directory is free again for the next try."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            said = self.sentence(self.options("--listen", f"127.0.0.1:{port}"))
        self.assertIn("the port is in use", said)
        self.successResultOf(makeService(self.options()).stopService())

    def test_a_taken_port_of_the_operators_is_a_sentence_and_holds_nothing(self) -> None:
        """With the setting to change; the server's own port is free again."""
        config = self.data.with_name("voip.toml")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            taken = other.getsockname()[1]
            for door in ("listen", "metrics"):
                config.write_text(f'[admin]\n{door} = "127.0.0.1:{taken}"\n')
                said = self.sentence(self.options("--config", str(config)))
                self.assertIn(f"Cannot listen on 127.0.0.1:{taken}: the port is in use", said)
                self.assertIn(f"give another address with `{door}` in [admin]", said)
        config.write_text('[admin]\nlisten = "unix:shell.sock"\nmetrics = "off"\n')
        service = makeService(self.options("--config", str(config)))
        self.assertTrue((self.data / "shell.sock").is_socket())
        self.successResultOf(service.stopService())
        self.assertFalse((self.data / "shell.sock").exists())

    def test_a_database_of_garbage_is_a_sentence(self) -> None:
        """Nothing is overwritten."""
        self.data.mkdir(mode=0o700)
        (self.data / DATABASE).write_bytes(b"this is no database" * 100)
        self.assertIn("The database", self.sentence(self.options()))
        self.assertTrue((self.data / DATABASE).read_bytes().startswith(b"this is no"))

    def test_a_database_of_the_future_is_a_sentence(self) -> None:
        """An older server does not touch what a newer one made."""
        self.successResultOf(makeService(self.options()).stopService())
        with closing(sqlite3.connect(self.data / DATABASE)) as database:
            database.execute("UPDATE alembic_version SET version_num = 'future'")
            database.commit()
        self.assertIn("newer version", self.sentence(self.options()))

    def test_an_unknown_option_is_refused(self) -> None:
        """By twistd's own words."""
        with self.assertRaises(UsageError):
            self.options("--nothing")


class PluginTests(SynchronousTestCase):
    """What every `twistd` command pays for this one being installed."""

    def test_the_plugin_imports_nothing_of_ours(self) -> None:
        """A broken server never breaks `twistd web`."""
        self.assertEqual(self.imported("twisted.plugins.voip_plugin"), [])

    def test_the_daemon_does_not_load_what_it_does_not_run(self) -> None:
        """No SSH and no terminal in a server that has no use for them; and no reactor, which
        twistd has yet to choose."""
        loaded = self.imported("voip.tap", "twisted.conch", "urwid", "twisted.internet.reactor")
        self.assertEqual(loaded, [])

    def imported(self, module: str, *unwanted: str) -> list[str]:
        """Which of the unwanted (default: ours) are loaded after importing a module alone."""
        program = (
            f"import sys, {module}\n"
            f"names = {unwanted or ('voip',)!r}\n"
            "print([m for m in sys.modules if m in names])"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        listed: list[str] = eval(ran.stdout)
        return listed

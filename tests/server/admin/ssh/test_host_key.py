"""The key by which the admin shell proves that it is this server."""

import stat
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.ssh.host_key import HOST_KEY, load_or_make
from voip.server.data_dir import CannotStart, open_data_dir


class HostKeyTests(SynchronousTestCase):
    """Making it once, and keeping it."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = open_data_dir(Path(place.name) / "data")
        self.addCleanup(self.directory.close)
        self.path = self.directory.path / HOST_KEY

    def test_it_is_made_once(self) -> None:
        """The next start has the same, for its owner alone."""
        made = load_or_make(self.directory)
        self.assertEqual(load_or_make(self.directory).public_line, made.public_line)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)

    def test_openssh_knows_it(self) -> None:
        """By the fingerprint that the log shows."""
        made = load_or_make(self.directory)
        shown = subprocess.run(
            ["ssh-keygen", "-lf", f"{self.path}.pub"], capture_output=True, text=True, check=True
        ).stdout
        self.assertIn(f"256 {made.fingerprint} voip (ED25519)", shown)

    def test_a_lost_public_half_is_written_again(self) -> None:
        """It follows from the private one."""
        load_or_make(self.directory)
        public = self.path.with_name(f"{HOST_KEY}.pub")
        before = public.read_text()
        public.write_text("something else\n")
        load_or_make(self.directory)
        self.assertEqual(public.read_text(), before)

    def test_what_is_no_key_is_a_sentence(self) -> None:
        """And is left as it is."""
        for content in (b"", b"rubbish", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"):
            self.path.write_bytes(content)
            with self.assertRaises(CannotStart) as caught:
                load_or_make(self.directory)
            self.assertIn("is not an Ed25519 key without a passphrase", str(caught.exception))
            self.assertEqual(self.path.read_bytes(), content)

    def test_a_key_of_another_kind_is_a_sentence(self) -> None:
        """An RSA key is not what is promised to clients, and a passphrase cannot be asked for."""
        for options in (("-t", "ecdsa", "-N", ""), ("-t", "ed25519", "-N", "secret")):
            self.path.unlink(missing_ok=True)
            subprocess.run(["ssh-keygen", "-q", *options, "-f", str(self.path)], check=True)
            with self.assertRaises(CannotStart):
                load_or_make(self.directory)

"""Who may log in to the admin shell, by the file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent, LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.ssh.public_keys import line_of
from voip.core.deeds import Role
from voip.server.admin.ssh.authorized_keys import (
    MAX_FILE,
    AuthorizedKeys,
    BrokenLine,
    parse_line,
)


class ParseLineTests(SynchronousTestCase):
    """One line of it."""

    def refusal(self, line: str) -> str:
        """The sentence about a line that is not taken."""
        with self.assertRaises(BrokenLine) as caught:
            parse_line(line)
        return str(caught.exception)

    def test_a_plain_key_is_an_operator_s(self) -> None:
        """Its comment is the name that the audit shows."""
        key = parse_line(line_of("ed25519", "alice@laptop at home"))
        self.assertEqual((key.name, key.role), ("alice@laptop at home", Role.OPERATOR))
        self.assertEqual(key.kind, "ssh-ed25519")

    def test_the_option_opens_python(self) -> None:
        """For the keys that carry it."""
        self.assertIs(parse_line(f'role="python" {line_of("ed25519")}').role, Role.PYTHON)
        self.assertIs(parse_line(f'role="operator" {line_of("ed25519")}').role, Role.OPERATOR)

    def test_a_key_without_a_name_is_called_by_its_fingerprint(self) -> None:
        """So that the audit can tell it from others."""
        self.assertTrue(parse_line(line_of("ed25519", "")).name.startswith("SHA256:"))

    def test_a_name_cannot_paint_on_a_terminal(self) -> None:
        """Control characters are no part of it."""
        self.assertEqual(parse_line(line_of("ed25519", "al\x1b[31mice\x9b1m")).name, "alice")

    def test_kinds_of_today_are_taken(self) -> None:
        """Elliptic curves, and RSA with enough bits."""
        self.assertEqual(parse_line(line_of("ecdsa")).kind, "ecdsa-sha2-nistp256")
        self.assertEqual(parse_line(line_of("rsa")).kind, "ssh-rsa")

    def test_a_weak_key_is_refused(self) -> None:
        """With its size and what to do."""
        self.assertIn("1024 bits is too weak", self.refusal(line_of("weak rsa")))

    def test_an_unknown_kind_is_refused(self) -> None:
        """DSA is not taken, nor is what nobody knows."""
        self.assertIn("ssh-dss are not taken", self.refusal("ssh-dss AAAA bob"))

    def test_a_damaged_key_is_refused(self) -> None:
        """Half a line was copied, or the parts of two."""
        line = line_of("ed25519")
        self.assertIn("damaged", self.refusal(line[:50]))
        self.assertIn("damaged", self.refusal(line.replace("ssh-ed25519", "ssh-rsa")))

    def test_an_unknown_option_lets_nobody_in(self) -> None:
        """It may have been meant to limit the key."""
        for option in (
            'from="10.0.0.0/8"',
            'role="root"',
            'role="python",restrict',
            "restrict,pty",
        ):
            self.assertIn("is not known here", self.refusal(f"{option} {line_of('ed25519')}"))
        self.assertIn("no public key", self.refusal(f"restrict {line_of('ed25519')}"))

    @given(st.text(max_size=120))
    def test_any_text_is_a_key_or_a_sentence(self, text: str) -> None:
        """Nothing else comes out."""
        try:
            parse_line(text)
        except BrokenLine as error:
            self.assertTrue(str(error).endswith("."), str(error))


class AuthorizedKeysTests(SynchronousTestCase):
    """The file."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name) / "authorized_keys"
        self.keys = AuthorizedKeys(self.path)
        self.said: list[LogEvent] = []

    def names(self) -> set[str]:
        """Whose keys are in it now; what is said of it meanwhile is kept."""
        with capturedLogs() as events:
            keys = self.keys.keys()
        self.said.extend(events)
        return {key.name for key in keys.values()}

    def test_no_file_lets_nobody_in(self) -> None:
        """And is nothing to complain about."""
        self.assertEqual(self.names(), set())
        self.assertEqual(self.said, [])

    def test_it_is_read_anew_when_it_has_changed(self) -> None:
        """A key that is taken out opens nothing from then on."""
        self.path.write_text(f"# who\n\n{line_of('ed25519')}\n{line_of('ecdsa', 'bob')}\n")
        self.assertEqual(self.names(), {"alice", "bob"})
        blob = parse_line(line_of("ecdsa")).blob
        self.assertIsNotNone(self.keys.find(blob))
        self.path.write_text(f"{line_of('ed25519')}\n")
        self.assertIsNone(self.keys.find(blob))
        self.path.unlink()
        self.assertEqual(self.names(), set())

    def test_a_broken_line_is_told_once_and_spoils_no_other(self) -> None:
        """With its number; again only when the file is another."""
        self.path.write_text(f"rubbish\n{line_of('ed25519')}\n")
        self.assertEqual(self.names(), {"alice"})
        self.assertEqual(self.names(), {"alice"})
        (event,) = self.said
        self.assertEqual((event["number"], event["log_level"]), (1, LogLevel.warn))

    def test_the_first_line_of_a_key_counts(self) -> None:
        """The same key further down does not give it more rights."""
        self.path.write_text(f'{line_of("ed25519")}\nrole="python" {line_of("ed25519", "eve")}\n')
        self.assertEqual(self.names(), {"alice"})

    def test_what_cannot_be_read_is_told(self) -> None:
        """A directory in its place, a file without end."""
        self.path.mkdir()
        self.assertEqual(self.names(), set())
        self.path.rmdir()
        self.path.write_text("#" * (MAX_FILE + 1))
        self.assertEqual(self.names(), set())
        self.assertEqual([event["log_level"] for event in self.said], [LogLevel.error] * 2)

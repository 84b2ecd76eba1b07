"""The command line."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.options import Options, default_config, default_data_dir, parse


class OptionsTests(SynchronousTestCase):
    """What can be asked for."""

    def test_nothing(self) -> None:
        """Without arguments: the screen, what is set, the usual folders."""
        self.assertEqual(
            parse([], "1"), Options(data_dir=default_data_dir(), config=default_config())
        )

    def test_all(self) -> None:
        """Every option arrives."""
        arguments = [
            *("call.example.org", "--data-dir", "/d", "--audio-in", "silence"),
            *("--config", "/c.toml"),
            *("--audio-out", "null", "--ascii", "--no-color", "--user", "alice"),
        ]
        expected = Options(
            address="call.example.org",
            data_dir=Path("/d"),
            config=Path("/c.toml"),
            audio_in="silence",
            audio_out="null",
            account="alice",
            is_ascii=True,
            is_monochrome=True,
        )
        self.assertEqual(parse(arguments, "1"), expected)
        self.assertEqual(parse([*arguments, "--monochrome"], "1"), expected)

    def test_json(self) -> None:
        """``json`` first chooses the other face, which needs an address."""
        given = parse(["json", "here", "--audio-in", "a.wav"], "1")
        self.assertTrue(given.is_json)
        self.assertEqual((given.address, given.audio_in), ("here", "a.wav"))

    def test_wrong(self) -> None:
        """A wrong argument is one sentence and exit code 2."""
        for arguments in (["--what"], ["json"], ["a", "b"], ["json", "a", "--ascii"]):
            told = io.StringIO()
            with redirect_stderr(told), self.assertRaises(SystemExit) as ended:
                parse(arguments, "1")
            self.assertEqual(ended.exception.code, 2)
            self.assertRegex(told.getvalue(), r"\Avoip: [^\n]+\.\n\Z")

    def test_help_and_version(self) -> None:
        """--help explains in plain words, --version gives the number."""
        for argument, expected in (("--help", "Private voice calls"), ("--version", "voip 1.2")):
            told = io.StringIO()
            with redirect_stdout(told), self.assertRaises(SystemExit) as ended:
                parse([argument], "1.2")
            self.assertEqual(ended.exception.code, 0)
            self.assertIn(expected, told.getvalue())

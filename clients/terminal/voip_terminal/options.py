"""The command line of ``voip``: what can be asked for, in plain words.

A wrong argument is one sentence and exit code 2.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import platformdirs

DESCRIPTION = """\
Private voice calls from your terminal.

voip [ADDRESS]        opens the client; ADDRESS is a server: a name, or name:port
voip json ADDRESS     the same client for programs: JSON lines in, JSON lines out
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``audio_in`` is mic, silence or a WAV file; ``audio_out`` speaker, null
    or a WAV file; empty: as the settings say."""

    address: str = ""
    data_dir: Path = Path()
    config: Path = Path()
    audio_in: str = ""
    audio_out: str = ""
    account: str = ""
    is_json: bool = False
    is_ascii: bool = False
    is_monochrome: bool = False


class _Parser(argparse.ArgumentParser):
    """One sentence instead of a usage text."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"voip: {message}; voip --help tells what there is.\n")


def default_data_dir() -> Path:
    """Where the client keeps its keys when nothing else is said."""
    return Path(platformdirs.user_data_dir("voip", appauthor=False))


def default_config() -> Path:
    """The settings file, when no other is named."""
    return Path(platformdirs.user_config_path("voip", appauthor=False)) / "settings.toml"


def parse(arguments: Sequence[str], version: str) -> Options:
    """The options of a command line; raises SystemExit with 2 for a wrong one."""
    is_json = bool(arguments) and arguments[0] == "json"
    parser = _parser(version, is_json=is_json)
    given = parser.parse_args(arguments[1:] if is_json else arguments)
    return Options(
        address=given.address or "",
        data_dir=given.data_dir,
        config=given.config,
        audio_in=given.audio_in,
        audio_out=given.audio_out,
        account="" if is_json else given.user,
        is_json=is_json,
        is_ascii=not is_json and given.ascii,
        is_monochrome=not is_json and given.monochrome,
    )


def _parser(version: str, *, is_json: bool) -> _Parser:
    parser = _Parser(
        prog="voip json" if is_json else "voip",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "address",
        metavar="ADDRESS",
        nargs=None if is_json else "?",
        help="the server: name, name:port or voip://name:port?pin=HEX",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        type=Path,
        default=default_data_dir(),
        help="where keys and known servers are kept (%(default)s)",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=default_config(),
        help="the settings, see docs/settings.md (%(default)s)",
    )
    parser.add_argument(
        "--audio-in",
        metavar="WHAT",
        default="",
        help="mic, silence, or a WAV file that is played once into each call (as set, or mic)",
    )
    parser.add_argument(
        "--audio-out",
        metavar="WHAT",
        default="",
        help="speaker, null, or a WAV file that what is heard is written to (as set, or speaker)",
    )
    if not is_json:
        _add_looks(parser)
    parser.add_argument("--version", action="version", version=f"voip {version}".strip())
    return parser


def _add_looks(parser: _Parser) -> None:
    parser.add_argument(
        "--user", metavar="NAME", default="", help="fill in this account name when signing in"
    )
    parser.add_argument(
        "--ascii", action="store_true", help="draw with ASCII signs only; by itself without UTF-8"
    )
    parser.add_argument(
        "--monochrome",
        "--no-color",
        action="store_true",
        help="no colours; by itself where NO_COLOR is set",
    )

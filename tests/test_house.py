"""Rules of the repository that no linter knows."""

import ast
import configparser
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

HERE = Path(__file__).resolve().parent.parent
LINES_LIMIT = 400


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository that git keeps and that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns],
        cwd=HERE,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [HERE / name for name in listed.stdout.splitlines() if (HERE / name).exists()]


def is_generated(path: Path) -> bool:
    """Whether another file makes this one."""
    return path.parent.name == "v1"


def beginnings(name: str) -> list[str]:
    """``a_b_c``, ``a_b``, ``a``."""
    words = name.split("_")
    return ["_".join(words[:count]) for count in range(len(words), 0, -1)]


def version_in(path: str) -> str:
    """The version that a setup.cfg gives."""
    parser = configparser.ConfigParser()
    parser.read(HERE / path)
    return parser["metadata"]["version"]


class HouseTests(SynchronousTestCase):
    """What keeps the house in order."""

    def test_no_module_grows_past_what_one_can_read(self) -> None:
        """A module is split before it has 400 lines."""
        long = {
            str(path.relative_to(HERE)): count
            for path in tracked("*.py")
            if not is_generated(path)
            and (count := len(path.read_text().splitlines())) > LINES_LIMIT
        }
        self.assertEqual(long, {})

    def test_every_module_says_what_it_is_for(self) -> None:
        """Each module begins with a docstring."""
        silent = [
            str(path.relative_to(HERE))
            for path in tracked("*.py", "voip.tac")
            if not is_generated(path) and ast.get_docstring(ast.parse(path.read_text())) is None
        ]
        self.assertEqual(silent, [])

    def test_each_test_file_is_about_a_module(self) -> None:
        """tests/core/test_leg.py, or test_leg_something.py, tests voip/core/leg.py, and so on."""
        homes = {"terminal": HERE / "clients/terminal/voip_terminal"}
        astray = []
        for path in tracked("tests/*/test_*.py", "tests/*/*/test_*.py"):
            area, *rest = path.relative_to(HERE / "tests").parts
            if area == "system":
                continue
            home = homes.get(area, HERE / "voip" / area).joinpath(*rest[:-1])
            if not any(
                (home / f"{name}.py").exists() or (home / name).is_dir()
                for name in beginnings(path.stem.removeprefix("test_"))
            ):
                astray.append(str(path.relative_to(HERE)))
        self.assertEqual(astray, [])

    def test_both_distributions_carry_one_version(self) -> None:
        """They are released together."""
        self.assertEqual(version_in("setup.cfg"), version_in("clients/terminal/setup.cfg"))

    def test_nothing_of_ours_stands_beside_twisted_s_plugins(self) -> None:
        """An __init__.py there would replace Twisted's own when the wheel is installed."""
        files = [str(path.relative_to(HERE)) for path in tracked("twisted/*")]
        self.assertEqual(files, ["twisted/plugins/voip_plugin.py"])


class WheelTests(SynchronousTestCase):
    """What the built distribution holds."""

    def test_the_wheel_has_one_file_under_twisted(self) -> None:
        """The plugin and nothing else, beside all of the voip package and its data."""
        with TemporaryDirectory() as folder:
            source = Path(folder, "source")
            for path in tracked():
                copy = source / path.relative_to(HERE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
            subprocess.run(
                [
                    *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
                    *("--outdir", folder, str(source)),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                names = archive.namelist()
        self.assertEqual(
            [name for name in names if name.startswith("twisted/")],
            ["twisted/plugins/voip_plugin.py"],
        )
        for needed in (
            "voip/py.typed",
            "voip/core/switchboard.py",
            "voip/media/speech/arctic_a0007.wav",
            "voip/media/speech/COPYING",
            "voip/store/migrations/versions/v0001_accounts_and_devices.py",
        ):
            self.assertIn(needed, names)
        strangers = {name.split("/")[0] for name in names if not name.startswith("voip-")}
        self.assertEqual(strangers, {"voip", "twisted"})

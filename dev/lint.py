"""`make lint` and `make generate`: every rule of the house in one command.

Each check is one command line; all are run, so that one go shows everything, and the exit code is 1
when any of them fails. Generated files are checked for freshness, or written with ``--write``.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent

CHECKS: dict[str, Sequence[str]] = {
    "style": (f"{BIN}/ruff", "check", "--quiet", "."),
    "format": (f"{BIN}/ruff", "format", "--quiet", "--check", "."),
    "types": (f"{BIN}/mypy", "--no-error-summary"),
    "arrows": (f"{BIN}/lint-imports",),
    "protocol style": (f"{BIN}/buf", "lint", "proto"),
    "protocol format": (f"{BIN}/buf", "format", "--exit-code", "--diff", "proto"),
}
GENERATORS: dict[str, Sequence[str]] = {
    "generated wire code": (PYTHON, "-m", "proto.generate"),
    "docs/protocol.md": (PYTHON, "-m", "proto.document"),
    "docs/configuration.md": (PYTHON, "-m", "dev.configuration_page"),
    "docs/commands.md": (PYTHON, "-m", "dev.commands_page"),
    "docs/keys.md": (PYTHON, "-m", "dev.keys_page"),
    "docs/settings.md": (PYTHON, "-m", "dev.settings_page"),
    "docs/metrics.md": (PYTHON, "-m", "dev.metrics_page"),
    "deploy/grafana/voip.json": (PYTHON, "-m", "dev.grafana_board"),
}
PICTURES: dict[str, Sequence[str]] = {  # held fresh by a test
    "docs/pictures": (PYTHON, "-m", "dev.pictures"),
}


def main() -> int:
    """Run what was asked for; returns the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="make the generated files again")
    if options.parse_args().write:
        return _run_all(GENERATORS | PICTURES)
    fresh = {f"{name} is fresh": (*command, "--check") for name, command in GENERATORS.items()}
    return _run_all(CHECKS | fresh)


def _run_all(commands: dict[str, Sequence[str]]) -> int:
    failed = []
    for name, command in commands.items():
        done = subprocess.run(
            command,
            cwd=HERE,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        sys.stdout.write(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}\n")
        if done.returncode != 0:
            failed.append(name)
            sys.stdout.write(done.stdout)
        sys.stdout.flush()
    if failed:
        sys.stdout.write(f"lint: {len(failed)} of {len(commands)} checks failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Operators at a real server: their keys, and the SSH clients they use, OpenSSH and dropbear."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from voip.server.admin.ssh.authorized_keys import AUTHORIZED_KEYS
from voip.server.audit_file import AUDIT

SECONDS = 20
SETTINGS = '[admin]\nlisten = "127.0.0.1:0"\nmetrics = "127.0.0.1:0"\npython = true\n'


class Operators:
    """Three keys: olga's for commands, pia's for Python too, mallory's that nobody knows."""

    def __init__(self, place: Path, data_dir: Path) -> None:
        self._place = place
        self._data = data_dir
        lines = [self._make("olga"), f'role="python" {self._make("pia")}']
        self._make("mallory")
        dropbear = self.key("olga").with_suffix(".dropbear")
        _run(["dropbearkey", "-t", "ed25519", "-f", str(dropbear)])
        public = _run(["dropbearkey", "-y", "-f", str(dropbear)]).stdout
        lines += [line for line in public.splitlines() if line.startswith("ssh-ed25519 ")]
        (data_dir / AUTHORIZED_KEYS).write_text("\n".join(lines) + "\n")
        self.port = (data_dir / "admin").read_text().strip().rpartition(":")[2]

    def key(self, name: str) -> Path:
        return self._place / f"key-{name}"

    def _make(self, name: str) -> str:
        path = self.key(name)
        _run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)])
        return path.with_name(f"{path.name}.pub").read_text().strip()

    def options(self, name: str) -> list[str]:
        """What OpenSSH's programs need to know."""
        return [
            *("-F", "none", "-i", str(self.key(name)), "-o", "IdentitiesOnly=yes"),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
            *("-o", "LogLevel=ERROR", "-o", "IdentityAgent=none"),
        ]

    def openssh(self, name: str, *more: str, user: str = "operator") -> list[str]:
        """``ssh``, as the log says to type it."""
        # OpenSSH takes the first of two options that say different things.
        return ["ssh", *more, *self.options(name), "-p", self.port, f"{user}@127.0.0.1"]

    def dropbear(self, user: str = "operator") -> list[str]:
        """``dbclient`` with olga's other key."""
        key = str(self.key("olga").with_suffix(".dropbear"))
        return ["dbclient", "-y", "-y", "-i", key, "-p", self.port, f"{user}@127.0.0.1"]

    def ask(self, command: Sequence[str], line: str = "") -> subprocess.CompletedProcess[str]:
        """Run an SSH client without a terminal."""
        return _run([*command, *([line] if line else [])], check=False)

    def recorded(self, what: str) -> list[dict[str, str]]:
        """The lines of the audit about something."""
        lines = (self._data / AUDIT).read_text().splitlines()
        found: list[dict[str, str]] = [json.loads(line) for line in lines]
        return [line for line in found if line.get("what") == what]


def _run(command: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=check,
        timeout=SECONDS,
        # what is not meant for the server must not be waited for
        input="this is not read\n",
    )

"""`make run`: a server on this computer, and the client before you.

With a terminal: starts the server with its data in ``.run`` of this checkout, opens the client on
it, and ends the server when the client ends. Accounts stay for the next time; call ``echo`` to try
a call alone. Without a terminal: a measured call between two headless clients.
"""

import subprocess
import sys
from pathlib import Path

from bench import call
from tests.harness.node import Node, NodeError

HERE = Path(__file__).resolve().parent.parent
DATA = HERE / ".run"


def main() -> int:
    """Run what fits; returns the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("voip: no terminal here, so two headless clients call each other for 20 s ...")
        return call.main()
    DATA.mkdir(exist_ok=True)
    print("voip: starting a server on this computer ...")
    try:
        with Node(DATA / "server") as node:
            print(f"voip: it listens on {node.address}; its log is {node.log_path}")
            client = [sys.executable, "-m", "voip_terminal", node.address]
            done = subprocess.run([*client, "--data-dir", str(DATA / "client")], check=False)
    except NodeError as error:
        sys.stderr.write(f"voip: {error}\n")
        return 1
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

"""`make run`: a server on this computer, and the client before you.

With a terminal: starts the server with its data in ``.run`` of this checkout, opens the client on
it, and ends the server when the client ends. Accounts stay for the next time; call ``echo`` to try
a call alone. Without a terminal: a measured call between two headless clients.
"""

import socket
import subprocess
import sys
from pathlib import Path

from bench import call
from tests.harness.node import Node, NodeError

HERE = Path(__file__).resolve().parent.parent
DATA = HERE / ".run"
PORT = DATA / "port"


def main() -> int:
    """Run what fits; returns the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("voip: no terminal here, so two headless clients call each other for 20 s ...")
        return call.main()
    DATA.mkdir(exist_ok=True)
    print("voip: starting a server on this computer ...")
    try:
        with Node(DATA / "server", listen=f"127.0.0.1:{_port()}") as node:
            PORT.write_text(node.address.rpartition(":")[2])
            print(f"voip: it listens on {node.address}; its log is {node.log_path}")
            client = [sys.executable, "-m", "voip_terminal", node.address]
            home = ("--data-dir", str(DATA / "client"), "--config", str(DATA / "settings.toml"))
            done = subprocess.run([*client, *home], check=False)
    except NodeError as error:
        sys.stderr.write(f"voip: {error}\n")
        return 1
    return done.returncode


def _port() -> int:
    """The port of the time before, by which the client knows the server again, if it is free."""
    kept = PORT.read_text() if PORT.exists() else ""
    port = int(kept) if kept.isdigit() else 0
    with socket.socket() as probe:
        # as the server does: connections of the time before must not keep the port from us
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


if __name__ == "__main__":
    sys.exit(main())

"""``voipctl health``: whether new calls can begin here, for container runtimes, scripts and cron.

It asks the port for machines that watch, whose address the server leaves in its data directory, and
not the operator's socket: what only looks each half minute need not stand in the audit.
"""

from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from voip.ctl_link import NobodyThere, Unreachable
from voip.server.data_dir import METRICS

READY: Final = "/health/ready"
OK: Final = 200
PATIENCE_SECONDS: Final = 5.0
"""As long as a container runtime waits for its check."""
LONGEST_ANSWER: Final = 1000


def ask(data_dir: Path) -> tuple[bool, str]:
    """Whether the server is ready, and what it says of itself. Raises ``Unreachable``."""
    try:
        address = (data_dir / METRICS).read_text().strip()
    except OSError:
        raise NobodyThere(
            f"no server tells of its health in {data_dir}: either none runs, or its setting "
            'admin.metrics is "off"'
        ) from None
    connection = HTTPConnection(address, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", READY)
        answer = connection.getresponse()
        said = answer.read(LONGEST_ANSWER).decode("utf-8", "replace").strip()
    except (OSError, HTTPException):
        raise Unreachable(f"the server does not answer at {address}") from None
    finally:
        connection.close()
    return answer.status == OK, said

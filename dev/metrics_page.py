"""``docs/metrics.md`` from the server's metrics; ``--check`` only tells whether it is fresh."""

import sys
from collections.abc import Sequence

from dev.fresh_page import write_or_check
from voip.server.families import SECTIONS, Family

HEAD = """\
# Metrics

<!-- Made by `make generate` from voip/server/families.py. -->

The server tells its figures to [Prometheus](https://prometheus.io) at
`http://127.0.0.1:5063/metrics`: two ports after its own, at this machine alone, unless
[`[admin] metrics`](configuration.md#admin) says otherwise. The file `metrics` in the data directory
has the address. Beside it are

- `/health/live`: 200 as long as the server's thread turns;
- `/health/ready`: 200 `ready`, or 503 with one line that begins with what it is instead:
  `starting`, `draining` (no new calls, as the operator wants) or `stopping`.

`GET` and `HEAD` are answered, to whoever asks for a loopback address or `localhost` by that name:
a page in a browser cannot read them by a name of its own.

[`deploy/prometheus/scrape.yml`](../deploy/prometheus/scrape.yml) is the part of Prometheus'
settings that collects them, [`voip.rules.yml`](../deploy/prometheus/voip.rules.yml) has the alerts,
each with what to do, and [`deploy/grafana/voip.json`](../deploy/grafana/voip.json) is a board for
Grafana. Neither a person nor an address is named anywhere in them, and the number of series does
not grow with the number of people.

Beside the metrics below there are those of the process by their usual names:
`process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_open_fds`,
`process_max_fds`, `process_start_time_seconds`, `process_virtual_memory_bytes`. How long the server
has been up is `time() - voip_start_time_seconds`.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name, each) for name, each in SECTIONS.items())


def _section(name: str, section: Sequence[Family]) -> str:
    rows = "".join(_row(family) for family in section)
    return f"\n## {name}\n\n| metric | kind | labels | meaning |\n| --- | --- | --- | --- |\n{rows}"


def _row(family: Family) -> str:
    labels = ", ".join(f"`{label}`" for label in family.labels)
    return f"| `{family.name}` | {family.kind.value} | {labels} | {family.help} |\n"


def main() -> int:
    """Write or check the page; returns the exit code."""
    return write_or_check("docs/metrics.md", page(), __doc__)


if __name__ == "__main__":
    sys.exit(main())

"""``deploy/grafana/voip.json``, a board for Grafana; ``--check`` only tells whether it is fresh.

Which figures of the server are looked at together, and what each picture says.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from dev.fresh_page import write_or_check
from dev.grafana_panels import (
    Panel,
    Query,
    Words,
    board,
    chosen,
    number,
    quantile,
    quantiles,
    rate,
    total,
)

OURS: Final = 'job="voip"'  # for metrics that other programs have too
WRONG: Final = 'result=~"wrong_password|wrong_code|unknown_device"'
BAD: Final = 'level=~"warn|error|critical"'
FILE: Final = Path("deploy/grafana/voip.json")

PEOPLE: Final = (
    number("Online", "Accounts that have a session.", total("voip_accounts_online")),
    number(
        "In calls",
        "Calls that somebody has answered.",
        total("voip_calls", labels='state="talking"'),
    ),
    number("Ringing", "Calls nobody has answered.", total("voip_calls", labels='state="ringing"')),
    number(
        "New calls",
        "While draining, no new call can begin; those in progress go on.",
        f"max ({chosen('voip_draining')})",
        words=Words(("taken", "green"), ("draining", "orange")),
    ),
    number("Accounts", "All that are kept.", total("voip_accounts")),
    number(
        "Waiting", "Accounts that wait for the operator's approval.", total("voip_accounts_pending")
    ),
    Panel(
        "Sessions",
        "Each is one login of one device; one that is away lost its connection and may be back.",
        "short",
        (Query(total("voip_sessions", "state"), "{{state}}"),),
    ),
    Panel(
        "Calls",
        "Those that have not ended.",
        "short",
        (Query(total("voip_calls", "kind", "state"), "{{kind}}, {{state}}"),),
    ),
    Panel(
        "Calls in an hour, by how they ended",
        "As it would be in an hour at this pace; what was begun beside it.",
        "short",
        (
            Query(f"3600 * {rate('voip_calls_started_total')}", "begun"),
            Query(f"3600 * {rate('voip_calls_ended_total', 'outcome')}", "{{outcome}}"),
        ),
    ),
    Panel(
        "Length of calls",
        "From the answer on, of the calls that have ended.",
        "s",
        quantiles("voip_call_talk_seconds"),
        12,
    ),
    Panel(
        "Requests",
        "What clients ask, in a second.",
        "reqps",
        (Query(f"topk(8, {rate('voip_requests_total', 'request')})", "{{request}}"),),
        12,
    ),
)

SOUND: Final = (
    Panel(
        "Lost packets",
        "Share that did not reach somebody, as each participant reported last. One in a hundred is "
        "hardly heard, five are.",
        "percentunit",
        quantiles("voip_call_loss_ratio"),
    ),
    Panel(
        "Round trip",
        "To the server and back. Two people hear each other after about the sum of their halves.",
        "s",
        quantiles("voip_call_round_trip_seconds"),
    ),
    Panel(
        "Media legs",
        "One for each session; those with a tunnel cannot be reached by UDP.",
        "short",
        (Query(total("voip_relay_legs"), "legs"), Query(total("voip_relay_tunnels"), "tunnels")),
    ),
    Panel(
        "Packets relayed",
        "In and out; a speaker in a conference comes in once and goes out to all others.",
        "pps",
        (Query(rate("voip_relay_packets_total", "direction"), "{{direction}}"),),
    ),
    Panel(
        "Bits relayed",
        "Without UDP and IP, which add 224 bits a packet.",
        "bps",
        (Query(f"8 * {rate('voip_relay_bytes_total', 'direction')}", "{{direction}}"),),
    ),
    Panel(
        "Packets dropped",
        "By cause. held_back and gated are how conferences and mute work; kernel: the server came "
        "too late.",
        "pps",
        (
            Query(rate("voip_relay_dropped_packets_total", "cause"), "{{cause}}"),
            Query(rate("voip_relay_socket_dropped_packets_total"), "kernel"),
        ),
    ),
)

SERVER: Final = (
    number(
        "Up since",
        "How long ago the server started.",
        f"min (time() - {chosen('voip_start_time_seconds')})",
        "s",
    ),
    number(
        "Memory",
        "What the process holds of it.",
        total("process_resident_memory_bytes", labels=OURS),
        "bytes",
    ),
    number("Connections", "Open to the server's port.", total("voip_connections")),
    number(
        "Files open",
        "Share of those it may open.",
        f"max ({chosen('process_open_fds', OURS)} / {chosen('process_max_fds', OURS)})",
        "percentunit",
    ),
    number(
        "Certificate",
        "Until it ends. Clients know the key and do not look at the date.",
        f"min ({chosen('voip_certificate_expiry_timestamp_seconds')} - time())",
        "s",
    ),
    Panel(
        "Processor",
        "In cores; calls are carried by one.",
        "short",
        (Query(rate("process_cpu_seconds_total", labels=OURS), "cores"),),
    ),
    Panel(
        "Lateness",
        "How late the one thread comes to what is due. Speech bears 20 ms unheard, and 200 ms not.",
        "s",
        quantiles("voip_reactor_lag_seconds"),
    ),
    Panel(
        "Log",
        "Lines in an hour: critical are mistakes of the server, errors are for you to mend.",
        "short",
        (
            Query(
                f"3600 * {rate('voip_log_events_total', 'level', labels=BAD)}",
                "{{level}}",
            ),
        ),
    ),
    Panel(
        "Searches for garbage",
        "How long the longest of a hundred hold the thread, by generation; 2 waits until nobody "
        "talks.",
        "s",
        (
            Query(
                quantile("voip_gc_pause_seconds", 0.99, "generation"), "generation {{generation}}"
            ),
        ),
    ),
)

STORE: Final = (
    number(
        "Database",
        "Whether it answered the last scrape.",
        f"min ({chosen('voip_store_up')})",
        words=Words(("down", "red"), ("up", "green")),
    ),
    number("Its size", "With its write-ahead log.", total("voip_database_bytes"), "bytes"),
    number(
        "Disk free", "Where the data is.", f"min ({chosen('voip_data_dir_free_bytes')})", "bytes"
    ),
    number(
        "Disk used",
        "Share of the file system.",
        f"max (1 - {chosen('voip_data_dir_free_bytes')} / {chosen('voip_data_dir_size_bytes')})",
        "percentunit",
    ),
    number("Queries waiting", "Asked and not answered.", total("voip_store_queue")),
    Panel(
        "Time of a query",
        "From the asking to the answer, a write with its wait for the disk.",
        "s",
        quantiles("voip_store_seconds", "work"),
    ),
    Panel(
        "Wait for a turn",
        "Three readers and one writer take turns.",
        "s",
        quantiles("voip_store_wait_seconds", "work"),
    ),
    Panel(
        "Queries",
        "In a second, and those that failed.",
        "reqps",
        (
            Query(rate("voip_store_seconds_count", "work"), "{{work}}"),
            Query(rate("voip_store_failures_total", "work"), "{{work}} failed"),
        ),
    ),
)

SAFETY: Final = (
    number(
        "Audit writable",
        "Whether it took the line that came last.",
        f"min ({chosen('voip_audit_writable')})",
        words=Words(("no", "red"), ("yes", "green")),
    ),
    number("Strangers", "Connections that have not logged in.", total("voip_strangers")),
    number("Banned", "Accounts that are banned now.", total("voip_accounts_banned")),
    number(
        "Wrong logins",
        "Passwords, codes and devices that were wrong, in an hour as of now.",
        f"3600 * {rate('voip_logins_total', labels=WRONG)}",
    ),
    Panel(
        "Logins",
        "In an hour, by step and result.",
        "short",
        (Query(f"3600 * {rate('voip_logins_total', 'step', 'result')}", "{{step}}, {{result}}"),),
    ),
    Panel(
        "Accounts made",
        "Tries in an hour, by result.",
        "short",
        (Query(f"3600 * {rate('voip_registrations_total', 'result')}", "{{result}}"),),
    ),
    Panel(
        "Refusals",
        "In a second, by the code that clients are told.",
        "reqps",
        (
            Query(f"topk(10, {rate('voip_refusals_total', 'code')})", "{{code}}"),
            Query(rate("voip_failed_handshakes_total"), "no TLS"),
        ),
    ),
    Panel(
        "Audit",
        "Lines in a second, and those that could not be written, so that nothing was done.",
        "short",
        (
            Query(rate("voip_audit_lines_total"), "written"),
            Query(rate("voip_audit_failures_total"), "not written"),
        ),
    ),
    Panel(
        "Wait for the audit",
        "Nobody logs in before it is on disk.",
        "s",
        quantiles("voip_audit_write_seconds"),
    ),
    Panel(
        "Operators",
        "Commands in an hour, and what was refused at a door before anybody was known.",
        "short",
        (
            Query(
                f"3600 * {rate('voip_admin_commands_total', 'command', 'exit')}",
                "{{command}}, {{exit}}",
            ),
            Query(f"3600 * {rate('voip_door_refusals_total', 'door')}", "refused at {{door}}"),
        ),
    ),
)

ROWS: Final[Mapping[str, Sequence[Panel]]] = {
    "People and calls": PEOPLE,
    "How it sounds": SOUND,
    "The server": SERVER,
    "The database": STORE,
    "Who comes in": SAFETY,
}


def page() -> str:
    """The whole board, as Grafana imports it."""
    return json.dumps(board("voip", "voip-server", ROWS), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or check the board; returns the exit code."""
    return write_or_check(str(FILE), page(), __doc__)


if __name__ == "__main__":
    sys.exit(main())

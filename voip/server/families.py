"""Every metric of the server, written down once: its name, its kind, its labels and its meaning.

The exposition fills them in, and ``docs/metrics.md`` is made of them. Seconds, bytes and ratios are
the units; labels have few values, which the code knows beforehand, and never name a person or an
address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique


@unique
class Kind(Enum):
    """How Prometheus reads a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric; ``help`` is its meaning in a sentence."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


def _counter(name: str, text: str, *labels: str) -> Family:
    return Family(name, Kind.COUNTER, text, labels)


def _gauge(name: str, text: str, *labels: str) -> Family:
    return Family(name, Kind.GAUGE, text, labels)


def _histogram(name: str, text: str, *labels: str) -> Family:
    return Family(name, Kind.HISTOGRAM, text, labels)


# People and calls.

SESSIONS = _gauge(
    "voip_sessions",
    "Sessions, each one login of one device; one that is away lost its connection and may be back.",
    "state",
)
ACCOUNTS_ONLINE = _gauge("voip_accounts_online", "Accounts that have a session.")
ACCOUNTS = _gauge("voip_accounts", "Accounts that are kept, with those pending and banned.")
ACCOUNTS_PENDING = _gauge(
    "voip_accounts_pending", "Accounts that wait for the operator's approval."
)
ACCOUNTS_BANNED = _gauge("voip_accounts_banned", "Accounts that are banned now.")
CALLS = _gauge(
    "voip_calls",
    "Calls that have not ended: talking once two have joined, ringing before.",
    "kind",
    "state",
)
CALLS_STARTED = _counter("voip_calls_started_total", "Calls that somebody began.")
CALLS_ENDED = _counter(
    "voip_calls_ended_total", "Calls that are over, by how they ended.", "kind", "outcome"
)
TALK = _histogram(
    "voip_call_talk_seconds", "How long the calls lasted that were answered, from the answer on."
)
LOSS = _histogram(
    "voip_call_loss_ratio",
    "Share of packets that did not reach somebody, as each participant reported last.",
)
ROUND_TRIP = _histogram(
    "voip_call_round_trip_seconds",
    "Time of a packet to the server and back, as each participant reported last.",
)

# The relay.

LEGS = _gauge("voip_relay_legs", "Media legs that are open: one for each session.")
TUNNELS = _gauge("voip_relay_tunnels", "Media legs that have a tunnel, as UDP does not reach them.")
PACKETS = _counter(
    "voip_relay_packets_total", "Datagrams of media that came in and went out.", "direction"
)
BYTES = _counter(
    "voip_relay_bytes_total", "Bytes of those datagrams, without UDP and IP.", "direction"
)
DROPS = _counter(
    "voip_relay_dropped_packets_total",
    "What was not passed on, by cause; held_back is the work of a conference and no loss.",
    "cause",
)
SOCKET_DROPS = _counter(
    "voip_relay_socket_dropped_packets_total",
    "Datagrams that the kernel threw away because the server did not read them in time.",
)

# Doors.

CONNECTIONS = _gauge("voip_connections", "TCP connections to the server's port that are open.")
STRANGERS = _gauge("voip_strangers", "Those of them that have not logged in, or opened a tunnel.")
FAILED_HANDSHAKES = _counter(
    "voip_failed_handshakes_total", "Connections that ended before TLS was up."
)
REQUESTS = _counter(
    "voip_requests_total", "Requests that were answered, by what was asked.", "request"
)
REFUSALS = _counter("voip_refusals_total", "Requests that were refused, by the code told.", "code")
LOGINS = _counter(
    "voip_logins_total",
    "Logins by step and result: password is a proof of one, device the opening of a session by a "
    "device (also after a password), resume a session taken up again, recovery a recovery code, "
    "reset an operator's token.",
    "step",
    "result",
)
REGISTRATIONS = _counter(
    "voip_registrations_total", "Tries to make an account, by result.", "result"
)

# The operator.

COMMANDS = _counter(
    "voip_admin_commands_total",
    "Commands of operators, by name and how they ended.",
    "command",
    "exit",
)
DOOR_REFUSALS = _counter(
    "voip_door_refusals_total",
    "What was refused before anybody had proven who they are, by door: ssh and socket are the "
    "operator's, control is that of the clients.",
    "door",
)
AUDIT_LINES = _counter("voip_audit_lines_total", "Lines that the audit has recorded.")
AUDIT_FAILURES = _counter(
    "voip_audit_failures_total", "Lines that could not be recorded, so that nothing was done."
)
AUDIT_WRITABLE = _gauge(
    "voip_audit_writable", "Whether the audit took the line that came last: 1, or 0."
)
AUDIT_SECONDS = _histogram(
    "voip_audit_write_seconds", "How long lines of the audit took to be safe on disk."
)

# The server itself.

BUILD = _gauge("voip_build_info", "1, with what runs in the labels.", "version", "python", "relay")
STARTED = _gauge("voip_start_time_seconds", "When the server started, in seconds since 1970.")
DRAINING = _gauge("voip_draining", "Whether new calls are refused, as the operator wants: 1, or 0.")
LOG_EVENTS = _counter(
    "voip_log_events_total",
    "What the log told, by level: critical is a mistake of the server's own, error is for the "
    "operator to mend, warn is a peer that misbehaved.",
    "level",
)
LAG = _histogram(
    "voip_reactor_lag_seconds",
    "How late the server's thread came to a look it takes every tenth of a second.",
)
GC_PAUSES = _histogram(
    "voip_gc_pause_seconds",
    "How long searches for garbage held the server's thread; generation 2 is all of the heap.",
    "generation",
)
STORE_UP = _gauge("voip_store_up", "Whether the database answered this scrape: 1, or 0.")
STORE_QUEUE = _gauge(
    "voip_store_queue", "Queries that were asked of the database and are not answered yet.", "work"
)
STORE_WAIT = _histogram(
    "voip_store_wait_seconds", "How long queries waited for their turn at the database.", "work"
)
STORE_SECONDS = _histogram(
    "voip_store_seconds",
    "How long queries took, with the wait and until they were on disk.",
    "work",
)
STORE_FAILURES = _counter(
    "voip_store_failures_total", "Queries that failed: the database locked, full or gone.", "work"
)
DATABASE_BYTES = _gauge("voip_database_bytes", "Size of the database.")
DISK_FREE = _gauge(
    "voip_data_dir_free_bytes", "Bytes that the server may still write where its data is."
)
DISK_SIZE = _gauge("voip_data_dir_size_bytes", "Size of the file system where its data is.")
CERTIFICATE_EXPIRY = _gauge(
    "voip_certificate_expiry_timestamp_seconds",
    "When the certificate in use ends, in seconds since 1970; clients of this project pin its key "
    "and do not look at the date.",
)

SECTIONS: Mapping[str, tuple[Family, ...]] = {
    "People and calls": (
        *(SESSIONS, ACCOUNTS_ONLINE, ACCOUNTS, ACCOUNTS_PENDING, ACCOUNTS_BANNED),
        *(CALLS, CALLS_STARTED, CALLS_ENDED, TALK, LOSS, ROUND_TRIP),
    ),
    "The relay": (LEGS, TUNNELS, PACKETS, BYTES, DROPS, SOCKET_DROPS),
    "Doors": (
        *(CONNECTIONS, STRANGERS, FAILED_HANDSHAKES),
        *(REQUESTS, REFUSALS, LOGINS, REGISTRATIONS),
    ),
    "The operator": (
        *(COMMANDS, DOOR_REFUSALS),
        *(AUDIT_LINES, AUDIT_FAILURES, AUDIT_WRITABLE, AUDIT_SECONDS),
    ),
    "The server itself": (
        *(BUILD, STARTED, DRAINING, LOG_EVENTS, LAG, GC_PAUSES),
        *(STORE_UP, STORE_QUEUE, STORE_WAIT, STORE_SECONDS, STORE_FAILURES, DATABASE_BYTES),
        *(DISK_FREE, DISK_SIZE, CERTIFICATE_EXPIRY),
    ),
}
"""All of them, as the page has them."""

"""Which way voices go: by UDP, or through the tunnel while UDP does not pass.

    UDP silent for 3 s          -> a tunnel is wanted; once it answers, voices go through it
    UDP answers 3 times in a row -> voices go by UDP again; the tunnel is closed 2 s later

Knows the silence and the answers of both ways and the person's setting, nothing of sockets. UDP is
asked on all the time, and taken back with some care: a way that answers now and then is worse than
the tunnel.
"""

from enum import Enum, unique
from typing import Final, assert_never

from voip.client.voice.commands import PathUp, Trouble, UdpUse, VoiceTrouble
from voip.client.voice.pinger import FIRST_PING_SECONDS, Pinger

TUNNEL_AFTER_SECONDS: Final = 3.0
"""Questions over UDP without any answer for so long: try the tunnel."""

BLOCKED_AFTER_SECONDS: Final = 5.0
"""Questions without any answer for so long mean that no voice passes, which is told."""

ANSWERS_TO_RETURN: Final = 3
PROBE_SECONDS: Final = 5.0
"""Between questions over UDP while it is silent and the tunnel serves."""

LINGER_SECONDS: Final = 2.0
"""The server sends through the tunnel until it has proven the way by UDP; a round trip or two."""


@unique
class Way(Enum):
    """How datagrams go; the values are shown."""

    UDP = "udp"
    TLS = "tls"


class WayChoice:
    """The choice of one path. `udp` and `tunnel` are the PINGs of the two ways."""

    def __init__(
        self, use: UdpUse, udp: Pinger, tunnel: Pinger, served_before: Way = Way.UDP
    ) -> None:
        """`served_before` is the way of the path before, to begin with."""
        self._use = use
        self._udp = udp
        self._tunnel = tunnel
        self._served_since: float | None = None  # UDP again, while there is a tunnel too
        self._shown: Way | None = None
        self._is_trouble_told = False
        is_tunnel = use is UdpUse.OFF or (use is UdpUse.AUTO and served_before is Way.TLS)
        self.way = Way.TLS if is_tunnel else Way.UDP
        """How voices go now."""
        self.wants_tunnel = is_tunnel
        """Whether a tunnel is to be held open."""

    def use(self, use: UdpUse, now: float) -> None:
        """The person has another wish."""
        if use is self._use:
            return
        if self._use is UdpUse.OFF:
            self._udp.restart(now)
        self._use = use
        match use:
            case UdpUse.ON:
                self.way, self.wants_tunnel = Way.UDP, False
            case UdpUse.OFF:
                self.way = Way.TLS
                self._want_tunnel(now)
            case UdpUse.AUTO:
                pass  # what served so far serves on until the other way proves better
            case _:
                assert_never(use)

    def is_asked(self, way: Way) -> bool:
        """Whether PINGs go this way."""
        return self._use is not UdpUse.OFF if way is Way.UDP else self.wants_tunnel

    def due_at(self, way: Way, seconds: float) -> float:
        """When to ask next this way; `seconds` is the rhythm of a way in use."""
        if way is Way.TLS:
            return self._tunnel.due_at(seconds)
        if self.way is Way.UDP:
            return self._udp.due_at(seconds)
        if self._udp.is_open:
            return self._udp.due_at(FIRST_PING_SECONDS)
        return self._udp.due_at(PROBE_SECONDS, is_patient=True)

    @property
    def look_at(self) -> float | None:
        """When `choose` has to look, whatever is asked: the silence of UDP has become long."""
        since = self._udp.silent_since
        if self._use is not UdpUse.AUTO or self.wants_tunnel or since is None:
            return None
        return since + TUNNEL_AFTER_SECONDS

    def choose(self, now: float) -> None:
        """Choose anew, by what is known now."""
        if self._use is not UdpUse.AUTO:
            return
        is_silent = self._udp.is_silent(now, TUNNEL_AFTER_SECONDS)
        if is_silent:
            self._want_tunnel(now)
        if self.way is Way.TLS and self._udp.answers_in_row >= ANSWERS_TO_RETURN:
            self.way = Way.UDP
        elif self.way is Way.UDP and is_silent and self._tunnel.is_open:
            self.way = Way.TLS
        if self.way is Way.TLS or is_silent or not self.wants_tunnel:
            self._served_since = None
        elif self._served_since is None:
            self._served_since = now
        elif now - self._served_since >= LINGER_SECONDS:
            self.wants_tunnel, self._served_since = False, None

    def _want_tunnel(self, now: float) -> None:
        if not self.wants_tunnel:
            self.wants_tunnel = True
            self._tunnel.restart(now)

    def report(self, now: float) -> PathUp | Trouble | None:
        """What is new to be told: the way that voices go, or that they do not."""
        pinger = self._udp if self.way is Way.UDP else self._tunnel
        if pinger.is_open and pinger.rtt is not None:
            is_news = self._shown is not self.way or self._is_trouble_told
            self._shown, self._is_trouble_told = self.way, False
            return PathUp(pinger.rtt * 1000, self.way.value) if is_news else None
        if self._is_trouble_told or not self._is_blocked(now):
            return None
        self._is_trouble_told = True
        is_udp = self._use is UdpUse.ON
        return Trouble(VoiceTrouble.UDP_BLOCKED if is_udp else VoiceTrouble.TUNNEL_BLOCKED)

    def _is_blocked(self, now: float) -> bool:
        return all(
            pinger.is_silent(now, BLOCKED_AFTER_SECONDS)
            for way, pinger in ((Way.UDP, self._udp), (Way.TLS, self._tunnel))
            if self.is_asked(way)
        )
